//! The same traffic with ever more functions, of which each is known already, for as long as there are about
//! half a million deliveries: what is read, written and remembered grows with neither the functions nor the
//! time. How much memory what is remembered takes is seen by what the process has more of once it is.

use super::{
    call::What,
    chance::Chance,
    place::{NETWORKS, Site},
    responder::Responder,
    run::{ENVIRONMENTS, Run},
    table::Table,
    world::{DAY, Function, START, World},
};
use cordon::baseline::{Baseline, Cache, Habit, Known, LEARNING_CALLS, Sighting, Subject};
use std::fs;
use time::{Duration, OffsetDateTime};

/// How many functions there are.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// How many deliveries are enough.
const ENOUGH: f64 = 500_000.0;

/// Prints all of it.
pub fn print(seed: u64, markdown: bool) {
    memory(seed).print(markdown);
    traffic(seed).print(markdown);
}

fn traffic(seed: u64) -> Table {
    let columns = [
        "functions",
        "hours",
        "deliveries",
        "us each",
        "reads a million",
        "writes a million",
        "not remembered",
        "record, mean",
        "largest",
        "remembered",
    ];
    let mut table = Table::new("Bounds: the same traffic of ever more functions", &columns);
    for size in SIZES {
        let world = World::new(seed, size, 60);
        let mut responder = Responder::new(ENVIRONMENTS);
        let now = OffsetDateTime::from_unix_timestamp(START).expect("a time");
        for function in &world.functions {
            responder.journal.begin_with(&function.arn, &known(seed, function, now), now);
        }
        let a_day: f64 = world.functions.iter().map(|one| one.rate).sum();
        let lasts = (ENOUGH / a_day * DAY as f64) as i64;
        let mut run = Run::of(&world, responder, &[]);
        run.through(&[], START + lasts);
        let (counts, journal) = (run.responder.counts, &run.responder.journal);
        let (events, sizes) = (counts.events.max(1) as f64, journal.sizes());
        let of_million = |one: u64| format!("{:.0}", one as f64 * 1e6 / events);
        let mean = sizes.iter().sum::<usize>() / sizes.len().max(1);
        let remembered: Vec<String> =
            run.responder.remembered().map(|one| one.to_string()).collect();
        table.row([
            size.to_string(),
            format!("{:.1}", lasts as f64 / 3600.0),
            counts.events.to_string(),
            format!("{:.1}", run.took.as_secs_f64() * 1e6 / events),
            of_million(journal.reads),
            of_million(journal.writes),
            format!("{:.1} %", counts.missed as f64 * 100.0 / events),
            format!("{mean} bytes"),
            format!("{} bytes", sizes.last().copied().unwrap_or_default()),
            remembered.join(", "),
        ]);
    }
    table
}

/// What a function usually does, as it is known after some weeks.
fn known(seed: u64, function: &Function, now: OffsetDateTime) -> Baseline {
    let mut chance = Chance::of(&[seed, 0xb0b, function.number]);
    let began = now - Duration::days(60);
    let mut habits: Vec<Habit> = Vec::new();
    for one in &function.uses {
        match one.what {
            What::Role(number) => {
                let account = super::call::ACCOUNT;
                habits.push(Habit::Role(format!("arn:aws:iam::{account}:role/shared-{number}")));
            }
            What::Plain(api) | What::Object(api, _) => habits.push(Habit::Call(api.to_owned())),
            What::Deploy(_) | What::LogStream | What::Validation => {}
        }
    }
    let networks = match function.site {
        Site::Outside => (function.rate * 2.0).min(f64::from(NETWORKS)) as u32,
        Site::Nat(_) | Site::Endpoints(_) => 2,
    };
    habits.extend((0..=networks).map(|one| Habit::Network(format!("240.{one}.0.0/16"))));
    let seen = habits.into_iter().map(|habit| {
        let last = now - Duration::seconds(chance.below(9 * DAY));
        (habit, Sighting::usual(began, last))
    });
    Baseline::of(began, LEARNING_CALLS, None, seen.collect::<Vec<_>>())
}

/// What a cache holds, and what the process has more for it.
fn memory(seed: u64) -> Table {
    let columns = ["functions looked at", "remembered", "habits", "memory of it"];
    let mut table = Table::new("What an environment remembers", &columns);
    let now = OffsetDateTime::from_unix_timestamp(START).expect("a time");
    let world = World::new(seed, 20_000, 60);
    let (mut cache, before) = (Cache::default(), resident());
    let mut most = 0;
    for (number, function) in world.functions.iter().enumerate() {
        let baseline = Some(known(seed, function, now));
        cache.put(&Subject::Calls(function.arn.clone()), Known { baseline, ..Known::default() });
        most = most.max(resident_now_and_then(number));
        if [500, 1_000, 2_000, 20_000].contains(&(number + 1)) {
            let functions = world.functions.iter().take(number + 1);
            let habits: usize = functions
                .filter_map(|one| {
                    cache
                        .get(&Subject::Calls(one.arn.clone()))?
                        .baseline
                        .as_ref()
                        .map(Baseline::len)
                })
                .sum();
            most = most.max(resident());
            let taken = most.saturating_sub(before) as f64 / (1 << 20) as f64;
            let cells = [number + 1, cache.len(), habits].map(|one| one.to_string());
            table.row(cells.into_iter().chain([format!("{taken:.1} MiB at most so far")]));
        }
    }
    table
}

fn resident_now_and_then(number: usize) -> usize {
    if number.is_multiple_of(100) { resident() } else { 0 }
}

/// The bytes of memory that the process has.
/// <https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html>
fn resident() -> usize {
    const PAGE: usize = 4096;
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * PAGE
}
