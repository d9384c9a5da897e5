//! `make bench-decide`: what one event costs in processor time from its text to the decision, with
//! no AWS call, beside parsing the same text as untyped JSON.

#![allow(clippy::expect_used, reason = "it measures what is shipped with the project")]

use cordon::{
    controls::{self, triage},
    decision::{Remit, decide},
    event::{Event, Own, pack},
    policy::ControlPolicy,
    resource::{AccountId, Home},
    state::{DescribedState, State},
};
use serde_json::{Value, json};
use std::{fs, hint::black_box, path::Path};
use stopwatch::{median, timed};
use time::macros::datetime;

mod stopwatch;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:orders";
/// Rounds of one measurement, and measurements; the median counts.
const ROUNDS: u32 = 200;
const MEASUREMENTS: usize = 51;

fn main() {
    let policy: ControlPolicy =
        serde_json::from_str(r#"{"version":1,"defaults":{"mode":"enforce"}}"#).expect("a policy");
    let public = event("add-permission-public.json");
    let unheard = public.replace("AddPermission20150331v2", "ListFunctions20150331");
    let harmless =
        public.replace(r#"\"Principal\":\"*\""#, r#"\"Principal\":{\"AWS\":\"111122223333\"}"#);
    assert_ne!(harmless, public);
    println!("{:44} {:>10} {:>12} {:>7}", "", "decide", "parse JSON", "ratio");
    report("an event no control cares about", &policy, &unheard, &State::default());
    report("a grant that is harmless as shown", &policy, &harmless, &State::default());
    for lines in [1, 100, 10_000] {
        report_logs(&policy, lines);
    }
    for statements in [1, 5, 60] {
        let name = format!("a public grant, {statements} statements in the policy");
        report(&name, &policy, &public, &live(statements));
    }
}

fn home() -> Home {
    Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    }
}

/// Lines of a log that show nothing, unpacked and held against every known signature.
fn report_logs(policy: &ControlPolicy, lines: u32) {
    let line = |number: u32| {
        let text = format!(
            "2026-11-21T12:00:00.220Z\t6234bffe-149a-b642-81ff-2e8e376d8aff\tINFO\torder {number} was paid with a card, and shipped to the warehouse in the north\n"
        );
        json!({ "id": number.to_string(), "timestamp": 1_795_262_400_000_u64, "message": text })
    };
    let events: Vec<Value> = (0..lines).map(line).collect();
    let payload = pack(&json!({
        "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "/aws/lambda/orders",
        "logStream": "2026/11/21/[$LATEST]0f", "subscriptionFilters": ["cordon"], "logEvents": events,
    }))
    .to_string();
    let (home, own) = (home(), Own::default());
    let mut all = Vec::new();
    for _ in 0..MEASUREMENTS {
        all.push(timed((ROUNDS / lines).max(1), || {
            controls::event(policy, black_box(&payload), &home, &own).expect("an event")
        }));
    }
    println!("{:44} {:7.1} us", format!("{lines} lines of a log that show nothing"), median(all));
}

fn event(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events").join(name);
    fs::read_to_string(path).expect("a sample event")
}

/// A policy with one statement for anyone and otherwise scoped triggers.
fn live(statements: usize) -> State {
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

fn report(name: &str, policy: &ControlPolicy, payload: &str, state: &State) {
    let home = home();
    let remit = Remit::of(policy);
    let now = datetime!(2026-11-21 12:00 UTC);
    let (mut deciding, mut parsing) = (Vec::new(), Vec::new());
    for _ in 0..MEASUREMENTS {
        deciding.push(timed(ROUNDS, || {
            let event = Event::parse(black_box(payload), &home).expect("an event");
            let triage = triage(policy, &event, now);
            if !triage.controls.is_empty() {
                black_box(decide(&remit, &event, &triage, state, now));
            }
        }));
        parsing.push(timed(ROUNDS, || {
            serde_json::from_str::<Value>(black_box(payload)).expect("JSON")
        }));
    }
    let (decide, parse) = (median(deciding), median(parsing));
    let ratio = decide / parse;
    println!("{name:44} {decide:7.1} us {parse:9.1} us {ratio:6.2}x");
}
