//! What can be done to a resource. Each remediation turns one setting from what it was to what it is
//! to be and knows both, so that it can be undone exactly, told apart from somebody else's change,
//! and applied again. What it needs stands in `permissions`, how it is told in `words`.

mod outcome;
mod permissions;
mod role;
mod watching;
mod words;

pub use outcome::{Outcome, Planned, Stand, Withheld};
pub use role::{RoleRestore, same as same_trust};
pub use watching::Watching;

use crate::{
    finding::fingerprint,
    iam::Document,
    resource::{
        Arn, FunctionArn, FunctionResource, LayerVersion, Qualifier, Resource, RevisionId, RoleArn,
    },
    setting::{Destinations, LayerPermission, Mapping, PutBack, RuleSwitch, Scaling, Suspension},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a remediation is for (NIST 800-61 containment, eradication, recovery).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tactic {
    /// Keep it from running or from being reached.
    Isolate,
    /// Take away what an intruder holds.
    Evict,
    /// Put back what was there.
    Restore,
    /// Close what should never have been open.
    Harden,
}

/// One change of one setting, with what was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "remediation", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Remediation {
    /// Sends the asynchronous events that fail to Cordon's queue. At concurrency 0 all of them do.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
    RedirectFailures {
        /// The function, version or alias.
        resource: FunctionResource,
        /// What was configured; none where nothing was.
        before: Option<Destinations>,
        /// The queue's ARN; none where there is no such queue, so that they are dropped.
        queue: Option<String>,
    },
    /// Takes the dead-letter queue away, because its letters do not say whose they are.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq>
    RemoveDeadLetterTarget {
        /// The function.
        function: FunctionArn,
        /// The target's ARN.
        before: String,
    },
    /// Disables an event source mapping, and turns where it sends what fails, if that is foreign.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>
    DisableMapping {
        /// The function.
        function: FunctionArn,
        /// The mapping as it was.
        before: Mapping,
        /// Cordon's queue, where failures went to somebody else.
        queue: Option<String>,
    },
    /// Denies a role something, by an inline policy of a name that only this incident has.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>
    DenyRole {
        /// The function it is done for.
        function: FunctionArn,
        /// The role.
        role: RoleArn,
        /// The inline policy's name.
        name: String,
        /// The inline policy.
        document: String,
        /// Whose use of the role ends.
        ends: Ends,
    },
    /// Denies the same by a permissions boundary, where no inline policy fits any more.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    BoundRole {
        /// The function it is done for.
        function: FunctionArn,
        /// The role.
        role: RoleArn,
        /// The ARN of the boundary that was there.
        before: Option<String>,
        /// The name of the managed policy that becomes the boundary.
        name: String,
        /// That policy.
        document: String,
    },
    /// Keeps Application Auto Scaling from provisioning concurrency again.
    /// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html>
    SuspendAutoScaling {
        /// The function.
        function: FunctionArn,
        /// The version or alias.
        qualifier: Qualifier,
        /// What was suspended before.
        before: Suspension,
    },
    /// Takes one provisioned-concurrency configuration away, because reserved concurrency cannot
    /// be lower than what is provisioned.
    DeleteProvisionedConcurrency {
        /// The function.
        function: FunctionArn,
        /// The version or alias.
        qualifier: Qualifier,
        /// How much was requested.
        requested: u32,
    },
    /// Reserves no concurrency at all: the function no longer runs.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
    StopFunction {
        /// The function.
        function: FunctionArn,
        /// What was reserved before; none is not 0.
        reserved: Option<u32>,
    },
    /// Lets at most so many of the function run at the same time.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
    CapConcurrency {
        /// The function.
        function: FunctionArn,
        /// What was reserved before.
        reserved: Option<u32>,
        /// What is reserved now.
        most: u32,
    },
    /// Lets a version run on no managed instance.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionScalingConfig.html>
    StopInstances {
        /// The function.
        function: FunctionArn,
        /// The version or alias.
        qualifier: Qualifier,
        /// How many environments it could have.
        before: Scaling,
    },
    /// Pauses a durable execution; it goes on where it was when it is resumed. It is never stopped.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PauseDurableExecution.html>
    PauseExecution {
        /// The function.
        function: FunctionArn,
        /// The execution's ARN.
        execution: String,
    },
    /// Makes a function URL require signed requests. Cors and invoke mode stay.
    HardenFunctionUrl {
        /// The function or alias.
        resource: FunctionResource,
    },
    /// Replaces a resource policy in one guarded write, or deletes it where nothing is left.
    ReplaceResourcePolicy(PolicyReplacement),
    /// Puts back what was just changed of an execution role.
    RestoreRole(RoleRestore),
    /// Enables or disables an EventBridge rule.
    /// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html>
    SwitchRule {
        /// What it is done for: the rule itself, or a function it invokes.
        about: Resource,
        /// The rule.
        rule: Arn,
        /// How it was.
        before: RuleSwitch,
        /// How it is to be.
        after: RuleSwitch,
    },
    /// Puts one part of a function's configuration back, where somebody who is not trusted changed it.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html>
    RestoreConfiguration {
        /// The function.
        function: FunctionArn,
        /// What stood there, and what is put back.
        change: PutBack,
    },
    /// Takes away where the records of asynchronous invocations go, as far as that is foreign.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html>
    RemoveDestinations {
        /// The function, version or alias.
        resource: FunctionResource,
        /// What was configured.
        before: Destinations,
        /// What is left of it.
        after: Destinations,
    },
    /// Takes away where an event source mapping sends what fails.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>
    RemoveMappingDestination {
        /// The function.
        function: FunctionArn,
        /// The mapping's UUID.
        mapping: String,
        /// The destination's ARN.
        before: String,
    },
    /// Takes one statement out of the policy of a layer's version.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html>
    UnshareLayer {
        /// The version.
        layer: LayerVersion,
        /// The statement.
        permission: LayerPermission,
    },
    /// Deactivates an access key of a user.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html>
    DeactivateAccessKey {
        /// The user, whose path need not be known.
        user: Arn,
        /// The key's id, which is no secret.
        key: String,
    },
    /// Sets tags of Cordon's own.
    TagFunction {
        /// The function.
        function: FunctionArn,
        /// Each key begins with [`TAG_PREFIX`].
        tags: BTreeMap<String, String>,
    },
    /// Changes something that watches the account.
    Watch(Watching),
}

