//! What a back-test came to: counts, and the findings that are worst. Bounded, however large the archive: what is
//! counted by name is counted for so many names, and the rest is counted together.

use crate::{
    finding::{Evidence, Requirement, Severity},
    policy::Mode,
};
use serde::Serialize;
use std::{cmp::Reverse, collections::BTreeMap};
use time::{Date, OffsetDateTime};

/// Names that are counted apart, of each kind.
pub const MOST_NAMES: usize = 20_000;

/// Findings that are kept whole.
pub const MOST_FINDINGS: usize = 2_000;

/// What a back-test came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// What was read.
    pub read: Reading,
    /// Findings, whatever they are of.
    pub findings: u64,
    /// By control or rule.
    pub controls: BTreeMap<Requirement, OfControl>,
    /// Findings by the resource they are on, as its ARN.
    pub resources: Tally,
    /// Findings by whoever made the call, as the ARN of the role or user.
    pub principals: Tally,
    /// Findings by the day of the event, in UTC, each day by severity.
    #[serde(serialize_with = "by_day")]
    pub days: BTreeMap<Date, BTreeMap<Severity, u64>>,
    /// What would have been done, by the remediation's name.
    pub remediations: BTreeMap<String, OfRemediation>,
    /// Functions that would have been contained: how often each.
    pub contained: Tally,
    /// Limits that would have withheld an answer, in words: how often.
    pub limits: Tally,
    /// Exceptions that withheld an answer: whose, and until when.
    pub exceptions: Tally,
    /// What could not be judged, by control and reason.
    pub unknown: BTreeMap<Requirement, Tally>,
    /// What one more line of the control policy would silence, the most first.
    pub silences: Vec<Silence>,
    /// The findings that are worst, worst first, then earliest first.
    pub worst: Vec<Told>,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Files and objects that were read to their end.
    pub files: u64,
    /// Digests and other files that hold no events.
    pub passed_over: u64,
    /// Files that could not be read, or not to their end, and why.
    pub unreadable: Vec<Unreadable>,
    /// Bytes as they are stored.
    pub packed: u64,
    /// Bytes once unpacked.
    pub unpacked: u64,
    /// Events in all.
    pub records: u64,
    /// Events that some control may look at.
    pub looked_at: u64,
    /// Events that at least one control judged.
    pub judged: u64,
    /// Events that were there more than once.
    pub repeated: u64,
    /// Events that came after later ones had been judged already.
    pub late: u64,
    /// Events that are malformed, by reason.
    pub malformed: BTreeMap<String, u64>,
    /// When the first event was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub first: Option<OffsetDateTime>,
    /// When the last event was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last: Option<OffsetDateTime>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unreadable {
    /// Its path or URL.
    pub path: String,
    /// Why.
    pub why: String,
}

/// What a control or rule came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfControl {
    /// Findings, by severity, the worst last.
    pub low: u64,
    /// Of medium severity.
    pub medium: u64,
    /// Of high severity.
    pub high: u64,
    /// Of critical severity.
    pub critical: u64,
    /// Judged, and in order.
    pub compliant: u64,
    /// Judged, and not of its kind.
    pub not_applicable: u64,
    /// Not to be told from what the archive shows.
    pub insufficient_data: u64,
}

impl Summary {
    /// Adds that of another account.
    pub(super) fn add(&mut self, other: Self) {
        self.findings += other.findings;
        for (control, counts) in other.controls {
            self.controls.entry(control).or_default().add_all(counts);
        }
        for (into, from) in [
            (&mut self.resources, other.resources),
            (&mut self.principals, other.principals),
            (&mut self.contained, other.contained),
            (&mut self.limits, other.limits),
            (&mut self.exceptions, other.exceptions),
        ] {
            into.add_all(from);
        }
        for (day, counts) in other.days {
            let into = self.days.entry(day).or_default();
            counts.into_iter().for_each(|(one, count)| *into.entry(one).or_default() += count);
        }
        for (name, OfRemediation { applied, withheld }) in other.remediations {
            let into = self.remediations.entry(name).or_default();
            into.applied += applied;
            for (why, count) in withheld {
                *into.withheld.entry(why).or_default() += count;
            }
        }
        for (control, reasons) in other.unknown {
            self.unknown.entry(control).or_default().add_all(reasons);
        }
        for silence in other.silences {
            self.add_silence(silence);
        }
        self.silences.sort_by(|a, b| {
            b.findings.cmp(&a.findings).then_with(|| (&a.under, &a.line).cmp(&(&b.under, &b.line)))
        });
        self.worst.extend(other.worst);
        keep_worst(&mut self.worst);
    }

