//! The control policy as meant: what the function loads. It is written as YAML, validated by
//! [`source`] in the command line, and shipped as JSON with its SHA-256, so that no YAML parser
//! runs with the function's privileges.

pub mod event_pattern;
#[cfg(feature = "cli")]
pub mod source;

mod behaviour;
mod choices;
mod entries;
mod exception;
#[cfg(feature = "cli")]
mod form;
mod hours;
mod limits;
mod loaded;
mod meaning;
mod parameters;
mod pattern;
mod peers;
mod problem;
mod reach;
mod rule;
mod signatures;
mod unmatched;

pub use behaviour::{
    DeclaredActions, FunctionAccessDeniedBurst, FunctionDataExfiltration, FunctionFirstSeenApi,
    FunctionStolenCredentials,
};
pub use choices::Choices;
pub use entries::{Control, Controls};
pub use event_pattern::hears;
pub use exception::{Exception, Exceptions, Validity};
pub use hours::{Day, Hours, is_in};
pub use limits::{Cap, Class, Kind, Limits, Per, Window};
pub use loaded::{LoadError, LoadedPolicy};
pub use meaning::problems;
pub use parameters::{
    AnsweredAlarms, AnsweredConfigRules, ChangeUntrustedDeployer, ChangeWithoutMfa, ConfigRule,
    ContainmentUndone, DeclaredCalls, DeclaredInvokers, EnvironmentCodeInjection,
    EnvironmentSecret, ExecutionRoleOverbroad, ExecutionRoleTrustWidened,
    FunctionPolicyDangerousAction, FunctionPrivilegeEscalation, GuarddutyLambdaFinding,
    IamBackdoorReactive, IamUserCreated, InvocationUnauthorized, InvocationUnusual, LayerUntrusted,
    Nothing, ResponderTampered, RuntimeDeprecated, TagsMissing, UsualInvocations,
};
pub use pattern::{ArnPattern, Pattern};
pub use peers::{DeclaredPeers, FlowLogGroup};
pub use problem::{Level, Place, Problem, Step};
pub use reach::{
    Because, Mode, OrganizationalUnit, OrganizationalUnits, Reached, Scope, ScopedMode, TagValues,
    Whom,
};
pub use rule::{Concurrency, Pointer, Rule, RuleRemediations, Rules, TAG_PREFIX};
pub use signatures::LogAttackSignature;
pub use unmatched::unmatched;

use crate::{
    finding::{ControlId, RemediationName, Requirement, Severity},
    iam::Trusted,
    resource::{FunctionArn, Resource},
};
use entries::Given;
use reach::Around;
use serde::{Deserialize, Serialize};
use time::Date;

/// The document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ControlPolicy {
    /// The language's version: 1.
    pub version: Version,
    /// What holds where a control says nothing.
    #[serde(default)]
    pub defaults: Defaults,
    /// Who may reach functions from outside the account.
    #[serde(default)]
    pub trusted: Trusted,
    /// The accounts of each organizational unit that a scope names, those of the units below it
    /// included.
    #[serde(default, skip_serializing_if = "OrganizationalUnits::is_empty")]
    pub organizational_units: OrganizationalUnits,
    /// What is looked at: every control is off outside.
    #[serde(default, skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
    /// Functions that are never stopped automatically.
    #[serde(default)]
    pub protected: Vec<Pattern>,
    /// How much may be answered in a time before people are called instead.
    #[serde(default)]
    pub limits: Limits,
    /// The controls.
    #[serde(default)]
    pub controls: Controls,
    /// Controls of one's own: EventBridge event patterns, and what answers them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub rules: Rules,
    /// What is reported and left alone, for a time.
    #[serde(default)]
    pub exceptions: Exceptions,
}

/// The language's version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Version;

#[cfg(feature = "cli")]
impl schemars::JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "const": 1 })
    }
}

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
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Defaults {
    /// The mode of every control that gives none.
    pub mode: Mode,
    /// Whether a function's tags may do more than relax a control to dry run. Whoever may tag a
    /// function can then switch its controls off, and its stop on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trust_tags: bool,
}

