"""Functions and their versions."""

import base64
import uuid

from lambda_aliases import invoked
from lambda_configuration import check_revision, configure
from lambda_names import LATEST, Target, conflict, invalid, no_such_function, target
from lambda_signing import check_deployment, check_known
from lambda_store import Answer, Function, Store, digest, now, page, unqualified
from lambda_tags import check_tags

LATEST_PUBLISHED = "$LATEST.PUBLISHED"
CREATING = {"State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating"}
UPDATING = {
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}
# Recorded: lists leave these out, GetFunction and GetFunctionConfiguration have them.
NOT_LISTED = ("State", "LastUpdateStatus", "RuntimeVersionConfig")


def create_function(store: Store, given: dict) -> dict:
    """Accepts any code, which is not run, and any role that nobody made."""
    at = target(store.place, "CreateFunction", given["FunctionName"])
    if at.name in store.functions:
        raise conflict(f"Function already exist: {at.name}")
    check_tags(given.get("Tags", {}))
    latest = {
        "FunctionName": at.name,
        "FunctionArn": at.function_arn,
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": LATEST,
        "PackageType": given.get("PackageType", "Zip"),
        "Architectures": given.get("Architectures", ["x86_64"]),
        "EphemeralStorage": {"Size": 512},
        "TracingConfig": {"Mode": "PassThrough"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{at.name}"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
    }
    signing = given.get("CodeSigningConfigArn")
    if signing:
        check_known(store, signing)
        check_deployment(store, signing, at.name)
    configure(store, latest, given, signing)
    if "Runtime" in given:
        runtime = f"arn:{store.place.partition}:lambda:{store.place.region}::runtime:{'0' * 64}"
        latest["RuntimeVersionConfig"] = {"RuntimeVersionArn": runtime}
    function = Function(at.function_arn, latest, dict(given.get("Tags", {})), code_signing=signing)
    store.functions[at.name] = function
    set_code(function, given.get("Code", {}))
    function.touch()
    created = publish(function, given) if given.get("Publish") else dict(latest)
    if not given.get("Publish"):
        function.touch()  # recorded: once it is active, its RevisionId is another
    return pending(created)


def pending(created: dict) -> dict:
    return {key: value for key, value in {**created, **CREATING}.items() if key != "LastUpdateStatus"}


def get_function(store: Store, given: dict) -> dict:
    at, configuration = configuration_of(store, "GetFunction", given)
    function = store.functions[at.name]
    code = {"RepositoryType": "S3", "Location": store.link("code", at.name, configuration["Version"])}
    answer = {"Configuration": configuration, "Code": function.image or code}
    if function.tags:  # recorded: no Tags member when there are none
        answer["Tags"] = dict(function.tags)
    if function.reserved is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
    return answer


def get_function_configuration(store: Store, given: dict) -> dict:
    return configuration_of(store, "GetFunctionConfiguration", given)[1]


def configuration_of(store: Store, operation: str, given: dict) -> tuple[Target, dict]:
    at = target(store.place, operation, given["FunctionName"], given.get("Qualifier"))
    configuration = store.function(at).configuration(at.qualifier)
    if configuration is None:
        raise no_such_function(at.arn)
    return at, configuration


def update_function_configuration(store: Store, given: dict) -> dict:
    function = unpublished(store, "UpdateFunctionConfiguration", given)
    configure(store, function.latest, given, function.code_signing)
    return changed(function)


def update_function_code(store: Store, given: dict) -> dict:
    """Documented: a dry run changes nothing. What it answers is inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
    """
    function = unpublished(store, "UpdateFunctionCode", given)
    check_deployment(store, function.code_signing, function.latest["FunctionName"])
    if given.get("DryRun"):
        return dict(function.latest)
    set_code(function, given)
    answer = changed(function)
    return pending(publish(function, {"PublishTo": given.get("PublishTo")})) if given.get("Publish") else answer


def unpublished(store: Store, operation: str, given: dict) -> Function:
    """Published versions cannot be changed; that a version or alias is refused with this text is inferred.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
    """
    at = target(store.place, operation, given["FunctionName"])
    if at.qualifier != LATEST:
        unqualified(at)
    function = store.function(at)
    check_revision(function.latest, given)
    return function


def changed(function: Function) -> dict:
    """Recorded: the answer tells of an update under way, and has a RevisionId that is stale when it is done. It is
    never slow here.

    https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    """
    function.touch()
    answer = {**function.latest, **UPDATING}
    function.touch()
    function.changed_since_publishing = True
    return answer


def delete_function(store: Store, given: dict) -> Answer:
    at = target(store.place, "DeleteFunction", given["FunctionName"], given.get("Qualifier"))
    if at.qualifier == LATEST:
        raise invalid("$LATEST version cannot be deleted without deleting the function.")
    if at.qualifier and not at.qualifier.isdigit():
        raise invalid("Deletion of aliases is not currently supported.")
    if at.name not in store.functions:
        raise no_such_function(at.function_arn)
    if at.qualifier:
        delete_version(store.functions[at.name], at.qualifier)
    else:
        del store.functions[at.name]
    return Answer(204)


def delete_version(function: Function, version: str) -> None:
    """Refused as users of go-lambda-cleanup were: https://github.com/karl-cardenas-coding/go-lambda-cleanup/issues/45.
    That a weight is enough is inferred."""
    aliases = sorted(name for name, alias in function.aliases.items() if version in invoked(alias))
    if aliases:
        text = "Unable to delete version because the following aliases reference it: "
        raise conflict(f"{text}[{', '.join(aliases)}]")
    function.forget(version)
    function.versions.pop(version, None)


def list_functions(store: Store, given: dict) -> dict:
    found: list[dict] = []
    for name in sorted(store.functions):
        function = store.functions[name]
        found += versions(function) if given.get("FunctionVersion") == "ALL" else [listed(function.latest)]
    return page(found, "Functions", given)


def list_versions_by_function(store: Store, given: dict) -> dict:
    at = target(store.place, "ListVersionsByFunction", given["FunctionName"])
    return page(versions(store.function(at)), "Versions", given)


def versions(function: Function) -> list[dict]:
    """Recorded: $LATEST first, under its qualified ARN."""
    return [listed({**function.latest, "FunctionArn": f"{function.arn}:{LATEST}"}), *map(listed, function.versions.values())]


def listed(configuration: dict) -> dict:
    return {key: value for key, value in configuration.items() if key not in NOT_LISTED}


def publish_version(store: Store, given: dict) -> dict:
    at = target(store.place, "PublishVersion", given["FunctionName"])
    function = store.function(at)
    check_revision(function.latest, given)
    return publish(function, given)


def publish(function: Function, given: dict) -> dict:
    """Recorded: publishing without a change gives the last version again. A function on managed instances may be
    published to $LATEST.PUBLISHED as well, which the next such call replaces; that lists show it is inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
    """
    if given.get("PublishTo") == "LATEST_PUBLISHED":
        return published(function, LATEST_PUBLISHED, given)
    if not function.changed_since_publishing and str(function.last_version) in function.versions:
        return function.versions[str(function.last_version)]
    function.last_version += 1
    function.changed_since_publishing = False
    return published(function, str(function.last_version), given)


def published(function: Function, version: str, given: dict) -> dict:
    function.versions[version] = {
        **function.latest,
        "FunctionArn": f"{function.arn}:{version}",
        "Version": version,
        "Description": given.get("Description") or function.latest["Description"],
        "RevisionId": str(uuid.uuid4()),
    }
    if LATEST in function.archives:
        function.archives[version] = function.archives[LATEST]
    function.touch()
    return function.versions[version]


def set_code(function: Function, code: dict) -> None:
    """An archive that is named in S3 counts as empty: it is not fetched."""
    zipped = base64.b64decode(code.get("ZipFile", ""))
    if "ImageUri" in code:
        function.image = {"RepositoryType": "ECR", "ImageUri": code["ImageUri"]}
    else:
        function.archives[LATEST] = zipped
    for signed in ("SigningProfileVersionArn", "SigningJobArn"):
        function.latest.pop(signed, None)
    function.latest.update(CodeSize=len(zipped), CodeSha256=digest(zipped), LastModified=now())


OPERATIONS = {
    "CreateFunction": create_function,
    "GetFunction": get_function,
    "GetFunctionConfiguration": get_function_configuration,
    "UpdateFunctionConfiguration": update_function_configuration,
    "UpdateFunctionCode": update_function_code,
    "DeleteFunction": delete_function,
    "ListFunctions": list_functions,
    "ListVersionsByFunction": list_versions_by_function,
    "PublishVersion": publish_version,
}
