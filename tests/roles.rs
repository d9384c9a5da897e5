//! What the roles of functions gain, and who may assume them: found with the functions that have them,
//! and put back only on request, where it is known what was there before.

use crate::{
    compromise::changes,
    harness::{Answer, Bootstrap, Installation, SHIPPED, World},
    telling::{controls, incident, writes},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const FUNCTION: &str = "invoice-export";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
/// What every role may have: reading its queue.
const HARMLESS: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const OVERBROAD: &str = "execution-role.overbroad";
const TRUST: &str = "execution-role.trust-widened";
const FULL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#;

/// The shipped control policy, but that nothing else is said of a policy that administers.
fn alone() -> String {
    let other = "identity-policy.overbroad-lambda-admin: {}";
    assert!(SHIPPED.contains(other));
    SHIPPED.replace(other, "identity-policy.overbroad-lambda-admin: { mode: off }")
}

/// The same, but that both controls put back.
fn on_request() -> String {
    let asked = "    mode: enforce\n    remediations: { restore-setting: true }\n";
    [OVERBROAD, TRUST].iter().fold(alone(), |policy, control| {
        let written = format!("{control}:\n");
        assert!(policy.contains(&written), "{control}");
        policy.replace(&written, &format!("{written}{asked}"))
    })
}

fn enforced(policy: &str) -> Installation<'_> {
    Installation { mode: "enforce", policy }
}

/// A sample event, its call's parameters changed, as the event of this number.
fn told(world: &World, sample: &str, number: u32, change: impl FnOnce(&mut Value)) -> String {
    let mut event: Value = serde_json::from_str(&world.event(sample)).expect("JSON");
    event["detail"]["eventID"] = json!(format!("{number:08}-7f31-4b8e-8a53-2b6c9d1e4f02"));
    change(&mut event["detail"]);
    event.to_string()
}

fn attached(world: &World, policy: &str, number: u32) -> String {
    told(world, "attach-role-policy-admin.json", number, |detail| {
        detail["requestParameters"]["policyArn"] = json!(policy);
    })
}

async fn attach(world: &World, policy: &str) {
    let attach = world.account.iam.attach_role_policy().role_name(world.account.role(FUNCTION));
    attach.policy_arn(policy).send().await.expect("it is attached");
}

/// A function whose role was seen with nothing wrong.
async fn known(world: &World, bootstrap: &Bootstrap) {
    world.account.create_function(FUNCTION).await;
    attach(world, HARMLESS).await;
    let answer = bootstrap.deliver(&attached(world, HARMLESS, 1));
    assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    assert!(answer.body.contains("Compliant"), "{answer:?}");
}

fn finding<'a>(answer: &'a Answer, control: &str) -> &'a Value {
    let found = answer.findings.iter().find(|finding| finding["control"] == control);
    found.unwrap_or_else(|| panic!("no {control}: {answer:?}"))
}

async fn settings(world: &World) -> BTreeMap<String, String> {
    let role = world.account.role(FUNCTION);
    let mut all = world.account.role_settings(&role).await;
    all.insert("trust".to_owned(), trust(world).await);
    all
}

async fn trust(world: &World) -> String {
    let get = world.account.iam.get_role().role_name(world.account.role(FUNCTION));
    let role = get.send().await.expect("the role").role.expect("is answered");
    let text = role.assume_role_policy_document.expect("with its trust policy");
    percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[tokio::test]
async fn a_policy_that_administers_is_told_with_the_function_and_told_alike_when_it_is_repeated() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    attach(&world, ADMINISTRATOR).await;
    let before = settings(&world).await;
    let policy = alone();
    let bootstrap = world.bootstrap(&enforced(&policy));

    let first = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 1));
    let second = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 2));

    assert!(first.ok && second.ok, "{first:?} {second:?}");
    let [one, again] = [&first, &second].map(|answer| finding(answer, OVERBROAD));
    assert_eq!(one["resource"], world.account.role_arn(FUNCTION));
    assert_eq!(one["evidence"][0]["value"], world.arn(FUNCTION));
    assert_eq!(one["finding"], again["finding"]);
    assert_eq!(settings(&world).await, before);
    assert!(changes(&world.calls()).is_empty());
    assert_eq!(world.account.incidents().await, 0);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains(&world.arn(FUNCTION)), "{told}");
    assert!(told.contains("every action on every resource"), "{told}");
}

