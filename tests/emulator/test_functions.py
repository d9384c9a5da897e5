"""Functions and what controls them. Codes, texts and shapes are what AWS answered, unless marked inferred."""

import unittest

from running import ACCOUNT, REGION, EmulatorTest, client

ALIASES_UNSUPPORTED = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
    "Please specify either a function name or an unqualified function ARN."
)
NO_RESOURCE = "The resource you requested does not exist."
MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."


class Names(EmulatorTest):
    def test_every_form(self):
        self.create_with_alias()
        get = self.functions.get_function
        for name in (
            self.name, self.arn, f"{ACCOUNT}:function:{self.name}", f"{ACCOUNT}:{self.name}", f"function:{self.name}",
        ):  # fmt: skip
            self.assertEqual(self.arn, get(FunctionName=name)["Configuration"]["FunctionArn"])
            for qualified in ({"FunctionName": f"{name}:live"}, {"FunctionName": name, "Qualifier": "live"}):
                found = get(**qualified)["Configuration"]
                self.assertEqual((f"{self.arn}:live", "1"), (found["FunctionArn"], found["Version"]))
        latest = get(FunctionName=self.name, Qualifier="$LATEST")["Configuration"]
        self.assertEqual((f"{self.arn}:$LATEST", "$LATEST"), (latest["FunctionArn"], latest["Version"]))

    def test_refusals(self):
        self.create()
        get = self.functions.get_function
        self.not_found(f"Function not found: {self.other}", get, FunctionName="doesnotexist")
        self.not_found(f"Function not found: {self.arn}:1221", get, FunctionName=self.name, Qualifier="1221")
        self.not_found(f"Function not found: {self.arn}:none", get, FunctionName=self.name, Qualifier="none")
        self.invalid(MISMATCH, get, FunctionName=f"{self.arn}:$LATEST", Qualifier="1")
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value 'my-function!' at 'functionName' failed to satisfy constraint: Member "
            "must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso("
            r"[a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|"
            "[a-zA-Z0-9-_]+))?",
            get, FunctionName="my-function!",
        )  # fmt: skip

    def test_another_region(self):
        elsewhere = self.other.replace(REGION, "us-east-1")
        text = f"Functions from 'us-east-1' are not reachable in this region ('{REGION}')"
        for call in (
            self.functions.get_function, self.functions.get_function_url_config, self.functions.get_policy,
            self.functions.get_function_concurrency, self.functions.delete_function, self.functions.invoke,
        ):  # fmt: skip
            self.not_found(text, call, FunctionName=elsewhere)

    def test_another_account(self):
        foreign = self.arn.replace(ACCOUNT, "444455556666")
        # The message is inferred from IAM's documentation; the recorded CreateFunction had none.
        self.refused(
            403, "AccessDeniedException",
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: lambda:GetFunction on resource: {foreign} "
            "because no resource-based policy allows the lambda:GetFunction action",
            self.functions.get_function, FunctionName=foreign,
        )  # fmt: skip
        self.refused(
            403, "AccessDeniedException", None, self.functions.create_function, FunctionName=foreign, Code={},
            Role=f"arn:aws:iam::{ACCOUNT}:role/none",
        )  # fmt: skip


