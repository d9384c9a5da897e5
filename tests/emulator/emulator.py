"""The AWS that the tests and the demo run against, in one process.

DynamoDB, SNS, STS, IAM, SQS, S3 and the rest are moto's. Lambda is our own, because what is guarded here hangs on
details that moto 5.2.5 answers otherwise than AWS does: it keeps one resource policy per function instead of one per
function, version and alias; refuses every RevisionId on RemovePermission; accepts a second statement with the same
Sid; drops or misplaces conditions; knows no Get-, Put- and DeleteResourcePolicy, no provisioned concurrency and no
lists of function URLs; runs a function whose reserved concurrency is 0; ignores the account and Region of an ARN.
Status, code and text of every error are those AWS gave to recorded calls, or else marked as inferred where they are
raised. Names, limits and patterns are checked against AWS's own service model, which comes with botocore.

Every call is logged under the access key that signed it, and faults can be set for a key, so that tests running side
by side do not see each other's:
    GET or DELETE /_emulator/calls?key=AKID      POST /_emulator/faults {"key": AKID, "rules": [...]}

`python emulator.py --port 0` prints {"port": N} once it serves 127.0.0.1, and ends when its stdin is closed.
"""

import argparse
import io
import json
import os
import sys
import threading
import time
from contextlib import nullcontext
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from accounts import account_of
from aws_operations import Call, identify
from call_log import CallLog, Fault
from lambda_api import LambdaService
from lambda_names import LambdaError
from messages import Request, Response, json_response


class Emulator:
    def __init__(self) -> None:
        self.log = CallLog()
        self.functions = LambdaService()
        self.moto = DomainDispatcherApplication(create_backend_app)
        # DynamoDB promises that a condition is checked and its write made in one step, moto does not.
        self.dynamodb = threading.Lock()

    def respond(self, request: Request, environ: dict) -> Response | None:
        """None when the connection is to be dropped without an answer."""
        if request.path.startswith("/_emulator/"):
            return self.control(request)
        if request.path.startswith("/moto-api/"):
            if (request.method, request.path) == ("POST", "/moto-api/reset"):
                self.functions.clear()
            return self.ask_moto(environ)
        call = identify(request)
        entry, fault = self.log.enter(call, request.method, request.path)
        if fault:
            time.sleep(fault.delay_ms / 1000)
        if fault is None or fault.late or not fault.replaces_answer:
            response = self.carry_out(call, request, environ)
        if fault and fault.replaces_answer:
            response = None if fault.drop else self.injected(call, request, fault)
        entry["status"] = response.status if response else None
        return response

    def carry_out(self, call: Call, request: Request, environ: dict) -> Response:
        if call.service == "lambda":
            return self.functions.answer(call, request)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account_of(call.key)
        with self.dynamodb if call.service == "dynamodb" else nullcontext():
            return self.ask_moto(environ)

    def ask_moto(self, environ: dict) -> Response:
        body, status, headers = run_wsgi_app(self.moto, environ, buffered=True)
        return Response(int(status.split()[0]), b"".join(body), list(headers))

    def injected(self, call: Call, request: Request, fault: Fault) -> Response:
        """An error in the shape of the call's protocol."""
        if call.service == "lambda":
            return self.functions.failure(LambdaError(fault.code, fault.message), fault.status)
        if "x-amz-target" in request.headers:
            body = {"__type": f"com.amazonaws#{fault.code}", "message": fault.message}
            return json_response(fault.status, body, {"x-amzn-ErrorType": fault.code})
        error = f"<Error><Type>Sender</Type><Code>{fault.code}</Code><Message>{fault.message}</Message></Error>"
        if call.service != "s3":
            error = f"<ErrorResponse>{error}<RequestId>injected</RequestId></ErrorResponse>"
        return Response(fault.status, error.encode(), [("Content-Type", "text/xml")])

    def control(self, request: Request) -> Response:
        key = request.query.get("key", [""])[0]
        match request.method, request.path:
            case "GET", "/_emulator/calls":
                return json_response(200, self.log.of(key))
            case "DELETE", "/_emulator/calls":
                self.log.clear(key)
                return json_response(200, {})
            case "POST", "/_emulator/faults":
                try:
                    asked = json.loads(request.body)
                    self.log.set_faults(asked["key"], asked["rules"])
                except (ValueError, TypeError, KeyError) as error:
                    return json_response(400, {"message": f"Not a list of fault rules: {error}"})
                return json_response(200, {})
        return json_response(404, {"message": f"No control endpoint {request.method} {request.path}"})


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
        if response is None:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "server", "date"):
                self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(response.body)

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
