//! The control policy's limits at work: each answer is counted in the journal before it is given. One
//! that is refused is told to people, once, and ends in an error, so that Lambda tries it again and
//! at last keeps its event in the failure queue.

use super::{HandlerError, Matter, Responder, in_order, subject, withheld};
use crate::{
    aws::{AwsError, Recalled, SeenLedger},
    decision::{Decision, Weight},
    ledger::{Answer, Refusal},
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

impl Responder {
    /// Recalls what the journal knows of the subject. Where something is to be changed, it is read
    /// beside that what was answered lately: then counting keeps a stop waiting for one call only.
    pub(super) async fn recall_with_budget(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &mut State,
    ) -> Result<(Recalled, Budget), AwsError> {
        if decision.weight(state) == Weight::Nothing {
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
        let weight = decision.weight(state);
        let Some(subject) = subject(decision).filter(|_| weight > budget.admitted) else {
            return Ok(true);
        };
        let policy = matter.remit.policy;
        let answer = decision.answer(matter.event, &subject, weight, policy);
        let journal = self.journal();
        let seen = match budget.seen.take() {
            Some(seen) => seen,
            None => journal.ledger().await?,
        };
        let limits = &policy.limits;
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

/// The error of an answer that was refused.
pub(super) fn limited(budget: &Budget) -> HandlerError {
    let (limit, setting) = match budget.refused() {
        Some(refusal) => (refusal.to_string(), refusal.cap.setting()),
        None => (String::new(), "limits".to_owned()),
    };
    HandlerError::Limited { limit, setting }
}
