"""Account Management's ListRegions: a test's account has the Region it signs for, and those the test says.

POST /_emulator/regions {"region": R, "regions": [...]} sets what calls signed for R are answered, in place of what was
set before: names, which are then ENABLED_BY_DEFAULT, or {"RegionName": ..., "RegionOptStatus": ...}. R itself comes
first unless it is among them.

https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html
"""

import json
import threading

from aws_operations import Call
from messages import Request, Response, json_response

PAGE = 50


class Regions:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.of: dict[str, list[dict]] = {}

    def set(self, asked: dict) -> None:
        given = [by_default(region) if isinstance(region, str) else dict(region) for region in asked["regions"]]
        if any(set(region) != {"RegionName", "RegionOptStatus"} for region in given):
            raise ValueError("a Region has a RegionName and a RegionOptStatus")
        with self.lock:
            self.of[asked["region"]] = given

    def together(self, one: str, other: str) -> bool:
        """Whether a test gave one to the other as a further Region of its account."""
        with self.lock:
            of = {region: [known["RegionName"] for known in self.of.get(region, [])] for region in (one, other)}
        return other in of[one] or one in of[other]

    def answer(self, call: Call, request: Request) -> Response | None:
        if call.operation != "ListRegions":
            return None
        given = json.loads(request.body or b"{}")
        with self.lock:
            found = list(self.of.get(call.region, []))
        if call.region not in [region["RegionName"] for region in found]:
            found.insert(0, by_default(call.region))
        if wanted := given.get("RegionOptStatusContains"):
            found = [region for region in found if region["RegionOptStatus"] in wanted]
        try:
            start = int(given.get("NextToken") or 0)
        except ValueError:
            return json_response(400, {"message": "NextToken"}, {"x-amzn-ErrorType": "ValidationException"})
        end = start + min(given.get("MaxResults") or PAGE, PAGE)
        more = {"NextToken": str(end)} if end < len(found) else {}
        return json_response(200, {"Regions": found[start:end], **more})


def by_default(name: str) -> dict:
    return {"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"}
