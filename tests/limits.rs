//! Limits: what a flood of events can make Cordon do at most, who is told of the rest, and how it
//! goes on afterwards.

use crate::{
    harness::{Answer, Bootstrap, Installation, SHIPPED, World},
    telling::{document, limited, statement, writes},
};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_lambda::types::FunctionUrlAuthType;
use cordon::policy::{Class, Kind, Limits, Per, source};
use serde_json::{Value, json};
use std::thread;
use time::{Duration, OffsetDateTime};

fn bootstrap(world: &World, limits: &str) -> Bootstrap {
    world.bootstrap(&Installation { mode: "enforce", policy: &limited(limits) })
}

/// A sample event about another function, as an event of its own.
fn event_about(world: &World, sample: &str, function: &str, other: &str) -> String {
    let event = world.event(sample).replace(function, other);
    let mut event: Value = serde_json::from_str(&event).expect("JSON");
    event["detail"]["eventID"] = json!(format!("{sample} {other}"));
    event.to_string()
}

fn escalation(world: &World, function: &str) -> String {
    event_about(world, "create-access-key-by-function.json", "report-generator", function)
}

/// Another event of the same credentials.
fn another_escalation(world: &World, function: &str) -> String {
    let event = escalation(world, function).replace("CreateAccessKey", "CreateUser");
    event.replace("create-access-key-by-function.json", "another")
}

fn opened(world: &World, function: &str) -> String {
    event_about(world, "add-permission-public.json", "orders", function)
}

fn unscoped(world: &World, function: &str) -> String {
    event_about(world, "add-permission-s3-unscoped.json", "thumbnails", function)
}

/// Functions whose policies are open to all, and to a service without a scope.
async fn seed(world: &World, functions: &[String]) {
    for function in functions {
        world.account.create_function(function).await;
        let arn = world.arn(function);
        let public = statement("open-to-all", json!("*"), &arn, None);
        let s3 = json!({ "Service": "s3.amazonaws.com" });
        let statements = match function.starts_with("decoy") {
            true => [statement("s3", s3, &arn, None)],
            false => [public],
        };
        world.account.put_policy(&arn, &document(&statements)).await;
    }
}

fn named(prefix: &str, number: usize) -> Vec<String> {
    (0..number).map(|index| format!("{prefix}-{index:02}")).collect()
}

/// How many of them nobody may invoke any more.
async fn changed(world: &World, functions: &[String]) -> usize {
    let mut changed = 0;
    for function in functions {
        let policy = world.account.policy_text(&world.arn(function)).await;
        changed += usize::from(!policy.unwrap_or_default().contains("open-to-all"));
    }
    changed
}

async fn stopped(world: &World, functions: &[String]) -> usize {
    let mut stopped = 0;
    for function in functions {
        let get = world.account.lambda.get_function_concurrency().function_name(function);
        let reserved = get.send().await.expect("it answers").reserved_concurrent_executions;
        stopped += usize::from(reserved == Some(0));
    }
    stopped
}

/// Delivers a share of the events to each environment, all at the same time.
fn flood(environments: &mut [Bootstrap], events: &[String]) -> Vec<Answer> {
    let crowd = environments.len();
    thread::scope(|scope| {
        let each: Vec<_> = environments
            .iter_mut()
            .enumerate()
            .map(|(number, bootstrap)| {
                let share = events.iter().skip(number).step_by(crowd);
                scope.spawn(move || share.map(|event| bootstrap.deliver(event)).collect::<Vec<_>>())
            })
            .collect();
        each.into_iter().flat_map(|one| one.join().expect("it delivers")).collect()
    })
}

fn is_refused(answer: &Answer, limit: &str) -> bool {
    !answer.ok && answer.body.contains("Limited") && answer.body.contains(limit)
}

fn pages(told: &[String]) -> usize {
    told.iter().filter(|told| told.starts_with("PAGE: ")).count()
}

