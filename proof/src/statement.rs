//! One generated statement: most of its elements let the request in, so that the odd one decides.
//! Elements: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

use crate::choices::Choices;
use crate::words::{
    ACTIONS, ADDRESSES, ARNS, BINARIES, DATES, FUNCTION, KEYS, Kind, NUMBERS, OPERATORS,
    PRINCIPALS, RESOURCES, SERVICES, TEXTS, TRUTHS, VARIABLES,
};
use serde_json::{Map, Value, json};

/// One statement.
pub fn statement(choices: &mut Choices<'_>) -> Value {
    let mut statement = Map::new();
    let effect = if choices.chance(25) { "Deny" } else { "Allow" };
    statement.insert("Effect".to_owned(), json!(effect));
    let (element, value) = match choices.chance(40) {
        true => principal(choices),
        false => ("Principal", json!("*")),
    };
    statement.insert(element.to_owned(), value);
    for (element, not, usual, options) in [
        ("Action", "NotAction", ACTIONS[0], &ACTIONS[..]),
        ("Resource", "NotResource", FUNCTION, &RESOURCES[..]),
    ] {
        let (element, value) = match choices.below(10) {
            0..=6 => (element, json!(usual)),
            7 => (element, several(choices, |choices| json!(choices.pick(options)))),
            8 => (element, json!(choices.pick(options))),
            _ => (not, several(choices, |choices| json!(choices.pick(options)))),
        };
        statement.insert(element.to_owned(), value);
    }
    let mut condition = Map::new();
    for _ in 0..choices.below(3) {
        clause(choices, &mut condition);
    }
    if !condition.is_empty() {
        statement.insert("Condition".to_owned(), Value::Object(condition));
    }
    Value::Object(statement)
}

/// One to three values, as a list or, if it is one, on its own.
fn several(choices: &mut Choices<'_>, mut one: impl FnMut(&mut Choices<'_>) -> Value) -> Value {
    let count = 1 + choices.below(3);
    let mut values: Vec<Value> = Vec::new();
    for _ in 0..count {
        let value = one(choices);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    match values.pop() {
        Some(only) if values.is_empty() && choices.chance(70) => only,
        last => values.into_iter().chain(last).collect(),
    }
}

fn principal(choices: &mut Choices<'_>) -> (&'static str, Value) {
    let element = if choices.chance(25) { "NotPrincipal" } else { "Principal" };
    let mut value = match choices.below(8) {
        0 => return (element, json!("*")),
        1 | 2 => json!({ "Service": several(choices, |choices| json!(choices.pick(&SERVICES))) }),
        3 => json!({ "Service": "*" }),
        _ => json!({ "AWS": several(choices, |choices| json!(choices.pick(&PRINCIPALS))) }),
    };
    match choices.below(10) {
        8 => value["Federated"] = json!("arn:aws:iam::111122223333:saml-provider/corp"),
        9 => value["Service"] = json!(choices.pick(&SERVICES)),
        _ => {}
    }
    (element, value)
}

fn clause(choices: &mut Choices<'_>, condition: &mut Map<String, Value>) {
    let (key, kind, set) = choices.pick(&KEYS);
    let fitting: Vec<&str> = OPERATORS
        .iter()
        .filter(|(_, fits)| *fits == kind || *fits == Kind::Text && kind == Kind::Arn)
        .map(|(name, _)| *name)
        .collect();
    let operator = match choices.chance(90) {
        true => choices.pick(&fitting),
        false => choices.pick(&OPERATORS).0,
    };
    let prefixed = choices.chance(if set { 85 } else { 15 });
    let prefix = match prefixed {
        true => choices.pick(&["ForAnyValue:", "ForAllValues:"]),
        false => "",
    };
    let suffix = if choices.chance(25) { "IfExists" } else { "" };
    let (operator, values) = match choices.chance(8) {
        true => ("Null".to_owned(), several(choices, |choices| json!(choices.pick(&TRUTHS[..3])))),
        false => (
            format!("{prefix}{operator}{suffix}"),
            several(choices, |choices| value(choices, kind)),
        ),
    };
    let under = condition.entry(operator).or_insert_with(|| json!({}));
    under[key] = values;
}

/// A value of a clause: a near match, a variable, or a JSON number or boolean.
fn value(choices: &mut Choices<'_>, kind: Kind) -> Value {
    if choices.chance(12) {
        return json!(choices.pick(&VARIABLES));
    }
    let text = match kind {
        Kind::Text => choices.pick(&TEXTS),
        Kind::Arn => choices.pick(&ARNS),
        Kind::Address => choices.pick(&ADDRESSES),
        Kind::Number => choices.pick(&NUMBERS),
        Kind::Date => choices.pick(&DATES),
        Kind::Truth => choices.pick(&TRUTHS),
        Kind::Binary => choices.pick(&BINARIES),
    };
    let plain = kind == Kind::Number || kind == Kind::Truth;
    match serde_json::from_str::<Value>(text) {
        Ok(value) if plain && choices.chance(20) => value,
        Ok(_) | Err(_) => json!(text),
    }
}
