//! What is said where the tree is not as the schema has it: what stands there, what was expected,
//! the nearest known name, and how to mend it.

use super::{
    fault::{Fault, Kind, LONGEST, quoted},
    nearest::nearest,
    schema::{alternatives, takes, texts, types},
    span,
    tree::{Content, Entry, Node, Scalar},
    words::{description, example, expected, keyword, listed, one_of, written},
};
use crate::{finding::shown, policy::event_pattern::PatternError};
use serde_json::Value;
use std::ops::Range;

/// What a value is the value of.
pub(super) struct Holder<'a> {
    /// The key; none for the items of a list and for the whole.
    pub name: Option<&'a str>,
    /// What it is called without a key.
    pub otherwise: &'static str,
    /// What is pointed at where the value itself is nothing or spans lines.
    pub span: Range<usize>,
}

impl Holder<'_> {
    fn called(&self) -> String {
        self.name.map_or(self.otherwise.to_owned(), quoted)
    }
}

/// A number outside its limits.
pub(super) fn number(node: &Node, number: f64, form: &Value) -> Fault {
    let what = format!("`{number}` cannot stand here");
    let only = &form["const"];
    if !only.is_null() {
        return Fault::new(Kind::UnknownValue, node.span.clone(), what, format!("write `{only}`"))
            .expecting(format!("expected `{only}`"));
    }
    let limits = [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("exclusiveMinimum", "more than"),
        ("exclusiveMaximum", "less than"),
    ];
    let limits = limits
        .into_iter()
        .filter_map(|(name, words)| form[name].as_f64().map(|limit| format!("{words} {limit}")));
    let expected = format!("expected {}", limits.collect::<Vec<_>>().join(" and "));
    Fault::new(Kind::Range, node.span.clone(), what, "choose another number").expecting(expected)
}

/// A text that is too short or too long.
pub(super) fn length(node: &Node, text: &str, count: u64, most: Option<u64>) -> Fault {
    let span = node.span.clone();
    match most {
        Some(most) if count > most => {
            let text = quoted(text);
            let what = format!("{text} has {count} characters, and at most {most} are allowed");
            Fault::new(Kind::Length, span, what, "shorten it")
        }
        Some(_) | None => {
            let (what, mend) = ("too little is written here", "write more, or remove it");
            Fault::new(Kind::Length, span, what, mend)
        }
    }
}

/// A text that does not fit the pattern.
pub(super) fn form(node: &Node, text: &str, form: &Value) -> Fault {
    let expected = form["patternErrorMessage"].as_str().unwrap_or("expected another text");
    let what = match text.trim() {
        "" => "a blank text stands here".to_owned(),
        _ => format!("{} is not {}", quoted(text), without_examples(expected)),
    };
    let mend = form["x-mend"].as_str().unwrap_or("write it in the form that is expected");
    Fault::new(Kind::Form, node.span.clone(), what, mend).expecting(expected)
}

/// An item that stands in the list before.
/// A part of an event pattern that EventBridge refuses.
pub(super) fn event_pattern(node: &Node, error: PatternError) -> Fault {
    let PatternError { at, wrong, expected, mend } = error;
    Fault::new(Kind::EventPattern, span(&at, node), wrong, mend)
        .expecting(format!("expected {expected}"))
}

pub(super) fn duplicate_item(item: &Node, text: &str) -> Fault {
    let what = format!("{} stands in this list for the second time", quoted(text));
    Fault::new(Kind::DuplicateItem, item.span.clone(), what, "keep one of the two")
}

/// Too few or too many items or keys.
pub(super) fn count(count: u64, limit: (&str, u64), item: &str, holder: &Holder<'_>) -> Fault {
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let name = holder.called();
    let (what, mend) = match count {
        0 => (format!("{name} is empty"), "add one, or remove what holds it"),
        _ => (
            format!("{name} has {count} {item}{}", plural(count)),
            "add what is missing, or remove what is too much",
        ),
    };
    let (words, limit) = limit;
    let expected = format!("expected {words} {limit} {item}{}", plural(limit));
    Fault::new(Kind::Length, holder.span.clone(), what, mend).expecting(expected)
}

