"""Application Auto Scaling: moto 5.2.5 keeps scalable targets, but forgets a part of a suspended state, shows none
where none was set, and pages wrongly.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
"""

import json
from collections.abc import Callable

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.applicationautoscaling.responses import _build_target

from aws_operations import Call
from messages import Request, Response, json_response

# The defaults: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_SuspendedState.html
RUNNING = {"DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": False, "ScheduledScalingSuspended": False}
PAGE = 50


def answer(account: str, call: Call, request: Request, ask_moto: Callable[[], Response]) -> Response:
    given = json.loads(request.body or b"{}")
    match call.operation:
        case "RegisterScalableTarget":
            return register(account, call, given, ask_moto)
        case "DescribeScalableTargets":
            return describe(account, call, given, ask_moto)
    return ask_moto()


def register(account: str, call: Call, given: dict, ask_moto: Callable[[], Response]) -> Response:
    """Documented: what is not given is not changed. That this goes for each part of the state is inferred."""
    before = states(account, call, given)
    response = ask_moto()
    if response.status == 200:
        asked = given.get("SuspendedState", {})
        target = targets(account, call)[given["ScalableDimension"]][given["ResourceId"]]
        target.suspended_state = {**RUNNING, **before, **asked}
    return response


def states(account: str, call: Call, given: dict) -> dict:
    kept = targets(account, call).get(given.get("ScalableDimension"), {}).get(given.get("ResourceId"))
    return dict(kept.suspended_state or {}) if kept else {}


def targets(account: str, call: Call) -> dict:
    return applicationautoscaling_backends[account][call.region].targets


def describe(account: str, call: Call, given: dict, ask_moto: Callable[[], Response]) -> Response:
    checked = ask_moto()
    if checked.status != 200:
        return checked
    found = applicationautoscaling_backends[account][call.region].describe_scalable_targets(
        given["ServiceNamespace"], given.get("ResourceIds"), given.get("ScalableDimension")
    )
    token = given.get("NextToken") or "0"
    if not token.isdigit():
        return json_response(400, {"__type": "InvalidNextTokenException", "Message": "The next token is not valid."})
    end = int(token) + min(given.get("MaxResults") or PAGE, PAGE)
    more = {"NextToken": str(end)} if end < len(found) else {}
    shown = [_build_target(target) for target in found[int(token) : end]]
    return json_response(200, {"ScalableTargets": shown, **more})
