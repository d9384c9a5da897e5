//! One version of a function: what it is made of and how it is set up.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>

use super::SaltedHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A version's configuration. `null`: AWS names none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FunctionVersion {
    /// `$LATEST`, or a number.
    pub version: String,
    /// Its qualified ARN.
    pub arn: Option<String>,
    /// The revision of this configuration.
    pub revision: Option<String>,
    /// A hash AWS makes of this configuration.
    pub config_sha256: Option<String>,
    /// When it was last changed, as AWS writes it.
    pub last_modified: Option<String>,
    /// `Active`, `Pending`, ...
    pub state: Option<String>,
    /// Why it is in this state.
    pub state_reason: Option<String>,
    /// `Successful`, `Failed`, ...
    pub last_update_status: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// What it is made of.
    pub package: Package,
    /// Its runtime; images have none.
    pub runtime: Option<String>,
    /// The exact version of the runtime.
    pub runtime_version: Option<String>,
    /// Where execution begins.
    pub handler: Option<String>,
    /// Instruction sets.
    pub architectures: Vec<String>,
    /// The ARN of its execution role.
    pub role: Option<String>,
    /// Seconds an invocation may take.
    pub timeout_seconds: Option<i32>,
    /// Memory in MB.
    pub memory_mb: Option<i32>,
    /// Size of `/tmp` in MB.
    pub ephemeral_storage_mb: Option<i32>,
    /// Names of environment variables, and the salted hashes of their values.
    pub environment: BTreeMap<String, SaltedHash>,
    /// The ARN of the key that encrypts the environment; null: AWS's own.
    pub kms_key: Option<String>,
    /// The ARNs of its layers, the first one lowest.
    pub layers: Vec<String>,
    /// The network it is attached to.
    pub vpc: Option<Vpc>,
    /// File systems.
    pub file_systems: Vec<FileSystem>,
    /// The ARN of its dead-letter queue or topic.
    pub dead_letter_target: Option<String>,
    /// `Active` or `PassThrough`: X-Ray tracing.
    pub tracing: Option<String>,
    /// When a snapshot of it is taken: `PublishedVersions` or `None`.
    pub snap_start: Option<String>,
    /// What is set instead of what the image says.
    pub image_overrides: Option<ImageOverrides>,
    /// Where its logs go.
    pub logging: Option<Logging>,
    /// How tenants are isolated.
    pub tenant_isolation: Option<String>,
    /// The managed instances it runs on.
    pub managed_instances: Option<ManagedInstances>,
    /// Durable executions.
    pub durable: Option<Durable>,
    /// The ARN of the main function, where this is a replica.
    pub main_function: Option<String>,
}

/// What a version's package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PackageKind {
    /// An archive, of which there is a copy.
    Zip,
    /// A container image. It stays in its registry.
    Image,
    /// A kind this program does not know.
    Other,
}

/// What a version is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Package {
    /// Archive or image.
    pub kind: PackageKind,
    /// SHA-256 of the archive, or the image's digest, as AWS writes it (Base64 for archives).
    pub code_sha256: Option<String>,
    /// Its size in bytes.
    pub size: i64,
    /// The image that was asked for.
    pub image: Option<String>,
    /// The image it meant at that time, by digest.
    pub resolved_image: Option<String>,
    /// The ARN of the key that encrypts the archive; null: AWS's own.
    pub source_kms_key: Option<String>,
    /// The signing profile's version.
    pub signing_profile_version: Option<String>,
    /// The signing job.
    pub signing_job: Option<String>,
}

/// A network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Vpc {
    /// Its id.
    pub id: Option<String>,
    /// Subnets.
    pub subnets: Vec<String>,
    /// Security groups.
    pub security_groups: Vec<String>,
    /// Whether it may go out over IPv6.
    pub ipv6: Option<bool>,
}

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileSystem {
    /// The ARN of the access point.
    pub arn: String,
    /// Where it is mounted.
    pub mount_path: String,
}

/// What is set instead of what an image says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImageOverrides {
    /// The entry point.
    pub entry_point: Vec<String>,
    /// Its arguments.
    pub command: Vec<String>,
    /// The working directory.
    pub working_directory: Option<String>,
}

/// Where logs go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Logging {
    /// The log group.
    pub group: Option<String>,
    /// `JSON` or `Text`.
    pub format: Option<String>,
    /// The least level of the function's own lines.
    pub application_level: Option<String>,
    /// The least level of Lambda's lines.
    pub system_level: Option<String>,
}

/// Managed instances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ManagedInstances {
    /// The ARN of the capacity provider.
    pub capacity_provider: String,
    /// Invocations at a time in one execution environment.
    pub max_concurrency: Option<i32>,
    /// Memory of one virtual CPU, in GiB.
    pub memory_gib_per_vcpu: Option<f64>,
}

/// Durable executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Durable {
    /// Seconds an execution may take.
    pub execution_timeout_seconds: Option<i32>,
    /// Days its history is kept.
    pub retention_days: Option<i32>,
    /// The ARN of the key that encrypts it.
    pub kms_key: Option<String>,
}
