//! What a function is, from the answers of the calls that make and change it. Values of the environment
//! CloudTrail leaves out, and often the names as well.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>

use crate::{
    history::{Call, History, record::read},
    resource::{FunctionArn, FunctionResource, Qualifier},
    setting::VpcAttachment,
    state::FunctionState,
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use std::collections::BTreeMap;

/// A function's configuration, as Lambda answers and AWS Config has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::history) struct Settings {
    role: String,
    runtime: Option<String>,
    handler: Option<String>,
    code_sha256: Option<String>,
    last_modified: Option<String>,
    version: Option<String>,
    #[serde(rename = "kMSKeyArn", alias = "kmsKeyArn", alias = "kmskeyArn")]
    kms_key_arn: Option<String>,
    vpc_config: Option<Vpc>,
    dead_letter_config: Option<DeadLetters>,
    logging_config: Option<Logging>,
    layers: Option<Vec<Layer>>,
    environment: Option<Value>,
    capacity_provider_config: Option<IgnoredAny>,
    durable_config: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vpc {
    subnet_ids: Option<Vec<String>>,
    security_group_ids: Option<Vec<String>>,
    ipv6_allowed_for_dual_stack: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeadLetters {
    target_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logging {
    log_group: Option<String>,
}

#[derive(Deserialize)]
struct Layer {
    arn: String,
}

/// What is told of environment variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::history) enum Environment {
    /// There are none.
    None,
    /// There are some.
    Some,
    /// Whether there are some is left out.
    Hidden,
}

impl Environment {
    /// CloudTrail leaves an empty object where there may have been variables.
    fn of(told: Option<&Value>) -> Self {
        match told {
            None | Some(Value::Null) => Self::None,
            Some(Value::Object(all)) if all.get("variables").is_some_and(is_something) => {
                Self::Some
            }
            Some(_) => Self::Hidden,
        }
    }
}

fn is_something(variables: &Value) -> bool {
    variables.as_object().is_some_and(|all| !all.is_empty()) || variables.is_string()
}

impl Settings {
    /// As a live read has it, without tags and concurrency. `environment` where the text is silent on
    /// it.
    pub(in crate::history) fn state(
        self,
        function: &FunctionArn,
        silent: Environment,
    ) -> FunctionState {
        let environment = match Environment::of(self.environment.as_ref()) {
            Environment::None => silent,
            told => told,
        };
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let vpc = self.vpc_config.map_or_else(VpcAttachment::default, |vpc| VpcAttachment {
            subnets: vpc.subnet_ids.unwrap_or_default(),
            security_groups: vpc.security_group_ids.unwrap_or_default(),
            dual_stack: vpc.ipv6_allowed_for_dual_stack.unwrap_or_default(),
        });
        let layers = self.layers.into_iter().flatten().map(|layer| layer.arn);
        let log_group = self.logging_config.and_then(|logging| logging.log_group);
        let mut state = FunctionState {
            role: self.role,
            runtime: self.runtime,
            in_vpc: !vpc.subnets.is_empty(),
            has_environment: environment == Environment::Some,
            hides_environment: environment == Environment::Hidden,
            kms_key: given(self.kms_key_arn),
            tags: None,
            reserved_concurrency: None,
            dead_letter_target: given(
                self.dead_letter_config.and_then(|dead_letters| dead_letters.target_arn),
            ),
            on_managed_instances: self.capacity_provider_config.is_some(),
            is_durable: self.durable_config.is_some(),
            code: None,
            log_group: log_group.filter(|group| *group != function.log_group()),
            handler: self.handler,
            layers: layers.collect(),
            vpc,
            code_sha256: self.code_sha256,
            modified: self.last_modified,
            variables: (environment == Environment::None).then(BTreeMap::new),
        };
        state.code = state.code_name();
        state
    }
}

impl History {
    /// The configuration as a call left it. One whose answer does not tell it left another than is known.
    pub(super) fn learn_configuration(&mut self, function: &FunctionArn, call: &Call<'_>) {
        let told: Option<Settings> = read(call.answered);
        let version = told.as_ref().and_then(|told| told.version.as_deref());
        let version = version.and_then(|version| Qualifier::parse(version).ok()).flatten();
        let state = told.map(|told| told.state(function, Environment::None));
        let known = self.functions.seen(function.clone());
        if let Some(Qualifier::Version(version)) = version {
            known.versions.put(version, ());
        }
        let is_lost = state.is_none();
        self.set_configuration(function, state);
        if is_lost {
            self.of_unknown_role.insert(function.clone());
        }
    }

    /// What a function is, none if that is not known; and that it has its role and not the one before.
    pub(in crate::history) fn set_configuration(
        &mut self,
        arn: &FunctionArn,
        state: Option<FunctionState>,
    ) {
        self.of_unknown_role.remove(arn);
        let before = self.functions.there(arn).and_then(|known| known.configuration.take());
        if let Some(before) = before
            && let Some(users) = self.role_users.get_mut(&before.role)
        {
            users.remove(arn);
            if users.is_empty() {
                self.role_users.remove(&before.role);
            }
        }
        let Some(state) = state else { return };
        self.role_users.entry(state.role.clone()).or_default().insert(arn.clone());
        self.functions.seen(arn.clone()).configuration = Some(Box::new(state));
    }

    /// What a function is; none inside if it is gone, and outside if that is not known. Nothing is reserved
    /// for it where no call told: [`History::reserved`].
    pub fn function(&self, arn: &FunctionArn) -> Option<Option<FunctionState>> {
        let Some(known) = self.functions.get(arn)? else { return Some(None) };
        let state = known.configuration.as_deref()?.clone();
        Some(Some(FunctionState {
            tags: known.tags.clone(),
            reserved_concurrency: known.reserved.flatten(),
            ..state
        }))
    }

    /// The concurrency that is reserved for a function; none inside if none is, and outside if that is
    /// not known.
    pub fn reserved(&self, arn: &FunctionArn) -> Option<Option<u32>> {
        self.functions.get(arn)??.reserved
    }

    /// Whether a function, version or alias is there; none if that is not known.
    pub fn is_there(&self, resource: &FunctionResource) -> Option<bool> {
        let Some(known) = self.functions.get(&resource.function)? else { return Some(false) };
        match &resource.qualifier {
            None => Some(true),
            Some(Qualifier::Version(version)) => {
                known.versions.get(version).map(|one| one.is_some())
            }
            Some(Qualifier::Alias(alias)) => known.aliases.get(alias).map(|one| one.is_some()),
        }
    }
}
