"""Layers and who may use them. Codes, texts and shapes are what AWS answered, unless marked inferred."""

import json
import unittest

from running import ACCOUNT, REGION, EmulatorTest, client, control

STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetLayerPolicy API to retrieve the latest Revision Id"
)
OTHER_REVISION = "00000000-0000-4000-8000-000000000000"


class LayerTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.layer = f"layer-{self.name}"
        self.layer_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{self.layer}"

    def publish(self, content: bytes = b"layer", **more: object) -> str:
        publish = self.functions.publish_layer_version
        return publish(LayerName=self.layer, Content={"ZipFile": content}, **more)["LayerVersionArn"]

    def elsewhere(self):
        """A client of another account."""
        asked = {"RoleArn": "arn:aws:iam::444455556666:role/member", "RoleSessionName": "test"}
        given = client("sts", self.key).assume_role(**asked)["Credentials"]
        return client("lambda", given["AccessKeyId"], given["SecretAccessKey"], token=given["SessionToken"])


class Versions(LayerTest):
    def test_listed_newest_first_and_without_their_content(self):
        for runtime in ("python3.12", "python3.13"):
            self.publish(CompatibleRuntimes=[runtime], Description=runtime)
        listed = self.functions.list_layer_versions(LayerName=self.layer)["LayerVersions"]
        self.assertEqual([2, 1], [version["Version"] for version in listed])
        members = {"CompatibleArchitectures", "CompatibleRuntimes", "CreatedDate", "Description", "Version"}
        self.assertEqual({*members, "LayerVersionArn"}, set(listed[0]))
        found = self.functions.list_layer_versions(LayerName=self.layer_arn, CompatibleRuntime="python3.12")
        self.assertEqual([f"{self.layer_arn}:1"], [version["LayerVersionArn"] for version in found["LayerVersions"]])
        self.assertEqual([], self.functions.list_layer_versions(LayerName="doesnotexist")["LayerVersions"])
        pages = self.functions.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 1})
        layers = {layer["LayerName"]: layer for page in pages for layer in page["Layers"]}
        self.assertEqual(2, layers[self.layer]["LatestMatchingVersion"]["Version"])

    def test_a_number_is_never_given_twice(self):
        self.publish()
        for _ in range(2):  # deleting what is not there succeeds
            gone = self.functions.delete_layer_version(LayerName=self.layer, VersionNumber=1)
            self.assertEqual(204, gone["ResponseMetadata"]["HTTPStatusCode"])
        self.assertEqual([], self.functions.list_layer_versions(LayerName=self.layer)["LayerVersions"])
        self.assertEqual(f"{self.layer_arn}:2", self.publish())

    def test_refusals(self):
        missing = "The resource you requested does not exist."
        self.not_found(missing, self.functions.get_layer_version, LayerName=self.layer, VersionNumber=1)
        for call in (self.functions.get_layer_version, self.functions.delete_layer_version):
            for number in (0, -1):
                self.invalid("Layer Version Cannot be less than 1", call, LayerName=self.layer, VersionNumber=number)


class OfFunctions(LayerTest):
    def layers(self) -> list | None:
        return self.functions.get_function_configuration(FunctionName=self.name).get("Layers")

    def update(self, *arns: str) -> dict:
        return self.functions.update_function_configuration(FunctionName=self.name, Layers=list(arns))

    def test_shown_with_their_size_and_kept_when_they_are_deleted(self):
        self.create()
        self.assertIsNone(self.layers())
        arn = self.publish(b"five!")
        self.assertEqual([{"Arn": arn, "CodeSize": 5}], self.update(arn)["Layers"])
        self.functions.delete_layer_version(LayerName=self.layer, VersionNumber=1)
        self.assertEqual([{"Arn": arn, "CodeSize": 5}], self.layers())
        self.update()
        self.assertIsNone(self.layers())  # inferred

    def test_signed_ones_say_by_whom(self):
        self.create()
        arn = self.publish()
        profile = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/p/abcdefghij"
        job = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-jobs/{OTHER_REVISION}"
        control("POST", "/_emulator/signed", {"region": REGION, "layer": arn, "profile": profile, "job": job})
        signature = {"SigningProfileVersionArn": profile, "SigningJobArn": job}
        self.assertEqual([{"Arn": arn, "CodeSize": 5, **signature}], self.update(arn)["Layers"])

    def test_refusals(self):
        self.create()
        first, second = self.publish(), self.publish()
        same = (
            "Two different versions of the same layer are not allowed to be referenced in the same function. "
            "{} and {} are versions of the same layer."
        )
        self.invalid(same.format(first, second), self.update_layers, layers=[first, second])
        self.invalid(same.format(first, first), self.update_layers, layers=[first, first])
        missing = f"{self.layer_arn}:9"
        self.invalid(f"Layer version {missing} does not exist.", self.update_layers, layers=[missing])
        six = [f"arn:aws:lambda:{REGION}:444455556666:layer:l{number}:1" for number in range(6)]
        self.invalid("Cannot reference more than 5 layers.", self.update_layers, layers=six)
        self.invalid(
            f"Layers are not in the same region as the function. Layers are expected to be in region {REGION}.",
            self.update_layers, layers=[first.replace(REGION, "us-east-1")],
        )  # fmt: skip
        pattern = self.functions.meta.service_model.shape_for("LayerVersionArn").metadata["pattern"]
        self.refused(
            400, "ValidationException",
            f"1 validation error detected: Value '[{self.layer_arn}]' at 'layers' failed to satisfy constraint: Member "
            "must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length "
            f"greater than or equal to 1, Member must satisfy regular expression pattern: {pattern}, Member must not "
            "be null]",
            self.update_layers, layers=[self.layer_arn],
        )  # fmt: skip
        self.assertIsNone(self.layers())

    def update_layers(self, layers: list[str]) -> dict:
        return self.update(*layers)

    def test_of_another_account_must_be_shared(self):
        """The refusal is inferred from IAM's documentation, and that a layer which nobody here knows is accepted is
        only so here."""
        self.create()
        other = self.elsewhere()
        arn = other.publish_layer_version(LayerName=self.layer, Content={"ZipFile": b"theirs"})["LayerVersionArn"]
        text = (
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: lambda:GetLayerVersion on resource: "
            f"{arn} because no resource-based policy allows the lambda:GetLayerVersion action"
        )
        for call, asked in (
            (self.update_layers, {"layers": [arn]}),
            (self.functions.get_layer_version_by_arn, {"Arn": arn}),
        ):
            self.refused(403, "AccessDeniedException", text, call, **asked)
        share = {"LayerName": self.layer, "VersionNumber": 1, "Action": "lambda:GetLayerVersion"}
        other.add_layer_version_permission(**share, StatementId="theirs", Principal="777788889999")
        self.refused(403, "AccessDeniedException", text, self.update_layers, layers=[arn])
        other.add_layer_version_permission(**share, StatementId="ours", Principal=ACCOUNT)
        self.assertEqual([{"Arn": arn, "CodeSize": 6}], self.update(arn)["Layers"])
        self.assertEqual(arn, self.functions.get_layer_version_by_arn(Arn=arn)["LayerVersionArn"])
        unknown = f"arn:aws:lambda:{REGION}:999999999999:layer:wrapper:7"
        self.assertEqual([{"Arn": unknown, "CodeSize": 0}], self.update(unknown)["Layers"])


