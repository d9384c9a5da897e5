//! What execution roles write on every resource for good reasons: the actions of the policies that
//! AWS manages for them. A role that gains these gains nothing that is worth telling.
//! Refuses wildcards of a policy that reach further than the list.
//! Policies: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html#permissions-executionrole-features>.

use super::access;

/// Actions that belong together, and why execution roles have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsualActions {
    /// The actions.
    pub actions: &'static [&'static str],
    /// Why.
    pub reason: &'static str,
    /// The page that says so.
    pub source: &'static str,
}

/// The actions that do more than reading; reads are never told.
pub const USUAL_ACTIONS: [UsualActions; 7] = [
    UsualActions {
        actions: &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        reason: "every function writes its log, and the managed policies name no group",
        source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html",
    },
    UsualActions {
        actions: &["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        reason: "traces are no resources of their own: the actions take no other resource",
        source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXRayDaemonWriteAccess.html",
    },
    UsualActions {
        actions: &[
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ],
        reason: "a function in a VPC has network interfaces there, which Lambda makes with its role",
        source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html",
    },
    UsualActions {
        actions: &["sqs:DeleteMessage"],
        reason: "Lambda reads a queue with the role, and deletes what the function has handled",
        source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html",
    },
    UsualActions {
        actions: &["kinesis:SubscribeToShard"],
        reason: "Lambda reads a stream with enhanced fan-out, which no verb of reading tells",
        source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaKinesisExecutionRole.html",
    },
    UsualActions {
        actions: &["lambda:CheckpointDurableExecution"],
        reason: "a durable function saves how far it has come",
        source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicDurableExecutionRolePolicy.html",
    },
    UsualActions {
        actions: &["s3-object-lambda:WriteGetObjectResponse"],
        reason: "a function behind S3 Object Lambda gives its answer with it",
        source: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonS3ObjectLambdaExecutionRolePolicy.html",
    },
];

/// What is usual: the list above, and what an operator adds to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usual<'a> {
    /// Action patterns that are usual too.
    pub more: &'a [String],
}

impl Usual<'_> {
    /// Whether all that the action pattern grants is usual.
    pub(super) fn holds(&self, pattern: &str) -> bool {
        let listed = USUAL_ACTIONS.iter().flat_map(|usual| usual.actions).copied();
        listed.chain(self.more.iter().map(String::as_str)).any(|of| access::includes(of, pattern))
    }
}
