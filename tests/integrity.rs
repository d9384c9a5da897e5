//! What a function is, against what it was: changes through the real binary, what is remembered of
//! them, and what is put back where the control policy says so.

use crate::{
    harness::{Answer, Bootstrap, Installation, World},
    services::logs,
    telling::{controls, incident, writes},
};
use aws_sdk_lambda::{
    operation::{
        get_function_configuration::GetFunctionConfigurationOutput as Configuration,
        update_function_configuration::builders::UpdateFunctionConfigurationFluentBuilder as Update,
    },
    primitives::Blob,
    types::{
        AllowedPublishers, ApplicationLogLevel, CodeSigningPolicies, CodeSigningPolicy,
        Environment, LogFormat, LoggingConfig, RecursiveLoop, VpcConfig,
    },
};
use serde_json::{Value, json};
use std::time::Duration;

pub const NAME: &str = "shop";
const GROUP: &str = "/aws/lambda/shop";

/// Somebody of whom the control policy says nothing.
pub const MARIA: &str = "user/maria";
/// A role whose changes are accepted.
pub const DEPLOY: &str = "role/deploy";

/// Who called, as an event of CloudTrail has it: the user or the role of this name.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
pub fn identity(actor: &str) -> Value {
    let arn = format!("arn:aws:iam::111122223333:{actor}");
    match actor.strip_prefix("role/") {
        None => json!({ "type": "IAMUser", "arn": arn, "accountId": "111122223333" }),
        Some(role) => json!({
            "type": "AssumedRole",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/me"),
            "accountId": "111122223333",
            "sessionContext": { "sessionIssuer": { "type": "Role", "arn": arn } },
        }),
    }
}

/// Restores are chosen, and a deployer is trusted.
const RESTORE: &str = r#"version: 1
defaults: { mode: "off" }
trusted: { principals: ["arn:aws:iam::111122223333:role/deploy"] }
controls:
  layer.untrusted: { mode: enforce, remediations: { restore-setting: true } }
  environment.code-injection: { mode: enforce, remediations: { restore-setting: true } }
  handler.changed-alone: { mode: enforce, remediations: { restore-setting: true } }
  vpc.detached: { mode: enforce, remediations: { restore-setting: true } }
  code-signing.weakened: { mode: enforce, remediations: { restore-setting: true } }
  recursion.allowed: { mode: enforce, remediations: { restore-setting: true } }
  logging.redirected:
    mode: enforce
    remediations: { restore-setting: true }
    parameters: { log-groups: ["/acme/*"], retention-days: 90 }
"#;

/// A function, and what happens to it.
pub struct Shop {
    pub world: World,
    pub bootstrap: Bootstrap,
    events: std::cell::Cell<u32>,
}

impl Shop {
    pub async fn new(policy: &str) -> Self {
        Self::with_mode("enforce", policy).await
    }

    async fn with_mode(mode: &str, policy: &str) -> Self {
        let world = World::new().await;
        world.account.create_function(NAME).await;
        let bootstrap = world.bootstrap(&Installation { mode, policy });
        Self { world, bootstrap, events: std::cell::Cell::new(0) }
    }

    pub async fn live(&self) -> Configuration {
        let get = self.world.account.lambda.get_function_configuration().function_name(NAME);
        get.send().await.expect("the function is there")
    }

    /// Changes the configuration as somebody does, without telling the function.
    pub async fn change(&self, change: impl FnOnce(Update) -> Update) {
        let update = self.world.account.lambda.update_function_configuration().function_name(NAME);
        change(update).send().await.expect("the configuration is changed");
    }

    /// The event of a change by `actor` that names these parameters.
    pub async fn event(&self, actor: &str, call: &str, parameters: Value) -> String {
        self.events.set(self.events.get() + 1);
        let number = self.events.get();
        let mut event: Value =
            serde_json::from_str(&self.world.event("update-function-configuration.json"))
                .expect("JSON");
        let modified = self.live().await.last_modified;
        let at = format!("2026-11-18T15:{:02}:00Z", number);
        event["id"] = json!(format!("envelope-{number}"));
        let detail = &mut event["detail"];
        detail["eventID"] = json!(format!("event-{number}"));
        detail["eventTime"] = json!(at);
        detail["eventName"] = json!(call);
        detail["userIdentity"] = identity(actor);
        let mut named = parameters;
        named["functionName"] = json!(NAME);
        detail["requestParameters"] = named;
        detail["responseElements"] = json!({
            "functionName": NAME,
            "functionArn": self.world.arn(NAME),
            "lastModified": modified,
        });
        event.to_string()
    }

