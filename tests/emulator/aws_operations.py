"""Which AWS operation a request is, and what its service model says about it.

The models are the ones that ship with botocore, so names, paths, constraints and error shapes are AWS's own.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qs, unquote

import botocore.loaders
from botocore.exceptions import UnknownServiceError

from messages import Request

CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
RPC_PATH = re.compile(r"/service/[^/]+/operation/(?P<operation>[^/]+)")
READS = re.compile(
    r"(Get|List|Describe|Query|Scan|BatchGet|TransactGet|Simulate|Head|Lookup|Filter|Search|StartQuery|AssumeRole|StartConfigurationSession)"
)
# Python's re has no \p{L}\p{Z}\p{N}: letters, separators and numbers are looked up by Unicode category.
TAG_PATTERN = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


@dataclass
class Call:
    key: str
    region: str
    service: str
    operation: str
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def mutating(self) -> bool:
        return not READS.match(self.operation) and not self.operation.startswith(("GET ", "HEAD "))


def identify(request: Request) -> Call:
    signed = CREDENTIAL.search(request.headers.get("authorization", ""))
    key, region, service = signed.group("key", "region", "service") if signed else ("", "us-east-1", "")
    if not signed and re.match(r"/\d{4}-\d\d-\d\d/", request.path):
        service = "lambda"  # the only REST service that tests call unsigned
    labels: dict[str, str] = {}
    rpc = RPC_PATH.fullmatch(request.path)
    if target := request.headers.get("x-amz-target"):
        operation = target.rpartition(".")[2]
    elif rpc:
        operation = rpc.group("operation")
    elif action := form_action(request):
        operation = action
    else:
        # AppConfig's data API has a model of its own and signs as AppConfig.
        model = "appconfigdata" if service == "appconfig" and request.path.startswith("/configuration") else service
        operation, labels = RestModel.of(model).find(request)
    return Call(key, region, service, operation, labels)


def form_action(request: Request) -> str | None:
    if "x-www-form-urlencoded" in request.headers.get("content-type", ""):
        return parse_qs(request.body.decode()).get("Action", [None])[0]
    return request.query.get("Action", [None])[0]


class RestModel:
    """Routes and input constraints of one REST service; empty for a service botocore does not know."""

    def __init__(self, service: str) -> None:
        try:
            model = botocore.loaders.Loader().load_service_model(service, "service-2")
        except UnknownServiceError:
            model = {"operations": {}, "shapes": {}}
        self.operations, self.shapes = model["operations"], model["shapes"]
        self.protocol = model.get("metadata", {}).get("protocol")
        routes = (Route.of(name, operation, self.shapes) for name, operation in self.operations.items())
        self.routes = sorted(routes, key=lambda route: route.specificity, reverse=True)

    @staticmethod
    @cache
    def of(service: str) -> "RestModel":
        return RestModel(service)

    def find(self, request: Request) -> tuple[str, dict[str, str]]:
        path = request.path.rstrip("/") or "/"
        found = [route for route in self.routes if route.matches(request, path)]
        if not found:
            return f"{request.method} {request.path}", {}
        # S3's CopyObject and PutObject differ only in a required header.
        route = next((route for route in found if route.complete(request)), found[0])
        return route.operation, dict(zip(route.labels, map(unquote, route.path.fullmatch(path).groups())))

    def status(self, operation: str) -> int:
        return self.operations[operation]["http"].get("responseCode", 200)

    def error(self, code: str) -> tuple[int, str]:
        """HTTP status and spelling of the message member of a modelled error."""
        shape = self.shapes[code]
        return shape["error"]["httpStatusCode"], "Message" if "Message" in shape["members"] else "message"

    def parameters(self, call: Call, request: Request) -> dict:
        """The operation's input members, gathered from path, query and body."""
        shape = self.shapes[self.operations[call.operation]["input"]["shape"]]
        body = json.loads(request.body) if request.body.startswith(b"{") else {}
        found: dict = {}
        for name, member in shape["members"].items():
            wire = member.get("locationName", name)
            kind = self.shapes[member["shape"]]["type"]
            match member.get("location"):
                case "uri":
                    text = call.labels.get(wire)
                    found[name] = int(text) if kind in ("integer", "long") and text and text.isdigit() else text
                case "querystring" if kind == "list":
                    found[name] = request.query.get(wire)
                case "querystring":
                    text = request.query.get(wire, [None])[0]
                    found[name] = int(text) if kind == "integer" and text else text
                case "header":
                    found[name] = request.headers.get(wire.lower())
                case None if name == shape.get("payload"):
                    found[name] = request.body
                case None:
                    found[name] = body.get(wire)
        return {name: value for name, value in found.items() if value is not None}

    def violations(self, operation: str, parameters: dict, unchecked: tuple[str, ...]) -> list[str]:
        """What AWS's front end finds wrong with the parameters, in its words."""
        shape = self.shapes[self.operations[operation]["input"]["shape"]]
        found = [
            f"Value null at '{member_name(name)}' failed to satisfy constraint: Member must not be null"
            for name in shape.get("required", [])
            if name not in parameters
        ]
        for name, value in parameters.items():
            if name in unchecked or isinstance(value, bytes):
                continue
            found += self.wrong(self.shapes[shape["members"][name]["shape"]], member_name(name), value)
        return found

    def wrong(self, shape: dict, path: str, value: object) -> list[str]:
        if shape["type"] == "structure" and isinstance(value, dict):
            inner = {name: self.shapes[member["shape"]] for name, member in shape["members"].items()}
            parts = [(name, part) for name, part in value.items() if name in inner]
            return [text for name, part in parts for text in self.wrong(inner[name], f"{path}.{member_name(name)}", part)]
        constraint = self.violated(shape, value)
        return [f"Value '{shown(value)}' at '{path}' failed to satisfy constraint: {constraint}"] if constraint else []

    def violated(self, shape: dict, value: object) -> str | None:
        if shape["type"] == "map" and isinstance(value, dict):
            for which, part, items in (("keys", "key", value.keys()), ("value", "value", value.values())):
                inner = self.shapes[shape[part]["shape"]]
                if any(self.violated(inner, item) for item in items):
                    return f"Map {which} must satisfy constraint: [{', '.join(constraints(inner))}]"
        if shape["type"] == "list" and isinstance(value, list):
            inner = self.shapes[shape["member"]["shape"]]
            if any(self.violated(inner, item) for item in value):
                return f"Member must satisfy constraint: [{', '.join([*constraints(inner), 'Member must not be null'])}]"
        if isinstance(value, str):
            if len(value) > shape.get("max", len(value)):
                return f"Member must have length less than or equal to {shape['max']}"
            if len(value) < shape.get("min", 0):
                return f"Member must have length greater than or equal to {shape['min']}"
            if value not in shape.get("enum", [value]):
                return f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]"
            if "pattern" in shape and not fits(shape["pattern"], value):
                return f"Member must satisfy regular expression pattern: {shape['pattern']}"
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value < shape.get("min", value):
                return f"Member must have value greater than or equal to {shape['min']}"
            if value > shape.get("max", value):
                return f"Member must have value less than or equal to {shape['max']}"
        return None


