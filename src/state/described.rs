//! A state as a file describes it, for deciding without AWS.

use super::{
    AlarmState, AliasSnapshot, AliasState, Contained, EventRule, ExecutionRole, FunctionState,
    InterfaceState, KeyStatus, KeyUse, Known, LogGroup, ManagedPolicyState, MappingSnapshot,
    MappingState, Memory, PolicyState, Read, RecursiveLoop, Remembered, RolePolicies, Signing,
    Snapshot, State, Surroundings, Tally, UrlAuthType, VariableState, Watchers,
};
use crate::{
    baseline::{self, Baseline, Counted, Habit, LEARNING_CALLS, Reads, Sighting},
    event::Threat,
    finding::ControlId,
    iam::{Document, IdentityDocument},
    remediation::{Remediation, Stand},
    resource::{
        AlarmArn, Arn, FunctionArn, FunctionResource, IdentityPolicy, LayerVersion, Qualifier,
        RevisionId, RoleArn,
    },
    salt::{Salt, SaltedHash},
    setting::Routing,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// A state as a file describes it, for deciding without AWS.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct DescribedState {
    policies: BTreeMap<FunctionResource, Option<DescribedPolicy>>,
    /// The policies of layers' versions; null where one is shared with nobody.
    layer_policies: BTreeMap<LayerVersion, Option<serde_json::Value>>,
    functions: BTreeMap<FunctionArn, Option<FunctionState>>,
    /// By name; null where there is no such group.
    log_groups: BTreeMap<String, Option<LogGroup>>,
    /// Alarms of CloudWatch; null where there is no such alarm.
    alarms: BTreeMap<AlarmArn, Option<AlarmState>>,
    urls: BTreeMap<FunctionResource, Option<UrlAuthType>>,
    provisioned: BTreeMap<FunctionArn, BTreeMap<Qualifier, u32>>,
    identity_policies: Vec<DescribedIdentityPolicy>,
    /// Of users, each key by its id; null where there is no such user.
    access_keys: BTreeMap<Arn, Option<BTreeMap<String, KeyStatus>>>,
    rules: BTreeMap<Arn, Option<EventRule>>,
    /// Functions whose rules were looked up: those of `rules` that invoke them.
    rules_of: BTreeSet<FunctionArn>,
    surroundings: BTreeMap<FunctionArn, Surroundings>,
    /// Roles by name; null where no function has it.
    roles: BTreeMap<String, Option<ExecutionRole>>,
    /// The policies of roles that functions have and had; null where there is no such role.
    role_policies: BTreeMap<RoleArn, Option<RolePolicies>>,
    /// Managed policies.
    managed_policies: BTreeMap<Arn, ManagedPolicyState>,
    /// Findings of GuardDuty; null where it has no such finding.
    threats: BTreeMap<Arn, Option<Threat>>,
    /// Network interfaces; null where there is no such interface.
    interfaces: BTreeMap<Arn, Option<InterfaceState>>,
    /// What credentials of functions usually do; null where nothing is known yet.
    baselines: BTreeMap<FunctionArn, Option<DescribedBaseline>>,
    /// Where access keys were used lately, by their ids.
    keys: BTreeMap<String, Vec<KeyUse>>,
    watchers: Watchers,
    /// What functions were before; null where they are seen for the first time.
    before: BTreeMap<FunctionArn, Option<DescribedSnapshot>>,
    /// Where aliases lead, and led.
    aliases: BTreeMap<FunctionResource, DescribedAlias>,
    /// Where event source mappings lead, and led.
    mappings: BTreeMap<Arn, DescribedMapping>,
    /// Values of environment variables, made up: they are hashed as the function does it.
    environment: BTreeMap<FunctionArn, BTreeMap<String, String>>,
    /// Whether code has to be signed.
    signing: BTreeMap<FunctionArn, Option<Signing>>,
    /// What becomes of loops.
    recursion: BTreeMap<FunctionArn, Option<RecursiveLoop>>,
    held: BTreeSet<String>,
    /// The controls that had findings on the function lately.
    recent: BTreeSet<ControlId>,
    /// What was seen within the hour, the event counted.
    tally: Option<Tally>,
    /// The settings its incident turned already.
    turned: BTreeSet<String>,
    /// Roles that take no inline policy any more.
    full_roles: BTreeSet<RoleArn>,
    /// Functions that were looked up among the contained; null where they are not.
    contained: BTreeMap<FunctionArn, Option<DescribedContainment>>,
}

/// A snapshot as a file describes it, with values of variables in the place of their hashes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DescribedSnapshot {
    known: Snapshot,
    environment: Option<BTreeMap<String, String>>,
}

