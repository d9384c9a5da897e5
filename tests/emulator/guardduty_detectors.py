"""GuardDuty's detectors, filters and findings. Of a detector moto 5.2.5 keeps only what it is given: it has no default
features, loses those that an update does not name, makes a second detector, and finds what is not there. It has no
findings.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
"""

import secrets
import threading
import time
from datetime import datetime, timezone

from moto.utilities.utils import get_partition

from accounts import TEST_ACCOUNT
from aws_operations import Call, RestModel
from messages import Request, Response, json_response

# https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_data-sources.html: always there
FOUNDATIONAL = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
# Documented: what is not given is enabled, but for the monitoring of runtimes. That the newer features, which look
# into AI services, are not among them is inferred.
OPTIONAL = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")
OFF = ("RUNTIME_MONITORING",)
PAGE = 50


class Refused(Exception):
    """Each is a BadRequestException. The first two texts and the type are those that users of Terraform got:
    hashicorp/terraform-provider-aws issues 10925 and 11780. The others are inferred."""


class Detectors:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.of: dict[tuple[str, str], dict[str, dict]] = {}
        self.model = RestModel.of("guardduty")
        self.operations = {
            "CreateDetector": create_detector, "GetDetector": get_detector, "UpdateDetector": update_detector,
            "DeleteDetector": delete_detector, "ListDetectors": list_detectors, "CreateFilter": create_filter,
            "GetFilter": get_filter, "UpdateFilter": update_filter, "DeleteFilter": delete_filter,
            "ListFilters": list_filters, "GetFindings": get_findings, "ArchiveFindings": archive_findings,
            "UnarchiveFindings": unarchive_findings,
        }  # fmt: skip

    def clear(self) -> None:
        with self.lock:
            self.of.clear()

    def answer(self, account: str, call: Call, request: Request) -> Response | None:
        if call.operation not in self.operations:
            return None
        given = self.model.parameters(call, request)
        partition = get_partition(call.region)
        service = "guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"
        given["role"] = f"arn:{partition}:iam::{account}:role/aws-service-role/{service}"
        try:
            with self.lock:
                here = self.of.setdefault((account, call.region), {})
                return json_response(200, self.operations[call.operation](here, given))
        except Refused as refused:
            body = {"message": str(refused), "__type": "InvalidInputException"}
            return json_response(400, body, {"x-amzn-ErrorType": "BadRequestException"})

    def find(self, asked: dict) -> None:
        """Lets a detector find something: {"region": R, "detector": D, "finding": as GuardDuty writes it, "account"?}."""
        with self.lock:
            here = self.of[(asked.get("account", TEST_ACCOUNT), asked["region"])]
            here[asked["detector"]]["findings"][asked["finding"]["id"]] = asked["finding"]


def create_detector(here: dict, given: dict) -> dict:
    if here:
        raise Refused("The request is rejected because a detector already exists for the current account.")
    identity, now = secrets.token_hex(16), moment()
    here[identity] = {
        "createdAt": now,
        "updatedAt": now,
        "serviceRole": given["role"],
        "status": enabled(given["Enable"]),
        "findingPublishingFrequency": given.get("FindingPublishingFrequency", "SIX_HOURS"),
        "tags": given.get("Tags", {}),
        "features": {
            **{name: feature(name, "ENABLED") for name in (*FOUNDATIONAL, *OPTIONAL)},
            **{name: feature(name, "DISABLED") for name in OFF},
        },
        "filters": {},
        "findings": {},
    }
    set_features(here[identity], given)
    return {"detectorId": identity}


def feature(name: str, status: str, more: list | None = None) -> dict:
    return {"name": name, "status": status, "updatedAt": int(time.time()), "additionalConfiguration": more or []}


def set_features(detector: dict, given: dict) -> None:
    """Features that are not named stay as they are."""
    for asked in given.get("Features", []):
        if asked["name"] not in (*OPTIONAL, *OFF, "EKS_RUNTIME_MONITORING", "AI_PROTECTION", "AI_ANALYST"):
            raise Refused("The request is rejected because an invalid feature name is specified.")
        more = asked.get("additionalConfiguration")
        detector["features"][asked["name"]] = feature(asked["name"], asked.get("status", "ENABLED"), more)
    for source, member, name in (("s3Logs", "enable", "S3_DATA_EVENTS"),):
        if member in given.get("DataSources", {}).get(source, {}):
            detector["features"][name] = feature(name, enabled(given["DataSources"][source][member]))


