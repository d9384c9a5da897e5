//! The way back of one remediation, taken only where the resource is as it was left.

use super::{Aws, AwsError, ErrorKind, failed};
use crate::{
    iam::Document,
    remediation::Undo,
    resource::{FunctionArn, FunctionResource, Qualifier},
    state::UrlAuthType,
};
use std::collections::BTreeSet;

/// What came of a way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// It is as it was.
    Restored,
    /// It was already as it was.
    AlreadyThere,
    /// It was not known whether the step had been applied, and it was not.
    NeverApplied,
    /// Somebody changed it since; nothing was done. In words, what was found.
    ChangedSince(String),
    /// The resource is gone.
    DoesNotExist,
}

impl Aws {
    /// Takes one way back. `sure` says whether the step was applied for certain: else a resource
    /// that is not as the step would have left it shows that it was not. With `dry_run`, only says
    /// what would come of it.
    pub async fn undo(&self, undo: &Undo, sure: bool, dry_run: bool) -> Result<Undone, AwsError> {
        let undone = match undo {
            Undo::PutProvisionedConcurrency { function, qualifier, requested } => {
                self.provision(function, qualifier, *requested, dry_run).await
            }
            Undo::ReserveConcurrency { function, reserved } => {
                self.reserve_again(function, *reserved, dry_run).await
            }
            Undo::SetUrlAuthType { resource, auth } => {
                self.url_auth_again(resource, *auth, dry_run).await
            }
            Undo::PutResourcePolicy { resource, document, left } => {
                self.policy_again(resource, document, left.as_deref(), sure, dry_run).await
            }
            Undo::Untag { function, keys, value } => {
                self.untag(function, keys, value, dry_run).await
            }
        };
        match undone {
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Undone::DoesNotExist),
            Ok(Undone::ChangedSince(_)) if !sure => Ok(Undone::NeverApplied),
            undone => undone,
        }
    }

    async fn provision(
        &self,
        function: &FunctionArn,
        qualifier: &Qualifier,
        requested: u32,
        dry_run: bool,
    ) -> Result<Undone, AwsError> {
        match self.provisioned(function).await?.get(qualifier) {
            Some(now) if *now == requested => return Ok(Undone::AlreadyThere),
            Some(now) => {
                return Ok(Undone::ChangedSince(format!("{now} is provisioned on `{qualifier}`")));
            }
            None if dry_run => return Ok(Undone::Restored),
            None => {}
        }
        self.lambda()
            .await
            .put_provisioned_concurrency_config()
            .function_name(function.to_string())
            .qualifier(qualifier.to_string())
            .provisioned_concurrent_executions(whole(requested))
            .send()
            .await
            .map_err(failed("PutProvisionedConcurrencyConfig", function))?;
        Ok(Undone::Restored)
    }

    async fn reserve_again(
        &self,
        function: &FunctionArn,
        reserved: Option<u32>,
        dry_run: bool,
    ) -> Result<Undone, AwsError> {
        let output = self
            .lambda()
            .await
            .get_function_concurrency()
            .function_name(function.to_string())
            .send()
            .await
            .map_err(failed("GetFunctionConcurrency", function))?;
        let now = output.reserved_concurrent_executions.and_then(|n| u32::try_from(n).ok());
        match (now, reserved) {
            (now, before) if now == before => return Ok(Undone::AlreadyThere),
            (Some(0), _) if dry_run => return Ok(Undone::Restored),
            (Some(0), Some(before)) => self.reserve(function, whole(before)).await?,
            (Some(0), None) => {
                self.lambda()
                    .await
                    .delete_function_concurrency()
                    .function_name(function.to_string())
                    .send()
                    .await
                    .map_err(failed("DeleteFunctionConcurrency", function))?;
            }
            (Some(now), _) => {
                return Ok(Undone::ChangedSince(format!("{now} is reserved")));
            }
            (None, _) => return Ok(Undone::ChangedSince("nothing is reserved".to_owned())),
        }
        Ok(Undone::Restored)
    }

    async fn url_auth_again(
        &self,
        resource: &FunctionResource,
        auth: UrlAuthType,
        dry_run: bool,
    ) -> Result<Undone, AwsError> {
        match self.url_auth(resource).await? {
            None => return Ok(Undone::DoesNotExist),
            Some(now) if now == auth => return Ok(Undone::AlreadyThere),
            Some(_) if dry_run => return Ok(Undone::Restored),
            Some(_) => {}
        }
        self.set_url_auth(resource, auth).await?;
        Ok(Undone::Restored)
    }

    async fn policy_again(
        &self,
        resource: &FunctionResource,
        document: &str,
        left: Option<&str>,
        sure: bool,
        dry_run: bool,
    ) -> Result<Undone, AwsError> {
        let live = self.policy(resource).await?;
        let revision = live.as_ref().and_then(|live| live.revision.clone());
        let now = match live.map(|live| live.document).transpose() {
            Ok(now) => now,
            // A policy that cannot be parsed any more is not the one that was left.
            Err(error) => return Ok(Undone::ChangedSince(error.to_string())),
        };
        if now.as_ref().is_some_and(|now| now.says(document)) {
            return Ok(Undone::AlreadyThere);
        }
        let as_left = match (&now, left) {
            (None, None) => true,
            (Some(now), Some(left)) if now.says(left) => true,
            // Statements may have been removed one by one, and not all of them.
            (now, left) => !sure && Document::is_between(now.as_ref(), document, left),
        };
        if !as_left {
            return Ok(Undone::ChangedSince(format!("the policy of `{resource}` is another")));
        }
        if !dry_run {
            self.lambda()
                .await
                .put_resource_policy()
                .resource_arn(resource.to_string())
                .policy(document)
                .set_revision_id(revision.map(|revision| revision.0))
                .send()
                .await
                .map_err(failed("PutResourcePolicy", resource))?;
        }
        Ok(Undone::Restored)
    }

    async fn untag(
        &self,
        function: &FunctionArn,
        keys: &BTreeSet<String>,
        value: &str,
        dry_run: bool,
    ) -> Result<Undone, AwsError> {
        let output = self
            .lambda()
            .await
            .list_tags()
            .resource(function.to_string())
            .send()
            .await
            .map_err(failed("ListTags", function))?;
        let tags = output.tags.unwrap_or_default();
        let present: Vec<&String> = keys.iter().filter(|key| tags.contains_key(*key)).collect();
        if let Some(key) = present.iter().find(|key| tags.get(**key).is_none_or(|v| v != value)) {
            return Ok(Undone::ChangedSince(format!("the tag `{key}` has another value")));
        }
        if present.is_empty() {
            return Ok(Undone::AlreadyThere);
        }
        if dry_run {
            return Ok(Undone::Restored);
        }
        self.lambda()
            .await
            .untag_resource()
            .resource(function.to_string())
            .set_tag_keys(Some(present.into_iter().cloned().collect()))
            .send()
            .await
            .map_err(failed("UntagResource", function))?;
        Ok(Undone::Restored)
    }
}

/// Concurrency as the API takes it.
fn whole(concurrency: u32) -> i32 {
    i32::try_from(concurrency).unwrap_or(i32::MAX)
}
