//! What is told of a control policy that cannot be delivered: one line each time, which is also its
//! CloudWatch metric. Reasons and hashes, never content.

use super::embedded;
use crate::{
    aws::AwsError,
    delivery::{PolicyUri, Rejection},
};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A delivery that changes nothing.
pub struct Undelivered<'a> {
    /// Where the control policy was to come from.
    pub uri: &'a PolicyUri,
    /// The hash of the one that stays in force.
    pub in_force: &'a str,
    /// When.
    pub now: OffsetDateTime,
}

impl Undelivered<'_> {
    /// Something lies there, and it is broken.
    pub fn rejected(&self, why: &Rejection) {
        println!("{}", self.rejected_line(why));
    }

    /// Nobody knows what lies there.
    pub fn unreachable(&self, why: &AwsError) {
        println!("{}", self.unreachable_line(why));
    }

    fn rejected_line(&self, why: &Rejection) -> Value {
        json!({
            "_aws": self.metrics(&["ControlPolicyRejected"]),
            "ControlPolicyRejected": 1,
            "policyUri": self.uri.to_string(),
            "reason": why.to_string(),
            "policySha256": self.in_force,
        })
    }

    fn unreachable_line(&self, why: &AwsError) -> Value {
        json!({
            "_aws": self.metrics(&["ControlPolicyUnreachable"]),
            "ControlPolicyUnreachable": 1,
            "policyUri": self.uri.to_string(),
            "reason": why.to_string(),
            "policySha256": self.in_force,
        })
    }

    fn metrics(&self, names: &[&str]) -> Value {
        embedded(&json!([[]]), names, self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ErrorKind;

    #[test]
    fn each_line_is_its_own_metric_without_dimensions_and_says_why_and_what_stays() {
        let uri = PolicyUri::parse("ssm:/cordon/policy").expect("an address");
        let told = Undelivered { uri: &uri, in_force: "abcd", now: OffsetDateTime::UNIX_EPOCH };
        let error = AwsError {
            operation: "GetParameter",
            resource: uri.to_string(),
            code: "AccessDeniedException".to_owned(),
            kind: ErrorKind::Denied,
        };
        for (line, metric, reason) in [
            (told.rejected_line(&Rejection::Hash), "ControlPolicyRejected", "the hash it names"),
            (told.unreachable_line(&error), "ControlPolicyUnreachable", "must grant"),
        ] {
            let emitted = &line["_aws"]["CloudWatchMetrics"][0];
            assert_eq!(emitted["Metrics"][0]["Name"], metric);
            assert_eq!(emitted["Dimensions"], json!([[]]));
            assert_eq!(line[metric], 1);
            assert_eq!(line["policyUri"], "ssm:/cordon/policy");
            assert_eq!(line["policySha256"], "abcd");
            assert!(line["reason"].to_string().contains(reason), "{line}");
        }
    }
}
