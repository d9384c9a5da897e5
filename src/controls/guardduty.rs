//! `guardduty.disabled`: GuardDuty watches functions, and tells what it finds. A filter that archives
//! what it finds keeps it quiet, and may be wanted all the same: a person decides.
//! <https://docs.aws.amazon.com/guardduty/latest/ug/findings_suppression-rule.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger, of_watcher, turn,
    watcher_change,
};
use crate::{
    event::{LAMBDA_PROTECTION, WatcherCall},
    finding::{ControlId, Evidence, RemediationName, shown},
    remediation::Watching,
    resource::Arn,
    setting::Detector,
    state::{Read, WatcherRead},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::GuarddutyDisabled,
    triggers: &[Trigger::WatcherCalls(&[
        "CreateFilter",
        "DeleteDetector",
        "UpdateDetector",
        "UpdateFilter",
    ])],
    needs,
    judge,
};

fn needs(case: &Case<'_>) -> Needs {
    match watcher_change(case.event) {
        Some((detector, WatcherCall::UpdateDetector { enable, lambda })) => {
            if *enable == Some(false) || *lambda == Some(false) {
                Needs::Reads(vec![Read::Watcher(WatcherRead::Detector(detector.clone()))])
            } else {
                Needs::Nothing
            }
        }
        Some((_, WatcherCall::DeleteDetector | WatcherCall::Filter { .. })) => Needs::Nothing,
        Some(_) | None => Needs::NotConcerned,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((detector, call)) = watcher_change(case.event) else { return Vec::new() };
    let judgement = match call {
        WatcherCall::UpdateDetector { enable, lambda } => {
            updated(case, detector, *enable == Some(false), *lambda == Some(false))
        }
        WatcherCall::DeleteDetector => told(
            "detector",
            "deleted: GuardDuty watches nothing here any more",
            "make a detector again (`CreateDetector`); what the deleted one had found is lost",
        ),
        WatcherCall::Filter { archives: Some(false), .. } => Judgement::Compliant,
        WatcherCall::Filter { archives: None, name } => Judgement::InsufficientData(format!(
            "whether the filter `{}` archives what it finds, the event does not show",
            shown(name, 100)
        )),
        WatcherCall::Filter { archives: Some(true), name } => told(
            "filter",
            name,
            "it archives what it finds, so that nobody is told: look at its criteria, and delete it \
             (`DeleteFilter`) if nobody wants it",
        ),
        WatcherCall::Trail(_)
        | WatcherCall::StopRecorder
        | WatcherCall::DeleteRecorder
        | WatcherCall::DeleteDeliveryChannel
        | WatcherCall::EncryptTraces { .. } => return Vec::new(),
    };
    of_watcher(ControlId::GuarddutyDisabled, detector, judgement)
}

fn told(field: &str, value: &str, what_to_do: &str) -> Judgement {
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new(field, value),
        subject: format!("{field} {value}"),
        responses: vec![Response::Notify(what_to_do.to_owned())],
    }])
}

/// Only what this event turned off is looked at, and turned on again.
fn updated(case: &Case<'_>, detector: &Arn, off: bool, lambda_off: bool) -> Judgement {
    if !off && !lambda_off {
        return Judgement::Compliant;
    }
    let live = match case.state.watchers.detectors.get(detector) {
        None => return Judgement::InsufficientData("the detector was not read".to_owned()),
        Some(None) => return Judgement::NotApplicable,
        Some(Some(live)) => *live,
    };
    let after = Detector { enabled: live.enabled || off, lambda: live.lambda || lambda_off };
    let seen = |field: &str, value: &str| Seen {
        evidence: Evidence::new(field, value),
        subject: field.to_owned(),
        responses: vec![turn(
            RemediationName::RestoreSetting,
            Watching::SetDetector { detector: detector.clone(), before: live, after },
        )],
    };
    let mut all = Vec::new();
    if off && !live.enabled {
        all.push(seen("status", "DISABLED: GuardDuty watches nothing here any more"));
    }
    if lambda_off && !live.lambda {
        all.push(seen(LAMBDA_PROTECTION, "DISABLED: the network of functions is not watched"));
    }
    if all.is_empty() { Judgement::Compliant } else { Judgement::NonCompliant(all) }
}
