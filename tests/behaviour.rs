//! What the credentials of a function do, as the real binary learns it and judges it: what is usual costs
//! nothing, what is new is told once, and who uses them elsewhere loses them.

use crate::{
    compromise::{Asking, FUNCTION, changes, count, names, restore},
    harness::{Answer, Bootstrap, Call, World},
    telling::{ENFORCE, controls, incident},
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// A sample of a call by a function's credentials, made some days ago, as another event.
fn call(world: &World, sample: &str, days: i64, number: u32, change: Value) -> String {
    let mut event: Value = serde_json::from_str(&world.event(sample)).expect("a sample");
    let at = OffsetDateTime::now_utc() - Duration::days(days);
    let detail = &mut event["detail"];
    detail["eventTime"] = json!(at.format(&Rfc3339).expect("a time"));
    detail["eventID"] = json!(format!("{number:08}-0d7b-4d5c-8c58-3f5d0a9a7c01"));
    for (field, value) in change.as_object().into_iter().flatten() {
        detail[field] = value.clone();
    }
    if let Some(source) = detail["eventSource"].as_str() {
        event["source"] = json!(format!("aws.{}", source.trim_end_matches(".amazonaws.com")));
    }
    event.to_string()
}

/// What the function does all the time: a write of DynamoDB.
fn usual(world: &World, days: i64, number: u32) -> String {
    let put = json!({ "eventSource": "dynamodb.amazonaws.com", "eventName": "UpdateTable" });
    call(world, "list-secrets-by-function.json", days, number, put)
}

fn deliver(bootstrap: &Bootstrap, event: &str) -> Answer {
    let answer = bootstrap.deliver(event);
    assert!(answer.ok, "{answer:?}");
    answer
}

/// Ten days of what is usual: from then on it is known.
fn learn(world: &World, bootstrap: &Bootstrap) {
    for number in 0..60 {
        let answer = deliver(bootstrap, &usual(world, 10 - i64::from(number) / 6, number));
        assert!(controls(&answer).is_empty(), "{answer:?}");
    }
    world.calls();
}

fn of_the_journal(calls: &[Call]) -> Vec<&str> {
    let own = calls.iter().filter(|call| call.service == "dynamodb");
    own.map(|call| call.operation.as_str()).collect()
}

#[tokio::test]
async fn what_is_usual_costs_no_call_and_in_another_environment_two_reads() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    for number in 0..60 {
        deliver(&bootstrap, &usual(&world, 10 - i64::from(number) / 6, number));
    }
    // The first call, each tenth one until the fiftieth, and the day on which it was seen again.
    assert_eq!(count(&world.calls(), "UpdateItem"), 1 + 5 + 1);

    deliver(&bootstrap, &usual(&world, 0, 1000));
    assert_eq!(names(&world.calls()), [""; 0]);

    let another = world.bootstrap(&ENFORCE);
    deliver(&another, &usual(&world, 0, 1001));
    assert_eq!(names(&world.calls()), ["GetItem", "GetItem"]);
    deliver(&another, &usual(&world, 0, 1002));
    assert!(world.calls().is_empty());
}

#[tokio::test]
async fn an_api_that_it_never_called_is_told_once_and_says_why_it_is_unusual() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    learn(&world, &bootstrap);
    let another = world.bootstrap(&ENFORCE);
    deliver(&another, &usual(&world, 0, 999));

    let answer =
        deliver(&bootstrap, &call(&world, "list-secrets-by-function.json", 0, 1000, json!({})));

    assert_eq!(controls(&answer), ["function.first-seen-api"]);
    assert_eq!(answer.findings[0]["severity"], "low");
    assert!(changes(&world.calls()).is_empty());
    let told = world.account.notifications().await.join("\n");
    for word in ["secretsmanager:ListSecrets", "none of the 1 APIs", FUNCTION] {
        assert!(told.contains(word), "{word}: {told}");
    }
    // In the environment that has not seen it, too.
    for bootstrap in [&bootstrap, &another] {
        let again = call(&world, "list-secrets-by-function.json", 0, 1001, json!({}));
        assert!(controls(&deliver(bootstrap, &again)).is_empty());
    }
    assert!(world.account.notifications().await.is_empty());
}

