//! A part of the matrix that `make test` has time for. `make prove-crash` runs the whole of it.

use crate::{
    crash::{Baseline, Cell, Fault, every_cell, report, run},
    seeded::Seeded,
};
use std::collections::BTreeMap;

/// How many cells.
const CELLS: usize = 60;

#[test]
fn whatever_goes_wrong_with_a_call_the_next_try_ends_as_if_nothing_had() {
    let (seed, mut chance) = Seeded::given();
    println!("SEED={seed} chooses these cells again");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let baseline = runtime.expect("a runtime").block_on(Baseline::record());
    let baseline = baseline.unwrap_or_else(|why| panic!("{why}"));
    let cells = sample(every_cell(&baseline), &mut chance);
    assert!(cells.len() >= CELLS, "{}", cells.len());

    let told = report(&run(cells, &baseline, |_| {}));

    assert!(told.all_right, "SEED={seed}\n{}", told.text);
}

/// Every fault, and every service, in as many as there is time for.
fn sample(mut all: Vec<Cell>, chance: &mut Seeded) -> Vec<Cell> {
    chance.shuffle(&mut all);
    // Each fault at each service first, at the call that chance puts last.
    let mut kinds: BTreeMap<(String, Fault), Cell> = BTreeMap::new();
    for cell in all {
        kinds.insert((cell.place.service.clone(), cell.fault), cell);
    }
    let mut chosen: Vec<Cell> = kinds.into_values().collect();
    chance.shuffle(&mut chosen);
    chosen.truncate(CELLS);
    chosen
}
