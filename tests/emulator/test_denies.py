"""Denies in resource policies that lock out. The text is IAM's documented one."""

import json
import unittest

from botocore.exceptions import ClientError
from running import ACCOUNT, EmulatorTest, client

NOT_ME = {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/intruder"}}


class LockOut(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()

    def deny(self, qualifier: str = "", **parts: object) -> None:
        """A Deny of everything for everybody, unless the parts say otherwise; None leaves one out."""
        arn = f"{self.arn}:{qualifier}" if qualifier else self.arn
        statement = {"Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": arn, **parts}
        statement = {name: part for name, part in statement.items() if part is not None}
        document = {"Version": "2012-10-17", "Statement": statement}
        self.functions.put_resource_policy(ResourceArn=arn, Policy=json.dumps(document))

    def is_locked_out(self, call=None, **asked: object) -> bool:
        try:
            (call or self.functions.get_function)(**{"FunctionName": self.name, **asked})
        except ClientError as error:
            self.assertEqual("AccessDeniedException", error.response["Error"]["Code"])
            return True
        return False

    def test_what_is_answered(self):
        self.deny()
        text = (
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: lambda:{{}} on resource: {self.arn} "
            "with an explicit deny in a resource-based policy"
        )
        for operation, call in (
            ("GetFunction", self.functions.get_function),
            ("ListAliases", self.functions.list_aliases),
            ("InvokeFunction", self.functions.invoke),
        ):
            self.refused(403, "AccessDeniedException", text.format(operation), call, FunctionName=self.name)
        text = text.format("TagResource")
        tags = {"Resource": self.arn, "Tags": {"a": "b"}}
        self.refused(403, "AccessDeniedException", text, self.functions.tag_resource, **tags)
        put = self.functions.put_function_concurrency
        self.assertTrue(self.is_locked_out(put, ReservedConcurrentExecutions=0))

    def test_what_still_works(self):
        self.deny()
        self.functions.get_resource_policy(ResourceArn=self.arn)
        self.functions.update_function_configuration(FunctionName=self.name, Description="other")
        self.functions.list_functions()
        self.functions.add_permission(
            FunctionName=self.name, StatementId="s", Action="lambda:GetFunction", Principal=ACCOUNT
        )
        self.assertTrue(self.is_locked_out())
        self.assertFalse(self.is_locked_out(client("lambda", "AKIAPERSON0000000000").get_function))
        self.deny(Effect="Allow")
        self.assertFalse(self.is_locked_out())

    def test_actions_and_resources(self):
        for parts, locked in (
            ({"Action": "lambda:get*"}, True),
            ({"Action": ["lambda:ListTags", "lambda:GetFunction"]}, True),
            ({"Action": "lambda:PutFunctionConcurrency"}, False),
            ({"Action": None, "NotAction": "lambda:InvokeFunction"}, True),
            ({"Action": None, "NotAction": "lambda:Get*"}, False),
            ({"Resource": "*"}, True),
            ({"Resource": f"{self.arn}?"}, False),
            ({"Resource": None, "NotResource": f"{self.arn}:1"}, True),
        ):
            with self.subTest(parts):
                self.deny(**parts)
                self.assertEqual(locked, self.is_locked_out())

    def test_principals_and_conditions(self):
        role, elsewhere = f"arn:aws:iam::{ACCOUNT}:role/cordon", "arn:aws:iam::444455556666:root"
        for parts, locked in (
            ({"Principal": {"AWS": "*"}}, True),
            ({"Principal": {"AWS": ACCOUNT}}, True),
            ({"Principal": {"AWS": [elsewhere, f"arn:aws:iam::{ACCOUNT}:root"]}}, True),
            ({"Principal": {"AWS": role}}, True),
            ({"Principal": {"AWS": elsewhere}}, False),
            ({"Principal": {"Service": "s3.amazonaws.com"}}, False),
            ({"Principal": None, "NotPrincipal": {"AWS": elsewhere}}, True),
            ({"Principal": None, "NotPrincipal": {"AWS": role}}, False),
            ({"Condition": NOT_ME}, True),
            ({"Condition": {"StringNotEquals": {"AWS:PrincipalARN": "x"}}}, True),
            ({"Condition": {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}}, False),
            ({"Condition": {**NOT_ME, "Bool": {"aws:SecureTransport": "false"}}}, False),
        ):
            with self.subTest(parts):
                self.deny(**parts)
                self.assertEqual(locked, self.is_locked_out())

    def test_each_qualifier_has_its_own(self):
        self.deny("live")
        self.assertEqual((False, True), (self.is_locked_out(), self.is_locked_out(Qualifier="live")))
        self.assertFalse(self.is_locked_out(Qualifier="1"))


if __name__ == "__main__":
    unittest.main()
