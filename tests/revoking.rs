//! Whose credentials a containment takes: the function's, never those of whoever shares its role.

use crate::{
    compromise::{Asking, FUNCTION, contain, count, escalation, first, last, restore},
    harness::World,
    telling::{ENFORCE, controls},
};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const BOUNDARY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Own","Effect":"Allow","Action":["s3:*","logs:*"],"Resource":"*"}]}"#;

/// Long before every containment, and long after.
const EARLIER: &str = "2020-01-01T00:00:00Z";
const LATER: &str = "2100-01-01T00:00:00Z";

fn asking<'a>(role: &'a str, function: Option<&'a str>) -> Asking<'a> {
    Asking { role, function, session: "AROAEXAMPLE:somebody", issued: EARLIER }
}

async fn may_read(world: &World, asking: Asking<'_>) -> bool {
    asking.may(world, "s3:GetObject", "arn:aws:s3:::acme-invoices/2026").await
}

#[tokio::test]
async fn of_three_functions_that_share_a_role_the_other_two_keep_working() {
    let world = World::new().await;
    let role = world.account.role(FUNCTION);
    world.account.create_function(FUNCTION).await;
    for other in ["invoices", "reminders"] {
        let role = world.account.role_arn(FUNCTION);
        world.account.create_function_as(other, |call| call.role(role)).await;
    }
    let before = world.account.role_settings(&role).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let (_, incident) = contain(&world, &bootstrap);

    // Credentials that were read out of the process carry the key wherever they are used:
    // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    let arn = world.arn(FUNCTION);
    assert!(!may_read(&world, asking(&role, Some(&arn))).await, "the function goes on");
    let log = format!(
        "arn:aws:logs:{}:111122223333:log-group:/aws/lambda/{FUNCTION}:log-stream:now",
        world.region()
    );
    assert!(asking(&role, Some(&arn)).may(&world, "logs:PutLogEvents", &log).await);
    for other in ["invoices", "reminders"] {
        let other = world.arn(other);
        assert!(may_read(&world, asking(&role, Some(&other))).await, "{other} is cut off");
    }
    assert!(may_read(&world, asking(&role, None)).await);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("sessions issued before are not denied"), "{told}");
    assert!(told.contains(&world.arn("invoices")), "{told}");
    restore(&world, &incident);
    assert_eq!(world.account.role_settings(&role).await, before);
}

#[tokio::test]
async fn sessions_of_a_role_that_is_the_functions_alone_end_with_the_stop() {
    let world = World::new().await;
    let role = world.account.role(FUNCTION);
    world.account.create_function(FUNCTION).await;
    let before = world.account.role_settings(&role).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let (_, incident) = contain(&world, &bootstrap);

    let calls = world.calls();
    assert_eq!(count(&calls, "PutRolePolicy"), 2);
    assert!(last(&calls, "PutRolePolicy") > first(&calls, "PutFunctionConcurrency"));
    assert!(last(&calls, "PutRolePolicy") > last(&calls, "ListFunctions"));
    assert!(!may_read(&world, asking(&role, None)).await, "a session of before goes on");
    let later = Asking { issued: LATER, ..asking(&role, None) };
    assert!(may_read(&world, later).await, "nobody else may ever use the role again");
    restore(&world, &incident);
    assert_eq!(world.account.role_settings(&role).await, before);
}

#[tokio::test]
async fn sessions_go_on_where_another_region_shares_the_role() {
    let (world, elsewhere) = (World::new().await, World::new().await);
    let role = world.account.role_arn(FUNCTION);
    world.account.create_function(FUNCTION).await;
    elsewhere.account.create_function_as("invoices", |call| call.role(role)).await;
    world.other_regions(&[elsewhere.region()]);
    let bootstrap = world.bootstrap(&ENFORCE);

    contain(&world, &bootstrap);

    let role = world.account.role(FUNCTION);
    assert!(may_read(&world, asking(&role, None)).await);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains(&elsewhere.arn("invoices")), "{told}");
}

#[tokio::test]
async fn sessions_go_on_where_others_than_lambda_may_assume_the_role() {
    let world = World::new().await;
    let role = world.account.role(FUNCTION);
    let both = json!({ "Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"] });
    world.account.create_role_for(&role, "/", both).await;
    world.account.create_function(FUNCTION).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    contain(&world, &bootstrap);

    assert!(may_read(&world, asking(&role, None)).await);
    assert!(!may_read(&world, asking(&role, Some(&world.arn(FUNCTION)))).await);
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("lets others than AWS Lambda assume it"), "{told}");
}

