"""CloudTrail's trails, where moto 5.2.5 is kinder than AWS or forgets: it makes a trail twice, deletes one by name only
and what is not there, lets every Region change a trail, ignores which trails were asked for, shows no default event
selectors, and keeps the advanced ones beside the basic ones that replace them.

A multi-Region trail has shadows in the other Regions of its account. Tests running side by side share an account, so
that these are the Regions that a test gave to the trail's own one or to the one that is asked (account_regions.py).

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
"""

import json
from collections.abc import Callable

from moto.cloudtrail.models import Trail, cloudtrail_backends

from account_regions import Regions
from aws_operations import Call
from messages import Request, Response, json_response

# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
DEFAULT_SELECTOR = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
MOST_SELECTORS, MOST_RESOURCES = 5, 250
DATA_RESOURCES = {"AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::S3::Object"}
CHANGES = {"DeleteTrail", "PutEventSelectors", "StartLogging", "StopLogging", "UpdateTrail"}


class Refused(Exception):
    """Codes are documented, texts inferred."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


def answer(account: str, call: Call, request: Request, regions: Regions, ask_moto: Callable[[], Response]) -> Response:
    given = json.loads(request.body or b"{}")
    trails = Trails(account, call.region, regions)
    try:
        if call.operation in CHANGES:
            trails.check_home(named(given))
        match call.operation:
            case "CreateTrail" if given.get("Name") in trails.own:
                raise Refused("TrailAlreadyExistsException", f"Trail {given['Name']} already exists.")
            case "UpdateTrail":
                trails.check_update(given)
            case "DeleteTrail":
                del trails.own[trails.find(named(given)).trail_name]
                return json_response(200, {})
            case "DescribeTrails":
                return json_response(200, {"trailList": [shown(trail) for trail in trails.described(given)]})
            case "ListTrails":
                return json_response(200, {"Trails": [trail.short() for trail in trails.described({})]})
            case "GetTrail":
                return json_response(200, {"Trail": shown(trails.find(named(given)))})
            case "GetTrailStatus":
                return json_response(200, status(trails.find(named(given))))
            case "GetEventSelectors":
                return json_response(200, selectors(trails.find(named(given))))
            case "PutEventSelectors":
                return json_response(200, put_selectors(trails.find(named(given)), given))
    except Refused as refused:
        return json_response(400, {"__type": refused.code, "message": refused.message})
    return without_nulls(ask_moto())


def named(given: dict) -> str:
    return given.get("Name") or given.get("TrailName") or ""


class Trails:
    def __init__(self, account: str, region: str, regions: Regions) -> None:
        self.account, self.region = account, region
        self.own: dict[str, Trail] = cloudtrail_backends[account][region].trails
        others = [backend for place, backend in list(cloudtrail_backends[account].items()) if place != region]
        trails = [trail for backend in others for trail in list(backend.trails.values()) if trail.is_multi_region]
        self.shadows = [trail for trail in trails if regions.together(region, trail.region_name)]

    def find(self, name: str) -> Trail:
        """Documented for GetTrailStatus: a shadow is found by its ARN only."""
        found = [trail for trail in self.own.values() if name in (trail.trail_name, trail.arn)]
        found += [trail for trail in self.shadows if name == trail.arn]
        if not found:
            raise Refused("TrailNotFoundException", f"Unknown trail: {name} for the user: {self.account}")
        return found[0]

    def check_home(self, name: str) -> None:
        trail = self.find(name)
        if trail.region_name != self.region:
            raise Refused(
                "InvalidHomeRegionException",
                f"Trail {trail.arn} is in the Region {trail.region_name}, and cannot be changed from {self.region}.",
            )

    def described(self, given: dict) -> list[Trail]:
        trails = [*self.own.values(), *(self.shadows if given.get("includeShadowTrails", True) else [])]
        wanted = given.get("trailNameList")
        return [trail for trail in trails if not wanted or trail.arn in wanted or trail.trail_name in wanted]

    def check_update(self, given: dict) -> None:
        trail = self.find(named(given))
        multi = given.get("IsMultiRegionTrail", trail.is_multi_region)
        if multi and not given.get("IncludeGlobalServiceEvents", trail.include_global_service_events):
            # The text is the one that users of cloudconformity/auto-remediate got.
            text = "Multi-Region trail must include global service events."
            raise Refused("InvalidParameterCombinationException", text)
        bucket = given.get("S3BucketName")
        if bucket and not exists(trail, bucket):
            raise Refused("S3BucketDoesNotExistException", f"S3 bucket {bucket} does not exist!")


def exists(trail: Trail, bucket: str) -> bool:
    from moto.s3.models import s3_backends

    return bucket in s3_backends[trail.account_id][trail.partition].buckets


def shown(trail: Trail) -> dict:
    """Documented: members without a value are left out."""
    custom = bool(trail.advanced_event_selectors) or trail.event_selectors not in ([], [DEFAULT_SELECTOR])
    insights = bool(trail.insight_selectors)
    described = trail.description(include_region=True)
    described |= {"HasCustomEventSelectors": custom, "HasInsightSelectors": insights}
    return {name: value for name, value in described.items() if value is not None}


def status(trail: Trail) -> dict:
    return {name: value for name, value in trail.status.description().items() if value is not None}


def selectors(trail: Trail) -> dict:
    """Documented: without selectors of its own, a trail logs all management events and no data events."""
    if trail.advanced_event_selectors:
        return {"TrailARN": trail.arn, "AdvancedEventSelectors": trail.advanced_event_selectors}
    return {"TrailARN": trail.arn, "EventSelectors": trail.event_selectors or [DEFAULT_SELECTOR]}


def put_selectors(trail: Trail, given: dict) -> dict:
    basic, advanced = given.get("EventSelectors"), given.get("AdvancedEventSelectors")
    if (basic is None) == (advanced is None):
        raise Refused("InvalidEventSelectorsException", "Give either EventSelectors or AdvancedEventSelectors.")
    if basic is not None:
        check_basic(basic)
        trail.event_selectors, trail.advanced_event_selectors = [{**DEFAULT_SELECTOR, **one} for one in basic], []
    else:
        check_advanced(advanced)
        trail.event_selectors, trail.advanced_event_selectors = [], advanced
    return selectors(trail)


def check_basic(selectors: list[dict]) -> None:
    resources = [resource for selector in selectors for resource in selector.get("DataResources", [])]
    if not 0 < len(selectors) <= MOST_SELECTORS or len(resources) > MOST_RESOURCES:
        raise Refused("InvalidEventSelectorsException", "There are too many selectors or data resources, or none.")
    if any(resource.get("Type") not in DATA_RESOURCES for resource in resources):
        raise Refused("InvalidEventSelectorsException", "The type of a data resource is not valid.")


def check_advanced(selectors: list[dict]) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html"""
    for selector in selectors:
        fields = {field["Field"]: field for field in selector["FieldSelectors"]}
        category = fields.get("eventCategory", {}).get("Equals", [])
        if category == ["Data"] and "Equals" not in fields.get("resources.type", {}):
            raise Refused("InvalidEventSelectorsException", "Data events need a resources.type.")
        if len(category) != 1:
            raise Refused("InvalidEventSelectorsException", "Every selector needs one eventCategory.")


def without_nulls(response: Response) -> Response:
    if response.status != 200:
        return response
    content = {name: value for name, value in json.loads(response.body).items() if value is not None}
    return json_response(200, content)
