//! The EventBridge rules the controls need, derived from their triggers. `template.yaml` is held
//! equal to them, so that no event is missed and none is paid for in vain.
//! Patterns: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html>.

use super::CONTROLS;
use crate::event::{CHANGING, HEARTBEAT, OF_LAMBDA};
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
    /// Successful calls on what watches the account, by anybody.
    WatcherCalls(&'static [&'static str]),
    /// Cordon's own messages, which come back after a while.
    SecondLook,
    /// `Invoke` data events of the functions named at deployment.
    Invocations,
    /// Successful calls of EventBridge.
    EventsCall(&'static str),
    /// Successful calls that change what the stack made, by anybody.
    OwnChanges,
    /// The stack's own schedule.
    Heartbeat,
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
    /// GuardDuty found a function to do what malware does.
    GuardDuty,
    /// An alarm of CloudWatch went off.
    Alarms,
    /// Calls that credentials of functions made, those that failed too.
    FunctionCalls,
    /// Lines of the log groups of functions named at deployment, by CloudWatch Logs itself.
    FunctionLogs,
    /// Records of VPC flow logs of the log groups named at deployment, by CloudWatch Logs itself.
    FlowLogs,
}

/// The rules in `template.yaml`, one a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Changes made through the Lambda API.
    LambdaChanges,
    /// Calls on what watches the account.
    WatcherChanges,
    /// Changes made through the IAM API, on policies of containments too.
    IamChanges,
    /// Changes of EventBridge rules.
    RuleChanges,
    /// Changes of what the stack made.
    OwnChanges,
    /// The stack's own schedule.
    Heartbeat,
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
    /// Findings of GuardDuty on functions.
    GuardDuty,
    /// Alarms of CloudWatch.
    Alarms,
    /// Invocations.
    Invocation,
    /// Calls by credentials of functions.
    FunctionCalls,
}

impl Rule {
    /// Every rule.
    pub const ALL: &[Self] = &[
        Self::LambdaChanges,
        Self::IamChanges,
        Self::WatcherChanges,
        Self::RuleChanges,
        Self::OwnChanges,
        Self::Heartbeat,
        Self::ConfigCompliance,
        Self::ConfigItem,
        Self::LogGroups,
        Self::SecurityHub,
        Self::AccessAnalyzer,
        Self::GuardDuty,
        Self::Alarms,
        Self::Invocation,
        Self::FunctionCalls,
    ];

