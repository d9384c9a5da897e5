//! Which of its remediations a control gives: those that the catalogue says, unless they are chosen
//! otherwise here.

use crate::finding::RemediationName;
use serde::{Deserialize, Serialize};

/// Makes the mapping with a key for each remediation there is.
macro_rules! choices {
    ($($(#[$doc:meta])* $field:ident = $name:ident;)*) => {
        /// Which of its remediations a control gives: `true` turns one on, `false` off. What is not
        /// listed stays as `cordon controls` says.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(
            feature = "cli",
            derive(schemars::JsonSchema),
            schemars(extend("x-keys" = "a remediation", "x-listed" = "the remediations that `cordon controls` lists"))
        )]
        #[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
        pub struct Choices {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<bool>,)*
        }

        impl Choices {
            /// What is chosen for one; none if nothing is.
            pub const fn of(&self, name: RemediationName) -> Option<bool> {
                match name {
                    $(RemediationName::$name => self.$field,)*
                }
            }
        }
    };
}

choices! {
    /// Stop the function, revoke its credentials, and close its doors.
    contain_function = ContainFunction;
    /// Stop the function, and nothing else.
    stop_function = StopFunction;
    /// Revoke the function's credentials, and nothing else.
    revoke_credentials = RevokeCredentials;
    /// Let at most so many of the function run at the same time.
    cap_concurrency = CapConcurrency;
    /// Keep queues and streams from invoking the function.
    disable_event_source_mappings = DisableEventSourceMappings;
    /// Remove or scope what a resource policy grants.
    replace_resource_policy = ReplaceResourcePolicy;
    /// Require signed requests of a URL.
    harden_function_url = HardenFunctionUrl;
    /// Disable the EventBridge rule.
    disable_rule = DisableRule;
    /// Put a setting back as it was before somebody changed it.
    restore_setting = RestoreSetting;
    /// Take away where events go, if that is foreign.
    remove_destination = RemoveDestination;
    /// Take back that a layer's version is shared.
    unshare_layer = UnshareLayer;
    /// Deactivate the access key that was just made.
    deactivate_access_key = DeactivateAccessKey;
    /// Tag the function.
    tag_function = TagFunction;
    /// Let a trail record again.
    start_logging = StartLogging;
    /// Add to a trail what is missing of Lambda's data events.
    record_data_events = RecordDataEvents;
    /// Let AWS Config record again.
    start_recorder = StartRecorder;
}

impl Choices {
    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is chosen, each with what.
    pub fn chosen(&self) -> impl Iterator<Item = (RemediationName, bool)> {
        RemediationName::ALL.iter().filter_map(|name| Some((*name, self.of(*name)?)))
    }
}
