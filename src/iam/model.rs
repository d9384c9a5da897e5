//! The resource policy document: every form AWS accepts, parsed once, with the raw text kept.
//! Refuses duplicate keys, nulls and wrong types; remembers elements it does not know.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use super::actions::Names;
use super::condition::{self, Clause};
use super::json::{self, Kind};
use serde::Serialize;
use serde_json::value::RawValue;
use std::fmt;

/// A document that is not a policy. Whoever wrote it must mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` should be {expected}")]
pub struct DocumentError {
    path: String,
    expected: &'static str,
}

/// At most this many characters of a document are repeated in an error.
const SHOWN: usize = 80;

impl DocumentError {
    pub(super) fn new(path: &str, expected: &'static str) -> Self {
        let inside = path.strip_prefix("document.").unwrap_or(path);
        Self { path: inside.chars().filter(|c| !c.is_control()).take(SHOWN).collect(), expected }
    }
}

/// A parsed resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    raw: String,
    statements: Vec<Statement>,
}

/// Whether a statement grants or forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It forbids, whatever else grants.
    Deny,
}

/// One statement of a resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The statement id; a policy written as a whole may leave it out.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// Whom it speaks of, in the order written; `[NotListed]` for `NotPrincipal`.
    pub principals: Vec<Principal>,
    /// Whom `NotPrincipal` leaves out.
    pub not_principals: Vec<Principal>,
    /// `Action` or `NotAction`.
    pub actions: Names,
    /// `Resource` or `NotResource`; none if the statement has neither.
    pub resources: Option<Names>,
    /// The condition, one clause per operator and key; all must hold.
    pub conditions: Vec<Clause>,
    /// Elements, here or at the top of the document, that are not known.
    pub unknown_elements: Vec<String>,
    /// Whether `${...}` is a variable here.
    pub(super) variables: bool,
}

/// One principal of a statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Principal {
    /// `"*"`, `{"AWS": "*"}`, or `*` in a list: the same.
    Anyone,
    /// An account id or an ARN, as written.
    Aws(String),
    /// A service principal, as written.
    Service(String),
    /// The unique id of a deleted user or role: nobody.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    Dead(String),
    /// An identity provider, as written.
    Federated(String),
    /// Any other type of principal.
    Other {
        /// The type as written.
        kind: String,
        /// The value as written.
        value: String,
    },
    /// `NotPrincipal`: everybody but a list.
    NotListed,
}

impl Statement {
    /// Whether its actions may include invoking the function.
    pub fn may_invoke(&self) -> bool {
        super::actions::may_grant(&self.actions, super::actions::INVOKE)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("*"),
            Self::Aws(text) | Self::Service(text) | Self::Dead(text) | Self::Federated(text) => {
                f.write_str(text)
            }
            Self::Other { kind, value } => write!(f, "{kind} {value}"),
            Self::NotListed => f.write_str("NotPrincipal"),
        }
    }
}

impl Document {
    /// Parses the text of a policy.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        json::check(text)?;
        let (mut unknown, mut raw_statements, mut variables) = (Vec::new(), None, false);
        for (key, value) in json::object(text, "document", "an object")? {
            match key.as_str() {
                "Version" => match json::text(value.get(), "Version", "a string")?.as_str() {
                    "2012-10-17" => variables = true,
                    "2008-10-17" => {}
                    _ => unknown.push(key),
                },
                "Id" => json::text(value.get(), "Id", "a string").map(drop)?,
                "Statement" => raw_statements = Some(statement_texts(value)?),
                _ => unknown.push(key),
            }
        }
        let Some((_, raw_statements)) = raw_statements else {
            return Err(DocumentError::new("Statement", "present"));
        };
        let mut statements = Vec::new();
        for (index, raw) in raw_statements.iter().enumerate() {
            let path = format!("Statement[{index}]");
            let mut statement = parse_statement(raw, &path)?;
            statement.variables = variables;
            for clause in &mut statement.conditions {
                clause.variables = variables;
            }
            statement.unknown_elements.extend(unknown.iter().cloned());
            statements.push(statement);
        }
        Ok(Self { raw: text.to_owned(), statements })
    }

    /// The text it was parsed from.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The statements in order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

