//! The Deny statements of an identity's policies: what they provably take away, what they may touch.
//! Refuses to count a Deny with a condition or with anything it does not know as proof.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::access;
use crate::iam::actions::Names;
use crate::iam::document::{Effect, IdentityDocument, Statement};
use crate::iam::pattern::{Arn, covers, disjoint, glob};

/// The Deny statements of one identity.
pub struct Denials<'a> {
    all: Vec<&'a Statement>,
}

impl<'a> Denials<'a> {
    pub fn of(documents: &[&'a IdentityDocument]) -> Self {
        let all = documents.iter().flat_map(|policy| policy.statements());
        Self { all: all.filter(|statement| statement.effect == Effect::Deny).collect() }
    }

    /// Whether one Deny provably takes away every action of the pattern on every resource of the
    /// pattern.
    pub fn cover(&self, action: &str, resource: &str) -> bool {
        self.plain().any(|deny| {
            covers_action(&deny.actions, action)
                && deny.resources.as_ref().is_some_and(|of| covers_resource(of, resource, deny))
        })
    }

    /// Whether some Deny may speak of an action and a resource of the patterns.
    pub fn may_touch(&self, action: &str, resource: &str) -> bool {
        self.all.iter().any(|deny| {
            let actions = match &deny.actions {
                Names::Only(list) => list.iter().any(|p| !access::disjoint(p, action)),
                Names::AllBut(list) => !list.iter().any(|p| access::includes(p, action)),
            };
            let resources = match &deny.resources {
                Some(Names::Only(list)) => list.iter().any(|p| !disjoint(p, resource)),
                Some(Names::AllBut(list)) => !list.iter().any(|p| covers(p, resource)),
                None => true,
            };
            actions && resources
        })
    }

    /// Whether a Deny without a condition may forbid one action on one resource.
    pub fn forbid(&self, action: &str, resource: &str) -> bool {
        let any = |list: &[String]| {
            list.iter().any(|pattern| pattern.contains("${") || glob(pattern, resource))
        };
        self.all.iter().filter(|deny| deny.conditions.is_empty()).any(|deny| {
            let actions = match &deny.actions {
                Names::Only(list) => list.iter().any(|p| access::matches(p, action)),
                Names::AllBut(list) => !list.iter().any(|p| access::matches(p, action)),
            };
            let resources = match &deny.resources {
                Some(Names::Only(list)) => any(list),
                Some(Names::AllBut(list)) => !list.iter().any(|p| glob(p, resource)),
                None => true,
            };
            actions && resources
        })
    }

    /// Those that hold whatever the request is.
    fn plain(&self) -> impl Iterator<Item = &&'a Statement> {
        let plain = |s: &&&Statement| s.conditions.is_empty() && s.unknown_elements.is_empty();
        self.all.iter().filter(plain)
    }
}

fn covers_action(denied: &Names, action: &str) -> bool {
    match denied {
        Names::Only(list) => list.iter().any(|pattern| access::includes(pattern, action)),
        Names::AllBut(list) => list.iter().all(|p| access::disjoint(p, action)),
    }
}

fn covers_resource(denied: &Names, resource: &str, deny: &Statement) -> bool {
    let literal = |pattern: &&String| !(deny.variables && pattern.contains("${"));
    match denied {
        Names::Only(list) => list.iter().filter(literal).any(|outer| includes(outer, resource)),
        Names::AllBut(list) => list.iter().all(|pattern| disjoint(pattern, resource)),
    }
}

/// Whether one pattern provably holds all resources of another. A wildcard that would have to cross a
/// colon proves nothing.
fn includes(outer: &str, inner: &str) -> bool {
    let parts = Arn::parse(outer).zip(Arn::parse(inner));
    covers(outer, "*")
        || parts.is_some_and(|(outer, inner)| {
            covers(outer.partition, inner.partition)
                && covers(outer.service, inner.service)
                && covers(outer.region, inner.region)
                && covers(outer.account, inner.account)
                && covers(outer.resource, inner.resource)
        })
}

#[cfg(test)]
#[path = "denial_tests.rs"]
mod tests;
