//! The JSON Schema of control policies: the one description of their structure, for editors, for
//! the command line and for whoever reads it. It comes from the types; see `resource::form` for the
//! keywords of our own. Draft 7, because the YAML language server reads "JSON Schema 7 and below":
//! <https://github.com/redhat-developer/yaml-language-server#readme>.

use crate::{finding::ControlId, policy::ControlPolicy};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// The schema.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(generated)
}

fn generated() -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<ControlPolicy>().to_value();
    if let Value::Object(top) = &mut schema {
        top.insert("title".to_owned(), json!("Cordon control policy"));
        top.insert(
            "description".to_owned(),
            json!(
                "Which controls are on, how far each may go, whom you trust, and what is excepted."
            ),
        );
    }
    describe_controls(&mut schema);
    tidy(&mut schema);
    schema
}

/// Each control's key tells what the control requires.
fn describe_controls(schema: &mut Value) {
    for control in ControlId::ALL {
        let pointer = format!("/definitions/Controls/properties/{control}");
        let Some(Value::Object(entry)) = schema.pointer_mut(&pointer) else { continue };
        let text = format!(
            "{}. {} unless a severity is given.",
            sentence(control.title()),
            sentence(&control.severity().to_string())
        );
        entry.insert("description".to_owned(), json!(text));
        // Draft 7 ignores what stands beside a reference.
        if let Some(reference) = entry.shift_remove("$ref") {
            entry.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        }
    }
}

fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// Without what nobody reads: defaults that are whole mappings or lists, and the line breaks of
/// comments in the source.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members
                .get("default")
                .is_some_and(|value| value.is_object() || value.is_array() || value.is_null())
            {
                members.shift_remove("default");
            }
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = text.replace("\n\n", "\0").replace('\n', " ").replace('\0', "\n\n");
            }
            without_null(members);
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An optional key is left out if it has no value: `mode:` with nothing behind it is half written.
fn without_null(members: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(forms)) = members.get_mut("anyOf") {
        forms.retain(|form| form["type"] != "null");
        if let [only] = forms.as_slice() {
            let all = json!([only]);
            members.shift_remove("anyOf");
            members.insert("allOf".to_owned(), all);
        }
    }
}

/// What a control can be told: each parameter with its description.
pub fn parameters(control: ControlId) -> Vec<(&'static str, &'static str)> {
    let root = schema();
    let entry = root.pointer(&format!("/definitions/Controls/properties/{control}"));
    let entry = entry.into_iter().flat_map(|schema| alternatives(root, schema));
    let parameters = entry.filter_map(|form| form.pointer("/properties/parameters"));
    let parameters = parameters.map(|schema| alternatives(root, schema));
    let known = parameters.into_iter().flatten().filter_map(|form| form["properties"].as_object());
    let described = |(name, about): (&'static String, &'static Value)| {
        (name.as_str(), about["description"].as_str().unwrap_or_default())
    };
    known.flatten().map(described).collect()
}

/// The forms a value may have, references followed, alternatives laid side by side.
pub(super) fn alternatives<'s>(root: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or_else(Vec::new, |target| alternatives(root, target));
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        if let Some(several) = schema[keyword].as_array() {
            return several.iter().flat_map(|one| alternatives(root, one)).collect();
        }
    }
    vec![schema]
}

/// The texts that are allowed, if only some are.
pub(super) fn texts(alternative: &Value) -> Option<Vec<&str>> {
    if let Some(text) = alternative["const"].as_str() {
        return Some(vec![text]);
    }
    alternative["enum"].as_array().map(|items| items.iter().filter_map(Value::as_str).collect())
}

/// The types of JSON that a form takes; none if it takes every type.
pub(super) fn types(alternative: &Value) -> Option<Vec<&str>> {
    match &alternative["type"] {
        Value::String(one) => Some(vec![one]),
        Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect()),
        _ if texts(alternative).is_some() => Some(vec!["string"]),
        _ => None,
    }
}

/// Whether a value of this type is taken.
pub(super) fn takes(alternative: &Value, kind: &str) -> bool {
    types(alternative).is_none_or(|types| {
        types.iter().any(|one| *one == kind || (*one == "number" && kind == "integer"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the checker reads, and what it may pass over.
    const KEYWORDS: [&str; 33] = [
        "$ref",
        "$schema",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "default",
        "definitions",
        "description",
        "enum",
        "examples",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "oneOf",
        "pattern",
        "patternErrorMessage",
        "properties",
        "required",
        "title",
        "type",
        "uniqueItems",
        "x-mend",
        "patternProperties",
    ];
    const OWN: [&str; 4] = ["x-form", "x-keys", "x-values", "x-listed"];

    fn each(schema: &Value, look: &mut impl FnMut(&serde_json::Map<String, Value>)) {
        let Value::Object(members) = schema else { return };
        look(members);
        for (keyword, value) in members {
            match keyword.as_str() {
                "properties" | "definitions" | "patternProperties" => {
                    value.as_object().unwrap().values().for_each(|one| each(one, look));
                }
                "allOf" | "anyOf" | "oneOf" => {
                    value.as_array().unwrap().iter().for_each(|one| each(one, look));
                }
                "items" | "additionalProperties" => each(value, look),
                _ => {}
            }
        }
    }

    #[test]
    fn every_keyword_is_one_that_the_checker_knows() {
        each(schema(), &mut |members| {
            for keyword in members.keys() {
                let known = KEYWORDS.contains(&&**keyword) || OWN.contains(&&**keyword);
                assert!(known, "teach src/policy/source/check.rs the keyword `{keyword}`");
            }
            assert!(members.get("allOf").is_none_or(|all| all.as_array().unwrap().len() == 1));
            let beside = ["anyOf", "oneOf"].iter().any(|one| members.contains_key(*one));
            assert!(
                !(beside && members.contains_key("properties")),
                "the checker does not read alternatives beside properties"
            );
        });
    }

    #[test]
    fn every_pattern_compiles_and_says_what_is_expected_and_how_to_mend() {
        let mut patterns = 0;
        each(schema(), &mut |members| {
            if let Some(pattern) = members.get("pattern").and_then(Value::as_str) {
                patterns += 1;
                let regex = regex_lite::Regex::new(pattern).unwrap();
                for example in members["examples"].as_array().unwrap() {
                    assert!(regex.is_match(example.as_str().unwrap()), "{pattern} {example}");
                }
                assert!(members["patternErrorMessage"].as_str().unwrap().starts_with("expected "));
                assert!(members["x-mend"].is_string(), "{pattern}");
            }
        });
        assert!(patterns >= 8, "{patterns}");
    }

    #[test]
    fn every_key_is_described() {
        each(schema(), &mut |members| {
            for (key, value) in
                members.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                assert!(value["description"].is_string(), "`{key}` has no doc comment");
            }
        });
    }
}
