//! What Lambda says of all that hangs on a function, as the snapshot has it. Links to code are
//! dropped.

use super::version::{word, words};
use crate::evidence::{
    Alias, AsyncInvocation, CodeSigning, Cors, Destinations, EventSourceMapping, FunctionUrl,
    LayerVersion, ProvisionedConcurrency, RuntimeManagement, Scaling, ScalingBounds,
};
use aws_sdk_lambda::{
    operation::{
        get_function_scaling_config::GetFunctionScalingConfigOutput,
        get_layer_version_by_arn::GetLayerVersionByArnOutput,
        get_runtime_management_config::GetRuntimeManagementConfigOutput,
    },
    primitives::{DateTime, DateTimeFormat},
    types as sdk,
};
use std::collections::BTreeMap;

pub(super) fn alias(found: sdk::AliasConfiguration) -> Alias {
    let weights = found.routing_config.and_then(|it| it.additional_version_weights);
    Alias {
        name: found.name.unwrap_or_default(),
        arn: found.alias_arn,
        version: found.function_version,
        other_versions: weights.unwrap_or_default().into_iter().collect(),
        description: found.description.filter(|text| !text.is_empty()),
        revision: found.revision_id,
    }
}

pub(super) fn event_source_mapping(
    found: sdk::EventSourceMappingConfiguration,
) -> EventSourceMapping {
    let amazon_kafka = found.amazon_managed_kafka_event_source_config;
    let own_kafka = found.self_managed_kafka_event_source_config;
    let (document_db, pollers) =
        (found.document_db_event_source_config, found.provisioned_poller_config);
    let filters = found.filter_criteria.and_then(|it| it.filters).unwrap_or_default();
    let (consumer_group, registry) = match (amazon_kafka, own_kafka) {
        (Some(it), _) => (it.consumer_group_id, it.schema_registry_config),
        (None, Some(it)) => (it.consumer_group_id, it.schema_registry_config),
        (None, None) => (None, None),
    };
    let (database, collection) =
        document_db.map(|it| (it.database_name, it.collection_name)).unwrap_or_default();
    EventSourceMapping {
        uuid: found.uuid.unwrap_or_default(),
        arn: found.event_source_mapping_arn,
        function: found.function_arn,
        state: found.state,
        state_reason: found.state_transition_reason,
        last_modified: moment(found.last_modified),
        last_result: found.last_processing_result,
        event_source: found.event_source_arn,
        batch_size: found.batch_size,
        batching_window_seconds: found.maximum_batching_window_in_seconds,
        parallelization_factor: found.parallelization_factor,
        starting_position: word(found.starting_position),
        starting_timestamp: moment(found.starting_position_timestamp),
        filters: filters.into_iter().filter_map(|it| it.pattern).collect(),
        kms_key: found.kms_key_arn,
        maximum_concurrency: found.scaling_config.and_then(|it| it.maximum_concurrency),
        destinations: destinations(found.destination_config),
        topics: found.topics.unwrap_or_default(),
        queues: found.queues.unwrap_or_default(),
        source_access: source_access(found.source_access_configurations.unwrap_or_default()),
        endpoints: endpoints(found.self_managed_event_source),
        consumer_group,
        schema_registry: registry.and_then(|it| it.schema_registry_uri),
        database,
        collection,
        maximum_record_age_seconds: found.maximum_record_age_in_seconds,
        maximum_retry_attempts: found.maximum_retry_attempts,
        bisect_on_error: found.bisect_batch_on_function_error,
        tumbling_window_seconds: found.tumbling_window_in_seconds,
        response_types: words(found.function_response_types),
        minimum_pollers: pollers.as_ref().and_then(|it| it.minimum_pollers),
        maximum_pollers: pollers.as_ref().and_then(|it| it.maximum_pollers),
    }
}

