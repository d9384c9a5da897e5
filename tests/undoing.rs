//! What an intruder does about a containment, and what comes again: it is contained all the same, in
//! one incident.

use crate::{
    compromise::{FUNCTION, changes, contain, escalation, restore},
    harness::{Installation, SHIPPED, World},
    telling::{ENFORCE, controls, document, incident, statement, trigger},
};
use serde_json::{Value, json};

/// Takes the reservation and the Deny away, as somebody who may.
async fn undo(world: &World, incident: &str) {
    let lambda = &world.account.lambda;
    let delete = lambda.delete_function_concurrency().function_name(FUNCTION);
    delete.send().await.expect("the reservation is deleted");
    let role = world.account.role(FUNCTION);
    let delete = world.account.iam.delete_role_policy().role_name(role);
    let delete = delete.policy_name(format!("cordon-{incident}"));
    delete.send().await.expect("the Deny is deleted");
}

#[tokio::test]
async fn what_an_intruder_undoes_is_done_again_in_the_same_incident() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    world.account.create_function(FUNCTION).await;
    let before = world.account.look(FUNCTION, &arn, &[]).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, contained) = contain(&world, &bootstrap);
    let after = world.account.look(FUNCTION, &arn, &[]).await;
    let deleted_deny =
        world.event("delete-role-policy.json").replace("inc-0f1e2d3c4b5a6978", &contained);
    for event in [
        world.event("delete-function-concurrency.json"),
        deleted_deny,
        world.second_look(&contained, FUNCTION, 60),
    ] {
        undo(&world, &contained).await;
        assert_ne!(world.account.look(FUNCTION, &arn, &[]).await, after);
        world.account.notifications().await;

        let answer = bootstrap.deliver(&event);

        assert!(answer.ok, "{answer:?}");
        assert_eq!(controls(&answer), ["containment.undone"], "{event}");
        assert_eq!(incident(&answer), contained, "{event}");
        assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, after, "{event}");
        let told = world.account.notifications().await.join("\n");
        assert!(told.contains("containment.undone"), "{told}");
        assert_eq!(told.contains("user/mallory"), event.contains("mallory"), "{told}");
        world.calls();
        assert!(bootstrap.deliver(&event).ok);
        assert_eq!(changes(&world.calls()), Vec::<&str>::new(), "{event}");
    }
    assert_eq!(world.account.incidents().await, 1);
    restore(&world, &contained);
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
}

#[tokio::test]
async fn a_second_look_at_what_stands_changes_nothing_and_tells_nobody() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, contained) = contain(&world, &bootstrap);
    world.account.notifications().await;
    world.calls();

    for after in [60, 900] {
        let answer = bootstrap.deliver(&world.second_look(&contained, FUNCTION, after));
        assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
    }

    assert_eq!(changes(&world.calls()), Vec::<&str>::new());
    assert_eq!(world.account.notifications().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_break_glass_principal_undoes_is_told_and_stays_undone() {
    let policy = SHIPPED
        .replace("break-glass: []", "break-glass: [\"arn:aws:iam::111122223333:user/mallory\"] #");
    assert_ne!(policy, SHIPPED);
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    world.account.create_function(FUNCTION).await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    let (_, contained) = contain(&world, &bootstrap);
    undo(&world, &contained).await;
    let undone = world.account.look(FUNCTION, &arn, &[]).await;
    world.account.notifications().await;
    world.calls();

    let answer = bootstrap.deliver(&world.event("delete-function-concurrency.json"));
    let later = bootstrap.deliver(&world.second_look(&contained, FUNCTION, 900));

    assert!(answer.ok && later.ok, "{answer:?} {later:?}");
    assert_eq!(controls(&answer), ["containment.undone"]);
    assert_eq!(changes(&world.calls()), Vec::<&str>::new());
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, undone);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("undone by a break-glass principal"), "{told}");
}

#[tokio::test]
async fn five_signs_of_one_compromise_are_one_incident_and_nothing_is_done_twice() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    world.account.create_function(FUNCTION).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, contained) = contain(&world, &bootstrap);
    let after = world.account.look(FUNCTION, &arn, &[]).await;
    world.calls();

    for number in 2..=5 {
        let answer = bootstrap.deliver(&escalation(&world, number));
        assert!(answer.ok, "{answer:?}");
        assert_eq!(incident(&answer), contained);
    }

    assert_eq!(changes(&world.calls()), Vec::<&str>::new());
    assert_eq!(world.account.incidents().await, 1);
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, after);
    let (_, shown) = world.cordon(&["incidents", "show", &contained, "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap_or_else(|e| panic!("{e}: {shown}"));
    assert_eq!(shown["incident"]["events"].as_array().map(Vec::len), Some(5), "{shown}");
}

#[tokio::test]
async fn a_restored_containment_is_left_alone_when_the_finding_comes_again() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    world.account.create_function(FUNCTION).await;
    let before = world.account.look(FUNCTION, &arn, &[]).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let (_, contained) = contain(&world, &bootstrap);
    restore(&world, &contained);
    world.calls();

    let again = bootstrap.deliver(&escalation(&world, 1));
    let second_look = bootstrap.deliver(&world.second_look(&contained, FUNCTION, 900));

    assert!(again.ok && second_look.ok, "{again:?} {second_look:?}");
    assert_eq!(again.findings[0]["plan"][0]["outcome"]["because"], "held");
    assert_eq!(changes(&world.calls()), Vec::<&str>::new());
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
    // Another call of its credentials is another matter.
    let another = bootstrap.deliver(&escalation(&world, 2));
    assert!(another.ok, "{another:?}");
    assert_ne!(incident(&another), contained);
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await.reserved, Some(0));
}

/// A door that was opened and somebody nobody declared who came in, in both orders. Until a control
/// sees who deploys code, this stands for two signs that say much together.
#[tokio::test]
async fn a_door_and_an_entry_contain_a_function_together_whose_owner_asked_for_it() {
    for (stop, door_first) in [(true, true), (true, false), (false, true)] {
        let policy = format!(
            "version: 1\ndefaults: {{ mode: enforce }}\ncontrols:\n  invocation.unauthorized:\n    \
             parameters: {{ functions: [{{ function: thumbnails, stop: {stop} }}] }}\n"
        );
        let world = World::new().await;
        let arn = world.arn("thumbnails");
        world.account.create_function("thumbnails").await;
        let role = json!({ "AWS": "arn:aws:iam::111122223333:role/batch" });
        let let_in = statement("batch", role, &arn, None);
        let public = statement("open-to-all", json!("*"), &arn, None);
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
        let door = world.event("add-permission-public.json").replace("orders", "thumbnails");
        let entry = crate::resilience::invoked_by_role(&world);
        let seen = if door_first {
            [(&door, &public), (&entry, &let_in)]
        } else {
            [(&entry, &let_in), (&door, &public)]
        };
        let mut reserved = Vec::new();

        for (event, granted) in seen {
            let policy = document(&[trigger(&world, &arn), granted.clone()]);
            world.account.put_policy(&arn, &policy).await;
            let answer = bootstrap.deliver(event);
            assert!(answer.ok, "{answer:?}");
            reserved.push(world.account.look("thumbnails", &arn, &[]).await.reserved);
        }

        assert_eq!(reserved, [None, stop.then_some(0)], "door first: {door_first}");
        assert_eq!(world.account.incidents().await, 1);
    }
}
