//! Runs the real binaries against the emulator: one emulator for all, one Region, journal and
//! access key for each [`World`], so that worlds do not see each other and calls can be counted.

#![allow(dead_code, unused_imports, reason = "each target that includes this uses a part of it")]

mod account;
mod bootstrap;
mod emulator;
mod json_calls;
mod operator;
pub mod runtime_api;
mod snapshot;

pub use account::{Account, EVIDENCE, QUARANTINE, SECOND_LOOKS};
pub use bootstrap::{Answer, Bootstrap};
pub use emulator::{Call, Emulator, python};
pub use operator::Operator;
pub use snapshot::FunctionSnapshot;

use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

/// Everything one test needs.
pub struct World {
    /// The account as a person sees it; its calls are not counted.
    pub account: Account,
    region: String,
    key: String,
    folder: PathBuf,
}

/// How far the installation goes, and its control policy.
pub struct Installation<'a> {
    /// `CORDON_MODE`.
    pub mode: &'a str,
    /// `policy.yaml`.
    pub policy: &'a str,
}

/// The control policy that is shipped.
pub const SHIPPED: &str = include_str!("../../policy.yaml");

static WORLDS: AtomicU32 = AtomicU32::new(1);

impl World {
    /// A new world with an empty account.
    pub async fn new() -> Self {
        let number = WORLDS.fetch_add(1, Ordering::Relaxed);
        Self::numbered(number, region(number)).await
    }

    /// A new world in a Region of choice: for a process that has only this one.
    pub async fn in_region(region: &str) -> Self {
        Self::numbered(0, region.to_owned()).await
    }

    async fn numbered(number: u32, region: String) -> Self {
        let key = format!("AKIACORDON{number:06}{:04}", std::process::id() % 10_000);
        let folder = std::env::temp_dir().join(format!("cordon-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for this world");
        let account = Account::new(&region).await;
        Self { account, region, key, folder }
    }

    /// Starts the function.
    pub fn bootstrap(&self, installation: &Installation<'_>) -> Bootstrap {
        let today = time::OffsetDateTime::now_utc().date();
        let policy = cordon::policy::source::parse(installation.policy, today)
            .expect("the control policy is valid");
        let compiled = cordon::policy::LoadedPolicy::compile(&policy).expect("it compiles");
        self.write_policy(&compiled);
        Bootstrap::start(&self.folder, &self.region, &self.key, installation.mode, &[])
    }

    /// Starts the function in dry run with a compiled control policy, and more in its environment.
    pub fn bootstrap_with(&self, compiled: &str, variables: &[(&str, &str)]) -> Bootstrap {
        self.write_policy(compiled);
        Bootstrap::start(&self.folder, &self.region, &self.key, "dry-run", variables)
    }

    /// The files that the function keeps beside its control policy: this is its `/tmp`, too.
    pub fn kept(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.folder).expect("the folder of this world");
        let files = files.map(|file| file.expect("a file").path());
        files.filter(|path| path.file_name().is_some_and(|name| name != "policy.json")).collect()
    }

    /// Starts the collector of evidence, which stores what it collects in `bucket`.
    pub fn collector(&self, bucket: &str) -> Bootstrap {
        Bootstrap::collector(&self.region, &self.key, bucket)
    }

    /// Starts a function of another make here: a command that lacks what Lambda gives every function.
    pub fn other_function(&self, name: &str, command: Command) -> Bootstrap {
        Bootstrap::other(&self.region, &self.key, name, command)
    }

    /// Starts the function with what it must refuse; what it says.
    pub fn start_error(&self, mode: &str, compiled_policy: Option<&str>) -> String {
        self.write_policy(compiled_policy.unwrap_or_default());
        Bootstrap::start_error(&self.folder, &self.region, &self.key, mode)
    }

    /// In one step: another environment may be starting.
    fn write_policy(&self, compiled: &str) {
        let written = self.folder.join("policy.json.new");
        std::fs::write(&written, compiled).expect("the policy is written");
        std::fs::rename(&written, self.folder.join("policy.json")).expect("and put in place");
    }

    /// One of the sample events, as it would be in this world's Region.
    pub fn event(&self, name: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events").join(name);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (role, assumed) = (format!("-{}-role", self.region), "assumed-role");
        let text = text.replace("us-east-1", &self.region).replace("-role", &role);
        text.replace(&format!("assumed{role}"), assumed)
    }

