//! One control policy over the events of one account, one after the other: what `src/handler.rs` does with a
//! delivery, with AWS as the archive tells it.

use super::{
    memory::Memory,
    summary::{MOST_FINDINGS, Summary, Told, ToldRemediation, keep_worst},
    trust::Trust,
};
use crate::{
    controls::{self, Triage},
    decision::{Decision, Remit, Weight, decide},
    event::{Event, Kind, Source, TrailCall, WatcherCall, WatcherChange},
    finding::{Compliance, Evaluation, Finding, Requirement},
    history::History,
    policy::ControlPolicy,
    remediation::{Planned, Withheld},
    resource::{Home, Resource},
    state::{FunctionState, PolicyState, Read, State},
    trail::{Selectors, Trail, TrailSettings},
};
use std::collections::{BTreeMap, BTreeSet};
use time::{OffsetDateTime, UtcOffset};

/// As often as `src/handler.rs` lets a plan grow.
const MOST_ROUNDS: usize = 10;

/// One control policy over the events of one account.
pub(super) struct Judge<'p> {
    policy: &'p ControlPolicy,
    memory: Memory,
    trust: Trust,
    pub(super) summary: Summary,
}

/// What is looked at.
#[derive(Clone, Copy)]
pub(super) struct Matter<'a> {
    pub(super) event: &'a Event,
    pub(super) history: &'a History,
    /// The account and Region of the installation that the event is delivered to.
    pub(super) home: &'a Home,
    /// When the event was: the time of the decision.
    pub(super) now: OffsetDateTime,
    /// The file that holds the event.
    pub(super) file: &'a str,
}

/// What an event came to: its findings, each with how it is answered.
pub(super) type Answered = BTreeMap<(Requirement, Resource), Told>;

impl<'p> Judge<'p> {
    pub(super) fn new(policy: &'p ControlPolicy) -> Self {
        let (memory, trust, summary) = Default::default();
        Self { policy, memory, trust, summary }
    }

    /// Judges one event; whether any control did. What stands in `known` was found in it already, by the
    /// installation of another Region.
    pub(super) fn judge(&mut self, matter: Matter<'_>, known: &mut Answered) -> bool {
        if is_nothing(matter.event) {
            return false;
        }
        if !matches!(matter.event.kind, Kind::Flows(_) | Kind::HubFindings(_)) {
            return self.judge_one(matter, known);
        }
        let mut is_judged = false;
        for event in matter.event.clone().by_function() {
            is_judged |= self.judge_one(Matter { event: &event, ..matter }, known);
        }
        is_judged
    }

    fn judge_one(&mut self, matter: Matter<'_>, known: &mut Answered) -> bool {
        let Matter { event, now, .. } = matter;
        let triage = controls::triage(self.policy, event, now);
        if triage.controls.is_empty() {
            return false;
        }
        let remit = Remit::of(self.policy);
        let decide = |state: &State| decide(&remit, event, &triage, state, now);
        let mut state = self.read(matter, &triage.reads);
        self.add_what_it_shows(matter, &triage, &mut state);
        let mut decision = decide(&state);
        if let Some(read) = decision.asks.take() {
            let more = self.read(matter, &[read].into());
            state.learn(more);
            decision = decide(&state);
        }
        if let Some(sighting) = &decision.sighting {
            state.memory.tally = Some(self.memory.tally(sighting, &event.id, now));
            decision = decide(&state);
        }
        if decision.findings().next().is_some() {
            self.memory.recall(event, &decision, now, &mut state);
            decision = decide(&state);
        }
        self.count(matter, &triage, &mut decision, &mut state);
        let found = decision.findings().next().is_some();
        let first = found.then(|| state.clone());
        self.memory.learn(event, &decision, &state, self.policy);
        let plan = self.planned(matter, &triage, &decision, &mut state);
        self.memory.observe(event, &mut state, &mut decision, now);
        self.sum_up(matter, &decision, &plan, known);
        if let Some(state) = first {
            self.trust.look(self.policy, matter, &triage, &state, &decision, &mut self.summary);
        }
        !decision.evaluations.is_empty()
    }

    fn read(&mut self, matter: Matter<'_>, reads: &BTreeSet<Read>) -> State {
        let (journal, aws): (BTreeSet<Read>, BTreeSet<Read>) =
            reads.iter().cloned().partition(Read::is_in_the_journal);
        let mut state = matter.history.answer(matter.home, &aws, matter.now);
        self.memory.recall_roles(&mut state);
        for read in &journal {
            self.memory.answer(read, matter.history, matter.now, &mut state);
        }
        state
    }

