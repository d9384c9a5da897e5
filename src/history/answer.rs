//! What decisions want read, answered as live reads answer: what is known, wholly or not at all.

use super::{
    History,
    function::{Function, policy_state},
};
use crate::{
    resource::{FunctionArn, FunctionResource, Home, Qualifier},
    setting::{Destinations, RecursiveLoop, Scaling, UrlAuthType},
    state::{PolicyState, Read, State, Surroundings, WatcherRead, Watchers},
};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

impl History {
    /// Answers reads: what is known goes into the state, and what no call told is marked as unread. What
    /// the journal tells is left out.
    pub fn answer(&self, home: &Home, reads: &BTreeSet<Read>, at: OffsetDateTime) -> State {
        let mut state = State::default();
        for read in reads.iter().filter(|read| !read.is_in_the_journal()) {
            match self.answer_one(home, read, at) {
                Some(found) => {
                    state.learn(found);
                    state.read.insert(read.clone());
                }
                None => {
                    state.unread.insert(read.clone());
                }
            }
        }
        // Which trails there are is never known in full, but one that records everything is enough.
        if reads.contains(&Read::Watcher(WatcherRead::Trails)) {
            let known = self.trails_of(home);
            known.into_iter().for_each(|(arn, trail)| {
                state.watchers.trails.entry(arn).or_insert(trail);
            });
        }
        state
    }

    fn answer_one(&self, home: &Home, read: &Read, at: OffsetDateTime) -> Option<State> {
        let mut state = State::default();
        match read {
            Read::Policy(resource) => {
                state.policies.insert(resource.clone(), self.policy(resource)?);
            }
            Read::EveryPolicy(function) => state.policies = self.every_policy(function)?,
            Read::LayerPolicy(layer) => {
                state.layer_policies.insert(layer.clone(), self.layer_policy(layer)?);
            }
            Read::Function(function) => {
                state.functions.insert(function.clone(), self.function(function)?);
            }
            Read::LogGroup(name) => {
                state.log_groups.insert(name.clone(), self.log_group(home, name)?);
            }
            Read::Url(resource) => {
                state.urls.insert(resource.clone(), self.url(resource)?);
            }
            Read::EveryUrl(function) => state.urls = self.every_url(function)?,
            Read::Provisioned(function) => {
                let all = self.hanging(function, |known| copied(known.provisioned.all()?))?;
                state.provisioned.insert(function.clone(), all);
            }
            Read::Rule(rule) => {
                state.rules.insert(rule.clone(), self.rule(rule)?);
            }
            Read::RulesOf(function) => state.rules = self.rules_of(function)?,
            Read::ExecutionRole(role) => {
                let live = self.execution_role(home, role.name())?;
                state.roles.insert(role.name().to_owned(), live);
            }
            Read::ManagedPolicy(policy) => {
                let (managed, roles) = self.roles_with(home, policy)?;
                state.managed.insert(policy.clone(), managed);
                state.roles = roles;
            }
            Read::Signing(function) => {
                state.signing.insert(function.clone(), self.signing(function)?);
            }
            Read::Recursion(function) => {
                state.recursion.insert(function.clone(), self.recursion(function)?);
            }
            Read::IdentityPolicy(policy) => {
                state.identity_policies.insert(policy.clone(), self.identity_policy(policy)?);
            }
            Read::AccessKeys(user) => {
                state.access_keys.insert(user.clone(), self.access_keys(user)?);
            }
            Read::KeyUses(_, key) => {
                state.keys.insert(key.clone(), self.key_uses.of(key, at));
            }
            Read::Watcher(watcher) => state.watchers = self.watcher(home, watcher)?,
            Read::Destinations(function)
            | Read::Mappings(function)
            | Read::EveryMapping(function)
            | Read::AutoScaling(function)
            | Read::Scaling(function)
            | Read::Executions(function)
            | Read::RoleUse(function, _)
            | Read::Boundary(function, _) => {
                state.surroundings.insert(function.clone(), self.around(read, function)?);
            }
            // No call tells them in full.
            Read::ExecutionRoles
            | Read::AssumedRoles(_)
            | Read::Alarm(_)
            | Read::Threat(_)
            | Read::Interface(_) => return None,
            // The journal's.
            Read::Snapshot(_)
            | Read::SwappedRoles(_)
            | Read::Alias(_)
            | Read::KnownAlias(_)
            | Read::Mapping(_, _)
            | Read::KnownMapping(_, _)
            | Read::Containment(_)
            | Read::ContainmentOf(_)
            | Read::Baseline(_) => return None,
        }
        Some(state)
    }

