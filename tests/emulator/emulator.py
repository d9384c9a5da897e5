"""The AWS that the tests and the demo run against, in one process.

DynamoDB, SNS, STS, SQS, S3, KMS and the rest are moto's. So are IAM, CloudTrail, AWS Config, EventBridge, CloudWatch's
alarms and CloudWatch Logs, corrected in front of moto where their modules say so; GuardDuty's detectors, X-Ray's
encryption and EC2's network interfaces are not.
Lambda is our own, because what is guarded here hangs on
details that moto 5.2.5 answers otherwise than AWS does: it keeps one resource policy per function instead of one per
function, version and alias; refuses every RevisionId on RemovePermission; accepts a second statement with the same
Sid; drops or misplaces conditions; knows no Get-, Put- and DeleteResourcePolicy, no provisioned concurrency and no
lists of function URLs; runs a function whose reserved concurrency is 0; ignores the account and Region of an ARN.
Status, code and text of every error are those AWS gave to recorded calls, or else marked as inferred where they are
raised. Names, limits and patterns are checked against AWS's own service model, which comes with botocore.

Every call is logged under the access key that signed it, and faults can be set for a key, so that tests running side
by side do not see each other's: controls.py has the endpoints.

`python emulator.py --port 0` prints {"port": N} once it serves 127.0.0.1, and ends when its stdin is closed.
"""

import argparse
import io
import json
import os
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

import autoscaling
import cloudwatch_alarms
import cloudtrail_trails
import eventbridge_rules
import iam_limits
import iam_policies
import log_groups
import signatures
from account_regions import Regions
from accounts import account_of
from appconfig_data import Configurations
from aws_operations import Call, RestModel, identify
from call_log import CallLog, Fault
from config_recorders import Recorders
from controls import Controls
from ec2_interfaces import Interfaces
from guardduty_detectors import Detectors
from lambda_api import LambdaService
from lambda_names import LambdaError
from messages import Request, Response, json_response, xml_error
from trail import Trail
from xray_encryption import Encryption

LONGEST_HOLD = 60  # seconds


class Held:
    """In place of a response: none is given while the client waits for it."""


