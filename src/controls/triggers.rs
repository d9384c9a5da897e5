//! The EventBridge rules the controls need, derived from their triggers. `template.yaml` is held
//! equal to them, so that no event is missed and none is paid for in vain.
//! Patterns: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html>.

use super::CONTROLS;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An event a control needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A successful Lambda API call whose name begins so: Lambda appends the API's version.
    LambdaCall(&'static str),
    /// Successful IAM calls of these names, by anybody.
    IamCalls(&'static [&'static str]),
    /// Successful IAM calls, by anybody, on the inline policies that containments put on roles.
    RolePolicies,
    /// Cordon's own messages, which come back after a while.
    SecondLook,
    /// `Invoke` data events of the functions named at deployment.
    Invocations,
    /// A function became noncompliant with an AWS Config rule.
    ConfigCompliance,
    /// AWS Config recorded a change of a function.
    ConfigItem,
}

/// The rules in `template.yaml`, one a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Changes made through the Lambda API.
    LambdaChanges,
    /// Changes made through the IAM API, on policies of containments too.
    IamChanges,
    /// Verdicts of AWS Config rules.
    ConfigCompliance,
    /// Configuration items.
    ConfigItem,
    /// Invocations.
    Invocation,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 5] = [
        Self::LambdaChanges,
        Self::IamChanges,
        Self::ConfigCompliance,
        Self::ConfigItem,
        Self::Invocation,
    ];

    /// Its logical id in `template.yaml`.
    pub const fn logical_id(self) -> &'static str {
        match self {
            Self::LambdaChanges => "LambdaChangesRule",
            Self::IamChanges => "IamChangesRule",
            Self::ConfigCompliance => "ConfigComplianceRule",
            Self::ConfigItem => "ConfigItemRule",
            Self::Invocation => "InvocationRule",
        }
    }
}

/// The event pattern of `rule`, without the account and the function ARNs that only the deployment
/// knows.
pub fn event_pattern(rule: Rule) -> Value {
    let names = names(rule);
    let api_call = "AWS API Call via CloudTrail";
    match rule {
        Rule::LambdaChanges => json!({
            "source": ["aws.lambda"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": ["lambda.amazonaws.com"],
                "eventName": names.iter().map(|name| json!({ "prefix": name })).collect::<Vec<_>>(),
                "errorCode": [{ "exists": false }],
            },
        }),
        Rule::IamChanges => json!({
            "source": ["aws.iam"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": ["iam.amazonaws.com"],
                "eventName": names,
                "errorCode": [{ "exists": false }],
            },
        }),
        Rule::ConfigCompliance => json!({
            "source": ["aws.config"],
            "detail-type": ["Config Rules Compliance Change"],
            "detail": {
                "resourceType": ["AWS::Lambda::Function"],
                "newEvaluationResult": { "complianceType": ["NON_COMPLIANT"] },
            },
        }),
        Rule::ConfigItem => json!({
            "source": ["aws.config"],
            "detail-type": ["Config Configuration Item Change"],
            // A summary stands in for an item that is too large.
            "detail": { "$or": [
                { "configurationItem": { "resourceType": ["AWS::Lambda::Function"] } },
                { "configurationItemSummary": { "resourceType": ["AWS::Lambda::Function"] } },
            ] },
        }),
        Rule::Invocation => json!({
            "source": ["aws.lambda"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": ["lambda.amazonaws.com"],
                "eventName": ["Invoke"],
                "errorCode": [{ "exists": false }],
            },
        }),
    }
}

/// What overwrites or deletes an inline policy of a role.
const OF_CONTAINMENTS: &[&str] = &["DeleteRolePolicy", "PutRolePolicy"];

/// The API names that the controls give for `rule`, sorted.
fn names(rule: Rule) -> BTreeSet<&'static str> {
    let triggers = CONTROLS.iter().flat_map(|control| control.triggers);
    triggers
        .flat_map(|trigger| match (rule, trigger) {
            (Rule::LambdaChanges, Trigger::LambdaCall(name)) => std::slice::from_ref(name),
            (Rule::IamChanges, Trigger::IamCalls(names)) => names,
            (Rule::IamChanges, Trigger::RolePolicies) => OF_CONTAINMENTS,
            (_, _) => &[],
        })
        .copied()
        .collect()
}
