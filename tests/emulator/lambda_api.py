"""The Lambda service: from a request to the operation that answers it, and AWS's shapes for errors."""

import threading
import uuid

from moto.utilities.utils import get_partition

import lambda_aliases
import lambda_concurrency
import lambda_denies
import lambda_durable
import lambda_functions
import lambda_layer_policy
import lambda_layers
import lambda_managed
import lambda_policy
import lambda_settings
import lambda_signing
import lambda_tags
import lambda_triggers
from accounts import TEST_ACCOUNT, account_of
from aws_operations import Call, RestModel
from lambda_names import LambdaError, Place
from lambda_store import Answer, Store
from messages import Request, Response, json_response

OPERATIONS = {
    **lambda_functions.OPERATIONS,
    **lambda_aliases.OPERATIONS,
    **lambda_policy.OPERATIONS,
    **lambda_concurrency.OPERATIONS,
    **lambda_triggers.OPERATIONS,
    **lambda_durable.OPERATIONS,
    **lambda_layers.OPERATIONS,
    **lambda_layer_policy.OPERATIONS,
    **lambda_managed.OPERATIONS,
    **lambda_settings.OPERATIONS,
    **lambda_signing.OPERATIONS,
    **lambda_tags.OPERATIONS,
}
# Errors that are not in Lambda's model because every AWS front end gives them.
FRONT_END_ERRORS = {"ValidationException": (400, "message"), "AccessDeniedException": (403, "Message")}


class LambdaService:
    def __init__(self) -> None:
        self.model = RestModel.of("lambda")
        self.lock = threading.Lock()
        self.stores: dict[tuple[str, str], Store] = {}

    def clear(self) -> None:
        with self.lock:
            self.stores.clear()

    def answer(self, call: Call, request: Request) -> Response:
        if call.operation not in OPERATIONS:
            return json_response(501, {"message": f"The emulator has no Lambda operation {call.operation}"})
        try:
            parameters = self.checked_parameters(call, request)
            with self.lock:
                store = self.store(account_of(call.key), call.region)
                store.host = request.headers.get("host", "")
                lambda_denies.check(store, call.key, call.operation, parameters)
                return self.success(call, OPERATIONS[call.operation](store, parameters))
        except LambdaError as error:
            return self.failure(error)

    def checked_parameters(self, call: Call, request: Request) -> dict:
        parameters = self.model.parameters(call, request)
        # An overlong policy has an error of its own, PolicyLengthExceededException.
        found = self.model.violations(call.operation, parameters, unchecked=("Policy",))
        if found:
            plural = "s" if len(found) > 1 else ""
            text = f"{len(found)} validation error{plural} detected: {'; '.join(found)}"
            raise LambdaError("ValidationException", text)
        return parameters

    def store(self, account: str, region: str) -> Store:
        if (account, region) not in self.stores:
            self.stores[account, region] = Store(Place(account, region, get_partition(region)), self.stores)
        return self.stores[account, region]

    def archive(self, kind: str, account: str, region: str, name: str, version: str) -> bytes | None:
        with self.lock:
            store = self.store(account, region)
            if kind == "layers":
                versions = store.layers[name].versions if name in store.layers else {}
                return versions[int(version)].content if version.isdigit() and int(version) in versions else None
            function = store.functions.get(name)
            return function.archives.get(version) if function else None

    def seed_durable_execution(self, asked: dict) -> dict:
        with self.lock:
            return lambda_durable.start(self.store(asked.get("account", TEST_ACCOUNT), asked["region"]), asked)

    def sign(self, asked: dict) -> None:
        """What a test asks for: that this version of a layer, or what is deployed of this function, was signed by this
        profile in this job.

        https://docs.aws.amazon.com/lambda/latest/api/API_Layer.html
        """
        signature = {"SigningProfileVersionArn": asked["profile"], "SigningJobArn": asked["job"]}
        with self.lock:
            store = self.store(asked.get("account", TEST_ACCOUNT), asked["region"])
            if "function" in asked:
                store.functions[asked["function"]].latest.update(signature)
                return
            layer, _, number = asked["layer"].rpartition(":")
            store.layers[layer.rpartition(":")[2]].versions[int(number)].signature = signature

    def success(self, call: Call, answer: dict | Answer) -> Response:
        if isinstance(answer, dict):
            answer = Answer(self.model.status(call.operation), answer)
        headers = {"x-amzn-RequestId": str(uuid.uuid4()), **answer.headers}
        if isinstance(answer.body, dict):
            return json_response(answer.status, answer.body, headers)
        return Response(answer.status, answer.body or b"", list(headers.items()))

    def failure(self, error: LambdaError, status: int | None = None) -> Response:
        modelled = error.code in self.model.shapes
        known, spelling = (
            self.model.error(error.code) if modelled else FRONT_END_ERRORS.get(error.code, (400, "message"))
        )
        body = {"Type": "User"} if modelled else {}
        body |= {spelling: error.message, **error.members}
        headers = {"x-amzn-ErrorType": error.code, "x-amzn-RequestId": str(uuid.uuid4())}
        return json_response(status or known, body, headers)
