//! `tracing.unencrypted`: X-Ray encrypts traces with a key of yours, or with the one that the control
//! policy names. AWS encrypts traces in any case; with a key of yours you decide who reads them.
//! <https://docs.aws.amazon.com/xray/latest/devguide/xray-console-encryption.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger, of_watcher, turn,
    watcher_change,
};
use crate::{
    event::WatcherCall,
    finding::{ControlId, Evidence, RemediationName},
    remediation::Watching,
    resource::Arn,
    setting::TraceEncryption,
    state::{Read, WatcherRead},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::TracingUnencrypted,
    triggers: &[Trigger::WatcherCalls(&["PutEncryptionConfig"])],
    needs,
    judge,
};

/// The event shows a key as the caller named it, which may be an alias: only X-Ray knows which it is.
fn needs(case: &Case<'_>) -> Needs {
    match watcher_change(case.event) {
        Some((_, WatcherCall::EncryptTraces { key: Some(_) })) if wanted(case).is_none() => {
            Needs::Nothing
        }
        Some((_, WatcherCall::EncryptTraces { .. })) => {
            Needs::Reads(vec![Read::Watcher(WatcherRead::Traces)])
        }
        Some(_) | None => Needs::NotConcerned,
    }
}

fn wanted(case: &Case<'_>) -> Option<String> {
    let key = case.policy.controls.tracing_unencrypted.parameters.key.as_ref();
    key.map(Arn::to_string)
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((traces, WatcherCall::EncryptTraces { key })) = watcher_change(case.event) else {
        return Vec::new();
    };
    let wanted = wanted(case);
    let judgement = match (&case.state.watchers.traces, &wanted) {
        (_, None) if key.is_some() => Judgement::Compliant,
        (None, _) => Judgement::InsufficientData("X-Ray's encryption was not read".to_owned()),
        (Some(live), None) if live.key.is_some() => Judgement::Compliant,
        (Some(live), Some(_)) if live.key == wanted => Judgement::Compliant,
        (Some(live), _) => Judgement::NonCompliant(vec![Seen {
            evidence: Evidence::new("EncryptionConfig", &live.to_string()),
            subject: "encryption".to_owned(),
            responses: vec![answer(traces, live, wanted)],
        }]),
    };
    of_watcher(ControlId::TracingUnencrypted, traces, judgement)
}

fn answer(traces: &Arn, live: &TraceEncryption, wanted: Option<String>) -> Response {
    let Some(key) = wanted else {
        return Response::Notify(
            "which key X-Ray is to encrypt with, the control policy does not say: set it, or \
             name it in `parameters.key` of this control"
                .to_owned(),
        );
    };
    let (traces, before) = (traces.clone(), live.clone());
    let after = TraceEncryption { key: Some(key) };
    turn(RemediationName::RestoreSetting, Watching::EncryptTraces { traces, before, after })
}
