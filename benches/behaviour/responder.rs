//! What `src/handler.rs` does with one delivery, around the very code that decides, with the journal in memory
//! and AWS answered from the world: triage, reads, decision, what a first look asks for, the baseline
//! (`src/handler/baseline.rs`), what else was found within the hour, containment. Limits are not asked, so that
//! every containment that is decided on is seen.

use super::{journal::Journal, trail::Trail, world::Function};
use cordon::{
    baseline::Cache,
    controls::{self, Triage},
    decision::{Decision, Remit, decide},
    event::{Event, Kind},
    finding::{Compliance, ControlId, Severity},
    policy::ControlPolicy,
    resource::{AccountId, FunctionArn, Home},
    state::{FunctionState, Read, State, Surroundings},
};
use std::{collections::BTreeSet, rc::Rc};
use time::OffsetDateTime;

/// The control policy: what is measured here is enforced, and what is a function's job declared.
const POLICY: &str = r#"{
  "version": 1,
  "defaults": { "mode": "off" },
  "trusted": {
    "accounts": ["444455556666"],
    "principals": ["arn:aws:iam::111122223333:role/delivery"]
  },
  "controls": {
    "change.untrusted-deployer": { "mode": "enforce" },
    "function.privilege-escalation": { "mode": "enforce", "parameters": { "declared": [
      { "function": "rotate-*", "calls": ["iam:CreateAccessKey", "iam:UpdateAccessKey"] }
    ] } },
    "function.first-seen-api": { "mode": "enforce", "parameters": { "declared": [
      { "function": "rotate-*", "calls": ["iam:DeleteAccessKey", "iam:ListAccessKeys"] }
    ] } },
    "function.access-denied-burst": { "mode": "enforce" },
    "function.stolen-credentials": { "mode": "enforce" },
    "function.data-exfiltration": { "mode": "enforce" }
  }
}"#;

/// What was counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub events: u64,
    /// Events of which something was judged.
    pub judged: u64,
    /// Calls of `LookupEvents`, for the keys of a function.
    pub look_ups: u64,
    /// What is read of AWS before a function may be contained.
    pub reads: u64,
    /// Baselines that were not remembered.
    pub missed: u64,
}

/// What came of a delivery.
#[derive(Default)]
pub struct Answer {
    pub findings: Vec<(ControlId, Severity, String)>,
    /// People are told.
    pub told: bool,
    /// Something could not be judged.
    pub unclear: Option<String>,
    /// The function is contained by this, and was not; whether it is stopped.
    pub contained: Option<bool>,
}

/// The responder, with the environments that it runs in.
pub struct Responder {
    policy: Rc<ControlPolicy>,
    home: Home,
    pub(super) environments: Vec<Cache>,
    pub journal: Journal,
    pub trail: Trail,
    pub counts: Counts,
}

/// A delivery that is looked at.
pub struct Matter<'a> {
    remit: Remit<'a>,
    pub event: &'a Event,
    triage: &'a Triage,
    pub now: OffsetDateTime,
    pub environment: usize,
}

impl Matter<'_> {
    /// Decides on what is known by now.
    pub fn decide(&self, state: &State) -> Decision {
        decide(&self.remit, self.event, self.triage, state, self.now)
    }
}

impl Responder {
    /// One that knows nothing yet.
    pub fn new(environments: usize) -> Self {
        let home = Home {
            partition: "aws".to_owned(),
            account: AccountId::parse(super::call::ACCOUNT).expect("an account"),
            region: "us-east-1".to_owned(),
        };
        Self {
            policy: Rc::new(serde_json::from_str(POLICY).expect("a control policy")),
            home,
            environments: (0..environments.max(1)).map(|_| Cache::default()).collect(),
            journal: Journal::default(),
            trail: Trail::default(),
            counts: Counts::default(),
        }
    }

    /// An environment is replaced by one that remembers nothing.
    pub fn replace(&mut self, environment: usize) {
        if let Some(cache) = self.environments.get_mut(environment) {
            *cache = Cache::default();
        }
    }

    /// How many functions each environment remembers.
    pub fn remembered(&self) -> impl Iterator<Item = usize> {
        self.environments.iter().map(Cache::len)
    }

