//! The list of everything that was stored for an incident, chained so that no entry can be changed,
//! left out or moved without changing all that follow, and the names of the objects. The last link
//! also stands in the journal: whoever changes one of the two disagrees with the other.

use super::{FORMAT, Unread};
use crate::finding::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What was stored for one incident. It is stored last, so that its presence means that everything
/// that could be had is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Manifest {
    /// The version of this format.
    pub format: u32,
    /// The incident.
    pub incident: String,
    /// The function's unqualified ARN.
    pub function: String,
    /// When the collection ended, RFC 3339, UTC.
    pub collected_at: String,
    /// The objects, in the order of the chain.
    pub objects: Vec<Object>,
    /// Code and layers of which there is no copy. The snapshots tell what else is missing.
    pub unread: Vec<Unread>,
    /// The last object's link; the journal has it too.
    pub chain: String,
}

/// One object of the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Object {
    /// Its key.
    pub key: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its version in the bucket; null where the bucket has none.
    pub version_id: Option<String>,
    /// The link before this one; for the first object SHA-256 of the incident's id. Hexadecimal.
    pub previous: String,
    /// SHA-256 of `previous` (32 bytes), `sha256` (32 bytes) and the key (UTF-8). Hexadecimal.
    pub chain: String,
}

/// An object that is in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its size in bytes.
    pub size: u64,
    /// Its version in the bucket.
    pub version_id: Option<String>,
}

impl Manifest {
    /// Chains `stored`, in this order.
    pub fn new(
        incident: &str,
        function: String,
        collected_at: String,
        stored: Vec<Stored>,
        unread: Vec<Unread>,
    ) -> Self {
        let mut link: [u8; 32] = Sha256::digest(incident).into();
        let mut objects = Vec::with_capacity(stored.len());
        for Stored { key, sha256, size, version_id } in stored {
            let previous = hex(&link);
            let hash = Sha256::new().chain_update(link).chain_update(sha256).chain_update(&key);
            link = hash.finalize().into();
            let (sha256, chain) = (hex(&sha256), hex(&link));
            objects.push(Object { key, sha256, size, version_id, previous, chain });
        }
        Self {
            format: FORMAT,
            incident: incident.to_owned(),
            function,
            collected_at,
            objects,
            unread,
            chain: hex(&link),
        }
    }
}

/// The key of an incident's `number`th snapshot, from 1 on. The first is never replaced; there is
/// another only where AWS was too busy to answer everything at once.
pub fn snapshot_key(incident: &str, number: u32) -> String {
    match number {
        0 | 1 => format!("incidents/{incident}/snapshot.json"),
        later => format!("incidents/{incident}/snapshot-{later}.json"),
    }
}

/// The key of a version's code.
pub fn code_key(incident: &str, version: &str) -> String {
    format!("incidents/{incident}/code/{version}.zip")
}

/// The key of a snapshot's `number`th layer, from 1 on, with the name and version of its ARN:
/// layers of several accounts may be called the same.
pub fn layer_key(incident: &str, number: usize, arn: &str) -> String {
    let mut parts = arn.split(':').skip(6);
    let name = parts.next().unwrap_or("layer");
    let version = parts.next().unwrap_or("0");
    format!("incidents/{incident}/layers/{number}-{name}-{version}.zip")
}

/// The key of an incident's manifest.
pub fn manifest_key(incident: &str) -> String {
    format!("incidents/{incident}/manifest.json")
}