    pub async fn told(&self, actor: &str, parameters: Value) -> Answer {
        self.told_of(actor, "UpdateFunctionConfiguration20150331v2", parameters).await
    }

    pub async fn told_of(&self, actor: &str, call: &str, parameters: Value) -> Answer {
        let event = self.event(actor, call, parameters).await;
        let answer = self.bootstrap.deliver(&event);
        assert!(answer.ok, "{answer:?}");
        answer
    }

    /// A change of nothing that matters: the function is remembered as it is.
    pub async fn remember(&self) {
        self.change(|update| update.timeout(9)).await;
        let answer = self.told(MARIA, json!({ "timeout": 9 })).await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
        self.world.calls();
    }

    fn layer(&self, account: &str, name: &str) -> String {
        format!("arn:aws:lambda:{}:{account}:layer:{name}", self.world.region())
    }

    async fn layers(&self) -> Vec<String> {
        let layers = self.live().await.layers.unwrap_or_default().into_iter();
        layers.filter_map(|layer| layer.arn).collect()
    }

    async fn set_layers(&self, layers: &[String]) {
        self.change(|update| update.set_layers(Some(layers.into()))).await;
    }

    async fn own_layer(&self) -> String {
        let publish = self.world.account.lambda.publish_layer_version().layer_name("common");
        let content = aws_sdk_lambda::types::LayerVersionContentInput::builder()
            .zip_file(Blob::new("layer"))
            .build();
        let published = publish.content(content).send().await.expect("a layer");
        published.layer_version_arn.expect("it has an ARN")
    }

    async fn set_variables(&self, variables: &[(&str, &str)]) {
        let mut environment = Environment::builder();
        for (name, value) in variables {
            environment = environment.variables(*name, *value);
        }
        self.change(|update| update.environment(environment.build())).await;
    }

    async fn variables(&self) -> Vec<(String, String)> {
        let environment = self.live().await.environment.and_then(|found| found.variables);
        let mut all: Vec<_> = environment.unwrap_or_default().into_iter().collect();
        all.sort();
        all
    }

    /// A code signing configuration.
    pub async fn signing_config(&self, policy: CodeSigningPolicy) -> String {
        let signer = "arn:aws:signer:us-east-1:111122223333:/signing-profiles/release/aB3dE6gH9k";
        let publishers = AllowedPublishers::builder().signing_profile_version_arns(signer);
        let create = self.world.account.lambda.create_code_signing_config();
        let create = create
            .allowed_publishers(publishers.build().expect("publishers"))
            .code_signing_policies(
                CodeSigningPolicies::builder().untrusted_artifact_on_deployment(policy).build(),
            );
        let created = create.send().await.expect("a configuration").code_signing_config;
        created.expect("it is answered").code_signing_config_arn
    }

    pub async fn attach(&self, config: &str) {
        let put = self.world.account.lambda.put_function_code_signing_config();
        let put = put.function_name(NAME).code_signing_config_arn(config);
        put.send().await.expect("it is attached");
    }

    pub async fn detach(&self) {
        let delete = self.world.account.lambda.delete_function_code_signing_config();
        delete.function_name(NAME).send().await.expect("it is detached");
    }

    async fn signing(&self) -> String {
        let get = self.world.account.lambda.get_function_code_signing_config();
        get.function_name(NAME).send().await.expect("it is answered").code_signing_config_arn
    }

    /// Sends its logs to a group, and changes nothing else of them.
    async fn send_logs_to(&self, group: &str) -> Value {
        let logging = LoggingConfig::builder().log_group(group).build();
        self.change(|update| update.logging_config(logging)).await;
        json!({ "loggingConfig": { "logGroup": group } })
    }

    /// Where its logs go, in which format, and from which level on.
    async fn logging(&self) -> (String, String, String) {
        let logging = self.live().await.logging_config.expect("there always is one");
        let format = logging.log_format.map(|format| format.as_str().to_owned());
        let level = logging.application_log_level.map(|level| level.as_str().to_owned());
        (
            logging.log_group.unwrap_or_default(),
            format.unwrap_or_default(),
            level.unwrap_or_default(),
        )
    }

