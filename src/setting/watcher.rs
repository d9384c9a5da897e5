//! How the watchers beside trails are set: GuardDuty's detector, X-Ray's encryption.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a GuardDuty detector watches, as far as functions are concerned.
/// <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetDetector.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detector {
    /// It runs at all.
    pub enabled: bool,
    /// It watches the network of functions.
    pub lambda: bool,
}

impl fmt::Display for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |on: bool| if on { "on" } else { "off" };
        write!(f, "detector {}, Lambda protection {}", word(self.enabled), word(self.lambda))
    }
}

/// How X-Ray encrypts what it keeps.
/// <https://docs.aws.amazon.com/xray/latest/api/API_EncryptionConfig.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceEncryption {
    /// The ARN of the key; none where it encrypts with a key that nobody manages.
    pub key: Option<String>,
}

impl fmt::Display for TraceEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key.as_deref().unwrap_or("no key of yours"))
    }
}
