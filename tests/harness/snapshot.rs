//! A function and its role at one moment: everything that Cordon may change about them.

use super::Account;
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use std::collections::BTreeMap;

/// Everything Cordon may change about a function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionSnapshot {
    /// Policy texts, by qualifier; `""` for the function itself.
    pub policies: BTreeMap<String, String>,
    /// None where nothing is reserved.
    pub reserved: Option<i32>,
    pub provisioned: BTreeMap<String, i32>,
    pub url: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// The rest, by setting.
    pub settings: BTreeMap<String, String>,
}

impl Account {
    /// What Cordon may have changed.
    pub async fn look(&self, name: &str, arn: &str, qualifiers: &[&str]) -> FunctionSnapshot {
        let function = self.lambda.get_function().function_name(name).send().await;
        let function = function.expect("the function is there");
        let url = self.lambda.get_function_url_config().function_name(name).send().await;
        let provisioned = self
            .lambda
            .list_provisioned_concurrency_configs()
            .function_name(name)
            .send()
            .await
            .expect("provisioned concurrency is listed");
        let mut policies = BTreeMap::new();
        for qualifier in [""].iter().chain(qualifiers) {
            let arn =
                if qualifier.is_empty() { arn.to_owned() } else { format!("{arn}:{qualifier}") };
            if let Some(text) = self.policy_text(&arn).await {
                policies.insert((*qualifier).to_owned(), text);
            }
        }
        let configuration = function.configuration.expect("a function has a configuration");
        let mut settings = self.settings(name).await;
        let dead_letters = configuration.dead_letter_config.and_then(|config| config.target_arn);
        settings.extend(dead_letters.map(|target| ("dead letters".to_owned(), target)));
        let role = configuration.role.unwrap_or_default();
        settings.extend(self.role_settings(role.rsplit('/').next().unwrap_or_default()).await);
        FunctionSnapshot {
            policies,
            reserved: function.concurrency.and_then(|c| c.reserved_concurrent_executions),
            provisioned: provisioned
                .provisioned_concurrency_configs
                .unwrap_or_default()
                .into_iter()
                .filter_map(|config| {
                    let arn = config.function_arn?;
                    let qualifier = arn.rsplit(':').next()?.to_owned();
                    Some((qualifier, config.requested_provisioned_concurrent_executions?))
                })
                .collect(),
            url: url.ok().map(|url| url.auth_type.as_str().to_owned()),
            tags: function.tags.unwrap_or_default().into_iter().collect(),
            settings,
        }
    }

