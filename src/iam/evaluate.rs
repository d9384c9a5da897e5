//! Document and request to decision: which statements apply, and what they come to together.
//! Refuses to decide where a statement that is not understood could change the outcome.
//! Logic: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

pub(super) mod bearer;
mod principals;
pub(super) mod request;
pub(super) mod targets;

pub(super) use principals::{Whom, speaks_of};

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

/// The same, for a statement that hangs on the caller and so speaks of it.
fn applies_to_bearer(statement: &Statement, facts: &Facts<'_>) -> Option<bool> {
    applies_if(statement, facts, || Some(true))
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
    let strongest = |effect| {
        strongest(statements.iter().enumerate(), effect, |statement| applies(statement, facts))
    };
    strongest(Effect::Deny)
        .map(|found| found.decision(Effect::Deny))
        .or_else(|| strongest(Effect::Allow).map(|found| found.decision(Effect::Allow)))
        .unwrap_or(Decision::Implicit)
}

/// A statement that applies, certainly or perhaps.
#[derive(Debug, Clone, Copy)]
struct Strongest {
    statement: usize,
    certain: bool,
}

impl Strongest {
    fn decision(self, effect: Effect) -> Decision {
        let Self { statement, certain } = self;
        match (certain, effect) {
            (false, Effect::Allow | Effect::Deny) => Decision::Unclear { statement },
            (true, Effect::Allow) => Decision::Allow { statement },
            (true, Effect::Deny) => Decision::Deny { statement },
        }
    }
}

/// The first statement with this effect that certainly applies, else the first that may.
fn strongest<'s>(
    statements: impl Iterator<Item = (usize, &'s Statement)>,
    effect: Effect,
    applies: impl Fn(&Statement) -> Option<bool>,
) -> Option<Strongest> {
    let mut open = None;
    for (index, statement) in statements.filter(|(_, statement)| statement.effect == effect) {
        match applies(statement) {
            Some(true) => return Some(Strongest { statement: index, certain: true }),
            Some(false) => {}
            None => open = open.or(Some(Strongest { statement: index, certain: false })),
        }
    }
    open
}

#[cfg(test)]
#[path = "evaluate/tests.rs"]
mod tests;
