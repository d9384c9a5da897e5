//! What the controls of resource policies share: which policies an event makes them look at, and
//! how grants become things seen.

use super::{Assessment, Case, Judgement, Needs, Response, Seen, config_rule};
use crate::{
    event::{Event, Kind, ShownPolicy},
    finding::{ControlId, Evidence, fit_to_show, statement_name},
    iam::{Change, Document, Edit, Exposure, Grant, Principal, StatementExposure, Trusted, expose},
    policy::ControlPolicy,
    resource::{AccountId, FunctionArn, FunctionResource},
    state::{PolicyState, Read},
};

/// What the `function-policy.*` controls need.
pub(super) fn needs(policy: &ControlPolicy, event: &Event) -> Needs {
    match changed(event) {
        Some((resource, shown)) if is_harmless(policy, resource, shown) => Needs::Nothing,
        Some((resource, _)) => Needs::Reads(vec![Read::Policy(resource.clone())]),
        None => match config_rule::public_access(event) {
            Some(function) => Needs::Reads(vec![Read::EveryPolicy(function.clone())]),
            None => Needs::NotConcerned,
        },
    }
}

/// The policy an event changed.
pub(super) fn changed(event: &Event) -> Option<(&FunctionResource, &ShownPolicy)> {
    let Kind::PolicyChange { resource, shown } = &event.kind else { return None };
    Some((resource, shown))
}

/// Whether what the event shows can be nobody's finding, so that nothing needs to be read.
fn is_harmless(policy: &ControlPolicy, resource: &FunctionResource, shown: &ShownPolicy) -> bool {
    let as_typed = matches!(shown, ShownPolicy::Document(_));
    exposures_shown(policy, resource, shown).is_some_and(|exposures| {
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
    policy: &ControlPolicy,
    resource: &FunctionResource,
    shown: &ShownPolicy,
) -> bool {
    exposures_shown(policy, resource, shown)
        .is_some_and(|exposures| exposures.iter().any(|statement| statement.via_url))
}

/// What the analysis says of what the event shows; none if it shows nothing that can be read.
fn exposures_shown(
    policy: &ControlPolicy,
    resource: &FunctionResource,
    shown: &ShownPolicy,
) -> Option<Vec<StatementExposure>> {
    let document = Document::parse(&shown.document()?).ok()?;
    Some(expose(&document, resource, &policy.trusted.for_analysis()))
}

/// One statement with what the analysis says of it.
pub(super) struct Judged<'a> {
    pub document: &'a Document,
    pub resource: &'a FunctionResource,
    pub trusted: &'a Trusted,
    pub statement: &'a StatementExposure,
}

/// How a control of resource policies looks at grants.
pub(super) struct Look {
    pub control: ControlId,
    /// Whether a grant is what the control forbids.
    pub forbids: fn(&ControlPolicy, &StatementExposure, &Grant) -> bool,
    /// What answers the forbidden grants of a statement.
    pub respond: fn(&Judged<'_>, &[&Grant]) -> Response,
}

/// Judges every policy the event makes this control look at.
pub(super) fn judge(case: &Case<'_>, look: &Look) -> Vec<Assessment> {
    targets(case)
        .into_iter()
        .map(|(resource, target)| {
            let judgement = match target {
                Target::Harmless => Judgement::Compliant,
                Target::NotRead => {
                    Judgement::InsufficientData("the resource policy was not read".to_owned())
                }
                Target::Live(None) => Judgement::Compliant,
                Target::Live(Some(live)) => judge_policy(case.policy, look, &resource, live),
            };
            Assessment { control: look.control, resource, judgement }
        })
        .collect()
}

enum Target<'a> {
    Harmless,
    NotRead,
    Live(Option<&'a PolicyState>),
}

fn targets<'a>(case: &Case<'a>) -> Vec<(FunctionResource, Target<'a>)> {
    if let Some((resource, shown)) = changed(case.event) {
        let target = match case.state.policies.get(resource) {
            Some(live) => Target::Live(live.as_ref()),
            None if is_harmless(case.policy, resource, shown) => Target::Harmless,
            None => Target::NotRead,
        };
        return vec![(resource.clone(), target)];
    }
    let Some(function) = config_rule::public_access(case.event) else { return Vec::new() };
    let live = every_policy(case, function);
    if live.is_empty() { vec![(function.clone().into(), Target::NotRead)] } else { live }
}

fn every_policy<'a>(
    case: &Case<'a>,
    function: &FunctionArn,
) -> Vec<(FunctionResource, Target<'a>)> {
    let policies = case.state.policies.iter();
    policies
        .filter(|(resource, _)| resource.function == *function)
        .map(|(resource, live)| (resource.clone(), Target::Live(live.as_ref())))
        .collect()
}