    /// Its log group, kept for so many days, which somebody set.
    fn keep_logs_for(&self, days: u32, number: u32) -> String {
        let group = json!({ "logGroupName": GROUP, "retentionInDays": days });
        logs(&self.world, "PutRetentionPolicy", &group);
        let event = self.world.event("put-retention-policy.json").replace("legacy-import", NAME);
        let mut event: Value = serde_json::from_str(&event).expect("JSON");
        event["detail"]["eventID"] = json!(format!("retention-{number}"));
        event["detail"]["requestParameters"]["retentionInDays"] = json!(days);
        event.to_string()
    }

    /// For how many days its log group keeps events.
    fn kept_for(&self) -> Option<u64> {
        let groups =
            logs(&self.world, "DescribeLogGroups", &json!({ "logGroupNamePrefix": GROUP }));
        let groups: Value = serde_json::from_str(&groups).expect("JSON");
        groups["logGroups"][0]["retentionInDays"].as_u64()
    }

    pub async fn tags(&self) -> Vec<String> {
        let look = self.world.account.look(NAME, &self.world.arn(NAME), &[]).await;
        look.tags.into_keys().collect()
    }
}

#[tokio::test]
async fn a_layer_of_the_own_account_is_learned_and_a_strangers_is_told_and_goes() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    let own = shop.own_layer().await;
    shop.set_layers(std::slice::from_ref(&own)).await;
    let answer = shop.told(MARIA, json!({ "layers": [own] })).await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    let both = [own.clone(), shop.layer("999988887777", "metrics:1")];
    shop.set_layers(&both).await;
    shop.world.calls();

    let answer = shop.told(MARIA, json!({ "layers": both })).await;

    assert_eq!(controls(&answer), ["layer.untrusted"], "{answer:?}");
    assert_eq!(shop.layers().await, std::slice::from_ref(&own));
    assert_eq!(shop.tags().await, ["cordon:layer.untrusted"]);
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(shop.layers().await, both);
    assert!(shop.tags().await.is_empty());
}

#[tokio::test]
async fn unless_a_restore_is_chosen_what_is_found_is_told_and_tagged() {
    let policy = RESTORE.replace(", remediations: { restore-setting: true }", "");
    let shop = Shop::new(&policy).await;
    shop.remember().await;
    let foreign = [shop.layer("999988887777", "metrics:1")];
    shop.set_layers(&foreign).await;

    let answer = shop.told(MARIA, json!({ "layers": foreign })).await;

    assert_eq!(controls(&answer), ["layer.untrusted"], "{answer:?}");
    assert_eq!(shop.layers().await, foreign);
    assert_eq!(shop.tags().await, ["cordon:layer.untrusted"]);
    let told = shop.world.account.notifications().await.join("\n");
    assert!(told.contains("layer.untrusted") && told.contains("restore-setting"), "{told}");
}

#[tokio::test]
async fn a_changed_timeout_of_a_function_with_layers_is_nothing() {
    let shop = Shop::new(RESTORE).await;
    let layers = [shop.layer("999988887777", "metrics:1")];
    shop.set_layers(&layers).await;
    for timeout in [5, 6] {
        shop.change(|update| update.timeout(timeout)).await;
        let answer = shop.told(MARIA, json!({ "timeout": timeout })).await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
    }
    assert!(writes(&shop.world).is_empty());
    assert_eq!(shop.layers().await, layers);
}

#[tokio::test]
async fn a_wrapper_that_no_event_shows_is_found_and_taken_out_and_no_value_is_told() {
    let shop = Shop::new(RESTORE).await;
    shop.set_variables(&[("STAGE", "prod-7f3a"), ("TOKEN", "tk-2b9c41d8")]).await;
    shop.remember().await;
    let wrapped = [
        ("AWS_LAMBDA_EXEC_WRAPPER", "/tmp/wrapper-5e1d"),
        ("STAGE", "prod-7f3a"),
        ("TOKEN", "tk-2b9c41d8"),
    ];
    shop.set_variables(&wrapped).await;

    let answer = shop.told(MARIA, json!({ "environment": {} })).await;

    assert_eq!(controls(&answer), ["environment.code-injection"], "{answer:?}");
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let before: Vec<_> = wrapped[1..].iter().map(own).collect();
    assert_eq!(shop.variables().await, before);
    let journal = shop.world.account.journal_text().await;
    let told = shop.world.account.notifications().await.join("\n");
    assert!(told.contains("AWS_LAMBDA_EXEC_WRAPPER"), "{told}");
    for (_, value) in wrapped {
        for place in [&format!("{answer:?}"), &journal, &told] {
            assert!(!place.contains(value), "{value} in {place}");
        }
    }
    // The value is gone: an operator sets it by hand, and is told so.
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("set it by hand"), "{printed}");
}

