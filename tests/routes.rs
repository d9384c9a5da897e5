//! Where aliases lead, against where they led: changes through the real binary, what is remembered of
//! them, and what is put back where the control policy says so.

use crate::{
    harness::{Answer, Bootstrap, Installation, World},
    telling::{controls, incident, writes},
};
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use serde_json::{Value, json};
use std::cell::Cell;

const NAME: &str = "shop";

/// Somebody of whom the control policy says nothing.
const MARIA: &str = "user/maria";
/// A role whose changes are accepted.
const DEPLOY: &str = "role/deploy";

/// Restores are chosen, and a deployer is trusted.
const RESTORE: &str = r#"version: 1
defaults: { mode: "off" }
trusted: { principals: ["arn:aws:iam::111122223333:role/deploy"] }
controls:
  alias.shifted: { mode: enforce, remediations: { restore-setting: true } }
"#;

struct Shop {
    world: World,
    bootstrap: Bootstrap,
    events: Cell<u32>,
}

impl Shop {
    /// Three versions, and no alias yet.
    async fn new(policy: &str) -> Self {
        let world = World::new().await;
        world.account.create_function(NAME).await;
        world.account.publish_up_to(NAME, 3).await;
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy });
        Self { world, bootstrap, events: Cell::new(0) }
    }

    /// With an alias that a deployer made for version 1.
    async fn with_alias(policy: &str) -> Self {
        let shop = Self::new(policy).await;
        let answer = shop.creates(DEPLOY, "1").await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
        shop
    }

    fn event(&self, actor: &str, sample: &str, call: &str, asked: Value, told: Value) -> String {
        self.events.set(self.events.get() + 1);
        let number = self.events.get();
        let mut event: Value = serde_json::from_str(&self.world.event(sample)).expect("JSON");
        event["id"] = json!(format!("envelope-{number}"));
        let detail = &mut event["detail"];
        detail["eventID"] = json!(format!("event-{number}"));
        detail["eventTime"] = json!(format!("2026-11-18T15:{number:02}:00Z"));
        detail["eventName"] = json!(call);
        let arn = format!("arn:aws:iam::111122223333:{actor}");
        detail["userIdentity"] = match actor.strip_prefix("role/") {
            None => json!({ "type": "IAMUser", "arn": arn, "accountId": "111122223333" }),
            Some(role) => json!({
                "type": "AssumedRole",
                "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/me"),
                "accountId": "111122223333",
                "sessionContext": { "sessionIssuer": { "type": "Role", "arn": arn } },
            }),
        };
        detail["requestParameters"] = asked;
        detail["responseElements"] = told;
        event.to_string()
    }

    fn told(&self, event: &str) -> Answer {
        let answer = self.bootstrap.deliver(event);
        assert!(answer.ok, "{answer:?}");
        answer
    }

    async fn creates(&self, actor: &str, version: &str) -> Answer {
        let create = self.world.account.lambda.create_alias().function_name(NAME).name("live");
        create.function_version(version).send().await.expect("an alias");
        self.told(
            &self.alias_event(actor, "CreateAlias", json!({ "functionVersion": version })).await,
        )
    }

    /// The event of a call that has been made, and asked for this of the alias.
    async fn alias_event(&self, actor: &str, call: &str, asked: Value) -> String {
        let mut named = asked;
        named["functionName"] = json!(NAME);
        named["name"] = json!("live");
        let (version, weights) = self.live().await;
        let told = json!({
            "aliasArn": format!("{}:live", self.world.arn(NAME)),
            "name": "live",
            "functionVersion": version,
            "routingConfig": { "additionalVersionWeights": weights },
        });
        self.event(actor, "update-alias.json", &format!("{call}20150331"), named, told)
    }

    /// Points the alias, without telling the function.
    async fn point(&self, version: &str, weights: &[(&str, f64)]) {
        let weights = weights.iter().map(|(version, share)| ((*version).to_owned(), *share));
        let config = AliasRoutingConfiguration::builder()
            .set_additional_version_weights(Some(weights.collect()))
            .build();
        let update = self.world.account.lambda.update_alias().function_name(NAME).name("live");
        let update = update.function_version(version).routing_config(config);
        update.send().await.expect("the alias is changed");
    }

    /// Points the alias at a version, and tells.
    async fn points(&self, actor: &str, version: &str) -> Answer {
        self.point(version, &[]).await;
        let asked = json!({ "functionVersion": version, "routingConfig": {} });
        self.told(&self.alias_event(actor, "UpdateAlias", asked).await)
    }

    /// Gives a share of the traffic to a version, and tells the event.
    async fn weights(&self, actor: &str, version: &str) -> String {
        self.point(&self.live().await.0, &[(version, 0.1)]).await;
        let config = json!({ "additionalVersionWeights": { version: 0.1 } });
        self.alias_event(actor, "UpdateAlias", json!({ "routingConfig": config })).await
    }

    async fn live(&self) -> (String, Value) {
        let get = self.world.account.lambda.get_alias().function_name(NAME).name("live");
        let live = get.send().await.expect("the alias is there");
        let weights = live.routing_config.and_then(|config| config.additional_version_weights);
        (live.function_version.expect("a version"), json!(weights.unwrap_or_default()))
    }

    async fn tags(&self) -> Vec<String> {
        let look = self.world.account.look(NAME, &self.world.arn(NAME), &[]).await;
        look.tags.into_keys().collect()
    }
}

