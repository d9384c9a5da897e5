//! What `log.attack-signature` can be told: which texts are looked for in which logs. Refuses signatures that
//! are there twice, or not at all, and more of them than lines can be held against.

use super::{Pattern, Place, Problem, limits::Count};
use crate::{
    finding::ControlId,
    signature::{self, LinePattern, Ready, Signature, SignatureId, Signatures},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Parameters of `log.attack-signature`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LogAttackSignature {
    /// What is looked for. Left out: the signatures that Cordon knows.
    pub signatures: Vec<Signature>,
    /// What is looked for beside these.
    pub more: Vec<Signature>,
    /// Signatures, by id, that are not looked for.
    pub ignored: BTreeSet<SignatureId>,
    /// Log groups that are not named after their function: the first entry that means one decides.
    pub log_groups: Vec<FunctionLogGroup>,
    /// Contain the function once so many lines of one signature came within an hour, at least 1. Left out:
    /// it is told. What a function logs is often what a stranger sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Count>,
    /// What is looked for, as lines are held against it.
    #[serde(skip)]
    pub ready: Ready,
}

impl LogAttackSignature {
    /// What is looked for.
    pub fn looked_for(&self) -> impl Iterator<Item = &Signature> {
        let all = self.signatures.iter().chain(&self.more);
        all.filter(|signature| !self.ignored.contains(&signature.id))
    }

    /// The same, to hold lines against.
    pub fn ready(&self) -> &Signatures {
        self.ready.or_get(|| self.looked_for())
    }
}

impl Default for LogAttackSignature {
    fn default() -> Self {
        Self {
            signatures: signature::known(),
            more: Vec::new(),
            ignored: BTreeSet::new(),
            log_groups: Vec::new(),
            stop: None,
            ready: Ready::default(),
        }
    }
}

/// A log group that is not named after its function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FunctionLogGroup {
    /// The log group, by name.
    pub log_group: Pattern,
    /// The function that writes to it. Left out: the one that each of its log streams is named after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "cli", schemars(with = "Option<super::form::FunctionName>"))]
    pub function: Option<String>,
}

/// The most that the patterns of all signatures may say together, in bytes: they are made one automaton.
const MOST_PATTERNS: usize = 8_000;

/// Signatures that are there twice, or not at all, or too many.
pub(super) fn problems(parameters: &LogAttackSignature) -> Vec<Problem> {
    let LogAttackSignature { signatures, more, ignored, .. } = parameters;
    let at = |key: &str| {
        Place::at(["controls", ControlId::LogAttackSignature.as_str(), "parameters"]).key(key)
    };
    let listed = signatures.iter().enumerate().map(|(nth, one)| (one, at("signatures").index(nth)));
    let more = more.iter().enumerate().map(|(nth, one)| (one, at("more").index(nth)));
    let (mut ids, mut problems) = (BTreeSet::new(), Vec::new());
    for (signature, place) in listed.chain(more) {
        if !ids.insert(&signature.id) {
            problems.push(Problem::error(
                place.key("id"),
                format!("there is another signature `{}`", signature.id),
                "give each signature an id of its own; with `ignored` neither is looked for",
            ));
        }
    }
    for id in ignored.iter().filter(|id| !ids.contains(id)) {
        let known: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
        problems.push(Problem::error(
            at("ignored").key(id.as_str()),
            format!("there is no signature `{id}`"),
            format!("name one of {}", known.join(", ")),
        ));
    }
    let patterns = parameters.looked_for().flat_map(|signature| &signature.any);
    let length: usize = patterns.map(LinePattern::length).sum();
    if length > MOST_PATTERNS {
        problems.push(Problem::error(
            at("more"),
            format!("the patterns have {length} bytes together, and at most {MOST_PATTERNS} are held against lines"),
            "take out what another pattern shows as well",
        ));
    }
    problems
}
