//! What happens to an account, from the event to the state after, through the real binary. Each
//! story is delivered twice: the second delivery must change nothing.

use crate::harness::{Answer, Bootstrap, Installation, SHIPPED, World};
use aws_sdk_lambda::types::FunctionUrlAuthType;
use serde_json::{Value, json};

const ENFORCE: Installation<'_> = Installation { mode: "enforce", policy: SHIPPED };

fn statement(sid: &str, principal: Value, resource: &str, condition: Option<Value>) -> Value {
    let mut statement = json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "lambda:InvokeFunction",
        "Resource": resource,
    });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    statement
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements })
}

/// A legitimate trigger that nothing may touch.
fn trigger(world: &World, resource: &str) -> Value {
    let rule = format!("arn:aws:events:{}:111122223333:rule/hourly", world.region());
    statement(
        "hourly",
        json!({ "Service": "events.amazonaws.com" }),
        resource,
        Some(json!({ "ArnLike": { "AWS:SourceArn": rule } })),
    )
}

/// Delivers once and again; the second delivery must write nothing to Lambda.
fn twice(world: &World, bootstrap: &Bootstrap, event: &str) -> Answer {
    let first = bootstrap.deliver(event);
    assert!(first.ok, "{first:?}");
    let counted = world.calls();
    let second = bootstrap.deliver(event);
    assert!(second.ok, "{second:?}");
    let again = writes(world);
    assert!(again.is_empty(), "the second delivery wrote {again:?}");
    let lambda: Vec<&str> = counted
        .iter()
        .filter(|call| call.service == "lambda")
        .map(|call| call.operation.as_str())
        .collect();
    println!("lambda calls: {lambda:?}, all calls: {}", counted.len());
    first
}

/// What the function changed in Lambda since the last look.
fn writes(world: &World) -> Vec<String> {
    let calls = world.calls().into_iter();
    calls
        .filter(|call| call.mutating && call.service == "lambda")
        .map(|call| call.operation)
        .collect()
}

fn incident(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).expect("the answer is JSON");
    body["incident"].as_str().unwrap_or_else(|| panic!("no incident: {answer:?}")).to_owned()
}

fn controls(answer: &Answer) -> Vec<&str> {
    answer.findings.iter().filter_map(|finding| finding["control"].as_str()).collect()
}

#[tokio::test]
async fn a_backdoor_is_removed_and_restore_puts_the_identical_document_back() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let before =
        document(&[trigger(&world, &arn), statement("open-to-all", json!("*"), &arn, None)])
            .to_string();
    world.account.put_policy_text(&arn, &before).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let answer = twice(&world, &bootstrap, &world.event("add-permission-public.json"));

    assert_eq!(controls(&answer), ["function-policy.public"]);
    assert_eq!(world.account.policy(&arn).await, Some(document(&[trigger(&world, &arn)])));
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.policy_text(&arn).await, Some(before));
}
