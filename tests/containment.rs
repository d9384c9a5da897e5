//! What happens to a compromised function: what leaks is closed, it is stopped, its doors are shut.
//! Until controls see code, layers and sign-ins that nobody announced, the function is caught where
//! its own credentials make an access key.

use crate::{
    compromise::{FUNCTION, changes, contain, count, escalation, first, last, restore},
    harness::{Installation, QUARANTINE, SECOND_LOOKS, SHIPPED, World},
    stories::plan,
    telling::{ENFORCE, controls, document, provision, statement, trigger, twice, url_statements},
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_lambda::types::{
    CapacityProviderConfig, DeadLetterConfig, DestinationConfig, DurableConfig,
    FunctionScalingConfig, FunctionUrlAuthType, LambdaManagedInstancesCapacityProviderConfig,
    OnFailure, OnSuccess,
};
use serde_json::json;
use std::collections::BTreeSet;

const FOREIGN: &str = "arn:aws:s3:::collected-by-somebody";

/// Where what fails goes, and where what succeeds.
fn destinations(failure: &str, success: Option<&str>) -> DestinationConfig {
    let success = success.map(|to| OnSuccess::builder().destination(to).build());
    DestinationConfig::builder()
        .set_on_success(success)
        .on_failure(OnFailure::builder().destination(failure).build())
        .build()
}

#[tokio::test]
async fn a_function_with_provisioned_concurrency_is_stopped_for_good_and_put_back_exactly() {
    for reserved in [None, Some(20)] {
        let world = World::new().await;
        let arn = world.arn(FUNCTION);
        world.account.create_function(FUNCTION).await;
        if let Some(reserved) = reserved {
            let request = world.account.lambda.put_function_concurrency();
            let request = request.function_name(FUNCTION);
            request.reserved_concurrent_executions(reserved).send().await.expect("reserved");
        }
        provision(&world, FUNCTION).await;
        let target = format!("function:{FUNCTION}:2");
        let register = world.account.auto_scaling.register_scalable_target();
        let register = register
            .service_namespace(ServiceNamespace::Lambda)
            .scalable_dimension(ScalableDimension::LambdaFunctionProvisionedConcurrency)
            .resource_id(&target);
        register.min_capacity(1).max_capacity(9).send().await.expect("it scales");
        let before = world.account.look(FUNCTION, &arn, &[]).await;
        assert_eq!((before.reserved, before.provisioned.len()), (reserved, 2));
        let bootstrap = world.bootstrap(&ENFORCE);

        let answer = twice(&world, &bootstrap, &escalation(&world, 1));

        assert_eq!(controls(&answer), ["function.privilege-escalation"]);
        let stopped = world.account.look(FUNCTION, &arn, &[]).await;
        assert_eq!((stopped.reserved, stopped.provisioned.len()), (Some(0), 0));
        let scaling = &stopped.settings[&format!("auto scaling of {target}")];
        assert!(!scaling.contains("Some(false)"), "{scaling}");
        let incident = crate::telling::incident(&answer);
        assert_eq!(stopped.tags.get("cordon:incident"), Some(&incident));
        assert_eq!(stopped.tags.get("cordon:status").map(String::as_str), Some("contained"));
        restore(&world, &incident);
        assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
    }
}

#[tokio::test]
async fn what_the_stop_would_give_away_is_turned_before_it() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    let own = world.account.queue_arn("own-failures");
    world.account.create_function(FUNCTION).await;
    world.account.publish_up_to(FUNCTION, 1).await;
    let lambda = &world.account.lambda;
    let put = lambda.put_function_event_invoke_config().function_name(FUNCTION);
    let put = put.maximum_retry_attempts(1).destination_config(destinations(FOREIGN, Some(&own)));
    put.send().await.expect("a destination");
    let put = lambda.put_function_event_invoke_config().function_name(FUNCTION).qualifier("1");
    put.destination_config(destinations(&own, None)).send().await.expect("a destination");
    let letters = format!("arn:aws:sns:{}:999988887777:letters", world.region());
    let update = lambda.update_function_configuration().function_name(FUNCTION);
    let update = update.dead_letter_config(DeadLetterConfig::builder().target_arn(letters).build());
    update.send().await.expect("a dead-letter queue");
    let stream = format!("arn:aws:kinesis:{}:111122223333:stream/orders", world.region());
    let create = lambda.create_event_source_mapping().function_name(FUNCTION);
    let create = create.event_source_arn(stream).starting_position("LATEST".into());
    let create = create.destination_config(destinations(FOREIGN, None));
    create.send().await.expect("a mapping");
    let before = world.account.look(FUNCTION, &arn, &[]).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let (_, incident) = contain(&world, &bootstrap);

    let calls = world.calls();
    let stop = first(&calls, "PutFunctionConcurrency");
    for leak in [
        "UpdateFunctionEventInvokeConfig",
        "UpdateFunctionConfiguration",
        "UpdateEventSourceMapping",
    ] {
        assert_eq!(count(&calls, leak), 1, "{leak}");
        assert!(first(&calls, leak) < stop, "{leak} came after the stop");
    }
    let after = world.account.look(FUNCTION, &arn, &[]).await;
    let text = format!("{:?}", after.settings);
    assert!(!text.contains(FOREIGN) && !after.settings.contains_key("dead letters"), "{text}");
    // What succeeds goes where it went, and what is the account's own is left.
    assert_eq!(text.matches(QUARANTINE).count(), 2, "{text}");
    assert_eq!(text.matches("own-failures").count(), 2, "{text}");
    assert!(text.contains("Disabled"), "{text}");
    restore(&world, &incident);
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
}

