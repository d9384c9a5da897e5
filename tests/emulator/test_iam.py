"""IAM: what moto does, as the tests rely on it, and what is refused in front of it.

Codes, texts and shapes are what AWS answered, unless marked inferred.
"""

import json
import threading
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from running import ACCOUNT, EmulatorTest, client, raw

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
        form = f"Action=GetRolePolicy&Version=2010-05-08&RoleName={self.name}&PolicyName=spaced"
        answer = raw(self.key, "iam", "us-east-1", form=form)[1]
        written = answer.partition("<PolicyDocument>")[2].partition("</PolicyDocument>")[0]
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


class TrustPolicies(IamTest):
    def stored(self) -> dict:
        return self.iam.get_role(RoleName=self.name)["Role"]["AssumeRolePolicyDocument"]

    def test_widened_and_put_back(self):
        self.role()
        before = json.loads(document(TRUST))
        self.assertEqual(before, self.stored())
        for principal in ({"AWS": "arn:aws:iam::444455556666:root"}, {"AWS": "*"}, "*"):
            allowed = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
            outside = {"Effect": "Allow", "Principal": principal, "Action": allowed}
            condition = {"StringEquals": {"sts:ExternalId": "secret"}}
            text = document(TRUST, outside, {**outside, "Condition": condition}, indent=1)
            self.iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=text)
            self.assertEqual(json.loads(text), self.stored())
        self.iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=document(TRUST))
        self.assertEqual(before, self.stored())

    def test_is_url_encoded_and_kept_to_the_byte(self):
        # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
        self.role()
        text = document(TRUST, indent=1)
        self.iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=text)
        answer = raw(self.key, "iam", "us-east-1", form=f"Action=GetRole&Version=2010-05-08&RoleName={self.name}")[1]
        written = answer.partition("<AssumeRolePolicyDocument>")[2].partition("</AssumeRolePolicyDocument>")[0]
        self.assertTrue(written.startswith("%7B%0A%20%22Version%22%3A"), written)
        self.assertEqual(text, urllib.request.unquote(written))

    def test_refusals(self):
        self.role()
        for call in (
            lambda text: self.iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=text),
            lambda text: self.iam.create_role(RoleName=f"{self.name}-new", AssumeRolePolicyDocument=text),
        ):
            self.refused(400, "MalformedPolicyDocument", "This policy contains invalid Json", call, text="{")
            with self.assertRaises(self.iam.exceptions.MalformedPolicyDocumentException):
                call(document({**TRUST, "Resource": "*"}))
        self.assertEqual(json.loads(document(TRUST)), self.stored())
        with self.assertRaises(self.iam.exceptions.NoSuchEntityException):
            self.iam.update_assume_role_policy(RoleName="none", PolicyDocument=document(TRUST))


