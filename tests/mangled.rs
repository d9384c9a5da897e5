//! Every sample with every field in turn replaced by something wrong: an error or a decision, never
//! a panic, and never a remediation of another function than the sample is about.

use crate::log_data;
use cordon::{
    controls,
    decision::{Remit, decide},
    event::{Event, Own, pack},
    policy::ControlPolicy,
    resource::{AccountId, Home},
    state::{DescribedState, State},
};
use serde_json::{Value, json};
use std::{fs, path::Path};
use time::macros::datetime;

/// What may stand where something else should.
fn wrong() -> Vec<Value> {
    let long = "x".repeat(5_000);
    vec![
        Value::Null,
        json!(0),
        json!(-1.5e300),
        json!(true),
        json!(""),
        json!("*"),
        json!("arn:aws:lambda:us-east-1:111122223333:function:"),
        json!("{\"Sid\":"),
        json!(long),
        json!([]),
        json!([null]),
        json!({}),
    ]
}

/// Pointers to everything in a document.
fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            pointers(value, format!("{at}/{name}"), all);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| {
            pointers(value, format!("{at}/{index}"), all);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    all.push(at);
}

/// The functions of the samples, each with a public grant, a public URL and no tags.
fn state() -> State {
    let (mut policies, mut functions, mut urls) = (json!({}), json!({}), json!({}));
    for name in [
        "orders",
        "billing",
        "thumbnails",
        "nightly-report",
        "inventory",
        "webhook",
        "legacy-import",
        "report-generator",
        "payments",
    ] {
        let arn = format!("arn:aws:lambda:us-east-1:111122223333:function:{name}");
        let statement = json!({
            "Sid": "open", "Effect": "Allow", "Principal": "*",
            "Action": "lambda:InvokeFunction", "Resource": arn,
        });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        policies[&arn] = json!({ "revision": "1", "document": document });
        urls[&arn] = json!("NONE");
        functions[&arn] = json!({
            "role": format!("arn:aws:iam::111122223333:role/{name}-role"),
            "runtime": "python3.9", "inVpc": false, "hasEnvironment": true, "kmsKey": null,
            "tags": {}, "reservedConcurrency": null,
        });
    }
    let described = json!({ "policies": policies, "functions": functions, "urls": urls });
    let described: DescribedState = serde_json::from_value(described).expect("a state");
    described.into()
}

#[test]
fn no_field_of_any_sample_can_be_wrong_enough_to_panic_or_to_hit_another_function() {
    let home = Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    };
    let policy = r#"{"version":1,"defaults":{"mode":"enforce"},"controls":{
        "tags.missing":{"parameters":{"required":{"owner":[]}}},
        "invocation.unauthorized":{"parameters":{"functions":[{"function":"*","stop":true}]}}}}"#;
    let policy: ControlPolicy = serde_json::from_str(policy).expect("a policy");
    let remit = Remit::of(&policy);
    let (state, wrong) = (state(), wrong());
    let (mut errors, mut decisions, mut plans) = (0, 0, 0);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    for file in fs::read_dir(folder).expect("the samples") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("a readable file");
        let sample: Value = serde_json::from_str(&text).expect("samples are JSON");
        let mut all = Vec::new();
        pointers(&sample, String::new(), &mut all);
        for pointer in &all {
            for value in &wrong {
                let mut event = sample.clone();
                *event.pointer_mut(pointer).expect("it is there") = value.clone();
                let Ok(event) = Event::parse(&event.to_string(), &home) else {
                    errors += 1;
                    continue;
                };
                let now = datetime!(2026-11-21 12:00 UTC);
                let triage = controls::triage(&policy, &event, now);
                let decision = decide(&remit, &event, &triage, &state, now);
                decisions += 1;
                for planned in &decision.plan {
                    plans += 1;
                    let name = planned.remediation.resource().name().to_owned();
                    assert!(text.contains(&name), "{pointer} = {value}: {name}");
                }
            }
        }
    }
    assert!(errors > 1_000 && decisions > 1_000 && plans > 1_000, "{errors} {decisions} {plans}");
}

/// Packed, so that the test above sees none of it.
#[test]
fn no_field_of_what_logs_hold_can_be_wrong_enough_to_panic_or_to_change_anything() {
    let home = Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    };
    let policy = r#"{"version":1,"defaults":{"mode":"enforce"},"controls":{
        "function.unexpected-peer":{"parameters":{"flow-logs":[{"log-group":"/vpc/*"}],
            "peers":[{"function":"*","networks":["10.0.0.0/16"]}]}}}}"#;
    let policy: ControlPolicy = serde_json::from_str(policy).expect("a policy");
    let now = datetime!(2026-11-21 12:00 UTC);
    let (mut errors, mut decisions) = (0, 0);
    for sample in log_data::samples() {
        let data = log_data::data(&sample);
        let mut all = Vec::new();
        pointers(&data, String::new(), &mut all);
        for pointer in &all {
            for value in wrong() {
                let mut data = data.clone();
                *data.pointer_mut(pointer).expect("it is there") = value;
                let payload = pack(&data).to_string();
                let event = controls::event(&policy, &payload, &home, &Own::default());
                let Ok(event) = event else {
                    errors += 1;
                    continue;
                };
                for event in event.by_function() {
                    let triage = controls::triage(&policy, &event, now);
                    let decision =
                        decide(&Remit::of(&policy), &event, &triage, &State::default(), now);
                    assert!(decision.plan.is_empty(), "{sample}: {pointer}");
                    decisions += 1;
                }
            }
        }
    }
    assert!(errors > 100 && decisions > 100, "{errors} {decisions}");
}
