//! Reads a function, version by version. A call that fails is noted in the snapshot, and the others
//! go on. <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

use super::{AwsError, ErrorKind, EvidenceClients, attachments, version};
use crate::{
    aws::failed,
    evidence::{
        Alias, EvidenceRequest, FunctionVersion, LayerVersion, PackageKind, ResourcePolicy,
        RuntimeManagement, Salt, Scaling, Snapshot, Unread,
    },
    resource::FunctionArn,
};
use aws_sdk_lambda::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    types::FunctionConfiguration,
};
use aws_smithy_async::future::pagination_stream::PaginationStream;
use futures_util::{StreamExt, stream};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// Calls on their way at a time; the pace is what limits them.
const SIDE_BY_SIDE: usize = 4;

/// What has the policy of the function itself, and no scaling configuration.
const LATEST: &str = "$LATEST";

/// What managed instances run when no version is named.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-version-publishing.html>
const LATEST_PUBLISHED: &str = "$LATEST.PUBLISHED";

/// One collection.
pub(super) struct Reading<'a> {
    pub clients: &'a EvidenceClients,
    pub function: &'a FunctionArn,
    salt: &'a Salt,
    unread: Mutex<Vec<Unread>>,
}

impl EvidenceClients {
    /// Reads everything that hangs on a function. `taken_at` is now, RFC 3339.
    pub async fn snapshot(
        &self,
        request: &EvidenceRequest,
        salt: &Salt,
        taken_at: String,
    ) -> Snapshot {
        let reading =
            Reading { clients: self, function: request.function(), salt, unread: Mutex::default() };
        let mut snapshot = Snapshot::new(request, taken_at);
        reading.itself(&mut snapshot).await;
        reading.around(&mut snapshot).await;
        snapshot.unread = reading.unread.into_inner().unwrap_or_else(PoisonError::into_inner);
        snapshot.unread.sort();
        snapshot
    }
}

