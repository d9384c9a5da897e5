//! What would have been done, what kept it from being done, and what one more line of the control policy would silence.

use super::{bar, cell, code, html::Html, names, section, table, words::number};
use crate::backtest::{OfRemediation, Summary, Tally};
use std::cmp::Reverse;

/// Writes what would have been done, if anything would have been.
pub fn write(summary: &Summary, html: &mut Html) {
    if summary.remediations.is_empty()
        && [&summary.contained, &summary.limits, &summary.exceptions]
            .iter()
            .all(|tally| tally.total() == 0)
    {
        return;
    }
    section("response", "What would have been done", html, |html| {
        if !summary.remediations.is_empty() {
            remediations(summary, html);
        }
        html.tag("div", &[("class", "halves")], |html| {
            part(
                "Functions contained",
                "How often each would have been.",
                &summary.contained,
                html,
                |tally, html| names::bars(tally, "critical", html),
            );
            part("Limits reached", "They withheld an answer.", &summary.limits, html, reasons);
            part(
                "Exceptions that applied",
                "They withheld an answer, as somebody decided.",
                &summary.exceptions,
                html,
                reasons,
            );
        });
    });
}

fn part(
    heading: &str,
    what: &str,
    tally: &Tally,
    html: &mut Html,
    within: impl FnOnce(&Tally, &mut Html),
) {
    if tally.total() > 0 {
        html.tag("div", &[], |html| {
            html.say("h3", &[], heading);
            html.say("p", &[("class", "hint")], what);
            within(tally, html);
        });
    }
}

fn remediations(summary: &Summary, html: &mut Html) {
    let all = |of: &OfRemediation| of.applied + of.withheld.values().sum::<u64>();
    let mut rows: Vec<_> = summary.remediations.iter().collect();
    rows.sort_by_key(|(_, of)| Reverse((of.applied, all(of))));
    let most = summary.remediations.values().map(all).max().unwrap_or_default();
    let columns = [
        ("wide", "Remediation"),
        ("share only", "Applied of all"),
        ("number", "Applied"),
        ("number", "Withheld"),
    ];
    table("Remediations", &columns, html, |html| {
        for (name, of) in rows {
            let withheld: u64 = of.withheld.values().sum();
            html.tag("tr", &[], |html| {
                html.tag("th", &[("scope", "row"), ("class", "wide")], |html| code(name, html));
                html.tag("td", &[("class", "share only")], |html| {
                    bar(&[("applied", of.applied), ("withheld", withheld)], most, html)
                });
                cell(of.applied, html);
                cell(withheld, html);
            });
            if withheld > 0 {
                html.tag("tr", &[("class", "why")], |html| {
                    html.tag("td", &[("colspan", "4")], |html| {
                        html.say("small", &[], "Withheld because");
                        counted(by_count(of.withheld.iter()), html);
                    });
                });
            }
        }
    });
}

/// The most frequent first.
pub fn by_count<'a>(of: impl Iterator<Item = (&'a String, &'a u64)>) -> Vec<(&'a str, u64)> {
    let mut all: Vec<_> = of.map(|(name, count)| (name.as_str(), *count)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    all
}

/// Reasons with how often each was given.
pub fn reasons(tally: &Tally, html: &mut Html) {
    /// More of them say no more.
    const MOST: usize = 20;
    let mut shown = tally.most(MOST);
    let rest = tally.total() - shown.iter().map(|(_, count)| count).sum::<u64>();
    if rest > 0 {
        shown.push(("others", rest));
    }
    counted(shown, html);
}

/// A list of texts, each with its number.
pub fn counted(all: Vec<(&str, u64)>, html: &mut Html) {
    if all.is_empty() {
        return;
    }
    html.tag("ul", &[("class", "counted")], |html| {
        for (text, count) in all {
            html.tag("li", &[], |html| {
                html.say("span", &[("class", "count")], &number(count));
                html.text(" ");
                html.say("span", &[], text);
            });
        }
    });
}

/// Writes what one more line would silence, if one would.
pub fn silences(summary: &Summary, html: &mut Html) {
    if summary.silences.is_empty() {
        return;
    }
    section("silences", "What one more line would silence", html, |html| {
        html.say(
            "p",
            &[],
            "With one of these lines in the control policy, so many would be findings no more. Add a line only for what \
             you know: whoever is trusted is not looked at again.",
        );
        let columns = [("wide", "Line"), ("number", "Findings"), ("wide", "Of")];
        table("Lines and what they would silence", &columns, html, |html| {
            for silence in &summary.silences {
                html.tag("tr", &[], |html| {
                    html.tag("th", &[("scope", "row"), ("class", "wide")], |html| {
                        code(&silence.line, html);
                        html.text(" ");
                        html.say("small", &[], &format!("under {}", silence.under));
                    });
                    cell(silence.findings, html);
                    html.tag("td", &[("class", "wide")], |html| {
                        for (index, control) in silence.controls.iter().enumerate() {
                            html.text(if index > 0 { ", " } else { "" });
                            code(&control.to_string(), html);
                        }
                    });
                });
            }
        });
    });
}
