//! Where an identity policy is. Refuses to say what it says.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>

use super::Arn;
use std::fmt;

/// Where an identity policy is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityPolicy {
    /// A policy of its own, which any number of identities may have.
    Managed(Arn),
    /// In one user, role or group.
    Inline {
        /// The user, role or group.
        holder: Arn,
        /// The policy's name there.
        name: String,
    },
}

impl fmt::Display for IdentityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Managed(arn) => write!(f, "{arn}"),
            Self::Inline { holder, name } => write!(f, "`{name}` of {holder}"),
        }
    }
}
