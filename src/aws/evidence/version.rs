//! What Lambda says of a version, as the snapshot has it. Values of the environment are hashed here
//! and go nowhere else; links to code are dropped.

use crate::evidence::{
    Durable, FileSystem, FunctionVersion, ImageOverrides, Logging, ManagedInstances, Package,
    PackageKind, Salt, SaltedHash, Unread, Vpc,
};
use aws_sdk_lambda::types::{
    self as sdk, EnvironmentResponse, FunctionCodeLocation, FunctionConfiguration, PackageType,
};
use std::collections::BTreeMap;

/// A version, and what Lambda itself could not read of it.
pub(super) fn version(
    found: FunctionConfiguration,
    code: Option<FunctionCodeLocation>,
    salt: &Salt,
    resource: &str,
) -> (FunctionVersion, Vec<Unread>) {
    let unread = unreadable(&found, code.as_ref(), resource);
    let package = package(&found, code);
    let overrides = found.image_config_response.and_then(|it| it.image_config);
    let version = FunctionVersion {
        version: found.version.unwrap_or_default(),
        arn: found.function_arn,
        revision: found.revision_id,
        config_sha256: found.config_sha256,
        last_modified: found.last_modified,
        state: word(found.state),
        state_reason: found.state_reason,
        last_update_status: word(found.last_update_status),
        description: found.description.filter(|text| !text.is_empty()),
        package,
        runtime: word(found.runtime),
        runtime_version: found.runtime_version_config.and_then(|it| it.runtime_version_arn),
        handler: found.handler,
        architectures: words(found.architectures),
        role: found.role,
        timeout_seconds: found.timeout,
        memory_mb: found.memory_size,
        ephemeral_storage_mb: found.ephemeral_storage.map(|it| it.size),
        environment: environment(found.environment, salt),
        kms_key: found.kms_key_arn.filter(|key| !key.is_empty()),
        layers: found.layers.unwrap_or_default().into_iter().filter_map(|it| it.arn).collect(),
        vpc: found.vpc_config.and_then(vpc),
        file_systems: found
            .file_system_configs
            .unwrap_or_default()
            .into_iter()
            .map(mount)
            .collect(),
        dead_letter_target: found.dead_letter_config.and_then(|it| it.target_arn),
        tracing: found.tracing_config.and_then(|it| word(it.mode)),
        snap_start: found.snap_start.and_then(|it| word(it.apply_on)),
        image_overrides: overrides.map(image_overrides),
        logging: found.logging_config.map(logging),
        tenant_isolation: found.tenancy_config.and_then(|it| word(Some(it.tenant_isolation_mode))),
        managed_instances: found
            .capacity_provider_config
            .and_then(|it| it.lambda_managed_instances_capacity_provider_config)
            .map(managed_instances),
        durable: found.durable_config.map(durable),
        main_function: found.master_arn,
    };
    (version, unread)
}

/// `GetFunction` answers without what it may not decrypt, and says so.
pub(super) fn unread(resource: &str, code: Option<String>) -> Unread {
    Unread {
        operation: "GetFunction".to_owned(),
        resource: resource.to_owned(),
        code: code.unwrap_or_else(|| "unknown".to_owned()),
        may_work_later: false,
    }
}

fn unreadable(
    found: &FunctionConfiguration,
    code: Option<&FunctionCodeLocation>,
    resource: &str,
) -> Vec<Unread> {
    let environment = found.environment().and_then(|it| it.error()).map(|it| it.error_code.clone());
    let image =
        found.image_config_response().and_then(|it| it.error()).map(|it| it.error_code.clone());
    let runtime =
        found.runtime_version_config().and_then(|it| it.error()).map(|it| it.error_code.clone());
    let code = code.and_then(|it| it.error()).map(|it| it.error_code.clone());
    [
        ("Environment", environment),
        ("ImageConfigResponse", image),
        ("RuntimeVersionConfig", runtime),
        ("Code", code),
    ]
    .into_iter()
    .filter_map(|(part, error)| Some(unread(&format!("{resource} {part}"), error?)))
    .collect()
}

fn package(found: &FunctionConfiguration, code: Option<FunctionCodeLocation>) -> Package {
    let kind = match &found.package_type {
        Some(PackageType::Zip) | None => PackageKind::Zip,
        Some(PackageType::Image) => PackageKind::Image,
        Some(_) => PackageKind::Other,
    };
    let code = code.unwrap_or_else(|| FunctionCodeLocation::builder().build());
    Package {
        kind,
        code_sha256: found.code_sha256.clone(),
        size: found.code_size,
        image: code.image_uri,
        resolved_image: code.resolved_image_uri,
        source_kms_key: code.source_kms_key_arn,
        signing_profile_version: found.signing_profile_version_arn.clone(),
        signing_job: found.signing_job_arn.clone(),
    }
}

