//! Reads exactly what a decision asks for. Presigned code links and values of the environment are
//! dropped here.

use super::{Aws, AwsError, ErrorKind, failed};
use crate::{
    iam::Document,
    resource::{FunctionArn, FunctionResource, Qualifier, RevisionId},
    state::{FunctionState, PolicyState, Read, State, UrlAuthType},
};
use aws_sdk_lambda::{operation::get_function::GetFunctionOutput, types::FunctionUrlAuthType};
use std::collections::{BTreeMap, BTreeSet};

impl Aws {
    /// Reads what a decision asks for. What cannot be read stays absent, and the errors are given
    /// back: a control that can judge must not wait for one that cannot.
    pub async fn read(&self, reads: &BTreeSet<Read>) -> (State, Vec<AwsError>) {
        let mut state = State::default();
        let mut errors = Vec::new();
        for read in reads {
            if let Err(error) = self.read_one(read, &mut state).await {
                errors.push(error);
            }
        }
        (state, errors)
    }

    async fn read_one(&self, read: &Read, state: &mut State) -> Result<(), AwsError> {
        match read {
            Read::Policy(resource) => {
                let policy = self.policy(resource).await?;
                state.policies.insert(resource.clone(), policy);
            }
            Read::EveryPolicy(function) => {
                for resource in self.qualified(function).await? {
                    let policy = self.policy(&resource).await?;
                    state.policies.insert(resource, policy);
                }
            }
            Read::Function(function) => {
                let live = self.function(function).await?;
                state.functions.insert(function.clone(), live);
            }
            Read::Url(resource) => {
                let auth = self.url_auth(resource).await?;
                state.urls.insert(resource.clone(), auth);
            }
            Read::Provisioned(function) => {
                let provisioned = self.provisioned(function).await?;
                state.provisioned.insert(function.clone(), provisioned);
            }
        }
        Ok(())
    }

    /// The policy of one function, version or alias. Where `GetResourcePolicy` is refused or not
    /// known, `GetPolicy` tells the same:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.
    pub(super) async fn policy(
        &self,
        resource: &FunctionResource,
    ) -> Result<Option<PolicyState>, AwsError> {
        let lambda = self.lambda().await;
        let answer = lambda
            .get_resource_policy()
            .resource_arn(resource.to_string())
            .send()
            .await
            .map_err(failed("GetResourcePolicy", resource));
        let (policy, revision) = match answer {
            Ok(output) => (output.policy, output.revision_id),
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported) => {
                let answer = lambda
                    .get_policy()
                    .function_name(resource.function.to_string())
                    .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
                    .send()
                    .await
                    .map_err(failed("GetPolicy", resource));
                match answer {
                    Ok(output) => (output.policy, output.revision_id),
                    Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        Ok(policy.map(|text| PolicyState {
            document: Document::parse(&text),
            revision: revision.map(RevisionId),
        }))
    }

    /// The function with all its aliases and versions, the newest first: each can carry a policy of
    /// its own.
    async fn qualified(&self, function: &FunctionArn) -> Result<Vec<FunctionResource>, AwsError> {
        let mut found = vec![FunctionResource::from(function.clone())];
        let mut names = match self.aliases(function).await {
            Ok(aliases) => aliases,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(error),
        };
        let mut versions = self.versions(function).await?;
        versions.reverse();
        names.append(&mut versions);
        for name in names {
            let qualifier = Qualifier::parse(&name).map_err(|error| AwsError {
                operation: "ListVersionsByFunction",
                resource: function.to_string(),
                code: error.to_string(),
                kind: ErrorKind::Invalid,
            })?;
            if qualifier.is_some() {
                found.push(FunctionResource { function: function.clone(), qualifier });
            }
        }
        Ok(found)
    }

    async fn aliases(&self, function: &FunctionArn) -> Result<Vec<String>, AwsError> {
        let pages = self.lambda().await.list_aliases().function_name(function.to_string());
        let mut pages = pages.into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(alias) = pages.next().await {
            names.extend(alias.map_err(failed("ListAliases", function))?.name);
        }
        Ok(names)
    }

    async fn versions(&self, function: &FunctionArn) -> Result<Vec<String>, AwsError> {
        let pages =
            self.lambda().await.list_versions_by_function().function_name(function.to_string());
        let mut pages = pages.into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(version) = pages.next().await {
            names.extend(version.map_err(failed("ListVersionsByFunction", function))?.version);
        }
        Ok(names)
    }

    async fn function(&self, function: &FunctionArn) -> Result<Option<FunctionState>, AwsError> {
        let answer = self
            .lambda()
            .await
            .get_function()
            .function_name(function.to_string())
            .send()
            .await
            .map_err(failed("GetFunction", function));
        match answer {
            Ok(output) => Ok(Some(function_state(output))),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The authentication of a function URL; versions have none.
    pub(super) async fn url_auth(
        &self,
        resource: &FunctionResource,
    ) -> Result<Option<UrlAuthType>, AwsError> {
        let answer = self
            .lambda()
            .await
            .get_function_url_config()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .send()
            .await
            .map_err(failed("GetFunctionUrlConfig", resource));
        match answer {
            Ok(output) => match output.auth_type {
                FunctionUrlAuthType::None => Ok(Some(UrlAuthType::None)),
                FunctionUrlAuthType::AwsIam => Ok(Some(UrlAuthType::AwsIam)),
                other => Err(AwsError {
                    operation: "GetFunctionUrlConfig",
                    resource: resource.to_string(),
                    code: format!("unknown AuthType `{}`", other.as_str()),
                    kind: ErrorKind::Invalid,
                }),
            },
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Provisioned concurrency requested, by version or alias.
    pub(super) async fn provisioned(
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
            let item = match item.map_err(failed("ListProvisionedConcurrencyConfigs", function)) {
                Ok(item) => item,
                Err(error) if error.kind == ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            };
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

fn function_state(output: GetFunctionOutput) -> FunctionState {
    let tags = match (output.tags, output.tags_error) {
        (Some(tags), _) => Some(tags.into_iter().collect()),
        (None, Some(_)) => None,
        (None, None) => Some(BTreeMap::new()),
    };
    let reserved = output.concurrency.and_then(|c| c.reserved_concurrent_executions);
    let configuration = output.configuration.as_ref();
    FunctionState {
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
        kms_key: configuration.and_then(|c| c.kms_key_arn.clone()).filter(|key| !key.is_empty()),
        tags,
        reserved_concurrency: reserved.and_then(|n| u32::try_from(n).ok()),
    }
}
