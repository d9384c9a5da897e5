//! What `cordon decide` finds in an event, a back-test finds in it too: the decisions are the same.

use super::ENFORCED;
use crate::command_line::{Folder, Run};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// Control and resource of each finding.
type Found = BTreeSet<(String, String)>;

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn decided(run: &Run) -> Found {
    let lines = run.lines();
    let evaluations = lines.iter().flat_map(|line| line["evaluations"].as_array().unwrap());
    let found = evaluations.filter(|one| one["evaluation"] == "NonCompliant");
    found.map(|one| (text(&one["control"]), text(&one["resource"]))).collect()
}

fn back_tested(run: &Run) -> Found {
    let lines = run.lines();
    let found = lines.iter().map(|line| &line["finding"]).filter(|finding| finding.is_object());
    found.map(|one| (text(&one["control"]), text(&one["resource"]))).collect()
}

#[test]
fn what_is_decided_alone_is_found_in_an_archive() {
    let folder = Folder::anew("backtest-deciding", &[("policy.yaml", ENFORCED.to_owned())]);
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut findings = 0;
    for entry in fs::read_dir(events).unwrap() {
        let path = entry.unwrap().path();
        let event: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        // Deliveries of CloudWatch Logs and messages are in no archive.
        if !event["detail-type"].is_string() {
            continue;
        }
        let path = path.to_str().unwrap();
        let alone = folder.cordon(&["decide", "--json", "--stack", "none", path], "");
        let archived = folder.cordon(&["backtest", "--json", path], "");
        assert_ne!(archived.code, 2, "{path}: {}", archived.err);
        let (alone, archived) = (decided(&alone), back_tested(&archived));
        assert!(alone.is_subset(&archived), "{path}: {alone:?}, {archived:?}");
        findings += alone.len();
    }
    assert!(findings > 10, "{findings}");
}
