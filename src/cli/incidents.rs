//! `cordon incidents`: what happened, and where it stands.

use super::{CliError, Verdict, journal::JournalArgs, terminal::clean};
use crate::aws::{IncidentRecord, StepRecord};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Incidents {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    journal: JournalArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// One incident, step by step.
    Show {
        /// The incident, as the notification names it.
        incident: String,
        #[command(flatten)]
        journal: JournalArgs,
    },
}

impl Incidents {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        match self.verb {
            None => list(self.journal, as_json),
            Some(Verb::Show { incident, journal }) => show(&incident, journal, as_json),
        }
    }
}

fn list(journal: JournalArgs, as_json: bool) -> Result<Verdict, CliError> {
    let opened = journal.open()?;
    let incidents = opened.wait(opened.journal().incidents())?;
    let ledger = opened.wait(opened.journal().ledger())?.ledger;
    for (cap, breaker) in ledger.breakers(OffsetDateTime::now_utc()) {
        match as_json {
            true => println!("{}", json!({ "limit": cap.to_string(), "breaker": breaker })),
            false => println!("limit reached: {cap}; breaker {breaker}"),
        }
    }
    for record in &incidents {
        println!("{}", if as_json { described(record).to_string() } else { line(record) });
    }
    if incidents.is_empty() && !as_json {
        println!("no incidents in `{}`", opened.table);
    }
    Ok(Verdict::Fine)
}

fn line(record: &IncidentRecord) -> String {
    let IncidentRecord { incident, subject, status, opened, controls, .. } = record;
    let contained = if record.contains { "contained, " } else { "" };
    format!("{opened}  {incident}  {contained}{status}  {subject}  {}", controls.join(", "))
}

fn described(record: &IncidentRecord) -> Value {
    json!({
        "incident": record.incident,
        "resource": record.subject,
        "function": record.subject.function(),
        "status": record.status.as_str(),
        "contains": record.contains,
        "opened": record.opened,
        "moved": record.moved,
        "controls": record.controls,
        "events": record.events,
    })
}

fn show(incident: &str, journal: JournalArgs, as_json: bool) -> Result<Verdict, CliError> {
    let opened = journal.open()?;
    let journal = opened.journal();
    let record =
        opened.wait(journal.incident(incident))?.ok_or_else(|| opened.no_incident(incident))?;
    let steps = opened.wait(journal.steps(incident))?.unwrap_or_default();
    if as_json {
        let steps: Vec<Value> = steps.iter().map(described_step).collect();
        println!("{}", json!({ "incident": described(&record), "steps": steps }));
        return Ok(Verdict::Fine);
    }
    println!("{}", line(&record));
    println!("last moved {}; events: {}", record.moved, clean(&record.events.join(", ")));
    for step in &steps {
        println!("{}", step_line(step));
    }
    println!("to put everything back: cordon restore {incident} --table {}", opened.table);
    Ok(Verdict::Fine)
}

fn step_line(step: &StepRecord) -> String {
    let remediation = &step.remediation;
    let tries = if step.tries > 1 { format!(", {} times", step.tries) } else { String::new() };
    let undo = clean(&remediation.undo_change());
    format!(
        "{}  {} on {}: {}{tries}; back: {undo}{}",
        time(step),
        remediation.name(),
        remediation.resource(),
        step.status,
        problem(step).map(|error| format!("; {}", clean(&error))).unwrap_or_default(),
    )
}

fn described_step(step: &StepRecord) -> Value {
    json!({
        "at": time(step),
        "remediation": step.remediation.name(),
        "resource": step.remediation.resource(),
        "tactic": step.remediation.tactic(),
        "status": step.status.as_str(),
        "tries": step.tries,
        "undo": step.remediation.undo_name(),
        "back": step.remediation.undo_change(),
        "outcome": step.outcome.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok()),
    })
}

fn time(step: &StepRecord) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(step.at).ok();
    let seconds = time.and_then(|time| time.replace_nanosecond(0).ok());
    seconds.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

fn problem(step: &StepRecord) -> Option<String> {
    let outcome: Value = serde_json::from_str(step.outcome.as_deref()?).ok()?;
    let told = outcome.get("error").or(outcome.get("note"))?;
    told.as_str().map(str::to_owned)
}
