//! `recursion.allowed`: Lambda ends loops of calls of a function to itself. Who allows them can make
//! the account pay, and starve its other functions.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, TagValue, Trigger, changed,
};
use crate::{
    event::ChangeCall,
    finding::{ControlId, Evidence},
    remediation::{Remediation, TAG_PREFIX},
    resource::FunctionArn,
    setting::PutBack,
    state::{Read, RecursiveLoop},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::RecursionAllowed,
    triggers: &[Trigger::LambdaCall("PutFunctionRecursionConfig")],
    needs,
    judge,
};

/// The function of a change of it, and whether the event allows loops, if it says so.
fn asked<'c>(case: &'c Case<'_>) -> Option<(&'c FunctionArn, Option<bool>)> {
    let ChangeCall::Recursion(allows) = case.event.change.as_ref()?.call else { return None };
    Some((case.event.function()?, allows))
}

fn needs(case: &Case<'_>) -> Needs {
    match asked(case) {
        None => Needs::NotConcerned,
        Some((_, Some(false))) => Needs::Nothing,
        Some((function, Some(true) | None)) => {
            Needs::Reads(vec![Read::Function(function.clone()), Read::Recursion(function.clone())])
        }
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((function, allows)) = asked(case) else { return Vec::new() };
    let accepted = changed::is_accepted(case.policy, &case.event.actor);
    let judgement = match case.state.recursion.get(function) {
        _ if allows == Some(false) => Judgement::Compliant,
        None => Judgement::InsufficientData("whether loops are allowed was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(RecursiveLoop::Terminate)) => Judgement::Compliant,
        Some(Some(RecursiveLoop::Allow)) if accepted => Judgement::Compliant,
        Some(Some(RecursiveLoop::Allow)) => Judgement::NonCompliant(vec![allowed(function)]),
    };
    let control = ControlId::RecursionAllowed.into();
    vec![Assessment { control, resource: function.clone().into(), judgement }]
}

fn allowed(function: &FunctionArn) -> Seen {
    let control = ControlId::RecursionAllowed;
    let (function, change) = (function.clone(), PutBack::Recursion);
    Seen {
        evidence: Evidence::new("RecursiveLoop", "Allow"),
        subject: "recursion".to_owned(),
        responses: vec![
            Response::restore(Remediation::RestoreConfiguration { function, change }),
            Response::Tag(format!("{TAG_PREFIX}{control}"), TagValue::Incident),
        ],
    }
}
