//! What a remediation makes of the state it was planned from, so that a second decision rests on what
//! is, and plans nothing twice.

use super::{FunctionState, PolicyState, State, Surroundings, Watchers};
use crate::{
    iam::{Change, Document, Edit, RewriteError, Statement, rewrite},
    remediation::{Remediation, Stand, Watching},
    resource::FunctionArn,
    setting::{
        Boundary, Destinations, KeyStatus, PutBack, RecursiveLoop, Scaling, Signing, Suspension,
        UrlAuthType,
    },
};

impl State {
    /// Changes as AWS changes when `remediation` is applied.
    pub fn take(&mut self, remediation: &Remediation) {
        let state = self;
        let setting = remediation.setting();
        for (turned, stand) in state.memory.contained.iter_mut().flat_map(|it| &mut it.standing) {
            if turned.setting() == setting {
                *stand = Stand::After;
            }
        }
        state.memory.turned.insert(setting);
        match remediation {
            Remediation::RedirectFailures { resource, before, queue } => {
                let on_success = before.as_ref().and_then(|before| before.on_success.clone());
                let after = Destinations { on_success, on_failure: queue.clone() };
                let around = around(state, &resource.function);
                around.destinations.get_or_insert_default().insert(resource.clone(), after);
            }
            Remediation::RemoveDeadLetterTarget { function, .. } => {
                live(state, function, |live| live.dead_letter_target = None);
            }
            Remediation::DisableMapping { function, before, queue } => {
                let mappings = around(state, function).mappings.get_or_insert_default();
                for mapping in mappings.iter_mut().filter(|mapping| mapping.id == before.id) {
                    mapping.enabled = false;
                    if queue.is_some() {
                        mapping.on_failure.clone_from(queue);
                    }
                }
            }
            // What it denies is known by its name alone.
            Remediation::DenyRole { .. } => {}
            Remediation::BoundRole { function, name, document, .. } => {
                let bound = Boundary { arn: name.clone(), document: document.clone() };
                around(state, function).boundary = Some(Some(bound));
            }
            Remediation::SuspendAutoScaling { function, qualifier, .. } => {
                let targets = around(state, function).auto_scaling.get_or_insert_default();
                targets.insert(qualifier.clone(), Suspension::ALL);
            }
            Remediation::DeleteProvisionedConcurrency { function, qualifier, .. } => {
                if let Some(provisioned) = state.provisioned.get_mut(function) {
                    provisioned.remove(qualifier);
                }
            }
            Remediation::StopFunction { function, .. } => {
                live(state, function, |live| live.reserved_concurrency = Some(0));
            }
            Remediation::CapConcurrency { function, most, .. } => {
                live(state, function, |live| live.reserved_concurrency = Some(*most));
            }
            Remediation::StopInstances { function, qualifier, .. } => {
                let scaling = around(state, function).scaling.get_or_insert_default();
                scaling.insert(qualifier.clone(), Scaling { min: Some(0), max: Some(0) });
            }
            Remediation::PauseExecution { function, execution } => {
                around(state, function).executions.get_or_insert_default().remove(execution);
            }
            Remediation::HardenFunctionUrl { resource } => {
                state.urls.insert(resource.clone(), Some(UrlAuthType::AwsIam));
            }
            Remediation::ReplaceResourcePolicy(replacement) => {
                state.memory.answered = true;
                let after = replacement
                    .after
                    .as_deref()
                    .map(|after| PolicyState { document: Document::parse(after), revision: None });
                state.policies.insert(replacement.resource.clone(), after);
            }
            Remediation::RestoreRole(restore) => state.take_role(restore),
            Remediation::SwitchRule { rule, after, .. } => {
                if let Some(Some(live)) = state.rules.get_mut(rule) {
                    live.switch = *after;
                }
            }
            Remediation::RestoreConfiguration { function, change } => {
                put_back(state, function, change);
            }
            Remediation::RemoveDestinations { resource, after, .. } => {
                let around = around(state, &resource.function);
                around.destinations.get_or_insert_default().insert(resource.clone(), after.clone());
            }
            Remediation::RemoveMappingDestination { function, mapping, .. } => {
                let mappings = around(state, function).mappings.get_or_insert_default();
                for one in mappings.iter_mut().filter(|one| one.id == *mapping) {
                    one.on_failure = None;
                }
            }
            Remediation::UnshareLayer { layer, permission } => {
                if let Some(Some(Ok(document))) = state.layer_policies.get(layer)
                    && let Ok(after) = without(document, &permission.statement)
                {
                    let after = after.map(|text| Document::parse(&text));
                    state.layer_policies.insert(layer.clone(), after);
                }
            }
            Remediation::DeactivateAccessKey { user, key } => {
                if let Some(Some(keys)) = state.access_keys.get_mut(user) {
                    keys.insert(key.clone(), KeyStatus::Inactive);
                }
            }
            Remediation::TagFunction { function, tags } => live(state, function, |live| {
                live.tags.get_or_insert_default().extend(tags.clone());
            }),
            Remediation::Watch(watching) => watch(&mut state.watchers, watching),
        }
    }
}

