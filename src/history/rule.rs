//! EventBridge rules of the default bus. A rule that is written may have been there before, with targets
//! that nobody told of: only of one that was deleted before is it known that it has none.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>

use super::{Call, History, record::read, things::Things};
use crate::{
    resource::{Arn, FunctionArn, FunctionResource, Home},
    setting::{EventRule, RuleSwitch},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is known of a rule. What is none is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    switch: Option<RuleSwitch>,
    pattern: Option<Option<String>>,
    /// The ARNs of its targets, by their ids.
    targets: Things<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    event_pattern: Option<String>,
    state: Option<RuleSwitch>,
    targets: Option<Vec<Target>>,
    ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Target {
    id: String,
    arn: String,
}

/// What names a rule, whatever else is asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    name: Option<String>,
    rule: Option<String>,
    event_bus_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Answer {
    failed_entry_count: u32,
}

/// AWS's own events arrive on the default bus only.
fn arn(home: &Home, named: &Named) -> Option<Arn> {
    let bus = named.event_bus_name.as_deref().unwrap_or("default");
    (bus.rsplit('/').next() == Some("default")).then_some(())?;
    let name = named.name.as_deref().or(named.rule.as_deref())?;
    Arn::new(home, "events", &format!("rule/{name}")).ok()
}

impl History {
    pub(super) fn learn_rule(&mut self, name: &str, call: &Call<'_>) {
        let Some(arn) = read(call.asked).and_then(|named| arn(call.home, &named)) else { return };
        let Some(asked) = read::<Asked>(call.asked) else { return self.rules.forget(arn) };
        if name == "DeleteRule" {
            return self.rules.remove(arn);
        }
        let is_new = name == "PutRule" && matches!(self.rules.get(&arn), Some(None));
        let rule = self.rules.seen(arn);
        if is_new {
            rule.targets = Things::none();
        }
        let answered: Option<Answer> = read(call.answered);
        let failed = answered.is_some_and(|answer| answer.failed_entry_count > 0);
        match name {
            // What it does not say is as in a new rule.
            "PutRule" => {
                rule.switch = Some(asked.state.unwrap_or(RuleSwitch::Enabled));
                rule.pattern = Some(asked.event_pattern);
            }
            // Which state it was in before it was disabled is not told.
            "EnableRule" => rule.switch = Some(RuleSwitch::Enabled),
            "DisableRule" => rule.switch = Some(RuleSwitch::Disabled),
            // Which of them failed is not gone into.
            _ if failed => rule.targets = Things::default(),
            "PutTargets" => {
                for Target { id, arn } in asked.targets.into_iter().flatten() {
                    rule.targets.put(id, arn);
                }
            }
            _ => {
                for id in asked.ids.into_iter().flatten() {
                    rule.targets.remove(id);
                }
            }
        }
    }

    /// An EventBridge rule with its targets; none inside if there is no such rule, and outside if not all
    /// of it is known.
    pub fn rule(&self, rule: &Arn) -> Option<Option<EventRule>> {
        let Some(known) = self.rules.get(rule)? else { return Some(None) };
        Some(Some(EventRule {
            switch: known.switch?,
            pattern: known.pattern.clone()?,
            targets: known.targets.all()?.into_values().cloned().collect(),
        }))
    }

    /// The rules that invoke a function, all of which were given it since it was made.
    pub(super) fn rules_of(
        &self,
        function: &FunctionArn,
    ) -> Option<BTreeMap<Arn, Option<EventRule>>> {
        self.functions.get(function)??.made.then_some(())?;
        // An alias is another target.
        let is_it = |target: &String| {
            FunctionResource::parse_arn(target)
                .is_ok_and(|target| target.qualifier.is_none() && target.function == *function)
        };
        let invokes = |rule: &Rule| rule.targets.some().any(|(_, target)| is_it(target));
        let all = self.rules.some().filter(|(_, rule)| invokes(rule));
        all.map(|(arn, _)| Some((arn.clone(), self.rule(arn)?))).collect()
    }
}
