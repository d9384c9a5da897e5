"""Layers: published, and given with a link to the archive. They belong to nobody else: no layer policies here."""

import base64

from lambda_functions import digest
from lambda_names import invalid, not_found
from lambda_store import Store, now

DETAILS = ("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")


def publish_layer_version(store: Store, given: dict) -> dict:
    name = given["LayerName"].rpartition(":")[2]
    content = base64.b64decode(given["Content"].get("ZipFile", ""))
    versions = store.layers.setdefault(name, [])
    arn = store.place.arn("layer", name)
    version = {
        "Content": {"CodeSha256": digest(content), "CodeSize": len(content)},
        "LayerArn": arn,
        "LayerVersionArn": f"{arn}:{len(versions) + 1}",
        "Description": "",
        "CreatedDate": now(),
        "Version": len(versions) + 1,
        **{key: given[key] for key in DETAILS if key in given},
    }
    versions.append({"zip": content, "shown": version})
    return linked(store, name, version)


def get_layer_version_by_arn(store: Store, given: dict) -> dict:
    """A layer of another account or Region is not there for us; the texts are inferred."""
    arn, _, version = given["Arn"].rpartition(":")
    if not version.isdigit():
        raise invalid(f"Invalid Layer Version Arn: {given['Arn']}")
    return layer_version(store, arn, int(version))


def get_layer_version(store: Store, given: dict) -> dict:
    name = given["LayerName"].rpartition(":")[2]
    return layer_version(store, store.place.arn("layer", name), given["VersionNumber"])


def layer_version(store: Store, arn: str, number: int) -> dict:
    name = arn.rpartition(":")[2]
    versions = store.layers.get(name, []) if arn == store.place.arn("layer", name) else []
    if not 0 < number <= len(versions):
        raise not_found("The resource you requested does not exist.")
    return linked(store, name, versions[number - 1]["shown"])


def linked(store: Store, name: str, version: dict) -> dict:
    location = store.link("layers", name, str(version["Version"]))
    return {**version, "Content": {**version["Content"], "Location": location}}


OPERATIONS = {
    "PublishLayerVersion": publish_layer_version,
    "GetLayerVersion": get_layer_version,
    "GetLayerVersionByArn": get_layer_version_by_arn,
}
