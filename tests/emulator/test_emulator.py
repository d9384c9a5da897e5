"""The process itself: its control endpoints, faults, accounts, and the services that are moto's."""

import http.client
import json
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from running import ACCOUNT, REGION, EmulatorTest, client, control, endpoint

THROTTLED = {"status": 429, "code": "TooManyRequestsException", "message": "Rate exceeded"}


class Calls(EmulatorTest):
    def test_log(self):
        self.create()
        self.functions.list_tags(Resource=self.arn)
        client("sts", self.key).get_caller_identity()
        client("dynamodb", self.key).list_tables()
        client("s3", self.key).list_buckets()
        client("sns", "AKIAANOTHER").list_topics()
        calls = control("GET", f"/_emulator/calls?key={self.key}")
        self.assertEqual(
            [
                ("lambda", "CreateFunction", True, 201),
                ("lambda", "ListTags", False, 200),
                ("sts", "GetCallerIdentity", False, 200),
                ("dynamodb", "ListTables", False, 200),
                ("s3", "ListBuckets", False, 200),
            ],
            [(c["service"], c["operation"], c["mutating"], c["status"]) for c in calls],
        )
        first = {"method": "POST", "path": "/2015-03-31/functions", "injected": None}
        self.assertEqual(first, {name: calls[0][name] for name in first})
        control("DELETE", f"/_emulator/calls?key={self.key}")
        self.assertEqual([], control("GET", f"/_emulator/calls?key={self.key}"))

    def test_operations_of_similar_paths(self):
        self.create_with_alias()
        self.functions.list_provisioned_concurrency_configs(FunctionName=self.name)
        with self.assertRaises(ClientError):
            self.functions.get_resource_policy(ResourceArn=self.arn)
        calls = control("GET", f"/_emulator/calls?key={self.key}")
        self.assertEqual(
            ["CreateFunction", "CreateAlias", "ListProvisionedConcurrencyConfigs", "GetResourcePolicy"],
            [call["operation"] for call in calls],
        )


class Faults(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create()

    def faults(self, *rules: dict) -> None:
        control("POST", "/_emulator/faults", {"key": self.key, "rules": list(rules)})

    def get(self) -> dict:
        return self.functions.get_function(FunctionName=self.name)

    def statuses(self) -> list:
        return [call["status"] for call in control("GET", f"/_emulator/calls?key={self.key}")]

    def test_status_after_and_times(self):
        self.faults({"service": "lambda", "operation": "GetFunction", "after": 1, "times": 2, **THROTTLED})
        self.get()
        for _ in range(2):
            self.refused(429, "TooManyRequestsException", "Rate exceeded", self.get)
        self.get()
        self.assertEqual([201, 200, 429, 429, 200], self.statuses())
        injected = control("GET", f"/_emulator/calls?key={self.key}")[2]["injected"]
        self.assertEqual("TooManyRequestsException", injected["code"])

    def test_every_try_of_one_call(self):
        """botocore names its tries as every SDK does."""
        tries = Config(retries={"total_max_attempts": 3, "mode": "standard"})
        twice = boto3.client(
            "lambda",
            region_name=REGION,
            endpoint_url=endpoint(),
            aws_access_key_id=self.key,
            aws_secret_access_key="secret",
            config=tries,
        )
        self.faults({"operation": "GetFunction", "after": 1, "times": 1, "every_try": True, **THROTTLED})
        twice.get_function(FunctionName=self.name)
        with self.assertRaises(ClientError):
            twice.get_function(FunctionName=self.name)
        twice.get_function(FunctionName=self.name)
        self.assertEqual([201, 200, 429, 429, 429, 200], self.statuses())

    def test_operation_is_matched_whole(self):
        self.faults({"operation": "GetFunction", **THROTTLED})
        self.functions.get_function_concurrency(FunctionName=self.name)

    def test_other_keys_are_spared(self):
        self.faults(THROTTLED)
        client("lambda", "AKIAANOTHER").get_function(FunctionName=self.name)

    def test_drop(self):
        self.faults({"operation": "PutFunctionConcurrency", "drop": True})
        with self.assertRaises(HTTPClientError):
            self.functions.put_function_concurrency(FunctionName=self.name, ReservedConcurrentExecutions=0)
        self.assertNotIn("Concurrency", self.get())

    def test_late(self):
        for number, how in enumerate(({"drop": True}, {"status": 500, "code": "ServiceException"})):
            self.faults({"operation": "PutFunctionConcurrency", "late": True, **how})
            with self.assertRaises((HTTPClientError, ClientError)):
                self.functions.put_function_concurrency(FunctionName=self.name, ReservedConcurrentExecutions=number)
            self.assertEqual(number, self.get()["Concurrency"]["ReservedConcurrentExecutions"])

    def test_delay(self):
        self.faults({"delay_ms": 150})
        begun = time.monotonic()
        self.get()
        self.assertGreater(time.monotonic() - begun, 0.15)

    def test_hold(self):
        for late, made in ((False, None), (True, {"ReservedConcurrentExecutions": 0})):
            self.faults({"operation": "PutFunctionConcurrency", "hold": True, "late": late})
            call = "put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)"
            with self.waiting_client(call) as process:
                stuck = self.held()
                self.assertEqual(({"hold": True, "late": late}, None), (stuck["injected"], stuck["status"]))
                self.assertEqual(made, self.get().get("Concurrency"))  # others are answered meanwhile
                self.assertIsNone(process.poll())
                process.kill()
            control("DELETE", f"/_emulator/calls?key={self.key}")

    def held(self) -> dict:
        for _ in range(200):
            for call in control("GET", f"/_emulator/calls?key={self.key}"):
                if (call["injected"] or {}).get("hold"):
                    return call | {"injected": {name: call["injected"][name] for name in ("hold", "late")}}
            time.sleep(0.05)
        raise AssertionError("no call is held")

    def waiting_client(self, call: str) -> subprocess.Popen:
        script = f"from running import client\nname = {self.name!r}\nclient('lambda', {self.key!r}).{call}"
        script = f"import running\nrunning.endpoint = lambda: {endpoint()!r}\n{script}"
        return subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parent)

    def test_the_nth_call_of_the_key_whatever_it_is(self):
        self.faults({"after": 1, "times": 1, **THROTTLED}, {"after": 7, "times": 1, **THROTTLED})
        table, topics = client("dynamodb", self.key), client("sns", self.key)

        def call(number: int) -> None:
            try:
                (table.list_tables, topics.list_topics, self.get)[number % 3]()
            except ClientError:
                pass

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(call, range(20)))
        calls = control("GET", f"/_emulator/calls?key={self.key}")[1:]  # without the one of setUp
        self.assertEqual([1, 7], [number for number, made in enumerate(calls) if made["injected"]])
        self.assertEqual([1, 7], [number for number, made in enumerate(calls) if made["status"] == 429])

    def test_shapes_of_other_protocols(self):
        self.faults({"status": 400, "code": "SomeException", "message": "injected"})
        for service, call in (
            ("sts", "get_caller_identity"), ("dynamodb", "list_tables"), ("s3", "list_buckets"), ("iam", "list_roles"),
            ("sqs", "list_queues"), ("account", "list_regions"), ("cloudtrail", "lookup_events"),
            ("application-autoscaling", "describe_scalable_targets"), ("lambda", "list_functions"),
        ):  # fmt: skip
            self.refused(400, "SomeException", "injected", getattr(client(service, self.key), call))

    def test_mistaken_rules_are_refused(self):
        for rule in ({"statsu": 500}, {"operation": "("}, {"late": True}, {"hold": True, "drop": True}):
            with self.subTest(rule), self.assertRaisesRegex(Exception, "400"):
                self.faults(rule)


