//! How the benches take time: the microseconds of one round, and the median of many.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Microseconds of one round, of so many.
pub fn timed<T>(rounds: u32, mut work: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..rounds {
        black_box(work());
    }
    start.elapsed().div_f64(f64::from(rounds)).as_secs_f64()
        / Duration::from_micros(1).as_secs_f64()
}

/// The value in the middle; of none, zero.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
