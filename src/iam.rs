//! Resource policies of Lambda functions: read them, say whom each statement lets in, scope or remove.
//! Refuses to guess: what is not understood completely is `unknown`, and that never remediates.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod access;
mod actions;
mod addresses;
mod arns;
mod caller;
mod compare;
mod comparison;
mod condition;
mod context;
mod decimal;
mod denial;
mod entry;
mod evaluate;
mod exposure;
mod fate;
#[cfg(test)]
pub(crate) mod generated;
mod identity;
mod json;
mod model;
mod moment;
#[cfg(test)]
mod named_cases;
mod network;
mod node;
mod operator;
mod origin;
mod owner;
mod part;
mod party;
mod pattern;
mod principal_keys;
mod principals;
mod privilege;
mod reach;
mod reading;
mod request;
mod resources;
mod rewrite;
mod search;
mod service;
mod setting;
mod shut;
mod span;
mod stranger;
mod targets;
mod trial;
mod trust;
mod variables;
mod witness;

pub use actions::Names;
pub use condition::Clause;
pub use exposure::{Exposure, Grant, Standpoint, StatementExposure, Trusted, expose, insider};
pub use fate::{Part, StatementFate, Terms, fates};
pub use identity::privileges;
pub use model::{Document, DocumentError, Effect, IdentityDocument, Principal, Statement};
pub(crate) use pattern::glob;
pub use privilege::{Certainty, Privilege, Privileges, Use};
pub use reach::Extent;
pub use request::{Caller, Context, Decision, Request, evaluate};
pub use rewrite::{Change, Edit, RewriteError, rewrite};
pub use service::{Limit, ServiceScope, is_service_principal, scope_service};
pub use trust::{TrustGrant, TrustLimit, Trustee, trust};
pub use witness::Witness;
