//! What happens to an account, from the event to the state after, through the real binary. Each
//! story is delivered twice: the second delivery must change nothing.

use crate::{
    harness::{Answer, Installation, SHIPPED, World},
    telling::{
        ENFORCE, controls, document, incident, seed, statement, trigger, twice, url_statements,
        writes,
    },
};
use aws_sdk_lambda::types::FunctionUrlAuthType;
use serde_json::json;
use std::collections::BTreeSet;

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

#[tokio::test]
async fn one_read_and_one_write_answer_any_number_of_bad_statements() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let mut statements = vec![trigger(&world, &arn)];
    for number in 0..20 {
        statements.push(statement(&format!("open-{number}"), json!("*"), &arn, None));
        let account = json!({ "AWS": "arn:aws:iam::999988887777:root" });
        statements.push(statement(&format!("foreign-{number}"), account, &arn, None));
        let s3 = json!({ "Service": "s3.amazonaws.com" });
        statements.push(statement(&format!("bucket-{number}"), s3, &arn, None));
    }
    world.account.put_policy(&arn, &document(&statements)).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let answer = bootstrap.deliver(&world.event("add-permission-public.json"));

    assert!(answer.ok, "{answer:?}");
    let calls = world.calls();
    let lambda: Vec<&str> = calls
        .iter()
        .filter(|call| call.service == "lambda")
        .map(|call| call.operation.as_str())
        .collect();
    assert_eq!(lambda, ["GetResourcePolicy", "PutResourcePolicy"]);
    let notifications = calls.iter().filter(|call| call.operation == "Publish").count();
    assert_eq!(notifications, 1);
    let after = world.account.policy(&arn).await.expect("the trigger's statement is left");
    assert_eq!(after["Statement"].as_array().map(Vec::len), Some(21));
}

#[tokio::test]
async fn a_grant_on_a_version_is_removed_on_that_version_and_nowhere_else() {
    let world = World::new().await;
    let (arn, version) = (world.arn("orders"), world.arn("orders:7"));
    world.account.create_function("orders").await;
    world.account.publish_up_to("orders", 7).await;
    let own = document(&[trigger(&world, &arn)]);
    world.account.put_policy(&arn, &own).await;
    let public = document(&[statement("open-to-all", json!("*"), &version, None)]);
    world.account.put_policy(&version, &public).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let answer = twice(&world, &bootstrap, &world.event("add-permission-public-version.json"));

    assert_eq!(controls(&answer), ["function-policy.public"]);
    assert_eq!(world.account.policy(&version).await, None);
    assert_eq!(world.account.policy(&arn).await, Some(own));
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.policy(&version).await, Some(public));
}

#[tokio::test]
async fn an_s3_trigger_without_source_account_is_scoped_in_place() {
    let world = World::new().await;
    let arn = world.arn("thumbnails");
    world.account.create_function("thumbnails").await;
    let s3 = json!({ "Service": "s3.amazonaws.com" });
    let bucket = json!({ "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::acme-uploads" } });
    let before = statement("uploads", s3.clone(), &arn, Some(bucket));
    world.account.put_policy(&arn, &document(&[before])).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let answer = bootstrap.deliver(&world.event("add-permission-s3-unscoped.json"));

    assert_eq!(controls(&answer), ["function-policy.unscoped-service"]);
    assert_eq!(writes(&world), ["PutResourcePolicy"]);
    // The trigger's own request carries this bucket and this account, so it still matches.
    let scoped = json!({
        "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::acme-uploads" },
        "StringEquals": { "AWS:SourceAccount": "111122223333" },
    });
    let after = document(&[statement("uploads", s3, &arn, Some(scoped))]);
    assert_eq!(world.account.policy(&arn).await, Some(after));
    bootstrap.deliver(&world.event("add-permission-s3-unscoped.json"));
    assert!(writes(&world).is_empty());
}

#[tokio::test]
async fn an_eventbridge_trigger_is_scoped_by_source_arn_and_never_by_source_account() {
    let world = World::new().await;
    let arn = world.arn("nightly-report");
    world.account.create_function("nightly-report").await;
    let events = json!({ "Service": "events.amazonaws.com" });
    let before = statement("schedule", events.clone(), &arn, None);
    world.account.put_policy(&arn, &document(&[before])).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    twice(&world, &bootstrap, &world.event("add-permission-events-unscoped.json"));

    let rules = format!("arn:aws:events:{}:111122223333:rule/*", world.region());
    let scoped = json!({ "ArnLike": { "AWS:SourceArn": rules } });
    let after = document(&[statement("schedule", events, &arn, Some(scoped))]);
    assert_eq!(world.account.policy(&arn).await, Some(after));
}

