//! A function with everything that a containment turns, seeded and looked at.

use crate::{
    harness::{FunctionSnapshot, World},
    telling::{document, statement, trigger, url_statements},
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_lambda::types::{
    DeadLetterConfig, DestinationConfig, FunctionUrlAuthType, OnFailure, OnSuccess,
};
use serde_json::json;

/// The function that the sample event is about.
pub const NAME: &str = "report-generator";
/// Its versions and its alias.
pub const QUALIFIERS: [&str; 3] = ["1", "2", "live"];
/// The sample event.
pub const EVENT: &str = "create-access-key-by-function.json";

/// Everything a containment may have changed.
pub async fn look(world: &World) -> FunctionSnapshot {
    world.account.look(NAME, &world.arn(NAME), &QUALIFIERS).await
}

/// Two versions and an alias, provisioned concurrency that is scaled, failures that go to strangers,
/// two mappings, a public URL, grants to outsiders, tags, and a role of its own.
pub async fn seed(world: &World) {
    let account = &world.account;
    account.create_function(NAME).await;
    account.publish_up_to(NAME, 2).await;
    let alias = account.lambda.create_alias().function_name(NAME).name("live");
    alias.function_version("2").send().await.expect("the alias is created");
    let tags = account.lambda.tag_resource().resource(world.arn(NAME)).tags("team", "reports");
    tags.send().await.expect("it is tagged");
    concurrency(world).await;
    destinations(world).await;
    mappings(world).await;
    account.create_url(NAME, FunctionUrlAuthType::None).await;
    policies(world).await;
}

async fn concurrency(world: &World) {
    let lambda = &world.account.lambda;
    let reserved = lambda.put_function_concurrency().function_name(NAME);
    let reserved = reserved.reserved_concurrent_executions(20);
    reserved.send().await.expect("concurrency is reserved");
    let provisioned = lambda.put_provisioned_concurrency_config().function_name(NAME);
    let provisioned = provisioned.qualifier("live").provisioned_concurrent_executions(3);
    provisioned.send().await.expect("concurrency is provisioned");
    let target = world.account.auto_scaling.register_scalable_target();
    let target = target
        .service_namespace(ServiceNamespace::Lambda)
        .scalable_dimension(ScalableDimension::LambdaFunctionProvisionedConcurrency)
        .resource_id(format!("function:{NAME}:live"))
        .min_capacity(1)
        .max_capacity(9);
    target.send().await.expect("it scales");
}

/// A queue of a stranger.
fn foreign(world: &World, name: &str) -> String {
    format!("arn:aws:sqs:{}:999988887777:{name}", world.region())
}

async fn destinations(world: &World) {
    let lambda = &world.account.lambda;
    let own = format!("arn:aws:sqs:{}:111122223333:done", world.region());
    let to = DestinationConfig::builder()
        .on_failure(OnFailure::builder().destination(foreign(world, "loot")).build())
        .on_success(OnSuccess::builder().destination(own).build())
        .build();
    let invoke = lambda.put_function_event_invoke_config().function_name(NAME);
    let invoke = invoke.maximum_retry_attempts(1).destination_config(to);
    invoke.send().await.expect("failures go to a stranger");
    let letters = DeadLetterConfig::builder().target_arn(foreign(world, "letters")).build();
    let update = lambda.update_function_configuration().function_name(NAME);
    update.dead_letter_config(letters).send().await.expect("and dead letters");
}

async fn mappings(world: &World) {
    let lambda = &world.account.lambda;
    let region = world.region();
    let queue = lambda.create_event_source_mapping().function_name(NAME);
    let queue = queue.event_source_arn(format!("arn:aws:sqs:{region}:111122223333:orders"));
    queue.send().await.expect("a queue is mapped");
    let to = OnFailure::builder().destination(foreign(world, "records")).build();
    let stream = lambda.create_event_source_mapping().function_name(NAME);
    let stream = stream
        .event_source_arn(format!("arn:aws:kinesis:{region}:111122223333:stream/clicks"))
        .starting_position("LATEST".into())
        .destination_config(DestinationConfig::builder().on_failure(to).build());
    stream.send().await.expect("a stream is mapped");
}

async fn policies(world: &World) {
    let account = &world.account;
    let stranger = json!({ "AWS": "arn:aws:iam::999988887777:root" });
    let arn = world.arn(NAME);
    let mut statements = vec![trigger(world, &arn), statement("s", stranger.clone(), &arn, None)];
    statements.extend(url_statements(&arn));
    account.put_policy(&arn, &document(&statements)).await;
    let version = world.arn(&format!("{NAME}:1"));
    account.put_policy(&version, &document(&[statement("v", stranger, &version, None)])).await;
    let alias = world.arn(&format!("{NAME}:live"));
    let public = statement("a", json!("*"), &alias, None);
    account.put_policy(&alias, &document(&[trigger(world, &alias), public])).await;
}

/// What must hold of a containment, whatever else is compared.
pub fn check_contained(now: &FunctionSnapshot) -> Result<(), String> {
    let is = |fine: bool, what: &str| if fine { Ok(()) } else { Err(format!("{what}: {now:?}")) };
    is(now.reserved == Some(0), "it is not stopped")?;
    is(now.provisioned.is_empty(), "concurrency is provisioned")?;
    is(now.url.as_deref() != Some("NONE"), "its URL is public")?;
    let policies = format!("{:?}", now.policies);
    is(!policies.contains("999988887777"), "a stranger may invoke it")?;
    is(!policies.contains(r#"\"Principal\":\"*\""#), "anyone may invoke it")?;
    let settings = format!("{:?}", now.settings);
    is(!settings.contains("999988887777"), "failures go to a stranger")?;
    is(!settings.contains("Enabled\""), "a mapping is enabled")?;
    is(settings.contains("aws:TokenIssueTime"), "its sessions go on")?;
    is(settings.contains("lambda:SourceFunctionArn"), "its credentials serve")
}
