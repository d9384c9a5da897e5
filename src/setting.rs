//! The settings of AWS that remediations turn, each as it was read.

mod routing;
mod watcher;

pub use routing::{Routing, Weight};
pub use watcher::{Detector, TraceEncryption};

use crate::resource::FunctionResource;
use serde::{Deserialize, Serialize};

/// Where the records of asynchronous invocations go.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_DestinationConfig.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Destinations {
    /// The ARN for those that succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_success: Option<String>,
    /// The ARN for those that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
}

/// A log group.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct LogGroup {
    /// The KMS key that it is encrypted with.
    pub kms_key: Option<String>,
    /// How many days events are kept; none: for ever.
    pub retention_days: Option<u32>,
    /// A policy of the account says how many, whatever is set for the group.
    pub kept_by_policy: bool,
}

/// The numbers of days that events can be kept.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

impl LogGroup {
    /// The fewest days that events can be kept which are no fewer than `least`; none: only for ever.
    pub fn days_of_at_least(least: u32) -> Option<u32> {
        RETENTION_DAYS.into_iter().find(|days| *days >= least)
    }
}

/// An event source mapping of a function, version or alias.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Mapping {
    /// Its UUID.
    pub id: String,
    /// The ARN of the queue, stream or topic; empty where there is none.
    #[serde(default)]
    pub source: String,
    /// Whether it is enabled, or about to be.
    pub enabled: bool,
    /// Where records that could not be handled go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
}

/// A statement of the policy of a layer's version, as the call that adds it has it.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerPermission {
    /// Its id.
    pub statement: String,
    /// An account, or `*`.
    pub principal: String,
    /// The organization that `*` is limited to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// How many execution environments a version on managed instances may have.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionScalingConfig.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scaling {
    /// At least; none where it was never said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// At most; none where it was never said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

/// What of Application Auto Scaling is suspended for a target.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_SuspendedState.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Suspension {
    /// Scaling in by policies.
    pub scaling_in: bool,
    /// Scaling out by policies.
    pub scaling_out: bool,
    /// Scheduled scaling.
    pub scheduled: bool,
}

impl Suspension {
    /// Nothing scales.
    pub const ALL: Self = Self { scaling_in: true, scaling_out: true, scheduled: true };
}

/// An EventBridge rule.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html>
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRule {
    /// Whether it is enabled.
    pub switch: RuleSwitch,
    /// The events it hears; none where it only has a schedule.
    #[serde(default)]
    pub pattern: Option<String>,
    /// The ARNs of its targets.
    #[serde(default)]
    pub targets: Vec<String>,
}

/// Whether an EventBridge rule is enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleSwitch {
    /// It is.
    #[serde(rename = "ENABLED")]
    Enabled,
    /// It is, and hears calls that only read as well.
    #[serde(rename = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")]
    EnabledForAll,
    /// It is not.
    #[serde(rename = "DISABLED")]
    Disabled,
}

impl RuleSwitch {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::EnabledForAll => "enabled for all management events",
            Self::Disabled => "disabled",
        }
    }
}

/// Whether an access key can be used.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyMetadata.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStatus {
    /// It can.
    Active,
    /// It cannot until it is active again.
    Inactive,
    /// It cannot any more.
    Expired,
}

impl KeyStatus {
    /// As the API writes it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Inactive, Self::Expired].into_iter().find(|one| one.as_str() == text)
    }

    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Expired => "Expired",
        }
    }
}

/// Who can use an execution role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleUse {
    /// This function and nobody else.
    Alone,
    /// Others too: some of them, in words.
    Shared(String),
    /// It cannot be told, and why.
    Unknown(String),
}

/// A role's permissions boundary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boundary {
    /// The managed policy's ARN.
    pub arn: String,
    /// Its default version.
    pub document: String,
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UrlAuthType {
    /// Anyone may call.
    #[serde(rename = "NONE")]
    None,
    /// Callers sign their requests.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
}

impl UrlAuthType {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::AwsIam => "AWS_IAM",
        }
    }
}

/// Where a function is attached to a network; no subnets outside a VPC.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct VpcAttachment {
    /// Ids of subnets.
    pub subnets: Vec<String>,
    /// Ids of security groups.
    pub security_groups: Vec<String>,
    /// IPv6 goes out of subnets that have it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dual_stack: bool,
}

/// One part of a function that somebody changed: what stood there, and what is put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PutBack {
    /// The handler.
    Handler {
        /// What stood there.
        stood: String,
        /// What is put back.
        back: String,
    },
    /// The execution role.
    Role {
        /// The ARN of the one that stood there.
        stood: String,
        /// The ARN of the one that is put back.
        back: String,
    },
    /// The layers.
    Layers {
        /// The ARNs that stood there.
        stood: Vec<String>,
        /// Those that are put back.
        back: Vec<String>,
    },
    /// An environment variable that was not there before is taken out. Its value is not kept.
    Variable {
        /// Its name.
        name: String,
    },
    /// The function is attached to its VPC again.
    Vpc {
        /// To which.
        back: VpcAttachment,
    },
    /// The code signing configuration.
    Signing {
        /// The ARN of the one that stood there; none if none did.
        stood: Option<String>,
        /// The ARN of the one that is put back.
        back: String,
    },
    /// Loops of calls to itself are ended again.
    Recursion,
    /// Where its logs go. In which format, and which of them, stays.
    Logging {
        /// The name of the log group that stood there.
        stood: String,
        /// The name of the one that is put back.
        back: String,
    },
    /// How many days the events of the log group that is named after it are kept.
    Retention {
        /// What stood there.
        stood: u32,
        /// What takes its place, which is more.
        back: u32,
    },
    /// Which versions an alias invokes.
    Alias {
        /// Its name.
        name: String,
        /// What it invoked.
        stood: Routing,
        /// What it is to invoke again.
        back: Routing,
    },
    /// What an event source mapping invokes.
    Mapping {
        /// Its UUID.
        id: String,
        /// What it invoked.
        stood: FunctionResource,
        /// What it is to invoke again.
        back: FunctionResource,
    },
}

/// Whether the code of a function has to be signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signing {
    /// The ARN of its code signing configuration.
    pub config: Option<String>,
    /// Code that is not signed is refused.
    pub enforces: bool,
}

/// What becomes of a function that calls itself in a loop.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecursiveLoop {
    /// It goes on.
    Allow,
    /// Lambda ends it.
    Terminate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_days_that_can_be_set_are_no_fewer_than_asked_for() {
        for (least, days) in [(0, 1), (1, 1), (2, 3), (90, 90), (91, 120), (366, 400), (3653, 3653)]
        {
            assert_eq!(LogGroup::days_of_at_least(least), Some(days), "{least}");
        }
        assert_eq!(LogGroup::days_of_at_least(3654), None);
        assert!(RETENTION_DAYS.is_sorted());
    }
}
