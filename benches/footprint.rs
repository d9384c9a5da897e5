//! `make bench-footprint`: AWS calls of the release binary for typical events, and its peak memory
//! after them. Takes the folder of the release binaries; see `cold_start.rs` for why it is not
//! built in release itself.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the harness fails by panicking"
)]

#[path = "../tests/harness/mod.rs"]
mod harness;
#[path = "../tests/telling.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod telling;

use harness::World;
use std::{
    thread,
    time::{Duration, Instant},
};
use telling::{ENFORCE, provision, seed};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{:40} {:>7} {:>8} {:>7} {:>9}", "", "lambda", "journal", "notify", "peak");
    for (event, function) in [
        ("remove-permission.json", "nothing-there"),
        ("add-permission-public.json", "orders"),
        ("create-function-url-public.json", "webhook"),
        ("create-access-key-by-function.json", "report-generator"),
    ] {
        let world = World::new().await;
        seed(&world, function).await;
        let bootstrap = world.bootstrap(&ENFORCE);
        let answer = bootstrap.deliver(&world.event(event));
        assert!(answer.ok, "{answer:?}");
        let calls = world.calls();
        let of = |service: &str| calls.iter().filter(|call| call.service == service).count();
        println!(
            "{event:40} {:7} {:8} {:7} {:5.1} MiB",
            of("lambda"),
            of("dynamodb"),
            of("sns"),
            bootstrap.peak_memory_mib()
        );
    }
    println!();
    println!("{:40} {:>7} {:>9} {:>8}", "contained, with versions", "calls", "to stop", "in all");
    for versions in [0, 10, 100] {
        containment(versions).await;
    }
}

/// What each call takes here, so that what waits for what shows in the time it takes.
const LATENCY: Duration = Duration::from_millis(200);

/// Contains a function and prints how many calls that takes, and how many of them one after the
/// other, until it is stopped and in all.
async fn containment(versions: u32) {
    const NAME: &str = "report-generator";
    let world = World::new().await;
    world.account.create_function(NAME).await;
    match versions {
        0 => {}
        more => {
            provision(&world, NAME).await;
            world.account.publish_up_to(NAME, more).await;
        }
    }
    let bootstrap = world.bootstrap(&ENFORCE);
    world.faults(&format!(r#"[{{"delay_ms":{}}}]"#, LATENCY.as_millis()));
    let event = world.event("create-access-key-by-function.json");
    let began = Instant::now();
    let delivery = thread::spawn(move || bootstrap.deliver(&event));
    let stopped = loop {
        let look = world.account.lambda.get_function_concurrency().function_name(NAME).send().await;
        if look.expect("it answers").reserved_concurrent_executions == Some(0) {
            break began.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    let answer = delivery.join().expect("an answer");
    assert!(answer.ok, "{answer:?}");
    let trips = |time: Duration| time.as_secs_f64() / LATENCY.as_secs_f64();
    println!(
        "{versions:<40} {:7} {:9.1} {:8.1}",
        world.calls().len(),
        trips(stopped),
        trips(answer.elapsed)
    );
}
