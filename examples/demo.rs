//! `make demo`: an emulated account with legitimate triggers and with grants nobody should have; the
//! real function first in dry run, then enforcing, event by event; and the way back of every
//! incident. Ends with 0 only if the account is exactly as expected after the events and exactly as
//! before after the restore.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "nobody depends on it, and what it looks into is JSON"
)]

#[path = "demo/account.rs"]
mod account;
#[path = "../tests/harness/mod.rs"]
mod harness;
#[path = "demo/view.rs"]
mod view;

use account::{DELIVERIES, Delivery, Seed, Snapshot, look};
use harness::{Answer, Bootstrap, Call, FunctionSnapshot, Installation, World};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
};
use view::{heading, painted, table, wrapped};

const POLICY: &str = include_str!("demo/policy.yaml");

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let world = World::in_region("us-east-1").await;
    let differences = demo(&world, &account::seeds()).await;
    println!();
    if differences.is_empty() {
        println!("{}", painted("32", "As expected after the events, as before after the restore."));
        return ExitCode::SUCCESS;
    }
    println!("{}", painted("31", "NOT as expected:"));
    for difference in &differences {
        println!("  {difference}");
    }
    ExitCode::FAILURE
}

/// What was not as expected.
async fn demo(world: &World, seeds: &[Seed]) -> Vec<String> {
    for seed in seeds {
        seed.plant(world).await;
    }
    account::plant_trail(world);
    let before = look(world, seeds).await;
    heading(
        "BEFORE",
        "Account 111122223333: triggers it needs, ways in that nobody should have, and a trail that stands.",
    );
    table(None, &before);

    let mut differences = Vec::new();
    let dry_plan = rehearse(world, seeds, &before, &mut differences).await;
    let (incidents, expected, plan) = enforce(world, &before, &mut differences);
    if plan != dry_plan {
        differences.push(format!("dry run planned {dry_plan:?}, enforcing did {plan:?}"));
    }
    let after = look(world, seeds).await;
    heading("AFTER", "Gone since: -, new since: +. What is not marked was not touched.");
    table(Some(&before), &after);
    differences.extend(compare("after the events", &parsed(&expected), &parsed(&after)));

    restore(world, &incidents, &mut differences);
    let restored = look(world, seeds).await;
    let not_back = compare("after the restore", &before, &restored);
    if not_back.is_empty() {
        let policies: usize = restored.values().map(|function| function.policies.len()).sum();
        let functions = seeds.len();
        println!(
            "\n{functions} functions and the trail are as before, {policies} policies to the byte."
        );
    }
    differences.extend(not_back);
    differences
}

/// Delivers the first event in dry run; what that plans.
async fn rehearse(
    world: &World,
    seeds: &[Seed],
    before: &Snapshot,
    differences: &mut Vec<String>,
) -> Vec<Value> {
    heading("DRY RUN", "As installed: everything is decided and reported, nothing is changed.");
    let bootstrap = world.bootstrap(&Installation { mode: "dry-run", policy: POLICY });
    let told = deliver(world, &bootstrap, &DELIVERIES[0]);
    if told.calls.iter().any(|call| call.mutating && call.service == "lambda") {
        differences.push("dry run made a call that changes something".to_owned());
    }
    differences.extend(compare("after the dry run", before, &look(world, seeds).await));
    plan(&told.answer)
}

/// Delivers all events: the incidents, the account as it has to be now, and what was planned first.
fn enforce(
    world: &World,
    before: &Snapshot,
    differences: &mut Vec<String>,
) -> (Vec<String>, Snapshot, Vec<Value>) {
    heading("ENFORCE", "The same events, now answered. Milliseconds are those of a debug build.");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: POLICY });
    let (mut incidents, mut expected, mut first_plan) = (Vec::new(), before.clone(), None);
    for delivery in &DELIVERIES {
        let told = deliver(world, &bootstrap, delivery);
        match incident(&told.answer) {
            Some(incident) => {
                delivery.expect(&mut expected, &incident);
                // Events of one function within the hour belong together.
                if !incidents.contains(&incident) {
                    incidents.push(incident);
                }
            }
            None if delivery.is_told() && !told.answer.findings.is_empty() => {}
            None => differences.push(format!("{}: no incident: {:?}", delivery.event, told.answer)),
        }
        first_plan.get_or_insert_with(|| plan(&told.answer));
    }
    (incidents, expected, first_plan.unwrap_or_default())
}

/// A delivery that was answered.
struct Told {
    answer: Answer,
    calls: Vec<Call>,
}

