"""The calls each access key has made, and the faults a test asked for on its key."""

import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field

from aws_operations import Call
from messages import Request


@dataclass
class Fault:
    """One rule. A delay alone slows the real answer down; a status, drop or hold replaces it. With late the call is
    carried out first, so that the change is made and only its answer is lost. A hold keeps the connection open until
    the client closes it, so that a test can kill the client just there.

    after and times count the calls of the key that match service and operation, in the order of the log and
    whichever rule strikes them: {"after": 7, "times": 1} is the eighth call, whatever it is. With every_try a call
    counts once however often the client tries it, and is struck each time or never, so that no other call made
    beside it takes a part of its fault. Clients name the call they try again in amz-sdk-invocation-id:
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""

    service: str = ""
    operation: str = ".*"
    times: int | None = None
    after: int = 0
    delay_ms: int = 0
    status: int | None = None
    code: str = "InternalFailure"
    message: str = "injected by the test"
    drop: bool = False
    hold: bool = False
    late: bool = False
    every_try: bool = False
    matched: int = 0
    tried: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            re.compile(self.operation)
        except re.error as error:
            raise ValueError(f"operation is no regular expression: {error}") from error
        if self.late and not self.replaces_answer:
            raise ValueError("late needs a status, drop or hold")
        if self.hold and (self.drop or self.status is not None):
            raise ValueError("hold goes with neither status nor drop")

    @property
    def replaces_answer(self) -> bool:
        return self.drop or self.hold or self.status is not None

    def strikes(self, call: Call, invocation: str) -> bool:
        if self.service not in ("", call.service) or not re.fullmatch(self.operation, call.operation):
            return False
        if self.every_try and invocation in self.tried:
            return self.tried[invocation]
        self.matched += 1
        strikes = self.matched > self.after and (self.times is None or self.matched <= self.after + self.times)
        self.tried[invocation] = strikes
        return strikes

    def shown(self) -> dict:
        replaced = {"status": self.status, "code": self.code} if self.status else {}
        return {"delay_ms": self.delay_ms, "drop": self.drop, "hold": self.hold, "late": self.late, **replaced}


class CallLog:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.calls: dict[str, list[dict]] = defaultdict(list)
        self.faults: dict[str, list[Fault]] = {}

    def enter(self, call: Call, request: Request) -> tuple[dict, Fault | None]:
        """The call's entry, whose status is filled in when it is answered, and the fault that strikes it: the first
        of its rules that does. A late hold shows only once the call is carried out."""
        invocation = request.headers.get("amz-sdk-invocation-id", "")
        with self.lock:
            striking = [rule for rule in self.faults.get(call.key, []) if rule.strikes(call, invocation)]
            fault = striking[0] if striking else None
            entry = {
                "service": call.service,
                "operation": call.operation,
                "method": request.method,
                "path": request.path,
                "status": None,
                "answered": None,  # seconds since 1970
                "injected": fault.shown() if fault and not (fault.hold and fault.late) else None,
                "mutating": call.mutating,
            }
            self.calls[call.key].append(entry)
            return entry, fault

    def of(self, key: str) -> list[dict]:
        with self.lock:
            return [dict(entry) for entry in self.calls.get(key, [])]

    def clear(self, key: str) -> None:
        with self.lock:
            self.calls.pop(key, None)

    def set_faults(self, key: str, rules: list[dict]) -> None:
        faults = [Fault(**rule) for rule in rules]
        with self.lock:
            self.faults[key] = faults
