//! Reserved and provisioned concurrency. Refuses a function on managed instances, as AWS does: those
//! scale by `scaling`.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::failed,
    resource::{FunctionArn, Qualifier},
};
use std::time::Duration;

/// How often, and how far apart, the stop is tried while deleted provisioned concurrency is still
/// counted.
const STOP_TRIES: u32 = 5;
const STOP_PAUSE: Duration = Duration::from_secs(1);

impl Aws {
    pub(super) async fn reserved_stand(
        &self,
        function: &FunctionArn,
        before: Option<u32>,
        after: u32,
    ) -> Result<Stand, AwsError> {
        let output = self
            .lambda()
            .await
            .get_function_concurrency()
            .function_name(function.to_string())
            .send()
            .await
            .map_err(failed("GetFunctionConcurrency", function))?;
        let now = output.reserved_concurrent_executions.and_then(|n| u32::try_from(n).ok());
        Ok(Stand::of(&now, &before, &Some(after), || match now {
            Some(now) => format!("{now} is reserved"),
            None => "nothing is reserved".to_owned(),
        }))
    }

    /// Refused while provisioned concurrency is still counted, which lags behind its deletion.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html>
    pub(super) async fn stop(&self, function: &FunctionArn) -> Result<(), AwsError> {
        let mut tries = 1;
        loop {
            match self.reserve(function, 0).await {
                // So is it while the function is being updated.
                Err(error) if is_passing(&error) && tries < STOP_TRIES => {
                    tries += 1;
                    tokio::time::sleep(STOP_PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    }

    pub(super) async fn reserve(
        &self,
        function: &FunctionArn,
        concurrency: u32,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .put_function_concurrency()
            .function_name(function.to_string())
            .reserved_concurrent_executions(whole(concurrency))
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutFunctionConcurrency", function))
    }

    pub(super) async fn reserved_back(
        &self,
        function: &FunctionArn,
        before: Option<u32>,
    ) -> Result<(), AwsError> {
        if let Some(before) = before {
            return self.reserve(function, before).await;
        }
        self.lambda()
            .await
            .delete_function_concurrency()
            .function_name(function.to_string())
            .send()
            .await
            .map(|_| ())
            .map_err(failed("DeleteFunctionConcurrency", function))
    }

    pub(super) async fn provisioned_stand(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
        before: u32,
    ) -> Result<Stand, AwsError> {
        let now = self.provisioned(function).await?.get(qualifier).copied();
        Ok(Stand::of(&now, &Some(before), &None, || {
            format!("{} is provisioned on `{qualifier}`", now.unwrap_or_default())
        }))
    }

    pub(super) async fn delete_provisioned(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .delete_provisioned_concurrency_config()
            .function_name(function.to_string())
            .qualifier(qualifier.to_string())
            .send()
            .await
            .map(|_| ())
            .map_err(failed("DeleteProvisionedConcurrencyConfig", function))
    }

    pub(super) async fn provision(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
        requested: u32,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .put_provisioned_concurrency_config()
            .function_name(function.to_string())
            .qualifier(qualifier.to_string())
            .provisioned_concurrent_executions(whole(requested))
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutProvisionedConcurrencyConfig", function))
    }
}

/// A number as the API takes it.
fn whole(concurrency: u32) -> i32 {
    i32::try_from(concurrency).unwrap_or(i32::MAX)
}
/// Whether the stop may work in a moment.
fn is_passing(error: &AwsError) -> bool {
    error.kind == ErrorKind::Invalid || error.code == "ResourceConflictException"
}
