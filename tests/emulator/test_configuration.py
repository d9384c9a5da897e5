"""Settings of functions, aliases and code signing, as they are changed and put back. Codes, texts and shapes are what
AWS answered, unless marked inferred."""

import json
import unittest

from running import ACCOUNT, REGION, EmulatorTest, client

STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)


class ConfigurationTest(EmulatorTest):
    def get(self) -> dict:
        return self.functions.get_function_configuration(FunctionName=self.name)

    def update(self, **settings: object) -> dict:
        return self.functions.update_function_configuration(FunctionName=self.name, **settings)


class Settings(ConfigurationTest):
    def setUp(self) -> None:
        super().setUp()
        self.create()

    def test_each_is_replaced_and_the_others_stay(self):
        before = self.get()
        changes = {
            "Role": f"arn:aws:iam::{ACCOUNT}:role/other",
            "Handler": "other.handler",
            "Environment": {"Variables": {"STAGE": "1", "NODE_OPTIONS": "--require /opt/x.js"}},
            "KMSKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "DeadLetterConfig": {"TargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:failed"},
            "TracingConfig": {"Mode": "Active"},
            "Runtime": "nodejs22.x",
        }
        for setting, value in changes.items():
            self.update(**{setting: value})
        after = self.get()
        self.assertEqual(changes, {setting: after[setting] for setting in changes})
        same = ("CodeSha256", "LoggingConfig", "MemorySize", "Timeout", "State", "LastUpdateStatus")
        self.assertEqual({name: before[name] for name in same}, {name: after[name] for name in same})
        self.update(Environment={"Variables": {}}, KMSKeyArn="", DeadLetterConfig={"TargetArn": ""})
        found = self.get()
        self.assertEqual({"Variables": {}}, found["Environment"])
        self.assertNotIn("KMSKeyArn", found)  # inferred
        self.assertNotIn("DeadLetterConfig", found)  # inferred

    def test_an_answer_tells_of_an_update_whose_revision_is_stale_when_it_is_done(self):
        first = self.get()
        for call, asked in (
            (self.update, {"Description": "changed"}),
            (self.functions.update_function_code, {"FunctionName": self.name, "ZipFile": b"new"}),
        ):
            answer = call(**asked)
            self.assertEqual(("InProgress", "Creating"), (answer["LastUpdateStatus"], answer["LastUpdateStatusReasonCode"]))
            after = self.get()
            self.assertEqual("Successful", after["LastUpdateStatus"])
            self.assertEqual(3, len({first["RevisionId"], answer["RevisionId"], after["RevisionId"]}))
            self.assertLess(first["LastModified"], after["LastModified"])
            for stale in (first, answer):
                self.refused(
                    412, "PreconditionFailedException", STALE, self.update, Timeout=5, RevisionId=stale["RevisionId"]
                )
            self.update(Timeout=5, RevisionId=after["RevisionId"])
            first = self.get()

    def test_a_created_functions_revision_is_stale_when_it_is_active(self):
        self.functions.delete_function(FunctionName=self.name)
        created = self.create()
        self.assertNotEqual(created["RevisionId"], self.get()["RevisionId"])

    def test_code(self):
        before = self.get()["CodeSha256"]
        self.functions.update_function_code(FunctionName=self.name, ZipFile=b"new", DryRun=True)
        self.assertEqual(before, self.get()["CodeSha256"])
        answer = self.functions.update_function_code(FunctionName=self.name, ZipFile=b"new")
        self.assertNotEqual(before, answer["CodeSha256"])
        self.assertEqual(answer["CodeSha256"], self.get()["CodeSha256"])

    def test_parts_of_the_logging_stay(self):
        group = f"/aws/lambda/{self.name}"
        self.assertEqual({"LogFormat": "Text", "LogGroup": group}, self.get()["LoggingConfig"])
        for asked, shown in (
            ({"LogFormat": "JSON"}, {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}),
            ({"SystemLogLevel": "DEBUG"}, {"ApplicationLogLevel": "INFO", "SystemLogLevel": "DEBUG"}),
        ):
            self.update(LoggingConfig=asked)
            self.assertEqual({"LogFormat": "JSON", "LogGroup": group, **shown}, self.get()["LoggingConfig"])
        self.update(LoggingConfig={"LogFormat": "Text"})
        self.assertEqual({"LogFormat": "Text", "LogGroup": group}, self.get()["LoggingConfig"])
        self.update(LoggingConfig={"LogGroup": "elsewhere"})
        self.assertEqual({"LogFormat": "Text", "LogGroup": "elsewhere"}, self.get()["LoggingConfig"])

    def test_a_vpc_is_entered_and_left(self):
        self.assertNotIn("VpcConfig", self.get())
        self.update(VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]})
        shown = self.get()["VpcConfig"]
        self.assertEqual((["subnet-1"], ["sg-1"]), (shown["SubnetIds"], shown["SecurityGroupIds"]))
        self.assertFalse(shown["Ipv6AllowedForDualStack"])
        self.assertRegex(shown["VpcId"], "vpc-.+")
        self.update(VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
        left = {"Ipv6AllowedForDualStack": False, "SecurityGroupIds": [], "SubnetIds": [], "VpcId": ""}
        self.assertEqual(left, self.get()["VpcConfig"])
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value '[net-1]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member "
            "must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length "
            "greater than or equal to 0, Member must satisfy regular expression pattern: subnet-[0-9a-z]*, Member must "
            "not be null]",
            self.update, VpcConfig={"SubnetIds": ["net-1"]},
        )  # fmt: skip

    def test_environments_that_are_refused_change_nothing(self):
        large = {"LARGE_VAR": "x" * 4096}
        self.invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f'provided exceeded the 4KB limit. String measured: {{"LARGE_VAR":"{"x" * 4096}"}}',
            self.update, Environment={"Variables": large}, Handler="other.handler",
        )  # fmt: skip
        self.invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            "this request: AWS_REGION, AWS_SESSION_TOKEN",
            self.update, Environment={"Variables": {"AWS_SESSION_TOKEN": "1", "OURS": "2", "AWS_REGION": "3"}},
        )  # fmt: skip
        self.assertEqual("index.handler", self.get()["Handler"])
        self.update(Environment={"Variables": {"LARGE_VAR": "x" * (4096 - len('{"LARGE_VAR":""}'))}})

    def test_a_role_must_trust_lambda(self):
        iam = client("iam", self.key)
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        for number, (changes, fits) in enumerate((
            ({}, True),
            ({"Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}}, True),
            ({"Principal": {"Service": "ec2.amazonaws.com"}}, False),
            ({"Principal": {"AWS": ACCOUNT}}, False),
            ({"Effect": "Deny"}, False),
        )):  # fmt: skip
            document = json.dumps({"Version": "2012-10-17", "Statement": [{**trust, **changes}]})
            name = f"{self.name}-{number}"
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
            if fits:
                self.assertEqual(role, self.update(Role=role)["Role"])
            else:
                text = "The role defined for the function cannot be assumed by Lambda."
                self.invalid(text, self.update, Role=role, Handler="other.handler")
        self.assertEqual("index.handler", self.get()["Handler"])

    def test_versions_keep_what_they_were_published_with(self):
        self.functions.publish_version(FunctionName=self.name)
        self.update(Handler="other.handler")
        published = self.functions.get_function_configuration(FunctionName=self.name, Qualifier="1")
        self.assertEqual("index.handler", published["Handler"])

    def test_listed_with_their_roles_in_pages(self):
        pages = self.functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
        roles = {shown["FunctionName"]: shown["Role"] for page in pages for shown in page["Functions"]}
        self.assertEqual(f"arn:aws:iam::{ACCOUNT}:role/none", roles[self.name])


class Aliases(ConfigurationTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()
        self.update(Description="second")
        self.functions.publish_version(FunctionName=self.name)
        self.at = {"FunctionName": self.name, "Name": "live"}

    def shift(self, weights: dict, **more: object) -> dict:
        return self.functions.update_alias(**self.at, RoutingConfig={"AdditionalVersionWeights": weights}, **more)

    def test_traffic_is_shifted_and_put_back(self):
        before = self.functions.get_alias(**self.at)
        self.assertNotIn("RoutingConfig", before)
        answer = self.shift({"2": 0.2}, RevisionId=before["RevisionId"])
        self.assertEqual({"AdditionalVersionWeights": {"2": 0.2}}, answer["RoutingConfig"])
        self.refused(
            412, "PreconditionFailedException", STALE, self.functions.update_alias, **self.at,
            Description="d", RevisionId=before["RevisionId"],
        )  # fmt: skip
        self.functions.update_alias(**self.at, Description="d", RevisionId=answer["RevisionId"])
        shown = self.functions.get_alias(**self.at)
        self.assertEqual(({"AdditionalVersionWeights": {"2": 0.2}}, "1"), (shown["RoutingConfig"], shown["FunctionVersion"]))
        self.shift({})
        self.assertNotIn("RoutingConfig", self.functions.get_alias(**self.at))

    def test_listed_for_a_version_that_they_invoke(self):
        self.shift({"2": 0.2})
        for version in ("1", "2"):  # that a weight is enough is inferred
            listed = self.functions.list_aliases(FunctionName=self.name, FunctionVersion=version)["Aliases"]
            self.assertEqual(["live"], [alias["Name"] for alias in listed])

    def test_versions_that_they_invoke_stay(self):
        self.shift({"2": 0.2})
        for version in ("1", "2"):  # that a weight is enough is inferred
            self.refused(
                409, "ResourceConflictException",
                "Unable to delete version because the following aliases reference it: [live]",
                self.functions.delete_function, FunctionName=self.name, Qualifier=version,
            )  # fmt: skip
        self.functions.delete_alias(**self.at)
        self.functions.delete_function(FunctionName=self.name, Qualifier="1")

    def test_refusals_change_nothing(self):
        before = self.functions.get_alias(**self.at)
        self.invalid(
            "Number of items in AdditionalVersionWeights cannot be greater than 1", self.shift, weights={"1": 0.1, "2": 0.2}
        )
        self.invalid(
            "Invalid function version 1. Function version 1 is already included in routing configuration.",
            self.shift, weights={"1": 0.5},
        )  # fmt: skip
        self.not_found(f"Function not found: {self.arn}:10", self.shift, weights={"10": 0.5})
        self.not_found(f"Function not found: {self.arn}:10", self.functions.update_alias, **self.at, FunctionVersion="10")
        self.invalid(
            "$LATEST is not supported for an alias pointing to more than 1 version",
            self.shift, weights={"2": 0.5}, FunctionVersion="$LATEST",
        )  # fmt: skip
        for weights, shown, which, constraints in (
            (
                {"2": 2.0}, "{2=2.0}", "value",
                "Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, "
                "Member must not be null",
            ),
            (
                {"$LATEST": 0.5}, "{$LATEST=0.5}", "keys",
                "Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, "
                "Member must satisfy regular expression pattern: [0-9]+",
            ),
        ):  # fmt: skip
            self.refused(
                400, "ValidationException",
                f"1 validation error detected: Value '{shown}' at 'routingConfig.additionalVersionWeights' failed to "
                f"satisfy constraint: Map {which} must satisfy constraint: [{constraints}]",
                self.shift, weights=weights,
            )  # fmt: skip
        after = self.functions.get_alias(**self.at)
        self.assertEqual(before["RevisionId"], after["RevisionId"])


class CodeSigning(ConfigurationTest):
    PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/test"

    def setUp(self) -> None:
        super().setUp()
        self.create()
        self.missing = f"arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config:csc-0123456789abcdef0"

    def config(self, policy: str | None = None) -> str:
        given = {"CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy}} if policy else {}
        create = self.functions.create_code_signing_config
        made = create(AllowedPublishers={"SigningProfileVersionArns": [self.PROFILE]}, Description="d", **given)
        self.assertEqual(201, made["ResponseMetadata"]["HTTPStatusCode"])
        return made["CodeSigningConfig"]["CodeSigningConfigArn"]

    def put(self, arn: str, name: str | None = None) -> dict:
        put = self.functions.put_function_code_signing_config
        return put(FunctionName=name or self.name, CodeSigningConfigArn=arn)

    def shown(self) -> dict:
        found = self.functions.get_function_code_signing_config(FunctionName=self.name)
        return {key: value for key, value in found.items() if key != "ResponseMetadata"}

    def test_configuration(self):
        arn = self.config()
        got = self.functions.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
        self.assertRegex(got["CodeSigningConfigId"], "^csc-[a-z0-9]{17}$")
        self.assertEqual({"SigningProfileVersionArns": [self.PROFILE]}, got["AllowedPublishers"])
        self.assertEqual({"UntrustedArtifactOnDeployment": "Warn"}, got["CodeSigningPolicies"])
        update = self.functions.update_code_signing_config
        enforce = {"UntrustedArtifactOnDeployment": "Enforce"}
        answer = update(CodeSigningConfigArn=arn, CodeSigningPolicies=enforce)["CodeSigningConfig"]
        self.assertEqual(enforce, answer["CodeSigningPolicies"])
        got = self.functions.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
        self.assertEqual((enforce, "d"), (got["CodeSigningPolicies"], got["Description"]))
        listed = self.functions.get_paginator("list_code_signing_configs").paginate()
        self.assertIn(arn, [config["CodeSigningConfigArn"] for page in listed for config in page["CodeSigningConfigs"]])

    def test_of_a_function(self):
        arn = self.config()
        self.assertEqual({}, self.shown())
        of = {"CodeSigningConfigArn": arn, "FunctionName": self.name}
        answer = self.put(arn)
        self.assertEqual(of, {key: answer[key] for key in of})
        self.assertEqual(of, self.shown())
        listed = self.functions.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)
        self.assertEqual([self.arn], listed["FunctionArns"])
        with self.assertRaises(self.functions.exceptions.ResourceConflictException):  # its text is not known
            self.functions.delete_code_signing_config(CodeSigningConfigArn=arn)
        for _ in range(2):  # deleting what is not there succeeds
            self.functions.delete_function_code_signing_config(FunctionName=self.name)
        self.assertEqual({}, self.shown())
        self.functions.delete_code_signing_config(CodeSigningConfigArn=arn)
        self.put_missing(arn)

    def put_missing(self, arn: str, **more: str) -> None:
        text = f"The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."
        self.refused(404, "CodeSigningConfigNotFoundException", text, self.put, arn=arn, **more)

    def test_missing_ones(self):
        text = f"The Lambda code signing configuration {self.missing} can not be found."
        for call in (
            self.functions.get_code_signing_config, self.functions.update_code_signing_config,
            self.functions.delete_code_signing_config, self.functions.list_functions_by_code_signing_config,
        ):  # fmt: skip
            self.not_found(text, call, CodeSigningConfigArn=self.missing)
        self.put_missing(self.missing)
        self.put_missing(self.missing, name="doesnotexist")
        missing, arn = f"Function not found: {self.other}", self.config()
        self.not_found(missing, self.put, arn=arn, name="doesnotexist")
        for call in (
            self.functions.get_function_code_signing_config, self.functions.delete_function_code_signing_config,
        ):  # fmt: skip
            self.not_found(missing, call, FunctionName="doesnotexist")

    def test_enforced(self):
        """The code of the refusal is inferred."""
        before = self.get()["CodeSha256"]
        arn = self.config("Enforce")
        self.put(arn)
        self.refused(
            400, "CodeVerificationFailedException",
            "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client "
            f"is not configured to accept. Check the provided signature for {self.name}.",
            self.functions.update_function_code, FunctionName=self.name, ZipFile=b"unsigned",
        )  # fmt: skip
        with self.assertRaises(self.functions.exceptions.CodeVerificationFailedException):
            self.update(Layers=[f"arn:aws:lambda:{REGION}:444455556666:layer:l:1"])
        self.assertEqual(before, self.get()["CodeSha256"])
        self.functions.update_code_signing_config(
            CodeSigningConfigArn=arn, CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Warn"}
        )
        self.functions.update_function_code(FunctionName=self.name, ZipFile=b"unsigned")


class Recursion(ConfigurationTest):
    def test_refusals(self):
        self.create_with_alias()
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: Member "
            "must satisfy enum value set: [Allow, Terminate]",  # recorded in the other order
            self.functions.put_function_recursion_config, FunctionName=self.name, RecursiveLoop="InvalidValue",
        )  # fmt: skip
        missing = f"Function not found: {self.other}"
        put = self.functions.put_function_recursion_config
        self.not_found(missing, put, FunctionName="doesnotexist", RecursiveLoop="Allow")


if __name__ == "__main__":
    unittest.main()
