//! Carrying a decision out: the incident is taken up, each step journaled, applied and settled, what
//! the plan wants is read, until nothing is left to do; then reported and told.

mod work;

use super::follow_up::SecondLooks;
use super::limits::{Budget, limited};
use super::{
    Handled, HandlerError, MOST_ROUNDS, Matter, Responder, handled, in_order, subject, withheld,
};
use crate::{
    aws::{AwsError, ErrorKind, Journal, Opened},
    decision::Decision,
    incident::{IncidentEvent, StepEvent, StepStatus},
    remediation::{Outcome, Planned, Stand},
    resource::Resource,
    state::State,
};
use std::time::Duration;
use tokio::time::sleep;
use work::Work;

/// How often an incident is taken up again when other deliveries are faster.
const MOST_TAKES: usize = 5;
const PAUSE: Duration = Duration::from_millis(100);

/// An answer that is being given.
struct Answering<'m> {
    matter: &'m Matter<'m>,
    /// What was found, and what is left to people by now.
    decision: Decision,
    state: State,
    work: Work,
    /// What came of each remediation so far.
    outcomes: Vec<(Planned, Outcome)>,
    budget: Budget,
}

impl Responder {
    /// Counts, journals, applies, reports and tells. `unread` is what could not be read for
    /// `decision`.
    pub(super) async fn contain(
        &self,
        matter: &Matter<'_>,
        mut decision: Decision,
        mut state: State,
        unread: Vec<AwsError>,
        mut budget: Budget,
    ) -> Result<Handled, HandlerError> {
        let Some(subject) = subject(&decision) else { return Ok(handled(&decision, false)) };
        let journal = self.journal();
        if !self.take_up(matter, &subject, &mut decision, &mut state, &mut budget).await? {
            return match budget.refused() {
                Some(_) => Err(self.page(matter, &decision, &budget).await?),
                None => self.report_only(matter, decision, state).await,
            };
        }
        let contains = decision.contains || state.memory.contains;
        let first = !state.memory.contains || state.memory.unfinished;
        state.memory.pursued |= decision.contains;
        let outcomes = withheld(&decision, &[]);
        let mut answering =
            Answering { matter, decision, state, work: Work::new(unread), outcomes, budget };
        self.in_rounds(&mut answering).await?;
        let Answering { decision, state, work, .. } = &mut answering;
        let incident = decision.incident.clone();
        let settled = self.settle_leftovers(&journal, matter, &incident, state).await;
        work.noted(settled);
        if contains {
            self.look_at_once(work).await;
            let looks = SecondLooks::after(&matter.event.kind, work.has_turned_something());
            if let Some(function) = subject.function() {
                work.noted(self.follow_up(&incident, function, first, looks).await);
            }
        }
        self.conclude(answering, &subject).await
    }

    /// Does what is decided, reads what that asks for, and decides again, until nothing is left.
    async fn in_rounds(&self, answering: &mut Answering<'_>) -> Result<(), HandlerError> {
        let Answering { matter, decision, state, work, outcomes, budget } = answering;
        let (journal, incident) = (self.journal(), decision.incident.clone());
        let mut next = decision.clone();
        let mut finished = false;
        for _ in 0..MOST_ROUNDS {
            if !self.count(matter, &next, state, budget).await? {
                next = matter.decide(state);
                outcomes.extend(withheld(&next, outcomes));
                decision.absorb(&next);
            }
            let approved = work.fresh(&next);
            if approved.is_empty() && next.wants.is_empty() {
                finished = true;
                break;
            }
            self.carry_out(&journal, matter, &incident, approved, work).await;
            self.take_effect(&journal, matter, &incident, work, state).await?;
            let (more, unread) = self.read(&work.wants(&next), matter.moment()).await;
            work.unread.extend(unread);
            state.learn(more);
            next = matter.decide(state);
            outcomes.extend(withheld(&next, outcomes));
            decision.absorb(&next);
        }
        if !finished {
            work.fell_short("there was more to do than fits into one invocation");
        }
        if let Some(refusal) = budget.refused() {
            work.fell_short(&refusal.to_string());
        }
        Ok(())
    }

