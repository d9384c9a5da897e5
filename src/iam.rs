//! Resource policies of Lambda functions: read them, say whom each statement lets in, scope or remove.
//! Refuses to guess: what is not understood completely is `unknown`, and that never remediates.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod actions;
mod condition;
mod document;
mod evaluate;
mod exposure;
#[cfg(test)]
pub(crate) mod generated;
mod identity;
#[cfg(test)]
mod named_cases;
mod pattern;
mod rewrite;
mod service;

pub use actions::Names;
pub use condition::Clause;
pub use document::{Document, DocumentError, Effect, IdentityDocument, Principal, Statement};
pub use evaluate::request::{Caller, Context, Decision, Request, evaluate};
pub use exposure::witness::Witness;
pub use exposure::{Exposure, Grant, Standpoint, StatementExposure, Trusted, expose, insider};
pub use identity::privilege::{Certainty, Privilege, Privileges, Use};
pub use identity::privileges;
pub use identity::reach::Extent;
pub use identity::trust::{TrustGrant, TrustLimit, Trustee, trust};
pub(crate) use pattern::glob;
pub use rewrite::fate::{Part, StatementFate, Terms, fates};
pub use rewrite::{Change, Edit, RewriteError, rewrite};
pub use service::{Limit, ServiceScope, is_service_principal, scope_service};
