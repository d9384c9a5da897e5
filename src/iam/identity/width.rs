//! Whether one policy lets in, or grants, nothing beyond another: what a restore asks first, since a
//! restore never widens access.
//! Refuses to answer where inclusion is not proven: unknown means that nothing is put back. What is
//! compared is the documents alone, not boundaries, session, resource or organization policies, which
//! a restore does not change.
//! Logic: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::access;
use super::denial::Denials;
use super::inclusion::{Part, Piece, is_kept, pieces};
use super::privilege::Certainty;
use super::trustees::Delegation;
use super::widened::compare;
use crate::iam::actions::Names;
use crate::iam::document::{Document, Effect, IdentityDocument, Statement};
use crate::iam::pattern::{example, glob, has_wildcard};
use crate::resource::AccountId;
use serde::Serialize;

/// How far one policy reaches beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Width {
    /// Every request that it allows, the other allows too.
    NarrowerOrEqual,
    /// It allows a request that the other does not.
    Wider,
    /// Neither is proven, and why.
    Unknown(&'static str),
}

const NOT_INCLUDED: &str = "a grant is not proven to be within those of the other policy";
const DENY_LOST: &str = "a Deny of the other policy is not proven to be kept";

/// How far the trust policy `back` reaches beside `live`, both of a role in the account `own`. Lambda
/// counts as everybody else does; an account does not stand for a role in it, which would need no
/// permission of its own once it is named.
pub fn trust_width(back: &Document, live: &Document, own: &AccountId) -> Width {
    let found = compare(live, back, own, Delegation::No);
    let proven = |certainty: Certainty| match certainty {
        Certainty::Certain => true,
        // That the condition can be met is not proven.
        Certainty::Conditional | Certainty::Unclear(_) => false,
    };
    match found.first() {
        None => Width::NarrowerOrEqual,
        Some(_) if found.iter().any(|one| proven(one.certainty)) => Width::Wider,
        Some(_) => Width::Unknown(NOT_INCLUDED),
    }
}

/// How far the policies `back` of an identity reach beside `live`: one policy beside what it is to
/// replace, or all policies of a role beside all that it has now. No policy at all grants nothing.
/// Narrower or equal means that `back` grants nothing else and forbids no less.
pub fn grants_width(back: &[&IdentityDocument], live: &[&IdentityDocument]) -> Width {
    if let ([back], [live]) = (back, live)
        && back.says(live.raw())
    {
        return Width::NarrowerOrEqual;
    }
    let live_statements = || live.iter().flat_map(|policy| policy.statements());
    let back_statements = || back.iter().flat_map(|policy| policy.statements());
    let mut unknown = None;
    for statement in back_statements().filter(|statement| statement.effect == Effect::Allow) {
        for piece in pieces(statement) {
            let granted = live_statements()
                .any(|other| other.effect == Effect::Allow && piece.is_in(other, Delegation::No));
            if !granted {
                if is_new(&piece, &Denials::of(back), live_statements()) {
                    return Width::Wider;
                }
                unknown = Some(NOT_INCLUDED);
            }
        }
    }
    let mut denies = live_statements().filter(|statement| statement.effect == Effect::Deny);
    if !denies.all(|deny| is_kept(deny, back_statements())) {
        unknown = unknown.or(Some(DENY_LOST));
    }
    unknown.map_or(Width::NarrowerOrEqual, Width::Unknown)
}

/// Whether the piece grants something for certain of which no Allow of the others speaks.
fn is_new<'s>(
    piece: &Piece<'_>,
    denials: &Denials<'_>,
    live: impl Iterator<Item = &'s Statement> + Clone,
) -> bool {
    let plain =
        piece.statement.conditions.is_empty() && piece.statement.unknown_elements.is_empty();
    let (Part::One(pattern), Part::One(resource)) = (piece.actions, piece.resources) else {
        return false;
    };
    let variable = piece.statement.variables && resource.contains("${");
    let written = (!has_wildcard(pattern)).then_some(pattern);
    let known = access::known_writes().filter(|action| access::matches(pattern, action));
    let known = known.map(|action| -> &str { action });
    // What is no ARN is every resource, perhaps all of which another pattern names too.
    let resource = resource.starts_with("arn:").then(|| example(resource));
    let may_be_given = |action: &str| {
        live.clone().any(|statement| {
            statement.effect == Effect::Allow && speaks_of(statement, action, resource.as_deref())
        })
    };
    let found = written.into_iter().chain(known).any(|action| {
        !may_be_given(action) && !denials.may_touch(action, resource.as_deref().unwrap_or("*"))
    });
    plain && !variable && found
}

/// Whether the statement may speak of the action and the resource, or of any resource.
fn speaks_of(statement: &Statement, action: &str, resource: Option<&str>) -> bool {
    let variable = |pattern: &String| pattern.contains("${");
    let named = |pattern: &String| {
        variable(pattern) || resource.is_none_or(|resource| glob(pattern, resource))
    };
    let actions = match &statement.actions {
        Names::Only(list) => list.iter().any(|pattern| access::matches(pattern, action)),
        Names::AllBut(list) => !list.iter().any(|pattern| access::matches(pattern, action)),
    };
    let resources = match &statement.resources {
        Some(Names::Only(list)) => list.iter().any(named),
        Some(Names::AllBut(list)) => {
            list.iter().all(|p| variable(p) || resource.is_none() || !named(p))
        }
        None => true,
    };
    !statement.unknown_elements.is_empty() || (actions && resources)
}

#[cfg(test)]
#[path = "width_tests.rs"]
pub mod tests;