fn environment(found: Option<EnvironmentResponse>, salt: &Salt) -> BTreeMap<String, SaltedHash> {
    let variables = found.and_then(|it| it.variables).unwrap_or_default();
    variables.into_iter().map(|(name, value)| (name, salt.hash(&value))).collect()
}

/// A function outside any network has an empty one.
fn vpc(found: sdk::VpcConfigResponse) -> Option<Vpc> {
    let subnets = found.subnet_ids.unwrap_or_default();
    (!subnets.is_empty()).then(|| Vpc {
        id: found.vpc_id,
        subnets,
        security_groups: found.security_group_ids.unwrap_or_default(),
        ipv6: found.ipv6_allowed_for_dual_stack,
    })
}

fn mount(found: sdk::FileSystemConfig) -> FileSystem {
    FileSystem { arn: found.arn, mount_path: found.local_mount_path }
}

fn image_overrides(found: sdk::ImageConfig) -> ImageOverrides {
    ImageOverrides {
        entry_point: found.entry_point.unwrap_or_default(),
        command: found.command.unwrap_or_default(),
        working_directory: found.working_directory,
    }
}

fn logging(found: sdk::LoggingConfig) -> Logging {
    Logging {
        group: found.log_group,
        format: word(found.log_format),
        application_level: word(found.application_log_level),
        system_level: word(found.system_log_level),
    }
}

fn managed_instances(found: sdk::LambdaManagedInstancesCapacityProviderConfig) -> ManagedInstances {
    ManagedInstances {
        capacity_provider: found.capacity_provider_arn,
        max_concurrency: found.per_execution_environment_max_concurrency,
        memory_gib_per_vcpu: found.execution_environment_memory_gib_per_v_cpu,
    }
}

fn durable(found: sdk::DurableConfig) -> Durable {
    Durable {
        execution_timeout_seconds: found.execution_timeout,
        retention_days: found.retention_period_in_days,
        kms_key: found.kms_key_arn,
    }
}

/// The word of one of the API's enumerations, also of one that is newer than this program.
pub(super) fn word<T: AsRef<str>>(found: Option<T>) -> Option<String> {
    found.map(|it| it.as_ref().to_owned())
}

/// The same for a list.
pub(super) fn words<T: AsRef<str>>(found: Option<Vec<T>>) -> Vec<String> {
    found.unwrap_or_default().iter().map(|it| it.as_ref().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_lambda::types::{EnvironmentError, FunctionCodeLocationError};
    use proptest::prelude::*;

    const LINK: &str = "https://code.example/package?X-Amz-Signature=marker-signature";

    fn found(environment: EnvironmentResponse) -> FunctionConfiguration {
        FunctionConfiguration::builder().version("7").environment(environment).build()
    }

    proptest! {
        #[test]
        fn no_value_and_no_link_is_kept_or_shown(
            variables in proptest::collection::hash_map("[A-Z_]{1,12}", "marker-[a-z0-9/+]{8,40}", 1..8),
        ) {
            let environment =
                EnvironmentResponse::builder().set_variables(Some(variables.clone())).build();
            let code = FunctionCodeLocation::builder().location(LINK).build();

            let (kept, unread) = version(found(environment), Some(code), &Salt::new([9; 32]), "f:7");

            prop_assert_eq!(kept.environment.len(), variables.len());
            prop_assert!(unread.is_empty());
            let json = serde_json::to_string(&kept).expect("it is JSON");
            for shown in [json, format!("{kept:?}")] {
                prop_assert!(!shown.contains("marker-"), "{}", shown);
            }
        }
    }

    #[test]
    fn what_lambda_itself_could_not_read_is_named_without_its_words() {
        let error = EnvironmentError::builder().error_code("AccessDeniedException");
        let environment = EnvironmentResponse::builder().error(error.message("marker-key").build());
        let error = FunctionCodeLocationError::builder().error_code("KMSDisabledException").build();
        let code = FunctionCodeLocation::builder().error(error).build();

        let (_, unread) =
            version(found(environment.build()), Some(code), &Salt::new([9; 32]), "f:7");

        let named: Vec<_> =
            unread.iter().map(|it| (it.resource.as_str(), it.code.as_str())).collect();
        assert_eq!(
            named,
            [("f:7 Environment", "AccessDeniedException"), ("f:7 Code", "KMSDisabledException")]
        );
        assert!(!format!("{unread:?}").contains("marker-key"));
    }
}
