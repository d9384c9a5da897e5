"""AWS Config's recorders, of which moto 5.2.5 keeps no recording mode, shows no ARN and a status in a spelling of its
own, and asks for a name that may be left out.

https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html
https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html
"""

import json
import threading
from collections.abc import Callable

from moto.utilities.utils import get_partition

from aws_operations import Call
from messages import Request, Response, json_response

DEFAULT_NAME = "default"
DEFAULT_MODE = {"recordingFrequency": "CONTINUOUS"}


class Recorders:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.modes: dict[tuple[str, str, str], dict] = {}

    def clear(self) -> None:
        with self.lock:
            self.modes.clear()

    def answer(self, account: str, call: Call, request: Request, ask_moto: Callable[..., Response]) -> Response:
        given = json.loads(request.body or b"{}")
        match call.operation:
            case "PutConfigurationRecorder":
                return self.put(account, call.region, given, ask_moto)
            case "DescribeConfigurationRecorders" | "DescribeConfigurationRecorderStatus":
                return self.described(account, call, ask_moto())
        return ask_moto()

    def put(self, account: str, region: str, given: dict, ask_moto: Callable[..., Response]) -> Response:
        """Documented: the name is `default` unless another is given, and recording is continuous. That a recorder
        which is put again without a mode goes back to that is inferred."""
        recorder = {"name": DEFAULT_NAME, **given.get("ConfigurationRecorder", {})}
        response = ask_moto(json.dumps({**given, "ConfigurationRecorder": recorder}).encode())
        if response.status == 200:
            with self.lock:
                self.modes[account, region, recorder["name"]] = recorder.get("recordingMode", DEFAULT_MODE)
        return response

    def described(self, account: str, call: Call, response: Response) -> Response:
        if response.status != 200:
            return response
        content = json.loads(response.body)
        for recorder in content.get("ConfigurationRecorders", []):
            with self.lock:
                mode = self.modes.get((account, call.region, recorder["name"]), DEFAULT_MODE)
            recorder.update(arn=arn(account, call.region, recorder["name"]), recordingMode=mode, recordingScope="PAID")
        for status in content.get("ConfigurationRecordersStatus", []):
            status["arn"] = arn(account, call.region, status["name"])
            if "lastStatus" in status:
                # Pending, Success or Failure. Recording is never slow here.
                status["lastStatus"] = "Success"
        return json_response(200, content)


def arn(account: str, region: str, name: str) -> str:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsconfig.html: ends in an id, which is
    one and the same here."""
    return f"arn:{get_partition(region)}:config:{region}:{account}:configuration-recorder/{name}/0123456789abcdef"
