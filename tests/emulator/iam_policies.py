"""IAM's managed policies and users, where moto 5.2.5 is kinder than AWS or forgets: AWS's own policies are not there, a
policy attached twice counts twice, who has one is looked for among the account's first hundred only, versions are
listed with their documents, the ids of users look like nobody's, and a new password is never one to be changed.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html
"""

import json
import re
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qs

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.utilities.utils import get_partition

import access_keys
from aws_operations import Call
from messages import Request, Response, xml_error

AWS_POLICY = re.compile(r"arn:[^:]+:iam::aws:policy(?P<path>/(?:[^/]+/)*)(?P<name>[^/]+)")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ATTACHED_LIMIT = 10
ATTACHING = {"AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy"}
DETACHING = {"DetachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy"}
# Documented: their answers have no documents, GetPolicyVersion's has.
WITHOUT_DOCUMENT = {"CreatePolicyVersion", "ListPolicyVersions"}


def answer(account: str, call: Call, request: Request, ask_moto: Callable[..., Response]) -> Response:
    given = {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
    backend = iam_backends[account][get_partition(call.region)]
    policy = given.get("PolicyArn") or given.get("PermissionsBoundary") or ""
    if AWS_POLICY.fullmatch(policy):
        know(backend, account, call.region, policy)
    if refused := refusal(backend, call.operation, given) or access_keys.refusal(backend, call, given):
        return refused
    everybody = b"&MaxItems=100000" if call.operation == "ListEntitiesForPolicy" and "MaxItems" not in given else b""
    response = ask_moto(request.body + everybody)
    if call.operation in ATTACHING | DETACHING and policy in backend.managed_policies:
        holders = [*backend.roles.values(), *backend.users.values(), *backend.groups.values()]
        count = sum(policy in holder.managed_policies for holder in holders)
        backend.managed_policies[policy].attachment_count = count
    if response.status == 200:
        response.body = corrected(backend, call.operation, given, response.body)
    return response


def corrected(backend: IAMBackend, operation: str, given: dict[str, str], body: bytes) -> bytes:
    if operation in WITHOUT_DOCUMENT:
        return re.sub(rb"<Document>.*?</Document>", b"", body, flags=re.DOTALL)
    if operation == "CreateUser":
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        user = backend.users[given["UserName"]]
        made, user.id = user.id, f"AIDA{user.id[:17].upper()}"
        return body.replace(made.encode(), user.id.encode())
    if operation == "CreateLoginProfile" and given.get("PasswordResetRequired") == "true":
        backend.users[given["UserName"]].password_reset_required = True
        return body.replace(b"<PasswordResetRequired>false<", b"<PasswordResetRequired>true<")
    return body


def know(backend: IAMBackend, account: str, region: str, arn: str) -> None:
    """One of AWS's own, from the list that comes with moto; all of them at once would take each account seconds."""
    path, name = AWS_POLICY.fullmatch(arn).group("path", "name")
    data = aws_policies().get(name)
    if arn not in backend.managed_policies and data and data["Path"] == path:
        policy = AWSManagedPolicy.from_data(name, account, region, data)
        policy.default_version_id = policy.versions[0].version_id = data["DefaultVersionId"]
        backend.managed_policies[arn] = policy


@cache
def aws_policies() -> dict:
    return json.loads(aws_managed_policies_data)


def refusal(backend: IAMBackend, operation: str, given: dict[str, str]) -> Response | None:
    policy = given.get("PolicyArn", "")
    if operation in ATTACHING and not policy.startswith("arn:"):  # recorded, both blanks too
        return xml_error(400, "ValidationError", "Invalid ARN:  Could not be parsed!")
    match operation:
        case "AttachRolePolicy":
            role = next((role for role in list(backend.roles.values()) if role.name == given.get("RoleName")), None)
            if role and policy not in role.managed_policies and len(role.managed_policies) >= ATTACHED_LIMIT:
                # As users of CloudFormation got it: https://github.com/aws/eks-hybrid/pull/741
                return xml_error(409, "LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {ATTACHED_LIMIT}")
        case "ListEntitiesForPolicy" if policy not in backend.managed_policies:
            # Recorded for DeletePolicy.
            return xml_error(404, "NoSuchEntity", f"Policy {policy} was not found.")
        case "CreateRole" | "UpdateAssumeRolePolicy":
            return malformed(given.get("AssumeRolePolicyDocument") or given.get("PolicyDocument", ""))
    return None


def malformed(trust: str) -> Response | None:
    """The first is recorded for CreateRole. The second is moto's for UpdateAssumeRolePolicy; the resource is the role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    try:
        statements = json.loads(trust).get("Statement", [])
    except ValueError:
        return xml_error(400, "MalformedPolicyDocument", "This policy contains invalid Json")
    statements = statements if isinstance(statements, list) else [statements]
    if any({"Resource", "NotResource"} & set(statement) for statement in statements):
        return xml_error(400, "MalformedPolicyDocument", "Has prohibited field Resource.")
    return None
