//! A function of which everything that a containment may turn is drawn.

use super::text;
use crate::{
    harness::{FunctionSnapshot, World},
    seeded::Seeded,
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace, SuspendedState};
use aws_sdk_lambda::types::{
    Cors, DeadLetterConfig, DestinationConfig, FunctionUrlAuthType, InvokeMode, OnFailure,
    OnSuccess,
};

/// The function that the sample event is about.
pub const NAME: &str = "report-generator";

/// The most that all inline policies of a role may have together.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const INLINE: usize = 10_240;

/// Its versions and its alias.
pub async fn seed(world: &World, chance: &mut Seeded) -> Vec<String> {
    let account = &world.account;
    account.create_function(NAME).await;
    role(world, chance).await;
    let versions = chance.below(3);
    account.publish_up_to(NAME, u32::try_from(versions).expect("few")).await;
    let mut qualifiers: Vec<String> = (1..=versions).map(|number| number.to_string()).collect();
    if versions > 0 && !chance.one_in(3) {
        let alias = account.lambda.create_alias().function_name(NAME).name("live");
        let alias = alias.function_version(versions.to_string());
        alias.send().await.expect("the alias is created");
        qualifiers.push("live".to_owned());
    }
    for number in 0..chance.below(4) {
        let tag = account.lambda.tag_resource().resource(world.arn(NAME));
        let tag = tag.tags(format!("tag-{number}"), chance.any(&["", "a", "b c"]).to_string());
        tag.send().await.expect("it is tagged");
    }
    concurrency(world, &qualifiers, chance).await;
    events(world, &qualifiers, chance).await;
    mappings(world, &qualifiers, chance).await;
    urls(world, &qualifiers, chance).await;
    policies(world, &qualifiers, chance).await;
    qualifiers
}

/// A boundary or none, and inline policies that leave room or do not.
async fn role(world: &World, chance: &mut Seeded) {
    let role = world.account.role(NAME);
    let allow =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    if chance.one_in(3) {
        let policy = world.account.iam.create_policy().policy_name(format!("{role}-most"));
        let policy = policy.policy_document(allow).send().await.expect("the boundary is created");
        let arn = policy.policy.and_then(|policy| policy.arn).expect("an ARN");
        let bind = world.account.iam.put_role_permissions_boundary().role_name(&role);
        bind.permissions_boundary(arn).send().await.expect("the role is bound");
    }
    for number in 0..chance.below(3) {
        let colon = *chance.any(&[":", ": ", " : "]);
        let spaced = allow.replace(':', colon);
        world.account.put_role_policy(&role, &format!("more-{number}"), &spaced).await;
    }
    if chance.one_in(3) {
        let filler = "x".repeat(INLINE - 1200);
        let full = allow.replace("\"Effect\"", &format!("\"Sid\":\"{filler}\",\"Effect\""));
        world.account.put_role_policy(&role, "full", &full).await;
    }
}

/// Reserved or not, and what is provisioned of it.
async fn concurrency(world: &World, qualifiers: &[String], chance: &mut Seeded) {
    let lambda = &world.account.lambda;
    let reserved = *chance.any(&[None, Some(0), Some(1), Some(30)]);
    if let Some(reserved) = reserved {
        let put = lambda.put_function_concurrency().function_name(NAME);
        let put = put.reserved_concurrent_executions(reserved);
        put.send().await.expect("concurrency is reserved");
    }
    if reserved == Some(0) || qualifiers.is_empty() || chance.one_in(3) {
        return;
    }
    let qualifier = chance.any(qualifiers);
    let put = lambda.put_provisioned_concurrency_config().function_name(NAME).qualifier(qualifier);
    let put = put.provisioned_concurrent_executions(1);
    put.send().await.expect("concurrency is provisioned");
    if chance.one_in(2) {
        let state = SuspendedState::builder()
            .dynamic_scaling_in_suspended(chance.one_in(3))
            .dynamic_scaling_out_suspended(chance.one_in(3))
            .scheduled_scaling_suspended(chance.one_in(3));
        let target = world.account.auto_scaling.register_scalable_target();
        let target = target
            .service_namespace(ServiceNamespace::Lambda)
            .scalable_dimension(ScalableDimension::LambdaFunctionProvisionedConcurrency)
            .resource_id(format!("function:{NAME}:{qualifier}"))
            .min_capacity(1)
            .max_capacity(9)
            .suspended_state(state.build());
        target.send().await.expect("it scales");
    }
}

/// A queue of its own account, of a stranger, or none.
fn queue(world: &World, chance: &mut Seeded) -> Option<String> {
    let accounts = [None, Some("111122223333"), Some("999988887777")];
    let account = *chance.any(&accounts);
    account.map(|account| format!("arn:aws:sqs:{}:{account}:events", world.region()))
}

