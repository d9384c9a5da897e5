"""X-Ray's encryption, which moto 5.2.5 has not, and what it has needs another package. A change is never slow here: the
answer says UPDATING, as it does in the guide's example, and from then on it is ACTIVE.

https://docs.aws.amazon.com/xray/latest/api/API_PutEncryptionConfig.html
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-configuration.html
"""

import json
import threading

from moto.kms.models import kms_backends
from moto.utilities.utils import get_partition

from aws_operations import Call
from messages import Request, Response, json_response

DEFAULT = {"Type": "NONE"}


class Encryption:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.of: dict[tuple[str, str], dict] = {}

    def clear(self) -> None:
        with self.lock:
            self.of.clear()

    def answer(self, account: str, call: Call, request: Request) -> Response:
        with self.lock:
            match call.operation:
                case "GetEncryptionConfig":
                    config = {**self.of.get((account, call.region), DEFAULT), "Status": "ACTIVE"}
                    return json_response(200, {"EncryptionConfig": config})
                case "PutEncryptionConfig":
                    return self.put(account, call.region, json.loads(request.body or b"{}"))
        return json_response(501, {"message": f"The emulator has no X-Ray operation {call.operation}"})

    def put(self, account: str, region: str, given: dict) -> Response:
        """That a key goes with KMS and with nothing else is documented, the texts of the refusals are inferred."""
        kind, key = given.get("Type"), given.get("KeyId")
        if kind not in ("NONE", "KMS"):
            return refused("Type must be one of NONE, KMS.")
        if kind == "KMS" and not key:
            return refused("KeyId is required when Type is KMS.")
        config = {"Type": kind, **({"KeyId": key_arn(account, region, key)} if kind == "KMS" else {})}
        self.of[account, region] = config
        return json_response(200, {"EncryptionConfig": {**config, "Status": "UPDATING"}})


def key_arn(account: str, region: str, key: str) -> str:
    """Whatever way it is named, the key is shown by its ARN. Whether it exists is not checked."""
    if key.startswith("alias/") or ":alias/" in key:
        alias = key[key.index("alias/") :]
        known = kms_backends[account][region]
        key = known.get_key_id_from_alias(alias) or key
    if key.startswith("arn:"):
        return key
    return f"arn:{get_partition(region)}:kms:{region}:{account}:key/{key}"


def refused(message: str) -> Response:
    return json_response(400, {"message": message}, {"x-amzn-ErrorType": "InvalidRequestException"})
