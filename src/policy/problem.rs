//! What is wrong with a control policy: where, how bad, what, and how to mend it. It knows no YAML:
//! a place is the way from the top of the document, and whoever read the text knows its line.
//! Refuses a problem without a way to mend it.

use std::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The control policy is not accepted.
    Error,
    /// It is accepted, and its author should look.
    Warning,
}

impl Level {
    /// The name as people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One step into the document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a mapping, as written; into a list of texts, to the item of this text.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

/// Where in the document something stands: the way there from the top.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(Vec<Step>);

impl Place {
    /// The document as a whole.
    pub const fn top() -> Self {
        Self(Vec::new())
    }

    /// Down these keys: `Place::at(["exceptions"]).index(0).key("expires")`.
    pub fn at<const N: usize>(keys: [&str; N]) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.to_owned())).collect())
    }

    /// The value of `key` in the mapping here, or the item of that text in the list here: sets have
    /// lost the order of their items.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// The item of the list here, from 0.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(Step::Index(index));
        self
    }

    /// The way from the top.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl From<Vec<Step>> for Place {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for Place {
    /// Such as `exceptions[0].expires`; a key that would not read well stands in brackets, as in
    /// `controls["tags.missing"]`. Keys are as written: show them through `finding::shown`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |key: &str| {
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_$".contains(&b))
        };
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if !plain(key) => write!(f, "[\"{key}\"]")?,
                Step::Key(key) if number == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

/// Something a control policy says that its author must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub level: Level,
    /// What it is about. If nothing stands there, what stands nearest above it is shown.
    pub at: Place,
    /// What is wrong, in a sentence: lower case, no final period, values in backticks.
    pub what: String,
    /// How to mend it, as an order: `rename the key`.
    pub mend: String,
}

impl Problem {
    /// A problem for which the control policy is not accepted.
    pub fn error(at: Place, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Error, at, what: what.into(), mend: mend.into() }
    }

    /// A problem that its author should look at.
    pub fn warning(at: Place, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { level: Level::Warning, at, what: what.into(), mend: mend.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Place, Problem, Step};

    #[test]
    fn a_place_reads_as_the_way_there() {
        let place = Place::at(["exceptions"]).index(0).key("expires");
        assert_eq!(place.to_string(), "exceptions[0].expires");
        let place = Place::at(["controls", "tags.missing", "mode"]);
        assert_eq!(place.to_string(), "controls[\"tags.missing\"].mode");
        assert_eq!(Place::top().to_string(), "");
        assert_eq!(place.steps().first(), Some(&Step::Key("controls".to_owned())));
    }

    #[test]
    fn errors_come_before_warnings() {
        let error = Problem::error(Place::top(), "a", "b");
        let warning = Problem::warning(Place::top(), "a", "b");
        assert!(error.level < warning.level);
        assert_eq!((error.level, warning.level), (Level::Error, Level::Warning));
    }
}
