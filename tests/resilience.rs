//! What goes wrong on the way: refused, throttled and lost calls, concurrent deliveries, events
//! that are malformed, foreign or Cordon's own.

use crate::{
    harness::{Installation, SHIPPED, World},
    telling::{ENFORCE, controls, document, incident, statement, trigger, writes},
};
use serde_json::{Value, json};

async fn open_orders(world: &World) -> String {
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let public = statement("open-to-all", json!("*"), &arn, None);
    world.account.put_policy(&arn, &document(&[trigger(world, &arn), public])).await;
    arn
}

async fn is_closed(world: &World, arn: &str) -> bool {
    world.account.policy(arn).await == Some(document(&[trigger(world, arn)]))
}

#[tokio::test]
async fn a_policy_that_changed_meanwhile_is_read_and_decided_on_again() {
    let world = World::new().await;
    let arn = open_orders(&world).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    world.faults(
        r#"[{"service":"lambda","operation":"PutResourcePolicy","times":1,"status":412,
             "code":"PreconditionFailedException","message":"changed"}]"#,
    );

    let answer = bootstrap.deliver(&world.event("add-permission-public.json"));

    assert!(answer.ok, "{answer:?}");
    assert!(is_closed(&world, &arn).await);
    assert_eq!(writes(&world), ["PutResourcePolicy", "PutResourcePolicy"]);
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
}

#[tokio::test]
async fn where_full_documents_are_refused_statements_are_removed_one_by_one() {
    for status in [
        r#""status":403,"code":"AccessDeniedException""#,
        r#""status":404,"code":"UnknownOperationException""#,
    ] {
        let world = World::new().await;
        let arn = world.arn("orders");
        world.account.create_function("orders").await;
        let account = json!({ "AWS": "arn:aws:iam::999988887777:root" });
        let policy = document(&[
            statement("open-to-all", json!("*"), &arn, None),
            trigger(&world, &arn),
            statement("foreign", account, &arn, None),
        ]);
        world.account.put_policy(&arn, &policy).await;
        let bootstrap = world.bootstrap(&ENFORCE);
        world.faults(&format!(
            r#"[{{"service":"lambda","operation":"(Get|Put|Delete)ResourcePolicy",{status},"message":"no"}}]"#
        ));

        let answer = bootstrap.deliver(&world.event("add-permission-public.json"));

        assert!(answer.ok, "{answer:?}");
        assert!(is_closed(&world, &arn).await);
        let note = answer.findings[0]["plan"][0]["outcome"]["note"].as_str().unwrap_or_default();
        assert!(note.contains("statement by statement"), "{note}");
        let written = writes(&world);
        assert!(written.ends_with(&["RemovePermission".into(), "RemovePermission".into()]));
        world.faults("[]");
        let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
        assert_eq!(code, 0, "{printed}");
        assert_eq!(world.account.policy(&arn).await, Some(policy));
    }
}

#[tokio::test]
async fn what_fails_is_named_and_the_retry_does_what_is_missing() {
    let world = World::new().await;
    let arn = open_orders(&world).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    world.faults(
        r#"[{"service":"lambda","operation":"PutResourcePolicy","status":500,
             "code":"ServiceException","message":"no"}]"#,
    );
    let event = world.event("add-permission-public.json");

    let failed = bootstrap.deliver(&event);

    assert!(!failed.ok);
    assert!(failed.body.contains("PutResourcePolicy"), "{failed:?}");
    assert!(failed.body.contains("ServiceException"), "{failed:?}");
    assert_eq!(failed.findings[0]["Failures"], 1);
    assert!(!is_closed(&world, &arn).await);
    world.faults("[]");
    let retried = bootstrap.deliver(&event);
    assert!(retried.ok, "{retried:?}");
    assert!(is_closed(&world, &arn).await);
    let (code, printed) = world.cordon(&["restore", &incident(&retried)]);
    assert_eq!(code, 0, "{printed}");
}

