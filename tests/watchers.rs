//! What watches the account, through the real binary: what was stopped runs again, the account's state
//! after, a second delivery, the way back, a dry run.

use crate::{
    harness::{Answer, Emulator, Installation, SHIPPED, World},
    telling::{ENFORCE, controls, incident},
};
use serde_json::{Value, json};

const DRY_RUN: Installation<'_> = Installation { mode: "dry-run", policy: SHIPPED };

/// The shipped control policy with everything put back that a snapshot or a parameter shows.
fn restoring() -> String {
    let chosen = "remediations: { restore-setting: true }";
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let policy = SHIPPED
        .replace(&format!("# {chosen}"), chosen)
        .replace(
            "tracing.unencrypted:\n    mode: dry-run",
            "tracing.unencrypted:\n    mode: enforce",
        )
        .replace("# parameters:\n    #   key:", "parameters:\n      key:")
        .replace(key, KEY);
    let names_the_key = policy.contains(&format!("      key: \"{KEY}\""));
    assert!(names_the_key && policy.matches(chosen).count() >= 3);
    policy
}

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A call of a person on a service that speaks JSON 1.1, or by method and path.
fn person(world: &World, service: &str, call: &str, asked: &Value) -> Value {
    let target = |prefix: &str| format!("X-Amz-Target: {prefix}.{call}\r\n");
    let (method, path, headers) = match (service, call.split_once(' ')) {
        ("cloudtrail", _) => ("POST", "/", target("CloudTrail_20131101")),
        ("config", _) => ("POST", "/", target("StarlingDoveService")),
        (_, Some((method, path))) => (method, path, String::new()),
        (_, None) => panic!("a method and a path"),
    };
    let headers = format!("{headers}Content-Type: application/x-amz-json-1.1\r\n");
    let body = if asked.is_null() { String::new() } else { asked.to_string() };
    let request = [method, path, &headers, &body];
    let answer = Emulator::get().call(service, world.region(), request);
    serde_json::from_str(&answer).unwrap_or(Value::Null)
}

fn trail_call(world: &World, call: &str, asked: &Value) -> Value {
    person(world, "cloudtrail", call, asked)
}

fn functions() -> Value {
    json!([{ "ReadWriteType": "All", "IncludeManagementEvents": true,
        "DataResources": [{ "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] }],
        "ExcludeManagementEventSources": [] }])
}

/// A trail of every Region that records every data event of Lambda.
fn trail(world: &World) {
    let bucket = format!("audit-logs-{}", world.region());
    Emulator::get().call("s3", "us-east-1", ["PUT", &format!("/{bucket}"), "", ""]);
    trail_call(
        world,
        "CreateTrail",
        &json!({ "Name": "audit", "S3BucketName": bucket,
        "IsMultiRegionTrail": true, "EnableLogFileValidation": true }),
    );
    trail_call(
        world,
        "PutEventSelectors",
        &json!({ "TrailName": "audit", "EventSelectors": functions() }),
    );
    trail_call(world, "StartLogging", &json!({ "Name": "audit" }));
}

fn is_logging(world: &World) -> bool {
    trail_call(world, "GetTrailStatus", &json!({ "Name": "audit" }))["IsLogging"] == true
}

fn selectors(world: &World) -> Value {
    trail_call(world, "GetEventSelectors", &json!({ "TrailName": "audit" }))["EventSelectors"]
        .clone()
}

/// What the function changed in AWS since the last look, beside its journal and its notifications.
fn writes(world: &World) -> Vec<String> {
    let own = ["dynamodb", "sns", "sqs"];
    let calls = world.calls().into_iter();
    let writes = calls.filter(|call| call.mutating && !own.contains(&call.service.as_str()));
    writes.map(|call| call.operation).collect()
}

/// The event that Cordon sees after a trail was found in order: with this it keeps a snapshot.
fn seen_in_order(world: &World) -> String {
    let mut event: Value = serde_json::from_str(&world.event("stop-logging.json")).expect("JSON");
    event["detail"]["eventName"] = json!("StartLogging");
    event["detail"]["eventID"] = json!("5f0c1b52-6a0a-4b8e-9d0e-0d7c5a1f8e11");
    event.to_string()
}

/// Delivers again; nothing is changed.
fn again(world: &World, bootstrap: &crate::harness::Bootstrap, event: &str) {
    world.calls();
    let second = bootstrap.deliver(event);
    assert!(second.ok, "{second:?}");
    assert_eq!(writes(world), Vec::<String>::new());
}

fn restored(world: &World, answer: &Answer) {
    let (code, printed) = world.cordon(&["restore", &incident(answer)]);
    assert_eq!(code, 0, "{printed}");
}

#[tokio::test]
async fn a_stopped_trail_is_started_again_with_one_write_and_restore_stops_it() {
    let world = World::new().await;
    trail(&world);
    trail_call(&world, "StopLogging", &json!({ "Name": "audit" }));
    let bootstrap = world.bootstrap(&ENFORCE);
    let event = world.event("stop-logging.json");

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["trail.lambda-data-events-off", "trail.stopped"]);
    assert_eq!(writes(&world), ["StartLogging"]);
    assert!(is_logging(&world));
    again(&world, &bootstrap, &event);
    restored(&world, &answer);
    assert!(!is_logging(&world));
    // What an operator put back is left alone, also when it comes back as an event.
    again(&world, &bootstrap, &event);
    assert!(!is_logging(&world));
}

#[tokio::test]
async fn whoever_stops_the_trail_and_then_changes_code_is_seen_at_both() {
    let world = World::new().await;
    trail(&world);
    trail_call(&world, "StopLogging", &json!({ "Name": "audit" }));
    world.account.create_function("legacy-import").await;
    let deployers = SHIPPED
        .replace(
            "change.untrusted-deployer:\n    mode: off",
            "change.untrusted-deployer:\n    mode: enforce",
        )
        .replace("principals: []", "principals: [\"arn:aws:iam::*:role/delivery-*\"]");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &deployers });
    world.calls();

    let first = bootstrap.deliver(&world.event("stop-logging.json"));
    let trail_runs = is_logging(&world);
    let second = bootstrap.deliver(&world.event("update-function-code.json"));

    assert!(first.ok && second.ok, "{first:?} {second:?}");
    assert!(controls(&first).contains(&"trail.stopped"));
    assert!(trail_runs, "before anything else is answered");
    assert_eq!(controls(&second), ["change.untrusted-deployer"]);
    let told = world.account.notifications().await;
    assert_eq!(told.len(), 2, "{told:?}");
}

