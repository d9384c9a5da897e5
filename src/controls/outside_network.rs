//! `change.outside-network`: functions and IAM are changed from declared networks only. A call through a
//! VPC endpoint counts by the endpoint: the address is then one of the VPC's own, which anybody's has.
//! Refuses to judge where the control policy declares no networks.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Trigger, change, privilege_escalation::ESCALATING,
};
use crate::{
    event::{Event, Source},
    finding::{ControlId, Evidence},
    iam::Trusted,
    resource::Resource,
    state::Read,
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::ChangeOutsideNetwork, triggers: &TRIGGERS, needs, judge };

const TRIGGERS: [Trigger; change::OF_LAMBDA.len() + 1] = {
    let mut all = [Trigger::IamCalls(ESCALATING); change::OF_LAMBDA.len() + 1];
    let (lambda, _) = all.split_at_mut(change::OF_LAMBDA.len());
    lambda.copy_from_slice(&change::OF_LAMBDA);
    all
};

/// Where a change came from.
enum From {
    Inside,
    /// An endpoint or an address: the field, and what stands there.
    Outside(&'static str, String),
    Unknown,
}

fn from(trusted: &Trusted, event: &Event) -> From {
    let actor = &event.actor;
    match (&actor.endpoint, &actor.source) {
        (_, Source::Service(_)) => From::Inside,
        (Some(endpoint), _) if trusted.holds_endpoint(endpoint) => From::Inside,
        (Some(endpoint), _) => From::Outside("vpcEndpointId", endpoint.clone()),
        (None, Source::Address(address)) if trusted.holds_address(*address) => From::Inside,
        (None, Source::Address(address)) => From::Outside("sourceIPAddress", address.to_string()),
        (None, Source::Unknown) => From::Unknown,
    }
}

fn change(case: &Case<'_>) -> Option<(Resource, From)> {
    let trusted = &case.policy.trusted;
    if trusted.networks.is_empty() {
        return None;
    }
    Some((change::changed(case.event, ESCALATING)?, from(trusted, case.event)))
}

fn needs(case: &Case<'_>) -> Needs {
    match change(case) {
        None => Needs::NotConcerned,
        Some((resource, From::Outside(..))) => match resource.function() {
            Some(function) => Needs::Reads(vec![Read::Function(function.clone())]),
            None => Needs::Nothing,
        },
        Some((_, From::Inside | From::Unknown)) => Needs::Nothing,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((resource, from)) = change(case) else { return Vec::new() };
    let control = ControlId::ChangeOutsideNetwork;
    let judgement = match from {
        From::Inside => Judgement::Compliant,
        From::Unknown => Judgement::InsufficientData("where the call came from is not told".into()),
        From::Outside(field, value) => {
            let who = change::caller(&case.event.actor);
            let api = case.event.api.as_deref().unwrap_or_default();
            let why = format!("{who} called `{api}` from outside `trusted.networks`");
            let evidence = Evidence::new(field, &value);
            Judgement::NonCompliant(vec![change::found(case, control, evidence, why)])
        }
    };
    change::assessed(case, control, resource, judgement)
}
