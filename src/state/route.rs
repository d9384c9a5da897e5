//! Where aliases and event source mappings lead, and where they led when they were last in order: what
//! the journal remembers. A version or function is remembered as chosen only if somebody trusted named
//! it: what is merely found there is compared with and never put back.

use crate::{
    resource::{Arn, FunctionResource},
    setting::Routing,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};
use time::OffsetDateTime;

/// The most versions of an alias that are remembered: those chosen last.
const MOST_CHOSEN: usize = 20;

/// What the journal knows of where something leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<T> {
    /// Where it led; none where it is seen for the first time.
    pub before: Option<T>,
    /// When the change was made that `before` was learned from.
    pub at: Option<OffsetDateTime>,
    /// The event of that change.
    pub event: Option<String>,
    /// How often it was written.
    pub version: u64,
    /// Something goes on with a function it leads or led to, so that nothing is to be learned.
    pub closed: bool,
    /// The function that it led to is contained.
    pub contained: bool,
}

impl<T> Default for Known<T> {
    /// Never seen.
    fn default() -> Self {
        Self { before: None, at: None, event: None, version: 0, closed: false, contained: false }
    }
}

impl<T> Known<T> {
    /// Where it led before `event`: what another delivery of it showed first does not tell that.
    pub fn before(&self, event: &str) -> Option<&T> {
        let is_first = self.version <= 1 && self.event.as_deref() == Some(event);
        self.before.as_ref().filter(|_| !is_first)
    }

    /// Whether `event`, made at `at`, is another one than what is known was learned from, and no older.
    pub fn is_later(&self, event: &str, at: Option<OffsetDateTime>) -> bool {
        let is_older = self.at.is_some_and(|known| at.is_none_or(|at| at < known));
        !is_older && self.event.as_deref() != Some(event)
    }
}

/// An alias as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AliasSnapshot {
    /// Which versions it invoked; none where that is not known from before, or there was no alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
    /// Somebody without trust led it there, or something went on when it was led there: that is compared
    /// with, and not put back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
    /// The versions that somebody trusted had it invoke, the last one last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<String>,
}

impl AliasSnapshot {
    /// Whether it led to this version, or somebody trusted once had it do so.
    pub fn knows(&self, version: &str) -> bool {
        let led = self.routing.iter().flat_map(Routing::versions).any(|one| one == version);
        led || self.is_chosen(version)
    }

    /// Whether somebody trusted had it invoke this version.
    pub fn is_chosen(&self, version: &str) -> bool {
        self.chosen.iter().any(|one| one == version)
    }

    /// Remembers that somebody trusted had it invoke this version.
    pub fn choose(&mut self, version: &str) {
        self.chosen.retain(|one| one != version);
        self.chosen.push(version.to_owned());
        let surplus = self.chosen.len().saturating_sub(MOST_CHOSEN);
        self.chosen.drain(..surplus);
    }
}

/// An alias, as it was and as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasState {
    /// As it was.
    pub known: Known<AliasSnapshot>,
    /// Which versions it invokes; none inside where there is no alias, and outside where that was
    /// not looked at.
    pub live: Option<Option<Routing>>,
    /// The versions it led to that are not there any more; none where that could not be read.
    pub missing: Option<BTreeSet<String>>,
}

/// An event source mapping as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingSnapshot {
    /// What it invoked.
    pub function: FunctionResource,
    /// Somebody trusted had it invoke that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
}

/// An event source mapping, as it was and as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingState {
    /// As it was.
    pub known: Known<MappingSnapshot>,
    /// What it invokes; none inside where there is no mapping, and outside where that was not looked
    /// at.
    pub live: Option<Option<FunctionResource>>,
    /// What it invoked is not there any more; none where that could not be read.
    pub missing: Option<bool>,
}

/// What is to be remembered of where something leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lesson {
    /// An alias.
    Alias(FunctionResource, AliasSnapshot),
    /// An event source mapping.
    Mapping(Arn, MappingSnapshot),
}

impl fmt::Display for Lesson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alias(alias, _) => alias.fmt(f),
            Self::Mapping(mapping, _) => mapping.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_chosen_last_are_remembered() {
        let mut alias = AliasSnapshot::default();
        for version in 1..=30 {
            alias.choose(&version.to_string());
        }
        alias.choose("12");
        assert_eq!(alias.chosen.len(), MOST_CHOSEN);
        assert!(alias.is_chosen("30") && !alias.is_chosen("10"));
        assert_eq!(alias.chosen.last().map(String::as_str), Some("12"));
    }

    #[test]
    fn an_older_record_without_what_came_later_still_reads() {
        let alias: AliasSnapshot = serde_json::from_str("{}").unwrap();
        assert_eq!(alias, AliasSnapshot::default());
        assert_eq!(serde_json::to_string(&alias).unwrap(), "{}");
    }
}
