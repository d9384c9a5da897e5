//! What the benches put to Cordon: sample events, each as it is and changed, and what the account holds
//! then.

#![allow(dead_code, reason = "each target that includes this uses a part of it")]

use cordon::{
    resource::{AccountId, Home},
    state::{DescribedState, State},
};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// The function that the events are about.
pub const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:orders";

/// Anyone may invoke the function from now on.
pub fn public_grant() -> String {
    sample("add-permission-public.json")
}

/// A call that no control cares about.
pub fn unheard_call() -> String {
    changed("AddPermission20150331v2", "ListFunctions20150331")
}

/// The function's own account may invoke it, which is seen from the event.
pub fn harmless_grant() -> String {
    changed(r#"\"Principal\":\"*\""#, r#"\"Principal\":{\"AWS\":\"111122223333\"}"#)
}

fn changed(from: &str, to: &str) -> String {
    let public = public_grant();
    let changed = public.replace(from, to);
    assert_ne!(changed, public, "the sample says `{from}`");
    changed
}

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events").join(name);
    fs::read_to_string(path).expect("a sample event")
}

/// Where Cordon runs.
pub fn home() -> Home {
    Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    }
}

/// A policy with one statement for anyone and otherwise scoped triggers.
pub fn live(statements: usize) -> State {
    let document: Vec<Value> = (0..statements)
        .map(|number| match number {
            0 => json!({
                "Sid": "open-to-all", "Effect": "Allow", "Principal": "*",
                "Action": "lambda:InvokeFunction", "Resource": FUNCTION,
            }),
            _ => json!({
                "Sid": format!("rule-{number}"), "Effect": "Allow",
                "Principal": { "Service": "events.amazonaws.com" },
                "Action": "lambda:InvokeFunction", "Resource": FUNCTION,
                "Condition": { "ArnLike": {
                    "AWS:SourceArn": format!("arn:aws:events:us-east-1:111122223333:rule/{number}"),
                } },
            }),
        })
        .collect();
    let described = json!({ "policies": { FUNCTION: {
        "revision": "1",
        "document": { "Version": "2012-10-17", "Statement": document },
    } } });
    let described: DescribedState = serde_json::from_value(described).expect("a state");
    described.into()
}