#[tokio::test]
async fn of_fifty_forged_triggers_five_functions_are_stopped_and_people_are_called_for_the_rest() {
    let world = World::new().await;
    let functions = named("victim", 50);
    for function in &functions {
        world.account.create_function(function).await;
    }
    let mut environments: Vec<_> = (0..8).map(|_| bootstrap(&world, "{}")).collect();
    let events: Vec<String> = functions.iter().map(|name| escalation(&world, name)).collect();

    let answers = flood(&mut environments, &events);

    assert_eq!(stopped(&world, &functions).await, 5);
    let limit = "stops per account, 5 in 1h";
    let refused = answers.iter().filter(|answer| is_refused(answer, limit)).count();
    assert_eq!((answers.iter().filter(|answer| answer.ok).count(), refused), (5, 45));
    assert_eq!(world.account.incidents().await, 5);
    let told = world.account.notifications().await;
    assert_eq!((told.len(), pages(&told)), (50, 45));
    let page = told.iter().find(|told| told.starts_with("PAGE: ")).expect("one");
    for words in [
        "WITHHELD, limit reached",
        "critical: limit reached: stops per account, 5 in 1h",
        "stop-function on arn:aws:lambda:",
        "withheld (limit reached",
        "raise the limit under `limits`",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let (code, printed) = world.cordon(&["incidents"]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains(&format!("limit reached: {limit}; breaker open until")), "{printed}");
    let (_, printed) = world.cordon(&["incidents", "--json"]);
    let breaker = printed.lines().find(|line| line.contains("breaker")).expect("a breaker");
    assert_eq!(serde_json::from_str::<Value>(breaker).expect("JSON")["breaker"]["state"], "open");
    // As Lambda tries them again.
    world.calls();
    let again = flood(&mut environments, &events);
    assert_eq!(again.iter().filter(|answer| answer.ok).count(), 5);
    assert_eq!(writes(&world), Vec::<String>::new());
    assert_eq!(world.account.notifications().await, Vec::<String>::new());
    assert_eq!(stopped(&world, &functions).await, 5);
}

#[tokio::test]
async fn deliveries_at_the_same_moment_do_not_pass_the_limit_together() {
    let world = World::new().await;
    let functions = named("orders", 12);
    seed(&world, &functions).await;
    let limits = "{ changes: { account: 4 }, reserve: 0 }";
    let mut environments: Vec<_> = (0..12).map(|_| bootstrap(&world, limits)).collect();
    let events: Vec<String> = functions.iter().map(|name| opened(&world, name)).collect();

    let answers = flood(&mut environments, &events);

    assert_eq!(changed(&world, &functions).await, 4, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.ok).count(), 4);
    let metrics = answers.iter().filter(|answer| answer.log.contains("\"LimitBreached\":1"));
    assert_eq!(metrics.count(), 8);
}

#[tokio::test]
async fn an_event_counts_once_however_often_it_is_delivered() {
    let world = World::new().await;
    let functions = named("orders", 3);
    seed(&world, &functions).await;
    let mut environments: Vec<_> = (0..4)
        .map(|_| bootstrap(&world, "{ changes: { account: 2, installation: 2 }, reserve: 0 }"))
        .collect();
    let [first, second, third] = [0, 1, 2].map(|index| opened(&world, &functions[index]));

    let answers = flood(&mut environments, &vec![first.clone(); 12]);

    assert!(answers.iter().all(|answer| answer.ok), "{answers:?}");
    assert!(environments[0].deliver(&second).ok);
    assert!(is_refused(&environments[0].deliver(&third), "changes per account, 2 in 1h"));
    assert!(environments[0].deliver(&first).ok);
    assert_eq!(changed(&world, &functions).await, 2);
}

