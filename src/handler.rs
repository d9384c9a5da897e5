//! One invocation: event, triage, live state, decision, journaled remediations, report. The only
//! meeting place of [`crate::decision`] and [`crate::aws`].

mod containment;

use crate::{
    aws::{Aws, AwsError, ErrorKind, IncidentStatus, Journal},
    controls::{self, Triage},
    decision::{Decision, Remit, decide},
    event::{Event, EventError, Kind},
    finding::{Compliance, ControlId},
    policy::{LoadedPolicy, Mode},
    remediation::{Outcome, Planned, Remediation, Undo, Withheld},
    report::Report,
    resource::FunctionArn,
    settings::Settings,
    state::State,
};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// The installed responder.
#[derive(Debug)]
pub struct Responder {
    policy: LoadedPolicy,
    settings: Settings,
    aws: Aws,
}

/// Why an invocation failed. It is retried and then reaches the failure queue with this reason.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// The sender must mend the event.
    #[error(transparent)]
    Event(#[from] EventError),
    /// AWS did not answer as hoped.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Some remediations of an incident failed; the rest is done, and a retry takes up what is
    /// missing.
    #[error("incident `{incident}` is partial: {failures}")]
    Partial {
        /// The incident.
        incident: String,
        /// What failed.
        failures: String,
    },
}

/// What an invocation came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "handled", rename_all = "kebab-case")]
pub enum Handled {
    /// No control cares about the event.
    Ignored {
        /// Why not.
        reason: String,
    },
    /// The controls were held against it.
    Evaluated {
        /// Each with its answer.
        evaluations: Vec<String>,
        /// The incident, if something was done.
        incident: Option<String>,
    },
}

/// An event with everything it is looked at with.
struct Matter<'a> {
    event: &'a Event,
    triage: &'a Triage,
    remit: Remit<'a>,
    now: OffsetDateTime,
}

impl Matter<'_> {
    fn decide(&self, state: &State) -> Decision {
        decide(&self.remit, self.event, self.triage, state, self.now)
    }
}

impl Responder {
    /// A responder that makes its clients when it first needs them.
    pub fn new(policy: LoadedPolicy, settings: Settings, aws: Aws) -> Self {
        Self { policy, settings, aws }
    }

    /// Answers one delivery of one event. `itself` is Cordon's own function.
    pub async fn handle(
        &self,
        payload: &str,
        itself: &FunctionArn,
        now: OffsetDateTime,
    ) -> Result<Handled, HandlerError> {
        let home = itself.home();
        let event = Event::parse(payload, &home)?;
        if let Some(reason) = self.ignored(&event) {
            tracing::info!(event = event.id, reason, "ignored");
            return Ok(Handled::Ignored { reason });
        }
        let triage = controls::triage(&self.policy.policy, &event, now);
        if triage.controls.is_empty() {
            let reason = "no control that is on concerns it".to_owned();
            return Ok(Handled::Ignored { reason });
        }
        let remit = Remit {
            policy: &self.policy.policy,
            ceiling: self.settings.mode,
            itself: Some(itself.clone()),
        };
        let matter = Matter { event: &event, triage: &triage, remit, now };
        let (mut state, unread) = self.aws.read(&triage.reads).await;
        let mut decision = matter.decide(&state);
        if !decision.approved().is_empty() {
            state.held = self.held(&decision, now).await?;
            state.answered = self.answered(&decision).await?;
            if !state.held.is_empty() || state.answered {
                decision = matter.decide(&state);
            }
        }
        // What may be read in a minute is not told as something that cannot be told.
        let passing = unread.iter().find(|error| error.kind == ErrorKind::Transient);
        if let (true, Some(error)) = (decision.approved().is_empty(), passing) {
            return Err(error.clone().into());
        }
        let handled = if decision.approved().is_empty() {
            self.report_only(&matter, &decision, unread.is_empty()).await?
        } else {
            self.contain(&matter, decision, &state).await?
        };
        match unread.into_iter().next() {
            Some(error) => Err(error.into()),
            None => Ok(handled),
        }
    }

    /// Why an event needs no look at all, its own calls first: they come back as events.
    fn ignored(&self, event: &Event) -> Option<String> {
        if event.actor.role.is_some() && event.actor.role == self.settings.role {
            return Some("the call was made by Cordon".to_owned());
        }
        let Kind::Ignored(reason) = &event.kind else { return None };
        Some(reason.clone())
    }

