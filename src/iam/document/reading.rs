//! Policy documents read: every form AWS accepts, in one pass over the text.
//! Refuses duplicate keys, nulls and wrong types; remembers elements it does not know.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use super::json::{self, Kind};
use super::node::Node;
use super::{DocumentError, Effect, Principal, Statement};
use crate::iam::actions::Names;
use crate::iam::condition::{self, Clause};
use serde_json::value::RawValue;

/// What a policy hangs on: that decides which elements it must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// A resource, or a role as its trust policy.
    Resource,
    /// A user, group or role.
    Identity,
}

const STRINGS: &str = "a string or a list of strings";

/// The statements of a document.
pub fn statements(text: &str, attached: Attached) -> Result<Vec<Statement>, DocumentError> {
    let (mut unknown, mut found, mut variables) = (Vec::new(), None, false);
    for (key, value) in Node::parse(text)?.object("an object")? {
        let inside = |error: DocumentError| error.inside(&key);
        match key.as_ref() {
            "Version" => match value.text("a string").map_err(inside)?.as_str() {
                "2012-10-17" => variables = true,
                "2008-10-17" => {}
                _ => unknown.push(key.into_owned()),
            },
            "Id" => value.text("a string").map(drop).map_err(inside)?,
            "Statement" => found = Some(read_statements(value, attached).map_err(inside)?),
            _ => {
                value.check(1).map_err(inside)?;
                unknown.push(key.into_owned());
            }
        }
    }
    let mut statements = found.ok_or_else(|| DocumentError::new("Statement", "present"))?;
    for statement in &mut statements {
        statement.variables = variables;
        for clause in &mut statement.conditions {
            clause.variables = variables;
        }
        statement.unknown_elements.extend(unknown.iter().cloned());
    }
    Ok(statements)
}

fn read_statements(value: Node<'_>, attached: Attached) -> Result<Vec<Statement>, DocumentError> {
    let items = match value {
        Node::List(items) => items,
        Node::Object(_) => vec![value],
        Node::Text(_) | Node::Boolean(_) | Node::Number(_) | Node::Null => {
            return Err(DocumentError::here("an object or a list of objects"));
        }
    };
    let read = |(index, item)| {
        read_statement(item, attached).map_err(|error: DocumentError| error.at(index))
    };
    items.into_iter().enumerate().map(read).collect()
}

/// The elements of one statement while they are being read.
#[derive(Default)]
struct Parts {
    sid: Option<String>,
    effect: Option<Effect>,
    principals: Option<(bool, Vec<Principal>)>,
    actions: Option<Names>,
    resources: Option<Names>,
    conditions: Vec<Clause>,
    unknown: Vec<String>,
}

fn read_statement(value: Node<'_>, attached: Attached) -> Result<Statement, DocumentError> {
    let mut parts = Parts::default();
    for (key, value) in value.object("an object")? {
        parts.read(&key, value).map_err(|error| error.inside(&key))?;
    }
    let missing = |element: &str| DocumentError::new(element, "present");
    let (principals, not_principals) = match (attached, parts.principals) {
        (Attached::Resource, Some((true, listed))) => (listed, Vec::new()),
        (Attached::Resource, Some((false, left_out))) => (vec![Principal::NotListed], left_out),
        (Attached::Resource, None) => return Err(missing("Principal")),
        (Attached::Identity, None) => (Vec::new(), Vec::new()),
        (Attached::Identity, Some((listed, _))) => {
            let element = if listed { "Principal" } else { "NotPrincipal" };
            return Err(DocumentError::new(element, "absent from the policy of an identity"));
        }
    };
    if attached == Attached::Identity && parts.resources.is_none() {
        return Err(missing("Resource"));
    }
    Ok(Statement {
        sid: parts.sid,
        effect: parts.effect.ok_or_else(|| missing("Effect"))?,
        principals,
        not_principals,
        actions: parts.actions.ok_or_else(|| missing("Action"))?,
        resources: parts.resources,
        conditions: parts.conditions,
        unknown_elements: parts.unknown,
        variables: false,
    })
}

impl Parts {
    // Element names have a case: the grammar gives them as literal strings, and IAM answers
    // "Unknown field statement". `Effect` has one too:
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html>
    fn read(&mut self, key: &str, value: Node<'_>) -> Result<(), DocumentError> {
        match key {
            "Sid" => self.sid = Some(value.text("a string")?),
            "Effect" => {
                self.effect = Some(match value.text("`Allow` or `Deny`")?.as_str() {
                    "Allow" => Effect::Allow,
                    "Deny" => Effect::Deny,
                    _ => return Err(DocumentError::here("`Allow` or `Deny`")),
                });
            }
            "Principal" => once(&mut self.principals, (true, read_principals(value)?))?,
            "NotPrincipal" => once(&mut self.principals, (false, read_principals(value)?))?,
            "Action" => once(&mut self.actions, Names::Only(value.texts(STRINGS)?))?,
            "NotAction" => once(&mut self.actions, Names::AllBut(value.texts(STRINGS)?))?,
            "Resource" => once(&mut self.resources, Names::Only(value.texts(STRINGS)?))?,
            "NotResource" => once(&mut self.resources, Names::AllBut(value.texts(STRINGS)?))?,
            "Condition" => self.conditions = condition::read(value)?,
            _ => {
                value.check(3)?;
                self.unknown.push(key.to_owned());
            }
        }
        Ok(())
    }
}

/// Sets an element that excludes its negated twin.
fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), DocumentError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(DocumentError::here("without its negated twin")),
    }
}

fn read_principals(value: Node<'_>) -> Result<Vec<Principal>, DocumentError> {
    let expected = "`*` or an object of principal types";
    if let Node::Text(value) = value {
        return Ok(vec![match value.as_ref() {
            "*" => Principal::Anyone,
            _ => Principal::Other { kind: "Principal".to_owned(), value: value.into_owned() },
        }]);
    }
    let mut principals = Vec::new();
    for (kind, values) in value.object(expected)? {
        let values = values.texts(STRINGS).map_err(|error| error.inside(&kind))?;
        principals.extend(values.into_iter().map(|value| principal(&kind, value)));
    }
    if principals.is_empty() {
        return Err(DocumentError::here("at least one principal"));
    }
    Ok(principals)
}

/// The principal that `value` is under the type `kind`.
pub fn principal(kind: &str, value: String) -> Principal {
    match kind {
        "AWS" if value == "*" => Principal::Anyone,
        "AWS" if is_unique_id(&value) => Principal::Dead(value),
        "AWS" => Principal::Aws(value),
        "Service" => Principal::Service(value),
        "Federated" => Principal::Federated(value),
        _ => Principal::Other { kind: kind.to_owned(), value },
    }
}

/// What AWS shows in place of a deleted role or user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
fn is_unique_id(text: &str) -> bool {
    ["AROA", "AIDA"].iter().any(|prefix| text.starts_with(prefix))
        && text.len() >= 16
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The statements' texts, and whether they stand in a list.
pub fn statement_texts(value: &RawValue) -> Result<(bool, Vec<&RawValue>), DocumentError> {
    match json::kind(value.get()) {
        Kind::Object => Ok((false, vec![value])),
        Kind::List => json::list(value.get(), "Statement", "a list").map(|list| (true, list)),
        Kind::Text | Kind::Boolean | Kind::Number | Kind::Null => {
            Err(DocumentError::new("Statement", "an object or a list of objects"))
        }
    }
}
