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
    /// Who is right: `ours`, `theirs`, or `undocumented`, where we say `unclear`.
    #[serde(rename = "right")]
    _right: Right,
    /// Why, in a sentence.
    #[serde(rename = "why")]
    _why: String,
    /// The page that says so, or that should.
    #[serde(rename = "documentation")]
    _documentation: String,
}

#[derive(Deserialize)]
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
        serde_json::from_str(&text).map(Self).map_err(|error| format!("`{path}`: {error}"))
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

    /// The name of an entry.
    pub fn name(&self, entry: usize) -> &str {
        self.0.get(entry).map_or("", |entry| &entry.name)
    }

    /// All entries.
    pub fn all(&self) -> std::ops::Range<usize> {
        0..self.0.len()
    }
}