    /// Where a resource policy is not known, what the event shows of it stands in for the live one; a trail that was
    /// stopped records nothing, whatever else it is; and a finding of another service stands as it was told.
    fn add_what_it_shows(&self, matter: Matter<'_>, triage: &Triage, state: &mut State) {
        let shown = State::as_shown(matter.event);
        for (resource, policy) in shown.policies {
            state.policies.entry(resource).or_insert(policy);
        }
        for (layer, policy) in shown.layer_policies {
            state.layer_policies.entry(layer).or_insert(policy);
        }
        for live in state.policies.values_mut().flatten() {
            let PolicyState { revision, .. } = live;
            revision.get_or_insert_with(|| crate::resource::RevisionId("as-told".to_owned()));
        }
        add_caller(matter.event, triage, state);
        if let Kind::WatcherChange(WatcherChange { watcher, call }) = &matter.event.kind
            && *call == WatcherCall::Trail(TrailCall::Stop)
        {
            // What it records is not asked of a trail that records nothing any more.
            let stopped = Trail {
                settings: TrailSettings { trail_arn: watcher.to_string(), ..Default::default() },
                logging: false,
                selectors: Selectors::Basic(Vec::new()),
            };
            state.watchers.trails.entry(watcher.clone()).or_insert(Some(stopped));
        }
        if let Kind::Threat { finding, threat } = &matter.event.kind
            && triage.reads.contains(&Read::Threat(finding.clone()))
        {
            state.threats.insert(finding.clone(), Some(threat.clone()));
            state.unread.remove(&Read::Threat(finding.clone()));
            state.read.insert(Read::Threat(finding.clone()));
        }
    }

    /// Holds the limits against what is approved: what one forbids is withheld.
    fn count(
        &mut self,
        matter: Matter<'_>,
        triage: &Triage,
        decision: &mut Decision,
        state: &mut State,
    ) {
        let weight = decision.weight(state);
        let Some(subject) = decision.subject().filter(|_| weight != Weight::Nothing) else {
            return;
        };
        let answer = decision.answer(matter.event, &subject, weight, self.policy);
        if let Some(cap) = self.memory.admit(&answer, &self.policy.limits, matter.now) {
            self.summary.limits.add(&cap.to_string());
            state.memory.limited = Some(cap.to_string());
            *decision = decide(&Remit::of(self.policy), matter.event, triage, state, matter.now);
            return;
        }
        if self.memory.go_on(decision, matter.now) {
            self.summary.contained.add(&subject.to_string());
        }
    }

    /// What would be done, to its end, as if each step had been taken.
    fn planned(
        &mut self,
        matter: Matter<'_>,
        triage: &Triage,
        decision: &Decision,
        state: &mut State,
    ) -> Vec<Planned> {
        let mut plan = decision.plan.clone();
        if plan.is_empty() && decision.wants.is_empty() {
            return plan;
        }
        let mut wants = decision.wants.clone();
        let mut fresh = plan.clone();
        for _ in 0..MOST_ROUNDS {
            if wants.is_empty() {
                break;
            }
            for planned in &fresh {
                state.take(&planned.remediation);
            }
            let lent = std::mem::take(&mut state.baselines);
            let more = self.read(matter, &wants);
            state.learn(more);
            let next = decide(&Remit::of(self.policy), matter.event, triage, state, matter.now);
            state.baselines = lent;
            let is_known = |one: &Planned| {
                plan.iter().any(|known| known.remediation.setting() == one.remediation.setting())
            };
            fresh = next.plan.into_iter().filter(|one| !is_known(one)).collect();
            if fresh.is_empty() {
                break;
            }
            plan.extend(fresh.iter().cloned());
            wants = next.wants;
        }
        plan.sort_by_key(|planned| planned.remediation.order());
        plan
    }

    fn sum_up(
        &mut self,
        matter: Matter<'_>,
        decision: &Decision,
        plan: &[Planned],
        known: &mut Answered,
    ) {
        let summary = &mut self.summary;
        for one in &decision.evaluations {
            let key = (one.control.clone(), one.resource.clone());
            if known.contains_key(&key) {
                continue;
            }
            let of_control = summary.controls.entry(one.control.clone()).or_default();
            match &one.compliance {
                Compliance::Compliant => of_control.compliant += 1,
                Compliance::NotApplicable => of_control.not_applicable += 1,
                Compliance::InsufficientData(why) => {
                    of_control.insufficient_data += 1;
                    summary.unknown.entry(one.control.clone()).or_default().add(why);
                }
                Compliance::NonCompliant(finding) => {
                    of_control.add(finding.severity);
                    let told = told(matter, decision, one, finding, plan);
                    add(summary, &told, matter.now);
                    known.insert(key, told);
                }
            }
        }
        for planned in plan {
            let of_remediation =
                summary.remediations.entry(planned.remediation.name().to_owned()).or_default();
            match &planned.withheld {
                None if self.memory.is_new(&planned.remediation) => of_remediation.applied += 1,
                None => {}
                Some(why) => {
                    *of_remediation.withheld.entry(reason(why)).or_default() += 1;
                    if let Withheld::Exception { .. } = why {
                        summary.exceptions.add(&why.to_string());
                    }
                }
            }
        }
    }