class ManagedPolicies(IamTest):
    ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
    BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

    def attached(self) -> set[str]:
        found = self.iam.list_attached_role_policies(RoleName=self.name)["AttachedPolicies"]
        return {policy["PolicyArn"] for policy in found}

    def count(self, arn: str) -> int:
        return self.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"]

    def document(self, arn: str, version: str) -> dict:
        return self.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]

    def test_awss_own_are_there(self):
        self.role()
        for arn in (self.ADMINISTRATOR, self.BASIC):
            self.iam.attach_role_policy(RoleName=self.name, PolicyArn=arn)
            policy = self.iam.get_policy(PolicyArn=arn)["Policy"]
            version = self.iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
            self.assertTrue(version["IsDefaultVersion"])
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        self.assertEqual([everything], self.document(self.ADMINISTRATOR, "v1")["Statement"])
        self.assertEqual({self.ADMINISTRATOR, self.BASIC}, self.attached())
        self.iam.detach_role_policy(RoleName=self.name, PolicyArn=self.ADMINISTRATOR)
        self.assertEqual({self.BASIC}, self.attached())
        wrong = self.BASIC.replace("/service-role", "")
        for call in (self.iam.attach_role_policy, self.iam.detach_role_policy):
            with self.assertRaises(self.iam.exceptions.NoSuchEntityException):
                call(RoleName=self.name, PolicyArn=wrong)

    def test_attached_twice_is_attached_once(self):
        self.role()
        arn = self.boundary()
        for _ in range(2):
            self.iam.attach_role_policy(RoleName=self.name, PolicyArn=arn)
        self.assertEqual((1, {arn}), (self.count(arn), self.attached()))
        self.iam.detach_role_policy(RoleName=self.name, PolicyArn=arn)
        self.assertEqual((0, set()), (self.count(arn), self.attached()))
        self.refused(
            404, "NoSuchEntity", f"Policy {arn} was not found.",
            self.iam.detach_role_policy, RoleName=self.name, PolicyArn=arn,
        )  # fmt: skip

    def test_attaching_refused(self):
        self.role()
        missing = f"arn:aws:iam::{ACCOUNT}:policy/{self.name}-none"
        text = f"Policy {missing} does not exist or is not attachable."
        attach = self.iam.attach_role_policy
        self.refused(404, "NoSuchEntity", text, attach, RoleName=self.name, PolicyArn=missing)
        text = "Invalid ARN:  Could not be parsed!"
        self.refused(400, "ValidationError", text, attach, RoleName=self.name, PolicyArn="longenoughandnotanarn")
        for number in range(10):
            made = self.iam.create_policy(PolicyName=f"{self.name}-{number}", PolicyDocument=document(deny()))
            attach(RoleName=self.name, PolicyArn=made["Policy"]["Arn"])
        attach(RoleName=self.name, PolicyArn=made["Policy"]["Arn"])
        text = "Cannot exceed quota for PoliciesPerRole: 10"
        self.refused(409, "LimitExceeded", text, attach, RoleName=self.name, PolicyArn=self.BASIC)

    def test_versions(self):
        arn = self.boundary()
        wide = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
        made = self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=wide, SetAsDefault=True)["PolicyVersion"]
        self.assertEqual(("v2", True, False), (made["VersionId"], made["IsDefaultVersion"], "Document" in made))
        versions = self.iam.list_policy_versions(PolicyArn=arn)["Versions"]
        shown = {version["VersionId"]: version["IsDefaultVersion"] for version in versions}
        self.assertEqual({"v1": False, "v2": True}, shown)
        self.assertNotIn("Document", versions[0])
        self.assertEqual(json.loads(wide), self.document(arn, "v2"))
        self.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        self.assertEqual("v1", self.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"])
        with self.assertRaises(self.iam.exceptions.NoSuchEntityException):
            self.iam.set_default_policy_version(PolicyArn=arn, VersionId="v9")
        with self.assertRaises(self.iam.exceptions.DeleteConflictException):
            self.iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
        for _ in range(3):
            self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=wide)
        with self.assertRaises(self.iam.exceptions.LimitExceededException):
            self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=wide)

    def test_entities(self):
        self.role()
        self.iam.create_user(UserName=self.name)
        arn = self.boundary()
        self.iam.attach_role_policy(RoleName=self.name, PolicyArn=arn)
        self.iam.attach_user_policy(UserName=self.name, PolicyArn=arn)
        entities = self.iam.list_entities_for_policy
        found = entities(PolicyArn=arn)
        self.assertEqual([self.name], [role["RoleName"] for role in found["PolicyRoles"]])
        self.assertEqual([self.name], [user["UserName"] for user in found["PolicyUsers"]])
        found = entities(PolicyArn=arn, EntityFilter="Role")
        self.assertEqual((1, 0), (len(found["PolicyRoles"]), len(found["PolicyUsers"])))
        with self.assertRaises(self.iam.exceptions.NoSuchEntityException):
            entities(PolicyArn=f"{arn}-none")

    def test_entities_are_found_among_many(self):
        # https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
        names = [f"{self.name}-{number}" for number in range(102)]
        for name in names:
            self.role(name=name)
        arn = self.boundary()
        for name in names:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        found = self.iam.list_entities_for_policy(PolicyArn=arn)
        self.assertEqual(set(names), {role["RoleName"] for role in found["PolicyRoles"]})


