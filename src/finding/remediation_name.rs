//! Remediations by the names that the control policy chooses them by. One name may stand for several
//! steps: to stop a function takes more than one.

use std::fmt;

/// What can be chosen to answer a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemediationName {
    /// Stop the function, revoke its credentials, and close its doors.
    ContainFunction,
    /// Stop the function, and nothing else.
    StopFunction,
    /// Revoke the function's credentials, and nothing else.
    RevokeCredentials,
    /// Let at most so many of the function run at the same time.
    CapConcurrency,
    /// Keep queues and streams from invoking the function.
    DisableEventSourceMappings,
    /// Remove or scope what a resource policy grants.
    ReplaceResourcePolicy,
    /// Require signed requests of a URL.
    HardenFunctionUrl,
    /// Disable the EventBridge rule.
    DisableRule,
    /// Put a setting back as it was before somebody changed it.
    RestoreSetting,
    /// Take away where events go, if that is foreign.
    RemoveDestination,
    /// Take back that a layer's version is shared.
    UnshareLayer,
    /// Deactivate the access key that was just made.
    DeactivateAccessKey,
    /// Tag the function.
    TagFunction,
    /// Let a trail record again.
    StartLogging,
    /// Add to a trail what is missing of Lambda's data events.
    RecordDataEvents,
    /// Let AWS Config record again.
    StartRecorder,
}

impl RemediationName {
    /// Every name.
    pub const ALL: &[Self] = &[
        Self::ContainFunction,
        Self::StopFunction,
        Self::RevokeCredentials,
        Self::CapConcurrency,
        Self::DisableEventSourceMappings,
        Self::ReplaceResourcePolicy,
        Self::HardenFunctionUrl,
        Self::DisableRule,
        Self::RestoreSetting,
        Self::RemoveDestination,
        Self::UnshareLayer,
        Self::DeactivateAccessKey,
        Self::TagFunction,
        Self::StartLogging,
        Self::RecordDataEvents,
        Self::StartRecorder,
    ];

    /// The name as written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContainFunction => "contain-function",
            Self::StopFunction => "stop-function",
            Self::RevokeCredentials => "revoke-credentials",
            Self::CapConcurrency => "cap-concurrency",
            Self::DisableEventSourceMappings => "disable-event-source-mappings",
            Self::ReplaceResourcePolicy => "replace-resource-policy",
            Self::HardenFunctionUrl => "harden-function-url",
            Self::DisableRule => "disable-rule",
            Self::RestoreSetting => "restore-setting",
            Self::RemoveDestination => "remove-destination",
            Self::UnshareLayer => "unshare-layer",
            Self::DeactivateAccessKey => "deactivate-access-key",
            Self::TagFunction => "tag-function",
            Self::StartLogging => "start-logging",
            Self::RecordDataEvents => "record-data-events",
            Self::StartRecorder => "start-recorder",
        }
    }
}

impl fmt::Display for RemediationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The remediations of one control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Those it gives unless the control policy says otherwise.
    pub given: &'static [RemediationName],
    /// Those it gives only if the control policy says so.
    pub on_request: &'static [RemediationName],
}

impl Offer {
    /// All of them.
    pub fn names(self) -> impl Iterator<Item = RemediationName> {
        self.given.iter().chain(self.on_request).copied()
    }
}