    /// The message that makes a containment be looked at again, as its queue delivers it.
    pub fn second_look(&self, incident: &str, function: &str, after: u32) -> String {
        let (arn, region) = (self.arn(function), &self.region);
        let body = json!({ "incident": incident, "function": arn, "secondLook": after });
        let message = json!({
            "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": body.to_string(),
            "attributes": { "ApproximateReceiveCount": "1" },
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{region}:111122223333:{SECOND_LOOKS}"),
            "awsRegion": region,
        });
        json!({ "Records": [message] }).to_string()
    }

    /// The Regions of the account, beside this one.
    pub fn other_regions(&self, regions: &[&str]) {
        let body = json!({ "region": self.region, "regions": regions });
        Emulator::get().control("POST", "/_emulator/regions", &body.to_string());
    }

    /// Adds records to the account's CloudTrail event history.
    pub fn trail(&self, records: &[Value]) {
        let body = json!({ "region": self.region, "events": records });
        Emulator::get().control("POST", "/_emulator/trail", &body.to_string());
    }

    /// Lets a detector of the account find something, which is told as GuardDuty does.
    pub fn guardduty_finds(&self, detector: &str, finding: &Value) {
        let body = json!({ "region": self.region(), "detector": detector, "finding": finding });
        Emulator::get().control("POST", "/_emulator/finding", &body.to_string());
    }

    /// Makes a network interface, see `tests/emulator/ec2_interfaces.py`.
    pub fn network_interface(&self, mut interface: Value) {
        interface["region"] = json!(self.region);
        Emulator::get().control("POST", "/_emulator/interface", &interface.to_string());
    }

    /// Starts a durable execution; its ARN.
    pub fn durable_execution(&self, function: &str, name: &str) -> String {
        let body = json!({ "region": self.region, "function": function, "name": name });
        let answer =
            Emulator::get().control("POST", "/_emulator/durable-executions", &body.to_string());
        let answer: Value = serde_json::from_str(&answer).expect("it answers the execution");
        answer["DurableExecutionArn"].as_str().expect("with its ARN").to_owned()
    }

    /// The ARN of a function here.
    pub fn arn(&self, function: &str) -> String {
        format!("arn:aws:lambda:{}:111122223333:function:{function}", self.region)
    }

    /// This world's Region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The calls the function made since the last look.
    pub fn calls(&self) -> Vec<Call> {
        let calls = self.calls_so_far();
        Emulator::get().forget_calls(&self.key);
        calls
    }

    /// The same, to be looked at again.
    pub fn calls_so_far(&self) -> Vec<Call> {
        Emulator::get().calls(&self.key)
    }

    /// Makes the function's calls fail, see `tests/emulator/emulator.py`.
    pub fn faults(&self, rules: &str) {
        Emulator::get().faults(&self.key, rules);
    }

    /// Runs the operator's command line; its exit code and what it printed.
    pub fn cordon(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(binary("cordon", option_env!("CARGO_BIN_EXE_cordon")))
            .args(arguments)
            .envs(environment(&self.region, "AKIAOPERATOR00000000"))
            .env("CORDON_JOURNAL_TABLE", account::JOURNAL)
            .output()
            .expect("cordon runs");
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&printed).into_owned())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A Region of its own, with a name of the form that AWS's models ask for.
fn region(number: u32) -> String {
    let letter = |digit: u32| char::from(b'a' + u8::try_from(digit % 26).unwrap_or(0));
    let letters = [number / (26 * 26), number / 26, number].map(letter);
    format!("xx-world{}-1", letters.iter().collect::<String>())
}

/// Where a binary is: in `CORDON_BINARIES`, if that is set. Else Cargo tells tests and benches;
/// examples lie in a folder beside the binaries, which somebody has to have built.
fn binary(name: &str, told: Option<&str>) -> PathBuf {
    let path = match (std::env::var_os("CORDON_BINARIES"), told) {
        (Some(folder), _) => PathBuf::from(folder).join(name),
        (None, Some(path)) => PathBuf::from(path),
        (None, None) => {
            let this = std::env::current_exe().expect("this program has a path");
            this.ancestors().nth(2).expect("in a folder of a folder").join(name)
        }
    };
    assert!(path.exists(), "{} is missing: build the binaries first", path.display());
    path
}

/// As the emulator's SQS hands it out: the Region is the caller's.
fn queue_url(queue: &str) -> String {
    format!("{}/111122223333/{queue}", Emulator::get().url())
}

/// What the SDK reads from its environment.
fn environment(region: &str, key: &str) -> [(&'static str, String); 6] {
    [
        ("AWS_ENDPOINT_URL", Emulator::get().url()),
        ("AWS_REGION", region.to_owned()),
        ("AWS_ACCESS_KEY_ID", key.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ("AWS_SESSION_TOKEN", String::new()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}
