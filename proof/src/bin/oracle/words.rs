//! A small case in one line, by which differences are known again.

use proof::generate::Case;
use serde_json::Value;

/// Everything in the case that is not plain, in one line.
pub fn of(case: &Case) -> String {
    let mut words = Vec::new();
    match case.policy["Version"].as_str() {
        Some("2012-10-17") => {}
        Some(version) => words.push(format!("Version {version}")),
        None => words.push("Version missing".to_owned()),
    }
    for statement in case.policy["Statement"].as_array().into_iter().flatten() {
        words.push(of_statement(statement, &case.request));
    }
    words.join(" + ")
}

/// The first words: what the difference is about, with neither values nor what the request holds.
pub fn kind(words: &str) -> String {
    let mut kinds: Vec<&str> = words
        .split(" & ")
        .flat_map(|part| part.split(" + "))
        .map(|part| part.split([' ', '=']).next().unwrap_or(part))
        .collect();
    kinds.dedup();
    kinds.join(" & ")
}

fn of_statement(statement: &Value, request: &Value) -> String {
    let mut words = vec![statement["Effect"].as_str().unwrap_or_default().to_owned()];
    for (element, plain, against) in [
        ("Principal", &Value::from("*"), &request["caller"]),
        ("NotPrincipal", &Value::Null, &request["caller"]),
        ("Action", &request["action"], &request["action"]),
        ("NotAction", &Value::Null, &request["action"]),
        ("Resource", &request["resource"], &request["resource"]),
        ("NotResource", &Value::Null, &request["resource"]),
    ] {
        let value = &statement[element];
        if !value.is_null() && value != plain {
            words.push(format!("{element}={value} for {against}"));
        }
    }
    for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let held =
                held(&request["context"], key).map_or("nothing".to_owned(), Value::to_string);
            let variable = variables(values, request);
            words.push(format!("{operator} {key}={values} holds {held}{variable}"));
        }
    }
    words.join(" & ")
}

fn held<'r>(context: &'r Value, key: &str) -> Option<&'r Value> {
    context.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, v)| v)
}

/// What the first variable in the values holds.
fn variables(values: &Value, request: &Value) -> String {
    let text = values.to_string();
    let inside = text.split_once("${").and_then(|(_, rest)| rest.split_once('}'));
    let Some((name, _)) = inside else { return String::new() };
    let name = name.split(',').next().unwrap_or(name).trim();
    let value = held(&request["context"], name).map_or("nothing".to_owned(), Value::to_string);
    format!(" with {name} {value}")
}
