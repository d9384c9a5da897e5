//! `cordon rewrite`: resource policies as the function would leave them, and what is left to a
//! person. Refuses nothing and writes nothing: what is shown is a proposal.

use super::{
    CliError, Verdict, error,
    resource_policies::{Found, ResourcePolicies},
    terminal::{Ink, Paint, clean, harmless, say},
};
use crate::{
    decision::{After, Rewritten, rewritten},
    finding::{NOT_SHOWN, is_secret},
};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use similar::{ChangeTag, TextDiff};

#[derive(Debug, Args)]
pub(super) struct Rewrite {
    #[command(flatten)]
    policies: ResourcePolicies,
}

impl Rewrite {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let paint = Paint::of_stdout();
        self.policies.each(|policy, found| {
            let mut rewritten = rewritten(policy, &found.resource, &found.document, found.now);
            // A change may name the account and Region of what the policy is taken to hang on.
            match changed(&rewritten) {
                true => rewritten.left.extend(found.doubt.clone()),
                false => found.remark_doubt(),
            }
            match as_json {
                true => say(&harmless(&line(found, &rewritten)?))?,
                false => say(&in_words(paint, found, &rewritten)?)?,
            }
            let fine = rewritten.left.is_empty() && !changed(&rewritten);
            Ok(if fine { Verdict::Fine } else { Verdict::Findings })
        })
    }
}

fn changed(rewritten: &Rewritten) -> bool {
    match rewritten.after {
        After::Unchanged => false,
        After::Replaced(_) | After::Deleted => true,
    }
}

/// The document as it is to be; none if nothing is left of it.
fn proposed(found: &Found, rewritten: &Rewritten) -> Option<String> {
    match &rewritten.after {
        After::Unchanged => Some(found.document.compact()),
        After::Replaced(after) => Some(after.clone()),
        After::Deleted => None,
    }
}

/// A line for a machine. The document is exact, so that it can be used.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    changed: bool,
    document: Option<Box<RawValue>>,
    edits: &'a [String],
    left: &'a [String],
}

fn line(found: &Found, rewritten: &Rewritten) -> Result<String, CliError> {
    let document = proposed(found, rewritten).map(RawValue::from_string).transpose();
    let line = Line {
        file: &found.file,
        changed: changed(rewritten),
        document: document.map_err(error)?,
        edits: &rewritten.edits,
        left: &rewritten.left,
    };
    serde_json::to_string(&line).map_err(error)
}

fn in_words(paint: Paint, found: &Found, rewritten: &Rewritten) -> Result<String, CliError> {
    let mut lines =
        vec![format!("{}: {}", clean(&found.file), headline(paint, rewritten)), found.hangs_on()];
    lines.extend(rewritten.edits.iter().map(|edit| format!("  proposed: {}", clean(edit))));
    lines.extend(
        rewritten
            .left
            .iter()
            .map(|left| format!("  {} {}", paint.ink(Ink::Yellow, "left to you:"), clean(left))),
    );
    if changed(rewritten) {
        lines.extend(diff(paint, found, proposed(found, rewritten).as_deref())?);
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn headline(paint: Paint, rewritten: &Rewritten) -> String {
    match (&rewritten.after, rewritten.left.is_empty()) {
        (After::Unchanged, true) => "nothing to change".to_owned(),
        (After::Unchanged, false) => {
            format!("nothing is proposed, {}", paint.ink(Ink::Yellow, "some is left to you"))
        }
        (After::Replaced(_), true) => paint.ink(Ink::Red, "to be changed"),
        (After::Replaced(_), false) => {
            format!("{}, and some is left to you", paint.ink(Ink::Red, "to be changed"))
        }
        (After::Deleted, _) => paint.ink(Ink::Red, "to be deleted, nothing of it is left"),
    }
}

/// The unified diff between the policy as it stands and as proposed, both printed the same way.
fn diff(paint: Paint, found: &Found, after: Option<&str>) -> Result<Vec<String>, CliError> {
    let before = printed(found.document.raw())?;
    let after = after.map(printed).transpose()?.unwrap_or_default();
    let diff = TextDiff::from_lines(&before, &after);
    let file = clean(&found.file);
    let mut lines = vec![format!("--- {file}"), format!("+++ {file}, as proposed")];
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        lines.push(hunk.header().to_string());
        lines.extend(hunk.iter_changes().map(|change| {
            let text = harmless(change.value().trim_end_matches('\n'));
            match change.tag() {
                ChangeTag::Equal => format!(" {text}"),
                ChangeTag::Delete => paint.ink(Ink::Red, &format!("-{text}")),
                ChangeTag::Insert => paint.ink(Ink::Green, &format!("+{text}")),
            }
        }));
    }
    Ok(lines)
}

/// Lines around each change, as `diff -u` gives them.
const CONTEXT: usize = 3;

/// One element a line, without secrets.
fn printed(document: &str) -> Result<String, CliError> {
    let mut value: Value = serde_json::from_str(document).map_err(error)?;
    hide_secrets(&mut value);
    Ok(format!("{value:#}\n"))
}

fn hide_secrets(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                match is_secret(key) {
                    true => *value = NOT_SHOWN.into(),
                    false => hide_secrets(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_secrets),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
