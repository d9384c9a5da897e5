"""Denies in resource policies that lock callers out of the function, as an intruder may write them.

Only the operations for which AWS reads the policy of a function are refused:
    https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html#permissions-resource-api
The caller is taken to be any principal of its account that no Deny leaves out by name: who it is beyond that, nobody
tells the emulator. Keys that begin with AKIAPERSON are the test's own person, who must be able to look.
"""

import re

from lambda_names import LambdaError, Place, Target, target
from lambda_roles import glob
from lambda_store import Store

PERSON = "AKIAPERSON"
HONOURED = {
    "CreateAlias", "DeleteAlias", "DeleteFunction", "DeleteFunctionConcurrency", "DeleteFunctionEventInvokeConfig",
    "DeleteProvisionedConcurrencyConfig", "GetAlias", "GetFunction", "GetFunctionConcurrency",
    "GetFunctionConfiguration", "GetFunctionEventInvokeConfig", "GetPolicy", "GetProvisionedConcurrencyConfig",
    "Invoke", "ListAliases", "ListFunctionEventInvokeConfigs", "ListProvisionedConcurrencyConfigs", "ListTags",
    "ListVersionsByFunction", "PublishVersion", "PutFunctionConcurrency", "PutFunctionEventInvokeConfig",
    "PutProvisionedConcurrencyConfig", "TagResource", "UntagResource", "UpdateAlias", "UpdateFunctionCode",
    "UpdateFunctionEventInvokeConfig",
}  # fmt: skip
# With these operators a Deny holds for all but those it names.
ALL_BUT = {"arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike"}


def check(store: Store, key: str, operation: str, given: dict) -> None:
    if operation not in HONOURED or key.startswith(PERSON):
        return
    name = given.get("FunctionName") or given["Resource"]
    if "Resource" in given and ":function:" not in name:
        return  # tags of something else
    at = target(store.place, operation, name, given.get("Qualifier"))
    function = store.functions.get(at.name)
    policy = function.policies.get(at.qualifier) if function else None
    action = "lambda:InvokeFunction" if operation == "Invoke" else f"lambda:{operation}"
    if policy and any(locks_out(store.place, statement, action, at) for statement in policy.statements()):
        raise explicitly_denied(store.place, action, at)


def locks_out(place: Place, statement: dict, action: str, at: Target) -> bool:
    return (
        statement["Effect"] == "Deny"
        and matches(statement, "Action", lambda pattern: glob(pattern.lower(), action.lower()))
        and matches(statement, "Resource", lambda pattern: glob(pattern, at.arn))
        and concerns(place, statement)
        and all_but(statement.get("Condition", {}))
    )


def matches(statement: dict, name: str, fits) -> bool:
    negated = f"Not{name}" in statement
    return any(map(fits, listed(statement[f"Not{name}" if negated else name]))) != negated


def concerns(place: Place, statement: dict) -> bool:
    """Whether the principals are, or include one of, the caller's account."""
    negated = "NotPrincipal" in statement
    named = statement["NotPrincipal" if negated else "Principal"]
    named = listed(named.get("AWS", [])) if isinstance(named, dict) else [named]
    ours = re.compile(rf"\*|{place.account}|arn:[^:]+:(iam|sts)::{place.account}:.+")
    return any(ours.fullmatch(principal) for principal in named) != negated


def all_but(condition: dict) -> bool:
    """Whether the condition holds for a caller whom it does not name; others are taken not to hold."""
    keys = [(operator, key) for operator, tests in condition.items() for key in tests]
    return all(operator.lower() in ALL_BUT and key.lower() == "aws:principalarn" for operator, key in keys)


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def explicitly_denied(place: Place, action: str, at: Target) -> LambdaError:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    return LambdaError(
        "AccessDeniedException",
        f"User: arn:{place.partition}:iam::{place.account}:root is not authorized to perform: {action} "
        f"on resource: {at.arn} with an explicit deny in a resource-based policy",
    )
