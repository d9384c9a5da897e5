"""EventBridge's rules, where moto 5.2.5 words what is missing in ways of its own and takes any number of targets.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
"""

import json
from collections.abc import Callable

from moto.events.models import events_backends

from aws_operations import Call
from messages import Request, Response, json_response

MOST_TARGETS = 5
# Where the rule's name stands.
NAMING = {
    "DescribeRule": "Name", "DisableRule": "Name", "EnableRule": "Name", "ListTargetsByRule": "Rule",
    "PutTargets": "Rule", "RemoveTargets": "Rule",
}  # fmt: skip


def answer(account: str, call: Call, request: Request, ask_moto: Callable[[], Response]) -> Response:
    given = json.loads(request.body or b"{}")
    if call.operation in NAMING:
        bus_name = (given.get("EventBusName") or "default").rpartition("/")[2]
        bus = events_backends[account][call.region].event_buses.get(bus_name)
        rule = bus.rules.get(given.get(NAMING[call.operation])) if bus else None
        if bus and rule is None:
            # Recorded by users of steampipe-plugin-aws (issue 1591) for DescribeRule and of Terraform for PutTargets;
            # the others are inferred.
            text = f"Rule {given.get(NAMING[call.operation])} does not exist on EventBus {bus_name}."
            return refused("ResourceNotFoundException", text)
        if rule and call.operation == "PutTargets":
            after = {target["Id"] for target in [*rule.targets, *given.get("Targets", [])]}
            if len(after) > MOST_TARGETS:  # the text is inferred
                return refused("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    return without_nulls(ask_moto())


def refused(code: str, message: str) -> Response:
    return json_response(400, {"__type": code, "message": message})


def without_nulls(response: Response) -> Response:
    """Documented: no token where there is no further page."""
    if response.status != 200 or not response.body:
        return response
    content = {name: value for name, value in json.loads(response.body).items() if value is not None}
    return json_response(200, content)
