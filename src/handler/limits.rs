//! The control policy's limits at work: each answer is counted in the journal before it is given. One
//! that is refused is told to people, once, and ends in an error, so that Lambda tries it again and
//! at last keeps its event in the failure queue.

use super::{HandlerError, Matter, Responder, in_order, subject, withheld};
use crate::{
    aws::{AwsError, Recalled, SeenLedger},
    decision::Decision,
    finding::Severity,
    ledger::{Answer, Refusal},
    remediation::Remediation,
    report::Report,
    state::State,
};
use futures_util::future::join;

/// What one invocation may answer.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// The ledger, as it was read beside something else.
    seen: Option<SeenLedger>,
    /// What was counted.
    admitted: Weight,
    /// The answer that was refused, and why.
    refused: Option<(Answer, Refusal)>,
}

impl Budget {
    /// Why the answer is not given, if it is not.
    pub(super) fn refused(&self) -> Option<&Refusal> {
        self.refused.as_ref().map(|(_, refusal)| refusal)
    }
}

/// What an answer counts as. A containment counts as a change, and as a stop of the function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    #[default]
    Nothing,
    Change,
    Stop,
}

impl Responder {
    /// Recalls what the journal knows of the subject. Where something is to be changed, it is read
    /// beside that what was answered lately: then counting keeps a stop waiting for one call only.
    pub(super) async fn recall_with_budget(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &mut State,
    ) -> Result<(Recalled, Budget), AwsError> {
        if weight(decision, state) == Weight::Nothing {
            return Ok((self.recall(matter, decision, state).await?, Budget::default()));
        }
        let journal = self.journal();
        let (recalled, seen) = join(self.recall(matter, decision, state), journal.ledger()).await;
        // Who could not read it reads it again before anything is counted.
        Ok((recalled?, Budget { seen: seen.ok(), ..Budget::default() }))
    }

    /// Counts what a decision approves, unless it was counted already. Where it is refused, the
    /// decision has to be made again: everything is withheld then.
    pub(super) async fn count(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &mut State,
        budget: &mut Budget,
    ) -> Result<bool, AwsError> {
        let weight = weight(decision, state);
        let Some(subject) = subject(decision).filter(|_| weight > budget.admitted) else {
            return Ok(true);
        };
        let actor = &matter.event.actor;
        let actor = actor.role.as_deref().or(actor.arn.as_deref());
        let answer = Answer::new(&matter.event.id, &subject, actor)
            .stopping(weight == Weight::Stop)
            .critical(is_critical(matter, decision));
        let journal = self.journal();
        let seen = match budget.seen.take() {
            Some(seen) => seen,
            None => journal.ledger().await?,
        };
        let limits = &matter.remit.policy.limits;
        match journal.admit(seen, &answer, limits, matter.moment()).await? {
            None => {
                budget.admitted = weight;
                Ok(true)
            }
            Some(refusal) => {
                tracing::warn!(event = matter.event.id, %refusal, "limit reached");
                state.memory.limited = Some(refusal.to_string());
                budget.refused = Some((answer, refusal));
                Ok(false)
            }
        }
    }

    /// Tells what is withheld by a limit.
    pub(super) async fn page(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        budget: &Budget,
    ) -> Result<HandlerError, HandlerError> {
        let mut outcomes = withheld(decision, &[]);
        in_order(&mut outcomes);
        let report = self.report(matter, decision, &outcomes);
        report.log();
        self.tell_once(matter, budget, &report).await?;
        Ok(limited(budget))
    }

    /// Tells a report; one of an answer that is refused only once, however often it is tried again.
    pub(super) async fn tell_once(
        &self,
        matter: &Matter<'_>,
        budget: &Budget,
        report: &Report<'_>,
    ) -> Result<(), AwsError> {
        let Some((answer, _)) = &budget.refused else { return self.tell(report).await };
        let journal = self.journal();
        if journal.is_to_tell(answer, matter.moment()).await? {
            self.tell(report).await?;
            journal.was_told(answer, matter.moment()).await?;
        }
        Ok(())
    }
}

/// What a decision counts as. A function that is contained already is not stopped again, whatever
/// keeps it so.
fn weight(decision: &Decision, state: &State) -> Weight {
    let is_tag = |remediation: &Remediation| matches!(remediation, Remediation::TagFunction { .. });
    let approved = decision.approved();
    let changes = approved.iter().any(|approved| !is_tag(&approved.planned().remediation));
    let is_contained = state.memory.incident.is_some() && state.memory.contains;
    // A containment may have to read before it has anything to change; it is counted before it is
    // written down that there is one.
    let stops = decision.contains && !is_contained && (changes || !decision.wants.is_empty());
    match (changes, stops) {
        (_, true) => Weight::Stop,
        (true, false) => Weight::Change,
        (false, false) => Weight::Nothing,
    }
}

/// Whether a critical finding asks for what is approved.
fn is_critical(matter: &Matter<'_>, decision: &Decision) -> bool {
    let approved = decision.approved();
    let mut controls = approved.iter().flat_map(|approved| &approved.planned().controls);
    controls.any(|control| matter.remit.policy.severity(control) == Severity::Critical)
}

/// The error of an answer that was refused.
pub(super) fn limited(budget: &Budget) -> HandlerError {
    let (limit, setting) = match budget.refused() {
        Some(refusal) => (refusal.to_string(), refusal.cap.setting()),
        None => (String::new(), "limits".to_owned()),
    };
    HandlerError::Limited { limit, setting }
}
