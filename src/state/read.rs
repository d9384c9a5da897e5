//! What can be read before deciding, and what that needs.

use crate::resource::{
    AlarmArn, Arn, FunctionArn, FunctionResource, IdentityPolicy, LayerVersion, RoleArn,
};
use std::fmt;

/// One thing to read before deciding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// The resource policy of one function, version or alias.
    Policy(FunctionResource),
    /// The resource policies of the function and all its versions and aliases.
    EveryPolicy(FunctionArn),
    /// The policy of a layer's version.
    LayerPolicy(LayerVersion),
    /// Configuration, tags and reserved concurrency.
    Function(FunctionArn),
    /// A log group, by name.
    LogGroup(String),
    /// An alarm of CloudWatch, and the function that it watches, if that is one.
    Alarm(AlarmArn),
    /// The URL of a function or alias.
    Url(FunctionResource),
    /// The URLs of the function and all its aliases.
    EveryUrl(FunctionArn),
    /// Provisioned concurrency.
    Provisioned(FunctionArn),
    /// Where the records of asynchronous invocations go, for every qualifier.
    Destinations(FunctionArn),
    /// Event source mappings of the function itself.
    Mappings(FunctionArn),
    /// Event source mappings of its versions and aliases too.
    EveryMapping(FunctionArn),
    /// Application Auto Scaling of provisioned concurrency.
    AutoScaling(FunctionArn),
    /// The scaling of each version on managed instances.
    Scaling(FunctionArn),
    /// Durable executions that run.
    Executions(FunctionArn),
    /// One EventBridge rule of the default bus, with its targets.
    Rule(Arn),
    /// The EventBridge rules whose target a function is.
    RulesOf(FunctionArn),
    /// Who else can use the execution role, in every Region.
    RoleUse(FunctionArn, RoleArn),
    /// The execution role's permissions boundary.
    Boundary(FunctionArn, RoleArn),
    /// Roles that the function assumed lately.
    AssumedRoles(FunctionArn),
    /// A role of functions of this Region, by its name, with all its policies.
    ExecutionRole(RoleArn),
    /// A managed policy with all its versions, and such roles that have it.
    ManagedPolicy(Arn),
    /// All such roles.
    ExecutionRoles,
    /// Whether its code has to be signed.
    Signing(FunctionArn),
    /// What becomes of loops of calls to itself.
    Recursion(FunctionArn),
    /// What it is, and what it was when its last accepted change was made.
    Snapshot(FunctionArn),
    /// The policies of its role and of the one it had before, where that is another one. The journal
    /// knows which, and what `Snapshot` found is needed: it stands before this, and is read first.
    SwappedRoles(FunctionArn),
    /// Where an alias leads, and where it led.
    Alias(FunctionResource),
    /// Where an alias led.
    KnownAlias(FunctionResource),
    /// What an event source mapping invokes, and what it invoked; and the function that the event
    /// names.
    Mapping(Arn, FunctionArn),
    /// What an event source mapping invoked.
    KnownMapping(Arn, FunctionArn),
    /// What an identity policy says.
    IdentityPolicy(IdentityPolicy),
    /// The access keys of a user, whose path need not be known.
    AccessKeys(Arn),
    /// How the settings that containment turned stand now. The journal knows which.
    Containment(FunctionArn),
    /// The same, of the function of an incident.
    ContainmentOf(String),
    /// A finding of GuardDuty on a function, as it stands now.
    Threat(Arn),
    /// A network interface, and the functions that can be behind it.
    Interface(Arn),
    /// What credentials of the function usually do.
    Baseline(FunctionArn),
    /// Where an access key of the function was used lately.
    KeyUses(FunctionArn, String),
    /// Something that watches the account.
    Watcher(WatcherRead),
}

/// What is read of the watchers of the account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WatcherRead {
    /// One trail.
    Trail(Arn),
    /// Every trail that records this account here.
    Trails,
    /// How a trail was when it was last found in order. The journal knows.
    Snapshot(Arn),
    /// A recorder of AWS Config.
    Recorder(Arn),
    /// A detector of GuardDuty.
    Detector(Arn),
    /// X-Ray's encryption.
    Traces,
}

impl WatcherRead {
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html>
    const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::Trail(_) => &[
                "cloudtrail:GetEventSelectors",
                "cloudtrail:GetTrail",
                "cloudtrail:GetTrailStatus",
            ],
            Self::Trails => &[
                "cloudtrail:DescribeTrails",
                "cloudtrail:GetEventSelectors",
                "cloudtrail:GetTrailStatus",
            ],
            Self::Snapshot(_) => &[],
            Self::Recorder(_) => &["config:DescribeConfigurationRecorderStatus"],
            Self::Detector(_) => &["guardduty:GetDetector"],
            Self::Traces => &["xray:GetEncryptionConfig"],
        }
    }
}

