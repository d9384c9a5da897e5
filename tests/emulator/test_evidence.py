"""What is kept as evidence: archives of code and layers, and settings beside the configuration."""

import hashlib
import unittest
import urllib.request
from base64 import b64encode

from running import ACCOUNT, REGION, EmulatorTest


def fetched(location: str) -> bytes:
    with urllib.request.urlopen(location) as answer:
        return answer.read()


class Archives(EmulatorTest):
    def code(self, **qualifier: str) -> bytes:
        found = self.functions.get_function(FunctionName=self.name, **qualifier)
        content = fetched(found["Code"]["Location"])
        digest = b64encode(hashlib.sha256(content).digest()).decode()
        self.assertEqual((digest, len(content)), tuple(found["Configuration"][k] for k in ("CodeSha256", "CodeSize")))
        return content

    def test_code_of_each_version(self):
        self.create_with_alias()
        new = bytes(range(256)) * 300
        self.functions.update_function_code(FunctionName=self.name, ZipFile=new)
        self.assertEqual((new, b"zip", b"zip"), (self.code(), self.code(Qualifier="1"), self.code(Qualifier="live")))

    def test_image(self):
        uri = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/image:1"
        role = f"arn:aws:iam::{ACCOUNT}:role/none"
        self.functions.create_function(FunctionName=self.name, Role=role, PackageType="Image", Code={"ImageUri": uri})
        code = self.functions.get_function(FunctionName=self.name)["Code"]
        self.assertEqual({"RepositoryType": "ECR", "ImageUri": uri}, code)

    def test_layers(self):
        for number, content in enumerate((b"first", b"second"), 1):
            made = self.functions.publish_layer_version(LayerName=self.name, Content={"ZipFile": content})
            self.assertEqual((201, number), (made["ResponseMetadata"]["HTTPStatusCode"], made["Version"]))
            self.assertEqual(f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{self.name}:{number}", made["LayerVersionArn"])
            found = self.functions.get_layer_version_by_arn(Arn=made["LayerVersionArn"])
            self.assertEqual(content, fetched(found["Content"]["Location"]))
            self.assertEqual(made["Content"]["CodeSha256"], found["Content"]["CodeSha256"])
            found = self.functions.get_layer_version(LayerName=self.name, VersionNumber=number)
            self.assertEqual(content, fetched(found["Content"]["Location"]))
        for arn in (f"{made['LayerArn']}:3", f"{made['LayerArn'].replace(ACCOUNT, '444455556666')}:1"):
            with self.assertRaises(self.functions.exceptions.ResourceNotFoundException):
                self.functions.get_layer_version_by_arn(Arn=arn)

    def test_missing_archives(self):
        self.create()
        location = self.functions.get_function(FunctionName=self.name)["Code"]["Location"]
        with self.assertRaisesRegex(Exception, "404"):
            fetched(location.replace("LATEST", "OTHER"))
        with self.assertRaisesRegex(Exception, "404"):
            fetched(location.replace("/code/", "/layers/"))


class Settings(EmulatorTest):
    def test_defaults(self):
        self.create_with_alias()
        recursion = self.functions.get_function_recursion_config
        self.assertEqual("Terminate", recursion(FunctionName=self.name)["RecursiveLoop"])
        self.functions.put_function_recursion_config(FunctionName=self.name, RecursiveLoop="Allow")
        self.assertEqual("Allow", recursion(FunctionName=self.name)["RecursiveLoop"])
        runtime = self.functions.get_runtime_management_config(FunctionName=self.name)
        self.assertEqual(("Auto", f"{self.arn}:$LATEST"), (runtime["UpdateRuntimeOn"], runtime["FunctionArn"]))
        runtime = self.functions.get_runtime_management_config(FunctionName=self.name, Qualifier="1")
        self.assertEqual(f"{self.arn}:1", runtime["FunctionArn"])
        missing = f"Function not found: {self.other}"
        for call in (recursion, self.functions.get_runtime_management_config):
            self.not_found(missing, call, FunctionName="doesnotexist")

    def test_code_signing(self):
        self.create()
        answer = self.functions.get_function_code_signing_config(FunctionName=self.name)
        self.assertEqual({"ResponseMetadata"}, set(answer))


if __name__ == "__main__":
    unittest.main()
