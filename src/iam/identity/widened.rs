//! Whom a trust policy lets in that the one before it did not: somebody new, somebody under fewer
//! conditions, somebody whom a Deny kept out.
//! Refuses to take two texts that differ for two meanings: what is neither proven to be let in before
//! nor proven to be new is unclear. AWS Lambda itself is expected and is left out.
//! Elements: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::access;
use super::inclusion::{Part, Piece, is_kept, pieces};
use super::privilege::Certainty;
use super::trust::{self, TrustLimit, Trustee};
use super::trustees::Delegation;
use crate::iam::condition::{Clause, Held};
use crate::iam::document::{Document, Effect, Principal, Statement};
use crate::iam::evaluate::Whom;
use crate::iam::evaluate::speaks_of;
use crate::iam::evaluate::targets::names_action;
use crate::iam::pattern::{Arn, example, has_wildcard};
use crate::resource::{AccountId, is_account_id};
use serde::Serialize;

/// Somebody whom a trust policy lets in and the one before it did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Widened {
    /// The statement of the policy after the change that lets them in, from 0.
    pub statement: usize,
    /// The statement's id.
    pub sid: Option<String>,
    /// Who.
    pub trusted: Trustee,
    /// The actions, as written; `NotAction` for all but some.
    pub actions: Vec<String>,
    /// What was changed for it.
    pub change: TrustChange,
    /// What the condition still asks.
    pub limit: TrustLimit,
    /// Certain where they were provably kept out before and nothing limits them now, conditional
    /// where a condition still may.
    pub certainty: Certainty,
}

/// What lets somebody in who was not let in before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustChange {
    /// They, or an action of theirs, were not named before.
    Named,
    /// They were named under conditions that are no longer asked, or asked for more values: the keys.
    Loosened {
        /// Keys that no condition asks for any more.
        dropped: Vec<String>,
        /// Keys that are asked for otherwise.
        changed: Vec<String>,
    },
    /// A Deny that may have kept them out is gone or forbids less: the statement of the policy before
    /// the change, from 0.
    DenyDropped(usize),
}

const PARTLY: &str = "whether they were let in before is not proven";
const OTHERWISE: &str = "whether the other condition lets more in is not proven";
const DENY: &str = "whether the Deny kept them out is not proven";

/// The actions for which a trust policy is asked.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html>
const OF_TRUST: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// Whom besides AWS Lambda the trust policy `after` of a role in the account `own` lets in that
/// `before` did not. Empty only if every request that `after` allows to others than Lambda was allowed
/// by `before`.
pub fn widened(before: &Document, after: &Document, own: &AccountId) -> Vec<Widened> {
    let mut found = compare(before, after, own, Delegation::Counts);
    found.retain(|one| one.trusted != Trustee::Lambda);
    found
}

/// The same, Lambda included.
pub fn compare(
    before: &Document,
    after: &Document,
    own: &AccountId,
    delegation: Delegation,
) -> Vec<Widened> {
    let mut found = Vec::new();
    if before.says(after.raw()) {
        return found;
    }
    let (before, after) = (before.statements(), after.statements());
    for (index, statement) in after.iter().enumerate() {
        if statement.effect == Effect::Deny {
            continue;
        }
        for piece in pieces(statement).iter().filter(|piece| lets_in(piece, after)) {
            let root = root(piece.principal);
            let comparison = Comparison { before, after, piece, delegation, root };
            for (change, certainty) in comparison.changes() {
                add(&mut found, index, piece, own, change, certainty);
            }
        }
    }
    found
}

/// Whether the piece may let somebody in at all.
fn lets_in(piece: &Piece<'_>, after: &[Statement]) -> bool {
    let Some(principal) = piece.principal else { return false };
    let of_sts = match piece.actions {
        Part::One(action) => !access::disjoint(action, "sts:"),
        Part::AllBut(_) | Part::Itself => true,
    };
    let denied =
        |action: &str| after.iter().any(|statement| trust::denies(statement, principal, action));
    let forbidden =
        matches!(piece.actions, Part::One(action) if !has_wildcard(action) && denied(action));
    of_sts && !forbidden && !matches!(principal, Principal::Dead(_))
}

