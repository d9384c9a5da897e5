//! What an alias or an event source mapping invokes, and whether what it invoked is there.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html>,
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html>

use super::{Aws, AwsError, ErrorKind, absent};
use crate::{
    aws::failed,
    resource::{FunctionArn, FunctionResource, Qualifier},
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
            let qualifier = Qualifier::parse(version).ok().flatten();
            let resource = FunctionResource { function: function.clone(), qualifier };
            if !self.is_there(&resource).await? {
                missing.insert(version.to_owned());
            }
        }
        Ok(missing)
    }

    /// What an event source mapping invokes; none if it is gone, or going.
    pub async fn mapped(&self, id: &str) -> Result<Option<FunctionResource>, AwsError> {
        const OPERATION: &str = "GetEventSourceMapping";
        let get = self.lambda().await.get_event_source_mapping().uuid(id);
        let found = get.send().await.map_err(failed(OPERATION, id));
        let found = absent(found)?.filter(|found| found.state.as_deref() != Some("Deleting"));
        let Some(found) = found else { return Ok(None) };
        let arn = found.function_arn.unwrap_or_default();
        FunctionResource::parse_arn(&arn)
            .map(Some)
            .map_err(|error| AwsError::new(OPERATION, id, ErrorKind::Invalid, error.to_string()))
    }

    /// Whether a function, version or alias is there.
    pub async fn is_there(&self, resource: &FunctionResource) -> Result<bool, AwsError> {
        let get = self.lambda().await.get_function_configuration();
        let get = get.function_name(resource.to_string()).send().await;
        let found = get.map_err(failed("GetFunctionConfiguration", resource));
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