#[tokio::test]
async fn a_share_for_a_version_that_nobody_chose_goes_and_comes_back_by_restore() {
    let shop = Shop::with_alias(RESTORE).await;
    let event = shop.weights(MARIA, "2").await;
    let answer = shop.told(&event);

    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert_eq!(shop.live().await, ("1".to_owned(), json!({})));
    assert_eq!(shop.tags().await, ["cordon:alias.shifted"]);
    writes(&shop.world);
    shop.told(&event);
    assert!(writes(&shop.world).is_empty(), "a second delivery changes nothing");
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(shop.live().await, ("1".to_owned(), json!({ "2": 0.1 })));
    assert!(shop.tags().await.is_empty());
    writes(&shop.world);
    shop.told(&event);
    assert!(writes(&shop.world).is_empty(), "what was restored is held");
}

#[tokio::test]
async fn unless_a_restore_is_chosen_a_shifted_alias_is_told_and_tagged() {
    let shop =
        Shop::with_alias(&RESTORE.replace(", remediations: { restore-setting: true }", "")).await;

    let answer = shop.points(MARIA, "2").await;

    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert_eq!(shop.live().await.0, "2");
    assert_eq!(shop.tags().await, ["cordon:alias.shifted"]);
    let told = shop.world.account.notifications().await.join("\n");
    assert!(told.contains("before: version 1") && told.contains("restore-setting"), "{told}");
}

#[tokio::test]
async fn a_deployment_is_learned_and_a_way_back_by_hand_is_not_undone() {
    let shop = Shop::with_alias(RESTORE).await;
    for (actor, version) in [(DEPLOY, "2"), (MARIA, "1")] {
        let answer = shop.points(actor, version).await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
    }

    let answer = shop.points(MARIA, "3").await;

    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert_eq!(shop.live().await.0, "1", "where it led last, and not where a deployer led it last");
}

#[tokio::test]
async fn what_somebody_without_trust_made_is_never_what_is_put_back() {
    let shop = Shop::new(RESTORE).await;
    let answer = shop.creates(MARIA, "3").await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    // Nor does a deployer who changes something else answer for it.
    let event = shop.alias_event(DEPLOY, "UpdateAlias", json!({ "description": "the shop" })).await;
    shop.told(&event);

    let answer = shop.points(MARIA, "1").await;

    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert_eq!(shop.live().await.0, "1");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("nobody who is trusted has chosen version 3"), "{unanswered}");
}

