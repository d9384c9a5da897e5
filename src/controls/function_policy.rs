//! What the controls of resource policies share: which policies an event makes them look at, and
//! what every one of them sees there.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

use super::analysis::{Analysis, Look};
use super::{Assessment, Case, Judgement, Needs, Seen};
use super::{access_analyzer, config_rule, security_hub};
use super::{dangerous_action, function_url, public, unscoped_service, untrusted_account};
use crate::{
    event::{Event, Kind, ShownPolicy},
    iam::{Document, Exposure, Principal, StatementExposure},
    policy::ControlPolicy,
    resource::{FunctionArn, FunctionResource},
    state::Read,
};
use time::OffsetDateTime;

/// What the `function-policy.*` controls need.
pub(super) fn needs(case: &Case<'_>) -> Needs {
    match changed(case.event) {
        Some((resource, shown)) if is_harmless(case, resource, shown) => Needs::Nothing,
        Some((resource, _)) => Needs::Reads(vec![Read::Policy(resource.clone())]),
        None => {
            let reads = asked_about(case.event).cloned().map(Read::EveryPolicy);
            let reads: Vec<Read> = reads.collect();
            if reads.is_empty() { Needs::NotConcerned } else { Needs::Reads(reads) }
        }
    }
}

/// The functions that another service calls public, or open to outsiders: all their live policies
/// are looked at, and nothing is taken at its word.
fn asked_about(event: &Event) -> impl Iterator<Item = &FunctionArn> {
    config_rule::public_access(event)
        .into_iter()
        .chain(security_hub::public_access(event))
        .chain(access_analyzer::function(event))
}

/// The policy an event changed.
pub(super) fn changed(event: &Event) -> Option<(&FunctionResource, &ShownPolicy)> {
    let Kind::PolicyChange { resource, shown } = &event.kind else { return None };
    Some((resource, shown))
}

/// Whether what the event shows can be nobody's finding, so that nothing needs to be read.
fn is_harmless(case: &Case<'_>, resource: &FunctionResource, shown: &ShownPolicy) -> bool {
    let as_typed = matches!(shown, ShownPolicy::Document(_));
    case.shown(resource, shown).is_some_and(|exposures| {
        exposures.iter().all(|statement| {
            !(as_typed && may_live(statement))
                && match statement.worst() {
                    Exposure::Internal => true,
                    Exposure::Trusted => statement.beyond_invoke.is_empty(),
                    Exposure::Public
                    | Exposure::External
                    | Exposure::UnscopedService
                    | Exposure::Unknown => false,
                }
        })
    })
}

/// Whether a statement as typed names somebody by a unique id: only in a live policy is that the
/// sign of a deleted principal.
fn may_live(statement: &StatementExposure) -> bool {
    statement.grants.iter().any(|grant| matches!(grant.principal, Principal::Dead(_)))
}

/// Whether the event shows a statement of a public function URL.
pub(super) fn shows_public_url(
    case: &Case<'_>,
    resource: &FunctionResource,
    shown: &ShownPolicy,
) -> bool {
    case.shown(resource, shown)
        .is_some_and(|exposures| exposures.iter().any(|statement| statement.via_url))
}

/// Judges every policy the event makes this control look at.
pub(super) fn judge(case: &Case<'_>, look: &Look) -> Vec<Assessment> {
    let assessment = |(resource, target): (FunctionResource, Target)| {
        let judgement = match target {
            Target::Harmless => Judgement::Compliant,
            Target::NotRead => {
                Judgement::InsufficientData("the resource policy was not read".to_owned())
            }
            Target::Live => judge_live(case, look, &resource),
        };
        Assessment { control: look.control.into(), resource: resource.into(), judgement }
    };
    targets(case).into_iter().map(assessment).collect()
}

enum Target {
    Harmless,
    NotRead,
    Live,
}

fn targets(case: &Case<'_>) -> Vec<(FunctionResource, Target)> {
    if let Some((resource, shown)) = changed(case.event) {
        let target = match case.state.policies.contains_key(resource) {
            true => Target::Live,
            false if is_harmless(case, resource, shown) => Target::Harmless,
            false => Target::NotRead,
        };
        return vec![(resource.clone(), target)];
    }
    let targets = asked_about(case.event).map(|function| {
        let live = every_policy(case, function);
        if live.is_empty() { vec![(function.clone().into(), Target::NotRead)] } else { live }
    });
    targets.flatten().collect()
}

fn every_policy(case: &Case<'_>, function: &FunctionArn) -> Vec<(FunctionResource, Target)> {
    let policies = case.state.policies.keys();
    policies
        .filter(|resource| resource.function == *function)
        .map(|resource| (resource.clone(), Target::Live))
        .collect()
}

/// Judges one live policy. Where there is none, nothing is granted.
pub(super) fn judge_live(case: &Case<'_>, look: &Look, resource: &FunctionResource) -> Judgement {
    match case.live(resource) {
        None => Judgement::Compliant,
        Some(Err(error)) => Judgement::InsufficientData(error.to_string()),
        Some(Ok(analysis)) => analysis.judge(look),
    }
}

/// Every look at a resource policy.
const LOOKS: [&Look; 5] = [
    &public::LOOK,
    &untrusted_account::LOOK,
    &unscoped_service::LOOK,
    &dangerous_action::LOOK,
    &function_url::LOOK,
];

/// What the controls of resource policies see in `document`, hung on `resource`, whatever their
/// modes: the judgement of an event that shows it, without the event.
pub fn judge_document(
    policy: &ControlPolicy,
    resource: &FunctionResource,
    document: &Document,
    now: OffsetDateTime,
) -> Vec<Seen> {
    Analysis::new(policy, resource, document, now).judge_all(&LOOKS)
}
