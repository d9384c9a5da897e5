"""What protects data: X-Ray's encryption, log groups, keys, queues and tables."""

import json
import unittest

from running import ACCOUNT, EmulatorTest, client


class ProtectionTest(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.region = f"xx-data{self.name.rpartition('-')[2]}-1"

    def of(self, service: str):
        return client(service, self.key, region=self.region)


class Encryption(ProtectionTest):
    def test_of_traces(self):
        xray, kms = self.of("xray"), self.of("kms")
        self.assertEqual({"Type": "NONE", "Status": "ACTIVE"}, xray.get_encryption_config()["EncryptionConfig"])
        key = kms.create_key()["KeyMetadata"]
        kms.create_alias(AliasName="alias/traces", TargetKeyId=key["KeyId"])
        for name in ("alias/traces", key["KeyId"], key["Arn"]):
            changed = xray.put_encryption_config(Type="KMS", KeyId=name)["EncryptionConfig"]
            self.assertEqual({"Type": "KMS", "KeyId": key["Arn"], "Status": "UPDATING"}, changed)
            self.assertEqual({**changed, "Status": "ACTIVE"}, xray.get_encryption_config()["EncryptionConfig"])
        with self.assertRaises(xray.exceptions.InvalidRequestException):
            xray.put_encryption_config(Type="KMS")
        xray.put_encryption_config(Type="NONE")
        self.assertEqual({"Type": "NONE", "Status": "ACTIVE"}, xray.get_encryption_config()["EncryptionConfig"])

    def test_keys(self):
        kms = self.of("kms")
        key = kms.create_key()["KeyMetadata"]
        kms.create_alias(AliasName="alias/ours", TargetKeyId=key["KeyId"])
        for name in (key["KeyId"], key["Arn"], "alias/ours"):
            found = kms.describe_key(KeyId=name)["KeyMetadata"]
            self.assertEqual((key["Arn"], "CUSTOMER", True), (found["Arn"], found["KeyManager"], found["Enabled"]))
        kms.disable_key(KeyId=key["KeyId"])
        self.assertEqual("Disabled", kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"])
        with self.assertRaises(kms.exceptions.NotFoundException):
            kms.describe_key(KeyId="1234abcd-12ab-34cd-56ef-1234567890ab")


class LogGroups(ProtectionTest):
    GROUP = "/aws/lambda/orders"

    def setUp(self) -> None:
        super().setUp()
        self.logs = self.of("logs")
        self.kms = f"arn:aws:kms:{self.region}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        self.logs.create_log_group(logGroupName=self.GROUP, kmsKeyId=self.kms)

    def group(self) -> dict:
        return self.logs.describe_log_groups(logGroupNamePrefix=self.GROUP)["logGroups"][0]

    def test_shown_with_their_key(self):
        found = self.group()
        arn = f"arn:aws:logs:{self.region}:{ACCOUNT}:log-group:{self.GROUP}"
        self.assertEqual((f"{arn}:*", arn, self.kms), (found["arn"], found["logGroupArn"], found["kmsKeyId"]))
        self.logs.disassociate_kms_key(logGroupName=self.GROUP)
        self.assertNotIn("kmsKeyId", self.group())
        self.logs.associate_kms_key(logGroupName=self.GROUP, kmsKeyId=self.kms)
        self.assertEqual(self.kms, self.group()["kmsKeyId"])

    def test_retention_is_shortened_and_put_back(self):
        self.assertNotIn("retentionInDays", self.group())
        for days in (365, 1):
            self.logs.put_retention_policy(logGroupName=self.GROUP, retentionInDays=days)
            self.assertEqual(days, self.group()["retentionInDays"])
        with self.assertRaises(self.logs.exceptions.InvalidParameterException):
            self.logs.put_retention_policy(logGroupName=self.GROUP, retentionInDays=2)
        self.logs.delete_retention_policy(logGroupName=self.GROUP)
        self.assertNotIn("retentionInDays", self.group())

    def test_found_by_prefix_or_pattern_and_in_pages(self):
        for name in ("orders", "/aws/lambda/orders-2", "/AWS/Orders"):
            self.logs.create_log_group(logGroupName=name)
        for asked, found in (
            ({"logGroupNamePrefix": self.GROUP}, [self.GROUP, f"{self.GROUP}-2"]),
            ({"logGroupNamePattern": "orders"}, [self.GROUP, f"{self.GROUP}-2", "orders"]),
            ({"logGroupNamePattern": "none"}, []),
            ({}, ["/AWS/Orders", self.GROUP, f"{self.GROUP}-2", "orders"]),
        ):
            pages = self.logs.get_paginator("describe_log_groups").paginate(**asked, PaginationConfig={"PageSize": 1})
            self.assertEqual(found, [group["logGroupName"] for page in pages for group in page["logGroups"]])
        with self.assertRaises(self.logs.exceptions.InvalidParameterException):
            self.logs.describe_log_groups(logGroupNamePrefix="a", logGroupNamePattern="b")

    def test_deleted(self):
        self.logs.delete_log_group(logGroupName=self.GROUP)
        self.assertEqual([], self.logs.describe_log_groups(logGroupNamePrefix=self.GROUP)["logGroups"])
        for call, asked in (
            (self.logs.delete_log_group, {}),
            (self.logs.put_retention_policy, {"retentionInDays": 1}),
            (self.logs.delete_retention_policy, {}),
            (self.logs.associate_kms_key, {"kmsKeyId": self.kms}),
        ):
            text = "The specified log group does not exist."
            self.refused(400, "ResourceNotFoundException", text, call, logGroupName=self.GROUP, **asked)
        self.logs.create_log_group(logGroupName=self.GROUP)
        with self.assertRaises(self.logs.exceptions.ResourceAlreadyExistsException):
            self.logs.create_log_group(logGroupName=self.GROUP)


class QueuesAndTables(ProtectionTest):
    def test_a_queues_policy_is_changed_and_removed(self):
        queues = self.of("sqs")
        url = queues.create_queue(QueueName=self.name)["QueueUrl"]
        policy = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}],
        }
        queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        attributes = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "QueueArn"])["Attributes"]
        self.assertEqual(policy, json.loads(attributes["Policy"]))
        self.assertEqual(f"arn:aws:sqs:{self.region}:{ACCOUNT}:{self.name}", attributes["QueueArn"])
        queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
        self.assertNotIn("Attributes", queues.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]))
        with self.assertRaises(queues.exceptions.QueueDoesNotExist):
            queues.get_queue_attributes(QueueUrl=f"{url}-none", AttributeNames=["Policy"])

    def test_a_table_is_described(self):
        tables = self.of("dynamodb")
        tables.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
        )
        found = tables.describe_table(TableName=self.name)["Table"]
        self.assertEqual(("ACTIVE", True), (found["TableStatus"], found["DeletionProtectionEnabled"]))
        self.assertEqual(f"arn:aws:dynamodb:{self.region}:{ACCOUNT}:table/{self.name}", found["TableArn"])
        with self.assertRaises(tables.exceptions.ResourceNotFoundException):
            tables.describe_table(TableName="none")


if __name__ == "__main__":
    unittest.main()
