//! What a back-test came to, in words for a terminal.

use crate::{
    backtest::{Difference, Outcome, Reading, Summary, Tally},
    cli::terminal::{Ink, Paint, clean},
    finding::{Requirement, Severity},
};
use std::collections::BTreeMap;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Names that are shown of each kind.
const MOST_SHOWN: usize = 10;

/// The summary.
pub(super) fn of(outcome: &Outcome, paint: Paint) -> String {
    let summary = &outcome.summary;
    let mut parts = vec![read(&summary.read)];
    parts.extend(controls(summary, paint));
    parts.extend(days(summary));
    parts.extend(tally("findings by resource", &summary.resources));
    parts.extend(tally("findings by principal", &summary.principals));
    parts.extend(remediations(summary));
    parts.extend(tally("would have been contained", &summary.contained));
    parts.extend(tally("limits that would have held", &summary.limits));
    parts.extend(tally("exceptions that would have held", &summary.exceptions));
    parts.extend(silences(summary));
    parts.extend(unknown(summary));
    parts.extend(outcome.difference.as_ref().map(|difference| changed(difference, paint)));
    parts.extend(worst(summary, paint));
    parts.extend(unreadable(&summary.read, paint));
    parts.join("\n\n")
}

fn day(at: Option<OffsetDateTime>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.date().to_string())
}

fn mib(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}

fn read(read: &Reading) -> String {
    let rate = read.unpacked as f64 / f64::from(1 << 20) / read.seconds.max(f64::EPSILON);
    let mut lines = vec![format!(
        "{} events in {} files, {} unpacked, in {:.1} s ({rate:.0} MiB/s)",
        read.records,
        read.files,
        mib(read.unpacked),
        read.seconds
    )];
    if read.first.is_some() {
        lines.push(format!("from {} to {}", day(read.first), day(read.last)));
    }
    lines.push(format!("{} of them looked at, {} judged", read.looked_at, read.judged));
    for (count, what) in [
        (read.passed_over, "files without events passed over"),
        (read.repeated, "events were there more than once"),
        (read.late, "events came after later ones had been judged"),
    ] {
        if count > 0 {
            lines.push(format!("{count} {what}"));
        }
    }
    lines.join("\n")
}

fn controls(summary: &Summary, paint: Paint) -> Option<String> {
    let mut lines =
        vec![format!("{:42} {:>9} {:>9} {:>9}", "control", "findings", "compliant", "unknown")];
    let mut all: Vec<_> = summary.controls.iter().collect();
    all.sort_by_key(|(control, counts)| (std::cmp::Reverse(counts.findings()), (*control).clone()));
    for (control, counts) in all {
        let findings = format!("{:>9}", counts.findings());
        let findings = match () {
            () if counts.critical > 0 || counts.high > 0 => paint.ink(Ink::Red, &findings),
            () if counts.findings() > 0 => paint.ink(Ink::Yellow, &findings),
            () => paint.ink(Ink::Dim, &findings),
        };
        let (compliant, unknown) = (counts.compliant, counts.insufficient_data);
        lines.push(format!(
            "{control:42} {findings} {compliant:>9} {unknown:>9}",
            control = control.to_string()
        ));
    }
    (!summary.controls.is_empty()).then(|| lines.join("\n"))
}

fn days(summary: &Summary) -> Option<String> {
    let count = |counts: &BTreeMap<Severity, u64>| counts.values().sum::<u64>();
    let most = summary.days.values().map(count).max()?;
    let mut lines = vec!["findings by day".to_owned()];
    let mut all: Vec<_> = summary.days.iter().collect();
    let left_out = all.len().saturating_sub(3 * MOST_SHOWN);
    all.sort_by_key(|(day, counts)| (std::cmp::Reverse(count(counts)), **day));
    all.truncate(3 * MOST_SHOWN);
    all.sort();
    for (day, counts) in all {
        let count = count(counts);
        let width = usize::try_from((count * 40).div_ceil(most)).unwrap_or(40);
        lines.push(format!("  {day} {count:>8} {}", "#".repeat(width)));
    }
    if left_out > 0 {
        lines.push(format!("  and {left_out} days with fewer"));
    }
    Some(lines.join("\n"))
}

