//! The APIs that functions call. Each is one that CloudTrail records as a management event.

/// What functions call.
pub const APIS: [&str; 56] = [
    "acm:DescribeCertificate",
    "appconfig:StartConfigurationSession",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StartQueryExecution",
    "autoscaling:DescribeAutoScalingGroups",
    "backup:StartBackupJob",
    "batch:SubmitJob",
    "bedrock:InvokeModel",
    "cloudformation:DescribeStacks",
    "cognito-idp:AdminGetUser",
    "cognito-idp:ListUsers",
    "dynamodb:DescribeTable",
    "dynamodb:UpdateTable",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ecs:DescribeTasks",
    "ecs:RunTask",
    "elasticache:DescribeCacheClusters",
    "elasticloadbalancing:DescribeTargetHealth",
    "events:DescribeRule",
    "firehose:DescribeDeliveryStream",
    "glue:GetTable",
    "glue:StartJobRun",
    "kinesis:DescribeStreamSummary",
    "kinesis:ListShards",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "lambda:GetFunctionConfiguration",
    "lambda:ListTags",
    "logs:StartQuery",
    "monitoring:DescribeAlarms",
    "rds:DescribeDBInstances",
    "redshift-data:ExecuteStatement",
    "redshift-data:GetStatementResult",
    "rekognition:DetectLabels",
    "route53:ListResourceRecordSets",
    "s3:GetBucketLocation",
    "s3:ListBuckets",
    "sagemaker:InvokeEndpoint",
    "scheduler:CreateSchedule",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "servicediscovery:DiscoverInstances",
    "ses:SendEmail",
    "sns:GetTopicAttributes",
    "sqs:GetQueueAttributes",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "states:DescribeExecution",
    "states:StartExecution",
    "sts:GetCallerIdentity",
    "textract:DetectDocumentText",
];

/// What nearly every function begins with.
pub const USUAL: [&str; 6] = [
    "kms:Decrypt",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParametersByPath",
    "states:StartExecution",
    "sts:GetCallerIdentity",
];

/// What a helper's job is, as it is declared.
pub const HELPS: [&str; 4] =
    ["iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"];

/// What an auditor reads.
pub const AUDITS: [&str; 3] = ["iam:ListUsers", "iam:GetRole", "iam:ListAttachedRolePolicies"];
