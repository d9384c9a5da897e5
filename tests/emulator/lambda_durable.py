"""Durable executions: listed, paused and resumed. They run no code; a test makes them with
POST /_emulator/durable-executions (see LambdaService.seed_durable_execution).

https://docs.aws.amazon.com/lambda/latest/dg/durable-pause-resume.html
"""

import time
import uuid
from datetime import datetime

from lambda_names import LATEST, Target, conflict, invalid, no_such_function, not_found, target
from lambda_store import Answer, Store, page

# https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html
DEFAULT_PAGE, LONGEST_PAGE = 100, 1000
STATES = ("RUNNING", "PAUSING", "PAUSED", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "DELETING")
ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "DELETING")


def start(store: Store, given: dict) -> dict:
    """What a test asks for: function and name; version, status, and whether an invocation is under way."""
    version = given.get("version", LATEST)
    at = Target(given["function"], version, store.place.arn("function", given["function"]))
    function = store.functions.get(at.name)
    if function is None or version != LATEST and version not in function.versions:
        raise no_such_function(at.arn)
    status = given.get("status", "RUNNING")
    if status not in STATES:
        raise invalid(f"No status {status}")
    execution = {
        "DurableExecutionArn": f"{at.arn}/durable-execution/{given['name']}/{uuid.uuid4()}",
        "DurableExecutionName": given["name"],
        "FunctionArn": at.arn,
        "Status": status,
        "StartTimestamp": given.get("started", time.time()),
        "Version": version,
        "invoking": given.get("invoking", False),
        "tokens": {},
    }
    if status in ENDED:
        execution["EndTimestamp"] = time.time()
    store.durable[execution["DurableExecutionArn"]] = execution
    return shown(execution)


def shown(execution: dict) -> dict:
    return {key: value for key, value in execution.items() if key not in ("invoking", "tokens")}


def list_durable_executions_by_function(store: Store, given: dict) -> dict:
    """Newest first, unless reversed. That an alias stands for the version it points to is inferred."""
    at = target(store.place, "ListDurableExecutionsByFunction", given["FunctionName"], given.get("Qualifier"))
    function = store.existing(at)
    version = function.version_of(at.qualifier) if at.qualifier else None
    after, before = moment(given.get("StartedAfter"), float("-inf")), moment(given.get("StartedBefore"), float("inf"))
    found = [
        {key: value for key, value in shown(execution).items() if key not in ("Version", "PauseDetails")}
        for execution in store.durable.values()
        if execution["FunctionArn"].rpartition(":")[0] == at.function_arn
        and version in (None, execution["Version"])
        and given.get("DurableExecutionName") in (None, execution["DurableExecutionName"])
        and execution["Status"] in given.get("Statuses", STATES)
        and after < execution["StartTimestamp"] < before
    ]
    found.sort(key=lambda execution: execution["StartTimestamp"], reverse=given.get("ReverseOrder") != "true")
    return page(found, "DurableExecutions", given, DEFAULT_PAGE, LONGEST_PAGE)


def moment(text: str | None, otherwise: float) -> float:
    return datetime.fromisoformat(text).timestamp() if text else otherwise


def get_durable_execution(store: Store, given: dict) -> dict:
    return shown(existing(store, given["DurableExecutionArn"]))


def pause_durable_execution(store: Store, given: dict) -> Answer:
    """Documented: PAUSING until an invocation that is under way reaches its next checkpoint, which here it does when
    it is resumed only. AWS changes the status a little after it has answered, here it is changed at once. That a
    repeated pause without its ClientToken and one of an ended execution are conflicts is inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_PauseDurableExecution.html
    """
    execution = existing(store, given["DurableExecutionArn"])
    if not repeated(execution, "pause", given):
        if execution["Status"] != "RUNNING":
            raise not_now(execution)
        execution["Status"] = "PAUSING" if execution["invoking"] else "PAUSED"
        details = {"PauseRequestTimestamp": time.time(), "ExecutionTimeoutPaused": False}
        details |= {key: given[key] for key in ("Reason", "ExecutionTimeoutPaused") if key in given}
        execution["PauseDetails"] = details
    return Answer(202, {})


def resume_durable_execution(store: Store, given: dict) -> Answer:
    """Documented: a pause that has not taken hold yet is cancelled. The conflicts are inferred.

    https://docs.aws.amazon.com/lambda/latest/api/API_ResumeDurableExecution.html
    """
    execution = existing(store, given["DurableExecutionArn"])
    if not repeated(execution, "resume", given):
        if execution["Status"] not in ("PAUSING", "PAUSED"):
            raise not_now(execution)
        execution["Status"] = "RUNNING"
        execution.pop("PauseDetails", None)
    return Answer(202, {})


def repeated(execution: dict, what: str, given: dict) -> bool:
    """Documented: a request with a ClientToken and parameters as before changes nothing and succeeds."""
    token, asked = given.get("ClientToken"), {**given, "": what}
    if token and execution["tokens"].get(token) == asked:
        return True
    if token:
        execution["tokens"][token] = asked
    return False


def not_now(execution: dict) -> Exception:
    return conflict(f"The durable execution is in the status {execution['Status']}.")


def existing(store: Store, arn: str) -> dict:
    if arn not in store.durable:  # text inferred
        raise not_found(f"Durable execution not found: {arn}")
    return store.durable[arn]


OPERATIONS = {
    "ListDurableExecutionsByFunction": list_durable_executions_by_function,
    "GetDurableExecution": get_durable_execution,
    "PauseDurableExecution": pause_durable_execution,
    "ResumeDurableExecution": resume_durable_execution,
}