    fn journal(&self) -> Journal<'_> {
        Journal::new(&self.aws, &self.settings.journal_table, self.settings.journal_retention)
    }

    /// What an operator restored and wants left alone.
    async fn held(
        &self,
        decision: &Decision,
        now: OffsetDateTime,
    ) -> Result<BTreeSet<String>, AwsError> {
        match function(decision) {
            Some(function) => self.journal().holds(&function, now).await,
            None => Ok(BTreeSet::new()),
        }
    }

    /// Whether a stop rests on what an earlier delivery may have taken away. Only then the journal is
    /// asked: other remediations are planned from what is.
    async fn answered(&self, decision: &Decision) -> Result<bool, AwsError> {
        let rests = |planned: &Planned| {
            matches!(planned.remediation, Remediation::StopFunction { .. })
                && planned.controls == [ControlId::InvocationUnauthorized]
        };
        if !decision.plan.iter().any(rests) {
            return Ok(false);
        }
        let steps = self.journal().steps(&decision.incident).await?.unwrap_or_default();
        Ok(steps.iter().any(|step| matches!(step.undo, Undo::PutResourcePolicy { .. })))
    }

    /// Nothing is to be changed. An earlier delivery may have been cut short after its last change:
    /// then its incident is told and closed now, unless something could not be read.
    async fn report_only(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        all_read: bool,
    ) -> Result<Handled, HandlerError> {
        let outcomes: Vec<(Planned, Outcome)> = withheld(decision);
        let unfinished = self.settings.mode == Mode::Enforce
            && all_read
            && !matter.triage.reads.is_empty()
            && matches!(
                self.journal().status(&decision.incident).await?,
                Some(IncidentStatus::Open | IncidentStatus::Partial)
            );
        let report = self.report(matter, decision, &outcomes, unfinished);
        report.log();
        if unfinished || worth_telling(decision, &outcomes) {
            self.tell(&report).await?;
        }
        if unfinished {
            self.journal().mark(&decision.incident, IncidentStatus::Closed, matter.now).await?;
        }
        Ok(handled(decision, unfinished))
    }

    fn report<'a>(
        &'a self,
        matter: &'a Matter<'a>,
        decision: &'a Decision,
        outcomes: &'a [(Planned, Outcome)],
        finished_later: bool,
    ) -> Report<'a> {
        Report {
            event: &matter.event.id,
            actor: matter.event.actor.arn.as_deref(),
            decision,
            outcomes,
            policy_sha256: &self.policy.sha256,
            mode: self.settings.mode,
            journal_table: &self.settings.journal_table,
            now: matter.now,
            finished_later,
        }
    }

    async fn tell(&self, report: &Report<'_>) -> Result<(), AwsError> {
        match &self.settings.topic {
            Some(topic) => {
                let notification = report.notification();
                self.aws.notify(topic, &notification.subject, &notification.message).await
            }
            None => Ok(()),
        }
    }
}

fn function(decision: &Decision) -> Option<FunctionArn> {
    decision.evaluations.first().map(|evaluation| evaluation.resource.function.clone())
}

/// The remediations a decision withholds, as outcomes.
fn withheld(decision: &Decision) -> Vec<(Planned, Outcome)> {
    decision
        .plan
        .iter()
        .filter_map(|planned| {
            let withheld = planned.withheld.clone()?;
            Some((planned.clone(), Outcome::Withheld(withheld)))
        })
        .collect()
}

/// Exceptions were agreed on with people: they are logged, not told again. What cannot be judged is
/// told: somebody may have made it so.
fn worth_telling(decision: &Decision, outcomes: &[(Planned, Outcome)]) -> bool {
    let unanswered = decision.findings().any(|(_, finding)| !finding.unanswered.is_empty());
    let unclear = decision
        .evaluations
        .iter()
        .any(|evaluation| matches!(evaluation.compliance, Compliance::InsufficientData(_)));
    unanswered
        || unclear
        || outcomes.iter().any(|(_, outcome)| match outcome {
            Outcome::Withheld(withheld) => match withheld {
                Withheld::DryRun
                | Withheld::Held
                | Withheld::Protected
                | Withheld::Undetermined { .. } => true,
                Withheld::Exception { .. } | Withheld::Itself => false,
            },
            Outcome::Success { .. }
            | Outcome::Failure { .. }
            | Outcome::DoesNotExist
            | Outcome::Superseded => true,
        })
}

fn handled(decision: &Decision, acted: bool) -> Handled {
    let evaluations = decision.evaluations.iter().map(|evaluation| {
        let answer = match &evaluation.compliance {
            Compliance::InsufficientData(why) => format!("InsufficientData ({why})"),
            Compliance::Compliant | Compliance::NonCompliant(_) | Compliance::NotApplicable => {
                evaluation.compliance.as_str().to_owned()
            }
        };
        format!("{} on {}: {answer}", evaluation.control, evaluation.resource)
    });
    Handled::Evaluated {
        evaluations: evaluations.collect(),
        incident: acted.then(|| decision.incident.clone()),
    }
}
