"""CloudWatch's alarms, where moto 5.2.5 makes no composite ones, answers them to whoever does not ask for them, knows
no children of an alarm, begins with OK, and with a change of an alarm forgets its state.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
JSON 1.0 alone is corrected:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-protocols-faq.html
"""

import json
import re
from collections.abc import Callable

from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends

from aws_operations import Call
from messages import Request, Response, json_response

MOST = 100
KINDS = {"MetricAlarms": "MetricAlarm", "CompositeAlarms": "CompositeAlarm"}
CHILD = re.compile(r'\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]+)"|([^")\s]+))\s*\)')


def answer(account: str, call: Call, request: Request, ask_moto: Callable[[], Response]) -> Response:
    backend = cloudwatch_backends[account][call.region]
    alarms = backend.alarms
    if call.operation == "PutMetricAlarm":
        return put(alarms, ask_moto)
    if call.operation == "PutCompositeAlarm":
        return put(alarms, lambda: compose(backend, json.loads(request.body)))
    if call.operation != "DescribeAlarms" or not request.body.startswith(b"{"):
        return ask_moto()
    given = json.loads(request.body)
    if parent := given.get("ChildrenOfAlarmName"):
        if given.keys() - {"ChildrenOfAlarmName", "MaxRecords", "NextToken"}:
            return refused("ChildrenOfAlarmName cannot be used with other parameters")
        return children(alarms, parent)
    if len(given.get("AlarmNames", [])) > MOST:
        return refused("AlarmNames must have at most 100 members")
    described = ask_moto()
    if described.status != 200:
        return described
    asked = given.get("AlarmTypes", ["MetricAlarm"])
    found = json.loads(described.body)
    return json_response(200, {name: found.get(name) or [] for name, kind in KINDS.items() if kind in asked})


def put(alarms: dict[str, Alarm], make: Callable[[], Response]) -> Response:
    """Documented: a new alarm has insufficient data, and one that is changed keeps its state."""
    before = dict(alarms)
    response = make()
    for name, alarm in alarms.items():
        known = before.get(name)
        if known is not alarm:
            alarm.state_value = known.state_value if known else "INSUFFICIENT_DATA"
    return response


def compose(backend: CloudWatchBackend, given: dict) -> Response:
    """A composite alarm has a rule, and nothing of a metric."""
    nothing = dict.fromkeys(
        ("namespace", "metric_name", "comparison_operator", "evaluation_periods", "period", "threshold", "statistic")
    )
    backend.put_metric_alarm(
        name=given["AlarmName"], rule=given["AlarmRule"], description=given.get("AlarmDescription"),
        dimensions=[], alarm_actions=[], **nothing,
    )  # fmt: skip
    return Response(200, b"", [("Content-Type", "application/x-amz-json-1.0")])


def children(alarms: dict[str, Alarm], parent: str) -> Response:
    """Documented: of each child only its name, ARN and state. That a parent which is not there has none is inferred."""
    rule = alarms[parent].rule if parent in alarms else None
    texts = (quoted or bare for quoted, bare in CHILD.findall(rule or ""))
    names = {text.partition(":alarm:")[2] or text for text in texts}
    found: dict[str, list[dict]] = {name: [] for name in KINDS}
    for alarm in (alarms[name] for name in sorted(names) if name in alarms):
        shown = {"AlarmName": alarm.name, "AlarmArn": alarm.alarm_arn, "StateValue": alarm.state_value}
        found["CompositeAlarms" if alarm.rule else "MetricAlarms"].append(shown)
    return json_response(200, found)


def refused(message: str) -> Response:
    return json_response(400, {"__type": "ValidationError", "message": message})  # the text is inferred