#[tokio::test]
async fn a_function_on_managed_instances_gets_none_of_them() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    let provider = "arn:aws:lambda:us-east-1:111122223333:capacity-provider:own";
    let instances = LambdaManagedInstancesCapacityProviderConfig::builder();
    let instances = instances.capacity_provider_arn(provider).build().expect("a provider");
    let managed = CapacityProviderConfig::builder();
    let managed = managed.lambda_managed_instances_capacity_provider_config(instances).build();
    let create = world
        .account
        .create_function_as(FUNCTION, |call| call.capacity_provider_config(managed).publish(true));
    create.await;
    let scaling = FunctionScalingConfig::builder();
    let scaling = scaling.min_execution_environments(2).max_execution_environments(5).build();
    let put = world.account.lambda.put_function_scaling_config().function_name(FUNCTION);
    put.qualifier("1").function_scaling_config(scaling).send().await.expect("it scales");
    let before = world.account.look(FUNCTION, &arn, &[]).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let (_, incident) = contain(&world, &bootstrap);

    assert_eq!(count(&world.calls(), "PutFunctionConcurrency"), 0);
    let after = world.account.look(FUNCTION, &arn, &[]).await;
    let scaling = &after.settings["scaling of 1"];
    assert_eq!(scaling.matches("Some(0)").count(), 2, "{scaling}");
    restore(&world, &incident);
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
}

#[tokio::test]
async fn durable_executions_are_paused_and_go_on_where_they_were() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    let durable = DurableConfig::builder().execution_timeout(3600).build();
    world.account.create_function_as(FUNCTION, |call| call.durable_config(durable)).await;
    let executions = ["one", "two"].map(|name| world.durable_execution(FUNCTION, name));
    let before = world.account.look(FUNCTION, &arn, &[]).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let (_, incident) = contain(&world, &bootstrap);

    let calls = world.calls();
    assert_eq!(count(&calls, "PauseDurableExecution"), 2);
    assert_eq!(count(&calls, "StopDurableExecution"), 0);
    let after = world.account.look(FUNCTION, &arn, &[]).await;
    for execution in executions {
        assert_eq!(after.settings[&format!("execution {execution}")], "PAUSED");
    }
    restore(&world, &incident);
    assert_eq!(world.account.look(FUNCTION, &arn, &[]).await, before);
}

#[tokio::test]
async fn every_door_is_shut_and_opened_again_as_it_was() {
    let world = World::new().await;
    let arn = world.arn(FUNCTION);
    open_doors(&world).await;
    let before = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    let bootstrap = world.bootstrap(&ENFORCE);

    let (_, incident) = contain(&world, &bootstrap);

    let after = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
    let own = document(&[trigger(&world, &arn)]).to_string();
    assert_eq!(after.policies, [(String::new(), own)].into());
    let text = format!("{:?}", after.settings);
    assert!(!text.contains("NONE") && !text.contains("Enabled"), "{text}");
    restore(&world, &incident);
    assert_eq!(world.account.look(FUNCTION, &arn, &["1", "live"]).await, before);
}

