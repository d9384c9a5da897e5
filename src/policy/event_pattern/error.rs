//! What is wrong with a pattern: where, what was expected, how its author mends it.

use crate::policy::problem::Place;
use std::fmt::{self, Display, Formatter};

/// One reason why EventBridge would refuse a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The place, from the top of the pattern.
    pub at: Place,
    /// What is wrong there.
    pub wrong: String,
    /// What EventBridge expects there.
    pub expected: String,
    /// What the pattern's author can do.
    pub mend: String,
}

impl Display for PatternError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.at.steps().is_empty() {
            true => write!(out, "the event pattern: ")?,
            false => write!(out, "event pattern, at `{}`: ", self.at)?,
        }
        write!(out, "{}; expected {}; its author must {}", self.wrong, self.expected, self.mend)
    }
}

impl std::error::Error for PatternError {}

/// All that is wrong with one pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternErrors(pub Vec<PatternError>);

impl Display for PatternErrors {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            write!(out, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PatternErrors {}
