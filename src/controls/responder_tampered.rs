//! `responder.tampered`: nobody but its deployers changes what Cordon rests on: its rules, queues,
//! table, topic, alarms, keys, roles and functions. It never acts on itself, so that people are told
//! whatever happens; if it was silenced, its heartbeat stops, and an alarm that needs no function goes
//! off.

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::{Event, Touch},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::ResponderTampered,
    triggers: &[Trigger::OwnChanges, Trigger::Heartbeat],
    needs: |case| match case.event.touches {
        Some(_) => Needs::Nothing,
        None => Needs::NotConcerned,
    },
    judge,
};

/// What a stack's deployment is made through, unless the control policy names the deployers.
const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(touch) = &case.event.touches else { return Vec::new() };
    let judgement = match may_change(case.policy, case.event) {
        true => Judgement::Compliant,
        false => Judgement::NonCompliant(vec![seen(case.event, touch)]),
    };
    let control = ControlId::ResponderTampered.into();
    vec![Assessment { control, resource: touch.resource.clone(), judgement }]
}

fn seen(event: &Event, touch: &Touch) -> Seen {
    Seen {
        evidence: Evidence::new("eventName", &touch.call),
        subject: event.id.clone(),
        responses: vec![Response::Notify(MEND.to_owned())],
    }
}

const MEND: &str = "Cordon does not change itself: look at who did this and why, then deploy the stack \
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
