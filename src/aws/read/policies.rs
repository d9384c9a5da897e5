//! Resource policies, of the function and of everything that can carry one of its own. Refuses to
//! judge them.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

use super::{Aws, AwsError, ErrorKind, absent, each};
use crate::{
    aws::failed,
    iam::Document,
    resource::{FunctionArn, FunctionResource, Qualifier, RevisionId},
    state::PolicyState,
};
use std::collections::BTreeMap;

impl Aws {
    /// The policy of one function, version or alias. Where `GetResourcePolicy` is refused or not
    /// known, `GetPolicy` tells the same:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>.
    pub(in crate::aws) async fn policy(
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
            Err(error) if is_refused(&error) => {
                let answer = lambda
                    .get_policy()
                    .function_name(resource.function.to_string())
                    .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
                    .send()
                    .await
                    .map_err(failed("GetPolicy", resource));
                match absent(answer)? {
                    Some(output) => (output.policy, output.revision_id),
                    None => return Ok(None),
                }
            }
            Err(error) => return Err(error),
        };
        Ok(policy.map(|text| PolicyState {
            document: Document::parse(&text),
            revision: revision.map(RevisionId),
        }))
    }

    pub(super) async fn every_policy(
        &self,
        function: &FunctionArn,
    ) -> Result<BTreeMap<FunctionResource, Option<PolicyState>>, AwsError> {
        let policies = each(self.qualified(function).await?, |resource| async move {
            let policy = self.policy(&resource).await?;
            Ok((resource, policy))
        });
        Ok(policies.await?.into_iter().collect())
    }

    /// The function with all its aliases and versions: each can carry a policy of its own.
    async fn qualified(&self, function: &FunctionArn) -> Result<Vec<FunctionResource>, AwsError> {
        let mut found = vec![FunctionResource::from(function.clone())];
        let Some(mut names) = absent(self.aliases(function).await)? else { return Ok(found) };
        names.extend(self.versions(function).await?);
        let qualified = names.into_iter().map(|qualifier| FunctionResource {
            function: function.clone(),
            qualifier: Some(qualifier),
        });
        found.extend(qualified);
        Ok(found)
    }

    pub(super) async fn aliases(&self, function: &FunctionArn) -> Result<Vec<Qualifier>, AwsError> {
        const OPERATION: &str = "ListAliases";
        let pages = self.lambda().await.list_aliases().function_name(function.to_string());
        let mut pages = pages.into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(alias) = pages.next().await {
            names.extend(alias.map_err(failed(OPERATION, function))?.name);
        }
        qualifiers(OPERATION, function, names)
    }

    /// Published ones.
    pub(super) async fn versions(
        &self,
        function: &FunctionArn,
    ) -> Result<Vec<Qualifier>, AwsError> {
        const OPERATION: &str = "ListVersionsByFunction";
        let pages =
            self.lambda().await.list_versions_by_function().function_name(function.to_string());
        let mut pages = pages.into_paginator().items().send();
        let mut names = Vec::new();
        while let Some(version) = pages.next().await {
            names.extend(version.map_err(failed(OPERATION, function))?.version);
        }
        qualifiers(OPERATION, function, names)
    }
}

fn is_refused(error: &AwsError) -> bool {
    matches!(error.kind, ErrorKind::Denied | ErrorKind::LockedOut | ErrorKind::Unsupported)
}

/// `$LATEST` is the function itself here.
fn qualifiers(
    operation: &'static str,
    function: &FunctionArn,
    names: Vec<String>,
) -> Result<Vec<Qualifier>, AwsError> {
    let parsed = names.iter().map(|name| Qualifier::parse(name)).collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|error| {
        AwsError::new(operation, function, ErrorKind::Invalid, error.to_string())
    })?;
    Ok(parsed.into_iter().flatten().collect())
}
