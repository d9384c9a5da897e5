//! JSON read in one pass, for whoever takes it apart: keys that stand twice are refused.
//! A reader that keeps the last duplicate could be shown one grant while AWS honours another.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use super::DocumentError;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// No policy needs more nesting; deeper documents are refused rather than walked.
const DEEPEST: usize = 16;

/// Up to this many keys are compared with each other without a table of them.
const FEW: usize = 16;

/// JSON read in one pass, its strings borrowed where they hold no escapes. Whoever takes an object
/// apart learns of its duplicate keys then, so that the path costs nothing until there is an error.
#[derive(Debug)]
pub enum Node<'a> {
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
    List(Vec<Node<'a>>),
    Text(Cow<'a, str>),
    Boolean(bool),
    /// A number, written in full.
    Number(String),
    Null,
}

impl<'a> Node<'a> {
    /// Reads a document.
    pub fn parse(text: &'a str) -> Result<Self, DocumentError> {
        // IAM accepts no character above U+00FF:
        // <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>
        if text.starts_with('\u{feff}') {
            return Err(DocumentError::new("document", "without a byte order mark"));
        }
        serde_json::from_str(text).map_err(|error| DocumentError::new("document", wanted(&error)))
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
            Self::Object(_) | Self::List(_) | Self::Boolean(_) | Self::Number(_) | Self::Null => {
                Err(DocumentError::here(expected))
            }
        }
    }

    /// One value, or each of a list.
    pub fn items(self) -> Vec<Self> {
        match self {
            Self::List(items) => items,
            Self::Object(_) | Self::Text(_) | Self::Boolean(_) | Self::Number(_) | Self::Null => {
                vec![self]
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
            Self::Text(_) | Self::Boolean(_) | Self::Number(_) | Self::Null => Ok(()),
        }
    }
}

/// What the text should have been. The reader tells only in words that it went no deeper.
fn wanted(error: &serde_json::Error) -> &'static str {
    match error.to_string().starts_with("recursion limit exceeded") {
        true => "JSON that is not nested so deeply",
        false => "JSON",
    }
}

/// Refuses a key that stands twice.
pub fn once<K: AsRef<str>, V>(entries: &[(K, V)]) -> Result<(), DocumentError> {
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
            entries.push((key, map.next_value()?));
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

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Node::Boolean(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Node::Number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        // With its point, which tells it from an integer.
        Ok(Node::Number(format!("{number:?}")))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }
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
    fn what_is_deeper_than_the_reader_goes_is_not_called_broken() {
        for (text, wanted) in [
            ("[".repeat(100_000) + &"]".repeat(100_000), "JSON that is not nested so deeply"),
            ("[".repeat(100), "JSON"),
            (r#"{"recursion limit exceeded":}"#.to_owned(), "JSON"),
        ] {
            let error = check(&text).unwrap_err().to_string();
            assert_eq!(error, format!("`document` should be {wanted}"));
        }
    }
}
