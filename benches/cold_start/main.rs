//! `make bench-cold-start`: what the first event of an environment waits for, for Cordon's function and
//! for `benches/hello-world`, in turn, under a local Runtime API: until the first request for an
//! event, and until the first event is answered.
//!
//! It takes the paths of the two release binaries and is itself built in the dev profile, which the
//! tests have built already: `cargo bench` as it comes would link both once more, with other
//! settings than what is deployed. `RUNS` says how often.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the harness fails by panicking"
)]

mod first_event;
#[path = "../../tests/harness/mod.rs"]
mod harness;
mod series;
mod start;
#[path = "../../tests/telling.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod telling;
mod tls;

use std::{env, error::Error, path::PathBuf};

type Fallible<T> = Result<T, Box<dyn Error>>;

const RUNS: usize = 30;

/// What is started, in turn.
struct Binaries {
    cordon: PathBuf,
    hello_world: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    // Cargo itself adds `--bench`.
    let paths: Vec<PathBuf> =
        env::args().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    let [cordon, hello_world] = paths.as_slice() else {
        return Err("usage: cold_start BOOTSTRAP HELLO-WORLD".into());
    };
    let binaries = Binaries { cordon: cordon.clone(), hello_world: hello_world.clone() };
    let runs = match env::var("RUNS") {
        Ok(runs) => runs.parse().map_err(|error| format!("RUNS is `{runs}`: {error}"))?,
        Err(_) => RUNS,
    };
    start::measure(&binaries, runs.max(1))?;
    println!();
    first_event::measure(&binaries, runs.max(1)).await
}
