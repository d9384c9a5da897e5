//! JSON read without losing anything: key order, exact text, and duplicate keys, which are refused.
//! A reader that keeps the last duplicate could be shown one grant while AWS honours another.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use super::model::DocumentError;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// No policy needs more nesting; deeper documents are refused rather than walked.
const DEEPEST: usize = 16;

/// Up to this many keys are compared with each other without a table of them.
const FEW: usize = 16;

/// An object in the order it was written; values keep their exact text.
struct Object<'a>(Vec<(String, &'a RawValue)>);

/// JSON read in one pass, its strings borrowed where they hold no escapes. Whoever takes an object
/// apart learns of its duplicate keys then, so that the path costs nothing until there is an error.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
    List(Vec<Node<'a>>),
    Text(Cow<'a, str>),
    /// The value of a `Condition`, unread: its numbers keep their text.
    Condition(&'a RawValue),
    /// A number, a boolean or null: no element of a policy but a condition holds one.
    Other,
}

impl<'a> Node<'a> {
    /// Reads a document.
    pub fn parse(text: &'a str) -> Result<Self, DocumentError> {
        // IAM accepts no character above U+00FF:
        // <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>
        if text.starts_with('\u{feff}') {
            return Err(DocumentError::new("document", "without a byte order mark"));
        }
        serde_json::from_str(text).map_err(|_| DocumentError::new("document", "JSON"))
    }

    /// The entries of an object, each key of which stands once.
    pub fn object(
        self,
        expected: &'static str,
    ) -> Result<Vec<(Cow<'a, str>, Self)>, DocumentError> {
        let Self::Object(entries) = self else { return Err(DocumentError::here(expected)) };
        once(&entries)?;
        Ok(entries)
    }

    /// One string.
    pub fn text(self, expected: &'static str) -> Result<String, DocumentError> {
        match self {
            Self::Text(text) => Ok(text.into_owned()),
            Self::Object(_) | Self::List(_) | Self::Condition(_) | Self::Other => {
                Err(DocumentError::here(expected))
            }
        }
    }

    /// A string or a list of at least one string.
    pub fn texts(self, expected: &'static str) -> Result<Vec<String>, DocumentError> {
        match self {
            Self::List(items) if !items.is_empty() => {
                items.into_iter().map(|item| item.text(expected)).collect()
            }
            other => Ok(vec![other.text(expected)?]),
        }
    }

    /// Checks that what nobody takes apart is not too deep and repeats no key.
    pub fn check(&self, depth: usize) -> Result<(), DocumentError> {
        if depth > DEEPEST {
            return Err(DocumentError::here("nested less deeply"));
        }
        match self {
            Self::Object(entries) => {
                once(entries)?;
                entries.iter().try_for_each(|(key, value)| {
                    value.check(depth + 1).map_err(|error| error.inside(key))
                })
            }
            Self::List(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                item.check(depth + 1).map_err(|error| error.at(index))
            }),
            Self::Condition(raw) => Node::parse(raw.get())?.check(depth),
            Self::Text(_) | Self::Other => Ok(()),
        }
    }
}

/// Refuses a key that stands twice.
fn once<K: AsRef<str>, V>(entries: &[(K, V)]) -> Result<(), DocumentError> {
    let twice = if entries.len() <= FEW {
        let keys = || entries.iter().map(|(key, _)| key.as_ref());
        keys().enumerate().find(|(index, key)| keys().take(*index).any(|other| other == *key))
    } else {
        let mut seen = HashSet::new();
        let keys = entries.iter().map(|(key, _)| key.as_ref());
        keys.enumerate().find(|(_, key)| !seen.insert(*key))
    };
    match twice {
        None => Ok(()),
        Some((_, key)) => Err(DocumentError::here("written once").inside(key)),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Node<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Nodes)
    }
}

struct Nodes;

