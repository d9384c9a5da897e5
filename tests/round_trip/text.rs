//! Resource policies as people write them: any statements, keys in any order, blanks anywhere.

use crate::{harness::World, seeded::Seeded, telling::trigger};
use serde_json::{Map, Value, json};

/// The text of a policy of some statements for `resource`.
pub fn policy(world: &World, resource: &str, chance: &mut Seeded) -> String {
    let number = 1 + chance.below(4);
    let mut statements: Vec<Value> =
        (0..number).map(|sid| statement(world, resource, sid, chance)).collect();
    let document = match (statements.len(), chance.one_in(2)) {
        (1, true) => json!({ "Version": "2012-10-17", "Statement": statements.remove(0) }),
        (_, true) => json!({ "Version": "2012-10-17", "Statement": statements }),
        (_, false) => {
            json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements })
        }
    };
    spaced(&reordered(document, chance).to_string(), chance)
}

fn statement(world: &World, resource: &str, sid: usize, chance: &mut Seeded) -> Value {
    let stranger = json!({ "AWS": "arn:aws:iam::999988887777:root" });
    let mut statement = match chance.below(7) {
        0 => trigger(world, resource),
        1 => invoke(json!("*"), resource, "Allow"),
        2 => invoke(json!({ "AWS": "*" }), resource, "Allow"),
        3 => invoke(stranger, resource, "Allow"),
        4 => invoke(stranger, resource, "Deny"),
        5 => invoke(json!({ "Service": "sns.amazonaws.com" }), resource, "Allow"),
        _ => {
            let own = json!({ "AWS": ["arn:aws:iam::111122223333:root"] });
            let mut statement = invoke(own, resource, "Allow");
            statement["Action"] = json!(["lambda:InvokeFunction", "lambda:GetFunction"]);
            statement
        }
    };
    statement["Sid"] = json!(format!("statement-{sid}"));
    statement
}

fn invoke(principal: Value, resource: &str, effect: &str) -> Value {
    json!({
        "Sid": "",
        "Effect": effect,
        "Principal": principal,
        "Action": "lambda:InvokeFunction",
        "Resource": resource,
    })
}

/// The same with its keys in another order.
fn reordered(value: Value, chance: &mut Seeded) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            chance.shuffle(&mut members);
            let each = members.into_iter().map(|(key, value)| (key, reordered(value, chance)));
            Value::Object(each.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(|item| reordered(item, chance)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// The same with blanks where JSON lets them be.
fn spaced(compact: &str, chance: &mut Seeded) -> String {
    let mut text = String::new();
    let mut in_string = false;
    for letter in compact.chars() {
        if letter == '"' {
            in_string = !in_string;
        }
        text.push(letter);
        if !in_string && ":,[{".contains(letter) && chance.one_in(3) {
            let blank = *chance.any(&[" ", "  ", "\n", "\t", "\r\n    "]);
            text.push_str(blank);
        }
    }
    text
}
