//! What controls can be told, one type a control.

use super::{ArnPattern, Concurrency, Day, Hours, Pattern, RuleRemediations};
use crate::{
    finding::Score,
    iam::TrustedNetwork,
    resource::{AccountId, Arn},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A control that takes no parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Parameters of `function-policy.dangerous-action`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FunctionPolicyDangerousAction {
    /// Trusted accounts that may be granted more than invoking.
    pub deployer_accounts: BTreeSet<AccountId>,
}

/// Parameters of `layer-policy.public`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct LayerPolicyPublic {
    /// Layers that are meant for everybody, by name or ARN pattern.
    pub published: Vec<Pattern>,
}

/// Parameters of `invocation.unauthorized`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct InvocationUnauthorized {
    /// The functions that declare who may invoke them. Others are not looked at.
    pub functions: Vec<DeclaredInvokers>,
}

/// Who may invoke some functions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredInvokers {
    /// The functions.
    pub function: Pattern,
    /// Service principals such as `s3.amazonaws.com`.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<crate::resource::form::Service>"))]
    pub services: BTreeSet<String>,
    /// ARN patterns of roles and users.
    #[serde(default)]
    pub principals: Vec<Pattern>,
    /// Whole accounts.
    #[serde(default)]
    pub accounts: BTreeSet<AccountId>,
    /// Stop the function where no statement of its policy let the caller in.
    #[serde(default)]
    pub stop: bool,
}

/// Parameters of `invocation.unusual`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct InvocationUnusual {
    /// The functions that declare when and from where they are invoked. Others are not looked at.
    pub functions: Vec<UsualInvocations>,
}

/// When and from where some functions are invoked. What is left out may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UsualInvocations {
    /// The functions.
    pub function: Pattern,
    /// Blocks of addresses as `198.51.100.0/24`, and VPC endpoints as `vpce-...`. Services of AWS have no
    /// address, and are not held against them.
    #[serde(default)]
    pub networks: BTreeSet<TrustedNetwork>,
    /// The Regions in which they are invoked.
    #[serde(default)]
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<super::form::Region>"))]
    pub regions: BTreeSet<String>,
    /// Hours of the day, in UTC, such as `06:00-20:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Days of the week. Hours that go over midnight belong to the day on which they begin.
    #[serde(default)]
    pub days: BTreeSet<Day>,
    /// Let at most so many run at the same time from then on, at least 1. Left out: it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Concurrency>,
}

/// Parameters of `metric.anomaly`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MetricAnomaly {
    /// What answers which alarms: the first entry that means both the alarm and its function. Other
    /// alarms are not looked at.
    pub alarms: Vec<AnsweredAlarms>,
}

/// What answers some alarms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnsweredAlarms {
    /// The alarms, by name; `?` stands for a space.
    pub alarm: Pattern,
    /// The functions. Left out: whichever function the alarm watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<Pattern>,
    /// Let at most so many of the function run at the same time, at least 1. Left out: it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Concurrency>,
    /// Contain the function instead. Whoever may call `cloudwatch:SetAlarmState` can bring that about.
    #[serde(default)]
    pub stop: bool,
}

/// Parameters of `execution-role.overbroad`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ExecutionRoleOverbroad {
    /// Roles that may gain whatever they are given, such as those of deployers, by name or ARN pattern.
    pub roles: Vec<Pattern>,
    /// Actions that may be given on every resource, with `*` for any characters.
    #[cfg_attr(feature = "cli", schemars(with = "Vec<super::form::ActionPattern>"))]
    pub usual: Vec<String>,
}

/// Parameters of `execution-role.trust-widened`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ExecutionRoleTrustWidened {
    /// Roles that others may assume, by name or ARN pattern.
    pub roles: Vec<Pattern>,
    /// Who may assume the role of any function beside AWS Lambda, as trust policies name them: account
    /// ids, ARN patterns, services.
    pub trusted: Vec<Pattern>,
}

