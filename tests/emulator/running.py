"""The emulator as the tests start it, and what every test needs to talk to it."""

import atexit
import itertools
import json
import os
import subprocess
import sys
import unittest
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

REGION = "eu-central-1"
ACCOUNT = "111122223333"
NUMBERS = itertools.count(1)


@cache
def endpoint() -> str:
    command = [sys.executable, str(Path(__file__).with_name("emulator.py")), "--port", "0"]
    settings = {**os.environ, "MOTO_ALLOW_NONEXISTENT_REGION": "true"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=settings)
    atexit.register(stop, process)
    return f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"


def stop(process: subprocess.Popen) -> None:
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def client(service: str, key: str, secret: str = "secret", region: str = REGION, token: str | None = None):
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint(),
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        # The recorded refusals of malformed names come from AWS, not from the client.
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


def raw(
    key: str, service: str, region: str, method: str = "POST", path: str = "/", target: str = "", form: str = "",
    body: object = None, secret: str = "secret",
) -> tuple[int, str]:  # fmt: skip
    """Status and body of a call that no SDK has made: an HTTP request, signed for the service. With a target it is JSON
    1.1, with a form the query protocol, and else REST."""
    content = form if form else "" if body is None else json.dumps(body)
    kind = "application/x-www-form-urlencoded; charset=utf-8" if form else "application/x-amz-json-1.1"
    headers = {"Content-Type": kind, **({"X-Amz-Target": target} if target else {})}
    request = AWSRequest(method, endpoint() + path, headers, content)
    SigV4Auth(Credentials(key, secret), service, region).add_auth(request)
    asked = urllib.request.Request(endpoint() + path, content.encode(), dict(request.headers), method=method)
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def control(method: str, path: str, content: object = None) -> object:
    body = None if content is None else json.dumps(content).encode()
    with urllib.request.urlopen(urllib.request.Request(endpoint() + path, body, method=method)) as answer:
        return json.load(answer)


class EmulatorTest(unittest.TestCase):
    def setUp(self) -> None:
        number = next(NUMBERS)
        self.key, self.name = f"AKIATEST{number}", f"function-{number}"
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"
        self.other = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:doesnotexist"
        self.functions = client("lambda", self.key)

    def create(self, **settings: object) -> dict:
        return self.functions.create_function(
            FunctionName=self.name,
            Role=f"arn:aws:iam::{ACCOUNT}:role/none",
            Runtime="python3.13",
            Handler="index.handler",
            Code={"ZipFile": b"zip"},
            **settings,
        )

    def create_with_alias(self) -> None:
        self.create(Publish=True)
        self.functions.create_alias(FunctionName=self.name, Name="live", FunctionVersion="1")

    def permit(self, sid: str = "s3", **settings: object) -> dict:
        asked = {"Principal": "s3.amazonaws.com", "Action": "lambda:InvokeFunction", **settings}
        answer = self.functions.add_permission(FunctionName=self.name, StatementId=sid, **asked)
        self.assertEqual(201, answer["ResponseMetadata"]["HTTPStatusCode"])
        return json.loads(answer["Statement"])

    def refused(self, status: int, code: str, message: str | None, call, **parameters: object) -> dict:
        """The call fails exactly so; gives the whole parsed answer."""
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        answer = caught.exception.response
        given = answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]
        self.assertEqual((status, code, message), given)
        return answer

    def not_found(self, message: str, call, **parameters: object) -> None:
        """Recorded: 404 bodies spell the member Message."""
        answer = self.refused(404, "ResourceNotFoundException", message, call, **parameters)
        self.assertEqual(message, answer["Message"])

    def invalid(self, message: str, call, **parameters: object) -> None:
        """Recorded: 400 bodies spell the member message."""
        answer = self.refused(400, "InvalidParameterValueException", message, call, **parameters)
        self.assertEqual(message, answer["message"])
