"""IAM: what moto does, as the tests rely on it, and what is refused in front of it.

Codes, texts and shapes are what AWS answered, unless marked inferred.
"""

import json
import threading
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from running import ACCOUNT, EmulatorTest, client, endpoint

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(*statements: dict, **layout: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, **layout)


def deny(action: str = "*") -> dict:
    return {"Effect": "Deny", "Action": action, "Resource": "*"}


class IamTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.iam = client("iam", self.key)

    def role(self, path: str = "/", name: str | None = None) -> str:
        made = self.iam.create_role(RoleName=name or self.name, Path=path, AssumeRolePolicyDocument=document(TRUST))
        return made["Role"]["Arn"]

    def put(self, name: str, text: str) -> None:
        self.iam.put_role_policy(RoleName=self.name, PolicyName=name, PolicyDocument=text)

    def boundary(self) -> str:
        return self.iam.create_policy(PolicyName=self.name, PolicyDocument=document(deny()))["Policy"]["Arn"]


class Roles(IamTest):
    def test_inline_policies(self):
        self.assertEqual(f"arn:aws:iam::{ACCOUNT}:role/service-role/{self.name}", self.role("/service-role/"))
        logs = f"arn:aws:logs:xx-worldaa-1:{ACCOUNT}:log-group:/aws/lambda/f:*"
        only = {"ArnEquals": {"lambda:SourceFunctionArn": self.arn}}
        first = {"Effect": "Deny", "NotAction": ["logs:PutLogEvents"], "Resource": "*", "Condition": only}
        second = {"Effect": "Deny", "Action": ["logs:PutLogEvents"], "NotResource": logs, "Condition": only}
        self.put("one", document(first, second))
        found = self.iam.get_role_policy(RoleName=self.name, PolicyName="one")["PolicyDocument"]
        self.assertEqual([first, second], found["Statement"])
        self.assertEqual(["one"], self.iam.list_role_policies(RoleName=self.name)["PolicyNames"])
        self.iam.delete_role_policy(RoleName=self.name, PolicyName="one")
        for call in (self.iam.get_role_policy, self.iam.delete_role_policy):
            with self.assertRaises(self.iam.exceptions.NoSuchEntityException):
                call(RoleName=self.name, PolicyName="one")
        with self.assertRaises(self.iam.exceptions.NoSuchEntityException):
            self.iam.get_role(RoleName="none")

    def test_documents_are_url_encoded_and_kept_to_the_byte(self):
        # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
        self.role()
        text = document(deny(), indent=1)
        self.put("spaced", text)
        body = f"Action=GetRolePolicy&Version=2010-05-08&RoleName={self.name}&PolicyName=spaced"
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        request = AWSRequest("POST", endpoint() + "/", headers, body)
        SigV4Auth(Credentials(self.key, "secret"), "iam", "us-east-1").add_auth(request)
        asked = urllib.request.Request(endpoint() + "/", body.encode(), dict(request.headers))
        with urllib.request.urlopen(asked) as answer:
            written = answer.read().decode().partition("<PolicyDocument>")[2].partition("</PolicyDocument>")[0]
        self.assertTrue(written.startswith("%7B%0A%20%22Version%22%3A"), written)
        self.assertEqual(text, urllib.request.unquote(written))

    def test_boundary_and_attached_policies(self):
        self.role()
        arn = self.boundary()
        self.assertEqual("v1", self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"])
        version = self.iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
        self.assertEqual([deny()], version["Document"]["Statement"])
        self.iam.attach_role_policy(RoleName=self.name, PolicyArn=arn)
        attached = self.iam.list_attached_role_policies(RoleName=self.name)["AttachedPolicies"]
        self.assertEqual([arn], [policy["PolicyArn"] for policy in attached])
        self.iam.detach_role_policy(RoleName=self.name, PolicyArn=arn)
        self.iam.put_role_permissions_boundary(RoleName=self.name, PermissionsBoundary=arn)
        shown = self.iam.get_role(RoleName=self.name)["Role"]["PermissionsBoundary"]
        self.assertEqual(arn, shown["PermissionsBoundaryArn"])
        self.refused(
            409, "DeleteConflict", "Cannot delete a policy attached to entities.", self.iam.delete_policy, PolicyArn=arn
        )
        self.iam.delete_role_permissions_boundary(RoleName=self.name)
        self.assertNotIn("PermissionsBoundary", self.iam.get_role(RoleName=self.name)["Role"])
        self.iam.delete_policy(PolicyArn=arn)
        with self.assertRaises(self.iam.exceptions.NoSuchEntityException):  # inferred
            self.iam.put_role_permissions_boundary(RoleName=self.name, PermissionsBoundary=arn)

    def test_one_namespace_for_all_regions_and_another_for_each_account(self):
        self.role()
        for region in ("xx-worldaa-1", "us-east-1"):
            client("iam", self.key, region=region).get_role(RoleName=self.name)
        asked = {"RoleArn": "arn:aws:iam::444455556666:role/member", "RoleSessionName": "test"}
        given = client("sts", self.key).assume_role(**asked)["Credentials"]
        other = client("iam", given["AccessKeyId"], given["SecretAccessKey"], token=given["SessionToken"])
        with self.assertRaises(other.exceptions.NoSuchEntityException):
            other.get_role(RoleName=self.name)


class Limits(IamTest):
    def filled(self, length: int) -> str:
        """A document of so many characters that count."""
        empty = len("".join(document(deny("s3:")).split()))
        return document(deny("s3:" + "x" * (length - empty)), indent=2)

    def test_inline_policies_of_a_role_together(self):
        self.role()
        text = f"Maximum policy size of 10240 bytes exceeded for role {self.name}"
        self.put("a", self.filled(6000))
        self.put("b", self.filled(4240))
        self.refused(409, "LimitExceeded", text, self.put, name="c", text=document(deny()))
        self.refused(409, "LimitExceeded", text, self.put, name="b", text=self.filled(4241))
        self.put("b", self.filled(4000))
        self.put("c", self.filled(240))
        self.iam = client("iam", self.key, region="xx-worldaa-1")
        self.refused(409, "LimitExceeded", text, self.put, name="d", text=document(deny()))

    def test_only_one_of_many_concurrent_policies_fits(self):
        self.role()
        together = threading.Barrier(8)

        def fill(iam) -> bool:
            together.wait()
            try:
                iam.put_role_policy(RoleName=self.name, PolicyName=iam.key, PolicyDocument=self.filled(6000))
            except iam.exceptions.LimitExceededException:
                return False
            return True

        clients = [client("iam", self.key) for _ in range(8)]
        for number, iam in enumerate(clients):
            iam.key = f"policy-{number}"
            iam.list_roles(MaxItems=1)  # opens its connection
        for _ in range(5):
            with ThreadPoolExecutor(8) as pool:
                self.assertEqual(1, sum(pool.map(fill, clients)))
            for name in self.iam.list_role_policies(RoleName=self.name)["PolicyNames"]:
                self.iam.delete_role_policy(RoleName=self.name, PolicyName=name)

    def test_managed_policy(self):
        create = self.iam.create_policy
        self.refused(
            409, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144",
            create, PolicyName=self.name, PolicyDocument=self.filled(6145),
        )  # fmt: skip
        create(PolicyName=self.name, PolicyDocument=self.filled(6144))

    def test_roles_that_are_only_awss_to_change(self):
        boundary = self.boundary()
        for path in ("/aws-service-role/lambda.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/"):
            name = f"{self.name}-{path[5]}"
            self.role(path, name)
            text = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
            for call, asked in (
                (self.iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": document(deny())}),
                (self.iam.delete_role_policy, {"PolicyName": "p"}),
                (self.iam.put_role_permissions_boundary, {"PermissionsBoundary": boundary}),
                (self.iam.delete_role_permissions_boundary, {}),
                (self.iam.update_assume_role_policy, {"PolicyDocument": document(TRUST)}),
                (self.iam.attach_role_policy, {"PolicyArn": boundary}),
            ):
                self.refused(400, "UnmodifiableEntity", text, call, RoleName=name, **asked)
            self.assertEqual([], self.iam.list_role_policies(RoleName=name)["PolicyNames"])


if __name__ == "__main__":
    unittest.main()
