"""Functions, versions, aliases and tags."""

import base64
import hashlib
import uuid

from lambda_names import LATEST, Target, conflict, invalid, no_such_function, not_found, stale_revision, target
from lambda_roles import check_dead_letter_queue
from lambda_store import Answer, Function, Store, now, page, unqualified
from lambda_tags import check_tags

LATEST_PUBLISHED = "$LATEST.PUBLISHED"
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
    }
    configure(store, latest, given)
    if "Runtime" in given:
        runtime = f"arn:{store.place.partition}:lambda:{store.place.region}::runtime:{'0' * 64}"
        latest["RuntimeVersionConfig"] = {"RuntimeVersionArn": runtime}
    function = Function(at.function_arn, latest, dict(given.get("Tags", {})))
    store.functions[at.name] = function
    set_code(function, given.get("Code", {}))
    function.touch()
    created = publish(function, given) if given.get("Publish") else latest
    pending = {"State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating"}
    return {key: value for key, value in {**created, **pending}.items() if key != "LastUpdateStatus"}


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
    configure(store, function.latest, given)
    return changed(function)


def update_function_code(store: Store, given: dict) -> dict:
    function = unpublished(store, "UpdateFunctionCode", given)
    set_code(function, given)
    answer = changed(function)
    return publish(function, {"PublishTo": given.get("PublishTo")}) if given.get("Publish") else answer


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
    for kept in (
        function.policies, function.urls, function.provisioned, function.invoke_configs, function.scaling,
    ):  # fmt: skip
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


def check_revision(current: dict, given: dict) -> None:
    if given.get("RevisionId") not in (None, current["RevisionId"]):
        raise stale_revision("GetFunction/GetAlias")


def configure(store: Store, configuration: dict, given: dict) -> None:
    chosen = {key: given[key] for key in SETTINGS if key in given}
    if "Layers" in chosen:  # asked for by ARN, shown with their size
        chosen["Layers"] = [{"Arn": arn, "CodeSize": 0} for arn in chosen["Layers"]]
    queue = chosen.get("DeadLetterConfig", {}).get("TargetArn")
    if queue:
        check_dead_letter_queue(store.place, chosen.get("Role") or configuration["Role"], queue)
    configuration.update(chosen, LastModified=now())
    if "DeadLetterConfig" in chosen and not queue:  # the model's pattern allows the empty name, which removes it
        del configuration["DeadLetterConfig"]


def set_code(function: Function, code: dict) -> None:
    """An archive that is named in S3 counts as empty: it is not fetched."""
    zipped = base64.b64decode(code.get("ZipFile", ""))
    if "ImageUri" in code:
        function.image = {"RepositoryType": "ECR", "ImageUri": code["ImageUri"]}
    else:
        function.archives[LATEST] = zipped
    function.latest.update(CodeSize=len(zipped), CodeSha256=digest(zipped), LastModified=now())


def digest(archive: bytes) -> str:
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()



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
}
