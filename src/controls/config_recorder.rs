//! `config-recorder.stopped`: AWS Config goes on recording. What was deleted a person has to make again:
//! the event does not show what it was.
//! <https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger, of_watcher, turn,
    watcher_change,
};
use crate::{
    event::WatcherCall,
    finding::{ControlId, Evidence, RemediationName},
    remediation::Watching,
    resource::Arn,
    state::{Read, WatcherRead},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::ConfigRecorderStopped,
    triggers: &[Trigger::WatcherCalls(&[
        "DeleteConfigurationRecorder",
        "DeleteDeliveryChannel",
        "StopConfigurationRecorder",
    ])],
    needs,
    judge,
};

fn needs(case: &Case<'_>) -> Needs {
    match watcher_change(case.event) {
        Some((recorder, WatcherCall::StopRecorder)) => {
            Needs::Reads(vec![Read::Watcher(WatcherRead::Recorder(recorder.clone()))])
        }
        Some((_, WatcherCall::DeleteRecorder | WatcherCall::DeleteDeliveryChannel)) => {
            Needs::Nothing
        }
        Some(_) | None => Needs::NotConcerned,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((watcher, call)) = watcher_change(case.event) else { return Vec::new() };
    let deleted = |what: &str, again: &str| {
        Judgement::NonCompliant(vec![Seen {
            evidence: Evidence::new(what, "deleted"),
            subject: "deleted".to_owned(),
            responses: vec![Response::Notify(again.to_owned())],
        }])
    };
    let judgement = match call {
        WatcherCall::StopRecorder => stopped(case, watcher),
        WatcherCall::DeleteRecorder => deleted(
            "configurationRecorder",
            "AWS Config records nothing any more: make the recorder again \
             (`PutConfigurationRecorder`, `StartConfigurationRecorder`)",
        ),
        WatcherCall::DeleteDeliveryChannel => deleted(
            "deliveryChannel",
            "AWS Config delivers nothing any more: make the delivery channel again \
             (`PutDeliveryChannel`), then start the recorder",
        ),
        WatcherCall::Trail(_)
        | WatcherCall::UpdateDetector { .. }
        | WatcherCall::DeleteDetector
        | WatcherCall::Filter { .. }
        | WatcherCall::EncryptTraces { .. } => return Vec::new(),
    };
    of_watcher(ControlId::ConfigRecorderStopped, watcher, judgement)
}

fn stopped(case: &Case<'_>, recorder: &Arn) -> Judgement {
    match case.state.watchers.recorders.get(recorder) {
        None => Judgement::InsufficientData("the recorder was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(true)) => Judgement::Compliant,
        Some(Some(false)) => {
            let start = Watching::StartRecorder { recorder: recorder.clone() };
            Judgement::NonCompliant(vec![Seen {
                evidence: Evidence::new("recording", "false: AWS Config records nothing any more"),
                subject: "recording".to_owned(),
                responses: vec![turn(RemediationName::StartRecorder, start)],
            }])
        }
    }
}
