//! The back-test itself, and what it must have counted: through the binary that people run, or in a process of this
//! bench, which needs no SDK to be built and reads and judges with the same code.

use crate::{
    contender::{Contender, Run, Tells},
    made::{Archive, Made},
};
use cordon::{
    backtest::{Backtest, Progress, Sources, Store},
    policy::source,
};
use serde_json::{Value, json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};
use time::OffsetDateTime;

/// What it is called.
pub const NAME: &str = "back-test";

/// The back-test of the control policy that the project ships.
pub fn contender(archive: &Archive) -> Contender {
    let mut command = match env::var_os("CORDON") {
        Some(cordon) => {
            let mut command = Command::new(cordon);
            command.args(["backtest", "--json", "--policy"]).arg(policy());
            command
        }
        None => {
            let mut command = Command::new(env::current_exe().expect("it runs"));
            command.arg("backtest");
            command
        }
    };
    command.arg(archive.folder.join("AWSLogs"));
    Contender { name: NAME.to_owned(), pipelines: vec![vec![command]], tells: Tells::Text }
}

fn policy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policy.yaml")
}

/// Runs it in this process, and prints what it came to as the binary does. Ends as that does where there are
/// findings.
pub fn run(folder: &str) -> ! {
    let text = fs::read_to_string(policy()).expect("the shipped control policy");
    let policy = source::parse(&text, OffsetDateTime::now_utc().date()).expect("it is valid");
    let mut sources = Sources::default();
    sources.add_path(Path::new(folder)).expect("the archive is there");
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let backtest = Backtest { policy: &policy, old: None, threads };
    let outcome = backtest.run(sources.in_order(), &Here, None, &Here);
    println!("{}", json!({ "summary": outcome.summary }));
    std::process::exit(i32::from(outcome.summary.findings > 0))
}

/// All of it is on this machine, and nobody looks.
struct Here;

impl Store for Here {
    fn object(&self, _: &str, _: &str) -> Result<Vec<u8>, String> {
        Err("nothing is in S3".to_owned())
    }
}

impl Progress for Here {
    fn advance(&self, _: u64) {}
}

/// Holds what it says against what was planted.
pub fn check(run: &Run, made: &Made) {
    assert_eq!(run.codes, [1], "there are findings: {}", run.text);
    let last = run.text.lines().last().expect("the summary");
    let said: Value = serde_json::from_str(last).expect("JSON");
    let said = &said["summary"];
    let read = |name: &str| said["read"][name].as_u64();
    assert_eq!(read("records"), Some(made.records), "it read every record, and none twice");
    assert_eq!(read("lookedAt"), Some(made.planted), "it looked at what was planted alone");
    assert_eq!(read("unpacked"), Some(made.unpacked), "it read every byte");
    assert_eq!(read("files"), Some(made.files as u64), "it read every file");
    let all: u64 = made.findings.values().sum();
    assert_eq!(said["findings"].as_u64(), Some(all), "nothing else is found");
    for (control, planted) in &made.findings {
        let of = &said["controls"][control];
        let found = ["low", "medium", "high", "critical"].map(|severity| of[severity].as_u64());
        let found: u64 = found.into_iter().flatten().sum();
        assert_eq!(found, *planted, "{control} finds what was planted: {of}");
    }
}
