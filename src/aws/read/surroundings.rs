//! What is around a function and is read only to contain it. Refuses to ask for what executions work
//! on.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

use super::{Aws, AwsError, ErrorKind, absent, each};
use crate::{
    aws::{
        failed,
        setting::{destinations, mapping, suspension},
    },
    resource::{FunctionArn, FunctionResource, Qualifier},
    state::{Destinations, Mapping, Scaling, Suspension},
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_lambda::types::ExecutionStatus;
use std::collections::{BTreeMap, BTreeSet};

impl Aws {
    /// By what configures it: the function, its versions and its aliases.
    pub(super) async fn every_destination(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeMap<FunctionResource, Destinations>, AwsError> {
        const OPERATION: &str = "ListFunctionEventInvokeConfigs";
        let pages = self.lambda().await.list_function_event_invoke_configs();
        let pages = pages.function_name(function.to_string());
        let mut pages = pages.into_paginator().items().send();
        let mut found = BTreeMap::new();
        while let Some(config) = pages.next().await {
            let Some(config) = absent(config.map_err(failed(OPERATION, function)))? else { break };
            let arn = config.function_arn.unwrap_or_default();
            let resource = FunctionResource::parse_arn(&arn).map_err(|error| {
                AwsError::new(OPERATION, function, ErrorKind::Invalid, error.to_string())
            })?;
            found.insert(resource, destinations(config.destination_config.as_ref()));
        }
        Ok(found)
    }

    /// Those of the function itself: one request, because the stop waits for it.
    pub(super) async fn mappings(&self, function: &FunctionArn) -> Result<Vec<Mapping>, AwsError> {
        let pages = self.lambda().await.list_event_source_mappings();
        let mut pages = pages.function_name(function.to_string()).into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(failed("ListEventSourceMappings", function));
            let Some(one) = absent(one)? else { break };
            found.extend(mapping(one));
        }
        Ok(found)
    }

    /// Those of its versions and aliases too. Whether a bare name finds what names an alias is not
    /// documented, and of versions there can be thousands: so all of the account are gone through.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html>
    pub(super) async fn every_mapping(
        &self,
        function: &FunctionArn,
    ) -> Result<Vec<Mapping>, AwsError> {
        let mut pages =
            self.lambda().await.list_event_source_mappings().into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(one) = pages.next().await {
            let one = one.map_err(failed("ListEventSourceMappings", function))?;
            let of = one.function_arn.as_deref().map(FunctionResource::parse_arn);
            if matches!(of, Some(Ok(of)) if of.function == *function) {
                found.extend(mapping(one));
            }
        }
        Ok(found)
    }

    /// Targets are asked for by their exact names or all together: all, because an alias that is gone
    /// can still have one.
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html>
    pub(super) async fn every_suspension(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeMap<Qualifier, Suspension>, AwsError> {
        let mut pages = self
            .auto_scaling()
            .await
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Lambda)
            .scalable_dimension(ScalableDimension::LambdaFunctionProvisionedConcurrency)
            .into_paginator()
            .items()
            .send();
        let own = format!("function:{}:", function.name());
        let mut found = BTreeMap::new();
        while let Some(target) = pages.next().await {
            let target = target.map_err(failed("DescribeScalableTargets", function))?;
            let name = target.resource_id.strip_prefix(&own).map(Qualifier::parse);
            if let Some(Ok(Some(qualifier))) = name {
                found.insert(qualifier, suspension(target.suspended_state.as_ref()));
            }
        }
        Ok(found)
    }

    /// Of every version, and of what stands for the newest one.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionScalingConfig.html>
    pub(super) async fn every_scaling(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeMap<Qualifier, Scaling>, AwsError> {
        let Some(versions) = absent(self.versions(function).await)? else {
            return Ok(BTreeMap::new());
        };
        let newest = Qualifier::Alias("$LATEST.PUBLISHED".to_owned());
        let all: BTreeSet<Qualifier> = versions.into_iter().chain([newest]).collect();
        let found = each(all, |version| async move {
            match self.scaling(function, &version).await {
                Ok(scaling) => Ok(Some((version, scaling))),
                // A version from before the function ran on managed instances has none.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Invalid) => {
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        });
        Ok(found.await?.into_iter().flatten().collect())
    }

    /// Those that run, of all versions.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html>
    pub(super) async fn executions(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeSet<String>, AwsError> {
        let mut pages = self
            .lambda()
            .await
            .list_durable_executions_by_function()
            .function_name(function.to_string())
            .statuses(ExecutionStatus::Running)
            .into_paginator()
            .items()
            .send();
        let mut found = BTreeSet::new();
        while let Some(execution) = pages.next().await {
            let execution = execution.map_err(failed("ListDurableExecutionsByFunction", function));
            let Some(execution) = absent(execution)? else { break };
            found.insert(execution.durable_execution_arn);
        }
        Ok(found)
    }
}
