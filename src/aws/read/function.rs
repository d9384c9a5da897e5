//! What a function is: its configuration, its URLs, its provisioned concurrency. Refuses to keep its
//! code's location, its secrets and the values of its environment.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html>

use super::{Aws, AwsError, ErrorKind, absent};
use crate::{
    aws::failed,
    resource::{FunctionArn, FunctionResource, Qualifier},
    salt::{Salt, SaltedHash},
    setting::VpcAttachment,
    state::{FunctionState, UrlAuthType, VariableState},
};
use aws_sdk_lambda::{
    operation::get_function::GetFunctionOutput,
    types::{FunctionConfiguration, FunctionUrlAuthType, VpcConfigResponse},
};
use std::collections::BTreeMap;

impl Aws {
    pub(super) async fn function(
        &self,
        function: &FunctionArn,
    ) -> Result<Option<FunctionState>, AwsError> {
        let output = self.get_function(function).await?;
        Ok(output.map(|output| function_state(function, output)))
    }

    /// The function, and under its salt the hashes of its environment: none where that cannot be read.
    pub async fn function_hashed(
        &self,
        function: &FunctionArn,
        salt: &Salt,
    ) -> Result<Option<(FunctionState, Option<BTreeMap<String, SaltedHash>>)>, AwsError> {
        let output = self.get_function(function).await?;
        Ok(output.map(|output| {
            let hashed = output.configuration.as_ref().and_then(environment).map(|variables| {
                variables.map(|(name, value)| (name.clone(), salt.hash(value))).collect()
            });
            (function_state(function, output), hashed)
        }))
    }

    async fn get_function(
        &self,
        function: &FunctionArn,
    ) -> Result<Option<GetFunctionOutput>, AwsError> {
        let get = self.lambda().await.get_function().function_name(function.to_string());
        absent(get.send().await.map_err(failed("GetFunction", function)))
    }

    /// The authentication of a function URL; versions have none.
    pub(in crate::aws) async fn url_auth(
        &self,
        resource: &FunctionResource,
    ) -> Result<Option<UrlAuthType>, AwsError> {
        const OPERATION: &str = "GetFunctionUrlConfig";
        let answer = self
            .lambda()
            .await
            .get_function_url_config()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .send()
            .await
            .map_err(failed(OPERATION, resource));
        match absent(answer)? {
            Some(output) => auth_type(OPERATION, resource, &output.auth_type).map(Some),
            None => Ok(None),
        }
    }