/// Parameters of `trail.lambda-data-events-off`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TrailLambdaDataEventsOff {
    /// Lambda's data events have to be recorded: each change of a trail is held against that. Else
    /// only a change that ends their recording is found.
    pub required: bool,
    /// ARN patterns of roles and users who may end their recording.
    pub deployers: Vec<Pattern>,
}

/// Parameters of `trail.stopped`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TrailStopped {
    /// ARN patterns of roles and users who may change what trails record. Nobody may stop one.
    pub deployers: Vec<Pattern>,
}

/// Parameters of `tracing.unencrypted`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TracingUnencrypted {
    /// The ARN of the key that X-Ray has to encrypt with; else any key of yours will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "cli", schemars(with = "Option<crate::resource::form::Key>"))]
    pub key: Option<Arn>,
}
/// Parameters of `change.untrusted-deployer`. Who deploys stands under `trusted.principals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ChangeUntrustedDeployer {
    /// Services of AWS that deploy for whoever asked them to.
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<crate::resource::form::Service>"))]
    pub services: BTreeSet<String>,
    /// Contain the function for such a change alone, without waiting for another finding on it.
    pub contain: bool,
}

impl Default for ChangeUntrustedDeployer {
    fn default() -> Self {
        let services = ["cloudformation.amazonaws.com", "codedeploy.amazonaws.com"];
        Self { services: services.map(str::to_owned).into(), contain: false }
    }
}

/// Parameters of `change.without-mfa`. Root, users of IAM and users of IAM Identity Center are people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ChangeWithoutMfa {
    /// ARN patterns of roles that people assume, and of users who get credentials for others.
    pub people: Vec<ArnPattern>,
    /// Name or ARN patterns of users that no person uses.
    pub service_accounts: Vec<Pattern>,
    /// ARN patterns of roles whose identity provider lets nobody in without a second factor. AWS does not
    /// see that.
    pub mfa_by_provider: Vec<ArnPattern>,
}

/// Parameters of `iam-user.created`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct IamUserCreated {
    /// Name or ARN patterns of users that no person uses.
    pub service_accounts: Vec<Pattern>,
}

/// Parameters of `layer.untrusted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct LayerUntrusted {
    /// Accounts whose layers may be used beside those of the own account and of trusted ones.
    pub publishers: BTreeSet<AccountId>,
}

impl Default for LayerUntrusted {
    /// Where AWS publishes layers from one account in most Regions: CloudWatch Lambda Insights, the
    /// Powertools for Python and for TypeScript, and the SDK for pandas. Those that AWS publishes from
    /// another account in each Region have to be listed.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-extension-versions.html>
    /// <https://docs.aws.amazon.com/powertools/python/latest/>
    /// <https://docs.aws.amazon.com/powertools/typescript/latest/getting-started/lambda-layers>
    /// <https://aws-sdk-pandas.readthedocs.io/en/stable/layers.html>
    fn default() -> Self {
        let publishers = ["580247275435", "017000801446", "094274105915", "336392948345"];
        Self {
            publishers: publishers.into_iter().filter_map(|id| AccountId::parse(id).ok()).collect(),
        }
    }
}

/// Parameters of `environment.code-injection`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentCodeInjection {
    /// Variables that may be set, each with its values beside those that known tools ask for; no
    /// values means any.
    pub allowed: BTreeMap<String, BTreeSet<String>>,
}

/// Parameters of `environment.secret`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentSecret {
    /// Names of variables that are not looked at.
    pub ignored: BTreeSet<String>,
}
/// Parameters of `destination.foreign`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DestinationForeign {
    /// Destinations that are trusted whoever owns them, by pattern. An S3 bucket's ARN does not tell
    /// whose it is: name your own here.
    pub trusted: Vec<Pattern>,
}

/// Parameters of `logging.redirected`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LoggingRedirected {
    /// Log groups that functions may write to, by pattern, beside the one named after each.
    pub log_groups: Vec<Pattern>,
    /// The fewest days that a function's log events may be kept. Left out: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

/// Parameters of `containment.undone`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ContainmentUndone {
    /// ARN patterns of roles and users whose changes are never undone, only told.
    pub break_glass: Vec<Pattern>,
}

