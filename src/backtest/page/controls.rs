//! What each control or rule came to.

use super::{
    bar, cell, code,
    html::Html,
    section, table,
    words::{SEVERITIES, number},
};
use crate::{
    backtest::{OfControl, Summary},
    finding::Requirement,
};
use std::cmp::Reverse;

/// Writes it: the worst first.
pub fn write(summary: &Summary, html: &mut Html) {
    if summary.controls.is_empty() {
        return;
    }
    let mut controls: Vec<_> = summary.controls.iter().collect();
    controls.sort_by_key(|(_, of)| Reverse(counts(of)));
    let most = controls.iter().map(|(_, of)| of.findings()).max().unwrap_or_default();
    section("controls", "Controls", html, |html| {
        html.say(
            "p",
            &[],
            "Findings by severity; how often a control could not tell from what the archive shows; how often it judged \
             and found everything in order. The control leads to its findings.",
        );
        let columns = [
            ("wide", "Control"),
            ("share", "Findings"),
            ("number", "Critical"),
            ("number", "High"),
            ("number", "Medium"),
            ("number", "Low"),
            ("number", "Cannot tell"),
            ("number", "In order"),
        ];
        table("Controls", &columns, html, |html| {
            for (requirement, of) in controls {
                html.tag("tr", &[], |html| row(requirement, of, most, html));
            }
        });
    });
}

fn row(requirement: &Requirement, of: &OfControl, most: u64, html: &mut Html) {
    html.tag("th", &[("scope", "row"), ("class", "wide")], |html| {
        name(requirement, of.findings(), html);
        if let Some(control) = requirement.control() {
            html.say("small", &[], control.title());
        }
    });
    html.tag("td", &[("class", "share")], |html| {
        let [critical, high, medium, low] = counts(of);
        bar(
            &[("critical", critical), ("high", high), ("medium", medium), ("low", low)],
            most,
            html,
        );
        html.say("span", &[("class", "of")], &number(of.findings()));
    });
    for count in counts(of) {
        cell(count, html);
    }
    cell(of.insufficient_data, html);
    cell(of.compliant, html);
}

/// The name, which leads to the control's findings if there are any.
fn name(requirement: &Requirement, findings: u64, html: &mut Html) {
    let name = requirement.to_string();
    if findings > 0 {
        html.tag("a", &[("href", "#findings"), ("data-control", &name)], |html| code(&name, html));
    } else {
        code(&name, html);
    }
    html.text(" ");
}

/// In the order of [`SEVERITIES`].
fn counts(of: &OfControl) -> [u64; SEVERITIES.len()] {
    [of.critical, of.high, of.medium, of.low]
}
