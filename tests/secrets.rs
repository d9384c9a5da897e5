//! How long it takes to tell whether a variable looks like a secret: here, as a clock is nothing for the
//! core.

use cordon::secret::suspect;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// 32 times the length takes nowhere near 32 squared the time.
#[test]
fn the_time_is_linear_in_the_length() {
    let time = |piece: &str, count: usize| {
        let value = piece.repeat(count);
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            black_box(suspect("API_KEY_TOKEN", black_box(&value)));
            best = best.min(start.elapsed());
        }
        best
    };
    for piece in [
        "hvs..",
        "eyJ.",
        "-----BEGIN ",
        "://",
        "a://b:",
        "password=",
        "AKIA",
        "sk-ant-",
        "xoxe.",
        "=;@",
        "aB",
    ] {
        let (short, long) = (time(piece, 250), time(piece, 8_000));
        assert!(long < short.max(Duration::from_micros(20)) * 32 * 8, "{piece} {short:?} {long:?}");
    }
}
