"""What watches beside trails: AWS Config's recorder, GuardDuty's detector, and EventBridge's rules."""

import unittest

from botocore.exceptions import ClientError
from running import ACCOUNT, EmulatorTest, client, control

NO_DETECTOR = "The request is rejected because the input detectorId is not owned by the current account."


class WatcherTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.region = f"xx-watch{self.name.rpartition('-')[2]}-1"

    def of(self, service: str):
        return client(service, self.key, region=self.region)


class Recorders(WatcherTest):
    ROLE = f"arn:aws:iam::{ACCOUNT}:role/config"

    def setUp(self) -> None:
        super().setUp()
        self.config = self.of("config")

    def put(self, **settings: object) -> None:
        self.config.put_configuration_recorder(ConfigurationRecorder={"roleARN": self.ROLE, **settings})

    def status(self) -> dict:
        return self.config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]

    def test_stopped_and_started_again(self):
        self.put()
        self.assertEqual(("default", False), (self.status()["name"], self.status()["recording"]))
        at = {"ConfigurationRecorderName": "default"}
        with self.assertRaises(self.config.exceptions.NoAvailableDeliveryChannelException):
            self.config.start_configuration_recorder(**at)
        self.config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "bucket"})
        self.config.start_configuration_recorder(**at)
        self.assertEqual((True, "Success"), (self.status()["recording"], self.status()["lastStatus"]))
        for _ in range(2):
            self.config.stop_configuration_recorder(**at)
        self.assertEqual((False, True), (self.status()["recording"], "lastStopTime" in self.status()))
        self.config.start_configuration_recorder(**at)
        self.put(recordingGroup={"allSupported": True, "includeGlobalResourceTypes": True})
        self.assertTrue(self.status()["recording"])

    def test_deleted_and_made_again_as_it_was(self):
        group = {"allSupported": False, "resourceTypes": ["AWS::Lambda::Function"]}
        mode = {"recordingFrequency": "DAILY"}
        self.put(name="own", recordingGroup=group, recordingMode=mode)
        describe = self.config.describe_configuration_recorders
        before = describe(ConfigurationRecorderNames=["own"])["ConfigurationRecorders"][0]
        self.assertEqual((mode, self.ROLE), (before["recordingMode"], before["roleARN"]))
        self.assertTrue(before["arn"].startswith(f"arn:aws:config:{self.region}:{ACCOUNT}:configuration-recorder/own/"))
        with self.assertRaises(self.config.exceptions.MaxNumberOfConfigurationRecordersExceededException):
            self.put(name="second")
        self.config.delete_configuration_recorder(ConfigurationRecorderName="own")
        self.assertEqual([], describe()["ConfigurationRecorders"])
        for call in (
            self.config.start_configuration_recorder, self.config.stop_configuration_recorder,
            self.config.delete_configuration_recorder,
        ):  # fmt: skip
            with self.assertRaises(self.config.exceptions.NoSuchConfigurationRecorderException):
                call(ConfigurationRecorderName="own")
        self.config.put_configuration_recorder(ConfigurationRecorder=before)
        self.assertEqual(before, describe()["ConfigurationRecorders"][0])


