//! `make prove-crash`: every call of a containment and of its way back, each with everything that can
//! go wrong with it. `FAULT`, `OPERATION` and `ACT`, if set, choose the cells by part of a name.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the harness fails by panicking"
)]

#[path = "../tests/compromised.rs"]
mod compromised;
#[path = "../tests/crash/mod.rs"]
mod crash;
#[path = "../tests/harness/mod.rs"]
mod harness;
#[path = "../tests/telling.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod telling;

use crash::{Baseline, Cell, every_cell, report, run, wrong};
use std::{
    env, process::ExitCode, sync::atomic::AtomicUsize, sync::atomic::Ordering, time::Instant,
};

fn main() -> ExitCode {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let baseline = runtime.expect("a runtime").block_on(Baseline::record());
    let baseline = baseline.unwrap_or_else(|why| panic!("{why}"));
    let cells: Vec<Cell> = every_cell(&baseline).into_iter().filter(is_chosen).collect();
    let (all, count) = (cells.len(), AtomicUsize::new(0));
    let done = run(cells, &baseline, |one| {
        let count = count.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(wrong) = wrong(one) {
            eprint!("{wrong}");
        }
        if count % 50 == 0 {
            eprintln!("{count} of {all} cells after {} s", began.elapsed().as_secs());
        }
    });
    let told = report(&done);
    print!("{}", told.text);
    if told.all_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn is_chosen(cell: &Cell) -> bool {
    let has =
        |variable: &str, name: &str| env::var(variable).is_ok_and(|part| !name.contains(&part));
    !has("FAULT", cell.fault.name())
        && !has("OPERATION", &cell.place.operation)
        && !has("ACT", cell.act.name())
}
