"""AppConfig's data API, and what moto answers where a control policy may lie otherwise."""

from botocore.exceptions import ClientError

from running import EmulatorTest, client, control

IDS = {"application": "abc1234", "environment": "def5678", "profile": "ghi9012"}
ASKED = {
    "ApplicationIdentifier": "abc1234",
    "EnvironmentIdentifier": "def5678",
    "ConfigurationProfileIdentifier": "ghi9012",
}


class Configurations(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.region = f"xx-{self.name}-1"
        self.appconfig = client("appconfigdata", self.key, region=self.region)

    def deploy(self, content: str, **more: object) -> None:
        control("POST", "/_emulator/configuration", {"region": self.region, "content": content, **IDS, **more})

    def session(self) -> str:
        return self.appconfig.start_configuration_session(**ASKED)["InitialConfigurationToken"]

    def latest(self, token: str) -> tuple[str, bytes]:
        answer = self.appconfig.get_latest_configuration(ConfigurationToken=token)
        return answer["NextPollConfigurationToken"], answer["Configuration"].read()

    def refusal(self, token: str) -> str:
        with self.assertRaises(ClientError) as refused:
            self.latest(token)
        return f"{refused.exception.response['Error']['Code']}: {refused.exception.response['Error']['Message']}"

    def test_an_answer_is_empty_until_another_version_is_deployed(self):
        self.deploy("one", interval=0)
        token, content = self.latest(self.session())
        self.assertEqual(b"one", content)
        token, content = self.latest(token)
        self.assertEqual(b"", content)
        self.deploy("two", interval=0)
        _, content = self.latest(token)
        self.assertEqual(b"two", content)
        _, content = self.latest(self.session())
        self.assertEqual(b"two", content)

    def test_a_token_is_good_for_one_call_and_not_too_early(self):
        self.deploy("one")
        first = self.session()
        following, _ = self.latest(first)
        self.assertEqual("BadRequestException: Corrupted", self.refusal(first))
        self.assertEqual("BadRequestException: PollIntervalNotSatisfied", self.refusal(following))

    def test_what_is_not_deployed_here_is_not_found(self):
        with self.assertRaises(ClientError) as refused:
            self.session()
        self.assertEqual("ResourceNotFoundException", refused.exception.response["Error"]["Code"])


class Others(EmulatorTest):
    def test_only_the_functions_calls_must_be_signed_well(self):
        for key, secret, code in (
            (f"AKIACORDON{self.name}", "secret", "ParameterNotFound"),
            (f"AKIACORDON{self.name}", "other", "SignatureDoesNotMatch"),
            (self.key, "other", "ParameterNotFound"),
        ):
            with self.assertRaises(ClientError) as refused:
                client("ssm", key, secret).get_parameter(Name="/cordon/absent")
            self.assertEqual(code, refused.exception.response["Error"]["Code"])

    def test_an_object_that_is_the_same_is_not_sent_again(self):
        s3 = client("s3", self.key)
        s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        etag = s3.put_object(Bucket=self.name, Key="policy.json", Body=b"one")["ETag"]
        with self.assertRaises(ClientError) as same:
            s3.get_object(Bucket=self.name, Key="policy.json", IfNoneMatch=etag)
        self.assertEqual(304, same.exception.response["ResponseMetadata"]["HTTPStatusCode"])
        s3.put_object(Bucket=self.name, Key="policy.json", Body=b"two")
        other = s3.get_object(Bucket=self.name, Key="policy.json", IfNoneMatch=etag)
        self.assertEqual(b"two", other["Body"].read())

    def test_a_parameter_says_its_type(self):
        ssm = client("ssm", self.key)
        ssm.put_parameter(Name="/cordon/policy", Value="one", Type="String")
        self.assertEqual("String", ssm.get_parameter(Name="/cordon/policy")["Parameter"]["Type"])
        with self.assertRaises(ClientError) as missing:
            ssm.get_parameter(Name="/cordon/other")
        self.assertEqual("ParameterNotFound", missing.exception.response["Error"]["Code"])
