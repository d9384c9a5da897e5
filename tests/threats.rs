//! What GuardDuty sees functions do, through the real binary: asked again, told, capped, contained beside
//! another sign, and one incident however often it is sent.

use crate::{
    harness::{Emulator, Installation, World},
    telling::{controls, document, incident, statement, writes},
};
use serde_json::{Value, json};

const NAME: &str = "invoice-renderer";
const SAMPLE_DETECTOR: &str = "12abc34d567e8fa901bc2d34e56789f0";
const FINDING: &str = "5ac1b2d3e4f5061728394a5b6c7d8e9f";

const TOLD: &str = "version: 1\ndefaults: { mode: \"off\" }\ncontrols:\n  guardduty.lambda-finding:\n    mode: enforce\n";

fn policy(parameters: &str) -> String {
    format!("{TOLD}    parameters: {{ {parameters} }}\n")
}

/// An account whose GuardDuty watches a function.
struct Watched {
    world: World,
    detector: String,
}

impl Watched {
    async fn new() -> Self {
        let world = World::new().await;
        world.account.create_function(NAME).await;
        let created = ask(&world, "POST /detector", &json!({ "enable": true }));
        let detector = created["detectorId"].as_str().expect("a detector").to_owned();
        Self { world, detector }
    }

    /// The sample event, of this account's detector.
    fn event(&self) -> Value {
        let event = self.world.event("guardduty-finding.json");
        serde_json::from_str(&event.replace(SAMPLE_DETECTOR, &self.detector)).expect("JSON")
    }

    /// Lets GuardDuty know what the event tells, too.
    fn found(&self) -> Value {
        let event = self.event();
        self.world.guardduty_finds(&self.detector, &event["detail"]);
        event
    }

    fn archive(&self) {
        let path = format!("POST /detector/{}/findings/archive", self.detector);
        ask(&self.world, &path, &json!({ "findingIds": [FINDING] }));
    }

    async fn reserved(&self) -> Option<i32> {
        let get = self.world.account.lambda.get_function_concurrency().function_name(NAME);
        get.send().await.expect("an answer").reserved_concurrent_executions
    }

    async fn told(&self) -> String {
        self.world.account.notifications().await.join("\n")
    }
}

/// A call of a person on GuardDuty, by method and path.
fn ask(world: &World, call: &str, asked: &Value) -> Value {
    let (method, path) = call.split_once(' ').expect("a method and a path");
    let headers = "Content-Type: application/json\r\n";
    let request = [method, path, headers, &asked.to_string()];
    let answer = Emulator::get().call("guardduty", world.region(), request);
    serde_json::from_str(&answer).unwrap_or(Value::Null)
}

/// The same finding sent again: another event, a little later.
fn again(event: &Value, time: u32) -> String {
    let mut event = event.clone();
    event["id"] = json!(format!("c8c4daa7-a20c-2f03-0070-{time:012}"));
    event["detail"]["service"]["count"] = json!(3 + time);
    event.to_string()
}

