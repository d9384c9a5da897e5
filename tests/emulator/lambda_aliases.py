"""Aliases, and the traffic that they shift to a second version. Codes and texts are recorded.

https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
"""

import uuid

from lambda_configuration import check_revision
from lambda_names import LATEST, Target, conflict, invalid, not_found, target
from lambda_store import Answer, Store, page


def create_alias(store: Store, given: dict) -> dict:
    at = target(store.place, "CreateAlias", given["FunctionName"])
    version = Target(at.name, given["FunctionVersion"], at.function_arn)
    function = store.existing(version)
    name = given["Name"]
    if name in function.aliases:
        raise conflict(f"Alias already exists: {at.function_arn}:{name}")
    alias = {
        "AliasArn": f"{at.function_arn}:{name}",
        "Name": name,
        "FunctionVersion": given["FunctionVersion"],
        "Description": given.get("Description", ""),
        **routing(given),
        "RevisionId": str(uuid.uuid4()),
    }
    check_routing(store, at, alias)
    function.aliases[name] = alias
    return alias


def get_alias(store: Store, given: dict) -> dict:
    at = target(store.place, "GetAlias", given["FunctionName"])
    function = store.functions.get(at.name)
    if function is None or given["Name"] not in function.aliases:
        raise not_found(f"Cannot find alias arn: {at.function_arn}:{given['Name']}")
    return function.aliases[given["Name"]]


def update_alias(store: Store, given: dict) -> dict:
    """Recorded: what is not given stays, and empty weights leave none."""
    at = target(store.place, "UpdateAlias", given["FunctionName"])
    alias = store.function(at).aliases.get(given["Name"])
    if alias is None:
        raise not_found(f"Alias not found: {at.function_arn}:{given['Name']}")
    check_revision(alias, given)
    changed = {**alias, **{key: given[key] for key in ("FunctionVersion", "Description") if key in given}}
    if "RoutingConfig" in given:
        changed.pop("RoutingConfig", None)
        changed |= routing(given)
    store.existing(Target(at.name, changed["FunctionVersion"], at.function_arn))
    check_routing(store, at, changed)
    alias.clear()
    alias.update(changed, RevisionId=str(uuid.uuid4()))
    return alias


def routing(given: dict) -> dict:
    weights = given.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    return {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}


def check_routing(store: Store, at: Target, alias: dict) -> None:
    weights, version = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}), alias["FunctionVersion"]
    if not weights:
        return
    if len(weights) > 1:
        raise invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
    if version == LATEST:
        raise invalid("$LATEST is not supported for an alias pointing to more than 1 version")
    if version in weights:
        raise invalid(
            f"Invalid function version {version}. Function version {version} is already included in routing "
            "configuration."
        )
    for other in weights:
        store.existing(Target(at.name, other, at.function_arn))


def delete_alias(store: Store, given: dict) -> Answer:
    """Recorded: deleting an alias that is not there succeeds."""
    at = target(store.place, "DeleteAlias", given["FunctionName"])
    function = store.function(at)
    if function.aliases.pop(given["Name"], None):
        function.forget(given["Name"])
    return Answer(204)


def list_aliases(store: Store, given: dict) -> dict:
    """Documented: with a version, the aliases that invoke it; that a weight is enough is inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html
    """
    at = target(store.place, "ListAliases", given["FunctionName"])
    aliases, only = store.function(at).aliases, given.get("FunctionVersion")
    found = [aliases[name] for name in sorted(aliases) if only is None or only in invoked(aliases[name])]
    return page(found, "Aliases", given)


def invoked(alias: dict) -> list[str]:
    return [alias["FunctionVersion"], *alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})]


OPERATIONS = {
    "CreateAlias": create_alias,
    "GetAlias": get_alias,
    "UpdateAlias": update_alias,
    "DeleteAlias": delete_alias,
    "ListAliases": list_aliases,
}
