//! One version of a layer. Each has a policy of its own, and AWS names it by the layer and a number.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>

use super::{Arn, Home, Resource, ResourceError, is_name_text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A version of a layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LayerVersion {
    arn: Arn,
    name: String,
    version: u64,
}

impl LayerVersion {
    /// Parses the ARN of a layer's version.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        Self::read(text).ok_or_else(|| ResourceError::new(text, "the ARN of a layer's version"))
    }

    fn read(text: &str) -> Option<Self> {
        let arn = Arn::parse(text).ok()?;
        let (name, version) = arn.resource().strip_prefix("layer:")?.split_once(':')?;
        let number = version.bytes().all(|b| b.is_ascii_digit()).then(|| version.parse().ok());
        let version = number.flatten()?;
        let is_layer = arn.service() == "lambda"
            && arn.account().is_some()
            && arn.region().is_some()
            && name.len() <= 140
            && is_name_text(name);
        let name = name.to_owned();
        is_layer.then_some(Self { arn, name, version })
    }

    /// Version `version` of what a caller types as `LayerName`: a name, or the layer's ARN.
    pub fn of(home: &Home, typed: &str, version: u64) -> Result<Self, ResourceError> {
        if typed.starts_with("arn:") {
            return Self::parse(&format!("{typed}:{version}"));
        }
        Self::parse(&Arn::new(home, "lambda", &format!("layer:{typed}:{version}"))?.to_string())
    }

    /// The layer's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version's number.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Where it lives.
    pub fn home(&self) -> Option<Home> {
        Some(Home {
            partition: self.arn.partition().to_owned(),
            account: self.arn.account()?.clone(),
            region: self.arn.region()?.to_owned(),
        })
    }
}

impl fmt::Display for LayerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arn.fmt(f)
    }
}

impl From<LayerVersion> for Resource {
    fn from(layer: LayerVersion) -> Self {
        layer.arn.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layers_version_is_named_by_arn_or_by_name_and_number() {
        let arn = "arn:aws:lambda:us-east-1:111122223333:layer:tools:3";
        let layer = LayerVersion::parse(arn).unwrap();
        assert_eq!((layer.name(), layer.version()), ("tools", 3));
        let home = layer.home().unwrap();
        assert_eq!(LayerVersion::of(&home, "tools", 3).unwrap(), layer);
        let typed = "arn:aws:lambda:us-east-1:111122223333:layer:tools";
        assert_eq!(LayerVersion::of(&home, typed, 3).unwrap(), layer);
        assert_eq!(layer.to_string(), arn);
        for other in [
            typed,
            "arn:aws:lambda:us-east-1:111122223333:layer:tools:x",
            "arn:aws:lambda:us-east-1:111122223333:layer:to ols:3",
            "arn:aws:lambda:us-east-1::layer:tools:3",
            "arn:aws:lambda:us-east-1:111122223333:function:tools",
        ] {
            assert!(LayerVersion::parse(other).is_err(), "{other}");
        }
    }
}