class Policies(LayerTest):
    def setUp(self) -> None:
        super().setUp()
        self.arn = self.publish()
        self.at = {"LayerName": self.layer, "VersionNumber": 1}

    def share(self, sid: str = "s1", **more: object) -> dict:
        asked = {**self.at, "StatementId": sid, "Action": "lambda:GetLayerVersion", "Principal": "*", **more}
        return self.functions.add_layer_version_permission(**asked)

    def stored(self) -> tuple[list, str]:
        answer = self.functions.get_layer_version_policy(**self.at)
        document = json.loads(answer["Policy"])
        self.assertEqual(("2012-10-17", "default"), (document["Version"], document["Id"]))
        return document["Statement"], answer["RevisionId"]

    def test_lifecycle(self):
        added = self.share()
        self.assertEqual(201, added["ResponseMetadata"]["HTTPStatusCode"])
        first = {
            "Sid": "s1", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": self.arn,
        }  # fmt: skip
        self.assertEqual(first, json.loads(added["Statement"]))
        self.assertEqual(([first], added["RevisionId"]), self.stored())
        second = self.share("s2", Principal="444455556666", RevisionId=added["RevisionId"])
        self.assertEqual({"AWS": "arn:aws:iam::444455556666:root"}, json.loads(second["Statement"])["Principal"])
        gone = self.functions.remove_layer_version_permission(**self.at, StatementId="s2", RevisionId=second["RevisionId"])
        self.assertEqual(204, gone["ResponseMetadata"]["HTTPStatusCode"])
        statements, revision = self.stored()
        self.assertEqual([first], statements)
        self.assertNotIn(revision, (added["RevisionId"], second["RevisionId"]))
        self.functions.remove_layer_version_permission(**self.at, StatementId="s1")
        none = "No policy is associated with the given resource."  # inferred, after the last one
        self.not_found(none, self.functions.get_layer_version_policy, **self.at)

    def test_shared_with_an_organisation(self):
        statement = json.loads(self.share(OrganizationId="o-1234567890")["Statement"])
        self.assertEqual({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}, statement["Condition"])
        with self.assertRaises(self.functions.exceptions.InvalidParameterValueException):
            self.share("s2", OrganizationId="o-1234567890", Principal="444455556666")

    def test_each_version_has_its_own(self):
        self.share()
        self.publish()
        none = "No policy is associated with the given resource."
        self.not_found(none, self.functions.get_layer_version_policy, LayerName=self.layer, VersionNumber=2)

    def test_refusals(self):
        none = "No policy is associated with the given resource."
        self.not_found(none, self.functions.get_layer_version_policy, **self.at)
        self.share()
        self.refused(
            409, "ResourceConflictException",
            "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing "
            "statement.",
            self.share,
        )  # fmt: skip
        remove = self.functions.remove_layer_version_permission
        self.refused(412, "PreconditionFailedException", STALE, self.share, sid="s2", RevisionId=OTHER_REVISION)
        self.refused(
            412, "PreconditionFailedException", STALE, remove, **self.at, StatementId="s1", RevisionId=OTHER_REVISION
        )
        missing = "Statement doesnotexist is not found in resource policy."
        self.not_found(missing, remove, **self.at, StatementId="doesnotexist")
        self.refused(
            400, "ValidationException",
            "1 validation error detected: Value '*' at 'action' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: lambda:GetLayerVersion",
            self.share, Action="*",
        )  # fmt: skip
        for name, number in ((f"{self.layer}-doesnotexist", 1), (self.layer, 2)):
            at = {"LayerName": name, "VersionNumber": number}
            text = f"Layer version arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}:{number} does not exist."
            self.not_found(text, self.share, **at)
            self.not_found(text, self.functions.get_layer_version_policy, **at)
            self.not_found(text, remove, **at, StatementId="s1")


if __name__ == "__main__":
    unittest.main()
