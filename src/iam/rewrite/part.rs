//! The text of the statements that one edited statement becomes.
//! Refuses to touch any element but `Sid`, `Principal`, `Action` and `Condition`.
//! Sids: <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>.

use super::fate::{Part, StatementFate, Terms};
use crate::iam::document::json::{self, Kind};
use crate::iam::document::node::Node;
use crate::iam::document::{self, Document, DocumentError, Principal};
use std::collections::{BTreeMap, BTreeSet};

/// The statement's parts as JSON. The first keeps the Sid, which is what CloudFormation and
/// Terraform know the statement by.
pub fn write(
    text: &str,
    fate: &StatementFate,
    sids: &mut Sids,
) -> Result<Vec<String>, DocumentError> {
    let whole = fate.dropped.is_empty() && fate.parts.len() == 1;
    let mut texts = Vec::with_capacity(fate.parts.len());
    for part in &fate.parts {
        let mut entries = read(text)?;
        if !whole && let Some(principal) = find(&mut entries, "Principal") {
            *principal = thin_principals(principal, part)?;
        }
        narrow(&mut entries, &part.terms)?;
        if !texts.is_empty() {
            rename(&mut entries, sids)?;
        }
        texts.push(print(&entries));
    }
    Ok(texts)
}

type Entries = Vec<(String, String)>;

fn read(text: &str) -> Result<Entries, DocumentError> {
    let entries = json::object(text, "Statement", "an object")?;
    Ok(entries.into_iter().map(|(key, value)| (key, value.get().to_owned())).collect())
}

fn print(entries: &[(String, String)]) -> String {
    json::write_object(entries.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

fn find<'e>(entries: &'e mut Entries, element: &str) -> Option<&'e mut String> {
    entries.iter_mut().find(|(key, _)| key == element).map(|(_, value)| value)
}

/// The `Principal` element with only this part's principals.
fn thin_principals(text: &str, part: &Part) -> Result<String, DocumentError> {
    if json::kind(text) != Kind::Object {
        return Ok(text.to_owned());
    }
    let mut left: Entries = Vec::new();
    for (kind, values) in json::object(text, "Principal", "an object")? {
        let belongs = |value: &String| {
            let principal: Principal = document::principal(&kind, value.clone());
            part.principals.contains(&principal)
        };
        if let Some(values) = thin(values.get(), "Principal", belongs)? {
            left.push((kind, values));
        }
    }
    Ok(print(&left))
}

/// The strings that are wanted; none if none is. What loses nothing keeps its text, and a list of
/// one becomes a string: Terraform's `aws_lambda_permission` reads strings only.
fn thin(
    text: &str,
    path: &str,
    wanted: impl Fn(&String) -> bool,
) -> Result<Option<String>, DocumentError> {
    let all = Node::parse(text)
        .and_then(|node| node.texts("a string or a list of strings"))
        .map_err(|error| error.inside(path))?;
    if all.iter().all(&wanted) {
        return Ok(Some(text.to_owned()));
    }
    let mut kept: Vec<String> = Vec::new();
    for quoted in all.iter().filter(|one| wanted(one)).map(|one| json::quote(one)) {
        if !kept.contains(&quoted) {
            kept.push(quoted);
        }
    }
    Ok(match kept.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("[{}]", several.join(","))),
    })
}

/// Takes actions away and adds conditions.
fn narrow(entries: &mut Entries, terms: &Terms) -> Result<(), DocumentError> {
    if !terms.without.is_empty()
        && let Some(actions) = find(entries, "Action")
    {
        let kept = thin(actions, "Action", |action| !terms.without.contains(action))?;
        *actions = kept.ok_or_else(|| DocumentError::new("Action", "more than what is dropped"))?;
    }
    if terms.limits.is_empty() {
        return Ok(());
    }
    let mut condition = match find(entries, "Condition") {
        Some(text) => read(text)?,
        None => Vec::new(),
    };
    for limit in &terms.limits {
        let quoted = json::quote(&limit.value);
        match find(&mut condition, limit.operator) {
            Some(keys) => {
                let mut under = read(keys)?;
                under.push((limit.key.to_owned(), quoted));
                *keys = print(&under);
            }
            None => {
                let keys = json::write_object([(limit.key, quoted.as_str())]);
                condition.push((limit.operator.to_owned(), keys));
            }
        }
    }
    let written = print(&condition);
    match find(entries, "Condition") {
        Some(text) => *text = written,
        None => entries.push(("Condition".to_owned(), written)),
    }
    Ok(())
}

/// Gives the part a Sid of its own; without one, it stays without.
fn rename(entries: &mut Entries, sids: &mut Sids) -> Result<(), DocumentError> {
    if let Some(sid) = find(entries, "Sid") {
        let old = Node::parse(sid)
            .and_then(|node| node.text("a string"))
            .map_err(|error| error.inside("Sid"))?;
        match old.as_str() {
            "" => entries.retain(|(key, _)| key != "Sid"),
            old => *sid = json::quote(&sids.derive(old)),
        }
    }
    Ok(())
}

/// The Sids of a document, so that none is given twice.
pub struct Sids {
    used: BTreeSet<String>,
    /// The last number given to parts of each Sid.
    parts: BTreeMap<String, usize>,
}

/// The most characters of a Sid: the length of `StatementId`.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>
const LONGEST: usize = 100;

impl Sids {
    pub fn of(document: &Document) -> Self {
        let used = document.statements().iter().filter_map(|s| s.sid.clone()).collect();
        Self { used, parts: BTreeMap::new() }
    }

    /// A new Sid that tells where the part came from, with no character that IAM's own grammar for
    /// Sids lacks unless `old` has it: `Part2`, without a hyphen.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    fn derive(&mut self, old: &str) -> String {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let base: String = old.chars().map(|c| if legal(c) { c } else { '-' }).collect();
        let number = self.parts.entry(base.clone()).or_insert(1);
        loop {
            *number += 1;
            let suffix = format!("Part{number}");
            let start: String = base.chars().take(LONGEST.saturating_sub(suffix.len())).collect();
            let sid = format!("{start}{suffix}");
            if self.used.insert(sid.clone()) {
                return sid;
            }
        }
    }
}
