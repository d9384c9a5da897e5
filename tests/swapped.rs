//! A function that gets another role: told where that may do more, put back only on request and where
//! it takes away, and never learned from somebody who should not have done it.

use crate::{
    integrity::{DEPLOY, MARIA, NAME, Shop},
    telling::{controls, incident, writes},
};
use serde_json::json;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
pub const MIGHTY: &str = "batch-admin";
const NARROW: &str = "narrow";
const OTHER: &str = "other";

pub const TOLD: &str = r#"version: 1
defaults: { mode: "off" }
trusted: { principals: ["arn:aws:iam::111122223333:role/deploy"] }
controls:
  execution-role.swapped: { mode: enforce }
"#;

/// It is put back.
fn put_back() -> String {
    TOLD.replace("mode: enforce", "mode: enforce, remediations: { restore-setting: true }")
}

/// A function that was seen with nothing wrong, and a role that may do everything.
pub async fn shop(policy: &str) -> Shop {
    let shop = Shop::new(policy).await;
    attach(&shop, &made(&shop, MIGHTY).await).await;
    shop.remember().await;
    shop
}

async fn attach(shop: &Shop, role: &str) {
    let attach = shop.world.account.iam.attach_role_policy().role_name(role);
    attach.policy_arn(ADMINISTRATOR).send().await.expect("it is attached");
}

/// A role of this world alone, which may do what the function's may.
pub async fn made(shop: &Shop, name: &str) -> String {
    let role = shop.world.account.role(name);
    shop.world.account.create_role(&role).await;
    role
}

pub fn arn(shop: &Shop, name: &str) -> String {
    format!("arn:aws:iam::111122223333:role/{}", shop.world.account.role(name))
}

pub async fn give(shop: &Shop, name: &str) {
    shop.change(|update| update.role(arn(shop, name))).await;
    shop.world.calls();
}

async fn role(shop: &Shop) -> String {
    shop.live().await.role.unwrap_or_default()
}

#[tokio::test]
async fn a_role_that_may_do_more_is_told_and_tagged_and_told_alike_when_it_is_given_again() {
    let shop = shop(TOLD).await;
    give(&shop, MIGHTY).await;

    let first = shop.told(MARIA, json!({ "role": arn(&shop, MIGHTY) })).await;
    let again = shop.told(MARIA, json!({ "role": arn(&shop, MIGHTY) })).await;

    let finding = &first.findings[0];
    assert_eq!(finding["control"], "execution-role.swapped", "{first:?}");
    assert_eq!(finding["evidence"][0]["value"], arn(&shop, MIGHTY));
    let power = finding["evidence"][1].to_string();
    assert!(power.contains("every action on every resource"), "{power}");
    assert_eq!(again.findings[0]["finding"], finding["finding"]);
    assert_eq!(role(&shop).await, arn(&shop, MIGHTY));
    assert!(shop.tags().await.contains(&"cordon:execution-role.swapped".to_owned()));
}

#[tokio::test]
async fn on_request_the_role_before_is_put_back_and_a_restore_gives_the_other_again() {
    let shop = shop(&put_back()).await;
    let before = role(&shop).await;
    give(&shop, MIGHTY).await;

    let event = shop
        .event(
            MARIA,
            "UpdateFunctionConfiguration20150331v2",
            json!({ "role": arn(&shop, MIGHTY) }),
        )
        .await;
    let answer = shop.bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["execution-role.swapped"]);
    assert_eq!(role(&shop).await, before);
    shop.world.calls();
    let again = shop.bootstrap.deliver(&event);
    assert!(again.ok, "{again:?}");
    assert!(writes(&shop.world).is_empty());

    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("put-execution-role"), "{printed}");
    assert_eq!(role(&shop).await, arn(&shop, MIGHTY));
    shop.world.calls();
    let held = shop.told(MARIA, json!({ "role": arn(&shop, MIGHTY) })).await;
    assert_eq!(role(&shop).await, arn(&shop, MIGHTY), "what was restored is left alone: {held:?}");
}