    /// Reports and tells what came of it, and writes down where the incident stands.
    async fn conclude(
        &self,
        answering: Answering<'_>,
        subject: &Resource,
    ) -> Result<Handled, HandlerError> {
        let Answering { matter, decision, work, mut outcomes, budget, .. } = answering;
        let (told, failures, unwritten) = work.end();
        outcomes.extend(told);
        in_order(&mut outcomes);
        let mut report = self.report(matter, &decision, &outcomes);
        report.finished_later = outcomes.is_empty();
        report.log();
        self.tell_once(matter, &budget, &report).await?;
        if let Some(error) = unwritten {
            return Err(error.into());
        }
        let event = match failures.is_empty() {
            true => IncidentEvent::Answered,
            false => IncidentEvent::FellShort,
        };
        let incident = decision.incident.clone();
        self.journal().mark(&incident, subject, event, matter.moment()).await?;
        match (budget.refused(), failures.is_empty()) {
            (Some(_), _) => Err(limited(&budget)),
            (None, true) => Ok(handled(&decision, true)),
            (None, false) => Err(HandlerError::Partial { incident, failures }),
        }
    }

    /// Counts the answer, and opens the incident or joins it. Where another delivery was faster, the
    /// journal is asked and everything decided again; false if nothing is left to do then, or
    /// nothing may be done.
    async fn take_up(
        &self,
        matter: &Matter<'_>,
        subject: &Resource,
        decision: &mut Decision,
        state: &mut State,
        budget: &mut Budget,
    ) -> Result<bool, HandlerError> {
        let journal = self.journal();
        let mut takes = 1;
        loop {
            if !self.count(matter, decision, state, budget).await? {
                *decision = matter.decide(state);
                return Ok(false);
            }
            let function = subject.function();
            let live = function.and_then(|function| state.functions.get(function)?.as_ref());
            let opened = Opened {
                incident: &decision.incident,
                event: &matter.event.id,
                subject,
                controls: decision.findings().map(|(one, _)| one.control.clone()).collect(),
                contains: decision.contains,
                stops: decision.stops,
                contains_first: decision.contains && !state.memory.contains,
                crowded: state.memory.crowded,
                code: live.and_then(|live| live.code.as_deref()),
                policy_sha256: &self.policy.sha256,
            };
            let joins = state.memory.incident.is_some();
            match journal.open(&opened, joins, matter.moment()).await {
                Ok(()) => return Ok(true),
                Err(error) if error.kind == ErrorKind::Precondition && takes < MOST_TAKES => {
                    takes += 1;
                }
                // Others write the same records at the same moment.
                Err(error) if error.kind == ErrorKind::Transient && takes < MOST_TAKES => {
                    sleep(PAUSE * u32::try_from(takes).unwrap_or(1)).await;
                    takes += 1;
                }
                // The retry will find the others done.
                Err(error) if error.kind == ErrorKind::Precondition => {
                    return Err(AwsError { kind: ErrorKind::Transient, ..error }.into());
                }
                Err(error) => return Err(error.into()),
            }
            let recalled = self.recall(matter, decision, state).await?;
            *decision = matter.decide(state);
            if decision.approved().is_empty() && recalled.unfinished(&matter.event.id).is_none() {
                return Ok(false);
            }
        }
    }

    /// What was applied changes the state that the next decision rests on. A refused policy write
    /// may be an earlier try of it whose answer was lost: then what was to be is what is; else the
    /// policy is read and decided on again, once.
    async fn take_effect(
        &self,
        journal: &Journal<'_>,
        matter: &Matter<'_>,
        incident: &str,
        work: &mut Work,
        state: &mut State,
    ) -> Result<(), HandlerError> {
        for step in work.superseded() {
            let remediation = step.remediation();
            if matches!(self.aws.stand(remediation).await, Ok(Stand::After)) {
                let note = Some("found applied when it was read again".to_owned());
                step.outcome = Outcome::Success { note };
                if let Some(record) = &step.record {
                    let (event, now) = (StepEvent::Applied, matter.moment());
                    journal.move_step(incident, record, event, None, now).await?;
                }
            }
        }
        work.take_effect(state);
        Ok(())
    }

    /// Steps of an earlier delivery that was cut short: those in effect are written down as such.
    async fn settle_leftovers(
        &self,
        journal: &Journal<'_>,
        matter: &Matter<'_>,
        incident: &str,
        state: &State,
    ) -> Result<(), AwsError> {
        if !state.memory.unfinished {
            return Ok(());
        }
        for step in journal.steps(incident).await?.unwrap_or_default() {
            let open = matches!(step.status, StepStatus::Intended | StepStatus::Unsure);
            if open && self.aws.stand(&step.remediation).await? == Stand::After {
                let (event, now) = (StepEvent::Applied, matter.moment());
                journal.move_step(incident, &step.record, event, None, now).await?;
            }
        }
        Ok(())
    }
}
