//! JSON read and written without losing anything: key order, exact text. For whoever writes a
//! policy back; refuses duplicate keys.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use super::DocumentError;
use super::node::once;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// An object in the order it was written; values keep their exact text.
struct Object<'a>(Vec<(String, &'a RawValue)>);

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
pub enum Kind {
    Object,
    List,
    Text,
    Boolean,
    Number,
    Null,
}

/// The kind of a value that is already known to be JSON.
pub fn kind(raw: &str) -> Kind {
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
pub fn object<'a>(
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
pub fn list<'a>(
    raw: &'a str,
    path: &str,
    expected: &'static str,
) -> Result<Vec<&'a RawValue>, DocumentError> {
    serde_json::from_str(raw).map_err(|_| DocumentError::new(path, expected))
}

/// The same JSON without the white space between its tokens.
pub fn compact(raw: &str) -> String {
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
pub fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object as JSON, in the order given; the values are JSON already.
pub fn write_object<'v>(entries: impl IntoIterator<Item = (&'v str, &'v str)>) -> String {
    let inner: Vec<String> =
        entries.into_iter().map(|(key, value)| format!("{}:{value}", quote(key))).collect();
    format!("{{{}}}", inner.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_keys_are_refused() {
        let error = object(r#"{"a":1,"a":1}"#, "b", "an object").unwrap_err();
        assert_eq!(error.to_string(), "`b.a` should be written once");
    }

    #[test]
    fn compacting_leaves_strings_alone() {
        let text = "{ \"a b\" : [ 1.10 , \"c \\\" d\\\\\" ] ,\n\"e\":\" \" }";
        assert_eq!(compact(text), "{\"a b\":[1.10,\"c \\\" d\\\\\"],\"e\":\" \"}");
    }
}
