//! `function.first-seen-api`: the credentials of a function call no API that they never called. What they
//! usually call is learned for a week and fifty calls; after a deployment by somebody trusted, what is new
//! within a day is learned as well. Each new API is told once, and is known from then on; what changes who
//! may do what, or what is recorded, never is.
//! Refuses to answer: new is not wrong. What a call that was not allowed tells is another control's.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen,
    behaviour::{self, Past},
    privilege_escalation::is_escalation,
};
use crate::{
    baseline::{Baseline, Habit, Standing},
    event::{Failure, FunctionCall},
    finding::{ControlId, Evidence},
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::FunctionFirstSeenApi, triggers: &behaviour::TRIGGERS, needs, judge };

/// The call, if it is this control's matter.
fn called<'a>(case: &Case<'a>) -> Option<&'a FunctionCall> {
    let call = behaviour::call(case.event)?;
    let is_own = call.failure != Some(Failure::Denied) && !call.presigned;
    (is_own && !is_escalation(&call.api)).then_some(call)
}

fn is_declared(case: &Case<'_>, call: &FunctionCall) -> bool {
    let declared = &case.policy.controls.function_first_seen_api.parameters.declared;
    declared.iter().any(|entry| entry.covers(&call.function, &call.api))
}

fn needs(case: &Case<'_>) -> Needs {
    behaviour::needs(case, || match called(case) {
        None => Needs::NotConcerned,
        Some(call) if is_declared(case, call) => Needs::Nothing,
        Some(call) => Needs::Reads(behaviour::reads(call)),
    })
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(call) = called(case) else { return Vec::new() };
    let judgement = match is_declared(case, call) {
        true => Judgement::Compliant,
        false => behaviour::judged(case, call, |past| judge_call(case, call, past)),
    };
    behaviour::of_call(CONTROL.id, call, judgement)
}

fn judge_call(case: &Case<'_>, call: &FunctionCall, past: &Past<'_>) -> Judgement {
    let never = behaviour::is_never_usual(&call.api);
    if past.is_learning() && !never {
        return Judgement::NotApplicable;
    }
    // What tries everything, as auditors do, does nothing new.
    if past.baseline.is_some_and(Baseline::is_full) && !never {
        return Judgement::NotApplicable;
    }
    let habit = behaviour::habit(call);
    let standing = past
        .baseline
        .map_or(Standing::New, |baseline| baseline.standing(&habit, &case.event.id, past.now));
    let is_deployed = past.baseline.is_some_and(|one| one.is_deployed_lately(past.now)) && !never;
    match standing {
        Standing::Usual | Standing::Lately => Judgement::Compliant,
        Standing::New if is_deployed => Judgement::Compliant,
        Standing::New => Judgement::NonCompliant(vec![seen(call, past.baseline, never)]),
    }
}

fn seen(call: &FunctionCall, baseline: Option<&Baseline>, never: bool) -> Seen {
    let api = &call.api;
    let why = match baseline.filter(|_| !never) {
        Some(baseline) => {
            let since = baseline.began().date();
            let known = baseline.habits().filter(|habit| matches!(habit, Habit::Call(_))).count();
            format!(
                "its credentials called `{api}`, which is none of the {known} APIs they called since \
                 {since}: see whether a change of it explains that"
            )
        }
        None => format!(
            "its credentials called `{api}`, which changes or tells who may do what, or what is \
             recorded: declare it if that is the function's job"
        ),
    };
    Seen {
        evidence: Evidence::new("eventName", api),
        subject: api.clone(),
        responses: vec![Response::Notify(why)],
    }
}
