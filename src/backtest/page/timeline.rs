//! Findings over time: bars stacked by severity, and the same as a table. A bar is a day, or a week, a month or a year
//! where days would be too many to see.

mod plot;
mod step;

use super::{
    cell,
    html::Html,
    section, table,
    words::{SEVERITIES, day, in_utc},
};
use crate::{backtest::Summary, finding::Severity};
use plot::{axis, plot};
use std::collections::BTreeMap;
use step::Step;
use time::Date;

type Counts = BTreeMap<Severity, u64>;

/// Writes it, if anything was found.
pub fn write(summary: &Summary, html: &mut Html) {
    let Some((first, last)) = period(summary) else { return };
    let step = Step::fitting(first, last);
    let bars = bars(summary, step, first, last);
    let most = bars.values().map(total).max().unwrap_or_default();
    section("timeline", "When", html, |html| {
        html.tag("figure", &[], |html| {
            html.tag("figcaption", &[], |html| {
                html.text(&format!("Findings by {}, {}", step.name(), between(first, last)));
                legend(html);
            });
            html.tag("div", &[("class", "plot")], |html| {
                axis(most, html);
                plot(&bars, step, most, html);
            });
        });
        html.tag("details", &[("class", "plain")], |html| {
            html.say("summary", &[], "The same as a table");
            as_table(&bars, step, html);
        });
    });
}

/// From the first event to the last; from the first finding to the last if there are earlier or later ones.
fn period(summary: &Summary) -> Option<(Date, Date)> {
    let (first, last) = (*summary.days.keys().next()?, *summary.days.keys().next_back()?);
    let read = &summary.read;
    let start = read.first.map_or(first, |at| in_utc(at).date().min(first));
    let end = read.last.map_or(last, |at| in_utc(at).date().max(last));
    Some((start, end))
}

/// Every bar, empty ones as well, by its first day.
fn bars(summary: &Summary, step: Step, first: Date, last: Date) -> BTreeMap<Date, Counts> {
    let mut bars = BTreeMap::new();
    let mut next = Some(step.start(first));
    while let Some(start) = next.filter(|start| *start <= last) {
        bars.insert(start, Counts::new());
        next = step.next(start);
    }
    for (date, counts) in &summary.days {
        let bar = bars.entry(step.start(*date)).or_default();
        for (severity, count) in counts {
            *bar.entry(*severity).or_default() += count;
        }
    }
    bars
}

fn total(counts: &Counts) -> u64 {
    counts.values().sum()
}

fn between(first: Date, last: Date) -> String {
    if first == last { day(first) } else { format!("{} to {}", day(first), day(last)) }
}

/// In the order of the bars, from the bottom up.
fn legend(html: &mut Html) {
    html.tag("span", &[("class", "legend")], |html| {
        for (severity, class) in SEVERITIES {
            html.say("span", &[("class", &format!("key {class}"))], &severity.to_string());
            html.text(" ");
        }
    });
}

fn as_table(bars: &BTreeMap<Date, Counts>, step: Step, html: &mut Html) {
    let columns = [
        (
            "",
            match step {
                Step::Day => "Day",
                Step::Week => "Week from",
                Step::Month => "Month",
                Step::Year => "Year",
            },
        ),
        ("number", "Critical"),
        ("number", "High"),
        ("number", "Medium"),
        ("number", "Low"),
        ("number", "Findings"),
    ];
    table("Findings over time", &columns, html, |html| {
        for (start, counts) in bars.iter().filter(|(_, counts)| total(counts) > 0) {
            html.tag("tr", &[], |html| {
                let when = if step == Step::Week { day(*start) } else { step.told(*start) };
                html.say("th", &[("scope", "row")], &when);
                for (severity, _) in SEVERITIES {
                    cell(counts.get(&severity).copied().unwrap_or_default(), html);
                }
                cell(total(counts), html);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn bars_are_few_whatever_the_period() {
        let first = date!(2026 - 01 - 31);
        for (last, step, bars_wanted) in [
            (date!(2026 - 01 - 31), Step::Day, 1),
            (date!(2026 - 05 - 10), Step::Day, 100),
            (date!(2027 - 01 - 31), Step::Week, 53),
            (date!(2029 - 01 - 31), Step::Month, 37),
            (date!(2046 - 01 - 31), Step::Year, 21),
        ] {
            assert_eq!(Step::fitting(first, last), step);
            assert_eq!(bars(&Summary::default(), step, first, last).len(), bars_wanted);
        }
    }

    #[test]
    fn the_calendar_may_end() {
        for step in [Step::Day, Step::Week, Step::Month, Step::Year] {
            assert_eq!(step.next(step.start(Date::MAX)), None);
            let _ = step.start(Date::MIN);
            assert!(bars(&Summary::default(), step, Date::MAX, Date::MAX).len() == 1);
        }
    }
}
