//! The policies of an identity asked about a request that the identity makes.
//! Refuses to decide where a statement that is not understood could change the outcome; resource,
//! session and organization policies are not seen.
//! Logic: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic>.

use super::request::{Decision, Request};
use super::{Facts, Strongest, applies_to_bearer, strongest};
use crate::iam::document::{Effect, IdentityDocument, Statement};

/// What the policies of a user or role, and its permissions boundary if it has one, say of a request
/// of its own. Statements are counted from 0 through all policies in order, then the boundary's. A
/// key that the context lacks is taken as missing, unless its value follows from the request, or AWS
/// puts it into every request.
pub fn evaluate_identity(
    policies: &[&IdentityDocument],
    boundary: Option<&IdentityDocument>,
    request: &Request,
) -> Decision {
    let held = |name: &str| request.held(name);
    let whom = request.caller.whom();
    let facts = Facts { whom, action: &request.action, resource: &request.resource, held: &held };
    let granting = || policies.iter().flat_map(|policy| policy.statements());
    let limiting = || boundary.into_iter().flat_map(|boundary| boundary.statements());
    let all = || granting().chain(limiting()).enumerate();
    let find = |statements: &mut dyn Iterator<Item = (usize, &Statement)>, effect| {
        strongest(statements, effect, |statement| applies_to_bearer(statement, &facts))
    };
    if let Some(found) = find(&mut all(), Effect::Deny) {
        return found.decision(Effect::Deny);
    }
    let count = granting().count();
    let Some(granted) = find(&mut all().take(count), Effect::Allow) else {
        return Decision::Implicit;
    };
    if boundary.is_none() {
        return granted.decision(Effect::Allow);
    }
    // "The effective permissions are the intersection of both policy types."
    match find(&mut all().skip(count), Effect::Allow) {
        None => Decision::Implicit,
        Some(within @ Strongest { certain: false, .. }) if granted.certain => {
            within.decision(Effect::Allow)
        }
        Some(_) => granted.decision(Effect::Allow),
    }
}

#[cfg(test)]
#[path = "bearer_tests.rs"]
mod tests;
