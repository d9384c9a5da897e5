//! What a change of the control policy adds and takes away.

use super::{Compared, cell, code, findings, html::Html, section, table, words::number};
use crate::finding::Requirement;
use std::collections::{BTreeMap, BTreeSet};

type Counts = BTreeMap<Requirement, u64>;

/// Writes it.
pub fn write(compared: &Compared, html: &mut Html) {
    let difference = compared.difference;
    let changes = [&difference.added, &difference.removed, &difference.answered_otherwise];
    section("difference", "What the change comes to", html, |html| {
        html.tag("p", &[], |html| {
            html.text("Compared with ");
            code(compared.policy.path, html);
            html.text(" (SHA-256 ");
            code(compared.policy.sha256, html);
            html.text(") over the same events.");
        });
        html.tag("dl", &[("class", "tiles")], |html| {
            for (name, counts) in
                ["Added", "Removed", "Answered otherwise"].into_iter().zip(changes)
            {
                tile(name, counts.values().sum(), html);
            }
            tile("The same", difference.same, html);
        });
        if changes.iter().any(|counts| !counts.is_empty()) {
            by_control(changes, html);
        }
        for (heading, prefix, worst) in [
            ("Added, the worst first", "added", &difference.worst_added),
            ("Removed, the worst first", "removed", &difference.worst_removed),
        ] {
            if !worst.is_empty() {
                html.say("h3", &[], heading);
                html.tag("div", &[("class", "list")], |html| findings::list(prefix, worst, html));
            }
        }
    });
}

fn tile(name: &str, value: u64, html: &mut Html) {
    html.tag("div", &[], |html| {
        html.say("dt", &[], name);
        html.tag("dd", &[], |html| html.say("strong", &[], &number(value)));
    });
}

fn by_control(changes: [&Counts; 3], html: &mut Html) {
    let columns = [
        ("wide", "Control"),
        ("number", "Added"),
        ("number", "Removed"),
        ("number", "Answered otherwise"),
    ];
    let controls: BTreeSet<&Requirement> =
        changes.iter().flat_map(|counts| counts.keys()).collect();
    table("Changes by control", &columns, html, |html| {
        for control in controls {
            html.tag("tr", &[], |html| {
                html.tag("th", &[("scope", "row"), ("class", "wide")], |html| {
                    code(&control.to_string(), html)
                });
                for counts in changes {
                    cell(counts.get(control).copied().unwrap_or_default(), html);
                }
            });
        }
    });
}
