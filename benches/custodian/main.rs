//! `make bench-custodian`: Cordon beside Cloud Custodian, each as Lambda runs it, in the same
//! emulated account, on the same events, in turn: what an answer costs, and what each makes of the
//! same resource policies. `RUNS` starts and `EVENTS` events are measured. Takes the folder of the
//! release binaries; see `cold_start.rs` for why it is not built in release itself.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the harness fails by panicking"
)]

mod case;
mod cases;
mod contender;
mod cost;
#[path = "../../tests/harness/mod.rs"]
mod harness;
#[path = "../stopwatch/mod.rs"]
#[allow(dead_code, reason = "the other benches use the rest")]
mod stopwatch;
#[path = "../behaviour/table.rs"]
mod table;
#[path = "../../tests/telling.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod telling;

use contender::{Contender, Tool};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    cost::print(&cost::measure(number("RUNS", 20), number("EVENTS", 30)).await);
    let wrong = cases::print().await;
    assert!(wrong.is_empty(), "not as the table has it: {wrong:#?}");
}

/// A number from the environment.
fn number(variable: &str, default: usize) -> usize {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{variable} is `{text}`: {error}")),
        Err(_) => default,
    }
}

/// Both, each in an account of its own.
async fn both() -> [Contender; 2] {
    [Contender::new(Tool::Cordon).await, Contender::new(Tool::Custodian).await]
}
