//! Findings over time: bars stacked by severity, and the same as a table. A bar is a day, or a week, a month or a year
//! where days would be too many to see.

use super::{
    cell,
    html::Html,
    section, table,
    words::{SEVERITIES, count, day, in_utc, number},
};
use crate::{backtest::Summary, finding::Severity};
use std::collections::BTreeMap;
use time::{Date, Duration, Month, macros::format_description};

/// Height of the bars, in pixels.
const HEIGHT: u64 = 180;

type Counts = BTreeMap<Severity, u64>;

/// What one bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Day,
    Week,
    Month,
    Year,
}

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

impl Step {
    /// At most about a hundred bars.
    fn fitting(first: Date, last: Date) -> Self {
        match (last - first).whole_days() {
            ..=100 => Self::Day,
            ..=700 => Self::Week,
            ..=3_000 => Self::Month,
            _ => Self::Year,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The first day of the bar that `date` belongs to. Weeks begin on Mondays.
    fn start(self, date: Date) -> Date {
        let into_week = i64::from(date.weekday().number_days_from_monday());
        match self {
            Self::Day => date,
            Self::Week => date.checked_sub(Duration::days(into_week)).unwrap_or(date),
            Self::Month => date.replace_day(1).unwrap_or(date),
            Self::Year => Date::from_ordinal_date(date.year(), 1).unwrap_or(date),
        }
    }

    /// The first day of the bar after the one that begins with `start`; none at the end of the calendar.
    fn next(self, start: Date) -> Option<Date> {
        match self {
            Self::Day => start.next_day(),
            Self::Week => start.checked_add(Duration::WEEK),
            Self::Month => {
                let year =
                    if start.month() == Month::December { start.year() + 1 } else { start.year() };
                Date::from_calendar_date(year, start.month().next(), 1).ok()
            }
            Self::Year => Date::from_ordinal_date(start.year() + 1, 1).ok(),
        }
    }

    /// Below a bar.
    fn label(self, start: Date) -> String {
        match self {
            Self::Day | Self::Week => {
                start.format(format_description!("[day padding:none] [month repr:short]"))
            }
            Self::Month => start.format(format_description!("[month repr:short] [year]")),
            Self::Year => start.format(format_description!("[year]")),
        }
        .unwrap_or_default()
    }

    /// In a sentence.
    fn told(self, start: Date) -> String {
        match self {
            Self::Day => day(start),
            Self::Week => format!("Week from {}", day(start)),
            Self::Month => {
                start.format(format_description!("[month repr:long] [year]")).unwrap_or_default()
            }
            Self::Year => self.label(start),
        }
    }
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

/// How far apart the lines are, so that there are at most four: 1, 2 or 5 with zeros behind.
fn line_step(most: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if most.div_ceil(step) <= 4 {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// What the height of the bars stands for.
fn top(most: u64) -> u64 {
    let step = line_step(most.max(1));
    most.max(1).div_ceil(step).saturating_mul(step)
}

/// So far up in pixels, with one decimal.
fn up(value: u64, most: u64) -> f64 {
    let tenths = u128::from(value) * u128::from(HEIGHT) * 10 / u128::from(top(most));
    f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0
}

/// Where the lines are, from the bottom up.
fn lines(most: u64) -> impl Iterator<Item = (u64, String)> {
    let step = line_step(most.max(1));
    let pixels = u32::try_from(HEIGHT).map_or(0.0, f64::from);
    (0..=top(most) / step).map(move |index| {
        let value = index.saturating_mul(step);
        (value, format!("{:.1}", pixels - up(value, most) + 10.0))
    })
}

fn axis(most: u64, html: &mut Html) {
    html.tag(
        "svg",
        &[("class", "axis"), ("aria-hidden", "true"), ("focusable", "false")],
        |html| {
            for (value, y) in lines(most) {
                html.say(
                    "text",
                    &[("x", "100%"), ("y", &y), ("dy", "0.35em"), ("text-anchor", "end")],
                    &number(value),
                );
            }
        },
    );
}

fn plot(bars: &BTreeMap<Date, Counts>, step: Step, most: u64, html: &mut Html) {
    let all = count(bars.values().map(total).sum(), "finding");
    let most_at =
        bars.iter().max_by_key(|(start, counts)| (total(counts), std::cmp::Reverse(**start)));
    let peak = most_at
        .map(|(start, counts)| format!(", most: {}", told(step, *start, counts)))
        .unwrap_or_default();
    let name = format!(
        "{all} in {}{peak}. The table below has the numbers.",
        count(bars.len() as u64, step.name())
    );
    html.tag("svg", &[("class", "bars"), ("role", "img"), ("aria-label", &name)], |html| {
        for (_, y) in lines(most) {
            html.tag("line", &[("x1", "0"), ("x2", "100%"), ("y1", &y), ("y2", &y)], |_| ());
        }
        for (index, (start, counts)) in bars.iter().enumerate() {
            bar(Slot::of(index, bars.len()), &told(step, *start, counts), counts, most, html);
        }
        let apart = bars.len().div_ceil(8).max(1);
        for (index, (start, _)) in bars.iter().enumerate().step_by(apart) {
            label(Slot::of(index, bars.len()), (index / apart) % 2 == 1, step, *start, html);
        }
    });
}

fn told(step: Step, start: Date, counts: &Counts) -> String {
    let mut out = format!("{}: {}", step.told(start), count(total(counts), "finding"));
    for (severity, _) in SEVERITIES {
        if let Some(count) = counts.get(&severity) {
            out += &format!(", {} {severity}", number(*count));
        }
    }
    out
}

/// The place of a bar, in percent of the width.
#[derive(Debug, Clone, Copy)]
struct Slot {
    start: f64,
    width: f64,
}

impl Slot {
    fn of(index: usize, all: usize) -> Self {
        let float = |number: usize| u32::try_from(number).map_or(f64::MAX, f64::from);
        let width = 100.0 / float(all.max(1));
        Self { start: float(index) * width, width }
    }

    /// A fifth is left free; few bars are no broader than a twentieth.
    fn bar(self) -> (String, String) {
        let width = (self.width * 0.8).min(5.0);
        (format!("{:.3}%", self.start + (self.width - width) / 2.0), format!("{width:.3}%"))
    }
}

fn bar(slot: Slot, told: &str, counts: &Counts, most: u64, html: &mut Html) {
    if total(counts) == 0 {
        return;
    }
    let (x, width) = slot.bar();
    html.tag("g", &[], |html| {
        html.say("title", &[], told);
        let mut before = 0;
        let pixels = u32::try_from(HEIGHT).map_or(0.0, f64::from);
        for (severity, class) in SEVERITIES {
            let count = counts.get(&severity).copied().unwrap_or_default();
            if count > 0 {
                let (from, to) = (up(before, most), up(before.saturating_add(count), most));
                let height = (to - from).max(1.5);
                let y = format!("{:.1}", pixels - from - height + 10.0);
                let height = format!("{height:.1}");
                let place = [
                    ("class", class),
                    ("x", &x),
                    ("y", &y),
                    ("width", &width),
                    ("height", &height),
                ];
                html.tag("rect", &place, |_| ());
            }
            before = before.saturating_add(count);
        }
    });
}

/// Below a bar; every second one is left out where the screen is narrow.
fn label(slot: Slot, second: bool, step: Step, start: Date, html: &mut Html) {
    let middle = slot.start + slot.width / 2.0;
    let (x, anchor) = match middle {
        ..4.0 => (0.0, "start"),
        4.0..=96.0 => (middle, "middle"),
        _ => (100.0, "end"),
    };
    let (x, class) = (format!("{x:.3}%"), if second { "second" } else { "first" });
    html.tag("g", &[("class", class)], |html| {
        html.say("text", &[("x", &x), ("y", "208"), ("text-anchor", anchor)], &step.label(start));
        if step == Step::Week {
            let year = Step::Year.label(start);
            html.say(
                "text",
                &[("class", "year"), ("x", &x), ("y", "224"), ("text-anchor", anchor)],
                &year,
            );
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

    #[test]
    fn at_most_four_lines_are_above_the_lowest() {
        for (most, lines_at) in [
            (0, vec![0, 1]),
            (1, vec![0, 1]),
            (7, vec![0, 2, 4, 6, 8]),
            (17, vec![0, 5, 10, 15, 20]),
            (1_999, vec![0, 500, 1_000, 1_500, 2_000]),
        ] {
            assert_eq!(lines(most).map(|(value, _)| value).collect::<Vec<_>>(), lines_at);
        }
        assert!(lines(u64::MAX).count() <= 5);
    }
}