#[tokio::test]
async fn a_critical_finding_is_answered_after_decoys_have_used_up_what_they_may() {
    let world = World::new().await;
    let decoys = named("decoy", 6);
    let functions = named("orders", 3);
    seed(&world, &decoys).await;
    seed(&world, &functions).await;
    let bootstrap = bootstrap(&world, "{ changes: { account: 5 }, reserve: 40 }");

    let told: Vec<Answer> =
        decoys.iter().map(|name| bootstrap.deliver(&unscoped(&world, name))).collect();

    let limit = "changes per account, 3 in 1h (2 more for critical findings)";
    let refused = told.iter().filter(|answer| is_refused(answer, limit)).count();
    assert_eq!((told.iter().filter(|answer| answer.ok).count(), refused), (3, 3), "{told:?}");
    let critical: Vec<bool> =
        functions.iter().map(|name| bootstrap.deliver(&opened(&world, name)).ok).collect();
    assert_eq!(critical, [true, true, false]);
    assert_eq!(changed(&world, &functions).await, 2);
}

#[tokio::test]
async fn what_keeps_a_containment_in_effect_is_no_further_stop() {
    let world = World::new().await;
    let functions = named("report", 2);
    for function in &functions {
        world.account.create_function(function).await;
    }
    let bootstrap = bootstrap(&world, "{ stops: { function: 1, account: 1 }, reserve: 0 }");
    let contained = bootstrap.deliver(&escalation(&world, &functions[0]));
    let incident = crate::telling::incident(&contained);
    for event in [
        world.second_look(&incident, &functions[0], 60),
        event_about(&world, "delete-function-concurrency.json", "report-generator", &functions[0]),
        another_escalation(&world, &functions[0]),
    ] {
        let delete = world.account.lambda.delete_function_concurrency();
        delete.function_name(&functions[0]).send().await.expect("it is undone");

        let answer = bootstrap.deliver(&event);

        assert!(answer.ok, "{answer:?}");
        assert_eq!(stopped(&world, &functions).await, 1, "{event}");
    }
    let other = bootstrap.deliver(&escalation(&world, &functions[1]));
    assert!(is_refused(&other, "stops per account, 1 in 1h"), "{other:?}");
    assert_eq!(stopped(&world, &functions).await, 1);
}

