//! One invocation: event, triage, live state, decision, journaled remediations, report. The only
//! meeting place of [`crate::decision`] and [`crate::aws`].

use crate::{
    aws::{Aws, AwsError, ErrorKind, IncidentStatus, Journal, Opened},
    controls::{self, Triage},
    decision::{Decision, Remit, decide},
    event::{Event, EventError, Kind},
    finding::Compliance,
    policy::{LoadedPolicy, Mode},
    remediation::{Outcome, Planned, Withheld},
    report::Report,
    resource::{FunctionArn, Home},
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
        decide(&self.remit, self.event, self.triage, state, self.now.date())
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
        let home: Home = itself.home();
        let event = Event::parse(payload, &home)?;
        if let Some(reason) = self.ignored(&event) {
            tracing::info!(event = event.id, reason, "ignored");
            return Ok(Handled::Ignored { reason });
        }
        let triage = controls::triage(&self.policy.policy, &event);
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
            if !state.held.is_empty() {
                decision = matter.decide(&state);
            }
        }
        let handled = if decision.approved().is_empty() {
            self.report_only(&matter, &decision).await?
        } else {
            self.contain(&matter, decision, state.held).await?
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
        match &event.kind {
            Kind::Ignored(reason) => Some(reason.clone()),
            Kind::PolicyChange { .. }
            | Kind::UrlChange { .. }
            | Kind::FunctionChange { .. }
            | Kind::IamCall { .. }
            | Kind::Invocation { .. }
            | Kind::RuleCompliance { .. } => None,
        }
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

    /// Nothing is to be changed. An earlier delivery may have been cut short after its last change:
    /// then its incident is told and closed now.
    async fn report_only(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
    ) -> Result<Handled, HandlerError> {
        let outcomes: Vec<(Planned, Outcome)> = withheld(decision);
        let unfinished = self.settings.mode == Mode::Enforce
            && !matter.triage.reads.is_empty()
            && decision.plan.is_empty()
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

    /// Journals, applies, reports and tells. A policy that changed since it was read is read and
    /// decided on again, once.
    async fn contain(
        &self,
        matter: &Matter<'_>,
        decision: Decision,
        held: BTreeSet<String>,
    ) -> Result<Handled, HandlerError> {
        let journal = self.journal();
        let Some(function) = function(&decision) else { return Ok(handled(&decision, false)) };
        let opened = Opened {
            incident: &decision.incident,
            event: &matter.event.id,
            function: &function,
            controls: decision.findings().map(|(evaluation, _)| evaluation.control).collect(),
            policy_sha256: &self.policy.sha256,
        };
        journal.open(&opened, matter.now).await?;
        let mut outcomes = self.carry_out(matter, &decision).await?;
        if outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Superseded) {
            let (live, _) = self.aws.read(&matter.triage.reads).await;
            let state = State { held, ..live };
            let again = matter.decide(&state);
            outcomes.retain(|(_, outcome)| *outcome != Outcome::Superseded);
            outcomes.extend(self.carry_out(matter, &again).await?);
        }
        let failures = failures(&outcomes);
        outcomes.extend(withheld(&decision));
        let report = self.report(matter, &decision, &outcomes, false);
        report.log();
        self.tell(&report).await?;
        let incident = decision.incident.clone();
        if failures.is_empty() {
            journal.mark(&incident, IncidentStatus::Closed, matter.now).await?;
            Ok(handled(&decision, true))
        } else {
            journal.mark(&incident, IncidentStatus::Partial, matter.now).await?;
            Err(HandlerError::Partial { incident, failures })
        }
    }

    /// Each step: its way back, then the change, then what came of it. A step that fails does not
    /// stop the steps after it.
    async fn carry_out(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
    ) -> Result<Vec<(Planned, Outcome)>, HandlerError> {
        let journal = self.journal();
        let mut outcomes = Vec::new();
        for approved in decision.approved() {
            let planned = approved.planned().clone();
            let intent = journal.intend(&decision.incident, approved, matter.now).await?;
            let outcome = match self.aws.apply(&intent).await {
                Ok(outcome) => outcome,
                Err(error) if error.kind == ErrorKind::Precondition => Outcome::Superseded,
                Err(error) => Outcome::Failure { error: error.to_string() },
            };
            journal.settle(&intent, &outcome, matter.now).await?;
            outcomes.push((planned, outcome));
        }
        Ok(outcomes)
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

/// Exceptions and holds were agreed on with people: they are logged, not told again.
fn worth_telling(decision: &Decision, outcomes: &[(Planned, Outcome)]) -> bool {
    let unanswered = decision.findings().any(|(_, finding)| !finding.unanswered.is_empty());
    unanswered
        || outcomes.iter().any(|(_, outcome)| match outcome {
            Outcome::Withheld(withheld) => match withheld {
                Withheld::DryRun | Withheld::Protected | Withheld::Undetermined { .. } => true,
                Withheld::Exception { .. } | Withheld::Held | Withheld::Itself => false,
            },
            Outcome::Success { .. }
            | Outcome::Failure { .. }
            | Outcome::DoesNotExist
            | Outcome::Superseded => true,
        })
}

fn failures(outcomes: &[(Planned, Outcome)]) -> String {
    let failures: Vec<&str> = outcomes
        .iter()
        .filter_map(|(_, outcome)| match outcome {
            Outcome::Failure { error } => Some(error.as_str()),
            Outcome::Superseded => Some("the policy changed twice while it was decided on"),
            Outcome::Success { .. } | Outcome::DoesNotExist | Outcome::Withheld(_) => None,
        })
        .collect();
    failures.join("; ")
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
