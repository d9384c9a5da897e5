//! `make bench-decide`: what one event costs in processor time from its text to the decision, with
//! no AWS call, beside parsing the same text as untyped JSON.

#![allow(clippy::expect_used, reason = "it measures what is shipped with the project")]

use cordon::{
    controls::{self, triage},
    decision::{Remit, decide},
    event::{Event, Own, pack},
    policy::ControlPolicy,
    state::State,
};
use deliveries::{harmless_grant, home, live, public_grant, unheard_call};
use serde_json::{Value, json};
use std::hint::black_box;
use stopwatch::{median, timed};
use time::macros::datetime;

mod deliveries;
mod stopwatch;

/// Rounds of one measurement, and measurements; the median counts.
const ROUNDS: u32 = 200;
const MEASUREMENTS: usize = 51;

fn main() {
    let policy: ControlPolicy =
        serde_json::from_str(r#"{"version":1,"defaults":{"mode":"enforce"}}"#).expect("a policy");
    let (unheard, harmless, public) = (unheard_call(), harmless_grant(), public_grant());
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
