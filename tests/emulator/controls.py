"""The control endpoints, which tests use to look and to set things up; none is AWS's and none needs a signature.

    GET or DELETE /_emulator/calls?key=AKID
    POST /_emulator/faults               {"key": AKID, "rules": [...]}, see call_log.Fault
    POST /_emulator/durable-executions   {"region": R, "function": F, "name": N, "account"?, "version"?, "status"?,
                                          "invoking"?, "started"?}, answers the execution
    POST /_emulator/regions              {"region": R, "regions": [...]}, see account_regions.py
    POST /_emulator/trail                {"region": R, "events": [...], "account"?}, see trail.py
    POST /_emulator/finding              {"region": R, "detector": D, "finding": {...}, "account"?}, as GuardDuty writes it
    POST /_emulator/interface            {"region": R, "interface": "eni-...", ...}, see ec2_interfaces.py
    POST /_emulator/configuration        {"region": R, "application": A, ...}, see appconfig_data.py
    POST /_emulator/signed               {"region": R, "function": F or "layer": version's ARN, "profile": ARN, "job":
                                          ARN, "account"?}, see LambdaService.sign
    GET  /_emulator/code/ACCOUNT/REGION/FUNCTION/VERSION and /_emulator/layers/ACCOUNT/REGION/LAYER/VERSION, the
         archives, where GetFunction and GetLayerVersion link to
"""

import json
from collections.abc import Callable
from urllib.parse import unquote

from account_regions import Regions
from appconfig_data import Configurations
from call_log import CallLog
from ec2_interfaces import Interfaces
from guardduty_detectors import Detectors
from lambda_api import LambdaService
from lambda_names import LambdaError
from messages import Request, Response, json_response
from trail import Trail


class Controls:
    def __init__(
        self,
        log: CallLog,
        functions: LambdaService,
        regions: Regions,
        trail: Trail,
        configurations: Configurations,
        detectors: Detectors,
        interfaces: Interfaces,
    ) -> None:
        self.log, self.functions = log, functions
        self.posted: dict[str, Callable[[dict], dict | None]] = {
            "/_emulator/faults": lambda asked: log.set_faults(asked["key"], asked["rules"]),
            "/_emulator/durable-executions": functions.seed_durable_execution,
            "/_emulator/regions": regions.set,
            "/_emulator/trail": trail.add,
            "/_emulator/finding": detectors.find,
            "/_emulator/interface": interfaces.make,
            "/_emulator/configuration": configurations.deploy,
            "/_emulator/signed": functions.sign,
        }

    def answer(self, request: Request) -> Response:
        key = request.query.get("key", [""])[0]
        match request.method, request.path.split("/")[2:]:
            case "GET", ["calls"]:
                return json_response(200, self.log.of(key))
            case "DELETE", ["calls"]:
                self.log.clear(key)
                return json_response(200, {})
            case "GET", [("code" | "layers") as kind, account, region, name, version]:
                return self.archive(kind, account, region, unquote(name), unquote(version))
            case "POST", _ if request.path in self.posted:
                return self.post(request)
        return json_response(404, {"message": f"No control endpoint {request.method} {request.path}"})

    def post(self, request: Request) -> Response:
        try:
            return json_response(200, self.posted[request.path](json.loads(request.body)) or {})
        except (ValueError, TypeError, KeyError, LambdaError) as error:
            return json_response(400, {"message": f"{request.path} does not take that: {error!r}"})

    def archive(self, kind: str, account: str, region: str, name: str, version: str) -> Response:
        content = self.functions.archive(kind, account, region, name, version)
        if content is None:
            return json_response(404, {"message": f"No {kind} of {name} {version}"})
        return Response(200, content, [("Content-Type", "application/zip")])
