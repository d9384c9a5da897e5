"""Prints the records of CloudTrail files that a control may look at, one a line."""

import gzip
import json
import sys

CHANGES = {"iam.amazonaws.com", "events.amazonaws.com", "cloudtrail.amazonaws.com"}


def wanted(record):
    source = record["eventSource"]
    if source == "lambda.amazonaws.com":
        return True
    if record["userIdentity"].get("inScopeOf", {}).get("issuerType") == "AWS::Lambda::Function":
        return True
    return source in CHANGES and record["readOnly"] is False


for path in sys.argv[1:]:
    with gzip.open(path) as file:
        for record in json.loads(file.read())["Records"]:
            if wanted(record):
                print(json.dumps(record, separators=(",", ":")))
