//! Alarms of CloudWatch that go off for a function: told, capped or contained, from the event to the
//! account's state after, and back; and that an event which is not true does nothing.

use crate::{
    harness::{Bootstrap, Installation, World},
    telling::{controls, incident, twice, writes},
};
use serde_json::{Value, json};

const CAPPED: &str = r#"version: 1
controls:
  metric.anomaly:
    mode: enforce
    parameters: { alarms: [{ alarm: "checkout-*", function: checkout, cap: 2 }] }
"#;

const EVENT: &str = "alarm-state-change.json";
const COMPOSITE: &str = "alarm-state-change-composite.json";
const NAME: &str = "checkout";

fn cloudwatch(world: &World, operation: &str, asked: &Value) {
    world.account.json("monitoring", "GraniteServiceVersion20100801", operation, asked);
}

/// A metric of a function.
fn metric(function: &str, name: &str) -> Value {
    let dimension = json!({ "Name": "FunctionName", "Value": function });
    json!({ "Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": [dimension] })
}

fn put(world: &World, alarm: &str, mut watched: Value) {
    watched["AlarmName"] = json!(alarm);
    watched["ComparisonOperator"] = json!("GreaterThanThreshold");
    watched["EvaluationPeriods"] = json!(1);
    cloudwatch(world, "PutMetricAlarm", &watched);
}

fn set(world: &World, alarm: &str, state: &str) {
    let asked = json!({ "AlarmName": alarm, "StateValue": state, "StateReason": "a test" });
    cloudwatch(world, "SetAlarmState", &asked);
}

/// An alarm on the errors of each function in the samples, one on what is unusual, and one on all of
/// them. None is raised yet.
fn make_alarms(world: &World) {
    for function in ["checkout", "billing"] {
        let mut errors = metric(function, "Errors");
        errors["Period"] = json!(60);
        errors["Statistic"] = json!("Sum");
        errors["Threshold"] = json!(5);
        put(world, &format!("{function}-errors"), errors);
    }
    let stat = json!({ "Metric": metric(NAME, "Invocations"), "Period": 60, "Stat": "Sum" });
    let band = json!({ "Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 3)" });
    let metrics = json!([{ "Id": "m1", "MetricStat": stat }, band]);
    let unusual = json!({ "Metrics": metrics, "ThresholdMetricId": "ad1" });
    put(world, "checkout-invocations-unusual", unusual);
    let rule = "ALARM(\"checkout-errors\") OR ALARM(\"billing-errors\")";
    let asked = json!({ "AlarmName": "checkout-unhealthy", "AlarmRule": rule });
    cloudwatch(world, "PutCompositeAlarm", &asked);
}

/// The alarms of the samples, all of them raised but that of the other function.
pub fn raise_alarms(world: &World) {
    make_alarms(world);
    for alarm in ["checkout-errors", "checkout-invocations-unusual", "checkout-unhealthy"] {
        set(world, alarm, "ALARM");
    }
}

async fn reserved(world: &World) -> Option<i32> {
    let get = world.account.lambda.get_function_concurrency().function_name(NAME);
    get.send().await.expect("an answer").reserved_concurrent_executions
}

async fn installed(policy: &str) -> (World, Bootstrap) {
    let world = World::new().await;
    world.account.create_function(NAME).await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy });
    (world, bootstrap)
}

/// What was asked of AWS since the last look, but for the journal.
fn asked(world: &World) -> Vec<String> {
    let calls = world.calls().into_iter().filter(|call| call.service != "dynamodb");
    calls.map(|call| call.operation).collect()
}

#[tokio::test]
async fn a_function_whose_alarm_goes_off_is_capped_and_a_restore_lets_all_of_it_run() {
    for event in [EVENT, "alarm-state-change-anomaly.json", COMPOSITE] {
        let (world, bootstrap) = installed(CAPPED).await;
        raise_alarms(&world);

        let answer = twice(&world, &bootstrap, &world.event(event));

        assert_eq!(controls(&answer), ["metric.anomaly"], "{event}");
        assert_eq!(reserved(&world).await, Some(2), "{event}");
        let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
        assert_eq!(code, 0, "{event}: {printed}");
        assert_eq!(reserved(&world).await, None, "{event}");
        let again = bootstrap.deliver(&world.event(event));
        assert!(again.ok, "{event}: {again:?}");
        assert_eq!(reserved(&world).await, None, "{event}: what was restored is left alone");
    }
}

#[tokio::test]
async fn an_event_of_an_alarm_that_is_not_raised_does_nothing() {
    let stop = CAPPED.replace("cap: 2", "stop: true");
    for event in [EVENT, COMPOSITE] {
        let (world, bootstrap) = installed(&stop).await;
        make_alarms(&world);

        let answer = bootstrap.deliver(&world.event(event));

        assert!(answer.ok && controls(&answer).is_empty(), "{event}: {answer:?}");
        assert!(answer.body.contains("Compliant"), "{event}: {answer:?}");
        assert!(writes(&world).is_empty(), "{event}");
        assert!(world.account.notifications().await.is_empty(), "{event}");
    }
}

