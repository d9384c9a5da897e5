"""Prints the records of CloudTrail files that a control may look at, one a line."""

import gzip
import json
import sys

CHANGES = {
    "lambda.amazonaws.com",
    "iam.amazonaws.com",
    "events.amazonaws.com",
    "cloudtrail.amazonaws.com",
}


def wanted(record):
    source = record["eventSource"]
    if source in CHANGES and record["readOnly"] is False:
        return True
    scope = record["userIdentity"].get("inScopeOf", {})
    return scope.get("issuerType") == "AWS::Lambda::Function" and source != "logs.amazonaws.com"


for path in sys.argv[1:]:
    with gzip.open(path) as file:
        for record in json.loads(file.read())["Records"]:
            if wanted(record):
                print(json.dumps(record, separators=(",", ":")))
