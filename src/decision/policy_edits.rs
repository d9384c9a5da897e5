//! The edits of one resource policy become one guarded write.

use crate::{
    finding::{shown, statement_name},
    iam::{Change, Document, Edit, Part, Principal, RewriteError, StatementFate, fates, rewrite},
    remediation::PolicyReplacement,
    resource::FunctionResource,
    state::State,
};

/// The edits as one guarded write of the live policy, and what of them it leaves out, if anything.
pub(super) fn replacement(
    state: &State,
    resource: &FunctionResource,
    edits: &[Edit],
) -> (Option<PolicyReplacement>, Option<String>) {
    let live = state.policies.get(resource).and_then(Option::as_ref);
    let document = live.and_then(|policy| policy.document.as_ref().ok());
    let revision = live.and_then(|policy| policy.revision.clone());
    let (Some(document), revision @ Some(_)) = (document, revision) else {
        let why = "the policy was read without a revision, so no write could be guarded";
        return (None, Some(why.to_owned()));
    };
    let (edited, reason) = as_far_as_possible(document, edits);
    let replacement = edited.map(|Edited { after, words, removable_by_sid }| PolicyReplacement {
        resource: resource.clone(),
        before: document.raw().to_owned(),
        unlocks: false,
        revision,
        after,
        edits: words,
        removable_by_sid,
    });
    (replacement, reason)
}

/// What edits make of a document.
pub(super) struct Edited {
    /// The document after; none when no statement is left.
    pub after: Option<String>,
    /// In words, one for each edited statement.
    pub words: Vec<String>,
    /// The Sids of the statements that go, if nothing else happens and each can be told by its Sid.
    pub removable_by_sid: Option<Vec<String>>,
}

/// All edits at once; if they do not fit together, such as scopes that make the document too long,
/// at least what removes access, and why not all.
pub(super) fn as_far_as_possible(
    document: &Document,
    edits: &[Edit],
) -> (Option<Edited>, Option<String>) {
    let reason = match edited(document, edits) {
        Ok(edited) => return (Some(edited), None),
        Err(error) => error.to_string(),
    };
    let unscoped = |edit: &&Edit| !matches!(edit.change, Change::Scope(_));
    let whole = |edit: &&Edit| edit.change == Change::Drop;
    // What needs least room comes last.
    for (left_out, some) in [
        ("nothing was scoped", edits.iter().filter(unscoped).cloned().collect::<Vec<_>>()),
        ("only whole grants were removed", edits.iter().filter(whole).cloned().collect()),
    ] {
        if let (false, Ok(edited)) = (some.is_empty(), edited(document, &some)) {
            return (Some(edited), Some(format!("{left_out}: {reason}")));
        }
    }
    (None, Some(reason))
}

fn edited(document: &Document, edits: &[Edit]) -> Result<Edited, RewriteError> {
    let after = rewrite(document, edits)?;
    let fates = fates(document, edits)?;
    let words = fates.iter().map(|fate| in_words(document, fate)).collect();
    let removable_by_sid = fates.iter().map(|fate| removable(document, fate)).collect();
    Ok(Edited { after, words, removable_by_sid })
}

/// The Sid of a statement that goes as a whole, if it has one of its own.
fn removable(document: &Document, fate: &StatementFate) -> Option<String> {
    let sid = document.statements().get(fate.index)?.sid.as_ref()?;
    let same = document.statements().iter().filter(|s| s.sid.as_ref() == Some(sid)).count();
    (fate.parts.is_empty() && !sid.is_empty() && same == 1).then(|| sid.clone())
}

fn in_words(document: &Document, fate: &StatementFate) -> String {
    let sid = document.statements().get(fate.index).and_then(|s| s.sid.as_deref());
    let statement = statement_name(sid, fate.index);
    if fate.parts.is_empty() {
        return format!("{statement} removed");
    }
    if let (true, [only]) = (fate.dropped.is_empty(), fate.parts.as_slice()) {
        return format!("{statement} {}", terms(only));
    }
    let dropped = (!fate.dropped.is_empty()).then(|| format!("{} dropped", names(&fate.dropped)));
    let changed = fate.parts.iter().filter(|part| !part.terms.are_unchanged());
    let changed = changed.map(|part| format!("{} {}", names(&part.principals), terms(part)));
    let all: Vec<String> = dropped.into_iter().chain(changed).collect();
    format!("{statement}: {}", all.join("; "))
}

fn terms(part: &Part) -> String {
    let limits: Vec<String> =
        part.terms.limits.iter().map(|limit| format!("{} = {}", limit.key, limit.value)).collect();
    let actions: Vec<String> =
        part.terms.without.iter().map(|action| shown(action, LONGEST_NAME)).collect();
    let scoped = (!limits.is_empty()).then(|| format!("scoped to {}", limits.join(", ")));
    let thinned = (!actions.is_empty()).then(|| format!("without {}", actions.join(", ")));
    thinned.into_iter().chain(scoped).collect::<Vec<_>>().join(", ")
}

/// Whoever wrote the policy chose the names: at most so many characters, and so many of them.
const LONGEST_NAME: usize = 100;
const MOST_NAMES: usize = 3;

fn names(principals: &[Principal]) -> String {
    let first = principals.iter().take(MOST_NAMES);
    let mut names: Vec<String> =
        first.map(|p| format!("`{}`", shown(&p.to_string(), LONGEST_NAME))).collect();
    if let more @ 1.. = principals.len().saturating_sub(MOST_NAMES) {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

#[cfg(test)]
#[path = "policy_edits_tests.rs"]
mod tests;
