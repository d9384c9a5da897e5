//! `responder.tampered`: nobody but its deployers changes what Cordon rests on: its rules, queues,
//! table, topic, alarms, keys, roles and functions. What it may do about it is little, and it never
//! acts on its own functions and roles: it enables a rule that was disabled, and people are told whatever
//! happens. If it was silenced, its heartbeat stops, and an alarm that needs no function goes off.

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::{Event, Touch},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    remediation::Remediation,
    resource::{Arn, Resource},
    setting::RuleSwitch,
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::ResponderTampered,
    triggers: &[Trigger::OwnChanges, Trigger::Heartbeat],
    needs,
    judge,
};

fn needs(case: &Case<'_>) -> Needs {
    match &case.event.touches {
        None => Needs::NotConcerned,
        Some(_) if may_change(case.policy, case.event) => Needs::Nothing,
        Some(touch) => {
            rule(touch).map_or(Needs::Nothing, |rule| Needs::Reads(vec![Read::Rule(rule.clone())]))
        }
    }
}

/// The rule that was changed, if one was.
fn rule(touch: &Touch) -> Option<&Arn> {
    match &touch.resource {
        Resource::Other(arn) => Some(arn).filter(|arn| arn.service() == "events"),
        Resource::Function(_) => None,
    }
}

/// What a stack's deployment is made through, unless the control policy names the deployers.
const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(touch) = &case.event.touches else { return Vec::new() };
    let judgement = match may_change(case.policy, case.event) {
        true => Judgement::Compliant,
        false => found(case, touch),
    };
    let control = ControlId::ResponderTampered.into();
    vec![Assessment { control, resource: touch.resource.clone(), judgement }]
}

fn found(case: &Case<'_>, touch: &Touch) -> Judgement {
    let mut responses = vec![Response::Notify(MEND.to_owned())];
    if let Some(rule) = rule(touch) {
        match case.state.rules.get(rule) {
            None => return Judgement::InsufficientData("the rule was not read".to_owned()),
            Some(Some(live)) if live.switch == RuleSwitch::Disabled => {
                responses.push(Response::restore(Remediation::SwitchRule {
                    about: touch.resource.clone(),
                    rule: rule.clone(),
                    before: RuleSwitch::Disabled,
                    after: RuleSwitch::Enabled,
                }));
            }
            Some(Some(_) | None) => {}
        }
    }
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new("eventName", &touch.call),
        subject: case.event.id.clone(),
        responses,
    }])
}

const MEND: &str = "Cordon puts little of itself back: look at who did this and why, then deploy the stack \
                    again, which puts its resources back as the template has them";

/// Whether the change is part of a deployment. Where the control policy names the deployers, being
/// CloudFormation is not enough: an intruder can use it too. The name of a session is the caller's own
/// choice: only its role counts.
fn may_change(policy: &ControlPolicy, event: &Event) -> bool {
    let deployers = &policy.controls.responder_tampered.parameters.deployers;
    if deployers.is_empty() {
        return event.actor.invoked_by.as_deref() == Some(CLOUDFORMATION);
    }
    let actor = event.actor.role.as_ref().or(event.actor.arn.as_ref());
    actor.is_some_and(|arn| deployers.iter().any(|pattern| pattern.matches_text(arn)))
}