#[tokio::test]
async fn a_lost_answer_is_told_by_the_retry_and_nothing_is_done_twice() {
    for lost in [
        r#"{"service":"lambda","operation":"PutResourcePolicy","late":true,"status":500,"code":"ServiceException","message":"lost"}"#,
        r#"{"service":"dynamodb","operation":"UpdateItem","after":3,"status":500,"code":"InternalServerError","message":"lost"}"#,
        r#"{"service":"sns","operation":"Publish","status":500,"code":"InternalError","message":"lost"}"#,
    ] {
        let world = World::new().await;
        let arn = open_orders(&world).await;
        let before = world.account.policy_text(&arn).await;
        let bootstrap = world.bootstrap(&ENFORCE);
        world.faults(&format!("[{lost}]"));
        let event = world.event("add-permission-public.json");

        bootstrap.deliver(&event);
        world.faults("[]");
        world.calls();
        let retried = bootstrap.deliver(&event);

        assert!(retried.ok, "{lost}: {retried:?}");
        assert!(is_closed(&world, &arn).await, "{lost}");
        let calls = world.calls();
        let written = calls.iter().filter(|call| call.mutating && call.service == "lambda");
        assert_eq!(written.count(), 0, "{lost}");
        let told = calls.iter().filter(|call| call.operation == "Publish").count();
        assert_eq!(told, 1, "{lost}");
        let (code, printed) = world.cordon(&["restore", &incident(&retried)]);
        assert_eq!(code, 0, "{lost}: {printed}");
        assert_eq!(world.account.policy_text(&arn).await, before, "{lost}");
    }
}

#[tokio::test]
async fn concurrent_deliveries_end_in_one_incident_and_the_right_state() {
    let world = World::new().await;
    let arn = open_orders(&world).await;
    let before = world.account.policy_text(&arn).await;
    let event = world.event("add-permission-public.json");
    let environments: Vec<_> = (0..4).map(|_| world.bootstrap(&ENFORCE)).collect();

    let answers: Vec<_> = std::thread::scope(|scope| {
        let event = &event;
        let deliveries: Vec<_> = environments
            .into_iter()
            .map(|bootstrap| scope.spawn(move || bootstrap.deliver(event)))
            .collect();
        deliveries.into_iter().map(|delivery| delivery.join().expect("an answer")).collect()
    });

    assert!(answers.iter().all(|answer| answer.ok), "{answers:?}");
    assert!(is_closed(&world, &arn).await);
    assert_eq!(world.account.incidents().await, 1);
    let named = answers.iter().find(|answer| answer.body.contains("inc-")).expect("one acted");
    let (code, printed) = world.cordon(&["restore", &incident(named)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.policy_text(&arn).await, before, "{printed}");
}

#[tokio::test]
async fn events_that_concern_nobody_cost_no_call() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let event = world.event("add-permission-public.json");
    let harmless = world.event("add-permission-s3-unscoped.json").replace(
        "\\\"Condition\\\":{",
        "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"AWS:SourceAccount\\\":\\\"111122223333\\\"},",
    );
    assert_ne!(harmless, world.event("add-permission-s3-unscoped.json"));
    for (what, event) in [
        (
            "another account",
            event.replace("\"account\": \"111122223333\"", "\"account\": \"444455556666\""),
        ),
        (
            "a failed call",
            event.replace("\"eventSource\":", "\"errorCode\": \"AccessDenied\", \"eventSource\":"),
        ),
        ("another source", event.replace("\"source\": \"aws.lambda\"", "\"source\": \"aws.ec2\"")),
        ("another API", event.replace("AddPermission20150331v2", "ListFunctions20150331")),
        ("another Region", event.replace(world.region(), "yy-elsewhere-1")),
        ("its own call", own_call(&event)),
        ("a harmless grant", harmless),
    ] {
        let answer = bootstrap.deliver(&event);
        assert!(answer.ok, "{what}: {answer:?}");
        assert!(answer.findings.is_empty(), "{what}: {answer:?}");
        let calls = world.calls();
        assert!(calls.is_empty(), "{what}: {calls:?}");
    }
}

/// The event as if Cordon's own role had made the call.
fn own_call(event: &str) -> String {
    let mut event: Value = serde_json::from_str(event).expect("JSON");
    event["detail"]["userIdentity"] = json!({
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/cordon-role/cordon-responder",
        "accountId": "111122223333",
        "sessionContext": {
            "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::111122223333:role/cordon-role" }
        }
    });
    event.to_string()
}

