//! `invocation.unauthorized`: only declared invokers invoke the function. Looks at functions that
//! declare theirs, and at nothing else: data events can be millions.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html#cloudtrail-data-events>

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, Trigger, containment_reads,
};
use crate::{
    event::{Actor, Event, Kind},
    finding::{ControlId, Evidence},
    iam::{Caller, Change, Document, Edit, Effect, Fit, Principal, Statement},
    policy::{ControlPolicy, DeclaredInvokers},
    resource::{AccountId, FunctionResource},
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::InvocationUnauthorized,
    triggers: &[Trigger::Invocations],
    needs,
    judge,
};

/// An invocation by somebody the function does not declare.
struct Intrusion<'a> {
    resource: &'a FunctionResource,
    declared: &'a DeclaredInvokers,
}

enum Seat<'a> {
    NotDeclared,
    Invited,
    Intruder(Intrusion<'a>),
}

fn seat<'a>(policy: &'a ControlPolicy, event: &'a Event) -> Seat<'a> {
    let Kind::Invocation { resource, .. } = &event.kind else { return Seat::NotDeclared };
    let entries = &policy.controls.invocation_unauthorized.parameters.functions;
    match entries.iter().find(|entry| entry.function.matches(&resource.function)) {
        None => Seat::NotDeclared,
        Some(declared) if invited(declared, &event.actor) => Seat::Invited,
        Some(declared) => Seat::Intruder(Intrusion { resource, declared }),
    }
}

/// A service is told by `invokedBy`, which AWS sets; one that uses a role, by the role as well. The
/// name of a session is the caller's own choice: only its role counts.
fn invited(declared: &DeclaredInvokers, actor: &Actor) -> bool {
    let principal = actor.role.as_ref().or(actor.arn.as_ref());
    let account = actor.account.as_ref().filter(|_| actor.invoked_by.is_none());
    actor.invoked_by.as_ref().is_some_and(|service| declared.services.contains(service))
        || principal.is_some_and(|arn| declared.principals.iter().any(|p| p.matches_text(arn)))
        || account.is_some_and(|id| declared.accounts.contains(id))
}

