//! The live state a decision rests on. What was not read is absent, and a control that needs it
//! says `InsufficientData`; what was read and is not there is `None`.

mod alarm;
mod described;
mod effect;
mod interface;
mod key_use;
mod read;
mod role;
mod route;
mod shown;
mod snapshot;
mod surroundings;
mod tally;
mod watchers;

pub use crate::setting::{
    Boundary, Destinations, Detector, EventRule, KeyStatus, LogGroup, Mapping, RecursiveLoop,
    RoleUse, RuleSwitch, Scaling, Signing, Suspension, TraceEncryption, UrlAuthType, VpcAttachment,
};
pub use alarm::AlarmState;
pub use described::DescribedState;
pub use interface::InterfaceState;
pub use key_use::KeyUse;
pub use read::{Read, WatcherRead};
pub use role::{
    ExecutionRole, KnownRole, ManagedPolicyState, PolicyVersion, RolePolicies, policy_hash,
};
pub use route::{AliasSnapshot, AliasState, Known, Lesson, MappingSnapshot, MappingState};
pub use snapshot::{Remembered, Snapshot};
pub use surroundings::Surroundings;
pub use tally::{Sighting, Tally};
pub use watchers::Watchers;

use crate::{
    baseline,
    event::Threat,
    finding::{ControlId, fingerprint},
    iam::{Document, IdentityDocument},
    injection::injects,
    remediation::{Remediation, Stand},
    resource::{
        AlarmArn, Arn, FunctionArn, FunctionResource, IdentityPolicy, LayerVersion, Qualifier,
        RevisionId, RoleArn,
    },
    secret::suspect,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything read for one decision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Resource policies, by what they hang on.
    pub policies: BTreeMap<FunctionResource, Option<PolicyState>>,
    /// The policies of layers' versions; none where one is shared with nobody.
    pub layer_policies: BTreeMap<LayerVersion, Option<Result<Document, crate::iam::DocumentError>>>,
    /// Functions.
    pub functions: BTreeMap<FunctionArn, Option<FunctionState>>,
    /// Log groups, by name; none where there is no such group.
    pub log_groups: BTreeMap<String, Option<LogGroup>>,
    /// Alarms of CloudWatch; none where there is no such alarm.
    pub alarms: BTreeMap<AlarmArn, Option<AlarmState>>,
    /// URL configurations.
    pub urls: BTreeMap<FunctionResource, Option<UrlAuthType>>,
    /// Provisioned concurrency requested, by version or alias.
    pub provisioned: BTreeMap<FunctionArn, BTreeMap<Qualifier, u32>>,
    /// EventBridge rules.
    pub rules: BTreeMap<Arn, Option<EventRule>>,
    /// What functions were before.
    pub remembered: BTreeMap<FunctionArn, Remembered>,
    /// Where aliases lead, and led.
    pub aliases: BTreeMap<FunctionResource, AliasState>,
    /// Where event source mappings lead, and led.
    pub mappings: BTreeMap<Arn, MappingState>,
    /// Whether code has to be signed.
    pub signing: BTreeMap<FunctionArn, Option<Signing>>,
    /// What becomes of loops.
    pub recursion: BTreeMap<FunctionArn, Option<RecursiveLoop>>,
    /// What is around the functions that are contained.
    pub surroundings: BTreeMap<FunctionArn, Surroundings>,
    /// Roles by name; none where no function of this Region has it.
    pub roles: BTreeMap<String, Option<ExecutionRole>>,
    /// The policies of roles that a function has and had; none where there is no such role.
    pub role_policies: BTreeMap<RoleArn, Option<RolePolicies>>,
    /// Managed policies.
    pub managed: BTreeMap<Arn, ManagedPolicyState>,
    /// Findings of GuardDuty on functions; none where it has no such finding.
    pub threats: BTreeMap<Arn, Option<Threat>>,
    /// What credentials of functions, and their network interfaces, usually do.
    pub baselines: BTreeMap<baseline::Subject, baseline::Known>,
    /// Where keys of functions were used lately, by their ids.
    pub keys: BTreeMap<String, Vec<KeyUse>>,
    /// Network interfaces; none where there is no such interface.
    pub interfaces: BTreeMap<Arn, Option<InterfaceState>>,
    /// What watches the account.
    pub watchers: Watchers,
    /// Identity policies, by where they are.
    pub identity_policies: BTreeMap<IdentityPolicy, Option<IdentityPolicyState>>,
    /// The access keys of users, by their ids; none where there is no such user.
    pub access_keys: BTreeMap<Arn, Option<BTreeMap<String, KeyStatus>>>,
    /// What was read.
    pub read: BTreeSet<Read>,
    /// What could not be read.
    pub unread: BTreeSet<Read>,
    /// What is known from before.
    pub memory: Memory,
}

