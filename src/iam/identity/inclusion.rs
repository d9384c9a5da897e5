//! Whether one statement provably speaks of everything that a part of another speaks of.
//! Refuses to add up: what only two statements together speak of is not proven.
//! Logic: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::access;
use super::trustees::{self, Delegation};
use crate::iam::actions::Names;
use crate::iam::condition::Clause;
use crate::iam::document::{Effect, Principal, Statement};
use crate::iam::evaluate::targets;
use crate::iam::pattern::disjoint;

/// A part of a statement that is compared as a whole, under the statement's conditions.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    pub statement: &'a Statement,
    /// None in the policy of an identity.
    pub principal: Option<&'a Principal>,
    pub actions: Part<'a>,
    pub resources: Part<'a>,
}

/// A part of an element.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    One(&'a str),
    AllBut(&'a [String]),
    /// The element is not there: the resource is the one that the policy hangs on.
    Itself,
}

/// The pieces that together are the statement.
pub fn pieces(statement: &Statement) -> Vec<Piece<'_>> {
    let principals: Vec<Option<&Principal>> = match statement.principals.as_slice() {
        [] => vec![None],
        listed => listed.iter().map(Some).collect(),
    };
    let mut found = Vec::new();
    for principal in principals {
        for actions in parts(Some(&statement.actions)) {
            for resources in parts(statement.resources.as_ref()) {
                found.push(Piece { statement, principal, actions, resources });
            }
        }
    }
    found
}

fn parts(names: Option<&Names>) -> Vec<Part<'_>> {
    match names {
        Some(Names::Only(list)) => list.iter().map(|one| Part::One(one)).collect(),
        Some(Names::AllBut(list)) => vec![Part::AllBut(list)],
        None => vec![Part::Itself],
    }
}

impl Piece<'_> {
    /// Whether the statement provably speaks of all of the piece.
    pub fn is_in(&self, outer: &Statement, delegation: Delegation) -> bool {
        self.is_in_but_for(outer, delegation).is_some_and(|missing| missing.is_empty())
    }

    /// The conditions of the statement that the piece does not provably meet, if it speaks of all of
    /// the piece otherwise.
    pub fn is_in_but_for<'s>(
        &self,
        outer: &'s Statement,
        delegation: Delegation,
    ) -> Option<Vec<&'s Clause>> {
        let inner = self.statement;
        let known = outer.unknown_elements.is_empty() && inner.unknown_elements.is_empty();
        let named = known
            && actions_include(&outer.actions, self.actions)
            && self.resources_are_in(outer)
            && trustees::include(outer, self.principal, inner, delegation);
        let met = |clause: &&Clause| inner.conditions.iter().any(|own| own.implies(clause));
        named.then(|| outer.conditions.iter().filter(|clause| !met(clause)).collect())
    }

    fn resources_are_in(&self, outer: &Statement) -> bool {
        let inner = self.statement;
        let plain =
            |statement: &Statement, text: &str| !(statement.variables && has_variable(text));
        let is_in = |(of, one): (&Statement, &str), (other, all): (&Statement, &str)| {
            let same = one == all && (of.variables == other.variables || !has_variable(one));
            same || (plain(of, one) && plain(other, all) && targets::includes(all, one))
        };
        let whole = |list: &[String]| list.iter().any(|pattern| pattern == "*");
        match (&outer.resources, self.resources) {
            (None, _) => true,
            (Some(Names::Only(list)), Part::One(one)) => {
                list.iter().any(|all| is_in((inner, one), (outer, all)))
            }
            (Some(Names::Only(list)), Part::AllBut(_) | Part::Itself) => whole(list),
            (Some(Names::AllBut(list)), Part::One(one)) => {
                list.iter().all(|out| plain(outer, out) && plain(inner, one) && disjoint(out, one))
            }
            (Some(Names::AllBut(list)), Part::AllBut(own)) => {
                list.iter().all(|out| own.iter().any(|all| is_in((outer, out), (inner, all))))
            }
            (Some(Names::AllBut(_)), Part::Itself) => false,
        }
    }

    /// Whether provably no request is one that the statement and the piece both speak of.
    pub fn is_apart_from(&self, other: &Statement) -> bool {
        if !other.unknown_elements.is_empty() {
            return false;
        }
        let actions = match (&other.actions, self.actions) {
            (Names::Only(list), Part::One(one)) => list.iter().all(|p| access::disjoint(p, one)),
            (Names::Only(list), Part::AllBut(out)) => {
                list.iter().all(|p| out.iter().any(|out| access::includes(out, p)))
            }
            (Names::AllBut(list), Part::One(one)) => list.iter().any(|p| access::includes(p, one)),
            (Names::AllBut(_), Part::AllBut(_)) | (_, Part::Itself) => false,
        };
        let resources = match (&other.resources, self.resources) {
            (Some(Names::Only(list)), Part::One(one)) => list.iter().all(|p| disjoint(p, one)),
            (
                Some(Names::Only(_) | Names::AllBut(_)) | None,
                Part::One(_) | Part::AllBut(_) | Part::Itself,
            ) => false,
        };
        actions || resources || trustees::are_apart(other, self.principal)
    }
}

fn has_variable(text: &str) -> bool {
    text.contains("${")
}

fn actions_include(outer: &Names, inner: Part<'_>) -> bool {
    match (outer, inner) {
        (Names::Only(list), Part::One(one)) => list.iter().any(|all| access::includes(all, one)),
        (Names::Only(list), Part::AllBut(_)) => list.iter().any(|all| access::includes(all, "*")),
        (Names::AllBut(list), Part::One(one)) => list.iter().all(|o| access::disjoint(o, one)),
        (Names::AllBut(list), Part::AllBut(own)) => {
            list.iter().all(|out| own.iter().any(|all| access::includes(all, out)))
        }
        (Names::Only(_) | Names::AllBut(_), Part::Itself) => false,
    }
}

/// Whether some Deny among the statements provably forbids all that this Deny forbids.
pub fn is_kept<'s>(deny: &Statement, among: impl Iterator<Item = &'s Statement> + Clone) -> bool {
    let denies = among.filter(|statement| statement.effect == Effect::Deny);
    pieces(deny).iter().all(|piece| denies.clone().any(|kept| piece.is_in(kept, Delegation::No)))
}
