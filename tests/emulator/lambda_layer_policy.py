"""Who else may use a layer version: a policy of its own for each, with its own RevisionId.

Recorded, but where it says inferred. https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
"""

import json

from lambda_layers import layer_arn, number_of
from lambda_names import conflict, invalid, layer_version_denied, not_found, stale_revision
from lambda_policy import Policy, check_length, compact, principal
from lambda_store import Answer, LayerVersion, Store


def add_layer_version_permission(store: Store, given: dict) -> dict:
    """Documented: the condition of an organisation, and that it goes with the principal *. How that is refused
    otherwise is inferred.

    https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html
    """
    arn, version = existing(store, "AddLayerVersionPermission", given)
    if "OrganizationId" in given and given["Principal"] != "*":
        raise invalid("OrganizationId can only be specified with the principal *.")
    statement = {
        "Sid": given["StatementId"],
        "Effect": "Allow",
        "Principal": principal(store.place, given["Principal"]),
        "Action": given["Action"],
        "Resource": arn,
    }
    if "OrganizationId" in given:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": given["OrganizationId"]}}
    check_revision(version, given)
    kept = version.policy.statements() if version.policy else []
    if any(other["Sid"] == given["StatementId"] for other in kept):
        raise conflict(
            f"The statement id ({given['StatementId']}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )
    text = compact({"Version": "2012-10-17", "Id": "default", "Statement": [*kept, statement]})
    check_length(text)
    version.policy = Policy(text)
    return {"Statement": compact(statement), "RevisionId": version.policy.revision}


def get_layer_version_policy(store: Store, given: dict) -> dict:
    _, version = existing(store, "GetLayerVersionPolicy", given)
    if version.policy is None:
        raise none_there()
    return {"Policy": version.policy.text, "RevisionId": version.policy.revision}


def remove_layer_version_permission(store: Store, given: dict) -> Answer:
    """Inferred from functions: the policy is gone with its last statement, and then there is none to change."""
    _, version = existing(store, "RemoveLayerVersionPermission", given)
    if version.policy is None:
        raise none_there()
    check_revision(version, given)
    kept = [statement for statement in version.policy.statements() if statement["Sid"] != given["StatementId"]]
    if len(kept) == len(version.policy.statements()):
        raise not_found(f"Statement {given['StatementId']} is not found in resource policy.")
    document = {**json.loads(version.policy.text), "Statement": kept}
    version.policy = Policy(compact(document)) if kept else None
    return Answer(204)


def existing(store: Store, operation: str, given: dict) -> tuple[str, LayerVersion]:
    layer, number = layer_arn(store, given), number_of(given)
    arn, name = f"{layer}:{number}", layer.rpartition(":")[2]
    if layer != store.place.arn("layer", name):
        raise layer_version_denied(store.place, arn, operation)
    versions = store.layers[name].versions if name in store.layers else {}
    if number not in versions:
        raise not_found(f"Layer version {arn} does not exist.")
    return arn, versions[number]


def check_revision(version: LayerVersion, given: dict) -> None:
    """The API that is named in the recorded text has never been called so."""
    current = version.policy.revision if version.policy else None
    if given.get("RevisionId") not in (None, current):
        raise stale_revision("GetLayerPolicy")


def none_there():
    return not_found("No policy is associated with the given resource.")


OPERATIONS = {
    "AddLayerVersionPermission": add_layer_version_permission,
    "GetLayerVersionPolicy": get_layer_version_policy,
    "RemoveLayerVersionPermission": remove_layer_version_permission,
}
