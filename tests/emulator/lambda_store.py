"""What Lambda keeps in one account and Region."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote

from lambda_names import LATEST, Place, Target, invalid, no_such_function, not_found

if TYPE_CHECKING:
    from lambda_policy import Policy

# https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html: never more than 50 a page.
PAGE = 50


@dataclass
class Answer:
    status: int
    body: dict | bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Function:
    arn: str
    latest: dict
    tags: dict[str, str]
    versions: dict[str, dict] = field(default_factory=dict)
    aliases: dict[str, dict] = field(default_factory=dict)
    policies: dict[str | None, Policy] = field(default_factory=dict)
    urls: dict[str | None, dict] = field(default_factory=dict)
    invoke_configs: dict[str, dict] = field(default_factory=dict)
    provisioned: dict[str, dict] = field(default_factory=dict)
    scaling: dict[str, dict] = field(default_factory=dict)
    archives: dict[str, bytes] = field(default_factory=dict)  # by version
    image: dict | None = None
    code_signing: str | None = None  # the configuration's ARN
    recursive_loop: str = "Terminate"
    reserved: int | None = None
    last_version: int = 0
    changed_since_publishing: bool = True

    def configuration(self, qualifier: str | None) -> dict | None:
        """As GetFunctionConfiguration shows it, under the ARN it was asked by; None if there is no such qualifier."""
        if qualifier in (None, LATEST):
            found = self.latest
        else:
            found = self.versions.get(self.version_of(qualifier))
        arn = f"{self.arn}:{qualifier}" if qualifier else self.arn
        return {**found, "FunctionArn": arn} if found else None

    def version_of(self, qualifier: str) -> str:
        return self.aliases[qualifier]["FunctionVersion"] if qualifier in self.aliases else qualifier

    def forget(self, qualifier: str) -> None:
        """What hangs on a version or alias ends with it."""
        for kept in (self.policies, self.urls, self.provisioned, self.invoke_configs, self.scaling):
            kept.pop(qualifier, None)

    def touch(self) -> None:
        """Recorded: changing code, configuration or tags and publishing give $LATEST a new RevisionId."""
        self.latest["RevisionId"] = str(uuid.uuid4())

    def provisioned_total(self) -> int:
        return sum(config["RequestedProvisionedConcurrentExecutions"] for config in self.provisioned.values())


@dataclass
class LayerVersion:
    content: bytes
    shown: dict
    policy: Policy | None = None
    signature: dict[str, str] = field(default_factory=dict)


@dataclass
class Layer:
    arn: str
    versions: dict[int, LayerVersion] = field(default_factory=dict)
    last_version: int = 0


@dataclass
class Store:
    place: Place
    accounts: dict[tuple[str, str], Store]  # every account's in every Region
    functions: dict[str, Function] = field(default_factory=dict)
    event_sources: dict[str, dict] = field(default_factory=dict)
    durable: dict[str, dict] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    signing: dict[str, dict] = field(default_factory=dict)  # code signing configurations
    host: str = ""  # as the request that is being answered names the emulator

    def link(self, kind: str, name: str, version: str, account: str | None = None) -> str:
        """To an archive, where AWS has a presigned URL: good for whoever has it."""
        owner = account or self.place.account
        return f"http://{self.host}/_emulator/{kind}/{owner}/{self.place.region}/{name}/{quote(version)}"

    def function(self, at: Target) -> Function:
        """The function whatever the qualifier, or the recorded 404 with the name as given."""
        if at.name not in self.functions:
            raise no_such_function(at.arn)
        return self.functions[at.name]

    def existing(self, at: Target) -> Function:
        """The function, if its version or alias exists too. Recorded: only names that can be aliases get
        "Cannot find alias arn"."""
        function = self.functions.get(at.name)
        if function and (at.qualifier in (None, LATEST) or at.qualifier in {*function.versions, *function.aliases}):
            return function
        if at.qualifier is None or at.qualifier.isdigit() or "$" in at.qualifier:
            raise no_such_function(at.arn)
        raise not_found(f"Cannot find alias arn: {at.arn}")


def unqualified(at: Target) -> None:
    if at.qualifier:
        raise invalid(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this "
            "operation. Please specify either a function name or an unqualified function ARN."
        )


def page(items: list[dict], member: str, given: dict, default: int = PAGE, most: int = PAGE) -> dict:
    start = marked(given["Marker"]) if given.get("Marker") else 0
    end = start + min(given.get("MaxItems") or default, most)
    answer: dict = {member: items[start:end]}
    if end < len(items):
        answer["NextMarker"] = base64.b64encode(str(end).encode()).decode()
    return answer


def marked(marker: str) -> int:
    try:
        return int(base64.b64decode(marker, validate=True))
    except ValueError as error:
        raise invalid("The provided marker is invalid.") from error


def digest(archive: bytes) -> str:
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
