//! `cordon analyze` as people and scripts run it: the contract's JSON, exit codes, what is printed.

use crate::command_line::{Folder, ORDERS, Run, hourly, policy};
use serde_json::{Value, json};
use std::fs;

fn analyze(name: &str, document: &Value, more: &[&str]) -> Run {
    let folder = Folder::new(name, &[("policy.json", document.to_string())]);
    let mut arguments = vec!["analyze", "--json", "--account", "111122223333"];
    arguments.extend(more);
    arguments.push("policy.json");
    folder.cordon(&arguments, "")
}

/// Index, Sid and exposure of each statement.
fn verdicts(line: &Value) -> Vec<Value> {
    let statements = line["statements"].as_array().expect("a list").iter();
    statements.map(|s| json!([s["index"], s["sid"], s["exposure"]])).collect()
}

#[test]
fn a_line_has_what_the_contract_says_and_nothing_else() {
    let run =
        analyze("analyze-contract", &policy(&[json!({ "Sid": "open", "Principal": "*" })]), &[]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    let [line] = &run.lines()[..] else { panic!("{}", run.out) };
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(keys(line), ["file", "exposure", "statements"]);
    assert_eq!(keys(&line["statements"][0]), ["index", "sid", "exposure", "reason", "witness"]);
    let witness = &line["statements"][0]["witness"];
    assert_eq!(keys(witness), ["principal", "action", "resource", "context"]);
    assert_eq!((&line["file"], &line["exposure"]), (&json!("policy.json"), &json!("public")));
    assert_eq!(witness["action"], "lambda:InvokeFunction");
    assert_eq!(witness["resource"], ORDERS);
    assert!(line["statements"][0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
}

#[test]
fn each_statement_has_its_exposure_and_the_worst_is_the_documents() {
    let foreign = json!({ "AWS": "arn:aws:iam::999988887777:root" });
    for (name, statements, more, want, exposure, code) in [
        ("none", vec![], &[][..], json!([]), "internal", 0),
        ("scoped", vec![hourly()], &[], json!([[0, "hourly", "internal"]]), "internal", 0),
        (
            "mixed",
            vec![hourly(), json!({ "Principal": foreign })],
            &[],
            json!([[0, "hourly", "internal"], [1, null, "external"]]),
            "external",
            1,
        ),
        (
            "trusted",
            vec![json!({ "Principal": foreign })],
            &["--trust-account", "444455556666", "--trust-account", "999988887777"],
            json!([[0, null, "trusted"]]),
            "trusted",
            0,
        ),
        (
            "organization",
            vec![json!({
                "Principal": "*",
                "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
            })],
            &["--trust-org", "o-a1b2c3d4e5"],
            json!([[0, null, "trusted"]]),
            "trusted",
            0,
        ),
        (
            "service",
            vec![json!({ "Sid": "s3", "Principal": { "Service": "s3.amazonaws.com" } })],
            &[],
            json!([[0, "s3", "unscoped-service"]]),
            "unscoped-service",
            1,
        ),
        (
            "deny",
            vec![hourly(), json!({ "Sid": "no", "Effect": "Deny", "Principal": "*" })],
            &[],
            json!([[0, "hourly", "internal"], [1, "no", "internal"]]),
            "internal",
            0,
        ),
        (
            "denied",
            vec![
                json!({ "Sid": "open", "Principal": "*" }),
                json!({ "Sid": "no", "Effect": "Deny", "Principal": "*" }),
            ],
            &[],
            json!([[0, "open", "internal"], [1, "no", "internal"]]),
            "internal",
            0,
        ),
        (
            "unknown",
            vec![json!({ "Sid": "odd", "Principal": "*", "Extra": 1 })],
            &[],
            json!([[0, "odd", "unknown"]]),
            "unknown",
            1,
        ),
    ] {
        let run = analyze(&format!("analyze-{name}"), &policy(&statements), more);
        let lines = run.lines();
        assert_eq!(run.code, code, "{name}: {}{}", run.out, run.err);
        assert_eq!(lines[0]["exposure"], exposure, "{name}");
        assert_eq!(json!(verdicts(&lines[0])), want, "{name}");
        let closed = lines[0]["statements"].as_array().expect("a list").iter();
        let mut closed = closed.filter(|s| s["exposure"] == "internal");
        let inside = |witness: &Value| {
            let caller = format!("{}{}", witness["principal"], witness["context"]);
            witness.is_null() || caller.contains("111122223333")
        };
        assert!(closed.all(|s| inside(&s["witness"])), "{name}");
    }
}

#[test]
fn one_statement_is_the_same_as_a_list_of_one() {
    let listed = policy(&[json!({ "Principal": "*" })]);
    let mut single = listed.clone();
    single["Statement"] = listed["Statement"][0].clone();
    let statements = |name: &str, document: &Value| {
        analyze(name, document, &[]).lines()[0]["statements"].clone()
    };
    assert_eq!(statements("analyze-list", &listed), statements("analyze-single", &single));
}

#[test]
fn the_aws_cli_s_answer_says_the_same_as_the_policy_in_it() {
    let bare = policy(&[json!({ "Sid": "open", "Principal": "*" }), hourly()]);
    let answer = json!({ "Policy": bare.to_string(), "RevisionId": "4e1d" });
    let folder = Folder::new(
        "analyze-wrapped",
        &[
            ("bare.json", format!("{bare:#}")),
            ("answer.json", format!("{answer:#}")),
            ("string.json", json!(bare.to_string()).to_string()),
            ("bom.json", format!("\u{feff}{bare}")),
        ],
    );
    let files = ["bare.json", "answer.json", "string.json", "bom.json", "-"];
    let arguments = [&["analyze", "--json", "--account", "111122223333"][..], &files].concat();
    let run = folder.cordon(&arguments, &answer.to_string());
    assert_eq!(run.code, 1, "{}", run.err);
    let lines = run.lines();
    let named: Vec<&Value> = lines.iter().map(|line| &line["file"]).collect();
    assert_eq!(named, files);
    assert!(lines.iter().all(|line| line["statements"] == lines[0]["statements"]), "{}", run.out);
}

#[test]
fn a_broken_file_is_told_and_the_others_are_looked_at() {
    let fine = policy(&[hourly()]).to_string();
    let broken = json!({ "Policy": policy(&[json!({ "Principal": { "AWS": 1 } })]).to_string() });
    let folder = Folder::new(
        "analyze-broken",
        &[
            ("fine.json", fine.clone()),
            ("cut.json", fine[..fine.len() - 1].to_owned()),
            ("wrong.json", broken.to_string()),
            ("again.json", fine),
        ],
    );
    let files = ["fine.json", "cut.json", "absent.json", "wrong.json", "again.json"];
    let arguments = [&["analyze", "--json", "--account", "111122223333"][..], &files].concat();
    let run = folder.cordon(&arguments, "");
    assert_eq!(run.code, 2);
    let named: Vec<Value> = run.lines().iter().map(|line| line["file"].clone()).collect();
    assert_eq!(named, ["fine.json", "again.json"]);
    let told: Vec<&str> = run.err.lines().collect();
    for (line, [file, word]) in told.iter().zip([
        ["cut.json", "not JSON"],
        ["absent.json", "No such file"],
        ["wrong.json", "in `Policy`: `Statement[0].Principal.AWS` should be"],
    ]) {
        assert!(line.starts_with(&format!("cordon: {file}: ")) && line.contains(word), "{line}");
    }
    assert_eq!(told.len(), 3, "{}", run.err);
}

#[test]
fn whom_the_control_policy_trusts_is_trusted_besides_the_flags() {
    let document = policy(&[
        json!({ "Principal": { "AWS": "999988887777" } }),
        json!({ "Principal": { "AWS": "444455556666" } }),
    ]);
    let folder = Folder::new(
        "analyze-policy",
        &[
            ("policy.json", document.to_string()),
            ("control.yaml", "version: 1\ntrusted:\n  accounts: ['999988887777']\n".to_owned()),
            ("wrong.yaml", "version: 1\ntrusted:\n  organizations: [mine]\n".to_owned()),
        ],
    );
    let run = |policy: &str, more: &[&str]| {
        let arguments = ["analyze", "--account", "111122223333", "--policy", policy, "policy.json"];
        folder.cordon(&[&arguments[..], more].concat(), "")
    };
    assert_eq!(run("control.yaml", &[]).code, 1);
    assert_eq!(run("control.yaml", &["--trust-account", "444455556666"]).code, 0);
    let wrong = run("wrong.yaml", &[]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.starts_with("wrong.yaml:3:19: error: `mine` is not"), "{}", wrong.err);
}

#[test]
fn wrong_usage_is_told_before_anything_is_looked_at() {
    let folder = Folder::new("analyze-usage", &[("p.json", policy(&[hourly()]).to_string())]);
    for (arguments, word) in [
        (&["p.json"][..], "--account"),
        (&["--account", "111122223333"], "RESOURCE_POLICY"),
        (&["--account", "1111", "p.json"], "twelve-digit"),
        (&["--account", "111122223333", "--trust-org", "r-1", "p.json"], "organization id"),
        (&["--account", "111122223333", "--function", "orders", "p.json"], "orders"),
        (
            &["--account", "444455556666", "--function", ORDERS, "p.json"],
            "--account `444455556666`",
        ),
        (&["--account", "111122223333", "-", "p.json", "-"], "`-` is given twice"),
    ] {
        let run = folder.cordon(&[&["analyze"][..], arguments].concat(), "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.contains(word), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn a_policy_of_another_account_than_told_is_never_called_closed() {
    let document = policy(&[json!({ "Sid": "open", "Principal": "*" })]);
    let folder = Folder::new("analyze-account", &[("p.json", document.to_string())]);
    let run = folder.cordon(&["analyze", "--account", "444455556666", "p.json"], "");
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("check --account"), "{}", run.out);
    assert!(run.out.contains("\n  taken as the policy of arn:"), "{}", run.out);
}

#[test]
fn a_doubt_is_told_beside_the_machines_lines() {
    let mut statement = json!({ "Sid": "open", "Principal": "*" });
    statement["Resource"] = json!("*");
    let files = [
        ("sure.json", policy(&[hourly()]).to_string()),
        ("unsure.json", policy(&[statement]).to_string()),
    ];
    let folder = Folder::new("analyze-doubt", &files);
    let run = |more: &[&str]| {
        let arguments = ["analyze", "--json", "--account", "111122223333"];
        folder.cordon(&[&arguments[..], more, &["sure.json", "unsure.json"]].concat(), "")
    };
    let guessed = run(&[]);
    assert_eq!((guessed.code, guessed.lines().len()), (1, 2), "{}", guessed.err);
    let told = "cordon: unsure.json: its statements name no single function: ";
    assert!(guessed.err.starts_with(told), "{}", guessed.err);
    assert_eq!(guessed.err.lines().count(), 1, "{}", guessed.err);
    assert_eq!(run(&["--function", ORDERS]).err, "");
}

#[test]
fn the_function_can_be_named_and_may_be_qualified() {
    let mut statement = json!({ "Sid": "open", "Principal": "*" });
    statement["Resource"] = json!(format!("{ORDERS}:*"));
    let exposure = |name: &str, more: &[&str]| {
        analyze(name, &policy(&[statement.clone()]), more).lines()[0]["exposure"].clone()
    };
    let live = format!("{ORDERS}:live");
    assert_eq!(exposure("analyze-qualified", &["--function", &live]), "public");
    assert_ne!(exposure("analyze-unqualified", &["--function", ORDERS]), "public");
}

#[test]
fn people_see_the_verdict_the_reason_and_the_request_without_colour_in_a_pipe() {
    let document = policy(&[
        json!({ "Sid": "open\u{1b}[2J\u{202e}", "Principal": "*" }),
        json!({
            "Principal": { "AWS": ["999988887777", "111122223333", "444455556666"] },
            "Action": ["lambda:InvokeFunction", "lambda:UpdateFunctionCode"],
        }),
        hourly(),
        json!({
            "Sid": "elsewhere",
            "Principal": "*",
            "Resource": "arn:aws:lambda:\u{1b}[2J:111122223333:function:orders",
        }),
    ]);
    let folder = Folder::new("analyze-words", &[("p.json", document.to_string())]);
    let run = folder.cordon(&["analyze", "--account", "111122223333", "p.json"], "");
    let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!run.out.contains(steers), "{:?}", run.out);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], "p.json: PUBLIC, anybody may get in");
    for (start, contains) in [
        ("  PUBLIC ", "statement `open [2J `: "),
        ("        principal  arn:aws:iam::", ""),
        ("        action     lambda:InvokeFunction", ""),
        ("  EXTERNAL ", "statement 1:"),
        ("    EXTERNAL ", " 999988887777: "),
        ("    internal ", " 111122223333: "),
        ("    EXTERNAL ", " 444455556666: "),
        ("      it allows more than invoking: lambda:UpdateFunctionCode", ""),
        ("  internal ", "statement `hourly`: "),
    ] {
        let hit = |line: &&str| line.starts_with(start) && line.contains(contains);
        assert!(lines.iter().any(hit), "{start}{contains}\n{}", run.out);
    }
    assert!(lines[1].starts_with("  taken as the policy of arn:"), "{}", run.out);
    // What the whole statement allows stands before what each of its principals gets.
    let statement =
        lines.iter().position(|line| line.contains("statement 1:")).expect("it is told");
    let beyond = "      it allows more than invoking: lambda:UpdateFunctionCode";
    assert_eq!(lines[statement + 1], beyond, "{}", run.out);
}

#[test]
fn what_is_more_than_invoking_stands_before_the_request() {
    let statement = json!({ "Principal": "*", "Action": "lambda:*" });
    let folder = Folder::new("analyze-more", &[("p.json", policy(&[statement]).to_string())]);
    let run = folder.cordon(&["analyze", "--account", "111122223333", "p.json"], "");
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[2].starts_with("  PUBLIC           statement 0: "), "{}", run.out);
    assert_eq!(
        lines[3..5],
        ["      it allows more than invoking: lambda:*", "      this request gets in:",]
    );
}

