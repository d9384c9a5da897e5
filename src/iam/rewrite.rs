//! Writing a policy back with grants scoped, thinned or taken away, and everything else untouched.
//! Refuses edits that change nothing, that narrow a Deny, or whose outcome does not parse again.
//! Limit: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.

pub(super) mod fate;
pub(super) mod lift;
mod part;
pub(super) mod scope;

use super::document::json;
use super::document::{self, Document, DocumentError, Principal};
use fate::StatementFate;
use scope::Limit;

/// What becomes of grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// They are taken away.
    Drop,
    /// They lose these actions, as written in the statement.
    DropActions(Vec<String>),
    /// They hold only under these further conditions.
    Scope(Vec<Limit>),
}

/// One change to the grants of one statement to some of its principals. Edits add up, principal by
/// principal, in whatever order they stand: `Drop` wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The statement's place in the document, from 0.
    pub index: usize,
    /// Whose grants: principals of the statement.
    pub principals: Vec<Principal>,
    /// The change.
    pub change: Change,
}

/// An edit that cannot be made. Whoever planned it must mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// There is no such statement.
    #[error("there is no statement {0}")]
    NoStatement(usize),
    /// The statement grants nothing to such a principal.
    #[error("statement {0} does not name the principal `{1}`")]
    NoPrincipal(usize, String),
    /// The statement does not name such an action.
    #[error("statement {0} does not name the action `{1}`")]
    NoAction(usize, String),
    /// The edits would leave the statement as it is.
    #[error("the edit of statement {0} changes nothing")]
    NoChange(usize),
    /// Narrowing a Deny would widen access.
    #[error("statement {0} is a Deny: narrowing it would widen access")]
    NarrowsDeny(usize),
    /// The condition has the operator and key already, with another value.
    #[error("the condition of statement {0} limits `{1}` already")]
    Taken(usize, &'static str),
    /// The outcome is longer than AWS accepts.
    #[error("the policy would be {0} bytes long, more than {most}", most = LONGEST)]
    TooLong(usize),
    /// The outcome is not a policy.
    #[error("the rewritten policy is wrong: {0}")]
    Malformed(#[from] DocumentError),
}

/// The most bytes a resource policy may have.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LONGEST: usize = 20_480;

/// The document with the edits made, as compact JSON; none if no statement is left. Statements
/// without an edit keep their exact values and order. A statement whose principals part ways is
/// split; its parts stand together and grant together what it granted, but for what was edited away.
pub fn rewrite(document: &Document, edits: &[Edit]) -> Result<Option<String>, RewriteError> {
    let fates = fate::fates(document, edits)?;
    written(document, |originals| statements(document, originals, &fates))
}

/// The document with other statements, each told by its compact text; none if there are none.
fn written(
    document: &Document,
    change: impl FnOnce(Vec<String>) -> Result<Vec<String>, RewriteError>,
) -> Result<Option<String>, RewriteError> {
    let mut change = Some(change);
    let top = json::object(document.raw(), "document", "an object")?;
    let mut entries = Vec::with_capacity(top.len());
    for (key, value) in top {
        if key != "Statement" {
            entries.push((key, json::compact(value.get())));
            continue;
        }
        let (in_list, raws) = document::statement_texts(value)?;
        let originals: Vec<String> = raws.iter().map(|raw| json::compact(raw.get())).collect();
        // A document has one list of statements: a second one is refused when it is parsed.
        let texts = change.take().map_or(Ok(Vec::new()), |change| change(originals))?;
        let text = match (in_list, texts.as_slice()) {
            (_, []) => return Ok(None),
            (false, [only]) => only.clone(),
            (_, several) => format!("[{}]", several.join(",")),
        };
        entries.push((key, text));
    }
    let written =
        json::write_object(entries.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    if written.len() > LONGEST {
        return Err(RewriteError::TooLong(written.len()));
    }
    Document::parse(&written)?;
    Ok(Some(written))
}

/// The statements' texts after the edits, in order.
fn statements(
    document: &Document,
    originals: Vec<String>,
    fates: &[StatementFate],
) -> Result<Vec<String>, RewriteError> {
    let mut sids = part::Sids::of(document);
    let mut texts = Vec::with_capacity(originals.len());
    for (index, original) in originals.into_iter().enumerate() {
        match fates.iter().find(|fate| fate.index == index) {
            None => texts.push(original),
            Some(fate) => texts.extend(part::write(&original, fate, &mut sids)?),
        }
    }
    Ok(texts)
}

#[cfg(test)]
#[path = "rewrite/tests.rs"]
mod tests;

#[cfg(test)]
#[path = "rewrite/properties.rs"]
mod properties;
