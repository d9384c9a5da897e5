//! The edits of one resource policy become one guarded write.

use super::plan::join;
use crate::{
    finding::statement_name,
    iam::{Change, Document, Edit, rewrite},
    remediation::PolicyReplacement,
    resource::FunctionResource,
    state::State,
};

/// All edits of a policy at once; if they do not fit together, such as scopes that make the document
/// too long, at least what removes access, and why not all.
pub(super) fn replacement_or_removals(
    state: &State,
    resource: &FunctionResource,
    edits: &[Edit],
) -> (Option<PolicyReplacement>, Option<String>) {
    let edits = merged(edits);
    let reason = match replacement(state, resource, &edits) {
        Ok(replacement) => return (Some(replacement), None),
        Err(reason) => reason,
    };
    let removes = |edit: &Edit| matches!(edit.change, Change::Remove | Change::DropPrincipals(_));
    let removals: Vec<Edit> = edits.into_iter().filter(removes).collect();
    if removals.is_empty() {
        return (None, Some(reason));
    }
    match replacement(state, resource, &removals) {
        Ok(replacement) => (Some(replacement), Some(format!("nothing was scoped: {reason}"))),
        Err(reason) => (None, Some(reason)),
    }
}

fn replacement(
    state: &State,
    resource: &FunctionResource,
    edits: &[Edit],
) -> Result<PolicyReplacement, String> {
    let live = state.policies.get(resource).and_then(Option::as_ref);
    let document = live.and_then(|policy| policy.document.as_ref().ok());
    let revision = live.and_then(|policy| policy.revision.clone());
    let (Some(document), Some(revision)) = (document, revision) else {
        return Err("the policy was read without a revision, so no write could be guarded".into());
    };
    let after = rewrite(document, edits).map_err(|error| error.to_string())?;
    Ok(PolicyReplacement {
        resource: resource.clone(),
        before: document.raw().to_owned(),
        revision,
        after,
        removable_by_sid: removable_by_sid(document, edits),
        edits: edits.iter().map(|edit| in_words(document, edit)).collect(),
    })
}

/// One edit a statement: removing it wins; dropped principals and limits add up.
fn merged(edits: &[Edit]) -> Vec<Edit> {
    let mut merged: Vec<Edit> = Vec::new();
    for edit in edits {
        let Some(same) = merged.iter_mut().find(|other| other.index == edit.index) else {
            merged.push(edit.clone());
            continue;
        };
        match (&mut same.change, &edit.change) {
            (Change::Remove, _) => {}
            (Change::DropPrincipals(all), Change::DropPrincipals(more)) => {
                more.iter().cloned().for_each(|principal| join(all, principal));
            }
            (Change::Scope(all), Change::Scope(more)) => {
                more.iter().cloned().for_each(|limit| join(all, limit));
            }
            // A statement is scoped only if it has one principal, and principals are dropped only
            // if it has several: these two never meet, and removing is the safe answer if they do.
            (Change::Scope(_), Change::DropPrincipals(_) | Change::Remove)
            | (Change::DropPrincipals(_), Change::Scope(_) | Change::Remove) => {
                same.change = Change::Remove;
            }
        }
    }
    merged.sort_by_key(|edit| edit.index);
    merged
}

fn removable_by_sid(document: &Document, edits: &[Edit]) -> Option<Vec<String>> {
    edits
        .iter()
        .map(|edit| match edit.change {
            Change::Remove => document.statements().get(edit.index).and_then(|s| s.sid.clone()),
            Change::DropPrincipals(_) | Change::Scope(_) => None,
        })
        .collect()
}

fn in_words(document: &Document, edit: &Edit) -> String {
    let sid = document.statements().get(edit.index).and_then(|s| s.sid.as_deref());
    let statement = statement_name(sid, edit.index);
    match &edit.change {
        Change::Remove => format!("{statement} removed"),
        Change::DropPrincipals(gone) => format!("{statement}: {} principal(s) dropped", gone.len()),
        Change::Scope(limits) => {
            let limits: Vec<String> =
                limits.iter().map(|limit| format!("{} = {}", limit.key, limit.value)).collect();
            format!("{statement} scoped to {}", limits.join(", "))
        }
    }
}
