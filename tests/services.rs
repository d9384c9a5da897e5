//! What other services find and what stands beside a function: findings of AWS Config, Security Hub
//! and IAM Access Analyzer, layers, destinations and log groups, from the event to the account's
//! state after, and back. Each is delivered twice: the second delivery must change nothing.

use crate::{
    harness::{Emulator, Installation, SHIPPED, World},
    telling::{controls, document, incident, statement, trigger, twice, writes},
};
use aws_sdk_lambda::{
    primitives::Blob,
    types::{DeadLetterConfig, DestinationConfig, LayerVersionContentInput, OnFailure, OnSuccess},
};
use serde_json::{Value, json};

const LAYER: &str = "pricing-rules";
const MAPPED: &str = "report-generator";

/// The shipped control policy with everything enforced, and `parameters` in place of others.
fn enforced(parameters: &[(&str, &str)]) -> String {
    let policy = SHIPPED.replace("mode: dry-run\n", "mode: enforce\n");
    parameters.iter().fold(policy, |policy, (was, is)| {
        assert!(policy.contains(was), "{was}");
        policy.replace(was, is)
    })
}

/// Publishes a version of the layer.
pub async fn publish_layer(world: &World) {
    let publish = world.account.lambda.publish_layer_version().layer_name(LAYER);
    let content = LayerVersionContentInput::builder().zip_file(Blob::new("layer")).build();
    publish.content(content).send().await.expect("a layer");
}

/// Shares it with `principal`, or with all of an organization.
pub async fn share_layer(world: &World, sid: &str, principal: &str, organization: Option<&str>) {
    let add = world.account.lambda.add_layer_version_permission().layer_name(LAYER);
    let add = add.version_number(1).statement_id(sid).principal(principal);
    let add =
        add.action("lambda:GetLayerVersion").set_organization_id(organization.map(str::to_owned));
    add.send().await.expect("it is shared");
}

