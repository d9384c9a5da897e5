//! What people and machines are told: one JSON line a finding, which is also its CloudWatch metrics
//! (embedded metric format), and one notification an incident. Identifiers, never payloads.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

mod delivery;

pub use delivery::Undelivered;

use crate::{
    decision::Decision,
    finding::{Compliance, ControlId, Evaluation, Finding, Severity},
    policy::Mode,
    remediation::{Outcome, Planned},
    resource::Resource,
};
use serde_json::{Value, json};
use std::fmt::Write as _;
use time::OffsetDateTime;

/// Everything a report tells from.
pub struct Report<'a> {
    /// The event's id.
    pub event: &'a str,
    /// Who caused it.
    pub actor: Option<&'a str>,
    /// What was decided.
    pub decision: &'a Decision,
    /// What came of each remediation, withheld ones included.
    pub outcomes: &'a [(Planned, Outcome)],
    /// The control policy's hash.
    pub policy_sha256: &'a str,
    /// How far the installation goes.
    pub mode: Mode,
    /// Where the incident is journaled.
    pub journal_table: &'a str,
    /// The Region that the journal is in.
    pub region: &'a str,
    /// When.
    pub now: OffsetDateTime,
    /// An earlier delivery did the work and was cut short.
    pub finished_later: bool,
}

/// More evidence of one finding is counted, not listed: SNS takes 256 KB, a log event not much more.
const MOST_SEEN: usize = 20;

/// Remediations that are told one by one, and how much of each.
const MOST_TOLD: usize = 100;
const LONGEST_TOLD: usize = 1000;

/// A notification.
pub struct Notification {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub message: String,
}

