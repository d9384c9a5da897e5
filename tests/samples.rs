//! Every sample event through the real binary, twice, with everything on: it is answered, and the
//! second delivery changes nothing.

use crate::{
    alarms::raise_alarms,
    harness::{Installation, SHIPPED, World},
    logs::logged,
    services::{logs, publish_layer, send_to_a_stranger, share_layer},
    telling::{controls, document, seed, statement, trigger, writes},
};
use aws_sdk_lambda::types::{LoggingConfig, RecursiveLoop};
use serde_json::json;
use std::{collections::BTreeSet, fs, path::Path};

/// Each sample, the function it is about, and controls that must have findings.
const SAMPLES: &[(&str, &str, &str)] = &[
    ("access-analyzer-finding.json", "billing", "access-analyzer.external"),
    ("access-analyzer-finding-layer.json", "pricing-rules", "layer-policy.public"),
    ("alarm-state-change.json", "checkout", "metric.anomaly"),
    ("alarm-state-change-anomaly.json", "checkout", "metric.anomaly"),
    ("alarm-state-change-composite.json", "checkout", "metric.anomaly"),
    ("add-layer-version-permission-public.json", "pricing-rules", "layer-policy.public"),
    ("create-event-source-mapping.json", "report-generator", "destination.foreign"),
    ("create-log-group.json", "legacy-import", "logs.unencrypted"),
    ("delete-log-group.json", "legacy-import", "logging.redirected"),
    ("put-retention-policy.json", "legacy-import", "logging.redirected"),
    ("security-hub-finding.json", "legacy-import", "security-hub.failed"),
    ("security-hub-finding-v2.json", "payments", "security-hub.failed function-policy.public"),
    ("add-permission-account.json", "billing", "function-policy.untrusted-account"),
    ("add-permission-events-unscoped.json", "nightly-report", "function-policy.unscoped-service"),
    ("add-permission-public.json", "orders", "function-policy.public"),
    ("add-permission-s3-unscoped.json", "thumbnails", "function-policy.unscoped-service"),
    ("config-item-change.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("config-rule-noncompliant.json", "payments", "function-policy.public"),
    ("config-rule-noncompliant-other.json", "legacy-import", "config-rule.noncompliant"),
    ("create-access-key-by-function.json", "report-generator", "function.privilege-escalation"),
    ("create-alias.json", "legacy-import", DEPLOYED),
    ("delete-alias.json", "legacy-import", DEPLOYED),
    ("publish-version.json", "legacy-import", DEPLOYED),
    ("update-alias.json", "legacy-import", DEPLOYED),
    ("update-function-code.json", "legacy-import", DEPLOYED),
    ("create-function-url-public.json", "webhook", "function-url.public"),
    ("create-function.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("delete-function-code-signing-config.json", "report-generator", "code-signing.weakened"),
    ("delete-function-url.json", "webhook", "function-url.public"),
    ("invoke-unexpected-service.json", "thumbnails", "invocation.unauthorized"),
    ("invoke-at-night.json", "payout", "invocation.unusual"),
    (
        "put-resource-policy-dangerous.json",
        "inventory",
        "function-policy.untrusted-account function-policy.dangerous-action",
    ),
    ("put-function-code-signing-config.json", "report-generator", "code-signing.weakened"),
    ("put-function-recursion-config.json", "report-generator", "recursion.allowed"),
    ("remove-permission.json", "orders", "function-policy.public"),
    ("tag-resource.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("untag-resource.json", "legacy-import", "tags.missing network.outside-vpc"),
    ("update-function-configuration.json", "legacy-import", "tags.missing network.outside-vpc"),
    (
        "update-function-configuration-handler.json",
        "legacy-import",
        "tags.missing network.outside-vpc",
    ),
    ("update-function-configuration-layers.json", "legacy-import", "layer.untrusted tags.missing"),
    (
        "update-function-configuration-role.json",
        "legacy-import",
        "tags.missing network.outside-vpc",
    ),
    (
        "update-function-configuration-logging.json",
        "legacy-import",
        "logging.redirected tags.missing",
    ),
    ("update-function-configuration-vpc.json", "legacy-import", "tags.missing network.outside-vpc"),
    (
        "update-function-configuration-wrapper.json",
        "legacy-import",
        "environment.code-injection tags.missing",
    ),
    ("update-function-url-public.json", "webhook", "function-url.public"),
    ("add-permission-public-version.json", "orders", "function-policy.public"),
];

/// By a user who is no deployer and gave no second factor.
const DEPLOYED: &str = "change.untrusted-deployer change.without-mfa";

/// Changes of IAM, which are told, each with its finding.
const OF_IAM: [(&str, &str); 3] = [
    ("create-access-key.json", "iam-user.created"),
    ("create-user.json", "iam-user.created"),
    ("put-role-policy-lambda-admin.json", "identity-policy.overbroad-lambda-admin"),
];

/// What undoes a containment, if there is one. `routes` tells what comes of a mapping that is taken from a
/// function.
const OF_CONTAINMENTS: [&str; 11] = [
    "delete-function-concurrency.json",
    "delete-function-event-invoke-config.json",
    "delete-role-policy.json",
    "put-function-concurrency.json",
    "put-function-event-invoke-config.json",
    "put-function-scaling-config.json",
    "put-provisioned-concurrency-config.json",
    "second-look.json",
    "update-event-source-mapping.json",
    "update-event-source-mapping-function.json",
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

/// What GuardDuty has to say again; `threats` tells what comes of it.
const OF_GUARDDUTY: [&str; 1] = ["guardduty-finding.json"];

/// Calls that credentials of functions made; `behaviour` tells what comes of them.
const OF_CALLS: [&str; 5] = [
    "assume-role-by-function.json",
    "describe-instances-denied-by-function.json",
    "get-caller-identity-by-function.json",
    "list-secrets-by-function.json",
    "put-object-by-function.json",
];
/// What functions log, which is told; `logs` tells what comes of it.
const OF_LOGS: [&str; 2] = ["flow-log.json", "log-attack.json"];

/// What changes no function, and is only told.
const OF_CONFIGS: [&str; 2] =
    ["delete-code-signing-config.json", "update-code-signing-config.json"];

#[test]
fn no_sample_is_left_out() {
    let of_iam = OF_IAM.iter().map(|(event, _)| event);
    let told = SAMPLES.iter().map(|(event, ..)| event).chain(of_iam);
    let told = told.chain(&OF_CONTAINMENTS).chain(&OF_RULES).chain(&OF_WATCHERS).chain(&OF_CONFIGS);
    let told = told.chain(&OF_ROLES).chain(&OF_GUARDDUTY).chain(&OF_CALLS).chain(&OF_LOGS);
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
        .replace("principals: []", "principals: [\"arn:aws:iam::*:role/delivery-*\"]")
        .replace("required: {}", "required: { owner: [] }")
        .replace(
            "# parameters:\n    #   functions:\n    #     - function: thumbnails\n",
            "parameters: { functions: [{ function: thumbnails, services: [s3.amazonaws.com] }] }\n",
        )
        .replace(
            "# parameters:\n    #   functions:\n    #     - function: payout\n",
            "parameters: { functions: [{ function: payout, hours: \"06:00-20:00\", cap: 2 }] }\n",
        );
    let policy = policy.replace(
        "# parameters:\n    #   alarms:\n    #     - alarm: \"*-errors\"       # by name\n",
        "parameters: { alarms: [{ alarm: \"checkout-*\", cap: 3 }] }\n",
    );
    let declared = ["owner: []", "[s3.amazonaws.com] }", "cap: 2 }", "cap: 3 }"];
    assert!(declared.iter().all(|one| policy.contains(one)));
    policy.replace("# retention-days: 90", "retention-days: 90")
}

#[tokio::test]
async fn a_second_delivery_of_any_sample_changes_nothing() {
    let policy = everything();
    for (event, function, expected) in SAMPLES.iter().copied() {
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
async fn changes_of_iam_are_told_and_change_nothing() {
    let policy = everything();
    let world = World::new().await;
    // IAM is the same in every Region, and so in every test.
    let role = format!("reporting-{}", world.region());
    world.account.create_role_for(&role, "/", json!({ "Service": "ec2.amazonaws.com" })).await;
    let grant = json!({ "Effect": "Allow", "Action": "lambda:*", "Resource": "*" });
    let grant = json!({ "Version": "2012-10-17", "Statement": [grant] }).to_string();
    world.account.put_role_policy(&role, "lambda", &grant).await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    world.calls();
    for (event, expected) in OF_IAM {
        let answer = bootstrap.deliver(&world.event(event).replace("reporting", &role));
        assert!(answer.ok, "{event}: {answer:?}");
        assert_eq!(controls(&answer), [expected], "{event}");
        let changed = world.calls().into_iter().filter(|call| call.mutating);
        let changed: Vec<_> = changed.map(|call| (call.service, call.operation)).collect();
        assert!(
            changed.iter().all(|(service, _)| service == "sns" || service == "dynamodb"),
            "{changed:?}"
        );
    }
    let told = world.account.notifications().await.join("\n");
    assert!(OF_IAM.iter().all(|(_, control)| told.contains(control)), "{told}");
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

#[tokio::test]
async fn what_functions_log_is_told_once_and_changes_nothing() {
    let policy = everything();
    let world = World::new().await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    for event in OF_LOGS {
        // Whom functions may talk to nobody declares; `peers` tells what comes of it where they do.
        if event == "flow-log.json" {
            let answer = bootstrap.deliver(&world.event(event));
            assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
            continue;
        }
        for told in [1, 0] {
            // Another delivery of lines that show the same.
            let event = if told == 1 { world.event(event) } else { logged(7, &["/dev/tcp/"]) };
            let answer = bootstrap.deliver(&event);
            assert!(answer.ok && controls(&answer).len() == 1, "{answer:?}");
            assert_eq!(world.account.notifications().await.len(), told, "{event}");
        }
    }
    assert!(writes(&world).is_empty());
}

#[tokio::test]
async fn what_changes_no_function_is_told() {
    let policy = everything();
    let world = World::new().await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    for event in OF_CONFIGS {
        let answer = bootstrap.deliver(&world.event(event));
        assert!(answer.ok, "{event}: {answer:?}");
        assert_eq!(controls(&answer), ["code-signing.weakened"], "{event}: {answer:?}");
        let told = world.account.notifications().await;
        assert!(told.iter().any(|one| one.contains("code-signing.weakened")), "{told:?}");
    }
    assert!(writes(&world).is_empty());
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
        ("update-function-configuration-layers.json", _) => {
            let layer = format!("arn:aws:lambda:{}:999988887777:layer:metrics:1", world.region());
            world.account.create_function_as(function, |call| call.layers(layer)).await;
        }
        ("put-function-recursion-config.json", _) => {
            world.account.create_function(function).await;
            let allow = world.account.lambda.put_function_recursion_config();
            let allow = allow.function_name(function).recursive_loop(RecursiveLoop::Allow);
            allow.send().await.expect("loops are allowed");
        }
        ("update-function-configuration-wrapper.json", _) => {
            world.account.create_function(function).await;
            world.account.set_environment(function, "AWS_LAMBDA_EXEC_WRAPPER", "/tmp/w").await;
        }
        (_, "pricing-rules") => {
            world.account.create_function(function).await;
            publish_layer(world).await;
            share_layer(world, "everybody", "*", None).await;
        }
        ("create-event-source-mapping.json", _) => {
            world.account.create_function(function).await;
            send_to_a_stranger(world).await;
        }
        ("create-log-group.json", _) => {
            world.account.create_function(function).await;
            let group = json!({ "logGroupName": format!("/aws/lambda/{function}") });
            logs(world, "CreateLogGroup", &group);
        }
        (_, "checkout") => {
            world.account.create_function(function).await;
            raise_alarms(world);
        }
        ("invoke-at-night.json", _) => world.account.create_function(function).await,
        ("put-retention-policy.json", _) => {
            world.account.create_function(function).await;
            let group = json!({ "logGroupName": format!("/aws/lambda/{function}") });
            logs(world, "CreateLogGroup", &group);
            let mut days = group.clone();
            days["retentionInDays"] = json!(1);
            logs(world, "PutRetentionPolicy", &days);
        }
        ("update-function-configuration-logging.json", _) => {
            let logging = LoggingConfig::builder().log_group("/mallory/void").build();
            world.account.create_function_as(function, |call| call.logging_config(logging)).await;
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