class Emulator:
    def __init__(self) -> None:
        self.log = CallLog()
        self.functions = LambdaService()
        self.regions, self.trail = Regions(), Trail()
        self.configurations = Configurations()
        self.recorders, self.detectors, self.encryption = Recorders(), Detectors(), Encryption()
        self.interfaces = Interfaces()
        self.controls = Controls(
            self.log, self.functions, self.regions, self.trail, self.configurations, self.detectors, self.interfaces
        )  # fmt: skip
        self.moto = DomainDispatcherApplication(create_backend_app)
        # DynamoDB promises that a condition is checked and its write made in one step, moto does not. What is decided
        # in front of moto must be one step with what moto does, too.
        one_step = (
            "dynamodb", "iam", "application-autoscaling", "cloudtrail", "config", "events", "logs", "monitoring",
        )  # fmt: skip
        self.one_step = {service: threading.Lock() for service in one_step}

    def respond(self, request: Request, environ: dict) -> Response | Held | None:
        """None when the connection is to be dropped without an answer, HELD when to wait until the client does so."""
        if request.path.startswith("/_emulator/"):
            return self.controls.answer(request)
        if request.path.startswith("/moto-api/"):
            if (request.method, request.path) == ("POST", "/moto-api/reset"):
                for kept in (self.functions, self.recorders, self.detectors, self.encryption, self.interfaces):
                    kept.clear()
            return self.ask_moto(environ)
        call = identify(request)
        entry, fault = self.log.enter(call, request)
        if fault:
            time.sleep(fault.delay_ms / 1000)
        if fault is None or fault.late or not fault.replaces_answer:
            response = self.carry_out(call, request, environ)
        if fault and fault.replaces_answer and not fault.hold:
            response = None if fault.drop else self.injected(call, request, fault)
        if fault and fault.hold:
            entry["injected"] = fault.shown()
            return Held()
        entry["status"], entry["answered"] = response.status if response else None, time.time()
        return response

    def carry_out(self, call: Call, request: Request, environ: dict) -> Response:
        if refused := signatures.refusal(call, request):
            return refused
        if call.service == "lambda":
            return self.functions.answer(call, request)
        account = account_of(call.key)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        with self.one_step.get(call.service, nullcontext()):
            return self.corrected(account, call, request, lambda body=None: self.ask_moto(environ, body))

    def corrected(self, account: str, call: Call, request: Request, ask_moto: Callable[..., Response]) -> Response:
        """Where moto's answer is wrong or missing, ours."""
        match call.service:
            case "iam":
                refused = iam_limits.refusal(account, call, request)
                return refused or iam_policies.answer(account, call, request, ask_moto)
            case "application-autoscaling":
                return autoscaling.answer(account, call, request, ask_moto)
            case "account":
                return self.regions.answer(call, request) or ask_moto()
            case "cloudtrail":
                looked_up = self.trail.answer(account, call, request)
                return looked_up or cloudtrail_trails.answer(account, call, request, self.regions, ask_moto)
            case "config":
                return self.recorders.answer(account, call, request, ask_moto)
            case "events":
                return eventbridge_rules.answer(account, call, request, ask_moto)
            case "monitoring":
                return cloudwatch_alarms.answer(account, call, request, ask_moto)
            case "guardduty":
                return self.detectors.answer(account, call, request) or ask_moto()
            case "ec2":
                return self.interfaces.answer(call, request) or ask_moto()
            case "logs":
                return log_groups.answer(account, call, request, ask_moto)
            case "xray":
                return self.encryption.answer(account, call, request)
            case "appconfig":
                return self.configurations.answer(account, call, request) or ask_moto()
        return ask_moto()

    def ask_moto(self, environ: dict, changed: bytes | None = None) -> Response:
        if changed is not None:
            environ.update({"wsgi.input": io.BytesIO(changed), "CONTENT_LENGTH": str(len(changed))})
        try:
            body, status, headers = run_wsgi_app(self.moto, environ, buffered=True)
        except NotImplementedError as error:
            return json_response(501, {"message": f"moto has not got that: {error}"})
        return Response(int(status.split()[0]), b"".join(body), list(headers))

    def injected(self, call: Call, request: Request, fault: Fault) -> Response:
        """An error in the shape of the call's protocol."""
        if call.service == "lambda":
            return self.functions.failure(LambdaError(fault.code, fault.message), fault.status)
        if "x-amz-target" in request.headers:
            body = {"__type": f"com.amazonaws#{fault.code}", "message": fault.message}
            return json_response(fault.status, body, {"x-amzn-ErrorType": fault.code})
        if RestModel.of(call.service).protocol == "rest-json":
            return json_response(fault.status, {"message": fault.message}, {"x-amzn-ErrorType": fault.code})
        return xml_error(fault.status, fault.code, fault.message, bare=call.service == "s3")


def wait_for_close(connection: socket.socket) -> None:
    """Until the client closes its end, by itself or because its process is gone, but not for ever."""
    end = time.monotonic() + LONGEST_HOLD
    while (left := end - time.monotonic()) > 0:
        try:
            if select.select([connection], [], [], left)[0] and not connection.recv(1, socket.MSG_PEEK):
                return
        except OSError:
            return
        time.sleep(0.02)  # it has sent something further, which stays unread


class Handler(MotoRequestHandler):
    """Keeps connections alive, which werkzeug's own handler never does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        self.wfile.flush()  # a 100 Continue, if the client waits for one
        environ = self.make_environ()
        length = None if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length is not None else environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, parse_qs(query, keep_blank_values=True), headers, body)
        response = self.server.emulator.respond(request, environ)
        if isinstance(response, Held):
            wait_for_close(self.connection)
        if response is None or isinstance(response, Held):
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "server", "date"):
                self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", self.length(response))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(response.body)

    def length(self, response: Response) -> str:
        """A HEAD is answered with the length that a GET would have."""
        told = [value for name, value in response.headers if name.lower() == "content-length"]
        return told[0] if self.command == "HEAD" and told else str(len(response.body))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The call log takes its place."""


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    emulator = Emulator()
    server = make_server("127.0.0.1", parser.parse_args().port, emulator.moto, threaded=True, request_handler=Handler)
    server.emulator = emulator
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(json.dumps({"port": server.port}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