/// A key that must be there and is not.
pub(super) fn missing(
    root: &Value,
    name: &str,
    form: &Value,
    node: &Node,
    holder: &Holder<'_>,
) -> Fault {
    let schema = form["properties"].get(name).unwrap_or(&Value::Null);
    let (what, span) = match holder.name {
        Some(holding) => (format!("{} lacks `{name}`", quoted(holding)), holder.span.clone()),
        None => (format!("`{name}` is missing"), node.focus()),
    };
    let example = example(root, schema).map_or(String::new(), |value| format!(" {value}"));
    let fault = Fault::new(Kind::MissingKey, span, what, format!("add `{name}:{example}`"));
    match description(schema) {
        Some(meaning) => fault.expecting(format!("expected `{name}`: {meaning}")),
        None => fault,
    }
}

/// A key that is not in the language, or not at this place.
pub(super) fn unknown_key(
    root: &Value,
    entry: &Entry,
    form: &Value,
    schema: &Value,
    holder: &Holder<'_>,
) -> Fault {
    let (key, span) = (quoted(&entry.key), entry.key_span.clone());
    if let Some(way) = elsewhere(root, &entry.key, form) {
        let not_here = holder.name.map_or("here".to_owned(), |name| format!("to {}", quoted(name)));
        let what = format!("{key} does not belong {not_here}");
        return Fault::new(Kind::MisplacedKey, span, what, format!("move it to {way}"));
    }
    let what = match keyword(root, schema, "x-keys").or_else(|| form["x-keys"].as_str()) {
        Some(name) => format!("{key} is not {name}"),
        None => match holder.name {
            Some(name) => format!("{key} is not a key of {}", quoted(name)),
            None => format!("{key} is not a key here"),
        },
    };
    let known: Vec<&str> = form["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    if known.is_empty() {
        let patterns = form["patternProperties"].as_object().into_iter().flatten();
        let forms: Vec<String> = patterns.map(|(pattern, _)| format!("`{pattern}`")).collect();
        return match forms.as_slice() {
            [] => Fault::new(Kind::UnknownKey, span, what, "remove the key")
                .expecting("expected no keys here"),
            forms => Fault::new(Kind::UnknownKey, span, what, "rename the key")
                .expecting(format!("expected keys of the form {}", forms.join(" or "))),
        };
    }
    let listed = listed(root, schema).or_else(|| form["x-listed"].as_str());
    let (nearest, mend) = match nearest(&entry.key, &known) {
        Some(name) => (format!("; nearest: `{name}`"), "rename the key"),
        None => (String::new(), "rename the key, or remove it"),
    };
    let expected = format!("expected {}{nearest}", one_of(listed, &known));
    Fault::new(Kind::UnknownKey, span, what, mend).expecting(expected)
}

/// A value that is not one of those there are.
pub(super) fn unknown_value(
    root: &Value,
    schema: &Value,
    node: &Node,
    scalar: &Scalar,
    names: &[&str],
) -> Fault {
    let text = quoted(&scalar.text);
    let what = match keyword(root, schema, "x-values") {
        Some(name) => format!("{text} is not {name}"),
        None => format!("{text} is not a value that can stand here"),
    };
    let (nearest, mend) = match nearest(&scalar.text, names) {
        Some(name) => (format!("; nearest: `{name}`"), format!("write `{name}`")),
        None => (String::new(), "choose one of them".to_owned()),
    };
    let expected = expected(root, schema);
    Fault::new(Kind::UnknownValue, node.span.clone(), what, mend)
        .expecting(format!("{expected}{nearest}"))
}

/// A list for a text, and the like.
pub(super) fn wrong_type(
    root: &Value,
    schema: &Value,
    node: &Node,
    kind: &str,
    holder: &Holder<'_>,
) -> Fault {
    let forms = alternatives(root, schema);
    let (name, is) = (holder.called(), in_words(kind));
    let above = || holder.span.clone();
    let fault = match &node.content {
        Content::Scalar(_) if kind == "null" => {
            let span = if node.span.is_empty() { above() } else { node.span.clone() };
            let mend = instead_of_nothing(root, &forms);
            Fault::new(Kind::NoValue, span, format!("{name} has no value"), mend)
        }
        Content::Scalar(scalar) => {
            let (span, text) = (node.span.clone(), quoted(&scalar.text));
            if forms.iter().any(|form| takes(form, "string")) {
                let mend = format!("quote it: `\"{}\"`", shown(&scalar.text, LONGEST));
                Fault::new(
                    Kind::Unquoted,
                    span,
                    format!("{text} is {is} unless it is quoted"),
                    mend,
                )
            } else {
                let mend = instead_of_scalar(root, &forms, scalar);
                Fault::new(Kind::WrongType, span, format!("{text} is {is}"), mend)
            }
        }
        Content::List(_) | Content::Mapping(_) | Content::Refused => {
            let mend = instead_of_several(root, &forms);
            Fault::new(Kind::WrongType, above(), format!("{name} is {is}"), mend)
        }
    };
    fault.expecting(expected(root, schema))
}