/// Parameters of `iam-backdoor.reactive`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct IamBackdoorReactive {
    /// The functions whose job it is to react to new users, roles and keys.
    pub declared: Vec<Pattern>,
}

/// Parameters of `responder.tampered`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ResponderTampered {
    /// ARN patterns of the roles and users that deploy Cordon. None: whatever CloudFormation does is a
    /// deployment.
    pub deployers: Vec<Pattern>,
}

/// Parameters of `function.privilege-escalation`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FunctionPrivilegeEscalation {
    /// The escalating calls that are some functions' job.
    pub declared: Vec<DeclaredCalls>,
}

/// The escalating calls that are some functions' job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclaredCalls {
    /// The functions.
    pub function: Pattern,
    /// `iam:CreateAccessKey`, `sts:AssumeRole`, ...
    #[cfg_attr(feature = "cli", schemars(with = "BTreeSet<super::form::EscalatingCall>"))]
    pub calls: BTreeSet<String>,
}

/// Parameters of `guardduty.lambda-finding`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GuarddutyLambdaFinding {
    /// The least severity that counts, as GuardDuty rates: medium begins at 4, high at 7, critical at 9.
    pub least_severity: Score,
    /// Types of findings that are not looked at, such as `Trojan:Lambda/*`.
    pub ignored: Vec<Pattern>,
    /// Let at most so many run at the same time from then on, at least 1. Left out: it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<Concurrency>,
    /// Types that contain the function alone, without waiting for another finding on it. Whoever can have
    /// a function fetch what they name can cause them.
    pub stop: Vec<Pattern>,
}

impl Default for GuarddutyLambdaFinding {
    fn default() -> Self {
        Self { least_severity: Score::MEDIUM, ignored: Vec::new(), cap: None, stop: Vec::new() }
    }
}

/// Parameters of `tags.missing`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TagsMissing {
    /// Required tag keys, each with its allowed values; no values means any.
    pub required: BTreeMap<String, BTreeSet<String>>,
}

/// Parameters of `runtime.deprecated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RuntimeDeprecated {
    /// Runtimes past their end of support. A runtime that is not listed is taken as supported.
    pub deprecated: BTreeSet<String>,
}

impl Default for RuntimeDeprecated {
    /// Past their end of support in November 2026:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>.
    fn default() -> Self {
        let deprecated = [
            "dotnet5.0",
            "dotnet6",
            "dotnet7",
            "dotnet8",
            "dotnet9",
            "dotnetcore1.0",
            "dotnetcore2.0",
            "dotnetcore2.1",
            "dotnetcore3.1",
            "go1.x",
            "java8",
            "nodejs",
            "nodejs10.x",
            "nodejs12.x",
            "nodejs14.x",
            "nodejs16.x",
            "nodejs18.x",
            "nodejs20.x",
            "nodejs4.3",
            "nodejs4.3-edge",
            "nodejs6.10",
            "nodejs8.10",
            "provided",
            "provided.al2",
            "python2.7",
            "python3.10",
            "python3.6",
            "python3.7",
            "python3.8",
            "python3.9",
            "ruby2.5",
            "ruby2.7",
            "ruby3.2",
        ];
        Self { deprecated: deprecated.map(str::to_owned).into() }
    }
}

/// Parameters of `config-rule.noncompliant`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ConfigRule {
    /// Rules, by their bare names, whose verdicts are not findings.
    pub ignored: BTreeSet<String>,
    /// What answers some rules in place of the tag: the first that fits a rule's bare name decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<AnsweredConfigRules>,
}

/// What answers some rules of AWS Config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnsweredConfigRules {
    /// The rules, by a pattern over their bare names.
    pub name: Pattern,
    /// What answers them; nothing: they are told.
    pub remediations: RuleRemediations,
}

/// Parameters of `security-hub.failed`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SecurityHubFailed {
    /// Controls of Security Hub, such as `Lambda.5`, whose findings are not looked at. `Lambda.1` has
    /// the live resource policies looked at all the same.
    pub ignored: BTreeSet<String>,
}
