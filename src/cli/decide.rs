//! `cordon decide`: what would be done about events, without any AWS call. Without a described
//! state, the policy that an event shows stands in for the live one, and controls that need more
//! say `InsufficientData`.

use super::{
    CliError, Verdict, control_policy, error,
    explain::{self, Explained},
    named, read, terminal,
};
use crate::{
    controls,
    decision::{Decision, Remit, decide},
    event::{Event, Kind, Own},
    finding::{Compliance, Evaluation},
    policy::ControlPolicy,
    remediation::Planned,
    resource::{AccountId, Home},
    state::{DescribedState, State},
};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

#[derive(Debug, Args)]
pub(super) struct Decide {
    /// The control policy, in YAML.
    #[arg(long, value_name = "FILE", default_value = "policy.yaml")]
    policy: PathBuf,
    /// The live state, in JSON: policies, functions, urls, provisioned, held.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Decide as of this time (RFC 3339) instead of now.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// The name of Cordon's stack: events that touch what it made are seen as such.
    #[arg(long, default_value = "cordon")]
    stack: String,
    /// Say of every control and rule why it fired or did not.
    #[arg(long)]
    explain: bool,
    /// The Region of the functions; else the event's.
    #[arg(long)]
    region: Option<String>,
    /// EventBridge events, one a file.
    #[arg(required = true)]
    events: Vec<PathBuf>,
}

/// What is needed of an envelope to know whose event it is.
#[derive(Deserialize)]
struct Envelope {
    account: String,
    region: String,
}

impl Decide {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let now = self.now()?;
        let policy = control_policy::load(&self.policy, now.date())?;
        let state = match &self.state {
            Some(path) => {
                let described: DescribedState =
                    serde_json::from_str(&read(path)?).map_err(|problem| named(path, problem))?;
                Some(State::from(described))
            }
            None => None,
        };
        let mut verdict = Verdict::Fine;
        for path in &self.events {
            let (event, decision) = self.decide(&policy, state.as_ref(), path, now)?;
            if decision.findings().next().is_some() {
                verdict = Verdict::Findings;
            }
            let explained = self.explain.then(|| explain::explain(&policy, &event, &decision, now));
            terminal::say(&match as_json {
                true => line(path, &event, &decision, explained.as_deref()).to_string(),
                false => {
                    let mut lines = in_words(path, &event, &decision);
                    lines.extend(explained.iter().flat_map(|all| explain::in_words(all)));
                    lines.join("\n")
                }
            })?;
        }
        Ok(verdict)
    }

    fn own(&self) -> Own {
        Own { stack: Some(self.stack.clone()), keys: Vec::new() }
    }

    fn now(&self) -> Result<OffsetDateTime, CliError> {
        match &self.now {
            None => Ok(OffsetDateTime::now_utc()),
            Some(text) => OffsetDateTime::parse(text, &Rfc3339)
                .map_err(|problem| error(format!("--now `{text}`: {problem}"))),
        }
    }

    fn decide(
        &self,
        policy: &ControlPolicy,
        state: Option<&State>,
        path: &Path,
        now: OffsetDateTime,
    ) -> Result<(Event, Decision), CliError> {
        let payload = read(path)?;
        let home =
            home(&payload, self.region.as_deref()).map_err(|problem| named(path, problem))?;
        let event = controls::event(policy, &payload, &home, &self.own())
            .map_err(|problem| named(path, problem))?;
        let triage = controls::triage(policy, &event, now);
        let remit = Remit::of(policy);
        let shown = State::as_shown(&event);
        let state = state.unwrap_or(&shown);
        let decision = decide(&remit, &event, &triage, state, now);
        Ok((event, decision))
    }
}

/// Where an event happened; `region` is that of the functions, if it is another.
pub(super) fn home(payload: &str, region: Option<&str>) -> Result<Home, CliError> {
    let envelope: Envelope = serde_json::from_str(payload).map_err(error)?;
    let account = AccountId::parse(&envelope.account).map_err(error)?;
    let region = region.map_or(envelope.region, str::to_owned);
    Ok(Home::of(account, &region))
}

fn line(path: &Path, event: &Event, decision: &Decision, explained: Option<&[Explained]>) -> Value {
    let mut line = json!({
        "file": path.display().to_string(),
        "eventId": event.id,
        "evaluations": decision.evaluations.iter().map(evaluation).collect::<Vec<_>>(),
        "plan": decision.plan.iter().map(planned).collect::<Vec<_>>(),
    });
    if let (Value::Object(fields), Some(explained)) = (&mut line, explained) {
        fields.insert("controls".to_owned(), json!(explained));
    }
    line
}

fn evaluation(evaluation: &Evaluation) -> Value {
    let (evidence, reason) = match &evaluation.compliance {
        Compliance::NonCompliant(finding) => (json!(finding.evidence), Value::Null),
        Compliance::InsufficientData(reason) => (json!([]), json!(reason)),
        Compliance::Compliant | Compliance::NotApplicable => (json!([]), Value::Null),
    };
    let mut value = json!({
        "control": evaluation.control,
        "evaluation": evaluation.compliance.as_str(),
        "resource": evaluation.resource,
        "evidence": evidence,
    });
    if let (Value::Object(fields), false) = (&mut value, reason.is_null()) {
        fields.insert("reason".to_owned(), reason);
    }
    value
}

fn planned(planned: &Planned) -> Value {
    json!({
        "remediation": planned.remediation.name(),
        "resource": planned.remediation.resource(),
        "tactic": planned.remediation.tactic(),
        "mode": planned.mode,
        "withheld": planned.withheld,
    })
}

fn in_words(path: &Path, event: &Event, decision: &Decision) -> Vec<String> {
    let mut lines = vec![format!("{} ({})", path.display(), event.id)];
    if let (Kind::Ignored(reason), None) = (&event.kind, &event.touches) {
        lines.push(format!("  ignored: {reason}"));
    }
    for evaluation in &decision.evaluations {
        let answer = evaluation.compliance.as_str();
        lines.push(format!("  {answer:16} {} on {}", evaluation.control, evaluation.resource));
        match &evaluation.compliance {
            Compliance::NonCompliant(finding) => {
                for seen in &finding.evidence {
                    lines.push(format!("    seen: {}: {}", seen.field, seen.value));
                }
                for why in &finding.unanswered {
                    lines.push(format!("    not answered: {why}"));
                }
            }
            Compliance::InsufficientData(reason) => lines.push(format!("    {reason}")),
            Compliance::Compliant | Compliance::NotApplicable => {}
        }
    }
    for planned in &decision.plan {
        let withheld = planned.withheld.as_ref().map(|why| format!(", withheld: {why}"));
        lines.push(format!(
            "  plan: {} on {}: {} ({}){}",
            planned.remediation.name(),
            planned.remediation.resource(),
            planned.remediation.changes().join("; "),
            planned.mode.as_str(),
            withheld.unwrap_or_default()
        ));
    }
    if !decision.approved().is_empty() {
        lines.push("  limits: not asked, answers are counted in the journal".to_owned());
    }
    lines
}
