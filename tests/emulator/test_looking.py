"""What is looked at from outside Lambda: the account's Regions and its trail."""

import json
import unittest
from datetime import datetime, timezone

from running import ACCOUNT, EmulatorTest, client, control


class Regions(EmulatorTest):
    def names(self, region: str, **asked: object) -> list[tuple[str, str]]:
        found = client("account", self.key, region=region).list_regions(**asked)
        return [(given["RegionName"], given["RegionOptStatus"]) for given in found["Regions"]]

    def test_the_signed_one_and_those_that_were_set(self):
        self.assertEqual([("xx-regiona-1", "ENABLED_BY_DEFAULT")], self.names("xx-regiona-1"))
        off = {"RegionName": "xx-off-1", "RegionOptStatus": "DISABLED"}
        control("POST", "/_emulator/regions", {"region": "xx-regionb-1", "regions": ["us-east-1", off]})
        here = [("xx-regionb-1", "ENABLED_BY_DEFAULT"), ("us-east-1", "ENABLED_BY_DEFAULT"), ("xx-off-1", "DISABLED")]
        self.assertEqual(here, self.names("xx-regionb-1"))
        enabled = self.names("xx-regionb-1", RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])
        self.assertEqual(here[:2], enabled)
        self.assertEqual([("xx-regiona-1", "ENABLED_BY_DEFAULT")], self.names("xx-regiona-1"))

    def test_pages(self):
        control("POST", "/_emulator/regions", {"region": "xx-pages-1", "regions": [f"xx-r{n}-1" for n in range(59)]})
        account = client("account", self.key, region="xx-pages-1")
        self.assertEqual(50, len(account.list_regions()["Regions"]))
        pages = account.get_paginator("list_regions").paginate(PaginationConfig={"PageSize": 25})
        self.assertEqual(60, len({region["RegionName"] for page in pages for region in page["Regions"]}))


def record(number: int, **more: object) -> dict:
    return {
        "eventID": f"id-{number}",
        "eventName": "UpdateFunctionCode20150331v2",
        "eventSource": "lambda.amazonaws.com",
        "eventTime": f"2026-11-01T10:{number:02}:00Z",
        "readOnly": False,
        "userIdentity": {
            "type": "AssumedRole",
            "accessKeyId": "ASIAONE",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/session",
        },
        "requestParameters": {"functionName": "f"},
        **more,
    }


class TrailTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.region = f"xx-{self.name}-1"
        self.trail = client("cloudtrail", self.key, region=self.region)

    def seed(self, *events: dict) -> None:
        control("POST", "/_emulator/trail", {"region": self.region, "events": list(events)})

    def ids(self, key: str | None = None, value: str = "", **asked: object) -> list[str]:
        attributes = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]} if key else {}
        return [event["EventId"] for event in self.trail.lookup_events(**attributes, **asked)["Events"]]

    def test_an_event(self):
        given = record(1)
        self.seed(given)
        found = self.trail.lookup_events()["Events"][0]
        self.assertEqual(given, json.loads(found.pop("CloudTrailEvent")))
        self.assertEqual(datetime(2026, 11, 1, 10, 1, tzinfo=timezone.utc), found.pop("EventTime"))
        expected = {
            "EventId": "id-1", "EventName": "UpdateFunctionCode20150331v2", "EventSource": "lambda.amazonaws.com",
            "AccessKeyId": "ASIAONE", "Username": "session", "ReadOnly": "false",
            "Resources": [{"ResourceType": "AWS::Lambda::Function", "ResourceName": "f"}],
        }  # fmt: skip
        self.assertEqual(expected, found)

    def test_newest_first_by_attribute_and_time(self):
        user = {"type": "IAMUser", "userName": "alice", "accessKeyId": "AKIATWO"}
        self.seed(record(2), record(9, eventName="DeleteFunction"), record(5, userIdentity=user))
        self.seed(record(7, resources=[{"ARN": "arn:x", "type": "AWS::X"}], requestParameters=None))
        self.assertEqual(["id-9", "id-7", "id-5", "id-2"], self.ids())
        for key, value, found in (
            ("AccessKeyId", "AKIATWO", ["id-5"]),
            ("AccessKeyId", "AKIANOBODY", []),
            ("Username", "alice", ["id-5"]),
            ("EventName", "DeleteFunction", ["id-9"]),
            ("EventId", "id-2", ["id-2"]),
            ("ResourceName", "f", ["id-9", "id-5", "id-2"]),
            ("ResourceName", "arn:x", ["id-7"]),
        ):
            self.assertEqual(found, self.ids(key, value))
        start = datetime(2026, 11, 1, 10, 5, tzinfo=timezone.utc)
        end = datetime(2026, 11, 1, 10, 7, tzinfo=timezone.utc)
        self.assertEqual(["id-7", "id-5"], self.ids(StartTime=start, EndTime=end))
        self.assertEqual([], client("cloudtrail", self.key, region="xx-elsewhere-1").lookup_events()["Events"])

    def test_pages_and_refusals(self):
        self.seed(*(record(number % 60, eventID=f"id-{number}") for number in range(120)))
        pages = self.trail.get_paginator("lookup_events").paginate()
        sizes = [len(page["Events"]) for page in pages]
        self.assertEqual([50, 50, 20], sizes)
        two = [{"AttributeKey": "EventName", "AttributeValue": "x"}] * 2
        late, early = datetime(2026, 11, 2), datetime(2026, 11, 1)
        for code, asked in (
            ("InvalidLookupAttributesException", {"LookupAttributes": two}),
            ("InvalidTimeRangeException", {"StartTime": late, "EndTime": early}),
            ("InvalidMaxResultsException", {"MaxResults": 51}),
            ("InvalidNextTokenException", {"NextToken": "no"}),
        ):
            self.refused(400, code, code, self.trail.lookup_events, **asked)


if __name__ == "__main__":
    unittest.main()
