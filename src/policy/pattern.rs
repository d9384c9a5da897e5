//! Patterns over names and ARNs: `*` is any run of characters, `?` is one. A pattern without a
//! colon is held against a function's bare name, else against the whole ARN.

use crate::{iam::glob, resource::FunctionArn};
use serde::{Deserialize, Serialize};

/// A name or ARN pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Pattern {
    /// Whether `function` is meant.
    pub fn matches(&self, function: &FunctionArn) -> bool {
        if self.0.contains(':') {
            self.matches_text(&function.to_string())
        } else {
            self.matches_text(function.name())
        }
    }

    /// Whether `text` as a whole fits.
    pub fn matches_text(&self, text: &str) -> bool {
        glob(&self.0, text)
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
