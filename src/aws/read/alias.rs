//! What an alias invokes, and whether a version is there.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html>

use super::{Aws, AwsError, absent};
use crate::{
    aws::failed,
    resource::FunctionArn,
    setting::{Routing, Weight},
};
use aws_sdk_lambda::{operation::get_alias::GetAliasOutput, types::AliasRoutingConfiguration};
use std::collections::BTreeSet;

impl Aws {
    /// What an alias invokes; none if there is no such alias.
    pub async fn alias(
        &self,
        function: &FunctionArn,
        name: &str,
    ) -> Result<Option<Routing>, AwsError> {
        let found = absent(self.get_alias(function, name).await)?;
        Ok(found.map(|found| routing(&found)))
    }

    pub(in crate::aws) async fn get_alias(
        &self,
        function: &FunctionArn,
        name: &str,
    ) -> Result<GetAliasOutput, AwsError> {
        let get = self.lambda().await.get_alias().function_name(function.to_string()).name(name);
        get.send().await.map_err(failed("GetAlias", format!("{function}:{name}")))
    }

    /// Those of the versions that are not there.
    pub async fn missing_versions(
        &self,
        function: &FunctionArn,
        versions: impl Iterator<Item = &str>,
    ) -> Result<BTreeSet<String>, AwsError> {
        let mut missing = BTreeSet::new();
        for version in versions {
            if !self.is_there(function, Some(version)).await? {
                missing.insert(version.to_owned());
            }
        }
        Ok(missing)
    }

    /// Whether a function is there, or a version or alias of it.
    async fn is_there(
        &self,
        function: &FunctionArn,
        qualifier: Option<&str>,
    ) -> Result<bool, AwsError> {
        let get = self.lambda().await.get_function_configuration();
        let get = get.function_name(function.to_string());
        let get = get.set_qualifier(qualifier.map(str::to_owned));
        let found = get.send().await.map_err(failed("GetFunctionConfiguration", function));
        Ok(absent(found)?.is_some())
    }
}

/// What it invokes. It always has a version.
pub(in crate::aws) fn routing(found: &GetAliasOutput) -> Routing {
    let weights = found.routing_config.as_ref();
    let weights =
        weights.and_then(|config: &AliasRoutingConfiguration| config.additional_version_weights());
    Routing {
        version: found.function_version.clone().unwrap_or_default(),
        weights: weights
            .into_iter()
            .flatten()
            .map(|(version, share)| (version.clone(), Weight::of(*share)))
            .collect(),
    }
}
