//! Patterns over the ARNs of roles and users. Refuses sessions: whoever assumes a role names them.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>

use serde::{Deserialize, Serialize};
use std::fmt;

/// A pattern over the ARNs of roles and users: `*` is any run of characters, `?` is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrincipalPattern(String);

impl PrincipalPattern {
    /// The pattern.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PrincipalPattern {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_principal =
            text.starts_with("arn:") && [":role/", ":user/"].iter().any(|kind| text.contains(kind));
        if is_principal && !text.chars().any(char::is_whitespace) {
            Ok(Self(text))
        } else {
            Err("a principal is the ARN of a role or user, with `*` for any characters, as in \
                 `arn:aws:iam::111122223333:role/deploy-*`")
        }
    }
}

impl From<PrincipalPattern> for String {
    fn from(pattern: PrincipalPattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for PrincipalPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
