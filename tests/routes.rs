//! Where aliases and event source mappings lead, against where they led: changes through the real
//! binary, what is remembered of them, and what is put back where the control policy says so.

use crate::{
    harness::{Answer, Bootstrap, Installation, World},
    integrity::{DEPLOY, MARIA, NAME, identity},
    telling::{controls, incident, writes},
};
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use serde_json::{Value, json};
use std::cell::Cell;

/// Restores are chosen, and a deployer is trusted.
const RESTORE: &str = r#"version: 1
defaults: { mode: "off" }
trusted: { principals: ["arn:aws:iam::111122223333:role/deploy"] }
controls:
  alias.shifted: { mode: enforce, remediations: { restore-setting: true } }
  event-source.retargeted: { mode: enforce, remediations: { restore-setting: true } }
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
        detail["userIdentity"] = identity(actor);
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
        self.tags_of(NAME).await
    }

    async fn tags_of(&self, function: &str) -> Vec<String> {
        let look = self.world.account.look(function, &self.world.arn(function), &[]).await;
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
    assert_eq!(
        shop.live().await.0,
        "3",
        "where nobody trusted led it last nobody leads it back to"
    );
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("nobody who is trusted led it there"), "{unanswered}");
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
async fn what_a_deployer_only_finds_there_is_known_and_is_not_what_they_chose() {
    let shop = Shop::new(RESTORE).await;
    let create = shop.world.account.lambda.create_alias().function_name(NAME).name("live");
    create.function_version("1").send().await.expect("an alias");
    let event = shop.alias_event(DEPLOY, "UpdateAlias", json!({ "description": "the shop" })).await;
    shop.told(&event);

    let answer = shop.points(MARIA, "2").await;

    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert_eq!(shop.live().await.0, "2");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("nobody who is trusted has chosen version 1"), "{unanswered}");
}

#[tokio::test]
async fn an_alias_first_seen_as_it_is_shifted_is_told_and_left() {
    let shop = Shop::new(RESTORE).await;
    let create = shop.world.account.lambda.create_alias().function_name(NAME).name("live");
    create.function_version("1").send().await.expect("an alias");
    let answer = shop.points(MARIA, "2").await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    assert!(answer.body.contains("not known"), "{answer:?}");
    // What it leads to now is compared with from now on, and is not what is put back.
    let answer = shop.points(MARIA, "3").await;
    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("nobody who is trusted has chosen version 2"), "{unanswered}");
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

    let answer = shop.told(&deployer);
    assert!(controls(&answer).is_empty(), "{answer:?}");
    let answer = shop.told(&stranger);
    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert!(answer.findings[0]["unanswered"].to_string().contains("for a time"), "{answer:?}");

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

/// A function that somebody takes the mapping for.
const MIRROR: &str = "mirror";

/// A queue that invokes the shop.
struct Queue {
    shop: Shop,
    id: String,
}

impl Queue {
    /// Of which nobody has told the function.
    async fn new(policy: &str) -> Self {
        let shop = Shop::new(policy).await;
        shop.world.account.create_function(MIRROR).await;
        let create = shop.world.account.lambda.create_event_source_mapping().function_name(NAME);
        let create = create.event_source_arn(shop.world.account.queue_arn("orders"));
        let id = create.send().await.expect("a mapping").uuid.expect("it has an id");
        Self { shop, id }
    }

    /// That somebody made.
    async fn made_by(actor: &str, policy: &str) -> Self {
        let queue = Self::new(policy).await;
        let asked = json!({ "functionName": NAME, "eventSourceArn": "a queue" });
        let answer = queue.tell(actor, "CreateEventSourceMapping", asked).await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
        queue.shop.world.calls();
        queue
    }

    async fn invokes(&self) -> String {
        let get = self.shop.world.account.lambda.get_event_source_mapping().uuid(&self.id);
        let arn = get.send().await.expect("the mapping is there").function_arn;
        let arn = arn.expect("it invokes something");
        arn.rsplit(':').next().expect("a name").to_owned()
    }

    async fn event(&self, actor: &str, call: &str, asked: Value) -> String {
        let told = json!({
            "uUID": self.id,
            "functionArn": self.shop.world.arn(&self.invokes().await),
            "eventSourceArn": self.shop.world.account.queue_arn("orders"),
            "state": "Updating",
        });
        let (sample, call) = ("update-event-source-mapping.json", format!("{call}20150331"));
        self.shop.event(actor, sample, &call, asked, told)
    }

    async fn tell(&self, actor: &str, call: &str, asked: Value) -> Answer {
        self.shop.told(&self.event(actor, call, asked).await)
    }