    /// The URLs of the function and its aliases. Where there is none, nothing is known of it, not that
    /// it has none: only what is listed can be open.
    pub(super) async fn every_url(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeMap<FunctionResource, Option<UrlAuthType>>, AwsError> {
        const OPERATION: &str = "ListFunctionUrlConfigs";
        let pages =
            self.lambda().await.list_function_url_configs().function_name(function.to_string());
        let mut pages = pages.into_paginator().items().send();
        let mut found = BTreeMap::new();
        while let Some(url) = pages.next().await {
            let Some(url) = absent(url.map_err(failed(OPERATION, function)))? else { break };
            let resource = FunctionResource::parse_arn(&url.function_arn).map_err(|error| {
                AwsError::new(OPERATION, function, ErrorKind::Invalid, error.to_string())
            })?;
            let auth = auth_type(OPERATION, &resource, &url.auth_type)?;
            found.insert(resource, Some(auth));
        }
        Ok(found)
    }

    /// Provisioned concurrency requested, by version or alias.
    pub(in crate::aws) async fn provisioned(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeMap<Qualifier, u32>, AwsError> {
        let mut pages = self
            .lambda()
            .await
            .list_provisioned_concurrency_configs()
            .function_name(function.to_string())
            .into_paginator()
            .items()
            .send();
        let mut found = BTreeMap::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(failed("ListProvisionedConcurrencyConfigs", function))?;
            let resource = item.function_arn.and_then(|arn| FunctionResource::parse_arn(&arn).ok());
            let requested = item.requested_provisioned_concurrent_executions;
            if let (Some(qualifier), Some(requested)) =
                (resource.and_then(|r| r.qualifier), requested.and_then(|n| u32::try_from(n).ok()))
            {
                found.insert(qualifier, requested);
            }
        }
        Ok(found)
    }
}

fn auth_type(
    operation: &'static str,
    resource: &FunctionResource,
    auth: &FunctionUrlAuthType,
) -> Result<UrlAuthType, AwsError> {
    match auth {
        FunctionUrlAuthType::None => Ok(UrlAuthType::None),
        FunctionUrlAuthType::AwsIam => Ok(UrlAuthType::AwsIam),
        other => {
            let code = format!("unknown AuthType `{}`", other.as_str());
            Err(AwsError::new(operation, resource, ErrorKind::Invalid, code))
        }
    }
}

fn function_state(function: &FunctionArn, output: GetFunctionOutput) -> FunctionState {
    let tags = match (output.tags, output.tags_error) {
        (Some(tags), _) => Some(tags.into_iter().collect()),
        (None, Some(_)) => None,
        (None, None) => Some(BTreeMap::new()),
    };
    let reserved = output.concurrency.and_then(|c| c.reserved_concurrent_executions);
    let configuration = output.configuration.as_ref();
    let mut state = FunctionState {
        role: configuration.and_then(|c| c.role.clone()).unwrap_or_default(),
        runtime: configuration
            .and_then(|c| c.runtime.as_ref())
            .map(|runtime| runtime.as_str().to_owned()),
        in_vpc: configuration
            .and_then(|c| c.vpc_config.as_ref())
            .is_some_and(|vpc| !vpc.subnet_ids().is_empty()),
        has_environment: configuration
            .and_then(|c| c.environment.as_ref())
            .and_then(|environment| environment.variables.as_ref())
            .is_some_and(|variables| !variables.is_empty()),
        hides_environment: configuration.is_some_and(|c| environment(c).is_none()),
        kms_key: configuration.and_then(|c| c.kms_key_arn.clone()).filter(|key| !key.is_empty()),
        tags,
        reserved_concurrency: reserved.and_then(|n| u32::try_from(n).ok()),
        dead_letter_target: configuration.and_then(dead_letter_target),
        on_managed_instances: configuration.is_some_and(|c| c.capacity_provider_config.is_some()),
        is_durable: configuration.is_some_and(|c| c.durable_config.is_some()),
        code: None,
        log_group: configuration.and_then(|c| log_group(function, c)),
        handler: configuration.and_then(|c| c.handler.clone()),
        layers: configuration.map(layers).unwrap_or_default(),
        vpc: vpc_attachment(configuration.and_then(|c| c.vpc_config.as_ref())),
        code_sha256: configuration.and_then(|c| c.code_sha256.clone()),
        modified: configuration.and_then(|c| c.last_modified.clone()),
        variables: configuration.and_then(environment).map(|variables| {
            variables.map(|(name, value)| (name.clone(), VariableState::of(name, value))).collect()
        }),
    };
    state.code = state.code_name();
    state
}

fn layers(configuration: &FunctionConfiguration) -> Vec<String> {
    configuration.layers().iter().filter_map(|layer| layer.arn.clone()).collect()
}

/// The environment, with its values; none where Lambda could not decrypt it.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentResponse.html>
fn environment(
    configuration: &FunctionConfiguration,
) -> Option<impl Iterator<Item = (&String, &String)>> {
    let found = configuration.environment.as_ref();
    match found.is_some_and(|found| found.error.is_some()) {
        true => None,
        false => Some(found.and_then(|found| found.variables.as_ref()).into_iter().flatten()),
    }
}

/// As the API has it; empty outside a VPC.
pub(in crate::aws) fn vpc_attachment(found: Option<&VpcConfigResponse>) -> VpcAttachment {
    found.map_or_else(VpcAttachment::default, |found| VpcAttachment {
        subnets: found.subnet_ids().to_vec(),
        security_groups: found.security_group_ids().to_vec(),
        dual_stack: found.ipv6_allowed_for_dual_stack.unwrap_or_default(),
    })
}

fn dead_letter_target(configuration: &FunctionConfiguration) -> Option<String> {
    let target = configuration.dead_letter_config.as_ref()?.target_arn.clone();
    target.filter(|target| !target.is_empty())
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>
fn log_group(function: &FunctionArn, configuration: &FunctionConfiguration) -> Option<String> {
    let group = configuration.logging_config.as_ref()?.log_group.clone();
    group.filter(|group| *group != function.log_group())
}
