//! The privileges that are told of an identity: what, how far, how certainly, by which statement.
//! Whoever reads them must not take what is conditional or unclear for granted, nor for harmless.
//! Levels: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>.

use super::reach::Extent;
use serde::Serialize;

/// What an identity may do at large, each by the statements that grant it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Privileges {
    /// Every action on every resource.
    pub admin: Vec<Privilege>,
    /// Every action but some, or on every resource but some.
    pub nearly_all: Vec<Privilege>,
    /// Every action of a service on every resource of it.
    pub full_access: Vec<Privilege>,
    /// Some action of a service that does more than reading, on every resource that it has of a kind.
    pub write_all: Vec<Privilege>,
}

/// One thing that an identity may do at large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Privilege {
    /// The service in lower case, perhaps a pattern; `*` for every service.
    pub service: String,
    /// Which resources.
    pub extent: Extent,
    /// Whether it is certain.
    pub certainty: Certainty,
    /// Whether a Deny may take a part of it away, or all of it while its condition holds.
    pub may_be_denied: bool,
    /// The document that grants it, from 0, in the order given.
    pub document: usize,
    /// The statement of the document, from 0.
    pub statement: usize,
    /// The statement's id.
    pub sid: Option<String>,
    /// Something that it lets the identity do.
    pub witness: Use,
}

/// How sure it is that an identity has a privilege.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The statement grants it without a condition.
    Certain,
    /// A condition may limit it.
    Conditional,
    /// Whether it is granted cannot be said, and why.
    Unclear(&'static str),
}

/// One use of a privilege.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Use {
    /// An action; as written where no action of the pattern is known.
    pub action: String,
    /// A resource; `*` for any.
    pub resource: String,
}