impl<'de> Visitor<'de> for Nodes {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key()? {
            let Node::Text(key) = key else { return Err(A::Error::custom("a key")) };
            let value = match key.as_ref() {
                "Condition" => Node::Condition(map.next_value()?),
                _ => map.next_value()?,
            };
            entries.push((key, value));
        }
        Ok(Node::Object(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Node::Other)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// What kind of value `raw` is, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    List,
    Text,
    Boolean,
    Number,
    Null,
}

/// The kind of a value that is already known to be JSON.
pub(super) fn kind(raw: &str) -> Kind {
    match raw.trim_start().as_bytes().first() {
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::List,
        Some(b'"') => Kind::Text,
        Some(b't' | b'f') => Kind::Boolean,
        Some(b'n') => Kind::Null,
        Some(_) | None => Kind::Number,
    }
}

/// The entries of an object, each key of which stands once.
pub(super) fn object<'a>(
    raw: &'a str,
    path: &str,
    expected: &'static str,
) -> Result<Vec<(String, &'a RawValue)>, DocumentError> {
    let Object(entries) =
        serde_json::from_str(raw).map_err(|_| DocumentError::new(path, expected))?;
    once(&entries).map_err(|error| error.inside(path))?;
    Ok(entries)
}

/// The items of a list.
pub(super) fn list<'a>(
    raw: &'a str,
    path: &str,
    expected: &'static str,
) -> Result<Vec<&'a RawValue>, DocumentError> {
    serde_json::from_str(raw).map_err(|_| DocumentError::new(path, expected))
}

/// One string.
pub(super) fn text(raw: &str, path: &str, expected: &'static str) -> Result<String, DocumentError> {
    serde_json::from_str(raw).map_err(|_| DocumentError::new(path, expected))
}

/// A string or a list of at least one string.
pub(super) fn texts(
    raw: &str,
    path: &str,
    expected: &'static str,
) -> Result<Vec<String>, DocumentError> {
    if kind(raw) != Kind::List {
        return Ok(vec![text(raw, path, expected)?]);
    }
    let items: Vec<String> =
        serde_json::from_str(raw).map_err(|_| DocumentError::new(path, expected))?;
    if items.is_empty() {
        return Err(DocumentError::new(path, expected));
    }
    Ok(items)
}

/// The same JSON without the white space between its tokens.
pub(super) fn compact(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in raw.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            quoted = c == '"';
        }
        out.push(c);
    }
    out
}

/// A string as JSON.
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object as JSON, in the order given; the values are JSON already.
pub(super) fn write_object<'v>(entries: impl IntoIterator<Item = (&'v str, &'v str)>) -> String {
    let inner: Vec<String> =
        entries.into_iter().map(|(key, value)| format!("{}:{value}", quote(key))).collect();
    format!("{{{}}}", inner.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), DocumentError> {
        Node::parse(text)?.check(0)
    }

    #[test]
    fn duplicate_keys_are_refused_at_every_depth_however_they_are_escaped() {
        let many: Vec<String> = (0..100).map(|n| format!(r#""k{}":0"#, n % 99)).collect();
        for (text, place) in [
            (r#"{"a":1,"a":1}"#, "a"),
            (r#"{"a":{"b":[0,{"c":1,"c":2}]}}"#, "a.b[1].c"),
            (r#"{"Effect":1,"\u0045ffect":2}"#, "Effect"),
            (r#"{"x":[{"Condition":{"Bool":{"k":1,"k":1}}}]}"#, "x[0].Condition.Bool.k"),
            (&format!("{{{}}}", many.join(",")), "k0"),
        ] {
            let error = check(text).unwrap_err().to_string();
            assert_eq!(error, format!("`{place}` should be written once"));
        }
        assert!(check(r#"{"a":{"a":1},"A":1}"#).is_ok());
        assert!(object(r#"{"a":1,"a":1}"#, "b", "an object").is_err());
    }

    #[test]
    fn deep_documents_are_refused_without_being_walked() {
        for depth in [DEEPEST + 1, 127, 100_000] {
            for (open, close) in [("[", "]"), (r#"{"Condition":"#, "}")] {
                let text = format!("{}0{}", open.repeat(depth), close.repeat(depth));
                assert!(check(&text).is_err(), "{depth}");
            }
        }
        assert!(check(&format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST))).is_ok());
    }

    #[test]
    fn compacting_leaves_strings_alone() {
        let text = "{ \"a b\" : [ 1.10 , \"c \\\" d\\\\\" ] ,\n\"e\":\" \" }";
        assert_eq!(compact(text), "{\"a b\":[1.10,\"c \\\" d\\\\\"],\"e\":\" \"}");
    }
}