class Detectors(WatcherTest):
    def setUp(self) -> None:
        super().setUp()
        self.guard = self.of("guardduty")
        self.at = {"DetectorId": self.guard.create_detector(Enable=True)["DetectorId"]}

    def features(self) -> dict[str, str]:
        found = self.guard.get_detector(**self.at)["Features"]
        return {feature["Name"]: feature["Status"] for feature in found}

    def bad_request(self, text: str, call, **asked: object) -> None:
        self.refused(400, "BadRequestException", text, call, **asked)

    def test_a_new_one_watches_everything_but_runtimes(self):
        names = (
            "CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS", "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION",
            "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS",
        )  # fmt: skip
        self.assertEqual({**dict.fromkeys(names, "ENABLED"), "RUNTIME_MONITORING": "DISABLED"}, self.features())
        found = self.guard.get_detector(**self.at)
        self.assertEqual(("ENABLED", "SIX_HOURS"), (found["Status"], found["FindingPublishingFrequency"]))
        self.assertEqual([self.at["DetectorId"]], self.guard.list_detectors()["DetectorIds"])
        text = "The request is rejected because a detector already exists for the current account."
        self.bad_request(text, self.guard.create_detector, Enable=True)

    def test_turned_off_and_on(self):
        off = [{"Name": "LAMBDA_NETWORK_LOGS", "Status": "DISABLED"}]
        before = self.features()
        self.guard.update_detector(**self.at, Features=off)
        self.assertEqual({**before, "LAMBDA_NETWORK_LOGS": "DISABLED"}, self.features())
        for enable, status in ((False, "DISABLED"), (True, "ENABLED")):
            self.guard.update_detector(**self.at, Enable=enable)
            self.assertEqual(status, self.guard.get_detector(**self.at)["Status"])
        self.guard.update_detector(**self.at, Features=[{**off[0], "Status": "ENABLED"}])
        self.assertEqual(before, self.features())

    def test_deleted(self):
        self.guard.delete_detector(**self.at)
        self.assertEqual([], self.guard.list_detectors()["DetectorIds"])
        for call in (
            self.guard.get_detector, self.guard.update_detector, self.guard.delete_detector, self.guard.list_filters,
        ):  # fmt: skip
            self.bad_request(NO_DETECTOR, call, **self.at)
        self.guard.create_detector(Enable=True)

    def test_filters(self):
        criteria = {"Criterion": {"type": {"Equals": ["Backdoor:Lambda/C&CActivity.B"]}}}
        self.guard.create_filter(**self.at, Name="noise", Action="ARCHIVE", FindingCriteria=criteria)
        self.guard.create_filter(**self.at, Name="look", FindingCriteria=criteria)
        found = self.guard.get_filter(**self.at, FilterName="noise")
        self.assertEqual(("ARCHIVE", criteria, 1), (found["Action"], found["FindingCriteria"], found["Rank"]))
        self.assertEqual("NOOP", self.guard.get_filter(**self.at, FilterName="look")["Action"])
        self.assertEqual(["noise", "look"], self.guard.list_filters(**self.at)["FilterNames"])
        self.guard.update_filter(**self.at, FilterName="noise", Action="NOOP")
        found = self.guard.get_filter(**self.at, FilterName="noise")
        self.assertEqual(("NOOP", criteria), (found["Action"], found["FindingCriteria"]))
        self.guard.delete_filter(**self.at, FilterName="noise")
        for call, asked in (
            (self.guard.get_filter, {"FilterName": "noise"}),
            (self.guard.delete_filter, {"FilterName": "noise"}),
            (self.guard.create_filter, {"Name": "look", "FindingCriteria": criteria}),
            (self.guard.create_filter, {"Name": "new", "Action": "DELETE", "FindingCriteria": criteria}),
        ):
            with self.assertRaises(self.guard.exceptions.BadRequestException):  # texts are inferred
                call(**self.at, **asked)


    def test_findings(self):
        identity = "5ac1b2d3e4f5061728394a5b6c7d8e9f"
        finding = {"id": identity, "type": "Backdoor:Lambda/C&CActivity.B", "severity": 8.0, "service": {"archived": False}}
        control("POST", "/_emulator/finding", {"region": self.region, "detector": self.at["DetectorId"], "finding": finding})
        asked = {**self.at, "FindingIds": ["none", identity]}
        archived = lambda: [found["Service"]["Archived"] for found in self.guard.get_findings(**asked)["Findings"]]
        self.assertEqual([False], archived())
        found = self.guard.get_findings(**asked)["Findings"][0]
        self.assertEqual((identity, finding["type"], 8.0), (found["Id"], found["Type"], found["Severity"]))
        self.guard.archive_findings(**asked)
        self.assertEqual([True], archived())
        self.guard.unarchive_findings(**asked)
        self.assertEqual([False], archived())
        self.guard.delete_detector(**self.at)
        self.bad_request(NO_DETECTOR, self.guard.get_findings, **asked)


