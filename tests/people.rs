//! Who changes what, through the real function: deployers and others, and what a change says together with
//! another sign on the same function.

use crate::{
    harness::{Installation, World},
    telling::{controls, document, statement, trigger, twice, writes},
};
use serde_json::{Value, json};

const NAME: &str = "legacy-import";
const CODE: &str = "update-function-code.json";

const POLICY: &str = "version: 1
defaults: { mode: \"off\" }
trusted: { principals: [\"arn:aws:iam::*:role/delivery-*\"], networks: [\"203.0.113.0/24\"] }
protected: [nothing]
controls:
  change.untrusted-deployer: { mode: enforce }
  function-policy.public: { mode: enforce }
  function.privilege-escalation: { mode: enforce }
  identity-policy.overbroad-lambda-admin: { mode: enforce }
";

const ENFORCED: Installation<'_> = Installation { mode: "enforce", policy: POLICY };

/// A sample, changed where the pointers say.
fn changed(world: &World, sample: &str, changes: &[(&str, Value)]) -> String {
    let mut event: Value = serde_json::from_str(&world.event(sample)).expect("samples are JSON");
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        event.pointer_mut(parent).expect("it is there")[key] = value.clone();
    }
    event.to_string()
}

/// A role of this world alone, which may administer Lambda: IAM is the same in every Region.
async fn administrator(world: &World) -> String {
    let role = format!("reporting-{}", world.region());
    let ec2 = json!({ "Service": "ec2.amazonaws.com" });
    world.account.create_role_for(&role, "/", ec2).await;
    let grant = json!({ "Effect": "Allow", "Action": "lambda:*", "Resource": "*" });
    let grant = json!({ "Version": "2012-10-17", "Statement": [grant] }).to_string();
    world.account.put_role_policy(&role, "lambda", &grant).await;
    role
}

#[tokio::test]
async fn a_change_by_cloudformation_is_nothing_and_one_by_a_person_is_told_and_tagged() {
    let world = World::new().await;
    world.account.create_function(NAME).await;
    let arn = world.arn(NAME);
    let bootstrap = world.bootstrap(&ENFORCED);
    let by = [("/detail/userIdentity/invokedBy", json!("cloudformation.amazonaws.com"))];
    let by_stack = changed(&world, CODE, &by);

    let answer = bootstrap.deliver(&by_stack);
    assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
    assert!(world.calls().is_empty(), "a deployer's change costs no call");

    let answer = twice(&world, &bootstrap, &world.event(CODE));
    assert_eq!(controls(&answer), ["change.untrusted-deployer"]);
    let live = world.account.look(NAME, &arn, &[]).await;
    assert_eq!(live.reserved, None);
    assert!(live.tags.contains_key("cordon:change.untrusted-deployer"));
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("user/maria"), "{told}");
}

#[tokio::test]
async fn a_change_by_a_person_and_an_access_key_by_the_function_stop_and_revoke_it() {
    let world = World::new().await;
    world.account.create_function("report-generator").await;
    let arn = world.arn("report-generator");
    let bootstrap = world.bootstrap(&ENFORCED);
    let code = world.event(CODE).replace(NAME, "report-generator");

    let first = bootstrap.deliver(&code);
    assert!(first.ok, "{first:?}");
    assert_eq!(world.account.look("report-generator", &arn, &[]).await.reserved, None);
    let escalation = bootstrap.deliver(&world.event("create-access-key-by-function.json"));

    assert_eq!(controls(&escalation), ["function.privilege-escalation"]);
    assert_eq!(world.account.look("report-generator", &arn, &[]).await.reserved, Some(0));
    let role = world.account.role_settings(&world.account.role("report-generator")).await;
    assert!(role.keys().any(|setting| setting.contains("cordon-inc-")), "{role:?}");
}

#[tokio::test]
async fn a_door_and_a_change_contain_a_function_together_in_both_orders_and_each_alone_does_not() {
    for door_first in [true, false] {
        let world = World::new().await;
        world.account.create_function(NAME).await;
        let arn = world.arn(NAME);
        let public = statement("open-to-all", json!("*"), &arn, None);
        world.account.put_policy(&arn, &document(&[trigger(&world, &arn), public])).await;
        let bootstrap = world.bootstrap(&ENFORCED);
        let door = world.event("add-permission-public.json").replace("orders", NAME);
        let code = world.event(CODE);
        let both = if door_first { [&door, &code] } else { [&code, &door] };
        let mut reserved = Vec::new();

        for event in both {
            let answer = bootstrap.deliver(event);
            assert!(answer.ok, "{answer:?}");
            reserved.push(world.account.look(NAME, &arn, &[]).await.reserved);
        }

        assert_eq!(reserved, [None, Some(0)], "door first: {door_first}");
        writes(&world);
        for event in both {
            assert!(bootstrap.deliver(event).ok);
        }
        assert!(writes(&world).is_empty(), "a second delivery changes nothing");
    }
}

/// Story 22: a policy padded with spaces until CloudTrail leaves its parameters out.
#[tokio::test]
async fn a_policy_that_its_record_leaves_out_is_decided_from_the_live_one() {
    let world = World::new().await;
    let role = administrator(&world).await;
    let bootstrap = world.bootstrap(&ENFORCED);
    let without = json!({ "roleName": role, "policyName": "lambda" });
    let parameters = [("/detail/requestParameters", without)];
    let event = changed(&world, "put-role-policy-lambda-admin.json", &parameters);

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["identity-policy.overbroad-lambda-admin"]);
    let resource = &answer.findings[0]["resource"];
    assert_eq!(*resource, format!("arn:aws:iam::111122223333:role/{role}"));
}

/// A call of IAM by a function is about the function, whatever else is wrong with it.
#[tokio::test]
async fn a_function_that_writes_an_overbroad_policy_is_contained_under_its_own_incident() {
    let world = World::new().await;
    world.account.create_function("report-generator").await;
    let arn = world.arn("report-generator");
    let role = administrator(&world).await;
    let bootstrap = world.bootstrap(&ENFORCED);
    let changes = [
        ("/detail/eventName", json!("PutRolePolicy")),
        ("/detail/requestParameters", json!({ "roleName": role, "policyName": "lambda" })),
        ("/detail/responseElements", Value::Null),
    ];
    let event = changed(&world, "create-access-key-by-function.json", &changes);

    let answer = twice(&world, &bootstrap, &event);

    let found = ["identity-policy.overbroad-lambda-admin", "function.privilege-escalation"];
    assert_eq!(controls(&answer), found);
    assert_eq!(world.account.look("report-generator", &arn, &[]).await.reserved, Some(0));
    let journal = world.account.journal_text().await;
    assert!(journal.contains("report-generator"), "{journal}");
}
