//! What is done to the watchers of an account: each turns one setting of one of them, and knows what
//! was there. Nothing here makes a watcher see less: whoever plans it sees to that.

use super::Tactic;
use crate::{
    resource::Arn,
    setting::{Detector, TraceEncryption},
    trail::{Selectors, TrailSettings},
};
use serde::{Deserialize, Serialize};

/// One change of one watcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "watching", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Watching {
    /// Lets a trail record again.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html>
    StartLogging {
        /// The trail.
        trail: Arn,
    },
    /// Gives a trail its settings back.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html>
    UpdateTrail {
        /// The trail.
        trail: Arn,
        /// As they were found.
        before: Box<TrailSettings>,
        /// As they are to be.
        after: Box<TrailSettings>,
    },
    /// Changes what a trail records.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>
    PutEventSelectors {
        /// The trail.
        trail: Arn,
        /// As they were found.
        before: Selectors,
        /// As they are to be.
        after: Selectors,
    },
    /// Lets AWS Config record again.
    /// <https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html>
    StartRecorder {
        /// The recorder.
        recorder: Arn,
    },
    /// Lets GuardDuty watch again.
    /// <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html>
    SetDetector {
        /// The detector.
        detector: Arn,
        /// As it was found.
        before: Detector,
        /// As it is to be.
        after: Detector,
    },
    /// Lets X-Ray encrypt with a key again.
    /// <https://docs.aws.amazon.com/xray/latest/api/API_PutEncryptionConfig.html>
    EncryptTraces {
        /// X-Ray's encryption.
        traces: Arn,
        /// As it was found.
        before: TraceEncryption,
        /// As it is to be.
        after: TraceEncryption,
    },
}

impl Watching {
    /// The watcher.
    pub const fn watcher(&self) -> &Arn {
        match self {
            Self::StartLogging { trail }
            | Self::UpdateTrail { trail, .. }
            | Self::PutEventSelectors { trail, .. } => trail,
            Self::StartRecorder { recorder } => recorder,
            Self::SetDetector { detector, .. } => detector,
            Self::EncryptTraces { traces, .. } => traces,
        }
    }

    /// What it is for.
    pub(super) const fn tactic(&self) -> Tactic {
        match self {
            Self::StartLogging { .. }
            | Self::UpdateTrail { .. }
            | Self::PutEventSelectors { .. }
            | Self::StartRecorder { .. }
            | Self::SetDetector { .. }
            | Self::EncryptTraces { .. } => Tactic::Restore,
        }
    }

    /// A trail that records again comes before everything: what happens meanwhile is lost.
    pub(super) const fn order(&self) -> u8 {
        match self {
            Self::StartLogging { .. } => 0,
            // CloudTrail takes one change of a trail at a time.
            Self::UpdateTrail { .. } => 1,
            Self::PutEventSelectors { .. } => 2,
            Self::StartRecorder { .. } | Self::SetDetector { .. } => 2,
            Self::EncryptTraces { .. } => 3,
        }
    }

    /// The setting it turns.
    pub(super) fn setting(&self) -> String {
        let watcher = self.watcher();
        match self {
            Self::StartLogging { .. } => format!("logging {watcher}"),
            Self::UpdateTrail { .. } => format!("trail {watcher}"),
            Self::PutEventSelectors { .. } => format!("selectors {watcher}"),
            Self::StartRecorder { .. } => format!("recording {watcher}"),
            Self::SetDetector { .. } => format!("detector {watcher}"),
            Self::EncryptTraces { .. } => format!("traces {watcher}"),
        }
    }

    /// This and a later change of the same setting as one; none where somebody else was there in
    /// between and stays.
    pub(super) fn then(&self, next: &Self) -> Option<Self> {
        match (self, next) {
            (
                Self::UpdateTrail { trail, before, after },
                Self::UpdateTrail { before: met, after: last, .. },
            ) => {
                let (trail, before, after) =
                    (trail.clone(), before.clone(), left(after, met, last)?);
                Some(Self::UpdateTrail { trail, before, after })
            }
            (
                Self::PutEventSelectors { trail, before, after },
                Self::PutEventSelectors { before: met, after: last, .. },
            ) => {
                let (trail, before, after) =
                    (trail.clone(), before.clone(), left(after, met, last)?);
                Some(Self::PutEventSelectors { trail, before, after })
            }
            (
                Self::SetDetector { detector, before, after },
                Self::SetDetector { before: met, after: last, .. },
            ) => {
                let (detector, before, after) =
                    (detector.clone(), *before, left(after, met, last)?);
                Some(Self::SetDetector { detector, before, after })
            }
            (
                Self::EncryptTraces { traces, before, after },
                Self::EncryptTraces { before: met, after: last, .. },
            ) => {
                let (traces, before, after) =
                    (traces.clone(), before.clone(), left(after, met, last)?);
                Some(Self::EncryptTraces { traces, before, after })
            }
            (_, _) => Some(self.clone()),
        }
    }

