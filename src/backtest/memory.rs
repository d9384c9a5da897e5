//! The journal, in memory: what the decisions of one installation read of it and write to it. Nothing that would
//! have been done was done, so that it knows no steps: a containment goes on for a day, and counts as restored then.

use crate::{
    baseline::{self, Subject},
    controls,
    decision::Decision,
    event::{Event, FunctionCall, Kind},
    finding::{Compliance, ControlId, fingerprint},
    history::History,
    ledger::{Admission, Answer, Ledger},
    policy::{Cap, ControlPolicy, Limits},
    remediation::Remediation,
    resource::{Arn, FunctionArn, FunctionResource, Resource, RoleArn},
    salt::Salt,
    state::{
        AliasSnapshot, AliasState, Known, KnownRole, Lesson, MappingSnapshot, MappingState, Read,
        Remembered, Sighting, Snapshot, State, Tally, WatcherRead,
    },
    trail::Trail,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use time::{Duration, OffsetDateTime};

/// How long a finding counts beside others, and an incident that only changed something goes on.
const LATELY: Duration = Duration::hours(1);

/// How long a containment goes on.
const CONTAINED: Duration = Duration::days(1);

/// Values of environment variables stand in no event: nothing is hashed with it.
const SALT: [u8; Salt::LENGTH] = [0; Salt::LENGTH];

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Memory {
    snapshots: HashMap<FunctionArn, Kept>,
    aliases: HashMap<FunctionResource, Known<AliasSnapshot>>,
    mappings: HashMap<Arn, Known<MappingSnapshot>>,
    roles: HashMap<RoleArn, KnownRole>,
    trails: HashMap<Arn, Trail>,
    baselines: HashMap<Subject, baseline::Known>,
    tallies: HashMap<(Resource, ControlId), Tally>,
    subjects: HashMap<Resource, Going>,
    ledger: Ledger,
    /// What was done already, each change by its hash.
    done: HashSet<String>,
}

/// What a function was.
#[derive(Debug)]
struct Kept {
    snapshot: Snapshot,
    at: OffsetDateTime,
    version: u64,
}

/// What goes on with a resource.
#[derive(Debug, Default)]
struct Going {
    incident: Option<(String, OffsetDateTime)>,
    contains: bool,
    restored: Option<String>,
    /// The controls that had findings, until when each counts, and the event that showed it first.
    recent: BTreeMap<ControlId, (OffsetDateTime, String)>,
}

impl Going {
    /// As of `now`.
    fn at(&mut self, now: OffsetDateTime) -> &mut Self {
        self.recent.retain(|_, (until, _)| *until > now);
        let lasts = if self.contains { CONTAINED } else { LATELY };
        if let Some((incident, _)) = self.incident.take_if(|(_, since)| *since + lasts <= now)
            && self.contains
        {
            self.contains = false;
            self.restored = Some(incident);
        }
        self
    }
}

impl Memory {
    /// Adds what the journal tells of a read to a state.
    pub(super) fn answer(
        &mut self,
        read: &Read,
        history: &History,
        now: OffsetDateTime,
        state: &mut State,
    ) {
        let is_told = match read {
            Read::Snapshot(function) => self.function(function, history, now, state),
            Read::SwappedRoles(function) => swapped_roles(function, history, state),
            Read::Alias(alias) => self.alias(alias, true, history, now, state),
            Read::KnownAlias(alias) => self.alias(alias, false, history, now, state),
            Read::Mapping(mapping, function) => {
                self.mapping(mapping, function, true, history, now, state)
            }
            Read::KnownMapping(mapping, function) => {
                self.mapping(mapping, function, false, history, now, state)
            }
            Read::Baseline(of) => {
                let known = self.baselines.remove(of).unwrap_or_default();
                let closed = self.is_closed(&of.resource(), now);
                state.baselines.insert(of.clone(), baseline::Known { closed, ..known });
                true
            }
            Read::Watcher(WatcherRead::Snapshot(trail)) => {
                let known = self.trails.get(trail).cloned();
                state.watchers.snapshots.insert(trail.clone(), known);
                true
            }
            // Nothing is contained.
            _ => read.is_in_the_journal(),
        };
        let into = if is_told { &mut state.read } else { &mut state.unread };
        into.insert(read.clone());
    }

    /// Adds what is known of the roles that were read.
    pub(super) fn recall_roles(&self, state: &mut State) {
        for role in state.roles.values_mut().flatten() {
            role.known = self.roles.get(&role.arn).cloned();
        }
    }

    fn is_closed(&mut self, resource: &Resource, now: OffsetDateTime) -> bool {
        let going = self.subjects.get_mut(&resource.subject());
        going.is_some_and(|going| going.at(now).incident.is_some())
    }

    fn function(
        &mut self,
        function: &FunctionArn,
        history: &History,
        now: OffsetDateTime,
        state: &mut State,
    ) -> bool {
        let Some(live) = history.function(function) else { return false };
        let closed = self.is_closed(&function.clone().into(), now);
        let kept = self.snapshots.get(function);
        let remembered = Remembered {
            before: kept.map(|kept| kept.snapshot.clone()),
            at: kept.map(|kept| kept.at),
            version: kept.map_or(0, |kept| kept.version),
            salt: Salt::new(SALT),
            environment: None,
            closed,
        };
        if remembered.before.as_ref().is_none_or(|before| before.signing.is_none())
            && let Some(signing) = history.signing(function)
        {
            state.signing.insert(function.clone(), signing);
        }
        state.functions.insert(function.clone(), live);
        state.remembered.insert(function.clone(), remembered);
        state.read.insert(Read::Function(function.clone()));
        true
    }

    fn alias(
        &mut self,
        alias: &FunctionResource,
        looks: bool,
        history: &History,
        now: OffsetDateTime,
        state: &mut State,
    ) -> bool {
        let closed = self.is_closed(&alias.function.clone().into(), now);
        let known = self.aliases.get(alias).cloned().unwrap_or_default();
        let known = Known { closed: closed || known.closed, ..known };
        let mut found = AliasState { known, live: None, missing: None };
        if looks && found.known.before.as_ref().is_some_and(|before| before.routing.is_some()) {
            let Some(live) = history.alias(alias) else { return false };
            self.look(&alias.function, history, state);
            found.live = Some(live);
            found.missing = Some(BTreeSet::new());
        }
        state.aliases.insert(alias.clone(), found);
        true
    }

    fn mapping(
        &mut self,
        mapping: &Arn,
        function: &FunctionArn,
        looks: bool,
        history: &History,
        now: OffsetDateTime,
        state: &mut State,
    ) -> bool {
        let known = self.mappings.get(mapping).cloned().unwrap_or_default();
        let back = known.before.as_ref().map(|before| before.function.clone());
        let led = back.as_ref().map(|back| back.function.clone());
        let of_led = led.as_ref().is_some_and(|led| self.is_closed(&led.clone().into(), now));
        let closed = of_led || self.is_closed(&function.clone().into(), now);
        let mut found =
            MappingState { known: Known { closed, ..known }, live: None, missing: None };
        if let (true, Some(back)) = (looks, back) {
            let Some(live) = history.mapping(mapping) else { return false };
            found.missing = history.is_there(&back).map(|there| !there);
            self.look(&back.function, history, state);
            found.live = Some(live);
        }
        state.mappings.insert(mapping.clone(), found);
        true
    }

    fn look(&self, function: &FunctionArn, history: &History, state: &mut State) {
        if let Some(live) = history.function(function) {
            state.functions.insert(function.clone(), live);
            state.read.insert(Read::Function(function.clone()));
        }
    }

    /// Takes back what was lent of what credentials usually do, with what this event adds.
    pub(super) fn observe(
        &mut self,
        event: &Event,
        state: &mut State,
        decision: &mut Decision,
        now: OffsetDateTime,
    ) {
        let Some((of, known)) = state.baselines.pop_first() else { return };
        let is_read = event.call.as_ref().is_some_and(FunctionCall::reads_object);
        let at = event.moment(now);
        let known = match decision.observed.take() {
            Some((_, next)) => known.written(next, is_read, at),
            None if matches!(event.kind, Kind::CodeChange { .. }) => known,
            None => known.and_one(is_read, at),
        };
        self.baselines.insert(of, known);
    }

    /// Counts what an event shows; all that was seen within the hour, it included.
    pub(super) fn tally(&mut self, sighting: &Sighting, event: &str, now: OffsetDateTime) -> Tally {
        let key = (sighting.subject.clone(), sighting.control);
        let known = self.tallies.entry(key).or_default();
        if let Some(next) = known.with(sighting, event, now) {
            *known = next;
        }
        known.clone()
    }

    /// Adds what goes on with the subject of a decision, and remembers its findings beside others.
    pub(super) fn recall(
        &mut self,
        event: &Event,
        decision: &Decision,
        now: OffsetDateTime,
        state: &mut State,
    ) {
        let Some(subject) = decision.subject() else { return };
        let going = self.subjects.entry(subject).or_default().at(now);
        let found = decision.findings().filter_map(|(one, _)| one.control.control());
        for control in found.filter(|control| controls::is_remembered(event, *control)) {
            going.recent.entry(control).or_insert_with(|| (now + LATELY, event.id.clone()));
        }
        let others = going.recent.iter().filter(|(_, (_, by))| *by != event.id);
        let memory = &mut state.memory;
        memory.recent = others.map(|(control, _)| *control).collect();
        memory.incident = going.incident.as_ref().map(|(incident, _)| incident.clone());
        memory.restored = going.restored.clone();
        memory.contains = going.contains;
    }

    /// Whether an answer may be given; the limit that forbids it, if one does.
    pub(super) fn admit(
        &mut self,
        answer: &Answer,
        limits: &Limits,
        now: OffsetDateTime,
    ) -> Option<Cap> {
        let next = match self.ledger.admit(answer, limits, now) {
            Admission::Known => return None,
            Admission::Admitted(next) => (None, Some(next)),
            Admission::Refused(refusal, next) => (Some(refusal.cap), next),
        };
        if let Some(ledger) = next.1 {
            self.ledger = ledger;
        }
        next.0
    }

    /// Writes down that an incident goes on; whether it contains a function that was not contained.
    pub(super) fn go_on(&mut self, decision: &Decision, now: OffsetDateTime) -> bool {
        let Some(subject) = decision.subject() else { return false };
        let going = self.subjects.entry(subject).or_default().at(now);
        going.incident.get_or_insert_with(|| (decision.incident.clone(), now));
        let is_new = decision.contains && !going.contains;
        going.contains |= decision.contains;
        is_new
    }

    /// Whether a remediation was not done before: what it changes stands in the archive as it was, and is found
    /// again.
    pub(super) fn is_new(&mut self, remediation: &Remediation) -> bool {
        let changes = remediation.changes().join("\n");
        self.done.insert(fingerprint(&[&remediation.setting(), &changes]))
    }

    /// Remembers what a decision learned.
    pub(super) fn learn(
        &mut self,
        event: &Event,
        decision: &Decision,
        state: &State,
        policy: &ControlPolicy,
    ) {
        let at = event.change.as_ref().and_then(|change| change.at);
        if let (Some(function), Some(at), Some(snapshot)) =
            (event.function(), at, decision.learned.clone())
        {
            let version = self.snapshots.get(function).map_or(0, |kept| kept.version) + 1;
            self.snapshots.insert(function.clone(), Kept { snapshot, at, version });
        }
        let at = event.route.as_ref().and_then(|route| route.at);
        if let (Some(at), Some(lesson)) = (at, decision.lesson.clone()) {
            let version = state.version(&lesson) + 1;
            self.learn_route(lesson, version, event, at);
        }
        self.learn_roles(event, decision, state, policy);
        self.learn_trails(event, decision, state);
    }

    fn learn_route(&mut self, lesson: Lesson, version: u64, event: &Event, at: OffsetDateTime) {
        fn known<T>(before: T, version: u64, event: &Event, at: OffsetDateTime) -> Known<T> {
            let (before, event) = (Some(before), Some(event.id.clone()));
            Known { before, at: Some(at), event, version, ..Known::default() }
        }
        match lesson {
            Lesson::Alias(alias, led) => {
                self.aliases.insert(alias, known(led, version, event, at));
            }
            Lesson::Mapping(mapping, led) => {
                self.mappings.insert(mapping, known(led, version, event, at));
            }
        }
    }

    /// As `src/handler/roles.rs`.
    fn learn_roles(
        &mut self,
        event: &Event,
        decision: &Decision,
        state: &State,
        policy: &ControlPolicy,
    ) {
        let is_fine = decision
            .evaluations
            .iter()
            .all(|one| matches!(one.compliance, Compliance::Compliant | Compliance::NotApplicable));
        let is_accepted = is_fine || controls::is_accepted(policy, &event.actor);
        if !is_accepted || state.memory.incident.is_some() || event.touches.is_some() {
            return;
        }
        for role in state.roles.values().flatten() {
            self.roles.insert(role.arn.clone(), role.to_know());
        }
    }

    /// As `src/handler/snapshot.rs`.
    fn learn_trails(&mut self, event: &Event, decision: &Decision, state: &State) {
        let is_finding = decision.findings().next().is_some();
        if !matches!(event.kind, Kind::WatcherChange(_))
            || is_finding
            || state.memory.incident.is_some()
        {
            return;
        }
        let trails = state.watchers.trails.iter();
        let there = trails.filter_map(|(arn, trail)| Some((arn.clone(), trail.clone()?)));
        self.trails.extend(there);
    }

    /// What the credentials of functions usually do, of those whose learning is over.
    pub(super) fn usual(
        &self,
        now: OffsetDateTime,
    ) -> impl Iterator<Item = (&FunctionArn, &baseline::Baseline)> {
        self.baselines.iter().filter_map(move |(of, known)| {
            let (Subject::Calls(function), Some(baseline)) = (of, &known.baseline) else {
                return None;
            };
            (!baseline.is_learning(now)).then_some((function, baseline))
        })
    }
}

/// The policies of the role that a function has and of the one that it had, where that is another one.
fn swapped_roles(function: &FunctionArn, history: &History, state: &mut State) -> bool {
    let live = state.functions.get(function).and_then(Option::as_ref);
    let known = state.remembered.get(function).and_then(|known| known.before.as_ref());
    let now = live.map(|live| live.role.clone());
    let before = known.and_then(|known| known.role.clone());
    if now == before {
        return true;
    }
    for role in [now, before].into_iter().flatten() {
        let Ok(role) = RoleArn::parse(&role) else { continue };
        let Some(policies) = history.role_policies(&role) else { return false };
        state.role_policies.insert(role, policies);
    }
    true
}
