//! What an action pattern of an identity policy grants: everything, a service, writes or only reads.
//! Reads are told by their verb, which is a heuristic: the few actions that AWS classes otherwise
//! than their verb says are not known here.
//! Levels: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>.

use crate::iam::pattern::{self, covers, glob};

/// How much of a service an action pattern grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Every action of every service.
    Everything,
    /// Every action of the service.
    Full,
    /// At least one action that does more than reading.
    Write,
    /// Only actions that read.
    Read,
    /// It is no action.
    Nothing,
}

/// Any action there may be, as a pattern.
const ANY: &str = "?*:?*";

/// What actions of the levels List and Read begin with: verbs, and some whole names whose verb does
/// not tell (`CheckoutLicense` and `IssueCertificate` write). What is in doubt is left out: it counts
/// as a write.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const READS: [&str; 34] = [
    "adminget",
    "adminlist",
    "batchcheck",
    "batchdescribe",
    "batchget",
    "batchread",
    "count",
    "decodeauthorizationmessage",
    "describe",
    "discoverinstances",
    "downloaddblogfileportion",
    "estimate",
    "filter",
    "generatecredentialreport",
    "generateservicelastaccesseddetails",
    "get",
    "head",
    "isauthorized",
    "ismemberingroups",
    "list",
    "lookup",
    "partiqlselect",
    "preview",
    "query",
    "read",
    "receivemessage",
    "scan",
    "search",
    "select",
    "simulate",
    "testeventpattern",
    "validatepolicy",
    "validatetemplate",
    "view",
];

/// Actions that write, for witnesses: of the services that matter most, the worst first.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const WRITES: [&str; 62] = [
    "iam:CreateAccessKey",
    "iam:CreateUser",
    "iam:AttachRolePolicy",
    "iam:PassRole",
    "sts:AssumeRole",
    "lambda:UpdateFunctionCode",
    "lambda:AddPermission",
    "lambda:InvokeFunction",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:PutBucketPolicy",
    "s3:CreateBucket",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
    "dynamodb:UpdateItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteTable",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "ec2:CreateNetworkInterface",
    "ec2:AuthorizeSecurityGroupIngress",
    "kms:Decrypt",
    "kms:ScheduleKeyDeletion",
    "kms:CreateGrant",
    "secretsmanager:PutSecretValue",
    "secretsmanager:DeleteSecret",
    "ssm:PutParameter",
    "ssm:SendCommand",
    "sqs:SendMessage",
    "sqs:DeleteQueue",
    "sns:Publish",
    "sns:DeleteTopic",
    "logs:PutLogEvents",
    "logs:DeleteLogGroup",
    "cloudwatch:PutMetricData",
    "cloudwatch:DeleteAlarms",
    "cloudtrail:StopLogging",
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "events:PutRule",
    "events:PutEvents",
    "states:StartExecution",
    "rds:DeleteDBInstance",
    "redshift:DeleteCluster",
    "kinesis:PutRecord",
    "firehose:PutRecord",
    "ecr:PutImage",
    "ecs:RunTask",
    "eks:CreateCluster",
    "elasticfilesystem:DeleteFileSystem",
    "es:ESHttpPut",
    "glue:CreateJob",
    "athena:StartQueryExecution",
    "codebuild:StartBuild",
    "apigateway:PUT",
    "execute-api:Invoke",
    "route53:ChangeResourceRecordSets",
    "cloudfront:UpdateDistribution",
    "cognito-idp:AdminCreateUser",
    "organizations:LeaveOrganization",
    "xray:PutTraceSegments",
    "bedrock:InvokeModel",
];

/// The service an action pattern speaks of, in lower case and perhaps a pattern itself, and how much
/// of it. Neither service nor action has a case:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
pub fn access(pattern: &str) -> (String, Level) {
    let pattern = pattern.to_ascii_lowercase();
    if covers(&pattern, ANY) {
        return ("*".to_owned(), Level::Everything);
    }
    let Some((service, name)) = pattern.split_once(':') else {
        // A wildcard may stand for the colon too.
        return match pattern.split_once('*') {
            None => (pattern, Level::Nothing),
            Some((before, "")) => (format!("{before}*"), Level::Full),
            Some((before, _)) => (format!("{before}*"), Level::Write),
        };
    };
    let level = if covers(name, "?*") {
        Level::Full
    } else if reads(name) {
        Level::Read
    } else if name.is_empty() {
        Level::Nothing
    } else {
        Level::Write
    };
    (service.to_owned(), level)
}

/// Whether everything that the name stands for reads.
fn reads(name: &str) -> bool {
    let literal = name.split(['*', '?']).next().unwrap_or_default();
    READS.iter().any(|verb| literal.starts_with(verb))
}

/// Whether the pattern matches the action.
pub fn matches(pattern: &str, action: &str) -> bool {
    glob(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// Whether the pattern provably matches every action of the service.
pub fn covers_service(pattern: &str, service: &str) -> bool {
    covers(&pattern.to_ascii_lowercase(), &format!("{service}:?*"))
}

/// Whether the outer pattern provably matches every action that the inner one matches.
pub fn includes(outer: &str, inner: &str) -> bool {
    let (outer, inner) = (outer.to_ascii_lowercase(), inner.to_ascii_lowercase());
    covers(&outer, &inner) || covers(&outer, ANY)
}

/// Whether provably no action matches both patterns.
pub fn disjoint(one: &str, other: &str) -> bool {
    pattern::disjoint(&one.to_ascii_lowercase(), &other.to_ascii_lowercase())
}

/// Known actions that write.
pub fn known_writes() -> impl Iterator<Item = &'static str> {
    WRITES.into_iter()
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
