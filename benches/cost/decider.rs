//! From the text of an event to the decision, in a process that does nothing else.

use crate::{
    deliveries::{harmless_grant, home, live, public_grant, unheard_call},
    valgrind::{self, Cost},
};
use cordon::{
    controls::{self, triage},
    decision::{Remit, decide},
    event::Own,
    policy::ControlPolicy,
    state::State,
};
use std::{env, hint::black_box};
use time::macros::datetime;

/// The first argument of that process.
pub const ROLE: &str = "decide";
pub const KINDS: [&str; 3] = ["ignored", "harmless", "remediated"];
const EVENTS: u64 = 200;

pub fn cost(kind: &str) -> Cost {
    let this = env::current_exe().expect("this program has a path");
    valgrind::cost(EVENTS, |tool, events| {
        let output = tool.command(&this).args([ROLE, kind, &events.to_string()]).output();
        let output = output.expect("valgrind runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    })
}

pub fn decide_each(kind: &str, events: u64) {
    let (payload, state) = match kind {
        "ignored" => (unheard_call(), State::default()),
        "harmless" => (harmless_grant(), State::default()),
        "remediated" => (public_grant(), live(5)),
        other => panic!("no kind of event is called `{other}`"),
    };
    let policy: ControlPolicy =
        serde_json::from_str(r#"{"version":1,"defaults":{"mode":"enforce"}}"#).expect("a policy");
    let (remit, home, own) = (Remit::of(&policy), home(), Own::default());
    let now = datetime!(2026-11-21 12:00 UTC);
    for _ in 0..events {
        let event = controls::event(&policy, black_box(&payload), &home, &own).expect("an event");
        let triage = triage(&policy, &event, now);
        assert_eq!(triage.controls.is_empty(), kind == "ignored", "{kind}");
        if !triage.controls.is_empty() {
            let decision = black_box(decide(&remit, &event, &triage, &state, now));
            assert_eq!(decision.plan.is_empty(), kind == "harmless", "{kind}");
        }
    }
}
