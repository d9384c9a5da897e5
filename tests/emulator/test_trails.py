"""CloudTrail's trails: what is documented, and inferred texts are not held against anything."""

import unittest

from botocore.exceptions import ClientError
from running import ACCOUNT, EmulatorTest, client, control

EVERY_FUNCTION = {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}
ADVANCED = [
    {
        "Name": "Lambda data events, but for our own",
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]},
            {"Field": "readOnly", "Equals": ["false"]},
            {"Field": "resources.ARN", "NotStartsWith": ["arn:aws:lambda:eu-central-1:111122223333:function:own"]},
        ],
    },
    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
]


class TrailTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        # Trails of one Region do not see each other's tests.
        self.region = f"xx-trail{self.name.rpartition('-')[2]}-1"
        self.trails = self.of(self.region)
        self.bucket = f"logs-{self.name}"
        here = {"LocationConstraint": self.region}
        client("s3", self.key, region=self.region).create_bucket(Bucket=self.bucket, CreateBucketConfiguration=here)
        self.arn = f"arn:aws:cloudtrail:{self.region}:{ACCOUNT}:trail/{self.name}"

    def of(self, region: str):
        return client("cloudtrail", self.key, region=region)

    def create_trail(self, **settings: object) -> dict:
        return self.trails.create_trail(Name=self.name, S3BucketName=self.bucket, **settings)

    def code(self, call, **asked: object) -> str:
        with self.assertRaises(ClientError) as caught:
            call(**asked)
        return caught.exception.response["Error"]["Code"]

    def selectors(self) -> dict:
        found = self.trails.get_event_selectors(TrailName=self.name)
        return {name: value for name, value in found.items() if name not in ("ResponseMetadata", "TrailARN")}


class Trails(TrailTest):
    def test_made_changed_and_deleted(self):
        made = self.create_trail(IsMultiRegionTrail=True, IsOrganizationTrail=True, EnableLogFileValidation=True)
        self.assertEqual(self.arn, made["TrailARN"])
        self.assertEqual("TrailAlreadyExistsException", self.code(self.create_trail))
        for name in (self.name, self.arn):
            trail = self.trails.get_trail(Name=name)["Trail"]
            self.assertTrue(trail["IsMultiRegionTrail"] and trail["IsOrganizationTrail"])
            self.assertTrue(trail["LogFileValidationEnabled"] and trail["IncludeGlobalServiceEvents"])
            self.assertEqual((self.region, False), (trail["HomeRegion"], trail["HasCustomEventSelectors"]))
            self.assertNotIn("KmsKeyId", trail)
        self.trails.update_trail(Name=self.arn, IsMultiRegionTrail=False, IncludeGlobalServiceEvents=False)
        trail = self.trails.describe_trails()["trailList"][0]
        self.assertFalse(trail["IsMultiRegionTrail"] or trail["IncludeGlobalServiceEvents"])
        self.assertTrue(trail["LogFileValidationEnabled"])
        for code, asked in (
            ("InvalidParameterCombinationException", {"IsMultiRegionTrail": True}),
            ("S3BucketDoesNotExistException", {"S3BucketName": "nowhere"}),
        ):
            self.assertEqual(code, self.code(self.trails.update_trail, Name=self.name, **asked))
        self.trails.delete_trail(Name=self.arn)
        self.assertEqual([], self.trails.describe_trails()["trailList"])
        for call in (
            self.trails.delete_trail, self.trails.get_trail, self.trails.get_trail_status, self.trails.start_logging,
            self.trails.stop_logging, self.trails.update_trail,
        ):  # fmt: skip
            self.assertEqual("TrailNotFoundException", self.code(call, Name=self.name))

    def test_logging_is_stopped_and_started(self):
        self.create_trail()
        status = self.trails.get_trail_status
        self.assertFalse(status(Name=self.name)["IsLogging"])
        self.trails.start_logging(Name=self.name)
        self.assertTrue(status(Name=self.arn)["IsLogging"])
        self.trails.stop_logging(Name=self.arn)
        stopped = status(Name=self.name)
        self.assertEqual((False, True), (stopped["IsLogging"], "StopLoggingTime" in stopped))
        self.trails.start_logging(Name=self.name)
        self.assertTrue(status(Name=self.name)["IsLogging"])

    def test_described_by_name(self):
        self.create_trail()
        for wanted, found in (([self.name], 1), ([self.arn], 1), (["other"], 0), ([], 1)):
            self.assertEqual(found, len(self.trails.describe_trails(trailNameList=wanted)["trailList"]), wanted)

    def test_shadows_are_seen_in_the_accounts_regions_and_changed_at_home(self):
        self.create_trail(IsMultiRegionTrail=True)
        self.trails.start_logging(Name=self.name)
        elsewhere = self.of(f"{self.region[:-2]}x-1")
        self.assertEqual(([], []), (elsewhere.describe_trails()["trailList"], elsewhere.list_trails()["Trails"]))
        control("POST", "/_emulator/regions", {"region": self.region, "regions": [elsewhere.meta.region_name]})
        shadow = elsewhere.describe_trails()["trailList"][0]
        self.assertEqual((self.arn, self.region), (shadow["TrailARN"], shadow["HomeRegion"]))
        self.assertEqual([], elsewhere.describe_trails(includeShadowTrails=False)["trailList"])
        self.assertEqual([self.arn], [trail["TrailARN"] for trail in elsewhere.list_trails()["Trails"]])
        self.assertTrue(elsewhere.get_trail_status(Name=self.arn)["IsLogging"])
        self.assertEqual("TrailNotFoundException", self.code(elsewhere.get_trail_status, Name=self.name))
        for call in (elsewhere.stop_logging, elsewhere.update_trail, elsewhere.delete_trail):
            self.assertEqual("InvalidHomeRegionException", self.code(call, Name=self.arn))
        self.assertTrue(self.trails.get_trail_status(Name=self.name)["IsLogging"])
        self.trails.update_trail(Name=self.name, IsMultiRegionTrail=False)
        self.assertEqual([], elsewhere.describe_trails()["trailList"])


