//! The control policy's language at work in the real function: rules of one's own, modes by scope
//! and tag, exceptions that end.

use crate::{
    harness::{Installation, World},
    telling::{controls, document, incident, statement, trigger, twice, writes},
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

const CHANGED: &str = "update-function-configuration.json";
const NAME: &str = "legacy-import";

/// A rule about the sample event, with what the test adds to it.
fn rule(rest: &str) -> String {
    format!(
        "version: 1
defaults: {{ mode: enforce }}
protected: [nothing]
controls:
  runtime.deprecated: {{ mode: \"off\" }}
  network.outside-vpc: {{ mode: \"off\" }}
  change.without-mfa: {{ mode: \"off\" }}
rules:
  - id: no-console-changes
    description: functions are changed by the pipeline only
    severity: high
    pattern:
      source: [aws.lambda]
      detail:
        eventName: [{{ prefix: UpdateFunctionConfiguration }}]
        userIdentity: {{ type: [IAMUser] }}
{rest}"
    )
}

const FUNCTION: &str = "    function: /detail/requestParameters/functionName\n";

#[tokio::test]
async fn a_rule_tags_the_function_that_its_event_names_and_restore_takes_the_tag_away() {
    let world = World::new().await;
    world.account.create_function(NAME).await;
    let arn = world.arn(NAME);
    let before = world.account.look(NAME, &arn, &[]).await;
    let policy = rule(&format!(
        "{FUNCTION}    remediations: {{ tag-function: {{ \"cordon:review\": due }} }}"
    ));
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = twice(&world, &bootstrap, &world.event(CHANGED));

    assert_eq!(controls(&answer), ["rule.no-console-changes"]);
    let finding = &answer.findings[0];
    assert_eq!(
        (&finding["severity"], &finding["reach"]["mode"]),
        (&json!("high"), &json!("enforce"))
    );
    let tags = world.account.look(NAME, &arn, &[]).await.tags;
    assert_eq!(tags.get("cordon:review").map(String::as_str), Some("due"));
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("functions are changed by the pipeline only"), "{told}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.look(NAME, &arn, &[]).await, before);
}

#[tokio::test]
async fn a_rule_has_the_policies_judged_or_the_whole_function_contained() {
    for (remediation, stopped) in [("replace-resource-policy", false), ("contain-function", true)] {
        let world = World::new().await;
        world.account.create_function(NAME).await;
        let arn = world.arn(NAME);
        let public = statement("open-to-all", json!("*"), &arn, None);
        world.account.put_policy(&arn, &document(&[trigger(&world, &arn), public])).await;
        let before = world.account.look(NAME, &arn, &[]).await;
        let policy = rule(&format!("{FUNCTION}    remediations: {{ {remediation}: true }}"));
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

        let answer = bootstrap.deliver(&world.event(CHANGED));

        assert!(answer.ok, "{answer:?}");
        let now = world.account.look(NAME, &arn, &[]).await;
        assert_eq!(now.reserved, stopped.then_some(0), "{remediation}");
        assert_eq!(world.account.policy(&arn).await, Some(document(&[trigger(&world, &arn)])));
        let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
        assert_eq!(code, 0, "{remediation}: {printed}");
        assert_eq!(world.account.look(NAME, &arn, &[]).await, before, "{remediation}");
    }
}

#[tokio::test]
async fn a_rule_that_looks_in_vain_for_the_function_loses_no_event_and_keeps_no_control_from_acting()
 {
    let world = World::new().await;
    world.account.create_function(NAME).await;
    let policy = rule("    function: /detail/nowhere\n").replace(
        "runtime.deprecated: { mode: \"off\" }",
        "tags.missing: { parameters: { required: { owner: [] } } }",
    );
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = bootstrap.deliver(&world.event(CHANGED));

    assert!(!answer.ok, "{answer:?}");
    for words in ["PolicyError", "rule.no-console-changes", "/detail/nowhere", "author"] {
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
    assert_eq!(controls(&answer), ["tags.missing"]);
    assert_eq!(writes(&world), ["TagResource"]);
}

#[tokio::test]
async fn a_rule_changes_nothing_for_a_failed_call_or_for_another_account() {
    let world = World::new().await;
    world.account.create_function(NAME).await;
    let policy = rule(&format!("{FUNCTION}    remediations: {{ contain-function: true }}"));
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let event = world.event(CHANGED);

    let failed = event.replace("\"eventSource\":", "\"errorCode\": \"Denied\", \"eventSource\":");
    let answer = bootstrap.deliver(&failed);
    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["rule.no-console-changes"]);
    assert!(answer.findings[0]["unanswered"][0].as_str().expect("why").contains("failed"));
    assert_eq!(writes(&world), [""; 0]);

    let elsewhere = "\"account\": \"444455556666\"";
    let answer = bootstrap.deliver(&event.replace("\"account\": \"111122223333\"", elsewhere));
    assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
    assert!(world.calls().is_empty());
}

const BY_TAG: &str = "version: 1
defaults: { mode: enforce }
controls:
  change.without-mfa: { mode: \"off\" }
  function-policy.public:
    scopes:
      - where: { functions: [\"lab-*\"] }
        mode: \"off\"
      - where: { tags: { tier: [lab] } }
        mode: dry-run
";

#[tokio::test]
async fn a_tag_relaxes_to_dry_run_and_a_scope_turns_off() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let public = statement("open-to-all", json!("*"), &arn, None);
    let open = document(&[trigger(&world, &arn), public]);
    world.account.put_policy(&arn, &open).await;
    let tagged = world.account.lambda.tag_resource().resource(&arn).tags("tier", "lab");
    tagged.send().await.expect("it is tagged");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: BY_TAG });
    let event = world.event("add-permission-public.json");

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    let finding = &answer.findings[0];
    assert_eq!(finding["reach"]["mode"], "dry-run", "{finding}");
    let elsewhere: Vec<&Value> =
        finding["reach"]["elsewhere"].as_array().expect("a list").iter().collect();
    assert!(elsewhere.iter().any(|there| there["mode"] == "enforce"), "{finding}");
    assert_eq!(writes(&world), [""; 0]);

    let untagged = world.account.lambda.untag_resource().resource(&arn).tag_keys("tier");
    untagged.send().await.expect("it is not any more");
    world.calls();
    let answer = bootstrap.deliver(&event);
    assert!(answer.ok, "{answer:?}");
    assert_eq!(world.account.policy(&arn).await, Some(document(&[trigger(&world, &arn)])));

    world.calls();
    let answer = bootstrap.deliver(&event.replace("orders", "lab-orders"));
    assert!(answer.ok, "{answer:?}");
    assert!(!controls(&answer).contains(&"function-policy.public"), "{answer:?}");
}

#[tokio::test]
async fn an_exception_is_told_before_it_ends_and_withholds_nothing_after() {
    let today = OffsetDateTime::now_utc().date();
    for (days, withheld, told) in [(60, true, false), (3, true, true), (-1, false, true)] {
        let world = World::new().await;
        let arn = world.arn("orders");
        world.account.create_function("orders").await;
        let public = statement("open-to-all", json!("*"), &arn, None);
        world.account.put_policy(&arn, &document(&[trigger(&world, &arn), public])).await;
        let expires = today + Duration::days(days);
        let policy = format!(
            "version: 1
defaults: {{ mode: enforce }}
controls: {{ change.without-mfa: {{ mode: \"off\" }} }}
exceptions:
  - controls: [function-policy.public]
    functions: [orders]
    owner: web team
    reason: a partner moves
    expires: {expires}
"
        );
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

        let answer = bootstrap.deliver(&world.event("add-permission-public.json"));

        assert!(answer.ok, "{answer:?}");
        assert_eq!(controls(&answer), ["function-policy.public"], "{days}");
        let closed = world.account.policy(&arn).await == Some(document(&[trigger(&world, &arn)]));
        assert_eq!(closed, !withheld, "{days}");
        let notes = world.account.notifications().await.join("\n");
        assert_eq!(notes.contains("the exception of web team until"), told, "{days}: {notes}");
    }
}
