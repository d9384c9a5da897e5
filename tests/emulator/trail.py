"""CloudTrail's LookupEvents over the records a test gives; trails are per account and Region.

POST /_emulator/trail {"region": R, "events": [<CloudTrail records>], "account"?} adds to what was given before.
That a record is found by what its requestParameters name is inferred from the page's examples, and so is the
Username of a role session, which is its session name. Events do not grow too old here.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import json
import threading
from collections import defaultdict
from datetime import datetime

from accounts import TEST_ACCOUNT
from aws_operations import Call
from messages import Request, Response, json_response

PAGE = 50
# Parameters that name what a call is about, and the type CloudTrail gives it.
NAMING = {
    "functionName": "AWS::Lambda::Function",
    "roleName": "AWS::IAM::Role",
    "userName": "AWS::IAM::User",
    "policyArn": "AWS::IAM::Policy",
    "bucketName": "AWS::S3::Bucket",
    "resource": "AWS::Lambda::Function",
    "resourceArn": "AWS::Lambda::Function",
}
ATTRIBUTES = {"AccessKeyId", "EventId", "EventName", "EventSource", "ReadOnly", "Username"}


class Refused(Exception):
    pass


class Trail:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.events: dict[tuple[str, str], list[dict]] = defaultdict(list)

    def add(self, asked: dict) -> None:
        events = [event(record) for record in asked["events"]]
        with self.lock:
            self.events[asked.get("account", TEST_ACCOUNT), asked["region"]] += events

    def answer(self, account: str, call: Call, request: Request) -> Response | None:
        if call.operation != "LookupEvents":
            return None
        with self.lock:
            events = list(self.events[account, call.region])
        try:
            return json_response(200, look_up(events, json.loads(request.body)))
        except Refused as refused:
            return json_response(400, {"__type": str(refused), "message": str(refused)})


def look_up(events: list[dict], given: dict) -> dict:
    wanted = given.get("LookupAttributes", [])
    if len(wanted) > 1:
        raise Refused("InvalidLookupAttributesException")
    start, end = given.get("StartTime", 0), given.get("EndTime", float("inf"))
    if start > end:
        raise Refused("InvalidTimeRangeException")
    most = given.get("MaxResults", PAGE)
    if not 1 <= most <= PAGE:
        raise Refused("InvalidMaxResultsException")
    found = [event for event in events if start <= event["EventTime"] <= end and all(has(event, a) for a in wanted)]
    found.sort(key=lambda event: event["EventTime"], reverse=True)
    first = token_of(given)
    more = {"NextToken": f"after-{first + most}"} if first + most < len(found) else {}
    return {"Events": found[first : first + most], **more}


def token_of(given: dict) -> int:
    word, _, number = given.get("NextToken", "after-0").partition("-")
    if word != "after" or not number.isdigit():
        raise Refused("InvalidNextTokenException")
    return int(number)


def has(event: dict, attribute: dict) -> bool:
    key, value = attribute["AttributeKey"], attribute["AttributeValue"]
    if key in ("ResourceName", "ResourceType"):
        return any(resource.get(key) == value for resource in event["Resources"])
    if key not in ATTRIBUTES:
        raise Refused("InvalidLookupAttributesException")
    return event.get(key) == value


def event(record: dict) -> dict:
    who = record.get("userIdentity", {})
    shown = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(record.get("readOnly", False)).lower(),
        "AccessKeyId": who.get("accessKeyId"),
        "EventTime": datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00")).timestamp(),
        "EventSource": record["eventSource"],
        "Username": username(who),
        "Resources": resources(record),
        "CloudTrailEvent": json.dumps(record),
    }
    return {key: value for key, value in shown.items() if value is not None}


def username(who: dict) -> str | None:
    if who.get("type") == "AssumedRole":
        return who.get("arn", "").rpartition("/")[2] or None
    return "root" if who.get("type") == "Root" else who.get("userName")


def resources(record: dict) -> list[dict]:
    listed = [{"ResourceName": r["ARN"], "ResourceType": r.get("type")} for r in record.get("resources") or []]
    given = record.get("requestParameters") or {}
    named = [{"ResourceName": given[key], "ResourceType": kind} for key, kind in NAMING.items() if key in given]
    return listed + named