#[tokio::test]
async fn a_variable_that_had_another_value_is_told_and_left() {
    let shop = Shop::new(RESTORE).await;
    shop.set_variables(&[("HTTPS_PROXY", "http://proxy.acme.example")]).await;
    shop.remember().await;
    shop.set_variables(&[("HTTPS_PROXY", "http://proxy.stranger.example")]).await;

    let answer = shop.told(MARIA, json!({ "environment": {} })).await;

    assert_eq!(controls(&answer), ["environment.code-injection"], "{answer:?}");
    assert_eq!(shop.variables().await[0].1, "http://proxy.stranger.example");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("only a hash is known"), "{unanswered}");
}

#[tokio::test]
async fn a_handler_that_changes_alone_is_put_back_and_one_with_its_code_stays() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    shop.change(|update| update.handler("debug.handler")).await;
    let answer = shop.told(MARIA, json!({ "handler": "debug.handler" })).await;
    assert_eq!(controls(&answer), ["handler.changed-alone"], "{answer:?}");
    assert_eq!(shop.live().await.handler.as_deref(), Some("index.handler"));

    let lambda = &shop.world.account.lambda;
    let code = lambda.update_function_code().function_name(NAME).zip_file(Blob::new("new code"));
    code.send().await.expect("the code is changed");
    shop.change(|update| update.handler("shop.handler")).await;
    let answer = shop.told(MARIA, json!({ "handler": "shop.handler" })).await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    assert_eq!(shop.live().await.handler.as_deref(), Some("shop.handler"));
}

#[tokio::test]
async fn a_function_that_is_taken_out_of_its_vpc_is_attached_again() {
    let shop = Shop::new(RESTORE).await;
    let vpc = |subnets: &[&str], groups: &[&str]| {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        VpcConfig::builder()
            .set_subnet_ids(Some(own(subnets)))
            .set_security_group_ids(Some(own(groups)))
            .build()
    };
    shop.change(|update| update.vpc_config(vpc(&["subnet-0a1"], &["sg-0b2"]))).await;
    shop.remember().await;
    shop.change(|update| update.vpc_config(vpc(&[], &[]))).await;

    let named = json!({ "vpcConfig": { "subnetIds": [], "securityGroupIds": [] } });
    let answer = shop.told(MARIA, named).await;

    assert_eq!(controls(&answer), ["vpc.detached"], "{answer:?}");
    let live = shop.live().await.vpc_config.expect("it is attached");
    assert_eq!(live.subnet_ids(), ["subnet-0a1"]);
    assert_eq!(live.security_group_ids(), ["sg-0b2"]);
}

#[tokio::test]
async fn several_parts_that_one_change_spoils_are_all_put_back() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    let foreign = shop.layer("999988887777", "metrics:1");
    let environment = Environment::builder()
        .variables("LD_PRELOAD", "/tmp/a.so")
        .variables("NODE_OPTIONS", "--require /tmp/b.js")
        .build();
    shop.change(|update| update.handler("debug.handler").layers(&foreign).environment(environment))
        .await;

    let named = json!({ "handler": "debug.handler", "layers": [foreign], "environment": {} });
    shop.told(MARIA, named).await;

    assert_eq!(shop.live().await.handler.as_deref(), Some("index.handler"));
    assert!(shop.layers().await.is_empty());
    assert!(shop.variables().await.is_empty());
}

#[tokio::test]
async fn changes_that_change_nothing_undo_nothing() {
    let policy = RESTORE.replace("mode: enforce", "mode: dry-run");
    let shop = Shop::new(&policy).await;
    shop.remember().await;
    shop.change(|update| update.handler("shop.handler")).await;
    shop.told(MARIA, json!({ "handler": "shop.handler" })).await;

    // Enforced later on: an old change of somebody is not what a later one is about.
    let enforced = shop.world.bootstrap(&Installation { mode: "enforce", policy: RESTORE });
    for parameters in [json!({}), json!({ "timeout": 9 }), json!({ "layers": [] })] {
        let call = "UpdateFunctionConfiguration20150331v2";
        let answer = enforced.deliver(&shop.event(MARIA, call, parameters).await);
        assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    }
    assert!(writes(&shop.world).is_empty());
    assert_eq!(shop.live().await.handler.as_deref(), Some("shop.handler"));
}

