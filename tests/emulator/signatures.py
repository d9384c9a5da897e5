"""Signature Version 4, checked where it may be that no SDK has signed: the calls that read a delivered control policy,
and those to the services that are spoken to without one.

moto checks no signature. Only the tests' own function is held to this, because only its secret is known. How a
signature is made is documented, status and code of the refusal are too, and its text is inferred.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

import hashlib
import hmac
import re
from urllib.parse import quote

from aws_operations import Call
from messages import Request, Response, json_response, xml_error

CHECKED = (
    "appconfig", "cloudtrail", "config", "events", "guardduty", "kms", "lambda", "logs", "s3", "sqs", "ssm", "xray",
)  # fmt: skip
FUNCTION, SECRET = "AKIACORDON", "secret"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/]+/(?P<scope>[^,]+), ?SignedHeaders=(?P<names>[^,]+), ?Signature=(?P<signature>.+)"
)


def refusal(call: Call, request: Request) -> Response | None:
    if call.service not in CHECKED or not call.key.startswith(FUNCTION):
        return None
    given = AUTHORIZATION.fullmatch(request.headers["authorization"])
    if given and {"host", "x-amz-date"} <= set(given["names"].split(";")):
        if hmac.compare_digest(given["signature"], signature(request, call.service, given["scope"], given["names"])):
            return None
    code, message = "SignatureDoesNotMatch", "The request signature we calculated does not match."
    if call.service == "s3":
        return xml_error(403, code, message, bare=True)
    return json_response(403, {"__type": code, "message": message}, {"x-amzn-ErrorType": code})


def signature(request: Request, service: str, scope: str, names: str) -> str:
    """Documented: every service but S3 has what is escaped in the path escaped once more."""
    path = request.path if service == "s3" else quote(request.path, safe="/-_.~")
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query(request))
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names.split(";"))
    body = hashlib.sha256(request.body).hexdigest()
    lines = [request.method, path, "&".join(f"{name}={value}" for name, value in pairs), headers, names, body]
    canonical = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers.get("x-amz-date", ""), scope, canonical])
    return hmac.digest(key, text.encode(), "sha256").hex()


def query(request: Request) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.query.items() for value in values]
