//! Medians and ratios, in Markdown. Ratios are taken in each round, between runs that followed each other, and the
//! median of them is told.

use crate::{
    backtest,
    contender::{Contender, Run, Tells},
    made::{Archive, Made},
    stopwatch::median,
};
use std::fs;
use time::OffsetDateTime;

/// Megabytes, as disks and networks count them.
const MB: f64 = 1e6;

/// What it runs on, and when.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (cpus, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let of = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let processors = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let kib = of(&memory, "MemTotal").split(' ').next().and_then(|it| it.parse::<f64>().ok());
    format!(
        "{processors} x {}, {:.0} GiB, Linux {}, load {}, {}",
        of(&cpus, "model name"),
        kib.unwrap_or_default() / 1_048_576.0,
        read("/proc/sys/kernel/osrelease").trim(),
        read("/proc/loadavg").split(' ').next().unwrap_or_default(),
        OffsetDateTime::now_utc().date(),
    )
}

/// An archive in a line.
pub fn described(archive: &Archive) -> String {
    let Made { files, packed, unpacked, records, planted, findings } = &archive.made;
    let (packed, unpacked) = (*packed as f64, *unpacked as f64);
    format!(
        "\n{files} files, {:.0} MB, {:.0} MB unpacked ({:.1}:1), {records} records of {:.0} bytes, {planted} \
         ({:.2} %) to be looked at, {} findings",
        packed / MB,
        unpacked / MB,
        unpacked / packed,
        unpacked / *records as f64,
        *planted as f64 / *records as f64 * 100.0,
        findings.values().sum::<u64>(),
    )
}

/// Runs all of them so many times, one after the other, and prints what they took.
pub fn print(archive: &Archive, contenders: &mut [Contender], rounds: usize) {
    let mut runs: Vec<Vec<Run>> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (contender, runs) in contenders.iter_mut().zip(&mut runs) {
            let run = contender.run();
            check(contender, &run, &archive.made);
            runs.push(run);
        }
    }
    let names: Vec<_> = contenders.iter().map(|it| it.name.as_str()).collect();
    println!();
    println!("| | s | MB/s | CPU s | MB per CPU s | peak MiB | {} |", beside(&names));
    println!("|---|{}", "---:|".repeat(5 + names.len()));
    for (name, of_it) in names.iter().zip(&runs) {
        let seconds = median(of_it.iter().map(|run| run.seconds).collect());
        let cpu = median(of_it.iter().map(|run| run.cpu).collect());
        let peak = median(of_it.iter().map(|run| run.peak as f64 / 1024.0).collect());
        let size = archive.made.unpacked as f64 / MB;
        print!(
            "| {name} | {seconds:.2} | {:.0} | {cpu:.2} | {:.0} | {peak:.0} |",
            size / seconds,
            size / cpu
        );
        for other in &runs {
            let ratio = |of: fn(&Run) -> f64| {
                median(of_it.iter().zip(other).map(|(it, other)| of(it) / of(other)).collect())
            };
            print!(" {} ({}) |", short(ratio(|run| run.seconds)), short(ratio(|run| run.cpu)));
        }
        println!();
    }
    println!("\nRatios are of the clock, and in brackets of CPU time.");
}

fn beside(names: &[&str]) -> String {
    let columns: Vec<_> = names.iter().map(|name| format!("x {name}")).collect();
    columns.join(" | ")
}

/// Three digits that count.
fn short(ratio: f64) -> String {
    if ratio < 1.0 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
}

fn check(contender: &Contender, run: &Run, made: &Made) {
    let name = contender.name.as_str();
    if name == backtest::NAME {
        return backtest::check(run, made);
    }
    assert!(run.codes.is_empty(), "{name} ends well: {:?}", run.codes);
    let counted = match contender.tells {
        Tells::Records => run.lines,
        Tells::Text => run.text.trim().parse().expect("a number"),
    };
    let want = match name {
        "unpack" => made.unpacked,
        "pass over" | "records" | "parse" => made.records,
        _ => made.planted,
    };
    assert_eq!(counted, want, "{name} counts what was planted");
}
