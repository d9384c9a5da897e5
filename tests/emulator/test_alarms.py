"""CloudWatch's alarms: what is documented, and inferred texts are not held against anything."""

import json
import unittest

from running import EmulatorTest, raw

METRIC = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": "f"}]}


class Alarms(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        # Alarms of one Region do not see each other's tests.
        self.region = f"xx-alarm{self.name.rpartition('-')[2]}-1"

    def ask(self, operation: str, status: int = 200, **asked: object) -> dict:
        target = f"GraniteServiceVersion20100801.{operation}"
        answered, body = raw(self.key, "monitoring", self.region, target=target, body=asked)
        self.assertEqual(status, answered, body)
        return json.loads(body) if body.strip() else {}

    def put(self, name: str, **settings: object) -> None:
        single = {} if "Metrics" in settings else {**METRIC, "Period": 60, "Statistic": "Sum"}
        fixed = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 5}
        self.ask("PutMetricAlarm", AlarmName=name, **fixed, **single, **settings)

    def raise_alarm(self, name: str) -> None:
        self.ask("SetAlarmState", AlarmName=name, StateValue="ALARM", StateReason="test")

    def described(self, **asked: object) -> dict[str, list[tuple[str, str]]]:
        found = self.ask("DescribeAlarms", **asked)
        return {
            kind: [(alarm["AlarmName"], alarm["StateValue"]) for alarm in alarms]
            for kind, alarms in found.items()
            if kind.endswith("Alarms")
        }

    def test_a_new_alarm_has_insufficient_data_and_a_change_keeps_its_state(self):
        self.put("errors")
        self.assertEqual({"MetricAlarms": [("errors", "INSUFFICIENT_DATA")]}, self.described())
        self.raise_alarm("errors")
        self.put("errors", AlarmDescription="changed")
        self.assertEqual({"MetricAlarms": [("errors", "ALARM")]}, self.described(AlarmNames=["errors"]))

    def test_a_metric_is_shown_with_its_dimensions(self):
        self.put("errors")
        stat = {"Metric": METRIC, "Period": 60, "Stat": "Sum"}
        band = {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}
        self.put("unusual", Metrics=[{"Id": "m1", "MetricStat": stat}, band], ThresholdMetricId="ad1")
        shown = {alarm["AlarmName"]: alarm for alarm in self.ask("DescribeAlarms")["MetricAlarms"]}
        self.assertEqual(METRIC["Dimensions"], shown["errors"]["Dimensions"])
        self.assertEqual("AWS/Lambda", shown["errors"]["Namespace"])
        metric, expected = shown["unusual"]["Metrics"]
        self.assertEqual(METRIC, metric["MetricStat"]["Metric"])
        self.assertEqual(band["Expression"], expected["Expression"])

    def test_composite_alarms_are_answered_only_where_they_are_asked_for(self):
        self.put("errors")
        self.ask("PutCompositeAlarm", AlarmName="unhealthy", AlarmRule="ALARM(errors)")
        self.raise_alarm("unhealthy")
        names = {"AlarmNames": ["errors", "unhealthy", "gone"]}
        metric = {"MetricAlarms": [("errors", "INSUFFICIENT_DATA")]}
        composite = {"CompositeAlarms": [("unhealthy", "ALARM")]}
        self.assertEqual(metric, self.described(**names))
        self.assertEqual(composite, self.described(**names, AlarmTypes=["CompositeAlarm"]))
        both = ["MetricAlarm", "CompositeAlarm"]
        self.assertEqual({**metric, **composite}, self.described(**names, AlarmTypes=both))

    def test_the_children_of_a_composite_alarm(self):
        for name in ("errors", "two words", "of another"):
            self.put(name)
        arn = f"arn:aws:cloudwatch:{self.region}:111122223333:alarm:errors"
        self.ask("PutCompositeAlarm", AlarmName="inner", AlarmRule="TRUE")
        rule = f'ALARM("{arn}") AND (NOT OK("two words") OR ALARM(inner)) AND TRUE'
        self.ask("PutCompositeAlarm", AlarmName="outer", AlarmRule=rule)
        self.raise_alarm("errors")
        children = {
            "MetricAlarms": [("errors", "ALARM"), ("two words", "INSUFFICIENT_DATA")],
            "CompositeAlarms": [("inner", "INSUFFICIENT_DATA")],
        }
        self.assertEqual(children, self.described(ChildrenOfAlarmName="outer", MaxRecords=100))
        self.ask("DescribeAlarms", 400, ChildrenOfAlarmName="outer", AlarmTypes=["MetricAlarm"])

    def test_one_call_takes_a_hundred_names(self):
        names = [f"a{number}" for number in range(101)]
        self.described(AlarmNames=names[:100])
        self.ask("DescribeAlarms", 400, AlarmNames=names)


if __name__ == "__main__":
    unittest.main()
