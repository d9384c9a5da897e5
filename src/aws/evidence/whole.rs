//! Reads what a function has as a whole: tags, concurrency, triggers, URLs, code signing.

use super::{attachments, read::Reading, version};
use crate::{
    aws::failed,
    evidence::{
        AsyncInvocation, CodeSigning, EventSourceMapping, FunctionUrl, ProvisionedConcurrency,
        Snapshot,
    },
};

impl Reading<'_> {
    /// What the function has as a whole.
    pub(super) async fn around(&self, snapshot: &mut Snapshot) {
        self.tags_and_concurrency(snapshot).await;
        snapshot.event_source_mappings = self.event_source_mappings().await;
        snapshot.urls = self.urls().await;
        snapshot.async_invocations = self.async_invocations().await;
        snapshot.provisioned_concurrency = self.provisioned_concurrency().await;
        snapshot.recursive_loop = self.recursive_loop().await;
        snapshot.code_signing = self.code_signing().await;
    }

    async fn tags_and_concurrency(&self, snapshot: &mut Snapshot) {
        self.clients.get_function.turn().await;
        let get = self.clients.lambda.get_function().function_name(self.function.to_string());
        let answer = get.send().await.map_err(failed("GetFunction", self.function));
        let Some(output) = self.noted(answer) else { return };
        snapshot.tags = output.tags.unwrap_or_default().into_iter().collect();
        snapshot.reserved_concurrency =
            output.concurrency.and_then(|it| it.reserved_concurrent_executions);
        if let Some(error) = output.tags_error {
            self.note(version::unread(&self.function.to_string(), Some(error.error_code)));
        }
    }

    /// All of the account's are looked through: AWS does not say that a list for the function has
    /// those of its versions and aliases as well.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html>
    async fn event_source_mappings(&self) -> Vec<EventSourceMapping> {
        let pages = self.clients.lambda.list_event_source_mappings().into_paginator().send();
        let pages = self.pages("ListEventSourceMappings", pages).await;
        let listed =
            pages.into_iter().flat_map(|page| page.event_source_mappings.unwrap_or_default());
        let itself = self.function.to_string();
        listed
            .filter(|it| {
                it.function_arn()
                    .and_then(|arn| arn.strip_prefix(&itself))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            })
            .map(attachments::event_source_mapping)
            .collect()
    }

    async fn urls(&self) -> Vec<FunctionUrl> {
        let pages = self.clients.lambda.list_function_url_configs();
        let pages = pages.function_name(self.function.to_string()).into_paginator().send();
        let pages = self.pages("ListFunctionUrlConfigs", pages).await;
        pages.into_iter().flat_map(|page| page.function_url_configs).map(attachments::url).collect()
    }

    async fn async_invocations(&self) -> Vec<AsyncInvocation> {
        let pages = self.clients.lambda.list_function_event_invoke_configs();
        let pages = pages.function_name(self.function.to_string()).into_paginator().send();
        let pages = self.pages("ListFunctionEventInvokeConfigs", pages).await;
        let listed = pages
            .into_iter()
            .flat_map(|page| page.function_event_invoke_configs.unwrap_or_default());
        listed.map(attachments::async_invocation).collect()
    }

    async fn provisioned_concurrency(&self) -> Vec<ProvisionedConcurrency> {
        let pages = self.clients.lambda.list_provisioned_concurrency_configs();
        let pages = pages.function_name(self.function.to_string()).into_paginator().send();
        let pages = self.pages("ListProvisionedConcurrencyConfigs", pages).await;
        let listed = pages
            .into_iter()
            .flat_map(|page| page.provisioned_concurrency_configs.unwrap_or_default());
        listed.map(attachments::provisioned_concurrency).collect()
    }

    async fn recursive_loop(&self) -> Option<String> {
        self.clients.control_plane.turn().await;
        let get = self.clients.lambda.get_function_recursion_config();
        let answer = get.function_name(self.function.to_string()).send().await;
        let output =
            self.noted(answer.map_err(failed("GetFunctionRecursionConfig", self.function)))?;
        output.recursive_loop.map(|it| it.as_str().to_owned())
    }

    async fn code_signing(&self) -> Option<CodeSigning> {
        self.clients.control_plane.turn().await;
        let get = self.clients.lambda.get_function_code_signing_config();
        let answer = get.function_name(self.function.to_string()).send().await;
        let output =
            self.noted(answer.map_err(failed("GetFunctionCodeSigningConfig", self.function)))?;
        let arn = output.code_signing_config_arn;
        if arn.is_empty() {
            return None;
        }
        self.clients.control_plane.turn().await;
        let get = self.clients.lambda.get_code_signing_config().code_signing_config_arn(&arn);
        let answer = get.send().await.map_err(failed("GetCodeSigningConfig", &arn));
        let config = self.noted(answer).and_then(|output| output.code_signing_config);
        Some(attachments::code_signing(arn, config))
    }
}
