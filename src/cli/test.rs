//! `cordon test`: holds a control policy against tests of it, which its authors write: each an event,
//! a state and what must be decided. Exit code 1 where something else is decided.

use super::{CliError, Verdict, control_policy, decide, error, named, read, terminal};
use crate::{
    cases::{Case, Difference},
    finding::Requirement,
    policy::{ControlPolicy, source},
};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(super) struct Test {
    /// The control policy, in YAML; else the one each file names.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Only tests whose name holds this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Files with tests, in YAML.
    #[arg(required = true, value_name = "TESTS")]
    files: Vec<PathBuf>,
}

/// A file with tests. Files that it names are looked for from where it lies.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// The control policy.
    policy: Option<PathBuf>,
    /// The control of every case that names none.
    control: Option<Requirement>,
    cases: Vec<Case>,
}

/// What came of one test.
struct Outcome {
    name: String,
    control: String,
    differences: Vec<Difference>,
}

impl Test {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let (mut held, mut all) = (0, 0);
        for file in &self.files {
            for outcome in self.outcomes(file)? {
                all += 1;
                held += usize::from(outcome.differences.is_empty());
                terminal::say(&match as_json {
                    true => line(file, &outcome).to_string(),
                    false => in_words(file, &outcome),
                })?;
            }
        }
        if all == 0 {
            return Err(error("no test was run: no case, or none whose name holds `--only`"));
        }
        if !as_json {
            terminal::say(&format!("{held} of {all} tests hold"))?;
        }
        Ok(if held == all { Verdict::Fine } else { Verdict::Findings })
    }

    fn outcomes(&self, file: &Path) -> Result<Vec<Outcome>, CliError> {
        let table: Table = source::read_as(read(file)?.as_bytes())
            .map_err(|report| control_policy::refused(file, &report))?;
        let beside = |path: &Path| file.parent().unwrap_or(Path::new("")).join(path);
        let policy = self.policy.clone().or_else(|| table.policy.as_deref().map(beside));
        let text = policy.as_deref().map(read).transpose()?;
        if let Some(path) = &policy {
            // What is wrong with it, and what is doubtful, is told as `check` tells it.
            control_policy::load(path, OffsetDateTime::now_utc().date())?;
        }
        let chosen =
            |case: &&Case| self.only.as_ref().is_none_or(|text| case.name.contains(text.as_str()));
        let run = |case: &Case| {
            let problem = |why: &str| {
                let name = terminal::clean(&case.name);
                named(file, format!("test `{name}`: {why}"))
            };
            let now = case.now.unwrap_or_else(OffsetDateTime::now_utc);
            let text = case.policy.as_deref().or(text.as_deref());
            let text = text.ok_or_else(|| problem("names no control policy, nor does its file"))?;
            let policy =
                source::parse(text, now.date()).map_err(|why| problem(&why.to_string()))?;
            let control = case.control.clone().or_else(|| table.control.clone());
            let control = control.ok_or_else(|| problem("names no control, nor does its file"))?;
            let event = read(&beside(Path::new(&case.event)))?;
            let event = case.changed(&event).map_err(|why| problem(&why))?;
            outcome(case, &control, &policy, &event, now).map_err(|why| problem(&why))
        };
        table.cases.iter().filter(chosen).map(run).collect()
    }
}

fn outcome(
    case: &Case,
    control: &Requirement,
    policy: &ControlPolicy,
    event: &str,
    now: OffsetDateTime,
) -> Result<Outcome, String> {
    let home = decide::home(event, None).map_err(|why| why.to_string())?;
    let decision = case.decide(policy, event, &home, now).map_err(|why| why.to_string())?;
    let differences = case.differences(control, &decision);
    Ok(Outcome { name: case.name.clone(), control: control.to_string(), differences })
}

fn line(file: &Path, outcome: &Outcome) -> Value {
    let differences = outcome
        .differences
        .iter()
        .map(|one| json!({ "about": one.about, "wanted": one.wanted, "decided": one.decided }));
    json!({
        "file": file.display().to_string(),
        "test": outcome.name,
        "control": outcome.control,
        "holds": outcome.differences.is_empty(),
        "differences": differences.collect::<Vec<_>>(),
    })
}

fn in_words(file: &Path, outcome: &Outcome) -> String {
    let name = terminal::clean(&outcome.name);
    if outcome.differences.is_empty() {
        return format!("ok      {name}");
    }
    let file = terminal::clean(&file.display().to_string());
    let mut lines = vec![format!("FAILED  {name} ({}, {file})", outcome.control)];
    for Difference { about, wanted, decided } in &outcome.differences {
        lines.push(format!("  {about}:"));
        let difference = difference(wanted, decided);
        lines.extend(difference.iter().map(|line| format!("    {}", terminal::clean(line))));
    }
    lines.join("\n")
}

/// What was wanted and not decided with `-`, what was decided and not wanted with `+`.
fn difference(wanted: &[String], decided: &[String]) -> Vec<String> {
    let lines = |all: &[String]| -> Vec<String> {
        all.iter().flat_map(|one| one.lines().map(str::to_owned)).collect()
    };
    let (wanted, decided) = (lines(wanted), lines(decided));
    let same = wanted.iter().zip(&decided).take_while(|(one, other)| one == other).count();
    let rest = |all: &[String]| all.get(same..).unwrap_or_default().to_vec();
    let (wanted_rest, decided_rest) = (rest(&wanted), rest(&decided));
    let from_end = wanted_rest.iter().rev().zip(decided_rest.iter().rev());
    let after = from_end.take_while(|(one, other)| one == other).count();
    let middle =
        |all: &[String]| all.get(..all.len().saturating_sub(after)).unwrap_or_default().to_vec();
    let tail = wanted_rest.get(wanted_rest.len().saturating_sub(after)..).unwrap_or_default();
    let mark = |sign: &str, all: &[String]| -> Vec<String> {
        all.iter().map(|line| format!("{sign} {line}")).collect()
    };
    let before = wanted.get(..same).unwrap_or_default();
    [
        mark(" ", before),
        mark("-", &middle(&wanted_rest)),
        mark("+", &middle(&decided_rest)),
        mark(" ", tail),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn a_difference_shows_what_was_wanted_and_what_was_decided_in_its_place() {
        let all = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
        let shown = difference(&all("a\nb\nc\nd"), &all("a\nx\ny\nd"));
        assert_eq!(shown, ["  a", "- b", "- c", "+ x", "+ y", "  d"]);
        assert_eq!(difference(&all("a"), &[]), ["- a"]);
        assert_eq!(difference(&all("a\na"), &all("a")), ["  a", "- a"]);
    }
}
