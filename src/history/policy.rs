//! A resource policy that grows and shrinks by single statements, as Lambda keeps it.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>

use serde::Deserialize;
use serde_json::value::RawValue;

/// Lambda lets none be longer than 20 KB: what grows longer was not one policy.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const LONGEST: usize = 64 * 1024;

/// A resource policy, with each statement as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    version: Option<String>,
    id: Option<String>,
    statements: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Written<'a> {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(borrow)]
    statement: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    sid: Option<String>,
}

fn sid(statement: &str) -> Option<String> {
    serde_json::from_str::<Named>(statement).ok()?.sid
}

impl Policy {
    /// The document as a whole; none where it is of another form.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let Written { version, id, statement } = serde_json::from_str(text).ok()?;
        let statements = match serde_json::from_str::<Vec<&RawValue>>(statement.get()) {
            Ok(all) => all.into_iter().map(|one| one.get().to_owned()).collect(),
            Err(_) => vec![statement.get().to_owned()],
        };
        Some(Self { version, id, statements })
    }

    /// The first statement makes the policy.
    pub(super) fn begun() -> Self {
        let (version, id) = (Some("2012-10-17".to_owned()), Some("default".to_owned()));
        Self { version, id, statements: Vec::new() }
    }

    /// With a statement more; none where that cannot be.
    pub(super) fn with(mut self, statement: &str) -> Option<Self> {
        if self.statements.iter().any(|one| one == statement) {
            return Some(self);
        }
        let new = sid(statement)?;
        let is_there = self.statements.iter().any(|one| sid(one).as_ref() == Some(&new));
        let length: usize = self.statements.iter().map(String::len).sum();
        (!is_there && length.saturating_add(statement.len()) <= LONGEST).then_some(())?;
        self.statements.push(statement.to_owned());
        Some(self)
    }

    /// Without a statement; none where it had none of that name.
    pub(super) fn without(mut self, id: &str) -> Option<Self> {
        let before = self.statements.len();
        self.statements.retain(|one| sid(one).as_deref() != Some(id));
        (self.statements.len() < before).then_some(self)
    }

    /// No statement is left: then there is no policy.
    pub(super) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The document.
    pub(super) fn text(&self) -> String {
        let part = |name: &str, value: &Option<String>| {
            let value = value.as_ref().and_then(|value| serde_json::to_string(value).ok());
            value.map(|value| format!("\"{name}\":{value},")).unwrap_or_default()
        };
        let (version, id) = (part("Version", &self.version), part("Id", &self.id));
        format!("{{{version}{id}\"Statement\":[{}]}}", self.statements.join(","))
    }
}

/// What of a policy is known: none inside where there is none, and outside where it is not known.
pub(super) type Known = Option<Option<Policy>>;

/// The policy after a statement was added.
pub(super) fn added(known: Known, statement: Option<&str>) -> Known {
    let policy = known?.unwrap_or_else(Policy::begun);
    policy.with(statement?).map(Some)
}

/// The policy after a statement was removed.
pub(super) fn removed(known: Known, id: Option<&str>) -> Known {
    let policy = known??.without(id?)?;
    Some(Some(policy).filter(|policy| !policy.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"Sid":"a","Effect":"Allow"}"#;
    const OTHER: &str = r#"{"Effect":"Allow", "Sid":"b"}"#;

    #[test]
    fn statements_come_and_go_as_they_were_written() {
        let one = added(Some(None), Some(ONE));
        let both = added(one.clone(), Some(OTHER));
        let text =
            format!(r#"{{"Version":"2012-10-17","Id":"default","Statement":[{ONE},{OTHER}]}}"#);
        assert_eq!(both.clone().flatten().map(|policy| policy.text()), Some(text));
        assert_eq!(added(both.clone(), Some(ONE)), both, "delivered twice");
        assert_eq!(removed(both, Some("b")), one);
        assert_eq!(removed(one, Some("a")), Some(None));
    }

    #[test]
    fn what_cannot_be_makes_it_unknown() {
        let one = added(Some(None), Some(ONE));
        for not_known in [
            added(None, Some(ONE)),
            added(one.clone(), None),
            added(one.clone(), Some("no statement")),
            added(one.clone(), Some(r#"{"Sid":"a","Effect":"Deny"}"#)),
            added(one.clone(), Some(&format!(r#"{{"Sid":"{}"}}"#, "x".repeat(LONGEST)))),
            removed(one.clone(), Some("b")),
            removed(Some(None), Some("b")),
            removed(one, None),
        ] {
            assert_eq!(not_known, None);
        }
    }

    #[test]
    fn a_whole_document_stays_what_it_was() {
        for text in [
            r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a"},{"Effect":"Deny"}]}"#,
            r#"{"Statement":[{"Sid":"a"}]}"#,
        ] {
            assert_eq!(Policy::parse(text).unwrap().text(), text);
        }
        let single = Policy::parse(r#"{"Statement":{"Sid":"a"}}"#).unwrap();
        assert_eq!(single.text(), r#"{"Statement":[{"Sid":"a"}]}"#);
        assert_eq!(Policy::parse(r#"{"Statement":[],"More":1}"#), None);
    }
}