/// What the journal knows of a function, and what this invocation has learned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// Marks of what an operator restored and wants left alone.
    pub held: BTreeSet<String>,
    /// The incident of the function that is still going on.
    pub incident: Option<String>,
    /// The incident of the function that was restored last: another one must not have its name.
    pub restored: Option<String>,
    /// That incident contains the function.
    pub contains: bool,
    /// The event began a containment that is not over: it is carried through, also when what showed
    /// that it was needed has been remediated meanwhile.
    pub pursued: bool,
    /// It lists no more events.
    pub crowded: bool,
    /// It is open or partial, and the event is one of its own.
    pub unfinished: bool,
    /// The settings that incident turned for certain.
    pub turned: BTreeSet<String>,
    /// An earlier delivery of the event has been answered already, in full or in part.
    pub answered: bool,
    /// The controls that had findings on the function lately.
    pub recent: BTreeSet<ControlId>,
    /// What was seen on the resource within the hour, the event counted; none where nothing is counted.
    pub tally: Option<Tally>,
    /// The limit that keeps the event from being answered.
    pub limited: Option<String>,
    /// Functions whose own resource policy denies Cordon what it has to do.
    pub locked_out: BTreeSet<FunctionArn>,
    /// Roles that take no inline policy any more.
    pub full_roles: BTreeSet<RoleArn>,
    /// The containment that is looked at again, and how what it turned stands now.
    pub contained: Option<Contained>,
}

/// A containment that is looked at again.
#[derive(Debug, Clone, PartialEq)]
pub struct Contained {
    /// The incident.
    pub incident: String,
    /// The function.
    pub function: FunctionArn,
    /// What it turned and was not put back, and how that stands.
    pub standing: Vec<(Remediation, Stand)>,
    /// Whether it is to stop the function: it may only have revoked its credentials.
    pub stops: bool,
    /// Whether it stopped the function itself, even if somebody who may lets it run since.
    pub stopped_it: bool,
}

impl State {
    /// What was read of a function's surroundings.
    pub fn around(&self, function: &FunctionArn) -> Surroundings {
        self.surroundings.get(function).cloned().unwrap_or_default()
    }

    /// How often that has been written which a lesson is of.
    pub fn version(&self, lesson: &Lesson) -> u64 {
        match lesson {
            Lesson::Alias(alias, _) => self.aliases.get(alias).map(|alias| alias.known.version),
            Lesson::Mapping(mapping, _) => self.mappings.get(mapping).map(|one| one.known.version),
        }
        .unwrap_or_default()
    }

    /// Adds what was read later.
    pub fn learn(&mut self, later: Self) {
        self.memory.locked_out.extend(later.memory.locked_out);
        self.memory.contained = later.memory.contained.or(self.memory.contained.take());
        self.policies.extend(later.policies);
        self.layer_policies.extend(later.layer_policies);
        self.functions.extend(later.functions);
        self.log_groups.extend(later.log_groups);
        self.alarms.extend(later.alarms);
        self.urls.extend(later.urls);
        self.identity_policies.extend(later.identity_policies);
        self.access_keys.extend(later.access_keys);
        self.provisioned.extend(later.provisioned);
        self.rules.extend(later.rules);
        self.remembered.extend(later.remembered);
        self.aliases.extend(later.aliases);
        self.mappings.extend(later.mappings);
        self.signing.extend(later.signing);
        self.recursion.extend(later.recursion);
        self.roles.extend(later.roles);
        self.role_policies.extend(later.role_policies);
        self.managed.extend(later.managed);
        self.threats.extend(later.threats);
        self.baselines.extend(later.baselines);
        self.keys.extend(later.keys);
        self.interfaces.extend(later.interfaces);
        self.watchers.learn(later.watchers);
        for (function, around) in later.surroundings {
            self.surroundings.entry(function).or_default().learn(around);
        }
        self.unread.retain(|one| !later.read.contains(one));
        self.read.extend(later.read);
        self.unread.extend(later.unread);
    }
}

