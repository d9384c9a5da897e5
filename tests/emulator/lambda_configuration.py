"""A function's settings: what CreateFunction and UpdateFunctionConfiguration take, and how it is shown afterwards.

A setting that is not given stays, and one that is given replaces what was there, but for LoggingConfig.
https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
"""

import json

from lambda_layers import of_a_function
from lambda_names import invalid, stale_revision
from lambda_roles import check_assumable, check_dead_letter_queue
from lambda_signing import check_layers
from lambda_store import Store, now

SETTINGS = (
    "CapacityProviderConfig", "DeadLetterConfig", "Description", "DurableConfig", "Environment", "EphemeralStorage",
    "FileSystemConfigs", "Handler", "ImageConfig", "KMSKeyArn", "Layers", "LoggingConfig", "MemorySize", "Role",
    "Runtime", "SnapStart", "Timeout", "TracingConfig", "VpcConfig",
)  # fmt: skip
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
ENVIRONMENT_LIMIT = 4096
RESERVED_VARIABLES = {
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER",
    "_X_AMZN_TRACE_ID",
}  # fmt: skip
# Recorded: what JSON logs have beside, and text logs have not.
LEVELS = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}


def configure(store: Store, configuration: dict, given: dict, code_signing: str | None = None) -> None:
    """All of it or, if something is refused, nothing."""
    chosen = {key: given[key] for key in SETTINGS if key in given}
    if "Role" in chosen:
        check_assumable(store.place, chosen["Role"])
    if "Layers" in chosen:
        chosen["Layers"] = of_a_function(store, chosen["Layers"])
        check_layers(store, code_signing, chosen["Layers"])
    if "Environment" in chosen:
        chosen["Environment"] = environment(chosen["Environment"])
    if "LoggingConfig" in chosen:
        chosen["LoggingConfig"] = logging(configuration["LoggingConfig"], chosen["LoggingConfig"])
    if "VpcConfig" in chosen:
        chosen["VpcConfig"] = vpc(chosen["VpcConfig"])
    queue = chosen.get("DeadLetterConfig", {}).get("TargetArn")
    if queue:
        check_dead_letter_queue(store.place, chosen.get("Role") or configuration["Role"], queue)
    configuration.update(chosen, LastModified=now())
    # The model's patterns allow the empty names, which remove what they name. That the member is then left out, as it
    # is before there is one, is inferred.
    kept = {"DeadLetterConfig": queue, "KMSKeyArn": chosen.get("KMSKeyArn"), "Layers": chosen.get("Layers")}
    for setting in kept:
        if setting in chosen and not kept[setting]:
            del configuration[setting]


def environment(asked: dict) -> dict:
    """Recorded: no variables are shown as such, and what is too large is refused so. The text about reserved names is
    that of users of Terraform: https://github.com/mattermost/mattermost-cloud-monitoring/pull/264"""
    variables = asked.get("Variables", {})
    if reserved := sorted(RESERVED_VARIABLES & set(variables)):
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"))
    if len(measured.encode()) > ENVIRONMENT_LIMIT:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}"
        )
    return {"Variables": variables}


def logging(current: dict, asked: dict) -> dict:
    """Recorded: parts that are not given stay, the levels begin with INFO, and go with the format JSON only.

    https://github.com/localstack/localstack/blob/main/tests/aws/services/lambda_/test_lambda_api.snapshot.json,
    `TestLoggingConfig`
    """
    merged = {**current, **asked}
    if merged["LogFormat"] == "JSON":
        return {**LEVELS, **merged}
    return {key: value for key, value in merged.items() if key not in LEVELS}


def vpc(asked: dict) -> dict:
    """Recorded: a function that leaves its VPC shows an empty one. Subnets and groups are not looked up, and all are
    of one VPC."""
    subnets, groups = asked.get("SubnetIds", []), asked.get("SecurityGroupIds", [])
    return {
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
        "VpcId": "vpc-00000000000000001" if subnets else "",
        "Ipv6AllowedForDualStack": asked.get("Ipv6AllowedForDualStack", False),
    }


def check_revision(current: dict, given: dict) -> None:
    if given.get("RevisionId") not in (None, current["RevisionId"]):
        raise stale_revision("GetFunction/GetAlias")
