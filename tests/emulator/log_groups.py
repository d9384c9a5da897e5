"""CloudWatch Logs' log groups: moto 5.2.5 does not look for patterns, and takes any number of days.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

import json
from collections.abc import Callable

from moto.logs.models import logs_backends

from aws_operations import Call
from messages import Request, Response, json_response

PAGE = 50
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION = {
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}  # fmt: skip


def answer(account: str, call: Call, request: Request, ask_moto: Callable[[], Response]) -> Response:
    given = json.loads(request.body or b"{}")
    match call.operation:
        case "DescribeLogGroups":
            return describe(account, call.region, given)
        case "PutRetentionPolicy" if given.get("retentionInDays") not in RETENTION:
            return refused(f"{given.get('retentionInDays')} is not a valid number of days.")
        case "AssociateKmsKey" | "DisassociateKmsKey":
            return encrypt(account, call, given)
    return ask_moto()


def describe(account: str, region: str, given: dict) -> Response:
    """Documented: sorted by name, and a pattern is found anywhere in it, if case fits. The text is inferred."""
    prefix, pattern = given.get("logGroupNamePrefix"), given.get("logGroupNamePattern")
    if prefix and pattern:
        return refused("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    most = given.get("limit", PAGE)
    if not 1 <= most <= PAGE:
        return refused("The limit must be between 1 and 50.")
    groups = logs_backends[account][region].groups
    found = sorted(name for name in list(groups) if name.startswith(prefix or "") and (pattern or "") in name)
    after = given.get("nextToken", "")
    page = [name for name in found if name > after][:most]
    more = {"nextToken": page[-1]} if page and page[-1] != found[-1] else {}
    shown = [{**groups[name].to_describe_dict(), "logGroupClass": "STANDARD"} for name in page]
    return json_response(200, {"logGroups": shown, **more})


def encrypt(account: str, call: Call, given: dict) -> Response:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html, by name only."""
    group = logs_backends[account][call.region].groups.get(given.get("logGroupName"))
    if group is None:
        body = {"__type": "ResourceNotFoundException", "message": "The specified log group does not exist."}
        return json_response(400, body)
    group.kms_key_id = given["kmsKeyId"] if call.operation == "AssociateKmsKey" else None
    return Response(200, b"", [("Content-Type", "application/x-amz-json-1.1")])


def refused(message: str) -> Response:
    return json_response(400, {"__type": "InvalidParameterException", "message": message})
