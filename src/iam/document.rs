//! Policy documents: what they say once they are read, with the raw text kept. Documents on
//! resources and documents on identities are two types, so that neither is judged as the other.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod compare;
pub(super) mod json;
pub(super) mod node;
mod reading;

use super::actions::Names;
use super::condition::Clause;
use super::pattern::Arn;
use crate::resource::is_account_id;
use reading::Attached;
pub(super) use reading::{principal, statement_texts};
use serde::Serialize;
use std::fmt;

/// A document that is not a policy. Whoever wrote it must mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` should be {expected}")]
pub struct DocumentError {
    path: String,
    expected: &'static str,
}

/// At most this many characters of a document are repeated in an error.
const SHOWN: usize = 80;

impl DocumentError {
    pub(super) fn new(path: &str, expected: &'static str) -> Self {
        Self { path: shown(path), expected }
    }

    /// An error at a place that the callers name on the way out, so that no path is built unless
    /// there is an error.
    pub(super) fn here(expected: &'static str) -> Self {
        Self { path: String::new(), expected }
    }

    /// The same error, inside of `name`.
    pub(super) fn inside(self, name: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with(['[', '.']) { "" } else { "." };
        Self { path: shown(&format!("{name}{dot}{}", self.path)), ..self }
    }

    /// The same error, inside of a list's item.
    pub(super) fn at(self, index: usize) -> Self {
        self.inside(&format!("[{index}]"))
    }

    /// The same error, once nothing is around it any more.
    fn whole(self) -> Self {
        if self.path.is_empty() { self.inside("document") } else { self }
    }
}

/// The beginning of a text, for an error.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

/// A parsed resource policy or trust policy: each statement says whom it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    raw: String,
    statements: Vec<Statement>,
}

/// A parsed policy of a user, group or role: it speaks of whoever it hangs on, and its statements
/// have no principals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityDocument(Document);

/// Whether a statement grants or forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It forbids, whatever else grants.
    Deny,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The statement id; a policy written as a whole may leave it out.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// Whom it speaks of, in the order written; `[NotListed]` for `NotPrincipal`; nobody in the
    /// policy of an identity.
    pub principals: Vec<Principal>,
    /// Whom `NotPrincipal` leaves out.
    pub not_principals: Vec<Principal>,
    /// `Action` or `NotAction`.
    pub actions: Names,
    /// `Resource` or `NotResource`; a trust policy has neither.
    pub resources: Option<Names>,
    /// The condition, one clause per operator and key; all must hold.
    pub conditions: Vec<Clause>,
    /// Elements, here or at the top of the document, that are not known.
    pub unknown_elements: Vec<String>,
    /// Whether `${...}` is a variable here.
    pub(super) variables: bool,
}

/// One principal of a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Principal {
    /// `"*"`, `{"AWS": "*"}`, or `*` in a list: the same.
    Anyone,
    /// An account id or an ARN, as written.
    Aws(String),
    /// A service principal, as written.
    Service(String),
    /// The unique id of a deleted user or role: nobody.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    Dead(String),
    /// An identity provider, as written.
    Federated(String),
    /// Any other type of principal.
    Other {
        /// The type as written.
        kind: String,
        /// The value as written.
        value: String,
    },
    /// `NotPrincipal`: everybody but a list.
    NotListed,
}

impl Statement {
    /// Whether its actions may include invoking the function.
    pub fn may_invoke(&self) -> bool {
        super::actions::may_grant(&self.actions, super::actions::INVOKE)
    }
}

impl Principal {
    /// The account that an AWS principal is, or belongs to.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Aws(text) => {
                let account = Arn::parse(text).map_or(text.as_str(), |arn| arn.account);
                is_account_id(account).then_some(account)
            }
            Self::Anyone
            | Self::Service(_)
            | Self::Dead(_)
            | Self::Federated(_)
            | Self::Other { .. }
            | Self::NotListed => None,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("*"),
            Self::Aws(text) | Self::Service(text) | Self::Dead(text) | Self::Federated(text) => {
                f.write_str(text)
            }
            Self::Other { kind, value } => write!(f, "{kind} {value}"),
            Self::NotListed => f.write_str("NotPrincipal"),
        }
    }
}

impl Document {
    /// Parses the text of a resource policy or of a role's trust policy.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        Self::attached(text, Attached::Resource)
    }

    fn attached(text: &str, attached: Attached) -> Result<Self, DocumentError> {
        let statements = reading::statements(text, attached).map_err(DocumentError::whole)?;
        Ok(Self { raw: text.to_owned(), statements })
    }

    /// The text it was parsed from.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The text without white space between its tokens, and nothing else changed.
    pub fn compact(&self) -> String {
        json::compact(&self.raw)
    }

    /// The statements in order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

impl IdentityDocument {
    /// Parses the text of a policy of a user, group or role.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        Document::attached(text, Attached::Identity).map(Self)
    }

    /// The text it was parsed from.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }

    /// The text without white space between its tokens, and nothing else changed.
    pub fn compact(&self) -> String {
        self.0.compact()
    }

    /// The statements in order.
    pub fn statements(&self) -> &[Statement] {
        self.0.statements()
    }
}

#[cfg(test)]
#[path = "document/tests.rs"]
mod tests;