class Functions(EmulatorTest):
    def test_lifecycle(self):
        created = self.create(Environment={"Variables": {"AA": "b"}}, Layers=["arn:aws:lambda:eu-central-1:444455556666:layer:l:1"])
        self.assertEqual((201, "Pending"), (created["ResponseMetadata"]["HTTPStatusCode"], created["State"]))
        found = self.functions.get_function(FunctionName=self.name)
        self.assertEqual("Active", found["Configuration"]["State"])
        self.assertEqual({"Variables": {"AA": "b"}}, found["Configuration"]["Environment"])
        self.assertNotIn("Tags", found)
        self.assertNotIn("Concurrency", found)
        deleted = self.functions.delete_function(FunctionName=self.name)
        self.assertEqual(204, deleted["ResponseMetadata"]["HTTPStatusCode"])
        self.not_found(f"Function not found: {self.arn}", self.functions.delete_function, FunctionName=self.name)

    def test_revision_of_the_function(self):
        self.create()
        first = self.functions.get_function(FunctionName=self.name)["Configuration"]["RevisionId"]
        self.functions.update_function_configuration(FunctionName=self.name, Description="changed", RevisionId=first)
        self.refused(
            412, "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
            self.functions.update_function_code, FunctionName=self.name, ZipFile=b"other", RevisionId=first,
        )  # fmt: skip

    def test_versions(self):
        self.create(Description="first", Publish=True)
        again = self.functions.publish_version(FunctionName=self.name)
        self.assertEqual(("1", 201), (again["Version"], again["ResponseMetadata"]["HTTPStatusCode"]))
        self.functions.update_function_configuration(FunctionName=self.name, Description="second")
        self.assertEqual("2", self.functions.publish_version(FunctionName=self.name)["Version"])
        listed = self.functions.list_versions_by_function(FunctionName=self.name)["Versions"]
        self.assertEqual([f"{self.arn}:{number}" for number in ("$LATEST", "1", "2")], [v["FunctionArn"] for v in listed])
        self.assertNotIn("State", listed[0])
        self.functions.delete_function(FunctionName=self.name, Qualifier="1")
        self.functions.update_function_configuration(FunctionName=self.name, Description="third")
        self.assertEqual("3", self.functions.publish_version(FunctionName=self.name)["Version"])

    def test_lists_come_in_pages(self):
        self.create(Publish=True)
        for number in range(1, 61):
            self.functions.create_alias(FunctionName=self.name, Name=f"alias{number:02}", FunctionVersion="1")
        first = self.functions.list_aliases(FunctionName=self.name)
        self.assertEqual(50, len(first["Aliases"]))
        rest = self.functions.list_aliases(FunctionName=self.name, Marker=first["NextMarker"])
        self.assertEqual(10, len(rest["Aliases"]))
        self.assertNotIn("NextMarker", rest)
        one = self.functions.list_versions_by_function(FunctionName=self.name, MaxItems=1)
        two = self.functions.list_versions_by_function(FunctionName=self.name, MaxItems=1, Marker=one["NextMarker"])
        self.assertEqual(["$LATEST", "1"], [page["Versions"][0]["Version"] for page in (one, two)])
        self.assertNotIn("NextMarker", two)
        names = self.functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
        self.assertIn(self.name, [f["FunctionName"] for page in names for f in page["Functions"]])

    def test_aliases(self):
        self.create_with_alias()
        self.refused(
            409, "ResourceConflictException", f"Alias already exists: {self.arn}:live",
            self.functions.create_alias, FunctionName=self.name, Name="live", FunctionVersion="1",
        )  # fmt: skip
        missing = {"FunctionName": self.name, "Name": "non-existent"}
        self.not_found(f"Cannot find alias arn: {self.arn}:non-existent", self.functions.get_alias, **missing)
        self.not_found(f"Alias not found: {self.arn}:non-existent", self.functions.update_alias, **missing)
        self.assertEqual(204, self.functions.delete_alias(**missing)["ResponseMetadata"]["HTTPStatusCode"])
        self.not_found(f"Function not found: {self.other}", self.functions.list_aliases, FunctionName="doesnotexist")

    def test_regions_are_apart(self):
        self.create()
        self.not_found(
            f"Function not found: {self.arn.replace(REGION, 'us-east-1')}",
            client("lambda", self.key, region="us-east-1").get_function, FunctionName=self.name,
        )  # fmt: skip


