//! What people are told of a control policy that is not right: each kind of message word by word,
//! for every file in `tests/messages`. And the JSON Schema that editors read.

use crate::command_line::Folder;
use cordon::{
    policy::{
        ControlPolicy,
        source::{self, Kind, Report},
    },
    resource::FunctionArn,
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};
use time::macros::date;

/// Set, to anything, by whoever means to change the messages.
const WRITE_MESSAGES: &str = "CORDON_WRITE_MESSAGES";
/// Set, to anything, by whoever means to change the language.
const WRITE_SCHEMA: &str = "CORDON_WRITE_SCHEMA";

/// The kind that no file of bearable size gets; the tests in `src/policy/source/tests.rs` hold it.
const HELD_ELSEWHERE: [Kind; 1] = [Kind::Size];

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The files with what they are, by name.
fn files() -> Vec<(String, Vec<u8>)> {
    let folder = top().join("tests/messages");
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("the folder of messages")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("a control policy"))
        })
        .collect();
    files.sort();
    files
}

/// Reads a file; one whose first line begins so is held against the functions that line names.
const KNOWN: &str = "# known: ";

fn read(bytes: &[u8]) -> (Option<ControlPolicy>, Report) {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let known = std::str::from_utf8(first).ok().and_then(|line| line.strip_prefix(KNOWN));
    let known: Option<Vec<FunctionArn>> = known.map(|arns| {
        arns.split(' ').map(|arn| FunctionArn::parse(arn.trim()).expect("an ARN")).collect()
    });
    source::read_knowing(bytes, date!(2026 - 11 - 21), known.as_deref())
}

fn report(bytes: &[u8]) -> Report {
    read(bytes).1
}

#[test]
fn every_message_is_worded_as_its_file_has_it() {
    let mut wrong = Vec::new();
    for (name, bytes) in files() {
        let (policy, report) = read(&bytes);
        assert_eq!(policy.is_none(), report.is_refused(), "{name}");
        let text = if report.is_empty() { "valid".to_owned() } else { report.render(&name) };
        let path = top().join("tests/messages").join(&name).with_extension("txt");
        let got = format!("{text}\n");
        if env::var_os(WRITE_MESSAGES).is_some() {
            fs::write(&path, &got).expect("the messages are written");
        }
        if fs::read_to_string(&path).unwrap_or_default() != got {
            wrong.push(got);
        }
    }
    let wrong = wrong.join("\n");
    assert!(wrong.is_empty(), "{wrong}\nthese are new; {WRITE_MESSAGES}=1 writes them");
}

#[test]
fn every_kind_of_message_has_a_file() {
    let mut seen: BTreeSet<Kind> = HELD_ELSEWHERE.into();
    for (name, bytes) in files() {
        for problem in report(&bytes).problems() {
            assert!(!HELD_ELSEWHERE.contains(&problem.kind), "{name} holds {:?} now", problem.kind);
            seen.insert(problem.kind);
        }
    }
    assert_eq!(seen, Kind::ALL.into(), "add a file to tests/messages");
}

