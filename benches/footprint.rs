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
use telling::{ENFORCE, seed};

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
}