fn needs(case: &Case<'_>) -> Needs {
    match seat(case.policy, case.event) {
        Seat::NotDeclared => Needs::NotConcerned,
        Seat::Invited => Needs::Nothing,
        Seat::Intruder(Intrusion { resource, declared }) => {
            let mut reads = vec![Read::Policy(resource.clone())];
            if declared.stop {
                reads.extend(containment_reads(&resource.function));
            }
            Needs::Reads(reads)
        }
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let (resource, judgement) = match (seat(case.policy, case.event), &case.event.kind) {
        (Seat::Intruder(intrusion), _) => {
            (intrusion.resource.clone(), judge_intrusion(case, &intrusion))
        }
        (Seat::Invited, Kind::Invocation { resource, .. }) => {
            (resource.clone(), Judgement::Compliant)
        }
        (Seat::Invited | Seat::NotDeclared, _) => return Vec::new(),
    };
    let (control, resource) = (ControlId::InvocationUnauthorized.into(), resource.into());
    vec![Assessment { control, resource, judgement }]
}

fn judge_intrusion(case: &Case<'_>, intrusion: &Intrusion<'_>) -> Judgement {
    let document = match case.state.policies.get(intrusion.resource) {
        None => return Judgement::InsufficientData("the resource policy was not read".to_owned()),
        Some(Some(live)) => match &live.document {
            Ok(document) => Some(document),
            Err(error) => return Judgement::InsufficientData(error.to_string()),
        },
        Some(None) => None,
    };
    let actor = &case.event.actor;
    let doors = document.map(|document| doors(document, actor)).unwrap_or_default();
    let alone: Vec<&Door> = doors.iter().filter(|door| door.alone).collect();
    let seen = |response, subject: &str| Seen {
        evidence: Evidence::new("userIdentity", &caller(actor)),
        subject: format!("{} {subject}", caller(actor)),
        responses: vec![response],
    };
    Judgement::NonCompliant(match (alone.as_slice(), doors.as_slice()) {
        ([], []) if intrusion.declared.stop && is_sure(case, intrusion) => {
            vec![seen(Response::Contain(Extent::WHOLE), &case.event.id)]
        }
        ([], []) => vec![seen(Response::Notify(NO_STATEMENT.to_owned()), "no statement")],
        ([], _) => vec![seen(Response::Notify(SHARED.to_owned()), "shared statement")],
        (alone, _) => {
            let edits = alone.iter().map(|door| Edit {
                index: door.index,
                principals: door.principals.clone(),
                change: Change::Drop,
            });
            edits.map(|edit| seen(Response::EditPolicy(edit), "own statement")).collect()
        }
    })
}

/// Whether the caller certainly got in without any statement of the resource policy. Only callers
/// of the function's own account can; a statement that let in anybody else is gone by now.
fn is_sure(case: &Case<'_>, intrusion: &Intrusion<'_>) -> bool {
    let own = case.event.actor.account.as_ref() == Some(intrusion.resource.function.account());
    let as_asked = matches!(case.event.kind, Kind::Invocation { as_asked: true, .. });
    own && as_asked && case.event.actor.invoked_by.is_none() && !case.state.memory.answered
}

const NO_STATEMENT: &str = "no statement of the resource policy grants access to this caller: \
                            look at its identity policies";
const SHARED: &str = "the statement that let this caller in is one it shares with others: scope it \
                      or split it";

/// The caller, by the most telling name there is.
fn caller(actor: &Actor) -> String {
    let named = actor.invoked_by.as_deref().or(actor.role.as_deref()).or(actor.arn.as_deref());
    let account = actor.account.as_ref().map(AccountId::as_str);
    named.or(account).unwrap_or("unknown").to_owned()
}

/// A statement that may have let a caller in.
struct Door {
    index: usize,
    principals: Vec<Principal>,
    /// It lets in this caller and nobody else.
    alone: bool,
}

/// The statements that may have let this caller in. Conditions are not looked at: a door too many
/// only leaves more to a person.
fn doors(document: &Document, actor: &Actor) -> Vec<Door> {
    let statements = document.statements().iter().enumerate();
    let allowing = statements
        .filter(|(_, statement)| statement.effect == Effect::Allow && statement.may_invoke());
    allowing
        .filter_map(|(index, statement)| {
            let fits: Vec<Fit> =
                statement.principals.iter().map(|p| fit(statement, p, actor)).collect();
            let open = fits.iter().any(|fit| *fit != Fit::Not);
            let alone = matches!(fits.as_slice(), [Fit::Exactly]);
            open.then(|| Door { index, principals: statement.principals.clone(), alone })
        })
        .collect()
}

/// Who made the call, if more than an account is told.
fn who(actor: &Actor) -> Option<Caller> {
    if let Some(service) = &actor.invoked_by {
        return Some(Caller::Service(service.clone()));
    }
    let session = actor.role.as_ref().and(actor.arn.clone());
    let arn = actor.role.clone().or_else(|| actor.arn.clone())?;
    Some(Caller::Principal { arn, session })
}

/// How a principal of the statement fits a caller.
fn fit(statement: &Statement, principal: &Principal, actor: &Actor) -> Fit {
    if let Some(caller) = who(actor) {
        return caller.fit(statement, principal);
    }
    let account = actor.account.as_ref().map(AccountId::as_str);
    match principal {
        Principal::Service(_) | Principal::Dead(_) => Fit::Not,
        Principal::Aws(_) if principal.account().is_some_and(|id| Some(id) != account) => Fit::Not,
        Principal::Aws(_)
        | Principal::Anyone
        | Principal::NotListed
        | Principal::Federated(_)
        | Principal::Other { .. } => Fit::Among,
    }
}