class Tags(EmulatorTest):
    UNSUPPORTED = "Tags on function aliases and versions are not supported. Please specify a function ARN."
    TOO_MANY = "Number of tags exceeds resource tag limit."

    def test_lifecycle(self):
        self.create(Tags={"key_a": "value_a"})
        before = self.functions.get_function(FunctionName=self.name)
        self.assertEqual({"key_a": "value_a"}, before["Tags"])
        answer = self.functions.tag_resource(Resource=self.arn, Tags={"key_a": "x", "straße: +=@/-_.": "ünï 1"})
        self.assertEqual(204, answer["ResponseMetadata"]["HTTPStatusCode"])
        after = self.functions.get_function(FunctionName=self.name)
        self.assertNotEqual(before["Configuration"]["RevisionId"], after["Configuration"]["RevisionId"])
        answer = self.functions.untag_resource(Resource=self.arn, TagKeys=["key_a", "nomatch", "straße: +=@/-_."])
        self.assertEqual(204, answer["ResponseMetadata"]["HTTPStatusCode"])
        self.assertEqual({}, self.functions.list_tags(Resource=self.arn)["Tags"])
        self.assertNotIn("Tags", self.functions.get_function(FunctionName=self.name))

    def test_limit(self):
        self.create()
        tag = self.functions.tag_resource
        self.invalid(self.TOO_MANY, tag, Resource=self.arn, Tags={f"{n}_key": "v" for n in range(51)})
        tag(Resource=self.arn, Tags={f"{n}_key": "v" for n in range(50)})
        self.invalid(self.TOO_MANY, tag, Resource=self.arn, Tags={"one-more": "v"})
        tag(Resource=self.arn, Tags={"0_key": "other"})

    def test_refusals(self):
        self.create_with_alias()
        for call, asked in (
            (self.functions.tag_resource, {"Tags": {"a": "b"}}),
            (self.functions.untag_resource, {"TagKeys": ["a"]}),
            (self.functions.list_tags, {}),
        ):
            self.not_found(f"Function not found: {self.other}", call, Resource=self.other, **asked)
            for qualifier in ("1", "live", "$LATEST"):
                self.invalid(self.UNSUPPORTED, call, Resource=f"{self.arn}:{qualifier}", **asked)
        self.invalid(
            "An error occurred and the request cannot be processed.",
            self.functions.tag_resource, Resource=self.arn, Tags={},
        )  # fmt: skip
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
            self.functions.untag_resource, Resource=self.arn, TagKeys=[],
        )  # fmt: skip

    def test_characters_and_reserved_prefix(self):
        # The pattern is AWS's; that it is enforced so, and the refusal of aws:, is inferred from the documentation.
        self.create()
        for tags in ({"a,b": "c"}, {"a": '{"b":1}'}, {"a": "x" * 257}, {"a" * 129: "b"}, {"": "b"}):
            answer = self.assertRaises(self.functions.exceptions.ClientError)
            with self.subTest(tags), answer:
                self.functions.tag_resource(Resource=self.arn, Tags=tags)
            self.assertEqual("ValidationException", answer.exception.response["Error"]["Code"])
        with self.assertRaises(self.functions.exceptions.InvalidParameterValueException):
            self.functions.tag_resource(Resource=self.arn, Tags={"aws:mine": "b"})


class ReservedConcurrency(EmulatorTest):
    def put(self, reserved: int, name: str | None = None) -> dict:
        put = self.functions.put_function_concurrency
        return put(FunctionName=name or self.name, ReservedConcurrentExecutions=reserved)

    def test_unset_zero_and_more(self):
        self.create()
        get = self.functions.get_function_concurrency
        self.assertNotIn("ReservedConcurrentExecutions", get(FunctionName=self.name))
        for reserved in (0, 3):
            self.assertEqual(reserved, self.put(reserved)["ReservedConcurrentExecutions"])
            self.assertEqual(reserved, get(FunctionName=self.name)["ReservedConcurrentExecutions"])
            shown = self.functions.get_function(FunctionName=self.name)["Concurrency"]
            self.assertEqual({"ReservedConcurrentExecutions": reserved}, shown)
        deleted = self.functions.delete_function_concurrency(FunctionName=self.name)
        self.assertEqual(204, deleted["ResponseMetadata"]["HTTPStatusCode"])
        self.assertNotIn("ReservedConcurrentExecutions", get(FunctionName=self.name))

    def test_refusals(self):
        self.create_with_alias()
        self.not_found(f"Function not found: {self.other}:$LATEST", self.put, reserved=1, name="doesnotexist")
        self.not_found(
            f"Function not found: {self.other}", self.functions.get_function_concurrency, FunctionName="doesnotexist"
        )
        for name in (f"{self.arn}:$LATEST", f"{self.name}:live", f"{self.name}:1"):
            self.invalid(ALIASES_UNSUPPORTED, self.put, reserved=1, name=name)
        # Recorded with the limits blanked out; 1000 and 100 are the documented ones.
        self.invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            "below its minimum value of [100].",
            self.put, reserved=901,
        )  # fmt: skip

    def test_below_provisioned(self):
        self.create_with_alias()
        provision = {"FunctionName": self.name, "Qualifier": "live"}
        self.functions.put_provisioned_concurrency_config(**provision, ProvisionedConcurrentExecutions=2)
        text = " ReservedConcurrentExecutions  {} should not be lower than function's total provisioned concurrency [2]."
        self.invalid(text.format(1), self.put, reserved=1)
        self.invalid(text.format(0), self.put, reserved=0)
        self.put(2)
        self.invalid(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
            self.functions.put_provisioned_concurrency_config, **provision, ProvisionedConcurrentExecutions=3,
        )  # fmt: skip
        self.functions.delete_provisioned_concurrency_config(**provision)
        self.put(0)

    def test_invocation_at_zero(self):
        self.create()
        invoke = self.functions.invoke
        self.assertEqual((200, "$LATEST"), tuple(invoke(FunctionName=self.name)[k] for k in ("StatusCode", "ExecutedVersion")))
        self.put(0)
        answer = self.refused(429, "TooManyRequestsException", "Rate Exceeded.", invoke, FunctionName=self.name)
        self.assertEqual("ReservedFunctionConcurrentInvocationLimitExceeded", answer["Reason"])
        self.assertEqual(202, invoke(FunctionName=self.name, InvocationType="Event")["StatusCode"])
        self.not_found(f"Function not found: {self.other}:$LATEST", invoke, FunctionName="doesnotexist")