impl Report<'_> {
    /// Writes the lines.
    pub fn log(&self) {
        for evaluation in &self.decision.evaluations {
            match &evaluation.compliance {
                Compliance::NonCompliant(finding) => {
                    println!("{}", self.finding_line(evaluation, finding));
                }
                Compliance::InsufficientData(reason) => {
                    println!("{}", self.unclear_line(evaluation, reason));
                }
                Compliance::Compliant | Compliance::NotApplicable => {}
            }
        }
        if let Some(line) = self.limit_line() {
            println!("{line}");
        }
    }

    /// The line of a limit that was reached.
    fn limit_line(&self) -> Option<Value> {
        let limit = self.decision.limited.as_deref()?;
        let (evaluation, _) = self.decision.findings().next()?;
        Some(json!({
            "_aws": self.metrics(&["LimitBreached"]),
            "LimitBreached": 1,
            "severity": Severity::Critical,
            "limit": limit,
            "control": evaluation.control,
            "event": self.event,
            "resource": evaluation.resource,
            "policySha256": self.policy_sha256,
        }))
    }

    /// The line of one finding.
    fn finding_line(&self, evaluation: &Evaluation, finding: &Finding) -> Value {
        let outcomes: Vec<_> = self.outcomes_of(evaluation).collect();
        let count = |wanted: fn(&Outcome) -> bool| {
            outcomes.iter().filter(|(_, outcome)| wanted(outcome)).count()
        };
        json!({
            "_aws": self.metrics(&["Findings", "Remediations", "Failures"]),
            "Findings": 1,
            "Remediations": count(|outcome| matches!(outcome, Outcome::Success { .. })),
            "Failures": count(|outcome| matches!(outcome, Outcome::Failure { .. })),
            "control": evaluation.control,
            "references": evaluation.control.control().map(ControlId::references),
            "reach": self.decision.standing(evaluation),
            "severity": finding.severity,
            "finding": finding.id,
            "incident": self.decision.incident,
            "event": self.event,
            "resource": evaluation.resource,
            "evidence": finding.evidence.get(..MOST_SEEN).unwrap_or(&finding.evidence),
            "seen": finding.evidence.len(),
            "unanswered": finding.unanswered,
            "plan": outcomes.iter().map(|(planned, outcome)| step(planned, outcome)).collect::<Vec<_>>(),
            "mode": self.mode,
            "policySha256": self.policy_sha256,
        })
    }

    /// The line of what could not be judged.
    fn unclear_line(&self, evaluation: &Evaluation, reason: &str) -> Value {
        json!({
            "_aws": self.metrics(&["InsufficientData"]),
            "InsufficientData": 1,
            "control": evaluation.control,
            "event": self.event,
            "resource": evaluation.resource,
            "reason": reason,
            "policySha256": self.policy_sha256,
        })
    }

    fn metrics(&self, names: &[&str]) -> Value {
        embedded(&json!([["control"], []]), names, self.now)
    }

    fn outcomes_of(&self, evaluation: &Evaluation) -> impl Iterator<Item = &(Planned, Outcome)> {
        self.outcomes.iter().filter(|(planned, _)| {
            planned.controls.contains(&evaluation.control)
                && planned.remediation.resource().is_with(&evaluation.resource)
        })
    }

    /// What could not be judged, with the controls that say so for the same reason.
    fn unclear(&self) -> Vec<(&Resource, &str, Vec<String>)> {
        let mut all: Vec<(&Resource, &str, Vec<String>)> = Vec::new();
        for evaluation in &self.decision.evaluations {
            let Compliance::InsufficientData(reason) = &evaluation.compliance else { continue };
            let (resource, control) = (&evaluation.resource, evaluation.control.to_string());
            match all.iter_mut().find(|(r, why, _)| *r == resource && *why == reason) {
                Some((_, _, controls)) => controls.push(control),
                None => all.push((resource, reason, vec![control])),
            }
        }
        all
    }

    /// The notification of the whole incident.
    pub fn notification(&self) -> Notification {
        let done = self.outcomes.iter().any(|(_, o)| matches!(o, Outcome::Success { .. }));
        let failed = self.outcomes.iter().any(|(_, o)| matches!(o, Outcome::Failure { .. }));
        let what = match (failed, done, self.finished_later) {
            (true, _, _) => "PARTLY remediated",
            (false, true, _) if self.decision.limited.is_some() => {
                "PARTLY remediated, limit reached"
            }
            (false, true, _) => "remediated",
            (false, false, _) if self.decision.limited.is_some() => "WITHHELD, limit reached",
            (false, false, true) => "remediated by an earlier delivery",
            (false, false, false) if self.decision.findings().next().is_none() => "cannot tell",
            (false, false, false) => "found, nothing was changed",
        };
        let unclear = |evaluation: &&Evaluation| {
            matches!(evaluation.compliance, Compliance::InsufficientData(_))
        };
        let first = self.decision.findings().next().map(|(evaluation, _)| evaluation);
        let first = first
            .or(self.decision.evaluations.iter().find(unclear))
            .or(self.decision.evaluations.first());
        let about = first.map_or_else(String::new, |evaluation| {
            format!("{} on {}", evaluation.control, evaluation.resource.name())
        });
        let page = if self.decision.limited.is_some() { "PAGE: " } else { "" };
        Notification {
            subject: format!("{page}Cordon: {about}: {what}"),
            message: self.message(done || failed || self.finished_later),
        }
    }

    fn message(&self, acted: bool) -> String {
        let mut text = self.decision.limited.as_deref().map(limit_reached).unwrap_or_default();
        for (evaluation, finding) in self.decision.findings() {
            let (control, resource) = (&evaluation.control, &evaluation.resource);
            let standing = self.decision.standing(evaluation);
            let _ = writeln!(text, "{} finding: {control}\non {resource}", finding.severity);
            if let Some(standing) = standing {
                let _ = writeln!(text, "required: {}", standing.title);
                for words in standing.words() {
                    let _ = writeln!(text, "{words}");
                }
            }
            for seen in finding.evidence.iter().take(MOST_SEEN) {
                let _ = writeln!(text, "seen: {}: {}", seen.field, seen.value);
                if let Some(witness) = &seen.witness {
                    let _ = writeln!(text, "      this would get in: {}", json!(witness));
                }
            }
            if finding.evidence.len() > MOST_SEEN {
                let _ = writeln!(text, "and {} more", finding.evidence.len() - MOST_SEEN);
            }
            for why in finding.unanswered.iter().take(MOST_SEEN) {
                let _ = writeln!(text, "not answered: {why}");
            }
            text.push('\n');
        }
        for (resource, reason, controls) in self.unclear() {
            let controls = controls.join(", ");
            let _ = writeln!(text, "cannot tell on {resource}: {reason}\n  ({controls})");
        }
        for (planned, outcome) in self.outcomes.iter().take(MOST_TOLD) {
            let words = in_words(planned, outcome);
            let _ = writeln!(text, "{}", crate::finding::shown(&words, LONGEST_TOLD));
        }
        if let more @ 1.. = self.outcomes.len().saturating_sub(MOST_TOLD) {
            let _ = writeln!(text, "and {more} more: see `cordon incidents show`");
        }
        for note in &self.decision.notes {
            let _ = writeln!(text, "to know: {note}");
        }
        if let Some(actor) = self.actor {
            let _ = writeln!(text, "\ncaused by: {}", crate::finding::shown(actor, 200));
        }
        let _ = writeln!(text, "event: {}\ncontrol policy: {}", self.event, self.policy_sha256);
        if acted {
            let incident = &self.decision.incident;
            let (table, region) = (self.journal_table, self.region);
            let _ = writeln!(text, "incident: {incident}\n\nto put everything back:");
            let _ = writeln!(text, "  cordon restore {incident} --table {table} --region {region}");
            let _ = writeln!(
                text,
                "\nWhat a template or another tool put there comes back with its next deployment: \
                 change it there too."
            );
        }
        text
    }
}