    /// What is around the function.
    async fn settings(&self, name: &str) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let urls = self.lambda.list_function_url_configs().function_name(name).send().await;
        for url in urls.expect("URLs are listed").function_url_configs {
            let setting = format!("url of {}", url.function_arn);
            all.insert(setting, format!("{} {:?} {:?}", url.auth_type, url.cors, url.invoke_mode));
        }
        let invoke = self.lambda.list_function_event_invoke_configs().function_name(name);
        let invoke = invoke.send().await.expect("what becomes of events is listed");
        for config in invoke.function_event_invoke_configs.unwrap_or_default() {
            let age = (config.maximum_event_age_in_seconds, config.maximum_retry_attempts);
            let setting = format!("events of {}", config.function_arn.unwrap_or_default());
            all.insert(setting, format!("{:?} {age:?}", config.destination_config));
        }
        self.add_mappings(name, &mut all).await;
        self.add_scaling(name, &mut all).await;
        let executions = self.lambda.list_durable_executions_by_function().function_name(name);
        let executions = executions.send().await.expect("durable executions are listed");
        for execution in executions.durable_executions.unwrap_or_default() {
            let setting = format!("execution {}", execution.durable_execution_arn);
            all.insert(setting, execution.status.as_str().to_owned());
        }
        all
    }

    /// Those of its versions and aliases too: a filter by function may show only its own.
    async fn add_mappings(&self, name: &str, all: &mut BTreeMap<String, String>) {
        let mut pages = self.lambda.list_event_source_mappings().into_paginator().items().send();
        while let Some(mapping) = pages.next().await {
            let mapping = mapping.expect("mappings are listed");
            let function = mapping.function_arn.unwrap_or_default();
            if function.split(':').nth(6) == Some(name) {
                let on_failure = mapping.destination_config.and_then(|config| config.on_failure);
                let to = on_failure.and_then(|to| to.destination);
                let setting = format!("mapping {}", mapping.uuid.unwrap_or_default());
                all.insert(setting, format!("{:?} {to:?}", mapping.state));
            }
        }
    }

    async fn add_scaling(&self, name: &str, all: &mut BTreeMap<String, String>) {
        let versions = self.lambda.list_versions_by_function().function_name(name);
        let mut versions = versions.into_paginator().items().send();
        while let Some(version) = versions.next().await {
            let version = version.expect("versions are listed");
            let number = version.version.unwrap_or_default();
            if version.capacity_provider_config.is_some() && number != "$LATEST" {
                let scaling = self.lambda.get_function_scaling_config().function_name(name);
                let scaling = scaling.qualifier(&number).send().await.expect("its scaling");
                let asked = scaling.requested_function_scaling_config;
                all.insert(format!("scaling of {number}"), format!("{asked:?}"));
            }
        }
        let targets = self.auto_scaling.describe_scalable_targets();
        let targets = targets.service_namespace(ServiceNamespace::Lambda).send().await;
        for target in targets.expect("scalable targets").scalable_targets.unwrap_or_default() {
            let id = target.resource_id;
            if id.starts_with(&format!("function:{name}:")) {
                let (least, most) = (target.min_capacity, target.max_capacity);
                let value = format!("{least:?} {most:?} {:?}", target.suspended_state);
                all.insert(format!("auto scaling of {id}"), value);
            }
        }
    }

    /// What Cordon may change about a role; nothing of a role that is not there.
    pub async fn role_settings(&self, role: &str) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let Ok(found) = self.iam.get_role().role_name(role).send().await else { return all };
        let boundary = found.role.and_then(|role| role.permissions_boundary);
        let boundary = boundary.and_then(|boundary| boundary.permissions_boundary_arn);
        all.extend(boundary.map(|arn| (format!("boundary of {role}"), arn)));
        let inline = self.iam.list_role_policies().role_name(role).send().await;
        for name in inline.expect("inline policies are listed").policy_names {
            let text = self.role_policy(role, &name).await.expect("it was listed");
            all.insert(format!("policy {name} of {role}"), text);
        }
        let attached = self.iam.list_attached_role_policies().role_name(role).send().await;
        let attached = attached.expect("attached policies are listed");
        for policy in attached.attached_policies.unwrap_or_default() {
            let arn = policy.policy_arn.unwrap_or_default();
            all.insert(format!("attached to {role}: {arn}"), String::new());
        }
        all
    }

    /// The text of an inline policy.
    pub async fn role_policy(&self, role: &str, name: &str) -> Option<String> {
        let get = self.iam.get_role_policy().role_name(role).policy_name(name);
        let found = get.send().await.ok()?;
        Some(percent_decoded(&found.policy_document))
    }

    /// The text of a managed policy.
    pub async fn managed_policy(&self, arn: &str) -> String {
        let policy = self.iam.get_policy().policy_arn(arn).send().await.expect("the policy");
        let version = policy.policy.and_then(|policy| policy.default_version_id);
        let get = self.iam.get_policy_version().policy_arn(arn);
        let get = get.version_id(version.expect("it has a version")).send().await;
        let version = get.expect("its version").policy_version.expect("is answered");
        percent_decoded(&version.document.expect("with its text"))
    }
}

/// IAM answers policies percent-encoded (RFC 3986):
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex: Option<Vec<u8>> = (byte == b'%').then(|| rest.by_ref().take(2).collect());
        let code = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
