//! What guards a function: whether its code has to be signed, and what becomes of loops.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html>
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html>

use super::{Aws, AwsError, ErrorKind, absent};
use crate::{
    aws::failed,
    resource::FunctionArn,
    setting::{RecursiveLoop, Signing},
};
use aws_sdk_lambda::types::{CodeSigningPolicy, RecursiveLoop as Loop};

impl Aws {
    /// None: there is no such function.
    pub(super) async fn signing(
        &self,
        function: &FunctionArn,
    ) -> Result<Option<Signing>, AwsError> {
        let Some(config) = absent(self.signing_config(function).await)? else { return Ok(None) };
        let Some(config) = config else { return Ok(Some(Signing::default())) };
        let get = self.lambda().await.get_code_signing_config().code_signing_config_arn(&config);
        let found = get.send().await.map_err(failed("GetCodeSigningConfig", &config));
        let policy = absent(found)?.and_then(|found| found.code_signing_config);
        let policy = policy.and_then(|config| config.code_signing_policies);
        let enforces = policy.is_some_and(|policy| {
            policy.untrusted_artifact_on_deployment == Some(CodeSigningPolicy::Enforce)
        });
        Ok(Some(Signing { config: Some(config), enforces }))
    }

    /// The ARN of the code signing configuration.
    pub(in crate::aws) async fn signing_config(
        &self,
        function: &FunctionArn,
    ) -> Result<Option<String>, AwsError> {
        let get = self.lambda().await.get_function_code_signing_config();
        let found = get.function_name(function.to_string()).send().await;
        let found = found.map_err(failed("GetFunctionCodeSigningConfig", function))?;
        Ok(Some(found.code_signing_config_arn).filter(|config| !config.is_empty()))
    }

    /// None: there is no such function.
    pub(in crate::aws) async fn recursion(
        &self,
        function: &FunctionArn,
    ) -> Result<Option<RecursiveLoop>, AwsError> {
        const OPERATION: &str = "GetFunctionRecursionConfig";
        let get = self.lambda().await.get_function_recursion_config();
        let found = get.function_name(function.to_string()).send().await;
        let Some(found) = absent(found.map_err(failed(OPERATION, function)))? else {
            return Ok(None);
        };
        match found.recursive_loop {
            Some(Loop::Allow) => Ok(Some(RecursiveLoop::Allow)),
            Some(Loop::Terminate) => Ok(Some(RecursiveLoop::Terminate)),
            Some(_) | None => {
                let why = "unknown RecursiveLoop";
                Err(AwsError::new(OPERATION, function, ErrorKind::Invalid, why))
            }
        }
    }
}