/// What becomes of asynchronous events: of the function, its newest code and its alias.
async fn events(world: &World, qualifiers: &[String], chance: &mut Seeded) {
    let lambda = &world.account.lambda;
    let some = qualifiers.iter().map(|qualifier| Some(qualifier.clone()));
    for qualifier in [None].into_iter().chain(some) {
        if chance.one_in(2) {
            continue;
        }
        let failure = queue(world, chance).map(|to| OnFailure::builder().destination(to).build());
        let success = queue(world, chance).map(|to| OnSuccess::builder().destination(to).build());
        let attempts = *chance.any(&[None, Some(0), Some(2)]);
        let age = *chance.any(&[None, Some(60)]);
        if failure.is_none() && success.is_none() && attempts.is_none() && age.is_none() {
            continue;
        }
        let to = DestinationConfig::builder().set_on_failure(failure).set_on_success(success);
        let put = lambda.put_function_event_invoke_config().function_name(NAME);
        let put = put
            .set_qualifier(qualifier)
            .set_maximum_retry_attempts(attempts)
            .set_maximum_event_age_in_seconds(age)
            .destination_config(to.build());
        put.send().await.expect("where events go is set");
    }
    if let Some(letters) = queue(world, chance) {
        let letters = DeadLetterConfig::builder().target_arn(letters).build();
        let update = lambda.update_function_configuration().function_name(NAME);
        update.dead_letter_config(letters).send().await.expect("dead letters go there");
    }
}

async fn mappings(world: &World, qualifiers: &[String], chance: &mut Seeded) {
    let region = world.region();
    for number in 0..chance.below(3) {
        let mut name = NAME.to_owned();
        if !qualifiers.is_empty() && chance.one_in(3) {
            name = format!("{NAME}:{}", chance.any(qualifiers));
        }
        let source = format!("arn:aws:kinesis:{region}:111122223333:stream/clicks-{number}");
        let failure = queue(world, chance).map(|to| OnFailure::builder().destination(to).build());
        let to = DestinationConfig::builder().set_on_failure(failure).build();
        let create = world.account.lambda.create_event_source_mapping().function_name(name);
        let create = create
            .event_source_arn(source)
            .starting_position("LATEST".into())
            .enabled(!chance.one_in(3))
            .destination_config(to);
        create.send().await.expect("a stream is mapped");
    }
}

/// Versions have none.
async fn urls(world: &World, qualifiers: &[String], chance: &mut Seeded) {
    let alias = qualifiers.iter().find(|qualifier| *qualifier == "live").cloned();
    for qualifier in [None].into_iter().chain(alias.map(Some)) {
        if chance.one_in(3) {
            continue;
        }
        let auth = [FunctionUrlAuthType::None, FunctionUrlAuthType::AwsIam];
        let cors = Cors::builder().allow_origins("https://example.com").max_age(60).build();
        let mode = *chance.any(&[None, Some("BUFFERED"), Some("RESPONSE_STREAM")]);
        let create = world.account.lambda.create_function_url_config().function_name(NAME);
        let create = create
            .set_qualifier(qualifier)
            .auth_type(chance.any(&auth).clone())
            .set_cors(chance.one_in(2).then_some(cors))
            .set_invoke_mode(mode.map(InvokeMode::from));
        create.send().await.expect("the URL is created");
    }
}

async fn policies(world: &World, qualifiers: &[String], chance: &mut Seeded) {
    let arn = world.arn(NAME);
    let qualified = qualifiers.iter().map(|qualifier| format!("{arn}:{qualifier}"));
    for resource in [arn.clone()].into_iter().chain(qualified) {
        if chance.one_in(4) {
            continue;
        }
        let text = text::policy(world, &resource, chance);
        world.account.put_policy_text(&resource, &text).await;
    }
}

/// What must hold of every containment.
pub fn check_contained(now: &FunctionSnapshot) -> Result<(), String> {
    let is = |fine: bool, what: &str| if fine { Ok(()) } else { Err(format!("{what}: {now:#?}")) };
    is(now.reserved == Some(0), "it is not stopped")?;
    is(now.provisioned.is_empty(), "concurrency is provisioned")?;
    is(now.url.as_deref() != Some("NONE"), "its URL is public")?;
    for text in now.policies.values() {
        let policy: serde_json::Value = serde_json::from_str(text).expect("policies are JSON");
        let statements = match &policy["Statement"] {
            serde_json::Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        let lets_in = statements.iter().any(|statement| {
            let principal = statement["Principal"].to_string();
            let outside = principal.contains("999988887777") || principal.contains("\"*\"");
            let shut = statements.iter().any(|deny| {
                deny["Effect"] == "Deny" && deny["Principal"] == statement["Principal"]
            });
            statement["Effect"] == "Allow" && outside && !shut
        });
        is(!lets_in, "outsiders may invoke it")?;
    }
    for (setting, value) in &now.settings {
        let is_off = setting.starts_with("mapping") && value.contains("Disabled");
        is(is_off || !value.contains("999988887777"), "failures go to a stranger").or_else(
            |why| if setting.contains("events of") && !leaks(value) { Ok(()) } else { Err(why) },
        )?;
        is(!setting.starts_with("mapping") || is_off, "a mapping is enabled")?;
        is(!setting.starts_with("url of") || value.starts_with("AWS_IAM"), "a URL is public")?;
    }
    let bound = |(setting, value): (&String, &String)| {
        setting.starts_with("boundary of") && value.contains(":policy/cordon/")
    };
    let denied = |value: &String| value.contains("lambda:SourceFunctionArn");
    let revoked = now.settings.iter().any(bound) || now.settings.values().any(denied);
    is(revoked, "its credentials serve")
}

/// Only what fails at concurrency 0: nothing succeeds there.
fn leaks(value: &str) -> bool {
    let failure = value.split("on_failure: ").nth(1).unwrap_or_default();
    failure.contains("999988887777")
}
