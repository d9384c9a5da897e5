//! What hangs on a function, its versions and its aliases: policies, triggers, URLs, concurrency.
//! Resource policies keep their exact text: it may hold an Alexa skill's token, which is why the
//! bucket is encrypted and closed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The resource policy of one function, version or alias.
/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ResourcePolicy {
    /// The ARN it hangs on, qualified or not.
    pub resource: String,
    /// The exact text.
    pub text: String,
    /// The policy's revision, which is not the function's.
    pub revision: Option<String>,
}

/// An alias.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_AliasConfiguration.html>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// The version it stands for.
    pub version: Option<String>,
    /// Shares of traffic that go to other versions, from 0 to 1.
    pub other_versions: BTreeMap<String, f64>,
    /// Its description.
    pub description: Option<String>,
    /// Its revision.
    pub revision: Option<String>,
}

/// A trigger that Lambda polls for.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EventSourceMapping {
    /// Its id.
    pub uuid: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// What it invokes: the function, a version or an alias.
    pub function: Option<String>,
    /// `Enabled`, `Disabled`, ...
    pub state: Option<String>,
    /// Who or what changed the state last.
    pub state_reason: Option<String>,
    /// When it was last changed, RFC 3339.
    pub last_modified: Option<String>,
    /// What came of the last poll.
    pub last_result: Option<String>,
    /// The ARN of the queue, stream, table or cluster.
    pub event_source: Option<String>,
    /// Records an invocation gets at most.
    pub batch_size: Option<i32>,
    /// Seconds it waits for a batch to fill.
    pub batching_window_seconds: Option<i32>,
    /// Batches of one shard at a time.
    pub parallelization_factor: Option<i32>,
    /// Where in a stream it began.
    pub starting_position: Option<String>,
    /// From when in a stream it began, RFC 3339.
    pub starting_timestamp: Option<String>,
    /// Filters, as AWS has them.
    pub filters: Vec<String>,
    /// The ARN of the key that encrypts the filters.
    pub kms_key: Option<String>,
    /// Invocations at a time, for a queue.
    pub maximum_concurrency: Option<i32>,
    /// Where results and failed records go.
    pub destinations: Destinations,
    /// Kafka topics.
    pub topics: Vec<String>,
    /// Broker queues.
    pub queues: Vec<String>,
    /// How it gets in, by kind: ARNs of secrets, subnets, security groups, or a virtual host.
    pub source_access: BTreeMap<String, Vec<String>>,
    /// Addresses of a cluster that AWS does not manage, by kind.
    pub endpoints: BTreeMap<String, Vec<String>>,
    /// The Kafka consumer group.
    pub consumer_group: Option<String>,
    /// The schema registry of a Kafka cluster.
    pub schema_registry: Option<String>,
    /// The database of a DocumentDB cluster.
    pub database: Option<String>,
    /// The collection of a DocumentDB cluster.
    pub collection: Option<String>,
    /// Seconds after which a record is given up.
    pub maximum_record_age_seconds: Option<i32>,
    /// Tries after which a record is given up.
    pub maximum_retry_attempts: Option<i32>,
    /// Whether a failing batch is halved.
    pub bisect_on_error: Option<bool>,
    /// Seconds of a window of aggregation.
    pub tumbling_window_seconds: Option<i32>,
    /// What the function's response may say.
    pub response_types: Vec<String>,
    /// The least number of pollers.
    pub minimum_pollers: Option<i32>,
    /// The greatest number of pollers.
    pub maximum_pollers: Option<i32>,
}

/// Where results go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Destinations {
    /// The ARN that hears of success.
    pub on_success: Option<String>,
    /// The ARN that gets what failed.
    pub on_failure: Option<String>,
}

/// A URL.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionUrlConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FunctionUrl {
    /// What it invokes: the function or an alias.
    pub resource: String,
    /// The address.
    pub url: String,
    /// `NONE` or `AWS_IAM`.
    pub auth_type: String,
    /// `BUFFERED` or `RESPONSE_STREAM`.
    pub invoke_mode: Option<String>,
    /// What browsers may do.
    pub cors: Option<Cors>,
    /// When it was made, as AWS writes it.
    pub created_at: String,
    /// When it was last changed, as AWS writes it.
    pub last_modified: String,
}

/// What browsers may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cors {
    /// Whether they may send credentials.
    pub allow_credentials: Option<bool>,
    /// Headers they may send.
    pub allow_headers: Vec<String>,
    /// Methods.
    pub allow_methods: Vec<String>,
    /// Origins.
    pub allow_origins: Vec<String>,
    /// Headers they may read.
    pub expose_headers: Vec<String>,
    /// Seconds the answer holds.
    pub max_age_seconds: Option<i32>,
}

/// What becomes of asynchronous invocations of one qualifier.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionEventInvokeConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AsyncInvocation {
    /// The function, version or alias.
    pub resource: String,
    /// Tries after the first.
    pub maximum_retry_attempts: Option<i32>,
    /// Seconds after which an event is given up.
    pub maximum_event_age_seconds: Option<i32>,
    /// Where results go.
    pub destinations: Destinations,
    /// When it was last changed, RFC 3339.
    pub last_modified: Option<String>,
}

/// Provisioned concurrency of one version or alias.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedConcurrencyConfigListItem.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProvisionedConcurrency {
    /// The version or alias.
    pub resource: String,
    /// How much was asked for.
    pub requested: Option<i32>,
    /// How much there is.
    pub available: Option<i32>,
    /// How much is allocated.
    pub allocated: Option<i32>,
    /// `READY`, `IN_PROGRESS` or `FAILED`.
    pub status: Option<String>,
    /// When it was last changed, as AWS writes it.
    pub last_modified: Option<String>,
}

/// Execution environments of one version on managed instances.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionScalingConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Scaling {
    /// The version.
    pub version: String,
    /// What is in force.
    pub applied: Option<ScalingBounds>,
    /// What was asked for.
    pub requested: Option<ScalingBounds>,
}

/// How many execution environments there may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScalingBounds {
    /// At least.
    pub minimum: Option<i32>,
    /// At most.
    pub maximum: Option<i32>,
}

/// Which runtime version one version runs.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuntimeManagement {
    /// The version.
    pub version: String,
    /// `Auto`, `FunctionUpdate` or `Manual`.
    pub update_runtime_on: Option<String>,
    /// The runtime version it is held at.
    pub runtime_version: Option<String>,
}

/// A code signing configuration.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CodeSigning {
    /// Its ARN.
    pub arn: String,
    /// Its description.
    pub description: Option<String>,
    /// Signing profile versions that may sign.
    pub allowed_publishers: Vec<String>,
    /// `Warn` or `Enforce`: what becomes of unsigned code.
    pub untrusted_artifact: Option<String>,
    /// When it was last changed, as AWS writes it.
    pub last_modified: Option<String>,
}

/// One version of a layer.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LayerVersion {
    /// Its ARN, with the version.
    pub arn: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was published, as AWS writes it.
    pub created_at: Option<String>,
    /// SHA-256 of the archive, Base64.
    pub code_sha256: Option<String>,
    /// Its size in bytes; null where it could not be read.
    pub size: Option<i64>,
    /// Runtimes it says it suits.
    pub runtimes: Vec<String>,
    /// Instruction sets it says it suits.
    pub architectures: Vec<String>,
    /// The signing profile's version.
    pub signing_profile_version: Option<String>,
    /// The signing job.
    pub signing_job: Option<String>,
}