/// Judges one policy.
pub(super) fn judge_policy(
    policy: &ControlPolicy,
    look: &Look,
    resource: &FunctionResource,
    live: &PolicyState,
) -> Judgement {
    let document = match &live.document {
        Ok(document) => document,
        Err(error) => return Judgement::InsufficientData(error.to_string()),
    };
    let trusted = policy.trusted.for_analysis();
    let mut seen = Vec::new();
    let mut unclear = Vec::new();
    let exposures = expose(document, resource, &trusted);
    for statement in &exposures {
        let forbids = |grant: &&Grant| (look.forbids)(policy, statement, grant);
        let forbidden: Vec<&Grant> = statement.grants.iter().filter(forbids).collect();
        if !forbidden.is_empty() {
            let judged = Judged { document, resource, trusted: &trusted, statement };
            seen.push(Seen {
                evidence: evidence(statement, &forbidden),
                subject: document.statement_text(statement.index),
                response: (look.respond)(&judged, &forbidden),
            });
        }
        let unknown = |grant: &&Grant| grant.exposure == Exposure::Unknown;
        if let Some(grant) = statement.grants.iter().find(unknown) {
            unclear.push((statement, format!("{}: {}", name(statement), grant.reason)));
        }
    }
    if seen.is_empty() {
        return match unclear.into_iter().next() {
            Some((_, why)) => Judgement::InsufficientData(why),
            None => Judgement::Compliant,
        };
    }
    // What is plainly bad must not hide what cannot be told.
    seen.extend(unclear.into_iter().map(|(statement, why)| Seen {
        evidence: Evidence::new(format!("Statement[{}]", statement.index), &why),
        subject: document.statement_text(statement.index),
        response: Response::Notify(format!("cannot tell: {why}")),
    }));
    Judgement::NonCompliant(seen)
}

fn name(statement: &StatementExposure) -> String {
    statement_name(statement.sid.as_deref(), statement.index)
}

fn evidence(statement: &StatementExposure, forbidden: &[&Grant]) -> Evidence {
    let reasons: Vec<&str> = forbidden.iter().map(|grant| grant.reason.as_str()).collect();
    let mut value = format!("{}: {}", name(statement), reasons.join("; "));
    if statement.via_url && !reasons.iter().any(|reason| reason.contains("URL")) {
        value.push_str(", through the function URL");
    }
    if !statement.beyond_invoke.is_empty() {
        value.push_str(&format!("; it grants {}", statement.beyond_invoke.join(", ")));
    }
    let witness = forbidden.iter().find_map(|grant| grant.witness.clone()).map(fit_to_show);
    Evidence { witness, ..Evidence::new(format!("Statement[{}]", statement.index), &value) }
}

/// Takes the forbidden principals away, with the statement if nobody is left.
pub(super) fn removal(judged: &Judged<'_>, forbidden: &[&Grant]) -> Response {
    let change = if forbidden.len() == judged.statement.grants.len() {
        Change::Remove
    } else {
        Change::DropPrincipals(forbidden.iter().map(|grant| grant.principal.clone()).collect())
    };
    Response::EditPolicy(Edit { index: judged.statement.index, change })
}

/// The account of an AWS principal.
pub(super) fn account(principal: &Principal) -> Option<AccountId> {
    match principal {
        Principal::Aws(text) => {
            AccountId::parse(text.split(':').nth(4).unwrap_or(text.as_str())).ok()
        }
        Principal::Anyone
        | Principal::Service(_)
        | Principal::Dead(_)
        | Principal::Federated(_)
        | Principal::Other { .. }
        | Principal::NotListed => None,
    }
}
