//! Who changes what, through the real function: deployers and others, and what a change says together with
//! another sign on the same function.

use crate::{
    compromise::changes,
    harness::{Installation, World},
    telling::{controls, document, incident, statement, trigger, twice, writes},
};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

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

const KEYS: &str = "version: 1
defaults: { mode: \"off\" }
trusted: { principals: [\"arn:aws:iam::*:role/delivery-*\"] }
controls:
  iam-user.created: { mode: enforce, remediations: { deactivate-access-key: true } }
";

/// A user of this world alone, with a key that is older and one that was just made, and the event of that.
struct NewKey {
    world: World,
    user: String,
    older: String,
    made: String,
}

impl NewKey {
    async fn new() -> Self {
        let world = World::new().await;
        let user = format!("jorge-{}", world.region());
        let create = world.account.iam.create_user().user_name(&user);
        create.send().await.expect("a user");
        let [older, made] = [key(&world, &user).await, key(&world, &user).await];
        Self { world, user, older, made }
    }

    fn event(&self, changes: &[(&str, Value)]) -> String {
        let now = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
        let now = [("/detail/eventTime", json!(now))];
        let changes = [&now, changes].concat();
        let event = changed(&self.world, "create-access-key.json", &changes);
        event.replace("AKIAIOSFODNN7EXAMPLE", &self.made).replace("jorge", &self.user)
    }

    /// How the older key and the new one stand.
    async fn statuses(&self) -> [Option<String>; 2] {
        let list = self.world.account.iam.list_access_keys().user_name(&self.user);
        let keys = list.send().await.expect("the user is there").access_key_metadata;
        [&self.older, &self.made].map(|id| {
            let key = keys.iter().find(|key| key.access_key_id.as_deref() == Some(id))?;
            key.status.as_ref().map(|status| status.as_str().to_owned())
        })
    }

    async fn set(&self, status: &str) {
        let update = self.world.account.iam.update_access_key().user_name(&self.user);
        let update = update.access_key_id(&self.made).status(status.into());
        update.send().await.expect("its status is set");
    }
}

async fn key(world: &World, user: &str) -> String {
    let create = world.account.iam.create_access_key().user_name(user);
    create.send().await.expect("a key").access_key.expect("it is answered").access_key_id
}

fn stand(older: &str, made: &str) -> [Option<String>; 2] {
    [older, made].map(|status| (!status.is_empty()).then(|| status.to_owned()))
}

#[tokio::test]
async fn on_request_a_key_that_was_just_made_is_deactivated_and_a_restore_activates_it_again() {
    let new = NewKey::new().await;
    let bootstrap = new.world.bootstrap(&Installation { mode: "enforce", policy: KEYS });
    new.world.calls();

    let answer = bootstrap.deliver(&new.event(&[]));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["iam-user.created"]);
    assert_eq!(changes(&new.world.calls()), ["UpdateAccessKey"]);
    assert_eq!(new.statuses().await, stand("Active", "Inactive"));
    let told = new.world.account.notifications().await.join("\n");
    assert!(told.contains(&new.made) && told.contains("Active -> Inactive"), "{told}");
    let again = bootstrap.deliver(&new.event(&[]));
    assert!(again.ok && changes(&new.world.calls()).is_empty(), "{again:?}");

    let incident = incident(&answer);
    let (code, printed) = new.world.cordon(&["incidents"]);
    assert!(code == 0 && printed.contains(&incident), "{printed}");
    assert!(printed.contains(&format!("user/{}", new.user)), "{printed}");
    let (code, printed) = new.world.cordon(&["restore", &incident]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("activate-access-key"), "{printed}");
    assert_eq!(new.statuses().await, stand("Active", "Active"));
    let held = bootstrap.deliver(&new.event(&[]));
    assert!(held.ok, "{held:?}");
    assert!(changes(&new.world.calls()).is_empty(), "what was restored is left alone");
    assert_eq!(new.statuses().await, stand("Active", "Active"));
}

#[tokio::test]
async fn a_key_is_activated_again_only_as_it_was_left_and_only_while_it_is_there() {
    let new = NewKey::new().await;
    let bootstrap = new.world.bootstrap(&Installation { mode: "enforce", policy: KEYS });
    let answer = bootstrap.deliver(&new.event(&[]));
    assert!(answer.ok, "{answer:?}");
    // Somebody activates it by hand: then there is nothing to put back.
    new.set("Active").await;
    let (code, printed) = new.world.cordon(&["restore", &incident(&answer), "--dry-run"]);
    assert!(code == 0 && printed.contains("already as it was"), "{printed}");
    let delete = new.world.account.iam.delete_access_key().user_name(&new.user);
    delete.access_key_id(&new.made).send().await.expect("it is deleted");
    let (_, printed) = new.world.cordon(&["restore", &incident(&answer)]);
    assert!(printed.contains("the resource is gone"), "{printed}");
    assert_eq!(new.statuses().await, stand("Active", ""));
}

#[tokio::test]
async fn a_key_stays_that_is_gone_inactive_or_made_by_whoever_may_or_that_nobody_asks_for() {
    let new = NewKey::new().await;
    let role = "arn:aws:iam::111122223333:role/delivery-1";
    let session = json!({
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/delivery-1/me",
        "accountId": "111122223333",
        "sessionContext": { "sessionIssuer": { "type": "Role", "arn": role } },
    });
    let trusted = new.event(&[("/detail/userIdentity", session)]);
    let off = KEYS.replace(", remediations: { deactivate-access-key: true }", "");
    new.world.calls();
    let mut enforced = Vec::new();
    for (policy, event) in [(off.as_str(), &new.event(&[])), (KEYS, &trusted)] {
        let bootstrap = new.world.bootstrap(&Installation { mode: "enforce", policy });
        let answer = bootstrap.deliver(event);
        assert!(answer.ok, "{answer:?}");
        assert_eq!(controls(&answer), ["iam-user.created"]);
        let asked = new.world.calls().into_iter().filter(|call| call.service == "iam").count();
        assert_eq!(asked, 0, "nothing is asked of IAM");
        enforced.push(bootstrap);
    }
    let on = enforced.pop().expect("it is there");
    assert_eq!(new.statuses().await, stand("Active", "Active"));
    new.set("Inactive").await;
    new.world.calls();
    let answer = on.deliver(&new.event(&[("/detail/eventID", json!("inactive-before"))]));
    assert!(answer.ok && changes(&new.world.calls()).is_empty(), "{answer:?}");
    let delete = new.world.account.iam.delete_access_key().user_name(&new.user);
    delete.access_key_id(&new.made).send().await.expect("it is deleted");
    new.world.calls();
    let answer = on.deliver(&new.event(&[("/detail/eventID", json!("gone-before"))]));
    assert!(answer.ok && changes(&new.world.calls()).is_empty(), "{answer:?}");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("not among the user's keys"), "{unanswered}");
}