/// A literal piece of each message that stands in the source as `Problem::error(...)` or
/// `Problem::warning(...)`.
fn pieces_of_problems() -> Vec<(PathBuf, String)> {
    let (mut pieces, mut folders) = (Vec::new(), vec![top().join("src/policy")]);
    let mut paths = vec![top().join("src/policy.rs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    for path in paths {
        let text = fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod ").next().expect("a part");
        let calls = ["Problem::error(", "Problem::warning("];
        for (at, call) in calls.iter().flat_map(|call| code.match_indices(call)) {
            let rest = &code[at + call.len()..];
            // The place comes first and may hold texts, but no blanks.
            let literals = rest.split('"').skip(1).step_by(2);
            let what = literals.take(8).find(|literal| literal.contains(' '));
            let what = what.unwrap_or_else(|| panic!("{}: {rest:.60}", path.display()));
            let longest = what.split(['{', '}']).max_by_key(|part| part.len());
            pieces.push((path.clone(), longest.expect("a part").to_owned()));
        }
    }
    pieces
}

#[test]
fn every_problem_of_meaning_has_a_file() {
    let told: Vec<String> = files()
        .iter()
        .flat_map(|(_, bytes)| report(bytes).problems().to_vec())
        .map(|problem| problem.what)
        .collect();
    let pieces = pieces_of_problems();
    assert!(pieces.len() >= 2, "no problems were found in the source");
    for (path, piece) in pieces {
        // A literal may go on in the next line.
        let piece = piece.split("\\\n").next().expect("a part");
        let held = told.iter().any(|what| what.contains(piece));
        assert!(held, "{}: add a file to tests/messages for `{piece}`", path.display());
    }
}

#[test]
fn every_message_says_how_to_mend_it_and_stands_inside_the_file() {
    for (name, bytes) in files() {
        let text = String::from_utf8_lossy(&bytes).replace('\r', "");
        for problem in report(&bytes).problems() {
            assert!(!problem.mend.is_empty() && !problem.what.is_empty(), "{name}");
            for said in [&problem.what, &problem.mend] {
                assert!(!said.ends_with('.') && !said.contains('\n'), "{name}: {said}");
                assert!(!said.starts_with(char::is_uppercase), "{name}: {said}");
            }
            let line = text.split('\n').nth(problem.line - 1).unwrap_or_else(|| panic!("{name}"));
            assert!((1..=line.chars().count() + 1).contains(&problem.column), "{name}");
        }
    }
}

#[test]
fn the_schema_is_that_of_the_types() {
    let path = top().join("policy.schema.json");
    let schema = serde_json::to_string_pretty(source::schema()).expect("it is JSON") + "\n";
    if env::var_os(WRITE_SCHEMA).is_some() {
        fs::write(&path, &schema).expect("the schema is written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == schema,
        "policy.schema.json is not that of the types; {WRITE_SCHEMA}=1 writes it anew"
    );
}

/// <https://github.com/redhat-developer/yaml-language-server#using-inlined-schema>
#[test]
fn the_control_policy_names_its_schema_to_editors_and_is_valid() {
    let text = fs::read_to_string(top().join("policy.yaml")).expect("the control policy");
    assert!(text.starts_with("# yaml-language-server: $schema=policy.schema.json\n"));
    assert!(report(text.as_bytes()).is_empty());
}

const WRONG: &str = "version: 1\ncontrols:\n  function-policy.publik: { mode: enforce }\n";
const DOUBTFUL: &str = "version: 1\nexceptions:\n  - { controls: [tags.missing], functions: [a], \
                        owner: web team, reason: hook, expires: 2020-01-01 }\n";

fn folder() -> Folder {
    let event = fs::read_to_string(top().join("events/add-permission-public.json"));
    let files = [
        ("wrong.yaml", WRONG.to_owned()),
        ("doubtful.yaml", DOUBTFUL.to_owned()),
        ("event.json", event.expect("an event")),
        ("orders.json", json!({ "Version": "2012-10-17", "Statement": [] }).to_string()),
    ];
    Folder::new("messages", &files)
}

#[test]
fn every_verb_that_reads_a_control_policy_says_what_is_wrong_and_ends_with_2() {
    let folder = folder();
    let want = report(WRONG.as_bytes()).render("wrong.yaml") + "\n";
    let orders = ["--account", "111122223333", "--policy", "wrong.yaml", "orders.json"];
    for verb in [
        vec!["check", "wrong.yaml"],
        vec!["decide", "--policy", "wrong.yaml", "event.json"],
        [&["analyze"], &orders[..]].concat(),
        [&["rewrite"], &orders[..]].concat(),
    ] {
        let run = folder.cordon(&verb, "");
        assert_eq!((run.code, &*run.out, &*run.err), (2, "", &*want), "{verb:?}");
    }
}

#[test]
fn warnings_are_said_beside_the_output_and_stop_nothing() {
    let folder = folder();
    let run = folder.cordon(&["check", "doubtful.yaml"], "");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("doubtful.yaml: valid, sha256 "), "{}", run.out);
    assert!(
        run.err.starts_with("doubtful.yaml:3:") && run.err.ends_with("1 warning\n"),
        "{}",
        run.err
    );
    let run = folder.cordon(&["decide", "--policy", "doubtful.yaml", "event.json"], "");
    assert!(run.code < 2 && run.err.ends_with("1 warning\n"), "{}", run.err);
}

#[test]
fn patterns_that_mean_no_function_are_told_where_the_functions_are_known() {
    let folder = folder();
    let arn = "arn:aws:lambda:us-east-1:111122223333:function:orders";
    let listed = json!({ "Functions": [{ "FunctionName": "orders", "FunctionArn": arn }] });
    for known in [listed.to_string(), format!("{arn}\n")] {
        let run = folder.cordon(&["check", "doubtful.yaml", "--functions", "-"], &known);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.err.contains("this means none of the 1 functions"), "{}", run.err);
    }
    let run = folder.cordon(&["check", "doubtful.yaml", "--functions", "-"], "orders\n");
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("`orders` is not"), "{}", run.err);
}

#[test]
fn a_machine_gets_one_object_with_all_problems() {
    let folder = folder();
    let run = folder.cordon(&["check", "--json", "wrong.yaml"], "");
    assert_eq!((run.code, &*run.err), (2, ""));
    let problem = json!({
        "level": "error",
        "kind": "unknown-key",
        "file": "wrong.yaml",
        "line": 3,
        "column": 3,
        "text": "function-policy.publik",
        "what": "`function-policy.publik` is not a control",
        "expected": "expected one of the controls that `cordon controls` lists; nearest: `function-policy.public`",
        "mend": "rename the key",
    });
    assert_eq!(run.lines(), [json!({ "problems": [problem] })]);
    let run = folder.cordon(&["check", "--json", "doubtful.yaml"], "");
    assert_eq!((run.code, &*run.err), (0, ""));
    let line = &run.lines()[0];
    assert_eq!(line["problems"][0]["level"], "warning");
    assert!(line["sha256"].is_string() && line["modes"].is_array(), "{line}");
}

#[test]
fn the_schema_is_printed_as_it_is_committed() {
    let run = folder().cordon(&["schema"], "");
    let committed = fs::read_to_string(top().join("policy.schema.json")).expect("the schema");
    assert_eq!((run.code, run.out, &*run.err), (0, committed, ""));
}

#[test]
fn the_readme_shows_what_is_really_printed() {
    let text = fs::read_to_string(top().join("tests/messages/several.yaml")).expect("a file");
    let printed = report(text.as_bytes()).render("policy.yaml");
    let readme = fs::read_to_string(top().join("README.md")).expect("README.md");
    let mut shown =
        readme.lines().skip_while(|line| !line.starts_with("    policy.yaml:8:3: error"));
    let shown: Vec<&str> = shown.by_ref().take(5).map(str::trim_start).collect();
    assert!(!shown.is_empty(), "README.md shows no message");
    let printed: Vec<&str> = printed.lines().map(str::trim_start).collect();
    assert!(printed.windows(5).any(|lines| lines == shown), "{shown:#?}");
}