#[tokio::test]
async fn what_turns_up_later_is_counted_before_it_is_done() {
    let world = World::new().await;
    let functions = named("report", 1);
    let (function, arn) = (functions[0].as_str(), world.arn(&functions[0]));
    world.account.create_function(function).await;
    let bootstrap = bootstrap(&world, "{ changes: { function: 1 } }");
    let contained = bootstrap.deliver(&escalation(&world, function));
    assert!(contained.ok, "{contained:?}");
    // Doors are looked for only when everything urgent is done.
    world.account.create_url(function, FunctionUrlAuthType::None).await;
    let public = statement("open-to-all", json!("*"), &arn, None);
    world.account.put_policy(&arn, &document(&[public])).await;
    world.account.notifications().await;
    world.calls();
    let another = another_escalation(&world, function);

    for pages_now in [1, 0] {
        let answer = bootstrap.deliver(&another);

        assert!(is_refused(&answer, "changes per function, 1 in 1h"), "{answer:?}");
        assert_eq!(writes(&world), Vec::<String>::new());
        let told = world.account.notifications().await;
        assert_eq!((told.len(), pages(&told)), (pages_now, pages_now), "{told:?}");
    }
    assert_eq!(changed(&world, &functions).await, 0);
    // A limit keeps nobody from putting back what was done.
    let incident = crate::telling::incident(&contained);
    let (code, printed) = world.cordon(&["restore", &incident, "--force"]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(stopped(&world, &functions).await, 0);
}

/// Writes a breaker of `stops.account` that opened some time ago.
async fn breached(world: &World, ago: Duration) {
    let until = (OffsetDateTime::now_utc() - ago + Duration::HOUR).unix_timestamp();
    let cap = json!({
        "kind": "stops", "scope": "account", "class": "critical",
        "most": 2, "reserved": 0, "window": "1h",
    });
    let breaker = json!({ "state": "open", "until": until });
    let guard = json!({ "cap": cap, "account": "111122223333", "breaker": breaker });
    let ledger = json!({ "answers": [], "breakers": [guard] }).to_string();
    write_ledger(world, &ledger).await;
}

async fn write_ledger(world: &World, ledger: &str) {
    let put = world.account.dynamodb.put_item().table_name("cordon-journal");
    put.item("incident", AttributeValue::S("ledger".to_owned()))
        .item("record", AttributeValue::S("answers".to_owned()))
        .item("answers", AttributeValue::S(ledger.to_owned()))
        .item("version", AttributeValue::N("7".to_owned()))
        .send()
        .await
        .expect("the ledger is written");
}

#[tokio::test]
async fn after_a_breach_nothing_then_one_at_a_time_then_everything_is_answered_again() {
    for (ago, answered, says) in [
        (Duration::minutes(59), 0, "breaker open until"),
        (Duration::minutes(61), 1, "breaker half open until"),
        (Duration::minutes(121), 2, "breaker open until"),
    ] {
        let world = World::new().await;
        let functions = named("report", 3);
        for function in &functions {
            world.account.create_function(function).await;
        }
        breached(&world, ago).await;
        let bootstrap = bootstrap(&world, "{ stops: { account: 2 } }");

        let answers: Vec<Answer> =
            functions.iter().map(|name| bootstrap.deliver(&escalation(&world, name))).collect();

        let ok = answers.iter().filter(|answer| answer.ok).count();
        assert_eq!((ok, stopped(&world, &functions).await), (answered, answered), "{answers:?}");
        let (_, printed) = world.cordon(&["incidents"]);
        assert!(printed.contains(says), "{ago}: {printed}");
    }
}

#[tokio::test]
async fn whoever_raises_the_limit_closes_its_breaker() {
    let world = World::new().await;
    world.account.create_function("report-generator").await;
    breached(&world, Duration::minutes(1)).await;
    let event = world.event("create-access-key-by-function.json");

    let refused = bootstrap(&world, "{ stops: { account: 2 } }").deliver(&event);

    assert!(is_refused(&refused, "stops per account, 2 in 1h; breaker open until"), "{refused:?}");
    let answer = bootstrap(&world, "{ stops: { account: 3 } }").deliver(&event);
    assert!(answer.ok, "{answer:?}");
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_done_but_tried_again() {
    for (fault, unreadable) in [
        (r#""operation":"GetItem","status":400,"code":"ThrottlingException""#, false),
        (r#""operation":"UpdateItem","status":400,"code":"ThrottlingException""#, false),
        (r#""operation":"GetItem","status":403,"code":"AccessDeniedException""#, false),
        (r#""operation":"None","status":400,"code":"None""#, true),
    ] {
        let world = World::new().await;
        let functions = ["orders".to_owned()];
        seed(&world, &functions).await;
        let bootstrap = bootstrap(&world, "{}");
        if unreadable {
            write_ledger(&world, "{").await;
        }
        world.faults(&format!(r#"[{{"service":"dynamodb",{fault},"message":"no"}}]"#));

        let answer = bootstrap.deliver(&opened(&world, "orders"));

        assert!(!answer.ok, "{fault}: {answer:?}");
        assert_eq!(changed(&world, &functions).await, 0, "{fault}");
        assert_eq!(writes(&world), Vec::<String>::new(), "{fault}");
        world.faults("[]");
        if !unreadable {
            assert!(bootstrap.deliver(&opened(&world, "orders")).ok, "{fault}");
            assert_eq!(changed(&world, &functions).await, 1, "{fault}");
        }
    }
}

#[tokio::test]
async fn a_count_whose_answer_is_lost_counts_once() {
    let world = World::new().await;
    let functions = named("orders", 2);
    seed(&world, &functions).await;
    let bootstrap = bootstrap(&world, "{ changes: { account: 2 }, reserve: 0 }");
    world.faults(
        r#"[{"service":"dynamodb","operation":"UpdateItem","late":true,"times":1,"status":500,
             "code":"InternalServerError","message":"lost"}]"#,
    );

    let answers = functions.iter().map(|name| bootstrap.deliver(&opened(&world, name)));

    assert!(answers.into_iter().all(|answer| answer.ok));
    assert_eq!(changed(&world, &functions).await, 2);
}

#[tokio::test]
async fn whoever_cannot_be_told_is_told_by_a_later_delivery() {
    let world = World::new().await;
    let functions = named("orders", 2);
    seed(&world, &functions).await;
    let bootstrap = bootstrap(&world, "{ changes: { account: 1 } }");
    assert!(bootstrap.deliver(&opened(&world, &functions[0])).ok);
    world.account.notifications().await;
    world.faults(
        r#"[{"service":"sns","operation":"Publish","status":500,"code":"InternalError",
             "message":"lost"}]"#,
    );
    let event = opened(&world, &functions[1]);
    assert!(!bootstrap.deliver(&event).ok);
    world.faults("[]");
    assert_eq!(pages(&world.account.notifications().await), 0);
    let past = (OffsetDateTime::now_utc() - Duration::MINUTE).unix_timestamp();
    world.account.set_telling(past).await;

    assert!(is_refused(&bootstrap.deliver(&event), "changes per account, 1 in 1h"));
    assert!(is_refused(&bootstrap.deliver(&event), "changes per account, 1 in 1h"));

    assert_eq!(pages(&world.account.notifications().await), 1);
}

#[tokio::test]
async fn counting_costs_one_read_and_one_write() {
    let world = World::new().await;
    let functions = named("orders", 2);
    seed(&world, &functions).await;
    let bootstrap = bootstrap(&world, "{}");
    for function in &functions {
        world.calls();
        assert!(bootstrap.deliver(&opened(&world, function)).ok);
        let calls = world.calls();
        let journal = calls.iter().filter(|call| call.service == "dynamodb");
        let operations: Vec<&str> = journal.map(|call| call.operation.as_str()).collect();
        let count = |name: &str| operations.iter().filter(|one| **one == name).count();
        assert_eq!((count("GetItem"), operations.len()), (1, 8), "{operations:?}");
    }
}

#[tokio::test]
async fn what_changes_nothing_is_not_counted() {
    let world = World::new().await;
    let functions = named("orders", 1);
    seed(&world, &functions).await;
    let dry = Installation { mode: "dry-run", policy: SHIPPED };
    assert!(world.bootstrap(&dry).deliver(&opened(&world, &functions[0])).ok);
    let journal: Vec<_> =
        world.calls().into_iter().filter(|call| call.service == "dynamodb").collect();
    assert!(journal.is_empty(), "{journal:?}");
    // Tags alone.
    let tagging =
        SHIPPED.replace("environment.unencrypted: {}", "environment.unencrypted: {mode: enforce}");
    world.account.create_function("uploads").await;
    world.account.set_environment("uploads", "LEVEL", "debug").await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &tagging });
    let event = world.event("update-function-configuration.json");
    let event = event_about(
        &world,
        "update-function-configuration.json",
        function_of(&event).as_str(),
        "uploads",
    );
    let answer = bootstrap.deliver(&event);
    assert!(answer.ok, "{answer:?}");
    assert!(writes(&world).contains(&"TagResource".to_owned()), "{answer:?}");
    assert!(!world.account.journal_text().await.contains("\"ledger\""));
}

fn function_of(event: &str) -> String {
    let event: Value = serde_json::from_str(event).expect("JSON");
    let name = event["detail"]["requestParameters"]["functionName"].as_str().expect("a name");
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

#[test]
fn the_shipped_control_policy_shows_the_limits_that_hold_without_it() {
    let policy = source::parse(SHIPPED, OffsetDateTime::now_utc().date());
    let policy = policy.unwrap_or_else(|why| panic!("{why}"));

    assert_ne!(policy.limits, Limits::default(), "it shows none");
    for kind in [Kind::Changes, Kind::Stops] {
        for scope in Per::ALL {
            for class in [Class::Ordinary, Class::Critical] {
                let shipped = policy.limits.cap(kind, scope, class);
                assert_eq!(shipped, Limits::default().cap(kind, scope, class));
            }
        }
    }
}
