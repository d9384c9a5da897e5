//! Findings in full. Each has an address of its own, `#finding-…`, which is the same in every back-test that has it.

use super::{
    arn, code,
    html::Html,
    section,
    words::{self, SEVERITIES, moment, number, stamp},
};
use crate::{
    backtest::{Summary, Told, ToldRemediation},
    finding::{Evidence, Severity, fingerprint},
    iam::Witness,
    policy::Mode,
};
use std::collections::{BTreeMap, BTreeSet};

/// Writes the worst, if there are any, with what filters them.
pub fn write(summary: &Summary, html: &mut Html) {
    if summary.worst.is_empty() {
        return;
    }
    let shown = summary.worst.len().try_into().unwrap_or(u64::MAX);
    section("findings", "Findings", html, |html| {
        let how_many = if shown < summary.findings {
            format!(
                "The worst {} of {}, worst first, then earliest first.",
                number(shown),
                number(summary.findings)
            )
        } else {
            "All of them, worst first, then earliest first.".to_owned()
        };
        html.say("p", &[], &how_many);
        filter(&summary.worst, html);
        html.tag("div", &[("class", "list"), ("id", "worst")], |html| {
            list("finding", &summary.worst, html)
        });
    });
}

/// Nothing without the script, which shows it.
fn filter(worst: &[Told], html: &mut Html) {
    let controls: BTreeSet<String> = worst.iter().map(|told| told.control.to_string()).collect();
    let is_there = |severity: Severity| worst.iter().any(|told| told.severity == severity);
    html.tag(
        "form",
        &[("id", "filter"), ("class", "filter"), ("role", "search"), ("hidden", "")],
        |html| {
            choice("control", "Control", controls.iter().map(String::as_str), html);
            choice(
                "severity",
                "Severity",
                SEVERITIES
                    .into_iter()
                    .filter(|(severity, _)| is_there(*severity))
                    .map(|(_, class)| class),
                html,
            );
            html.tag("label", &[], |html| {
                html.say("span", &[], "Text");
                html.void(
                    "input",
                    &[
                        ("type", "search"),
                        ("name", "text"),
                        ("placeholder", "function, caller, address …"),
                        ("autocomplete", "off"),
                        ("spellcheck", "false"),
                    ],
                );
            });
            html.say("button", &[("type", "button"), ("id", "open")], "Open all shown");
            html.say("output", &[("id", "shown")], "");
        },
    );
}

fn choice<'a>(
    name: &'static str,
    label: &str,
    values: impl Iterator<Item = &'a str>,
    html: &mut Html,
) {
    html.tag("label", &[], |html| {
        html.say("span", &[], label);
        html.tag("select", &[("name", name)], |html| {
            html.say("option", &[("value", "")], "Any");
            for value in values {
                html.say("option", &[("value", value)], value);
            }
        });
    });
}

/// Findings, each closed; their addresses begin with `prefix`.
pub fn list(prefix: &str, findings: &[Told], html: &mut Html) {
    let mut seen = BTreeMap::<String, u32>::new();
    for told in findings {
        let print = fingerprint(&[&told.event, &told.control.to_string(), &told.resource]);
        let times = seen.entry(print.clone()).or_default();
        *times += 1;
        let again = if *times > 1 { format!("-{times}") } else { String::new() };
        finding(&format!("{prefix}-{print}{again}"), told, html);
    }
}

fn finding(id: &str, told: &Told, html: &mut Html) {
    let (control, severity) = (told.control.to_string(), told.severity.to_string());
    let attributes = [
        ("id", id),
        ("class", "finding"),
        ("data-control", &control),
        ("data-severity", &severity),
    ];
    html.tag("details", &attributes, |html| {
        html.tag("summary", &[], |html| {
            html.say(
                "span",
                &[("class", &format!("severity {}", class(told.severity)))],
                &severity,
            );
            html.text(" ");
            html.tag("span", &[("class", "what")], |html| on(told, &control, html));
            html.text(" ");
            html.say("time", &[("datetime", &stamp(told.at))], &moment(told.at));
        });
        html.tag("div", &[("class", "full")], |html| full(id, told, html));
    });
}

