//! `destination.foreign`: where a function's events go, or the records of them, belongs to the account
//! or to a trusted one. Whoever may set a destination gets every event that fails, or every result.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html>.

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence, RemediationName},
    policy::ControlPolicy,
    remediation::Remediation,
    resource::{FunctionArn, FunctionResource},
    setting::{Destinations, Mapping},
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::DestinationForeign,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::LambdaCall("PutFunctionEventInvokeConfig"),
        Trigger::LambdaCall("UpdateFunctionEventInvokeConfig"),
        Trigger::LambdaCall("CreateEventSourceMapping"),
        Trigger::LambdaCall("UpdateEventSourceMapping"),
    ],
    needs,
    judge,
};

/// Whether a destination is of the function's account or a trusted one; none where its name does not
/// tell whose it is, as that of a bucket. A topic of Kafka is in the cluster that the records are from:
/// <https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html>.
pub(crate) fn is_ours(policy: &ControlPolicy, function: &FunctionArn, to: &str) -> Option<bool> {
    let trusted = &policy.controls.destination_foreign.parameters.trusted;
    if to.starts_with("kafka://") || trusted.iter().any(|pattern| pattern.matches_text(to)) {
        return Some(true);
    }
    let account = to.split(':').nth(4).filter(|account| !account.is_empty())?;
    let is_trusted = policy.trusted.accounts.iter().any(|id| id.as_str() == account);
    Some(account == function.account().as_str() || is_trusted)
}

/// What an event says of where a function's events go.
struct Sending<'a> {
    function: &'a FunctionArn,
    /// Not only by its configuration, but by what stands beside it.
    beside: bool,
    to: &'a [String],
}

fn sending(event: &Event) -> Option<Sending<'_>> {
    let to = event.asks.sends_to.as_slice();
    let (function, beside) = match &event.kind {
        Kind::SettingChange { function } => (function, true),
        Kind::FunctionChange { function } => (function, false),
        _ => return None,
    };
    (!to.is_empty()).then_some(Sending { function, beside, to })
}

impl Sending<'_> {
    fn is_harmless(&self, policy: &ControlPolicy) -> bool {
        self.to.iter().all(|to| is_ours(policy, self.function, to) == Some(true))
    }
}

fn needs(case: &Case<'_>) -> Needs {
    match sending(case.event) {
        None => Needs::NotConcerned,
        Some(sending) if sending.is_harmless(case.policy) => Needs::Nothing,
        Some(Sending { function, beside: false, .. }) => {
            Needs::Reads(vec![Read::Function(function.clone())])
        }
        Some(Sending { function, beside: true, .. }) => Needs::Reads(vec![
            Read::Destinations(function.clone()),
            Read::EveryMapping(function.clone()),
        ]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(sending) = sending(case.event) else { return Vec::new() };
    let judgement = match sending.is_harmless(case.policy) {
        true => Judgement::Compliant,
        false => judge_live(case, &sending),
    };
    let control = ControlId::DestinationForeign.into();
    vec![Assessment { control, resource: sending.function.clone().into(), judgement }]
}

fn judge_live(case: &Case<'_>, sending: &Sending<'_>) -> Judgement {
    let function = sending.function;
    let around = case.state.around(function);
    let look = Look { policy: case.policy, function };
    let found = match (sending.beside, case.state.functions.get(function)) {
        (false, None) => None,
        (false, Some(None)) => return Judgement::NotApplicable,
        (false, Some(Some(live))) => {
            Some(live.dead_letter_target.iter().map(|to| look.dead_letters(to)).collect())
        }
        (true, _) => around.destinations.zip(around.mappings).map(|(destinations, mappings)| {
            let asynchronous = destinations.iter().map(|(on, to)| look.asynchronous(on, to));
            asynchronous.chain(mappings.iter().map(|mapping| look.mapping(mapping))).collect()
        }),
    };
    let Some(found): Option<Vec<Found>> = found else {
        return Judgement::InsufficientData("where its events go was not read".to_owned());
    };
    let unclear = found.iter().find_map(|one| one.unclear.clone());
    let seen: Vec<Seen> = found.into_iter().flat_map(|one| one.seen).collect();
    match (seen.is_empty(), unclear) {
        (false, _) => Judgement::NonCompliant(seen),
        (true, Some(to)) => Judgement::InsufficientData(format!(
            "whose `{to}` is, its name does not tell: `trusted` names your own"
        )),
        (true, None) => Judgement::Compliant,
    }
}

/// What one setting of a function says.
#[derive(Default)]
struct Found {
    seen: Option<Seen>,
    /// A destination of which it cannot be told whose it is.
    unclear: Option<String>,
}

struct Look<'a> {
    policy: &'a ControlPolicy,
    function: &'a FunctionArn,
}

impl Look<'_> {
    fn is_foreign(&self, to: &str) -> bool {
        is_ours(self.policy, self.function, to) == Some(false)
    }

    /// `remediation` where any of `to` is foreign.
    fn found(&self, field: &str, to: &[&str], remediation: impl FnOnce() -> Remediation) -> Found {
        let foreign: Vec<&str> = to.iter().copied().filter(|to| self.is_foreign(to)).collect();
        let is_unclear = |to: &&&str| is_ours(self.policy, self.function, to).is_none();
        let unclear = to.iter().find(is_unclear).map(|to| crate::finding::shown(to, 200));
        let seen = (!foreign.is_empty()).then(|| Seen {
            evidence: Evidence::new(field, &foreign.join(", ")),
            subject: format!("{field} {}", foreign.join(" ")),
            responses: vec![Response::Turn(
                RemediationName::RemoveDestination,
                Box::new(remediation()),
            )],
        });
        Found { seen, unclear }
    }

    fn dead_letters(&self, to: &str) -> Found {
        self.found("DeadLetterConfig", &[to], || Remediation::RemoveDeadLetterTarget {
            function: self.function.clone(),
            before: to.to_owned(),
        })
    }

    /// What is not foreign stays.
    fn asynchronous(&self, on: &FunctionResource, to: &Destinations) -> Found {
        let kept = |to: &Option<String>| to.clone().filter(|to| !self.is_foreign(to));
        let all: Vec<&str> =
            [&to.on_success, &to.on_failure].into_iter().flatten().map(|to| &**to).collect();
        let field = match &on.qualifier {
            None => "DestinationConfig".to_owned(),
            Some(qualifier) => format!("DestinationConfig of {qualifier}"),
        };
        self.found(&field, &all, || Remediation::RemoveDestinations {
            resource: on.clone(),
            before: to.clone(),
            after: Destinations {
                on_success: kept(&to.on_success),
                on_failure: kept(&to.on_failure),
            },
        })
    }

    fn mapping(&self, mapping: &Mapping) -> Found {
        let Some(to) = &mapping.on_failure else { return Found::default() };
        self.found(&format!("mapping {}", mapping.id), &[to], || {
            Remediation::RemoveMappingDestination {
                function: self.function.clone(),
                mapping: mapping.id.clone(),
                before: to.clone(),
            }
        })
    }
}