#[test]
fn an_event_source_token_is_shown_nowhere() {
    let document = policy(&[json!({
        "Principal": "*",
        "Condition": { "StringEquals": { "lambda:EventSourceToken": "amzn1.ask.skill.secret" } },
    })]);
    let folder = Folder::new("analyze-token", &[("p.json", document.to_string())]);
    for arguments in [&["analyze"][..], &["analyze", "--json"]] {
        let more = ["--account", "111122223333", "p.json"];
        let run = folder.cordon(&[arguments, &more].concat(), "");
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(!run.out.contains("amzn1.ask"), "{}", run.out);
        assert!(run.out.contains("(not shown)"), "{}", run.out);
    }
}

/// What the README shows: as the AWS CLI saves it.
fn readme_policy() -> String {
    let policy = policy(&[
        json!({ "Sid": "partner", "Principal": "*" }),
        json!({
            "Sid": "uploads",
            "Principal": { "Service": "s3.amazonaws.com" },
            "Condition": { "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::orders-uploads" } },
        }),
        hourly(),
    ]);
    json!({ "Policy": policy.to_string(), "RevisionId": "0c2d5a4e" }).to_string()
}

#[test]
fn the_readme_shows_what_is_really_printed() {
    let folder = Folder::new("analyze-readme", &[("orders.json", readme_policy())]);
    let run = folder.cordon(&["analyze", "--account", "111122223333", "orders.json"], "");
    let indented = |line: &str| if line.is_empty() { "\n".into() } else { format!("    {line}\n") };
    let shown: String = run.out.lines().map(indented).collect();
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    assert!(readme.expect("the README").contains(&shown), "not in the README:\n{shown}");
}
