"""Functions on Lambda Managed Instances: those made with a CapacityProviderConfig. Their published versions and
$LATEST.PUBLISHED have a scaling configuration, and they have no reserved concurrency.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-scaling.html
"""

from lambda_names import Target, conflict, invalid, target
from lambda_store import Answer, Function, Store


def put_function_scaling_config(store: Store, given: dict) -> Answer:
    """Sets both limits as they are given. Documented: both at 0 stop the version. The states in between, and that
    nothing given removes the setting, are inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionScalingConfig.html
    """
    at, function = scalable(store, "PutFunctionScalingConfig", given)
    wanted = given.get("FunctionScalingConfig", {})
    least, most = wanted.get("MinExecutionEnvironments"), wanted.get("MaxExecutionEnvironments")
    if least is not None and most is not None and least > most:
        raise invalid("MinExecutionEnvironments must not be greater than MaxExecutionEnvironments.")
    function.scaling.pop(at.qualifier, None)
    if wanted:
        function.scaling[at.qualifier] = dict(wanted)
    stopped = (least, most) == (0, 0)
    function.versions[at.qualifier]["State"] = "Deactivated" if stopped else "Active"
    return Answer(202, {"FunctionState": "Deactivating" if stopped else "Active"})


def get_function_scaling_config(store: Store, given: dict) -> dict:
    """Inferred: neither configuration is shown where none was set."""
    at, function = scalable(store, "GetFunctionScalingConfig", given)
    config = function.scaling.get(at.qualifier)
    shown = {"AppliedFunctionScalingConfig": config, "RequestedFunctionScalingConfig": config} if config else {}
    return {"FunctionArn": at.arn, **shown}


def scalable(store: Store, operation: str, given: dict) -> tuple[Target, Function]:
    """The model's pattern admits version numbers and $LATEST.PUBLISHED only; the other refusals are inferred."""
    at = target(store.place, operation, given["FunctionName"], given["Qualifier"])
    function = store.existing(at)
    if not managed(function):
        raise invalid("The function has no capacity provider.")
    return at, function


def managed(function: Function) -> bool:
    return "CapacityProviderConfig" in function.latest


def check_event_function(function: Function) -> None:
    """Documented: reserved concurrency is for Lambda Event Functions. That and how it is refused is inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
    """
    if managed(function):
        raise invalid("Reserved concurrency is not supported for functions with a capacity provider.")


def check_active(configuration: dict) -> None:
    """Recorded of functions in the state Pending; that it is the same for Deactivated is inferred."""
    state = configuration.get("State", "Active")
    if state == "Deactivated":
        text = "The operation cannot be performed at this time. The function is currently in the following state: "
        raise conflict(text + state)


OPERATIONS = {
    "PutFunctionScalingConfig": put_function_scaling_config,
    "GetFunctionScalingConfig": get_function_scaling_config,
}
