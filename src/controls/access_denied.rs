//! `function.access-denied-burst`: the credentials of a function are not denied many APIs in a short time,
//! as they are where somebody tries what they are good for. An API that it is denied all the time is known,
//! and counts no more than one that is throttled.
//! Refuses to answer: a function whose permissions are wrong looks the same.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger,
    behaviour::{self, Past},
};
use crate::{
    baseline::{Habit, Standing},
    event::{Failure, FunctionCall},
    finding::{ControlId, Evidence},
};
use std::collections::BTreeSet;

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionAccessDeniedBurst,
    triggers: &[Trigger::FunctionCalls],
    needs,
    judge,
};

fn denied<'a>(case: &Case<'a>) -> Option<&'a FunctionCall> {
    behaviour::call(case.event).filter(|call| call.failure == Some(Failure::Denied))
}

fn needs(case: &Case<'_>) -> Needs {
    denied(case).map_or(Needs::NotConcerned, |call| Needs::Reads(behaviour::reads(call)))
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(call) = denied(case) else { return Vec::new() };
    let judgement = behaviour::judged(case, call, |past| judge_call(case, call, past));
    behaviour::of_call(CONTROL.id, call, judgement)
}

/// Told at the number that the control policy gives, and at each multiple of it: not for each call.
fn judge_call(case: &Case<'_>, call: &FunctionCall, past: &Past<'_>) -> Judgement {
    let parameters = &case.policy.controls.function_access_denied_burst.parameters;
    let (Some(baseline), false) = (past.baseline, past.is_learning()) else {
        return Judgement::NotApplicable;
    };
    let habit = behaviour::habit(call);
    if baseline.standing(&habit, &case.event.id, past.now) != Standing::New {
        return Judgement::Compliant;
    }
    let since = past.now - parameters.window.duration();
    let is_denied = |habit: &Habit| matches!(habit, Habit::Denied(_));
    let mut apis: BTreeSet<&str> = baseline.new_since(since, is_denied).map(Habit::what).collect();
    apis.insert(&call.api);
    let (count, least) = (apis.len(), usize::from(parameters.apis.get()));
    if !count.is_multiple_of(least) {
        return Judgement::Compliant;
    }
    let minutes = parameters.window.duration().whole_minutes();
    let listed = apis.into_iter().collect::<Vec<_>>().join(", ");
    let why = format!(
        "its credentials were denied {count} APIs within {minutes} minutes that they were not denied \
         before: see whether its permissions were changed, or somebody tries them"
    );
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new("denied", &listed),
        subject: listed,
        responses: vec![Response::Notify(why)],
    }])
}
