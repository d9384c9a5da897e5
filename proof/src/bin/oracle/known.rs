//! The differences that are settled: which case, who says what, who is right, and where that is
//! written. Nothing else may differ, and nothing may be listed that no longer does.

use crate::Verdict;
use serde::Deserialize;

/// The list.
pub struct Known(Vec<Entry>);

/// One settled difference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// What it is about, in one line.
    name: String,
    /// Wildcard patterns over the smallest case in words; one must fit.
    cases: Vec<String>,
    /// Our verdict, or `*`.
    ours: String,
    /// Theirs, or `*`.
    theirs: String,
    /// Who is right.
    right: Right,
    /// Why, in a sentence.
    why: String,
    /// The page of AWS that says so, or that should.
    documentation: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Right {
    Ours,
    Theirs,
    Undocumented,
}

impl Known {
    /// Reads the list.
    pub fn read(path: &str) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("`{path}`: {error}"))?;
        let known: Vec<Entry> =
            serde_json::from_str(&text).map_err(|error| format!("`{path}`: {error}"))?;
        let bare = |entry: &&Entry| {
            entry.why.is_empty() || !entry.documentation.starts_with("https://docs.aws.amazon.com/")
        };
        match known.iter().find(bare) {
            Some(entry) => Err(format!("`{path}`: `{}` lacks its reason or its page", entry.name)),
            None => Ok(Self(known)),
        }
    }

    /// The entry a difference belongs to.
    pub fn find(&self, words: &str, ours: Verdict, theirs: Verdict) -> Option<usize> {
        self.0.iter().position(|entry| {
            (entry.ours == "*" || entry.ours == ours.name())
                && !(entry.ours == "*" && ours == Verdict::Unclear)
                && (entry.theirs == "*" || entry.theirs == theirs.name())
                && entry.cases.iter().any(|case| proof::fits(case, words))
        })
    }

    /// The name of an entry, and who is right.
    pub fn name(&self, entry: usize) -> String {
        let words = |entry: &Entry| {
            let verdict = match entry.right {
                Right::Ours => "we are right",
                Right::Theirs => "they are right",
                Right::Undocumented => "undocumented",
            };
            format!("{}: {verdict}", entry.name)
        };
        self.0.get(entry).map(words).unwrap_or_default()
    }

    /// All entries.
    pub fn all(&self) -> std::ops::Range<usize> {
        0..self.0.len()
    }
}