#[tokio::test]
async fn where_the_role_takes_no_inline_policy_its_boundary_denies() {
    for bounded in [false, true] {
        let world = World::new().await;
        let role = world.account.role(FUNCTION);
        world.account.create_function(FUNCTION).await;
        fill(&world, &role).await;
        if bounded {
            let name = format!("own-{}", world.region());
            let create = world.account.iam.create_policy().policy_name(name);
            let created = create.policy_document(BOUNDARY).send().await.expect("a policy");
            let arn = created.policy.and_then(|policy| policy.arn).expect("it has an ARN");
            let put = world.account.iam.put_role_permissions_boundary().role_name(&role);
            put.permissions_boundary(arn).send().await.expect("a boundary");
        }
        let before = world.account.role_settings(&role).await;
        let bootstrap = world.bootstrap(&ENFORCE);

        let (answer, incident) = contain(&world, &bootstrap);

        let (own, other) = (world.arn(FUNCTION), world.arn("invoices"));
        assert!(!may_read(&world, asking(&role, Some(&own))).await, "{answer:?}");
        assert!(may_read(&world, asking(&role, Some(&other))).await, "{answer:?}");
        // What the boundary did not allow, it does not allow now.
        let send = asking(&role, Some(&other)).may(&world, "sqs:SendMessage", "*").await;
        assert_eq!(send, !bounded);
        restore(&world, &incident);
        assert_eq!(world.account.role_settings(&role).await, before);
    }
}

/// Leaves no room for another inline policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
async fn fill(world: &World, role: &str) {
    let resources: Vec<String> =
        (0..366).map(|number| format!("arn:aws:s3:::acme-{number:04}/*")).collect();
    let statement = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": resources });
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    world.account.put_role_policy(role, "filler", &document.to_string()).await;
}

#[tokio::test]
async fn a_role_of_a_service_is_left_and_told_and_the_function_is_stopped_all_the_same() {
    let world = World::new().await;
    let name = format!("AWSServiceRoleForReports{}", world.region());
    let path = "/aws-service-role/reports.amazonaws.com/";
    let lambda = json!({ "Service": "lambda.amazonaws.com" });
    world.account.create_role_for(&name, path, lambda).await;
    let role = format!("arn:aws:iam::111122223333:role{path}{name}");
    world.account.create_function_as(FUNCTION, |call| call.role(role)).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let (answer, incident) = contain(&world, &bootstrap);

    let calls = world.calls();
    assert_eq!(count(&calls, "PutRolePolicy"), 0);
    assert_eq!(count(&calls, "PutFunctionConcurrency"), 1);
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("only the service it belongs to can change it"), "{unanswered}");
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("not answered: credentials of role"), "{told}");
    restore(&world, &incident);
}

#[tokio::test]
async fn sessions_that_the_function_opened_on_another_role_end_and_no_others() {
    let world = World::new().await;
    let admin = format!("admin-{}-role", world.region());
    world.account.create_function(FUNCTION).await;
    world.account.create_role(&admin).await;
    let before = world.account.role_settings(&admin).await;
    world.trail(&[assumed(&world, &admin, "AROAEXAMPLE:loot")]);
    let bootstrap = world.bootstrap(&ENFORCE);

    let (answer, incident) = contain(&world, &bootstrap);

    let opened = Asking { session: "AROAEXAMPLE:loot", ..asking(&admin, None) };
    assert!(!may_read(&world, opened).await, "{answer:?}");
    assert!(may_read(&world, asking(&admin, None)).await, "everybody's sessions ended");
    restore(&world, &incident);
    assert_eq!(world.account.role_settings(&admin).await, before);
}

/// What CloudTrail has of a session that the function opened.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>
fn assumed(world: &World, role: &str, session: &str) -> Value {
    let event: Value = serde_json::from_str(&escalation(world, 1)).expect("JSON");
    let now = OffsetDateTime::now_utc().replace_nanosecond(0).expect("a time");
    json!({
        "eventVersion": "1.11",
        "eventID": "5d1f4a08-7ba2-44c1-9a2a-0f9a4c1c64a3",
        "eventTime": now.format(&Rfc3339).expect("a time"),
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "userIdentity": event["detail"]["userIdentity"],
        "requestParameters": {
            "roleArn": format!("arn:aws:iam::111122223333:role/{role}"),
            "roleSessionName": "loot",
        },
        "responseElements": {
            "assumedRoleUser": {
                "assumedRoleId": session,
                "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/loot"),
            },
        },
    })
}

#[tokio::test]
async fn a_policy_of_the_same_role_that_was_padded_out_of_the_record_hides_nothing() {
    // What is too long for a record is left out of it:
    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let mut event: Value = serde_json::from_str(&escalation(&world, 1)).expect("JSON");
    event["detail"]["eventName"] = json!("PutRolePolicy");
    event["detail"]["requestParameters"] =
        json!({ "reason": "TOO_LARGE", "omitted": true, "originalSize": 131_234 });

    let answer = bootstrap.deliver(&event.to_string());

    assert!(answer.ok, "{answer:?}");
    let of_the_role = ["execution-role.overbroad", "function.privilege-escalation"];
    assert_eq!(controls(&answer), of_the_role);
    assert_eq!(count(&world.calls(), "PutFunctionConcurrency"), 1);
}