/// With whom the layer is shared, by statement, in no order.
async fn shared(world: &World) -> Vec<(String, Value)> {
    let get = world.account.lambda.get_layer_version_policy().layer_name(LAYER);
    let Ok(output) = get.version_number(1).send().await else { return Vec::new() };
    let policy: Value = serde_json::from_str(&output.policy.expect("a policy")).expect("JSON");
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let mut all: Vec<(String, Value)> = statements
        .map(|one| (one["Sid"].as_str().expect("a Sid").to_owned(), one.clone()))
        .collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

/// A call of CloudWatch Logs in a person's name.
pub fn logs(world: &World, operation: &str, body: &Value) -> String {
    let headers = format!(
        "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Logs_20140328.{operation}\r\n"
    );
    let request = ["POST", "/", &headers, &body.to_string()];
    Emulator::get().call("logs", world.region(), request)
}

/// Everything that goes from the function to a queue of a stranger.
pub async fn send_to_a_stranger(world: &World) {
    let lambda = &world.account.lambda;
    let theirs = format!("arn:aws:sqs:{}:999988887777:collect", world.region());
    let own = world.account.queue_arn("failed");
    let success = OnSuccess::builder().destination(&theirs).build();
    let failure = OnFailure::builder().destination(own).build();
    let to = DestinationConfig::builder().on_success(success).on_failure(failure).build();
    let put = lambda.put_function_event_invoke_config().function_name(MAPPED);
    put.maximum_retry_attempts(1).destination_config(to).send().await.expect("a destination");
    let failure = OnFailure::builder().destination(&theirs).build();
    let create = lambda.create_event_source_mapping().function_name(MAPPED);
    let create = create
        .event_source_arn(format!("arn:aws:kinesis:{}:111122223333:stream/clicks", world.region()));
    let create = create.starting_position("LATEST".into());
    let create =
        create.destination_config(DestinationConfig::builder().on_failure(failure).build());
    create.send().await.expect("a mapping");
}

#[tokio::test]
async fn a_layer_is_shared_with_no_stranger_any_more_and_restore_shares_it_again() {
    let world = World::new().await;
    publish_layer(&world).await;
    share_layer(&world, "everybody", "*", None).await;
    share_layer(&world, "partner", "222233334444", None).await;
    share_layer(&world, "stranger", "999988887777", None).await;
    share_layer(&world, "theirs", "*", Some("o-zzzzzzzzzz")).await;
    let before = shared(&world).await;
    let policy = enforced(&[("accounts: [] ", "accounts: [\"222233334444\"] ")]);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let event = world.event("add-layer-version-permission-public.json");
    let answer = twice(&world, &bootstrap, &event);

    assert_eq!(controls(&answer), ["layer-policy.public"]);
    let left: Vec<String> = shared(&world).await.into_iter().map(|(sid, _)| sid).collect();
    assert_eq!(left, ["partner"]);
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(shared(&world).await, before);
    // What an operator put back stays.
    let again = bootstrap.deliver(&event.replace("\"eventID\": \"", "\"eventID\": \"0"));
    assert!(again.ok, "{again:?}");
    assert_eq!(shared(&world).await, before);
}

#[tokio::test]
async fn a_layer_for_a_trusted_account_costs_no_call() {
    let world = World::new().await;
    let policy = enforced(&[("accounts: [] ", "accounts: [\"222233334444\"] ")]);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let event = world.event("add-layer-version-permission-public.json");
    let event = event.replace(
        r#"\"Principal\":\"*\""#,
        r#"\"Principal\":{\"AWS\":\"arn:aws:iam::222233334444:root\"}"#,
    );

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
    assert!(world.calls().is_empty());
}

#[tokio::test]
async fn destinations_of_a_stranger_are_taken_away_and_restore_puts_them_back() {
    let world = World::new().await;
    let arn = world.arn(MAPPED);
    world.account.create_function(MAPPED).await;
    send_to_a_stranger(&world).await;
    let before = world.account.look(MAPPED, &arn, &[]).await;
    let policy = enforced(&[]);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = twice(&world, &bootstrap, &world.event("create-event-source-mapping.json"));

    assert_eq!(controls(&answer), ["destination.foreign"]);
    let after = world.account.look(MAPPED, &arn, &[]).await;
    let text = format!("{:?}", after.settings);
    assert!(!text.contains("999988887777"), "{text}");
    assert!(text.contains(&world.account.queue_arn("failed")), "{text}");
    assert!(text.contains("Enabled"), "the mapping goes on: {text}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.look(MAPPED, &arn, &[]).await, before);
}

#[tokio::test]
async fn a_strangers_dead_letter_queue_is_taken_away() {
    let world = World::new().await;
    let arn = world.arn("legacy-import");
    world.account.create_function("legacy-import").await;
    let theirs = format!("arn:aws:sqs:{}:999988887777:collect", world.region());
    let update = world.account.lambda.update_function_configuration();
    let update = update.function_name("legacy-import");
    let letters = DeadLetterConfig::builder().target_arn(&theirs).build();
    update.dead_letter_config(letters).send().await.expect("dead letters");
    let before = world.account.look("legacy-import", &arn, &[]).await;
    let policy = "version: 1\ncontrols: { destination.foreign: { mode: enforce } }\n";
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy });
    let mut event: Value =
        serde_json::from_str(&world.event("update-function-configuration.json")).expect("JSON");
    event["detail"]["requestParameters"]["deadLetterConfig"] = json!({ "targetArn": theirs });

    let answer = twice(&world, &bootstrap, &event.to_string());

    assert!(controls(&answer).contains(&"destination.foreign"), "{answer:?}");
    let after = world.account.look("legacy-import", &arn, &[]).await;
    assert!(!after.settings.contains_key("dead letters"), "{after:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.look("legacy-import", &arn, &[]).await, before);
}

#[tokio::test]
async fn a_log_group_without_a_key_is_a_tag_and_with_one_it_is_none() {
    let world = World::new().await;
    let arn = world.arn("legacy-import");
    world.account.create_function("legacy-import").await;
    let group = json!({ "logGroupName": "/aws/lambda/legacy-import" });
    logs(&world, "CreateLogGroup", &group);
    logs(&world, "CreateLogGroup", &json!({ "logGroupName": "/aws/lambda/legacy-import-2" }));
    let policy = enforced(&[]);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let event = world.event("create-log-group.json");

    let answer = twice(&world, &bootstrap, &event);

    assert_eq!(controls(&answer), ["logs.unencrypted"]);
    let tags = world.account.look("legacy-import", &arn, &[]).await.tags;
    assert!(tags.contains_key("cordon:logs.unencrypted"), "{tags:?}");
    let key = format!("arn:aws:kms:{}:111122223333:key/1", world.region());
    let keyed = json!({ "logGroupName": "/aws/lambda/legacy-import", "kmsKeyId": key });
    logs(&world, "AssociateKmsKey", &keyed);
    let answer = bootstrap.deliver(&event);
    assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn a_deleted_log_group_is_told() {
    let world = World::new().await;
    let arn = world.arn("legacy-import");
    world.account.create_function("legacy-import").await;
    let policy = enforced(&[]);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = twice(&world, &bootstrap, &world.event("delete-log-group.json"));

    assert_eq!(controls(&answer), ["logging.redirected"]);
    let tags = world.account.look("legacy-import", &arn, &[]).await.tags;
    assert!(tags.contains_key("cordon:logging.redirected"), "{tags:?}");
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("its log group was deleted"), "{told}");
}

/// The function and a version of it, each with a grant to everybody.
async fn open_everywhere(world: &World, name: &str) -> [String; 2] {
    world.account.create_function(name).await;
    world.account.publish_up_to(name, 1).await;
    let both = [world.arn(name), world.arn(&format!("{name}:1"))];
    for arn in &both {
        let open = statement("open-to-all", json!("*"), arn, None);
        world.account.put_policy(arn, &document(&[trigger(world, arn), open])).await;
    }
    both
}

#[tokio::test]
async fn public_access_is_looked_for_in_every_live_policy_whoever_found_it() {
    for (sample, function) in [
        ("config-rule-noncompliant.json", "payments"),
        ("security-hub-finding-v2.json", "payments"),
        ("access-analyzer-finding.json", "billing"),
    ] {
        let world = World::new().await;
        let both = open_everywhere(&world, function).await;
        let policy = enforced(&[]);
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

        let answer = twice(&world, &bootstrap, &world.event(sample));

        assert!(controls(&answer).contains(&"function-policy.public"), "{sample}: {answer:?}");
        for arn in &both {
            let left = world.account.policy(arn).await;
            assert_eq!(left, Some(document(&[trigger(&world, arn)])), "{sample}: {arn}");
        }
        assert!(!writes(&world).contains(&"PutFunctionConcurrency".to_owned()), "{sample}");
    }
}

#[tokio::test]
async fn one_finding_in_two_forms_is_one_tag() {
    let world = World::new().await;
    let arn = world.arn("legacy-import");
    world.account.create_function("legacy-import").await;
    let policy = enforced(&[]);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let asff = world.event("security-hub-finding.json");
    let ocsf = world.event("security-hub-finding-v2.json").replace("payments", "legacy-import");
    let ocsf = ocsf.replace("Lambda.1", "Lambda.3");

    let first = bootstrap.deliver(&asff);
    let tags = world.account.look("legacy-import", &arn, &[]).await.tags;
    world.calls();
    let second = bootstrap.deliver(&ocsf);

    assert!(first.ok && second.ok, "{first:?} {second:?}");
    let id = |answer: &crate::harness::Answer| answer.findings[0]["finding"].clone();
    assert_eq!(controls(&second), ["security-hub.failed"]);
    assert_eq!(id(&first), id(&second));
    assert!(tags.contains_key("cordon:security-hub:Lambda.3"), "{tags:?}");
    assert_eq!(writes(&world), Vec::<String>::new());
    assert_eq!(world.account.look("legacy-import", &arn, &[]).await.tags, tags);
}

#[tokio::test]
async fn findings_on_several_functions_in_one_event_are_answered_one_by_one() {
    let world = World::new().await;
    let mut event: Value =
        serde_json::from_str(&world.event("security-hub-finding.json")).expect("JSON");
    let first = event["detail"]["findings"][0].clone();
    let second = first.to_string().replace("legacy-import", "orders");
    let second: Value = serde_json::from_str(&second).expect("JSON");
    event["detail"]["findings"] = json!([first, second]);
    for name in ["legacy-import", "orders"] {
        world.account.create_function(name).await;
    }
    let policy = enforced(&[]);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = twice(&world, &bootstrap, &event.to_string());

    assert_eq!(controls(&answer), ["security-hub.failed"; 2]);
    assert_eq!(world.account.incidents().await, 2);
    for name in ["legacy-import", "orders"] {
        let tags = world.account.look(name, &world.arn(name), &[]).await.tags;
        assert!(tags.contains_key("cordon:security-hub:Lambda.3"), "{name}: {tags:?}");
    }
}

#[tokio::test]
async fn a_config_rule_is_answered_as_the_control_policy_says_for_its_name() {
    let world = World::new().await;
    let arn = world.arn("legacy-import");
    world.account.create_function("legacy-import").await;
    let policy = "version: 1\ndefaults: { mode: enforce }\ncontrols:\n  config-rule.noncompliant:\n    \
                  parameters:\n      rules:\n        - name: lambda-inside-*\n          \
                  remediations: { cap-concurrency: 5 }\n";
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy });

    let answer = twice(&world, &bootstrap, &world.event("config-rule-noncompliant-other.json"));

    let after = world.account.look("legacy-import", &arn, &[]).await;
    assert_eq!(after.reserved, Some(5), "{answer:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.look("legacy-import", &arn, &[]).await.reserved, None);
}
