//! What the README says of the controls: all of them, and whose requirements they serve.

use crate::command_line::Folder;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// The controls, as `cordon controls` lists them.
fn controls(name: &str) -> Vec<Value> {
    let run = Folder::new(name, &[]).cordon(&["controls", "--json"], "");
    assert_eq!(run.code, 0, "{}", run.err);
    run.lines()
}

fn readme() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    fs::read_to_string(readme).expect("README.md")
}

/// The rows of the README's table with this head.
fn rows(head: &str) -> String {
    let readme = readme();
    let (_, after) = readme.split_once(head).expect("a table");
    let (rows, _) = after.split_once("\n\n").expect("an end");
    format!("{rows}\n")
}

/// Each reference with the controls that have it.
fn served() -> String {
    let mut served: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for control in controls("served") {
        let id = control["id"].as_str().expect("an id");
        let references = control["references"].as_array().expect("references");
        assert!(!references.is_empty(), "{id} serves nobody");
        for reference in references.iter().filter_map(Value::as_str) {
            served.entry(reference.to_owned()).or_default().push(format!("`{id}`"));
        }
    }
    let row = |(reference, controls): (String, Vec<String>)| {
        format!("| {reference} | {} |\n", controls.join(", "))
    };
    served.into_iter().map(row).collect()
}

#[test]
fn the_readme_says_whose_requirements_the_controls_serve() {
    let want = served();
    let shown = rows("| Asked for by | Controls |\n|---|---|\n");
    assert_eq!(shown, want, "README.md should have\n{want}");
}

#[test]
fn the_readme_says_of_each_control_once_what_it_sees() {
    let rows = rows("| control | sees | answers |\n|---|---|---|\n");
    let first = |row: &str| row.split('|').nth(1).map(str::to_owned);
    let said: Vec<String> = rows.lines().filter_map(first).collect();
    for control in controls("said") {
        let id = format!("`{}`", control["id"].as_str().expect("an id"));
        let count = said.iter().flat_map(|ids| ids.split(", ")).filter(|it| it.trim() == id);
        assert_eq!(count.count(), 1, "{id}");
    }
}