#[tokio::test]
async fn an_alias_first_seen_as_it_is_shifted_is_told_and_left() {
    let shop = Shop::new(RESTORE).await;
    let create = shop.world.account.lambda.create_alias().function_name(NAME).name("live");
    create.function_version("1").send().await.expect("an alias");
    let answer = shop.points(MARIA, "2").await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    assert!(answer.body.contains("not known"), "{answer:?}");
    // What it leads to now is not taken for what it led to before.
    let event = shop.alias_event(MARIA, "UpdateAlias", json!({ "description": "the shop" })).await;
    shop.told(&event);
    let answer = shop.points(MARIA, "3").await;
    assert!(answer.body.contains("not known"), "{answer:?}");
    assert_eq!(shop.live().await.0, "3");
}

#[tokio::test]
async fn nothing_that_was_found_is_learned_and_harmless_changes_ask_lambda_nothing() {
    let policy = RESTORE.replace(", remediations: { restore-setting: true }", "");
    let shop = Shop::with_alias(&policy).await;
    shop.points(MARIA, "2").await;
    shop.world.calls();
    for actor in [MARIA, DEPLOY] {
        let asked = json!({ "description": "the shop" });
        let event = shop.alias_event(actor, "UpdateAlias", asked).await;
        shop.world.calls();
        let answer = shop.told(&event);
        assert!(controls(&answer).is_empty(), "{answer:?}");
        let calls = shop.world.calls();
        assert!(calls.iter().all(|call| call.service == "dynamodb"), "{calls:?}");
    }

    let enforced = shop.world.bootstrap(&Installation { mode: "enforce", policy: RESTORE });
    let asked = json!({ "functionVersion": "2" });
    let answer = enforced.deliver(&shop.alias_event(MARIA, "UpdateAlias", asked).await);
    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert_eq!(shop.live().await.0, "1");
}

#[tokio::test]
async fn an_older_change_of_an_alias_that_comes_late_teaches_nothing_and_undoes_nothing() {
    let shop = Shop::with_alias(RESTORE).await;
    shop.point("3", &[]).await;
    let asked = json!({ "functionVersion": "3" });
    let stranger = shop.alias_event(MARIA, "UpdateAlias", asked.clone()).await;
    let deployer = shop.alias_event(DEPLOY, "UpdateAlias", asked).await;
    shop.points(DEPLOY, "2").await;
    let before = shop.world.account.journal_text().await;
    writes(&shop.world);

    for late in [deployer, stranger] {
        let answer = shop.told(&late);
        assert!(controls(&answer).is_empty(), "{answer:?}");
    }

    assert_eq!(shop.world.account.journal_text().await, before);
    assert!(writes(&shop.world).is_empty());
}

#[tokio::test]
async fn an_alias_that_somebody_leads_elsewhere_after_it_was_put_back_is_not_overwritten() {
    let shop = Shop::with_alias(RESTORE).await;
    let answer = shop.points(MARIA, "2").await;
    assert_eq!(shop.live().await.0, "1");
    shop.point("3", &[]).await;

    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);

    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("the alias leads to version 3"), "{printed}");
    assert_eq!(shop.live().await.0, "3");
}

#[tokio::test]
async fn a_version_that_is_gone_is_not_what_an_alias_is_led_back_to() {
    let shop = Shop::with_alias(RESTORE).await;
    shop.point("2", &[]).await;
    let delete = shop.world.account.lambda.delete_function().function_name(NAME).qualifier("1");
    delete.send().await.expect("the version is deleted");
    let asked = json!({ "functionVersion": "2" });

    let answer = shop.told(&shop.alias_event(MARIA, "UpdateAlias", asked).await);

    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("version 1 is gone"), "{unanswered}");
    assert_eq!(shop.live().await.0, "2");
}
