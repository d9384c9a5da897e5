//! Runs the real binaries against the emulator: one emulator for all, one Region, journal and
//! access key for each [`World`], so that worlds do not see each other and calls can be counted.

mod account;
mod bootstrap;
mod emulator;
mod runtime_api;

pub use account::{Account, FunctionSnapshot};
pub use bootstrap::{Answer, Bootstrap};
pub use emulator::{Call, Emulator};

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
        let region = format!("xx-world-{number}");
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
        std::fs::write(self.folder.join("policy.json"), compiled).expect("policy.json is written");
        Bootstrap::start(&self.folder, &self.region, &self.key, installation.mode)
    }

    /// One of the sample events, as it would be in this world's Region.
    pub fn event(&self, name: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events").join(name);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        text.replace("us-east-1", &self.region)
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
        let calls = Emulator::get().calls(&self.key);
        Emulator::get().forget_calls(&self.key);
        calls
    }

    /// Makes the function's calls fail, see `tests/emulator/emulator.py`.
    pub fn faults(&self, rules: &str) {
        Emulator::get().faults(&self.key, rules);
    }

    /// Runs the operator's command line; its exit code and what it printed.
    pub fn cordon(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_cordon"))
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
