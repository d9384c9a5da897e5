//! `cordon rewrite` as people and scripts run it: what is proposed, and that it is enough.

use crate::command_line::{Folder, Run, hourly, policy};
use serde_json::{Value, json};

const ACCOUNT: [&str; 2] = ["--account", "111122223333"];

fn rewrite(name: &str, document: &Value, as_json: bool) -> Run {
    // Printed over many lines, as people have it: a line for a machine is one all the same.
    let folder = Folder::new(name, &[("policy.json", format!("{document:#}"))]);
    let json: &[&str] = if as_json { &["--json"] } else { &[] };
    folder.cordon(&[&["rewrite"], json, &ACCOUNT[..], &["policy.json"]].concat(), "")
}

fn open() -> Value {
    json!({ "Sid": "open", "Principal": "*" })
}

fn foreign() -> Value {
    json!({ "Principal": { "AWS": ["111122223333", "999988887777"] } })
}

fn uploads() -> Value {
    json!({ "Sid": "uploads", "Principal": { "Service": "s3.amazonaws.com" } })
}

fn unclear() -> Value {
    json!({ "Sid": "odd", "Principal": "*", "Extra": 1 })
}

#[test]
fn a_line_has_the_document_as_proposed_and_what_is_left() {
    for (name, statements, code, changed, left, kept) in [
        ("fine", vec![hourly()], 0, false, 0, json!(["hourly"])),
        ("open", vec![open(), hourly()], 1, true, 0, json!(["hourly"])),
        ("foreign", vec![foreign(), hourly()], 1, true, 0, json!([null, "hourly"])),
        ("service", vec![uploads()], 1, true, 0, json!(["uploads"])),
        ("unclear", vec![unclear()], 1, false, 1, json!(["odd"])),
        ("both", vec![unclear(), open()], 1, true, 1, json!(["odd"])),
        ("nothing", vec![open()], 1, true, 0, Value::Null),
    ] {
        let before = policy(&statements);
        let run = rewrite(&format!("rewrite-{name}"), &before, true);
        assert_eq!((run.code, run.err.as_str()), (code, ""), "{name}: {}", run.out);
        let [line] = &run.lines()[..] else { panic!("{name}: {}", run.out) };
        let keys: Vec<&String> = line.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["file", "changed", "document", "edits", "left"], "{name}");
        assert_eq!((&line["file"], &line["changed"]), (&json!("policy.json"), &json!(changed)));
        assert_eq!(line["left"].as_array().map(Vec::len), Some(left), "{name}: {line}");
        assert_eq!(line["edits"].as_array().is_some_and(|e| !e.is_empty()), changed, "{name}");
        let sids = line["document"]["Statement"].as_array().map(|statements| {
            statements.iter().map(|statement| statement["Sid"].clone()).collect::<Vec<_>>()
        });
        assert_eq!(json!(sids), kept, "{name}: {line}");
        if !changed {
            assert_eq!(line["document"], before, "{name}");
        }
    }
}

#[test]
fn what_is_proposed_lets_nobody_in_and_needs_no_second_proposal() {
    let before = policy(&[open(), foreign(), uploads(), hourly()]);
    let run = rewrite("rewrite-enough", &before, true);
    let proposed = run.lines()[0]["document"].to_string();
    let folder = Folder::new("rewrite-enough", &[("proposed.json", proposed)]);
    for verb in ["analyze", "rewrite"] {
        let run = folder.cordon(&[&[verb], &ACCOUNT[..], &["proposed.json"]].concat(), "");
        assert_eq!(run.code, 0, "{verb}: {}", run.out);
    }
}

#[test]
fn a_trusted_account_keeps_its_grant() {
    let folder = Folder::new("rewrite-trusted", &[("p.json", policy(&[foreign()]).to_string())]);
    let arguments = [&["rewrite", "--trust-account", "999988887777"], &ACCOUNT[..], &["p.json"]];
    assert_eq!(folder.cordon(&arguments.concat(), "").code, 0);
}

#[test]
fn a_change_of_a_policy_that_names_no_function_is_left_to_be_checked() {
    let mut open = open();
    open["Resource"] = json!("*");
    let line = rewrite("rewrite-stand-in", &policy(&[open]), true).lines()[0].clone();
    assert_eq!(line["changed"], true);
    assert!(line["left"][0].as_str().is_some_and(|left| left.contains("--function")), "{line}");
}

#[test]
fn a_policy_that_names_no_function_is_not_simply_called_fine() {
    let mut fine = hourly();
    fine["Resource"] = json!("*");
    let run = rewrite("rewrite-unsure", &policy(&[fine]), false);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("  taken as the policy of arn:"), "{}", run.out);
    let told = "cordon: policy.json: its statements name no single function: ";
    assert!(run.err.starts_with(told), "{}", run.err);
}

#[test]
fn the_help_says_that_the_machines_document_holds_the_secret() {
    let run = Folder::new("rewrite-help", &[]).cordon(&["rewrite", "--help"], "");
    assert!(run.out.contains("event source token"), "{}", run.out);
}

#[test]
fn people_see_the_difference_without_what_steers_a_terminal_or_is_secret() {
    let mut skill = json!({
        "Sid": "skill\u{1b}[2J\u{202e}",
        "Principal": { "Service": "alexa-appkit.amazon.com" },
        "Condition": { "StringEquals": { "lambda:EventSourceToken": "amzn1.ask.skill.secret" } },
    });
    skill["Effect"] = json!("Allow");
    let document = policy(&[open(), skill]);
    let run = rewrite("rewrite-words", &document, false);
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{}", run.out);
    let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!run.out.contains(steers), "{:?}", run.out);
    assert!(!run.out.contains("amzn1.ask"), "{}", run.out);
    let lines: Vec<&str> = run.out.lines().collect();
    for start in [
        "policy.json: to be changed",
        "  proposed: statement `open`",
        "--- policy.json",
        "+++ policy.json, as proposed",
        "@@ ",
        "-      \"Sid\": \"open\",",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(start)), "{start}\n{}", run.out);
    }
    assert!(!lines.iter().any(|line| line.starts_with('+') && line.contains("Sid")), "{}", run.out);
    // A machine gets the document as it would be written.
    let exact = rewrite("rewrite-exact", &document, true).lines()[0]["document"].clone();
    assert_eq!(exact["Statement"][0], document["Statement"][1]);
}

#[test]
fn a_broken_file_is_told_and_the_others_are_rewritten() {
    let files = [("p.json", policy(&[open()]).to_string()), ("q.json", "{}".to_owned())];
    let folder = Folder::new("rewrite-broken", &files);
    let arguments = [&["rewrite", "--json"], &ACCOUNT[..], &["q.json", "p.json"]].concat();
    let run = folder.cordon(&arguments, "");
    assert_eq!(run.code, 2);
    assert_eq!(run.lines().len(), 1, "{}", run.out);
    assert!(run.err.starts_with("cordon: q.json: `Statement` should be present"), "{}", run.err);
}
