//! Parameters of the controls of a function's behaviour.

use super::{Pattern, Window, limits::Count};
use crate::{iam::TrustedNetwork, resource::FunctionArn};
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct FunctionDataExfiltration {
    /// Buckets that functions may write to whoever owns them, by name pattern.
    pub buckets: Vec<Pattern>,
}