impl Reading<'_> {
    /// The versions and aliases, and what each of them has.
    async fn itself(&self, snapshot: &mut Snapshot) {
        let listed = self.listed_versions().await;
        let versions: Vec<_> =
            stream::iter(listed).map(|it| self.version(it)).buffered(SIDE_BY_SIDE).collect().await;
        snapshot.versions = versions.into_iter().flatten().collect();
        snapshot.aliases = self.aliases().await;
        snapshot.policies = self.policies(snapshot).await;
        let archives = snapshot.versions.iter().filter(|it| it.package.kind == PackageKind::Zip);
        snapshot.runtime_management =
            self.each(archives, |it| self.runtime_management(&it.version)).await;
        let managed = snapshot.versions.iter().filter(|it| it.managed_instances.is_some());
        let managed = managed.filter(|it| it.version != LATEST);
        snapshot.scaling = self.each(managed, |it| self.scaling(&it.version)).await;
        let layers = distinct(snapshot.versions.iter().flat_map(|it| &it.layers));
        snapshot.layers =
            stream::iter(layers).map(|arn| self.layer(arn)).buffered(SIDE_BY_SIDE).collect().await;
        for arn in distinct(snapshot.versions.iter().filter_map(|it| it.role.as_ref())) {
            snapshot.roles.push(self.role(&arn).await);
        }
    }

    /// Asks for each of `versions`; what failed is noted and left out.
    async fn each<'v, T, F: Future<Output = Result<T, AwsError>>>(
        &self,
        versions: impl Iterator<Item = &'v FunctionVersion>,
        ask: impl Fn(&'v FunctionVersion) -> F,
    ) -> Vec<T> {
        let answers: Vec<_> =
            stream::iter(versions).map(ask).buffered(SIDE_BY_SIDE).collect().await;
        answers.into_iter().filter_map(|answer| self.noted(answer)).collect()
    }

    /// `$LATEST` first, then the newest.
    async fn listed_versions(&self) -> Vec<FunctionConfiguration> {
        let pages = self.clients.lambda.list_versions_by_function();
        let pages = pages.function_name(self.function.to_string()).into_paginator().send();
        let pages = self.pages("ListVersionsByFunction", pages).await;
        let mut listed: Vec<_> =
            pages.into_iter().flat_map(|page| page.versions.unwrap_or_default()).collect();
        let number = |it: &FunctionConfiguration| it.version().and_then(|v| v.parse::<u64>().ok());
        listed.sort_by_key(|it| std::cmp::Reverse(number(it).unwrap_or(u64::MAX)));
        // A policy may refuse the list, and AWS does not say whether it has the version for managed
        // instances: these two are asked for in any case.
        let is_listed = |name: &str| listed.iter().any(|it| it.version() == Some(name));
        let (latest, published) = (is_listed(LATEST), is_listed(LATEST_PUBLISHED));
        let managed = listed.iter().any(|it| it.capacity_provider_config().is_some());
        if managed && !published {
            listed.insert(0, unlisted(LATEST_PUBLISHED));
        }
        if !latest {
            listed.insert(0, unlisted(LATEST));
        }
        listed
    }

    /// What `GetFunction` says, or else what the list said; none if neither did.
    async fn version(&self, listed: FunctionConfiguration) -> Option<FunctionVersion> {
        let name = listed.version().unwrap_or_default().to_owned();
        self.clients.get_function.turn().await;
        let answer = self
            .clients
            .lambda
            .get_function()
            .function_name(self.function.to_string())
            .qualifier(&name)
            .send()
            .await
            .map_err(failed("GetFunction", format_args!("{}:{name}", self.function)));
        let is_listed = listed.function_arn().is_some();
        let (configuration, code) = match answer {
            // Nobody said that it exists.
            Err(error) if error.kind == ErrorKind::NotFound && name == LATEST_PUBLISHED => {
                return None;
            }
            answer => match self.noted(answer) {
                Some(output) => (output.configuration.unwrap_or(listed), output.code),
                None if is_listed => (listed, None),
                None => return None,
            },
        };
        let resource = format!("{}:{name}", self.function);
        let (version, unread) = version::version(configuration, code, self.salt, &resource);
        unread.into_iter().for_each(|unread| self.note(unread));
        Some(version)
    }

    async fn aliases(&self) -> Vec<Alias> {
        let pages = self.clients.lambda.list_aliases().function_name(self.function.to_string());
        let pages = self.pages("ListAliases", pages.into_paginator().send()).await;
        let listed = pages.into_iter().flat_map(|page| page.aliases.unwrap_or_default());
        listed.map(attachments::alias).collect()
    }

    /// `$LATEST` has the policy of the function itself.
    async fn policies(&self, snapshot: &Snapshot) -> Vec<ResourcePolicy> {
        let versions = snapshot.versions.iter().map(|it| it.version.as_str());
        let published = versions.filter(|name| *name != LATEST);
        let aliases = snapshot.aliases.iter().map(|alias| alias.name.as_str());
        let qualified = published.chain(aliases).map(|name| format!("{}:{name}", self.function));
        let resources = std::iter::once(self.function.to_string()).chain(qualified);
        let answers: Vec<_> = stream::iter(resources)
            .map(|it| self.policy(it))
            .buffered(SIDE_BY_SIDE)
            .collect()
            .await;
        answers.into_iter().filter_map(|answer| self.noted(answer).flatten()).collect()
    }

    /// None if there is no policy. Where full documents are not offered `GetPolicy` tells the same.
    async fn policy(&self, resource: String) -> Result<Option<ResourcePolicy>, AwsError> {
        self.clients.control_plane.turn().await;
        let get = self.clients.lambda.get_resource_policy().resource_arn(&resource);
        let answer = get.send().await.map_err(failed("GetResourcePolicy", &resource));
        let answer = match answer {
            Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported) => {
                let get = self.clients.lambda.get_policy().function_name(&resource);
                let answer = get.send().await.map_err(failed("GetPolicy", &resource));
                answer.map(|output| (output.policy, output.revision_id))
            }
            answer => answer.map(|output| (output.policy, output.revision_id)),
        };
        match answer {
            Ok((text, revision)) => {
                Ok(text.map(|text| ResourcePolicy { resource, text, revision }))
            }
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn runtime_management(&self, version: &str) -> Result<RuntimeManagement, AwsError> {
        self.clients.control_plane.turn().await;
        self.clients
            .lambda
            .get_runtime_management_config()
            .function_name(self.function.to_string())
            .qualifier(version)
            .send()
            .await
            .map(|output| attachments::runtime_management(version, output))
            .map_err(failed(
                "GetRuntimeManagementConfig",
                format_args!("{}:{version}", self.function),
            ))
    }

    async fn scaling(&self, version: &str) -> Result<Scaling, AwsError> {
        self.clients.control_plane.turn().await;
        self.clients
            .lambda
            .get_function_scaling_config()
            .function_name(self.function.to_string())
            .qualifier(version)
            .send()
            .await
            .map(|output| attachments::scaling(version, output))
            .map_err(failed(
                "GetFunctionScalingConfig",
                format_args!("{}:{version}", self.function),
            ))
    }

    async fn layer(&self, arn: String) -> LayerVersion {
        self.clients.control_plane.turn().await;
        let get = self.clients.lambda.get_layer_version_by_arn().arn(&arn);
        let answer = get.send().await.map_err(failed("GetLayerVersionByArn", &arn));
        attachments::layer(arn, self.noted(answer))
    }

    /// Every page there is, until one fails: a part of a list is worth keeping.
    pub(super) async fn pages<T, E: ProvideErrorMetadata>(
        &self,
        operation: &'static str,
        mut pages: PaginationStream<Result<T, SdkError<E, HttpResponse>>>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        loop {
            self.clients.control_plane.turn().await;
            match pages.next().await {
                Some(page) => match self.noted(page.map_err(failed(operation, self.function))) {
                    Some(page) => found.push(page),
                    None => return found,
                },
                None => return found,
            }
        }
    }

    /// The answer; a failure is noted, and the next calls wait longer if AWS was too busy for it.
    pub(super) fn noted<T>(&self, answer: Result<T, AwsError>) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.clients.control_plane.speed_up();
                Some(answer)
            }
            Err(error) => {
                if error.kind == ErrorKind::Transient {
                    self.clients.control_plane.slow_down();
                }
                self.note(error.into());
                None
            }
        }
    }

    pub(super) fn note(&self, unread: Unread) {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).push(unread);
    }
}

fn unlisted(version: &str) -> FunctionConfiguration {
    FunctionConfiguration::builder().version(version).build()
}

/// Each once, in the order in which they come.
fn distinct<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(*text)).cloned().collect()
}
