//! Parameters of the controls of a function's behaviour.

use super::{Pattern, Window, limits::Count};
use crate::{baseline::ReadLimit, iam::TrustedNetwork, resource::FunctionArn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Parameters of `function.first-seen-api`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FunctionFirstSeenApi {
    /// The calls that are some functions' job, however new they are.
    pub declared: Vec<DeclaredActions>,
}

/// The calls that are some functions' job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclaredActions {
    /// The functions.
    pub function: Pattern,
    /// `iam:GetRole`, `sts:AssumeRole`, `organizations:*`, ...
    #[cfg_attr(feature = "cli", schemars(with = "Vec<super::form::ActionPattern>"))]
    pub calls: Vec<String>,
}

impl DeclaredActions {
    /// Whether it declares this call of this function.
    pub fn covers(&self, function: &FunctionArn, api: &str) -> bool {
        self.function.matches(function)
            && self.calls.iter().any(|pattern| crate::iam::glob(pattern, api))
    }
}

/// Parameters of `function.access-denied-burst`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FunctionAccessDeniedBurst {
    /// How many APIs it is denied for the first time, within one window, that is told.
    pub apis: Count,
    /// The window.
    pub window: Window,
}

impl Default for FunctionAccessDeniedBurst {
    fn default() -> Self {
        Self { apis: Count::of(5), window: Window::default() }
    }
}

/// Parameters of `function.stolen-credentials`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FunctionStolenCredentials {
    /// Where functions call from, beside where they are learned to: the addresses of NAT gateways, VPC
    /// endpoints, AWS's own ranges. What comes from there is not looked at.
    pub networks: BTreeSet<TrustedNetwork>,
    /// Stop the function as well; else its credentials are revoked.
    pub stop: bool,
}

/// Parameters of `function.data-exfiltration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FunctionDataExfiltration {
    /// Buckets that functions may write to whoever owns them, by name pattern.
    pub buckets: Vec<Pattern>,
    /// Objects that it reads in an hour are told from so many times the most that is usual.
    pub times: Count,
    /// And never below so many.
    pub least_reads: u32,
}

impl Default for FunctionDataExfiltration {
    fn default() -> Self {
        Self { buckets: Vec::new(), times: Count::of(5), least_reads: 1000 }
    }
}

impl FunctionDataExfiltration {
    /// From when on reads are too many.
    pub fn limit(&self) -> ReadLimit {
        ReadLimit { times: self.times.get().into(), least: self.least_reads }
    }
}