    fn around(&self, read: &Read, function: &FunctionArn) -> Option<Surroundings> {
        let mut around = Surroundings::default();
        match read {
            Read::Destinations(_) => around.destinations = Some(self.every_destination(function)?),
            Read::Mappings(_) => around.mappings = Some(self.mappings_of(function, false)?),
            Read::EveryMapping(_) => around.mappings = Some(self.mappings_of(function, true)?),
            Read::AutoScaling(_) => {
                let known = self.functions.get(function)??;
                around.auto_scaling = Some(copied(known.suspensions.all()?)?);
            }
            Read::Scaling(_) => around.scaling = Some(self.hanging(function, scaling)?),
            Read::Executions(_) => {
                // Only one that is made to have durable executions has any.
                let none = self.function(function)?.is_none_or(|live| !live.is_durable);
                around.executions = none.then(BTreeSet::new);
                around.executions.as_ref()?;
            }
            Read::RoleUse(_, role) => around.role_use = Some(self.role_use(function, role)?),
            Read::Boundary(_, role) => around.boundary = Some(self.boundary(role)?),
            _ => return None,
        }
        Some(around)
    }

    /// What hangs on the parts of a function; nothing on one that is gone.
    fn hanging<T: Default>(
        &self,
        function: &FunctionArn,
        of: impl FnOnce(&Function) -> Option<T>,
    ) -> Option<T> {
        match self.functions.get(function)? {
            Some(known) => of(known),
            None => Some(T::default()),
        }
    }

    fn every_policy(
        &self,
        function: &FunctionArn,
    ) -> Option<BTreeMap<FunctionResource, Option<PolicyState>>> {
        let own = FunctionResource::from(function.clone());
        let Some(known) = self.functions.get(function)? else {
            return Some([(own, None)].into());
        };
        let versions = known.versions.all()?.into_keys().map(|one| Qualifier::Version(*one));
        let aliases = known.aliases.all()?.into_keys().cloned().map(Qualifier::Alias);
        let all = versions.chain(aliases).map(Some).chain([None]);
        let policy = |qualifier: Option<Qualifier>| {
            let policy = known.policies.get(&qualifier)?.map(policy_state);
            Some((FunctionResource { function: function.clone(), qualifier }, policy))
        };
        all.map(policy).collect()
    }

    fn url(&self, resource: &FunctionResource) -> Option<Option<UrlAuthType>> {
        let Some(known) = self.functions.get(&resource.function)? else { return Some(None) };
        Some(known.urls.get(&resource.qualifier)?.copied())
    }

    fn every_url(
        &self,
        function: &FunctionArn,
    ) -> Option<BTreeMap<FunctionResource, Option<UrlAuthType>>> {
        let all = self.hanging(function, |known| copied(known.urls.all()?))?.into_iter();
        let of = |qualifier| FunctionResource { function: function.clone(), qualifier };
        Some(all.map(|(qualifier, auth)| (of(qualifier), Some(auth))).collect())
    }

    fn every_destination(
        &self,
        function: &FunctionArn,
    ) -> Option<BTreeMap<FunctionResource, Destinations>> {
        let all = self.hanging(function, |known| copied(known.destinations.all()?))?.into_iter();
        let of = |qualifier| FunctionResource { function: function.clone(), qualifier };
        Some(all.map(|(qualifier, to)| (of(qualifier), to)).collect())
    }

    fn recursion(&self, function: &FunctionArn) -> Option<Option<RecursiveLoop>> {
        let Some(known) = self.functions.get(function)? else { return Some(None) };
        known.recursion.map(Some)
    }

    fn watcher(&self, home: &Home, read: &WatcherRead) -> Option<Watchers> {
        let mut watchers = Watchers::default();
        match read {
            WatcherRead::Trail(arn) => {
                watchers.trails.insert(arn.clone(), self.trail(arn)?);
            }
            WatcherRead::Recorder(arn) => {
                watchers.recorders.insert(arn.clone(), self.recorder(arn)?);
            }
            WatcherRead::Detector(arn) => {
                watchers.detectors.insert(arn.clone(), self.detector(arn)?);
            }
            WatcherRead::Traces => watchers.traces = Some(self.trace_encryption(home)?),
            WatcherRead::Trails | WatcherRead::Snapshot(_) => return None,
        }
        Some(watchers)
    }
}

/// Of every version, and of what stands for the newest one, where it runs on managed instances.
fn scaling(known: &Function) -> Option<BTreeMap<Qualifier, Scaling>> {
    let live = known.configuration.as_deref()?;
    if !live.on_managed_instances {
        return Some(BTreeMap::new());
    }
    let versions = known.versions.all()?.into_keys().map(|one| Qualifier::Version(*one));
    let newest = Qualifier::Alias("$LATEST.PUBLISHED".to_owned());
    let scaling = |of: Qualifier| {
        let said = known.scaling.get(&of)?.copied().unwrap_or_default();
        Some((of, said))
    };
    versions.chain([newest]).map(scaling).collect()
}

fn copied<K: Ord + Clone, V: Clone>(all: BTreeMap<&K, &V>) -> Option<BTreeMap<K, V>> {
    Some(all.into_iter().map(|(name, thing)| (name.clone(), thing.clone())).collect())
}
