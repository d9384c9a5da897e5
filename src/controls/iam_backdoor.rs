//! `iam-backdoor.reactive`: no function reacts to new users, roles and keys but those that are declared.
//! An intruder who was found out comes back through such a function: it takes over each new identity.
//! The rule, its target and the function's grant come as separate events, in any order: each is looked
//! at, and the one that comes last sees all.
//! Technique: <https://attack.mitre.org/techniques/T1546/>.

use super::{Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::{Event, Kind, ShownPolicy},
    finding::{ControlId, Evidence, RemediationName},
    iam::Principal,
    policy::hears,
    remediation::Remediation,
    resource::{Arn, FunctionArn, FunctionResource},
    setting::{EventRule, RuleSwitch},
    state::Read,
};
use std::collections::BTreeMap;

pub(super) const CONTROL: Control = Control {
    id: ControlId::IamBackdoorReactive,
    triggers: &[
        Trigger::EventsCall("EnableRule"),
        Trigger::EventsCall("PutRule"),
        Trigger::EventsCall("PutTargets"),
        Trigger::LambdaCall("AddPermission"),
    ],
    needs,
    judge,
};

/// What makes identities, and what makes them usable.
const CREATIONS: [&str; 4] = ["CreateAccessKey", "CreateLoginProfile", "CreateRole", "CreateUser"];

fn needs(case: &Case<'_>) -> Needs {
    if let Kind::RuleChange { rule, pattern } = &case.event.kind {
        // A rule that shows a harmless pattern is decided from that.
        return match pattern.as_deref().map(heard) {
            Some(None) => Needs::NotConcerned,
            Some(Some(_)) | None => Needs::Reads(vec![Read::Rule(rule.clone())]),
        };
    }
    match granted(case.event) {
        Some(function) => Needs::Reads(vec![Read::RulesOf(function.clone())]),
        None => Needs::NotConcerned,
    }
}

/// The function that EventBridge was let in to.
fn granted(event: &Event) -> Option<&FunctionArn> {
    let Kind::PolicyChange { resource, shown } = &event.kind else { return None };
    lets_events_in(shown).then_some(&resource.function)
}

/// Whether EventBridge may invoke by what was granted.
fn lets_events_in(shown: &ShownPolicy) -> bool {
    let Some(Ok(document)) = shown.document().map(|text| crate::iam::Document::parse(&text)) else {
        return false;
    };
    let is_events = |principal: &Principal| matches!(principal, Principal::Service(service) if service == "events.amazonaws.com");
    document.statements().iter().any(|statement| statement.principals.iter().any(is_events))
}

/// The first creation that a pattern names.
fn heard(pattern: &str) -> Option<&'static str> {
    CREATIONS.into_iter().find(|call| hears(pattern, "aws.iam", call))
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let control = || ControlId::IamBackdoorReactive.into();
    let assessment = |resource, judgement| Assessment { control: control(), resource, judgement };
    let looked_up = if let Kind::RuleChange { rule, .. } = &case.event.kind {
        match case.state.rules.get(rule) {
            None => {
                let why = Judgement::InsufficientData("the rule was not read".to_owned());
                return vec![assessment(rule.clone().into(), why)];
            }
            Some(None) => return vec![assessment(rule.clone().into(), Judgement::NotApplicable)],
            Some(Some(_)) => rule.clone().into(),
        }
    } else if let Some(function) = granted(case.event) {
        if !case.state.read.contains(&Read::RulesOf(function.clone())) {
            let why = Judgement::InsufficientData("its rules were not read".to_owned());
            return vec![assessment(function.clone().into(), why)];
        }
        function.clone().into()
    } else {
        return Vec::new();
    };
    let found = backdoors(case);
    if found.is_empty() {
        return vec![assessment(looked_up, Judgement::Compliant)];
    }
    let found = found.into_iter();
    found
        .map(|(function, seen)| assessment(function.into(), Judgement::NonCompliant(seen)))
        .collect()
}

/// What reacts, each function with what was seen of it.
fn backdoors(case: &Case<'_>) -> BTreeMap<FunctionArn, Vec<Seen>> {
    let mut all: BTreeMap<FunctionArn, Vec<Seen>> = BTreeMap::new();
    for (rule, live) in &case.state.rules {
        let Some(live) = live else { continue };
        let Some(call) = live.pattern.as_deref().and_then(heard) else { continue };
        // One that this answer disabled is gone through again, until the containment is through.
        let answered = case.state.memory.turned.contains(&format!("rule {rule}"));
        if live.switch == RuleSwitch::Disabled && !answered {
            continue;
        }
        for function in functions(case, rule, live) {
            let seen = seen(&function, rule, live, call);
            all.entry(function).or_default().push(seen);
        }
    }
    all
}

/// The functions of this account and Region that a rule invokes, and that do not declare it.
fn functions(case: &Case<'_>, rule: &Arn, live: &EventRule) -> Vec<FunctionArn> {
    let declared = &case.policy.controls.iam_backdoor_reactive.parameters.declared;
    let targets = live.targets.iter().filter_map(|arn| FunctionResource::parse_arn(arn).ok());
    let mut functions: Vec<FunctionArn> = targets
        .map(|target| target.function)
        .filter(|function| {
            rule.region() == Some(function.region()) && rule.account() == Some(function.account())
        })
        .filter(|function| !declared.iter().any(|pattern| pattern.matches(function)))
        .collect();
    functions.sort_unstable();
    functions.dedup();
    functions
}

fn seen(function: &FunctionArn, rule: &Arn, live: &EventRule, call: &str) -> Seen {
    let mut responses = Vec::new();
    if live.switch != RuleSwitch::Disabled {
        let disable = Remediation::SwitchRule {
            about: function.clone().into(),
            rule: rule.clone(),
            before: live.switch,
            after: RuleSwitch::Disabled,
        };
        responses.push(Response::Turn(RemediationName::DisableRule, Box::new(disable)));
    }
    responses.push(Response::Contain(Extent::WHOLE));
    Seen {
        evidence: Evidence::new("EventPattern", &format!("rule `{}` hears {call}", rule.name())),
        subject: rule.to_string(),
        responses,
    }
}
