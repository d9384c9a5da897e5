//! Where an access key was used. Refuses to say by whom: whoever has it is the function, as far as AWS tells.

use crate::{event::Source, iam::TrustedNetwork};
use serde::Deserialize;

/// One use of an access key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyUse {
    /// The VPC endpoint that it came through.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Where it came from.
    #[serde(deserialize_with = "source")]
    pub source: Source,
    /// Its user agent bears the mark of Lambda's runtimes.
    #[serde(default)]
    pub marked: bool,
}

impl KeyUse {
    /// Whether it came from this network.
    pub fn is_in(&self, network: &TrustedNetwork) -> bool {
        match (&self.endpoint, &self.source) {
            (Some(endpoint), _) => network.holds_endpoint(endpoint),
            (None, Source::Address(address)) => network.holds_address(*address),
            (None, Source::Service(_) | Source::Unknown) => false,
        }
    }
}

/// As CloudTrail writes `sourceIPAddress`.
fn source<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Source, D::Error> {
    Ok(Source::parse(&String::deserialize(from)?))
}
