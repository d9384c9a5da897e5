"""What stops besides reserved concurrency: managed instances, durable executions, scaling. Documented, or inferred."""

import unittest

from running import ACCOUNT, REGION, EmulatorTest, client, control

PROVIDER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:capacity-provider:provider"
MANAGED = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": PROVIDER}}


class ManagedInstances(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create(CapacityProviderConfig=MANAGED, Publish=True)
        self.put = self.functions.put_function_scaling_config

    def limits(self, qualifier: str = "1") -> tuple[dict | None, dict | None]:
        found = self.functions.get_function_scaling_config(FunctionName=self.name, Qualifier=qualifier)
        self.assertEqual(f"{self.arn}:{qualifier}", found["FunctionArn"])
        return found.get("AppliedFunctionScalingConfig"), found.get("RequestedFunctionScalingConfig")

    def set(self, qualifier: str, **config: int) -> dict:
        return self.put(FunctionName=self.name, Qualifier=qualifier, FunctionScalingConfig=config)

    def state(self, qualifier: str) -> str:
        return self.functions.get_function_configuration(FunctionName=self.name, Qualifier=qualifier)["State"]

    def test_a_version_is_stopped_and_runs_again(self):
        self.assertEqual((None, None), self.limits())
        some = {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 5}
        none = {"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0}
        self.assertEqual("Active", self.set("1", **some)["FunctionState"])
        self.assertEqual((some, some), self.limits())
        stopped = self.set("1", **none)
        self.assertEqual(202, stopped["ResponseMetadata"]["HTTPStatusCode"])
        self.assertEqual("Deactivating", stopped["FunctionState"])
        self.assertEqual(((none, none), "Deactivated"), (self.limits(), self.state("1")))
        with self.assertRaises(self.functions.exceptions.ResourceConflictException):
            self.functions.invoke(FunctionName=self.name, Qualifier="1")
        self.set("1", **some)
        self.assertEqual("Active", self.state("1"))
        self.functions.invoke(FunctionName=self.name, Qualifier="1")
        self.put(FunctionName=self.name, Qualifier="1")
        self.assertEqual((None, None), self.limits())

    def test_each_version_has_its_own(self):
        self.functions.publish_version(FunctionName=self.name, PublishTo="LATEST_PUBLISHED")
        self.set("$LATEST.PUBLISHED", MaxExecutionEnvironments=4)
        self.set("1", MaxExecutionEnvironments=7)
        self.assertEqual({"MaxExecutionEnvironments": 4}, self.limits("$LATEST.PUBLISHED")[0])
        self.assertEqual({"MaxExecutionEnvironments": 7}, self.limits("1")[0])
        self.not_found(f"Function not found: {self.arn}:2", self.set, qualifier="2")
        self.functions.create_alias(FunctionName=self.name, Name="live", FunctionVersion="1")
        for qualifier in ("live", "$LATEST"):
            with self.assertRaisesRegex(Exception, "ValidationException"):
                self.set(qualifier)

    def test_refusals(self):
        with self.assertRaises(self.functions.exceptions.InvalidParameterValueException):
            self.functions.put_function_concurrency(FunctionName=self.name, ReservedConcurrentExecutions=0)
        with self.assertRaises(self.functions.exceptions.InvalidParameterValueException):
            self.set("1", MinExecutionEnvironments=3, MaxExecutionEnvironments=2)
        self.functions.create_function(
            FunctionName=f"{self.name}-plain", Role="arn:aws:iam::111122223333:role/none", Code={}, Publish=True
        )
        for call in (self.put, self.functions.get_function_scaling_config):
            with self.assertRaises(self.functions.exceptions.InvalidParameterValueException):
                call(FunctionName=f"{self.name}-plain", Qualifier="1")


class DurableExecutions(EmulatorTest):
    def setUp(self) -> None:
        super().setUp()
        self.create_with_alias()

    def seed(self, name: str, **more: object) -> str:
        asked = {"region": REGION, "function": self.name, "name": name, **more}
        return control("POST", "/_emulator/durable-executions", asked)["DurableExecutionArn"]

    def names(self, **asked: object) -> list[str]:
        found = self.functions.list_durable_executions_by_function(**{"FunctionName": self.name, **asked})
        return [execution["DurableExecutionName"] for execution in found["DurableExecutions"]]

    def status(self, arn: str) -> str:
        return self.functions.get_durable_execution(DurableExecutionArn=arn)["Status"]

    def test_paused_and_resumed(self):
        arn = self.seed("a")
        self.assertTrue(arn.startswith(f"{self.arn}:$LATEST/durable-execution/a/"))
        answer = self.functions.pause_durable_execution(DurableExecutionArn=arn, Reason="why", ClientToken="t")
        self.assertEqual((202, "PAUSED"), (answer["ResponseMetadata"]["HTTPStatusCode"], self.status(arn)))
        shown = self.functions.get_durable_execution(DurableExecutionArn=arn)["PauseDetails"]
        self.assertEqual(("why", False), (shown["Reason"], shown["ExecutionTimeoutPaused"]))
        self.functions.pause_durable_execution(DurableExecutionArn=arn, Reason="why", ClientToken="t")
        with self.assertRaises(self.functions.exceptions.ResourceConflictException):  # inferred
            self.functions.pause_durable_execution(DurableExecutionArn=arn)
        self.functions.resume_durable_execution(DurableExecutionArn=arn)
        self.assertEqual("RUNNING", self.status(arn))
        self.assertNotIn("PauseDetails", self.functions.get_durable_execution(DurableExecutionArn=arn))
        with self.assertRaises(self.functions.exceptions.ResourceConflictException):  # inferred
            self.functions.resume_durable_execution(DurableExecutionArn=arn)

    def test_an_invocation_under_way_is_waited_for(self):
        arn = self.seed("a", invoking=True)
        self.functions.pause_durable_execution(DurableExecutionArn=arn)
        self.assertEqual("PAUSING", self.status(arn))
        self.functions.resume_durable_execution(DurableExecutionArn=arn)
        self.assertEqual("RUNNING", self.status(arn))

    def test_ended_and_missing(self):
        arn = self.seed("a", status="SUCCEEDED")
        for call in (self.functions.pause_durable_execution, self.functions.resume_durable_execution):
            with self.assertRaises(self.functions.exceptions.ResourceConflictException):  # inferred
                call(DurableExecutionArn=arn)
            with self.assertRaises(self.functions.exceptions.ResourceNotFoundException):
                call(DurableExecutionArn=f"{arn}0")
        self.assertEqual("SUCCEEDED", self.status(arn))

    def test_list(self):
        self.seed("old", started=100.0)
        self.seed("new", started=200.0, version="1")
        paused = self.seed("paused", started=150.0)
        self.functions.pause_durable_execution(DurableExecutionArn=paused)
        self.assertEqual(["new", "paused", "old"], self.names())
        self.assertEqual(["old", "paused", "new"], self.names(ReverseOrder=True))
        self.assertEqual(["new", "old"], self.names(Statuses=["RUNNING"]))
        self.assertEqual(["new", "paused", "old"], self.names(Statuses=["RUNNING", "PAUSED"]))
        self.assertEqual(["paused"], self.names(DurableExecutionName="paused"))
        for qualifier, found in (("1", ["new"]), ("live", ["new"]), ("$LATEST", ["paused", "old"])):
            self.assertEqual(found, self.names(Qualifier=qualifier))
        with self.assertRaises(self.functions.exceptions.ResourceNotFoundException):
            self.names(FunctionName="doesnotexist")

    def test_list_comes_in_pages(self):
        for number in range(102):
            self.seed(f"e{number}", started=float(number))
        first = self.functions.list_durable_executions_by_function(FunctionName=self.name)
        self.assertEqual(100, len(first["DurableExecutions"]))
        self.assertEqual(["e1", "e0"], self.names(Marker=first["NextMarker"]))
        self.assertEqual(102, len(self.names(MaxItems=1000)))

    def test_mistaken_seeds_are_refused(self):
        for more in ({"function": "doesnotexist"}, {"status": "DONE"}, {"version": "9"}):
            with self.subTest(more), self.assertRaisesRegex(Exception, "400"):
                self.seed("a", **more)


class ScalableTargets(EmulatorTest):
    DIMENSION = {"ServiceNamespace": "lambda", "ScalableDimension": "lambda:function:ProvisionedConcurrency"}
    PARTS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
    RUNNING = dict.fromkeys(PARTS, False)

    def setUp(self) -> None:
        super().setUp()
        self.scaling = client("application-autoscaling", self.key)

    def register(self, qualifier: str = "live", **more: object) -> None:
        resource = f"function:{self.name}:{qualifier}"
        self.scaling.register_scalable_target(ResourceId=resource, **self.DIMENSION, **more)

    def found(self, *qualifiers: str) -> list[dict]:
        resources = [f"function:{self.name}:{qualifier}" for qualifier in qualifiers]
        return self.scaling.describe_scalable_targets(ResourceIds=resources, **self.DIMENSION)["ScalableTargets"]

    def test_suspended_and_resumed(self):
        self.register(MinCapacity=1, MaxCapacity=9)
        self.assertEqual(self.RUNNING, self.found("live")[0]["SuspendedState"])
        self.register(SuspendedState=dict.fromkeys(self.RUNNING, True))
        target = self.found("live")[0]
        self.assertEqual((1, 9), (target["MinCapacity"], target["MaxCapacity"]))
        self.assertEqual(dict.fromkeys(self.RUNNING, True), target["SuspendedState"])
        self.register(SuspendedState={"ScheduledScalingSuspended": False})  # inferred: the other parts stay
        state = self.found("live")[0]["SuspendedState"]
        self.assertEqual({**dict.fromkeys(self.RUNNING, True), "ScheduledScalingSuspended": False}, state)
        self.register(MaxCapacity=8)
        self.assertEqual(state, self.found("live")[0]["SuspendedState"])

    def test_found_by_resource_and_in_pages(self):
        for number in range(3):
            self.register(f"alias{number}", MinCapacity=1, MaxCapacity=2)
        self.assertEqual([f"function:{self.name}:alias1"], [t["ResourceId"] for t in self.found("alias1", "alias9")])
        pages = self.scaling.get_paginator("describe_scalable_targets").paginate(
            ServiceNamespace="lambda", PaginationConfig={"PageSize": 2}
        )
        found = [target["ResourceId"] for page in pages for target in page["ScalableTargets"]]
        self.assertEqual(3, len([resource for resource in found if resource.startswith(f"function:{self.name}:")]))
        self.assertEqual(len(found), len(set(found)))

    def test_regions_are_apart(self):
        self.scaling = client("application-autoscaling", self.key, region="xx-worldaa-1")
        self.assertEqual([], self.found("live"))
        self.register(MinCapacity=1, MaxCapacity=2, SuspendedState=dict.fromkeys(self.RUNNING, True))
        self.assertEqual(dict.fromkeys(self.RUNNING, True), self.found("live")[0]["SuspendedState"])
        self.scaling = client("application-autoscaling", self.key)
        self.assertEqual([], self.found("live"))


if __name__ == "__main__":
    unittest.main()
