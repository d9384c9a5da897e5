//! What can be done to a resource, how it is undone, and what it needs. Each remediation is one
//! change to one resource; everything about it stands here in one place.

mod undo;

pub use undo::Undo;

use crate::{
    finding::ControlId,
    policy::Mode,
    resource::{FunctionArn, FunctionResource, Qualifier, RevisionId},
    state::UrlAuthType,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// What a remediation is for (NIST 800-61 containment, eradication, recovery).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tactic {
    /// Keep it from running or from being reached.
    Isolate,
    /// Take away what an intruder holds.
    Evict,
    /// Put back what was there.
    Restore,
    /// Close what should never have been open.
    Harden,
}

/// One change to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remediation {
    /// Takes one provisioned-concurrency configuration away, because reserved concurrency cannot
    /// be lower than what is provisioned.
    DeleteProvisionedConcurrency {
        /// The function.
        function: FunctionArn,
        /// The version or alias.
        qualifier: Qualifier,
        /// How much was requested.
        requested: u32,
    },
    /// Reserves no concurrency at all: the function no longer runs.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
    StopFunction {
        /// The function.
        function: FunctionArn,
        /// What was reserved before; none is not 0.
        reserved: Option<u32>,
    },
    /// Makes a function URL require signed requests. Cors and invoke mode stay.
    HardenFunctionUrl {
        /// The function or alias.
        resource: FunctionResource,
    },
    /// Replaces a resource policy in one guarded write, or deletes it where nothing is left.
    ReplaceResourcePolicy(PolicyReplacement),
    /// Sets tags of Cordon's own.
    TagFunction {
        /// The function.
        function: FunctionArn,
        /// Each begins with [`TAG_PREFIX`].
        keys: BTreeSet<String>,
        /// The incident.
        value: String,
    },
}

/// Every tag key Cordon writes begins so; it touches no other.
pub const TAG_PREFIX: &str = "cordon:";

/// One rewrite of one resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyReplacement {
    /// The function, version or alias.
    pub resource: FunctionResource,
    /// The document before, to the byte.
    pub before: String,
    /// What the write is guarded by.
    pub revision: RevisionId,
    /// The document after; none when no statement is left.
    pub after: Option<String>,
    /// In words, one for each edited statement.
    pub edits: Vec<String>,
    /// The Sids of the statements that go, if the rewrite does nothing else and all have one. Then
    /// it can be done without `PutResourcePolicy`, statement by statement.
    pub removable_by_sid: Option<Vec<String>>,
}

