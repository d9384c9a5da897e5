//! Carrying a decision out: each step journaled, applied and settled, then reported and told.

use super::{Handled, HandlerError, Matter, Responder, function, handled, withheld};
use crate::{
    aws::{AwsError, ErrorKind, IncidentStatus, Intent, Journal, Opened},
    decision::Decision,
    remediation::{Outcome, Planned},
    state::State,
};

impl Responder {
    /// Journals, applies, reports and tells. What changed since it was read is read and decided on
    /// again, once.
    pub(super) async fn contain(
        &self,
        matter: &Matter<'_>,
        decision: Decision,
        first: &State,
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
        let mut steps = self.carry_out(&journal, matter, &decision).await?;
        let mut withheld = withheld(&decision);
        if steps.iter().any(Step::is_superseded) {
            let (live, unread) = self.aws.read(&matter.triage.reads).await;
            let (held, answered) = (first.held.clone(), first.answered);
            let state = State { held, answered, ..live };
            self.confirm(&journal, matter, &state, &mut steps).await?;
            if let Some(error) = unread.first() {
                steps.iter_mut().for_each(|step| step.fail_if_superseded(error));
            } else {
                let again = matter.decide(&state);
                steps.retain(|step| !step.is_superseded());
                steps.extend(self.carry_out(&journal, matter, &again).await?);
                withheld = super::withheld(&again);
            }
        }
        let mut outcomes: Vec<(Planned, Outcome)> = steps.into_iter().map(Step::told).collect();
        let failures = failures(&outcomes);
        outcomes.extend(withheld);
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
    /// stop the steps after it; one whose outcome cannot be written leaves the incident open for the
    /// retry.
    async fn carry_out(
        &self,
        journal: &Journal<'_>,
        matter: &Matter<'_>,
        decision: &Decision,
    ) -> Result<Vec<Step>, HandlerError> {
        let mut steps = Vec::new();
        let mut unwritten = None;
        for approved in decision.approved() {
            let planned = approved.planned().clone();
            let intent = journal.intend(&decision.incident, approved, matter.now).await?;
            let outcome = match self.aws.apply(&intent).await {
                Ok(outcome) => outcome,
                Err(error) if error.kind == ErrorKind::Precondition => Outcome::Superseded,
                Err(error) => Outcome::Failure { error: error.to_string() },
            };
            unwritten = unwritten.or(journal.settle(&intent, &outcome, matter.now).await.err());
            steps.push(Step { planned, intent, outcome });
        }
        match unwritten {
            Some(error) => Err(error.into()),
            None => Ok(steps),
        }
    }

    /// A write may have been refused because an earlier try of it had worked and only its answer
    /// was lost: then what was to be is what is.
    async fn confirm(
        &self,
        journal: &Journal<'_>,
        matter: &Matter<'_>,
        state: &State,
        steps: &mut [Step],
    ) -> Result<(), HandlerError> {
        for step in steps.iter_mut().filter(|step| step.is_superseded()) {
            if step.intent.is_applied_in(state) {
                let note = Some("found applied when it was read again".to_owned());
                step.outcome = Outcome::Success { note };
                journal.settle(&step.intent, &step.outcome, matter.now).await?;
            }
        }
        Ok(())
    }
}

/// One step of an incident and what came of it.
struct Step {
    planned: Planned,
    intent: Intent,
    outcome: Outcome,
}

impl Step {
    fn is_superseded(&self) -> bool {
        self.outcome == Outcome::Superseded
    }

    fn fail_if_superseded(&mut self, error: &AwsError) {
        if self.is_superseded() {
            self.outcome = Outcome::Failure { error: error.to_string() };
        }
    }

    fn told(self) -> (Planned, Outcome) {
        (self.planned, self.outcome)
    }
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