    /// What the credentials of functions were seen to do all the time.
    pub(super) fn usual(
        &self,
        now: OffsetDateTime,
    ) -> impl Iterator<Item = (String, Vec<String>)> + use<'_, 'p> {
        self.memory.usual(now).map(|(function, baseline)| {
            let calls = baseline.habits().filter_map(|habit| match habit {
                crate::baseline::Habit::Call(api) => Some(api.clone()),
                _ => None,
            });
            (function.to_string(), calls.collect())
        })
    }
}

/// A function whose credentials made a call is there, even if no call told of it: AWS says whose they are. What a
/// session is only named after is no function as long as nothing told of one.
fn add_caller(event: &Event, triage: &Triage, state: &mut State) {
    let Some(call) = &event.call else { return };
    let read = Read::Function(call.function.clone());
    let changes_itself = event.change.is_some() && event.function() == Some(&call.function);
    let is_known = state.functions.contains_key(&call.function);
    if is_known || changes_itself || !triage.reads.contains(&read) {
        return;
    }
    let live = match (call.certain, &event.actor.role) {
        (true, Some(role)) => Some(FunctionState::of_role(role)),
        (true, None) => return,
        (false, _) => None,
    };
    state.functions.insert(call.function.clone(), live);
    state.unread.remove(&read);
    state.read.insert(read);
}

/// What no rule of the template delivers, or nothing is said of.
fn is_nothing(event: &Event) -> bool {
    let is_ignored = matches!(event.kind, Kind::Ignored(_) | Kind::Heartbeat | Kind::OwnLog);
    // Who a session is named after is only a hint: its calls are not delivered.
    let is_uncertain = matches!(event.kind, Kind::FunctionCall)
        && event.call.as_ref().is_some_and(|call| !call.certain);
    (is_ignored || is_uncertain) && event.matched.is_empty() && event.touches.is_none()
}

/// The reasons that are counted together, without what is different each time.
fn reason(why: &Withheld) -> String {
    match why {
        Withheld::Limited { .. } => "a limit is reached".to_owned(),
        Withheld::DryRun
        | Withheld::Exception { .. }
        | Withheld::Held
        | Withheld::Itself
        | Withheld::Protected
        | Withheld::Undetermined { .. } => why.to_string(),
    }
}

fn add(summary: &mut Summary, told: &Told, now: OffsetDateTime) {
    summary.findings += 1;
    summary.resources.add(&told.resource);
    if let Some(principal) = &told.principal {
        summary.principals.add(principal);
    }
    let day = now.to_offset(UtcOffset::UTC).date();
    *summary.days.entry(day).or_default().entry(told.severity).or_default() += 1;
    summary.worst.push(told.clone());
    if summary.worst.len() >= 2 * MOST_FINDINGS {
        keep_worst(&mut summary.worst);
    }
}

fn told(
    matter: Matter<'_>,
    decision: &Decision,
    one: &Evaluation,
    finding: &Finding,
    plan: &[Planned],
) -> Told {
    let Matter { event, now, file, .. } = matter;
    let standing = decision.standing(one);
    let answers = plan.iter().filter(|planned| planned.controls.contains(&one.control));
    let remediation = |planned: &Planned| ToldRemediation {
        name: planned.remediation.name().to_owned(),
        resource: planned.remediation.resource().to_string(),
        changes: planned.remediation.changes(),
        withheld: planned.withheld.as_ref().map(ToString::to_string),
    };
    Told {
        event: event.id.clone(),
        at: now,
        file: file.to_owned(),
        api: event.api.clone(),
        principal: event.actor.principal().map(Into::into),
        source: match &event.actor.source {
            Source::Address(address) => Some(address.to_string()),
            Source::Service(service) => Some(service.clone()),
            Source::Unknown => None,
        },
        control: one.control.clone(),
        title: standing.map(|standing| standing.title.clone()).unwrap_or_default(),
        severity: finding.severity,
        mode: standing.map(|standing| standing.reached.mode).unwrap_or_default(),
        resource: one.resource.to_string(),
        evidence: finding.evidence.clone(),
        remediations: answers.map(remediation).collect(),
        unanswered: finding.unanswered.clone(),
    }
}
