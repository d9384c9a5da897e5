//! `change.outside-network`: functions and IAM are changed from declared networks only.
//! Refuses to judge where the control policy declares no networks.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Trigger, change,
    origin::{Origin, origin},
    privilege_escalation::OF_IAM,
};
use crate::{
    finding::{ControlId, Evidence},
    resource::Resource,
    state::Read,
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::ChangeOutsideNetwork, triggers: &TRIGGERS, needs, judge };

const TRIGGERS: [Trigger; change::OF_LAMBDA.len() + 1] = {
    let mut all = [Trigger::IamCalls(OF_IAM); change::OF_LAMBDA.len() + 1];
    let (lambda, _) = all.split_at_mut(change::OF_LAMBDA.len());
    lambda.copy_from_slice(&change::OF_LAMBDA);
    all
};

fn change(case: &Case<'_>) -> Option<(Resource, Origin)> {
    let networks = &case.policy.trusted.networks;
    if networks.is_empty() {
        return None;
    }
    Some((change::changed(case.event, OF_IAM)?, origin(networks, &case.event.actor)))
}

fn needs(case: &Case<'_>) -> Needs {
    match change(case) {
        None => Needs::NotConcerned,
        Some((resource, Origin::Outside(..))) => match resource.function() {
            Some(function) => Needs::Reads(vec![Read::Function(function.clone())]),
            None => Needs::Nothing,
        },
        Some((_, Origin::Inside | Origin::Unknown)) => Needs::Nothing,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((resource, from)) = change(case) else { return Vec::new() };
    let control = ControlId::ChangeOutsideNetwork;
    let judgement = match from {
        Origin::Inside => Judgement::Compliant,
        Origin::Unknown => {
            Judgement::InsufficientData("where the call came from is not told".into())
        }
        Origin::Outside(field, value) => {
            let who = change::caller(&case.event.actor);
            let api = case.event.api.as_deref().unwrap_or_default();
            let why = format!("{who} called `{api}` from outside `trusted.networks`");
            let evidence = Evidence::new(field, &value);
            Judgement::NonCompliant(vec![change::found(case, control, evidence, why)])
        }
    };
    change::assessed(case, control, resource, judgement)
}