    /// Its logical id in `template.yaml`.
    pub const fn logical_id(self) -> &'static str {
        match self {
            Self::LambdaChanges => "LambdaChangesRule",
            Self::WatcherChanges => "WatcherChangesRule",
            Self::IamChanges => "IamChangesRule",
            Self::RuleChanges => "RuleChangesRule",
            Self::OwnChanges => "OwnChangesRule",
            Self::Heartbeat => "HeartbeatRule",
            Self::ConfigCompliance => "ConfigComplianceRule",
            Self::ConfigItem => "ConfigItemRule",
            Self::LogGroups => "LogGroupsRule",
            Self::SecurityHub => "SecurityHubRule",
            Self::AccessAnalyzer => "AccessAnalyzerRule",
            Self::GuardDuty => "GuardDutyRule",
            Self::Alarms => "AlarmsRule",
            Self::Invocation => "InvocationRule",
            Self::FunctionCalls => "FunctionCallsRule",
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
        // No two of these services have a call of the same name.
        Rule::WatcherChanges => json!({
            "source": ["aws.cloudtrail", "aws.config", "aws.guardduty", "aws.xray"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": [
                    "cloudtrail.amazonaws.com",
                    "config.amazonaws.com",
                    "guardduty.amazonaws.com",
                    "xray.amazonaws.com",
                ],
                "eventName": names,
                "errorCode": [{ "exists": false }],
            },
        }),
        Rule::RuleChanges => json!({
            "source": ["aws.events"],
            "detail-type": [api_call],
            "detail": {
                "eventSource": ["events.amazonaws.com"],
                "eventName": names,
                "errorCode": [{ "exists": false }],
            },
        }),
        Rule::OwnChanges => own_changes(),
        Rule::Heartbeat => json!({ "source": [HEARTBEAT] }),
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
        // What is archived, or a sample, costs an invocation, and nothing else.
        Rule::GuardDuty => json!({
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": { "resource": { "resourceType": ["Lambda"] } },
        }),
        // What a composite alarm is about, only CloudWatch tells.
        Rule::Alarms => json!({
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {
                "state": { "value": ["ALARM"] },
                "$or": [
                    { "configuration": { "alarmRule": [{ "exists": true }] } },
                    { "configuration": {
                        "metrics": { "metricStat": { "metric": { "namespace": ["AWS/Lambda"] } } },
                    } },
                ],
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
        // Whose credentials they are AWS says. What Lambda does with them itself is left out; the calls
        // that other rules bring as well come twice, and are one event.
        Rule::FunctionCalls => json!({
            "detail-type": [api_call],
            "detail": {
                "eventName": [{ "anything-but": OF_LAMBDA.map(name) }],
                "userIdentity": {
                    "inScopeOf": { "issuerType": ["AWS::Lambda::Function"] },
                    "invokedBy": [{ "exists": false }],
                    "sessionContext": { "sessionIssuer": {
                        "arn": [{ "anything-but": ["CordonRole.Arn", "CollectorRole.Arn"] }],
                    } },
                },
            },
        }),
    }
}

/// The name of a call, without its service.
fn name(api: &str) -> &str {
    api.split_once(':').map_or(api, |(_, name)| name)
}

/// What overwrites or deletes an inline policy of a role.
const OF_CONTAINMENTS: &[&str] = &["DeleteRolePolicy", "PutRolePolicy"];

/// Changes of what bears the stack's name, as the template writes that. Functions are named in three
/// ways; the fourth, by account and name, cannot be told from others'.
fn own_changes() -> Value {
    const STACK: &str = "${AWS::StackName}-";
    let arn = |rest: &str| format!("arn:${{AWS::Partition}}:{rest}:{STACK}");
    let begins = |texts: &[&str]| {
        let texts = texts.iter().map(|text| json!({ "prefix": text }));
        texts.collect::<Vec<_>>()
    };
    let here = "${AWS::Region}:${AWS::AccountId}";
    let topic = arn(&format!("sns:{here}"));
    let function = arn(&format!("lambda:{here}:function"));
    let queue =
        format!("https://sqs.${{AWS::Region}}.${{AWS::URLSuffix}}/${{AWS::AccountId}}/{STACK}");
    let group = format!("/aws/lambda/{STACK}");
    let named = [
        ("alarmName", begins(&[STACK])),
        ("alarmNames", begins(&[STACK])),
        ("bucketName", vec![json!("EvidenceBucket")]),
        ("functionName", begins(&[STACK, &function])),
        (
            "keyId",
            ["JournalKey", "JournalKey.Arn", "EvidenceKey", "EvidenceKey.Arn"]
                .map(|key| json!(key))
                .into(),
        ),
        ("logGroupName", begins(&[&group])),
        ("name", begins(&[STACK])),
        ("queueUrl", begins(&[&queue])),
        ("roleName", begins(&[STACK])),
        ("rule", begins(&[STACK])),
        ("subscriptionArn", begins(&[&topic])),
        ("tableName", begins(&[STACK])),
        ("topicArn", begins(&[&topic])),
    ];
    let named = named.map(|(field, names)| json!({ "requestParameters": { field: names } }));
    json!({
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": begins(&CHANGING),
            "errorCode": [{ "exists": false }],
            "$or": named,
        },
    })
}

/// The API names that the controls give for `rule`, sorted.
fn names(rule: Rule) -> BTreeSet<&'static str> {
    let triggers = CONTROLS.iter().flat_map(|control| control.triggers);
    triggers
        .flat_map(|trigger| match (rule, trigger) {
            (Rule::LambdaChanges, Trigger::LambdaCall(name))
            | (Rule::RuleChanges, Trigger::EventsCall(name))
            | (Rule::LogGroups, Trigger::LogsCall(name)) => std::slice::from_ref(name),
            (Rule::IamChanges, Trigger::IamCalls(names))
            | (Rule::WatcherChanges, Trigger::WatcherCalls(names)) => names,
            (Rule::IamChanges, Trigger::RolePolicies) => OF_CONTAINMENTS,
            (_, _) => &[],
        })
        .copied()
        .collect()
}
