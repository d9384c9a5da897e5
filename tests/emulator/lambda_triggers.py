"""What reaches a function: its URLs, event source mappings, and what becomes of asynchronous events."""

import time
import uuid
from datetime import datetime, timezone

from lambda_names import LATEST, Target, conflict, invalid, no_such_resource, not_found, target
from lambda_roles import check_destinations
from lambda_store import Answer, Function, Store, page

INVOKE_SETTINGS = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")


def create_function_url_config(store: Store, given: dict) -> dict:
    at = target(store.place, "CreateFunctionUrlConfig", given["FunctionName"], given.get("Qualifier"))
    function = url_function(store, at)
    if at.qualifier in function.urls:
        raise conflict(
            f"Failed to create function url config for [functionArn = {at.arn}]. "
            "Error message:  FunctionUrlConfig exists for this Lambda function"
        )
    config = {
        "FunctionUrl": f"https://{uuid.uuid4().hex}.lambda-url.{store.place.region}.on.aws/",
        "FunctionArn": at.arn,
        "AuthType": given["AuthType"],
        "CreationTime": moment(),
        **{key: given[key] for key in ("Cors", "InvokeMode") if key in given},
    }
    function.urls[at.qualifier] = {**config, "LastModifiedTime": config["CreationTime"]}
    return config


def update_function_url_config(store: Store, given: dict) -> dict:
    at = target(store.place, "UpdateFunctionUrlConfig", given["FunctionName"], given.get("Qualifier"))
    config = url_function(store, at).urls.get(at.qualifier)
    if config is None:
        raise no_such_resource()
    config.update({key: given[key] for key in ("AuthType", "Cors", "InvokeMode") if key in given})
    config["LastModifiedTime"] = moment()
    return config


def get_function_url_config(store: Store, given: dict) -> dict:
    """Recorded: InvokeMode is shown here and in lists even if nobody set it, after a create or update it is not."""
    at = target(store.place, "GetFunctionUrlConfig", given["FunctionName"], given.get("Qualifier"))
    return {"InvokeMode": "BUFFERED", **function_url(store, at)}


def delete_function_url_config(store: Store, given: dict) -> Answer:
    at = target(store.place, "DeleteFunctionUrlConfig", given["FunctionName"], given.get("Qualifier"))
    function_url(store, at)
    del store.functions[at.name].urls[at.qualifier]
    return Answer(204)


def list_function_url_configs(store: Store, given: dict) -> dict:
    at = target(store.place, "ListFunctionUrlConfigs", given["FunctionName"])
    if at.name not in store.functions:
        raise not_found("Function does not exist")
    urls = store.functions[at.name].urls
    found = [{"InvokeMode": "BUFFERED", **urls[qualifier]} for qualifier in sorted(urls, key=lambda q: q or "")]
    return page(found, "FunctionUrlConfigs", given)


def url_function(store: Store, at: Target) -> Function:
    """Recorded for creations and updates; URLs hang on the function or an alias only."""
    function = store.functions.get(at.name)
    if function is None or at.qualifier not in (None, *function.aliases):
        raise not_found("Function does not exist")
    return function


def function_url(store: Store, at: Target) -> dict:
    function = store.functions.get(at.name)
    if function is None or at.qualifier not in function.urls:
        raise no_such_resource()
    return function.urls[at.qualifier]


def moment() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def create_event_source_mapping(store: Store, given: dict) -> dict:
    at = mapped_function(store, "CreateEventSourceMapping", given["FunctionName"])
    check_destination_fits(given.get("EventSourceArn", ""), given)
    identity = str(uuid.uuid4())
    kept = {key: value for key, value in given.items() if key not in ("FunctionName", "Enabled", "Tags")}
    mapping = {
        "BatchSize": 10,
        **kept,
        "UUID": identity,
        "FunctionArn": at.arn,
        "EventSourceMappingArn": store.place.arn("event-source-mapping", identity),
        "State": "Enabled" if given.get("Enabled", True) else "Disabled",
        "StateTransitionReason": "USER_INITIATED",
        "LastModified": time.time(),
    }
    store.event_sources[identity] = mapping
    return {**mapping, "State": "Creating"}


def mapped_function(store: Store, operation: str, name: str) -> Target:
    """Recorded for CreateEventSourceMapping and inferred for updates, and for a qualifier that is not there."""
    at = target(store.place, operation, name)
    function = store.functions.get(at.name)
    if function is None or function.configuration(at.qualifier) is None:
        raise invalid("Function does not exist")
    return at


def check_destination_fits(source: str, given: dict) -> None:
    """Recorded for CreateEventSourceMapping, with a queue as the source."""
    if "DestinationConfig" in given and source.split(":")[2:3] == ["sqs"]:
        raise invalid("Unsupported DestinationConfig parameter for given event source mapping type.")


def get_event_source_mapping(store: Store, given: dict) -> dict:
    if given["UUID"] not in store.event_sources:
        raise no_such_resource()
    return store.event_sources[given["UUID"]]


def update_event_source_mapping(store: Store, given: dict) -> dict:
    """Answers the state it goes through and shows the one it ends in from then on: the change is never slow here, so
    that ResourceInUseException, which AWS gives while one is under way, comes from injected faults only.

    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
    """
    mapping = get_event_source_mapping(store, given)
    check_destination_fits(mapping.get("EventSourceArn", ""), given)
    name = given.get("FunctionName")
    function = mapped_function(store, "UpdateEventSourceMapping", name) if name else None
    changing = "Updating"
    if "Enabled" in given:
        changing = "Enabling" if given["Enabled"] else "Disabling"
        mapping["State"] = "Enabled" if given["Enabled"] else "Disabled"
    if function:
        mapping["FunctionArn"] = function.arn
    mapping.update({key: value for key, value in given.items() if key not in ("UUID", "Enabled", "FunctionName")})
    if "DestinationConfig" in given:
        mapping["DestinationConfig"] = mapping_destinations(given["DestinationConfig"])
    mapping["LastModified"] = time.time()
    return {**mapping, "State": changing}


