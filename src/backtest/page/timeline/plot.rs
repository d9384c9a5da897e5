//! The bars, as an image that keeps its height and takes the width there is.

use super::{
    super::{
        html::Html,
        words::{SEVERITIES, count, number},
    },
    Counts, Step, total,
};
use std::{cmp::Reverse, collections::BTreeMap};
use time::Date;

/// Height of the bars, in pixels.
const HEIGHT: u64 = 180;

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

/// Writes the numbers beside the lines.
pub fn axis(most: u64, html: &mut Html) {
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

/// Writes the bars.
pub fn plot(bars: &BTreeMap<Date, Counts>, step: Step, most: u64, html: &mut Html) {
    let all = count(bars.values().map(total).sum(), "finding");
    let most_at = bars.iter().max_by_key(|(start, counts)| (total(counts), Reverse(**start)));
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

#[cfg(test)]
mod tests {
    use super::*;

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
