//! The way back as an operator takes it: what is shown, what is refused, and what is left alone.

use crate::{
    compromise::{FUNCTION, changes, contain, escalation},
    containment::open_doors,
    harness::World,
    telling::{ENFORCE, document, statement, trigger},
};
use aws_sdk_lambda::primitives::Blob;
use serde_json::{Value, json};

async fn deploy(world: &World) {
    let update = world.account.lambda.update_function_code().function_name(FUNCTION);
    update.zip_file(Blob::new("mended")).send().await.expect("the code is updated");
}

#[tokio::test]
async fn a_contained_function_is_released_when_its_code_was_mended_or_by_force() {
    for mended in [false, true] {
        let world = World::new().await;
        let arn = world.arn(FUNCTION);
        world.account.create_function(FUNCTION).await;
        let before = world.account.look(FUNCTION, &arn, &[]).await;
        let bootstrap = world.bootstrap(&ENFORCE);
        let (_, incident) = contain(&world, &bootstrap);
        let contained = world.account.look(FUNCTION, &arn, &[]).await;

        let (code, printed) = world.cordon(&["restore", &incident]);

        assert_eq!(code, 1, "{printed}");
        assert!(printed.contains("not released: its code and settings are the same"), "{printed}");
        assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, contained);
        let (code, printed) = if mended {
            deploy(&world).await;
            world.cordon(&["restore", &incident])
        } else {
            world.cordon(&["restore", &incident, "--force"])
        };
        assert_eq!(code, 0, "{printed}");
        assert!(printed.contains("everything is back"), "{printed}");
        assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
        let (code, printed) = world.cordon(&["restore", &incident, "--force"]);
        assert_eq!(code, 0, "{printed}");
        assert!(printed.contains("everything was put back already"), "{printed}");
    }
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_put_back_and_changes_nothing() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    open_doors(&world).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, incident) = contain(&world, &bootstrap);
    let contained = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    let journal = world.account.journal_text().await;

    let (_, printed) = world.cordon(&["restore", &incident, "--dry-run"]);

    for step in [
        "delete-role-policy",
        "put-resource-policy",
        "set-url-auth-type",
        "reserve-concurrency",
        "put-event-source-mapping",
        "untag-function",
    ] {
        assert!(printed.contains(step), "no {step} in {printed}");
    }
    assert!(printed.contains("would be restored"), "{printed}");
    assert!(printed.contains("not released"), "{printed}");
    assert_eq!(world.account.look(FUNCTION, &arn, &["1", "live"]).await, contained);
    assert_eq!(world.account.journal_text().await, journal);
}

#[tokio::test]
async fn one_step_can_be_put_back_and_the_rest_later() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    open_doors(&world).await;
    let before = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, incident) = contain(&world, &bootstrap);
    let contained = world.account.look(FUNCTION, &arn, &["1", "live"]).await;

    let (code, printed) = world.cordon(&["restore", &incident, "--step", "put-resource-policy"]);

    assert_eq!(code, 0, "what is no release needs no force: {printed}");
    let after = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    assert_eq!(after.policies, before.policies);
    assert_eq!((after.reserved, &after.settings), (Some(0), &contained.settings));
    let (_, shown) = world.cordon(&["incidents", "show", &incident]);
    assert!(shown.contains("replace-resource-policy") && shown.contains(": restored"), "{shown}");
    let (code, printed) = world.cordon(&["restore", &incident, "--step", "stop-function"]);
    assert_eq!(code, 1, "{printed}");
    let (code, printed) = world.cordon(&["restore", &incident, "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.look(FUNCTION, &arn, &["1", "live"]).await, before);
}

#[tokio::test]
async fn what_somebody_changed_since_is_left_unless_that_step_is_forced() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    open_doors(&world).await;
    let before = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, incident) = contain(&world, &bootstrap);
    let own = json!({ "AWS": "arn:aws:iam::111122223333:root" });
    let since = document(&[trigger(&world, &arn), statement("since", own, &arn, None)]);
    world.account.put_policy(&arn, &since).await;

    let (code, printed) = world.cordon(&["restore", &incident, "--force"]);

    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("changed since, left alone"), "{printed}");
    assert!(printed.contains("not everything could be put back"), "{printed}");
    let after = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    assert_eq!(after.policies[""], since.to_string());
    assert_eq!((&after.settings, &after.tags), (&before.settings, &before.tags));
    let step = ["restore", &incident, "--step", "put-resource-policy", "--force"];
    let (code, printed) = world.cordon(&step);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.look(FUNCTION, &arn, &["1", "live"]).await, before);
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_finished_by_the_next_one() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    open_doors(&world).await;
    let before = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, incident) = contain(&world, &bootstrap);
    let reserved = world.account.lambda.delete_function_concurrency().function_name(FUNCTION);
    reserved.send().await.expect("somebody releases it by hand");

    let (code, printed) = world.cordon(&["restore", &incident, "--force"]);

    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("already as it was"), "{printed}");
    assert_eq!(world.account.look(FUNCTION, &arn, &["1", "live"]).await, before);
    world.calls();
    assert!(bootstrap.deliver(&escalation(&world, 1)).ok);
    assert_eq!(changes(&world.calls()), Vec::<&str>::new(), "it is on hold");
}

#[tokio::test]
async fn incidents_are_listed_and_shown_step_by_step() {
    let world = World::new().await;
    open_doors(&world).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, printed) = world.cordon(&["incidents"]);
    assert_eq!(printed, "no incidents in `cordon-journal`\n");
    let (_, incident) = contain(&world, &bootstrap);

    let (code, printed) = world.cordon(&["incidents"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(printed.contains(&format!("{incident}  contained, closed  ")), "{printed}");
    assert!(printed.contains("function.privilege-escalation"), "{printed}");

    let (code, printed) = world.cordon(&["incidents", "show", &incident]);
    assert_eq!(code, 0, "{printed}");
    for step in [
        "revoke-function on ",
        "stop-function on ",
        "disable-event-source-mapping on ",
        "harden-function-url on ",
        "replace-resource-policy on ",
        "tag-function on ",
        "revoke-sessions on ",
    ] {
        assert!(printed.contains(step), "no {step} in {printed}");
    }
    assert!(printed.contains(": applied; back: reserved concurrency: none"), "{printed}");
    assert!(printed.contains(&format!("cordon restore {incident}")), "{printed}");

    let (_, printed) = world.cordon(&["incidents", "--json"]);
    let listed: Value = serde_json::from_str(printed.trim()).expect("one JSON line an incident");
    assert_eq!((&listed["incident"], &listed["contains"]), (&json!(incident), &json!(true)));
    let (_, printed) = world.cordon(&["incidents", "show", &incident, "--json"]);
    let shown: Value = serde_json::from_str(printed.trim()).expect("JSON");
    assert_eq!(shown["incident"]["status"], "closed");
    let steps = shown["steps"].as_array().expect("steps");
    let stop = steps.iter().find(|step| step["remediation"] == "stop-function").expect("a stop");
    assert_eq!(
        (&stop["status"], &stop["undo"]),
        (&json!("applied"), &json!("reserve-concurrency"))
    );
    assert_eq!(stop["tactic"], "isolate");

    let (code, printed) = world.cordon(&["incidents", "show", "inc-0000000000000000"]);
    assert_ne!(code, 0, "{printed}");
    assert!(printed.contains("inc-0000000000000000"), "{printed}");
}
