//! A function that is invoked as it usually is not: told, or capped and given back.

use crate::{
    harness::{Installation, World},
    telling::{controls, incident, twice, writes},
};

const CAPPED: &str = r#"version: 1
controls:
  invocation.unusual:
    mode: enforce
    parameters: { functions: [{ function: payout, hours: "06:00-20:00", cap: 2 }] }
"#;

async fn reserved(world: &World) -> Option<i32> {
    let get = world.account.lambda.get_function_concurrency().function_name("payout");
    get.send().await.expect("an answer").reserved_concurrent_executions
}

#[tokio::test]
async fn a_function_that_is_invoked_at_night_is_capped_and_a_restore_lets_all_of_it_run() {
    let world = World::new().await;
    world.account.create_function("payout").await;
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: CAPPED });

    let answer = twice(&world, &bootstrap, &world.event("invoke-at-night.json"));

    assert_eq!(controls(&answer), ["invocation.unusual"]);
    assert_eq!(reserved(&world).await, Some(2));
    let (code, printed) = world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(reserved(&world).await, None);
}

#[tokio::test]
async fn without_a_cap_it_is_told_and_nothing_is_read_or_written() {
    let world = World::new().await;
    world.account.create_function("payout").await;
    let policy = CAPPED.replace(", cap: 2", "");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    world.calls();

    let answer = bootstrap.deliver(&world.event("invoke-at-night.json"));

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["invocation.unusual"]);
    assert!(writes(&world).is_empty());
    let told = world.account.notifications().await.join("\n");
    assert!(told.contains("at a time that it does not declare"), "{told}");
}

#[tokio::test]
async fn an_invocation_as_usual_costs_no_call() {
    let world = World::new().await;
    let policy = CAPPED.replace("06:00-20:00", "22:00-06:00");
    let bootstrap = world.bootstrap(&Installation { mode: "enforce", policy: &policy });
    world.calls();

    let answer = bootstrap.deliver(&world.event("invoke-at-night.json"));

    assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    assert!(world.calls().is_empty());
}