    /// What looking at its setting needs.
    pub(super) const fn look_permissions(&self) -> &'static [&'static str] {
        match self {
            Self::StartLogging { .. } => &["cloudtrail:GetTrailStatus"],
            Self::UpdateTrail { .. } => &["cloudtrail:GetTrail"],
            Self::PutEventSelectors { .. } => &["cloudtrail:GetEventSelectors"],
            Self::StartRecorder { .. } => &["config:DescribeConfigurationRecorderStatus"],
            Self::SetDetector { .. } => &["guardduty:GetDetector"],
            Self::EncryptTraces { .. } => &["xray:GetEncryptionConfig"],
        }
    }

    /// What turning it needs.
    pub(super) const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::StartLogging { .. } => &["cloudtrail:StartLogging"],
            Self::UpdateTrail { .. } => &["cloudtrail:UpdateTrail"],
            Self::PutEventSelectors { .. } => &["cloudtrail:PutEventSelectors"],
            Self::StartRecorder { .. } => &["config:StartConfigurationRecorder"],
            Self::SetDetector { .. } => &["guardduty:UpdateDetector"],
            Self::EncryptTraces { .. } => &["xray:PutEncryptionConfig"],
        }
    }

    /// What turning it back needs.
    pub(super) const fn undo_permissions(&self) -> &'static [&'static str] {
        match self {
            Self::StartLogging { .. } => &["cloudtrail:StopLogging"],
            Self::StartRecorder { .. } => &["config:StopConfigurationRecorder"],
            Self::UpdateTrail { .. }
            | Self::PutEventSelectors { .. }
            | Self::SetDetector { .. }
            | Self::EncryptTraces { .. } => self.permissions(),
        }
    }

    /// The name in plans, logs and the journal.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::StartLogging { .. } => "start-logging",
            Self::UpdateTrail { .. } => "update-trail",
            Self::PutEventSelectors { .. } => "put-event-selectors",
            Self::StartRecorder { .. } => "start-recorder",
            Self::SetDetector { .. } => "update-detector",
            Self::EncryptTraces { .. } => "encrypt-traces",
        }
    }

    /// The name of its way back.
    pub(super) const fn undo_name(&self) -> &'static str {
        match self {
            Self::StartLogging { .. } => "stop-logging",
            Self::UpdateTrail { .. } => "put-trail-settings",
            Self::PutEventSelectors { .. } => "put-event-selectors-back",
            Self::StartRecorder { .. } => "stop-recorder",
            Self::SetDetector { .. } => "put-detector",
            Self::EncryptTraces { .. } => "put-trace-encryption",
        }
    }

    /// What it changes from what to what, in words.
    pub(super) fn changes(&self) -> Vec<String> {
        match self {
            Self::StartLogging { .. } => vec!["logging: stopped -> started".to_owned()],
            Self::UpdateTrail { before, after, .. } => changed(before, after),
            Self::PutEventSelectors { before, after, .. } => {
                vec![format!("event selectors: {} -> {}", before.words(), after.words())]
            }
            Self::StartRecorder { .. } => vec!["recording: stopped -> started".to_owned()],
            Self::SetDetector { before, after, .. } => vec![format!("{before} -> {after}")],
            Self::EncryptTraces { before, after, .. } => {
                vec![format!("traces are encrypted with: {before} -> {after}")]
            }
        }
    }

    /// What its way back puts back, in words.
    pub(super) fn undo_change(&self) -> String {
        match self {
            Self::StartLogging { .. } => "logging: stopped".to_owned(),
            Self::UpdateTrail { before, after, .. } => changed(after, before).join("; "),
            Self::PutEventSelectors { before, .. } => {
                format!("event selectors: {}", before.words())
            }
            Self::StartRecorder { .. } => "recording: stopped".to_owned(),
            Self::SetDetector { before, .. } => before.to_string(),
            Self::EncryptTraces { before, .. } => format!("traces are encrypted with: {before}"),
        }
    }
}

/// What two changes left together, where the second met what the first had left, or only brought that
/// back.
fn left<T: Clone + PartialEq>(after: &T, met: &T, last: &T) -> Option<T> {
    (after == met || after == last).then(|| last.clone())
}

/// The settings that differ.
fn changed(before: &TrailSettings, after: &TrailSettings) -> Vec<String> {
    let word = |on: bool| (if on { "on" } else { "off" }).to_owned();
    let bucket = |of: &TrailSettings| {
        let prefix = of.s3_key_prefix.as_deref().unwrap_or_default();
        format!("{}/{prefix}", of.s3_bucket_name)
    };
    let all = [
        ("every Region", word(before.is_multi_region_trail), word(after.is_multi_region_trail)),
        (
            "global services",
            word(before.include_global_service_events),
            word(after.include_global_service_events),
        ),
        (
            "validation of log files",
            word(before.log_file_validation_enabled),
            word(after.log_file_validation_enabled),
        ),
        ("log files go to", bucket(before), bucket(after)),
    ];
    let differ = all.into_iter().filter(|(_, before, after)| before != after);
    differ.map(|(what, before, after)| format!("{what}: {before} -> {after}")).collect()
}