#[tokio::test]
async fn what_a_trusted_principal_deploys_is_learned_and_put_back_later() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    shop.change(|update| update.handler("shop.handler")).await;
    let answer = shop.told(DEPLOY, json!({ "handler": "shop.handler" })).await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    tokio::time::sleep(Duration::from_millis(5)).await;
    shop.change(|update| update.handler("debug.handler")).await;

    let answer = shop.told(MARIA, json!({ "handler": "debug.handler" })).await;

    assert_eq!(controls(&answer), ["handler.changed-alone"], "{answer:?}");
    assert_eq!(shop.live().await.handler.as_deref(), Some("shop.handler"));
}

#[tokio::test]
async fn nothing_that_was_found_is_learned_whoever_changes_something_else_then() {
    let policy = RESTORE.replace(", remediations: { restore-setting: true }", "");
    let shop = Shop::new(&policy).await;
    shop.remember().await;
    let foreign = [shop.layer("999988887777", "metrics:1")];
    shop.set_layers(&foreign).await;
    shop.told(MARIA, json!({ "layers": foreign })).await;
    for actor in [MARIA, DEPLOY] {
        shop.change(|update| update.timeout(7).memory_size(256)).await;
        shop.told(actor, json!({ "timeout": 7, "memorySize": 256 })).await;
    }

    // It is still a finding, and what was before it is still known.
    let enforced = shop.world.bootstrap(&Installation { mode: "enforce", policy: RESTORE });
    let call = "UpdateFunctionConfiguration20150331v2";
    let answer = enforced.deliver(&shop.event(MARIA, call, json!({ "layers": foreign })).await);
    assert_eq!(controls(&answer), ["layer.untrusted"], "{answer:?}");
    assert!(shop.layers().await.is_empty());
}

#[tokio::test]
async fn a_function_first_seen_by_what_spoils_it_is_told_and_nothing_is_put_back() {
    let shop = Shop::new(RESTORE).await;
    let foreign = [shop.layer("999988887777", "metrics:1")];
    shop.set_layers(&foreign).await;
    for _ in 0..2 {
        let answer = shop.told(MARIA, json!({ "layers": foreign })).await;
        assert_eq!(controls(&answer), ["layer.untrusted"], "{answer:?}");
        let unanswered = answer.findings[0]["unanswered"].to_string();
        assert!(unanswered.contains("what stood there before is not known"), "{unanswered}");
    }
    assert_eq!(shop.layers().await, foreign);
}

#[tokio::test]
async fn an_older_change_that_comes_late_teaches_nothing() {
    let shop = Shop::new(RESTORE).await;
    let call = "UpdateFunctionConfiguration20150331v2";
    let late = shop.event(DEPLOY, call, json!({ "handler": "debug.handler" })).await;
    shop.remember().await;
    let before = shop.world.account.journal_text().await;
    shop.change(|update| update.handler("debug.handler")).await;

    let answer = shop.bootstrap.deliver(&late);

    assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    assert_eq!(shop.world.account.journal_text().await, before);
}

#[tokio::test]
async fn a_dry_run_remembers_too_and_plans_the_same() {
    let mut plans = Vec::new();
    for mode in ["dry-run", "enforce"] {
        let shop = Shop::with_mode(mode, RESTORE).await;
        shop.remember().await;
        shop.change(|update| update.handler("debug.handler")).await;
        shop.world.calls();
        let answer = shop.told(MARIA, json!({ "handler": "debug.handler" })).await;
        plans.push(crate::stories::plan(&answer, shop.world.region()));
        let handler = shop.live().await.handler;
        let wrote = !writes(&shop.world).is_empty();
        let stands = (handler.as_deref() == Some("debug.handler"), wrote);
        assert_eq!(stands, (mode == "dry-run", mode == "enforce"));
    }
    assert_eq!(plans[0], plans[1]);
    assert!(plans[0].iter().any(|step| step.contains("restore-handler")), "{plans:?}");
}

#[tokio::test]
async fn a_forged_snapshot_brings_no_strangers_code_in() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    let forged = shop.layer("999988887777", "backdoor:1");
    shop.world.account.forge_snapshot(&shop.world.arn(NAME), "layers", &json!([forged])).await;
    let other = [shop.layer("444455556666", "metrics:1")];
    shop.set_layers(&other).await;

    let answer = shop.told(MARIA, json!({ "layers": other })).await;

    assert_eq!(controls(&answer), ["layer.untrusted"], "{answer:?}");
    assert_eq!(shop.layers().await, other);
}

