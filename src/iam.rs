//! Policy documents: read them, ask them, say whom each statement of a resource policy lets in, scope
//! or remove; and what the policies of a role allow at large.
//! Refuses to guess: what is not understood completely is `unknown`, and that never remediates.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.
//!
//! | module | owns |
//! |---|---|
//! | `document` | the text, read in one pass and kept: statements, principals, names |
//! | `condition` | one operator on one key: does it hold for what a request holds |
//! | `evaluate` | document and request: allowed, denied, neither, or unclear |
//! | `exposure` | whom each grant lets in: a proof, a witness, or neither |
//! | `rewrite` | grants dropped, scoped, split; the rest of the text untouched |
//! | `revocation` | policies that take a compromised function's credentials away, and nobody else's |
//! | `identity` | what identity policies allow at large, whom a role trusts |
//! | `actions`, `pattern`, `service` | names of actions, wildcards, services that invoke functions |

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
mod revocation;
mod rewrite;
mod service;
mod trusted;

pub use actions::Names;
pub use condition::Clause;
pub use document::{Document, DocumentError, Effect, IdentityDocument, Principal, Statement};
pub use evaluate::bearer::evaluate_identity;
pub use evaluate::request::{Caller, Context, Decision, Fit, Request, evaluate};
pub use exposure::witness::Witness;
pub use exposure::{
    Exposure, Grant, LayerStandpoint, Standpoint, StatementExposure, expose, expose_layer, insider,
};
pub use identity::gained::gained;
pub use identity::lambda_admin::{LambdaAdmin, LambdaPower, lambda_admin};
pub use identity::privilege::{Certainty, Privilege, Privileges, Use};
pub use identity::privileges;
pub use identity::reach::Extent;
pub use identity::trust::{TrustGrant, TrustLimit, Trustee, only_lambda_assumes, trust};
pub use identity::usual::{USUAL_ACTIONS, Usual, UsualActions};
pub use identity::widened::{TrustChange, Widened, widened};
pub use identity::width::{Width, grants_width, trust_width};
pub use pattern::glob;
pub use revocation::{
    INLINE_POLICIES_SIZE, LogGroup, MANAGED_POLICY_SIZE, RevocationError, boundary,
    boundary_revokes, deny_function, deny_issued_before, deny_sessions, is_revoked, policy_size,
};
pub use rewrite::fate::{Part, StatementFate, Terms, fates};
pub use rewrite::lift::{Lifted, lift};
pub use rewrite::scope::{Limit, ServiceScope, scope_service};
pub use rewrite::{Change, Edit, RewriteError, rewrite};
pub use service::is_service_principal;
pub use trusted::{Trusted, TrustedNetwork};
