//! Whom functions talk to, by VPC flow logs, through the real binary: declared, told once, shared by several
//! functions, contained where one alone can have done it, and looked up no more often than has to be.

use crate::{
    harness::{Bootstrap, Installation, World},
    log_data::data,
    telling::{controls, incident, writes},
};
use aws_sdk_lambda::types::VpcConfig;
use cordon::event::pack;
use serde_json::{Value, json};
use time::OffsetDateTime;

const NAME: &str = "checkout";
const SAMPLE: &str = "flow-log.json";
const INTERFACE: &str = "eni-0a1b2c3d4e5f60718";
const PEER: &str = "198.51.100.7:4444/tcp";

const TOLD: &str = r#"version: 1
defaults: { mode: "off" }
controls:
  function.unexpected-peer:
    mode: enforce
    parameters:
      flow-logs: [{ log-group: "/vpc/*" }]
      peers: [{ function: "check*", networks: ["10.0.0.0/16"] }]
"#;

fn stop() -> String {
    TOLD.replace("16\"] }", "16\"], stop: true }")
}

async fn attach(world: &World, name: &str, groups: &[&str]) {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    let vpc = VpcConfig::builder().subnet_ids("subnet-1").set_security_group_ids(Some(groups));
    world.account.create_function_as(name, |call| call.vpc_config(vpc.build())).await;
}

fn interface(world: &World, kind: &str, groups: &[&str]) {
    world.network_interface(json!({
        "interface": INTERFACE, "type": kind, "subnet": "subnet-1", "groups": groups,
        "addresses": ["10.0.1.5"], "description": "AWS Lambda VPC ENI-somebody-else-1",
    }));
}

/// The function alone behind an interface of Lambda's.
async fn installed(mode: &str, policy: &str) -> (World, Bootstrap) {
    let world = World::new().await;
    attach(&world, NAME, &["sg-1", "sg-2"]).await;
    interface(&world, "lambda", &["sg-2", "sg-1"]);
    let bootstrap = world.bootstrap(&Installation { mode, policy });
    world.calls();
    (world, bootstrap)
}

/// The sample with other records.
fn delivered(from: u32, records: &[&str]) -> String {
    delivered_at(1_795_262_400_000, from, records)
}

/// The same, written at this time, in milliseconds since 1970.
fn delivered_at(at: i64, from: u32, records: &[&str]) -> String {
    let mut data = data(SAMPLE);
    let event = |(nth, record): (u32, &&str)| json!({ "id": nth.to_string(), "timestamp": at, "message": record });
    data["logEvents"] = (from..).zip(records).map(event).collect();
    pack(&data).to_string()
}

fn record(interface: &str, peer: &str, port: u16) -> String {
    format!("2 111122223333 {interface} 10.0.1.5 {peer} 41952 {port} 6 1 1 1 1 ACCEPT OK")
}

async fn reserved(world: &World) -> Option<i32> {
    let get = world.account.lambda.get_function_concurrency().function_name(NAME);
    get.send().await.expect("an answer").reserved_concurrent_executions
}

fn asked(world: &World) -> Vec<String> {
    world.calls().into_iter().map(|call| call.operation).collect()
}

#[tokio::test]
async fn a_peer_is_told_once_an_hour_and_its_interface_looked_up_once() {
    let (world, bootstrap) = installed("dry-run", TOLD).await;
    let first = bootstrap.deliver(&world.event(SAMPLE));
    assert_eq!(controls(&first), ["function.unexpected-peer"], "{first:?}");
    let looked = ["DescribeNetworkInterfaces", "ListFunctions", "UpdateItem", "Publish"];
    assert_eq!(asked(&world), looked);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains(PEER) && told.contains(&world.arn(NAME)), "{told}");

    let again = bootstrap.deliver(&delivered(9, &[&record(INTERFACE, "198.51.100.7", 4444)]));

    assert_eq!(controls(&again), ["function.unexpected-peer"], "{again:?}");
    assert_eq!(asked(&world), ["UpdateItem", "UpdateItem"]);
    let other = bootstrap.deliver(&delivered(20, &[&record(INTERFACE, "192.0.2.66", 443)]));
    assert!(other.ok, "{other:?}");
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("192.0.2.66:443/tcp") && !told.contains(PEER), "{told}");
}