/// Adds to what is told of the same statement, principal and change.
fn add(
    found: &mut Vec<Widened>,
    index: usize,
    piece: &Piece<'_>,
    own: &AccountId,
    change: TrustChange,
    certainty: Certainty,
) {
    let Some(principal) = piece.principal else { return };
    let statement = piece.statement;
    let known = statement.unknown_elements.is_empty();
    let trusted = match trust::trustee(principal, own) {
        _ if !known => Trustee::Unclear(trust::UNKNOWN_ELEMENT),
        trusted => trusted,
    };
    let action = match piece.actions {
        Part::One(action) => action.to_owned(),
        Part::AllBut(_) | Part::Itself => "NotAction".to_owned(),
    };
    let same = |one: &&mut Widened| {
        one.statement == index && one.trusted == trusted && one.change == change
    };
    if let Some(one) = found.iter_mut().find(same) {
        if !one.actions.contains(&action) {
            one.actions.push(action);
        }
        one.certainty = one.certainty.min(certainty);
        return;
    }
    found.push(Widened {
        statement: index,
        sid: statement.sid.clone(),
        trusted,
        actions: vec![action],
        change,
        limit: trust::limit(&statement.conditions),
        certainty,
    });
}

/// A part of a statement of the policy after the change, and what it is held against.
struct Comparison<'a> {
    before: &'a [Statement],
    after: &'a [Statement],
    piece: &'a Piece<'a>,
    delegation: Delegation,
    /// The root user of the account that the piece names by its id.
    root: Option<String>,
}

fn root(principal: Option<&Principal>) -> Option<String> {
    match principal {
        Some(Principal::Aws(id)) if is_account_id(id) => Some(format!("arn:aws:iam::{id}:root")),
        Some(
            Principal::Aws(_)
            | Principal::Anyone
            | Principal::Service(_)
            | Principal::Dead(_)
            | Principal::Federated(_)
            | Principal::Other { .. }
            | Principal::NotListed,
        )
        | None => None,
    }
}

impl<'a> Comparison<'a> {
    fn changes(&self) -> Vec<(TrustChange, Certainty)> {
        let mut changes: Vec<(TrustChange, Certainty)> = self.granted().into_iter().collect();
        // Whoever is newly named was not let in before, whatever a Deny did.
        if changes.iter().any(|(change, _)| *change == TrustChange::Named) {
            return changes;
        }
        for (index, deny) in self.before.iter().enumerate() {
            let dropped = deny.effect == Effect::Deny
                && !self.piece.is_apart_from(deny)
                && !is_kept(deny, self.after.iter());
            if dropped {
                changes.push((TrustChange::DenyDropped(index), self.without_deny(deny)));
            }
        }
        changes
    }

