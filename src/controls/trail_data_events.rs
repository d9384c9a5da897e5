//! `trail.lambda-data-events-off`: a trail records every data event of Lambda, reads and writes of all
//! functions. They cost money: where they never were recorded, and the control policy does not require
//! them, a change of a trail is no finding.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>

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
    trail::{Trail, record_all_of_lambda},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::TrailLambdaDataEventsOff,
    triggers: &[Trigger::WatcherCalls(&[
        "DeleteTrail",
        "PutEventSelectors",
        "StopLogging",
        "UpdateTrail",
    ])],
    needs,
    judge,
};

fn needs(case: &Case<'_>) -> Needs {
    let Some((trail, call)) = trail_change(case.event) else { return Needs::NotConcerned };
    let trails = Read::Watcher(WatcherRead::Trails);
    match call {
        TrailCall::Create | TrailCall::Start => Needs::NotConcerned,
        TrailCall::Stop => Needs::Reads(vec![trails]),
        TrailCall::Delete | TrailCall::Update | TrailCall::Selectors => {
            Needs::Reads(vec![trails, Read::Watcher(WatcherRead::Snapshot(trail.clone()))])
        }
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((trail, call)) = trail_change(case.event) else { return Vec::new() };
    if matches!(call, TrailCall::Create | TrailCall::Start) {
        return Vec::new();
    }
    let judgement = judge_trails(case, trail, call);
    of_watcher(ControlId::TrailLambdaDataEventsOff, trail, judgement)
}

fn judge_trails(case: &Case<'_>, trail: &Arn, call: TrailCall) -> Judgement {
    let watchers = &case.state.watchers;
    let region = trail.region().unwrap_or_default();
    let there = || watchers.trails.values().flatten();
    let parameters = &case.policy.controls.trail_lambda_data_events_off.parameters;
    if record_all_of_lambda(there(), region) {
        return Judgement::Compliant;
    }
    if !watchers.all_trails {
        return Judgement::InsufficientData("not every trail was read".to_owned());
    }
    let took = match call {
        TrailCall::Stop => watchers.trail(trail).map(Trail::as_logging),
        TrailCall::Create
        | TrailCall::Start
        | TrailCall::Delete
        | TrailCall::Update
        | TrailCall::Selectors => watchers.snapshot(trail).cloned(),
    };
    let others = there().filter(|one| one.settings.trail_arn != trail.to_string());
    let before = others.chain(took.as_ref());
    let took = took.is_some() && record_all_of_lambda(before, region);
    let may = did_it(case.event, &parameters.deployers);
    if !parameters.required && (may || !took) {
        return Judgement::NotApplicable;
    }
    let responses = match may {
        true => vec![Response::Notify("left so: whoever did it may".to_owned())],
        false => repaired(trail, watchers.trail(trail), region),
    };
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new("trails", "none records every data event of Lambda"),
        subject: "data events".to_owned(),
        responses,
    }])
}

/// Adds what is missing to the trail that was changed: whoever changed it did so in its home Region
/// and account, where Cordon can change it too.
fn repaired(trail: &Arn, live: Option<&Trail>, region: &str) -> Vec<Response> {
    let Some(live) = live else {
        return vec![Response::Notify(
            "the trail is gone: make another that records Lambda's data events".to_owned(),
        )];
    };
    let mut responses = Vec::new();
    if !live.logging {
        let start = Watching::StartLogging { trail: trail.clone() };
        responses.push(turn(RemediationName::StartLogging, start));
    }
    if record_all_of_lambda([&live.as_logging()], region) {
        return responses;
    }
    responses.push(match live.selectors.repair(live.settings.partition()) {
        Ok(after) => {
            let (trail, before) = (trail.clone(), live.selectors.clone());
            let put = Watching::PutEventSelectors { trail, before, after };
            turn(RemediationName::RecordDataEvents, put)
        }
        Err(why) => Response::Notify(format!("Lambda's data events are not added: {why}")),
    });
    responses
}
