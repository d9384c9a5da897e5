//! The control policy as meant: what the function loads. It is written as YAML, validated by
//! [`source`] in the command line, and shipped as JSON with its SHA-256, so that no YAML parser
//! runs with the function's privileges.

#[cfg(feature = "cli")]
pub mod source;

mod parameters;
mod pattern;

pub use parameters::{
    ConfigRule, ContainmentUndone, DeclaredCalls, DeclaredInvokers, FunctionPolicyDangerousAction,
    FunctionPrivilegeEscalation, InvocationUnauthorized, Nothing, RuntimeDeprecated, TagsMissing,
};
pub use pattern::Pattern;

use crate::{
    finding::{ControlId, Severity},
    iam::Trusted,
    resource::FunctionArn,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use time::Date;

/// How far a control may go.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Not evaluated.
    Off,
    /// Evaluated, planned, reported; nothing is changed.
    #[default]
    DryRun,
    /// Remediated.
    Enforce,
}

impl Mode {
    /// The name as written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::DryRun => "dry-run",
            Self::Enforce => "enforce",
        }
    }
}

/// The document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlPolicy {
    /// The language's version: 1.
    pub version: Version,
    /// What holds where a control says nothing.
    #[serde(default)]
    pub defaults: Defaults,
    /// Who may reach functions from outside the account.
    #[serde(default)]
    pub trusted: Trusted,
    /// Functions that are never stopped automatically.
    #[serde(default)]
    pub protected: Vec<Pattern>,
    /// The controls.
    #[serde(default)]
    pub controls: Controls,
    /// What is reported and left alone, for a time.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// The language's version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Version;

impl TryFrom<u8> for Version {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, String> {
        if number == 1 { Ok(Self) } else { Err(format!("version {number}: expected 1")) }
    }
}

impl From<Version> for u8 {
    fn from(_: Version) -> Self {
        1
    }
}

/// What holds where a control says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    /// The mode of every control that gives none.
    #[serde(default)]
    pub mode: Mode,
}

/// One control's entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control<P> {
    /// How far it may go; else the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// How bad its findings are; else the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What is special to this control.
    #[serde(default)]
    pub parameters: P,
}

/// The entries. An unknown id is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "each field is one control of the catalogue, documented there")]
pub struct Controls {
    #[serde(rename = "function-policy.public")]
    pub function_policy_public: Control<Nothing>,
    #[serde(rename = "function-policy.untrusted-account")]
    pub function_policy_untrusted_account: Control<Nothing>,
    #[serde(rename = "function-policy.unscoped-service")]
    pub function_policy_unscoped_service: Control<Nothing>,
    #[serde(rename = "function-policy.dangerous-action")]
    pub function_policy_dangerous_action: Control<FunctionPolicyDangerousAction>,
    #[serde(rename = "function-url.public")]
    pub function_url_public: Control<Nothing>,
    #[serde(rename = "invocation.unauthorized")]
    pub invocation_unauthorized: Control<InvocationUnauthorized>,
    #[serde(rename = "containment.undone")]
    pub containment_undone: Control<ContainmentUndone>,
    #[serde(rename = "function.privilege-escalation")]
    pub function_privilege_escalation: Control<FunctionPrivilegeEscalation>,
    #[serde(rename = "tags.missing")]
    pub tags_missing: Control<TagsMissing>,
    #[serde(rename = "network.outside-vpc")]
    pub network_outside_vpc: Control<Nothing>,
    #[serde(rename = "environment.unencrypted")]
    pub environment_unencrypted: Control<Nothing>,
    #[serde(rename = "runtime.deprecated")]
    pub runtime_deprecated: Control<RuntimeDeprecated>,
    #[serde(rename = "config-rule.noncompliant")]
    pub config_rule_noncompliant: Control<ConfigRule>,
}

