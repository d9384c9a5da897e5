//! Applies one journaled remediation. There is no other way to change anything in AWS but the way
//! back in [`super::undo`].

use super::{Aws, AwsError, ErrorKind, Intent, failed};
use crate::{
    remediation::{Outcome, PolicyReplacement, Remediation},
    resource::{FunctionArn, FunctionResource, Qualifier},
    state::UrlAuthType,
};
use aws_sdk_lambda::types::FunctionUrlAuthType;
use std::{collections::BTreeSet, time::Duration};

/// How often, and how far apart, the stop is tried while deleted provisioned concurrency is still
/// counted.
const STOP_TRIES: u32 = 5;
const STOP_PAUSE: Duration = Duration::from_secs(1);

impl Aws {
    /// Applies a remediation whose undo is in the journal.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`] where the resource changed since it was read: read and decide
    /// again. Everything else is final for this step.
    pub async fn apply(&self, intent: &Intent) -> Result<Outcome, AwsError> {
        let applied = match intent.remediation() {
            Remediation::DeleteProvisionedConcurrency { function, qualifier, .. } => {
                return gone(self.delete_provisioned(function, qualifier).await);
            }
            Remediation::StopFunction { function, .. } => self.stop(function).await,
            Remediation::HardenFunctionUrl { resource } => {
                self.set_url_auth(resource, UrlAuthType::AwsIam).await
            }
            Remediation::ReplaceResourcePolicy(replacement) => {
                return self.replace_policy(replacement).await;
            }
            Remediation::TagFunction { function, keys, value } => {
                self.tag(function, keys, value).await
            }
        };
        settled(applied)
    }

    async fn delete_provisioned(
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

    /// Refused while provisioned concurrency is still counted, which lags behind its deletion.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html>
    async fn stop(&self, function: &FunctionArn) -> Result<(), AwsError> {
        let mut tries = 1;
        loop {
            match self.reserve(function, 0).await {
                Err(error) if error.kind == ErrorKind::Invalid && tries < STOP_TRIES => {
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
        concurrency: i32,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .put_function_concurrency()
            .function_name(function.to_string())
            .reserved_concurrent_executions(concurrency)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutFunctionConcurrency", function))
    }

    /// Changes the authentication and nothing else: Cors and invoke mode stay when not mentioned.
    pub(super) async fn set_url_auth(
        &self,
        resource: &FunctionResource,
        auth: UrlAuthType,
    ) -> Result<(), AwsError> {
        let auth = match auth {
            UrlAuthType::None => FunctionUrlAuthType::None,
            UrlAuthType::AwsIam => FunctionUrlAuthType::AwsIam,
        };
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

    async fn tag(
        &self,
        function: &FunctionArn,
        keys: &BTreeSet<String>,
        value: &str,
    ) -> Result<(), AwsError> {
        let tags = keys.iter().map(|key| (key.clone(), value.to_owned())).collect();
        self.lambda()
            .await
            .tag_resource()
            .resource(function.to_string())
            .set_tags(Some(tags))
            .send()
            .await
            .map(|_| ())
            .map_err(failed("TagResource", function))
    }

    /// One guarded write. Where it is refused or not known, statements that only have to go are
    /// removed one by one, each guarded too, and the outcome says so.
    async fn replace_policy(&self, replacement: &PolicyReplacement) -> Result<Outcome, AwsError> {
        let PolicyReplacement { resource, revision, after, removable_by_sid, .. } = replacement;
        let lambda = self.lambda().await;
        let written = match after {
            Some(document) => lambda
                .put_resource_policy()
                .resource_arn(resource.to_string())
                .policy(document)
                .revision_id(&revision.0)
                .send()
                .await
                .map(|_| ())
                .map_err(failed("PutResourcePolicy", resource)),
            None => lambda
                .delete_resource_policy()
                .resource_arn(resource.to_string())
                .revision_id(&revision.0)
                .send()
                .await
                .map(|_| ())
                .map_err(failed("DeleteResourcePolicy", resource)),
        };
        match (written, removable_by_sid) {
            (Err(error), Some(sids))
                if matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported) =>
            {
                self.remove_by_sid(replacement, sids).await?;
                let note = format!("{error}; removed statement by statement instead");
                Ok(Outcome::Success { note: Some(note) })
            }
            (written, _) if after.is_none() => gone(written),
            (written, _) => settled(written),
        }
    }

    /// The way without full-document writes. The first removal is guarded by the revision the
    /// decision rests on, each further one by a look whether its predecessors are all that changed.
    async fn remove_by_sid(
        &self,
        replacement: &PolicyReplacement,
        sids: &[String],
    ) -> Result<(), AwsError> {
        let PolicyReplacement { resource, before, .. } = replacement;
        let mut revision = replacement.revision.clone();
        for (index, sid) in sids.iter().enumerate() {
            let removed = sids.get(..index).unwrap_or_default();
            if !removed.is_empty() {
                let live = self.policy(resource).await?;
                let expected = live.filter(|live| {
                    live.document.as_ref().is_ok_and(|now| now.is_without(before, removed))
                });
                revision = expected.and_then(|live| live.revision).ok_or_else(|| AwsError {
                    operation: "RemovePermission",
                    resource: resource.to_string(),
                    code: "changed meanwhile".to_owned(),
                    kind: ErrorKind::Precondition,
                })?;
            }
            self.lambda()
                .await
                .remove_permission()
                .function_name(resource.function.to_string())
                .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
                .statement_id(sid)
                .revision_id(revision.0.clone())
                .send()
                .await
                .map_err(failed("RemovePermission", resource))?;
        }
        Ok(())
    }
}

/// What was to be taken away is not there: so it was to be, or an answer was lost.
fn gone(taken: Result<(), AwsError>) -> Result<Outcome, AwsError> {
    match taken {
        Err(error) if error.kind == ErrorKind::NotFound => {
            Ok(Outcome::Success { note: Some("it was already gone".to_owned()) })
        }
        taken => settled(taken),
    }
}

/// A resource that is gone needs nothing any more.
fn settled(applied: Result<(), AwsError>) -> Result<Outcome, AwsError> {
    match applied {
        Ok(()) => Ok(Outcome::Success { note: None }),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Outcome::DoesNotExist),
        Err(error) => Err(error),
    }
}