fn tally(title: &str, tally: &Tally) -> Option<String> {
    let most = tally.most(MOST_SHOWN);
    let mut lines = vec![title.to_owned()];
    lines.extend(most.iter().map(|(name, count)| format!("  {count:>8} {}", clean(name))));
    let shown: u64 = most.iter().map(|(_, count)| count).sum();
    if tally.total() > shown {
        lines.push(format!("  {:>8} of others", tally.total() - shown));
    }
    (!most.is_empty()).then(|| lines.join("\n"))
}

fn remediations(summary: &Summary) -> Option<String> {
    let mut lines = vec!["what would have been done".to_owned()];
    for (name, of) in &summary.remediations {
        lines.push(format!("  {:>8} {name}", of.applied));
        for (why, count) in &of.withheld {
            lines.push(format!("  {count:>8} {name}, withheld: {}", clean(why)));
        }
    }
    (!summary.remediations.is_empty()).then(|| lines.join("\n"))
}

fn silences(summary: &Summary) -> Option<String> {
    let mut lines = vec!["what one more line of the control policy would silence".to_owned()];
    for one in summary.silences.iter().take(MOST_SHOWN) {
        let controls = names(one.controls.iter());
        lines.push(format!(
            "  {:>8} `{}` under `{}`: {controls}",
            one.findings,
            clean(&one.line),
            one.under
        ));
    }
    (!summary.silences.is_empty()).then(|| lines.join("\n"))
}

fn names<'r>(controls: impl Iterator<Item = &'r Requirement>) -> String {
    controls.map(Requirement::to_string).collect::<Vec<_>>().join(", ")
}

fn unknown(summary: &Summary) -> Option<String> {
    let mut lines = vec!["what the archive does not tell".to_owned()];
    for (control, reasons) in &summary.unknown {
        for (reason, count) in reasons.most(2) {
            lines.push(format!("  {count:>8} {control}: {}", clean(reason)));
        }
    }
    (!summary.unknown.is_empty()).then(|| lines.join("\n"))
}

fn changed(difference: &Difference, paint: Paint) -> String {
    let mut lines =
        vec![format!("against the other control policy; {} findings the same", difference.same)];
    for (mark, ink, counts) in [
        ("+", Ink::Red, &difference.added),
        ("-", Ink::Green, &difference.removed),
        ("~", Ink::Yellow, &difference.answered_otherwise),
    ] {
        for (control, count) in counts {
            lines.push(paint.ink(ink, &format!("  {mark} {count:>8} {control}")));
        }
    }
    lines.join("\n")
}

fn worst(summary: &Summary, paint: Paint) -> Option<String> {
    let mut lines = vec!["the worst".to_owned()];
    for told in summary.worst.iter().take(MOST_SHOWN) {
        let severity = match told.severity {
            Severity::Critical | Severity::High => paint.ink(Ink::Red, &told.severity.to_string()),
            Severity::Medium | Severity::Low => paint.ink(Ink::Yellow, &told.severity.to_string()),
        };
        lines.push(format!(
            "  {} {severity} {} on {}",
            told.at.format(&Rfc3339).unwrap_or_default(),
            told.control,
            clean(&told.resource)
        ));
        let who = told.principal.as_deref().unwrap_or("somebody");
        let api = told.api.as_deref().unwrap_or("an event");
        lines.push(format!("    {} by {}, event {}", clean(api), clean(who), clean(&told.event)));
        for seen in told.evidence.iter().take(3) {
            lines.push(format!("    seen: {}: {}", clean(&seen.field), clean(&seen.value)));
        }
        for one in &told.remediations {
            let withheld = one.withheld.as_ref().map(|why| format!(", withheld: {why}"));
            lines.push(clean(&format!("    would: {}{}", one.name, withheld.unwrap_or_default())));
        }
    }
    if summary.findings > MOST_SHOWN as u64 {
        lines.push("  all of them with --json, and as a page with --html".to_owned());
    }
    (!summary.worst.is_empty()).then(|| lines.join("\n"))
}

fn unreadable(read: &Reading, paint: Paint) -> Option<String> {
    let mut lines = Vec::new();
    for one in &read.unreadable {
        let line = format!("not read to its end: {}: {}", clean(&one.path), clean(&one.why));
        lines.push(paint.ink(Ink::Red, &line));
    }
    for (why, count) in &read.malformed {
        lines.push(paint.ink(Ink::Red, &format!("{count} events left out: {}", clean(why))));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