impl Remediation {
    /// The name in plans, logs and the journal.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::DeleteProvisionedConcurrency { .. } => "delete-provisioned-concurrency",
            Self::StopFunction { .. } => "stop-function",
            Self::HardenFunctionUrl { .. } => "harden-function-url",
            Self::ReplaceResourcePolicy(_) => "replace-resource-policy",
            Self::TagFunction { .. } => "tag-function",
        }
    }

    /// What it is for.
    pub const fn tactic(&self) -> Tactic {
        match self {
            Self::DeleteProvisionedConcurrency { .. } | Self::StopFunction { .. } => {
                Tactic::Isolate
            }
            Self::HardenFunctionUrl { .. }
            | Self::ReplaceResourcePolicy(_)
            | Self::TagFunction { .. } => Tactic::Harden,
        }
    }

    /// What it changes.
    pub fn resource(&self) -> FunctionResource {
        match self {
            Self::DeleteProvisionedConcurrency { function, qualifier, .. } => {
                FunctionResource { function: function.clone(), qualifier: Some(qualifier.clone()) }
            }
            Self::StopFunction { function, .. } | Self::TagFunction { function, .. } => {
                function.clone().into()
            }
            Self::HardenFunctionUrl { resource } => resource.clone(),
            Self::ReplaceResourcePolicy(replacement) => replacement.resource.clone(),
        }
    }

    /// The IAM actions it needs, its fallbacks included. The role in `template.yaml` is held
    /// against them. <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>
    pub const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::DeleteProvisionedConcurrency { .. } => {
                &["lambda:DeleteProvisionedConcurrencyConfig"]
            }
            Self::StopFunction { .. } => &["lambda:PutFunctionConcurrency"],
            Self::HardenFunctionUrl { .. } => &["lambda:UpdateFunctionUrlConfig"],
            // PutResourcePolicy also needs the two permissions it supersedes:
            // https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
            Self::ReplaceResourcePolicy(_) => &[
                "lambda:PutResourcePolicy",
                "lambda:DeleteResourcePolicy",
                "lambda:AddPermission",
                "lambda:RemovePermission",
            ],
            Self::TagFunction { .. } => &["lambda:TagResource"],
        }
    }

    /// What it changes from what to what, in words.
    pub fn changes(&self) -> Vec<String> {
        match self {
            Self::DeleteProvisionedConcurrency { requested, .. } => {
                vec![format!("provisioned concurrency: {requested} -> none")]
            }
            Self::StopFunction { reserved, .. } => {
                vec![format!("reserved concurrency: {} -> 0", amount(*reserved))]
            }
            Self::HardenFunctionUrl { .. } => vec!["AuthType: NONE -> AWS_IAM".to_owned()],
            Self::ReplaceResourcePolicy(replacement) => replacement.edits.clone(),
            Self::TagFunction { keys, value, .. } => {
                keys.iter().map(|key| format!("tag `{key}` = `{value}`")).collect()
            }
        }
    }

    /// How it is undone, exactly.
    pub fn undo(&self) -> Undo {
        match self {
            Self::DeleteProvisionedConcurrency { function, qualifier, requested } => {
                Undo::PutProvisionedConcurrency {
                    function: function.clone(),
                    qualifier: qualifier.clone(),
                    requested: *requested,
                }
            }
            Self::StopFunction { function, reserved } => {
                Undo::ReserveConcurrency { function: function.clone(), reserved: *reserved }
            }
            Self::HardenFunctionUrl { resource } => {
                Undo::SetUrlAuthType { resource: resource.clone(), auth: UrlAuthType::None }
            }
            Self::ReplaceResourcePolicy(replacement) => Undo::PutResourcePolicy {
                resource: replacement.resource.clone(),
                document: replacement.before.clone(),
                left: replacement.after.clone(),
            },
            Self::TagFunction { function, keys, value } => {
                Undo::Untag { function: function.clone(), keys: keys.clone(), value: value.clone() }
            }
        }
    }
}

/// Concurrency in words: none is not 0.
fn amount(concurrency: Option<u32>) -> String {
    concurrency.map_or_else(|| "none".to_owned(), |number| number.to_string())
}

/// Why a remediation was not applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum Withheld {
    /// The installation or the control is in dry run.
    DryRun,
    /// The control policy names an exception.
    Exception {
        /// Who answers for it.
        owner: String,
        /// The last day it holds, as `YYYY-MM-DD`.
        expires: String,
    },
    /// An operator restored exactly this and wants it left alone for now.
    Held,
    /// The function is Cordon's own.
    Itself,
    /// The function is never stopped automatically.
    Protected,
    /// It cannot be told what would be safe.
    Undetermined {
        /// What is missing, and who can tell.
        reason: String,
    },
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DryRun => f.write_str("dry run"),
            Self::Exception { owner, expires } => write!(f, "exception of {owner} until {expires}"),
            Self::Held => f.write_str("restored by an operator, on hold"),
            Self::Itself => f.write_str("Cordon does not act on itself"),
            Self::Protected => f.write_str("the function is protected"),
            Self::Undetermined { reason } => f.write_str(reason),
        }
    }
}

/// One remediation of a plan, whether or not it is to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What.
    pub remediation: Remediation,
    /// The controls it answers.
    pub controls: Vec<ControlId>,
    /// How far these may go.
    pub mode: Mode,
    /// What it concerns, for the hold that a restore sets.
    pub marks: Vec<String>,
    /// Why not, if not.
    pub withheld: Option<Withheld>,
}

/// What came of one remediation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "PascalCase")]
pub enum Outcome {
    /// Applied; `note` says if not in the usual way.
    Success {
        /// What an operator should know.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Not applied: AWS refused or did not answer.
    Failure {
        /// The operation, the resource and AWS's error code.
        error: String,
    },
    /// The resource is gone.
    DoesNotExist,
    /// Not applied: the resource was changed since it was read, so it was decided again.
    Superseded,
    /// Not applied, on purpose.
    Withheld(Withheld),
}
