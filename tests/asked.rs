//! What the function would have read of a described state: everything that was asked for, and nothing
//! else.

use cordon::{
    resource::FunctionArn,
    state::{AlarmState, Read, State, Surroundings, WatcherRead},
};
use std::collections::{BTreeMap, BTreeSet};

/// As much of `whole` as `reads` ask for. What the journal remembers of a function is known.
pub fn asked(whole: &State, reads: &BTreeSet<Read>) -> State {
    let mut known = State { memory: whole.memory.clone(), ..State::default() };
    known.memory.contained = None;
    for read in reads {
        if whole.read.contains(read) || !is_told(read) {
            known.read.insert(read.clone());
        }
        add(whole, read, &mut known);
    }
    known
}

/// Whether a state says itself that this was read: what lists something, and may find nothing.
const fn is_told(read: &Read) -> bool {
    matches!(
        read,
        Read::RulesOf(_) | Read::ExecutionRoles | Read::SwappedRoles(_) | Read::Containment(_)
    )
}

/// Copies one entry, if there is one.
fn copy<K: Ord + Clone, V: Clone>(from: &BTreeMap<K, V>, key: &K, to: &mut BTreeMap<K, V>) {
    if let Some(value) = from.get(key) {
        to.insert(key.clone(), value.clone());
    }
}

/// Copies all entries that `is` says.
fn some<K: Ord + Clone, V: Clone>(
    from: &BTreeMap<K, V>,
    to: &mut BTreeMap<K, V>,
    is: impl Fn(&K) -> bool,
) {
    let own = from.iter().filter(|(key, _)| is(key));
    to.extend(own.map(|(key, value)| (key.clone(), value.clone())));
}

fn add(whole: &State, read: &Read, known: &mut State) {
    match read {
        Read::Policy(resource) => copy(&whole.policies, resource, &mut known.policies),
        Read::EveryPolicy(function) => {
            some(&whole.policies, &mut known.policies, |one| one.function == *function);
        }
        Read::LayerPolicy(layer) => copy(&whole.layer_policies, layer, &mut known.layer_policies),
        Read::Function(function) => copy(&whole.functions, function, &mut known.functions),
        Read::LogGroup(name) => copy(&whole.log_groups, name, &mut known.log_groups),
        Read::Alarm(alarm) => {
            copy(&whole.alarms, alarm, &mut known.alarms);
            let live = whole.alarms.get(alarm).and_then(Option::as_ref);
            if let Some(watched) = live.and_then(AlarmState::function) {
                copy(&whole.functions, &watched.function, &mut known.functions);
            }
        }
        Read::Url(resource) => copy(&whole.urls, resource, &mut known.urls),
        Read::EveryUrl(function) => {
            some(&whole.urls, &mut known.urls, |one| one.function == *function);
        }
        Read::Provisioned(function) => copy(&whole.provisioned, function, &mut known.provisioned),
        Read::Rule(rule) => copy(&whole.rules, rule, &mut known.rules),
        Read::RulesOf(_) => some(&whole.rules, &mut known.rules, |_| true),
        Read::Destinations(function)
        | Read::Mappings(function)
        | Read::EveryMapping(function)
        | Read::AutoScaling(function)
        | Read::Scaling(function)
        | Read::Executions(function)
        | Read::RoleUse(function, _)
        | Read::Boundary(function, _)
        | Read::AssumedRoles(function) => {
            let around = known.surroundings.entry(function.clone()).or_default();
            surround(&whole.around(function), read, around);
        }
        Read::ExecutionRole(role) => {
            copy(&whole.roles, &role.name().to_owned(), &mut known.roles);
        }
        Read::ExecutionRoles => some(&whole.roles, &mut known.roles, |_| true),
        Read::ManagedPolicy(policy) => {
            copy(&whole.managed, policy, &mut known.managed);
            some(&whole.roles, &mut known.roles, |_| true);
        }
        Read::Signing(function) => copy(&whole.signing, function, &mut known.signing),
        Read::Recursion(function) => copy(&whole.recursion, function, &mut known.recursion),
        Read::IdentityPolicy(policy) => {
            copy(&whole.identity_policies, policy, &mut known.identity_policies);
        }
        Read::AccessKeys(user) => copy(&whole.access_keys, user, &mut known.access_keys),
        Read::Snapshot(function) => {
            copy(&whole.functions, function, &mut known.functions);
            copy(&whole.remembered, function, &mut known.remembered);
            copy(&whole.signing, function, &mut known.signing);
        }
        Read::SwappedRoles(_) => some(&whole.role_policies, &mut known.role_policies, |_| true),
        Read::Alias(alias) | Read::KnownAlias(alias) => {
            copy(&whole.aliases, alias, &mut known.aliases);
            copy(&whole.functions, &alias.function, &mut known.functions);
        }
        Read::Mapping(mapping, _) | Read::KnownMapping(mapping, _) => {
            copy(&whole.mappings, mapping, &mut known.mappings);
            some(&whole.functions, &mut known.functions, |_| true);
        }
        Read::Containment(_) | Read::ContainmentOf(_) => contained(whole, known),
        Read::Interface(interface) => copy(&whole.interfaces, interface, &mut known.interfaces),
        Read::Threat(finding) => copy(&whole.threats, finding, &mut known.threats),
        Read::Baseline(function) => copy(&whole.baselines, function, &mut known.baselines),
        Read::KeyUses(_, key) => copy(&whole.keys, key, &mut known.keys),
        Read::Watcher(read) => watch(whole, read, known),
    }
}

