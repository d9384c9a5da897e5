//! What scales a function beside its concurrency: execution environments on managed instances, and
//! Application Auto Scaling of provisioned concurrency. Refuses to change capacities.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-scaling.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::failed,
    resource::{FunctionArn, Qualifier},
    state::{Scaling, Suspension},
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace, SuspendedState};
use aws_sdk_lambda::types::FunctionScalingConfig;

/// No execution environment at all: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-scaling.html>
pub(super) const STOPPED: Scaling = Scaling { min: Some(0), max: Some(0) };

impl Aws {
    pub(super) async fn instances_stand(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
        before: Scaling,
    ) -> Result<Stand, AwsError> {
        let now = self.scaling(function, qualifier).await?;
        Ok(Stand::of(&now, &before, &STOPPED, || {
            let limit = |limit: Option<u32>| limit.map_or("not set".to_owned(), |n| n.to_string());
            format!("execution environments: min {}, max {}", limit(now.min), limit(now.max))
        }))
    }

    /// What was asked for, which need not be in effect yet.
    pub(in crate::aws) async fn scaling(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
    ) -> Result<Scaling, AwsError> {
        let output = self
            .lambda()
            .await
            .get_function_scaling_config()
            .function_name(function.to_string())
            .qualifier(qualifier.to_string())
            .send()
            .await
            .map_err(failed("GetFunctionScalingConfig", function))?;
        let applied = output.applied_function_scaling_config;
        let config = output.requested_function_scaling_config.or(applied);
        let number = |limit: Option<i32>| limit.and_then(|limit| u32::try_from(limit).ok());
        Ok(config.map_or(Scaling::default(), |config| Scaling {
            min: number(config.min_execution_environments),
            max: number(config.max_execution_environments),
        }))
    }

    /// Where neither limit was ever set, none is given.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionScalingConfig.html>
    pub(super) async fn scale(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
        wanted: Scaling,
    ) -> Result<(), AwsError> {
        let number = |limit: Option<u32>| limit.and_then(|limit| i32::try_from(limit).ok());
        let config = (wanted != Scaling::default()).then(|| {
            FunctionScalingConfig::builder()
                .set_min_execution_environments(number(wanted.min))
                .set_max_execution_environments(number(wanted.max))
                .build()
        });
        self.lambda()
            .await
            .put_function_scaling_config()
            .function_name(function.to_string())
            .qualifier(qualifier.to_string())
            .set_function_scaling_config(config)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutFunctionScalingConfig", function))
    }

    pub(super) async fn auto_scaling_stand(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
        before: Suspension,
    ) -> Result<Stand, AwsError> {
        let Some(now) = self.suspension(function, qualifier).await? else {
            return Ok(Stand::Gone);
        };
        Ok(Stand::of(&now, &before, &Suspension::ALL, || {
            let is = |suspended: bool| if suspended { "suspended" } else { "active" };
            let Suspension { scaling_in, scaling_out, scheduled } = now;
            format!(
                "auto scaling in is {}, out is {}, scheduled is {}",
                is(scaling_in),
                is(scaling_out),
                is(scheduled)
            )
        }))
    }

    /// What is suspended; none where there is no such target.
    async fn suspension(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
    ) -> Result<Option<Suspension>, AwsError> {
        let id = target(function, qualifier);
        let output = self
            .auto_scaling()
            .await
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Lambda)
            .scalable_dimension(ScalableDimension::LambdaFunctionProvisionedConcurrency)
            .resource_ids(&id)
            .send()
            .await
            .map_err(failed("DescribeScalableTargets", &id))?;
        let targets = output.scalable_targets.unwrap_or_default();
        let found = targets.into_iter().find(|target| target.resource_id == id);
        Ok(found.map(|target| suspension(target.suspended_state.as_ref())))
    }

    /// Only of a target that is there: without capacities no other can be registered. Those it has
    /// stay.
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html>
    pub(super) async fn suspend(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
        wanted: Suspension,
    ) -> Result<(), AwsError> {
        const OPERATION: &str = "RegisterScalableTarget";
        let id = target(function, qualifier);
        if self.suspension(function, qualifier).await?.is_none() {
            return Err(AwsError::new(OPERATION, id, ErrorKind::NotFound, "no such target"));
        }
        let state = SuspendedState::builder()
            .dynamic_scaling_in_suspended(wanted.scaling_in)
            .dynamic_scaling_out_suspended(wanted.scaling_out)
            .scheduled_scaling_suspended(wanted.scheduled)
            .build();
        self.auto_scaling()
            .await
            .register_scalable_target()
            .service_namespace(ServiceNamespace::Lambda)
            .scalable_dimension(ScalableDimension::LambdaFunctionProvisionedConcurrency)
            .resource_id(&id)
            .suspended_state(state)
            .send()
            .await
            .map(|_| ())
            .map_err(failed(OPERATION, &id))
    }
}

/// <https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-lambda.html>
fn target(function: &FunctionArn, qualifier: &Qualifier) -> String {
    format!("function:{}:{qualifier}", function.name())
}

/// What is not said is not suspended.
pub(in crate::aws) fn suspension(state: Option<&SuspendedState>) -> Suspension {
    let is = |flag: fn(&SuspendedState) -> Option<bool>| state.and_then(flag).unwrap_or_default();
    Suspension {
        scaling_in: is(|state| state.dynamic_scaling_in_suspended),
        scaling_out: is(|state| state.dynamic_scaling_out_suspended),
        scheduled: is(|state| state.scheduled_scaling_suspended),
    }
}