impl Controls {
    fn given(&self, control: ControlId) -> (Option<Mode>, Option<Severity>) {
        fn of<P>(entry: &Control<P>) -> (Option<Mode>, Option<Severity>) {
            (entry.mode, entry.severity)
        }
        match control {
            ControlId::FunctionPolicyPublic => of(&self.function_policy_public),
            ControlId::FunctionPolicyUntrustedAccount => {
                of(&self.function_policy_untrusted_account)
            }
            ControlId::FunctionPolicyUnscopedService => of(&self.function_policy_unscoped_service),
            ControlId::FunctionPolicyDangerousAction => of(&self.function_policy_dangerous_action),
            ControlId::FunctionUrlPublic => of(&self.function_url_public),
            ControlId::InvocationUnauthorized => of(&self.invocation_unauthorized),
            ControlId::ContainmentUndone => of(&self.containment_undone),
            ControlId::FunctionPrivilegeEscalation => of(&self.function_privilege_escalation),
            ControlId::TagsMissing => of(&self.tags_missing),
            ControlId::NetworkOutsideVpc => of(&self.network_outside_vpc),
            ControlId::EnvironmentUnencrypted => of(&self.environment_unencrypted),
            ControlId::RuntimeDeprecated => of(&self.runtime_deprecated),
            ControlId::ConfigRuleNoncompliant => of(&self.config_rule_noncompliant),
        }
    }
}

/// Findings that are reported and not remediated, until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The controls it withholds.
    pub controls: Vec<ControlId>,
    /// The functions it covers, by name or ARN pattern.
    pub functions: Vec<Pattern>,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day it holds, in UTC.
    #[serde(with = "day")]
    pub expires: Date,
}

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

impl ControlPolicy {
    /// How far `control` may go.
    pub fn mode(&self, control: ControlId) -> Mode {
        self.controls.given(control).0.unwrap_or(self.defaults.mode)
    }

    /// How bad a finding of `control` is.
    pub fn severity(&self, control: ControlId) -> Severity {
        self.controls.given(control).1.unwrap_or(control.severity())
    }

    /// The exception that withholds `control` on `function` today.
    pub fn exception(
        &self,
        control: ControlId,
        function: &FunctionArn,
        today: Date,
    ) -> Option<&Exception> {
        self.exceptions.iter().find(|exception| {
            exception.expires >= today
                && exception.controls.contains(&control)
                && exception.functions.iter().any(|pattern| pattern.matches(function))
        })
    }

    /// Whether `function` is never stopped automatically.
    pub fn protects(&self, function: &FunctionArn) -> bool {
        self.protected.iter().any(|pattern| pattern.matches(function))
    }
}

/// A control policy with the hash that stands in every finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPolicy {
    /// The policy.
    pub policy: ControlPolicy,
    /// SHA-256 of its JSON, in hexadecimal digits.
    pub sha256: String,
}

/// A compiled control policy that cannot be loaded. Whoever packaged it must compile it again.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not a compiled control policy.
    #[error("the compiled control policy does not parse: {0}; compile `policy.yaml` again")]
    Json(#[from] serde_json::Error),
    /// Changed after it was compiled.
    #[error(
        "the compiled control policy does not have the hash it names; compile `policy.yaml` again"
    )]
    Hash,
}

#[derive(Serialize, Deserialize)]
struct Compiled<'a> {
    sha256: String,
    #[serde(borrow)]
    policy: &'a RawValue,
}

impl LoadedPolicy {
    /// Reads what [`LoadedPolicy::compile`] wrote.
    pub fn load(text: &str) -> Result<Self, LoadError> {
        let compiled: Compiled<'_> = serde_json::from_str(text)?;
        let sha256 = sha256(compiled.policy.get());
        if sha256 != compiled.sha256 {
            return Err(LoadError::Hash);
        }
        Ok(Self { policy: serde_json::from_str(compiled.policy.get())?, sha256 })
    }

    /// The JSON and its hash, as the function loads them.
    pub fn compile(policy: &ControlPolicy) -> Result<String, LoadError> {
        let policy = serde_json::value::to_raw_value(policy)?;
        let compiled = Compiled { sha256: sha256(policy.get()), policy: &policy };
        Ok(serde_json::to_string(&compiled)?)
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