pub use crate::policy::TAG_PREFIX;

/// Whose use of a role ends with a Deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// That of one function; others that share the role go on.
    FunctionUse,
    /// That of everybody whose session was issued before a moment.
    OlderSessions,
    /// That of the sessions that the function opened on a role it assumed.
    AssumedSessions,
}

/// One rewrite of one resource policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyReplacement {
    /// The function, version or alias.
    pub resource: FunctionResource,
    /// The document before, to the byte.
    pub before: String,
    /// The document after; none when no statement is left.
    pub after: Option<String>,
    /// It takes Denies out that kept Cordon from its work. A restore leaves them out too, unless it
    /// is asked for just this step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlocks: bool,
    /// What the write is guarded by. None: by a look at the policy just before the write.
    #[serde(skip)]
    pub revision: Option<RevisionId>,
    /// In words, one for each edited statement.
    #[serde(skip)]
    pub edits: Vec<String>,
    /// The Sids of the statements that go, if the rewrite does nothing else and all have one. Then
    /// it can be done without `PutResourcePolicy`, statement by statement.
    #[serde(skip)]
    pub removable_by_sid: Option<Vec<String>>,
}

impl Remediation {
    /// What it is for.
    pub const fn tactic(&self) -> Tactic {
        match self {
            Self::RedirectFailures { .. }
            | Self::RemoveDeadLetterTarget { .. }
            | Self::DisableMapping { .. }
            | Self::SuspendAutoScaling { .. }
            | Self::DeleteProvisionedConcurrency { .. }
            | Self::StopFunction { .. }
            | Self::CapConcurrency { .. }
            | Self::StopInstances { .. }
            | Self::PauseExecution { .. } => Tactic::Isolate,
            Self::DenyRole { .. } | Self::BoundRole { .. } | Self::DeactivateAccessKey { .. } => {
                Tactic::Evict
            }
            Self::RestoreRole(_) => Tactic::Restore,
            Self::SwitchRule { after, .. } => match after {
                RuleSwitch::Disabled => Tactic::Isolate,
                RuleSwitch::Enabled | RuleSwitch::EnabledForAll => Tactic::Restore,
            },
            Self::RestoreConfiguration { .. } => Tactic::Restore,
            Self::HardenFunctionUrl { .. }
            | Self::ReplaceResourcePolicy(_)
            | Self::RemoveDestinations { .. }
            | Self::RemoveMappingDestination { .. }
            | Self::UnshareLayer { .. }
            | Self::TagFunction { .. } => Tactic::Harden,
            Self::Watch(watching) => watching.tactic(),
        }
    }