fn watch(watchers: &mut Watchers, watching: &Watching) {
    let trail = watchers.trails.get_mut(watching.watcher()).and_then(Option::as_mut);
    match watching {
        Watching::StartLogging { .. } => {
            if let Some(trail) = trail {
                trail.logging = true;
            }
        }
        Watching::UpdateTrail { after, .. } => {
            if let Some(trail) = trail {
                trail.settings = (**after).clone();
            }
        }
        Watching::PutEventSelectors { after, .. } => {
            if let Some(trail) = trail {
                trail.selectors = after.clone();
            }
        }
        Watching::StartRecorder { recorder } => {
            watchers.recorders.insert(recorder.clone(), Some(true));
        }
        Watching::SetDetector { detector, after, .. } => {
            watchers.detectors.insert(detector.clone(), Some(*after));
        }
        Watching::EncryptTraces { after, .. } => watchers.traces = Some(after.clone()),
    }
}

fn put_back(state: &mut State, function: &FunctionArn, change: &PutBack) {
    if let (PutBack::Variable { name }, Some(remembered)) =
        (change, state.remembered.get_mut(function))
        && let Some(environment) = &mut remembered.environment
    {
        environment.remove(name);
    }
    if let PutBack::Signing { back, .. } = change {
        let config = Some(back.clone());
        state.signing.insert(function.clone(), Some(Signing { config, enforces: true }));
    }
    if *change == PutBack::Recursion {
        state.recursion.insert(function.clone(), Some(RecursiveLoop::Terminate));
    }
    if let PutBack::Alias { name, back, .. } = change {
        for (on, alias) in &mut state.aliases {
            if on.function == *function && on.is_alias(name) {
                alias.live = Some(Some(back.clone()));
            }
        }
    }
    if let PutBack::Mapping { id, back, .. } = change {
        for (_, mapping) in state.mappings.iter_mut().filter(|(arn, _)| arn.name() == id) {
            mapping.live = Some(Some(back.clone()));
        }
    }
    let group = function.log_group();
    if let (PutBack::Retention { back, .. }, Some(Some(group))) =
        (change, state.log_groups.get_mut(&group))
    {
        group.retention_days = Some(*back);
    }
    live(state, function, |live| match change {
        PutBack::Signing { .. }
        | PutBack::Recursion
        | PutBack::Retention { .. }
        | PutBack::Alias { .. }
        | PutBack::Mapping { .. } => {}
        PutBack::Role { back, .. } => live.role.clone_from(back),
        PutBack::Logging { back, .. } => {
            live.log_group = Some(back.clone()).filter(|back| *back != group);
        }
        PutBack::Handler { back, .. } => live.handler = Some(back.clone()),
        PutBack::Layers { back, .. } => live.layers.clone_from(back),
        PutBack::Variable { name } => {
            if let Some(variables) = &mut live.variables {
                variables.remove(name);
            }
        }
        PutBack::Vpc { back } => {
            live.vpc = back.clone();
            live.in_vpc = true;
        }
    });
}
/// The policy without the statement of this name; none if none is left.
fn without(document: &Document, sid: &str) -> Result<Option<String>, RewriteError> {
    let statements = document.statements().iter().enumerate();
    let named = statements.filter(|(_, statement)| statement.sid.as_deref() == Some(sid));
    let drop = |(index, statement): (usize, &Statement)| Edit {
        index,
        principals: statement.principals.clone(),
        change: Change::Drop,
    };
    rewrite(document, &named.map(drop).collect::<Vec<_>>())
}

fn live(state: &mut State, function: &FunctionArn, change: impl FnOnce(&mut FunctionState)) {
    if let Some(Some(live)) = state.functions.get_mut(function) {
        change(live);
    }
}

fn around<'s>(state: &'s mut State, function: &FunctionArn) -> &'s mut Surroundings {
    state.surroundings.entry(function.clone()).or_default()
}
