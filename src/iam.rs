//! Resource policies of Lambda functions: read them, say whom each statement lets in, scope or remove.
//! Refuses to guess: what is not understood completely is `unknown`, and that never remediates.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod access;
mod actions;
mod arns;
mod caller;
mod compare;
mod condition;
mod context;
mod denial;
mod deny;
mod entry;
mod exposure;
mod identity;
mod json;
mod limits;
mod model;
mod node;
mod pattern;
mod privilege;
mod reach;
mod reading;
mod resources;
mod rewrite;
mod search;
mod service;
mod trust;

pub use actions::Names;
pub use condition::Clause;
pub use exposure::{Exposure, Grant, StatementExposure, Trusted, Witness, expose};
pub use identity::privileges;
pub use model::{Document, DocumentError, Effect, IdentityDocument, Principal, Statement};
pub(crate) use pattern::glob;
pub use privilege::{Certainty, Privilege, Privileges, Use};
pub use reach::Extent;
pub use rewrite::{Change, Edit, RewriteError, rewrite};
pub use service::{Limit, ServiceScope, scope_service};
pub use trust::{TrustGrant, TrustLimit, Trustee, trust};
