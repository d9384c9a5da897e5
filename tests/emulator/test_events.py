"""Where events come from and where they go: mappings, destinations and dead-letter queues.

Codes, texts and shapes are what AWS answered, unless marked inferred.
"""

import json
import unittest

from running import ACCOUNT, REGION, EmulatorTest, client

NO_RESOURCE = "The resource you requested does not exist."
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"


class Mappings(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()
        self.map, self.update = self.functions.create_event_source_mapping, self.functions.update_event_source_mapping

    def listed(self, name: str) -> list[str]:
        found = self.functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        return [mapping["UUID"] for mapping in found]

    def test_states(self):
        created = self.map(FunctionName=self.name, EventSourceArn=QUEUE)
        self.assertEqual((202, self.arn), (created["ResponseMetadata"]["HTTPStatusCode"], created["FunctionArn"]))
        self.assertEqual("Creating", created["State"])
        for enabled, going, there in ((False, "Disabling", "Disabled"), (True, "Enabling", "Enabled")):
            changed = self.update(UUID=created["UUID"], Enabled=enabled)
            self.assertEqual((202, going), (changed["ResponseMetadata"]["HTTPStatusCode"], changed["State"]))
            self.assertEqual(there, self.functions.get_event_source_mapping(UUID=created["UUID"])["State"])
        self.functions.delete_event_source_mapping(UUID=created["UUID"])
        self.not_found(NO_RESOURCE, self.functions.get_event_source_mapping, UUID=created["UUID"])

    def test_destination_is_changed_and_removed(self):
        stream = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s"
        config = {"OnFailure": {"Destination": QUEUE}}
        uuid = self.map(FunctionName=self.name, EventSourceArn=stream, DestinationConfig=config, BatchSize=5)["UUID"]
        for given, shown in (
            ({"OnFailure": {"Destination": TOPIC}}, {"OnFailure": {"Destination": TOPIC}}),
            ({}, {"OnFailure": {}}),  # inferred
            (config, config),
            ({"OnFailure": {"Destination": ""}}, {"OnFailure": {}}),  # inferred
        ):
            self.update(UUID=uuid, DestinationConfig=given)
            found = self.functions.get_event_source_mapping(UUID=uuid)
            self.assertEqual((shown, 5, "Enabled"), (found["DestinationConfig"], found["BatchSize"], found["State"]))

    def test_another_function_is_mapped_and_the_first_put_back(self):
        uuid = self.map(FunctionName=self.name, EventSourceArn=QUEUE, BatchSize=5)["UUID"]
        for name, arn in ((f"{self.name}:live", f"{self.arn}:live"), (self.arn, self.arn)):
            self.assertEqual(arn, self.update(UUID=uuid, FunctionName=name)["FunctionArn"])
            found = self.functions.get_event_source_mapping(UUID=uuid)
            self.assertEqual((arn, 5, QUEUE), (found["FunctionArn"], found["BatchSize"], found["EventSourceArn"]))
        for name in ("doesnotexist", f"{self.name}:none"):  # inferred for updates, and for qualifiers
            self.invalid("Function does not exist", self.update, UUID=uuid, FunctionName=name, Enabled=False)
        self.assertEqual("Enabled", self.functions.get_event_source_mapping(UUID=uuid)["State"])

    def test_no_destination_for_a_queue(self):
        config = {"OnFailure": {"Destination": TOPIC}}
        uuid = self.map(FunctionName=self.name, EventSourceArn=QUEUE)["UUID"]
        for call, asked in (
            (self.map, {"FunctionName": self.name, "EventSourceArn": QUEUE}),
            (self.update, {"UUID": uuid}),  # inferred
        ):
            text = "Unsupported DestinationConfig parameter for given event source mapping type."
            self.invalid(text, call, **asked, DestinationConfig=config)

    def test_mappings_of_qualifiers(self):
        whole, alias = (self.map(FunctionName=name, EventSourceArn=QUEUE) for name in (self.arn, f"{self.name}:live"))
        self.assertEqual(f"{self.arn}:live", alias["FunctionArn"])
        # That a bare name does not find the mappings of aliases is inferred.
        self.assertEqual([whole["UUID"]], self.listed(self.name))
        self.assertEqual([alias["UUID"]], self.listed(f"{self.arn}:live"))


class InvokeConfigs(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()
        self.put = self.functions.put_function_event_invoke_config
        self.update = self.functions.update_function_event_invoke_config

    def stored(self, **qualifier: str) -> dict:
        found = self.functions.get_function_event_invoke_config(FunctionName=self.name, **qualifier)
        return {key: found.get(key) for key in ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")}

    def test_lifecycle(self):
        missing = f"The function {self.arn}:$LATEST doesn't have an EventInvokeConfig"
        self.not_found(missing, self.functions.get_function_event_invoke_config, FunctionName=self.name)
        self.not_found(missing, self.update, FunctionName=self.name, MaximumRetryAttempts=0)
        self.put(FunctionName=self.name, MaximumRetryAttempts=0)
        got = self.functions.get_function_event_invoke_config(FunctionName=self.name)
        self.assertEqual({"OnSuccess": {}, "OnFailure": {}}, got["DestinationConfig"])
        self.assertEqual((f"{self.arn}:$LATEST", 0), (got["FunctionArn"], got["MaximumRetryAttempts"]))

    def test_put_replaces_and_update_keeps_what_is_not_given(self):
        both = {"OnSuccess": {"Destination": TOPIC}, "OnFailure": {"Destination": QUEUE}}
        self.put(FunctionName=self.name, MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60, DestinationConfig=both)
        self.update(FunctionName=self.name, MaximumRetryAttempts=2)
        whole = {"DestinationConfig": both, "MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 2}
        self.assertEqual(whole, self.stored())
        # That the two destinations are replaced together is inferred.
        self.update(FunctionName=self.name, DestinationConfig={"OnFailure": {"Destination": TOPIC}})
        self.assertEqual({"OnSuccess": {}, "OnFailure": {"Destination": TOPIC}}, self.stored()["DestinationConfig"])
        self.assertEqual((60, 2), tuple(self.stored().values())[1:])
        self.put(FunctionName=self.name, MaximumEventAgeInSeconds=90)
        none = {"OnSuccess": {}, "OnFailure": {}}
        without = {"DestinationConfig": none, "MaximumEventAgeInSeconds": 90, "MaximumRetryAttempts": None}
        self.assertEqual(without, self.stored())

    def test_each_qualifier_has_its_own(self):
        for number, qualifier in enumerate(("$LATEST", "1", "live")):
            self.put(FunctionName=self.name, Qualifier=qualifier, MaximumRetryAttempts=number)
        for number, qualifier in enumerate(("$LATEST", "1", "live")):
            self.assertEqual(number, self.stored(Qualifier=qualifier)["MaximumRetryAttempts"])
        found = self.functions.list_function_event_invoke_configs(FunctionName=self.name)["FunctionEventInvokeConfigs"]
        self.assertEqual(
            {f"{self.arn}:{qualifier}" for qualifier in ("$LATEST", "1", "live")}, {c["FunctionArn"] for c in found}
        )

    def test_nothing_to_set(self):
        text = "You must specify at least one of error handling or destination setting."
        self.invalid(text, self.put, FunctionName=self.name)
        self.put(FunctionName=self.name, MaximumRetryAttempts=0)
        self.invalid(text, self.update, FunctionName=self.name)  # inferred


class DeadLetterQueues(EmulatorTest):
    def queue(self, **qualifier: str) -> str | None:
        found = self.functions.get_function_configuration(FunctionName=self.name, **qualifier)
        whole = self.functions.get_function(FunctionName=self.name, **qualifier)["Configuration"]
        self.assertEqual(found.get("DeadLetterConfig"), whole.get("DeadLetterConfig"))
        return found.get("DeadLetterConfig", {}).get("TargetArn")

    def set(self, target: str, **more: str) -> dict:
        asked = {"FunctionName": self.name, **more}
        return self.functions.update_function_configuration(DeadLetterConfig={"TargetArn": target}, **asked)

    def test_set_and_removed_while_versions_keep_theirs(self):
        self.create(DeadLetterConfig={"TargetArn": QUEUE}, Publish=True)
        self.assertEqual(TOPIC, self.set(TOPIC)["DeadLetterConfig"]["TargetArn"])
        self.assertEqual((TOPIC, QUEUE), (self.queue(), self.queue(Qualifier="1")))
        self.functions.update_function_configuration(FunctionName=self.name, Description="other")
        self.assertEqual(TOPIC, self.queue())
        self.assertNotIn("DeadLetterConfig", self.set(""))
        self.assertEqual((None, QUEUE), (self.queue(), self.queue(Qualifier="1")))
        with self.assertRaises(self.functions.exceptions.InvalidParameterValueException):  # text inferred
            self.set(TOPIC, FunctionName=f"{self.name}:1")

    def test_revision(self):
        self.create()
        stale = self.functions.get_function_configuration(FunctionName=self.name)["RevisionId"]
        self.set(QUEUE, RevisionId=stale)
        with self.assertRaises(self.functions.exceptions.PreconditionFailedException):
            self.set(TOPIC, RevisionId=stale)
        self.assertEqual(QUEUE, self.queue())


class ExecutionRoles(EmulatorTest):
    """Lambda asks whether the role may send there, as recorded (see lambda_roles.py)."""

    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()
        self.iam = client("iam", self.key)
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        self.functions.update_function_configuration(FunctionName=self.name, Role=role)

    def grant(self, effect: str, action: str, resource: str, **more: object) -> None:
        statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.iam.put_role_policy(RoleName=self.name, PolicyName=effect, PolicyDocument=document)

    def managed(self, name: str, effect: str, action: str) -> str:
        statement = {"Effect": effect, "Action": action, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return self.iam.create_policy(PolicyName=f"{self.name}-{name}", PolicyDocument=document)["Policy"]["Arn"]

    def dead_letter(self, target: str) -> dict:
        return self.functions.update_function_configuration(
            FunctionName=self.name, DeadLetterConfig={"TargetArn": target}
        )

    def destination(self, target: str) -> dict:
        put = self.functions.put_function_event_invoke_config
        return put(FunctionName=self.name, DestinationConfig={"OnFailure": {"Destination": target}})

    def test_dead_letter_queue(self):
        text = "The provided execution role does not have permissions to call {}"
        self.invalid(text.format("SendMessage on SQS"), self.dead_letter, target=QUEUE)
        self.invalid(text.format("Publish on SNS"), self.dead_letter, target=TOPIC)
        self.dead_letter("")
        self.grant("Allow", "sqs:send*", QUEUE)
        self.dead_letter(QUEUE)
        self.invalid(text.format("SendMessage on SQS"), self.dead_letter, target=f"{QUEUE}2")

    def test_destinations(self):
        text = "The function's execution role does not have permissions to call {}"
        self.invalid(text.format(f"Publish on {TOPIC}"), self.destination, target=TOPIC)
        self.invalid(text.format(f"SendMessage on {QUEUE}"), self.destination, target=QUEUE)  # inferred
        self.grant("Allow", "*", "*")
        self.destination(TOPIC)

    def test_denies_and_boundaries(self):
        self.grant("Allow", "*", "*")
        only_here = {"ArnEquals": {"lambda:SourceFunctionArn": self.arn}}
        self.grant("Deny", "*", "*", Condition=only_here)
        self.destination(QUEUE)
        self.grant("Deny", "sqs:*", "*")
        with self.assertRaisesRegex(Exception, "does not have permissions"):
            self.destination(QUEUE)
        self.iam.delete_role_policy(RoleName=self.name, PolicyName="Deny")
        self.iam.attach_role_policy(RoleName=self.name, PolicyArn=self.managed("own", "Allow", "sns:Publish"))
        self.iam.delete_role_policy(RoleName=self.name, PolicyName="Allow")
        self.destination(TOPIC)
        with self.assertRaisesRegex(Exception, "does not have permissions"):
            self.destination(QUEUE)
        self.grant("Allow", "*", "*")
        for boundary in (self.managed("denying", "Deny", "*"), self.managed("narrow", "Allow", "s3:*")):
            self.iam.put_role_permissions_boundary(RoleName=self.name, PermissionsBoundary=boundary)
            with self.assertRaisesRegex(Exception, "does not have permissions"):
                self.destination(QUEUE)
        self.iam.delete_role_permissions_boundary(RoleName=self.name)
        self.destination(QUEUE)

    def test_a_version_is_asked_for_its_own_role(self):
        self.functions.put_function_event_invoke_config(  # version 1 has a role that nobody made, which passes
            FunctionName=self.name, Qualifier="1", DestinationConfig={"OnFailure": {"Destination": QUEUE}}
        )


if __name__ == "__main__":
    unittest.main()
