//! `invocation.unauthorized`: only declared invokers invoke the function. Looks at functions that
//! declare theirs, and at nothing else: data events can be millions.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html#cloudtrail-data-events>

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::{Actor, Event, Kind},
    finding::{ControlId, Evidence},
    iam::{Change, Document, Edit, Effect, Principal},
    policy::{ControlPolicy, DeclaredInvokers},
    resource::FunctionResource,
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
    let resource = match &event.kind {
        Kind::Invocation { resource } => resource,
        Kind::PolicyChange { .. }
        | Kind::UrlChange { .. }
        | Kind::FunctionChange { .. }
        | Kind::IamCall { .. }
        | Kind::RuleCompliance { .. }
        | Kind::Ignored(_) => return Seat::NotDeclared,
    };
    let entries = &policy.controls.invocation_unauthorized.parameters.functions;
    match entries.iter().find(|entry| entry.function.matches(&resource.function)) {
        None => Seat::NotDeclared,
        Some(declared) if invited(declared, &event.actor) => Seat::Invited,
        Some(declared) => Seat::Intruder(Intrusion { resource, declared }),
    }
}

/// A service is told by `invokedBy`, which AWS sets; only then does the role behind it not count.
fn invited(declared: &DeclaredInvokers, actor: &Actor) -> bool {
    if let Some(service) = &actor.invoked_by {
        return declared.services.contains(service);
    }
    let by_principal = [&actor.arn, &actor.role]
        .into_iter()
        .flatten()
        .any(|arn| declared.principals.iter().any(|pattern| pattern.matches_text(arn)));
    by_principal || actor.account.as_ref().is_some_and(|id| declared.accounts.contains(id))
}

fn needs(policy: &ControlPolicy, event: &Event) -> Needs {
    match seat(policy, event) {
        Seat::NotDeclared => Needs::NotConcerned,
        Seat::Invited => Needs::Nothing,
        Seat::Intruder(Intrusion { resource, declared }) => {
            let mut reads = vec![Read::Policy(resource.clone())];
            if declared.stop {
                reads.push(Read::Function(resource.function.clone()));
                reads.push(Read::Provisioned(resource.function.clone()));
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
        (Seat::Invited, Kind::Invocation { resource }) => (resource.clone(), Judgement::Compliant),
        (Seat::Invited | Seat::NotDeclared, _) => return Vec::new(),
    };
    vec![Assessment { control: ControlId::InvocationUnauthorized, resource, judgement }]
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
    let caller = caller(&case.event.actor);
    let opened = document.map(|document| opened(document, &case.event.actor)).unwrap_or_default();
    let evidence = Evidence::new("userIdentity", &caller);
    let seen = |response, subject: &str| Seen {
        evidence: evidence.clone(),
        subject: format!("{caller} {subject}"),
        response,
    };
    Judgement::NonCompliant(if !opened.is_empty() {
        opened
            .into_iter()
            .map(|index| {
                let edit = Edit { index, change: Change::Remove };
                seen(Response::EditPolicy(edit), "statement")
            })
            .collect()
    } else if intrusion.declared.stop {
        vec![seen(Response::Stop, &case.event.id)]
    } else {
        let why = "no statement grants access to this caller alone: look at its identity policies \
                   and at statements it shares with others";
        vec![seen(Response::Notify(why.to_owned()), "none")]
    })
}

fn caller(actor: &Actor) -> String {
    let named = actor.invoked_by.as_deref().or(actor.role.as_deref()).or(actor.arn.as_deref());
    named.unwrap_or("unknown").to_owned()
}

/// The statements that let in this caller and nobody else: its service, or its very ARN.
fn opened(document: &Document, actor: &Actor) -> Vec<usize> {
    let statements = document.statements().iter().enumerate();
    let alone = statements.filter(|(_, statement)| {
        statement.effect == Effect::Allow
            && match (statement.principals.as_slice(), &actor.invoked_by) {
                ([Principal::Service(service)], Some(caller)) => service == caller,
                ([Principal::Aws(arn)], None) => {
                    [&actor.arn, &actor.role].into_iter().flatten().any(|caller| caller == arn)
                }
                (_, _) => false,
            }
    });
    alone.map(|(index, _)| index).collect()
}
