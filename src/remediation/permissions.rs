//! The IAM actions a remediation and its way back need, fallbacks and guards included. The roles in
//! `template.yaml` are held against them.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>

use super::Remediation;
use crate::setting::PutBack;

/// Application Auto Scaling checks with whoever registers a target whether they may do themselves
/// what it will do for them.
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html>
const REGISTER_TARGET: &[&str] = &[
    "application-autoscaling:RegisterScalableTarget",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
    "lambda:DeleteProvisionedConcurrencyConfig",
    "lambda:GetProvisionedConcurrencyConfig",
    "lambda:PutProvisionedConcurrencyConfig",
];

const WRITE_INVOKE_CONFIG: &[&str] = &[
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:UpdateFunctionEventInvokeConfig",
    "lambda:DeleteFunctionEventInvokeConfig",
];

/// What turning a setting needs, and what turning it back does.
struct Turning {
    there: &'static [&'static str],
    back: &'static [&'static str],
}

impl Turning {
    /// The same call turns it and turns it back.
    const fn alike(both: &'static [&'static str]) -> Self {
        Self { there: both, back: both }
    }
}

impl Remediation {
    /// What applying it, and applying it again, needs.
    pub fn permissions(&self) -> Vec<&'static str> {
        [self.look_permissions(), self.turning().there].concat()
    }

    /// What taking it back needs.
    pub fn undo_permissions(&self) -> Vec<&'static str> {
        [self.look_permissions(), self.turning().back].concat()
    }

    /// What looking at its setting needs.
    const fn look_permissions(&self) -> &'static [&'static str] {
        match self {
            Self::RedirectFailures { .. } | Self::RemoveDestinations { .. } => {
                &["lambda:GetFunctionEventInvokeConfig"]
            }
            Self::RemoveDeadLetterTarget { .. } => &["lambda:GetFunctionConfiguration"],
            Self::DisableMapping { .. } | Self::RemoveMappingDestination { .. } => {
                &["lambda:GetEventSourceMapping"]
            }
            Self::DenyRole { .. } => &["iam:GetRole", "iam:GetRolePolicy"],
            Self::BoundRole { .. } => &["iam:GetRole"],
            Self::SuspendAutoScaling { .. } => &["application-autoscaling:DescribeScalableTargets"],
            Self::DeleteProvisionedConcurrency { .. } => {
                &["lambda:ListProvisionedConcurrencyConfigs"]
            }
            Self::StopFunction { .. } | Self::CapConcurrency { .. } => {
                &["lambda:GetFunctionConcurrency"]
            }
            Self::StopInstances { .. } => &["lambda:GetFunctionScalingConfig"],
            Self::PauseExecution { .. } => &["lambda:GetDurableExecution"],
            Self::HardenFunctionUrl { .. } => &["lambda:GetFunctionUrlConfig"],
            Self::RestoreConfiguration { change, .. } => match change {
                PutBack::Signing { .. } => &["lambda:GetFunctionCodeSigningConfig"],
                PutBack::Recursion => &["lambda:GetFunctionRecursionConfig"],
                PutBack::Alias { .. } => &["lambda:GetAlias"],
                PutBack::Mapping { .. } => &["lambda:GetEventSourceMapping"],
                PutBack::Retention { .. } => &["logs:DescribeLogGroups"],
                PutBack::Role { .. }
                | PutBack::Handler { .. }
                | PutBack::Layers { .. }
                | PutBack::Logging { .. }
                | PutBack::Variable { .. }
                | PutBack::Vpc { .. } => &["lambda:GetFunctionConfiguration"],
            },
            Self::ReplaceResourcePolicy(_) => &["lambda:GetResourcePolicy", "lambda:GetPolicy"],
            Self::RestoreRole(restore) => restore.look_permissions(),
            Self::SwitchRule { .. } => &["events:DescribeRule"],
            Self::UnshareLayer { .. } => &["lambda:GetLayerVersionPolicy"],
            Self::DeactivateAccessKey { .. } => &["iam:ListAccessKeys"],
            Self::TagFunction { .. } => &["lambda:ListTags"],
            Self::Watch(watching) => watching.look_permissions(),
        }
    }

    const fn turning(&self) -> Turning {
        match self {
            Self::RedirectFailures { .. } | Self::RemoveDestinations { .. } => {
                Turning::alike(WRITE_INVOKE_CONFIG)
            }
            Self::RemoveDeadLetterTarget { .. } => {
                Turning::alike(&["lambda:UpdateFunctionConfiguration"])
            }
            Self::DisableMapping { .. } | Self::RemoveMappingDestination { .. } => {
                Turning::alike(&["lambda:UpdateEventSourceMapping"])
            }
            Self::DenyRole { .. } => {
                Turning { there: &["iam:PutRolePolicy"], back: &["iam:DeleteRolePolicy"] }
            }
            Self::BoundRole { .. } => Turning {
                there: &[
                    "iam:CreatePolicy",
                    "iam:GetPolicy",
                    "iam:GetPolicyVersion",
                    "iam:PutRolePermissionsBoundary",
                ],
                back: &[
                    "iam:PutRolePermissionsBoundary",
                    "iam:DeleteRolePermissionsBoundary",
                    "iam:DeletePolicy",
                ],
            },
            Self::SuspendAutoScaling { .. } => Turning::alike(REGISTER_TARGET),
            Self::DeleteProvisionedConcurrency { .. } => Turning {
                there: &["lambda:DeleteProvisionedConcurrencyConfig"],
                back: &["lambda:PutProvisionedConcurrencyConfig"],
            },
            Self::StopFunction { .. } | Self::CapConcurrency { .. } => Turning {
                there: &["lambda:PutFunctionConcurrency"],
                back: &["lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"],
            },
            Self::StopInstances { .. } => Turning::alike(&["lambda:PutFunctionScalingConfig"]),
            Self::PauseExecution { .. } => Turning {
                there: &["lambda:PauseDurableExecution"],
                back: &["lambda:ResumeDurableExecution"],
            },
            Self::HardenFunctionUrl { .. } => Turning::alike(&["lambda:UpdateFunctionUrlConfig"]),
            Self::RestoreConfiguration { change: PutBack::Signing { .. }, .. } => Turning {
                there: &["lambda:PutFunctionCodeSigningConfig"],
                back: &[
                    "lambda:PutFunctionCodeSigningConfig",
                    "lambda:DeleteFunctionCodeSigningConfig",
                ],
            },
            Self::RestoreConfiguration { change, .. } => Turning::alike(match change {
                PutBack::Recursion => &["lambda:PutFunctionRecursionConfig"],
                PutBack::Alias { .. } => &["lambda:UpdateAlias"],
                PutBack::Mapping { .. } => &["lambda:UpdateEventSourceMapping"],
                PutBack::Retention { .. } => &["logs:PutRetentionPolicy"],
                PutBack::Handler { .. }
                | PutBack::Variable { .. }
                | PutBack::Logging { .. }
                | PutBack::Signing { .. } => &["lambda:UpdateFunctionConfiguration"],
                // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
                PutBack::Role { .. } => &["lambda:UpdateFunctionConfiguration", "iam:PassRole"],
                // https://docs.aws.amazon.com/lambda/latest/dg/permissions-user-layer.html
                PutBack::Layers { .. } => {
                    &["lambda:UpdateFunctionConfiguration", "lambda:GetLayerVersion"]
                }
                // Lambda looks them up as whoever asks:
                // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
                PutBack::Vpc { .. } => &[
                    "lambda:UpdateFunctionConfiguration",
                    "ec2:DescribeSecurityGroups",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                ],
            }),
            // PutResourcePolicy also needs the two permissions it supersedes:
            // https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
            Self::ReplaceResourcePolicy(_) => Turning {
                there: &[
                    "lambda:PutResourcePolicy",
                    "lambda:DeleteResourcePolicy",
                    "lambda:AddPermission",
                    "lambda:RemovePermission",
                ],
                back: &[
                    "lambda:PutResourcePolicy",
                    "lambda:AddPermission",
                    "lambda:RemovePermission",
                ],
            },
            Self::RestoreRole(restore) => Turning { there: restore.there(), back: restore.back() },
            // A state that only a whole rule can be put into is only put back.
            Self::SwitchRule { .. } => Turning {
                there: &["events:DisableRule", "events:EnableRule"],
                back: &["events:DisableRule", "events:EnableRule", "events:PutRule"],
            },
            Self::UnshareLayer { .. } => Turning {
                there: &["lambda:RemoveLayerVersionPermission"],
                back: &["lambda:AddLayerVersionPermission"],
            },
            Self::DeactivateAccessKey { .. } => Turning::alike(&["iam:UpdateAccessKey"]),
            Self::TagFunction { .. } => {
                Turning { there: &["lambda:TagResource"], back: &["lambda:UntagResource"] }
            }
            Self::Watch(watching) => {
                Turning { there: watching.permissions(), back: watching.undo_permissions() }
            }
        }
    }
}