/// What people can do who are called because of a limit.
fn limit_reached(limit: &str) -> String {
    format!(
        "critical: limit reached: {limit}\n\
         What this event asks for is withheld until somebody looks: so much at a time is an attack, \
         or a mistake.\n\
         It is tried again by itself for some minutes, then the event waits in the failure queue.\n\
         to answer by hand: do what is withheld below\n\
         to let Cordon answer: wait until there is room, or raise the limit under `limits` in \
         `policy.yaml` and deploy it; then send the event again\n\
         to see the breaker: cordon incidents\n\n"
    )
}

/// The line that says that events arrive. Nothing else is told of it: an alarm goes off where it is
/// missing.
pub fn heartbeat(now: OffsetDateTime) -> Value {
    let metrics = |names: &[&str]| embedded(&json!([[]]), names, now);
    json!({ "_aws": metrics(&["Heartbeat"]), "Heartbeat": 1 })
}

/// What makes a line metrics: `names` are counted in it, once for each set of `dimensions`.
fn embedded(dimensions: &Value, names: &[&str], now: OffsetDateTime) -> Value {
    let milliseconds = now.unix_timestamp_nanos() / 1_000_000;
    let metric = |name: &&str| json!({ "Name": name, "Unit": "Count" });
    json!({
        "Timestamp": i64::try_from(milliseconds).unwrap_or(0),
        "CloudWatchMetrics": [{
            "Namespace": "Cordon",
            "Dimensions": dimensions,
            "Metrics": names.iter().map(metric).collect::<Vec<_>>(),
        }],
    })
}

fn step(planned: &Planned, outcome: &Outcome) -> Value {
    json!({
        "remediation": planned.remediation.name(),
        "resource": planned.remediation.resource(),
        "tactic": planned.remediation.tactic(),
        "mode": planned.mode,
        "changes": planned.remediation.changes(),
        "outcome": outcome,
    })
}

fn in_words(planned: &Planned, outcome: &Outcome) -> String {
    let name = planned.remediation.name();
    let resource = planned.remediation.resource();
    let changes = planned.remediation.changes().join("; ");
    let outcome = match outcome {
        Outcome::Success { note: None } => "done".to_owned(),
        Outcome::Success { note: Some(note) } => format!("done ({note})"),
        Outcome::Failure { error } => format!("FAILED ({error})"),
        Outcome::DoesNotExist => "not needed: the resource is gone".to_owned(),
        Outcome::Superseded => "not done: the resource changed while it was decided on".to_owned(),
        Outcome::Withheld(why) => format!("withheld ({why})"),
    };
    format!("{name} on {resource}: {changes}: {outcome}")
}
