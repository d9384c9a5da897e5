//! One resource policy as the controls would leave it: the edits a decision would make, without an
//! event, a live state, modes or exceptions.

use super::{plan::join, policy_edits};
use crate::{
    controls::{self, Response},
    iam::Document,
    policy::ControlPolicy,
    resource::FunctionResource,
};
use time::OffsetDateTime;

/// What the controls of resource policies make of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// What is changed, in words.
    pub edits: Vec<String>,
    /// What the document becomes.
    pub after: After,
    /// What is left to a person: the statement, and why.
    pub left: Vec<String>,
}

/// A document after its edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// There is nothing to edit.
    Unchanged,
    /// The new document, as compact JSON.
    Replaced(String),
    /// No statement is left.
    Deleted,
}

/// What every control of resource policies together makes of `document`, hung on `resource`,
/// whatever the modes and exceptions of `policy` are, for requests from `now` on.
pub fn rewritten(
    policy: &ControlPolicy,
    resource: &FunctionResource,
    document: &Document,
    now: OffsetDateTime,
) -> Rewritten {
    let (mut edits, mut left) = (Vec::new(), Vec::new());
    let seen = controls::judge_document(policy, resource, document, now);
    for response in seen.into_iter().flat_map(|seen| seen.responses) {
        match response {
            Response::EditPolicy(edit) => edits.push(edit),
            Response::Notify(reason) => join(&mut left, reason),
            // A document alone has no function to stop, no URL and no tags.
            Response::HardenUrl
            | Response::Contain(_)
            | Response::Cap(_)
            | Response::DisableMappings
            | Response::Apply(_)
            | Response::Turn(_, _)
            | Response::Release(_)
            | Response::Tag(_, _) => {}
        }
    }
    if edits.is_empty() {
        return Rewritten { edits: Vec::new(), after: After::Unchanged, left };
    }
    let (edited, reason) = policy_edits::as_far_as_possible(document, &edits);
    left.extend(reason);
    match edited {
        None => Rewritten { edits: Vec::new(), after: After::Unchanged, left },
        Some(edited) => {
            let after = edited.after.map_or(After::Deleted, After::Replaced);
            Rewritten { edits: edited.words, after, left }
        }
    }
}

#[cfg(test)]
#[path = "rewritten_tests.rs"]
mod tests;
