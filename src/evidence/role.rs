//! An execution role with every document that decides what it may do. Documents are kept as AWS
//! has them, once their URL encoding is taken off.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An execution role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Role {
    /// Its ARN, as the function names it.
    pub arn: String,
    /// Its unique id: a role that was deleted and made again has another.
    pub id: Option<String>,
    /// When it was made, RFC 3339.
    pub created_at: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The longest session it allows, in seconds.
    pub max_session_seconds: Option<i32>,
    /// When it was last used, RFC 3339.
    pub last_used_at: Option<String>,
    /// Where it was last used.
    pub last_used_region: Option<String>,
    /// Who may assume it: the exact text.
    pub trust_policy: Option<String>,
    /// The policies that exist in this role only.
    pub inline_policies: Vec<InlinePolicy>,
    /// The managed policies attached to it.
    pub attached_policies: Vec<ManagedPolicy>,
    /// Its permissions boundary.
    pub boundary: Option<ManagedPolicy>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A policy of one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct InlinePolicy {
    /// Its name.
    pub name: String,
    /// The exact text; null where it could not be read.
    pub document: Option<String>,
}

/// A managed policy in the version that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ManagedPolicy {
    /// Its ARN.
    pub arn: String,
    /// The version in force, such as `v3`.
    pub version: Option<String>,
    /// The exact text; null where it could not be read.
    pub document: Option<String>,
}