#[tokio::test]
async fn a_secret_in_the_environment_is_told_by_its_name_alone() {
    let policy = "version: 1
defaults: { mode: \"off\" }
controls: { environment.secret: { mode: enforce } }
";
    let shop = Shop::new(policy).await;
    let secret = "postgres://app:kq7Zt2vX9b@db.acme.example/app";
    shop.set_variables(&[("DATABASE_URL", secret), ("STAGE", "prod")]).await;

    let answer = shop.told(MARIA, json!({ "environment": {} })).await;

    assert_eq!(controls(&answer), ["environment.secret"], "{answer:?}");
    assert_eq!(shop.tags().await, ["cordon:environment.secret"]);
    let told = shop.world.account.notifications().await.join("\n");
    assert!(told.contains("DATABASE_URL") && !told.contains("STAGE"), "{told}");
    let journal = shop.world.account.journal_text().await;
    for place in [&format!("{answer:?}"), &journal, &told] {
        assert!(!place.contains("kq7Zt2vX9b"), "{place}");
    }
}

#[tokio::test]
async fn code_signing_that_somebody_takes_away_is_attached_again() {
    let shop = Shop::new(RESTORE).await;
    let enforced = shop.signing_config(CodeSigningPolicy::Enforce).await;
    shop.attach(&enforced).await;
    shop.remember().await;
    shop.detach().await;

    let answer = shop.told_of(MARIA, "DeleteFunctionCodeSigningConfig", json!({})).await;

    assert_eq!(controls(&answer), ["code-signing.weakened"], "{answer:?}");
    assert_eq!(shop.signing().await, enforced);
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(shop.signing().await, "");
}

#[tokio::test]
async fn a_code_signing_that_only_warns_does_not_take_the_place_of_one_that_enforces() {
    let shop = Shop::new(RESTORE).await;
    let enforced = shop.signing_config(CodeSigningPolicy::Enforce).await;
    let warns = shop.signing_config(CodeSigningPolicy::Warn).await;
    shop.remember().await;
    // The first one is learned from whoever attaches it: there was none.
    shop.attach(&enforced).await;
    let named = json!({ "codeSigningConfigArn": enforced });
    let answer = shop.told_of(MARIA, "PutFunctionCodeSigningConfig", named).await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    shop.attach(&warns).await;

    let named = json!({ "codeSigningConfigArn": warns });
    let answer = shop.told_of(MARIA, "PutFunctionCodeSigningConfig", named).await;

    assert_eq!(controls(&answer), ["code-signing.weakened"], "{answer:?}");
    assert_eq!(shop.signing().await, enforced);
    shop.detach().await;
    let answer = shop.told_of(DEPLOY, "DeleteFunctionCodeSigningConfig", json!({})).await;
    assert!(controls(&answer).is_empty(), "{answer:?}");
    assert_eq!(shop.signing().await, "");
}

#[tokio::test]
async fn loops_that_somebody_allows_are_ended_again() {
    let shop = Shop::new(RESTORE).await;
    let allow = shop.world.account.lambda.put_function_recursion_config().function_name(NAME);
    allow.recursive_loop(RecursiveLoop::Allow).send().await.expect("loops are allowed");
    let loops = || async {
        let get = shop.world.account.lambda.get_function_recursion_config().function_name(NAME);
        get.send().await.expect("it is answered").recursive_loop
    };

    let named = json!({ "recursiveLoop": "Allow" });
    let answer = shop.told_of(MARIA, "PutFunctionRecursionConfig", named).await;

    assert_eq!(controls(&answer), ["recursion.allowed"], "{answer:?}");
    assert_eq!(loops().await, Some(RecursiveLoop::Terminate));
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(loops().await, Some(RecursiveLoop::Allow));
}

#[tokio::test]
async fn what_changed_right_after_a_deployment_is_not_taken_for_it() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    shop.change(|update| update.handler("shop.handler")).await;
    let call = "UpdateFunctionConfiguration20150331v2";
    let deployed = shop.event(DEPLOY, call, json!({ "handler": "shop.handler" })).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    shop.change(|update| update.handler("debug.handler")).await;
    let before = shop.world.account.journal_text().await;

    let answer = shop.bootstrap.deliver(&deployed);

    assert!(answer.ok && controls(&answer).is_empty(), "{answer:?}");
    assert_eq!(shop.world.account.journal_text().await, before);
    let answer = shop.told(MARIA, json!({ "handler": "debug.handler" })).await;
    assert_eq!(controls(&answer), ["handler.changed-alone"], "{answer:?}");
}