#[tokio::test]
async fn the_same_role_again_costs_no_look_at_it() {
    let shop = shop(&put_back()).await;
    let same = role(&shop).await;

    let answer = shop.told(MARIA, json!({ "role": same })).await;

    assert!(controls(&answer).is_empty(), "{answer:?}");
    let asked = shop.world.calls().into_iter().filter(|call| call.service == "iam");
    assert_eq!(asked.count(), 0);
}

#[tokio::test]
async fn no_change_of_something_else_makes_a_swapped_role_what_was_there() {
    let shop = shop(TOLD).await;
    give(&shop, MIGHTY).await;
    // It may come first, and from anybody.
    for actor in [MARIA, DEPLOY] {
        shop.change(|update| update.timeout(7)).await;
        let answer = shop.told(actor, json!({ "timeout": 7 })).await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
    }

    let answer = shop.told(MARIA, json!({ "role": arn(&shop, MIGHTY) })).await;

    assert_eq!(controls(&answer), ["execution-role.swapped"], "{answer:?}");
    shop.change(|update| update.memory_size(256)).await;
    shop.told(MARIA, json!({ "memorySize": 256 })).await;
    let answer = shop.told(MARIA, json!({ "role": arn(&shop, MIGHTY) })).await;
    assert_eq!(controls(&answer), ["execution-role.swapped"], "{answer:?}");
}

#[tokio::test]
async fn a_role_that_a_function_had_for_a_time_is_told() {
    let shop = shop(&put_back()).await;
    let before = role(&shop).await;
    give(&shop, MIGHTY).await;
    let call = "UpdateFunctionConfiguration20150331v2";
    let swapped = shop.event(MARIA, call, json!({ "role": arn(&shop, MIGHTY) })).await;
    shop.change(|update| update.role(&before)).await;
    shop.world.calls();

    let answer = shop.bootstrap.deliver(&swapped);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["execution-role.swapped"], "{answer:?}");
    assert!(writes(&shop.world).is_empty());
    assert!(answer.findings[0]["unanswered"].to_string().contains("for a time"), "{answer:?}");
}

#[tokio::test]
async fn what_a_deployer_gives_is_what_was_there_from_then_on() {
    let shop = shop(&put_back()).await;
    let before = role(&shop).await;
    give(&shop, MIGHTY).await;
    let answer = shop.told(DEPLOY, json!({ "role": arn(&shop, MIGHTY) })).await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    shop.change(|update| update.role(&before)).await;

    let answer = shop.told(MARIA, json!({ "role": before })).await;

    assert!(controls(&answer).is_empty(), "it may do less: {answer:?}");
    assert_eq!(role(&shop).await, before);
}

#[tokio::test]
async fn a_role_that_gained_since_is_not_put_back_over_a_narrower_one() {
    let shop = shop(&put_back()).await;
    let before = shop.world.account.role(NAME);
    attach(&shop, &before).await;
    made(&shop, NARROW).await;
    give(&shop, NARROW).await;

    let answer = shop.told(MARIA, json!({ "role": arn(&shop, NARROW) })).await;

    assert!(controls(&answer).is_empty(), "{answer:?}");
    assert_eq!(role(&shop).await, arn(&shop, NARROW), "a defender's fix stays");
}

#[tokio::test]
async fn a_forged_snapshot_gives_nobody_more() {
    let shop = shop(&put_back()).await;
    let forged = json!(arn(&shop, MIGHTY));
    shop.world.account.forge_snapshot(&shop.world.arn(NAME), "role", &forged).await;
    let other = made(&shop, OTHER).await;
    let more = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}"#;
    shop.world.account.put_role_policy(&other, "more", more).await;
    give(&shop, OTHER).await;

    shop.told(MARIA, json!({ "role": arn(&shop, OTHER) })).await;

    assert_eq!(role(&shop).await, arn(&shop, OTHER));
}
