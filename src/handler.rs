//! One invocation: event, triage, live state, decision, journaled remediations, report. The only
//! meeting place of [`crate::decision`] and [`crate::aws`].

mod baseline;
mod contained;
mod containment;
mod follow_up;
mod learning;
mod limits;
mod reading;
mod roles;
mod routes;
mod snapshot;

use crate::{
    aws::{Aws, AwsError, ErrorKind, Journal, Recalled},
    baseline::Cache,
    controls::{self, Triage},
    decision::{Decision, Remit, decide},
    event::{Event, EventError, Kind},
    finding::{Compliance, ControlId, Evaluation, Requirement},
    incident::{StepEvent, StepStatus},
    policy::{LoadedPolicy, Mode, Validity},
    remediation::{Outcome, Planned, Remediation, Withheld},
    report::{Report, heartbeat},
    resource::{FunctionArn, Resource, RoleArn},
    settings::Settings,
    state::{Read, State},
};
use limits::Budget;
use std::{cell::RefCell, pin::Pin, rc::Rc, time::Instant};
use time::OffsetDateTime;

/// How often a plan may grow by what was read for it.
const MOST_ROUNDS: usize = 10;

/// Steps, or looks, that are under way at the same time. Lambda's control plane allows 15 requests a
/// second: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const SIDE_BY_SIDE: usize = 8;

/// The installed responder.
#[derive(Debug)]
pub struct Responder {
    policy: LoadedPolicy,
    settings: Rc<Settings>,
    aws: Rc<Aws>,
    baselines: Rc<RefCell<Cache>>,
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
    /// A rule of the control policy looks for a function where none is. Everything else is done.
    #[error(
        "rule `{rule}` matches the event, but {why}; the author of the control policy must mend \
         where it looks for the function"
    )]
    Rule {
        /// The rule.
        rule: Requirement,
        /// What it found.
        why: String,
    },
    /// Some remediations of an incident failed; the rest is done, and a retry takes up what is
    /// missing.
    #[error("incident `{incident}` is partial: {failures}")]
    Partial {
        /// The incident.
        incident: String,
        /// What failed.
        failures: String,
    },
    /// Nothing was done, or not everything, because a limit of the control policy is reached. People
    /// were told; a later delivery may find room.
    #[error(
        "withheld by a limit: `{limit}`; wait, or raise `{setting}` in the control policy, or \
         answer by hand"
    )]
    Limited {
        /// The limit, in words.
        limit: String,
        /// Where the control policy gives it.
        setting: String,
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

impl Handled {
    /// Both, of one event; the incident is the first.
    fn and(self, next: Self) -> Self {
        match (self, next) {
            (
                Self::Evaluated { mut evaluations, incident },
                Self::Evaluated { evaluations: more, incident: another },
            ) => {
                evaluations.extend(more);
                Self::Evaluated { evaluations, incident: incident.or(another) }
            }
            (evaluated @ Self::Evaluated { .. }, Self::Ignored { .. })
            | (Self::Ignored { .. }, evaluated) => evaluated,
        }
    }
}

/// An event with everything it is looked at with.
struct Matter<'a> {
    event: &'a Event,
    triage: &'a Triage,
    remit: Remit<'a>,
    began: Instant,
    now: OffsetDateTime,
}

impl Matter<'_> {
    /// Decides as of this moment: what is stamped must not be older than what was done before it.
    fn decide(&self, state: &State) -> Decision {
        decide(&self.remit, self.event, self.triage, state, self.moment())
    }

    fn moment(&self) -> OffsetDateTime {
        self.now + self.began.elapsed()
    }
}

/// Keeps a large future that is seldom needed apart from the one that waits for it, which is moved about
/// at the start and for each event, with room for all that it may ever wait for.
#[inline(never)]
pub fn aside<'a, F: Future + 'a>(
    begin: impl FnOnce() -> F,
) -> Pin<Box<dyn Future<Output = F::Output> + 'a>> {
    Box::pin(begin())
}

impl Responder {
    /// A responder that makes its clients when it first needs them.
    pub fn new(policy: LoadedPolicy, settings: Settings, aws: Rc<Aws>) -> Self {
        Self { policy, settings: Rc::new(settings), aws, baselines: Rc::default() }
    }

    /// The same one under another control policy; what is under way goes on under the one before.
    pub fn under(&self, policy: LoadedPolicy) -> Self {
        let (settings, aws) = (Rc::clone(&self.settings), Rc::clone(&self.aws));
        Self { policy, settings, aws, baselines: Rc::clone(&self.baselines) }
    }

