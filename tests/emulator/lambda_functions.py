"""Functions, versions, aliases and tags."""

import base64
import hashlib
import uuid

from lambda_names import LATEST, Target, conflict, invalid, no_such_function, not_found, stale_revision, target
from lambda_store import Answer, Function, Store, now, page

TAG_LIMIT = 50
SETTINGS = (
    "CapacityProviderConfig", "DeadLetterConfig", "Description", "DurableConfig", "Environment", "EphemeralStorage",
    "FileSystemConfigs", "Handler", "ImageConfig", "KMSKeyArn", "Layers", "LoggingConfig", "MemorySize", "Role",
    "Runtime", "SnapStart", "Timeout", "TracingConfig", "VpcConfig",
)  # fmt: skip
# Recorded: lists leave these out, GetFunction and GetFunctionConfiguration have them.
NOT_LISTED = ("State", "LastUpdateStatus", "RuntimeVersionConfig")


def create_function(store: Store, given: dict) -> dict:
    """Accepts any code and role: neither is run or checked."""
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
        **settings(given),
    }
    if "Runtime" in given:
        runtime = f"arn:{store.place.partition}:lambda:{store.place.region}::runtime:{'0' * 64}"
        latest["RuntimeVersionConfig"] = {"RuntimeVersionArn": runtime}
    function = Function(at.function_arn, latest, dict(given.get("Tags", {})))
    store.functions[at.name] = function
    set_code(function, given.get("Code", {}))
    function.touch()
    created = publish(function, "") if given.get("Publish") else latest
    pending = {"State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating"}
    return {key: value for key, value in {**created, **pending}.items() if key != "LastUpdateStatus"}


def get_function(store: Store, given: dict) -> dict:
    at, configuration = configuration_of(store, "GetFunction", given)
    function = store.functions[at.name]
    code = {"RepositoryType": "S3", "Location": f"https://code.invalid/{at.name}"}
    answer = {"Configuration": configuration, "Code": code}
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
    function.latest.update(settings(given), LastModified=now())
    return changed(function)


def update_function_code(store: Store, given: dict) -> dict:
    function = unpublished(store, "UpdateFunctionCode", given)
    set_code(function, given)
    answer = changed(function)
    return publish(function, "") if given.get("Publish") else answer


def unpublished(store: Store, operation: str, given: dict) -> Function:
    at = target(store.place, operation, given["FunctionName"])
    function = store.function(at)
    check_revision(function.latest, given)
    return function


def changed(function: Function) -> dict:
    function.touch()
    function.changed_since_publishing = True
    return dict(function.latest)


def delete_function(store: Store, given: dict) -> Answer:
    at = target(store.place, "DeleteFunction", given["FunctionName"], given.get("Qualifier"))
    if at.qualifier == LATEST:
        raise invalid("$LATEST version cannot be deleted without deleting the function.")
    if at.qualifier and not at.qualifier.isdigit():
        raise invalid("Deletion of aliases is not currently supported.")
    if at.name not in store.functions:
        raise no_such_function(at.function_arn)
    if at.qualifier:
        forget_qualifier(store.functions[at.name], at.qualifier)
        store.functions[at.name].versions.pop(at.qualifier, None)
    else:
        del store.functions[at.name]
    return Answer(204)


def forget_qualifier(function: Function, qualifier: str) -> None:
    for kept in (function.policies, function.urls, function.provisioned, function.invoke_configs):
        kept.pop(qualifier, None)


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
    return publish(function, given.get("Description", ""))


def publish(function: Function, description: str) -> dict:
    """Recorded: publishing without a change gives the last version again."""
    if not function.changed_since_publishing and str(function.last_version) in function.versions:
        return function.versions[str(function.last_version)]
    function.last_version += 1
    number = str(function.last_version)
    function.versions[number] = {
        **function.latest,
        "FunctionArn": f"{function.arn}:{number}",
        "Version": number,
        "Description": description or function.latest["Description"],
        "RevisionId": str(uuid.uuid4()),
    }
    function.changed_since_publishing = False
    function.touch()
    return function.versions[number]


def create_alias(store: Store, given: dict) -> dict:
    at = target(store.place, "CreateAlias", given["FunctionName"])
    version = Target(at.name, given["FunctionVersion"], at.function_arn)
    function = store.existing(version)
    name = given["Name"]
    if name in function.aliases:
        raise conflict(f"Alias already exists: {at.function_arn}:{name}")
    function.aliases[name] = {
        "AliasArn": f"{at.function_arn}:{name}",
        "Name": name,
        "FunctionVersion": given["FunctionVersion"],
        "Description": given.get("Description", ""),
        **routing(given),
        "RevisionId": str(uuid.uuid4()),
    }
    return function.aliases[name]


