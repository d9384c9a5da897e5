//! What a run came to, in tables.

use super::{
    attacks::{Attack, KINDS, Kind},
    call::{Cause, Sent},
    run::Run,
    score::{Class, Seen},
    table::Table,
    world::{DAY, World},
};
use cordon::finding::ControlId;
use std::collections::BTreeMap;
use time::OffsetDateTime;

const CONTROLS: [ControlId; 6] = [
    ControlId::FunctionStolenCredentials,
    ControlId::FunctionFirstSeenApi,
    ControlId::FunctionAccessDeniedBurst,
    ControlId::FunctionPrivilegeEscalation,
    ControlId::FunctionDataExfiltration,
    ControlId::ChangeUntrustedDeployer,
];

/// Prints all of it.
pub fn print(world: &World, attacks: &[Attack], run: &Run<'_>, markdown: bool) {
    by_control(world, attacks, run).print(markdown);
    by_attack(attacks, run).print(markdown);
    by_class(run).print(markdown);
    contained(run, markdown);
    costs(world, run).print(markdown);
    missed(world, attacks, run);
    examples(run);
}

fn months(world: &World) -> f64 {
    let lived = world.functions.iter().map(|one| (one.dies - one.born) as f64);
    lived.sum::<f64>() / (30 * DAY) as f64
}

fn share(part: u64, all: u64) -> String {
    match all {
        0 => "-".to_owned(),
        _ => format!("{:.1} %", part as f64 * 100.0 / all as f64),
    }
}

/// In seconds below two minutes, else in minutes or hours.
fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7200 => format!("{:.0} min", seconds as f64 / 60.0),
        _ => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}

fn at(part: f64, mut values: Vec<i64>) -> String {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    let found = values.get((part * last as f64).round() as usize);
    found.map_or_else(|| "-".to_owned(), |one| span(*one))
}

fn with<'r>(attacks: &'r [Attack], run: &'r Run<'_>) -> impl Iterator<Item = (Kind, &'r Seen)> {
    attacks.iter().map(|one| one.kind).zip(&run.score.attacks)
}

fn by_control(world: &World, attacks: &[Attack], run: &Run<'_>) -> Table {
    let columns = [
        "control",
        "of attacks",
        "false",
        "beside",
        "precision",
        "seen",
        "of",
        "recall",
        "of known",
        "p50",
        "p95",
        "false a function-month",
        "told of no attack",
    ];
    let mut table =
        Table::new("Controls: findings, and attacks of the kinds each is meant for", &columns);
    for control in CONTROLS {
        let found = run.score.findings.get(&control).copied().unwrap_or_default();
        let meant = || with(attacks, run).filter(|(kind, _)| kind.meant().contains(&control));
        let seen = |one: &Seen| one.by.get(&control).map(|at| at - one.began);
        let times: Vec<i64> = meant().filter_map(|(_, one)| seen(one)).collect();
        let (of, many) = (meant().count() as u64, times.len() as u64);
        let is_known = |one: &&Seen| one.stood.is_some_and(|(learning, _)| !learning);
        let all_known = || meant().map(|(_, one)| one).filter(is_known);
        let known = all_known().filter(|one| one.by.contains_key(&control)).count() as u64;
        let of_known = all_known().count() as u64;
        table.row([
            control.to_string(),
            found.of_attacks.to_string(),
            found.false_alarms.to_string(),
            found.beside.to_string(),
            share(found.of_attacks, found.of_attacks + found.false_alarms),
            many.to_string(),
            of.to_string(),
            share(many, of),
            share(known, of_known),
            at(0.5, times.clone()),
            at(0.95, times),
            format!("{:.4}", found.false_alarms as f64 / months(world)),
            run.score.told_by.get(&control).copied().unwrap_or_default().to_string(),
        ]);
    }
    table
}

fn by_attack(attacks: &[Attack], run: &Run<'_>) -> Table {
    let columns = [
        "attack",
        "injected",
        "learning",
        "just deployed",
        "seen",
        "told",
        "by its control",
        "contained",
        "p50",
        "p95",
        "contained p50",
    ];
    let mut table = Table::new("Attacks: seen by any control, from their first call", &columns);
    for (kind, _) in KINDS {
        let all = || with(attacks, run).filter(move |(one, _)| *one == kind).map(|(_, seen)| seen);
        let times: Vec<i64> =
            all().filter_map(|one| Some(one.by.values().min()? - one.began)).collect();
        let contained: Vec<i64> =
            all().filter_map(|one| Some(one.contained? - one.began)).collect();
        let meant = |one: &&Seen| kind.meant().iter().any(|control| one.by.contains_key(control));
        table.row([
            format!("{kind:?}"),
            all().count().to_string(),
            all().filter(|one| one.stood.is_some_and(|(learning, _)| learning)).count().to_string(),
            all().filter(|one| one.stood.is_some_and(|(_, deployed)| deployed)).count().to_string(),
            times.len().to_string(),
            all().filter(|one| one.told.is_some()).count().to_string(),
            all().filter(meant).count().to_string(),
            contained.len().to_string(),
            at(0.5, times.clone()),
            at(0.95, times),
            at(0.5, contained),
        ]);
    }
    table
}

fn by_class(run: &Run<'_>) -> Table {
    let columns = [
        "why",
        "deliveries",
        "stolen",
        "first-seen",
        "denied",
        "escalation",
        "exfiltration",
        "deployer",
        "stops",
        "revokes",
    ];
    let mut table = Table::new("False alarms and containments, by why the call was made", &columns);
    for (class, (events, by)) in &run.score.classes {
        if *class == Class::Of(Cause::Attack(0)) {
            continue;
        }
        let many = |control: &ControlId| by.get(control).copied().unwrap_or_default().to_string();
        let wrong = |stops| {
            let wrong = run.score.wrong.iter();
            wrong.filter(|one| one.class == *class && one.stops == stops).count().to_string()
        };
        let name = match class {
            Class::Of(cause) => format!("{cause:?}"),
            other => format!("({other:?})"),
        };
        let cells = [name, events.to_string()].into_iter().chain(CONTROLS.iter().map(many));
        table.row(cells.chain([wrong(true), wrong(false)]));
    }
    table
}