def mapping_destinations(asked: dict) -> dict:
    """Inferred: an empty DestinationConfig and an empty name, which the model's pattern allows, both leave none."""
    on_failure = asked.get("OnFailure", {})
    return {"OnFailure": on_failure if on_failure.get("Destination") else {}}


def delete_event_source_mapping(store: Store, given: dict) -> dict:
    mapping = get_event_source_mapping(store, given)
    del store.event_sources[given["UUID"]]
    return {**mapping, "State": "Deleting"}


def list_event_source_mappings(store: Store, given: dict) -> dict:
    """Filtered by the exact function, version or alias named. Inferred: AWS documents that FunctionName may name a
    version or an alias and not whether a bare name finds theirs too; the answer here is the one that shows less.

    https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
    """
    source, name = given.get("EventSourceArn"), given.get("FunctionName")
    function_arn = target(store.place, "ListEventSourceMappings", name).arn if name else None
    found = [
        mapping
        for _, mapping in sorted(store.event_sources.items())
        if source in (None, mapping.get("EventSourceArn")) and function_arn in (None, mapping["FunctionArn"])
    ]
    return page(found, "EventSourceMappings", given)


def put_function_event_invoke_config(store: Store, given: dict) -> dict:
    """Settings that are not given are removed.

    https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
    """
    at, function = invoke_config_function(store, "PutFunctionEventInvokeConfig", given)
    function.invoke_configs[at.qualifier or LATEST] = invoke_config(store, at, {}, given)
    return function.invoke_configs[at.qualifier or LATEST]


def update_function_event_invoke_config(store: Store, given: dict) -> dict:
    """Settings that are not given stay. That a DestinationConfig replaces both of its members is inferred."""
    at, function = invoke_config_function(store, "UpdateFunctionEventInvokeConfig", given)
    current = existing_invoke_config(store, at)
    function.invoke_configs[at.qualifier or LATEST] = invoke_config(store, at, current, given)
    return function.invoke_configs[at.qualifier or LATEST]


def get_function_event_invoke_config(store: Store, given: dict) -> dict:
    at = target(store.place, "GetFunctionEventInvokeConfig", given["FunctionName"], given.get("Qualifier"))
    return existing_invoke_config(store, at)


def delete_function_event_invoke_config(store: Store, given: dict) -> Answer:
    at = target(store.place, "DeleteFunctionEventInvokeConfig", given["FunctionName"], given.get("Qualifier"))
    existing_invoke_config(store, at)
    del store.functions[at.name].invoke_configs[at.qualifier or LATEST]
    return Answer(204)


def list_function_event_invoke_configs(store: Store, given: dict) -> dict:
    _, function = invoke_config_function(store, "ListFunctionEventInvokeConfigs", given)
    found = [config for _, config in sorted(function.invoke_configs.items())]
    return page(found, "FunctionEventInvokeConfigs", given)


def invoke_config_function(store: Store, operation: str, given: dict) -> tuple[Target, Function]:
    at = target(store.place, operation, given["FunctionName"], given.get("Qualifier"))
    function = store.functions.get(at.name)
    if function is None or function.configuration(at.qualifier) is None:
        raise not_found("The function doesn't exist.")
    return at, function


def invoke_config(store: Store, at: Target, current: dict, given: dict) -> dict:
    """Recorded for Put and inferred for Update: something must be set. That an empty name, which the model's pattern
    allows, stands for no destination is inferred."""
    if not any(key in given for key in INVOKE_SETTINGS):
        raise invalid("You must specify at least one of error handling or destination setting.")
    asked = {**current, **{key: given[key] for key in INVOKE_SETTINGS if key in given}}
    destinations = {"OnSuccess": {}, "OnFailure": {}, **asked.get("DestinationConfig", {})}
    destinations = {when: kept if kept.get("Destination") else {} for when, kept in destinations.items()}
    if "DestinationConfig" in given:
        role = store.functions[at.name].configuration(at.qualifier)["Role"]
        check_destinations(store.place, role, destinations)
    return {**asked, "DestinationConfig": destinations, "FunctionArn": at.version_arn, "LastModified": time.time()}


def existing_invoke_config(store: Store, at: Target) -> dict:
    function = store.functions.get(at.name)
    config = function.invoke_configs.get(at.qualifier or LATEST) if function else None
    if config is None:
        raise not_found(f"The function {at.version_arn} doesn't have an EventInvokeConfig")
    return config


OPERATIONS = {
    "CreateFunctionUrlConfig": create_function_url_config,
    "GetFunctionUrlConfig": get_function_url_config,
    "UpdateFunctionUrlConfig": update_function_url_config,
    "DeleteFunctionUrlConfig": delete_function_url_config,
    "ListFunctionUrlConfigs": list_function_url_configs,
    "CreateEventSourceMapping": create_event_source_mapping,
    "GetEventSourceMapping": get_event_source_mapping,
    "UpdateEventSourceMapping": update_event_source_mapping,
    "DeleteEventSourceMapping": delete_event_source_mapping,
    "ListEventSourceMappings": list_event_source_mappings,
    "PutFunctionEventInvokeConfig": put_function_event_invoke_config,
    "UpdateFunctionEventInvokeConfig": update_function_event_invoke_config,
    "GetFunctionEventInvokeConfig": get_function_event_invoke_config,
    "DeleteFunctionEventInvokeConfig": delete_function_event_invoke_config,
    "ListFunctionEventInvokeConfigs": list_function_event_invoke_configs,
}
