//! The back-test itself, through the binary that people run, and what it must have counted.

use crate::{
    contender::{Contender, Run, Tells},
    made::{Archive, Made},
};
use serde_json::Value;
use std::{env, path::Path, process::Command};

/// What it is called.
pub const NAME: &str = "cordon backtest";

/// The back-test of the control policy that the project ships, if `CORDON` tells of a binary.
pub fn contender(archive: &Archive) -> Option<Contender> {
    let Some(cordon) = env::var_os("CORDON") else {
        println!("CORDON is not set: without the back-test");
        return None;
    };
    let mut command = Command::new(cordon);
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy.yaml");
    command.arg("backtest").arg("--policy").arg(policy).arg("--json").arg(&archive.folder);
    Some(Contender { name: NAME.to_owned(), pipelines: vec![vec![command]], tells: Tells::Text })
}

/// Holds what it says against what was planted.
pub fn check(run: &Run, made: &Made) {
    assert_eq!(run.codes, [1], "there are findings: {}", run.text);
    let said: Value = serde_json::from_str(&run.text).expect("JSON");
    let read = |name: &str| said["read"][name].as_u64();
    assert_eq!(read("records"), Some(made.records), "it read every record, and none twice");
    assert_eq!(read("lookedAt"), Some(made.planted), "it looked at what was planted alone");
    assert_eq!(read("unpacked"), Some(made.unpacked), "it read every byte");
    assert_eq!(read("files"), Some(made.files as u64), "it read every file");
    for (control, planted) in &made.findings {
        let of = &said["controls"][control];
        let found = ["low", "medium", "high", "critical"].map(|severity| of[severity].as_u64());
        let found: u64 = found.into_iter().flatten().sum();
        assert_eq!(found, *planted, "{control} finds what was planted: {of}");
    }
}
