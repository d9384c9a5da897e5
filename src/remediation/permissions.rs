//! The IAM actions a remediation and its way back need, fallbacks and guards included. The roles in
//! `template.yaml` are held against them.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>

use super::Remediation;

/// Application Auto Scaling checks with whoever registers a target whether they may do themselves
/// what it will do for them.
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html>
const AUTO_SCALING: &[&str] = &[
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:RegisterScalableTarget",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
    "lambda:DeleteProvisionedConcurrencyConfig",
    "lambda:GetProvisionedConcurrencyConfig",
    "lambda:PutProvisionedConcurrencyConfig",
];

impl Remediation {
    /// What applying it, and applying it again, needs.
    pub const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::RedirectFailures { .. } => &[
                "lambda:GetFunctionEventInvokeConfig",
                "lambda:PutFunctionEventInvokeConfig",
                "lambda:UpdateFunctionEventInvokeConfig",
                "lambda:DeleteFunctionEventInvokeConfig",
            ],
            Self::RemoveDeadLetterTarget { .. } => {
                &["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
            }
            Self::DisableMapping { .. } => {
                &["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"]
            }
            Self::DenyRole { .. } => &["iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy"],
            Self::BoundRole { .. } => &[
                "iam:CreatePolicy",
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:GetRole",
                "iam:PutRolePermissionsBoundary",
            ],
            Self::SuspendAutoScaling { .. } => AUTO_SCALING,
            Self::DeleteProvisionedConcurrency { .. } => &[
                "lambda:DeleteProvisionedConcurrencyConfig",
                "lambda:ListProvisionedConcurrencyConfigs",
            ],
            Self::StopFunction { .. } => {
                &["lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency"]
            }
            Self::StopInstances { .. } => {
                &["lambda:GetFunctionScalingConfig", "lambda:PutFunctionScalingConfig"]
            }
            Self::PauseExecution { .. } => {
                &["lambda:GetDurableExecution", "lambda:PauseDurableExecution"]
            }
            Self::HardenFunctionUrl { .. } => {
                &["lambda:GetFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"]
            }
            // PutResourcePolicy also needs the two permissions it supersedes:
            // https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
            Self::ReplaceResourcePolicy(_) => &[
                "lambda:GetResourcePolicy",
                "lambda:GetPolicy",
                "lambda:PutResourcePolicy",
                "lambda:DeleteResourcePolicy",
                "lambda:AddPermission",
                "lambda:RemovePermission",
            ],
            Self::TagFunction { .. } => &["lambda:ListTags", "lambda:TagResource"],
        }
    }

    /// What taking it back needs.
    pub const fn undo_permissions(&self) -> &'static [&'static str] {
        match self {
            Self::RedirectFailures { .. } => &[
                "lambda:GetFunctionEventInvokeConfig",
                "lambda:PutFunctionEventInvokeConfig",
                "lambda:UpdateFunctionEventInvokeConfig",
                "lambda:DeleteFunctionEventInvokeConfig",
            ],
            Self::RemoveDeadLetterTarget { .. } => {
                &["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
            }
            Self::DisableMapping { .. } => {
                &["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"]
            }
            Self::DenyRole { .. } => &["iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy"],
            Self::BoundRole { .. } => &[
                "iam:GetRole",
                "iam:PutRolePermissionsBoundary",
                "iam:DeleteRolePermissionsBoundary",
                "iam:DeletePolicy",
            ],
            Self::SuspendAutoScaling { .. } => AUTO_SCALING,
            Self::DeleteProvisionedConcurrency { .. } => &[
                "lambda:ListProvisionedConcurrencyConfigs",
                "lambda:PutProvisionedConcurrencyConfig",
            ],
            Self::StopFunction { .. } => &[
                "lambda:GetFunctionConcurrency",
                "lambda:PutFunctionConcurrency",
                "lambda:DeleteFunctionConcurrency",
            ],
            Self::StopInstances { .. } => {
                &["lambda:GetFunctionScalingConfig", "lambda:PutFunctionScalingConfig"]
            }
            Self::PauseExecution { .. } => {
                &["lambda:GetDurableExecution", "lambda:ResumeDurableExecution"]
            }
            Self::HardenFunctionUrl { .. } => {
                &["lambda:GetFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"]
            }
            Self::ReplaceResourcePolicy(_) => &[
                "lambda:GetResourcePolicy",
                "lambda:GetPolicy",
                "lambda:PutResourcePolicy",
                "lambda:AddPermission",
                "lambda:RemovePermission",
            ],
            Self::TagFunction { .. } => &["lambda:ListTags", "lambda:UntagResource"],
        }
    }
}
