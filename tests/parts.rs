//! Parts of a containment, chosen one by one in the control policy, and a cap: what each of them turns,
//! what it leaves alone, and that a restore brings everything back.

use crate::{
    compromised::{EVENT, NAME, look, seed},
    harness::{FunctionSnapshot, Installation, World},
    telling::{controls, incident, twice},
};

/// A rule about a finding on the function, with these remediations.
fn rule(remediations: &str) -> String {
    format!(
        "version: 1
defaults: {{ mode: \"off\" }}
protected: [nothing]
rules:
  - id: suspicious
    description: nothing suspicious is found on a function
    mode: enforce
    severity: high
    pattern: {{ source: [acme.scanner] }}
    function: /detail/function
    same-by: /detail/finding
    remediations: {{ {remediations} }}
"
    )
}

fn event(world: &World, id: &str, finding: &str) -> String {
    format!(
        r#"{{"version": "0", "id": "{id}", "detail-type": "Finding", "source": "acme.scanner",
            "account": "111122223333", "time": "2026-11-18T13:18:20Z", "region": "{}",
            "resources": [], "detail": {{"function": "{NAME}", "finding": "{finding}"}}}}"#,
        world.region()
    )
}

/// What a control policy turns, of everything that a containment could.
struct Turned {
    before: FunctionSnapshot,
    after: FunctionSnapshot,
}

impl Turned {
    fn says(&self, setting: &str) -> bool {
        format!("{:?}", self.after.settings).contains(setting)
    }
}

/// Answers once and again, and puts back what was done.
async fn turned(remediations: &str) -> Turned {
    let world = World::new().await;
    seed(&world).await;
    let before = look(&world).await;
    let policy = rule(remediations);
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = twice(&world, &bootstrap, &event(&world, "one", "finding-1"));

    assert_eq!(controls(&answer), ["rule.suspicious"], "{answer:?}");
    let after = look(&world).await;
    let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{remediations}: {printed}");
    assert_eq!(look(&world).await, before, "{remediations}");
    Turned { before, after }
}

const DENY: &str = "lambda:SourceFunctionArn";
const STRANGER: &str = "999988887777";

#[tokio::test]
async fn a_stop_closes_what_it_would_leak_and_leaves_credentials_and_doors_alone() {
    let stopped = turned("stop-function: true").await;
    assert_eq!(stopped.after.reserved, Some(0));
    assert!(stopped.after.provisioned.is_empty());
    assert_eq!(stopped.after.tags.get("cordon:status").map(String::as_str), Some("stopped"));
    assert!(!stopped.says(DENY));
    assert_eq!(stopped.after.policies, stopped.before.policies);
    assert_eq!(stopped.after.url.as_deref(), Some("NONE"));
    let of_events = |(setting, value): (&String, &String)| {
        (setting.starts_with("events of") || setting == "dead letters").then(|| value.clone())
    };
    let events: Vec<String> = stopped.after.settings.iter().filter_map(of_events).collect();
    assert!(!format!("{events:?}").contains(STRANGER), "{events:?}");
}

#[tokio::test]
async fn revoking_ends_the_use_of_the_role_while_the_function_goes_on_running() {
    let revoked = turned("revoke-credentials: true").await;
    assert!(revoked.says(DENY) && revoked.says("aws:TokenIssueTime"));
    assert_eq!(revoked.after.tags.get("cordon:status").map(String::as_str), Some("revoked"));
    let FunctionSnapshot { reserved, provisioned, policies, url, .. } = revoked.before;
    assert_eq!(revoked.after.reserved, reserved);
    assert_eq!(revoked.after.provisioned, provisioned);
    assert_eq!(revoked.after.policies, policies);
    assert_eq!(revoked.after.url, url);
}

