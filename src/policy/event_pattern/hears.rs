//! Whether an EventBridge rule asks for a certain API call by its name, whatever else it asks for: what
//! else is asked only says for which of these calls.

use super::EventPattern;
use serde_json::{Map, Value, json};

/// Whether a rule's pattern names this call among those it hears: by `detail.eventName`, in one of its
/// ways. A rule that hears every call names none. A pattern that cannot be read hears nothing.
pub fn hears(pattern: &str, source: &str, call: &str) -> bool {
    let Ok(Value::Object(pattern)) = serde_json::from_str(pattern) else { return false };
    let event = json!({
        "source": source,
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": format!("{}.amazonaws.com", source.trim_start_matches("aws.")),
            "eventName": call,
        },
    });
    ways(&pattern).into_iter().any(|way| names_it(&way, &event))
}

/// The pattern, once for each way that `$or` gives it at its top or in `detail`.
fn ways(pattern: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut ways = Vec::new();
    for way in split(pattern) {
        match way.get("detail") {
            Some(Value::Object(detail)) => ways.extend(split(detail).into_iter().map(|detail| {
                let mut way = way.clone();
                way.insert("detail".to_owned(), Value::Object(detail));
                way
            })),
            Some(_) | None => ways.push(way),
        }
    }
    ways
}

fn split(fields: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let Some(Value::Array(alternatives)) = fields.get("$or") else { return vec![fields.clone()] };
    let alternatives = alternatives.iter().filter_map(Value::as_object);
    let with = |alternative: &Map<String, Value>| {
        let mut way = fields.clone();
        way.remove("$or");
        for (field, wanted) in alternative {
            way.insert(field.clone(), wanted.clone());
        }
        way
    };
    alternatives.map(with).collect()
}

/// Whether what a way asks of the call's name and source is met.
fn names_it(way: &Map<String, Value>, event: &Value) -> bool {
    const ASKED: [&str; 2] = ["eventName", "eventSource"];
    let Some(Value::Object(detail)) = way.get("detail") else { return false };
    if !detail.contains_key("eventName") {
        return false;
    }
    let asked = |field: &str| Some((field.to_owned(), detail.get(field)?.clone()));
    let mut only = Map::new();
    only.insert("detail".to_owned(), ASKED.into_iter().filter_map(asked).collect());
    for field in ["source", "detail-type"] {
        only.extend(way.get(field).map(|wanted| (field.to_owned(), wanted.clone())));
    }
    EventPattern::parse(&Value::Object(only)).is_ok_and(|pattern| pattern.matches(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(pattern: Value) -> bool {
        hears(&pattern.to_string(), "aws.iam", "CreateUser")
    }

    #[test]
    fn a_rule_that_names_the_call_hears_it_whatever_else_it_asks() {
        let name = json!(["CreateUser", "CreateRole"]);
        for pattern in [
            json!({ "source": ["aws.iam"], "detail": { "eventName": name } }),
            json!({ "detail": { "eventName": [{ "prefix": "Create" }] } }),
            json!({ "detail": { "eventName": name, "userIdentity": { "type": ["Root"] } } }),
            json!({ "detail": { "$or": [{ "eventName": ["DeleteUser"] }, { "eventName": name }] } }),
            json!({ "$or": [{ "detail": { "eventName": name } }, { "source": ["aws.s3"] }] }),
        ] {
            assert!(created(pattern.clone()), "{pattern}");
        }
    }

    #[test]
    fn a_rule_that_names_others_or_none_does_not() {
        for pattern in [
            json!({ "source": ["aws.iam"] }),
            json!({ "account": ["111122223333"] }),
            json!({ "source": ["aws.s3"], "detail": { "eventName": ["CreateUser"] } }),
            json!({ "detail": { "eventName": ["DeleteUser"] } }),
            json!({ "detail": { "eventSource": ["sts.amazonaws.com"], "eventName": ["CreateUser"] } }),
            json!("text"),
        ] {
            assert!(!created(pattern.clone()), "{pattern}");
        }
        assert!(!hears("{", "aws.iam", "CreateUser"));
    }
}
