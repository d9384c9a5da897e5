//! `trail.stopped`: trails go on recording what they recorded. A trail that was stopped is started
//! again before anything else. What a change took away is seen against the snapshot of the trail, and
//! put back only on request; a deleted trail only a person can make again.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger, did_it, of_watcher,
    trail_change, turn,
};
use crate::{
    event::TrailCall,
    finding::{ControlId, Evidence, RemediationName},
    remediation::Watching,
    resource::Arn,
    state::{Read, WatcherRead},
    trail::{Loss, Trail, TrailSettings, narrows},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::TrailStopped,
    triggers: &[Trigger::WatcherCalls(&[
        "CreateTrail",
        "DeleteTrail",
        "PutEventSelectors",
        "StartLogging",
        "StopLogging",
        "UpdateTrail",
    ])],
    needs,
    judge,
};

fn needs(case: &Case<'_>) -> Needs {
    let Some((trail, call)) = trail_change(case.event) else { return Needs::NotConcerned };
    let trail_itself = Read::Watcher(WatcherRead::Trail(trail.clone()));
    match call {
        // Nothing else is waited for.
        TrailCall::Stop => Needs::Reads(vec![trail_itself]),
        TrailCall::Create
        | TrailCall::Start
        | TrailCall::Delete
        | TrailCall::Update
        | TrailCall::Selectors => {
            let snapshot = Read::Watcher(WatcherRead::Snapshot(trail.clone()));
            Needs::Reads(vec![trail_itself, snapshot])
        }
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((trail, call)) = trail_change(case.event) else { return Vec::new() };
    let judgement = match (case.state.watchers.trails.get(trail), call) {
        (None, _) => Judgement::InsufficientData("the trail was not read".to_owned()),
        (Some(live), TrailCall::Delete) => deleted(case, trail, live.as_ref()),
        (Some(None), _) => Judgement::NotApplicable,
        (Some(Some(live)), TrailCall::Stop) => stopped(trail, live),
        (Some(Some(live)), _) => changed(case, trail, call, live),
    };
    of_watcher(ControlId::TrailStopped, trail, judgement)
}

fn stopped(trail: &Arn, live: &Trail) -> Judgement {
    if live.logging {
        return Judgement::Compliant;
    }
    Judgement::NonCompliant(vec![started_again(trail)])
}

fn started_again(trail: &Arn) -> Seen {
    let start = Watching::StartLogging { trail: trail.clone() };
    Seen {
        evidence: Evidence::new("IsLogging", "false: nothing is recorded any more"),
        subject: "logging".to_owned(),
        responses: vec![turn(RemediationName::StartLogging, start)],
    }
}

/// Its event shows nothing of it but the name.
fn deleted(case: &Case<'_>, trail: &Arn, live: Option<&Trail>) -> Judgement {
    if live.is_some() {
        return Judgement::Compliant;
    }
    let again = match case.state.watchers.snapshot(trail) {
        Some(snapshot) => format!("as it was: {}", described(snapshot)),
        None => "of which no snapshot is kept".to_owned(),
    };
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new("trail", "deleted: it records nothing any more"),
        subject: "deleted".to_owned(),
        responses: vec![Response::Notify(format!(
            "a deleted trail must be made again (`CreateTrail`, `PutEventSelectors`, \
             `StartLogging`), {again}"
        ))],
    }])
}

fn described(trail: &Trail) -> String {
    let settings = &trail.settings;
    let regions = if settings.is_multi_region_trail { "every Region" } else { "one Region" };
    let whose = if settings.is_organization_trail { ", of the organization" } else { "" };
    let validated = if settings.log_file_validation_enabled { "" } else { " not" };
    let key = settings.kms_key_id.as_deref().unwrap_or("none");
    format!(
        "{regions}{whose}, to the bucket `{}`, log files{validated} validated, key {key}, event \
         selectors {}",
        settings.s3_bucket_name,
        trail.selectors.words()
    )
}

fn changed(case: &Case<'_>, trail: &Arn, call: TrailCall, live: &Trail) -> Judgement {
    let deployers = &case.policy.controls.trail_stopped.parameters.deployers;
    let snapshot = case.state.watchers.snapshots.get(trail);
    let narrowed = matches!(call, TrailCall::Update | TrailCall::Selectors);
    if narrowed && did_it(case.event, deployers) {
        return Judgement::Compliant;
    }
    let before = match snapshot {
        None => return Judgement::InsufficientData("its snapshot was not read".to_owned()),
        Some(None) if narrowed => {
            return Judgement::InsufficientData(
                "what the trail recorded before is not known: there was no snapshot of it yet"
                    .to_owned(),
            );
        }
        Some(None) => return Judgement::Compliant,
        Some(Some(before)) => before,
    };
    let losses = narrows(before, live);
    let seen: Vec<Seen> = losses.into_iter().map(|loss| lost(trail, loss, before, live)).collect();
    if seen.is_empty() { Judgement::Compliant } else { Judgement::NonCompliant(seen) }
}

fn lost(trail: &Arn, loss: Loss, before: &Trail, live: &Trail) -> Seen {
    if loss == Loss::Everything {
        return started_again(trail);
    }
    Seen {
        evidence: Evidence::new("trail", &in_words(loss, before, live)),
        subject: loss.to_string(),
        responses: vec![put_back(trail, loss, before, live)],
    }
}

/// Where something else took its place, both are told.
fn in_words(loss: Loss, before: &Trail, live: &Trail) -> String {
    let (before, live) = (&before.settings, &live.settings);
    let none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let bucket = |of: &TrailSettings| {
        format!("{}/{}", of.s3_bucket_name, of.s3_key_prefix.as_deref().unwrap_or_default())
    };
    let (was, is) = match loss {
        Loss::Destination => (bucket(before), bucket(live)),
        Loss::Key => (none(&before.kms_key_id), none(&live.kms_key_id)),
        Loss::LogGroup => (
            none(&before.cloud_watch_logs_log_group_arn),
            none(&live.cloud_watch_logs_log_group_arn),
        ),
        Loss::Everything
        | Loss::OtherRegions
        | Loss::OtherAccounts
        | Loss::GlobalServices
        | Loss::ManagementEvents
        | Loss::LambdaDataEvents
        | Loss::OtherEvents
        | Loss::Validation => return loss.to_string(),
    };
    format!("{loss}: {was} -> {is}")
}

/// Only what our own snapshot shows, and never less than is recorded now.
fn put_back(trail: &Arn, loss: Loss, before: &Trail, live: &Trail) -> Response {
    let by_hand = |why: &str| Response::Notify(format!("{loss}: {why}; put it back by hand"));
    if loss.is_of_selectors() {
        return match live.selectors_back(before) {
            Some(after) => {
                let (trail, before) = (trail.clone(), live.selectors.clone());
                let put = Watching::PutEventSelectors { trail, before, after };
                turn(RemediationName::RestoreSetting, put)
            }
            None => by_hand("what was recorded before lacks something that is recorded now"),
        };
    }
    match live.settings_back(before).filter(|_| loss.comes_back_with_settings()) {
        Some(after) => {
            let before = Box::new(live.settings.clone());
            let update =
                Watching::UpdateTrail { trail: trail.clone(), before, after: after.into() };
            turn(RemediationName::RestoreSetting, update)
        }
        None => by_hand("it takes rights that Cordon has not"),
    }
}