#[tokio::test]
async fn an_alarm_that_is_gone_is_told_and_nothing_is_done() {
    let (world, bootstrap) = installed(CAPPED).await;

    let answer = bootstrap.deliver(&world.event(EVENT));

    assert!(answer.ok, "{answer:?}");
    assert!(writes(&world).is_empty());
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("the alarm is gone"), "{told}");
}

#[tokio::test]
async fn a_composite_alarm_of_several_functions_caps_none_of_them() {
    let policy = CAPPED.replace("function: checkout, ", "");
    let (world, bootstrap) = installed(&policy).await;
    raise_alarms(&world);
    set(&world, "billing-errors", "ALARM");

    let answer = bootstrap.deliver(&world.event(COMPOSITE));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["metric.anomaly"]);
    assert!(writes(&world).is_empty());
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("it watches `billing`, `checkout`"), "{told}");
}

#[tokio::test]
async fn an_alarm_that_nobody_named_and_one_that_is_over_cost_no_call() {
    let (world, bootstrap) = installed(CAPPED).await;
    raise_alarms(&world);
    world.calls();
    let event = world.event(EVENT);
    for event in [
        event.replace("checkout-errors", "billing-errors"),
        event.replace(r#""value": "ALARM""#, r#""value": "OK""#),
    ] {
        let answer = bootstrap.deliver(&event);

        assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
        assert!(world.calls().is_empty());
    }
}

#[tokio::test]
async fn without_a_cap_it_is_told_after_a_look_at_the_alarm() {
    let policy = CAPPED.replace(", cap: 2", "");
    let (world, bootstrap) = installed(&policy).await;
    raise_alarms(&world);
    world.calls();

    let answer = bootstrap.deliver(&world.event(EVENT));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(asked(&world), ["DescribeAlarms", "GetFunction", "Publish"]);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("the alarm `checkout-errors` went off"), "{told}");
}

#[tokio::test]
async fn a_function_is_stopped_where_its_owner_says_so_even_if_the_alarm_is_over_by_then() {
    let policy = CAPPED.replace("cap: 2", "stop: true");
    let (world, bootstrap) = installed(&policy).await;
    raise_alarms(&world);
    world.faults(
        r#"[{"operation": "TagResource", "status": 500, "code": "ServiceException", "times": 9}]"#,
    );
    let first = bootstrap.deliver(&world.event(EVENT));
    assert!(!first.ok, "{first:?}");
    assert_eq!(reserved(&world).await, Some(0));
    world.faults("[]");
    set(&world, "checkout-errors", "OK");

    let answer = bootstrap.deliver(&world.event(EVENT));

    assert!(answer.ok, "{answer:?}");
    let tags = world.account.lambda.list_tags().resource(world.arn(NAME));
    let tags = tags.send().await.expect("an answer").tags.unwrap_or_default();
    assert_eq!(tags.get("cordon:status").map(String::as_str), Some("contained"));
    writes(&world);
    let third = bootstrap.deliver(&world.event(EVENT));
    assert!(third.ok && writes(&world).is_empty(), "{third:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(reserved(&world).await, None);
}

#[tokio::test]
async fn a_function_that_may_not_be_read_is_not_capped() {
    let (world, bootstrap) = installed(CAPPED).await;
    raise_alarms(&world);
    world.faults(
        r#"[{"operation": "GetFunction", "status": 403, "code": "AccessDeniedException", "times": 9}]"#,
    );

    bootstrap.deliver(&world.event(EVENT));

    assert!(writes(&world).is_empty());
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("the function was not read"), "{told}");
}

#[tokio::test]
async fn an_alarm_that_may_not_be_read_is_told_and_one_that_cannot_be_read_now_is_asked_for_again()
{
    let (world, bootstrap) = installed(CAPPED).await;
    raise_alarms(&world);
    let fault = |status: u16, code: &str| {
        world.faults(&format!(
            r#"[{{"operation": "DescribeAlarms", "status": {status}, "code": "{code}", "times": 9}}]"#
        ));
    };
    fault(503, "ServiceUnavailable");
    let answer = bootstrap.deliver(&world.event(EVENT));
    assert!(!answer.ok, "{answer:?}");
    fault(400, "AccessDenied");
    let answer = bootstrap.deliver(&world.event(EVENT));
    assert!(writes(&world).is_empty(), "{answer:?}");
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("the alarm was not read"), "{told}");
    world.faults("[]");

    let answer = bootstrap.deliver(&world.event(EVENT));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(reserved(&world).await, Some(2));
}