#[tokio::test]
async fn a_dry_run_starts_nothing_and_writes_nothing_down() {
    let world = World::new().await;
    trail(&world);
    trail_call(&world, "StopLogging", &json!({ "Name": "audit" }));
    let bootstrap = world.bootstrap(&DRY_RUN);
    for event in [world.event("stop-logging.json"), seen_in_order(&world)] {
        let answer = bootstrap.deliver(&event);
        assert!(answer.ok, "{answer:?}");
    }
    assert_eq!(writes(&world), Vec::<String>::new());
    assert!(!is_logging(&world));
    assert_eq!(world.account.journal_records().await, 0);
}

#[tokio::test]
async fn a_failed_call_on_a_trail_is_not_looked_at() {
    let world = World::new().await;
    trail(&world);
    let bootstrap = world.bootstrap(&ENFORCE);
    let mut event: Value = serde_json::from_str(&world.event("stop-logging.json")).expect("JSON");
    event["detail"]["errorCode"] = json!("AccessDenied");
    let answer = bootstrap.deliver(&event.to_string());
    assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    assert!(world.calls().is_empty());
}

#[tokio::test]
async fn a_throttled_start_is_tried_again() {
    let world = World::new().await;
    trail(&world);
    trail_call(&world, "StopLogging", &json!({ "Name": "audit" }));
    world.faults(
        r#"[{"operation":"StartLogging","status":400,"code":"ThrottlingException","times":2}]"#,
    );
    let bootstrap = world.bootstrap(&ENFORCE);
    let answer = bootstrap.deliver(&world.event("stop-logging.json"));
    assert!(answer.ok, "{answer:?}");
    assert!(is_logging(&world));
}

#[tokio::test]
async fn data_events_that_a_change_took_away_come_back_and_the_way_back_is_as_it_was() {
    let world = World::new().await;
    trail(&world);
    let bootstrap = world.bootstrap(&ENFORCE);
    let in_order = seen_in_order(&world);
    assert!(bootstrap.deliver(&in_order).ok);
    let event: Value =
        serde_json::from_str(&world.event("put-event-selectors.json")).expect("JSON");
    let narrowed = json!([{ "ReadWriteType": "All", "IncludeManagementEvents": true,
        "DataResources": [], "ExcludeManagementEventSources": [] }]);
    trail_call(
        &world,
        "PutEventSelectors",
        &json!({ "TrailName": "audit", "EventSelectors": narrowed }),
    );
    world.calls();

    let answer = bootstrap.deliver(&event.to_string());

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["trail.lambda-data-events-off", "trail.stopped"]);
    assert_eq!(writes(&world), ["PutEventSelectors"]);
    assert_eq!(selectors(&world), functions());
    again(&world, &bootstrap, &event.to_string());
    restored(&world, &answer);
    assert_eq!(selectors(&world), narrowed);
}