fn deliver(world: &World, bootstrap: &Bootstrap, delivery: &Delivery) -> Told {
    let answer = bootstrap.deliver(&world.event(delivery.event));
    let calls = world.calls();
    println!("\n{}", painted("1", &format!("{}: {}", delivery.event, delivery.story)));
    for finding in &answer.findings {
        print_finding(finding);
    }
    if !answer.ok {
        wrapped("  failed  ", &answer.body);
    }
    let count = |service: &str| calls.iter().filter(|call| call.service == service).count();
    println!(
        "  calls   {} lambda, {} journal, {} notify; {} ms",
        count("lambda"),
        count("dynamodb"),
        count("sns"),
        answer.elapsed.as_millis()
    );
    Told { answer, calls }
}

fn print_finding(finding: &Value) {
    let text = |member: &str| finding[member].as_str().unwrap_or("?").to_owned();
    println!("  {:<7} {} on {}", text("severity"), text("control"), local(&finding["resource"]));
    for evidence in list(&finding["evidence"]) {
        let field = evidence["field"].as_str().unwrap_or("?");
        let value = evidence["value"].as_str().unwrap_or("?");
        wrapped("    seen  ", &format!("{field}: {value}"));
    }
    for step in list(&finding["plan"]) {
        let done = match step["outcome"]["outcome"].as_str() {
            Some("Success") => "    done  ",
            Some("Withheld") => "    would ",
            _ => "    tried ",
        };
        let mut words = what(step);
        match step["outcome"]["because"].as_str() {
            Some(because) => words.push_str(&format!(" (withheld: {because})")),
            None if done.contains("tried") => words.push_str(&format!(": {}", step["outcome"])),
            None => {}
        }
        wrapped(done, &words);
    }
    for why in list(&finding["unanswered"]) {
        wrapped("    left  ", why.as_str().unwrap_or("?"));
    }
}

/// A remediation in words.
fn what(step: &Value) -> String {
    let resource = local(&step["resource"]);
    let edits: Vec<&str> = list(&step["changes"]).iter().filter_map(Value::as_str).collect();
    let name = step["remediation"].as_str().unwrap_or("?");
    if edits.is_empty() {
        format!("{name} on {resource}")
    } else {
        format!("{name} on {resource}: {}", edits.join("; "))
    }
}

/// A function's name, with its version or alias.
fn local(resource: &Value) -> String {
    let arn = resource.as_str().unwrap_or("?");
    arn.split_once(":function:").map_or(arn, |(_, name)| name).to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What was planned, whatever came of it.
fn plan(answer: &Answer) -> Vec<Value> {
    let steps = answer.findings.iter().flat_map(|finding| list(&finding["plan"]));
    steps.map(|step| json!([step["remediation"], step["resource"], step["changes"]])).collect()
}

fn incident(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_str(&answer.body).ok()?;
    Some(body["incident"].as_str()?.to_owned())
}

/// Restores all incidents, the last one first.
fn restore(world: &World, incidents: &[String], differences: &mut Vec<String>) {
    heading(
        "RESTORE",
        "The operator's command line takes the journaled way back of each incident.",
    );
    println!();
    for incident in incidents.iter().rev() {
        println!("{}", painted("1", &format!("$ cordon restore {incident} --force")));
        let (code, printed) = world.cordon(&["restore", incident, "--force"]);
        print!("{printed}");
        if code != 0 {
            differences.push(format!("cordon restore {incident} ended with {code}"));
        }
    }
}

/// An account with its policies as values, because only a restore has to be exact to the byte.
fn parsed(account: &Snapshot) -> Snapshot {
    let mut account = account.clone();
    for text in account.values_mut().flat_map(|function| function.policies.values_mut()) {
        let document: Value = serde_json::from_str(text).expect("policies are JSON");
        *text = document.to_string();
    }
    account
}

/// What differs, setting by setting.
fn compare(when: &str, expected: &Snapshot, found: &Snapshot) -> Vec<String> {
    let (expected, found) = (settings(expected), settings(found));
    let all: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let shown = |value: Option<&String>| value.map_or("nothing", String::as_str).to_owned();
    all.into_iter()
        .map(|setting| (setting, shown(expected.get(setting)), shown(found.get(setting))))
        .filter(|(_, want, got)| want != got)
        .map(|(setting, want, got)| {
            format!("{when}: {setting}\n    expected {want}\n    found    {got}")
        })
        .collect()
}

fn settings(account: &Snapshot) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, function) in account {
        let FunctionSnapshot { policies, reserved, provisioned, url, tags, settings } = function;
        for (qualifier, text) in policies {
            all.insert(format!("{name}: policy of `{qualifier}`"), text.clone());
        }
        all.insert(format!("{name}: reserved concurrency"), format!("{reserved:?}"));
        all.insert(format!("{name}: provisioned concurrency"), format!("{provisioned:?}"));
        all.insert(format!("{name}: function URL"), format!("{url:?}"));
        for (key, value) in tags {
            all.insert(format!("{name}: tag `{key}`"), value.clone());
        }
        for (setting, value) in settings {
            all.insert(format!("{name}: {setting}"), value.clone());
        }
    }
    all
}
