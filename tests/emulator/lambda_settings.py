"""Settings of their own beside a function's configuration: recursion and runtime management."""

from lambda_concurrency import only_function
from lambda_names import target
from lambda_store import Store


def get_function_recursion_config(store: Store, given: dict) -> dict:
    """The default is documented: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
    return {"RecursiveLoop": only_function(store, "GetFunctionRecursionConfig", given).recursive_loop}


def put_function_recursion_config(store: Store, given: dict) -> dict:
    function = only_function(store, "PutFunctionRecursionConfig", given)
    function.recursive_loop = given["RecursiveLoop"]
    return {"RecursiveLoop": function.recursive_loop}


def get_runtime_management_config(store: Store, given: dict) -> dict:
    """The default is documented: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html

    That an unqualified name is answered with $LATEST is inferred.
    """
    at = target(store.place, "GetRuntimeManagementConfig", given["FunctionName"], given.get("Qualifier"))
    store.existing(at)
    return {"UpdateRuntimeOn": "Auto", "FunctionArn": at.version_arn}


OPERATIONS = {
    "GetFunctionRecursionConfig": get_function_recursion_config,
    "PutFunctionRecursionConfig": put_function_recursion_config,
    "GetRuntimeManagementConfig": get_runtime_management_config,
}
