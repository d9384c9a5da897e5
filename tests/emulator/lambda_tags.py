"""Tags, which functions have and their versions and aliases have not."""

from lambda_names import invalid, no_such_function, target
from lambda_store import Answer, Function, Store

TAG_LIMIT = 50


def tag_resource(store: Store, given: dict) -> Answer:
    function = tagged(store, "TagResource", given["Resource"])
    if not given["Tags"]:  # recorded
        raise invalid("An error occurred and the request cannot be processed.")
    check_tags({**function.tags, **given["Tags"]})
    function.tags.update(given["Tags"])
    function.touch()
    return Answer(204)


def untag_resource(store: Store, given: dict) -> Answer:
    """Recorded: keys that are not there are no error."""
    function = tagged(store, "UntagResource", given["Resource"])
    for key in given["TagKeys"]:
        function.tags.pop(key, None)
    function.touch()
    return Answer(204)


def list_tags(store: Store, given: dict) -> dict:
    return {"Tags": dict(tagged(store, "ListTags", given["Resource"]).tags)}


def tagged(store: Store, operation: str, arn: str) -> Function:
    if ":function:" not in arn:
        raise no_such_function(arn)
    at = target(store.place, operation, arn)
    if at.qualifier:
        raise invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.")
    return store.function(at)


def check_tags(tags: dict[str, str]) -> None:
    """The limit is recorded. That aws: is reserved is documented, the text of its refusal is inferred.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
    """
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("aws: prefixed tag key names are not allowed for external use.")
    if len(tags) > TAG_LIMIT:
        raise invalid("Number of tags exceeds resource tag limit.")


OPERATIONS = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTags": list_tags,
}
