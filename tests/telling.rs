//! What the stories are told with.

use crate::harness::{Answer, Bootstrap, Installation, SHIPPED, World};
use aws_sdk_lambda::types::FunctionUrlAuthType;
use serde_json::{Value, json};

/// The shipped control policy, enforced.
pub const ENFORCE: Installation<'_> = Installation { mode: "enforce", policy: SHIPPED };

/// The shipped control policy with these limits.
pub fn limited(limits: &str) -> String {
    let (before, section) = SHIPPED.split_once("\nlimits:\n").expect("it has limits");
    let (_, after) = section.split_once("\n\n").expect("something follows them");
    format!("{before}\nlimits: {limits}\n\n{after}")
}

/// A statement that grants `lambda:InvokeFunction`.
pub fn statement(sid: &str, principal: Value, resource: &str, condition: Option<Value>) -> Value {
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

/// A resource policy.
pub fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements })
}

/// A legitimate trigger that nothing may touch.
pub fn trigger(world: &World, resource: &str) -> Value {
    let rule = format!("arn:aws:events:{}:111122223333:rule/hourly", world.region());
    statement(
        "hourly",
        json!({ "Service": "events.amazonaws.com" }),
        resource,
        Some(json!({ "ArnLike": { "AWS:SourceArn": rule } })),
    )
}

/// Delivers once and again; the second delivery must write nothing to Lambda.
pub fn twice(world: &World, bootstrap: &Bootstrap, event: &str) -> Answer {
    let first = bootstrap.deliver(event);
    assert!(first.ok, "{first:?}");
    world.calls();
    let second = bootstrap.deliver(event);
    assert!(second.ok, "{second:?}");
    let again = writes(world);
    assert!(again.is_empty(), "the second delivery wrote {again:?}");
    first
}

/// What the function changed in Lambda since the last look.
pub fn writes(world: &World) -> Vec<String> {
    let calls = world.calls().into_iter();
    calls
        .filter(|call| call.mutating && call.service == "lambda")
        .map(|call| call.operation)
        .collect()
}

/// The incident an answer names.
pub fn incident(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).expect("the answer is JSON");
    body["incident"].as_str().unwrap_or_else(|| panic!("no incident: {answer:?}")).to_owned()
}

/// The controls with findings.
pub fn controls(answer: &Answer) -> Vec<&str> {
    answer.findings.iter().filter_map(|finding| finding["control"].as_str()).collect()
}

/// The two statements of a public function URL.
pub fn url_statements(arn: &str) -> [Value; 2] {
    let none = json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "NONE" } });
    let via = json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } });
    let mut url = statement("FunctionURLAllowPublicAccess", json!("*"), arn, Some(none));
    url["Action"] = json!("lambda:InvokeFunctionUrl");
    [url, statement("FunctionURLInvokeAllowPublicAccess", json!("*"), arn, Some(via))]
}

/// Provisions concurrency on two versions.
pub async fn provision(world: &World, name: &str) {
    world.account.publish_up_to(name, 2).await;
    for (qualifier, number) in [("1", 2), ("2", 3)] {
        world
            .account
            .lambda
            .put_provisioned_concurrency_config()
            .function_name(name)
            .qualifier(qualifier)
            .provisioned_concurrent_executions(number)
            .send()
            .await
            .expect("concurrency is provisioned");
    }
}

/// A function with whatever is wrong with it in the samples.
pub async fn seed(world: &World, function: &str) {
    let arn = world.arn(function);
    world.account.create_function(function).await;
    let account = json!({ "AWS": "arn:aws:iam::999988887777:root" });
    let statements = match function {
        "orders" => vec![statement("open-to-all", json!("*"), &arn, None)],
        "billing" => vec![statement("foreign", account, &arn, None)],
        "inventory" => {
            let mut foreign = statement("foreign", account, &arn, None);
            foreign["Action"] = json!("lambda:UpdateFunctionCode");
            vec![foreign]
        }
        "thumbnails" => {
            vec![statement("s3", json!({ "Service": "s3.amazonaws.com" }), &arn, None)]
        }
        "nightly-report" => {
            vec![statement("events", json!({ "Service": "events.amazonaws.com" }), &arn, None)]
        }
        "webhook" => {
            world.account.create_url(function, FunctionUrlAuthType::None).await;
            url_statements(&arn).into()
        }
        _ => {
            provision(world, function).await;
            Vec::new()
        }
    };
    if !statements.is_empty() {
        world.account.put_policy(&arn, &document(&statements)).await;
    }
}
