//! How a remediation and its way back are called and told. Names are stable: they stand in plans, in
//! the journal and in `cordon restore --step`.

use super::{Ends, Remediation};
use crate::{
    finding::shown,
    setting::{LayerPermission, PutBack, RuleSwitch, Scaling},
};

impl Remediation {
    /// The name in plans, logs and the journal.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RedirectFailures { .. } => "redirect-failures",
            Self::RemoveDeadLetterTarget { .. } => "remove-dead-letter-target",
            Self::DisableMapping { .. } => "disable-event-source-mapping",
            Self::DenyRole { ends, .. } => match ends {
                Ends::FunctionUse => "revoke-function",
                Ends::OlderSessions => "revoke-sessions",
                Ends::AssumedSessions => "revoke-assumed-role",
            },
            Self::BoundRole { .. } => "bound-role",
            Self::SuspendAutoScaling { .. } => "suspend-auto-scaling",
            Self::DeleteProvisionedConcurrency { .. } => "delete-provisioned-concurrency",
            Self::StopFunction { .. } => "stop-function",
            Self::CapConcurrency { .. } => "cap-concurrency",
            Self::StopInstances { .. } => "stop-managed-instances",
            Self::PauseExecution { .. } => "pause-durable-execution",
            Self::HardenFunctionUrl { .. } => "harden-function-url",
            Self::ReplaceResourcePolicy(_) => "replace-resource-policy",
            Self::RestoreRole(restore) => restore.name(),
            Self::SwitchRule { after, .. } => switching(*after),
            Self::RestoreConfiguration { change, .. } => match change {
                PutBack::Role { .. } => "restore-execution-role",
                PutBack::Handler { .. } => "restore-handler",
                PutBack::Layers { .. } => "restore-layers",
                PutBack::Variable { .. } => "remove-environment-variable",
                PutBack::Vpc { .. } => "restore-vpc",
                PutBack::Signing { .. } => "restore-code-signing",
                PutBack::Recursion => "terminate-recursion",
                PutBack::Logging { .. } => "restore-logging",
                PutBack::Retention { .. } => "raise-log-retention",
                PutBack::Alias { .. } => "restore-alias",
                PutBack::Mapping { .. } => "restore-mapping-function",
            },
            Self::RemoveDestinations { .. } => "remove-destinations",
            Self::RemoveMappingDestination { .. } => "remove-mapping-destination",
            Self::UnshareLayer { .. } => "unshare-layer",
            Self::DeactivateAccessKey { .. } => "deactivate-access-key",
            Self::TagFunction { .. } => "tag-function",
            Self::Watch(watching) => watching.name(),
        }
    }

    /// The name of its way back.
    pub const fn undo_name(&self) -> &'static str {
        match self {
            Self::RedirectFailures { .. } => "put-failure-destination",
            Self::RemoveDeadLetterTarget { .. } => "put-dead-letter-target",
            Self::DisableMapping { .. } => "put-event-source-mapping",
            Self::DenyRole { .. } => "delete-role-policy",
            Self::BoundRole { .. } => "put-permissions-boundary",
            Self::SuspendAutoScaling { .. } => "resume-auto-scaling",
            Self::DeleteProvisionedConcurrency { .. } => "put-provisioned-concurrency",
            Self::StopFunction { .. } | Self::CapConcurrency { .. } => "reserve-concurrency",
            Self::StopInstances { .. } => "scale-managed-instances",
            Self::PauseExecution { .. } => "resume-durable-execution",
            Self::HardenFunctionUrl { .. } => "set-url-auth-type",
            Self::ReplaceResourcePolicy(_) => "put-resource-policy",
            Self::RestoreRole(restore) => restore.undo_name(),
            Self::SwitchRule { before, .. } => switching(*before),
            Self::RestoreConfiguration { change, .. } => match change {
                PutBack::Role { .. } => "put-execution-role",
                PutBack::Handler { .. } => "put-handler",
                PutBack::Layers { .. } => "put-layers",
                PutBack::Variable { .. } => "put-environment-variable",
                PutBack::Vpc { .. } => "detach-vpc",
                PutBack::Signing { .. } => "put-code-signing",
                PutBack::Recursion => "allow-recursion",
                PutBack::Logging { .. } => "put-logging",
                PutBack::Retention { .. } => "put-log-retention",
                PutBack::Alias { .. } => "put-alias",
                PutBack::Mapping { .. } => "put-mapping-function",
            },
            Self::RemoveDestinations { .. } => "put-destinations",
            Self::RemoveMappingDestination { .. } => "put-mapping-destination",
            Self::UnshareLayer { .. } => "share-layer",
            Self::DeactivateAccessKey { .. } => "activate-access-key",
            Self::TagFunction { .. } => "untag-function",
            Self::Watch(watching) => watching.undo_name(),
        }
    }

    /// What it changes from what to what, in words.
    pub fn changes(&self) -> Vec<String> {
        match self {
            Self::RedirectFailures { before, queue, .. } => {
                let before = before.as_ref().and_then(|before| before.on_failure.as_deref());
                let after = queue.as_ref().map_or("nobody", |_| "quarantine");
                vec![format!("failed events go to: {} -> {after}", before.unwrap_or("nobody"))]
            }
            Self::RemoveDeadLetterTarget { before, .. } => {
                vec![format!("dead letters go to: {before} -> nobody")]
            }
            Self::DisableMapping { before, queue, .. } => {
                let mut changes =
                    vec![format!("mapping of `{}`: enabled -> disabled", before.source)];
                if !before.enabled {
                    changes.clear();
                }
                if queue.is_some() {
                    let to = before.on_failure.as_deref().unwrap_or("nobody");
                    changes.push(format!("failed records go to: {to} -> quarantine"));
                }
                changes
            }
            Self::DenyRole { role, ends, .. } => vec![match ends {
                Ends::FunctionUse => {
                    format!("role `{}`: this function's use of it -> denied", role.name())
                }
                Ends::OlderSessions => {
                    format!("role `{}`: sessions issued until now -> denied", role.name())
                }
                Ends::AssumedSessions => {
                    format!("role `{}`: sessions this function opened -> denied", role.name())
                }
            }],
            Self::BoundRole { role, .. } => vec![format!(
                "role `{}`: this function's use of it -> denied by permissions boundary",
                role.name()
            )],
            Self::SuspendAutoScaling { .. } => {
                vec!["auto scaling of provisioned concurrency: active -> suspended".to_owned()]
            }
            Self::DeleteProvisionedConcurrency { requested, .. } => {
                vec![format!("provisioned concurrency: {requested} -> none")]
            }
            Self::StopFunction { reserved, .. } => {
                vec![format!("reserved concurrency: {} -> 0", amount(*reserved))]
            }
            Self::CapConcurrency { reserved, most, .. } => {
                vec![format!("reserved concurrency: {} -> {most}", amount(*reserved))]
            }
            Self::StopInstances { before, .. } => {
                vec![format!("execution environments: {} -> 0", environments(before))]
            }
            Self::PauseExecution { execution, .. } => {
                vec![format!("durable execution `{execution}`: running -> paused")]
            }
            Self::HardenFunctionUrl { .. } => vec!["AuthType: NONE -> AWS_IAM".to_owned()],
            Self::ReplaceResourcePolicy(replacement) => replacement.edits.clone(),
            Self::RestoreRole(restore) => vec![restore.change()],
            Self::SwitchRule { rule, before, after, .. } => {
                let (before, after) = (before.as_str(), after.as_str());
                vec![format!("rule `{}`: {before} -> {after}", rule.name())]
            }
            Self::RestoreConfiguration { change, .. } => vec![match change {
                PutBack::Role { stood, back } => {
                    format!("execution role: {} -> {}", named(stood), named(back))
                }
                PutBack::Handler { stood, back } => {
                    format!("handler: {} -> {}", named(stood), named(back))
                }
                PutBack::Layers { stood, back } => {
                    format!("layers: {} -> {}", listed(stood), listed(back))
                }
                PutBack::Variable { name } => {
                    format!("environment variable {}: set -> absent", named(name))
                }
                PutBack::Vpc { back } => format!("subnets: none -> {}", listed(&back.subnets)),
                PutBack::Signing { stood, back } => {
                    format!("code signing: {} -> {}", or_none(stood.as_deref()), named(back))
                }
                PutBack::Recursion => "recursive loops: Allow -> Terminate".to_owned(),
                PutBack::Logging { stood, back } => {
                    format!("logs go to: {} -> {}", named(stood), named(back))
                }
                PutBack::Retention { stood, back } => {
                    format!(
                        "log events are kept for: {stood} -> {back} days; those deleted already are gone"
                    )
                }
                PutBack::Alias { name, stood, back } => {
                    format!("alias {}: {stood} -> {back}", named(name))
                }
                PutBack::Mapping { id, stood, back } => {
                    format!("mapping {} invokes: {stood} -> {back}", named(id))
                }
            }],
            Self::RemoveDestinations { before, after, .. } => [
                ("succeeded", &before.on_success, &after.on_success),
                ("failed", &before.on_failure, &after.on_failure),
            ]
            .into_iter()
            .filter(|(_, before, after)| before != after)
            .map(|(which, before, _)| {
                format!("{which} events go to: {} -> nobody", before.as_deref().unwrap_or("nobody"))
            })
            .collect(),
            Self::RemoveMappingDestination { before, .. } => {
                vec![format!("failed records go to: {before} -> nobody")]
            }
            Self::UnshareLayer { permission, .. } => vec![format!(
                "statement `{}`: shared with {} -> with nobody",
                shown(&permission.statement, 100),
                whom(permission)
            )],
            Self::DeactivateAccessKey { user, key } => {
                vec![format!("access key {} of `{}`: Active -> Inactive", named(key), user.name())]
            }
            Self::TagFunction { tags, .. } => {
                tags.iter().map(|(key, value)| format!("tag `{key}` = `{value}`")).collect()
            }
            Self::Watch(watching) => watching.changes(),
        }
    }

    /// What its way back puts back, in words.
    pub fn undo_change(&self) -> String {
        match self {
            Self::RedirectFailures { before, .. } => {
                let before = before.as_ref().and_then(|before| before.on_failure.as_deref());
                format!("failed events go to: {}", before.unwrap_or("nobody"))
            }
            Self::RemoveDeadLetterTarget { before, .. } => format!("dead letters go to: {before}"),
            Self::DisableMapping { before, .. } => format!(
                "mapping of `{}`: {}",
                before.source,
                if before.enabled { "enabled" } else { "disabled" }
            ),
            Self::DenyRole { role, name, .. } => {
                format!("role `{}` without the policy `{name}`", role.name())
            }
            Self::BoundRole { role, before, .. } => format!(
                "permissions boundary of role `{}`: {}",
                role.name(),
                before.as_deref().unwrap_or("none")
            ),
            Self::SuspendAutoScaling { .. } => "auto scaling as it was".to_owned(),
            Self::DeleteProvisionedConcurrency { requested, .. } => {
                format!("provisioned concurrency: {requested}")
            }
            Self::StopFunction { reserved, .. } | Self::CapConcurrency { reserved, .. } => {
                format!("reserved concurrency: {}", amount(*reserved))
            }
            Self::StopInstances { before, .. } => {
                format!("execution environments: {}", environments(before))
            }
            Self::PauseExecution { execution, .. } => {
                format!("durable execution `{execution}`: running")
            }
            Self::HardenFunctionUrl { .. } => "AuthType: NONE".to_owned(),
            Self::ReplaceResourcePolicy(_) => "the document as it was".to_owned(),
            Self::RestoreRole(restore) => restore.undo_change(),
            Self::SwitchRule { rule, before, .. } => {
                format!("rule `{}`: {}", rule.name(), before.as_str())
            }
            Self::RestoreConfiguration { change, .. } => match change {
                PutBack::Role { stood, .. } => format!("execution role: {}", named(stood)),
                PutBack::Handler { stood, .. } => format!("handler: {}", named(stood)),
                PutBack::Layers { stood, .. } => format!("layers: {}", listed(stood)),
                PutBack::Variable { name } => format!(
                    "environment variable {}: its value was not kept, set it by hand",
                    named(name)
                ),
                PutBack::Vpc { .. } => "subnets: none".to_owned(),
                PutBack::Signing { stood, .. } => {
                    format!("code signing: {}", or_none(stood.as_deref()))
                }
                PutBack::Recursion => "recursive loops: Allow".to_owned(),
                PutBack::Logging { stood, .. } => format!("logs go to: {}", named(stood)),
                PutBack::Retention { stood, .. } => {
                    format!("log events are kept for: {stood} days, as somebody set them")
                }
                PutBack::Alias { name, stood, .. } => format!("alias {}: {stood}", named(name)),
                PutBack::Mapping { id, stood, .. } => {
                    format!("mapping {} invokes: {stood}", named(id))
                }
            },
            Self::RemoveDestinations { before, .. } => format!(
                "succeeded events go to: {}, failed ones to: {}",
                before.on_success.as_deref().unwrap_or("nobody"),
                before.on_failure.as_deref().unwrap_or("nobody"),
            ),
            Self::RemoveMappingDestination { before, .. } => {
                format!("failed records go to: {before}")
            }
            Self::UnshareLayer { permission, .. } => format!(
                "statement `{}`: shared with {}",
                shown(&permission.statement, 100),
                whom(permission)
            ),
            Self::DeactivateAccessKey { user, key } => {
                format!("access key {} of `{}`: Active", named(key), user.name())
            }
            Self::TagFunction { tags, .. } => {
                let keys: Vec<String> = tags.keys().map(|key| format!("`{key}`")).collect();
                format!("without tag {}", keys.join(", "))
            }
            Self::Watch(watching) => watching.undo_change(),
        }
    }
}

const fn switching(to: RuleSwitch) -> &'static str {
    match to {
        RuleSwitch::Disabled => "disable-rule",
        RuleSwitch::Enabled | RuleSwitch::EnabledForAll => "enable-rule",
    }
}

/// What somebody wrote, as it may be shown.
fn named(text: &str) -> String {
    format!("`{}`", shown(text, 140))
}

fn or_none(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), named)
}

fn listed(texts: &[String]) -> String {
    if texts.is_empty() {
        return "none".to_owned();
    }
    texts.iter().map(|text| named(text)).collect::<Vec<_>>().join(", ")
}

/// Whom a layer is shared with.
fn whom(permission: &LayerPermission) -> String {
    match (&*permission.principal, &permission.organization) {
        ("*", None) => "everybody".to_owned(),
        ("*", Some(organization)) => format!("organization {}", shown(organization, 100)),
        (account, _) => format!("account {}", shown(account, 100)),
    }
}

/// Concurrency in words: none is not 0.
fn amount(concurrency: Option<u32>) -> String {
    concurrency.map_or_else(|| "none".to_owned(), |number| number.to_string())
}

fn environments(scaling: &Scaling) -> String {
    format!("{} to {}", amount(scaling.min), amount(scaling.max))
}
