//! `make bench-cost`: what one event costs, counted by valgrind and not timed: the same work gives the
//! same number on a busy machine. Everything runs for some events and for twice as many, and only the
//! difference counts, so that starting drops out.
//!
//! Twice: what decides, in a process of its own, and the whole release binary under a local Runtime API,
//! beside hello-world. Held against `budget.json`: whoever makes events dearer says so there.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "it measures what is shipped with the project"
)]

mod budget;
mod decider;
#[path = "../deliveries/mod.rs"]
mod deliveries;
mod function;
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/harness/runtime_api.rs"]
mod runtime_api;
mod valgrind;

use budget::Budget;
use std::{env, path::Path, process::ExitCode};
use valgrind::Cost;

fn main() -> ExitCode {
    // Cargo itself adds `--bench`.
    let arguments: Vec<String> = env::args().skip(1).filter(|one| one != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [decider::ROLE, kind, events] => {
            decider::decide_each(kind, events.parse().expect("a number of events"));
            ExitCode::SUCCESS
        }
        [bootstrap, hello_world] => measure(Path::new(bootstrap), Path::new(hello_world)),
        _ => {
            eprintln!("usage: cost BOOTSTRAP HELLO-WORLD");
            ExitCode::from(2)
        }
    }
}

fn measure(bootstrap: &Path, hello_world: &Path) -> ExitCode {
    if !valgrind::is_installed() {
        eprintln!(
            "bench-cost needs valgrind, which counts: `apt-get install valgrind`, or your system's like"
        );
        return ExitCode::from(2);
    }
    let budget = Budget::read();
    println!(
        "{:<34} {:>12} {:>12} {:>10}   budget",
        "one event", "instructions", "allocations", "bytes"
    );
    let mut within = true;
    for kind in decider::KINDS {
        within &= print(&budget, &format!("decided: {kind}"), decider::cost(kind));
    }
    let least = function::cost(hello_world, &deliveries::unheard_call());
    print_line("hello-world", least, "");
    for (kind, event) in
        [("ignored", deliveries::unheard_call()), ("harmless", deliveries::harmless_grant())]
    {
        let cost = function::cost(bootstrap, &event);
        let name = format!("function: {kind}");
        within &= print(&budget, &name, cost);
        println!("{:<34} {:>11.2}x hello-world", "", ratio(cost.instructions, least.instructions));
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether it is within its budget.
fn print(budget: &Budget, name: &str, cost: Cost) -> bool {
    let allowed = budget.of(name);
    let worst = ratio(cost.instructions, allowed.instructions)
        .max(ratio(cost.allocations, allowed.allocations));
    let verdict = if worst <= 1.0 { "within" } else { "OVER" };
    print_line(name, cost, &format!("{verdict}, {worst:.2}x"));
    worst <= 1.0
}

fn print_line(name: &str, cost: Cost, verdict: &str) {
    let Cost { instructions, allocations, bytes } = cost;
    println!("{name:<34} {instructions:>12} {allocations:>12} {bytes:>10}   {verdict}");
}

fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}
