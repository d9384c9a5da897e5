//! EventBridge rules of the default bus, on which AWS's own events arrive.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Operations.html>

use super::{Aws, AwsError, absent};
use crate::{
    aws::signed::{Call, Service},
    resource::{Arn, FunctionArn},
    setting::{EventRule, RuleSwitch},
};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

pub(in crate::aws) const EVENTS: Service = Service { host: "events", signed_as: "events" };
pub(in crate::aws) const TARGET: &str = "AWSEvents";

/// More rules of one function are not looked at: whoever has so many hides nothing better.
const MOST_RULES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    state: RuleSwitch,
    event_pattern: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Targets {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    rule_names: Vec<String>,
    next_token: Option<String>,
}

impl Aws {
    /// One rule with its targets, of which there are five at most; none if there is no such rule.
    pub(in crate::aws) async fn rule(&self, rule: &Arn) -> Result<Option<EventRule>, AwsError> {
        let Some(described) = absent(self.describe_rule(rule).await)? else { return Ok(None) };
        let asked = json!({ "Rule": rule.name() });
        let call = Call::json(EVENTS, TARGET, "ListTargetsByRule", rule, &asked);
        let targets = absent(self.signed().await?.ask::<Targets>(&call).await)?;
        let targets = targets.into_iter().flat_map(|answer| answer.targets);
        Ok(Some(EventRule {
            switch: described.state,
            pattern: described.event_pattern,
            targets: targets.map(|target| target.arn).collect(),
        }))
    }

    /// Whether a rule is enabled.
    pub(in crate::aws) async fn rule_switch(&self, rule: &Arn) -> Result<RuleSwitch, AwsError> {
        self.describe_rule(rule).await.map(|described| described.state)
    }

    async fn describe_rule(&self, rule: &Arn) -> Result<Described, AwsError> {
        let asked = json!({ "Name": rule.name() });
        let call = Call::json(EVENTS, TARGET, "DescribeRule", rule, &asked);
        self.signed().await?.ask(&call).await
    }

    /// The rules whose target a function is.
    pub(super) async fn rules_of(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeMap<Arn, Option<EventRule>>, AwsError> {
        let mut rules = BTreeMap::new();
        let mut token: Option<String> = None;
        loop {
            let mut asked = json!({ "TargetArn": function });
            if let (Some(token), Some(asked)) = (&token, asked.as_object_mut()) {
                asked.insert("NextToken".to_owned(), json!(token));
            }
            let call = Call::json(EVENTS, TARGET, "ListRuleNamesByTarget", function, &asked);
            let named: Named = self.signed().await?.ask(&call).await?;
            for name in named.rule_names {
                let Ok(rule) = Arn::new(&function.home(), "events", &format!("rule/{name}")) else {
                    continue;
                };
                let live = self.rule(&rule).await?;
                rules.insert(rule, live);
            }
            token = named.next_token.filter(|token| !token.is_empty());
            if token.is_none() || rules.len() >= MOST_RULES {
                return Ok(rules);
            }
        }
    }
}
