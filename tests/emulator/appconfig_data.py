"""AppConfig's data API over the configurations a test deploys, per account and Region; moto has none.

POST /_emulator/configuration {"region": R, "application": A, "environment": E, "profile": P, "content": C, "account"?,
"interval"?} deploys C, and has clients told to come back after that many seconds (60).

That a token is good for one call, that a new one comes with every answer and that an answer is empty when the client
has the latest version already are documented, and so is the refusal of a token that expired or of a client that comes
too early: BadRequestException, whose details name Corrupted, Expired or PollIntervalNotSatisfied. Tokens do not expire
here. The texts of the errors are inferred, and so is that a used token counts as Corrupted.

https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_StartConfigurationSession.html
https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_GetLatestConfiguration.html
"""

import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass

from accounts import TEST_ACCOUNT
from aws_operations import Call
from messages import Request, Response, json_response

POLL_INTERVAL = 60  # seconds

Place = tuple[str, str, str, str, str]


@dataclass
class Session:
    place: Place
    seen: str | None = None
    not_before: float = 0


class Configurations:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.deployed: dict[Place, tuple[str, int]] = {}
        self.sessions: dict[str, Session] = {}

    def deploy(self, asked: dict) -> None:
        ids = (asked["application"], asked["environment"], asked["profile"])
        with self.lock:
            place = (asked.get("account", TEST_ACCOUNT), asked["region"], *ids)
            self.deployed[place] = (asked["content"], asked.get("interval", POLL_INTERVAL))

    def answer(self, account: str, call: Call, request: Request) -> Response | None:
        with self.lock:
            match call.operation:
                case "StartConfigurationSession":
                    return self.start(account, call.region, json.loads(request.body))
                case "GetLatestConfiguration":
                    return self.latest(request.query.get("configuration_token", [""])[0])
        return None

    def start(self, account: str, region: str, given: dict) -> Response:
        names = ("ApplicationIdentifier", "EnvironmentIdentifier", "ConfigurationProfileIdentifier")
        place = (account, region, *(given[name] for name in names))
        if place not in self.deployed:
            return refused(404, "ResourceNotFoundException", "Configuration not found")
        return json_response(201, {"InitialConfigurationToken": self.token(Session(place))})

    def latest(self, token: str) -> Response:
        session = self.sessions.get(token)
        if session is None:
            return refused(400, "BadRequestException", "Corrupted")
        if time.monotonic() < session.not_before:
            return refused(400, "BadRequestException", "PollIntervalNotSatisfied")
        del self.sessions[token]
        content, interval = self.deployed[session.place]
        version = hashlib.sha256(content.encode()).hexdigest()
        following = Session(session.place, version, time.monotonic() + interval)
        headers = [
            ("Next-Poll-Configuration-Token", self.token(following)),
            ("Next-Poll-Interval-In-Seconds", str(interval)),
            ("Content-Type", "application/json"),
        ]
        return Response(200, b"" if version == session.seen else content.encode(), headers)

    def token(self, session: Session) -> str:
        token = secrets.token_urlsafe(12) + "+/="
        self.sessions[token] = session
        return token


def refused(status: int, code: str, problem: str) -> Response:
    return json_response(status, {"Message": problem}, {"x-amzn-ErrorType": code})