class Selectors(TrailTest):
    DEFAULT = {
        "ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], "ExcludeManagementEventSources": [],
    }  # fmt: skip

    def setUp(self) -> None:
        super().setUp()
        self.create_trail()

    def custom(self) -> bool:
        return self.trails.get_trail(Name=self.name)["Trail"]["HasCustomEventSelectors"]

    def test_by_default_management_events_only(self):
        self.assertEqual({"EventSelectors": [self.DEFAULT]}, self.selectors())

    def test_basic_and_advanced_ones_replace_each_other_and_are_kept_exactly(self):
        put = self.trails.put_event_selectors
        basic = {**self.DEFAULT, "DataResources": [EVERY_FUNCTION]}
        put(TrailName=self.name, EventSelectors=[{"DataResources": [EVERY_FUNCTION]}])
        self.assertEqual({"EventSelectors": [basic]}, self.selectors())
        answer = put(TrailName=self.arn, AdvancedEventSelectors=ADVANCED)
        self.assertEqual(ADVANCED, answer["AdvancedEventSelectors"])
        self.assertEqual(({"AdvancedEventSelectors": ADVANCED}, True), (self.selectors(), self.custom()))
        put(TrailName=self.name, EventSelectors=[basic])
        self.assertEqual({"EventSelectors": [basic]}, self.selectors())
        put(TrailName=self.name, EventSelectors=[self.DEFAULT])
        self.assertEqual(({"EventSelectors": [self.DEFAULT]}, False), (self.selectors(), self.custom()))

    def test_refusals(self):
        other = {"Type": "AWS::S3::Bucket", "Values": []}
        data = {"Field": "eventCategory", "Equals": ["Data"]}
        for asked in (
            {"EventSelectors": [self.DEFAULT], "AdvancedEventSelectors": ADVANCED},
            {},
            {"EventSelectors": []},
            {"EventSelectors": [self.DEFAULT] * 6},
            {"EventSelectors": [{"DataResources": [other]}]},
            {"AdvancedEventSelectors": [{"FieldSelectors": [data]}]},
            {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "readOnly", "Equals": ["true"]}]}]},
        ):
            with self.subTest(asked):
                code = self.code(self.trails.put_event_selectors, TrailName=self.name, **asked)
                self.assertEqual("InvalidEventSelectorsException", code)
        self.assertEqual({"EventSelectors": [self.DEFAULT]}, self.selectors())


if __name__ == "__main__":
    unittest.main()