#[tokio::test]
async fn cordon_never_acts_on_itself() {
    let world = World::new().await;
    let arn = world.arn("cordon-responder");
    world.account.create_function("cordon-responder").await;
    let public = document(&[statement("open-to-all", json!("*"), &arn, None)]);
    world.account.put_policy(&arn, &public).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let event = world.event("add-permission-public.json").replace("orders", "cordon-responder");
    let answer = bootstrap.deliver(&event);

    assert_eq!(controls(&answer), ["function-policy.public", "responder.tampered"]);
    assert_eq!(answer.findings[0]["plan"][0]["outcome"]["because"], "itself");
    assert_eq!(world.account.policy(&arn).await, Some(public));
}

#[tokio::test]
async fn malformed_events_are_errors_that_name_their_reason_and_the_function_goes_on() {
    let world = World::new().await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let event = world.event("add-permission-public.json");
    let without = |pointer: &str| {
        let mut event: Value = serde_json::from_str(&event).expect("JSON");
        *event.pointer_mut(pointer).expect("a field") = Value::Null;
        event["detail"]["responseElements"] = Value::Null;
        event.to_string()
    };
    let wrong = |pointer: &str| {
        let mut event: Value = serde_json::from_str(&event).expect("JSON");
        *event.pointer_mut(pointer).expect("a field") = json!({ "wrong": ["type"] });
        event.to_string()
    };
    for (event, reason) in [
        (event.chars().take(200).collect(), "EOF"),
        ("{}".to_owned(), "detail-type"),
        ("[]".to_owned(), "the envelope"),
        ("null".to_owned(), "the envelope"),
        (without("/account"), "account"),
        (without("/id"), "id"),
        (without("/detail"), "detail"),
        (without("/detail/requestParameters"), "which function"),
        (without("/detail/requestParameters/functionName"), "which function"),
        (wrong("/detail/requestParameters/functionName"), "requestParameters"),
        (wrong("/detail/eventName"), "detail"),
        (wrong("/source"), "the envelope"),
        (
            world
                .event("remove-permission.json")
                .replace("\"functionName\": \"orders\"", "\"functionName\": \"arn:aws:lambda\""),
            "names nothing",
        ),
    ] {
        let answer = bootstrap.deliver(&event);
        assert!(!answer.ok, "{reason}: {answer:?}");
        assert!(answer.body.contains(reason), "{reason}: {answer:?}");
    }
    let calls = world.calls();
    assert!(calls.is_empty(), "{calls:?}");
    let large =
        event.replace("\"userAgent\": \"", &format!("\"userAgent\": \"{}", "x".repeat(1_000_000)));
    open_orders(&world).await;
    let answer = bootstrap.deliver(&large);
    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["function-policy.public"]);
    assert!(answer.log.len() < 10_000, "{}", answer.log.len());
}

#[tokio::test]
async fn policies_that_cannot_be_understood_are_reported_and_left_alone() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let anyone = |condition: Value| statement("s", json!("*"), &arn, Some(condition));
    for statement in [
        anyone(json!({ "StringEquals": { "aws:UnheardOf": "x" } })),
        anyone(json!({ "StringMatches": { "aws:SourceAccount": "x" } })),
        statement("s", json!({ "Martian": "x" }), &arn, None),
        anyone(json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } })),
    ] {
        let policy = document(&[statement]);
        world.account.put_policy(&arn, &policy).await;
        let answer = bootstrap.deliver(&world.event("add-permission-public.json"));
        assert!(answer.ok, "{answer:?}");
        assert!(answer.findings.is_empty(), "{policy}: {answer:?}");
        assert!(answer.body.contains("InsufficientData"), "{policy}: {answer:?}");
        assert!(answer.log.contains("\"InsufficientData\":1"), "{policy}: {answer:?}");
        let told = world.calls().iter().filter(|call| call.operation == "Publish").count();
        assert_eq!(told, 1, "{policy}");
        assert_eq!(world.account.policy(&arn).await, Some(policy));
    }
    assert!(writes(&world).is_empty());
}

