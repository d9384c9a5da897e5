//! Patterns over names and ARNs: `*` is any run of characters, `?` is one. A [`Pattern`] means
//! functions: without a colon it is held against a function's bare name, else against the whole ARN.
//! An [`ArnPattern`] means anything in AWS, by its ARN.

use crate::{
    iam::glob,
    resource::{FunctionArn, Resource},
};
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

    /// Whether the user or role of this ARN is meant: without a colon by its name, without its path.
    pub fn matches_identity(&self, arn: &str) -> bool {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        self.matches_text(if self.is_of_arns() { arn } else { name })
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

/// A pattern over the ARNs of all resources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArnPattern(Pattern);

impl TryFrom<String> for ArnPattern {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let pattern = Pattern::try_from(text)?;
        if pattern.is_of_arns() {
            Ok(Self(pattern))
        } else {
            Err("an ARN pattern has a colon, as in `arn:aws:iam::*:role/deploy-*`")
        }
    }
}

impl From<ArnPattern> for String {
    fn from(pattern: ArnPattern) -> Self {
        pattern.0.into()
    }
}

impl fmt::Display for ArnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ArnPattern {
    /// Whether `resource` is meant; of a function the ARN without its qualifier counts.
    pub fn matches(&self, resource: &Resource) -> bool {
        self.0.matches_text(&arn_of(resource))
    }

    /// Whether what is named by this ARN is meant.
    pub fn matches_text(&self, arn: &str) -> bool {
        self.0.matches_text(arn)
    }

    /// Whether it means every resource, as far as can be told: it names no part of an ARN.
    pub fn is_everything(&self) -> bool {
        let mut parts = self.0.0.split(':');
        parts.all(|part| part == "arn" || part == "aws" || part.bytes().all(|b| b == b'*'))
    }

    /// Whether it means functions by what it says, and nothing else.
    pub fn is_of_functions(&self) -> bool {
        self.0.0.contains(":lambda:") && self.0.0.contains(":function:")
    }
}

/// What an ARN pattern is held against.
fn arn_of(resource: &Resource) -> String {
    match resource {
        Resource::Function(resource) => resource.function.to_string(),
        Resource::Other(arn) => arn.to_string(),
    }
}

/// Many patterns, each with a number, found by what they begin or end with: a name is held only
/// against the few that share that with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PatternIndex {
    /// Functions by name.
    names: ByEnds,
    /// Functions by ARN.
    arns: ByEnds,
    /// Anything by ARN.
    resources: ByEnds,
}

impl PatternIndex {
    pub(super) fn insert(&mut self, pattern: &Pattern, number: usize) {
        let texts = if pattern.is_of_arns() { &mut self.arns } else { &mut self.names };
        texts.insert(pattern, number);
    }

    pub(super) fn insert_resources(&mut self, ArnPattern(pattern): &ArnPattern, number: usize) {
        self.resources.insert(pattern, number);
    }

    /// The numbers of the patterns that mean `resource`, each once, the least first.
    pub(super) fn matching(&self, resource: &Resource) -> Vec<usize> {
        let mut found = BTreeSet::new();
        let is_function = resource.function().is_some();
        if let Some(function) = resource.function() {
            self.names.matching(function.name(), &mut found);
        }
        let of_functions = is_function && !self.arns.is_empty();
        if of_functions || !self.resources.is_empty() {
            let arn = arn_of(resource);
            if of_functions {
                self.arns.matching(&arn, &mut found);
            }
            self.resources.matching(&arn, &mut found);
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
    use super::{ArnPattern, Pattern};
    use crate::resource::Resource;

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

    #[test]
    fn an_arn_pattern_has_a_colon_and_means_anything_by_its_arn() {
        for text in ["", "orders", "*", "arn:aws:iam::*:role/a b"] {
            assert!(ArnPattern::try_from(text.to_owned()).is_err(), "{text}");
        }
        for (pattern, arn, want) in [
            ("arn:aws:iam::*:role/deploy-*", "arn:aws:iam::111122223333:role/deploy-api", true),
            ("arn:aws:iam::*:role/deploy-*", "arn:aws:iam::111122223333:user/deploy-api", false),
            ("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/team/api", true),
            ("*:layer:base:?", "arn:aws:lambda:eu-west-1:111122223333:layer:base:3", true),
            ("arn:aws:s3:::logs-*", "arn:aws:s3:::logs-eu", true),
            ("*:function:web", "arn:aws:lambda:eu-west-1:111122223333:function:web:live", true),
            ("*:function:web", "arn:aws:lambda:eu-west-1:111122223333:function:webs", false),
        ] {
            let pattern = ArnPattern::try_from(pattern.to_owned()).unwrap();
            let resource = Resource::parse(arn).unwrap();
            assert_eq!(pattern.matches(&resource), want, "{pattern} {arn}");
        }
    }

    #[test]
    fn a_pattern_that_names_no_part_of_an_arn_means_everything() {
        for (pattern, want) in [
            ("arn:*", true),
            ("*:*", true),
            ("arn:aws:*:*:*:*", true),
            ("arn:aws:iam::*", false),
            ("arn:*:111122223333:*", false),
        ] {
            let pattern = ArnPattern::try_from(pattern.to_owned()).unwrap();
            assert_eq!(pattern.is_everything(), want, "{pattern}");
        }
    }
}
