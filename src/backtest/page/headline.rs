//! What would have happened, in a sentence and a few numbers.

use super::{
    Page, code,
    html::Html,
    words::{SEVERITIES, bytes, count, day, in_utc, moment, number, stamp},
};
use crate::backtest::{Reading, Summary};
use crate::finding::Severity;

/// The sentence.
pub fn title(summary: &Summary) -> String {
    let contained = functions_contained(summary);
    match (summary.read.records, summary.findings) {
        (0, 0) => "No events were read".to_owned(),
        (_, 0) => "Nothing was found".to_owned(),
        (_, findings) => {
            let mut out = count(findings, "finding");
            if let Some(days) = days(&summary.read) {
                out += &format!(
                    " in {}",
                    if days == 1 { "one day".to_owned() } else { count(days, "day") }
                );
            }
            if contained > 0 {
                out += &format!(", {} contained", count(contained, "function"));
            }
            out
        }
    }
}

/// Writes it.
pub fn write(page: &Page, html: &mut Html) {
    let summary = page.summary;
    html.tag("header", &[], |html| {
        html.say("p", &[("class", "eyebrow")], "Cordon back-test");
        html.say("h1", &[], &title(summary));
        html.tag("p", &[("class", "lead")], |html| lead(page, html));
        html.tag("dl", &[("class", "tiles")], |html| tiles(summary, html));
        html.tag("p", &[("class", "read")], |html| read(&summary.read, html));
    });
}

fn lead(page: &Page, html: &mut Html) {
    let read = &page.summary.read;
    if read.records == 0 {
        html.text(&match read.files {
            0 => "No file was read, so that ".to_owned(),
            1 => "The file held no event of CloudTrail, so that ".to_owned(),
            files => {
                format!("None of the {} files held an event of CloudTrail, so that ", number(files))
            }
        });
        code(page.policy.path, html);
        html.text(
            " had nothing to judge. Check that the path leads to the objects that a trail writes.",
        );
        return;
    }
    html.text("What ");
    code(page.policy.path, html);
    html.text(" would have found and done, had it been in force");
    if let (Some(first), Some(last)) = (read.first, read.last) {
        let (first, last) = (day(in_utc(first).date()), day(in_utc(last).date()));
        if first == last {
            html.text(&format!(" on {first}"));
        } else {
            html.text(&format!(" from {first} to {last}"));
        }
    }
    html.text(". It was decided from archived events alone; nothing was changed anywhere.");
    if page.summary.findings == 0 {
        html.text(&format!(
            " Of {}, {} could matter to a control and {} judged; none made a finding.",
            count(read.records, "event"),
            number(read.looked_at),
            if read.judged == 1 {
                "1 was".to_owned()
            } else {
                format!("{} were", number(read.judged))
            },
        ));
    }
}

fn tiles(summary: &Summary, html: &mut Html) {
    let applied = summary.remediations.values().map(|of| of.applied).sum();
    let withheld = summary.remediations.values().flat_map(|of| of.withheld.values()).sum();
    tile("Findings", summary.findings, html, |html| by_severity(summary, html));
    tile("Functions contained", functions_contained(summary), html, |html| {
        let times = summary.contained.total();
        if times > 0 {
            html.text(&format!("{} in all", count(times, "time")));
        }
    });
    tile("Remediations applied", applied, html, |_| ());
    tile("Remediations withheld", withheld, html, |_| ());
    tile("Events read", summary.read.records, html, |html| {
        html.text(&format!("{} judged", number(summary.read.judged)));
    });
}

fn tile(name: &str, value: u64, html: &mut Html, more: impl FnOnce(&mut Html)) {
    html.tag("div", &[], |html| {
        html.say("dt", &[], name);
        html.tag("dd", &[], |html| {
            html.say("strong", &[], &number(value));
            html.tag("span", &[("class", "more")], more);
        });
    });
}

fn by_severity(summary: &Summary, html: &mut Html) {
    let mut before = "";
    for (severity, class) in SEVERITIES {
        let of = of_severity(summary, severity);
        if of > 0 {
            html.text(before);
            html.say(
                "span",
                &[("class", &format!("key {class}"))],
                &format!("{} {severity}", number(of)),
            );
            before = " ";
        }
    }
}

fn of_severity(summary: &Summary, severity: Severity) -> u64 {
    let of = |control: &crate::backtest::OfControl| match severity {
        Severity::Low => control.low,
        Severity::Medium => control.medium,
        Severity::High => control.high,
        Severity::Critical => control.critical,
    };
    summary.controls.values().map(of).sum()
}

fn read(read: &Reading, html: &mut Html) {
    if let (Some(first), Some(last)) = (read.first, read.last) {
        html.text("Events from ");
        html.say("time", &[("datetime", &stamp(first))], &moment(first));
        html.text(" to ");
        html.say("time", &[("datetime", &stamp(last))], &moment(last));
        html.text(". ");
    }
    html.text(&format!("{} read, {}", count(read.files, "file"), bytes(read.packed)));
    if read.unpacked != read.packed {
        html.text(&format!(", {} unpacked", bytes(read.unpacked)));
    }
    html.text(&format!("; {} could matter to a control.", count(read.looked_at, "event")));
    if read.passed_over > 0 {
        html.text(&format!(" {} without events passed over.", count(read.passed_over, "file")));
    }
}

/// Functions that would have been contained at least once, as far as they are counted by name.
fn functions_contained(summary: &Summary) -> u64 {
    summary.contained.names.len().try_into().unwrap_or(u64::MAX)
}

/// Days of UTC from the first event to the last, both counted.
fn days(read: &Reading) -> Option<u64> {
    let days = in_utc(read.last?).date() - in_utc(read.first?).date();
    u64::try_from(days.whole_days()).ok().map(|days| days + 1)
}