#[tokio::test]
async fn deliveries_at_the_same_time_do_not_interleave() {
    let shop = Shop::new(RESTORE).await;
    let call = "UpdateFunctionConfiguration20150331v2";
    let mut events = Vec::new();
    for timeout in [5, 6, 7, 8] {
        events.push(shop.event(MARIA, call, json!({ "timeout": timeout })).await);
    }
    let others: Vec<Bootstrap> = (0..events.len())
        .map(|_| shop.world.bootstrap(&Installation { mode: "enforce", policy: RESTORE }))
        .collect();
    let deliveries = others
        .into_iter()
        .zip(events)
        .map(|(one, event)| std::thread::spawn(move || one.deliver(&event)));
    let deliveries: Vec<_> = deliveries.collect();
    let answers: Vec<Answer> =
        deliveries.into_iter().map(|delivery| delivery.join().expect("it answers")).collect();
    assert!(answers.iter().all(|answer| answer.ok), "{answers:?}");
    // All of them saw the same function: one wrote what it is, and nobody had anything to add.
    assert_eq!(shop.world.account.journal_records().await, 1);
    assert!(shop.world.account.journal_text().await.contains("\"version\": N(\"1\")"));
}

#[tokio::test]
async fn while_an_incident_contains_the_function_nothing_is_learned_and_what_a_deployer_replaces_is_forgotten()
 {
    let policy = RESTORE
        .replace("controls:\n", "controls:\n  function.privilege-escalation: { mode: enforce }\n");
    let shop = Shop::new(&policy).await;
    shop.remember().await;
    let escalation = shop.world.event("create-access-key-by-function.json");
    let answer = shop.bootstrap.deliver(&escalation.replace("report-generator", NAME));
    assert!(answer.ok && !answer.findings.is_empty(), "{answer:?}");
    shop.change(|update| update.runtime(aws_sdk_lambda::types::Runtime::Python312)).await;

    shop.told(MARIA, json!({ "runtime": "python3.12" })).await;
    let snapshot = shop.world.account.snapshot(&shop.world.arn(NAME)).await;
    assert!(snapshot.contains("python3.13"), "{snapshot}");
    shop.told(DEPLOY, json!({ "runtime": "python3.12" })).await;

    let snapshot = shop.world.account.snapshot(&shop.world.arn(NAME)).await;
    assert!(snapshot.contains("index.handler") && !snapshot.contains("python"), "{snapshot}");
}

#[tokio::test]
async fn logs_that_somebody_sends_elsewhere_go_back_and_stay_what_they_were_otherwise() {
    let shop = Shop::new(RESTORE).await;
    let json_logs = LoggingConfig::builder()
        .log_format(LogFormat::Json)
        .application_log_level(ApplicationLogLevel::Warn)
        .log_group("/acme/all")
        .build();
    shop.change(|update| update.logging_config(json_logs)).await;
    shop.remember().await;
    let named = shop.send_logs_to("/mallory/void").await;
    shop.world.calls();

    let call = "UpdateFunctionConfiguration20150331v2";
    let event = shop.event(MARIA, call, named).await;
    let answer = shop.bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["logging.redirected"], "{answer:?}");
    let alike = |group: &str| (group.to_owned(), "JSON".to_owned(), "WARN".to_owned());
    assert_eq!(shop.logging().await, alike("/acme/all"));
    assert_eq!(writes(&shop.world), ["UpdateFunctionConfiguration", "TagResource"]);
    let again = shop.bootstrap.deliver(&event);
    assert!(again.ok && writes(&shop.world).is_empty(), "{again:?}");
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(shop.logging().await, alike("/mallory/void"));
    assert!(shop.tags().await.is_empty());
    let held = shop.bootstrap.deliver(&event);
    assert!(held.ok && writes(&shop.world).is_empty(), "what was restored is left alone");
}

#[tokio::test]
async fn logs_go_back_to_where_a_trusted_principal_sent_them_last() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    for (actor, group) in [(MARIA, "/acme/one"), (DEPLOY, "/acme/two")] {
        let named = shop.send_logs_to(group).await;
        let answer = shop.told(actor, named).await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for group in ["/mallory/void", "/mallory/other"] {
        let named = shop.send_logs_to(group).await;
        let answer = shop.told(MARIA, named).await;
        assert_eq!(controls(&answer), ["logging.redirected"], "{answer:?}");
        assert_eq!(shop.logging().await.0, "/acme/two");
    }
}