def get_alias(store: Store, given: dict) -> dict:
    at = target(store.place, "GetAlias", given["FunctionName"])
    function = store.functions.get(at.name)
    if function is None or given["Name"] not in function.aliases:
        raise not_found(f"Cannot find alias arn: {at.function_arn}:{given['Name']}")
    return function.aliases[given["Name"]]


def update_alias(store: Store, given: dict) -> dict:
    at = target(store.place, "UpdateAlias", given["FunctionName"])
    alias = store.function(at).aliases.get(given["Name"])
    if alias is None:
        raise not_found(f"Alias not found: {at.function_arn}:{given['Name']}")
    check_revision(alias, given)
    if "FunctionVersion" in given:
        store.existing(Target(at.name, given["FunctionVersion"], at.function_arn))
    if "RoutingConfig" in given:
        alias.pop("RoutingConfig", None)
    alias.update({key: given[key] for key in ("FunctionVersion", "Description") if key in given}, **routing(given))
    alias["RevisionId"] = str(uuid.uuid4())
    return alias


def routing(given: dict) -> dict:
    weights = given.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    return {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}


def delete_alias(store: Store, given: dict) -> Answer:
    """Recorded: deleting an alias that is not there succeeds."""
    at = target(store.place, "DeleteAlias", given["FunctionName"])
    function = store.function(at)
    if function.aliases.pop(given["Name"], None):
        forget_qualifier(function, given["Name"])
    return Answer(204)


def list_aliases(store: Store, given: dict) -> dict:
    at = target(store.place, "ListAliases", given["FunctionName"])
    aliases = store.function(at).aliases
    only = given.get("FunctionVersion")
    found = [aliases[name] for name in sorted(aliases) if only in (None, aliases[name]["FunctionVersion"])]
    return page(found, "Aliases", given)


def tag_resource(store: Store, given: dict) -> Answer:
    function = tagged(store, "TagResource", given["Resource"])
    if not given["Tags"]:  # recorded
        raise invalid("An error occurred and the request cannot be processed.")
    check_tags({**function.tags, **given["Tags"]})
    function.tags.update(given["Tags"])
    function.touch()
    return Answer(204)


def untag_resource(store: Store, given: dict) -> Answer:
    """Recorded: keys that are not there are no error."""
    function = tagged(store, "UntagResource", given["Resource"])
    for key in given["TagKeys"]:
        function.tags.pop(key, None)
    function.touch()
    return Answer(204)


def list_tags(store: Store, given: dict) -> dict:
    return {"Tags": dict(tagged(store, "ListTags", given["Resource"]).tags)}


def tagged(store: Store, operation: str, arn: str) -> Function:
    if ":function:" not in arn:
        raise no_such_function(arn)
    at = target(store.place, operation, arn)
    if at.qualifier:
        raise invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.")
    return store.function(at)


def check_tags(tags: dict[str, str]) -> None:
    """The limit is recorded. That aws: is reserved is documented, the text of its refusal is inferred.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
    """
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("aws: prefixed tag key names are not allowed for external use.")
    if len(tags) > TAG_LIMIT:
        raise invalid("Number of tags exceeds resource tag limit.")


def check_revision(current: dict, given: dict) -> None:
    if given.get("RevisionId") not in (None, current["RevisionId"]):
        raise stale_revision("GetFunction/GetAlias")


def settings(given: dict) -> dict:
    chosen = {key: given[key] for key in SETTINGS if key in given}
    if "Layers" in chosen:  # asked for by ARN, shown with their size
        chosen["Layers"] = [{"Arn": arn, "CodeSize": 0} for arn in chosen["Layers"]]
    return chosen


def set_code(function: Function, code: dict) -> None:
    zipped = base64.b64decode(code.get("ZipFile", ""))
    digest = base64.b64encode(hashlib.sha256(zipped).digest()).decode()
    function.latest.update(CodeSize=len(zipped), CodeSha256=digest, LastModified=now())


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
    "CreateAlias": create_alias,
    "GetAlias": get_alias,
    "UpdateAlias": update_alias,
    "DeleteAlias": delete_alias,
    "ListAliases": list_aliases,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTags": list_tags,
}