#[tokio::test]
async fn a_cap_lowers_what_may_run_and_never_raises_it() {
    let capped = turned("cap-concurrency: 5, tag-function: { \"cordon:capped\": yes }").await;
    assert_eq!(capped.before.reserved, Some(20));
    assert_eq!(capped.after.reserved, Some(5));
    assert_eq!(capped.after.provisioned, capped.before.provisioned);
    assert!(!capped.says(DENY));

    let world = World::new().await;
    seed(&world).await;
    let before = look(&world).await;
    let policy = rule("cap-concurrency: 50");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let answer = bootstrap.deliver(&event(&world, "one", "finding-1"));
    assert!(answer.ok, "{answer:?}");
    assert_eq!(look(&world).await, before);
}

#[tokio::test]
async fn queues_and_streams_are_kept_from_invoking_and_nothing_else_changes() {
    let disabled = turned("disable-event-source-mappings: true").await;
    assert!(disabled.before.settings.values().any(|value| value.contains("Enabled")));
    assert!(!disabled.says("Enabled\""));
    assert_eq!(disabled.after.reserved, disabled.before.reserved);
    assert_eq!(disabled.after.policies, disabled.before.policies);
}

#[tokio::test]
async fn a_function_that_was_only_revoked_is_not_stopped_when_it_is_looked_at_again() {
    let world = World::new().await;
    seed(&world).await;
    let policy = rule("revoke-credentials: true")
        .replace("rules:", "controls: { containment.undone: { mode: enforce } }\nrules:");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let answer = bootstrap.deliver(&event(&world, "one", "finding-1"));
    assert!(answer.ok, "{answer:?}");
    let revoked = look(&world).await;

    let looked = bootstrap.deliver(&world.second_look(&incident(&answer), NAME, 60));

    assert!(looked.ok && looked.findings.is_empty(), "{looked:?}");
    assert_eq!(look(&world).await, revoked);
}

#[tokio::test]
async fn a_finding_that_is_sent_again_after_a_restore_is_held_and_another_one_is_not() {
    let world = World::new().await;
    seed(&world).await;
    let before = look(&world).await;
    let policy = rule("stop-function: true");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let answer = bootstrap.deliver(&event(&world, "one", "finding-1"));
    assert!(answer.ok, "{answer:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{printed}");

    let again = bootstrap.deliver(&event(&world, "two", "finding-1"));
    assert!(again.ok, "{again:?}");
    assert_eq!(look(&world).await, before);

    let other = bootstrap.deliver(&event(&world, "three", "finding-2"));
    assert!(other.ok, "{other:?}");
    assert_eq!(look(&world).await.reserved, Some(0));
}

#[tokio::test]
async fn a_control_of_the_catalogue_contains_only_as_far_as_its_remediations_are_chosen() {
    for (chosen, stops, revokes) in [
        ("contain-function: false, revoke-credentials: true", false, true),
        ("contain-function: false, stop-function: true", true, false),
        ("contain-function: false", false, false),
    ] {
        let world = World::new().await;
        seed(&world).await;
        let before = look(&world).await;
        let policy = format!(
            "version: 1
defaults: {{ mode: \"off\" }}
protected: [nothing]
controls:
  function.privilege-escalation: {{ mode: enforce, remediations: {{ {chosen} }} }}
"
        );
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

        let answer = bootstrap.deliver(&world.event(EVENT));

        assert!(answer.ok, "{chosen}: {answer:?}");
        let after = look(&world).await;
        assert_eq!(after.reserved == Some(0), stops, "{chosen}");
        assert_eq!(format!("{:?}", after.settings).contains(DENY), revokes, "{chosen}");
        assert_eq!(after.policies, before.policies, "{chosen}");
        let unanswered = answer.findings[0]["unanswered"].to_string();
        assert_eq!(unanswered.contains("does not choose it"), !stops && !revokes, "{unanswered}");
        let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
        assert_eq!(code, 0, "{chosen}: {printed}");
        assert_eq!(look(&world).await, before, "{chosen}");
    }
}
