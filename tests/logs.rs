//! What functions log, through the real binary: told once however many deliveries show it, counted over all
//! of them, contained beside another sign or from the number on that the control policy gives, and never
//! repeated, whatever the lines hold.

use crate::{
    harness::{Bootstrap, Installation, SHIPPED, World},
    log_data::data,
    telling::{controls, incident, writes},
};
use cordon::{event::pack, signature::known};
use serde_json::{Value, json};
use std::iter::repeat_n;

const NAME: &str = "search";
const SAMPLE: &str = "log-attack.json";
const SECRET: &str = "hunter2";
const SHELL: &str = "sh: connect to /dev/tcp/198.51.100.7/4444";

const TOLD: &str = "version: 1\ndefaults: { mode: \"off\" }\ncontrols:\n  log.attack-signature: { mode: enforce }\n";

fn stop(lines: u32) -> String {
    TOLD.replace("enforce }", &format!("enforce, parameters: {{ stop: {lines} }} }}"))
}

/// A delivery of these lines of the function's log; each has an id of its own.
pub fn logged(from: u32, lines: &[&str]) -> String {
    let mut data = data(SAMPLE);
    let event = |(nth, line): (u32, &&str)| json!({ "id": nth.to_string(), "timestamp": 1_795_262_400_000_u64, "message": line });
    data["logEvents"] = (from..).zip(lines).map(event).collect();
    pack(&data).to_string()
}

async fn installed(mode: &str, policy: &str) -> (World, Bootstrap) {
    let world = World::new().await;
    world.account.create_function(NAME).await;
    let bootstrap = world.bootstrap(&Installation { mode, policy });
    world.calls();
    (world, bootstrap)
}

async fn reserved(world: &World) -> Option<i32> {
    let get = world.account.lambda.get_function_concurrency().function_name(NAME);
    get.send().await.expect("an answer").reserved_concurrent_executions
}

fn asked(world: &World) -> Vec<String> {
    world.calls().into_iter().map(|call| call.operation).collect()
}

#[test]
fn the_shipped_control_policy_names_every_signature_that_is_known() {
    for signature in known() {
        let named = SHIPPED.contains(&format!("{} (", signature.id));
        let broken = SHIPPED.contains(&format!("{}\n  # (", signature.id));
        assert!(named || broken, "{}", signature.id);
    }
}

#[tokio::test]
async fn what_lines_show_is_told_once_an_hour_and_counted_in_dry_run_too() {
    for mode in ["enforce", "dry-run"] {
        let (world, bootstrap) = installed(mode, TOLD).await;
        let first = bootstrap.deliver(&world.event(SAMPLE));
        assert_eq!(controls(&first), ["log.attack-signature"], "{first:?}");
        let told = world.account.notifications().await.join("\n");
        let request = "6234bffe-149a-b642-81ff-2e8e376d8aff";
        assert!(told.contains("reverse-shell") && told.contains(request), "{told}");
        world.calls();

        let again = bootstrap.deliver(&logged(100, &[SHELL, SHELL, "nothing"]));

        assert_eq!(asked(&world), ["UpdateItem", "UpdateItem"], "{mode}");
        let evidence = &again.findings[0]["evidence"][0]["value"];
        assert_eq!(*evidence, "reverse-shell, lines: 2, within the hour: 3", "{again:?}");
        assert!(world.account.notifications().await.is_empty(), "{mode}");
        let other = bootstrap.deliver(&logged(200, &[SHELL, "xmrig 6.21"]));
        assert_eq!(other.findings.len(), 1, "{other:?}");
        let told = world.account.notifications().await.join("\n");
        assert!(told.contains("mining-pool"), "{told}");
    }
}

#[tokio::test]
async fn lines_that_show_nothing_cost_no_call_and_are_not_logged() {
    let (world, bootstrap) = installed("enforce", TOLD).await;

    let answer =
        bootstrap.deliver(&logged(1, &["paid", "{\"level\":\"INFO\",\"message\":\"paid\"}"]));

    assert!(answer.ok && answer.body.contains("Compliant"), "{answer:?}");
    assert!(world.calls().is_empty());
    assert_eq!(answer.log, "");
}

#[tokio::test]
async fn nothing_of_a_line_is_logged_told_tagged_or_kept() {
    let (world, bootstrap) = installed("enforce", &stop(1)).await;

    let answer = bootstrap.deliver(&world.event(SAMPLE));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(reserved(&world).await, Some(0));
    let tags = world.account.lambda.list_tags().resource(world.arn(NAME));
    let tags = tags.send().await.expect("an answer").tags.unwrap_or_default();
    let journal = world.account.journal().await;
    let told = world.account.notifications().await;
    let (_, printed) = world.cordon(&["incidents", "--json"]);
    let broken = pack(&json!({ "messageType": "DATA_MESSAGE", "logEvents": SECRET }));
    let refused = bootstrap.deliver(&broken.to_string());
    assert!(!refused.ok && refused.body.contains("EventError"), "{refused:?}");
    let all = format!("{answer:?}{tags:?}{journal:?}{told:?}{printed}{refused:?}");
    assert!(all.contains("lookup-injection") && !journal.is_empty(), "{all}");
    for text in [SECRET, "jndi", "198.51.100.7", "searching for"] {
        assert!(!all.contains(text), "{text}: {all}");
    }
}

