//! The execution roles of functions: what each may do, who may assume it, and what was known of it
//! before. Texts are as AWS has them.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>

use super::{Boundary, State};
use crate::{
    finding::fingerprint,
    iam::IdentityDocument,
    remediation::RoleRestore,
    resource::{Arn, FunctionArn, RoleArn},
};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The role of at least one function.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionRole {
    /// Its ARN, with the path.
    pub arn: RoleArn,
    /// The functions of this Region whose unpublished version has it.
    pub functions: BTreeSet<FunctionArn>,
    /// Who may assume it.
    #[serde(deserialize_with = "text")]
    pub trust: String,
    /// Its inline policies.
    #[serde(default, deserialize_with = "texts")]
    pub inline: BTreeMap<String, String>,
    /// The managed policies attached to it.
    #[serde(default)]
    pub attached: BTreeMap<Arn, PolicyVersion>,
    /// What was known of it before.
    #[serde(default)]
    pub known: Option<KnownRole>,
}

/// What decides what a role may do, whoever has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RolePolicies {
    /// Its permissions boundary.
    pub boundary: Option<Boundary>,
    /// Its inline policies.
    #[serde(deserialize_with = "texts")]
    pub inline: BTreeMap<String, String>,
    /// The managed policies attached to it.
    pub attached: BTreeMap<Arn, PolicyVersion>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyVersion {
    /// Its id, such as `v3`.
    pub version: String,
    /// What it says.
    #[serde(deserialize_with = "text")]
    pub document: String,
}

/// A managed policy, and the roles of functions that have it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedPolicyState {
    /// Those roles, by name.
    pub roles: BTreeSet<String>,
    /// The version that is in force.
    pub default: String,
    /// Every version there is, each with what it says.
    #[serde(deserialize_with = "texts")]
    pub versions: BTreeMap<String, String>,
}

/// What the journal keeps of a role: its trust policy, hashes of its inline policies, and the versions
/// of its managed ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownRole {
    /// Who could assume it.
    #[serde(deserialize_with = "text")]
    pub trust: String,
    /// The hash of each inline policy, by its name.
    #[serde(default)]
    pub inline: BTreeMap<String, String>,
    /// The version in force of each managed policy.
    #[serde(default)]
    pub attached: BTreeMap<Arn, String>,
}

impl ExecutionRole {
    /// What the journal would keep of it.
    pub fn to_know(&self) -> KnownRole {
        let inline = self.inline.iter().map(|(name, text)| (name.clone(), policy_hash(text)));
        let attached = self.attached.iter();
        let attached = attached.map(|(policy, live)| (policy.clone(), live.version.clone()));
        let (inline, attached) = (inline.collect(), attached.collect());
        KnownRole { trust: self.trust.clone(), inline, attached }
    }
}

/// A name for what a policy says, however it is spaced.
pub fn policy_hash(text: &str) -> String {
    let compact = IdentityDocument::parse(text).map(|document| document.compact());
    fingerprint(&[compact.as_deref().unwrap_or(text)])
}

impl State {
    /// Changes the roles as AWS changes them.
    pub(super) fn take_role(&mut self, restore: &RoleRestore) {
        match restore {
            RoleRestore::Detach { role, policy } => {
                self.change_role(role, |live| drop(live.attached.remove(policy)));
            }
            RoleRestore::DeleteInline { role, name, .. } => {
                self.change_role(role, |live| drop(live.inline.remove(name)));
            }
            RoleRestore::Trust { role, back, .. } => {
                self.change_role(role, |live| live.trust.clone_from(back));
            }
            RoleRestore::Version { policy, back, .. } => {
                let Some(managed) = self.managed.get_mut(policy) else { return };
                managed.default.clone_from(back);
                let document = managed.versions.get(back).cloned().unwrap_or_default();
                let now = PolicyVersion { version: back.clone(), document };
                for live in self.roles.values_mut().flatten() {
                    if let Some(attached) = live.attached.get_mut(policy) {
                        attached.clone_from(&now);
                    }
                }
            }
        }
    }

    fn change_role(&mut self, role: &RoleArn, change: impl FnOnce(&mut ExecutionRole)) {
        if let Some(Some(live)) = self.roles.get_mut(role.name()) {
            change(live);
        }
    }
}

/// A document, or its text.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text(serde_json::Value);

impl From<Text> for String {
    fn from(Text(value): Text) -> Self {
        match value {
            serde_json::Value::String(text) => text,
            document => document.to_string(),
        }
    }
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Text::deserialize(from).map(String::from)
}

fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let all = BTreeMap::<String, Text>::deserialize(from)?;
    Ok(all.into_iter().map(|(name, text)| (name, text.into())).collect())
}