/// An identity policy as it was read: the document, or why it cannot be understood.
pub type IdentityPolicyState = Result<IdentityDocument, crate::iam::DocumentError>;

/// A resource policy as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyState {
    /// The document, or why it cannot be understood.
    pub document: Result<Document, crate::iam::DocumentError>,
    /// What a guarded write compares. None: the answer carried none, so no write is possible.
    pub revision: Option<RevisionId>,
}

/// What `GetFunction` tells, without code, secrets or values of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FunctionState {
    /// The execution role's ARN.
    pub role: String,
    /// None for container images.
    pub runtime: Option<String>,
    /// Attached to at least one subnet.
    pub in_vpc: bool,
    /// Has environment variables.
    pub has_environment: bool,
    /// Whether it has any could not be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hides_environment: bool,
    /// The customer managed key for the environment, if any.
    pub kms_key: Option<String>,
    /// None where the tags could not be read.
    pub tags: Option<BTreeMap<String, String>>,
    /// None where nothing is reserved, which is not the same as 0.
    pub reserved_concurrency: Option<u32>,
    /// The ARN of the dead-letter queue or topic.
    #[serde(default)]
    pub dead_letter_target: Option<String>,
    /// Runs on managed instances, where reserved concurrency means nothing.
    #[serde(default)]
    pub on_managed_instances: bool,
    /// Has durable executions.
    #[serde(default)]
    pub is_durable: bool,
    /// A name for its code and the settings that decide what runs, other for other code.
    #[serde(default)]
    pub code: Option<String>,
    /// The log group's name; none for the one that is named after the function.
    #[serde(default)]
    pub log_group: Option<String>,
    /// The handler; none for container images.
    #[serde(default)]
    pub handler: Option<String>,
    /// The ARNs of the versions of its layers, in their order.
    #[serde(default)]
    pub layers: Vec<String>,
    /// Its subnets and security groups.
    #[serde(default)]
    pub vpc: VpcAttachment,
    /// The hash of its code, as Lambda has it.
    #[serde(default)]
    pub code_sha256: Option<String>,
    /// When it was changed, as Lambda writes it.
    #[serde(default)]
    pub modified: Option<String>,
    /// Its environment variables; none where they could not be read.
    #[serde(default)]
    pub variables: Option<BTreeMap<String, VariableState>>,
}

impl FunctionState {
    /// A function of which nothing is known but its execution role.
    pub fn of_role(role: &str) -> Self {
        Self {
            role: role.to_owned(),
            runtime: None,
            in_vpc: false,
            has_environment: false,
            hides_environment: true,
            kms_key: None,
            tags: None,
            reserved_concurrency: None,
            dead_letter_target: None,
            on_managed_instances: false,
            is_durable: false,
            code: None,
            log_group: None,
            handler: None,
            layers: Vec::new(),
            vpc: VpcAttachment::default(),
            code_sha256: None,
            modified: None,
            variables: None,
        }
    }

    /// A name for the code and for what decides which of it runs; none where its hash is not known. Of
    /// the environment nothing goes in: hashes of short values can be guessed.
    pub fn code_name(&self) -> Option<String> {
        let runtime = self.runtime.as_deref().unwrap_or_default();
        let handler = self.handler.as_deref().unwrap_or_default();
        let mut parts = vec![self.code_sha256.as_deref()?, runtime, &self.role, handler];
        parts.extend(self.layers.iter().map(String::as_str));
        Some(fingerprint(&parts))
    }
}

/// What is known of an environment variable's value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VariableState {
    /// It may change what code runs or where traffic goes: its value is not known to be harmless.
    pub injects: bool,
    /// The kind of secret it looks like.
    pub suspicion: Option<String>,
}

impl VariableState {
    /// Looks at a value, and forgets it.
    pub fn of(name: &str, value: &str) -> Self {
        Self {
            injects: injects(name, value).is_some(),
            suspicion: suspect(name, value).map(|suspicion| suspicion.words().to_owned()),
        }
    }
}
