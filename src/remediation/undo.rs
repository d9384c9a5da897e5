//! The way back of each remediation, and what it must find to be taken.

use super::amount;
use crate::{
    resource::{FunctionArn, FunctionResource, Qualifier},
    state::UrlAuthType,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The exact way back of one remediation, with what it must find: if somebody changed the resource
/// since, the way back is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "undo", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Undo {
    /// Provision again, if nothing is provisioned now.
    PutProvisionedConcurrency {
        /// The function.
        function: FunctionArn,
        /// The version or alias.
        qualifier: Qualifier,
        /// How much.
        requested: u32,
    },
    /// Reserve what was reserved, or nothing, if 0 is reserved now.
    ReserveConcurrency {
        /// The function.
        function: FunctionArn,
        /// What was reserved; none is not 0.
        reserved: Option<u32>,
    },
    /// Give the URL its authentication back, if it has what was left.
    SetUrlAuthType {
        /// The function or alias.
        resource: FunctionResource,
        /// What it had.
        auth: UrlAuthType,
    },
    /// Put the document back to the byte, if the policy is as it was left.
    PutResourcePolicy {
        /// The function, version or alias.
        resource: FunctionResource,
        /// The document.
        document: String,
        /// What was left; none when the policy was deleted.
        left: Option<String>,
    },
    /// Take the tags away, if they have the value that was left.
    Untag {
        /// The function.
        function: FunctionArn,
        /// The keys.
        keys: BTreeSet<String>,
        /// The value that was left.
        value: String,
    },
}

impl Undo {
    /// The name in plans, logs and the journal.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PutProvisionedConcurrency { .. } => "put-provisioned-concurrency",
            Self::ReserveConcurrency { .. } => "reserve-concurrency",
            Self::SetUrlAuthType { .. } => "set-url-auth-type",
            Self::PutResourcePolicy { .. } => "put-resource-policy",
            Self::Untag { .. } => "untag-function",
        }
    }

    /// What it puts back, in words.
    pub fn change(&self) -> String {
        match self {
            Self::PutProvisionedConcurrency { requested, .. } => {
                format!("provisioned concurrency: {requested}")
            }
            Self::ReserveConcurrency { reserved, .. } => {
                format!("reserved concurrency: {}", amount(*reserved))
            }
            Self::SetUrlAuthType { auth, .. } => format!("AuthType: {}", auth.as_str()),
            Self::PutResourcePolicy { .. } => "the document as it was".to_owned(),
            Self::Untag { keys, .. } => {
                let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                format!("without tag {}", keys.join(", "))
            }
        }
    }

    /// What it changes.
    pub fn resource(&self) -> FunctionResource {
        match self {
            Self::PutProvisionedConcurrency { function, qualifier, .. } => {
                FunctionResource { function: function.clone(), qualifier: Some(qualifier.clone()) }
            }
            Self::ReserveConcurrency { function, .. } | Self::Untag { function, .. } => {
                function.clone().into()
            }
            Self::SetUrlAuthType { resource, .. } | Self::PutResourcePolicy { resource, .. } => {
                resource.clone()
            }
        }
    }

    /// The IAM actions it needs, those of its guard included. The operators' policy in
    /// `template.yaml` is held against them.
    pub const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::PutProvisionedConcurrency { .. } => &[
                "lambda:ListProvisionedConcurrencyConfigs",
                "lambda:PutProvisionedConcurrencyConfig",
            ],
            Self::ReserveConcurrency { .. } => &[
                "lambda:GetFunctionConcurrency",
                "lambda:PutFunctionConcurrency",
                "lambda:DeleteFunctionConcurrency",
            ],
            Self::SetUrlAuthType { .. } => {
                &["lambda:GetFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"]
            }
            Self::PutResourcePolicy { .. } => &[
                "lambda:GetResourcePolicy",
                "lambda:GetPolicy",
                "lambda:PutResourcePolicy",
                "lambda:AddPermission",
                "lambda:RemovePermission",
            ],
            Self::Untag { .. } => &["lambda:ListTags", "lambda:UntagResource"],
        }
    }
}