    /// Whether the function does not run any more after it.
    pub const fn stops(&self) -> bool {
        matches!(self, Self::StopFunction { .. } | Self::StopInstances { .. })
    }

    /// When it is done, in groups: what leaks is closed before the stop, provisioned concurrency
    /// is gone before it, and marks come last. Tactics of eviction wait for nothing.
    pub fn order(&self) -> u8 {
        match self {
            Self::RedirectFailures { .. } => 0,
            Self::DisableMapping { queue: Some(_), .. } => 0,
            Self::DenyRole { .. }
            | Self::BoundRole { .. }
            | Self::DeactivateAccessKey { .. }
            | Self::SwitchRule { .. } => 0,
            // After what takes its place, which is planned only while it is there.
            Self::RemoveDeadLetterTarget { .. } => 1,
            Self::DeleteProvisionedConcurrency { .. } => 1,
            Self::StopFunction { .. }
            | Self::CapConcurrency { .. }
            | Self::StopInstances { .. }
            | Self::PauseExecution { .. } => 2,
            Self::SuspendAutoScaling { .. }
            | Self::DisableMapping { queue: None, .. }
            | Self::HardenFunctionUrl { .. }
            | Self::RestoreConfiguration { .. }
            | Self::RemoveDestinations { .. }
            | Self::RemoveMappingDestination { .. }
            | Self::UnshareLayer { .. }
            | Self::ReplaceResourcePolicy(_)
            | Self::RestoreRole(_) => 3,
            Self::TagFunction { .. } => 4,
            Self::Watch(watching) => watching.order(),
        }
    }

    /// When it is put back: credentials before anything runs, reserved concurrency before what is
    /// provisioned of it, what brings events after what handles them, marks last.
    pub fn undo_order(&self) -> u8 {
        match self {
            Self::DenyRole { .. } | Self::BoundRole { .. } | Self::DeactivateAccessKey { .. } => 0,
            Self::ReplaceResourcePolicy(_)
            | Self::HardenFunctionUrl { .. }
            | Self::RestoreRole(_)
            | Self::RestoreConfiguration { .. }
            | Self::UnshareLayer { .. } => 1,
            Self::StopFunction { .. }
            | Self::CapConcurrency { .. }
            | Self::StopInstances { .. } => 2,
            Self::DeleteProvisionedConcurrency { .. } => 3,
            Self::SuspendAutoScaling { .. } => 4,
            Self::RedirectFailures { .. }
            | Self::RemoveDeadLetterTarget { .. }
            | Self::RemoveDestinations { .. }
            | Self::RemoveMappingDestination { .. } => 5,
            Self::DisableMapping { .. } | Self::PauseExecution { .. } | Self::SwitchRule { .. } => {
                6
            }
            Self::TagFunction { .. } => 7,
            // In the order in which they are turned, from the last to the first.
            Self::Watch(_) => 8,
        }
    }