#[tokio::test]
async fn values_of_the_environment_reach_no_log_no_tag_and_no_journal() {
    let world = World::new().await;
    world.account.create_function_with("legacy-import", "python3.9").await;
    world.account.set_environment("legacy-import", "DB_PASSWORD", "correct-horse-battery").await;
    let policy = SHIPPED
        .replace("defaults:\n  # The mode", "defaults:\n  # As")
        .replace("mode: dry-run\n\n# Who", "mode: enforce\n\n# Who");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });

    let answer = bootstrap.deliver(&world.event("create-function.json"));

    assert_eq!(
        controls(&answer),
        ["environment.unencrypted", "environment.secret", "runtime.deprecated"]
    );
    let arn = world.arn("legacy-import");
    let after = world.account.look("legacy-import", &arn, &[]).await;
    assert_eq!(after.tags.len(), 3, "{after:?}");
    let everything = format!("{answer:?} {after:?} {}", world.account.journal_text().await);
    assert!(everything.contains("environment.unencrypted"));
    assert!(!everything.contains("correct-horse-battery"), "{everything}");
}

#[tokio::test]
async fn no_secret_and_no_whole_event_of_a_containment_is_kept_or_told() {
    let world = World::new().await;
    let function = "report-generator";
    world.account.create_function(function).await;
    world.account.set_environment(function, "DB_PASSWORD", "correct-horse-battery").await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let answer = bootstrap.deliver(&world.event("create-access-key-by-function.json"));

    let after = world.account.look(function, &world.arn(function), &[]).await;
    let (_, shown) = world.cordon(&["incidents", "show", &incident(&answer), "--json"]);
    let told = world.account.notifications().await;
    assert_eq!(told.len(), 1, "{told:?}");
    let journal = world.account.journal_text().await;
    let everything = format!("{answer:?} {after:?} {journal} {told:?} {shown}");
    assert!(everything.contains("cordon:status"));
    // A value of the environment, two access keys, where the call came from, and a field of the event.
    for secret in [
        "correct-horse-battery",
        "AKIAIOSFODNN7EXAMPL2",
        "ASIAI44QH8DHBEXAMPLE",
        "203.0.113.140",
        "tlsDetails",
    ] {
        assert!(!everything.contains(secret), "{secret}: {everything}");
    }
}

#[tokio::test]
async fn a_broken_installation_says_at_start_who_must_mend_it() {
    let world = World::new().await;
    for (mode, policy, reason) in [
        ("enforced", None, "CORDON_MODE"),
        ("enforce", Some("{}"), "compile `policy.yaml` again"),
        ("enforce", Some(r#"{"sha256":"0","policy":{"version":1}}"#), "hash"),
    ] {
        let error = world.start_error(mode, policy);
        assert!(error.contains(reason), "{error}");
    }
}

#[tokio::test]
async fn an_answer_lost_before_the_sdk_tries_again_is_still_a_change_that_can_be_undone() {
    for (operation, whole) in [("PutResourcePolicy", false), ("DeleteResourcePolicy", true)] {
        let world = World::new().await;
        let arn = open_orders(&world).await;
        if whole {
            let public = statement("open-to-all", json!("*"), &arn, None);
            world.account.put_policy(&arn, &document(&[public])).await;
        }
        let before = world.account.policy_text(&arn).await;
        let bootstrap = world.bootstrap(&ENFORCE);
        world.faults(&format!(
            r#"[{{"service":"lambda","operation":"{operation}","times":1,"late":true,"status":500,
                 "code":"ServiceException","message":"lost"}}]"#
        ));

        let answer = bootstrap.deliver(&world.event("add-permission-public.json"));

        assert!(answer.ok, "{operation}: {answer:?}");
        assert_eq!(answer.findings[0]["Remediations"], 1, "{operation}: {answer:?}");
        assert_ne!(world.account.policy_text(&arn).await, before, "{operation}");
        let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
        assert_eq!(code, 0, "{operation}: {printed}");
        assert_eq!(world.account.policy_text(&arn).await, before, "{operation}: {printed}");
    }
}

