"""Access keys of IAM users, where moto 5.2.5 is kinder than AWS: it takes any status, looks for a key's own user where
none is named, and refuses unknown keys in other words.

Recorded: https://github.com/localstack/localstack/blob/main/tests/aws/services/iam/test_iam_users.snapshot.json
https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
"""

from moto.iam.models import IAMBackend

from aws_operations import Call
from messages import Response, xml_error

CALLS = {"ListAccessKeys", "UpdateAccessKey"}
STATUSES = ("Active", "Inactive")


def refusal(backend: IAMBackend, call: Call, given: dict[str, str]) -> Response | None:
    """None leaves the answer to moto, also where the user is not there."""
    if call.operation not in CALLS:
        return None
    user = given.get("UserName") or owner(backend, call.key)
    if user is None:  # recorded for DeleteAccessKey
        return xml_error(400, "ValidationError", "Must specify userName when calling with non-User credentials")
    if call.operation == "ListAccessKeys":
        return None
    if given.get("Status") not in STATUSES:
        text = f"1 validation error detected: Value '{given.get('Status')}' at 'status' failed to satisfy constraint: "
        return xml_error(400, "ValidationError", f"{text}Member must satisfy enum value set: [Active, Inactive]")
    key = given.get("AccessKeyId", "")
    if user in backend.users and not backend.users[user].has_access_key(key):
        return xml_error(404, "NoSuchEntity", f"The Access Key with id {key} cannot be found.")
    return None


def owner(backend: IAMBackend, key: str | None) -> str | None:
    """Whose key it is. Who signs with a temporary one has to name a user."""
    return next((user.name for user in list(backend.users.values()) if user.has_access_key(key)), None)