def enabled(on: bool) -> str:
    return "ENABLED" if on else "DISABLED"


def get_detector(here: dict, given: dict) -> dict:
    detector = existing(here, given)
    features = detector["features"]

    def source(name: str) -> dict:
        return {"status": features[name]["status"]}

    sources = {
        "cloudTrail": source("CLOUD_TRAIL"),
        "dnsLogs": source("DNS_LOGS"),
        "flowLogs": source("FLOW_LOGS"),
        "s3Logs": source("S3_DATA_EVENTS"),
        "kubernetes": {"auditLogs": source("EKS_AUDIT_LOGS")},
    }
    shown = {name: value for name, value in detector.items() if name not in ("filters", "findings")}
    return {**shown, "dataSources": sources, "features": list(features.values())}


def update_detector(here: dict, given: dict) -> dict:
    detector = existing(here, given)
    set_features(detector, given)
    if "Enable" in given:
        detector["status"] = enabled(given["Enable"])
    if "FindingPublishingFrequency" in given:
        detector["findingPublishingFrequency"] = given["FindingPublishingFrequency"]
    detector["updatedAt"] = moment()
    return {}


def delete_detector(here: dict, given: dict) -> dict:
    existing(here, given)
    del here[given["DetectorId"]]
    return {}


def list_detectors(here: dict, given: dict) -> dict:
    return page(sorted(here), "detectorIds", given)


def create_filter(here: dict, given: dict) -> dict:
    """https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateFilter.html: the default is NOOP."""
    filters = existing(here, given)["filters"]
    if given["Name"] in filters:
        raise Refused("The request is rejected because a filter with the given name already exists.")
    rank = given.get("Rank", len(filters) + 1)
    filters[given["Name"]] = {"name": given["Name"], "action": "NOOP", "rank": rank, "tags": given.get("Tags", {})}
    set_filter(filters[given["Name"]], given)
    return {"name": given["Name"]}


def set_filter(kept: dict, given: dict) -> None:
    if given.get("Action", "NOOP") not in ("NOOP", "ARCHIVE"):
        raise Refused("The request is rejected because the parameter action has an invalid value.")
    names = {"Action": "action", "Description": "description", "FindingCriteria": "findingCriteria", "Rank": "rank"}
    kept.update({shown: given[name] for name, shown in names.items() if name in given})


def get_filter(here: dict, given: dict) -> dict:
    return existing_filter(here, given)


def update_filter(here: dict, given: dict) -> dict:
    set_filter(existing_filter(here, given), given)
    return {"name": given["FilterName"]}


def delete_filter(here: dict, given: dict) -> dict:
    existing_filter(here, given)
    del here[given["DetectorId"]]["filters"][given["FilterName"]]
    return {}


def list_filters(here: dict, given: dict) -> dict:
    return page(list(existing(here, given)["filters"]), "filterNames", given)


def get_findings(here: dict, given: dict) -> dict:
    """https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindings.html: those that are there. That ids of
    none are passed over in silence is inferred."""
    findings = existing(here, given)["findings"]
    return {"findings": [findings[identity] for identity in given["FindingIds"] if identity in findings]}


def archive_findings(here: dict, given: dict, archived: bool = True) -> dict:
    """https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ArchiveFindings.html"""
    findings = existing(here, given)["findings"]
    for identity in given["FindingIds"]:
        if identity in findings:
            findings[identity]["service"]["archived"] = archived
    return {}


def unarchive_findings(here: dict, given: dict) -> dict:
    return archive_findings(here, given, archived=False)


def existing(here: dict, given: dict) -> dict:
    if given["DetectorId"] not in here:
        raise Refused("The request is rejected because the input detectorId is not owned by the current account.")
    return here[given["DetectorId"]]


def existing_filter(here: dict, given: dict) -> dict:
    filters = existing(here, given)["filters"]
    if given["FilterName"] not in filters:
        raise Refused("The request is rejected because no such resource exists.")
    return filters[given["FilterName"]]


def page(names: list[str], member: str, given: dict) -> dict:
    start = int(given.get("NextToken") or 0)
    end = start + min(int(given.get("MaxResults") or PAGE), PAGE)
    return {member: names[start:end], **({"nextToken": str(end)} if end < len(names) else {})}


def moment() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