    /// Answers one delivery.
    pub fn answer(
        &mut self,
        payload: &str,
        function: &Function,
        environment: usize,
        now: OffsetDateTime,
    ) -> Answer {
        self.counts.events += 1;
        let event = Event::parse(payload, &self.home).expect("an event");
        if matches!(event.kind, Kind::Ignored(_)) {
            return Answer::default();
        }
        let triage = controls::triage(&self.policy, &event, now);
        if triage.controls.is_empty() {
            return Answer::default();
        }
        self.counts.judged += 1;
        let policy = Rc::clone(&self.policy);
        let remit = Remit::of(&policy);
        let matter = Matter { remit, event: &event, triage: &triage, now, environment };
        let mut state = State::default();
        self.read(&matter, &triage.reads, function, &mut state);
        let mut decision = matter.decide(&state);
        if let Some(read) = decision.asks.take() {
            self.read(&matter, &[read].into(), function, &mut state);
            decision = matter.decide(&state);
        }
        self.observe(&matter, &mut state, &mut decision);
        if concerns_the_journal(&matter, &decision) {
            let links = decision.findings().filter_map(|(one, _)| one.control.control());
            let links = links.filter(|control| controls::is_link(*control)).collect();
            let recalled = self.journal.recall(&function.arn, &links, now);
            let memory = &mut state.memory;
            memory.contains = recalled.incident.is_some();
            memory.incident = recalled.incident;
            memory.held = recalled.held;
            memory.recent = recalled.recent;
            decision = matter.decide(&state);
        }
        let mut answer = answered(&decision);
        if decision.contains {
            let wants = decision.wants.clone();
            self.read(&matter, &wants, function, &mut state);
            decision = matter.decide(&state);
            let marks = decision.plan.iter().flat_map(|planned| planned.marks.clone());
            let (incident, stops) = (&decision.incident, decision.stops);
            let is_new = self.journal.contain(&function.arn, incident, stops, marks);
            answer.contained = is_new.then_some(stops);
            answer.told |= is_new;
        }
        answer
    }

    /// Answers what is asked of AWS and of the journal.
    fn read(
        &mut self,
        matter: &Matter<'_>,
        reads: &BTreeSet<Read>,
        function: &Function,
        state: &mut State,
    ) {
        for read in reads {
            match read {
                Read::Baseline(of) => {
                    let known = self.baseline(matter, of);
                    state.baselines.insert(of.clone(), known);
                }
                Read::KeyUses(_, key) => {
                    self.counts.look_ups += 1;
                    let uses = self.trail.uses(function.number, key, matter.now.unix_timestamp());
                    state.keys.insert(key.clone(), uses);
                }
                Read::Function(of) => {
                    self.counts.reads += 1;
                    state.functions.insert(of.clone(), Some(live(function)));
                }
                Read::Provisioned(of) => {
                    self.counts.reads += 1;
                    state.provisioned.insert(of.clone(), Default::default());
                }
                Read::Destinations(of) => {
                    self.counts.reads += 1;
                    around(state, of).destinations = Some(Default::default());
                }
                Read::Mappings(of) => {
                    self.counts.reads += 1;
                    around(state, of).mappings = Some(Vec::new());
                }
                _ => self.counts.reads += 1,
            }
            state.read.insert(read.clone());
        }
    }
}

fn around<'s>(state: &'s mut State, function: &FunctionArn) -> &'s mut Surroundings {
    state.surroundings.entry(function.clone()).or_default()
}

/// As the handler's, in an installation that enforces.
fn concerns_the_journal(matter: &Matter<'_>, decision: &Decision) -> bool {
    !decision.approved().is_empty()
        || decision.contains
        || (matter.event.call.is_some() && decision.findings().next().is_some())
        || matter.triage.reads.iter().any(|read| !read.is_in_the_journal())
}

/// As `worth_telling` of the handler says; what a containment does is told once.
fn answered(decision: &Decision) -> Answer {
    let findings = decision.findings().filter_map(|(one, finding)| {
        let words = finding.evidence.iter().map(|one| format!("{}: {}", one.field, one.value));
        let words = words.collect::<Vec<_>>().join("; ");
        Some((one.control.control()?, finding.severity, words))
    });
    let unclear = decision.evaluations.iter().find_map(|one| match &one.compliance {
        Compliance::InsufficientData(why) => Some(why.clone()),
        _ => None,
    });
    let unanswered = decision.findings().any(|(_, finding)| !finding.unanswered.is_empty());
    let planned = !decision.contains && !decision.plan.is_empty();
    Answer {
        findings: findings.collect(),
        told: unanswered || unclear.is_some() || planned,
        unclear,
        contained: None,
    }
}

/// The function as `GetFunction` tells it.
fn live(function: &Function) -> FunctionState {
    FunctionState {
        role: format!("arn:aws:iam::{}:role/{}", super::call::ACCOUNT, function.role),
        runtime: None,
        in_vpc: function.site != super::place::Site::Outside,
        has_environment: false,
        hides_environment: false,
        kms_key: None,
        tags: Some(Default::default()),
        reserved_concurrency: None,
        dead_letter_target: None,
        on_managed_instances: false,
        is_durable: false,
        code: None,
        log_group: None,
        handler: None,
        layers: Vec::new(),
        vpc: Default::default(),
        code_sha256: None,
        modified: None,
        variables: None,
    }
}
