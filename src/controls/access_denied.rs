//! `function.access-denied-burst`: the credentials of a function are not denied many APIs in a short time,
//! as they are where somebody tries what they are good for. An API that it is denied all the time is known,
//! and counts no more than one that is throttled.
//! Refuses to answer: a function whose permissions are wrong looks the same.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen,
    behaviour::{self, Past},
};
use crate::{
    baseline::{Baseline, Habit, Standing},
    event::{Failure, FunctionCall},
    finding::{ControlId, Evidence},
};
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionAccessDeniedBurst,
    triggers: &behaviour::TRIGGERS,
    needs,
    judge,
};

fn denied<'a>(case: &Case<'a>) -> Option<&'a FunctionCall> {
    let is_denied = |call: &&FunctionCall| call.failure == Some(Failure::Denied);
    behaviour::call(case.event).filter(is_denied).filter(|call| !call.presigned)
}

fn needs(case: &Case<'_>) -> Needs {
    behaviour::needs(case, || {
        denied(case).map_or(Needs::NotConcerned, |call| Needs::Reads(behaviour::reads(call)))
    })
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
    let least = usize::from(parameters.apis.get());
    let windows = [(least, parameters.window.duration()), (SLOW * least, Duration::days(1))];
    // Delivered again, it counts what was denied until then.
    let now = baseline.new_at(&habit, &case.event.id).unwrap_or(past.now);
    let told = windows.into_iter().find_map(|(least, window)| {
        let apis = denied_within(baseline, window, call, now);
        apis.len().is_multiple_of(least).then_some((apis, window))
    });
    let Some((apis, window)) = told else { return Judgement::Compliant };
    let (count, minutes) = (apis.len(), window.whole_minutes());
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

/// How many times as many are too many within a day, for who is in no hurry.
const SLOW: usize = 2;

/// The APIs that were denied for the first time within `window`, this one included.
fn denied_within<'a>(
    baseline: &'a Baseline,
    window: Duration,
    call: &'a FunctionCall,
    now: OffsetDateTime,
) -> BTreeSet<&'a str> {
    let is_denied = |habit: &Habit| matches!(habit, Habit::Denied(_));
    let mut apis: BTreeSet<&str> =
        baseline.new_within(now - window, now, is_denied).map(Habit::what).collect();
    apis.insert(&call.api);
    apis
}
