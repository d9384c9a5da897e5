//! `make bench-policy`: what the size of the control policy costs one event, and what loading it
//! costs, beside parsing the same text as untyped JSON.

#![allow(clippy::expect_used, reason = "it measures what is shipped with the project")]

use cordon::{
    controls::{event, triage},
    decision::{Remit, decide},
    event::Own,
    policy::{ControlPolicy, LoadedPolicy, source},
    resource::{AccountId, Home},
    state::State,
};
use serde_json::{Value, json};
use std::{fs, hint::black_box, path::Path};
use stopwatch::{median, timed};
use time::macros::datetime;

mod stopwatch;

const ROUNDS: u32 = 100;
const MEASUREMENTS: usize = 31;

fn main() {
    println!("one event, from its text to the decision, with this many of them:");
    for (what, made) in [
        ("rules that other events match", rules as fn(usize) -> Value),
        ("exceptions of other functions", exceptions),
        ("exceptions by patterns", pattern_exceptions),
    ] {
        let mut none = None;
        for number in [0, 10, 100, 1_000, 10_000] {
            let per_event = per_event(&made(number));
            let first = *none.get_or_insert(per_event);
            println!("  {what:34} {number:6} {per_event:8.1} us {:6.2}x", per_event / first);
        }
    }
    println!("loading, from its text to the control policy:");
    load("the shipped one", &shipped());
    for number in [100, 1_000, 10_000] {
        load(&format!("{number} exceptions"), &compiled(&exceptions(number)));
        load(&format!("{number} rules"), &compiled(&rules(number)));
    }
}

fn rules(number: usize) -> Value {
    let rule = |number| {
        json!({
            "id": format!("rule-{number}"),
            "description": "a rule of another call",
            "pattern": {
                "source": ["aws.lambda"],
                "detail": { "eventName": [format!("SomeCall{number}")] },
            },
            "function": "/detail/requestParameters/functionName",
        })
    };
    json!({ "rules": (0..number).map(rule).collect::<Vec<_>>() })
}

fn exceptions_of(number: usize, function: fn(usize) -> String) -> Value {
    let exception = |number| {
        json!({
            "controls": ["function-policy.public"],
            "functions": [function(number)],
            "owner": "somebody",
            "reason": "something",
            "expires": "2027-03-31",
        })
    };
    json!({ "exceptions": (0..number).map(exception).collect::<Vec<_>>() })
}

fn exceptions(number: usize) -> Value {
    exceptions_of(number, |number| format!("function-{number}"))
}

fn pattern_exceptions(number: usize) -> Value {
    exceptions_of(number, |number| format!("team-{number}-*-production"))
}

fn policy(with: &Value) -> ControlPolicy {
    let mut text = json!({ "version": 1, "defaults": { "mode": "enforce" } });
    if let (Value::Object(text), Value::Object(with)) = (&mut text, with) {
        text.extend(with.clone());
    }
    serde_json::from_value(text).expect("a control policy")
}

fn per_event(with: &Value) -> f64 {
    let policy = policy(with);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events/add-permission-public.json");
    let payload = fs::read_to_string(path).expect("a sample event");
    let home = Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    };
    let (remit, now) = (Remit::of(&policy), datetime!(2026-11-21 12:00 UTC));
    let answer = || {
        let event = event(&policy, black_box(&payload), &home, &Own::default()).expect("an event");
        let triage = triage(&policy, &event, now);
        black_box(decide(&remit, &event, &triage, &State::as_shown(&event), now));
    };
    // The indexes are made by the first event that asks.
    answer();
    median((0..MEASUREMENTS).map(|_| timed(ROUNDS, answer)).collect())
}

fn compiled(with: &Value) -> String {
    LoadedPolicy::compile(&policy(with)).expect("it compiles")
}

fn shipped() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy.yaml");
    let text = fs::read_to_string(path).expect("the shipped control policy");
    let today = datetime!(2026-11-21 12:00 UTC).date();
    LoadedPolicy::compile(&source::parse(&text, today).expect("it is valid")).expect("it compiles")
}

fn load(name: &str, text: &str) {
    let rounds = if text.len() > 100_000 { 3 } else { ROUNDS };
    let (mut loading, mut parsing) = (Vec::new(), Vec::new());
    for _ in 0..MEASUREMENTS {
        loading.push(timed(rounds, || LoadedPolicy::load(black_box(text)).expect("it loads")));
        parsing
            .push(timed(rounds, || serde_json::from_str::<Value>(black_box(text)).expect("JSON")));
    }
    let (load, parse) = (median(loading), median(parsing));
    let size = text.len() / 1024;
    println!(
        "  {name:24} {size:6} KiB {load:9.1} us {parse:9.1} us to parse {:6.2}x",
        load / parse
    );
}
