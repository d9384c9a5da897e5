//! What the events of an archive suggest to trust and to declare, as a control policy. Nothing in it is safe because
//! it was usual: an intruder who was there before is usual too. A person reviews it, line by line.

use crate::{
    backtest::{Outcome, Silence},
    finding::{ControlId, Requirement, shown},
    resource::FunctionArn,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};
use time::format_description::well_known::Rfc3339;

/// Findings that a line has to silence before it is suggested.
const LEAST: u64 = 2;

/// The control policy, as text.
pub(super) fn of(outcome: &Outcome) -> String {
    let mut text = head(outcome);
    text.push_str("version: 1\n");
    let trusted = ["accounts", "services", "principals"].map(|kind| lines(outcome, kind));
    if trusted.iter().any(|lines| !lines.is_empty()) {
        text.push_str("\ntrusted:\n");
        trusted.iter().for_each(|lines| text.push_str(lines));
    }
    let usual = usual(outcome);
    if !usual.is_empty() {
        text.push_str(
            "\n# What the credentials of each function did all the time: with this, what is new is told from the\n\
             # first day on, and nothing has to be learned.\n\
             controls:\n  function.first-seen-api:\n    parameters:\n      declared:\n",
        );
        for (function, calls) in usual {
            let _ = writeln!(text, "        - function: {}", quoted(&function));
            let _ = writeln!(text, "          calls:");
            for call in calls {
                let _ = writeln!(text, "            - {}", quoted(&call));
            }
        }
    }
    text
}

fn head(outcome: &Outcome) -> String {
    let read = &outcome.summary.read;
    let day = |at: Option<time::OffsetDateTime>| {
        at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_else(|| "no time".to_owned())
    };
    format!(
        "# Suggested by what happened from {} to {}: review each line, and take over what is meant to be so.\n\
         # What was usual is not safe for that: whoever was there before is usual too.\n",
        day(read.first),
        day(read.last),
    )
}

/// What is suggested to trust of one kind.
fn lines(outcome: &Outcome, kind: &str) -> String {
    let under = format!("trusted.{kind}");
    let is_meant = |one: &&Silence| one.under == under && one.findings >= LEAST;
    let silences = outcome.summary.silences.iter().filter(is_meant);
    let mut text = String::new();
    for Silence { line, findings, controls, .. } in silences {
        if text.is_empty() {
            let _ = writeln!(text, "  {kind}:");
        }
        let controls = controls.iter().map(Requirement::to_string).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "    # {findings} findings less, of {controls}");
        let _ = writeln!(text, "    - {}", quoted(line));
    }
    text
}

/// What functions did all the time, and what was found to be new in them more than once.
fn usual(outcome: &Outcome) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (function, calls) in &outcome.usual {
        if let Ok(function) = FunctionArn::parse(function)
            && !calls.is_empty()
        {
            all.entry(function.name().to_owned()).or_default().extend(calls.iter().cloned());
        }
    }
    for told in &outcome.summary.worst {
        let is_new = told.control == ControlId::FunctionFirstSeenApi;
        if let (true, Some(api), Ok(function)) =
            (is_new, &told.api, FunctionArn::parse(&told.resource))
            && let Some(calls) = all.get_mut(function.name())
        {
            // It was new in the time that is looked at: that is for a person to judge.
            calls.remove(api);
        }
    }
    all.retain(|_, calls| !calls.is_empty());
    all
}

/// A text of YAML that is nothing else, whoever wrote it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(shown(text, 2048)).to_string()
}