    /// Adds what a line would silence.
    pub(super) fn add_silence(&mut self, silence: Silence) {
        let is_same = |one: &&mut Silence| one.under == silence.under && one.line == silence.line;
        let Some(known) = self.silences.iter_mut().find(is_same) else {
            self.silences.push(silence);
            return;
        };
        known.findings += silence.findings;
        for control in silence.controls {
            if !known.controls.contains(&control) {
                known.controls.push(control);
            }
        }
    }
}

/// Keeps so many findings, the worst.
pub(super) fn keep_worst(told: &mut Vec<Told>) {
    fn key(told: &Told) -> (Reverse<Severity>, OffsetDateTime, &str, &Requirement, &str) {
        (Reverse(told.severity), told.at, &told.event, &told.control, &told.resource)
    }
    told.sort_by(|a, b| key(a).cmp(&key(b)));
    told.truncate(MOST_FINDINGS);
}

impl OfControl {
    fn add_all(&mut self, other: Self) {
        self.low += other.low;
        self.medium += other.medium;
        self.high += other.high;
        self.critical += other.critical;
        self.compliant += other.compliant;
        self.not_applicable += other.not_applicable;
        self.insufficient_data += other.insufficient_data;
    }

    /// Findings of any severity.
    pub const fn findings(&self) -> u64 {
        self.low + self.medium + self.high + self.critical
    }

    /// Counts a finding.
    pub const fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Low => self.low += 1,
            Severity::Medium => self.medium += 1,
            Severity::High => self.high += 1,
            Severity::Critical => self.critical += 1,
        }
    }
}

/// What would have become of a remediation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OfRemediation {
    /// Applied.
    pub applied: u64,
    /// Withheld, by the reason in words.
    pub withheld: BTreeMap<String, u64>,
}

/// How often each name was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// By name; at most [`MOST_NAMES`].
    pub names: BTreeMap<String, u64>,
    /// Of names beyond these.
    pub others: u64,
}

impl Tally {
    /// Counts a name.
    pub fn add(&mut self, name: &str) {
        self.add_times(name, 1);
    }

    fn add_times(&mut self, name: &str, times: u64) {
        if let Some(count) = self.names.get_mut(name) {
            *count += times;
        } else if self.names.len() < MOST_NAMES {
            self.names.insert(name.to_owned(), times);
        } else {
            self.others += times;
        }
    }

    fn add_all(&mut self, other: Self) {
        for (name, times) in other.names {
            self.add_times(&name, times);
        }
        self.others += other.others;
    }

    /// The names that were seen most, each with how often; equal ones by name.
    pub fn most(&self, count: usize) -> Vec<(&str, u64)> {
        let mut all: Vec<_> =
            self.names.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all.truncate(count);
        all
    }

    /// How often any was seen.
    pub fn total(&self) -> u64 {
        self.names.values().sum::<u64>() + self.others
    }
}

/// What one more line of the control policy would silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// Where the line belongs, such as `trusted.accounts`.
    pub under: String,
    /// The line, such as an account's id.
    pub line: String,
    /// The findings that would not be any more.
    pub findings: u64,
    /// Of these controls.
    pub controls: Vec<Requirement>,
}

/// A finding as people are told of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The event's id.
    pub event: String,
    /// When the event was.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The file that holds it.
    pub file: String,
    /// The API that was called, if the event tells one.
    pub api: Option<String>,
    /// Who called, as the ARN of the role or user.
    pub principal: Option<String>,
    /// From where: an address, or a service of AWS.
    pub source: Option<String>,
    /// The control or rule.
    pub control: Requirement,
    /// Its requirement in a sentence.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// How far the control may go for the resource.
    pub mode: Mode,
    /// What it is on, as an ARN.
    pub resource: String,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What would have been done, in its order.
    pub remediations: Vec<ToldRemediation>,
    /// What is left to people, and why.
    pub unanswered: Vec<String>,
}

/// A remediation as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldRemediation {
    /// Its name.
    pub name: String,
    /// What it changes, as an ARN.
    pub resource: String,
    /// What it would change there, in words.
    pub changes: Vec<String>,
    /// Why it would be withheld, if it would.
    pub withheld: Option<String>,
}

/// What a change of the control policy adds and takes away. Findings are the same where event, control and resource
/// are.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Findings that only the new policy has, by control.
    pub added: BTreeMap<Requirement, u64>,
    /// Findings that only the old policy had, by control.
    pub removed: BTreeMap<Requirement, u64>,
    /// Findings that both have, and answer otherwise, by control.
    pub answered_otherwise: BTreeMap<Requirement, u64>,
    /// The same in both.
    pub same: u64,
    /// The worst of the added, whole.
    pub worst_added: Vec<Told>,
    /// The worst of the removed, whole.
    pub worst_removed: Vec<Told>,
}

fn by_day<S: serde::Serializer>(
    days: &BTreeMap<Date, BTreeMap<Severity, u64>>,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(days.iter().map(|(day, counts)| (day.to_string(), counts)))
}