class ProvisionedConcurrency(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()
        self.get = self.functions.get_provisioned_concurrency_config
        self.delete = self.functions.delete_provisioned_concurrency_config

    def put(self, Qualifier: str, FunctionName: str | None = None, count: int = 1) -> dict:
        put = self.functions.put_provisioned_concurrency_config
        return put(FunctionName=FunctionName or self.name, Qualifier=Qualifier, ProvisionedConcurrentExecutions=count)

    def test_lifecycle(self):
        put = self.put("1")
        self.assertEqual((202, "IN_PROGRESS"), (put["ResponseMetadata"]["HTTPStatusCode"], put["Status"]))
        self.assertEqual(0, put["AllocatedProvisionedConcurrentExecutions"])
        got = self.get(FunctionName=self.name, Qualifier="1")
        self.assertEqual(("READY", 1), (got["Status"], got["AvailableProvisionedConcurrentExecutions"]))
        listed = self.functions.list_provisioned_concurrency_configs(FunctionName=self.name)
        self.assertEqual([f"{self.arn}:1"], [c["FunctionArn"] for c in listed["ProvisionedConcurrencyConfigs"]])
        self.refused(
            409, "ResourceConflictException",
            "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
            self.put, Qualifier="live",
        )  # fmt: skip
        for _ in range(2):  # a second deletion succeeds as well
            answer = self.delete(FunctionName=self.name, Qualifier="1")
            self.assertEqual(204, answer["ResponseMetadata"]["HTTPStatusCode"])
        answer = self.refused(
            404, "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
            self.get, FunctionName=self.name, Qualifier="1",
        )  # fmt: skip
        self.assertIn("message", answer)
        self.put("live")
        self.refused(
            409, "ResourceConflictException", "Version is pointed by a Provisioned Concurrency alias",
            self.put, Qualifier="1",
        )  # fmt: skip
        self.functions.delete_alias(FunctionName=self.name, Name="live")
        listed = self.functions.list_provisioned_concurrency_configs(FunctionName=self.name)
        self.assertEqual([], listed["ProvisionedConcurrencyConfigs"])

    def test_refusals(self):
        alias, version = {"Qualifier": "noalias"}, {"Qualifier": "10"}
        for call in (self.put, self.get, self.delete):
            here = {"FunctionName": self.name}
            self.not_found(f"Cannot find alias arn: {self.arn}:noalias", call, **here, **alias)
            self.not_found(f"Function not found: {self.arn}:10", call, **here, **version)
            self.not_found(f"Function not found: {self.other}:10", call, FunctionName="doesnotexist", **version)
            self.not_found(f"Cannot find alias arn: {self.other}:noalias", call, FunctionName="doesnotexist", **alias)
        for call in (self.get, self.delete):
            self.invalid(
                "The function resource provided must be an alias or a published version.",
                call, FunctionName=self.name, Qualifier="$LATEST",
            )  # fmt: skip
        self.invalid(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
            self.put, Qualifier="$LATEST",
        )  # fmt: skip
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
            self.put, Qualifier="1", count=0,
        )  # fmt: skip
        self.not_found(
            f"Function not found: {self.other}", self.functions.list_provisioned_concurrency_configs,
            FunctionName="doesnotexist",
        )  # fmt: skip