class Rules(WatcherTest):
    PATTERN = '{"source": [ "aws.iam" ],  "detail":{"eventName":["CreateUser", {"prefix": "CreateAccess"}]}}'
    WITH_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

    def setUp(self) -> None:
        super().setUp()
        self.events = self.of("events")
        asked = {"EventPattern": self.PATTERN, "State": self.WITH_READS, "Description": "d"}
        self.rule = self.events.put_rule(Name="watch", **asked)
        function = f"arn:aws:lambda:{self.region}:{ACCOUNT}:function"
        queue = f"arn:aws:sqs:{self.region}:{ACCOUNT}:failed"
        self.target = {
            "Id": "one",
            "Arn": f"{function}:own",
            "DeadLetterConfig": {"Arn": queue},
            "RetryPolicy": {"MaximumRetryAttempts": 9},
        }
        self.second = {"Id": "two", "Arn": f"{function}:other", "Input": '{"constant": true}'}
        answer = self.events.put_targets(Rule="watch", Targets=[self.target, self.second])
        self.assertEqual((0, []), (answer["FailedEntryCount"], answer["FailedEntries"]))

    def shown(self) -> dict:
        return self.events.describe_rule(Name="watch")

    def targets(self) -> list[dict]:
        return self.events.list_targets_by_rule(Rule="watch")["Targets"]

    def test_its_pattern_is_kept_to_the_byte(self):
        found = self.shown()
        self.assertEqual((self.PATTERN, self.WITH_READS), (found["EventPattern"], found["State"]))
        self.assertEqual(self.rule["RuleArn"], found["Arn"])
        self.assertEqual(f"arn:aws:events:{self.region}:{ACCOUNT}:rule/watch", found["Arn"])

    def test_disabled_and_put_back(self):
        self.events.disable_rule(Name="watch")
        self.assertEqual("DISABLED", self.shown()["State"])
        self.events.enable_rule(Name="watch")
        self.assertEqual("ENABLED", self.shown()["State"])
        self.events.put_rule(Name="watch", EventPattern=self.PATTERN)  # what is not given is not kept
        self.assertNotIn("Description", self.shown())
        self.assertEqual([self.target, self.second], self.targets())

    def test_targets_are_changed_and_put_back(self):
        self.events.put_targets(Rule="watch", Targets=[{**self.target, "Arn": self.second["Arn"]}])
        self.assertEqual([self.second["Arn"]] * 2, [target["Arn"] for target in self.targets()])
        self.events.put_targets(Rule="watch", Targets=[self.target])
        self.events.remove_targets(Rule="watch", Ids=["two"])
        self.assertEqual([self.target], self.targets())
        six = [{"Id": str(number), "Arn": self.target["Arn"]} for number in range(5)]
        with self.assertRaises(self.events.exceptions.LimitExceededException):
            self.events.put_targets(Rule="watch", Targets=six)
        self.assertEqual([self.target], self.targets())

    def test_rules_of_a_target(self):
        self.events.put_rule(Name="another", EventPattern=self.PATTERN)
        self.events.put_targets(Rule="another", Targets=[self.second])
        names = self.events.list_rule_names_by_target
        self.assertEqual(["watch"], names(TargetArn=self.target["Arn"])["RuleNames"])
        self.assertEqual({"watch", "another"}, set(names(TargetArn=self.second["Arn"])["RuleNames"]))
        self.assertEqual([], names(TargetArn=f"{self.target['Arn']}:live")["RuleNames"])
        with self.assertRaisesRegex(ClientError, "Rule can't be deleted since it has targets."):
            self.events.delete_rule(Name="another")

    def test_rules_that_are_not_there(self):
        text = "Rule none does not exist on EventBus default."
        for call, asked in (
            (self.events.describe_rule, {"Name": "none"}),
            (self.events.enable_rule, {"Name": "none"}),
            (self.events.disable_rule, {"Name": "none"}),
            (self.events.list_targets_by_rule, {"Rule": "none"}),
            (self.events.put_targets, {"Rule": "none", "Targets": [self.target]}),
            (self.events.remove_targets, {"Rule": "none", "Ids": ["one"]}),
        ):
            self.refused(400, "ResourceNotFoundException", text, call, **asked)
        self.events.delete_rule(Name="none")  # succeeds


if __name__ == "__main__":
    unittest.main()