/// A mapping, a public URL on an alias, and grants to everybody on the function and a version.
pub async fn open_doors(world: &World) {
    let (arn, version) = (world.arn(FUNCTION), world.arn(&format!("{FUNCTION}:1")));
    let (account, lambda) = (&world.account, &world.account.lambda);
    account.create_function(FUNCTION).await;
    account.publish_up_to(FUNCTION, 1).await;
    let alias = lambda.create_alias().function_name(FUNCTION).name("live").function_version("1");
    alias.send().await.expect("an alias");
    let url = lambda.create_function_url_config().function_name(FUNCTION).qualifier("live");
    url.auth_type(FunctionUrlAuthType::None).send().await.expect("a URL");
    let live = format!("{arn}:live");
    account.put_policy(&live, &document(&url_statements(&live))).await;
    let public = |resource: &str| statement("open-to-all", json!("*"), resource, None);
    account.put_policy(&arn, &document(&[trigger(world, &arn), public(&arn)])).await;
    account.put_policy(&version, &document(&[public(&version)])).await;
    let create = lambda.create_event_source_mapping().function_name(FUNCTION);
    create.event_source_arn(account.queue_arn("orders")).send().await.expect("a mapping");
}

#[tokio::test]
async fn the_stop_and_the_deny_wait_for_no_inventory() {
    let world = World::new().await;
    world.account.create_function(FUNCTION).await;
    world.account.publish_up_to(FUNCTION, 120).await;
    for number in 0..40 {
        let create = world.account.lambda.create_event_source_mapping().function_name(FUNCTION);
        let source = world.account.queue_arn(&format!("queue-{number}"));
        create.event_source_arn(source).send().await.expect("a mapping");
    }
    let bootstrap = world.bootstrap(&ENFORCE);

    let (answer, _) = contain(&world, &bootstrap);

    let calls = world.calls();
    let stop = first(&calls, "PutFunctionConcurrency");
    let both = stop.max(first(&calls, "PutRolePolicy"));
    let before = calls[..both].iter().filter(|call| !call.mutating);
    let before: BTreeSet<&str> = before.map(|call| call.operation.as_str()).collect();
    let wanted = [
        "GetFunction",
        "GetItem",
        "ListEventSourceMappings",
        "ListFunctionEventInvokeConfigs",
        "ListProvisionedConcurrencyConfigs",
        "Query",
    ];
    assert_eq!(
        before,
        wanted.into(),
        "what is read before says what the stop would give away, and what was answered lately"
    );
    assert!(both < 70, "{both} calls come before");
    assert!(first(&calls, "UpdateEventSourceMapping") > stop);
    assert_eq!(count(&calls, "GetResourcePolicy"), 121);
    assert_eq!(count(&calls, "UpdateEventSourceMapping"), 40);
    assert_eq!(changes(&calls).len(), 44, "the stop, two Denies, the tags, the mappings");
    assert!(last(&calls, "PutRolePolicy") > first(&calls, "ListFunctions"), "sessions come last");
    assert!(calls.len() < 450, "{} calls in {:?}", calls.len(), answer.elapsed);
    assert_eq!(world.account.delayed_messages(SECOND_LOOKS).await, 2);
}

#[tokio::test]
async fn a_dry_run_plans_the_whole_containment_and_writes_nothing() {
    let mut plans = Vec::new();
    for mode in ["dry-run", "enforce"] {
        let world = World::new().await;
        let arn = world.arn(FUNCTION);
        open_doors(&world).await;
        provision(&world, FUNCTION).await;
        let put = world.account.lambda.put_function_event_invoke_config();
        let put = put.function_name(FUNCTION).destination_config(destinations(FOREIGN, None));
        put.send().await.expect("a destination");
        let before = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
        let bootstrap = world.bootstrap(&Installation { mode, policy: SHIPPED });

        let answer = bootstrap.deliver(&escalation(&world, 1));

        assert!(answer.ok, "{answer:?}");
        plans.push(plan(&answer, world.region()));
        let after = world.account.look(FUNCTION, &arn, &["1", "live"]).await;
        let calls = world.calls();
        let written = calls.iter().filter(|call| call.mutating && call.operation != "Publish");
        let unchanged = (after == before, written.count(), world.account.journal_records().await);
        assert_eq!(unchanged == (true, 0, 0), mode == "dry-run", "{mode}: {unchanged:?}");
    }
    assert_eq!(plans[0], plans[1]);
    for step in ["revoke-sessions", "harden-function-url", "replace-resource-policy"] {
        assert!(plans[0].iter().any(|planned| planned.contains(step)), "no {step}: {plans:#?}");
    }
}
