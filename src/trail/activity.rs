//! What a trail may record: the fields of a CloudTrail record that event selectors look at.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use super::{Selectors, clause::clauses};

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity<'a> {
    /// `Management`, `Data`, `NetworkActivity`.
    pub category: &'a str,
    /// Whether it changes nothing. CloudTrail calls an invocation a write.
    pub read_only: bool,
    /// Such as `lambda.amazonaws.com`.
    pub source: &'a str,
    /// Such as `Invoke`.
    pub name: &'a str,
    /// Such as `AwsApiCall`.
    pub kind: &'a str,
    /// The type of the resource.
    pub resource_type: Option<&'a str>,
    /// The ARN of the resource.
    pub resource_arn: Option<&'a str>,
    /// Who did it.
    pub identity_arn: Option<&'a str>,
    /// Whether with a session of the console.
    pub from_console: bool,
}

impl<'a> Activity<'a> {
    /// The value of a field that an advanced event selector names.
    pub(super) fn field(&self, name: &str) -> Option<&'a str> {
        match name {
            "eventCategory" => Some(self.category),
            "readOnly" => Some(if self.read_only { "true" } else { "false" }),
            "eventSource" => Some(self.source),
            "eventName" => Some(self.name),
            "eventType" => Some(self.kind),
            "resources.type" => self.resource_type,
            "resources.ARN" => self.resource_arn,
            "userIdentity.arn" => self.identity_arn,
            "sessionCredentialFromConsole" => self.from_console.then_some("true"),
            _ => None,
        }
    }
}

impl Selectors {
    /// Whether it is recorded: it is where it matches any of the selectors.
    pub fn record(&self, activity: &Activity<'_>) -> bool {
        clauses(self).iter().any(|clause| clause.matches(activity))
    }
}