/// An alias as a file describes it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DescribedAlias {
    /// As it was; none where it is seen for the first time.
    known: Option<AliasSnapshot>,
    /// Its function is contained.
    contained: bool,
    /// Which versions it invokes; none where that was not looked at.
    live: Option<Routing>,
    /// It was looked at, and there is none.
    gone: bool,
    /// Versions it led to that are not there any more.
    missing: BTreeSet<String>,
}

impl From<DescribedAlias> for AliasState {
    fn from(described: DescribedAlias) -> Self {
        let DescribedAlias { known, contained, live, gone, missing } = described;
        let live = if gone { Some(None) } else { live.map(Some) };
        Self { known: seen(known, contained), live, missing: Some(missing) }
    }
}

/// An event source mapping as a file describes it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DescribedMapping {
    /// As it was; none where it is seen for the first time.
    known: Option<MappingSnapshot>,
    /// The function that it invoked is contained.
    contained: bool,
    /// What it invokes; none where that was not looked at.
    live: Option<FunctionResource>,
    /// It was looked at, and there is none.
    gone: bool,
    /// What it invoked is not there any more.
    missing: bool,
}

impl From<DescribedMapping> for MappingState {
    fn from(described: DescribedMapping) -> Self {
        let DescribedMapping { known, contained, live, gone, missing } = described;
        let live = if gone { Some(None) } else { live.map(Some) };
        Self { known: seen(known, contained), live, missing: Some(missing) }
    }
}

/// Seen at no particular time.
fn seen<T>(before: Option<T>, contained: bool) -> Known<T> {
    let version = u64::from(before.is_some());
    Known { version, before, closed: contained, contained, ..Known::default() }
}

/// Hashes that are only compared with each other need no secret.
const SALT: [u8; Salt::LENGTH] = [0; Salt::LENGTH];

fn hashed(values: &BTreeMap<String, String>) -> BTreeMap<String, SaltedHash> {
    let hashed = |(name, value): (&String, &String)| (name.clone(), Salt::new(SALT).hash(value));
    values.iter().map(hashed).collect()
}

/// What credentials usually do, as a file describes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedBaseline {
    #[serde(with = "time::serde::rfc3339")]
    began: OffsetDateTime,
    /// How many calls it was learned from; enough, unless given.
    #[serde(default = "enough")]
    calls: u32,
    /// When somebody trusted deployed last.
    #[serde(default, with = "time::serde::rfc3339::option")]
    deployed: Option<OffsetDateTime>,
    /// When what is usual was done last.
    #[serde(with = "time::serde::rfc3339")]
    seen: OffsetDateTime,
    #[serde(default)]
    usual: BTreeSet<Habit>,
    /// What is not usual, and when that was new.
    #[serde(default)]
    unusual: BTreeMap<Habit, Moment>,
    /// Something goes on with the function.
    #[serde(default)]
    closed: bool,
    /// Calls before this one that are not written yet.
    #[serde(default)]
    counted: u32,
    /// How many objects it reads.
    #[serde(default)]
    reads: Option<Reads>,
    /// Reads before this one that are not written yet.
    #[serde(default)]
    read: Counted,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(transparent)]
struct Moment(#[serde(with = "time::serde::rfc3339")] OffsetDateTime);

const fn enough() -> u32 {
    LEARNING_CALLS
}

impl From<DescribedBaseline> for baseline::Known {
    fn from(described: DescribedBaseline) -> Self {
        let DescribedBaseline { began, calls, deployed, seen, usual, unusual, .. } = described;
        let usual = usual.into_iter().map(|habit| (habit, Sighting::usual(began, seen)));
        let unusual = unusual.into_iter().map(|(habit, at)| (habit, Sighting::unusual(at.0)));
        let baseline = Baseline::of(began, calls, deployed, usual.chain(unusual));
        let baseline = Some(baseline.with_reads(described.reads));
        let DescribedBaseline { closed, counted, read, .. } = described;
        Self { baseline, version: 1, closed, counted, read, cached: false }
    }
}

/// A containment as a file describes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedContainment {
    incident: String,
    standing: Vec<DescribedStanding>,
    #[serde(default = "yes")]
    stops: bool,
}

const fn yes() -> bool {
    true
}

/// What it turned, and how that stands.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedStanding {
    turned: Remediation,
    stand: DescribedStand,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum DescribedStand {
    Before,
    After,
    Partly,
    /// In words, what was found.
    Other(String),
    Gone,
}

