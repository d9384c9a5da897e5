//! Which texts in a function's log are signs of an attack, and whether a line holds them. A signature has a
//! name and some patterns; a pattern is a text, with `*` for any characters of the same line, held without
//! regard to the case of ASCII letters. All patterns are held against a line in one pass, whatever it says.
//! Refuses to keep anything of a line but the names of what was seen and the id of the request.
//! How Lambda logs: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>.

mod automaton;
mod known;
mod line;

pub use automaton::{Ready, Signatures};
pub use known::known;
pub use line::{RequestId, Requests};

use serde::{Deserialize, Serialize};
use std::fmt;

/// A signature: what it is called, and what shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Its name, which findings give.
    pub id: SignatureId,
    /// What shows it, any of these: a text of at least four characters in a line, with `*` for any
    /// characters, whatever the case of its letters.
    pub any: Vec<LinePattern>,
}

/// The name of a signature: lower case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SignatureId(String);

impl SignatureId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SignatureId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=40).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text))
        } else {
            Err("a signature's id is 1 to 40 lower case letters, digits and hyphens")
        }
    }
}

impl From<SignatureId> for String {
    fn from(id: SignatureId) -> Self {
        id.0
    }
}

impl fmt::Display for SignatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text in a line, with `*` for any characters of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinePattern(String);

impl LinePattern {
    /// What has to stand in the line, one after the other.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.0.split('*').filter(|piece| !piece.is_empty())
    }

    /// How long all of it is, in bytes.
    pub const fn length(&self) -> usize {
        self.0.len()
    }
}

/// A shorter text is in any log.
const SHORTEST: usize = 4;
const LONGEST: usize = 200;

impl TryFrom<String> for LinePattern {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let begins_or_ends_so = text.starts_with('*') || text.ends_with('*');
        let said = text.chars().filter(|c| *c != '*').count();
        let fits = said >= SHORTEST && text.len() <= LONGEST && !text.chars().any(char::is_control);
        if fits && !begins_or_ends_so {
            Ok(Self(text))
        } else {
            Err("a pattern of a line has 4 to 200 characters, and neither begins nor ends with `*`")
        }
    }
}

impl From<LinePattern> for String {
    fn from(pattern: LinePattern) -> Self {
        pattern.0
    }
}

#[cfg(test)]
mod tests;
