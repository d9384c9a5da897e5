"""Lambda's errors, and how it reads the names and ARNs of functions, versions and aliases."""

import re
from dataclasses import dataclass

LATEST = "$LATEST"
REGION = r"(?:eusc-)?[a-z]{2}(?:(?:-gov)|(?:-iso(?:[a-z]?)))?-[a-z]+-\d"
# https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html: name, name:qualifier, partial or full ARN.
FUNCTION_NAME = re.compile(
    rf"(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:(?P<region>{REGION}):)?(?:(?P<account>\d{{12}}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)


class LambdaError(Exception):
    def __init__(self, code: str, message: str | None, **members: str) -> None:
        super().__init__(code, message)
        self.code, self.message, self.members = code, message, members


def not_found(message: str) -> LambdaError:
    return LambdaError("ResourceNotFoundException", message)


def no_such_resource() -> LambdaError:
    return not_found("The resource you requested does not exist.")


def no_such_function(arn: str) -> LambdaError:
    return not_found(f"Function not found: {arn}")


def invalid(message: str) -> LambdaError:
    return LambdaError("InvalidParameterValueException", message)


def conflict(message: str) -> LambdaError:
    return LambdaError("ResourceConflictException", message)


def stale_revision(read_again_with: str) -> LambdaError:
    return LambdaError(
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. "
        f"Call the {read_again_with} API to retrieve the latest Revision Id",
    )


@dataclass(frozen=True)
class Place:
    """The account and Region a request acts in."""

    account: str
    region: str
    partition: str

    def arn(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:{kind}:{name}"


@dataclass(frozen=True)
class Target:
    """The function, version or alias a request names."""

    name: str
    qualifier: str | None
    function_arn: str

    @property
    def arn(self) -> str:
        return f"{self.function_arn}:{self.qualifier}" if self.qualifier else self.function_arn

    @property
    def version_arn(self) -> str:
        """As AWS writes it where an unqualified name means the unpublished version."""
        return f"{self.function_arn}:{self.qualifier or LATEST}"


def target(place: Place, operation: str, name: str, qualifier: str | None = None) -> Target:
    parsed = FUNCTION_NAME.fullmatch(name)
    if parsed is None:
        raise LambdaError("ValidationException", f"1 validation error detected: Value '{name}' at 'functionName'")
    written = parsed.group("qualifier")
    if written and qualifier and written != qualifier:
        raise invalid("The derived qualifier from the function name does not match the specified qualifier.")
    if parsed.group("region") not in (None, place.region):
        raise not_found(
            f"Functions from '{parsed.group('region')}' are not reachable in this region ('{place.region}')"
        )
    if parsed.group("account") not in (None, place.account):
        raise denied(place, operation, name)
    return Target(parsed.group("name"), written or qualifier, place.arn("function", parsed.group("name")))


def denied(place: Place, operation: str, arn: str) -> LambdaError:
    """Another account's function. Recorded for CreateFunction only (no message); the text of the others is IAM's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    if operation == "CreateFunction":
        return LambdaError("AccessDeniedException", None)
    action = "lambda:InvokeFunction" if operation == "Invoke" else f"lambda:{operation}"
    return LambdaError(
        "AccessDeniedException",
        f"User: arn:{place.partition}:iam::{place.account}:root is not authorized to perform: {action} "
        f"on resource: {arn} because no resource-based policy allows the {action} action",
    )


def layer_version_denied(place: Place, arn: str, operation: str = "GetLayerVersion") -> LambdaError:
    """Another account's layer; as IAM words it."""
    return denied(place, operation, arn)