#[tokio::test]
async fn statements_removed_only_in_part_come_back_with_the_rest() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let open = |sid: &str| statement(sid, json!("*"), &arn, None);
    let policy = document(&[open("one"), trigger(&world, &arn), open("two"), open("three")]);
    world.account.put_policy(&arn, &policy).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let refused = r#"{"service":"lambda","operation":"(Get|Put|Delete)ResourcePolicy","status":403,
                      "code":"AccessDeniedException","message":"no"}"#;
    world.faults(&format!(
        r#"[{refused},{{"service":"lambda","operation":"RemovePermission","after":1,"status":500,
            "code":"ServiceException","message":"no"}}]"#
    ));
    let event = world.event("add-permission-public.json");

    let failed = bootstrap.deliver(&event);

    assert!(!failed.ok, "{failed:?}");
    world.faults(&format!("[{refused}]"));
    let retried = bootstrap.deliver(&event);
    assert!(retried.ok, "{retried:?}");
    assert!(is_closed(&world, &arn).await);
    world.faults("[]");
    let (code, printed) = world.cordon(&["restore", &incident(&retried)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(world.account.policy(&arn).await, Some(policy));
}

#[tokio::test]
async fn what_cannot_be_read_again_is_not_taken_for_done() {
    let world = World::new().await;
    let arn = open_orders(&world).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    world.faults(
        r#"[{"service":"lambda","operation":"PutResourcePolicy","times":1,"status":412,
             "code":"PreconditionFailedException","message":"changed"},
            {"service":"lambda","operation":"GetResourcePolicy","after":1,"status":429,
             "code":"TooManyRequestsException","message":"slow down"}]"#,
    );
    let event = world.event("add-permission-public.json");

    let failed = bootstrap.deliver(&event);

    assert!(!failed.ok, "{failed:?}");
    assert!(!is_closed(&world, &arn).await);
    world.faults("[]");
    assert!(bootstrap.deliver(&event).ok);
    assert!(is_closed(&world, &arn).await);
}

#[tokio::test]
async fn padding_that_makes_scoping_too_long_does_not_keep_a_public_grant() {
    let world = World::new().await;
    let arn = world.arn("orders");
    world.account.create_function("orders").await;
    let events = json!({ "Service": "events.amazonaws.com" });
    let mut statements = vec![statement("open-to-all", json!("*"), &arn, None)];
    for number in 0..100 {
        statements.push(statement(&format!("padding-{number}"), events.clone(), &arn, None));
    }
    world.account.put_policy(&arn, &document(&statements)).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let answer = bootstrap.deliver(&world.event("add-permission-public.json"));

    assert!(answer.ok, "{answer:?}");
    let after = world.account.policy(&arn).await.expect("the padding is left");
    assert_eq!(after["Statement"][0]["Sid"], "padding-0");
    let unscoped = &answer.findings[1];
    assert_eq!(unscoped["control"], "function-policy.unscoped-service");
    assert!(unscoped["unanswered"].to_string().contains("nothing was scoped"), "{unscoped}");
}

#[tokio::test]
async fn restore_does_not_pass_over_a_record_that_it_cannot_read() {
    let world = World::new().await;
    open_orders(&world).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    let answer = bootstrap.deliver(&world.event("add-permission-public.json"));
    world.account.spoil_journal(&incident(&answer)).await;

    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);

    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("unreadable journal record"), "{printed}");
}

#[tokio::test]
async fn what_one_control_cannot_read_keeps_no_other_from_acting() {
    let world = World::new().await;
    let arn = world.arn("webhook");
    world.account.create_function("webhook").await;
    let public = statement("open-to-all", json!("*"), &arn, None);
    world.account.put_policy(&arn, &document(&[trigger(&world, &arn), public])).await;
    let bootstrap = world.bootstrap(&ENFORCE);
    world.faults(
        r#"[{"service":"lambda","operation":"GetFunctionUrlConfig","status":403,
             "code":"AccessDeniedException","message":"no"}]"#,
    );
    // The event shows a statement for a URL; another one is open to all.
    let shown = world
        .event("add-permission-public.json")
        .replace("orders", "webhook")
        .replace("lambda:InvokeFunction\\\"", "lambda:InvokeFunctionUrl\\\"")
        .replace(
            "\\\"Resource\\\":",
            "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"lambda:FunctionUrlAuthType\\\":\\\"NONE\\\"}},\\\"Resource\\\":",
        );

    let answer = bootstrap.deliver(&shown);

    assert!(is_closed(&world, &arn).await, "{answer:?}");
    assert!(!answer.ok, "what could not be read is an error all the same: {answer:?}");
    assert!(answer.body.contains("GetFunctionUrlConfig"), "{answer:?}");
}