    /// How the piece is granted that was not granted before.
    fn granted(&self) -> Option<(TrustChange, Certainty)> {
        let allows = || self.before.iter().filter(|statement| statement.effect == Effect::Allow);
        let missing = |statement: &'a Statement| {
            let missing = self.piece.is_in_but_for(statement, self.delegation)?;
            Some((statement, missing))
        };
        let closest = allows().filter_map(missing).min_by_key(|(_, missing)| missing.len());
        match closest {
            Some((_, missing)) if missing.is_empty() => None,
            Some((_, missing)) => Some(self.loosened(&missing)),
            None => {
                let new = self.witnesses().iter().any(|(whom, action)| {
                    !allows().any(|statement| may_name(statement, whom, action))
                });
                Some((TrustChange::Named, self.certainty(if new { None } else { Some(PARTLY) })))
            }
        }
    }

    fn loosened(&self, missing: &[&Clause]) -> (TrustChange, Certainty) {
        let asks = |clause: &&&Clause| {
            self.piece.statement.conditions.iter().any(|own| own.name() == clause.name())
        };
        let keys = |clauses: Vec<&&Clause>| {
            let mut keys: Vec<String> = clauses.iter().map(|clause| clause.key.clone()).collect();
            keys.dedup();
            keys
        };
        let (changed, dropped): (Vec<&&Clause>, Vec<&&Clause>) =
            missing.iter().partition(|clause| asks(clause));
        let proven = dropped.iter().any(|clause| clause.understood().is_some())
            || changed.iter().any(|clause| self.lets_more_in(clause));
        let change = TrustChange::Loosened { dropped: keys(dropped), changed: keys(changed) };
        (change, self.certainty(if proven { None } else { Some(OTHERWISE) }))
    }

    /// Whether some value passes what is asked of the key now and not the clause.
    fn lets_more_in(&self, clause: &Clause) -> bool {
        let own: Vec<&Clause> = self
            .piece
            .statement
            .conditions
            .iter()
            .filter(|own| own.name() == clause.name())
            .collect();
        let none = |_: &str| Held::Absent;
        let values = own.iter().flat_map(|own| own.values.iter());
        let tried: Vec<String> = values.flat_map(|value| [value.clone(), example(value)]).collect();
        let mut held = tried.iter().map(|text| Held::One(text)).chain([Held::Absent]);
        held.any(|held| {
            own.iter().all(|own| own.holds(held, &none) == Some(true))
                && clause.holds(held, &none) == Some(false)
        })
    }

    /// How certainly somebody gets in whom the Deny kept out.
    fn without_deny(&self, deny: &Statement) -> Certainty {
        let kept_out = deny.unknown_elements.is_empty()
            && deny.conditions.is_empty()
            && self.witnesses().iter().any(|(whom, action)| {
                speaks_of(deny, whom) == Some(true) && names_action(&deny.actions, action)
            })
            && trust::speaks_of_the_role(deny);
        let denies_left = self.after.iter().any(|statement| statement.effect == Effect::Deny);
        self.certainty(if kept_out && !denies_left { None } else { Some(DENY) })
    }

    fn certainty(&self, doubt: Option<&'static str>) -> Certainty {
        let statement = self.piece.statement;
        let unknown = !statement.unknown_elements.is_empty();
        let may_be_denied = self
            .after
            .iter()
            .any(|deny| deny.effect == Effect::Deny && !self.piece.is_apart_from(deny));
        match unknown.then_some(trust::UNKNOWN_ELEMENT).or(doubt) {
            Some(why) => Certainty::Unclear(why),
            None if statement.conditions.is_empty() && !may_be_denied => Certainty::Certain,
            None => Certainty::Conditional,
        }
    }

    /// Somebody whom the piece names, with each action that it grants.
    fn witnesses(&self) -> Vec<(Whom<'_>, &'static str)> {
        let Some(whom) = self.piece.principal.and_then(|one| self.somebody(one)) else {
            return Vec::new();
        };
        let granted = |action: &&str| match self.piece.actions {
            Part::One(pattern) => access::matches(pattern, action),
            Part::AllBut(out) => !out.iter().any(|pattern| access::matches(pattern, action)),
            Part::Itself => false,
        };
        OF_TRUST.into_iter().filter(granted).map(|action| (whom, action)).collect()
    }

    fn somebody<'s>(&'s self, principal: &'a Principal) -> Option<Whom<'s>> {
        match principal {
            Principal::Service(name) => Some(Whom::Service(name)),
            Principal::Anyone => Some(Whom::Anonymous),
            Principal::Aws(text) => {
                let arn = self.root.as_deref().unwrap_or(text);
                let user = Arn::parse(arn).filter(|parsed| {
                    parsed.service == "iam" && is_account_id(parsed.account) && !has_wildcard(arn)
                });
                user.map(|_| Whom::Principal { arn, session: None })
            }
            Principal::NotListed => (speaks_of(self.piece.statement, &Whom::Anonymous)
                == Some(true))
            .then_some(Whom::Anonymous),
            Principal::Dead(_) | Principal::Federated(_) | Principal::Other { .. } => None,
        }
    }
}

/// Whether the statement may name them for the action.
fn may_name(statement: &Statement, whom: &Whom<'_>, action: &str) -> bool {
    !statement.unknown_elements.is_empty()
        || (names_action(&statement.actions, action) && speaks_of(statement, whom) != Some(false))
}

#[cfg(test)]
#[path = "widened_tests.rs"]
mod tests;
