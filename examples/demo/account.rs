//! The demo's account: what is in it, what happens to it, and what has to come of that.

use crate::harness::{Emulator, FunctionSnapshot, World};
use aws_sdk_lambda::{
    primitives::Blob,
    types::{Environment, FunctionCode, FunctionUrlAuthType, RecursiveLoop, Runtime},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The account as it is at one time, by function.
pub type Snapshot = BTreeMap<&'static str, FunctionSnapshot>;

/// A function as the demo finds it.
#[derive(Default)]
pub struct Seed {
    name: &'static str,
    runtime: Option<&'static str>,
    untagged: bool,
    environment: bool,
    /// A version or an alias beside the function itself.
    qualifier: Option<&'static str>,
    reserved: Option<i32>,
    provisioned: Option<i32>,
    url: Option<FunctionUrlAuthType>,
    /// It may call itself in loops.
    loops: bool,
    /// Its role may do everything.
    mighty: bool,
    /// Statements without their resource: of the function, and of the qualifier.
    policy: Vec<Value>,
    qualified_policy: Vec<Value>,
}

fn allow(sid: &str, principal: Value, action: &str, condition: Value) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": format!("lambda:{action}"),
        "Resource": "",
        "Condition": condition,
    })
}

/// A service that may invoke under a condition.
fn trigger(sid: &str, service: &str, condition: Value) -> Value {
    let service = format!("{service}.amazonaws.com");
    allow(sid, json!({ "Service": service }), "InvokeFunction", condition)
}

/// A trigger as it should be.
fn hourly() -> Value {
    let rule = "arn:aws:events:us-east-1:111122223333:rule/hourly";
    trigger("hourly", "events", json!({ "ArnLike": { "AWS:SourceArn": rule } }))
}

fn from_topic(sid: &str, topic: &str) -> Value {
    let topic = format!("arn:aws:sns:us-east-1:111122223333:{topic}");
    trigger(sid, "sns", json!({ "ArnLike": { "AWS:SourceArn": topic } }))
}

fn from_bucket(sid: &str, bucket: &str, account: Option<&str>) -> Value {
    let mut condition = json!({ "ArnLike": { "AWS:SourceArn": format!("arn:aws:s3:::{bucket}") } });
    if let Some(account) = account {
        condition["StringEquals"] = json!({ "AWS:SourceAccount": account });
    }
    trigger(sid, "s3", condition)
}

fn open_to_all() -> Value {
    allow("open-to-all", json!("*"), "InvokeFunction", Value::Null)
}

fn for_partner(sid: &str, action: &str) -> Value {
    allow(sid, json!({ "AWS": "arn:aws:iam::999988887777:root" }), action, Value::Null)
}

/// The two statements the console adds to a function URL that anyone may call.
fn public_url() -> Vec<Value> {
    let anyone = || json!("*");
    let no_auth = json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "NONE" } });
    let via_url = json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } });
    vec![
        allow("FunctionURLAllowPublicAccess", anyone(), "InvokeFunctionUrl", no_auth),
        allow("FunctionURLInvokeAllowPublicAccess", anyone(), "InvokeFunction", via_url),
    ]
}

/// Everything that is in the account.
pub fn seeds() -> Vec<Seed> {
    const HOME: Option<&str> = Some("111122223333");
    vec![
        Seed {
            name: "orders",
            qualifier: Some("7"),
            policy: vec![hourly(), open_to_all()],
            qualified_policy: vec![hourly(), open_to_all()],
            ..Seed::default()
        },
        Seed {
            name: "billing",
            policy: vec![
                from_bucket("allow-invoices", "acme-invoices", HOME),
                for_partner("partner-access", "InvokeFunction"),
            ],
            ..Seed::default()
        },
        Seed {
            name: "thumbnails",
            policy: vec![
                from_bucket("allow-acme-uploads", "acme-uploads", None),
                from_topic("allow-old-uploads", "old-uploads"),
            ],
            ..Seed::default()
        },
        Seed {
            name: "nightly-report",
            policy: vec![trigger("allow-schedule", "events", Value::Null)],
            ..Seed::default()
        },
        Seed {
            name: "inventory",
            policy: vec![
                from_topic("allow-stock-updates", "stock-updates"),
                for_partner("partner-deploys", "UpdateFunctionCode"),
            ],
            ..Seed::default()
        },
        Seed {
            name: "webhook",
            url: Some(FunctionUrlAuthType::None),
            policy: [vec![hourly()], public_url()].concat(),
            ..Seed::default()
        },
        Seed {
            name: "report-generator",
            qualifier: Some("live"),
            reserved: Some(10),
            provisioned: Some(2),
            loops: true,
            policy: vec![hourly()],
            ..Seed::default()
        },
        Seed { name: "invoice-export", mighty: true, policy: vec![hourly()], ..Seed::default() },
        Seed {
            name: "legacy-import",
            runtime: Some("python3.9"),
            untagged: true,
            environment: true,
            policy: vec![from_bucket("allow-imports", "acme-imports", HOME)],
            ..Seed::default()
        },
        Seed {
            name: "payments",
            qualifier: Some("live"),
            policy: vec![from_topic("allow-payouts", "payouts")],
            qualified_policy: vec![from_topic("allow-payouts", "payouts"), open_to_all()],
            ..Seed::default()
        },
        // As it should be, and never the subject of an event: nothing may happen to it.
        Seed {
            name: "checkout",
            qualifier: Some("live"),
            reserved: Some(50),
            provisioned: Some(5),
            url: Some(FunctionUrlAuthType::AwsIam),
            policy: vec![hourly()],
            qualified_policy: vec![from_topic("allow-carts", "carts")],
            ..Seed::default()
        },
    ]
}

