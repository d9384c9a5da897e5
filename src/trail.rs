//! What a CloudTrail trail records: its settings and event selectors as the API has them, whether all
//! of Lambda's data events are in, the smallest addition that brings them in, and whether a change
//! loses anything. Refuses selectors with parts it does not know: it could not write them back.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html>

mod activity;
mod clause;
mod coverage;
mod loss;
mod repair;
mod restoring;
#[cfg(test)]
mod tests;

pub use activity::Activity;
pub use coverage::{Coverage, Narrowing};
pub use loss::{Loss, narrows};
pub use repair::Irreparable;
pub use restoring::record_all_of_lambda;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The resource type of Lambda's data events.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html>
pub const LAMBDA_FUNCTION: &str = "AWS::Lambda::Function";

/// A trail, as three calls tell of it: `GetTrail`, `GetTrailStatus` and `GetEventSelectors`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// What `GetTrail` says.
    pub settings: TrailSettings,
    /// Whether it is recording now.
    pub logging: bool,
    /// Which events it records.
    pub selectors: Selectors,
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TrailSettings {
    /// `arn:PARTITION:cloudtrail:REGION:ACCOUNT:trail/NAME`.
    #[serde(rename = "TrailARN")]
    pub trail_arn: String,
    /// The only Region that can change it.
    pub home_region: String,
    /// Whether it records every Region of its partition, not its own alone.
    pub is_multi_region_trail: bool,
    /// Whether it records every account of the organization.
    pub is_organization_trail: bool,
    /// Whether it records IAM and the like.
    pub include_global_service_events: bool,
    /// Whether a log file that was changed later can be told.
    pub log_file_validation_enabled: bool,
    /// Where the log files go.
    pub s3_bucket_name: String,
    /// Where in the bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_key_prefix: Option<String>,
    /// The ARN of the key that encrypts the log files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// The log group that gets the events too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_watch_logs_log_group_arn: Option<String>,
}

impl TrailSettings {
    /// `aws`, `aws-cn`, ...; `aws` where the ARN does not say.
    pub fn partition(&self) -> &str {
        self.trail_arn.split(':').nth(1).filter(|part| !part.is_empty()).unwrap_or("aws")
    }

    /// The account that owns the trail.
    fn account(&self) -> Option<&str> {
        self.trail_arn.split(':').nth(4)
    }
}

/// The event selectors of a trail: of one kind or the other, never both. Without any, a trail records
/// all management events and no others.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BothKinds", into = "BothKinds")]
pub enum Selectors {
    /// Basic ones.
    Basic(Vec<EventSelector>),
    /// Advanced ones.
    Advanced(Vec<AdvancedEventSelector>),
}

/// A basic event selector.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EventSelector {
    /// Of the management and of the data events.
    #[serde(default)]
    pub read_write_type: ReadWriteType,
    /// Whether management events are recorded.
    #[serde(default = "by_default")]
    pub include_management_events: bool,
    /// Whose data events are recorded.
    #[serde(default)]
    pub data_resources: Vec<DataResource>,
    /// Services whose management events are not.
    #[serde(default)]
    pub exclude_management_event_sources: Vec<String>,
}

fn by_default() -> bool {
    true
}

/// Reads, writes or both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadWriteType {
    /// Both.
    #[default]
    All,
    /// Reads.
    ReadOnly,
    /// Writes.
    WriteOnly,
}

/// Resources whose data events a basic event selector records.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DataResource {
    /// Such as [`LAMBDA_FUNCTION`].
    #[serde(rename = "Type")]
    pub kind: String,
    /// ARNs, or the beginning of all of them.
    #[serde(default)]
    pub values: Vec<String>,
}

/// An advanced event selector: an event has to meet every one of its field selectors.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedEventSelector.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AdvancedEventSelector {
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What an event has to meet.
    pub field_selectors: Vec<AdvancedFieldSelector>,
}

/// What one field of an event has to be.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AdvancedFieldSelector {
    /// Such as `resources.ARN`.
    pub field: String,
    /// One of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    /// Or begins with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    /// Or ends with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    /// And none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    /// And begins with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    /// And ends with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}

impl AdvancedFieldSelector {
    /// How many values it has: they are what the API limits.
    fn size(&self) -> usize {
        let Self { field: _, equals, starts_with, ends_with, .. } = self;
        let Self { not_equals, not_starts_with, not_ends_with, .. } = self;
        [equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with]
            .into_iter()
            .map(Vec::len)
            .sum()
    }
}

/// The form of the answer of `GetEventSelectors` and of the request of `PutEventSelectors`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BothKinds {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_selectors: Option<Vec<EventSelector>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

/// Selectors of both kinds, which no trail can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a trail has basic or advanced event selectors, never both")]
pub struct OfBothKinds;

impl TryFrom<BothKinds> for Selectors {
    type Error = OfBothKinds;

    fn try_from(both: BothKinds) -> Result<Self, OfBothKinds> {
        let basic = both.event_selectors.unwrap_or_default();
        let advanced = both.advanced_event_selectors.unwrap_or_default();
        match (basic.is_empty(), advanced.is_empty()) {
            (_, true) => Ok(Self::Basic(basic)),
            (true, false) => Ok(Self::Advanced(advanced)),
            (false, false) => Err(OfBothKinds),
        }
    }
}

impl From<Selectors> for BothKinds {
    fn from(selectors: Selectors) -> Self {
        match selectors {
            Selectors::Basic(basic) => Self { event_selectors: Some(basic), ..Self::default() },
            Selectors::Advanced(advanced) => {
                Self { advanced_event_selectors: Some(advanced), ..Self::default() }
            }
        }
    }
}
