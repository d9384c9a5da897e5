//! An EventBridge event pattern, meant exactly as EventBridge means it, so that the pattern of a
//! custom rule pastes into an EventBridge rule. It refuses what `PutRule` refuses, all of it at once.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>;
//! where that page is silent the source of EventBridge's matcher decides:
//! <https://github.com/aws/event-ruler>.

mod address;
mod alternative;
mod complexity;
mod error;
mod expand;
mod fields;
mod hears;
mod matching;
mod number;
mod operators;
mod parse;
mod set;
mod text;
mod unwanted;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod set_tests;
#[cfg(test)]
mod tests;

pub use error::{PatternError, PatternErrors};
pub use fields::EventFields;
pub use hears::hears;
pub use set::PatternSet;

use crate::policy::problem::Step;
use alternative::Alternative;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A pattern that EventBridge would accept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct EventPattern {
    source: Value,
    conditions: Vec<Condition>,
    /// The ways to match: each holds the conditions that must all be met, by their place in
    /// `conditions`, in the order of their paths. More than one only with `$or`.
    branches: Vec<Vec<usize>>,
    or_is_a_field: bool,
}

/// What one field of the event must be.
#[derive(Debug, Clone, PartialEq)]
struct Condition {
    /// The keys down to the field, joined with dots: EventBridge tells `{"a.b": ..}` and
    /// `{"a": {"b": ..}}` apart neither in the pattern nor in the event.
    path: String,
    /// One of these must be met.
    alternatives: Vec<Alternative>,
    /// Where it is written.
    at: Vec<Step>,
}

impl EventPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Everything that keeps EventBridge from accepting it, in the order it is written.
    pub fn parse(source: &Value) -> Result<Self, Vec<PatternError>> {
        parse::parse(source)
    }

    /// The pattern as it was written.
    pub const fn source(&self) -> &Value {
        &self.source
    }

    /// Whether this event, as it came in its envelope, matches. What is not a JSON object is no
    /// event, and matches nothing.
    pub fn matches(&self, event: &Value) -> bool {
        self.matches_fields(&EventFields::of(event))
    }

    /// As [`Self::matches`], for an event that many patterns look at.
    pub fn matches_fields(&self, event: &EventFields<'_>) -> bool {
        event.is_an_event()
            && self.branches.iter().any(|branch| {
                let conditions: Vec<&Condition> = self.conditions_of(branch).collect();
                matching::all_met(&conditions, event)
            })
    }

    /// Whether the pattern holds a `$or` that EventBridge takes for the name of a field, because it
    /// is not a list of two or more objects of fields. Accepted, and hardly what was meant.
    /// <https://github.com/aws/event-ruler#the-backward-compatibility-of-using-or-as-filed-name-in-the-rule>
    pub const fn takes_or_for_a_field(&self) -> bool {
        self.or_is_a_field
    }

    fn conditions_of<'a>(&'a self, branch: &'a [usize]) -> impl Iterator<Item = &'a Condition> {
        branch.iter().filter_map(|place| self.conditions.get(*place))
    }
}

impl TryFrom<Value> for EventPattern {
    type Error = PatternErrors;

    fn try_from(source: Value) -> Result<Self, Self::Error> {
        Self::parse(&source).map_err(PatternErrors)
    }
}

impl From<EventPattern> for Value {
    fn from(pattern: EventPattern) -> Self {
        pattern.source
    }
}