    /// Makes it invoke a function, without telling.
    async fn lead(&self, function: &str) {
        let update = self.shop.world.account.lambda.update_event_source_mapping().uuid(&self.id);
        update.function_name(function).send().await.expect("the mapping is changed");
    }

    /// Makes it invoke a function, and tells the event.
    async fn led(&self, actor: &str, function: &str) -> String {
        self.lead(function).await;
        let asked = json!({ "uUID": self.id, "functionName": function });
        self.event(actor, "UpdateEventSourceMapping", asked).await
    }
}

#[tokio::test]
async fn a_mapping_that_somebody_takes_is_given_back_and_goes_again_by_restore() {
    let queue = Queue::made_by(DEPLOY, RESTORE).await;
    let event = queue.led(MARIA, MIRROR).await;
    let answer = queue.shop.told(&event);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, NAME);
    assert_eq!(queue.shop.tags().await, ["cordon:event-source.retargeted"]);
    assert!(queue.shop.tags_of(MIRROR).await.is_empty(), "it is about the function that lost it");
    let told = queue.shop.world.account.notifications().await.join("\n");
    assert!(told.contains(&queue.shop.world.arn(MIRROR)), "{told}");
    writes(&queue.shop.world);
    queue.shop.told(&event);
    assert!(writes(&queue.shop.world).is_empty(), "a second delivery changes nothing");
    let (code, printed) = queue.shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(queue.invokes().await, MIRROR);
    assert!(queue.shop.tags().await.is_empty());
    writes(&queue.shop.world);
    queue.shop.told(&event);
    assert!(writes(&queue.shop.world).is_empty(), "what was restored is held");
}

#[tokio::test]
async fn unless_a_restore_is_chosen_a_mapping_that_is_taken_is_told_and_left() {
    let policy = RESTORE.replace(", remediations: { restore-setting: true }", "");
    let queue = Queue::made_by(DEPLOY, &policy).await;

    let answer = queue.shop.told(&queue.led(MARIA, MIRROR).await);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, MIRROR);
    assert_eq!(queue.shop.tags().await, ["cordon:event-source.retargeted"]);
}

#[tokio::test]
async fn where_a_deployer_leads_a_mapping_is_learned_and_a_change_of_nothing_is_nothing() {
    let queue = Queue::made_by(DEPLOY, RESTORE).await;
    for actor in [DEPLOY, MARIA] {
        let answer = queue.shop.told(&queue.led(actor, MIRROR).await);
        assert!(controls(&answer).is_empty(), "{answer:?}");
    }

    let answer = queue.shop.told(&queue.led(MARIA, NAME).await);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, MIRROR);
    assert_eq!(queue.shop.tags_of(MIRROR).await, ["cordon:event-source.retargeted"]);
}

#[tokio::test]
async fn a_mapping_that_nobody_trusted_made_is_never_given_back() {
    let queue = Queue::made_by(MARIA, RESTORE).await;

    let answer = queue.shop.told(&queue.led(MARIA, MIRROR).await);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, MIRROR);
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("nobody who is trusted had it invoke"), "{unanswered}");
}

#[tokio::test]
async fn a_mapping_is_known_by_any_change_of_it_which_asks_lambda_nothing() {
    let queue = Queue::new(RESTORE).await;
    let asked = json!({ "uUID": queue.id, "batchSize": 5 });
    let event = queue.event(MARIA, "UpdateEventSourceMapping", asked).await;
    for _ in 0..2 {
        queue.shop.world.calls();
        let answer = queue.shop.told(&event);
        assert!(controls(&answer).is_empty(), "{answer:?}");
        let calls = queue.shop.world.calls();
        assert!(calls.iter().all(|call| call.service == "dynamodb"), "{calls:?}");
    }

    let answer = queue.shop.told(&queue.led(MARIA, MIRROR).await);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, MIRROR, "nobody trusted had it invoke the shop");
}

#[tokio::test]
async fn a_mapping_first_seen_as_it_is_taken_is_told_however_often_that_is_delivered() {
    let queue = Queue::new(RESTORE).await;
    let event = queue.led(MARIA, MIRROR).await;
    for _ in 0..2 {
        let answer = queue.shop.told(&event);
        assert!(controls(&answer).is_empty(), "{answer:?}");
        assert!(answer.body.contains("not known"), "{answer:?}");
    }
    assert_eq!(queue.invokes().await, MIRROR);
    // Where it goes is compared with from now on, and whoever mends it is not undone.
    let answer = queue.shop.told(&queue.led(MARIA, NAME).await);
    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, NAME);
}

