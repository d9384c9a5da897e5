"""The calls each access key has made, and the faults a test asked for on its key."""

import re
import threading
from collections import defaultdict
from dataclasses import dataclass

from aws_operations import Call


@dataclass
class Fault:
    """One rule. A delay alone slows the real answer down; a status or drop replaces it. With late the call is
    carried out first, so that the change is made and only its answer is lost."""

    service: str = ""
    operation: str = ".*"
    times: int | None = None
    after: int = 0
    delay_ms: int = 0
    status: int | None = None
    code: str = "InternalFailure"
    message: str = "injected by the test"
    drop: bool = False
    late: bool = False
    matched: int = 0

    def __post_init__(self) -> None:
        try:
            re.compile(self.operation)
        except re.error as error:
            raise ValueError(f"operation is no regular expression: {error}") from error
        if self.late and not self.replaces_answer:
            raise ValueError("late needs a status or drop")

    @property
    def replaces_answer(self) -> bool:
        return self.drop or self.status is not None

    def strikes(self, call: Call) -> bool:
        if self.service not in ("", call.service) or not re.fullmatch(self.operation, call.operation):
            return False
        self.matched += 1
        return self.matched > self.after and (self.times is None or self.matched <= self.after + self.times)

    def shown(self) -> dict:
        replaced = {"status": self.status, "code": self.code} if self.status else {}
        return {"delay_ms": self.delay_ms, "drop": self.drop, "late": self.late, **replaced}


class CallLog:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.calls: dict[str, list[dict]] = defaultdict(list)
        self.faults: dict[str, list[Fault]] = {}

    def enter(self, call: Call, method: str, path: str) -> tuple[dict, Fault | None]:
        """The call's entry, whose status is filled in when it is answered, and the fault that strikes it."""
        with self.lock:
            fault = next((rule for rule in self.faults.get(call.key, []) if rule.strikes(call)), None)
            entry = {
                "service": call.service,
                "operation": call.operation,
                "method": method,
                "path": path,
                "status": None,
                "injected": fault.shown() if fault else None,
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