/// A resource policy as a file describes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedPolicy {
    /// The document, or its text.
    document: serde_json::Value,
    revision: Option<RevisionId>,
}

/// An identity policy as a file describes it: a managed one by its ARN, one in a user, role or group by
/// whose it is and its name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedIdentityPolicy {
    of: Arn,
    name: Option<String>,
    /// The document; null where there is none.
    document: Option<serde_json::Value>,
}

impl From<DescribedIdentityPolicy> for (IdentityPolicy, Option<super::IdentityPolicyState>) {
    fn from(described: DescribedIdentityPolicy) -> Self {
        let DescribedIdentityPolicy { of, name, document } = described;
        let policy = match name {
            Some(name) => IdentityPolicy::Inline { holder: of, name },
            None => IdentityPolicy::Managed(of),
        };
        (policy, document.map(|document| IdentityDocument::parse(&document.to_string())))
    }
}

impl From<DescribedState> for State {
    fn from(described: DescribedState) -> Self {
        let policy = |policy: DescribedPolicy| PolicyState {
            document: Document::parse(&match policy.document {
                serde_json::Value::String(text) => text,
                document => document.to_string(),
            }),
            revision: policy.revision,
        };
        let policies = described.policies.into_iter();
        let looked_up = described.contained.keys().cloned().map(Read::Containment);
        let rules_of = described.rules_of.into_iter().map(Read::RulesOf);
        let looked_up = looked_up.chain(rules_of).collect();
        let contained = described.contained.into_iter().find_map(|(function, containment)| {
            let DescribedContainment { incident, standing, stops } = containment?;
            let standing: Vec<(Remediation, Stand)> =
                standing.into_iter().map(|one| (one.turned, one.stand.into())).collect();
            let stopped_it = standing.iter().any(|(turned, _)| turned.stops());
            Some(Contained { incident, function, standing, stops, stopped_it })
        });
        let DescribedState { before, environment, mut functions, .. } = described;
        for (function, values) in &environment {
            if let Some(Some(live)) = functions.get_mut(function) {
                let look = |(name, value): (&String, &String)| {
                    (name.clone(), VariableState::of(name, value))
                };
                live.variables = Some(values.iter().map(look).collect());
                live.has_environment |= !values.is_empty();
            }
        }
        let remembered = |(function, before): (FunctionArn, Option<DescribedSnapshot>)| {
            let before = before.map(|DescribedSnapshot { known, environment }| {
                let environment = environment.as_ref().map(hashed);
                Snapshot { environment, ..known }
            });
            let environment = environment.get(&function).map(hashed);
            let salt = Salt::new(SALT);
            let (version, at, closed) = (u64::from(before.is_some()), None, false);
            (function, Remembered { before, at, version, salt, environment, closed })
        };
        Self {
            policies: policies.map(|(resource, live)| (resource, live.map(policy))).collect(),
            functions,
            remembered: before.into_iter().map(remembered).collect(),
            aliases: described.aliases.into_iter().map(|(on, alias)| (on, alias.into())).collect(),
            mappings: described.mappings.into_iter().map(|(on, one)| (on, one.into())).collect(),
            layer_policies: described
                .layer_policies
                .into_iter()
                .map(|(layer, live)| (layer, live.map(|live| Document::parse(&live.to_string()))))
                .collect(),
            log_groups: described.log_groups,
            alarms: described.alarms,
            urls: described.urls,
            signing: described.signing,
            recursion: described.recursion,
            identity_policies: described.identity_policies.into_iter().map(Into::into).collect(),
            access_keys: described.access_keys,
            provisioned: described.provisioned,
            rules: described.rules,
            surroundings: described.surroundings,
            roles: described.roles,
            role_policies: described.role_policies,
            managed: described.managed_policies,
            threats: described.threats,
            interfaces: described.interfaces,
            keys: described.keys,
            baselines: described
                .baselines
                .into_iter()
                .map(|(of, one)| (of, one.map(Into::into).unwrap_or_default()))
                .collect(),
            watchers: described.watchers,
            read: looked_up,
            memory: Memory {
                held: described.held,
                recent: described.recent,
                tally: described.tally,
                turned: described.turned,
                full_roles: described.full_roles,
                contained,
                ..Memory::default()
            },
            ..Self::default()
        }
    }
}

impl From<DescribedStand> for Stand {
    fn from(described: DescribedStand) -> Self {
        match described {
            DescribedStand::Before => Self::Before,
            DescribedStand::After => Self::After,
            DescribedStand::Partly => Self::Partly,
            DescribedStand::Other(found) => Self::Other(found),
            DescribedStand::Gone => Self::Gone,
        }
    }
}
