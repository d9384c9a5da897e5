"""Resource policies. Codes, texts and shapes are what AWS answered to recorded calls, unless marked inferred."""

import json
import unittest
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError
from running import ACCOUNT, REGION, EmulatorTest

NO_RESOURCE = "The resource you requested does not exist."
STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetPolicy API to retrieve the latest Revision Id"
)
MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."
OTHER_REVISION = "00000000-0000-4000-8000-000000000000"


class Statements(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()

    def stored(self, **qualifier: str) -> tuple[dict, str]:
        answer = self.functions.get_policy(FunctionName=self.name, **qualifier)
        return json.loads(answer["Policy"]), answer["RevisionId"]

    def test_service_principal_and_document(self):
        expected = {
            "Sid": "s3",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": self.arn,
            "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}},
        }
        self.assertEqual(expected, self.permit(SourceArn="arn:aws:s3:::bucket"))
        document, _ = self.stored()
        self.assertEqual({"Version": "2012-10-17", "Id": "default", "Statement": [expected]}, document)

    def test_principals(self):
        self.assertEqual("*", self.permit("a", Principal="*")["Principal"])
        root = {"AWS": "arn:aws:iam::444455556666:root"}
        self.assertEqual(root, self.permit("b", Principal="444455556666")["Principal"])
        user = "arn:aws:iam::444455556666:user/someone"
        self.assertEqual({"AWS": user}, self.permit("c", Principal=user)["Principal"])

    def test_optional_fields(self):
        statement = self.permit(
            "urlPermission",
            Action="lambda:InvokeFunctionUrl",
            Principal="*",
            SourceAccount=ACCOUNT,
            SourceArn="arn:aws:s3:::bucket",
            PrincipalOrgID="o-1234567890",
            FunctionUrlAuthType="NONE",
        )
        text = json.dumps(statement["Condition"], separators=(",", ":"))
        self.assertEqual(  # the order of the keys as well
            '{"StringEquals":{"AWS:SourceAccount":"111122223333","lambda:FunctionUrlAuthType":"NONE",'
            '"aws:PrincipalOrgID":"o-1234567890"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}',
            text,
        )

    def test_alexa_skill(self):
        statement = self.permit(Principal="*", EventSourceToken="amzn1.ask.skill.xxx")
        self.assertEqual({"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.xxx"}}, statement["Condition"])

    def test_invoked_via_function_url(self):
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        statement = self.permit(Principal="*", InvokedViaFunctionUrl=True)
        self.assertEqual({"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}, statement["Condition"])

    def test_each_qualifier_has_its_own_policy_and_revision(self):
        self.permit("function")
        _, revision = self.stored()
        for qualifier in ("1", "live"):
            self.not_found(NO_RESOURCE, self.functions.get_policy, FunctionName=self.name, Qualifier=qualifier)
            self.assertEqual(f"{self.arn}:{qualifier}", self.permit("own", Qualifier=qualifier)["Resource"])
        self.assertEqual(revision, self.stored()[1])
        revisions = {revision, self.stored(Qualifier="1")[1], self.stored(Qualifier="live")[1]}
        self.assertEqual(3, len(revisions))
        self.functions.update_function_configuration(FunctionName=self.name, Description="changed")
        self.functions.publish_version(FunctionName=self.name)
        self.not_found(NO_RESOURCE, self.functions.get_policy, FunctionName=self.name, Qualifier="2")
        self.assertEqual(revision, self.stored()[1])

    def test_policy_revision_is_not_the_functions(self):
        self.permit()
        function = self.functions.get_function(FunctionName=self.name)["Configuration"]["RevisionId"]
        answer = self.refused(
            412, "PreconditionFailedException", STALE, self.functions.add_permission, FunctionName=self.name,
            StatementId="b", Action="lambda:InvokeFunction", Principal="*", RevisionId=function,
        )  # fmt: skip
        self.assertEqual(STALE, answer["message"])
        self.permit("b", RevisionId=self.stored()[1])

    def test_add_permission_refusals(self):
        add = self.functions.add_permission
        good = {"FunctionName": self.name, "StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "*"}
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value 'example.com' at 'statementId' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
            add, **{**good, "StatementId": "example.com"},
        )  # fmt: skip
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value 'invalid-qualifier-with-?-char' at 'qualifier' failed to satisfy "
            r"constraint: Member must satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
            add, **good, Qualifier="invalid-qualifier-with-?-char",
        )  # fmt: skip
        self.invalid(MISMATCH, add, **{**good, "FunctionName": f"{self.name}:live"}, Qualifier="1")
        self.invalid("We currently do not support adding policies for $LATEST.", add, **good, Qualifier="$LATEST")
        self.invalid(
            "The provided principal was invalid. Please check the principal and try again.",
            add, **{**good, "Principal": "invalid.nonaws.com"},
        )  # fmt: skip
        self.not_found(f"Function not found: {self.other}", add, **{**good, "FunctionName": "doesnotexist"})
        self.not_found(f"Cannot find alias arn: {self.arn}:other", add, **good, Qualifier="other")
        self.not_found(f"Function not found: {self.arn}:42", add, **good, Qualifier="42")
        strange = "valid-with-$-but-doesnotexist"
        self.not_found(f"Function not found: {self.arn}:{strange}", add, **good, Qualifier=strange)
        self.permit("s3")
        answer = self.refused(
            409, "ResourceConflictException",
            "The statement id (s3) provided already exists. Please provide a new statement id, "
            "or remove the existing statement.",
            add, **good,
        )  # fmt: skip
        self.assertIn("message", answer)

    def test_get_policy_refusals(self):
        get = self.functions.get_policy
        self.not_found(NO_RESOURCE, get, FunctionName="doesnotexist")
        self.not_found(NO_RESOURCE, get, FunctionName=self.name)
        self.not_found(NO_RESOURCE, get, FunctionName=self.name, Qualifier="42")
        self.permit()
        self.not_found(NO_RESOURCE, get, FunctionName=self.name, Qualifier="$LATEST")

    def test_remove_permission(self):
        remove = self.functions.remove_permission
        none = "No policy is associated with the given resource."
        self.not_found(none, remove, FunctionName=self.name, StatementId="s3")
        self.not_found(none, remove, FunctionName=self.name, StatementId="s3", RevisionId=OTHER_REVISION)
        self.not_found(f"No policy found for: {self.other}", remove, FunctionName="doesnotexist", StatementId="s3")
        self.not_found(
            f"Cannot find alias arn: {self.arn}:other", remove, FunctionName=self.name, StatementId="s3", Qualifier="other"
        )
        self.permit("s3")
        self.permit("sqs", Principal="sqs.amazonaws.com")
        _, revision = self.stored()
        missing = "Statement non-existent is not found in resource policy."
        self.not_found(missing, remove, FunctionName=self.name, StatementId="non-existent")
        self.assertEqual(revision, self.stored()[1])
        self.refused(
            412, "PreconditionFailedException", STALE, remove, FunctionName=self.name, StatementId="s3",
            RevisionId=OTHER_REVISION,
        )  # fmt: skip
        answer = remove(FunctionName=self.name, StatementId="sqs", RevisionId=revision)
        self.assertEqual(204, answer["ResponseMetadata"]["HTTPStatusCode"])
        document, later = self.stored()
        self.assertEqual(["s3"], [statement["Sid"] for statement in document["Statement"]])
        self.assertNotEqual(revision, later)
        remove(FunctionName=self.name, StatementId="s3")
        self.not_found(NO_RESOURCE, self.functions.get_policy, FunctionName=self.name)

    def test_policies_end_with_what_they_hang_on(self):
        self.permit(Qualifier="live")
        self.functions.delete_alias(FunctionName=self.name, Name="live")
        self.functions.create_alias(FunctionName=self.name, Name="live", FunctionVersion="1")
        self.not_found(NO_RESOURCE, self.functions.get_policy, FunctionName=self.name, Qualifier="live")


class Documents(EmulatorTest):
    """Their shapes are from AWS's service model. No answers of these calls are recorded: texts are inferred."""

    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()

    def document(self, **changes: object) -> str:
        statement = {"Effect": "Allow", "Principal": {"AWS": [ACCOUNT]}, "Action": ["lambda:*"], "Resource": self.arn}
        return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **changes}]}, indent=1)

    def put(self, **asked: str) -> dict:
        return self.functions.put_resource_policy(**{"ResourceArn": self.arn, "Policy": self.document(), **asked})

    def test_text_is_kept_and_both_families_share_it(self):
        text = self.document(Sid="mine.with.dots")
        given = self.put(Policy=text)
        self.assertEqual(text, given["Policy"])
        for read in (
            self.functions.get_resource_policy(ResourceArn=self.arn),
            self.functions.get_policy(FunctionName=self.name),
        ):
            self.assertEqual((text, given["RevisionId"]), (read["Policy"], read["RevisionId"]))
        self.permit("added", RevisionId=given["RevisionId"])
        document = json.loads(self.functions.get_resource_policy(ResourceArn=self.arn)["Policy"])
        self.assertEqual(["mine.with.dots", "added"], [statement["Sid"] for statement in document["Statement"]])
        self.functions.remove_permission(FunctionName=self.name, StatementId="mine.with.dots")
        document = json.loads(self.functions.get_policy(FunctionName=self.name)["Policy"])
        self.assertEqual(["added"], [statement["Sid"] for statement in document["Statement"]])

    def test_qualified(self):
        self.put(ResourceArn=f"{self.arn}:live")
        self.assertTrue(self.functions.get_policy(FunctionName=self.name, Qualifier="live")["Policy"])
        self.not_found(NO_RESOURCE, self.functions.get_resource_policy, ResourceArn=self.arn)
        self.not_found(f"Cannot find alias arn: {self.arn}:other", self.put, ResourceArn=f"{self.arn}:other")

    def test_compare_and_swap(self):
        first = self.put()["RevisionId"]
        second = self.put(RevisionId=first)["RevisionId"]
        self.assertNotEqual(first, second)
        for call in (self.put, self.functions.delete_resource_policy):
            answer = self.refused(
                412, "PreconditionFailedException", STALE, call, ResourceArn=self.arn, RevisionId=first
            )
            self.assertEqual(STALE, answer["message"])
        self.assertEqual(second, self.functions.get_resource_policy(ResourceArn=self.arn)["RevisionId"])
        self.put()  # no RevisionId: unconditionally

    def test_only_one_of_many_swaps_succeeds(self):
        revision = self.put()["RevisionId"]

        def swap(_: int) -> bool:
            try:
                return bool(self.put(RevisionId=revision))
            except ClientError:
                return False

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(1, sum(pool.map(swap, range(16))))

    def test_revision_for_a_policy_that_is_not_there(self):
        self.refused(412, "PreconditionFailedException", STALE, self.put, RevisionId=OTHER_REVISION)

    def test_delete(self):
        delete = self.functions.delete_resource_policy
        self.not_found("No policy is associated with the given resource.", delete, ResourceArn=self.arn)
        self.not_found(f"No policy found for: {self.other}", delete, ResourceArn=self.other)
        revision = self.put()["RevisionId"]
        answer = delete(ResourceArn=self.arn, RevisionId=revision)
        self.assertEqual(204, answer["ResponseMetadata"]["HTTPStatusCode"])
        self.not_found(NO_RESOURCE, self.functions.get_policy, FunctionName=self.name)

    def test_missing_and_foreign_resources(self):
        self.not_found(f"Function not found: {self.other}", self.put, ResourceArn=self.other)
        self.not_found(NO_RESOURCE, self.functions.get_resource_policy, ResourceArn=self.other)
        elsewhere = self.arn.replace(REGION, "us-east-1")
        text = f"Functions from 'us-east-1' are not reachable in this region ('{REGION}')"
        self.not_found(text, self.functions.get_resource_policy, ResourceArn=elsewhere)
        bare = f"Value '{self.name}' at 'resourceArn' failed to satisfy constraint"
        with self.assertRaisesRegex(ClientError, bare):
            self.functions.get_resource_policy(ResourceArn=self.name)

    def test_length(self):
        too_long = self.document(Sid="x" * 20480)
        answer = self.refused(
            400, "PolicyLengthExceededException",
            f"The final policy size ({len(too_long)}) is bigger than the limit (20480).", self.put, Policy=too_long,
        )  # fmt: skip
        self.assertIn("message", answer)
        room = 20480 - len(self.document(Sid=""))
        self.put(Policy=self.document(Sid="x" * room))

    def test_malformed(self):
        for text in (
            "not json",
            "[]",
            '{"Statement":[]}',
            '{"Version":"2012-10-17"}',
            '{"Version":"1999-01-01","Statement":[]}',
            self.document(Effect="Permit"),
            self.document(Principle="*"),
            self.document(NotAction="lambda:*"),
            self.document(Condition=[]),
        ):
            with self.subTest(text), self.assertRaises(self.functions.exceptions.InvalidParameterValueException):
                self.put(Policy=text)


if __name__ == "__main__":
    unittest.main()