#[tokio::test]
async fn an_old_log_group_is_no_redirection_however_often_it_is_named() {
    let shop = Shop::new(RESTORE).await;
    shop.send_logs_to("/old/group").await;
    shop.remember().await;
    for _ in 0..2 {
        let named = shop.send_logs_to("/old/group").await;
        let answer = shop.told(MARIA, named).await;
        assert!(controls(&answer).is_empty(), "{answer:?}");
    }
    assert_eq!(shop.logging().await.0, "/old/group");
    assert!(writes(&shop.world).is_empty());
}

#[tokio::test]
async fn a_forged_snapshot_sends_no_logs_away() {
    let shop = Shop::new(RESTORE).await;
    shop.remember().await;
    let arn = shop.world.arn(NAME);
    shop.world.account.forge_snapshot(&arn, "logGroup", &json!("/mallory/void")).await;
    let named = shop.send_logs_to("/defenders/own").await;

    let answer = shop.told(MARIA, named).await;

    assert_eq!(controls(&answer), ["logging.redirected"], "{answer:?}");
    assert_eq!(shop.logging().await.0, "/defenders/own");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("not one of the `log-groups` either"), "{unanswered}");
}

/// What the function changed of log groups since the last look.
fn set_for_logs(world: &World) -> Vec<String> {
    let calls = world.calls().into_iter();
    calls
        .filter(|call| call.mutating && call.service == "logs")
        .map(|call| call.operation)
        .collect()
}

#[tokio::test]
async fn log_events_that_somebody_keeps_for_too_short_are_kept_longer() {
    let shop = Shop::new(RESTORE).await;
    logs(&shop.world, "CreateLogGroup", &json!({ "logGroupName": GROUP }));
    let event = shop.keep_logs_for(1, 1);
    shop.world.calls();

    let answer = shop.bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["logging.redirected"], "{answer:?}");
    assert_eq!(shop.kept_for(), Some(90));
    assert_eq!(set_for_logs(&shop.world), ["PutRetentionPolicy"]);
    let told = shop.world.account.notifications().await.join("\n");
    assert!(told.contains("1 -> 90 days") && told.contains("are gone"), "{told}");
    let again = shop.bootstrap.deliver(&event);
    assert!(again.ok && again.findings.is_empty(), "{again:?}");
    assert!(set_for_logs(&shop.world).is_empty());
    // Set again, otherwise: one restore brings back what was there first.
    let other = shop.bootstrap.deliver(&shop.keep_logs_for(3, 2));
    assert!(other.ok, "{other:?}");
    assert_eq!(shop.kept_for(), Some(90));
    let (code, printed) = shop.world.cordon(&["restore", &incident(&answer)]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("put-log-retention"), "{printed}");
    assert_eq!(shop.kept_for(), Some(1));
    let held = shop.bootstrap.deliver(&event);
    assert!(held.ok, "{held:?}");
    assert_eq!(shop.kept_for(), Some(1), "what was restored is left alone");
}

#[tokio::test]
async fn log_events_that_are_kept_otherwise_by_now_are_left_so() {
    let shop = Shop::new(RESTORE).await;
    logs(&shop.world, "CreateLogGroup", &json!({ "logGroupName": GROUP }));
    let shortened = shop.keep_logs_for(1, 1);
    shop.keep_logs_for(365, 2);
    let answer = shop.bootstrap.deliver(&shortened);
    assert!(answer.ok && answer.findings.is_empty(), "{answer:?}");
    assert_eq!(shop.kept_for(), Some(365));

    let answer = shop.bootstrap.deliver(&shop.keep_logs_for(7, 3));
    assert!(answer.ok, "{answer:?}");
    shop.keep_logs_for(180, 4);
    let (code, printed) =
        shop.world.cordon(&["restore", &incident(&answer), "--step", "put-log-retention"]);
    assert!(code == 1 && printed.contains("they are kept for 180 days"), "{printed}");
    assert_eq!(shop.kept_for(), Some(180));
}

#[tokio::test]
async fn a_log_group_that_is_deleted_is_told_and_no_empty_one_made() {
    let shop = Shop::new(RESTORE).await;
    let event = shop.world.event("delete-log-group.json").replace("legacy-import", NAME);
    shop.world.calls();

    let answer = shop.bootstrap.deliver(&event);

    assert!(answer.ok, "{answer:?}");
    assert_eq!(controls(&answer), ["logging.redirected"], "{answer:?}");
    let unanswered = answer.findings[0]["unanswered"].to_string();
    assert!(unanswered.contains("what was in it is gone"), "{unanswered}");
    assert!(shop.world.calls().iter().all(|call| call.service != "logs"));
    assert_eq!(shop.kept_for(), None);
}
