"""Reserved and provisioned concurrency, and invocation, which obeys them."""

import time

from lambda_managed import check_active, check_event_function
from lambda_names import LATEST, LambdaError, conflict, invalid, no_such_function, target
from lambda_store import Answer, Function, Store, page, unqualified

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
ACCOUNT_CONCURRENCY = 1000
UNRESERVED_MINIMUM = 100


def put_function_concurrency(store: Store, given: dict) -> dict:
    at = target(store.place, "PutFunctionConcurrency", given["FunctionName"])
    unqualified(at)
    wanted = given["ReservedConcurrentExecutions"]
    if at.name not in store.functions:  # recorded with $LATEST, unlike Get- and DeleteFunctionConcurrency
        raise no_such_function(at.version_arn)
    function = store.functions[at.name]
    check_event_function(function)
    if wanted < function.provisioned_total():  # recorded so, blanks included
        raise invalid(
            f" ReservedConcurrentExecutions  {wanted} should not be lower than function's "
            f"total provisioned concurrency [{function.provisioned_total()}]."
        )
    if wanted > unreserved(store, function) - UNRESERVED_MINIMUM and wanted > 0:
        raise invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{UNRESERVED_MINIMUM}]."
        )
    function.reserved = wanted
    return {"ReservedConcurrentExecutions": wanted}


def unreserved(store: Store, function: Function) -> int:
    """The account's concurrency that the other functions have not taken."""
    others = (other for other in store.functions.values() if other is not function)
    return ACCOUNT_CONCURRENCY - sum(max(other.reserved or 0, other.provisioned_total()) for other in others)


def get_function_concurrency(store: Store, given: dict) -> dict:
    reserved = only_function(store, "GetFunctionConcurrency", given).reserved
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


def delete_function_concurrency(store: Store, given: dict) -> Answer:
    only_function(store, "DeleteFunctionConcurrency", given).reserved = None
    return Answer(204)


def only_function(store: Store, operation: str, given: dict) -> Function:
    """That a qualified name is refused is recorded for PutFunctionConcurrency and inferred for the others."""
    at = target(store.place, operation, given["FunctionName"])
    unqualified(at)
    return store.function(at)


def put_provisioned_concurrency_config(store: Store, given: dict) -> dict:
    at = target(store.place, "PutProvisionedConcurrencyConfig", given["FunctionName"], given["Qualifier"])
    wanted = given["ProvisionedConcurrentExecutions"]
    if at.qualifier == LATEST:
        raise invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    function = store.existing(at)
    check_not_provisioned_twice(function, at.qualifier)
    others = sum(
        config["RequestedProvisionedConcurrentExecutions"]
        for qualifier, config in function.provisioned.items()
        if qualifier != at.qualifier
    )
    if function.reserved is not None and others + wanted > function.reserved:
        raise invalid(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )
    available = unreserved(store, function)
    if wanted > available:
        raise invalid(
            f"Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{available}]."
        )
    if function.reserved is None and others + wanted > available - UNRESERVED_MINIMUM:
        raise invalid(
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{UNRESERVED_MINIMUM}]."
        )
    function.provisioned[at.qualifier] = {
        "RequestedProvisionedConcurrentExecutions": wanted,
        "AvailableProvisionedConcurrentExecutions": wanted,
        "AllocatedProvisionedConcurrentExecutions": wanted,
        "Status": "READY",
        "LastModified": time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime()),
    }
    return {
        **function.provisioned[at.qualifier],
        "AvailableProvisionedConcurrentExecutions": 0,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
    }


def check_not_provisioned_twice(function: Function, qualifier: str) -> None:
    if qualifier in function.aliases:
        if function.version_of(qualifier) in function.provisioned:
            raise conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version")
    elif any(function.version_of(other) == qualifier for other in function.provisioned if other != qualifier):
        raise conflict("Version is pointed by a Provisioned Concurrency alias")


def get_provisioned_concurrency_config(store: Store, given: dict) -> dict:
    function, qualifier = provisionable(store, "GetProvisionedConcurrencyConfig", given)
    if qualifier not in function.provisioned:
        raise LambdaError(
            "ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function"
        )
    return function.provisioned[qualifier]


def delete_provisioned_concurrency_config(store: Store, given: dict) -> Answer:
    """Recorded: deleting a configuration that is not there succeeds."""
    function, qualifier = provisionable(store, "DeleteProvisionedConcurrencyConfig", given)
    function.provisioned.pop(qualifier, None)
    return Answer(204)


def provisionable(store: Store, operation: str, given: dict) -> tuple[Function, str]:
    at = target(store.place, operation, given["FunctionName"], given["Qualifier"])
    if at.qualifier == LATEST:
        raise invalid("The function resource provided must be an alias or a published version.")
    return store.existing(at), at.qualifier


def list_provisioned_concurrency_configs(store: Store, given: dict) -> dict:
    at = target(store.place, "ListProvisionedConcurrencyConfigs", given["FunctionName"])
    configs = store.function(at).provisioned
    found = [{"FunctionArn": f"{at.function_arn}:{qualifier}", **configs[qualifier]} for qualifier in sorted(configs)]
    return page(found, "ProvisionedConcurrencyConfigs", given)


def invoke(store: Store, given: dict) -> Answer:
    """Runs no code. Recorded: at reserved concurrency 0 a synchronous call fails and an Event is still accepted."""
    at = target(store.place, "Invoke", given["FunctionName"], given.get("Qualifier"))
    function = store.functions.get(at.name)
    configuration = function.configuration(at.qualifier) if function else None
    if function is None or configuration is None:
        raise no_such_function(at.version_arn)
    check_active(configuration)
    match given.get("InvocationType", "RequestResponse"):
        case "Event":
            return Answer(202)
        case "DryRun":
            return Answer(204)
    if function.reserved == 0:
        reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
        raise LambdaError("TooManyRequestsException", "Rate Exceeded.", Reason=reason)
    return Answer(200, b"null", {"X-Amz-Executed-Version": configuration["Version"]})


OPERATIONS = {
    "PutFunctionConcurrency": put_function_concurrency,
    "GetFunctionConcurrency": get_function_concurrency,
    "DeleteFunctionConcurrency": delete_function_concurrency,
    "PutProvisionedConcurrencyConfig": put_provisioned_concurrency_config,
    "GetProvisionedConcurrencyConfig": get_provisioned_concurrency_config,
    "DeleteProvisionedConcurrencyConfig": delete_provisioned_concurrency_config,
    "ListProvisionedConcurrencyConfigs": list_provisioned_concurrency_configs,
    "Invoke": invoke,
}