#[tokio::test]
async fn what_is_done_once_a_month_is_silent_on_day_31() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    for number in 0..60 {
        deliver(&bootstrap, &usual(&world, 44 - i64::from(number) / 6, number));
    }
    let monthly = json!({ "eventSource": "ses.amazonaws.com", "eventName": "CreateTemplate" });
    let first = call(&world, "list-secrets-by-function.json", 31, 1000, monthly.clone());
    assert_eq!(controls(&deliver(&bootstrap, &first)), ["function.first-seen-api"]);

    let second = call(&world, "list-secrets-by-function.json", 0, 1001, monthly);

    assert!(controls(&deliver(&bootstrap, &second)).is_empty());
}

#[tokio::test]
async fn of_two_environments_that_see_the_same_new_api_one_tells() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    learn(&world, &bootstrap);
    let another = world.bootstrap(&ENFORCE);
    let (mut events, mut found) = (Vec::new(), 0);
    for number in 1000..1010 {
        events.push(call(&world, "list-secrets-by-function.json", 0, number, json!({})));
    }
    for (number, event) in events.iter().enumerate() {
        let by = if number % 2 == 0 { &bootstrap } else { &another };
        found += controls(&deliver(by, event)).len();
    }
    assert_eq!(found, 1);
}

#[tokio::test]
async fn a_dry_run_learns_as_well() {
    let world = World::new().await;
    let dry = world.bootstrap(&crate::harness::Installation { mode: "dry-run", ..ENFORCE });
    learn(&world, &dry);
    let bootstrap = world.bootstrap(&ENFORCE);
    let answer =
        deliver(&bootstrap, &call(&world, "list-secrets-by-function.json", 0, 1000, json!({})));
    assert_eq!(controls(&answer), ["function.first-seen-api"]);
}

#[tokio::test]
async fn five_apis_that_it_is_denied_for_the_first_time_are_told_together() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    learn(&world, &bootstrap);
    let mut found = Vec::new();
    for number in 1000..1007 {
        let another = json!({ "eventName": format!("Describe{}", "x".repeat(number - 999)) });
        let number = u32::try_from(number).expect("small");
        let event = call(&world, "describe-instances-denied-by-function.json", 0, number, another);
        found.extend(controls(&deliver(&bootstrap, &event)).into_iter().map(str::to_owned));
    }
    assert_eq!(found, ["function.access-denied-burst"]);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("denied 5 APIs within 60 minutes"), "{told}");
}

/// Of the shipped control policy what takes a function's credentials, enforced.
fn enforced() -> String {
    crate::harness::SHIPPED
        .replace(
            "function.stolen-credentials:\n",
            "function.stolen-credentials:\n    mode: enforce\n",
        )
        .replace(
            "function.data-exfiltration:\n",
            "function.data-exfiltration:\n    mode: enforce\n",
        )
}

fn start(world: &World) -> Bootstrap {
    let installation = crate::harness::Installation { mode: "enforce", policy: &enforced() };
    world.bootstrap(&installation)
}