class Users(IamTest):
    def setUp(self) -> None:
        super().setUp()
        made = self.iam.create_user(UserName=self.name)["User"]
        self.assertEqual(f"arn:aws:iam::{ACCOUNT}:user/{self.name}", made["Arn"])
        self.assertRegex(made["UserId"], "^AIDA[A-Z0-9]{17}$")
        self.assertEqual(made["UserId"], self.iam.get_user(UserName=self.name)["User"]["UserId"])

    def statuses(self) -> dict[str, str]:
        found = self.iam.list_access_keys(UserName=self.name)["AccessKeyMetadata"]
        return {key["AccessKeyId"]: key["Status"] for key in found}

    def test_keys_are_deactivated_and_activated(self):
        first, second = (self.iam.create_access_key(UserName=self.name)["AccessKey"]["AccessKeyId"] for _ in range(2))
        with self.assertRaises(self.iam.exceptions.LimitExceededException):
            self.iam.create_access_key(UserName=self.name)
        update = self.iam.update_access_key
        update(UserName=self.name, AccessKeyId=first, Status="Inactive")
        self.assertEqual({first: "Inactive", second: "Active"}, self.statuses())
        update(UserName=self.name, AccessKeyId=first, Status="Active")
        self.assertEqual({first: "Active", second: "Active"}, self.statuses())
        with self.assertRaisesRegex(Exception, "ValidationError"):
            update(UserName=self.name, AccessKeyId=first, Status="Gone")

    def test_keys_and_users_that_are_not_there(self):
        """https://github.com/localstack/localstack/blob/main/tests/aws/services/iam/test_iam_users.snapshot.json"""
        first = self.iam.create_access_key(UserName=self.name)["AccessKey"]["AccessKeyId"]
        for user, key, text in (
            (self.name, "AKIANONE000000000000", "The Access Key with id AKIANONE000000000000 cannot be found."),
            ("none", first, "The user with name none cannot be found."),
        ):
            self.refused(
                404, "NoSuchEntity", text, self.iam.update_access_key, UserName=user, AccessKeyId=key, Status="Inactive"
            )
        self.refused(
            404, "NoSuchEntity", "The user with name none cannot be found.", self.iam.list_access_keys, UserName="none"
        )
        self.assertEqual({first: "Active"}, self.statuses())

    def test_whose_key_it_is_has_to_be_told_by_whoever_has_none(self):
        """Recorded for DeleteAccessKey by a role.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
        """
        made = self.iam.create_access_key(UserName=self.name)["AccessKey"]
        text = "Must specify userName when calling with non-User credentials"
        key = made["AccessKeyId"]
        self.refused(400, "ValidationError", text, self.iam.list_access_keys)
        self.refused(400, "ValidationError", text, self.iam.update_access_key, AccessKeyId=key, Status="Inactive")
        self.assertEqual({key: "Active"}, self.statuses())
        itself = client("iam", key, made["SecretAccessKey"])
        self.assertEqual([key], [one["AccessKeyId"] for one in itself.list_access_keys()["AccessKeyMetadata"]])

    def test_a_login_is_made_and_removed(self):
        create = self.iam.create_login_profile
        made = create(UserName=self.name, Password="Long-enough-1", PasswordResetRequired=True)["LoginProfile"]
        found = self.iam.get_login_profile(UserName=self.name)["LoginProfile"]
        self.assertEqual((self.name, True), (found["UserName"], found["PasswordResetRequired"]))
        self.assertEqual(made, found)
        with self.assertRaises(self.iam.exceptions.EntityAlreadyExistsException):
            self.iam.create_login_profile(UserName=self.name, Password="Long-enough-1")
        self.iam.delete_login_profile(UserName=self.name)
        for call in (self.iam.get_login_profile, self.iam.delete_login_profile):
            with self.assertRaises(self.iam.exceptions.NoSuchEntityException):
                call(UserName=self.name)


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
