//! An alarm of CloudWatch. Its name may hold almost anything, colons and slashes too; one that is not
//! written in printable ASCII has no [`Arn`] here.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>

use super::{Arn, Home, Resource, ResourceError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An alarm, by its ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AlarmArn {
    arn: Arn,
    name: String,
}

impl AlarmArn {
    /// Parses the ARN of an alarm.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        Self::read(text).ok_or_else(|| ResourceError::new(text, "the ARN of an alarm"))
    }

    fn read(text: &str) -> Option<Self> {
        let arn = Arn::parse(text).ok()?;
        let name = arn.resource().strip_prefix("alarm:")?.to_owned();
        let is_alarm = arn.service() == "cloudwatch"
            && arn.account().is_some()
            && arn.region().is_some()
            && !name.is_empty();
        is_alarm.then_some(Self { arn, name })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    pub fn home(&self) -> Option<Home> {
        Some(Home {
            partition: self.arn.partition().to_owned(),
            account: self.arn.account()?.clone(),
            region: self.arn.region()?.to_owned(),
        })
    }
}

impl fmt::Display for AlarmArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arn.fmt(f)
    }
}

impl From<AlarmArn> for Resource {
    fn from(alarm: AlarmArn) -> Self {
        alarm.arn.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarms_name_is_all_that_stands_behind_the_word() {
        let arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:team/orders: too many errors";
        let alarm = AlarmArn::parse(arn).unwrap();
        assert_eq!(alarm.name(), "team/orders: too many errors");
        assert_eq!(alarm.home().unwrap().region, "us-east-1");
        assert_eq!(alarm.to_string(), arn);
        for other in [
            "arn:aws:cloudwatch:us-east-1:111122223333:alarm:",
            "arn:aws:cloudwatch:us-east-1:111122223333:insight-rule/orders",
            "arn:aws:cloudwatch::111122223333:alarm:orders",
            "arn:aws:lambda:us-east-1:111122223333:function:orders",
            "orders",
        ] {
            assert!(AlarmArn::parse(other).is_err(), "{other}");
        }
    }
}