#[tokio::test]
async fn credentials_that_are_replayed_from_elsewhere_are_revoked_and_other_functions_keep_working()
{
    let world = World::new().await;
    let role = world.account.role(FUNCTION);
    world.account.create_function(FUNCTION).await;
    for other in ["invoices", "reminders"] {
        let role = world.account.role_arn(FUNCTION);
        world.account.create_function_as(other, |call| call.role(role)).await;
    }
    let before = world.account.role_settings(&role).await;
    let bootstrap = start(&world);
    learn(&world, &bootstrap);
    // The function itself goes on using the key.
    let own: Value = serde_json::from_str(&usual(&world, 0, 900)).expect("an event");
    world.trail(&[own["detail"].clone()]);

    let listed = json!({ "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets" });
    let replayed = call(&world, "get-caller-identity-by-function.json", 0, 1000, listed);
    let answer = deliver(&bootstrap, &replayed);

    assert!(controls(&answer).contains(&"function.stolen-credentials"), "{answer:?}");
    let calls = world.calls();
    assert_eq!(count(&calls, "LookupEvents") - count_assumed(&calls), 1);
    assert_eq!(count(&calls, "PutFunctionConcurrency"), 0, "it goes on, without credentials");
    let may = |function: String| {
        let (world, role) = (&world, &role);
        async move {
            let asking = Asking {
                role,
                function: Some(&function),
                session: "AROAEXAMPLE:somebody",
                issued: "2020-01-01T00:00:00Z",
            };
            asking.may(world, "s3:GetObject", "arn:aws:s3:::acme-invoices/2026").await
        }
    };
    assert!(!may(world.arn(FUNCTION)).await);
    assert!(may(world.arn("invoices")).await && may(world.arn("reminders")).await);
    let told = world.account.notifications().await.join("\n");
    for word in ["198.51.0.0/16", "without the mark of Lambda", "the same key is used"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!told.contains("ASIAI44QH8DHBEXAMPLE"), "{told}");
    restore(&world, &incident(&answer));
    assert_eq!(world.account.role_settings(&role).await, before);
}

/// The look-ups of what sessions the function opened, which belong to the revocation.
fn count_assumed(calls: &[Call]) -> usize {
    count(calls, "LookupEvents").saturating_sub(1)
}

#[tokio::test]
async fn a_new_network_with_the_mark_is_learned_and_nobody_is_told() {
    let world = World::new().await;
    let bootstrap = start(&world);
    learn(&world, &bootstrap);
    let moved = json!({ "sourceIPAddress": "192.0.2.44" });
    let mut event: Value = serde_json::from_str(&usual(&world, 0, 1000)).expect("an event");
    event["detail"]["sourceIPAddress"] = moved["sourceIPAddress"].clone();
    let answer = deliver(&bootstrap, &event.to_string());
    assert!(controls(&answer).is_empty(), "{answer:?}");
    assert_eq!(of_the_journal(&world.calls()).last(), Some(&"UpdateItem"));
    assert!(world.account.notifications().await.is_empty());
}

#[tokio::test]
async fn what_is_written_into_a_strangers_bucket_stops_the_function_and_a_restore_lets_it_run() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    let arn = world.arn(FUNCTION);
    let before = world.account.look(FUNCTION, &arn, &[]).await;
    let bootstrap = start(&world);
    let written = world.event("put-object-by-function.json");

    let answer = deliver(&bootstrap, &written);

    assert!(controls(&answer).contains(&"function.data-exfiltration"), "{answer:?}");
    let stopped = world.account.lambda.get_function_concurrency().function_name(FUNCTION).send();
    let stopped = stopped.await.expect("an answer").reserved_concurrent_executions;
    assert_eq!(stopped, Some(0));
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("drop-zone-7741") && told.contains("999988887777"), "{told}");
    world.calls();
    deliver(&bootstrap, &written);
    assert!(changes(&world.calls()).is_empty());
    restore(&world, &incident(&answer));
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
}

#[tokio::test]
async fn a_role_that_it_never_assumed_beside_a_strangers_change_contains_it() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    let policy = enforced()
        .replace(
            "change.untrusted-deployer:\n    mode: off",
            "change.untrusted-deployer:\n    mode: enforce",
        )
        .replace("principals: []", "principals: [\"arn:aws:iam::*:role/delivery-*\"]");
    let installation = crate::harness::Installation { mode: "enforce", policy: &policy };
    let bootstrap = world.bootstrap(&installation);
    learn(&world, &bootstrap);
    let assumed = call(&world, "assume-role-by-function.json", 0, 1000, json!({}));
    let answer = deliver(&bootstrap, &assumed);
    assert_eq!(controls(&answer), ["function.privilege-escalation"]);
    assert_eq!(answer.findings[0]["severity"], "high");
    assert!(changes(&world.calls()).is_empty(), "a role alone stops nothing");
    let changed = world.event("update-function-code.json").replace("legacy-import", FUNCTION);
    deliver(&bootstrap, &changed);
    assert_eq!(
        count(&world.calls(), "PutFunctionConcurrency"),
        0,
        "whom it serves may name a role"
    );

    let another = json!({ "requestParameters": {
        "roleArn": "arn:aws:iam::111122223333:role/payroll", "roleSessionName": FUNCTION,
    } });
    let another = call(&world, "assume-role-by-function.json", 0, 1001, another);
    let answer = deliver(&bootstrap, &another);

    assert_eq!(controls(&answer), ["function.privilege-escalation"]);
    assert_eq!(count(&world.calls(), "PutFunctionConcurrency"), 1);
}

