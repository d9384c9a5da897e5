//! A whole function, with the runtime of Lambda around what decides. Only for events that need no call of
//! AWS.

use crate::{
    deliveries::FUNCTION,
    runtime_api::{Posted, RuntimeApi},
    valgrind::{self, Cost, Tool},
};
use cordon::policy::{ControlPolicy, LoadedPolicy};
use std::{
    env, fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

const EVENTS: u64 = 200;
/// Under valgrind everything takes some fifty times longer.
const PATIENCE: Duration = Duration::from_secs(120);

pub fn cost(program: &Path, event: &str) -> Cost {
    let folder = policy_folder();
    let cost = valgrind::cost(EVENTS, |tool, events| run(tool, program, event, events, &folder));
    fs::remove_dir_all(folder).expect("the folder goes");
    cost
}

fn policy_folder() -> PathBuf {
    let folder = env::temp_dir().join(format!("cordon-cost-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let policy: ControlPolicy =
        serde_json::from_str(r#"{"version":1,"defaults":{"mode":"enforce"}}"#).expect("a policy");
    let compiled = LoadedPolicy::compile(&policy).expect("it compiles");
    fs::write(folder.join("policy.json"), compiled).expect("it is written");
    folder
}

/// What the tool says at the end.
fn run(tool: Tool, program: &Path, event: &str, events: u64, folder: &Path) -> String {
    let runtime = RuntimeApi::start(FUNCTION.to_owned());
    let mut command = tool.command(program);
    command
        .env("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{}", runtime.port))
        .env("AWS_LAMBDA_FUNCTION_NAME", "cost")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/cost")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
        .env("AWS_REGION", "us-east-1")
        .env("LAMBDA_TASK_ROOT", folder)
        .env("CORDON_MODE", "enforce")
        .env("CORDON_JOURNAL_TABLE", "cordon-journal")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut process = command.spawn().expect("valgrind runs");
    for _ in 0..events {
        runtime.events.send(event.to_owned()).expect("the Runtime API runs");
        loop {
            match runtime.posted.recv_timeout(PATIENCE).expect("an answer in time") {
                Posted::Started(_) => {}
                Posted::Response(_) => break,
                Posted::Error(error) => panic!("{}: {error}", program.display()),
            }
        }
    }
    let asked = runtime.posted.recv_timeout(PATIENCE);
    assert!(matches!(asked, Ok(Posted::Started(_))), "it asks for the next event");
    // The system's own, which lets valgrind say what it counted.
    let killed = Command::new("kill").args(["-TERM", &process.id().to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()), "it can be ended");
    let mut said = String::new();
    process.stderr.take().expect("piped").read_to_string(&mut said).expect("it says something");
    process.wait().expect("it ends");
    said
}