    /// Answers one delivery of one event. `itself` is Cordon's own function.
    pub async fn handle(
        &self,
        payload: &str,
        itself: &FunctionArn,
        now: OffsetDateTime,
    ) -> Result<Handled, HandlerError> {
        let event =
            controls::event(&self.policy.policy, payload, &itself.home(), &self.settings.own)?;
        let matched = event.matched.clone();
        let handled = self.answer_each(event, itself, now).await?;
        let lost = matched.iter().find_map(|matched| {
            let why = matched.function.as_ref().err()?;
            Some((Requirement::Rule(matched.rule.clone()), why))
        });
        match lost.filter(|(rule, _)| self.policy.policy.farthest(rule, now.date()) != Mode::Off) {
            None => Ok(handled),
            Some((rule, why)) => Err(HandlerError::Rule { rule, why: why.clone() }),
        }
    }

    /// Each function that the event is about, and then the first failure: one that fails must not keep
    /// the others from their answer.
    async fn answer_each(
        &self,
        event: Event,
        itself: &FunctionArn,
        now: OffsetDateTime,
    ) -> Result<Handled, HandlerError> {
        let mut events = event.by_function().into_iter();
        let Some(first) = events.next() else {
            return Ok(Handled::Ignored { reason: "it is about nothing".to_owned() });
        };
        let mut handled = self.answer(&first, itself, now).await;
        for event in events {
            let next = self.answer(&event, itself, now).await;
            handled = match (handled, next) {
                (Ok(handled), Ok(next)) => Ok(handled.and(next)),
                (Err(error), _) | (Ok(_), Err(error)) => Err(error),
            };
        }
        handled
    }

    async fn answer(
        &self,
        event: &Event,
        itself: &FunctionArn,
        now: OffsetDateTime,
    ) -> Result<Handled, HandlerError> {
        if event.kind == Kind::Heartbeat {
            println!("{}", heartbeat(now));
            return Ok(Handled::Ignored { reason: "a heartbeat".to_owned() });
        }
        if event.kind == Kind::OwnLog {
            return Ok(Handled::Ignored { reason: "it is the log of Cordon".to_owned() });
        }
        if let Some(reason) = self.ignored(event) {
            tracing::info!(event = event.id, reason, "ignored");
            return Ok(Handled::Ignored { reason });
        }
        if matches!(event.kind, Kind::FunctionChange { .. }) {
            self.aws.forget_role_users();
            self.aws.forget_interfaces();
        }
        let triage = controls::triage(&self.policy.policy, event, now);
        if triage.controls.is_empty() {
            let reason = "no control that is on concerns it".to_owned();
            return Ok(Handled::Ignored { reason });
        }
        let remit = self.remit(itself);
        let matter = Matter { event, triage: &triage, remit, began: Instant::now(), now };
        aside(|| self.judge(matter)).await
    }

    /// Reads what the controls need, decides, and does what comes of it.
    async fn judge(&self, matter: Matter<'_>) -> Result<Handled, HandlerError> {
        let Matter { event, triage, now, .. } = matter;
        let (mut state, mut unread) = self.read(&triage.reads, now).await;
        let mut decision = matter.decide(&state);
        if let Some(read) = decision.asks.take() {
            let (more, errors) = self.read(&[read].into(), now).await;
            state.learn(more);
            unread.extend(errors);
            decision = matter.decide(&state);
        }
        self.observe(&matter, &mut state, &mut decision).await?;
        if let Some(sighting) = &decision.sighting {
            match self.journal().tally(sighting, &event.id, now).await {
                Ok(tally) => state.memory.tally = Some(tally),
                Err(error) => unread.push(error),
            }
            decision = matter.decide(&state);
        }
        // What was kept of an interface tells people; it stops nobody.
        if decision.contains && matches!(event.kind, Kind::Flows(_)) {
            self.aws.forget_interfaces();
            let (anew, errors) = self.read(&triage.reads, now).await;
            state.learn(anew);
            unread.extend(errors);
            decision = matter.decide(&state);
        }
        let (mut recalled, mut budget) = (Recalled::default(), Budget::default());
        if self.concerns_the_journal(&matter, &decision, &state) {
            self.leave_as_released(&decision, &state, now).await?;
            (recalled, budget) = self.recall_with_budget(&matter, &decision, &mut state).await?;
            decision = matter.decide(&state);
        }
        self.learn(&matter, &decision, &state).await?;
        self.keep_lesson(&matter, &decision, &state).await?;
        // What may be read in a minute is not told as something that cannot be told.
        let passing = unread.iter().find(|error| error.kind == ErrorKind::Transient);
        if let (true, Some(error)) = (decision.approved().is_empty(), passing) {
            return Err(error.clone().into());
        }
        // An earlier delivery may have been cut short after its last change.
        let unfinished = recalled.unfinished(&event.id).is_some() && unread.is_empty();
        // A function that is contained already, and shows another sign, is gone through again.
        let another = decision.contains && !recalled.knows(&event.id);
        if unfinished || another || !decision.approved().is_empty() {
            return aside(|| self.contain(&matter, decision, state, unread, budget)).await;
        }
        self.keep_snapshots(&matter, &decision, &state).await?;
        let lessons = self.role_lessons(&matter, &decision, &state, &recalled);
        let handled = self.report_only(&matter, decision, state).await?;
        self.learn_roles(&matter, lessons).await?;
        match unread.into_iter().next() {
            Some(error) => Err(error.into()),
            None => Ok(handled),
        }
    }

