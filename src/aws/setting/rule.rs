//! Whether an EventBridge rule is enabled. Refuses to touch its pattern and its targets.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html>

use super::{Aws, AwsError, Stand};
use crate::{
    aws::{
        read::rules::{EVENTS, TARGET},
        signed::Call,
    },
    resource::Arn,
    setting::RuleSwitch,
};
use serde_json::{Map, Value, json};

/// What `PutRule` takes of what `DescribeRule` gives.
const KEPT: [&str; 6] =
    ["Description", "EventBusName", "EventPattern", "Name", "RoleArn", "ScheduleExpression"];

impl Aws {
    pub(super) async fn rule_stand(
        &self,
        rule: &Arn,
        before: RuleSwitch,
        after: RuleSwitch,
    ) -> Result<Stand, AwsError> {
        let now = self.rule_switch(rule).await?;
        Ok(Stand::of(&now, &before, &after, || format!("it is {}", now.as_str())))
    }

    /// Only a whole rule can be put into the state that hears all management events.
    pub(super) async fn switch_rule(&self, rule: &Arn, to: RuleSwitch) -> Result<(), AwsError> {
        let asked = json!({ "Name": rule.name() });
        let call = match to {
            RuleSwitch::Enabled => Call::json(EVENTS, TARGET, "EnableRule", rule, &asked),
            RuleSwitch::Disabled => Call::json(EVENTS, TARGET, "DisableRule", rule, &asked),
            RuleSwitch::EnabledForAll => {
                let describe = Call::json(EVENTS, TARGET, "DescribeRule", rule, &asked);
                let whole: Map<String, Value> = self.signed().await?.ask(&describe).await?;
                let kept = whole.into_iter().filter(|(field, _)| KEPT.contains(&field.as_str()));
                let mut kept: Map<String, Value> = kept.collect();
                kept.insert("State".to_owned(), json!(to));
                Call::json(EVENTS, TARGET, "PutRule", rule, &kept)
            }
        };
        self.signed().await?.tell(&call).await
    }
}
