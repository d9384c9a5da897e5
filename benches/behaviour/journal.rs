//! The journal, in memory: what of it the controls of behaviour read and write, and how often. Baselines are
//! kept as the text that DynamoDB would hold, so that what is read is parsed and what is written has a size.
//! Refuses the steps of an incident: what is applied to AWS is no matter here.

use cordon::{
    baseline::{Baseline, Known, MEMORY, Subject},
    finding::ControlId,
    resource::FunctionArn,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::{Duration, OffsetDateTime};

/// How long a finding is remembered beside others.
const LATELY: Duration = Duration::hours(1);

/// How long what was restored is left alone.
const HOLD: Duration = Duration::days(7);

/// How long a baseline is kept longer than it counts.
const SPARE: Duration = Duration::days(15);

/// The journal.
#[derive(Default)]
pub struct Journal {
    baselines: HashMap<Subject, Kept>,
    going: HashMap<FunctionArn, Going>,
    /// Items read and written for baselines.
    pub reads: u64,
    pub writes: u64,
    /// The same for what goes on with a function: findings, incidents, limits.
    pub other_reads: u64,
    pub other_writes: u64,
}

struct Kept {
    text: String,
    version: u64,
    expires: OffsetDateTime,
}

/// What goes on with a function.
#[derive(Debug, Clone, Default)]
pub struct Going {
    /// The incident that contains it, if one does.
    pub incident: Option<String>,
    /// It is stopped, and not only without credentials.
    pub stopped: bool,
    marks: BTreeSet<String>,
    held: BTreeMap<String, OffsetDateTime>,
    recent: BTreeMap<ControlId, OffsetDateTime>,
}

/// What is recalled of a function.
#[derive(Default)]
pub struct Recalled {
    pub incident: Option<String>,
    pub held: BTreeSet<String>,
    pub recent: BTreeSet<ControlId>,
}

impl Journal {
    /// What is known of a function's calls: two items are read.
    pub fn baseline(&mut self, of: &Subject, now: OffsetDateTime) -> Known {
        self.reads += 2;
        let going = of.resource().function().and_then(|function| self.going.get(function));
        let closed = going.is_some_and(|one| one.incident.is_some());
        let kept = self.baselines.get(of).filter(|kept| kept.expires > now);
        let Some(kept) = kept else { return Known { closed, ..Known::default() } };
        let baseline = serde_json::from_str(&kept.text).expect("a baseline as it was written");
        Known { baseline: Some(baseline), version: kept.version, closed, ..Known::default() }
    }

    /// Writes what it has become over the version that was read; false if that is not what is there.
    pub fn keep(
        &mut self,
        of: &Subject,
        baseline: &Baseline,
        version: u64,
        now: OffsetDateTime,
    ) -> bool {
        self.writes += 1;
        let there = self.baselines.get(of).filter(|kept| kept.expires > now);
        if there.map_or(0, |kept| kept.version) != version {
            return false;
        }
        let text = serde_json::to_string(baseline).expect("a baseline is JSON");
        let kept = Kept { text, version: version + 1, expires: now + MEMORY + SPARE };
        self.baselines.insert(of.clone(), kept);
        true
    }

    /// Remembers findings, and tells what goes on.
    pub fn recall(
        &mut self,
        function: &FunctionArn,
        links: &BTreeSet<ControlId>,
        now: OffsetDateTime,
    ) -> Recalled {
        let subject = self.going.entry(function.clone()).or_default();
        self.other_writes += links.len() as u64;
        self.other_reads += 1 + u64::from(subject.incident.is_some());
        subject.recent.extend(links.iter().map(|control| (*control, now + LATELY)));
        subject.recent.retain(|_, until| *until > now);
        subject.held.retain(|_, until| *until > now);
        Recalled {
            incident: subject.incident.clone(),
            held: subject.held.keys().cloned().collect(),
            recent: subject.recent.keys().copied().collect(),
        }
    }

    /// Opens an incident that contains the function, or goes on with it; true if that is news. The ledger
    /// is read and written, the incident and its gate written.
    pub fn contain(
        &mut self,
        function: &FunctionArn,
        incident: &str,
        stops: bool,
        marks: impl Iterator<Item = String>,
    ) -> bool {
        let subject = self.going.entry(function.clone()).or_default();
        let is_new = subject.incident.is_none() || (stops && !subject.stopped);
        if is_new {
            self.other_reads += 1;
            self.other_writes += 3;
        }
        subject.incident = Some(incident.to_owned());
        subject.stopped |= stops;
        subject.marks.extend(marks);
        is_new
    }

    /// An operator puts everything back, and what was answered is left alone for a while.
    pub fn restore(&mut self, function: &FunctionArn, now: OffsetDateTime) {
        let Some(subject) = self.going.get_mut(function) else { return };
        subject.incident = None;
        subject.stopped = false;
        let marks = std::mem::take(&mut subject.marks);
        subject.held.extend(marks.into_iter().map(|mark| (mark, now + HOLD)));
    }

    /// What goes on with it, without a look into the journal.
    pub fn subject(&self, function: &FunctionArn) -> Option<&Going> {
        self.going.get(function)
    }

    /// Whether what a function usually does is not known yet, and whether it was deployed so lately that what
    /// is new is learned.
    pub fn stands(&self, function: &FunctionArn, now: OffsetDateTime) -> (bool, bool) {
        let of = Subject::Calls(function.clone());
        let text = self.baselines.get(&of).map(|kept| kept.text.as_str());
        let baseline: Option<Baseline> = text.and_then(|text| serde_json::from_str(text).ok());
        let stands = |one: Baseline| (one.is_learning(now), one.is_deployed_lately(now));
        baseline.map_or((true, false), stands)
    }

    /// Puts a baseline there that nobody wrote.
    pub fn begin_with(&mut self, function: &FunctionArn, baseline: &Baseline, now: OffsetDateTime) {
        self.keep(&Subject::Calls(function.clone()), baseline, 0, now);
        self.writes = 0;
    }

    /// The sizes of all baselines, in bytes, the smallest first.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = self.baselines.values().map(|kept| kept.text.len()).collect();
        sizes.sort_unstable();
        sizes
    }
}
