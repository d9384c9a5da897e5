//! `logging.redirected`: the function's logs go where they went, and stay there. A function that was sent
//! to another log group is held against what it was, and days that are too few against the floor; both
//! can be put back. What was in a log group that is deleted is gone, and an empty one would say that
//! nothing happened: people are told.
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Trigger,
    changed::{self, Changed, UNKNOWN, is_accepted},
    logs,
};
use crate::{
    event::{Event, Kind, LogGroupChange, Part},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    resource::FunctionArn,
    setting::PutBack,
    state::{LogGroup, Read},
};

const ID: ControlId = ControlId::LoggingRedirected;

pub(super) const CONTROL: Control = Control {
    id: ID,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::LogsCall("DeleteLogGroup"),
        Trigger::LogsCall("PutRetentionPolicy"),
    ],
    needs,
    judge,
};

/// What was done to the log group that is named after a function.
enum Done {
    Deleted,
    /// It keeps events for fewer days than these.
    Kept {
        days: u32,
        least: u32,
    },
    Harmless,
}

fn done<'e>(policy: &ControlPolicy, event: &'e Event) -> Option<(&'e FunctionArn, Done)> {
    let Kind::LogGroup { function, change } = &event.kind else { return None };
    let done = match change {
        LogGroupChange::Deleted => Done::Deleted,
        LogGroupChange::Retention(days) => {
            match policy.controls.logging_redirected.parameters.retention_days {
                Some(least) if *days < least => Done::Kept { days: *days, least },
                Some(_) | None => Done::Harmless,
            }
        }
        LogGroupChange::Created { .. } | LogGroupChange::Decrypted => return None,
    };
    Some((function, done))
}

fn needs(case: &Case<'_>) -> Needs {
    let Some((function, done)) = done(case.policy, case.event) else {
        return changed::needs(case, &changed::CONFIGURING);
    };
    let function_read = Read::Function(function.clone());
    match done {
        Done::Harmless => Needs::Nothing,
        Done::Deleted => Needs::Reads(vec![function_read]),
        Done::Kept { .. } => {
            Needs::Reads(vec![function_read, Read::LogGroup(function.log_group())])
        }
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((function, done)) = done(case.policy, case.event) else {
        return changed::judge(case, ID, Part::Logging, judged);
    };
    let unread = |what: &str| Judgement::InsufficientData(format!("{what} was not read"));
    let judgement = match (case.state.functions.get(function), done) {
        (_, Done::Harmless) => Judgement::Compliant,
        (None, _) => unread("the function"),
        // Whoever deletes a function may delete its logs.
        (Some(None), _) => Judgement::NotApplicable,
        (Some(Some(live)), _) if logs::writes_to(function, live) != function.log_group() => {
            Judgement::NotApplicable
        }
        (Some(Some(_)), Done::Deleted) => deleted(function),
        (Some(Some(_)), Done::Kept { days, least }) => {
            match case.state.log_groups.get(&function.log_group()) {
                None => unread("its log group"),
                Some(None) => Judgement::NotApplicable,
                // Somebody has set other days since, which are judged by their own event.
                Some(Some(group)) if group.retention_days != Some(days) => Judgement::Compliant,
                Some(Some(group)) => kept(case, function, group, least),
            }
        }
    };
    vec![Assessment { control: ID.into(), resource: function.clone().into(), judgement }]
}

fn deleted(function: &FunctionArn) -> Judgement {
    let group = function.log_group();
    let why = "its log group was deleted, and what was in it is gone; Lambda makes another one when \
               it writes again, without the days and the key of this one";
    let evidence = Evidence::new("logGroupName", &group);
    let subject = format!("logGroupName {group}");
    Judgement::NonCompliant(vec![changed::found_on(
        function,
        ID,
        evidence,
        subject,
        Err(why.to_owned()),
    )])
}

/// More days give nobody access, so that it needs no snapshot to raise them.
fn kept(case: &Case<'_>, function: &FunctionArn, group: &LogGroup, least: u32) -> Judgement {
    let Some(days) = group.retention_days.filter(|days| *days < least) else {
        return Judgement::Compliant;
    };
    let raised = if is_accepted(case.policy, &case.event.actor) {
        Err("a trusted principal did it".to_owned())
    } else if group.kept_by_policy {
        Err("a policy of the account decides how long log events are kept".to_owned())
    } else {
        let back = LogGroup::days_of_at_least(least);
        back.map(|back| PutBack::Retention { stood: days, back }).ok_or_else(|| {
            format!("log events cannot be kept for just {least} days, only for ever")
        })
    };
    let evidence = Evidence::new("retentionInDays", &days.to_string());
    let subject = format!("retentionInDays {days}");
    Judgement::NonCompliant(vec![changed::found_on(function, ID, evidence, subject, raised)])
}

/// Whether the function may write to the group, whoever says so.
fn is_allowed(changed: &Changed<'_>, group: &str) -> bool {
    let groups = &changed.policy.controls.logging_redirected.parameters.log_groups;
    group == changed.function.log_group()
        || groups.iter().any(|pattern| pattern.matches_text(group))
}

/// The log group before, if that is known.
fn before(changed: &Changed<'_>) -> Option<String> {
    let group = changed.before?.log_group.as_deref()?;
    Some(if group.is_empty() { changed.function.log_group() } else { group.to_owned() })
}

fn judged(changed: &Changed<'_>) -> Judgement {
    if !is_suspicious(changed) {
        return Judgement::Compliant;
    }
    let now = logs::writes_to(changed.function, changed.live);
    let evidence = Evidence::new("loggingConfig.logGroup", &now);
    let subject = format!("loggingConfig.logGroup {now}");
    let put_back = put_back(changed, now);
    Judgement::NonCompliant(vec![changed::seen(changed, ID, evidence, subject, put_back)])
}

/// The group before, if the control policy lets functions write there: a record that somebody forged, or
/// that an intruder was there to see, must not send logs away.
fn put_back(changed: &Changed<'_>, now: String) -> Result<PutBack, String> {
    if changed.asked.log_group.as_deref() != Some(&*now) {
        return Err("this change did not send them there".to_owned());
    }
    let back = before(changed).ok_or(UNKNOWN)?;
    match is_allowed(changed, &back) {
        true => Ok(PutBack::Logging { stood: now, back }),
        false => Err("the log group before is not one of the `log-groups` either".to_owned()),
    }
}

/// Whether no untrusted principal should have changed the log group like this.
pub(super) fn is_suspicious(changed: &Changed<'_>) -> bool {
    let now = logs::writes_to(changed.function, changed.live);
    let is_from_before = changed.is_new() || changed.is_from_before(Part::Logging);
    !is_from_before && !is_allowed(changed, &now) && before(changed) != Some(now)
}
