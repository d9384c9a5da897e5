"""Resource-based policies: one per function, version and alias, each with its own RevisionId.

Both families of calls act on the same stored text: AddPermission, GetPolicy and RemovePermission edit single
statements, Get-, Put- and DeleteResourcePolicy whole documents.
"""

import json
import re
import uuid
from dataclasses import dataclass, field

from lambda_names import LATEST, LambdaError, Place, Target, conflict, invalid, no_such_resource
from lambda_names import not_found, stale_revision, target
from lambda_store import Answer, Function, Store

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
POLICY_LIMIT = 20_480
# The order and spelling in which AWS stored the conditions of recorded AddPermission calls. Where
# EventSourceToken and InvokedViaFunctionUrl come among the others is not recorded.
CONDITIONS = (
    ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
    ("SourceArn", "ArnLike", "AWS:SourceArn"),
)
STATEMENT_MEMBERS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip


@dataclass
class Policy:
    text: str
    revision: str = field(default_factory=lambda: str(uuid.uuid4()))

    def statements(self) -> list[dict]:
        found = json.loads(self.text)["Statement"]
        return found if isinstance(found, list) else [found]


def add_permission(store: Store, given: dict) -> dict:
    at = target(store.place, "AddPermission", given["FunctionName"], given.get("Qualifier"))
    function = changeable(store, at)
    statement = {
        "Sid": given["StatementId"],
        "Effect": "Allow",
        "Principal": principal(store.place, given["Principal"]),
        "Action": given["Action"],
        "Resource": at.arn,
    }
    condition: dict[str, dict[str, str]] = {}
    for parameter, operator, key in CONDITIONS:
        if parameter in given:
            value = given[parameter]
            condition.setdefault(operator, {})[key] = str(value).lower() if isinstance(value, bool) else value
    if condition:
        statement["Condition"] = condition
    policy = function.policies.get(at.qualifier)
    check_revision(policy, given.get("RevisionId"))
    if policy and any(other.get("Sid") == given["StatementId"] for other in policy.statements()):
        raise conflict(
            f"The statement id ({given['StatementId']}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )
    document = json.loads(policy.text) if policy else {"Version": "2012-10-17", "Id": "default"}
    document["Statement"] = [*(policy.statements() if policy else []), statement]
    text = compact(document)
    check_length(text)
    function.policies[at.qualifier] = Policy(text)
    return {"Statement": compact(statement)}


def get_policy(store: Store, given: dict) -> dict:
    """No function, no policy and $LATEST all get the same recorded 404."""
    return stored(store, target(store.place, "GetPolicy", given["FunctionName"], given.get("Qualifier")))


def remove_permission(store: Store, given: dict) -> Answer:
    at = target(store.place, "RemovePermission", given["FunctionName"], given.get("Qualifier"))
    function, policy = removable(store, at)
    check_revision(policy, given.get("RevisionId"))
    kept = [statement for statement in policy.statements() if statement.get("Sid") != given["StatementId"]]
    if len(kept) == len(policy.statements()):
        raise not_found(f"Statement {given['StatementId']} is not found in resource policy.")
    if kept:
        function.policies[at.qualifier] = Policy(compact({**json.loads(policy.text), "Statement": kept}))
    else:
        del function.policies[at.qualifier]
    return Answer(204)


def get_resource_policy(store: Store, given: dict) -> dict:
    """A missing policy is inferred to answer as it does for GetPolicy."""
    return stored(store, target(store.place, "GetResourcePolicy", given["ResourceArn"]))


def put_resource_policy(store: Store, given: dict) -> dict:
    at = target(store.place, "PutResourcePolicy", given["ResourceArn"])
    function = changeable(store, at)
    check_length(given["Policy"])
    check_document(given["Policy"])
    check_revision(function.policies.get(at.qualifier), given.get("RevisionId"))
    function.policies[at.qualifier] = Policy(given["Policy"])
    return stored(store, at)


def delete_resource_policy(store: Store, given: dict) -> Answer:
    """A missing policy is inferred to answer as it does for RemovePermission."""
    at = target(store.place, "DeleteResourcePolicy", given["ResourceArn"])
    function, policy = removable(store, at)
    check_revision(policy, given.get("RevisionId"))
    del function.policies[at.qualifier]
    return Answer(204)


def changeable(store: Store, at: Target) -> Function:
    function = store.functions.get(at.name)
    if function and at.qualifier == LATEST:
        raise invalid("We currently do not support adding policies for $LATEST.")
    return store.existing(at)


def removable(store: Store, at: Target) -> tuple[Function, Policy]:
    function = store.functions.get(at.name)
    if function is None:
        raise not_found(f"No policy found for: {at.arn}")
    if at.qualifier != LATEST:
        store.existing(at)
    policy = function.policies.get(at.qualifier)
    if policy is None:
        raise not_found("No policy is associated with the given resource.")
    return function, policy


def stored(store: Store, at: Target) -> dict:
    function = store.functions.get(at.name)
    policy = function.policies.get(at.qualifier) if function else None
    if policy is None:
        raise no_such_resource()
    return {"Policy": policy.text, "RevisionId": policy.revision}


def check_revision(policy: Policy | None, expected: str | None) -> None:
    if expected and (policy is None or policy.revision != expected):
        raise stale_revision("GetPolicy")


def check_length(text: str) -> None:
    size = len(text.encode())
    if size > POLICY_LIMIT:
        raise LambdaError(
            "PolicyLengthExceededException", f"The final policy size ({size}) is bigger than the limit ({POLICY_LIMIT})."
        )


def check_document(text: str) -> None:
    """The grammar every IAM policy obeys; that AWS answers InvalidParameterValueException is inferred.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise invalid("The policy is not valid JSON.") from error
    if not isinstance(document, dict) or not set(document) <= {"Version", "Id", "Statement"}:
        raise invalid("The policy is not a policy document.")
    if document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise invalid("The policy has an invalid Version.")
    statements = document.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    if not statements or not all(well_formed(statement) for statement in statements):
        raise invalid("The policy has a malformed Statement.")
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    if len(sids) != len(set(sids)):
        raise invalid("The policy has statements with the same Sid.")


def well_formed(statement: object) -> bool:
    return (
        isinstance(statement, dict)
        and set(statement) <= STATEMENT_MEMBERS
        and statement.get("Effect") in ("Allow", "Deny")
        and all(sum(key in statement for key in (name, f"Not{name}")) == 1 for name in ("Principal", "Action", "Resource"))
        and isinstance(statement.get("Condition", {}), dict)
    )


def principal(place: Place, given: str) -> str | dict[str, str]:
    """As recorded: * stays bare, an account becomes its root ARN, an ARN is an AWS principal, a service a Service."""
    if given == "*":
        return given
    if re.fullmatch(r"\d{12}", given):
        return {"AWS": f"arn:{place.partition}:iam::{given}:root"}
    if re.fullmatch(r"arn:aws[a-zA-Z-]*:(iam|sts)::\d{12}:.+", given):
        return {"AWS": given}
    if re.fullmatch(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)", given):
        return {"Service": given}
    raise invalid("The provided principal was invalid. Please check the principal and try again.")


def compact(document: dict) -> str:
    return json.dumps(document, separators=(",", ":"))


OPERATIONS = {
    "AddPermission": add_permission,
    "GetPolicy": get_policy,
    "RemovePermission": remove_permission,
    "GetResourcePolicy": get_resource_policy,
    "PutResourcePolicy": put_resource_policy,
    "DeleteResourcePolicy": delete_resource_policy,
}
