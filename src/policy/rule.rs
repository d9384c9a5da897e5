//! Rules of the control policy's own: an EventBridge event pattern, where the function stands in the
//! events it matches, and what answers them.
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>

use super::{
    Mode, Scope, ScopedMode,
    entries::Given,
    event_pattern::{EventFields, EventPattern, PatternSet},
    reach::Reach,
};
use crate::{
    finding::{Requirement, RuleId, RuleMatch, Severity, shown},
    resource::{FunctionResource, Home},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    ops::Deref,
    sync::OnceLock,
};
use time::Date;

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// Its name: findings, exceptions and tests call it `rule.<id>`.
    pub id: RuleId,
    /// What it requires, in one sentence.
    #[cfg_attr(feature = "cli", schemars(with = "super::form::Sentence"))]
    pub description: String,
    /// How far it may go; else the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// In dry run until this day, enforced from it on, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::day::option")]
    #[cfg_attr(feature = "cli", schemars(with = "Option<super::form::Day>"))]
    pub enforce_from: Option<Date>,
    /// How bad its findings are; else medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The functions it looks at: outside it is off.
    #[serde(default, skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
    /// Other modes for some functions: the first that covers a function decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ScopedMode>,
    /// The events it is about: an EventBridge event pattern, which pastes into an EventBridge rule.
    pub pattern: EventPattern,
    /// Where such an event names the function: a JSON pointer to a name or ARN.
    pub function: Pointer,
    /// Where such an event holds what stays the same when it is sent again, and differs otherwise: a
    /// JSON pointer to a text or a number. Left out: each event is another finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_by: Option<Pointer>,
    /// What answers it; nothing: it is told.
    #[serde(default)]
    pub remediations: RuleRemediations,
}

/// What the keys of all tags begin with that Cordon writes: its role lets it write no others.
pub const TAG_PREFIX: &str = "cordon:";

/// What answers a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RuleRemediations {
    /// Contain the function: it is stopped, its credentials are revoked, its doors closed.
    pub contain_function: bool,
    /// Stop the function, and nothing else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stop_function: bool,
    /// Revoke the function's credentials, and nothing else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub revoke_credentials: bool,
    /// Let at most so many of the function run at the same time, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap_concurrency: Option<Concurrency>,
    /// Keep queues and streams from invoking the function.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disable_event_source_mappings: bool,
    /// Remove or scope what the function's resource policies grant outside, as the
    /// `function-policy` controls do.
    pub replace_resource_policy: bool,
    /// Require signed requests of its URL.
    pub harden_function_url: bool,
    /// Set these tags, where they are not set yet. Their keys begin with `cordon:`.
    pub tag_function: BTreeMap<String, String>,
}

/// How many of a function may run at the same time: at least 1, for 0 is a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Concurrency(u32);

impl Concurrency {
    /// More than any account has.
    pub const MOST: u32 = 1_000_000;

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Concurrency {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        match number {
            1..=Self::MOST => Ok(Self(number)),
            _ => Err("a concurrency is a number from 1 to 1,000,000"),
        }
    }
}

impl From<Concurrency> for u32 {
    fn from(concurrency: Concurrency) -> Self {
        concurrency.0
    }
}

/// A JSON pointer.
/// <https://www.rfc-editor.org/rfc/rfc6901>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pointer(String);

impl TryFrom<String> for Pointer {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let escaped = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        if text.starts_with('/') && escaped {
            Ok(Self(text))
        } else {
            Err("a JSON pointer is written like `/detail/requestParameters/functionName`")
        }
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.0
    }
}

impl Rule {
    pub(super) fn given(&self) -> Given<'_> {
        let Self { mode, enforce_from, severity, scope, scopes, .. } = self;
        let reach = Reach { mode: *mode, enforce_from: *enforce_from, scope, scopes };
        let severity = Some(severity.unwrap_or(Severity::Medium));
        Given { reach, severity, remediations: None }
    }

    /// What makes the event the same when it is sent again; none where the rule does not say.
    fn subject_of(&self, event: &Value) -> Option<String> {
        let Pointer(pointer) = self.same_by.as_ref()?;
        match event.pointer(pointer)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The function that `event` names, whichever form it has.
    fn function_in(&self, event: &Value, home: &Home) -> Result<FunctionResource, String> {
        let Pointer(pointer) = &self.function;
        let named = match event.pointer(pointer) {
            Some(Value::String(named)) => named,
            Some(_) => return Err(format!("at `{pointer}` stands no text")),
            None => return Err(format!("nothing stands at `{pointer}`")),
        };
        let resource = FunctionResource::parse(home, named, None).map_err(|why| why.to_string())?;
        match resource.function.home() == *home {
            true => Ok(resource),
            false => Err(format!("`{}` lives in another account or Region", shown(named, 200))),
        }
    }
}

/// All rules, found by what their patterns ask: a thousand cost no more than those that could match.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema), schemars(with = "Vec<Rule>"))]
#[serde(from = "Vec<Rule>", into = "Vec<Rule>")]
pub struct Rules {
    all: Vec<Rule>,
    /// Made when the first event is held against them.
    index: OnceLock<RuleIndex>,
}

#[derive(Debug, Clone)]
struct RuleIndex {
    patterns: PatternSet,
    by_id: HashMap<RuleId, usize>,
}

impl Rules {
    /// The rules whose patterns `payload` matches. Only an event of the home account does: another
    /// account can forward its own to this bus.
    pub fn matched(&self, payload: &str, home: &Home) -> Vec<RuleMatch> {
        if self.all.is_empty() {
            return Vec::new();
        }
        let Ok(event) = serde_json::from_str::<Value>(payload) else { return Vec::new() };
        if event.get("account").and_then(Value::as_str) != Some(home.account.as_str()) {
            return Vec::new();
        }
        let failed = event.pointer("/detail/errorCode").is_some_and(|code| !code.is_null());
        let matching = self.index().patterns.matching(&EventFields::of(&event));
        let rules = matching.into_iter().filter_map(|place| self.all.get(place));
        rules
            .map(|rule| {
                let function = rule.function_in(&event, home);
                let subject = rule.subject_of(&event);
                RuleMatch { rule: rule.id.clone(), function, subject, failed }
            })
            .collect()
    }

    /// The rule of this name.
    pub fn named(&self, id: &RuleId) -> Option<&Rule> {
        self.index().by_id.get(id).and_then(|place| self.all.get(*place))
    }

    fn index(&self) -> &RuleIndex {
        self.index.get_or_init(|| {
            let by_id = self.all.iter().enumerate().map(|(place, rule)| (rule.id.clone(), place));
            RuleIndex {
                patterns: PatternSet::new(self.all.iter().map(|r| r.pattern.clone()).collect()),
                by_id: by_id.collect(),
            }
        })
    }

    /// Their names, as findings have them.
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> {
        self.all.iter().map(|rule| Requirement::Rule(rule.id.clone()))
    }

    /// Whether a rule is looked at for every event, because its pattern asks no field for exact
    /// values.
    pub fn is_scanned(&self, place: usize) -> bool {
        self.index().patterns.is_scanned(place)
    }
}

impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl Deref for Rules {
    type Target = [Rule];
    fn deref(&self) -> &[Rule] {
        &self.all
    }
}

impl From<Vec<Rule>> for Rules {
    fn from(all: Vec<Rule>) -> Self {
        Self { all, index: OnceLock::new() }
    }
}

impl From<Rules> for Vec<Rule> {
    fn from(rules: Rules) -> Self {
        rules.all
    }
}
