//! Every call of a containment and of its way back, each with everything that can go wrong with it:
//! whatever happens, the next delivery or the next try of the operator ends as if nothing had.
//! A call is known by its operation and by how many of that operation came before, because many are
//! made side by side.

#![allow(dead_code, unused_imports, reason = "the sample uses a part, the whole matrix the rest")]

mod baseline;
mod contain;
mod fault;
mod report;
mod restore;
mod stage;

pub use baseline::Baseline;
pub use fault::{Fault, Place};
pub use report::{Told, report, wrong};

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
    thread,
};

/// Cells that are under way at the same time.
const THREADS: usize = 4;

/// What a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Contain,
    Restore,
}

impl Act {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contain => "contain",
            Self::Restore => "restore",
        }
    }
}

/// One fault at one call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub act: Act,
    pub place: Place,
    pub fault: Fault,
}

/// What came of one.
pub struct Done {
    pub cell: Cell,
    pub outcome: Result<(), String>,
}

/// Every fault at every call.
pub fn every_cell(baseline: &Baseline) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (act, places) in &baseline.places {
        for place in places {
            for fault in Fault::ALL {
                cells.push(Cell { act: *act, place: place.clone(), fault });
            }
        }
    }
    cells
}

/// Runs all of them, some at a time. What panics is wrong.
pub fn run(cells: Vec<Cell>, baseline: &Baseline, watch: impl Fn(&Done) + Sync) -> Vec<Done> {
    let (left, done) = (Mutex::new(cells.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.expect("a runtime");
                loop {
                    let next = left.lock().expect("not poisoned").next();
                    let Some(cell) = next else { break };
                    let one =
                        catch_unwind(AssertUnwindSafe(|| runtime.block_on(one(&cell, baseline))));
                    let outcome = one.unwrap_or_else(|panic| Err(said(panic.as_ref())));
                    let one = Done { cell, outcome };
                    watch(&one);
                    done.lock().expect("not poisoned").push(one);
                }
            });
        }
    });
    let mut done = done.into_inner().expect("not poisoned");
    done.sort_by(|one, other| one.cell.cmp(&other.cell));
    done
}

async fn one(cell: &Cell, baseline: &Baseline) -> Result<(), String> {
    match cell.act {
        Act::Contain => contain::cell(&cell.place, cell.fault, baseline).await,
        Act::Restore => restore::cell(&cell.place, cell.fault, baseline).await,
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    format!("it panicked: {}", text.unwrap_or_default())
}
