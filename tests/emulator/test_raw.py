"""Calls of clients that sign for themselves, told apart by the service they are signed for; counted, and struck by
faults, as those of SDKs are.

The targets are https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html and the like.
"""

import json
import unittest

from running import ACCOUNT, REGION, EmulatorTest, client, control, raw


class Raw(EmulatorTest):
    # Service, operation, the target's prefix, what is asked, what is in a good answer.
    JSON = (
        ("config", "DescribeConfigurationRecorders", "StarlingDoveService", {}, "ConfigurationRecorders"),
        ("config", "DescribeConfigurationRecorderStatus", "StarlingDoveService", {}, "ConfigurationRecordersStatus"),
        ("cloudtrail", "DescribeTrails", "CloudTrail_20131101", {}, "trailList"),
        ("events", "ListRuleNamesByTarget", "AWSEvents", {"TargetArn": "arn:aws:lambda:x:1:function:f"}, "RuleNames"),
        ("logs", "DescribeLogGroups", "Logs_20140328", {"logGroupNamePattern": "/aws"}, "logGroups"),
        ("kms", "ListKeys", "TrentService", {}, "Keys"),
    )
    REST = (
        ("guardduty", "ListDetectors", "GET", "/detector", None, "detectorIds"),
        ("guardduty", "CreateDetector", "POST", "/detector", {"enable": True}, "detectorId"),
        ("xray", "GetEncryptionConfig", "POST", "/EncryptionConfig", {}, "EncryptionConfig"),
        ("xray", "PutEncryptionConfig", "POST", "/PutEncryptionConfig", {"Type": "NONE"}, "EncryptionConfig"),
        ("lambda", "ListLayers", "GET", "/2018-10-31/layers", None, "Layers"),
        ("lambda", "ListCodeSigningConfigs", "GET", "/2020-04-22/code-signing-configs", None, "CodeSigningConfigs"),
    )

    def setUp(self) -> None:
        super().setUp()
        self.region = f"xx-raw{self.name.rpartition('-')[2]}-1"

    def target(self, service: str, name: str, prefix: str, asked: dict) -> tuple[int, str]:
        return raw(self.key, service, self.region, target=f"{prefix}.{name}", body=asked)

    def calls(self) -> list[tuple[str, str, int | None]]:
        made = control("GET", f"/_emulator/calls?key={self.key}")
        return [(call["service"], call["operation"], call["status"]) for call in made]

    def test_json_1_1(self):
        for service, name, prefix, asked, member in self.JSON:
            with self.subTest(f"{service}:{name}"):
                status, body = self.target(service, name, prefix, asked)
                self.assertEqual(200, status, body)
                self.assertIn(member, json.loads(body))
        self.assertEqual([(service, name, 200) for service, name, *_ in self.JSON], self.calls())

    def test_rest_json(self):
        for service, name, method, path, asked, member in self.REST:
            with self.subTest(f"{service}:{name}"):
                status, body = raw(self.key, service, self.region, method, path, body=asked)
                self.assertEqual(200, status, body)
                self.assertIn(member, json.loads(body))
        self.assertEqual([(service, name, 200) for service, name, *_ in self.REST], self.calls())

    def test_paths_in_an_arn_are_escaped_or_not(self):
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{self.name}"
        for written in (arn, arn.replace(":", "%3A"), self.name):
            path = f"/2018-10-31/layers/{written}/versions/1/policy"
            status, body = raw(self.key, "lambda", REGION, "GET", path)
            text = f"Layer version {arn}:1 does not exist."
            self.assertEqual((404, text), (status, json.loads(body)["Message"]), written)

    def test_the_functions_own_calls_must_be_signed_well(self):
        self.key = f"AKIACORDON{self.name}"
        arn = f"arn%3Aaws%3Alambda%3A{REGION}%3A{ACCOUNT}%3Afunction%3Anone%3A%24LATEST"
        path = ("lambda", "GetFunctionConfiguration", "GET", f"/2015-03-31/functions/{arn}/configuration", None, "")
        for service, name, method, path, asked, _ in (*self.REST, path):
            statuses = [
                raw(self.key, service, REGION, method, path, body=asked, secret=secret)[0] for secret in ("other", "secret")
            ]
            self.assertEqual([403, 404 if "LATEST" in path else 200], statuses, f"{service}:{name}")
        for service, name, prefix, asked, _ in self.JSON:
            target = f"{prefix}.{name}"
            status, body = raw(self.key, service, self.region, target=target, body=asked, secret="other")
            self.assertEqual((403, "SignatureDoesNotMatch"), (status, json.loads(body)["__type"]), target)
            self.assertEqual(200, raw(self.key, service, self.region, target=target, body=asked)[0], target)

    def test_changes_are_told_from_reads(self):
        recorder = {"ConfigurationRecorder": {"roleARN": "r"}}
        self.target("config", "PutConfigurationRecorder", "StarlingDoveService", recorder)
        raw(self.key, "xray", self.region, path="/PutEncryptionConfig", body={"Type": "NONE"})
        raw(self.key, "xray", self.region, path="/EncryptionConfig", body={})
        raw(self.key, "guardduty", self.region, "GET", "/detector")
        made = control("GET", f"/_emulator/calls?key={self.key}")
        self.assertEqual([True, True, False, False], [call["mutating"] for call in made])

    def test_refusals_say_their_type(self):
        at = {"ConfigurationRecorderName": "none"}
        status, body = self.target("config", "StartConfigurationRecorder", "StarlingDoveService", at)
        self.assertEqual((400, "NoSuchConfigurationRecorderException"), (status, json.loads(body)["__type"]))
        status, body = self.target("cloudtrail", "StopLogging", "CloudTrail_20131101", {"Name": "none"})
        self.assertEqual((400, "TrailNotFoundException"), (status, json.loads(body)["__type"]))

    def test_what_nobody_has_is_501(self):
        status, _ = self.target("logs", "PutTransformer", "Logs_20140328", {})
        self.assertEqual(501, status)
        self.assertEqual(501, raw(self.key, "xray", self.region, path="/Groups", body={})[0])

    def test_faults_strike_each_service(self):
        rule = {"status": 400, "code": "ThrottlingException", "message": "injected"}
        control("POST", "/_emulator/faults", {"key": self.key, "rules": [rule]})
        for service, name, prefix, asked, _ in self.JSON:
            status, body = self.target(service, name, prefix, asked)
            self.assertEqual((400, "injected"), (status, json.loads(body)["message"]), f"{service}:{name}")
            self.assertTrue(json.loads(body)["__type"].endswith("ThrottlingException"))
        for service, call in (
            ("config", "describe_configuration_recorders"), ("events", "list_rules"), ("logs", "describe_log_groups"),
            ("cloudtrail", "describe_trails"), ("guardduty", "list_detectors"), ("xray", "get_encryption_config"),
            ("lambda", "list_layers"), ("kms", "list_keys"), ("iam", "list_users"),
        ):  # fmt: skip
            of = client(service, self.key, region=self.region)
            self.refused(400, "ThrottlingException", "injected", getattr(of, call))

    def test_a_fault_is_chosen_by_operation_and_may_come_late(self):
        client("guardduty", self.key, region=self.region).create_detector(Enable=True)
        rule = {"service": "guardduty", "operation": "DeleteDetector", "status": 500, "times": 1, "late": True}
        control("POST", "/_emulator/faults", {"key": self.key, "rules": [rule]})
        found = json.loads(raw(self.key, "guardduty", self.region, "GET", "/detector")[1])["detectorIds"]
        status, _ = raw(self.key, "guardduty", self.region, "DELETE", f"/detector/{found[0]}")
        self.assertEqual(500, status)
        found = json.loads(raw(self.key, "guardduty", self.region, "GET", "/detector")[1])["detectorIds"]
        self.assertEqual([], found)


if __name__ == "__main__":
    unittest.main()