impl Seed {
    /// Puts the function into the account.
    pub async fn plant(&self, world: &World) {
        self.create(world).await;
        match self.qualifier {
            None => {}
            Some(version) if version.bytes().all(|byte| byte.is_ascii_digit()) => {
                let version = version.parse().expect("a version is a number");
                world.account.publish_up_to(self.name, version).await;
            }
            Some(alias) => self.alias(world, alias).await,
        }
        self.put_policy(world, None, &self.policy).await;
        self.put_policy(world, self.qualifier, &self.qualified_policy).await;
        if let Some(auth) = &self.url {
            world.account.create_url(self.name, auth.clone()).await;
        }
        self.set_concurrency(world).await;
        if self.loops {
            let call = world.account.lambda.put_function_recursion_config();
            let call = call.function_name(self.name).recursive_loop(RecursiveLoop::Allow);
            call.send().await.expect("loops are allowed");
        }
        if self.mighty {
            let attach = world.account.iam.attach_role_policy();
            let attach = attach.role_name(world.account.role(self.name)).policy_arn(ADMINISTRATOR);
            attach.send().await.expect("the policy is attached");
        }
    }

    async fn create(&self, world: &World) {
        world.account.create_role(&world.account.role(self.name)).await;
        let mut call = world
            .account
            .lambda
            .create_function()
            .function_name(self.name)
            .runtime(Runtime::from(self.runtime.unwrap_or("python3.13")))
            .role(world.account.role_arn(self.name))
            .handler("app.handler")
            .code(FunctionCode::builder().zip_file(Blob::new("code")).build());
        if !self.untagged {
            call = call.tags("owner", "shop-team");
        }
        if self.environment {
            call = call.environment(Environment::builder().variables("API_KEY", "secret").build());
        }
        call.send().await.expect("the function is created");
    }

    async fn alias(&self, world: &World, alias: &str) {
        world.account.publish_up_to(self.name, 1).await;
        let call = world.account.lambda.create_alias();
        let call = call.function_name(self.name).name(alias).function_version("1");
        call.send().await.expect("the alias is created");
    }

    async fn put_policy(&self, world: &World, qualifier: Option<&str>, statements: &[Value]) {
        if statements.is_empty() {
            return;
        }
        let arn = qualified(world.arn(self.name), qualifier);
        let mut statements = statements.to_vec();
        for statement in &mut statements {
            statement["Resource"] = json!(arn);
            if statement["Condition"].is_null()
                && let Some(members) = statement.as_object_mut()
            {
                members.remove("Condition");
            }
        }
        let document = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements });
        world.account.put_policy(&arn, &document).await;
    }

    async fn set_concurrency(&self, world: &World) {
        let lambda = &world.account.lambda;
        if let Some(reserved) = self.reserved {
            let call = lambda.put_function_concurrency().function_name(self.name);
            let call = call.reserved_concurrent_executions(reserved);
            call.send().await.expect("concurrency is reserved");
        }
        if let (Some(provisioned), Some(qualifier)) = (self.provisioned, self.qualifier) {
            let call = lambda.put_provisioned_concurrency_config().function_name(self.name);
            let call = call.qualifier(qualifier).provisioned_concurrent_executions(provisioned);
            call.send().await.expect("concurrency is provisioned");
        }
    }
}