#[tokio::test]
async fn enough_lines_of_one_signature_contain_the_function_over_deliveries_and_a_restore_holds() {
    let (world, bootstrap) = installed("enforce", &stop(5)).await;
    let shells: Vec<&str> = repeat_n(SHELL, 2).collect();
    for from in [10, 20] {
        let answer = bootstrap.deliver(&logged(from, &shells));
        assert!(answer.ok, "{answer:?}");
        let again = bootstrap.deliver(&logged(from, &shells));
        assert!(again.ok, "a redelivery is not counted: {again:?}");
    }
    assert_eq!(reserved(&world).await, None);

    let answer = bootstrap.deliver(&logged(30, &shells));

    assert_eq!(reserved(&world).await, Some(0), "{answer:?}");
    writes(&world);
    let later = bootstrap.deliver(&logged(40, &shells));
    assert!(later.ok && writes(&world).is_empty(), "{later:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(reserved(&world).await, None);
    let later = bootstrap.deliver(&logged(30, &shells));
    assert!(later.ok, "{later:?}");
    assert_eq!(reserved(&world).await, None, "what an operator restored is held");
}

#[tokio::test]
async fn a_containment_that_is_cut_short_is_finished_when_the_delivery_is_tried_again() {
    let (world, bootstrap) = installed("enforce", &stop(1)).await;
    world.faults(
        r#"[{"operation": "TagResource", "status": 500, "code": "ServiceException", "times": 9}]"#,
    );
    let first = bootstrap.deliver(&world.event(SAMPLE));
    assert!(!first.ok, "{first:?}");
    assert_eq!(reserved(&world).await, Some(0));
    world.faults("[]");

    let answer = bootstrap.deliver(&world.event(SAMPLE));

    assert!(answer.ok, "{answer:?}");
    let tags = world.account.lambda.list_tags().resource(world.arn(NAME));
    let tags = tags.send().await.expect("an answer").tags.unwrap_or_default();
    assert_eq!(tags.get("cordon:status").map(String::as_str), Some("contained"));
}

#[tokio::test]
async fn of_many_deliveries_at_once_one_tells() {
    let world = World::new().await;
    world.account.create_function(NAME).await;
    let installation = Installation { mode: "enforce", policy: TOLD };
    let all: Vec<Bootstrap> = (0..4).map(|_| world.bootstrap(&installation)).collect();
    for (bootstrap, from) in all.iter().zip([10, 20, 30, 40]) {
        bootstrap.begin(&logged(from, &[SHELL]));
    }
    for bootstrap in &all {
        let (ok, body) = bootstrap.posted(std::time::Duration::from_secs(60)).expect("an answer");
        assert!(ok, "{body}");
    }
    assert_eq!(world.account.notifications().await.len(), 1);
}

const WITH_CHANGES: &str = "version: 1
defaults: { mode: \"off\" }
trusted: { principals: [\"arn:aws:iam::*:role/delivery-*\"] }
controls:
  change.untrusted-deployer: { mode: enforce }
  log.attack-signature: { mode: enforce }
  invocation.unauthorized: { parameters: { functions: [{ function: \"*\", stop: true }] } }
";

#[tokio::test]
async fn beside_a_change_by_a_stranger_it_contains_the_function_whose_owner_said_so() {
    for log_first in [true, false] {
        let (world, bootstrap) = installed("enforce", WITH_CHANGES).await;
        let code = world.event("update-function-code.json").replace("legacy-import", NAME);
        let log = world.event(SAMPLE);
        let both = if log_first { [&log, &code] } else { [&code, &log] };
        let mut seen = Vec::new();
        for event in both {
            let answer = bootstrap.deliver(event);
            assert!(answer.ok, "{answer:?}");
            seen.push(reserved(&world).await);
        }
        assert_eq!(seen, [None, Some(0)], "log first: {log_first}");
    }
}

#[tokio::test]
async fn what_cordon_logs_itself_is_not_looked_at_and_nothing_is_said_of_it() {
    let (world, bootstrap) = installed("enforce", TOLD).await;
    let mut own = data(SAMPLE);
    own["logGroup"] = json!("/aws/lambda/cordon-responder");

    let answer = bootstrap.deliver(&pack(&own).to_string());

    assert!(answer.ok && world.calls().is_empty(), "{answer:?}");
    assert_eq!(answer.log, "", "it would come back");
}

#[tokio::test]
async fn what_cannot_be_counted_is_told_and_what_may_be_in_a_minute_is_tried_again() {
    let (world, bootstrap) = installed("enforce", TOLD).await;
    let fault = |status: u16, code: &str| {
        world.faults(&format!(
            r#"[{{"operation": "UpdateItem", "status": {status}, "code": "{code}", "times": 99}}]"#
        ));
    };
    fault(500, "InternalServerError");
    let answer = bootstrap.deliver(&world.event(SAMPLE));
    assert!(!answer.ok, "{answer:?}");
    assert!(world.account.notifications().await.is_empty());
    fault(400, "AccessDeniedException");

    bootstrap.deliver(&world.event(SAMPLE));

    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("reverse-shell"), "{told}");
}

#[tokio::test]
async fn a_delivery_that_cannot_be_unpacked_is_refused_and_a_bomb_with_it() {
    let (_world, bootstrap) = installed("enforce", TOLD).await;
    let mut bomb = data(SAMPLE);
    bomb["logEvents"][0]["message"] = Value::String(" ".repeat(40 * 1024 * 1024));
    let bomb = pack(&bomb).to_string();
    assert!(bomb.len() < 100 * 1024);
    for payload in [bomb.as_str(), r#"{"awslogs":{"data":"AAAA"}}"#, r#"{"awslogs":{}}"#] {
        let answer = bootstrap.deliver(payload);
        assert!(!answer.ok && answer.body.contains("EventError"), "{answer:?}");
    }
    let answer = bootstrap.deliver(&logged(1, &["paid"]));
    assert!(answer.ok, "{answer:?}");
}
