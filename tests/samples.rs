//! Every sample event through the real binary, twice, with everything on: it is answered, and the
//! second delivery changes nothing.

use crate::{
    harness::{Installation, SHIPPED, World},
    telling::{controls, document, seed, statement, trigger, writes},
};
use serde_json::json;
use std::{collections::BTreeSet, fs, path::Path};

/// Each sample, the function it is about, and controls that must have findings.
const SAMPLES: [(&str, &str, &str); 19] = [
    ("add-permission-account.json", "billing", "function-policy.untrusted-account"),
    ("add-permission-events-unscoped.json", "nightly-report", "function-policy.unscoped-service"),
    ("add-permission-public.json", "orders", "function-policy.public"),
    ("add-permission-s3-unscoped.json", "thumbnails", "function-policy.unscoped-service"),
    ("config-item-change.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("config-rule-noncompliant.json", "payments", "function-policy.public"),
    ("config-rule-noncompliant-other.json", "legacy-import", "config-rule.noncompliant"),
    ("create-access-key-by-function.json", "report-generator", "function.privilege-escalation"),
    ("create-function-url-public.json", "webhook", "function-url.public"),
    ("create-function.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("delete-function-url.json", "webhook", "function-url.public"),
    ("invoke-unexpected-service.json", "thumbnails", "invocation.unauthorized"),
    (
        "put-resource-policy-dangerous.json",
        "inventory",
        "function-policy.untrusted-account function-policy.dangerous-action",
    ),
    ("remove-permission.json", "orders", "function-policy.public"),
    ("tag-resource.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("untag-resource.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("update-function-configuration.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("update-function-url-public.json", "webhook", "function-url.public"),
    ("add-permission-public-version.json", "orders", "function-policy.public"),
];

/// What undoes a containment, if there is one.
const OF_CONTAINMENTS: [&str; 10] = [
    "delete-function-concurrency.json",
    "delete-function-event-invoke-config.json",
    "delete-role-policy.json",
    "put-function-concurrency.json",
    "put-function-event-invoke-config.json",
    "put-function-scaling-config.json",
    "put-provisioned-concurrency-config.json",
    "second-look.json",
    "update-event-source-mapping.json",
    "update-function-event-invoke-config.json",
];

/// What changes roles; the stories of `roles` tell what comes of it.
const OF_ROLES: [&str; 5] = [
    "attach-role-policy-admin.json",
    "create-policy-version.json",
    "put-role-policy.json",
    "set-default-policy-version.json",
    "update-assume-role-policy.json",
];

/// What watches the account is changed; `watchers` tells what comes of it.
const OF_WATCHERS: [&str; 11] = [
    "create-filter.json",
    "delete-configuration-recorder.json",
    "delete-delivery-channel.json",
    "delete-detector.json",
    "delete-trail.json",
    "put-encryption-config.json",
    "put-event-selectors.json",
    "stop-configuration-recorder.json",
    "stop-logging.json",
    "update-detector.json",
    "update-trail.json",
];

#[test]
fn no_sample_is_left_out() {
    let told = SAMPLES.iter().map(|(event, ..)| event).chain(&OF_CONTAINMENTS);
    let told = told.chain(&OF_RULES).chain(&OF_ROLES).chain(&OF_WATCHERS);
    let told: BTreeSet<String> = told.map(|event| (*event).to_owned()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let files = fs::read_dir(folder).expect("the samples").map(|file| file.expect("a file"));
    let there = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(told, there);
}

/// What is about rules and about Cordon itself; `tests/itself.rs` tells what comes of it.
const OF_RULES: [&str; 5] = [
    "disable-rule-of-cordon.json",
    "heartbeat.json",
    "purge-queue-of-cordon.json",
    "put-rule-iam-backdoor.json",
    "put-targets-iam-backdoor.json",
];

/// The shipped control policy with everything on.
fn everything() -> String {
    let policy = SHIPPED
        .replace("mode: dry-run\n", "mode: enforce\n")
        .replace("mode: off", "mode: enforce")
        .replace("required: {}", "required: { owner: [] }")
        .replace(
            "# parameters:\n    #   functions:\n",
            "parameters: { functions: [{ function: thumbnails, services: [s3.amazonaws.com] }] }\n",
        );
    assert!(policy.contains("owner: []") && policy.contains("[s3.amazonaws.com] }"));
    policy
}

#[tokio::test]
async fn a_second_delivery_of_any_sample_changes_nothing() {
    let policy = everything();
    for (event, function, expected) in SAMPLES {
        let world = World::new().await;
        prepare(&world, event, function).await;
        let arn = world.arn(function);
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
        let first = bootstrap.deliver(&world.event(event));
        assert!(first.ok, "{event}: {first:?}");
        let seen = controls(&first);
        assert!(expected.split(' ').all(|control| seen.contains(&control)), "{event}: {seen:?}");
        assert!(!writes(&world).is_empty(), "{event}");
        let after = world.account.look(function, &arn, &[]).await;

        let second = bootstrap.deliver(&world.event(event));

        assert!(second.ok, "{event}: {second:?}");
        let again = writes(&world);
        assert!(again.is_empty(), "{event}: {again:?}");
        assert_eq!(world.account.look(function, &arn, &[]).await, after, "{event}");
    }
}

#[tokio::test]
async fn what_would_undo_a_containment_is_left_alone_where_there_is_none() {
    let policy = everything();
    let world = World::new().await;
    seed(&world, "report-generator").await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    for event in OF_CONTAINMENTS {
        let answer = bootstrap.deliver(&world.event(event));
        assert!(answer.ok, "{event}: {answer:?}");
        assert!(controls(&answer).is_empty(), "{event}: {answer:?}");
        assert!(answer.body.contains("evaluated"), "{event}: {answer:?}");
        let writes = writes(&world);
        assert!(writes.is_empty(), "{event}: {writes:?}");
    }
}

async fn prepare(world: &World, event: &str, function: &str) {
    let arn = world.arn(function);
    match (event, function) {
        ("add-permission-public-version.json", _) => {
            world.account.create_function(function).await;
            world.account.publish_up_to(function, 7).await;
            let resource = format!("{arn}:7");
            let policy = document(&[statement("open-to-all", json!("*"), &resource, None)]);
            world.account.put_policy(&resource, &policy).await;
        }
        (_, "legacy-import") => {
            world.account.create_function_with(function, "python3.9").await;
        }
        ("invoke-unexpected-service.json", _) => {
            world.account.create_function(function).await;
            let sns = json!({ "Service": "sns.amazonaws.com" });
            let topic = format!("arn:aws:sns:{}:111122223333:news", world.region());
            let scoped = json!({ "ArnLike": { "AWS:SourceArn": topic } });
            let policy =
                document(&[trigger(world, &arn), statement("news", sns, &arn, Some(scoped))]);
            world.account.put_policy(&arn, &policy).await;
        }
        (_, "payments") => {
            world.account.create_function(function).await;
            world.account.publish_up_to(function, 1).await;
            for resource in [arn.clone(), format!("{arn}:1")] {
                let policy = document(&[statement("open", json!("*"), &resource, None)]);
                world.account.put_policy(&resource, &policy).await;
            }
        }
        (_, _) => seed(world, function).await,
    }
}