#[tokio::test]
async fn flows_that_everybody_may_have_and_those_of_a_known_interface_cost_no_call() {
    let everybody = TOLD.replace("10.0.0.0/16", "0.0.0.0/0");
    let (world, bootstrap) = installed("enforce", &everybody).await;
    let answer = bootstrap.deliver(&world.event(SAMPLE));
    assert!(answer.ok && answer.body.contains("Compliant"), "{answer:?}");
    assert!(world.calls().is_empty());
    let (world, bootstrap) = installed("enforce", &TOLD.replace("0.0/16", "7.0/24")).await;
    // An answer, which might as well be a flow to the interface's own address.
    let declared =
        format!("2 111122223333 {INTERFACE} 10.0.7.20 10.0.1.5 5432 41950 6 1 1 1 1 ACCEPT OK");
    for calls in [2, 0] {
        let answer = bootstrap.deliver(&delivered(1, &[&declared]));
        assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
        assert_eq!(asked(&world).len(), calls, "{answer:?}");
    }
    assert_eq!(bootstrap.deliver(&world.event(SAMPLE)).findings.len(), 1);
}

#[tokio::test]
async fn an_interface_that_is_none_of_lambdas_is_asked_about_once_and_nothing_is_said() {
    let (world, bootstrap) = installed("enforce", TOLD).await;
    interface(&world, "interface", &["sg-1", "sg-2"]);
    for calls in [vec!["DescribeNetworkInterfaces"], vec![]] {
        let answer = bootstrap.deliver(&world.event(SAMPLE));
        assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
        assert_eq!(asked(&world), calls);
    }
    // Nor one that is gone by now.
    let gone = delivered(1, &[&record("eni-0a1b2c3d4e5f60719", "192.0.2.66", 443)]);
    for calls in [vec!["DescribeNetworkInterfaces"], vec![]] {
        let answer = bootstrap.deliver(&gone);
        assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
        assert_eq!(asked(&world), calls);
    }
}

#[tokio::test]
async fn functions_that_share_an_interface_are_all_named_and_none_is_stopped() {
    let (world, bootstrap) = installed("enforce", &stop()).await;
    attach(&world, "search", &["sg-2", "sg-1"]).await;
    attach(&world, "report", &["sg-1"]).await;

    let answer = bootstrap.deliver(&world.event(SAMPLE));

    assert_eq!(controls(&answer), ["function.unexpected-peer"], "{answer:?}");
    assert!(writes(&world).is_empty());
    assert_eq!(reserved(&world).await, None);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains(&format!("network-interface/{INTERFACE}")), "{told}");
    assert!(told.contains("`checkout`, `search` share this interface"), "{told}");
    assert!(told.contains("`search` declare no peers") && !told.contains("report"), "{told}");
}

#[tokio::test]
async fn a_version_that_kept_its_network_can_be_behind_an_interface_too() {
    let (world, bootstrap) = installed("enforce", &stop()).await;
    attach(&world, "search", &["sg-2", "sg-1"]).await;
    world.account.publish_up_to("search", 1).await;
    let update = world.account.lambda.update_function_configuration().function_name("search");
    let none = VpcConfig::builder().set_subnet_ids(Some(Vec::new()));
    let none = none.set_security_group_ids(Some(Vec::new())).build();
    update.vpc_config(none).send().await.expect("it leaves its network");

    let answer = bootstrap.deliver(&world.event(SAMPLE));

    assert!(answer.ok && writes(&world).is_empty(), "{answer:?}");
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("`checkout`, `search` share this interface"), "{told}");
}

