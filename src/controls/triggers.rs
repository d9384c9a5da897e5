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
    /// Successful IAM calls by role sessions.
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
    /// Successful calls of CloudWatch Logs.
    LogsCall(&'static str),
    /// A check of Security Hub failed for a function.
    SecurityHub,
    /// IAM Access Analyzer found a function or layer open.
    AccessAnalyzer,
}

/// The rules in `template.yaml`, one a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Changes made through the Lambda API.
    LambdaChanges,
    /// IAM calls by role sessions.
    FunctionCredentials,
    /// IAM calls on policies of containments.
    RolePolicies,
    /// Verdicts of AWS Config rules.
    ConfigCompliance,
    /// Configuration items.
    ConfigItem,
    /// Changes of log groups.
    LogGroups,
    /// Findings of Security Hub.
    SecurityHub,
    /// Findings of IAM Access Analyzer.
    AccessAnalyzer,
    /// Invocations.
    Invocation,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 9] = [
        Self::LambdaChanges,
        Self::FunctionCredentials,
        Self::RolePolicies,
        Self::ConfigCompliance,
        Self::ConfigItem,
        Self::LogGroups,
        Self::SecurityHub,
        Self::AccessAnalyzer,
        Self::Invocation,
    ];

    /// Its logical id in `template.yaml`.
    pub const fn logical_id(self) -> &'static str {
        match self {
            Self::LambdaChanges => "LambdaChangesRule",
            Self::FunctionCredentials => "FunctionCredentialsRule",
            Self::RolePolicies => "RolePoliciesRule",
            Self::ConfigCompliance => "ConfigComplianceRule",
            Self::ConfigItem => "ConfigItemRule",
            Self::LogGroups => "LogGroupsRule",
            Self::SecurityHub => "SecurityHubRule",
            Self::AccessAnalyzer => "AccessAnalyzerRule",
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
        Rule::FunctionCredentials => json!({
            "source": ["aws.iam"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": ["iam.amazonaws.com"],
                "eventName": names,
                "errorCode": [{ "exists": false }],
                "userIdentity": { "type": ["AssumedRole"] },
            },
        }),
        Rule::RolePolicies => json!({
            "source": ["aws.iam"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": ["iam.amazonaws.com"],
                "eventName": ["DeleteRolePolicy", "PutRolePolicy"],
                "errorCode": [{ "exists": false }],
                "requestParameters": { "policyName": [{ "prefix": "cordon-inc-" }] },
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
        Rule::LogGroups => json!({
            "source": ["aws.logs"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": ["logs.amazonaws.com"],
                "eventName": names,
                "errorCode": [{ "exists": false }],
            },
        }),
        // In both forms; what is archived or suppressed costs an invocation, and nothing else.
        Rule::SecurityHub => json!({
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported", "Findings Imported V2"],
            "detail": { "$or": [
                { "findings": {
                    "Compliance": { "Status": ["FAILED"] },
                    "RecordState": ["ACTIVE"],
                    "Resources": { "Type": ["AwsLambdaFunction"] },
                } },
                { "findings": {
                    "compliance": { "status_id": [3] },
                    "resources": { "type": ["AWS::Lambda::Function", "AwsLambdaFunction"] },
                } },
            ] },
        }),
        Rule::AccessAnalyzer => json!({
            "source": ["aws.access-analyzer"],
            "detail-type": ["Access Analyzer Finding"],
            "detail": {
                "resourceType": ["AWS::Lambda::Function", "AWS::Lambda::LayerVersion"],
                "status": ["ACTIVE"],
                "isDeleted": [false],
            },
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

/// The API names that the controls give for `rule`, sorted.
fn names(rule: Rule) -> BTreeSet<&'static str> {
    let triggers = CONTROLS.iter().flat_map(|control| control.triggers);
    triggers
        .flat_map(|trigger| match (rule, trigger) {
            (Rule::LambdaChanges, Trigger::LambdaCall(name))
            | (Rule::LogGroups, Trigger::LogsCall(name)) => std::slice::from_ref(name),
            (Rule::FunctionCredentials, Trigger::IamCalls(names)) => names,
            (_, _) => &[],
        })
        .copied()
        .collect()
}
