"""HTTP requests and answers as the parts of the emulator pass them on."""

import json
from dataclasses import dataclass, field


@dataclass
class Request:
    method: str
    path: str  # still percent-encoded
    query: dict[str, list[str]]
    headers: dict[str, str]  # lower-case names
    body: bytes


@dataclass
class Response:
    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


def json_response(status: int, content: object, headers: dict[str, str] | None = None) -> Response:
    fields = {"Content-Type": "application/json", **(headers or {})}
    return Response(status, json.dumps(content).encode(), list(fields.items()))