fn source_access(found: Vec<sdk::SourceAccessConfiguration>) -> BTreeMap<String, Vec<String>> {
    let mut by_kind: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for it in found {
        by_kind.entry(word(it.r#type).unwrap_or_default()).or_default().extend(it.uri);
    }
    by_kind
}

fn endpoints(found: Option<sdk::SelfManagedEventSource>) -> BTreeMap<String, Vec<String>> {
    let endpoints = found.and_then(|it| it.endpoints).unwrap_or_default();
    endpoints.into_iter().map(|(kind, hosts)| (kind.as_str().to_owned(), hosts)).collect()
}

fn destinations(found: Option<sdk::DestinationConfig>) -> Destinations {
    found.map_or_else(Destinations::default, |it| Destinations {
        on_success: it.on_success.and_then(|it| it.destination),
        on_failure: it.on_failure.and_then(|it| it.destination),
    })
}

pub(super) fn url(found: sdk::FunctionUrlConfig) -> FunctionUrl {
    FunctionUrl {
        resource: found.function_arn,
        url: found.function_url,
        auth_type: found.auth_type.as_str().to_owned(),
        invoke_mode: word(found.invoke_mode),
        cors: found.cors.map(|it| Cors {
            allow_credentials: it.allow_credentials,
            allow_headers: it.allow_headers.unwrap_or_default(),
            allow_methods: it.allow_methods.unwrap_or_default(),
            allow_origins: it.allow_origins.unwrap_or_default(),
            expose_headers: it.expose_headers.unwrap_or_default(),
            max_age_seconds: it.max_age,
        }),
        created_at: found.creation_time,
        last_modified: found.last_modified_time,
    }
}

pub(super) fn async_invocation(found: sdk::FunctionEventInvokeConfig) -> AsyncInvocation {
    AsyncInvocation {
        resource: found.function_arn.unwrap_or_default(),
        maximum_retry_attempts: found.maximum_retry_attempts,
        maximum_event_age_seconds: found.maximum_event_age_in_seconds,
        destinations: destinations(found.destination_config),
        last_modified: moment(found.last_modified),
    }
}

pub(super) fn provisioned_concurrency(
    found: sdk::ProvisionedConcurrencyConfigListItem,
) -> ProvisionedConcurrency {
    ProvisionedConcurrency {
        resource: found.function_arn.unwrap_or_default(),
        requested: found.requested_provisioned_concurrent_executions,
        available: found.available_provisioned_concurrent_executions,
        allocated: found.allocated_provisioned_concurrent_executions,
        status: word(found.status),
        last_modified: found.last_modified,
    }
}

pub(super) fn scaling(version: &str, found: GetFunctionScalingConfigOutput) -> Scaling {
    let bounds = |it: sdk::FunctionScalingConfig| ScalingBounds {
        minimum: it.min_execution_environments,
        maximum: it.max_execution_environments,
    };
    Scaling {
        version: version.to_owned(),
        applied: found.applied_function_scaling_config.map(bounds),
        requested: found.requested_function_scaling_config.map(bounds),
    }
}

pub(super) fn runtime_management(
    version: &str,
    found: GetRuntimeManagementConfigOutput,
) -> RuntimeManagement {
    RuntimeManagement {
        version: version.to_owned(),
        update_runtime_on: word(found.update_runtime_on),
        runtime_version: found.runtime_version_arn,
    }
}

pub(super) fn code_signing(arn: String, found: Option<sdk::CodeSigningConfig>) -> CodeSigning {
    let Some(found) = found else {
        return CodeSigning {
            arn,
            description: None,
            allowed_publishers: Vec::new(),
            untrusted_artifact: None,
            last_modified: None,
        };
    };
    let policies = found.code_signing_policies;
    CodeSigning {
        arn,
        description: found.description,
        allowed_publishers: found
            .allowed_publishers
            .map(|it| it.signing_profile_version_arns)
            .unwrap_or_default(),
        untrusted_artifact: policies.and_then(|it| word(it.untrusted_artifact_on_deployment)),
        last_modified: Some(found.last_modified),
    }
}

/// A layer that may not be read is still named.
pub(super) fn layer(arn: String, found: Option<GetLayerVersionByArnOutput>) -> LayerVersion {
    let found = found.unwrap_or_else(|| GetLayerVersionByArnOutput::builder().build());
    let content = found.content;
    LayerVersion {
        arn,
        description: found.description.filter(|text| !text.is_empty()),
        created_at: found.created_date,
        code_sha256: content.as_ref().and_then(|it| it.code_sha256.clone()),
        size: content.as_ref().map(|it| it.code_size),
        runtimes: words(found.compatible_runtimes),
        architectures: words(found.compatible_architectures),
        signing_profile_version: content
            .as_ref()
            .and_then(|it| it.signing_profile_version_arn.clone()),
        signing_job: content.and_then(|it| it.signing_job_arn),
    }
}

/// A moment in the form the snapshot has them in.
pub(super) fn moment(found: Option<DateTime>) -> Option<String> {
    found.and_then(|it| it.fmt(DateTimeFormat::DateTime).ok())
}