    fn remit(&self, itself: &FunctionArn) -> Remit<'_> {
        Remit {
            policy: &self.policy.policy,
            ceiling: self.settings.mode,
            itself: Some(itself.clone()),
            role: self.settings.role.clone(),
            quarantine: self.settings.quarantine.clone(),
        }
    }

    /// Only what may be changed, or was, is in the journal. Events that show harmless things read
    /// nothing, and are not in it either.
    fn concerns_the_journal(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &State,
    ) -> bool {
        // Most interfaces of a flow log are no function's.
        let is_looked_at =
            |read: &Read| !read.is_in_the_journal() && !matches!(read, Read::Interface(_));
        let is_link = |one: &Evaluation| one.control.control().is_some_and(controls::is_link);
        // What was told already is known to whoever finds another sign.
        let tally = state.memory.tally.as_ref();
        let tells = tally.is_some_and(|tally| tally.tells_something(&matter.event.id));
        self.settings.mode == Mode::Enforce
            && (!decision.approved().is_empty()
                || !decision.released.is_empty()
                || decision.contains
                || (matter.event.call.is_some() && decision.findings().next().is_some())
                || (tells && decision.findings().any(|(one, _)| is_link(one)))
                || matter.triage.reads.iter().any(is_looked_at))
    }

    /// What somebody undid who may is not turned again.
    async fn leave_as_released(
        &self,
        decision: &Decision,
        state: &State,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let Some(contained) = &state.memory.contained else { return Ok(()) };
        for remediation in &decision.released {
            let record = Journal::record_of(remediation);
            let event = StepEvent::Released;
            self.journal().move_step(&contained.incident, &record, event, None, now).await?;
        }
        Ok(())
    }

    /// Adds what the journal knows of the subject to the state.
    async fn recall(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &mut State,
    ) -> Result<Recalled, AwsError> {
        let Some(subject) = subject(decision) else { return Ok(Recalled::default()) };
        let journal = self.journal();
        // Written before it is asked what others found: of two at the same time, one sees both.
        let links = decision.findings().filter_map(|(one, _)| one.control.control());
        let is_remembered = |control: &ControlId| controls::is_remembered(matter.event, *control);
        let links = links.filter(is_remembered).collect();
        journal.remember(&subject, &links, &matter.event.id, matter.now).await?;
        let recalled = journal.recall(&subject, matter.now).await?;
        let memory = &mut state.memory;
        memory.held.clone_from(&recalled.held);
        memory.recent = recalled.by_others(&matter.event.id);
        memory.incident =
            recalled.goes_on(matter.now, &matter.event.id).map(|g| g.incident.clone());
        memory.restored = recalled.restored().map(str::to_owned);
        memory.contains = recalled.gate.as_ref().is_some_and(|gate| gate.contains);
        memory.unfinished = recalled.unfinished(&matter.event.id).is_some();
        memory.crowded = recalled.is_crowded();
        memory.pursued = memory.contains && memory.unfinished;
        memory.turned.clear();
        memory.answered = false;
        if let Some(incident) = &memory.incident {
            for step in journal.steps(incident).await?.unwrap_or_default() {
                if step.status == StepStatus::Applied {
                    memory.turned.insert(step.remediation.setting());
                }
                memory.answered |=
                    matches!(step.remediation, Remediation::ReplaceResourcePolicy(_));
            }
        }
        Ok(recalled)
    }

    /// Why an event needs no look at all, its own calls first: they come back as events.
    fn ignored(&self, event: &Event) -> Option<String> {
        if event.actor.role.is_some()
            && event.actor.role == self.settings.role.as_ref().map(RoleArn::to_string)
        {
            return Some("the call was made by Cordon".to_owned());
        }
        let (Kind::Ignored(reason), [], None) =
            (&event.kind, event.matched.as_slice(), &event.touches)
        else {
            return None;
        };
        Some(reason.clone())
    }

    fn journal(&self) -> Journal<'_> {
        Journal::new(&self.aws, &self.settings.journal_table, self.settings.journal_retention)
    }

    /// Nothing is to be changed. Without the right to change anything, the plan is still made to
    /// its end, as if each step had been taken.
    async fn report_only(
        &self,
        matter: &Matter<'_>,
        mut decision: Decision,
        mut state: State,
    ) -> Result<Handled, HandlerError> {
        let mut outcomes = withheld(&decision, &[]);
        for _ in 0..MOST_ROUNDS {
            if decision.wants.is_empty() || outcomes.is_empty() {
                break;
            }
            for (planned, _) in &outcomes {
                state.take(&planned.remediation);
            }
            let (more, _) = self.aws.read(&decision.wants).await;
            state.learn(more);
            decision = matter.decide(&state);
            outcomes.extend(withheld(&decision, &outcomes));
        }
        in_order(&mut outcomes);
        let report = self.report(matter, &decision, &outcomes);
        report.log();
        if worth_telling(&decision, &outcomes) {
            self.tell(&report).await?;
        }
        Ok(handled(&decision, false))
    }

    fn report<'a>(
        &'a self,
        matter: &'a Matter<'a>,
        decision: &'a Decision,
        outcomes: &'a [(Planned, Outcome)],
    ) -> Report<'a> {
        Report {
            event: &matter.event.id,
            actor: matter.event.actor.arn.as_deref(),
            decision,
            outcomes,
            policy_sha256: &self.policy.sha256,
            mode: self.settings.mode,
            journal_table: &self.settings.journal_table,
            region: matter.remit.itself.as_ref().map_or("", FunctionArn::region),
            now: matter.now,
            finished_later: false,
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

/// What the incident of a decision is about.
fn subject(decision: &Decision) -> Option<Resource> {
    decision.subject()
}

/// The remediations a decision withholds, as outcomes, those left out that are known already.
fn withheld(decision: &Decision, known: &[(Planned, Outcome)]) -> Vec<(Planned, Outcome)> {
    let is_known = |one: &&Planned| {
        known.iter().any(|(known, _)| {
            known.remediation.setting() == one.remediation.setting()
                && known.withheld == one.withheld
        })
    };
    let new = decision.plan.iter().filter(|planned| !is_known(planned));
    new.filter_map(|planned| {
        let withheld = planned.withheld.clone()?;
        Some((planned.clone(), Outcome::Withheld(withheld)))
    })
    .collect()
}

/// People are told in the order in which things are done.
fn in_order(outcomes: &mut [(Planned, Outcome)]) {
    outcomes.sort_by_key(|(planned, _)| planned.remediation.order());
}

/// Exceptions were agreed on with people: they are logged, not told again. What cannot be judged is
/// told: somebody may have made it so.
fn worth_telling(decision: &Decision, outcomes: &[(Planned, Outcome)]) -> bool {
    let agreed = |one| {
        let excepted = decision.standing(one).and_then(|there| there.excepted.as_ref());
        excepted.is_some_and(|one| one.validity != Validity::Expired)
    };
    let unanswered =
        decision.findings().any(|(one, finding)| !finding.unanswered.is_empty() && !agreed(one));
    let unclear = decision
        .evaluations
        .iter()
        .any(|evaluation| matches!(evaluation.compliance, Compliance::InsufficientData(_)));
    // Its owner has to know before it ends, and that it has ended.
    let excepted = |(one, _)| decision.standing(one).and_then(|there| there.excepted.as_ref());
    let ends = decision.findings().filter_map(excepted).any(|one| one.validity != Validity::Holds);
    unanswered
        || unclear
        || ends
        || outcomes.iter().any(|(_, outcome)| match outcome {
            Outcome::Withheld(withheld) => match withheld {
                Withheld::DryRun
                | Withheld::Held
                | Withheld::Protected
                | Withheld::Limited { .. }
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
