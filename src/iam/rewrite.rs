//! Writing a policy back with statements scoped, thinned or removed, and everything else untouched.
//! Refuses edits that change nothing, that narrow a Deny, or whose outcome does not parse again.
//! Limit: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.

use super::json::{self, Kind};
use super::model::{self, Document, DocumentError, Effect, Principal, Statement};
use super::service::Limit;

/// What to do with one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Take it out.
    Remove,
    /// Take these principals out; with the last one goes the statement.
    DropPrincipals(Vec<Principal>),
    /// Add these limits to its condition.
    Scope(Vec<Limit>),
}

/// One change to one statement. Changes to the same statement apply in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The statement's place in the document, from 0.
    pub index: usize,
    /// The change.
    pub change: Change,
}

/// An edit that cannot be made. Whoever planned it must mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// There is no such statement, or an earlier edit removed it.
    #[error("there is no statement {0}")]
    NoStatement(usize),
    /// The edit would leave the statement as it is.
    #[error("the edit of statement {0} changes nothing")]
    NoChange(usize),
    /// Narrowing a Deny would widen access.
    #[error("statement {0} is a Deny: narrowing it would widen access")]
    NarrowsDeny(usize),
    /// The condition has the operator and key already, with another value.
    #[error("the condition of statement {0} limits `{1}` already")]
    Taken(usize, &'static str),
    /// The outcome is longer than AWS accepts.
    #[error("the policy would be {0} bytes long, more than 20480")]
    TooLong(usize),
    /// The outcome is not a policy.
    #[error("the rewritten policy is wrong: {0}")]
    Malformed(#[from] DocumentError),
}

/// The most bytes a resource policy may have.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LONGEST: usize = 20_480;

/// The document with the edits made, as compact JSON; none if no statement is left. Statements
/// without an edit keep their exact values and order.
pub fn rewrite(document: &Document, edits: &[Edit]) -> Result<Option<String>, RewriteError> {
    let top = json::object(document.raw(), "document", "an object")?;
    let (mut in_list, mut texts) = (true, Vec::new());
    for (_, value) in top.iter().filter(|(key, _)| key == "Statement") {
        let (list, raws) = model::statement_texts(value)?;
        in_list = list;
        texts = raws.iter().map(|raw| Some(json::compact(raw.get()))).collect();
    }
    for Edit { index, change } in edits {
        let missing = || RewriteError::NoStatement(*index);
        let slot = texts.get_mut(*index).ok_or_else(missing)?;
        let text = slot.take().ok_or_else(missing)?;
        let statement = document.statements().get(*index).ok_or_else(missing)?;
        *slot = apply(&text, statement, *index, change)?;
    }
    let kept: Vec<String> = texts.into_iter().flatten().collect();
    if kept.is_empty() {
        return Ok(None);
    }
    let statements = if in_list { format!("[{}]", kept.join(",")) } else { kept.concat() };
    let entries: Vec<(String, String)> = top
        .into_iter()
        .map(|(key, value)| match key.as_str() {
            "Statement" => (key, statements.clone()),
            _ => (key, json::compact(value.get())),
        })
        .collect();
    let written = write(&entries);
    if written.len() > LONGEST {
        return Err(RewriteError::TooLong(written.len()));
    }
    Document::parse(&written)?;
    Ok(Some(written))
}

/// The statement's text after the change; none if it is gone.
fn apply(
    text: &str,
    statement: &Statement,
    index: usize,
    change: &Change,
) -> Result<Option<String>, RewriteError> {
    if statement.effect == Effect::Deny {
        return Err(RewriteError::NarrowsDeny(index));
    }
    match change {
        Change::Remove => Ok(None),
        Change::DropPrincipals(principals) => drop_principals(text, principals, index),
        Change::Scope(limits) => add_limits(text, limits, index).map(Some),
    }
}

type Entries = Vec<(String, String)>;

fn read(text: &str) -> Result<Entries, DocumentError> {
    let entries = json::object(text, "Statement", "an object")?;
    Ok(entries.into_iter().map(|(key, value)| (key, value.get().to_owned())).collect())
}

fn write(entries: &[(String, String)]) -> String {
    json::write_object(entries.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

fn drop_principals(
    text: &str,
    unwanted: &[Principal],
    index: usize,
) -> Result<Option<String>, RewriteError> {
    let mut entries = read(text)?;
    let Some((_, value)) = entries.iter_mut().find(|(key, _)| key == "Principal") else {
        // `NotPrincipal` is one grant that cannot be thinned.
        let whole = unwanted.contains(&Principal::NotListed);
        return if whole { Ok(None) } else { Err(RewriteError::NoChange(index)) };
    };
    if json::kind(value) == Kind::Text {
        let whole = model::parse_principals(value, "Principal")?;
        let gone = whole.iter().all(|principal| unwanted.contains(principal));
        return if gone { Ok(None) } else { Err(RewriteError::NoChange(index)) };
    }
    let mut left: Entries = Vec::new();
    let mut dropped = false;
    for (kind, values) in json::object(value, "Principal", "an object")? {
        let all = json::texts(values.get(), "Principal", "strings")?;
        let kept: Vec<&String> = all
            .iter()
            .filter(|text| !unwanted.contains(&model::principal(&kind, (*text).clone())))
            .collect();
        if kept.len() == all.len() {
            left.push((kind, values.get().to_owned()));
            continue;
        }
        dropped = true;
        let quoted: Vec<String> = kept.iter().map(|text| json::quote(text)).collect();
        match quoted.as_slice() {
            [] => {}
            // Terraform's `aws_lambda_permission` reads scalars only.
            [only] => left.push((kind, only.clone())),
            [_, ..] => left.push((kind, format!("[{}]", quoted.join(",")))),
        }
    }
    if !dropped {
        return Err(RewriteError::NoChange(index));
    }
    if left.is_empty() {
        return Ok(None);
    }
    *value = write(&left);
    Ok(Some(write(&entries)))
}

fn add_limits(text: &str, limits: &[Limit], index: usize) -> Result<String, RewriteError> {
    let mut entries = read(text)?;
    let mut condition = match entries.iter().find(|(key, _)| key == "Condition") {
        Some((_, value)) => read(value)?,
        None => Vec::new(),
    };
    let mut added = false;
    for limit in limits {
        added |= add_limit(&mut condition, limit, index)?;
    }
    if !added {
        return Err(RewriteError::NoChange(index));
    }
    let written = write(&condition);
    match entries.iter_mut().find(|(key, _)| key == "Condition") {
        Some((_, value)) => *value = written,
        None => entries.push(("Condition".to_owned(), written)),
    }
    Ok(write(&entries))
}

/// Whether the limit was new.
fn add_limit(condition: &mut Entries, limit: &Limit, index: usize) -> Result<bool, RewriteError> {
    let quoted = json::quote(&limit.value);
    let Some((_, keys)) = condition.iter_mut().find(|(operator, _)| operator == limit.operator)
    else {
        let keys = json::write_object([(limit.key, quoted.as_str())]);
        condition.push((limit.operator.to_owned(), keys));
        return Ok(true);
    };
    let mut entries = read(keys)?;
    if let Some((_, value)) = entries.iter().find(|(key, _)| key.eq_ignore_ascii_case(limit.key)) {
        // A second value would be an alternative: it would widen, not limit.
        let same = json::texts(value, "Condition", "strings")
            .is_ok_and(|values| values == [limit.value.as_str()]);
        return if same { Ok(false) } else { Err(RewriteError::Taken(index, limit.key)) };
    }
    entries.push((limit.key.to_owned(), quoted));
    *keys = write(&entries);
    Ok(true)
}

#[cfg(test)]
#[path = "rewrite_tests.rs"]
mod tests;