#[tokio::test]
async fn a_change_of_a_trail_that_never_recorded_functions_is_no_finding_of_data_events() {
    let world = World::new().await;
    trail(&world);
    let plain = json!([{ "ReadWriteType": "All", "IncludeManagementEvents": true,
        "DataResources": [], "ExcludeManagementEventSources": [] }]);
    trail_call(
        &world,
        "PutEventSelectors",
        &json!({ "TrailName": "audit", "EventSelectors": plain }),
    );
    let bootstrap = world.bootstrap(&ENFORCE);
    assert!(bootstrap.deliver(&seen_in_order(&world)).ok);
    let answer = bootstrap.deliver(&world.event("put-event-selectors.json"));
    assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    assert_eq!(writes(&world), Vec::<String>::new());
}

#[tokio::test]
async fn settings_that_a_change_narrowed_come_back_on_request() {
    let world = World::new().await;
    trail(&world);
    let policy = restoring();
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    assert!(bootstrap.deliver(&seen_in_order(&world)).ok);
    let shown = || trail_call(&world, "GetTrail", &json!({ "Name": "audit" }))["Trail"].clone();
    let before = shown();
    trail_call(
        &world,
        "UpdateTrail",
        &json!({ "Name": "audit", "IsMultiRegionTrail": false,
        "EnableLogFileValidation": false }),
    );
    let narrowed = shown();
    assert_ne!(before, narrowed);
    world.calls();
    let event = world.event("update-trail.json");

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["trail.stopped"]);
    assert_eq!(writes(&world), ["UpdateTrail"]);
    assert_eq!(shown(), before);
    again(&world, &bootstrap, &event);
    restored(&world, &answer);
    assert_eq!(shown(), narrowed);
}

#[tokio::test]
async fn of_two_answers_for_the_selectors_the_one_that_puts_everything_back_wins() {
    let world = World::new().await;
    trail(&world);
    let mut before = functions();
    let objects = json!({ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] });
    before[0]["DataResources"].as_array_mut().expect("a list").push(objects);
    let put = |selectors: &Value| {
        let asked = json!({ "TrailName": "audit", "EventSelectors": selectors });
        trail_call(&world, "PutEventSelectors", &asked)
    };
    put(&before);
    let policy = restoring();
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    assert!(bootstrap.deliver(&seen_in_order(&world)).ok);
    let mut narrowed = functions();
    narrowed[0]["DataResources"] = json!([]);
    put(&narrowed);
    world.calls();

    let answer = bootstrap.deliver(&world.event("put-event-selectors.json"));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["trail.lambda-data-events-off", "trail.stopped"]);
    assert_eq!(writes(&world), ["PutEventSelectors"]);
    assert_eq!(selectors(&world), before);
    restored(&world, &answer);
    assert_eq!(selectors(&world), narrowed);
}

#[tokio::test]
async fn what_was_narrowed_is_never_taken_for_what_always_was() {
    let world = World::new().await;
    trail(&world);
    let bootstrap = world.bootstrap(&ENFORCE);
    assert!(bootstrap.deliver(&seen_in_order(&world)).ok);
    let asked = json!({ "Name": "audit", "IsMultiRegionTrail": false });
    trail_call(&world, "UpdateTrail", &asked);
    let event = world.event("update-trail.json");
    for id in ["one", "another", "a third"] {
        let event = event.replace("\"eventID\": \"", &format!("\"eventID\": \"{id}"));
        let answer = bootstrap.deliver(&event);
        assert!(answer.ok, "{answer:?}");
        assert_eq!(controls(&answer), ["trail.stopped"], "{id}");
    }
}

#[tokio::test]
async fn a_trail_is_started_even_where_the_others_cannot_be_looked_at() {
    let world = World::new().await;
    trail(&world);
    trail_call(&world, "StopLogging", &json!({ "Name": "audit" }));
    world.faults(r#"[{"operation":"DescribeTrails","status":403,"code":"AccessDeniedException"}]"#);
    let bootstrap = world.bootstrap(&ENFORCE);
    let answer = bootstrap.deliver(&world.event("stop-logging.json"));
    assert!(!answer.ok, "the retry looks again: {answer:?}");
    assert_eq!(writes(&world), ["StartLogging"]);
    assert!(is_logging(&world));
}

#[tokio::test]
async fn a_deleted_trail_is_told_with_what_it_was() {
    let world = World::new().await;
    trail(&world);
    let bootstrap = world.bootstrap(&ENFORCE);
    assert!(bootstrap.deliver(&seen_in_order(&world)).ok);
    trail_call(&world, "DeleteTrail", &json!({ "Name": "audit" }));
    world.account.notifications().await;
    let answer = bootstrap.deliver(&world.event("delete-trail.json"));
    assert!(answer.ok, "{answer:?}");
    assert_eq!(writes(&world), Vec::<String>::new());
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("as it was: every Region") && told.contains("audit-logs-"), "{told}");
}