#[tokio::test]
async fn a_finding_that_is_sent_five_times_is_one_incident_and_after_its_restore_it_is_left_alone()
{
    let watched = Watched::new().await;
    let policy = policy("cap: 2, stop: [\"Backdoor:Lambda/*\"]");
    let bootstrap = watched.world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let event = watched.found();

    let first = bootstrap.deliver(&event.to_string());

    assert_eq!(controls(&first), ["guardduty.lambda-finding"], "{first:?}");
    assert_eq!(watched.reserved().await, Some(0));
    watched.told().await;
    watched.world.calls();
    for time in 1..5 {
        let answer = bootstrap.deliver(&again(&event, time));
        assert!(answer.ok, "{answer:?}");
    }
    assert_eq!(writes(&watched.world), Vec::<String>::new());
    let (code, printed) = watched.world.cordon(&["incidents", "--json"]);
    assert_eq!((code, printed.matches("\"incident\"").count()), (0, 1), "{printed}");

    let (code, printed) = watched.world.cordon(&["restore", &incident(&first), "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(watched.reserved().await, None);
    let answer = bootstrap.deliver(&again(&event, 5));
    assert!(answer.ok, "{answer:?}");
    assert_eq!(watched.reserved().await, None, "what an operator restored is held");
}

#[tokio::test]
async fn a_function_is_capped_until_it_is_restored_and_told_without_a_cap() {
    let watched = Watched::new().await;
    let event = watched.found().to_string();
    let policy = policy("cap: 2");
    let bootstrap = watched.world.bootstrap(&Installation { mode: "enforce", policy: TOLD });
    watched.world.calls();
    let answer = bootstrap.deliver(&event);
    assert_eq!(controls(&answer), ["guardduty.lambda-finding"], "{answer:?}");
    assert_eq!(writes(&watched.world), Vec::<String>::new());
    let told = watched.told().await;
    assert!(
        told.contains("Backdoor:Lambda/C&CActivity.B") && told.contains("look at whom"),
        "{told}"
    );
    let bootstrap = watched.world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = bootstrap.deliver(&event);

    assert_eq!(watched.reserved().await, Some(2));
    let (code, printed) = watched.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(watched.reserved().await, None);
}

#[tokio::test]
async fn what_guardduty_does_not_confirm_is_told_and_never_answered() {
    let watched = Watched::new().await;
    let policy = policy("cap: 2, stop: [\"*\"]");
    let bootstrap = watched.world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    // Anybody who may write a rule's target can send this.
    let answer = bootstrap.deliver(&watched.event().to_string());

    assert!(answer.ok && answer.body.contains("InsufficientData"), "{answer:?}");
    assert!(watched.told().await.contains("no such finding"));
    let event = watched.found();
    watched.archive();
    let answer = bootstrap.deliver(&again(&event, 1));
    assert!(answer.ok && answer.body.contains("InsufficientData"), "{answer:?}");
    assert!(watched.told().await.contains("archived"));
    let no_detector = watched.world.event("guardduty-finding.json");
    let answer = bootstrap.deliver(&no_detector);
    assert!(answer.ok && answer.body.contains("InsufficientData"), "{answer:?}");
    assert_eq!(watched.reserved().await, None);
}

#[tokio::test]
async fn samples_what_is_archived_and_what_is_not_bad_cost_no_call() {
    let watched = Watched::new().await;
    let policy = policy("stop: [\"*\"], least-severity: 7");
    let bootstrap = watched.world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let event = watched.found();
    watched.world.calls();
    for (pointer, value, why) in [
        ("/detail/service/additionalInfo/value", json!("{\"sample\":true}"), "a sample"),
        ("/detail/service/archived", json!(true), "archived"),
        ("/detail/severity", json!(6.9), "Compliant"),
    ] {
        let mut event = event.clone();
        *event.pointer_mut(pointer).expect("a field") = value;
        let answer = bootstrap.deliver(&event.to_string());
        assert!(answer.ok && answer.body.contains(why), "{answer:?}");
    }
    assert!(watched.world.calls().is_empty());
}

const CHAINED: &str = r#"version: 1
defaults: { mode: "off" }
trusted: { principals: ["arn:aws:iam::111122223333:role/deploy"] }
controls:
  guardduty.lambda-finding: { mode: enforce }
  change.untrusted-deployer: { mode: enforce }
  function-policy.public: { mode: enforce }
"#;

#[tokio::test]
async fn beside_a_change_by_a_stranger_the_function_is_stopped_and_its_credentials_revoked() {
    let watched = Watched::new().await;
    let bootstrap = watched.world.bootstrap(&Installation { mode: "enforce", policy: CHAINED });
    let changed = watched.world.event("update-function-code.json").replace("legacy-import", NAME);
    let answer = bootstrap.deliver(&changed);
    assert_eq!(controls(&answer), ["change.untrusted-deployer"], "{answer:?}");
    assert_eq!(watched.reserved().await, None);
    let role = watched.world.account.role(NAME);
    let before = watched.world.account.role_settings(&role).await;

    let answer = bootstrap.deliver(&watched.found().to_string());

    assert_eq!(controls(&answer), ["guardduty.lambda-finding"], "{answer:?}");
    assert_eq!(watched.reserved().await, Some(0));
    assert_ne!(watched.world.account.role_settings(&role).await, before);
    let (code, printed) = watched.world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(watched.reserved().await, None);
    assert_eq!(watched.world.account.role_settings(&role).await, before);
}

#[tokio::test]
async fn a_door_that_is_opened_after_it_contains_the_function_and_one_that_was_open_does_not() {
    for door_first in [true, false] {
        let watched = Watched::new().await;
        let bootstrap = watched.world.bootstrap(&Installation { mode: "enforce", policy: CHAINED });
        let function = watched.world.arn(NAME);
        let open = document(&[statement("open-to-all", json!("*"), &function, None)]);
        watched.world.account.put_policy(&function, &open).await;
        let opened = watched.world.event("add-permission-public.json").replace("orders", NAME);
        let found = watched.found().to_string();
        let events = if door_first { [opened, found] } else { [found, opened] };

        for event in events {
            let answer = bootstrap.deliver(&event);
            assert!(answer.ok, "{answer:?}");
        }

        let stopped = watched.reserved().await == Some(0);
        assert_eq!(stopped, !door_first, "a stranger may have come through a door that was open");
    }
}
