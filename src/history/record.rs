//! What stands in archived calls, read. Whoever called may have typed anything: what does not read as it
//! should tells nothing.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

/// A request or an answer; none where there is none, or it is of another form.
pub(super) fn read<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str::<Option<T>>(raw?.get()).ok().flatten()
}

/// The same, or nothing of it.
pub(super) fn or_nothing<'a, T: Deserialize<'a> + Default>(raw: Option<&'a RawValue>) -> T {
    read(raw).unwrap_or_default()
}

/// What AWS Config has as JSON, or as the text of it.
pub(super) fn unpacked<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    let text = raw?.get();
    if let Ok(inner) = serde_json::from_str::<String>(text) {
        return serde_json::from_str(&inner).ok();
    }
    serde_json::from_str(text).ok()
}

/// A document of IAM: the text itself or, as IAM answers, the text as URLs have it.
pub(super) fn document(text: String) -> String {
    if text.trim_start().starts_with('{') { text } else { decoded(&text) }
}

/// A `%` that begins no octet stays one.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let octet = after.first_chunk::<2>().filter(|_| *first == b'%').and_then(octet);
        bytes.push(octet.unwrap_or(*first));
        rest = if octet.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn octet([high, low]: &[u8; 2]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// What CloudTrail writes with a small first letter, with the capital one that the API has.
pub(super) fn capitalized(value: Value) -> Value {
    match value {
        Value::Array(all) => Value::Array(all.into_iter().map(capitalized).collect()),
        Value::Object(all) => {
            let capital = |(name, value)| (capital(name), capitalized(value));
            Value::Object(all.into_iter().map(capital).collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn capital(name: String) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_as_they_are_or_as_urls_have_them() {
        assert_eq!(document("%7B%22a%22%3A%22%C3%BC+%2B%22%7D".to_owned()), "{\"a\":\"ü++\"}");
        assert_eq!(document(" {\"a\":\"100%25\"}".to_owned()), " {\"a\":\"100%25\"}");
        assert_eq!((decoded("%"), decoded("%zz%4")), ("%".to_owned(), "%zz%4".to_owned()));
    }

    #[test]
    fn names_get_their_capital_letter_wherever_they_stand() {
        let small = serde_json::json!({"a": [{"bC": "d", "": null}], "é": true});
        let capital = serde_json::json!({"A": [{"BC": "d", "": null}], "É": true});
        assert_eq!(capitalized(small), capital);
    }
}