    /// What it is about: a function, version or alias, or something else.
    pub fn resource(&self) -> Resource {
        let resource = match self {
            Self::SuspendAutoScaling { function, qualifier, .. }
            | Self::DeleteProvisionedConcurrency { function, qualifier, .. }
            | Self::StopInstances { function, qualifier, .. } => {
                FunctionResource { function: function.clone(), qualifier: Some(qualifier.clone()) }
            }
            Self::RemoveDeadLetterTarget { function, .. }
            | Self::DisableMapping { function, .. }
            | Self::RemoveMappingDestination { function, .. }
            | Self::DenyRole { function, .. }
            | Self::BoundRole { function, .. }
            | Self::StopFunction { function, .. }
            | Self::CapConcurrency { function, .. }
            | Self::PauseExecution { function, .. }
            | Self::RestoreConfiguration { function, .. }
            | Self::TagFunction { function, .. } => function.clone().into(),
            Self::RedirectFailures { resource, .. }
            | Self::RemoveDestinations { resource, .. }
            | Self::HardenFunctionUrl { resource } => resource.clone(),
            Self::ReplaceResourcePolicy(replacement) => replacement.resource.clone(),
            Self::RestoreRole(restore) => return restore.resource(),
            Self::Watch(watching) => return watching.watcher().clone().into(),
            Self::SwitchRule { about, .. } => return about.clone(),
            Self::UnshareLayer { layer, .. } => return layer.clone().into(),
            Self::DeactivateAccessKey { user, .. } => return user.clone().into(),
        };
        resource.into()
    }

    /// The setting it turns: the same for every remediation of that setting.
    pub fn setting(&self) -> String {
        match self {
            Self::RedirectFailures { resource, .. } | Self::RemoveDestinations { resource, .. } => {
                format!("failures {resource}")
            }
            Self::RemoveDeadLetterTarget { function, .. } => format!("dead-letters {function}"),
            Self::DisableMapping { before, .. } => format!("mapping {}", before.id),
            Self::RemoveMappingDestination { mapping, .. } => {
                format!("mapping-destination {mapping}")
            }
            Self::DenyRole { role, name, .. } => format!("role {role} {name}"),
            Self::BoundRole { role, .. } => boundary_setting(role),
            Self::SuspendAutoScaling { .. } => format!("auto-scaling {}", self.resource()),
            Self::DeleteProvisionedConcurrency { .. } => format!("provisioned {}", self.resource()),
            Self::StopFunction { function, .. } | Self::CapConcurrency { function, .. } => {
                format!("reserved {function}")
            }
            Self::StopInstances { .. } => format!("instances {}", self.resource()),
            Self::PauseExecution { execution, .. } => format!("execution {execution}"),
            Self::HardenFunctionUrl { resource } => format!("url {resource}"),
            Self::ReplaceResourcePolicy(replacement) => policy_setting(&replacement.resource),
            Self::RestoreRole(restore) => restore.setting(),
            Self::Watch(watching) => watching.setting(),
            Self::SwitchRule { rule, .. } => format!("rule {rule}"),
            Self::RestoreConfiguration { function, change } => format!(
                "configuration {function} {}",
                match change {
                    PutBack::Role { .. } => "role",
                    PutBack::Handler { .. } => "handler",
                    PutBack::Layers { .. } => "layers",
                    PutBack::Variable { name } => return variable_setting(function, name),
                    PutBack::Mapping { id, .. } => return format!("mapping-function {id}"),
                    PutBack::Alias { name, .. } => {
                        return format!("configuration {function} alias {name}");
                    }
                    PutBack::Vpc { .. } => "vpc",
                    PutBack::Signing { .. } => "signing",
                    PutBack::Recursion => "recursion",
                    PutBack::Logging { .. } => "logging",
                    PutBack::Retention { .. } => "retention",
                }
            ),
            Self::UnshareLayer { layer, permission } => {
                format!("layer {layer} {}", permission.statement)
            }
            Self::DeactivateAccessKey { key, .. } => format!("access-key {key}"),
            Self::TagFunction { function, tags } => {
                let keys: Vec<&str> = tags.keys().map(String::as_str).collect();
                format!("tags {function} {}", keys.join(" "))
            }
        }
    }

