//! Patterns over names and ARNs: `*` is any run of characters, `?` is one. A pattern without a
//! colon is held against a function's bare name, else against the whole ARN.

use crate::{iam::glob, resource::FunctionArn};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

/// A name or ARN pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

impl TryFrom<String> for Pattern {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() || text.chars().any(char::is_whitespace) {
            Err("a pattern must not be empty or hold spaces")
        } else {
            Ok(Self(text))
        }
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pattern {
    /// Whether `function` is meant.
    pub fn matches(&self, function: &FunctionArn) -> bool {
        if self.is_of_arns() {
            self.matches_text(&function.to_string())
        } else {
            self.matches_text(function.name())
        }
    }

    /// Whether `text` as a whole fits.
    pub fn matches_text(&self, text: &str) -> bool {
        glob(&self.0, text)
    }

    /// Whether it is held against whole ARNs.
    pub fn is_of_arns(&self) -> bool {
        self.0.contains(':')
    }

    /// Whether it holds no `*` and no `?`.
    pub fn is_literal(&self) -> bool {
        !self.0.contains(WILD)
    }

    /// What every text it fits begins with, and ends with.
    fn ends(&self) -> (&str, &str) {
        let begin = self.0.split(WILD).next().unwrap_or_default();
        let end = self.0.rsplit(WILD).next().unwrap_or_default();
        (begin, end)
    }
}

const WILD: [char; 2] = ['*', '?'];

/// Many patterns, each with a number, found by what they begin or end with: a name is held only
/// against the few that share that with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PatternIndex {
    names: ByEnds,
    arns: ByEnds,
}

impl PatternIndex {
    pub(super) fn insert(&mut self, pattern: &Pattern, number: usize) {
        let texts = if pattern.is_of_arns() { &mut self.arns } else { &mut self.names };
        texts.insert(pattern, number);
    }

    /// The numbers of the patterns that mean `function`, each once, the least first.
    pub(super) fn matching(&self, function: &FunctionArn) -> Vec<usize> {
        let mut found = BTreeSet::new();
        self.names.matching(function.name(), &mut found);
        if !self.arns.is_empty() {
            self.arns.matching(&function.to_string(), &mut found);
        }
        found.into_iter().collect()
    }
}

/// Patterns by the longer of their ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ByEnds {
    begins: ByPart,
    ends: ByPart,
}

/// Patterns by a literal part, and the lengths such parts have, in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ByPart {
    patterns: HashMap<String, Vec<(Pattern, usize)>>,
    lengths: BTreeSet<usize>,
}

impl ByPart {
    fn insert(&mut self, part: &str, pattern: &Pattern, number: usize) {
        self.lengths.insert(part.len());
        self.patterns.entry(part.to_owned()).or_default().push((pattern.clone(), number));
    }

    fn matching<'t>(
        &self,
        text: &str,
        part: impl Fn(usize) -> Option<&'t str>,
        found: &mut BTreeSet<usize>,
    ) {
        let parts = self.lengths.iter().filter_map(|length| part(*length));
        for (pattern, number) in parts.filter_map(|part| self.patterns.get(part)).flatten() {
            if pattern.matches_text(text) {
                found.insert(*number);
            }
        }
    }
}

impl ByEnds {
    fn insert(&mut self, pattern: &Pattern, number: usize) {
        let (begin, end) = pattern.ends();
        if begin.len() >= end.len() {
            self.begins.insert(begin, pattern, number);
        } else {
            self.ends.insert(end, pattern, number);
        }
    }

    fn matching(&self, text: &str, found: &mut BTreeSet<usize>) {
        self.begins.matching(text, |length| text.get(..length), found);
        let from = |length| text.len().checked_sub(length);
        self.ends.matching(text, |length| text.get(from(length)?..), found);
    }

    fn is_empty(&self) -> bool {
        self.begins.patterns.is_empty() && self.ends.patterns.is_empty()
    }
}
#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn stars_and_question_marks_cover_the_whole_text() {
        for (pattern, text, want) in [
            ("web", "web", true),
            ("web", "webs", false),
            ("web-*", "web-", true),
            ("*-prod", "a-prod-prod", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b", false),
            ("w?b", "web", true),
            ("w?b", "wb", false),
            ("*", "", true),
            ("a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            let pattern = Pattern::try_from(pattern.to_owned()).unwrap();
            assert_eq!(pattern.matches_text(text), want, "{pattern:?} {text}");
        }
    }
}
