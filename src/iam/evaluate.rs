//! Document and request to decision: which statements apply, and what they come to together.
//! Refuses to decide where a statement that is not understood could change the outcome.
//! Logic: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

mod principals;
pub(super) mod request;
pub(super) mod targets;

pub(super) use principals::Whom;

use super::condition::Held;
use super::document::{Effect, Principal, Statement};
use request::Decision;

/// A request as far as a policy looks at it.
pub(super) struct Facts<'a> {
    pub whom: Whom<'a>,
    pub action: &'a str,
    pub resource: &'a str,
    /// What it holds for a key, given without case.
    pub held: &'a dyn Fn(&str) -> Held<'a>,
}

/// Whether the statement applies to the request; `None` if that cannot be said.
pub(super) fn applies(statement: &Statement, facts: &Facts<'_>) -> Option<bool> {
    applies_if(statement, facts, || principals::speaks_of(statement, &facts.whom))
}

/// The same, for one of its principals.
pub(super) fn applies_as(
    statement: &Statement,
    principal: &Principal,
    facts: &Facts<'_>,
) -> Option<bool> {
    applies_if(statement, facts, || principals::speaks_of_as(statement, principal, &facts.whom))
}

fn applies_if(
    statement: &Statement,
    facts: &Facts<'_>,
    caller: impl FnOnce() -> Option<bool>,
) -> Option<bool> {
    // An element that is not known may change what the others mean.
    if !statement.unknown_elements.is_empty() {
        return None;
    }
    if !targets::names_action(&statement.actions, facts.action) {
        return Some(false);
    }
    let caller = caller();
    if caller == Some(false) {
        return caller;
    }
    let resource = targets::names_resource(statement, facts.resource, facts.held);
    if resource == Some(false) {
        return resource;
    }
    // "All context keys in a condition element block must resolve to true."
    let mut known = caller.and(resource);
    for clause in &statement.conditions {
        match clause.holds((facts.held)(clause.name()), facts.held) {
            Some(false) => return Some(false),
            None => known = None,
            Some(true) => {}
        }
    }
    known
}

/// What the statements come to together: "an explicit deny in any policy overrides any allows".
pub(super) fn decide(statements: &[Statement], facts: &Facts<'_>) -> Decision {
    match strongest(statements, facts, Effect::Deny) {
        Some((statement, true)) => return Decision::Deny { statement },
        Some((statement, false)) => return Decision::Unclear { statement },
        None => {}
    }
    match strongest(statements, facts, Effect::Allow) {
        Some((statement, true)) => Decision::Allow { statement },
        Some((statement, false)) => Decision::Unclear { statement },
        None => Decision::Implicit,
    }
}

/// The first statement with this effect that certainly applies (`true`), else that may.
fn strongest(statements: &[Statement], facts: &Facts<'_>, effect: Effect) -> Option<(usize, bool)> {
    let mut open = None;
    for (index, statement) in statements.iter().enumerate() {
        if statement.effect != effect {
            continue;
        }
        match applies(statement, facts) {
            Some(true) => return Some((index, true)),
            Some(false) => {}
            None => open = open.or(Some((index, false))),
        }
    }
    open
}

#[cfg(test)]
#[path = "evaluate/tests.rs"]
mod tests;
