//! What events cost by Lambda's memory size, and how long they take: the processor time that was measured
//! on the share of a processor that goes with the size, and what is waited for AWS.
//! Prices: <https://aws.amazon.com/lambda/pricing/>, arm64 in us-east-1. Shares:
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.

use std::time::Duration;

/// USD for a request.
const REQUEST: f64 = 0.20 / 1e6;
/// USD for a GB-second.
const GB_SECOND: f64 = 0.000_013_333_4;
/// MB with which a function has one processor.
const WHOLE: f64 = 1_769.0;
/// Assumed: calls of a remediation that wait for one another, and what each takes to be answered in AWS.
const CALLS_IN_TURN: u32 = 8;
const CALL: Duration = Duration::from_millis(20);

pub fn print(ignored: Duration, harmless: Duration, remediated: Duration) {
    println!("USD for a million events, and how long one takes, by MB of memory");
    println!("{:>6} {:>18} {:>18} {:>20}", "", "ignored", "harmless", "remediated");
    for size in [128.0, 256.0, 512.0, 1_024.0, 1_769.0] {
        let waited = CALL * CALLS_IN_TURN;
        println!(
            "{size:>6} {:>18} {:>18} {:>20}",
            shown(size, ignored, Duration::ZERO),
            shown(size, harmless, Duration::ZERO),
            shown(size, remediated, waited),
        );
    }
    println!(
        "Assumed: {CALLS_IN_TURN} calls one after the other, {} ms each; an arm64 processor as fast as this one.",
        CALL.as_millis()
    );
}

fn shown(size: f64, processor: Duration, waited: Duration) -> String {
    let milliseconds = 1_000.0 * (processor.as_secs_f64() * WHOLE / size + waited.as_secs_f64());
    // Billed by the millisecond, each begun one.
    let seconds = milliseconds.ceil() / 1_000.0;
    let dollars = 1e6 * (REQUEST + GB_SECOND * seconds * size / 1_024.0);
    format!("{dollars:.3} {milliseconds:>6.1} ms")
}
