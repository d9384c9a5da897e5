//! Which versions an alias invokes, and how the traffic is split between them. Refuses weights that
//! are no numbers.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html>

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// Which versions an alias invokes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// The version that gets what no weight gives to another: a number, or `$LATEST`.
    pub version: String,
    /// The shares of other versions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, Weight>,
}

impl Routing {
    /// Every version that it invokes.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.version).chain(self.weights.keys()).map(String::as_str)
    }
}

impl fmt::Display for Routing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {}", self.version)?;
        for (version, Weight(share)) in &self.weights {
            write!(f, ", and for {share} of the traffic version {version}")?;
        }
        Ok(())
    }
}

/// A share of the traffic, from 0 to 1. Kept as text, so that what is put back is what was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Weight(String);

impl Weight {
    /// As AWS has it.
    pub fn of(share: f64) -> Self {
        Self(share.to_string())
    }

    /// As AWS takes it.
    pub fn share(&self) -> f64 {
        // It was one when this was made.
        self.0.parse().unwrap_or_default()
    }
}

impl TryFrom<String> for Weight {
    type Error = std::num::ParseFloatError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self::of)
    }
}

impl From<Weight> for String {
    fn from(weight: Weight) -> Self {
        weight.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_the_same_however_it_was_written() {
        for (written, want) in [("0.1", "0.1"), ("0.10", "0.1"), ("1e-3", "0.001"), ("1", "1")] {
            let weight = Weight::try_from(written.to_owned()).unwrap();
            assert_eq!(String::from(weight.clone()), want);
            assert_eq!(Weight::of(weight.share()), weight);
        }
        assert!(Weight::try_from("a tenth".to_owned()).is_err());
    }
}