#[tokio::test]
async fn one_call_is_one_sign_however_many_controls_see_it() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    let bootstrap = start(&world);
    learn(&world, &bootstrap);
    // With the mark, from a new network, a role that it never assumed: a new tenant's, perhaps.
    let moved = json!({ "sourceIPAddress": "192.0.2.44" });
    for number in 1000..1003 {
        let event = call(&world, "assume-role-by-function.json", 0, 1000, moved.clone());
        deliver(&bootstrap, &event);
        assert!(changes(&world.calls()).is_empty(), "{number}");
    }
}

#[tokio::test]
async fn a_link_that_the_function_signed_is_followed_by_strangers_and_says_nothing_of_it() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    let bootstrap = start(&world);
    learn(&world, &bootstrap);
    let own: Value = serde_json::from_str(&usual(&world, 0, 900)).expect("an event");
    world.trail(&[own["detail"].clone()]);
    let followed = json!({
        "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
        "requestParameters": { "bucketName": "invoices", "key": "2026/11.pdf" },
        "userAgent": "[Mozilla/5.0 (Windows NT 10.0; Win64; x64)]",
        "additionalEventData": { "AuthenticationMethod": "QueryString" },
    });
    let event = call(&world, "get-caller-identity-by-function.json", 0, 1000, followed);

    let answer = deliver(&bootstrap, &event);

    assert!(controls(&answer).is_empty(), "{answer:?}");
    assert!(changes(&world.calls()).is_empty());
}

#[tokio::test]
async fn what_is_new_after_a_deployment_of_somebody_trusted_is_learned_in_silence() {
    let user = json!({});
    // A session of any name, which a function could have as well.
    let session = json!({
        "type": "AssumedRole",
        "principalId": "AROAI44QH8DHBEXAMPLE9:pipeline",
        "arn": "arn:aws:sts::111122223333:assumed-role/delivery/pipeline",
        "accountId": "111122223333",
        "sessionContext": { "sessionIssuer": {
            "type": "Role",
            "arn": "arn:aws:iam::111122223333:role/delivery",
            "accountId": "111122223333",
            "userName": "delivery",
        } },
    });
    for identity in [user, session] {
        let world = World::new().await;
        world.account.create_function(FUNCTION).await;
        let trusted = r#"principals: ["arn:aws:iam::*:user/*", "arn:aws:iam::*:role/delivery"]"#;
        let policy = enforced().replace("principals: []", trusted);
        let installation = crate::harness::Installation { mode: "enforce", policy: &policy };
        let bootstrap = world.bootstrap(&installation);
        learn(&world, &bootstrap);
        let mut deployed: Value = serde_json::from_str(
            &world.event("update-function-code.json").replace("legacy-import", FUNCTION),
        )
        .expect("an event");
        let now = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
        deployed["detail"]["eventTime"] = json!(now);
        if identity["type"].is_string() {
            let here = world.arn(FUNCTION);
            let account = here.split(':').nth(4).expect("an account");
            let identity = identity.to_string().replace("111122223333", account);
            deployed["detail"]["userIdentity"] = serde_json::from_str(&identity).expect("JSON");
        }
        deliver(&bootstrap, &deployed.to_string());

        let new = call(&world, "list-secrets-by-function.json", 0, 1000, json!({}));

        assert!(controls(&deliver(&bootstrap, &new)).is_empty(), "{identity}");
    }
}