class Process(EmulatorTest):
    def test_connections_stay_open(self):
        connection = http.client.HTTPConnection(urlsplit(endpoint()).netloc)
        for _ in range(3):
            connection.request("POST", "/_emulator/faults", json.dumps({"key": self.key, "rules": []}))
            answer = connection.getresponse()
            answer.read()
            self.assertEqual((200, 11, False), (answer.status, answer.version, answer.will_close))
        connection.close()

    def test_ends_with_its_parent(self):
        command = [sys.executable, str(Path(__file__).with_name("emulator.py")), "--port", "0"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            self.assertGreater(json.loads(process.stdout.readline())["port"], 0)
            process.stdin.close()
            self.assertEqual(0, process.wait(10))

    def test_unknown_lambda_operation(self):
        with self.assertRaisesRegex(ClientError, "501"):
            self.functions.list_capacity_providers()


class Accounts(EmulatorTest):
    def test_every_key_acts_in_the_tests_account(self):
        for key in (self.key, "AKIAANOTHER"):
            self.assertEqual(ACCOUNT, client("sts", key).get_caller_identity()["Account"])
        topic = client("sns", self.key).create_topic(Name=self.name)["TopicArn"]
        self.assertEqual(ACCOUNT, topic.split(":")[4])
        client("sns", "AKIAANOTHER").publish(TopicArn=topic, Message="hello")

    def test_assumed_role_acts_in_its_own_account(self):
        role = "arn:aws:iam::444455556666:role/member"
        given = client("sts", self.key).assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        key, secret, token = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        self.assertEqual("444455556666", client("sts", key, secret, token=token).get_caller_identity()["Account"])
        self.functions = client("lambda", key, secret, token=token)
        self.assertEqual("444455556666", self.create()["FunctionArn"].split(":")[4])
        table = client("dynamodb", key, secret, token=token).create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.assertEqual("444455556666", table["TableDescription"]["TableArn"].split(":")[4])


class OtherServices(EmulatorTest):
    def test_one_of_many_conditional_writes_succeeds(self):
        table = client("dynamodb", self.key)
        table.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

        def write(_: int) -> bool:
            try:
                table.put_item(TableName=self.name, Item={"k": {"S": "a"}}, ConditionExpression="attribute_not_exists(k)")
            except table.exceptions.ConditionalCheckFailedException:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(1, sum(pool.map(write, range(16))))

    def test_objects_and_queues(self):
        store = client("s3", self.key)
        store.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        store.put_object(Bucket=self.name, Key="a/b c", Body=b"content")
        self.assertEqual(b"content", store.get_object(Bucket=self.name, Key="a/b c")["Body"].read())
        queue = client("sqs", self.key).create_queue(QueueName=self.name)["QueueUrl"]
        client("sqs", self.key).send_message(QueueUrl=queue, MessageBody="hello")


if __name__ == "__main__":
    unittest.main()