fn on(told: &Told, control: &str, html: &mut Html) {
    html.tag("span", &[("class", "on")], |html| arn(&told.resource, html));
    html.text(" ");
    html.tag("span", &[("class", "by")], |html| {
        html.text(control);
        if let Some(principal) = &told.principal {
            html.text(", by ");
            code(words::arn(principal).0, html);
        }
    });
}

const fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

fn full(id: &str, told: &Told, html: &mut Html) {
    html.tag("p", &[("class", "requirement")], |html| {
        html.text("Required: ");
        html.text(&told.title);
        html.text(". ");
        html.say("a", &[("href", &format!("#{id}")), ("class", "link")], "Link to this finding");
    });
    html.say("h3", &[], "Evidence");
    html.tag("dl", &[("class", "pairs")], |html| {
        for evidence in &told.evidence {
            seen(evidence, html);
        }
    });
    html.say("h3", &[], "What would be done");
    if told.remediations.is_empty() {
        html.say("p", &[], "Nothing by itself.");
    } else {
        html.tag("ol", &[("class", "remediations")], |html| {
            for remediation in &told.remediations {
                html.tag("li", &[], |html| done(remediation, html));
            }
        });
    }
    if !told.unanswered.is_empty() {
        html.say("h3", &[], "Left to people");
        html.tag("ul", &[], |html| {
            for left in &told.unanswered {
                html.say("li", &[], left);
            }
        });
    }
    html.say("h3", &[], "Event");
    html.tag("dl", &[("class", "pairs")], |html| event(told, html));
}

fn seen(evidence: &Evidence, html: &mut Html) {
    pair(&evidence.field, &evidence.value, html);
    if let Some(witness) = &evidence.witness {
        html.say("dt", &[("class", "whole")], "This request would get in");
        html.tag("dd", &[("class", "whole")], |html| request(witness, html));
    }
}

fn request(witness: &Witness, html: &mut Html) {
    html.tag("dl", &[("class", "pairs witness")], |html| {
        pair("principal", &witness.principal, html);
        pair("action", &witness.action, html);
        pair("resource", &witness.resource, html);
        for (key, value) in &witness.context {
            pair(key, value, html);
        }
    });
}

fn done(remediation: &ToldRemediation, html: &mut Html) {
    html.say("strong", &[], &remediation.name);
    html.text(" ");
    match &remediation.withheld {
        Some(reason) => {
            html.say("span", &[("class", "mark withheld")], "withheld:");
            html.text(" ");
            html.say("span", &[], reason);
        }
        None => html.say("span", &[("class", "mark applied")], "applied"),
    }
    html.tag("p", &[], |html| {
        html.text("on ");
        code(&remediation.resource, html);
    });
    if !remediation.changes.is_empty() {
        html.tag("ul", &[], |html| {
            for change in &remediation.changes {
                html.say("li", &[], change);
            }
        });
    }
}

fn event(told: &Told, html: &mut Html) {
    pair("Resource", &told.resource, html);
    for (name, value) in [("Call", &told.api), ("Caller", &told.principal), ("From", &told.source)]
    {
        if let Some(value) = value {
            pair(name, value, html);
        }
    }
    html.say("dt", &[], "Mode");
    html.say(
        "dd",
        &[],
        match told.mode {
            Mode::Off => "off",
            Mode::DryRun => "dry-run: told, and not answered",
            Mode::Enforce => "enforce",
        },
    );
    pair("Id", &told.event, html);
    pair("File", &told.file, html);
}

fn pair(name: &str, value: &str, html: &mut Html) {
    html.say("dt", &[], name);
    html.tag("dd", &[], |html| code(value, html));
}