#[tokio::test]
async fn a_role_that_no_function_has_costs_one_list_for_many_events() {
    let world = World::new().await;
    world.account.create_function("other").await;
    let role = world.account.role(FUNCTION);
    world.account.create_role(&role).await;
    attach(&world, ADMINISTRATOR).await;
    let policy = alone();
    let bootstrap = world.bootstrap(&enforced(&policy));

    for number in 1..=3 {
        let answer = bootstrap.deliver(&attached(&world, ADMINISTRATOR, number));
        assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    }

    let calls: Vec<String> = world.calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["ListFunctions"]);
}

#[tokio::test]
async fn a_function_that_is_new_is_looked_for_again() {
    let world = World::new().await;
    let policy = alone();
    let bootstrap = world.bootstrap(&enforced(&policy));
    let nobody = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 1));
    assert!(nobody.ok && controls(&nobody).is_empty(), "{nobody:?}");
    world.account.create_function(FUNCTION).await;
    attach(&world, ADMINISTRATOR).await;
    let made = world.event("create-function.json").replace("legacy-import", FUNCTION);
    assert!(bootstrap.deliver(&made).ok);

    let answer = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 2));

    finding(&answer, OVERBROAD);
}

#[tokio::test]
async fn on_request_a_policy_is_detached_and_a_restore_attaches_it_again() {
    let world = World::new().await;
    let policy = on_request();
    let bootstrap = world.bootstrap(&enforced(&policy));
    known(&world, &bootstrap).await;
    let before = settings(&world).await;
    attach(&world, ADMINISTRATOR).await;
    let opened = settings(&world).await;
    world.calls();

    let answer = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 2));

    assert!(answer.ok, "{answer:?}");
    finding(&answer, OVERBROAD);
    assert_eq!(changes(&world.calls()), ["DetachRolePolicy"]);
    assert_eq!(settings(&world).await, before);
    // A role has no Region, and the journal has one.
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains(&format!(" --region {}\n", world.region())), "{told}");
    for number in [2, 3] {
        let again = bootstrap.deliver(&attached(&world, ADMINISTRATOR, number));
        assert!(again.ok && controls(&again).is_empty(), "{again:?}");
    }
    assert!(changes(&world.calls()).is_empty());
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("attach-role-policy"), "{printed}");
    assert_eq!(settings(&world).await, opened);
    let held = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 4));
    assert!(held.ok, "{held:?}");
    assert!(changes(&world.calls()).is_empty(), "what was restored is left alone");
    assert_eq!(settings(&world).await, opened);
}

#[tokio::test]
async fn a_policy_that_was_attached_long_ago_is_not_detached_when_it_is_attached_again() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    attach(&world, ADMINISTRATOR).await;
    let before = settings(&world).await;
    let policy = on_request();
    let bootstrap = world.bootstrap(&enforced(&policy));

    let answer = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 1));

    let unanswered = finding(&answer, OVERBROAD)["unanswered"].to_string();
    assert!(unanswered.contains("is not known"), "{unanswered}");
    assert_eq!(settings(&world).await, before);
}

#[tokio::test]
async fn what_a_trusted_principal_attaches_stays_and_is_what_was_there_from_then_on() {
    let world = World::new().await;
    let policy = on_request()
        .replace("principals: []", r#"principals: ["arn:aws:iam::111122223333:user/mallory"]"#);
    assert!(policy.contains("user/mallory"));
    let bootstrap = world.bootstrap(&enforced(&policy));
    known(&world, &bootstrap).await;
    attach(&world, ADMINISTRATOR).await;
    let opened = settings(&world).await;

    let answer = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 2));

    let unanswered = finding(&answer, OVERBROAD)["unanswered"].to_string();
    assert!(unanswered.contains("a trusted principal did it"), "{unanswered}");
    let other = attached(&world, ADMINISTRATOR, 3).replace("user/mallory", "user/somebody");
    let repeated = bootstrap.deliver(&other);
    assert!(repeated.ok && controls(&repeated).is_empty(), "{repeated:?}");
    assert_eq!(settings(&world).await, opened);
}

