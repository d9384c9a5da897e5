//! What a schema asks for, in words and as an example.

use super::{
    fault::quoted,
    scalar::Meant,
    schema::{alternatives, texts, types},
    tree::Scalar,
};
use serde_json::Value;

/// So many names are listed; of more, only the nearest is named.
const FEW: usize = 12;

/// Beginning with `expected`: what a value of this schema is.
pub(super) fn expected(root: &Value, schema: &Value) -> String {
    let forms = alternatives(root, schema);
    let texts: Vec<&str> = forms.iter().filter_map(|form| texts(form)).flatten().collect();
    let mut parts = Vec::new();
    if !texts.is_empty() {
        parts.push(one_of(listed(root, schema), &texts));
    }
    for form in forms.iter().filter(|form| super::schema::texts(form).is_none()) {
        parts.extend(form_in_words(root, form));
    }
    parts.dedup();
    format!("expected {}", parts.join(", or "))
}

/// `one of ...`: the names themselves if they are few, else who lists them.
pub(super) fn one_of(listed: Option<&str>, names: &[&str]) -> String {
    match (listed, names) {
        (Some(listed), _) => format!("one of {listed}"),
        (None, [only]) => quoted(only),
        (None, names) if names.len() <= FEW => {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            format!("one of {}", names.join(", "))
        }
        (None, names) => format!("one of {} names", names.len()),
    }
}

/// Who lists the values of this schema.
pub(super) fn listed<'s>(root: &'s Value, schema: &'s Value) -> Option<&'s str> {
    keyword(root, schema, "x-listed")
}

/// A keyword that stands at the schema or at what it refers to.
pub(super) fn keyword<'s>(root: &'s Value, schema: &'s Value, name: &str) -> Option<&'s str> {
    let mut here = schema;
    loop {
        if let Some(text) = here[name].as_str() {
            return Some(text);
        }
        let inner = here["allOf"].get(0).unwrap_or(here);
        let reference = inner["$ref"].as_str().and_then(|text| text.strip_prefix('#'))?;
        here = root.pointer(reference)?;
    }
}

fn form_in_words(root: &Value, form: &Value) -> Vec<String> {
    if let Some(message) = form["patternErrorMessage"].as_str() {
        return vec![message.strip_prefix("expected ").unwrap_or(message).to_owned()];
    }
    if !form["const"].is_null() {
        return vec![format!("`{}`", form["const"])];
    }
    let types = types(form).unwrap_or_default();
    types.iter().filter_map(|one| type_in_words(root, one, form)).collect()
}

fn type_in_words(root: &Value, name: &str, form: &Value) -> Option<String> {
    Some(match name {
        "string" => "a text".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "array" => list_in_words(root, &form["items"]),
        "object" => mapping_in_words(form),
        // That nothing may stand there too helps nobody who wrote something.
        _ => return None,
    })
}

fn list_in_words(root: &Value, items: &Value) -> String {
    match alternatives(root, items).as_slice() {
        [form] if form["pattern"].is_string() => {
            format!("a list, each item {}", form_in_words(root, form).join(""))
        }
        _ => "a list".to_owned(),
    }
}

fn mapping_in_words(form: &Value) -> String {
    let keys: Vec<String> =
        form["properties"].as_object().into_iter().flatten().map(|(key, _)| quoted(key)).collect();
    match (keys.as_slice(), description(form)) {
        ([], Some(meaning)) => format!("a mapping: {meaning}"),
        ([only], _) => format!("a mapping with the key {only}"),
        ([_, _, ..], _) if keys.len() <= FEW => {
            format!("a mapping with the keys {}", keys.join(", "))
        }
        _ => "a mapping".to_owned(),
    }
}

/// The first sentence of a description, as a part of one.
pub(super) fn description(schema: &Value) -> Option<String> {
    let text = schema["description"].as_str()?;
    let first = text.split(". ").next().unwrap_or(text).trim_end_matches('.');
    let mut rest = first.chars();
    let head = rest.next()?;
    Some(head.to_lowercase().chain(rest).collect())
}

/// A value as one may write it, in one line.
pub(super) fn example(root: &Value, schema: &Value) -> Option<String> {
    let form = *alternatives(root, schema).first()?;
    let text =
        form["examples"].get(0).and_then(Value::as_str).or_else(|| texts(form)?.first().copied());
    if let Some(text) = text {
        return Some(written(text));
    }
    if !form["const"].is_null() {
        return Some(form["const"].to_string());
    }
    match types(form)?.first().copied()? {
        "array" => Some(format!("[{}]", example(root, &form["items"]).unwrap_or_default())),
        "boolean" => Some("true".to_owned()),
        "integer" => Some(form["minimum"].as_i64().unwrap_or(1).to_string()),
        _ => None,
    }
}

/// A text as YAML: quoted where YAML would read something else.
pub(super) fn written(text: &str) -> String {
    let plain = Scalar { text: text.to_owned(), plain: true };
    let is_word = |c: char| c.is_alphanumeric() || " .-_/@:".contains(c);
    let safe = matches!(plain.meant(), Meant::Text(_))
        && text.starts_with(|c: char| c.is_alphanumeric())
        && text.chars().all(is_word)
        && !text.contains(": ")
        && !text.ends_with([':', ' ']);
    if safe {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}
