//! `function.data-exfiltration`: the credentials of a function write and copy into buckets of the account
//! and of trusted ones only, and read no more objects in an hour than is usual for it. Whose a bucket is the
//! data event of S3 tells.
//! Refuses to take a bucket's name for its owner's, and to stop a function for what it reads: a batch that
//! runs for the first time looks the same.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen,
    behaviour::{self, Past},
    containment_reads,
};
use crate::{
    baseline::TooMany,
    event::{FunctionCall, ObjectCall},
    finding::{ControlId, Evidence},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionDataExfiltration,
    triggers: &behaviour::TRIGGERS,
    needs,
    judge,
};

/// What was written into an object, by a call that succeeded.
fn written<'a>(case: &Case<'a>) -> Option<(&'a FunctionCall, &'a ObjectCall)> {
    let call = behaviour::call(case.event).filter(|call| call.failure.is_none())?;
    Some((call, call.object.as_ref().filter(|object| object.writes)?))
}

/// Whether the bucket is one that may be written to; none where it is not told whose it is.
fn is_ours(case: &Case<'_>, call: &FunctionCall, object: &ObjectCall) -> Option<bool> {
    let declared = &case.policy.controls.function_data_exfiltration.parameters.buckets;
    if declared.iter().any(|pattern| pattern.matches_text(&object.bucket)) {
        return Some(true);
    }
    let owner = object.owner.as_ref()?;
    let home = call.function.home();
    Some(*owner == home.account || case.policy.trusted.accounts.contains(owner))
}

fn needs(case: &Case<'_>) -> Needs {
    behaviour::needs(case, || {
        if let Some(call) = read(case) {
            return Needs::Reads(behaviour::reads(call));
        }
        let Some((call, object)) = written(case) else { return Needs::NotConcerned };
        match is_ours(case, call, object) {
            Some(true) | None => Needs::Nothing,
            Some(false) => Needs::Reads(containment_reads(&call.function)),
        }
    })
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let (call, judgement) = match (read(case), written(case)) {
        (Some(call), _) => (call, behaviour::judged(case, call, |past| judge_read(case, past))),
        (None, Some((call, object))) => (call, judge_write(case, call, object)),
        (None, None) => return Vec::new(),
    };
    behaviour::of_call(CONTROL.id, call, judgement)
}

/// The call, if it read an object.
fn read<'a>(case: &Case<'a>) -> Option<&'a FunctionCall> {
    behaviour::call(case.event).filter(|call| call.reads_object())
}

fn judge_read(case: &Case<'_>, past: &Past<'_>) -> Judgement {
    if past.is_learning() {
        return Judgement::NotApplicable;
    }
    let next = behaviour::observed(case).map(|(_, next)| next);
    let counted = next.as_ref().or(past.baseline);
    let too_many = counted.and_then(|counted| counted.too_many_reads(&case.event.id));
    let Some(TooMany { count, usual }) = too_many else { return Judgement::Compliant };
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new("objects", &count.to_string()),
        subject: format!("reads {}", case.event.id),
        responses: vec![Response::Notify(format!(
            "its credentials read {count} objects of S3 within the hour, and usually {usual} at most: \
             see whether a change of it explains that"
        ))],
    }])
}

fn judge_write(case: &Case<'_>, call: &FunctionCall, object: &ObjectCall) -> Judgement {
    let untold = "the event does not say whose the bucket is".to_owned();
    match is_ours(case, call, object) {
        None => Judgement::InsufficientData(untold),
        Some(true) => Judgement::Compliant,
        Some(false) => match case.state.functions.get(&call.function) {
            None if call.certain && case.state.memory.locked_out.contains(&call.function) => {
                found(case, call, object)
            }
            None => Judgement::InsufficientData("the function was not read".to_owned()),
            Some(None) => Judgement::NotApplicable,
            Some(Some(_)) if behaviour::is_of_function(case, call) == Some(true) => {
                found(case, call, object)
            }
            Some(Some(_)) => Judgement::NotApplicable,
        },
    }
}

fn found(case: &Case<'_>, call: &FunctionCall, object: &ObjectCall) -> Judgement {
    let seen = |field: &str, value: &str, responses| Seen {
        evidence: Evidence::new(field, value),
        subject: format!("{} {}", object.bucket, case.event.id),
        responses,
    };
    let owner = object.owner.as_ref().map(ToString::to_string).unwrap_or_default();
    // Who belongs to an organization is not known: its buckets are nobody's reason to stop anything.
    let answer = match case.policy.trusted.organizations.is_empty() {
        true => Response::Contain(Extent::WHOLE),
        false => Response::Notify(format!(
            "it wrote into a bucket of account {owner}: list that account under `trusted.accounts` if it \
             is one of your organization's"
        )),
    };
    Judgement::NonCompliant(vec![
        seen("bucketName", &object.bucket, vec![answer]),
        seen("owner", &owner, Vec::new()),
        seen("eventName", &call.api, Vec::new()),
    ])
}