/// The statements' texts, and whether they stand in a list.
pub(super) fn statement_texts(value: &RawValue) -> Result<(bool, Vec<&RawValue>), DocumentError> {
    match json::kind(value.get()) {
        Kind::Object => Ok((false, vec![value])),
        Kind::List => json::list(value.get(), "Statement", "a list").map(|list| (true, list)),
        Kind::Text | Kind::Boolean | Kind::Number | Kind::Null => {
            Err(DocumentError::new("Statement", "an object or a list of objects"))
        }
    }
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

fn parse_statement(raw: &RawValue, path: &str) -> Result<Statement, DocumentError> {
    let mut parts = Parts::default();
    for (key, value) in json::object(raw.get(), path, "an object")? {
        parts.read(key, value, path)?;
    }
    let missing = |element: &str| DocumentError::new(&format!("{path}.{element}"), "present");
    let (listed, principals) = parts.principals.ok_or_else(|| missing("Principal"))?;
    let (principals, not_principals) =
        if listed { (principals, Vec::new()) } else { (vec![Principal::NotListed], principals) };
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
    fn read(&mut self, key: String, value: &RawValue, path: &str) -> Result<(), DocumentError> {
        let path = format!("{path}.{key}");
        let raw = value.get();
        let names = || json::texts(raw, &path, "a string or a list of strings");
        match key.as_str() {
            "Sid" => self.sid = Some(json::text(raw, &path, "a string")?),
            "Effect" => {
                self.effect = Some(match json::text(raw, &path, "`Allow` or `Deny`")?.as_str() {
                    "Allow" => Effect::Allow,
                    "Deny" => Effect::Deny,
                    _ => return Err(DocumentError::new(&path, "`Allow` or `Deny`")),
                });
            }
            "Principal" => {
                once(&mut self.principals, (true, parse_principals(raw, &path)?), &path)?
            }
            "NotPrincipal" => {
                once(&mut self.principals, (false, parse_principals(raw, &path)?), &path)?;
            }
            "Action" => once(&mut self.actions, Names::Only(names()?), &path)?,
            "NotAction" => once(&mut self.actions, Names::AllBut(names()?), &path)?,
            "Resource" => once(&mut self.resources, Names::Only(names()?), &path)?,
            "NotResource" => once(&mut self.resources, Names::AllBut(names()?), &path)?,
            "Condition" => self.conditions = condition::parse(value, &path)?,
            _ => self.unknown.push(key),
        }
        Ok(())
    }
}

/// Sets an element that excludes its negated twin.
fn once<T>(slot: &mut Option<T>, value: T, path: &str) -> Result<(), DocumentError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(DocumentError::new(path, "without its negated twin")),
    }
}

pub(super) fn parse_principals(raw: &str, path: &str) -> Result<Vec<Principal>, DocumentError> {
    let expected = "`*` or an object of principal types";
    if json::kind(raw) == Kind::Text {
        let value = json::text(raw, path, expected)?;
        return Ok(vec![match value.as_str() {
            "*" => Principal::Anyone,
            _ => Principal::Other { kind: "Principal".to_owned(), value },
        }]);
    }
    let mut principals = Vec::new();
    for (kind, values) in json::object(raw, path, expected)? {
        let path = format!("{path}.{kind}");
        for value in json::texts(values.get(), &path, "a string or a list of strings")? {
            principals.push(principal(&kind, value));
        }
    }
    if principals.is_empty() {
        return Err(DocumentError::new(path, "at least one principal"));
    }
    Ok(principals)
}

/// The principal that `value` is under the type `kind`.
pub(super) fn principal(kind: &str, value: String) -> Principal {
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

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