fn in_words(kind: &str) -> &'static str {
    match kind {
        "array" => "a list",
        "object" => "a mapping",
        "boolean" => "a truth value",
        "integer" | "number" => "a number",
        "null" => "nothing",
        _ => "a text",
    }
}

/// What is expected, without the examples.
fn without_examples(expected: &str) -> &str {
    let text = expected.strip_prefix("expected ").unwrap_or(expected);
    let text = text.split(',').next().unwrap_or(text);
    text.split(" such as ").next().unwrap_or(text)
}

/// Where the key is at home: among the values of this mapping's keys, or of the document's.
fn elsewhere(root: &Value, key: &str, form: &Value) -> Option<String> {
    let (here, top) = (form["properties"].as_object()?, root["properties"].as_object()?);
    let has = |(name, schema): (&String, &Value)| {
        let forms = alternatives(root, schema);
        let known = forms.iter().any(|form| form["properties"].get(key).is_some());
        known.then(|| format!("`{name}.{key}`"))
    };
    let at_the_top = || top.contains_key(key).then(|| "the top of the document".to_owned());
    here.iter().find_map(has).or_else(|| top.iter().find_map(has)).or_else(at_the_top)
}

fn instead_of_nothing(root: &Value, forms: &[&Value]) -> String {
    let one_is = |kind: &str| {
        forms.iter().any(|form| types(form).is_some_and(|types| types.contains(&kind)))
    };
    if one_is("object") {
        return "write `{}`, or remove the key".to_owned();
    }
    if one_is("array") {
        return "write `[]`, or remove the key".to_owned();
    }
    match forms.first().and_then(|form| example(root, form)) {
        Some(value) => format!("write a value, such as `{value}`"),
        None => "write a value, or remove the key".to_owned(),
    }
}

fn instead_of_scalar(root: &Value, forms: &[&Value], scalar: &Scalar) -> String {
    let text = shown(&scalar.text, LONGEST);
    for form in forms {
        let types = types(form).unwrap_or_default();
        if types.contains(&"array") {
            return format!("write a list: `[{}]`", written(&text));
        }
        if types.contains(&"boolean") {
            return instead_of_truth(&scalar.text).to_owned();
        }
        if types.contains(&"integer") && scalar.text.parse::<i64>().is_ok() {
            return format!("remove the quotes: `{text}`");
        }
        let takes_text = |schema: &Value| {
            let forms = alternatives(root, schema);
            forms.iter().filter_map(|form| texts(form)).flatten().any(|name| name == scalar.text)
        };
        let mut keys = form["properties"].as_object().into_iter().flatten();
        if let Some((key, _)) = keys.find(|(_, schema)| takes_text(schema)) {
            return format!("write `{{ {key}: {text} }}`");
        }
    }
    instead_of_several(root, forms)
}

fn instead_of_truth(text: &str) -> &'static str {
    match text.to_lowercase().as_str() {
        "yes" | "on" | "y" | "true" => "write `true`",
        "no" | "off" | "n" | "false" => "write `false`",
        _ => "write `true` or `false`",
    }
}

fn instead_of_several(root: &Value, forms: &[&Value]) -> String {
    let Some(form) = forms.first() else { return "remove it".to_owned() };
    if takes(form, "object") {
        let keys = form["properties"].as_object().into_iter().flatten();
        let mut examples = keys.filter_map(|(key, schema)| Some((key, example(root, schema)?)));
        return match examples.next() {
            Some((key, value)) => format!("write keys with their values, such as `{key}: {value}`"),
            None => "write keys with their values".to_owned(),
        };
    }
    if takes(form, "array") {
        return "write each item in a line of its own, behind a `-`".to_owned();
    }
    "write one value, without brackets, dashes or keys".to_owned()
}
