//! `logging.redirected`: the function's logs go where they went, and stay there. What was in a log
//! group that is deleted is gone, and what was there before, the event does not tell: people are told,
//! and the function is tagged.
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, TagValue, Trigger, logs};
use crate::{
    event::{Event, Kind, LogGroupChange},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    remediation::TAG_PREFIX,
    resource::FunctionArn,
    state::{FunctionState, Read},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::LoggingRedirected,
    triggers: &[
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::LogsCall("DeleteLogGroup"),
        Trigger::LogsCall("PutRetentionPolicy"),
    ],
    needs,
    judge,
};

/// What was done to a function's logs.
enum Done<'a> {
    Deleted,
    Kept(u32),
    Sent(&'a str),
}

fn done(event: &Event) -> Option<(&FunctionArn, Done<'_>)> {
    match &event.kind {
        Kind::LogGroup { function, change: LogGroupChange::Deleted } => {
            Some((function, Done::Deleted))
        }
        Kind::LogGroup { function, change: LogGroupChange::Retention(days) } => {
            Some((function, Done::Kept(*days)))
        }
        // A function that is new was sent nowhere else before.
        Kind::FunctionChange { function } if !event.asks.creates => {
            Some((function, Done::Sent(event.asks.log_group.as_deref()?)))
        }
        _ => None,
    }
}

fn is_harmless(policy: &ControlPolicy, function: &FunctionArn, done: &Done<'_>) -> bool {
    let parameters = &policy.controls.logging_redirected.parameters;
    match done {
        Done::Deleted => false,
        Done::Kept(days) => parameters.retention_days.is_none_or(|least| *days >= least),
        Done::Sent(group) => {
            *group == logs::named_after(function)
                || parameters.log_groups.iter().any(|pattern| pattern.matches_text(group))
        }
    }
}

fn needs(case: &Case<'_>) -> Needs {
    match done(case.event) {
        None => Needs::NotConcerned,
        Some((function, done)) if is_harmless(case.policy, function, &done) => Needs::Nothing,
        Some((function, _)) => Needs::Reads(vec![Read::Function(function.clone())]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((function, done)) = done(case.event) else { return Vec::new() };
    let judgement = match case.state.functions.get(function) {
        _ if is_harmless(case.policy, function, &done) => Judgement::Compliant,
        None => Judgement::InsufficientData("the function was not read".to_owned()),
        // Whoever deletes a function may delete its logs.
        Some(None) => Judgement::NotApplicable,
        Some(Some(live)) => judge_live(function, live, &done),
    };
    let control = ControlId::LoggingRedirected.into();
    vec![Assessment { control, resource: function.clone().into(), judgement }]
}

fn judge_live(function: &FunctionArn, live: &FunctionState, done: &Done<'_>) -> Judgement {
    let group = logs::writes_to(function, live);
    let is_its_own = group == logs::named_after(function);
    match done {
        Done::Deleted | Done::Kept(_) if !is_its_own => Judgement::NotApplicable,
        Done::Deleted => found("logGroupName", &group, "its log group was deleted"),
        Done::Kept(days) => {
            found("retentionInDays", &days.to_string(), "its log events are kept for too short")
        }
        Done::Sent(sent) if group == *sent => {
            found("loggingConfig.logGroup", &group, "its logs go to another log group")
        }
        Done::Sent(_) => Judgement::Compliant,
    }
}

fn found(field: &str, value: &str, what: &str) -> Judgement {
    let key = format!("{TAG_PREFIX}{}", ControlId::LoggingRedirected);
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new(field, value),
        subject: format!("{field} {value}"),
        responses: vec![
            Response::Tag(key, TagValue::Incident),
            Response::Notify(format!("{what}: what was there before has to be put back by hand")),
        ],
    }])
}