#[tokio::test]
async fn an_inline_policy_is_found_although_white_space_hid_it_from_the_event() {
    let world = World::new().await;
    let policy = alone();
    let bootstrap = world.bootstrap(&enforced(&policy));
    known(&world, &bootstrap).await;
    let padded = format!("{FULL}{}", " ".repeat(110_000));
    world.account.put_role_policy(&world.account.role(FUNCTION), "keys", &padded).await;
    let hidden = told(&world, "put-role-policy.json", 2, |detail| {
        detail["requestParameters"] = json!({
            "omitted": true,
            "originalSize": 110_200,
            "reason": "requestParameters too large",
        });
    });

    let answer = bootstrap.deliver(&hidden);

    let found = finding(&answer, OVERBROAD);
    assert_eq!(found["resource"], world.account.role_arn(FUNCTION));
    let evidence = found["evidence"].to_string();
    assert!(evidence.contains("inline policy `keys`"), "{evidence}");
    assert!(!evidence.contains("inline policy `work`"), "it was there before: {evidence}");
}

#[tokio::test]
async fn on_request_an_inline_policy_is_deleted_and_a_restore_writes_it_again() {
    let world = World::new().await;
    let policy = on_request();
    let bootstrap = world.bootstrap(&enforced(&policy));
    known(&world, &bootstrap).await;
    let before = settings(&world).await;
    world.account.put_role_policy(&world.account.role(FUNCTION), "keys", FULL).await;
    let opened = settings(&world).await;
    world.calls();
    let put = |number| {
        told(&world, "put-role-policy.json", number, |detail| {
            detail["requestParameters"]["policyName"] = json!("keys");
            detail["requestParameters"]["policyDocument"] = json!(FULL);
        })
    };

    let answer = bootstrap.deliver(&put(2));

    assert_eq!(changes(&world.calls()), ["DeleteRolePolicy"], "{answer:?}");
    assert_eq!(settings(&world).await, before);
    let again = bootstrap.deliver(&put(2));
    assert!(again.ok && changes(&world.calls()).is_empty(), "{again:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(settings(&world).await, opened);
}

#[tokio::test]
async fn on_request_the_version_before_is_put_in_force_again() {
    let world = World::new().await;
    let policy = on_request();
    let bootstrap = world.bootstrap(&enforced(&policy));
    world.account.create_function(FUNCTION).await;
    let iam = &world.account.iam;
    let small = FULL.replace("kms:*", "kms:DescribeKey");
    let name = format!("keys-{}", world.region());
    let create = iam.create_policy().policy_name(name).policy_document(small);
    let created = create.send().await.expect("a policy").policy.and_then(|policy| policy.arn);
    let arn = created.expect("it has an ARN");
    attach(&world, &arn).await;
    let seen = bootstrap.deliver(&attached(&world, &arn, 1));
    assert!(seen.ok && controls(&seen).is_empty(), "{seen:?}");
    let version = iam.create_policy_version().policy_arn(&arn).policy_document(FULL);
    version.set_as_default(true).send().await.expect("a version");
    world.calls();
    let event = |number| {
        told(&world, "create-policy-version.json", number, |detail| {
            detail["requestParameters"]["policyArn"] = json!(arn);
        })
    };

    let answer = bootstrap.deliver(&event(2));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(finding(&answer, OVERBROAD)["resource"], arn);
    assert_eq!(changes(&world.calls()), ["SetDefaultPolicyVersion"]);
    assert!(world.account.managed_policy(&arn).await.contains("DescribeKey"));
    let again = bootstrap.deliver(&event(3));
    assert!(again.ok && controls(&again).is_empty(), "{again:?}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert!(world.account.managed_policy(&arn).await.contains("kms:*"));
    let held = bootstrap.deliver(&event(4));
    assert!(held.ok && changes(&world.calls()).is_empty(), "{held:?}");
}

#[tokio::test]
async fn another_account_in_the_trust_policy_is_found_and_on_request_put_back() {
    for asked in [false, true] {
        let world = World::new().await;
        let policy = if asked { on_request() } else { alone() };
        let bootstrap = world.bootstrap(&enforced(&policy));
        known(&world, &bootstrap).await;
        let before = trust(&world).await;
        let sample = world.event("update-assume-role-policy.json");
        let event: Value = serde_json::from_str(&sample).expect("JSON");
        let wide = event["detail"]["requestParameters"]["policyDocument"].as_str();
        let wide = wide.expect("a document");
        let update = world.account.iam.update_assume_role_policy();
        let update = update.role_name(world.account.role(FUNCTION)).policy_document(wide);
        update.send().await.expect("it is written");
        world.calls();

        let answer = bootstrap.deliver(&sample);

        assert!(answer.ok, "{answer:?}");
        let found = finding(&answer, TRUST);
        assert_eq!(found["resource"], world.account.role_arn(FUNCTION));
        assert!(found["evidence"].to_string().contains("999988887777"), "{found}");
        let changed = world.calls();
        if !asked {
            assert!(changes(&changed).is_empty());
            assert_eq!(trust(&world).await, wide);
            continue;
        }
        assert_eq!(changes(&changed), ["UpdateAssumeRolePolicy"]);
        assert_eq!(trust(&world).await, before);
        let again = bootstrap.deliver(&sample);
        assert!(again.ok && controls(&again).is_empty(), "{again:?}");
        let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
        assert_eq!(code, 0, "{printed}");
        assert_eq!(trust(&world).await, wide);
    }
}

#[tokio::test]
async fn a_function_that_gives_itself_more_is_contained_and_its_role_is_told() {
    let world = World::new().await;
    let function = "report-generator";
    world.account.create_function(function).await;
    let role = world.account.role(function);
    let attach = world.account.iam.attach_role_policy().role_name(&role);
    attach.policy_arn(ADMINISTRATOR).send().await.expect("it is attached");
    let policy = alone();
    let bootstrap = world.bootstrap(&enforced(&policy));
    let event = told(&world, "create-access-key-by-function.json", 1, |detail| {
        detail["eventName"] = json!("AttachRolePolicy");
        detail["requestParameters"] = json!({ "roleName": role, "policyArn": ADMINISTRATOR });
        detail["responseElements"] = Value::Null;
    });

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    let seen = controls(&answer);
    assert!(seen.contains(&OVERBROAD), "{seen:?}");
    assert!(seen.contains(&"function.privilege-escalation"), "{seen:?}");
    assert!(writes(&world).contains(&"PutFunctionConcurrency".to_owned()));
    let (_, printed) = world.cordon(&["incidents", "show", &incident(&answer)]);
    assert!(printed.contains(&world.arn(function)), "{printed}");
    let (code, printed) = world.cordon(&["restore", &incident(&answer), "--force"]);
    assert_eq!(code, 0, "{printed}");
}

#[tokio::test]
async fn a_function_far_down_the_list_is_found() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    // Lambda lists fifty at a time; those before this one have a role of their own.
    for number in 0..55 {
        let role = world.account.role_arn("others");
        world.account.create_function_as(&format!("a{number}"), |call| call.role(role)).await;
    }
    attach(&world, ADMINISTRATOR).await;
    let policy = alone();
    let bootstrap = world.bootstrap(&enforced(&policy));

    let answer = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 1));

    finding(&answer, OVERBROAD);
    let lists = world.calls().into_iter().filter(|call| call.operation == "ListFunctions");
    assert_eq!(lists.count(), 2);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_nothing_is_put_back() {
    let world = World::new().await;
    let policy = on_request();
    let bootstrap = world.bootstrap(&enforced(&policy));
    known(&world, &bootstrap).await;
    attach(&world, ADMINISTRATOR).await;
    let opened = settings(&world).await;
    world.faults(
        r#"[{"service":"iam","operation":"ListRolePolicies","status":403,"code":"AccessDenied","message":"no"}]"#,
    );

    let answer = bootstrap.deliver(&attached(&world, ADMINISTRATOR, 2));

    assert!(!answer.ok, "{answer:?}");
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("cannot tell") && told.contains("could not be read"), "{told}");
    assert_eq!(settings(&world).await, opened);
}

#[tokio::test]
async fn a_function_of_another_region_that_changes_a_role_here_is_no_reason_to_look_away() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    attach(&world, ADMINISTRATOR).await;
    let policy = alone();
    let bootstrap = world.bootstrap(&enforced(&policy));
    let (role, elsewhere) = (world.account.role(FUNCTION), "sa-east-1");
    let event = told(&world, "create-access-key-by-function.json", 1, |detail| {
        let arn = format!("arn:aws:lambda:{elsewhere}:111122223333:function:report-generator");
        detail["userIdentity"]["inScopeOf"]["credentialsIssuedTo"] = json!(arn);
        detail["eventName"] = json!("AttachRolePolicy");
        detail["requestParameters"] = json!({ "roleName": role, "policyArn": ADMINISTRATOR });
    });

    let answer = bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), [OVERBROAD]);
    assert!(changes(&world.calls()).is_empty(), "that function is looked at where it is");
}