/// How the containment stands, and what is read with it.
fn contained(whole: &State, known: &mut State) {
    let Some(contained) = &whole.memory.contained else { return };
    known.memory.contained = Some(contained.clone());
    let function: &FunctionArn = &contained.function;
    copy(&whole.functions, function, &mut known.functions);
    copy(&whole.provisioned, function, &mut known.provisioned);
    let around = known.surroundings.entry(function.clone()).or_default();
    for read in [Read::Destinations(function.clone()), Read::Mappings(function.clone())] {
        surround(&whole.around(function), &read, around);
    }
}

fn surround(whole: &Surroundings, read: &Read, known: &mut Surroundings) {
    match read {
        Read::Destinations(_) => known.destinations.clone_from(&whole.destinations),
        Read::Mappings(_) | Read::EveryMapping(_) => known.mappings.clone_from(&whole.mappings),
        Read::AutoScaling(_) => known.auto_scaling.clone_from(&whole.auto_scaling),
        Read::Scaling(_) => known.scaling.clone_from(&whole.scaling),
        Read::Executions(_) => known.executions.clone_from(&whole.executions),
        Read::RoleUse(_, _) => known.role_use.clone_from(&whole.role_use),
        Read::Boundary(_, _) => known.boundary.clone_from(&whole.boundary),
        Read::AssumedRoles(_) => known.assumed.clone_from(&whole.assumed),
        other => panic!("{other} is not around a function"),
    }
}

fn watch(whole: &State, read: &WatcherRead, known: &mut State) {
    let (whole, known) = (&whole.watchers, &mut known.watchers);
    match read {
        WatcherRead::Trail(trail) => copy(&whole.trails, trail, &mut known.trails),
        WatcherRead::Trails => {
            some(&whole.trails, &mut known.trails, |_| true);
            known.all_trails = whole.all_trails;
        }
        WatcherRead::Snapshot(trail) => copy(&whole.snapshots, trail, &mut known.snapshots),
        WatcherRead::Recorder(recorder) => copy(&whole.recorders, recorder, &mut known.recorders),
        WatcherRead::Detector(detector) => copy(&whole.detectors, detector, &mut known.detectors),
        WatcherRead::Traces => known.traces.clone_from(&whole.traces),
    }
}