fn qualified(arn: String, qualifier: Option<&str>) -> String {
    match qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn,
    }
}

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// The account's trail, and where it stands beside the functions.
const TRAIL: &str = "audit";
const AUDIT: &str = "audit (trail)";

fn trail(world: &World, call: &str, asked: &Value) -> Value {
    let headers = format!(
        "X-Amz-Target: CloudTrail_20131101.{call}\r\nContent-Type: application/x-amz-json-1.1\r\n"
    );
    let request = ["POST", "/", &headers, &asked.to_string()];
    let answer = Emulator::get().call("cloudtrail", world.region(), request);
    serde_json::from_str(&answer).unwrap_or(Value::Null)
}

/// A trail that somebody has just stopped.
pub fn plant_trail(world: &World) {
    let bucket = "acme-audit-logs";
    Emulator::get().call("s3", "us-east-1", ["PUT", &format!("/{bucket}"), "", ""]);
    let made = json!({ "Name": TRAIL, "S3BucketName": bucket, "IsMultiRegionTrail": true });
    trail(world, "CreateTrail", &made);
}

/// The account as it is now.
pub async fn look(world: &World, seeds: &[Seed]) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for seed in seeds {
        let arn = world.arn(seed.name);
        let qualifiers: Vec<&str> = seed.qualifier.into_iter().collect();
        let mut function = world.account.look(seed.name, &arn, &qualifiers).await;
        for (setting, text) in &mut function.settings {
            if setting.starts_with("policy cordon-") {
                *text = DENY.to_owned();
            }
        }
        snapshot.insert(seed.name, function);
    }
    let status = trail(world, "GetTrailStatus", &json!({ "Name": TRAIL }));
    let logs = (LOGGING.to_owned(), status["IsLogging"].to_string());
    let audit = FunctionSnapshot { settings: [logs].into(), ..FunctionSnapshot::default() };
    snapshot.insert(AUDIT, audit);
    snapshot
}

/// Whether a trail records.
pub const LOGGING: &str = "logging";

/// What stands for a policy that has the time of the containment in it.
const DENY: &str = "Cordon's";

/// An event, and everything that has to come of it.
pub struct Delivery {
    /// In `events/`.
    pub event: &'static str,
    /// In words.
    pub story: &'static str,
    function: &'static str,
    /// Whose policy changes; `""` for the function's own.
    qualifier: &'static str,
    changes: &'static [Change],
}

impl Delivery {
    /// Whether it is only told: then it opens no incident.
    pub const fn is_told(&self) -> bool {
        self.changes.is_empty()
    }
}

