//! Resource policies of Lambda functions: read them, say whom each statement lets in, scope or remove.
//! Refuses to guess: what is not understood completely is `unknown`, and that never remediates.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod actions;
mod arns;
mod caller;
mod compare;
mod comparison;
mod condition;
mod context;
mod decimal;
mod deny;
mod entry;
mod evaluate;
mod exposure;
mod fate;
#[cfg(test)]
pub(crate) mod generated;
mod json;
mod limits;
mod model;
mod moment;
mod network;
mod operator;
mod part;
mod pattern;
mod principals;
mod request;
mod resources;
mod rewrite;
mod search;
mod service;
mod targets;
mod variables;

pub use actions::Names;
pub use condition::Clause;
pub use exposure::{Exposure, Grant, StatementExposure, Trusted, Witness, expose};
pub use fate::{Part, StatementFate, Terms, fates};
pub use model::{Document, DocumentError, Effect, Principal, Statement};
pub(crate) use pattern::glob;
pub use request::{Caller, Context, Decision, Request, evaluate};
pub use rewrite::{Change, Edit, RewriteError, rewrite};
pub use service::{Limit, ServiceScope, scope_service};