fn is_none(rules: &Rules) -> bool {
    rules.is_empty()
}

time::serde::format_description!(pub(crate) day, Date, "[year]-[month]-[day]");

impl ControlPolicy {
    /// How far `control` may go for a resource on a day, and why.
    pub fn reach(&self, control: &Requirement, whom: &Whom<'_>, today: Date) -> Reached {
        match self.given(control) {
            Some(given) => given.reach.at(whom, &self.around(today)),
            None => Reached { mode: Mode::Off, because: Because::Default },
        }
    }

    /// The farthest `control` goes for any resource on a day.
    pub fn farthest(&self, control: &Requirement, today: Date) -> Mode {
        self.given(control).map_or(Mode::Off, |given| given.reach.farthest(&self.around(today)))
    }

    /// How far `control` would go elsewhere, and later: where, and how far.
    pub fn elsewhere(&self, control: &Requirement, today: Date) -> Vec<(String, Mode)> {
        let around = self.around(today);
        self.given(control).map(|given| given.reach.elsewhere(&around)).unwrap_or_default()
    }

    /// Whether the tags of a function have a say in how far `control` may go for it.
    pub fn asks_tags(&self, control: &Requirement) -> bool {
        !self.scope.tags.is_empty()
            || self.given(control).is_some_and(|given| given.reach.asks_tags())
    }

    /// The requirement in one sentence.
    pub fn title(&self, control: &Requirement) -> &str {
        match control {
            Requirement::Control(control) => control.title(),
            Requirement::Rule(id) => self.rules.named(id).map_or("", |rule| &rule.description),
        }
    }

    /// Every control of the catalogue, then every rule.
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> {
        ControlId::ALL.into_iter().map(Requirement::Control).chain(self.rules.requirements())
    }

    /// How bad a finding of `control` is.
    pub fn severity(&self, control: &Requirement) -> Severity {
        let given = self.given(control).and_then(|given| given.severity);
        given.or(control.control().map(ControlId::severity)).unwrap_or(Severity::Medium)
    }

    /// Whether the control policy says itself how bad findings of `control` are.
    pub fn gives_severity(&self, control: &Requirement) -> bool {
        self.given(control).is_some_and(|given| given.severity.is_some())
    }

    /// Whether `control` gives the remediation of this name. A rule gives what it lists.
    pub fn gives(&self, control: &Requirement, name: RemediationName) -> bool {
        let Requirement::Control(control) = control else { return true };
        let offer = control.offer();
        let given = self.controls.given(*control).remediations;
        let chosen = given.and_then(|choices| choices.of(name));
        let offered = offer.names().any(|offered| offered == name);
        offered && chosen.unwrap_or_else(|| offer.given.contains(&name))
    }

    /// The exception of `control` for `resource`, and where it stands on a day: it withholds
    /// remediation until it has expired.
    pub fn exception(
        &self,
        control: &Requirement,
        resource: &Resource,
        today: Date,
    ) -> Option<(&Exception, Validity)> {
        let exception = self.exceptions.of(control, resource)?;
        Some((exception, exception.validity(today)))
    }

    /// Whether `function` is never stopped automatically.
    pub fn protects(&self, function: &FunctionArn) -> bool {
        self.protected.iter().any(|pattern| pattern.matches(function))
    }

    fn given(&self, control: &Requirement) -> Option<Given<'_>> {
        match control {
            Requirement::Control(control) => Some(self.controls.given(*control)),
            Requirement::Rule(id) => self.rules.named(id).map(Rule::given),
        }
    }

    const fn around(&self, today: Date) -> Around<'_> {
        Around {
            default: self.defaults.mode,
            trust_tags: self.defaults.trust_tags,
            installation: &self.scope,
            units: &self.organizational_units,
            today,
        }
    }
}
