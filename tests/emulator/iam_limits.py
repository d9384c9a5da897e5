"""What IAM refuses and moto 5.2.5 lets pass: full roles, roles that are only AWS's to change, boundaries in use.

IAM is global: the roles of every test live in one namespace, whatever Region its key signs for.
"""

import re
from urllib.parse import parse_qs

from moto.iam.models import IAMBackend, Role, iam_backends
from moto.utilities.utils import get_partition

from aws_operations import Call
from messages import Request, Response, xml_error

# Without white space, and all inline policies of a role together.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_LIMIT = 10_240
MANAGED_LIMIT = 6_144
ROLE_CHANGES = {
    "AttachRolePolicy", "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy", "DetachRolePolicy",
    "PutRolePermissionsBoundary", "PutRolePolicy", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription",
}  # fmt: skip


def refusal(account: str, call: Call, request: Request) -> Response | None:
    """None leaves the answer to moto, also where the role is not there."""
    given = {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
    backend = iam_backends[account][get_partition(call.region)]
    if call.operation in ROLE_CHANGES:
        role = next((role for role in list(backend.roles.values()) if role.name == given.get("RoleName")), None)
        return protected(role) or changed(backend, role, call.operation, given) if role else None
    match call.operation:
        case "CreatePolicy" | "CreatePolicyVersion" if size(given.get("PolicyDocument", "")) > MANAGED_LIMIT:
            # Recorded by users of Docker for AWS, when the quota was lower.
            return xml_error(409, "LimitExceeded", f"Cannot exceed quota for PolicySize: {MANAGED_LIMIT}")
        case "DeletePolicy" if bounds(backend, given.get("PolicyArn")):
            # Recorded by users of cloud-nuke; that a boundary counts as attached, too.
            return xml_error(409, "DeleteConflict", "Cannot delete a policy attached to entities.")
    return None


def protected(role: Role) -> Response | None:
    """Recorded by users of aws-nuke, for service-linked roles and for those of IAM Identity Center.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    """
    if not role.path.startswith(("/aws-service-role/", "/aws-reserved/")):
        return None
    text = f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS"
    return xml_error(400, "UnmodifiableEntity", text)


def changed(backend: IAMBackend, role: Role, operation: str, given: dict[str, str]) -> Response | None:
    if operation == "PutRolePolicy":
        policies = {**role.policies, given.get("PolicyName", ""): given.get("PolicyDocument", "")}
        if sum(map(size, policies.values())) > INLINE_LIMIT:
            # Recorded by users of kops and, with its status, of Sleeper.
            text = f"Maximum policy size of {INLINE_LIMIT} bytes exceeded for role {role.name}"
            return xml_error(409, "LimitExceeded", text)
    if operation == "PutRolePermissionsBoundary":
        boundary = given.get("PermissionsBoundary", "")
        if boundary not in backend.managed_policies and ":iam::aws:policy/" not in boundary:  # text inferred
            return xml_error(404, "NoSuchEntity", f"Policy {boundary} does not exist or is not attachable.")
    return None


def bounds(backend: IAMBackend, policy: str | None) -> bool:
    return policy is not None and any(role.permissions_boundary_arn == policy for role in list(backend.roles.values()))


def size(document: str) -> int:
    return len(re.sub(r"\s", "", document))
