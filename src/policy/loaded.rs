//! The compiled control policy: JSON with its SHA-256, which is what the function loads.

use super::ControlPolicy;
use crate::finding::hex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// A control policy with the hash that stands in every finding.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedPolicy {
    /// The policy.
    pub policy: ControlPolicy,
    /// SHA-256 of its JSON, in hexadecimal digits.
    pub sha256: String,
}

/// A compiled control policy that cannot be loaded. Whoever packaged it must compile it again.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not a compiled control policy.
    #[error("the compiled control policy does not parse: {0}; compile `policy.yaml` again")]
    Json(#[from] serde_json::Error),
    /// Changed after it was compiled.
    #[error(
        "the compiled control policy does not have the hash it names; compile `policy.yaml` again"
    )]
    Hash,
}

#[derive(Serialize, Deserialize)]
struct Compiled<'a> {
    sha256: String,
    #[serde(borrow)]
    policy: &'a RawValue,
}

impl LoadedPolicy {
    /// Reads what [`LoadedPolicy::compile`] wrote.
    pub fn load(text: &str) -> Result<Self, LoadError> {
        let compiled: Compiled<'_> = serde_json::from_str(text)?;
        let sha256 = sha256(compiled.policy.get());
        if sha256 != compiled.sha256 {
            return Err(LoadError::Hash);
        }
        Ok(Self { policy: serde_json::from_str(compiled.policy.get())?, sha256 })
    }

    /// The JSON and its hash, as the function loads them.
    pub fn compile(policy: &ControlPolicy) -> Result<String, LoadError> {
        let policy = serde_json::value::to_raw_value(policy)?;
        let compiled = Compiled { sha256: sha256(policy.get()), policy: &policy };
        Ok(serde_json::to_string(&compiled)?)
    }
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