#[tokio::test]
async fn a_public_url_is_hardened_and_its_statements_removed_once_each() {
    let world = World::new().await;
    let arn = world.arn("webhook");
    world.account.create_function("webhook").await;
    world.account.create_url("webhook", FunctionUrlAuthType::None).await;
    let [url, via] = url_statements(&arn);
    let before = document(&[trigger(&world, &arn), url, via]);
    world.account.put_policy(&arn, &before).await;
    let untouched = world.account.look("webhook", &arn, &[]).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let answer = bootstrap.deliver(&world.event("create-function-url-public.json"));
    let added = world.event("add-permission-public.json").replace("orders", "webhook");
    bootstrap.deliver(&added);
    bootstrap.deliver(&world.event("update-function-url-public.json"));

    assert_eq!(controls(&answer), ["function-url.public"]);
    // Side by side.
    let once_each: BTreeSet<String> =
        ["UpdateFunctionUrlConfig", "PutResourcePolicy"].map(Into::into).into();
    let written = writes(&world);
    assert_eq!((written.len(), written.into_iter().collect()), (2, once_each));
    let after = world.account.look("webhook", &arn, &[]).await;
    assert_eq!(after.url.as_deref(), Some("AWS_IAM"));
    assert_eq!(world.account.policy(&arn).await, Some(document(&[trigger(&world, &arn)])));
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.look("webhook", &arn, &[]).await, untouched);
}

#[tokio::test]
async fn a_public_url_that_its_owner_declared_is_reported_and_left() {
    let expires = time::OffsetDateTime::now_utc().date() + time::Duration::days(90);
    let policy = format!(
        "{SHIPPED}\nexceptions:\n  - controls: [function-url.public, function-policy.public]\n    \
         functions: [webhook]\n    owner: web team\n    reason: a payment provider calls it\n    \
         expires: {expires}\n"
    );
    let world = World::new().await;
    seed(&world, "webhook").await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = bootstrap.deliver(&world.event("create-function-url-public.json"));

    assert_eq!(controls(&answer), ["function-url.public"]);
    let steps = answer.findings[0]["plan"].as_array().expect("a plan");
    assert!(!steps.is_empty() && steps.iter().all(|s| s["outcome"]["because"] == "exception"));
    assert!(writes(&world).is_empty());
}

#[tokio::test]
async fn what_was_restored_is_left_alone_when_the_finding_comes_again() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let before = document(&[statement("open-to-all", json!("*"), &arn, None)]);
    world.account.put_policy(&arn, &before).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let event = world.event("add-permission-public.json");
    let answer = bootstrap.deliver(&event);
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    world.calls();

    let again = bootstrap.deliver(&event);

    assert!(writes(&world).is_empty());
    assert_eq!(again.findings[0]["plan"][0]["outcome"]["because"], "held");
    // Another statement is another matter.
    let more = document(&[
        statement("open-to-all", json!("*"), &arn, None),
        statement("another", json!("*"), &arn, None),
    ]);
    world.account.put_policy(&arn, &more).await;
    bootstrap.deliver(&event.replace("\"eventID\": \"", "\"eventID\": \"again-"));
    assert_eq!(world.account.policy(&arn).await, Some(before));
}

#[tokio::test]
async fn restore_leaves_alone_what_somebody_changed_since() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let public = statement("open-to-all", json!("*"), &arn, None);
    world.account.put_policy(&arn, &document(&[trigger(&world, &arn), public])).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let answer = bootstrap.deliver(&world.event("add-permission-public.json"));
    let own = json!({ "AWS": "arn:aws:iam::111122223333:root" });
    let since = document(&[trigger(&world, &arn), statement("since", own, &arn, None)]);
    world.account.put_policy(&arn, &since).await;

    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);

    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("changed since"), "{printed}");
    assert_eq!(world.account.policy(&arn).await, Some(since));
}

#[tokio::test]
async fn a_dry_run_plans_the_same_and_writes_nothing() {
    for (event, function) in [
        ("add-permission-public.json", "orders"),
        ("add-permission-account.json", "billing"),
        ("add-permission-s3-unscoped.json", "thumbnails"),
        ("add-permission-events-unscoped.json", "nightly-report"),
        ("put-resource-policy-dangerous.json", "inventory"),
        ("create-function-url-public.json", "webhook"),
        ("create-access-key-by-function.json", "report-generator"),
    ] {
        let (mut plans, mut states) = (Vec::new(), Vec::new());
        for mode in ["dry-run", "enforce"] {
            let world = World::new().await;
            seed(&world, function).await;
            let arn = world.arn(function);
            let before = world.account.look(function, &arn, &[]).await;
            let bootstrap = world.bootstrap(&Installation { mode, policy: SHIPPED });
            let answer = bootstrap.deliver(&world.event(event));
            assert!(answer.ok, "{answer:?}");
            plans.push(plan(&answer, world.region()));
            let changed = world.account.look(function, &arn, &[]).await != before;
            let writes =
                world.calls().iter().filter(|c| c.mutating && c.operation != "Publish").count();
            states.push((changed, writes > 0, world.account.journal_records().await > 0));
        }
        assert_eq!(plans[0], plans[1], "{event}");
        assert!(!plans[0].is_empty(), "{event}");
        assert_eq!(states, [(false, false, false), (true, true, true)], "{event}");
    }
}

/// What is planned, without whether it is done and where.
pub fn plan(answer: &Answer, region: &str) -> Vec<String> {
    let incident = answer.findings[0]["incident"].as_str().unwrap_or_default();
    let steps = answer.findings.iter().flat_map(|finding| finding["plan"].as_array().cloned());
    steps
        .flatten()
        .map(|step| {
            let planned =
                json!([step["remediation"], step["resource"], step["tactic"], step["changes"]]);
            planned.to_string().replace(region, "REGION").replace(incident, "INCIDENT")
        })
        .collect()
}
