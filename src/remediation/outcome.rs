//! What becomes of a remediation: planned, withheld, applied or not.

use super::Remediation;
use crate::{finding::Requirement, policy::Mode};
use serde::Serialize;
use std::fmt;

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
    /// A limit of the control policy is reached: people answer it, or a later delivery.
    Limited {
        /// Which, in words.
        limit: String,
    },
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
            Self::Limited { limit } => write!(f, "limit reached: {limit}"),
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
    pub controls: Vec<Requirement>,
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

/// How a setting stands to a remediation of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// As it was before.
    Before,
    /// As the remediation leaves it.
    After,
    /// In between: some statements of a policy or some tags.
    Partly,
    /// As somebody else left it; in words, what was found.
    Other(String),
    /// The function, mapping or role is gone.
    Gone,
}

impl Stand {
    /// Compares what was found with what was and what is to be. What is both counts as it was.
    pub fn of<T: PartialEq>(
        now: &T,
        before: &T,
        after: &T,
        found: impl FnOnce() -> String,
    ) -> Self {
        if now == before {
            Self::Before
        } else if now == after {
            Self::After
        } else {
            Self::Other(found())
        }
    }
}
