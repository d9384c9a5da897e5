"""Layers: their versions, given with a link to the archive, and which of them a function may be made of.

Recorded: lists are newest first and leave out the content, deleting what is not there succeeds, numbers are never
given twice, and a function keeps the layers that are deleted. Another account's layer can be used if its policy says
so; one that no account here knows stands for the world outside and is accepted, without a size.

https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
"""

import base64

from lambda_names import invalid, layer_version_denied, no_such_resource
from lambda_store import Answer, Layer, LayerVersion, Store, digest, now, page

DETAILS = ("Description", "LicenseInfo")
MOST_OF_A_FUNCTION = 5


def publish_layer_version(store: Store, given: dict) -> dict:
    name = given["LayerName"].rpartition(":")[2]
    content = base64.b64decode(given["Content"].get("ZipFile", ""))
    layer = store.layers.setdefault(name, Layer(store.place.arn("layer", name)))
    layer.last_version += 1
    shown = {
        "Content": {"CodeSha256": digest(content), "CodeSize": len(content)},
        "LayerArn": layer.arn,
        "LayerVersionArn": f"{layer.arn}:{layer.last_version}",
        "Description": "",
        "CreatedDate": now(),
        "Version": layer.last_version,
        "CompatibleArchitectures": given.get("CompatibleArchitectures", []),
        "CompatibleRuntimes": given.get("CompatibleRuntimes", []),
        **{key: given[key] for key in DETAILS if key in given},
    }
    layer.versions[layer.last_version] = LayerVersion(content, shown)
    return linked(store, layer.versions[layer.last_version])


def get_layer_version_by_arn(store: Store, given: dict) -> dict:
    """The text for a version that is no number is inferred."""
    arn, _, number = given["Arn"].rpartition(":")
    if not number.isdigit():
        raise invalid(f"Invalid Layer Version Arn: {given['Arn']}")
    return linked(store, readable(store, arn, int(number)))


def get_layer_version(store: Store, given: dict) -> dict:
    return linked(store, readable(store, layer_arn(store, given), number_of(given)))


def readable(store: Store, arn: str, number: int) -> LayerVersion:
    """Inferred: what nobody knows is not there, also in another account or Region."""
    version = known(store, arn, number)
    if version is None:
        raise no_such_resource()
    if not shared_with(store, arn, version):
        raise layer_version_denied(store.place, f"{arn}:{number}")
    return version


def known(store: Store, arn: str, number: int) -> LayerVersion | None:
    """A layer of this Region, whosever it is."""
    _, _, _, region, account, _, name = arn.split(":")
    there = store.accounts.get((account, region)) if region == store.place.region else None
    layer = there.layers.get(name) if there else None
    return layer.versions.get(number) if layer else None


def shared_with(store: Store, arn: str, version: LayerVersion) -> bool:
    """An organisation has no members here."""
    account = arn.split(":")[4]
    if account == store.place.account:
        return True
    ours = ("*", {"AWS": f"arn:{store.place.partition}:iam::{store.place.account}:root"})
    statements = version.policy.statements() if version.policy else []
    return any(statement["Principal"] in ours and "Condition" not in statement for statement in statements)


def list_layers(store: Store, given: dict) -> dict:
    """Each layer that has a version which fits, with the newest of them."""
    found = []
    for name in sorted(store.layers):
        if fitting := newest_first(store.layers[name], given):
            latest = fitting[0]
            found.append({"LayerName": name, "LayerArn": store.layers[name].arn, "LatestMatchingVersion": latest})
    return page(found, "Layers", given)


def list_layer_versions(store: Store, given: dict) -> dict:
    arn = layer_arn(store, given)
    layer = store.layers.get(arn.rpartition(":")[2]) if arn.split(":")[4] == store.place.account else None
    return page(newest_first(layer, given) if layer else [], "LayerVersions", given)


def newest_first(layer: Layer, given: dict) -> list[dict]:
    wanted = (("CompatibleRuntimes", "CompatibleRuntime"), ("CompatibleArchitectures", "CompatibleArchitecture"))
    return [
        {key: value for key, value in version.shown.items() if key not in ("Content", "LayerArn")}
        for _, version in sorted(layer.versions.items(), reverse=True)
        if all(given.get(asked) in (None, *version.shown[member]) for member, asked in wanted)
    ]


def delete_layer_version(store: Store, given: dict) -> Answer:
    name, number = layer_arn(store, given).rpartition(":")[2], number_of(given)
    if name in store.layers:
        store.layers[name].versions.pop(number, None)
    return Answer(204)


def layer_arn(store: Store, given: dict) -> str:
    name = given["LayerName"]
    return name if name.startswith("arn:") else store.place.arn("layer", name)


def number_of(given: dict) -> int:
    number = int(given["VersionNumber"])
    if number < 1:
        raise invalid("Layer Version Cannot be less than 1")
    return number


def linked(store: Store, version: LayerVersion) -> dict:
    _, _, _, _, account, _, name, number = version.shown["LayerVersionArn"].split(":")
    location = store.link("layers", name, number, account)
    return {**version.shown, "Content": {**version.shown["Content"], "Location": location}}


def of_a_function(store: Store, arns: list[str]) -> list[dict]:
    """Layers as a function that was asked to have them shows them. The texts of the refusals are recorded, but that
    of a layer which is not shared."""
    if len(arns) > MOST_OF_A_FUNCTION:
        raise invalid(f"Cannot reference more than {MOST_OF_A_FUNCTION} layers.")
    seen: dict[str, str] = {}
    for arn in arns:
        layer = arn.rpartition(":")[0]
        if layer in seen:
            raise invalid(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{seen[layer]} and {arn} are versions of the same layer."
            )
        seen[layer] = arn
    return [of_a_function_one(store, arn) for arn in arns]


def of_a_function_one(store: Store, arn: str) -> dict:
    layer, _, number = arn.rpartition(":")
    _, _, _, region, account, *_ = arn.split(":")
    if account == "":
        return {"Arn": arn, "CodeSize": 0}  # one of AWS's own: arn:aws:lambda:::awslayer:NAME
    if region != store.place.region:
        raise invalid(
            "Layers are not in the same region as the function. "
            f"Layers are expected to be in region {store.place.region}."
        )
    version = known(store, layer, int(number))
    if version is None and account == store.place.account:
        raise invalid(f"Layer version {arn} does not exist.")
    if version is None:
        return {"Arn": arn, "CodeSize": 0}
    if not shared_with(store, layer, version):
        raise layer_version_denied(store.place, arn)
    return {"Arn": arn, "CodeSize": version.shown["Content"]["CodeSize"], **version.signature}


OPERATIONS = {
    "PublishLayerVersion": publish_layer_version,
    "GetLayerVersion": get_layer_version,
    "GetLayerVersionByArn": get_layer_version_by_arn,
    "ListLayers": list_layers,
    "ListLayerVersions": list_layer_versions,
    "DeleteLayerVersion": delete_layer_version,
}
