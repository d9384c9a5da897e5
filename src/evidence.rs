//! What is kept of a function once it is stopped: the snapshot (one JSON document, whose schema is
//! `evidence/snapshot.schema.json`), the manifest of everything collected, and what asks for it.
//! Refuses values of environment variables, of which it takes salted hashes only, and has no place
//! for links to code or tokens. The words are those of the Lambda and IAM API references:
//! <https://docs.aws.amazon.com/lambda/latest/api/>, <https://docs.aws.amazon.com/IAM/latest/APIReference/>.

mod attachments;
mod manifest;
mod request;
mod role;
mod version;

pub use crate::salt::{Salt, SaltedHash};
pub use attachments::{
    Alias, AsyncInvocation, CodeSigning, Cors, Destinations, EventSourceMapping, FunctionUrl,
    LayerVersion, ProvisionedConcurrency, ResourcePolicy, RuntimeManagement, Scaling,
    ScalingBounds,
};
pub use manifest::{Manifest, Object, Stored, code_key, layer_key, manifest_key, snapshot_key};
pub use request::{EvidenceRequest, RequestError};
pub use role::{InlinePolicy, ManagedPolicy, Role};
pub use version::{
    Durable, FileSystem, FunctionVersion, ImageOverrides, Logging, ManagedInstances, Package,
    PackageKind, Vpc,
};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the documents' format. It changes when a field changes its meaning or goes away,
/// not when one is added.
pub const FORMAT: u32 = 1;

/// A function, everything that hangs on it and the roles it runs with, as one collection found them.
///
/// `null` and empty lists mean that AWS said that there is nothing, unless `unread` names the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Snapshot {
    /// The version of this format.
    pub format: u32,
    /// The incident for which it was taken.
    pub incident: String,
    /// The function's unqualified ARN.
    pub function: String,
    /// When reading began, RFC 3339, UTC.
    pub taken_at: String,
    /// `$LATEST` first, then the published versions, newest first.
    pub versions: Vec<FunctionVersion>,
    /// The aliases.
    pub aliases: Vec<Alias>,
    /// The resource policies of the function itself, of every version and of every alias.
    pub policies: Vec<ResourcePolicy>,
    /// What invokes it from queues, streams and clusters.
    pub event_source_mappings: Vec<EventSourceMapping>,
    /// Its URLs and those of its aliases.
    pub urls: Vec<FunctionUrl>,
    /// What becomes of asynchronous invocations, by qualifier.
    pub async_invocations: Vec<AsyncInvocation>,
    /// Concurrency reserved for it. Null: none is reserved; 0: it is stopped.
    pub reserved_concurrency: Option<i32>,
    /// Provisioned concurrency, by qualifier.
    pub provisioned_concurrency: Vec<ProvisionedConcurrency>,
    /// Execution environments of versions that run on managed instances.
    pub scaling: Vec<Scaling>,
    /// `Allow` or `Terminate`: what Lambda does when the function calls itself in a loop.
    pub recursive_loop: Option<String>,
    /// Which runtime version each version runs.
    pub runtime_management: Vec<RuntimeManagement>,
    /// The code signing configuration, if there is one.
    pub code_signing: Option<CodeSigning>,
    /// Every layer that a version uses, in the order in which they were met.
    pub layers: Vec<LayerVersion>,
    /// The tags of the function.
    pub tags: BTreeMap<String, String>,
    /// Every execution role that a version names.
    pub roles: Vec<Role>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

impl Snapshot {
    /// An empty snapshot: nothing was read yet.
    pub fn new(request: &EvidenceRequest, taken_at: String) -> Self {
        Self {
            format: FORMAT,
            incident: request.incident().to_owned(),
            function: request.function().to_string(),
            taken_at,
            versions: Vec::new(),
            aliases: Vec::new(),
            policies: Vec::new(),
            event_source_mappings: Vec::new(),
            urls: Vec::new(),
            async_invocations: Vec::new(),
            reserved_concurrency: None,
            provisioned_concurrency: Vec::new(),
            scaling: Vec::new(),
            recursive_loop: None,
            runtime_management: Vec::new(),
            code_signing: None,
            layers: Vec::new(),
            tags: BTreeMap::new(),
            roles: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Whether another try may read what this one could not.
    pub fn may_become_complete(&self) -> bool {
        self.unread.iter().any(|unread| unread.may_work_later)
    }

    /// The versions whose code is worth a copy: of those with the same code, the first.
    pub fn distinct_code(&self) -> Vec<&FunctionVersion> {
        let mut seen = std::collections::BTreeSet::new();
        let archives = self.versions.iter().filter(|version| match version.package.kind {
            PackageKind::Zip => true,
            // An image stays in its registry; the snapshot has its digest.
            PackageKind::Image | PackageKind::Other => false,
        });
        archives
            .filter(|version| match &version.package.code_sha256 {
                Some(sha256) => seen.insert(sha256.clone()),
                None => true,
            })
            .collect()
    }
}

/// Something that could not be read or stored, and why: nobody may take it for absent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unread {
    /// The API operation.
    pub operation: String,
    /// What it was called on.
    pub resource: String,
    /// AWS's error code, or what happened on the way.
    pub code: String,
    /// Whether AWS was only busy or out of reach, so that a later collection may have it.
    pub may_work_later: bool,
}

#[cfg(test)]
mod tests;
