//! Which records of an archive matter: those that a control or a rule may look at, and those that tell how AWS
//! stood. All others are passed over.

use crate::{
    event::{CHANGING, OF_LAMBDA},
    policy::ControlPolicy,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What marks a call by the credentials of a function: the type of whom they were issued to.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
pub(super) const OF_A_FUNCTION: &[u8] = b"\"AWS::Lambda::Function\"";

/// What stands behind the name of a service.
const SUFFIX: &str = ".amazonaws.com";

/// What calls begin with that change what is looked at, beside [`CHANGING`].
const ALSO_CHANGING: [&str; 8] =
    ["Associate", "Enable", "Invoke", "Publish", "Start", "Stop", "Tag", "Untag"];

/// Of CloudWatch Logs the calls on log groups alone: its others are many.
const OF_LOGS: [&str; 6] = [
    "AssociateKmsKey",
    "CreateLogGroup",
    "DeleteLogGroup",
    "DeleteRetentionPolicy",
    "DisassociateKmsKey",
    "PutRetentionPolicy",
];

/// Of Application Auto Scaling the calls on what of functions it scales, among others.
const OF_SCALING: [&str; 2] = ["DeregisterScalableTarget", "RegisterScalableTarget"];

/// Of AWS Config the calls that rules make all the time.
const BUSY: &str = "PutEvaluations";

/// Which records matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    /// All of them.
    everything: bool,
    /// All of these services, besides.
    services: BTreeSet<String>,
}

impl Interest {
    /// The services whose calls change what is looked at.
    pub const CHANGED: [&str; 9] = [
        "application-autoscaling",
        "cloudtrail",
        "config",
        "events",
        "guardduty",
        "iam",
        "lambda",
        "logs",
        "xray",
    ];

    /// What matters to these control policies. A rule whose pattern names no service may be about any.
    pub fn of<'p>(policies: impl IntoIterator<Item = &'p ControlPolicy>) -> Self {
        let mut interest = Self::default();
        for policy in policies {
            for rule in policy.rules.iter() {
                match services(rule.pattern.source()) {
                    Some(services) => interest.services.extend(services),
                    None => interest.everything = true,
                }
            }
        }
        interest
    }

    /// Whether a record may matter: of a call `name` of the service `source`, by the credentials of a function.
    pub fn is_in(&self, source: &str, name: &str, of_function: bool) -> bool {
        let Some(service) = source.strip_suffix(SUFFIX) else { return self.everything };
        let is_changing =
            || CHANGING.iter().chain(&ALSO_CHANGING).any(|verb| name.starts_with(verb));
        let by_service = match service {
            "logs" => OF_LOGS.contains(&name),
            "application-autoscaling" => OF_SCALING.contains(&name),
            _ => Self::CHANGED.contains(&service) && is_changing() && name != BUSY,
        };
        let is_lambdas_own = || {
            OF_LAMBDA
                .iter()
                .any(|api| api.split_once(':').is_some_and(|(s, n)| s == service && n == name))
        };
        by_service
            || self.everything
            || self.services.contains(service)
            || (of_function && !is_lambdas_own())
    }

    /// A text that is the same for the same interest.
    pub fn signature(&self) -> String {
        let Self { everything, services } = self;
        let services = services.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        format!("{everything}:{services}")
    }
}

/// The services that a pattern names; none if it may be about others too.
fn services(pattern: &Value) -> Option<Vec<String>> {
    let texts = |value: &Value| {
        let texts = value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned));
        texts.collect::<Option<Vec<String>>>()
    };
    let of_detail = pattern.pointer("/detail/eventSource").and_then(texts);
    let of_source = pattern.get("source").and_then(texts);
    let named = match (of_detail, of_source) {
        (Some(sources), _) => {
            sources.iter().map(|one| one.strip_suffix(SUFFIX).map(str::to_owned)).collect()
        }
        (None, Some(sources)) => {
            sources.iter().map(|one| one.strip_prefix("aws.").map(str::to_owned)).collect()
        }
        (None, None) => None,
    };
    named.filter(|named: &Vec<String>| !named.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_changes_something_that_is_looked_at_matters_and_what_functions_call() {
        let interest = Interest::default();
        for (source, name, of_function, want) in [
            ("lambda.amazonaws.com", "AddPermission20150331v2", false, true),
            ("lambda.amazonaws.com", "Invoke", false, true),
            ("lambda.amazonaws.com", "GetPolicy20150331v2", false, false),
            ("lambda.amazonaws.com", "ListFunctions20150331", false, false),
            ("iam.amazonaws.com", "CreateUser", false, true),
            ("iam.amazonaws.com", "GetUser", false, false),
            ("logs.amazonaws.com", "DeleteLogGroup", false, true),
            ("logs.amazonaws.com", "CreateLogStream", false, false),
            ("logs.amazonaws.com", "CreateLogStream", true, false),
            ("config.amazonaws.com", "PutEvaluations", false, false),
            ("config.amazonaws.com", "StopConfigurationRecorder", false, true),
            ("s3.amazonaws.com", "GetObject", false, false),
            ("s3.amazonaws.com", "GetObject", true, true),
            ("ec2.amazonaws.com", "RunInstances", false, false),
            ("lambda.example.com", "AddPermission", false, false),
        ] {
            assert_eq!(interest.is_in(source, name, of_function), want, "{source} {name}");
        }
    }

    #[test]
    fn a_rule_adds_the_services_it_names_or_everything() {
        let named = |pattern| services(&pattern);
        let s3 = Some(vec!["s3".to_owned()]);
        assert_eq!(named(json!({"detail": {"eventSource": ["s3.amazonaws.com"]}})), s3);
        assert_eq!(named(json!({"source": ["aws.s3"]})), s3);
        assert_eq!(named(json!({"source": [{"prefix": "aws."}]})), None);
        assert_eq!(named(json!({"detail": {"eventName": ["PutObject"]}})), None);
        assert_eq!(named(json!({"source": ["mine"]})), None);
    }
}
