//! What was seen: controls by name, their evaluations and findings.
//! Terms are those of AWS Config (evaluation) and ASFF (finding, severity):
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html>,
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>.

use crate::{iam::Witness, resource::FunctionResource};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The controls of the catalogue. The ids are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ControlId {
    /// A statement lets anyone invoke.
    #[serde(rename = "function-policy.public")]
    FunctionPolicyPublic,
    /// A grant to an account or organization outside the trusted set.
    #[serde(rename = "function-policy.untrusted-account")]
    FunctionPolicyUntrustedAccount,
    /// A service principal that any of its customers can steer.
    #[serde(rename = "function-policy.unscoped-service")]
    FunctionPolicyUnscopedService,
    /// More than invoking is granted outside the account.
    #[serde(rename = "function-policy.dangerous-action")]
    FunctionPolicyDangerousAction,
    /// A function URL without authentication, or what it left behind.
    #[serde(rename = "function-url.public")]
    FunctionUrlPublic,
    /// Invoked by somebody the function does not declare.
    #[serde(rename = "invocation.unauthorized")]
    InvocationUnauthorized,
    /// The function's own credentials make an IAM write.
    #[serde(rename = "function.privilege-escalation")]
    FunctionPrivilegeEscalation,
    /// Required tags are absent or have a value outside the list.
    #[serde(rename = "tags.missing")]
    TagsMissing,
    /// Not attached to a VPC.
    #[serde(rename = "network.outside-vpc")]
    NetworkOutsideVpc,
    /// Environment variables without a customer managed key.
    #[serde(rename = "environment.unencrypted")]
    EnvironmentUnencrypted,
    /// A runtime past its end of support.
    #[serde(rename = "runtime.deprecated")]
    RuntimeDeprecated,
    /// An AWS Config rule turned noncompliant for a function.
    #[serde(rename = "config-rule.noncompliant")]
    ConfigRuleNoncompliant,
}

impl ControlId {
    /// Every control, in the order of the catalogue.
    pub const ALL: [Self; 12] = [
        Self::FunctionPolicyPublic,
        Self::FunctionPolicyUntrustedAccount,
        Self::FunctionPolicyUnscopedService,
        Self::FunctionPolicyDangerousAction,
        Self::FunctionUrlPublic,
        Self::InvocationUnauthorized,
        Self::FunctionPrivilegeEscalation,
        Self::TagsMissing,
        Self::NetworkOutsideVpc,
        Self::EnvironmentUnencrypted,
        Self::RuntimeDeprecated,
        Self::ConfigRuleNoncompliant,
    ];

    /// The id as written in the control policy.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FunctionPolicyPublic => "function-policy.public",
            Self::FunctionPolicyUntrustedAccount => "function-policy.untrusted-account",
            Self::FunctionPolicyUnscopedService => "function-policy.unscoped-service",
            Self::FunctionPolicyDangerousAction => "function-policy.dangerous-action",
            Self::FunctionUrlPublic => "function-url.public",
            Self::InvocationUnauthorized => "invocation.unauthorized",
            Self::FunctionPrivilegeEscalation => "function.privilege-escalation",
            Self::TagsMissing => "tags.missing",
            Self::NetworkOutsideVpc => "network.outside-vpc",
            Self::EnvironmentUnencrypted => "environment.unencrypted",
            Self::RuntimeDeprecated => "runtime.deprecated",
            Self::ConfigRuleNoncompliant => "config-rule.noncompliant",
        }
    }

    /// The severity unless the control policy gives another.
    pub const fn severity(self) -> Severity {
        match self {
            Self::FunctionPolicyPublic
            | Self::FunctionPolicyDangerousAction
            | Self::FunctionPrivilegeEscalation => Severity::Critical,
            Self::FunctionPolicyUntrustedAccount
            | Self::FunctionPolicyUnscopedService
            | Self::FunctionUrlPublic
            | Self::InvocationUnauthorized => Severity::High,
            Self::NetworkOutsideVpc
            | Self::EnvironmentUnencrypted
            | Self::ConfigRuleNoncompliant => Severity::Medium,
            Self::TagsMissing | Self::RuntimeDeprecated => Severity::Low,
        }
    }

    /// The requirement in one sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FunctionPolicyPublic => "no statement lets anyone invoke the function",
            Self::FunctionPolicyUntrustedAccount => {
                "no statement grants access to an account or organization outside the trusted set"
            }
            Self::FunctionPolicyUnscopedService => {
                "service principals are scoped to the resource or account they act for"
            }
            Self::FunctionPolicyDangerousAction => {
                "nothing beyond invoking is granted outside the account"
            }
            Self::FunctionUrlPublic => "function URLs require authentication",
            Self::InvocationUnauthorized => "only declared invokers invoke the function",
            Self::FunctionPrivilegeEscalation => {
                "the function's credentials make no undeclared IAM write"
            }
            Self::TagsMissing => "required tags are present with an allowed value",
            Self::NetworkOutsideVpc => "the function is attached to a VPC",
            Self::EnvironmentUnencrypted => {
                "environment variables are encrypted with a customer managed key"
            }
            Self::RuntimeDeprecated => "the runtime is supported",
            Self::ConfigRuleNoncompliant => "AWS Config rules find the function compliant",
        }
    }
}

impl fmt::Display for ControlId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How bad a finding is (the ASFF labels without `INFORMATIONAL`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Not urgent.
    Low,
    /// To be planned.
    Medium,
    /// To be answered today.
    High,
    /// To be answered now.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// One thing seen: where, and the value, shortened. Never a secret or an environment value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// A path such as `Statement[2]` or `vpcConfig`.
    pub field: String,
    /// What stood there, without control characters, at most [`Evidence::LONGEST`] characters.
    pub value: String,
    /// The request that would get in, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

impl Evidence {
    /// Longer values are cut: they are often written by the one who is looked at.
    pub const LONGEST: usize = 300;

    /// Evidence without a witness.
    pub fn new(field: impl Into<String>, value: &str) -> Self {
        Self { field: field.into(), value: shown(value, Self::LONGEST), witness: None }
    }
}

/// `text` as it may be shown to a person: one line, at most `longest` characters.
pub fn shown(text: &str, longest: usize) -> String {
    let mut out: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect();
    if text.chars().count() > longest {
        out.push('…');
    }
    out
}

/// One control held against one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The control.
    pub control: ControlId,
    /// What it was held against.
    pub resource: FunctionResource,
    /// What came of it.
    pub compliance: Compliance,
}

/// AWS Config's four answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compliance {
    /// The requirement is met.
    Compliant,
    /// It is not.
    NonCompliant(Finding),
    /// The control does not apply to this resource.
    NotApplicable,
    /// It cannot be told, and why. Reported; never remediated.
    InsufficientData(String),
}

impl Compliance {
    /// The name AWS Config gives it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Compliant => "Compliant",
            Self::NonCompliant(_) => "NonCompliant",
            Self::NotApplicable => "NotApplicable",
            Self::InsufficientData(_) => "InsufficientData",
        }
    }
}

/// One noncompliant control on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The same finding has the same id, however often it is seen.
    pub id: String,
    /// From the control policy.
    pub severity: Severity,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What of it no remediation answers, and why: a person has to.
    pub unanswered: Vec<String>,
}

/// A short name for `parts`: the same parts give the same name, here and in every invocation.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
