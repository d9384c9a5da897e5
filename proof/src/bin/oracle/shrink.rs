//! A case made smaller as long as both sides go on answering as they did. Where Cordon cannot say,
//! its own answer alone is kept: why it cannot does not depend on the other side.

use crate::{Verdict, ours, simulator::Simulator};
use proof::generate::Case;
use proof::words::ALWAYS;
use serde_json::{Value, json};

/// So many smaller cases are asked at once.
const AT_ONCE: usize = 8;

/// The smallest case found with the same two verdicts.
pub fn shrink(
    mut case: Case,
    ours: Verdict,
    theirs: Verdict,
    simulator: &mut Simulator,
) -> Result<Case, String> {
    loop {
        let mut smaller = Vec::new();
        for candidate in candidates(&case) {
            if candidate != case && ours::verdict(&candidate)? == ours {
                smaller.push(candidate);
            }
        }
        let found = match ours {
            Verdict::Unclear => smaller.into_iter().next(),
            Verdict::Allow | Verdict::Deny | Verdict::Implicit | Verdict::Refused => {
                first_told(smaller, theirs, simulator)?
            }
        };
        match found {
            Some(candidate) => case = candidate,
            None => return Ok(case),
        }
    }
}

/// The first case of which the other side says this.
fn first_told(
    cases: Vec<Case>,
    theirs: Verdict,
    simulator: &mut Simulator,
) -> Result<Option<Case>, String> {
    for some in cases.chunks(AT_ONCE) {
        let told = simulator.ask(some)?;
        let found = some.iter().zip(told).find(|(_, told)| told.verdict == theirs);
        if let Some((case, _)) = found {
            return Ok(Some(case.clone()));
        }
    }
    Ok(None)
}

/// The case with one thing taken out or made plain.
fn candidates(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    let with_policy = |policy: Value| Case { policy, request: case.request.clone() };
    let mut modern = case.policy.clone();
    modern["Version"] = json!("2012-10-17");
    found.push(with_policy(modern));
    let statements = case.policy["Statement"].as_array().map_or(0, Vec::len);
    for index in 0..statements {
        if statements > 1 {
            let mut fewer = case.policy.clone();
            if let Some(list) = fewer["Statement"].as_array_mut() {
                list.remove(index);
            }
            found.push(with_policy(fewer));
        }
        for statement in simpler_statements(&case.policy["Statement"][index], &case.request) {
            let mut policy = case.policy.clone();
            policy["Statement"][index] = statement;
            found.push(with_policy(policy));
        }
    }
    found.extend(
        simpler_requests(&case.request)
            .into_iter()
            .map(|request| Case { policy: case.policy.clone(), request }),
    );
    found
}

fn simpler_statements(statement: &Value, request: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for (element, not, plain) in [
        ("Principal", "NotPrincipal", json!("*")),
        ("Action", "NotAction", request["action"].clone()),
        ("Resource", "NotResource", request["resource"].clone()),
    ] {
        let mut simple = statement.clone();
        if let Some(object) = simple.as_object_mut() {
            object.remove(not);
            object.insert(element.to_owned(), plain);
        }
        found.push(simple);
    }
    found.extend(fewer(statement));
    let empty = |statement: &Value| {
        statement["Condition"].as_object().is_some_and(serde_json::Map::is_empty)
    };
    for statement in &mut found {
        if empty(statement) {
            statement.as_object_mut().map(|object| object.remove("Condition"));
        }
    }
    found
}

/// The value with one member of one of its objects or lists left out, at any depth below the top;
/// a list of one becomes the one.
fn fewer(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, inner)| {
                let mut shorter: Vec<Option<Value>> = fewer(inner).into_iter().map(Some).collect();
                if inner.is_object() || key.contains(':') {
                    shorter.push(None);
                }
                shorter.into_iter().map(move |inner| {
                    let mut object = object.clone();
                    match inner {
                        Some(inner) => drop(object.insert(key.clone(), inner)),
                        None => drop(object.shift_remove(key)),
                    }
                    Value::Object(object)
                })
            })
            .collect(),
        Value::Array(list) => list.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The request with a key less that it need not hold, or a key that holds less.
fn simpler_requests(request: &Value) -> Vec<Value> {
    let Some(context) = request["context"].as_object() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, held) in context {
        if ALWAYS.contains(&key.as_str()) {
            continue;
        }
        let mut context = context.clone();
        context.shift_remove(key);
        found.push(Value::Object(context.clone()));
        for index in 0..held.as_array().map_or(0, Vec::len) {
            let mut fewer = held.clone();
            if let Some(list) = fewer.as_array_mut() {
                list.remove(index);
            }
            let mut context = context.clone();
            context.insert(key.clone(), fewer);
            found.push(Value::Object(context));
        }
    }
    found
        .into_iter()
        .map(|context| {
            let mut request = request.clone();
            request["context"] = context;
            request
        })
        .collect()
}
