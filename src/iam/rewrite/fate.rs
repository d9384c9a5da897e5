//! What becomes of each principal's grant when the edits of a statement are put together.
//! Refuses edits of what the statement does not say, and limits that contradict its condition.
//! Elements: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

use super::{Change, Edit, RewriteError};
use crate::iam::actions::Names;
use crate::iam::document::{Document, Effect, Principal, Statement};
use crate::iam::rewrite::scope::Limit;
use std::collections::BTreeSet;

/// What becomes of one edited statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFate {
    /// Its place in the document, from 0.
    pub index: usize,
    /// Who loses the grant, in the order written.
    pub dropped: Vec<Principal>,
    /// The statements it becomes; none if nobody keeps anything.
    pub parts: Vec<Part>,
}

/// Principals of one statement that keep the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Who, in the order written.
    pub principals: Vec<Principal>,
    /// What their grant becomes.
    pub terms: Terms,
}

/// What is edited away from a grant that stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// Actions that it loses, as written.
    pub without: BTreeSet<String>,
    /// Conditions that it gets.
    pub limits: BTreeSet<Limit>,
}

impl Terms {
    /// Whether the grant stays as it was.
    pub fn are_unchanged(&self) -> bool {
        self.without.is_empty() && self.limits.is_empty()
    }
}

/// What becomes of every edited statement, in the order of the document.
pub fn fates(document: &Document, edits: &[Edit]) -> Result<Vec<StatementFate>, RewriteError> {
    let indexes: BTreeSet<usize> = edits.iter().map(|edit| edit.index).collect();
    indexes.into_iter().map(|index| statement_fate(document, index, edits)).collect()
}

fn statement_fate(
    document: &Document,
    index: usize,
    edits: &[Edit],
) -> Result<StatementFate, RewriteError> {
    let statement = document.statements().get(index).ok_or(RewriteError::NoStatement(index))?;
    if statement.effect == Effect::Deny {
        return Err(RewriteError::NarrowsDeny(index));
    }
    let edits: Vec<&Edit> = edits.iter().filter(|edit| edit.index == index).collect();
    edits.iter().try_for_each(|edit| check(statement, edit))?;
    let mut fate = StatementFate { index, dropped: Vec::new(), parts: Vec::new() };
    for principal in distinct(&statement.principals) {
        match terms(statement, principal, &edits)? {
            None => fate.dropped.push(principal.clone()),
            Some(terms) => match fate.parts.iter_mut().find(|part| part.terms == terms) {
                Some(part) => part.principals.push(principal.clone()),
                None => fate.parts.push(Part { principals: vec![principal.clone()], terms }),
            },
        }
    }
    if fate.dropped.is_empty() && fate.parts.iter().all(|part| part.terms.are_unchanged()) {
        return Err(RewriteError::NoChange(index));
    }
    // What stays as it was goes first: it keeps the Sid.
    fate.parts.sort_by_key(|part| !part.terms.are_unchanged());
    Ok(fate)
}

fn distinct(principals: &[Principal]) -> Vec<&Principal> {
    let mut distinct: Vec<&Principal> = Vec::new();
    for principal in principals {
        if !distinct.contains(&principal) {
            distinct.push(principal);
        }
    }
    distinct
}

/// Whether the edit speaks of what the statement says.
fn check(statement: &Statement, edit: &Edit) -> Result<(), RewriteError> {
    let index = edit.index;
    let stranger = edit.principals.iter().find(|p| !statement.principals.contains(p));
    if let Some(stranger) = stranger {
        return Err(RewriteError::NoPrincipal(index, stranger.to_string()));
    }
    let empty = match &edit.change {
        Change::Drop => false,
        Change::DropActions(unwanted) => {
            let named = |action: &&String| match &statement.actions {
                Names::Only(list) => list.contains(*action),
                // Everything but a list cannot lose one more: it would have to name it.
                Names::AllBut(_) => false,
            };
            if let Some(action) = unwanted.iter().find(|action| !named(action)) {
                return Err(RewriteError::NoAction(index, action.clone()));
            }
            unwanted.is_empty()
        }
        Change::Scope(limits) => limits.is_empty(),
    };
    if empty || edit.principals.is_empty() { Err(RewriteError::NoChange(index)) } else { Ok(()) }
}

/// What the edits together make of the principal's grant; none if they take it away.
fn terms(
    statement: &Statement,
    principal: &Principal,
    edits: &[&Edit],
) -> Result<Option<Terms>, RewriteError> {
    let mut terms = Terms::default();
    let mut limits = Vec::new();
    for edit in edits.iter().filter(|edit| edit.principals.contains(principal)) {
        match &edit.change {
            Change::Drop => return Ok(None),
            Change::DropActions(unwanted) => terms.without.extend(unwanted.iter().cloned()),
            Change::Scope(more) => limits.extend(more.iter().map(|limit| (edit.index, limit))),
        }
    }
    let nothing_left = match &statement.actions {
        Names::Only(list) => list.iter().all(|action| terms.without.contains(action)),
        Names::AllBut(_) => false,
    };
    if nothing_left {
        return Ok(None);
    }
    for (index, limit) in limits {
        add_limit(&mut terms.limits, statement, index, limit)?;
    }
    Ok(Some(terms))
}

/// A second value for a key would be an alternative: it would widen, not limit.
fn add_limit(
    limits: &mut BTreeSet<Limit>,
    statement: &Statement,
    index: usize,
    limit: &Limit,
) -> Result<(), RewriteError> {
    let mut there = false;
    let same_key = |operator: &str, key: &str| {
        operator == limit.operator && key.eq_ignore_ascii_case(limit.key)
    };
    for clause in statement.conditions.iter().filter(|c| same_key(&c.operator, &c.key)) {
        if clause.values != [limit.value.as_str()] {
            return Err(RewriteError::Taken(index, limit.key));
        }
        there = true;
    }
    let mut others = limits.iter().filter(|other| same_key(other.operator, other.key));
    if others.any(|other| other.value != limit.value) {
        return Err(RewriteError::Taken(index, limit.key));
    }
    if !there {
        limits.insert(limit.clone());
    }
    Ok(())
}
