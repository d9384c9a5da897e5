//! The structure of the source: modules depend on those to their left only, and what is left of
//! `aws` knows no SDK, no runtime, no clock, no environment, no files and no logging.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// From the left to the right.
const ORDER: [&str; 33] = [
    "resource",
    "iam",
    "finding",
    "setting",
    "signature",
    "flow",
    "event",
    "policy",
    "trail",
    "remediation",
    "incident",
    "ledger",
    "injection",
    "secret",
    "salt",
    "state",
    "controls",
    "decision",
    "history",
    "archive",
    "evidence",
    "delivery",
    "aws",
    "settings",
    "report",
    "handler",
    "rollout",
    "collector",
    "restore",
    "quarantine",
    "cases",
    "backtest",
    "cli",
];

/// Modules left of this one are pure.
const FIRST_IMPURE: &str = "aws";

/// What only the right knows. `std::{env, fs}` is looked for by its parts.
const IMPURE_WORDS: [&str; 16] = [
    "aws_sdk_",
    "aws_config",
    "aws_smithy",
    "tokio::",
    "lambda_runtime",
    "env::",
    "fs::",
    "TcpStream",
    "SystemTime",
    "Instant",
    "now_utc",
    "now_local",
    "tracing::",
    "println!",
    "thread::",
    "process::",
];

fn files(module: &str) -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source.join(format!("{module}.rs"))];
    let mut folders = vec![source.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

#[test]
fn modules_depend_on_those_to_their_left_only() {
    for (index, module) in ORDER.iter().enumerate() {
        for file in files(module) {
            let text = fs::read_to_string(&file).expect("a source file");
            // `use crate::{a::..., b::...}` as well as `crate::a`.
            let used: Vec<&str> = text
                .split("crate::")
                .skip(1)
                .flat_map(|rest| {
                    let group = rest.split_once(';').map_or(rest, |(group, _)| group);
                    if group.starts_with('{') { top_level(group) } else { vec![word(rest)] }
                })
                .collect();
            for later in &ORDER[index + 1..] {
                assert!(!used.contains(later), "{} uses {later}", file.display());
            }
        }
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The first words of a `{...}` group's items.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut words, mut at_start) = (0, Vec::new(), false);
    for (index, c) in group.char_indices() {
        match c {
            '{' => {
                depth += 1;
                at_start = depth == 1;
            }
            '}' => depth -= 1,
            ',' => at_start = depth == 1,
            c if at_start && !c.is_whitespace() => {
                words.push(word(&group[index..]));
                at_start = false;
            }
            _ => {}
        }
    }
    words
}

#[test]
fn what_is_left_of_aws_is_pure() {
    for module in ORDER.iter().take_while(|module| **module != FIRST_IMPURE) {
        for file in files(module) {
            let text = fs::read_to_string(&file).expect("a source file");
            for impure in IMPURE_WORDS {
                assert!(!text.contains(impure), "{} says {impure}", file.display());
            }
        }
    }
}

#[test]
fn every_file_says_what_it_owns() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                assert!(text.starts_with("//!"), "{} does not", path.display());
            }
        }
    }
}