class FunctionUrls(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()
        self.put = self.functions.create_function_url_config
        self.get = self.functions.get_function_url_config
        self.update = self.functions.update_function_url_config
        self.delete = self.functions.delete_function_url_config

    def test_lifecycle(self):
        created = self.put(FunctionName=self.name, AuthType="NONE")
        self.assertEqual(201, created["ResponseMetadata"]["HTTPStatusCode"])
        self.assertEqual({"AuthType", "CreationTime", "FunctionArn", "FunctionUrl", "ResponseMetadata"}, set(created))
        conflict = (
            f"Failed to create function url config for [functionArn = {self.arn}]. "
            "Error message:  FunctionUrlConfig exists for this Lambda function"
        )
        self.refused(409, "ResourceConflictException", conflict, self.put, FunctionName=self.name, AuthType="NONE")
        got = self.get(FunctionName=self.name)
        self.assertEqual((200, "BUFFERED"), (got["ResponseMetadata"]["HTTPStatusCode"], got["InvokeMode"]))
        self.assertEqual("AWS_IAM", self.update(FunctionName=self.name, AuthType="AWS_IAM")["AuthType"])
        self.assertEqual(204, self.delete(FunctionName=self.name)["ResponseMetadata"]["HTTPStatusCode"])
        for call in (self.get, self.delete, self.update):
            self.not_found(NO_RESOURCE, call, FunctionName=self.name)

    def test_each_qualifier_has_its_own(self):
        self.put(FunctionName=self.name, AuthType="NONE")
        alias = self.put(FunctionName=self.name, AuthType="NONE", Qualifier="live")
        self.assertEqual(f"{self.arn}:live", alias["FunctionArn"])
        listed = self.functions.list_function_url_configs(FunctionName=self.name)["FunctionUrlConfigs"]
        self.assertEqual([self.arn, f"{self.arn}:live"], [config["FunctionArn"] for config in listed])
        self.delete(FunctionName=self.name)
        self.not_found(NO_RESOURCE, self.get, FunctionName=self.name)
        self.assertEqual("NONE", self.get(FunctionName=self.name, Qualifier="live")["AuthType"])

    def test_update_keeps_what_it_does_not_mention(self):
        cors = {"AllowOrigins": ["https://example.com"]}
        self.put(FunctionName=self.name, AuthType="NONE", Cors=cors, InvokeMode="RESPONSE_STREAM")
        self.update(FunctionName=self.name, AuthType="AWS_IAM")
        got = self.get(FunctionName=self.name)
        self.assertEqual(("AWS_IAM", cors, "RESPONSE_STREAM"), (got["AuthType"], got["Cors"], got["InvokeMode"]))

    def test_refusals(self):
        for call, missing, asked in (
            (self.put, "Function does not exist", {"AuthType": "NONE"}),
            (self.update, "Function does not exist", {}),
            (self.get, NO_RESOURCE, {}),
            (self.delete, NO_RESOURCE, {}),
        ):
            self.not_found(missing, call, FunctionName="doesnotexist", **asked)
            self.not_found(missing, call, FunctionName=self.name, Qualifier="noalias", **asked)
            for qualifier in ("1", "$LATEST"):
                self.refused(
                    400, "ValidationException",
                    f"1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: "
                    r"Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)",
                    call, FunctionName=self.name, Qualifier=qualifier, **asked,
                )  # fmt: skip
        self.invalid(MISMATCH, self.get, FunctionName=f"{self.arn}:live", Qualifier="other")
        missing = "Function does not exist"
        self.not_found(missing, self.functions.list_function_url_configs, FunctionName="doesnotexist")


if __name__ == "__main__":
    unittest.main()