#[tokio::test]
async fn a_mapping_whose_change_is_not_over_is_given_back_after_it() {
    let queue = Queue::made_by(DEPLOY, RESTORE).await;
    let event = queue.led(MARIA, MIRROR).await;
    queue.shop.world.faults(
        r#"[{"service":"lambda","operation":"UpdateEventSourceMapping","times":2,
            "status":400,"code":"ResourceInUseException"}]"#,
    );

    let answer = queue.shop.told(&event);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, NAME);
}

#[tokio::test]
async fn a_mapping_is_told_where_it_cannot_be_read_whether_it_can_be_given_back() {
    let queue = Queue::made_by(DEPLOY, RESTORE).await;
    let event = queue.led(MARIA, MIRROR).await;
    queue.shop.world.faults(
        r#"[{"service":"lambda","operation":"GetFunctionConfiguration","status":403,
            "code":"AccessDeniedException"}]"#,
    );

    let answer = queue.shop.bootstrap.deliver(&event);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("could not be read"), "{unanswered}");
    assert!(!answer.ok, "it is tried again: {answer:?}");
    assert_eq!(queue.shop.tags().await, ["cordon:event-source.retargeted"]);
    queue.shop.world.faults("[]");
    queue.shop.told(&event);
    assert_eq!(queue.invokes().await, NAME);
}

#[tokio::test]
async fn a_mapping_of_a_function_that_is_gone_is_told_and_left() {
    let queue = Queue::made_by(DEPLOY, RESTORE).await;
    let event = queue.led(MARIA, MIRROR).await;
    let delete = queue.shop.world.account.lambda.delete_function().function_name(NAME);
    delete.send().await.expect("the function is deleted");

    let answer = queue.shop.told(&event);

    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("is gone"), "{unanswered}");
    assert_eq!(queue.invokes().await, MIRROR);
}

#[tokio::test]
async fn while_another_incident_contains_the_function_nothing_is_led_back_and_nothing_learned() {
    let policy = RESTORE
        .replace("controls:\n", "controls:\n  function.privilege-escalation: { mode: enforce }\n");
    let queue = Queue::made_by(DEPLOY, &policy).await;
    let shop = &queue.shop;
    assert!(controls(&shop.creates(DEPLOY, "1").await).is_empty());
    let escalation = shop.world.event("create-access-key-by-function.json");
    let answer = shop.bootstrap.deliver(&escalation.replace("report-generator", NAME));
    assert!(answer.ok && !answer.findings.is_empty(), "{answer:?}");

    let answer = shop.points(MARIA, "2").await;
    assert_eq!(controls(&answer), ["alias.shifted"], "{answer:?}");
    assert_eq!(shop.live().await.0, "2", "whoever mends the function may need it so");
    assert!(answer.findings[0]["unanswered"].to_string().contains("contained"), "{answer:?}");
    let answer = shop.told(&queue.led(MARIA, MIRROR).await);
    assert_eq!(controls(&answer), ["event-source.retargeted"], "{answer:?}");
    assert_eq!(queue.invokes().await, MIRROR, "a contained function is not to get events again");
    // What a deployer does meanwhile is compared with from then on, and is not what is put back.
    shop.points(DEPLOY, "3").await;
    shop.told(&queue.led(DEPLOY, MIRROR).await);
    let journal = shop.world.account.journal_text().await;
    assert!(journal.contains(r#"{\"version\":\"3\"},\"unsettled\":true"#), "{journal}");
    assert!(!journal.contains(r#"\"chosen\":true"#), "{journal}");
}

#[tokio::test]
async fn a_dry_run_remembers_where_things_lead_too_and_plans_the_same() {
    let mut plans = Vec::new();
    for mode in ["dry-run", "enforce"] {
        let mut queue = Queue::new(RESTORE).await;
        queue.shop.bootstrap = queue.shop.world.bootstrap(&Installation { mode, policy: RESTORE });
        queue.tell(DEPLOY, "CreateEventSourceMapping", json!({ "functionName": NAME })).await;
        let event = queue.led(MARIA, MIRROR).await;
        queue.shop.world.calls();
        let answer = queue.shop.told(&event);
        plans.push(crate::stories::plan(&answer, queue.shop.world.region()));
        assert_eq!(queue.invokes().await, if mode == "enforce" { NAME } else { MIRROR });
        assert_eq!(writes(&queue.shop.world).is_empty(), mode == "dry-run");
    }
    assert!(plans[0].iter().any(|step| step.contains("restore-mapping-function")), "{plans:?}");
    assert_eq!(plans[0].len(), plans[1].len(), "{plans:?}");
}