    /// The same for the same change of the same setting, and for no other: what a step is known by.
    pub fn id(&self) -> String {
        // Every field is text, a number or a list of these, which always serializes.
        let whole = serde_json::to_string(self).unwrap_or_default();
        fingerprint(&[&self.setting(), &whole])
    }

    /// This and `next`, a later change of the same setting, as one: from what was before this to
    /// what `next` left. None where somebody else was there in between and stays. What `next` only
    /// brought back to where this had left it was not for long: this alone is what counts.
    pub fn then(&self, next: &Self) -> Option<Self> {
        if self.setting() != next.setting() {
            return None;
        }
        match (self, next) {
            (Self::ReplaceResourcePolicy(first), Self::ReplaceResourcePolicy(second)) => {
                if first.unlocks || second.unlocks {
                    return None;
                }
                if says_the_same(first.after.as_deref(), second.after.as_deref()) {
                    return Some(self.clone());
                }
                let meets = says_the_same(first.after.as_deref(), Some(&second.before));
                let whole = PolicyReplacement { before: first.before.clone(), ..second.clone() };
                meets.then_some(Self::ReplaceResourcePolicy(whole))
            }
            (
                Self::CapConcurrency { reserved, most, .. },
                Self::StopFunction { function, reserved: met },
            ) => {
                let (function, reserved) = (function.clone(), *reserved);
                (*met == Some(*most)).then_some(Self::StopFunction { function, reserved })
            }
            (
                Self::CapConcurrency { reserved, most, .. },
                Self::CapConcurrency { function, reserved: met, most: lower },
            ) => {
                let (function, reserved, most_now) = (function.clone(), *reserved, *lower);
                let both = Self::CapConcurrency { function, reserved, most: most_now };
                (*met == Some(*most)).then_some(both)
            }
            (Self::RestoreRole(first), Self::RestoreRole(second)) => {
                first.then(second).map(Self::RestoreRole)
            }
            (Self::Watch(first), Self::Watch(second)) => first.then(second).map(Self::Watch),
            (
                Self::RemoveDestinations { .. } | Self::RedirectFailures { .. },
                Self::RemoveDestinations { .. } | Self::RedirectFailures { .. },
            ) => self.then_destinations(next),
            // Before an incident there was no such policy: what counts is what it says now.
            (Self::DenyRole { .. }, _) => Some(next.clone()),
            (_, _) => Some(self.clone()),
        }
    }

    /// The same of two changes of where records go, of which one may be a redirection.
    fn then_destinations(&self, next: &Self) -> Option<Self> {
        let (resource, before, after) = self.destinations()?;
        let (_, met, last) = next.destinations()?;
        let is_redirection = |one: &Self| matches!(one, Self::RedirectFailures { .. });
        if last == after || (is_redirection(self) && is_redirection(next)) {
            return Some(self.clone());
        }
        let whole = Self::RemoveDestinations { resource: resource.clone(), before, after: last };
        (met == after).then_some(whole)
    }

    /// Where records go before and after.
    fn destinations(&self) -> Option<(&FunctionResource, Destinations, Destinations)> {
        if let Self::RemoveDestinations { resource, before, after } = self {
            return Some((resource, before.clone(), after.clone()));
        }
        let Self::RedirectFailures { resource, before, queue } = self else { return None };
        let before = before.clone().unwrap_or_default();
        let after = Destinations { on_failure: queue.clone(), ..before.clone() };
        Some((resource, before, after))
    }
}

/// Whether two resource policies are the same, however AWS spaces them. None: there is none.
fn says_the_same(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            one == other || Document::parse(one).is_ok_and(|one| one.says(other))
        }
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The setting that [`Remediation::ReplaceResourcePolicy`] turns.
pub fn policy_setting(resource: &FunctionResource) -> String {
    format!("policy {resource}")
}

/// The setting that [`PutBack::Variable`] turns.
fn variable_setting(function: &FunctionArn, name: &str) -> String {
    format!("configuration {function} variable {name}")
}

/// The setting that [`Remediation::BoundRole`] turns.
pub fn boundary_setting(role: &RoleArn) -> String {
    format!("boundary {role}")
}

#[cfg(test)]
mod tests;
