//! What is done to Cordon itself, and the ways back that an intruder builds from rules and functions.

use crate::{
    harness::{Installation, SHIPPED, World},
    telling::{ENFORCE, controls, document, incident, trigger, writes},
};
use serde_json::{Value, json};

const RULE: &str = "cordon-LambdaChangesRule-1K2J3H4G5F6D";

async fn switch(world: &World, rule: &str) -> Value {
    world.account.events("DescribeRule", &json!({ "Name": rule })).await["State"].clone()
}

async fn put_rule(world: &World, name: &str, pattern: &Value, state: &str) {
    let rule = json!({ "Name": name, "EventPattern": pattern.to_string(), "State": state });
    world.account.events("PutRule", &rule).await;
}

/// Changes of EventBridge rules since the last look.
fn switches(world: &World) -> Vec<String> {
    let calls = world.calls().into_iter();
    let ours = calls.filter(|call| call.service == "events" && call.mutating);
    ours.map(|call| call.operation).collect()
}

#[tokio::test]
async fn a_rule_of_cordons_that_somebody_disables_is_enabled_again_and_told() {
    let world = World::new().await;
    put_rule(&world, RULE, &json!({ "source": ["aws.lambda"] }), "DISABLED").await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let event = world.event("disable-rule-of-cordon.json");
    world.calls();

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["responder.tampered"]);
    assert_eq!(switch(&world, RULE).await, "ENABLED");
    assert_eq!(switches(&world), ["EnableRule"]);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("user/mallory") && told.contains("deploy the stack again"), "{told}");
    let again = bootstrap.deliver(&event);
    assert!(again.ok, "{again:?}");
    assert!(switches(&world).is_empty());
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(switch(&world, RULE).await, "DISABLED");
}

#[tokio::test]
async fn what_else_is_done_to_cordon_is_told_and_dry_run_enables_nothing() {
    let world = World::new().await;
    put_rule(&world, RULE, &json!({ "source": ["aws.lambda"] }), "DISABLED").await;
    let bootstrap = world.bootstrap(&Installation { mode: "dry-run", policy: SHIPPED });
    for event in ["purge-queue-of-cordon.json", "disable-rule-of-cordon.json"] {
        let answer = bootstrap.deliver(&world.event(event));
        assert!(answer.ok, "{answer:?}");
        assert_eq!(controls(&answer), ["responder.tampered"], "{event}");
        let told = world.account.notifications().await.join("\n");
        assert!(told.contains("critical finding: responder.tampered"), "{told}");
    }
    assert_eq!(switch(&world, RULE).await, "DISABLED");
}

#[tokio::test]
async fn a_heartbeat_is_counted_and_calls_nothing() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    world.calls();

    let answer = bootstrap.deliver(&world.event("heartbeat.json"));

    assert!(answer.ok, "{answer:?}");
    let heard = answer.log.contains("\"Heartbeat\":1");
    assert!(heard, "{answer:?}");
    assert!(world.calls().is_empty());
    let elsewhere = world.event("heartbeat.json").replace("111122223333", "444455556666");
    let answer = bootstrap.deliver(&elsewhere);
    assert!(!answer.log.contains("\"Heartbeat\":1"), "{answer:?}");
}

#[tokio::test]
async fn a_function_that_waits_for_new_users_is_contained_and_its_rule_disabled_whatever_came_last()
{
    for event in ["put-rule-iam-backdoor.json", "put-targets-iam-backdoor.json"] {
        let world = World::new().await;
        let name = "account-sync";
        let arn = world.arn(name);
        world.account.create_function(name).await;
        world.account.put_policy(&arn, &document(&[trigger(&world, &arn)])).await;
        let pattern = json!({ "source": ["aws.iam"], "detail": { "eventName": ["CreateUser"] } });
        put_rule(&world, "nightly-sync", &pattern, "ENABLED").await;
        let target = json!({ "Rule": "nightly-sync", "Targets": [{ "Id": "1", "Arn": arn }] });
        world.account.events("PutTargets", &target).await;
        let before = world.account.look(name, &arn, &[]).await;
        let policy = SHIPPED.replace(
            "iam-backdoor.reactive:\n    mode: dry-run",
            "iam-backdoor.reactive:\n    mode: enforce",
        );
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

        let answer = bootstrap.deliver(&world.event(event));

        assert!(answer.ok, "{answer:?}");
        assert_eq!(controls(&answer), ["iam-backdoor.reactive"], "{event}");
        assert_eq!(switch(&world, "nightly-sync").await, "DISABLED");
        let contained = world.account.look(name, &arn, &[]).await;
        assert_eq!(contained.reserved, Some(0));
        assert_eq!(contained.policies, before.policies, "the trigger stays");
        world.calls();
        let again = bootstrap.deliver(&world.event(event));
        assert!(again.ok, "{again:?}");
        assert!(switches(&world).is_empty() && writes(&world).is_empty(), "{event}");
        assert_eq!(world.account.look(name, &arn, &[]).await, contained);
        let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
        assert_eq!(code, 0, "{printed}");
        assert_eq!(switch(&world, "nightly-sync").await, "ENABLED");
        assert_eq!(world.account.look(name, &arn, &[]).await, before);
    }
}
