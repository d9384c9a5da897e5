//! The authentication of function URLs. Refuses to touch what else a URL has: its Cors and invoke mode
//! stay when they are not mentioned.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionUrlConfig.html>

use super::{Aws, AwsError, Stand};
use crate::{
    aws::failed,
    resource::{FunctionResource, Qualifier},
    state::UrlAuthType,
};
use aws_sdk_lambda::types::FunctionUrlAuthType;

impl Aws {
    pub(super) async fn url_stand(&self, resource: &FunctionResource) -> Result<Stand, AwsError> {
        Ok(match self.url_auth(resource).await? {
            None => Stand::Gone,
            Some(UrlAuthType::None) => Stand::Before,
            Some(UrlAuthType::AwsIam) => Stand::After,
        })
    }

    pub(super) async fn harden_url(&self, resource: &FunctionResource) -> Result<(), AwsError> {
        self.set_url_auth(resource, FunctionUrlAuthType::AwsIam).await
    }

    /// Only ones that were open are hardened.
    pub(super) async fn open_url(&self, resource: &FunctionResource) -> Result<(), AwsError> {
        self.set_url_auth(resource, FunctionUrlAuthType::None).await
    }

    async fn set_url_auth(
        &self,
        resource: &FunctionResource,
        auth: FunctionUrlAuthType,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .update_function_url_config()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .auth_type(auth)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("UpdateFunctionUrlConfig", resource))
    }
}
