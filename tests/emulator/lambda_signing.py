"""Code signing: configurations, the functions they are for, and what they refuse.

Nothing is signed here. A test says which code or layer counts as signed, see LambdaService.sign.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
"""

import secrets

from lambda_concurrency import only_function
from lambda_names import LambdaError, conflict, not_found
from lambda_store import Answer, Function, Store, now, page

# https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionsByCodeSigningConfig.html
LONGEST_PAGE = 10_000


def create_code_signing_config(store: Store, given: dict) -> dict:
    identity = f"csc-{secrets.token_hex(9)[:17]}"
    arn = store.place.arn("code-signing-config", identity)
    store.signing[arn] = {
        "CodeSigningConfigId": identity,
        "CodeSigningConfigArn": arn,
        "AllowedPublishers": given["AllowedPublishers"],
        "CodeSigningPolicies": policies(given),
        "LastModified": now(),
        **{key: given[key] for key in ("Description",) if key in given},
    }
    return {"CodeSigningConfig": store.signing[arn]}


def policies(given: dict) -> dict:
    """https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningPolicies.html: the default is Warn."""
    return {"UntrustedArtifactOnDeployment": "Warn", **given.get("CodeSigningPolicies", {})}


def get_code_signing_config(store: Store, given: dict) -> dict:
    return {"CodeSigningConfig": existing(store, given)}


def update_code_signing_config(store: Store, given: dict) -> dict:
    """Recorded: what is not given stays."""
    config = existing(store, given)
    config.update({key: given[key] for key in ("Description", "AllowedPublishers") if key in given})
    if "CodeSigningPolicies" in given:
        config["CodeSigningPolicies"] = policies(given)
    config["LastModified"] = now()
    return {"CodeSigningConfig": config}


def delete_code_signing_config(store: Store, given: dict) -> Answer:
    """Documented: not while a function uses it. The text of the refusal is inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_DeleteCodeSigningConfig.html
    """
    arn = existing(store, given)["CodeSigningConfigArn"]
    if using(store, arn):
        raise conflict(f"The code signing configuration {arn} is used by functions and cannot be deleted.")
    del store.signing[arn]
    return Answer(204)


def list_code_signing_configs(store: Store, given: dict) -> dict:
    found = [store.signing[arn] for arn in sorted(store.signing)]
    return page(found, "CodeSigningConfigs", given, most=LONGEST_PAGE)


def list_functions_by_code_signing_config(store: Store, given: dict) -> dict:
    found = using(store, existing(store, given)["CodeSigningConfigArn"])
    return page([function.arn for function in found], "FunctionArns", given, most=LONGEST_PAGE)


def using(store: Store, arn: str) -> list[Function]:
    return [function for _, function in sorted(store.functions.items()) if function.code_signing == arn]


def existing(store: Store, given: dict) -> dict:
    arn = given["CodeSigningConfigArn"]
    if arn not in store.signing:
        raise not_found(f"The Lambda code signing configuration {arn} can not be found.")
    return store.signing[arn]


def put_function_code_signing_config(store: Store, given: dict) -> dict:
    """Recorded: a missing configuration is told before a missing function."""
    check_known(store, given["CodeSigningConfigArn"])
    function = only_function(store, "PutFunctionCodeSigningConfig", given)
    function.code_signing = given["CodeSigningConfigArn"]
    return shown(function)


def check_known(store: Store, arn: str) -> None:
    if arn not in store.signing:
        raise LambdaError(
            "CodeSigningConfigNotFoundException",
            "The code signing configuration cannot be found. "
            f"Check that the provided configuration is not deleted: {arn}.",
        )


def get_function_code_signing_config(store: Store, given: dict) -> dict:
    """Recorded: a function without code signing answers an empty object."""
    return shown(only_function(store, "GetFunctionCodeSigningConfig", given))


def shown(function: Function) -> dict:
    if function.code_signing is None:
        return {}
    return {"CodeSigningConfigArn": function.code_signing, "FunctionName": function.latest["FunctionName"]}


def delete_function_code_signing_config(store: Store, given: dict) -> Answer:
    """Recorded: succeeds where there is none."""
    only_function(store, "DeleteFunctionCodeSigningConfig", given).code_signing = None
    return Answer(204)


def check_layers(store: Store, config: str | None, layers: list[dict]) -> None:
    """Documented: layers must be signed by an allowed profile, too. The text is that of functions."""
    publishers = store.signing.get(config or "", {}).get("AllowedPublishers", {}).get("SigningProfileVersionArns", [])
    for layer in layers:
        if layer.get("SigningProfileVersionArn") not in publishers:
            check_deployment(store, config, layer["Arn"])


def check_deployment(store: Store, config: str | None, name: str) -> None:
    """Code that is brought here is never signed. Documented: Enforce blocks its deployment.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html#config-codesigning-policies
    The text is that of CDK's users: https://github.com/aws/aws-cdk/issues/29474
    """
    policy = store.signing.get(config or "", {}).get("CodeSigningPolicies", {})
    if policy.get("UntrustedArtifactOnDeployment") == "Enforce":
        raise LambdaError(
            "CodeVerificationFailedException",
            "Lambda cannot deploy the function. The function or layer might be signed using a signature that the "
            f"client is not configured to accept. Check the provided signature for {name}.",
        )


OPERATIONS = {
    "CreateCodeSigningConfig": create_code_signing_config,
    "GetCodeSigningConfig": get_code_signing_config,
    "UpdateCodeSigningConfig": update_code_signing_config,
    "DeleteCodeSigningConfig": delete_code_signing_config,
    "ListCodeSigningConfigs": list_code_signing_configs,
    "ListFunctionsByCodeSigningConfig": list_functions_by_code_signing_config,
    "PutFunctionCodeSigningConfig": put_function_code_signing_config,
    "GetFunctionCodeSigningConfig": get_function_code_signing_config,
    "DeleteFunctionCodeSigningConfig": delete_function_code_signing_config,
}
