//! `make bench-memory`: the memory that the release binary holds after 1,000, 10,000 and 100,000 events,
//! most of them ignored or harmless and some judged by what the account holds; what each kind takes of a
//! processor; and what that costs by Lambda's memory size. `EVENTS` says how many.
//!
//! Takes the folder of the release binaries; see `benches/cold_start/main.rs` for why it is not built in
//! release itself.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the harness fails by panicking"
)]

#[path = "../../tests/harness/mod.rs"]
mod harness;
mod price;
#[path = "../../tests/telling.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod telling;

use harness::{Bootstrap, Installation, World};
use serde_json::json;
use std::{env, process::ExitCode, time::Duration};
use telling::{document, limited, seed, statement, trigger};

const EVENTS: usize = 100_000;
/// One event of so many is judged by what the account holds.
const JUDGED: usize = 500;
/// More after the last look than after the one before, in parts of it, is growth. Of the look before:
/// what is cached is there by then.
const GROWTH: f64 = 1.05;
/// As many answers as can be allowed, so that none is withheld.
const LIMITS: &str =
    "{ changes: { function: 1000, actor: 1000, account: 1000, installation: 1000 } }";
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ignored,
    Harmless,
    /// It made a function public, and is found so.
    Remediated,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let events = match env::var("EVENTS") {
        Ok(events) => events.parse().expect("EVENTS is a number"),
        Err(_) => EVENTS,
    };
    let stage = Stage::set().await;
    let flat = stage.hold_memory_against(events).await;
    println!();
    stage.print_processor_times().await;
    if flat { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A function at work in an account.
struct Stage {
    world: World,
    bootstrap: Bootstrap,
    public: String,
}

impl Stage {
    async fn set() -> Self {
        let world = World::new().await;
        seed(&world, "orders").await;
        let policy = limited(LIMITS);
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
        let public = world.event("add-permission-public.json");
        Self { world, bootstrap, public }
    }

    /// Whether it stays flat.
    async fn hold_memory_against(&self, events: usize) -> bool {
        println!("{:>12} {:>12} {:>12}", "events", "resident", "peak");
        let looks = [events / 100, events / 10, events];
        let mut held = Vec::new();
        for number in 1..=events {
            let kind = match number {
                _ if number % JUDGED == 1 => Kind::Remediated,
                _ if number % 3 == 0 => Kind::Harmless,
                _ => Kind::Ignored,
            };
            self.deliver(kind, number).await;
            if looks.contains(&number) {
                let resident = self.bootstrap.resident_mib();
                held.push(resident);
                let peak = self.bootstrap.peak_memory_mib();
                println!("{number:>12} {resident:>8.1} MiB {peak:>8.1} MiB");
            }
        }
        let (before, after) = (held[held.len() - 2], held[held.len() - 1]);
        let verdict = if after <= GROWTH * before { "flat" } else { "IT GROWS" };
        println!("{verdict}: {:.2}x from the look before to the last", after / before);
        after <= GROWTH * before
    }

    /// Processor time of one event of each kind, once the function is warm.
    async fn print_processor_times(&self) {
        println!("{:<12} {:>15}", "one event", "processor time");
        let mut times = Vec::new();
        for (kind, rounds) in
            [(Kind::Ignored, 2_000), (Kind::Harmless, 2_000), (Kind::Remediated, 50)]
        {
            let before = self.bootstrap.processor_time();
            for number in 0..rounds {
                self.deliver(kind, number).await;
            }
            let taken = self.bootstrap.processor_time() - before;
            let each = taken.div_f64(f64::from(u32::try_from(rounds).expect("few")));
            println!("{:<12} {:>12.3} ms", format!("{kind:?}"), each.as_secs_f64() * 1_000.0);
            times.push(each);
        }
        println!();
        price::print(times[0], times[1], times[2]);
    }

    /// Everything that tells one event from another is another: who, which event, mostly which function.
    async fn deliver(&self, kind: Kind, number: usize) {
        let event = self
            .public
            .replace(
                "c0a89b83-0ba3-410b-930e-",
                &format!("c0a89b83-0ba3-410b-{:04x}-", number >> 16),
            )
            .replace("888e57c723ac", &format!("{:012x}", number & 0xffff))
            .replace("mallory", &format!("person-{}", number % 1_000));
        let event = match kind {
            Kind::Ignored => event
                .replace("AddPermission20150331v2", "ListFunctions20150331")
                .replace("orders", &format!("orders-{}", number % 20_000)),
            Kind::Harmless => event
                .replace(r#"\"Principal\":\"*\""#, r#"\"Principal\":{\"AWS\":\"111122223333\"}"#)
                .replace("orders", &format!("orders-{}", number % 20_000)),
            Kind::Remediated => {
                let arn = self.world.arn("orders");
                let open = statement("open-to-all", json!("*"), &arn, None);
                let policy = document(&[trigger(&self.world, &arn), open]);
                self.world.account.put_policy(&arn, &policy).await;
                event
            }
        };
        self.bootstrap.begin(&event);
        let (ok, body) = self.bootstrap.posted(PATIENCE).expect("an answer in time");
        let expected = match kind {
            Kind::Ignored => r#""handled":"ignored""#,
            Kind::Harmless => r#""incident":null"#,
            Kind::Remediated => r#""incident":""#,
        };
        assert!(ok && body.contains(expected), "{kind:?} {number}: {body}");
    }
}