impl fmt::Display for WatcherRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trail(trail) => write!(f, "the trail `{}`", trail.name()),
            Self::Trails => f.write_str("the trails of the account"),
            Self::Snapshot(trail) => write!(f, "the snapshot of the trail `{}`", trail.name()),
            Self::Recorder(recorder) => write!(f, "the recorder `{}`", recorder.name()),
            Self::Detector(detector) => write!(f, "the detector `{}`", detector.name()),
            Self::Traces => f.write_str("the encryption of traces"),
        }
    }
}

/// What reading the policies of a role needs.
const POLICIES: &[&str] = &[
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
];

/// What reading an execution role needs.
const ROLE: &[&str] = &[
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "lambda:ListFunctions",
];

impl Read {
    /// Whether the journal tells it, or has to be asked first.
    pub const fn is_in_the_journal(&self) -> bool {
        matches!(
            self,
            Self::Snapshot(_)
                | Self::SwappedRoles(_)
                | Self::Alias(_)
                | Self::KnownAlias(_)
                | Self::Mapping(_, _)
                | Self::KnownMapping(_, _)
                | Self::Containment(_)
                | Self::ContainmentOf(_)
                | Self::Baseline(_)
                | Self::Watcher(WatcherRead::Snapshot(_))
        )
    }

    /// The IAM actions it needs, its fallback included. The role in `template.yaml` is held against
    /// them. <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>
    pub const fn permissions(&self) -> &'static [&'static str] {
        match self {
            Self::Policy(_) => &["lambda:GetResourcePolicy", "lambda:GetPolicy"],
            Self::EveryPolicy(_) => &[
                "lambda:GetResourcePolicy",
                "lambda:GetPolicy",
                "lambda:ListAliases",
                "lambda:ListVersionsByFunction",
            ],
            Self::LayerPolicy(_) => &["lambda:GetLayerVersionPolicy"],
            // Without ListTags the answer comes without tags.
            Self::Function(_) => &["lambda:GetFunction", "lambda:ListTags"],
            Self::LogGroup(_) => &["logs:DescribeLogGroups"],
            // Composite alarms are told to whoever may describe every alarm:
            // <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
            Self::Alarm(_) => {
                &["cloudwatch:DescribeAlarms", "lambda:GetFunction", "lambda:ListTags"]
            }
            Self::Url(_) => &["lambda:GetFunctionUrlConfig"],
            Self::EveryUrl(_) => &["lambda:ListFunctionUrlConfigs"],
            Self::Provisioned(_) => &["lambda:ListProvisionedConcurrencyConfigs"],
            Self::Destinations(_) => &["lambda:ListFunctionEventInvokeConfigs"],
            Self::Mappings(_) | Self::EveryMapping(_) => &["lambda:ListEventSourceMappings"],
            Self::AutoScaling(_) => &["application-autoscaling:DescribeScalableTargets"],
            Self::Scaling(_) => {
                &["lambda:ListVersionsByFunction", "lambda:GetFunctionScalingConfig"]
            }
            Self::Executions(_) => &["lambda:ListDurableExecutionsByFunction"],
            Self::Rule(_) => &["events:DescribeRule", "events:ListTargetsByRule"],
            Self::RulesOf(_) => {
                &["events:DescribeRule", "events:ListRuleNamesByTarget", "events:ListTargetsByRule"]
            }
            Self::RoleUse(_, _) => &["account:ListRegions", "iam:GetRole", "lambda:ListFunctions"],
            Self::Boundary(_, _) => &["iam:GetRole", "iam:GetPolicy", "iam:GetPolicyVersion"],
            Self::AssumedRoles(_) => &["cloudtrail:LookupEvents", "lambda:GetFunction"],
            Self::ExecutionRole(_) | Self::ExecutionRoles => ROLE,
            Self::ManagedPolicy(_) => &[
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListEntitiesForPolicy",
                "iam:ListPolicyVersions",
                "iam:ListRolePolicies",
                "lambda:ListFunctions",
            ],
            Self::Signing(_) => {
                &["lambda:GetFunctionCodeSigningConfig", "lambda:GetCodeSigningConfig"]
            }
            Self::Recursion(_) => &["lambda:GetFunctionRecursionConfig"],
            // What signs its code is looked up when it is seen for the first time.
            Self::Snapshot(_) => &[
                "lambda:GetFunction",
                "lambda:ListTags",
                "lambda:GetFunctionCodeSigningConfig",
                "lambda:GetCodeSigningConfig",
            ],
            Self::SwappedRoles(_) => POLICIES,
            // The function, and the versions that it led to, where it leads elsewhere now.
            Self::Alias(_) => &[
                "lambda:GetAlias",
                "lambda:GetFunction",
                "lambda:GetFunctionConfiguration",
                "lambda:ListTags",
            ],
            // The same of a mapping: what it invoked may be an alias.
            Self::Mapping(_, _) => &[
                "lambda:GetEventSourceMapping",
                "lambda:GetFunction",
                "lambda:GetFunctionConfiguration",
                "lambda:ListTags",
            ],
            Self::KnownAlias(_) | Self::KnownMapping(_, _) | Self::Baseline(_) => &[],
            // Of inline policies one of the three, by whose they are.
            Self::IdentityPolicy(IdentityPolicy::Managed(_)) => {
                &["iam:GetPolicy", "iam:GetPolicyVersion"]
            }
            Self::IdentityPolicy(IdentityPolicy::Inline { .. }) => {
                &["iam:GetGroupPolicy", "iam:GetRolePolicy", "iam:GetUserPolicy"]
            }
            Self::AccessKeys(_) => &["iam:ListAccessKeys"],
            // What each remediation needs to look at its setting, it declares itself.
            Self::Containment(_) | Self::ContainmentOf(_) => &[],
            Self::Threat(_) => &["guardduty:GetFindings"],
            Self::Interface(_) => &["ec2:DescribeNetworkInterfaces", "lambda:ListFunctions"],
            Self::KeyUses(_, _) => &["cloudtrail:LookupEvents"],
            Self::Watcher(read) => read.permissions(),
        }
    }
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(resource) => write!(f, "the resource policy of {resource}"),
            Self::EveryPolicy(_) => {
                f.write_str("the resource policies of its versions and aliases")
            }
            Self::LayerPolicy(layer) => write!(f, "the policy of {layer}"),
            Self::Function(_) => f.write_str("its configuration"),
            Self::LogGroup(_) => f.write_str("its log group"),
            Self::Alarm(alarm) => write!(f, "the alarm `{}`", alarm.name()),
            Self::Url(resource) => write!(f, "the URL of {resource}"),
            Self::EveryUrl(_) => f.write_str("its URLs"),
            Self::Provisioned(_) => f.write_str("its provisioned concurrency"),
            Self::Destinations(_) => f.write_str("its failure destinations"),
            Self::Mappings(_) | Self::EveryMapping(_) => f.write_str("its event source mappings"),
            Self::AutoScaling(_) => f.write_str("its auto scaling"),
            Self::Scaling(_) => f.write_str("its scaling on managed instances"),
            Self::Executions(_) => f.write_str("its durable executions"),
            Self::Rule(rule) => write!(f, "rule `{}`", rule.name()),
            Self::RulesOf(_) => f.write_str("the rules that invoke it"),
            Self::RoleUse(_, role) => write!(f, "who else uses role `{}`", role.name()),
            Self::Boundary(_, role) => write!(f, "the boundary of role `{}`", role.name()),
            Self::AssumedRoles(_) => f.write_str("the roles it assumed"),
            Self::ExecutionRole(role) => write!(f, "the policies of role `{}`", role.name()),
            Self::ManagedPolicy(policy) => write!(f, "who has policy `{policy}`"),
            Self::ExecutionRoles => f.write_str("the roles of all functions"),
            Self::Signing(_) => f.write_str("whether its code has to be signed"),
            Self::Recursion(_) => f.write_str("whether it may call itself in a loop"),
            Self::IdentityPolicy(policy) => write!(f, "the policy {policy}"),
            Self::AccessKeys(user) => write!(f, "the access keys of {user}"),
            Self::Snapshot(_) => f.write_str("its configuration, and what it was before"),
            Self::SwappedRoles(_) => f.write_str("the policies of its role and of the one before"),
            Self::Alias(alias) | Self::KnownAlias(alias) => write!(f, "where {alias} leads"),
            Self::Mapping(mapping, _) | Self::KnownMapping(mapping, _) => {
                write!(f, "what mapping {} invokes", mapping.name())
            }
            Self::Containment(_) | Self::ContainmentOf(_) => f.write_str("its containment"),
            Self::Threat(_) => f.write_str("what GuardDuty says of it now"),
            Self::Interface(interface) => write!(f, "network interface `{}`", interface.name()),
            Self::KeyUses(_, _) => f.write_str("where its access key was used"),
            Self::Baseline(_) => f.write_str("what its credentials usually do"),
            Self::Watcher(read) => read.fmt(f),
        }
    }
}