#[tokio::test]
async fn a_cut_short_incident_is_told_even_where_something_else_is_withheld() {
    let world = World::new().await;
    world.account.create_function_with("legacy-import", "python3.9").await;
    world.account.set_environment("legacy-import", "STAGE", "test").await;
    let policy = "version: 1\ncontrols:\n  runtime.deprecated: { mode: enforce }\n";
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy });
    world.faults(
        r#"[{"service":"sns","operation":"Publish","status":500,"code":"InternalError","message":"no"}]"#,
    );
    let event = world.event("create-function.json");
    assert!(!bootstrap.deliver(&event).ok);
    world.faults("[]");
    world.calls();

    let retried = bootstrap.deliver(&event);

    assert!(retried.ok, "{retried:?}");
    assert_eq!(controls(&retried).len(), 3, "{retried:?}");
    assert!(writes(&world).is_empty());
    assert!(incident(&retried).starts_with("inc-"));
}

/// An invocation of `thumbnails` by a role of its own account.
pub fn invoked_by_role(world: &World) -> String {
    let mut event: Value =
        serde_json::from_str(&world.event("invoke-unexpected-service.json")).expect("JSON");
    event["detail"]["userIdentity"] = json!({
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/batch/worker",
        "accountId": "111122223333",
        "sessionContext": {
            "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::111122223333:role/batch" }
        }
    });
    event.to_string()
}

#[tokio::test]
async fn a_second_delivery_does_not_stop_what_the_first_one_mended() {
    let policy = "version: 1\ncontrols:\n  invocation.unauthorized:\n    mode: enforce\n    \
                  parameters: { functions: [{ function: thumbnails, stop: true }] }\n";
    for (has_statement, reserved) in [(true, None), (false, Some(0))] {
        let world = World::new().await;
        let arn = world.arn("thumbnails");
        world.account.create_function("thumbnails").await;
        let mut statements = vec![trigger(&world, &arn)];
        if has_statement {
            let role = json!({ "AWS": "arn:aws:iam::111122223333:role/batch" });
            statements.push(statement("batch", role, &arn, None));
        }
        world.account.put_policy(&arn, &document(&statements)).await;
        let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy });
        let event = invoked_by_role(&world);

        let first = bootstrap.deliver(&event);
        let second = bootstrap.deliver(&event);

        assert!(first.ok && second.ok, "{first:?} {second:?}");
        let after = world.account.look("thumbnails", &arn, &[]).await;
        assert_eq!(after.reserved, reserved, "{first:?} {second:?}");
        assert!(is_closed(&world, &arn).await);
    }
}

#[tokio::test]
async fn a_throttled_read_is_left_to_the_retry_and_a_refused_one_is_told() {
    for (status, code, told) in
        [(429, "TooManyRequestsException", 0), (403, "AccessDeniedException", 1)]
    {
        let world = World::new().await;
        let arn = open_orders(&world).await;
        let bootstrap = world.bootstrap(&ENFORCE);
        world.faults(&format!(
            r#"[{{"service":"lambda","operation":"Get(Resource)?Policy","status":{status},
                 "code":"{code}","message":"no"}}]"#
        ));
        let event = world.event("add-permission-public.json");

        let failed = bootstrap.deliver(&event);

        assert!(!failed.ok && failed.body.contains(code), "{failed:?}");
        let calls = world.calls();
        let published = calls.iter().filter(|call| call.operation == "Publish").count();
        assert_eq!(published, told, "{code}");
        world.faults("[]");
        assert!(bootstrap.deliver(&event).ok);
        assert!(is_closed(&world, &arn).await);
    }
}
