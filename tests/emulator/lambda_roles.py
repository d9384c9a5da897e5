"""What Lambda checks of a function's execution role: that it can assume it, when the function gets it, and that the role
may send to where the function's events are to go, when it is told so.

The first is recorded by users of python-lambda: https://github.com/nficano/python-lambda/issues/28. That updates are
refused as creations are is inferred.

Recorded of dead-letter queues when functions are deployed: by users of aws-serverless-ecommerce-platform (SendMessage
on SQS) and serverless-iam-roles-per-function (Publish on SNS). That UpdateFunctionConfiguration asks as CreateFunction
does is inferred.
Of Put- and UpdateFunctionEventInvokeConfig, for destinations, as Terraform knows it (internal/service/lambda/
function_event_invoke_config.go): "The function's execution role does not have permissions to call Publish on arn:...".
The actions are https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html. Whether event source
mappings are checked likewise is not known, so they are not.

Only roles that the emulator's IAM knows are checked: most tests name a role that nobody made.
"""

import json
import re

from moto.iam.models import ManagedPolicy, Role, iam_backends

from lambda_names import Place, invalid

SENDING = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "events": "events:PutEvents",
    "lambda": "lambda:InvokeFunction",
    "s3": "s3:PutObject",
}


def check_assumable(place: Place, role: str) -> None:
    """As for policies, a Deny counts unless it has a Condition, and an Allow with one counts too.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    known = known_role(place, role)
    if known is None:
        return
    statements = [s for s in statements_of(known.assume_role_policy_document) if trusts_lambda(s)]
    denied = any(s["Effect"] == "Deny" and "Condition" not in s for s in statements)
    if denied or not any(s["Effect"] == "Allow" for s in statements):
        raise invalid("The role defined for the function cannot be assumed by Lambda.")


def trusts_lambda(statement: dict) -> bool:
    principal = statement.get("Principal", {})
    named = "*" if principal == "*" else principal.get("Service", [])
    named = [named] if isinstance(named, str) else named
    return bool({"*", "lambda.amazonaws.com"} & set(named)) and element(statement, "Action", "sts:assumerole", str.lower)


def check_dead_letter_queue(place: Place, role: str, queue: str) -> None:
    action = SENDING.get(service_of(queue))
    if action and not may(place, role, action, queue):
        call, service = action.partition(":")[2], service_of(queue).upper()
        raise invalid(f"The provided execution role does not have permissions to call {call} on {service}")


def check_destinations(place: Place, role: str, destinations: dict) -> None:
    """The text is recorded for Publish, inferred for the others."""
    for destination in (kept.get("Destination") for kept in destinations.values()):
        action = SENDING.get(service_of(destination or ""))
        if action and not may(place, role, action, destination):
            call = action.partition(":")[2]
            raise invalid(f"The function's execution role does not have permissions to call {call} on {destination}")


def service_of(arn: str) -> str:
    return arn.split(":")[2] if arn.startswith("arn:") else ""


def may(place: Place, role: str, action: str, resource: str) -> bool:
    """As IAM decides it for a plain request: a Deny counts unless it has a Condition, an Allow with one counts too,
    and a permissions boundary must allow as well. True of a role that is not known."""
    identity, boundary = policies(place, role)
    if identity is None:
        return True
    statements = [*identity, *(boundary or [])]
    if any(s["Effect"] == "Deny" and "Condition" not in s and covers(s, action, resource) for s in statements):
        return False
    return allows(identity, action, resource) and (boundary is None or allows(boundary, action, resource))


def policies(place: Place, role_arn: str) -> tuple[list[dict] | None, list[dict] | None]:
    """The statements of the role's own policies, and those of its boundary; None for what is not there."""
    backend, role = iam_backends[place.account][place.partition], known_role(place, role_arn)
    if role is None:
        return None, None
    attached = [current(policy) for policy in list(role.managed_policies.values())]
    own = [s for document in [*list(role.policies.values()), *attached] for s in statements_of(document)]
    boundary = backend.managed_policies.get(role.permissions_boundary_arn) if role.permissions_boundary_arn else None
    return own, statements_of(current(boundary)) if boundary else None


def known_role(place: Place, role_arn: str) -> Role | None:
    roles = iam_backends[place.account][place.partition].roles
    return next((role for role in list(roles.values()) if role.arn == role_arn), None)


def current(policy: ManagedPolicy) -> str:
    return next(version.document for version in policy.versions if version.version_id == policy.default_version_id)


def statements_of(document: str) -> list[dict]:
    found = json.loads(document)["Statement"]
    return found if isinstance(found, list) else [found]


def allows(statements: list[dict], action: str, resource: str) -> bool:
    return any(s["Effect"] == "Allow" and covers(s, action, resource) for s in statements)


def covers(statement: dict, action: str, resource: str) -> bool:
    return element(statement, "Action", action.lower(), str.lower) and element(statement, "Resource", resource, str)


def element(statement: dict, name: str, value: str, written) -> bool:
    negated = f"Not{name}" in statement
    patterns = statement.get(f"Not{name}" if negated else name, [])
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(glob(written(pattern), value) for pattern in patterns) != negated


def glob(pattern: str, text: str) -> bool:
    """IAM's wildcards: * and ? only."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None