#[tokio::test]
async fn a_stopped_recorder_is_started_again_and_restore_stops_it() {
    let world = World::new().await;
    let config = |call: &str, asked: Value| person(&world, "config", call, &asked);
    let role = "arn:aws:iam::111122223333:role/config";
    config(
        "PutConfigurationRecorder",
        json!({ "ConfigurationRecorder": { "name": "default", "roleARN": role } }),
    );
    config(
        "PutDeliveryChannel",
        json!({ "DeliveryChannel": { "name": "default", "s3BucketName": "bucket" } }),
    );
    let records = || {
        let status = config("DescribeConfigurationRecorderStatus", json!({}));
        status["ConfigurationRecordersStatus"][0]["recording"] == true
    };
    let bootstrap = world.bootstrap(&ENFORCE);
    let event = world.event("stop-configuration-recorder.json");

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["config-recorder.stopped"]);
    assert_eq!(writes(&world), ["StartConfigurationRecorder"]);
    assert!(records());
    again(&world, &bootstrap, &event);
    restored(&world, &answer);
    assert!(!records());
}

#[tokio::test]
async fn lambda_protection_is_switched_on_again_on_request_and_only_that() {
    let world = World::new().await;
    let created = person(&world, "guardduty", "POST /detector", &json!({ "enable": true }));
    let id = created["detectorId"].as_str().expect("a detector").to_owned();
    let path = format!("/detector/{id}");
    let off = json!({ "features": [
        { "name": "LAMBDA_NETWORK_LOGS", "status": "DISABLED" },
        { "name": "S3_DATA_EVENTS", "status": "DISABLED" },
    ] });
    person(&world, "guardduty", &format!("POST {path}"), &off);
    let features = || {
        let shown = person(&world, "guardduty", &format!("GET {path}"), &Value::Null);
        let all = shown["features"].as_array().expect("features").clone();
        let status = |name: &str| {
            all.iter().find(|one| one["name"] == name).expect("the feature")["status"].clone()
        };
        [status("LAMBDA_NETWORK_LOGS"), status("S3_DATA_EVENTS")]
    };
    let event = world.event("update-detector.json");
    let event = event.replace("12abc34d567e8fa901bc2d34e56789f0", &id);
    let told = world.bootstrap(&ENFORCE).deliver(&event);
    assert!(told.ok && controls(&told) == ["guardduty.disabled"], "{told:?}");
    assert_eq!(writes(&world), Vec::<String>::new());
    let policy = restoring();
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(writes(&world), ["UpdateDetector"]);
    assert_eq!(features(), ["ENABLED", "DISABLED"]);
    again(&world, &bootstrap, &event);
    restored(&world, &answer);
    assert_eq!(features(), ["DISABLED", "DISABLED"]);
}

#[tokio::test]
async fn traces_get_the_named_key_again_on_request() {
    let world = World::new().await;
    let policy = restoring();
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let shown = || {
        let shown = person(&world, "xray", "POST /EncryptionConfig", &json!({}));
        shown["EncryptionConfig"]["KeyId"].clone()
    };
    let event = world.event("put-encryption-config.json");

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["tracing.unencrypted"]);
    assert_eq!(writes(&world), ["PutEncryptionConfig"]);
    assert_eq!(shown(), KEY);
    again(&world, &bootstrap, &event);
    restored(&world, &answer);
    assert_eq!(shown(), Value::Null);
}

#[tokio::test]
async fn what_only_a_person_can_mend_is_told_without_a_call() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    for (event, control, word) in [
        (
            "delete-configuration-recorder.json",
            "config-recorder.stopped",
            "PutConfigurationRecorder",
        ),
        ("delete-delivery-channel.json", "config-recorder.stopped", "PutDeliveryChannel"),
        ("delete-detector.json", "guardduty.disabled", "CreateDetector"),
        ("create-filter.json", "guardduty.disabled", "DeleteFilter"),
    ] {
        let answer = bootstrap.deliver(&world.event(event));
        assert!(answer.ok && controls(&answer) == [control], "{answer:?}");
        let told = world.account.notifications().await.join("\n");
        assert!(told.contains(word), "{told}");
        let calls: Vec<String> = world.calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, ["Publish"], "{event}");
    }
}
