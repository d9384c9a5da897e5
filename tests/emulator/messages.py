"""HTTP requests and answers as the parts of the emulator pass them on."""

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import escape


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


def xml_error(status: int, code: str, message: str, bare: bool = False) -> Response:
    """An error of the query protocol; bare as S3 has it."""
    body = f"<Error><Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    if not bare:
        body = f"<ErrorResponse>{body}<RequestId>emulated</RequestId></ErrorResponse>"
    return Response(status, body.encode(), [("Content-Type", "text/xml")])