fn contained(run: &Run<'_>, markdown: bool) {
    let stops = run.score.wrong.iter().filter(|one| one.stops).count();
    let (wrong, right) = (run.score.wrong.len(), run.score.right);
    let mark = if markdown { "**" } else { "" };
    println!(
        "\n{mark}False containments: {wrong} ({stops} stops, {} revocations); right ones: {right}{mark}\n",
        wrong - stops
    );
    let mut alike: BTreeMap<(Class, bool, String), (u64, &str)> = BTreeMap::new();
    for one in &run.score.wrong {
        let entry = alike.entry((one.class, one.stops, one.signs.clone())).or_default();
        entry.0 += 1;
        entry.1 = &one.words;
    }
    for ((class, stops, signs), (many, words)) in alike {
        let what = if stops { "stop" } else { "revoke" };
        println!("- {many} x {what}, {class:?}: {signs}; as {words}");
    }
}

fn costs(world: &World, run: &Run<'_>) -> Table {
    let mut table = Table::new("What it costs", &["what", "figure"]);
    let (counts, journal) = (run.responder.counts, &run.responder.journal);
    let sizes = journal.sizes();
    let (events, many) = (counts.events.max(1) as f64, sizes.len().max(1) as f64);
    let of_million = |one: u64| format!("{:.0}", one as f64 * 1e6 / events);
    let days: Vec<(u64, u64)> = run.score.told.values().copied().collect();
    let told: u64 = days.iter().map(|(all, _)| all).sum();
    let wrongly: u64 = days.iter().map(|(_, wrongly)| wrongly).sum();
    let remembered: Vec<String> = run.responder.remembered().map(|one| one.to_string()).collect();
    let mean = sizes.iter().sum::<usize>() as f64 / many;
    for (what, figure) in [
        ("functions, days", format!("{}, {}", world.functions.len(), world.days)),
        ("function-months", format!("{:.0}", months(world))),
        ("deliveries", counts.events.to_string()),
        ("of which judged", counts.judged.to_string()),
        (
            "us a delivery, with the journal in memory",
            format!("{:.1}", run.took.as_secs_f64() * 1e6 / events),
        ),
        ("journal reads for baselines, a million deliveries", of_million(journal.reads)),
        ("of them, baselines that were not remembered", of_million(counts.missed * 2)),
        ("journal writes for baselines, a million deliveries", of_million(journal.writes)),
        ("other journal reads, a million deliveries", of_million(journal.other_reads)),
        ("other journal writes, a million deliveries", of_million(journal.other_writes)),
        ("LookupEvents for keys", counts.look_ups.to_string()),
        ("reads of AWS for what may be contained", counts.reads.to_string()),
        (
            "records; mean and largest, bytes",
            format!("{}; {mean:.0}, {}", sizes.len(), sizes.last().copied().unwrap_or_default()),
        ),
        ("functions remembered at the end, by environment", remembered.join(", ")),
        (
            "notifications a day; of them of no attack",
            format!(
                "{:.1}; {:.1}",
                told as f64 / world.days as f64,
                wrongly as f64 / world.days as f64
            ),
        ),
        (
            "most notifications of a day, of no attack",
            days.iter().map(|(_, one)| *one).max().unwrap_or_default().to_string(),
        ),
        (
            "most containments of an hour",
            run.score.hours.values().max().copied().unwrap_or_default().to_string(),
        ),
        ("false alarms by a late delivery", run.score.late.to_string()),
        ("functions that are still learned at the end", learning(world, run).to_string()),
        ("not to be judged", run.score.unclear.values().sum::<u64>().to_string()),
    ] {
        table.row([what.to_owned(), figure]);
    }
    table
}

/// How many functions are there at the end of which what is usual is not known yet.
fn learning(world: &World, run: &Run<'_>) -> usize {
    let end = world.moment(1.0);
    let now = OffsetDateTime::from_unix_timestamp(end).expect("a time");
    let there = world.functions.iter().filter(|one| one.dies >= end);
    there.filter(|one| run.responder.journal.stands(&one.arn, now).0).count()
}

/// Attacks that nothing saw, where something could have: what is usual for the function was known.
fn missed(world: &World, attacks: &[Attack], run: &Run<'_>) {
    println!("\nAttacks on functions that are known, which no control saw:\n");
    for (attack, seen) in attacks.iter().zip(&run.score.attacks) {
        let Some((false, deployed)) = seen.stood.filter(|_| seen.by.is_empty()) else { continue };
        let name = world.functions.get(attack.function).map_or("", |one| one.name.as_str());
        let first = attack.calls.first().map(Sent::api).unwrap_or_default();
        let when = if deployed { ", within a day after a deployment" } else { "" };
        println!("- {:?}: {name}, {first} ...{when}", attack.kind);
    }
}

/// An example of each kind of false alarm.
fn examples(run: &Run<'_>) {
    println!("\nOne of each kind of false alarm:\n");
    for ((class, control), words) in &run.score.examples {
        if !matches!(class, Class::Of(Cause::Attack(_))) {
            println!("- {class:?}, {control}: {words}");
        }
    }
    for (why, many) in &run.score.unclear {
        println!("- not to be judged, {many} times: {why}");
    }
}