#[tokio::test]
async fn a_function_alone_is_contained_where_its_owner_says_so_and_a_restore_holds() {
    let (world, bootstrap) = installed("enforce", &stop()).await;

    let answer = bootstrap.deliver(&world.event(SAMPLE));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(reserved(&world).await, Some(0));
    writes(&world);
    let again = bootstrap.deliver(&world.event(SAMPLE));
    assert!(again.ok && writes(&world).is_empty(), "{again:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(reserved(&world).await, None);
    bootstrap.deliver(&world.event(SAMPLE));
    assert_eq!(reserved(&world).await, None, "what an operator restored is held");
}

#[tokio::test]
async fn a_delivery_about_several_interfaces_is_answered_for_each() {
    let (_world, bootstrap) = installed("enforce", TOLD).await;
    let other = "eni-0a1b2c3d4e5f60719";
    let both = [record(INTERFACE, "198.51.100.7", 4444), record(other, "192.0.2.66", 443)];
    let both = delivered(1, &[&both[0], &both[1]]);

    let answer = bootstrap.deliver(&both);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["function.unexpected-peer"], "the other one is gone");
    assert!(answer.body.contains(other), "{answer:?}");
}

#[tokio::test]
async fn an_interface_that_may_not_be_read_is_told_and_one_that_cannot_be_now_is_asked_for_again() {
    let (world, bootstrap) = installed("enforce", TOLD).await;
    let fault = |status: u16, code: &str| {
        world.faults(&format!(
            r#"[{{"operation": "DescribeNetworkInterfaces", "status": {status}, "code": "{code}", "times": 9}}]"#
        ));
    };
    fault(503, "RequestLimitExceeded");
    let answer = bootstrap.deliver(&world.event(SAMPLE));
    assert!(!answer.ok, "{answer:?}");
    fault(403, "UnauthorizedOperation");
    bootstrap.deliver(&world.event(SAMPLE));
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("the network interface was not read"), "{told}");
    world.faults("[]");

    let answer = bootstrap.deliver(&world.event(SAMPLE));

    assert_eq!(controls(&answer), ["function.unexpected-peer"], "{answer:?}");
}

#[tokio::test]
async fn records_of_another_format_are_told_once() {
    let (world, bootstrap) = installed("enforce", TOLD).await;
    for told in [1, 0] {
        let answer = bootstrap.deliver(&delivered(told, &["10.0.1.5 talked to 198.51.100.7"]));
        assert!(answer.ok, "{answer:?}");
        assert_eq!(world.account.notifications().await.len(), usize::try_from(told).unwrap());
    }
    let answer: Value = serde_json::from_str(&bootstrap.deliver(&delivered(7, &[])).body).unwrap();
    assert_eq!(answer["handled"], "ignored", "{answer}");
}

#[tokio::test]
async fn whom_it_talks_to_is_learned_where_that_is_asked_for_and_a_new_peer_told_once() {
    let learn = TOLD.replace("networks: [\"10.0.0.0/16\"]", "learn: true");
    let (world, bootstrap) = installed("dry-run", &learn).await;
    let now = OffsetDateTime::now_utc().unix_timestamp() * 1000;
    let usual = record(INTERFACE, "10.0.7.20", 5432);
    for number in 0..60 {
        let at = now - (10 * 24 - i64::from(number) * 4) * 3_600_000;
        let answer = bootstrap.deliver(&delivered_at(at, number, &[&usual]));
        assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
    }
    world.calls();

    let known = bootstrap.deliver(&delivered_at(now, 100, &[&record(INTERFACE, "10.0.9.9", 5432)]));
    assert!(known.ok && known.findings.is_empty(), "{known:?}");
    assert!(asked(&world).is_empty(), "a neighbour by the same port is known");

    let new = [record(INTERFACE, "198.51.100.7", 4444), record(INTERFACE, "10.0.7.20", 22)];
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let first = bootstrap.deliver(&delivered_at(now, 200, &new));
    assert_eq!(controls(&first), ["function.unexpected-peer"], "{first:?}");
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains(PEER) && told.contains("10.0.7.20:22/tcp"), "{told}");

    let again = bootstrap.deliver(&delivered_at(now, 300, &new));
    assert!(again.ok && again.findings.is_empty(), "{again:?}");
}