@dataclass
class Route:
    operation: str
    method: str
    path: re.Pattern
    labels: list[str]
    query: list[tuple[str, str]]
    required: list[tuple[str, str]]
    specificity: tuple[int, int, int]

    @staticmethod
    def of(name: str, operation: dict, shapes: dict) -> "Route":
        path, _, query = operation["http"]["requestUri"].partition("?")
        parts = re.split(r"\{([^}]+)\}", path.rstrip("/") or "/")
        literals, labels = parts[::2], parts[1::2]
        pattern = re.escape(literals[0])
        for label, literal in zip(labels, literals[1:]):
            pattern += ("(.+)" if label.endswith("+") else "([^/]+)") + re.escape(literal)
        pairs = [(key, value) for key, _, value in (item.partition("=") for item in query.split("&") if item)]
        shape = shapes[operation["input"]["shape"]] if "input" in operation else {"members": {}}
        members = [shape["members"][member] for member in shape.get("required", [])]
        required = [
            (member["location"], member["locationName"])
            for member in members
            if member.get("location") in ("header", "querystring")
        ]
        labels = [label.rstrip("+") for label in labels]
        specificity = (len(pairs), len("".join(literals)), len(required))
        return Route(name, operation["http"]["method"], re.compile(pattern), labels, pairs, required, specificity)

    def matches(self, request: Request, path: str) -> bool:
        fixed = all(value in request.query.get(key, []) for key, value in self.query)
        return fixed and self.method == request.method and self.path.fullmatch(path) is not None

    def complete(self, request: Request) -> bool:
        return all(
            name.lower() in request.headers if where == "header" else name in request.query
            for where, name in self.required
        )


def fits(pattern: str, text: str) -> bool:
    if pattern == TAG_PATTERN:
        return all(unicodedata.category(char)[0] in "LZN" or char in "_.:/=+-@" for char in text)
    return re.fullmatch(pattern, text) is not None


def constraints(shape: dict) -> list[str]:
    """What is asked of the keys and values of maps and of what is in lists, in the recorded order."""
    kind = "length" if shape["type"] == "string" else "value"
    known = (
        ("max", f"Member must have {kind} less than or equal to {{}}"),
        ("min", f"Member must have {kind} greater than or equal to {{}}"),
        ("pattern", "Member must satisfy regular expression pattern: {}"),
    )
    found = [text.format(shape[name]) for name, text in known if name in shape]
    if "enum" in shape:
        found.append(f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]")
    return [*found, "Member must not be null"] if kind == "value" else found


def member_name(name: str) -> str:
    return name[0].lower() + name[1:]


def shown(value: object) -> str:
    """A value as AWS quotes it: a map is written {key=value, key=value}."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={item}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value)
