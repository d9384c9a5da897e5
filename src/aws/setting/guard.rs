//! What guards a function, put back: its code signing configuration, and the end of loops. Refuses to
//! turn what does not stand as it did when that was decided.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionCodeSigningConfig.html>
//! <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::failed, finding::shown, remediation::Outcome, resource::FunctionArn,
    setting::RecursiveLoop,
};
use aws_sdk_lambda::types::RecursiveLoop as Loop;

impl Aws {
    pub(super) async fn signing_stand(
        &self,
        function: &FunctionArn,
        stood: Option<&str>,
        back: &str,
    ) -> Result<Stand, AwsError> {
        let now = self.signing_config(function).await?;
        Ok(Stand::of(&now.as_deref(), &stood, &Some(back), || {
            let now = now.as_deref().unwrap_or("none");
            format!("the code signing configuration is `{}`", shown(now, 140))
        }))
    }

    pub(super) async fn put_signing_back(
        &self,
        function: &FunctionArn,
        stood: Option<&str>,
        back: &str,
    ) -> Result<Outcome, AwsError> {
        match self.signing_stand(function, stood, back).await? {
            Stand::After => Ok(Outcome::Success { note: Some("it stood so already".to_owned()) }),
            Stand::Before => {
                self.set_signing(function, Some(back)).await?;
                Ok(Outcome::Success { note: None })
            }
            Stand::Partly | Stand::Other(_) | Stand::Gone => {
                let (operation, why) =
                    ("PutFunctionCodeSigningConfig", "somebody changed it since");
                Err(AwsError::new(operation, function, ErrorKind::Precondition, why))
            }
        }
    }

    pub(super) async fn set_signing(
        &self,
        function: &FunctionArn,
        config: Option<&str>,
    ) -> Result<(), AwsError> {
        let lambda = self.lambda().await;
        match config {
            Some(config) => {
                let put = lambda.put_function_code_signing_config();
                let put = put.function_name(function.to_string()).code_signing_config_arn(config);
                let put = put.send().await.map(|_| ());
                put.map_err(failed("PutFunctionCodeSigningConfig", function))
            }
            None => {
                let delete = lambda.delete_function_code_signing_config();
                let delete = delete.function_name(function.to_string()).send().await.map(|_| ());
                delete.map_err(failed("DeleteFunctionCodeSigningConfig", function))
            }
        }
    }

    pub(super) async fn recursion_stand(&self, function: &FunctionArn) -> Result<Stand, AwsError> {
        Ok(match self.recursion(function).await? {
            Some(RecursiveLoop::Allow) => Stand::Before,
            Some(RecursiveLoop::Terminate) => Stand::After,
            None => Stand::Gone,
        })
    }

    pub(super) async fn set_recursion(
        &self,
        function: &FunctionArn,
        to: RecursiveLoop,
    ) -> Result<Outcome, AwsError> {
        let to = match to {
            RecursiveLoop::Allow => Loop::Allow,
            RecursiveLoop::Terminate => Loop::Terminate,
        };
        let put = self.lambda().await.put_function_recursion_config();
        let put = put.function_name(function.to_string()).recursive_loop(to).send().await;
        put.map_err(failed("PutFunctionRecursionConfig", function))?;
        Ok(Outcome::Success { note: None })
    }
}