enum Change {
    /// The statement is gone.
    Removed(&'static str),
    /// The statement's condition has this operator, key and value as well.
    Scoped(&'static str, [&'static str; 3]),
    /// It runs no more, its use of its role is denied, and it is marked.
    Contained,
    UrlHardened,
    /// The function has this tag, with the incident as its value.
    Tagged(&'static str),
    /// The trail records again.
    Logging,
}

/// What happens, in this order.
pub const DELIVERIES: [Delivery; 15] = [
    Delivery {
        event: "add-permission-public.json",
        story: "mallory lets anyone invoke orders",
        function: "orders",
        qualifier: "",
        changes: &[Change::Removed("open-to-all")],
    },
    Delivery {
        event: "add-permission-public-version.json",
        story: "and version 7 of it, which has a policy of its own",
        function: "orders",
        qualifier: "7",
        changes: &[Change::Removed("open-to-all")],
    },
    Delivery {
        event: "add-permission-account.json",
        story: "maria lets an account nobody trusts invoke billing",
        function: "billing",
        qualifier: "",
        changes: &[Change::Removed("partner-access")],
    },
    Delivery {
        event: "add-permission-s3-unscoped.json",
        story: "the pipeline lets a bucket invoke thumbnails, whoever owns that name",
        function: "thumbnails",
        qualifier: "",
        changes: &[Change::Scoped(
            "allow-acme-uploads",
            ["StringEquals", "AWS:SourceAccount", "111122223333"],
        )],
    },
    Delivery {
        event: "add-permission-events-unscoped.json",
        story: "and EventBridge invoke nightly-report, for whomever it acts",
        function: "nightly-report",
        qualifier: "",
        changes: &[Change::Scoped(
            "allow-schedule",
            ["ArnLike", "AWS:SourceArn", "arn:aws:events:us-east-1:111122223333:rule/*"],
        )],
    },
    Delivery {
        event: "put-resource-policy-dangerous.json",
        story: "mallory lets another account replace the code of inventory",
        function: "inventory",
        qualifier: "",
        changes: &[Change::Removed("partner-deploys")],
    },
    Delivery {
        event: "create-function-url-public.json",
        story: "maria gives webhook a URL that anyone may call",
        function: "webhook",
        qualifier: "",
        changes: &[
            Change::UrlHardened,
            Change::Removed("FunctionURLAllowPublicAccess"),
            Change::Removed("FunctionURLInvokeAllowPublicAccess"),
        ],
    },
    Delivery {
        event: "invoke-unexpected-service.json",
        story: "an old topic invokes thumbnails, which declares S3 alone",
        function: "thumbnails",
        qualifier: "",
        changes: &[Change::Removed("allow-old-uploads")],
    },
    Delivery {
        event: "stop-logging.json",
        story: "mallory stops the trail",
        function: AUDIT,
        qualifier: "",
        changes: &[Change::Logging],
    },
    Delivery {
        event: "attach-role-policy-admin.json",
        story: "and lets the role of invoice-export do everything",
        function: "invoice-export",
        qualifier: "",
        changes: &[],
    },
    Delivery {
        event: "put-function-recursion-config.json",
        story: "maria lets report-generator call itself in loops",
        function: "report-generator",
        qualifier: "",
        changes: &[Change::Tagged("cordon:recursion.allowed")],
    },
    Delivery {
        event: "create-access-key-by-function.json",
        story: "the credentials of report-generator make an access key for themselves",
        function: "report-generator",
        qualifier: "",
        changes: &[Change::Contained],
    },
    Delivery {
        event: "create-function.json",
        story: "the pipeline creates legacy-import",
        function: "legacy-import",
        qualifier: "",
        changes: &[
            Change::Tagged("cordon:tags.missing"),
            Change::Tagged("cordon:network.outside-vpc"),
            Change::Tagged("cordon:environment.unencrypted"),
            Change::Tagged("cordon:runtime.deprecated"),
        ],
    },
    Delivery {
        event: "config-rule-noncompliant-other.json",
        story: "a rule of AWS Config finds legacy-import outside a VPC",
        function: "legacy-import",
        qualifier: "",
        changes: &[Change::Tagged("cordon:config-rule:lambda-inside-vpc")],
    },
    Delivery {
        event: "config-rule-noncompliant.json",
        story: "a rule of AWS Config finds payments public, and does not say where",
        function: "payments",
        qualifier: "live",
        changes: &[Change::Removed("open-to-all")],
    },
];

impl Delivery {
    /// Makes of the account before the event what has to be after it.
    pub fn expect(&self, account: &mut Snapshot, incident: &str) {
        let function = account.get_mut(self.function).expect("the function is seeded");
        for change in self.changes {
            match change {
                Change::Removed(sid) => self.edit(function, |statements| {
                    statements.retain(|statement| statement["Sid"] != *sid);
                }),
                Change::Scoped(sid, [operator, key, value]) => self.edit(function, |statements| {
                    let mut same = statements.iter_mut();
                    let statement = same.find(|statement| statement["Sid"] == *sid);
                    let statement = statement.expect("the statement is seeded");
                    statement["Condition"][operator][key] = json!(value);
                }),
                Change::Contained => self.contained(function, incident),
                Change::UrlHardened => {
                    function.url = Some("AWS_IAM".to_owned());
                    for setting in function.settings.values_mut() {
                        *setting = setting.replacen("NONE ", "AWS_IAM ", 1);
                    }
                }
                Change::Logging => {
                    function.settings.insert(LOGGING.to_owned(), "true".to_owned());
                }
                Change::Tagged(key) => {
                    function.tags.insert((*key).to_owned(), incident.to_owned());
                }
            }
        }
    }

    fn contained(&self, function: &mut FunctionSnapshot, incident: &str) {
        function.reserved = Some(0);
        function.provisioned.clear();
        function.tags.insert("cordon:incident".to_owned(), incident.to_owned());
        function.tags.insert("cordon:status".to_owned(), "contained".to_owned());
        let role = format!("{}-us-east-1-role", self.function);
        for policy in [format!("cordon-{incident}"), format!("cordon-{incident}-sessions")] {
            function.settings.insert(format!("policy {policy} of {role}"), DENY.to_owned());
        }
    }

    fn edit(&self, function: &mut FunctionSnapshot, edit: impl FnOnce(&mut Vec<Value>)) {
        let text = function.policies.get_mut(self.qualifier).expect("the policy is seeded");
        let mut document: Value = serde_json::from_str(text).expect("policies are JSON");
        edit(document["Statement"].as_array_mut().expect("statements are a list"));
        *text = document.to_string();
    }
}
