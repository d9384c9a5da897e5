//! The control policies that people start from: the shipped one and those in `examples/policies`,
//! each with its tests, through the command line as people run it. And what sends a rule its events.

use crate::command_line::Folder;
use cordon::{
    finding::RuleId,
    policy::{ControlPolicy, source},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use time::macros::date;

/// Exceptions end, and days come: what these files say is held as of the day they were written.
const TODAY: &str = "2026-11-21";

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cordon(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cordon"));
    command.args(arguments).current_dir(top()).output().expect("cordon runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The control policies, from the top of the project, without `.yaml`.
fn policies() -> Vec<String> {
    let files = fs::read_dir(top().join("examples/policies")).expect("the examples");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let (mut policies, mut tests) = (vec!["policy".to_owned()], BTreeSet::new());
    for name in names {
        let name = name.strip_suffix(".yaml").unwrap_or_else(|| panic!("{name} is no YAML"));
        match name.strip_suffix(".tests") {
            Some(policy) => _ = tests.insert(format!("examples/policies/{policy}")),
            None => policies.push(format!("examples/policies/{name}")),
        }
    }
    let examples: BTreeSet<String> = policies.iter().skip(1).cloned().collect();
    assert_eq!(examples, tests, "each control policy has its tests, and each tests theirs");
    assert!(examples.len() >= 3);
    policies
}

fn read(name: &str) -> String {
    fs::read_to_string(top().join(format!("{name}.yaml"))).expect("a file")
}

#[test]
fn every_control_policy_to_start_from_is_valid_without_a_warning() {
    for policy in policies() {
        let checked = cordon(&["check", "--today", TODAY, &format!("{policy}.yaml")]);
        assert_eq!(text(&checked.stderr), "", "{policy}");
        assert_eq!(checked.status.code(), Some(0), "{policy}");
    }
}

#[test]
fn every_control_policy_to_start_from_decides_as_its_tests_say() {
    for policy in policies() {
        let tests = read(&format!("{policy}.tests"));
        let cases = tests.matches("\n  - name: ").count();
        assert!((6..=12).contains(&cases), "{policy}: {cases} tests");
        assert_eq!(tests.matches("\n    now: ").count(), cases, "{policy}: a test without a time");
        let tested = cordon(&["test", &format!("{policy}.tests.yaml")]);
        let printed = text(&tested.stdout);
        assert_eq!(tested.status.code(), Some(0), "{policy}: {printed}{}", text(&tested.stderr));
        assert!(printed.ends_with(&format!("{cases} of {cases} tests hold\n")), "{printed}");
    }
}

/// A control policy with the examples that stand behind `#`: keys are uncommented, and a value
/// behind an empty one takes its place.
fn with_examples(policy: &str) -> String {
    let is_key = |rest: &str| {
        let key = rest.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default();
        rest.contains(':') && key.bytes().all(|b| b.is_ascii_lowercase() || b".-".contains(&b))
    };
    let line = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        if let Some(rest) = line.trim_start().strip_prefix("# ").filter(|rest| is_key(rest)) {
            return format!("{}{rest}", &line[..indent]);
        }
        for (empty, end) in [("[]", ']'), ("{}", '}')] {
            if let Some((key, example)) = line.split_once(empty)
                && let Some(example) = example.trim_start().strip_prefix("# ")
                && let Some(length) = example.find(&format!("{end},")).or(example.rfind(end))
            {
                return format!("{key}{}", &example[..=length]);
            }
        }
        line.to_owned()
    };
    policy.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_examples_in_the_shipped_control_policy_are_right_all_at_once() {
    let (first, rest) =
        read("policy").split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("lines");
    let written = format!("{first}\n{}", with_examples(&rest));
    let (policy, report) = source::read(written.as_bytes(), date!(2026 - 11 - 21));
    assert!(report.is_empty(), "{}", report.render("policy.yaml"));
    let policy = policy.expect("a control policy");
    let ControlPolicy { trusted, protected, controls, rules, exceptions, .. } = &policy;
    assert!(!trusted.accounts.is_empty() && !protected.is_empty());
    assert!(!controls.invocation_unauthorized.parameters.functions.is_empty());
    assert!(!controls.function_privilege_escalation.parameters.declared.is_empty());
    assert!(!controls.tags_missing.parameters.required.is_empty());
    assert!(!controls.network_outside_vpc.scopes.is_empty());
    assert!(controls.runtime_deprecated.enforce_from.is_some());
    assert!(!controls.layer_policy_public.parameters.published.is_empty());
    assert!(!controls.destination_foreign.parameters.trusted.is_empty());
    assert_eq!(controls.logging_redirected.parameters.retention_days, Some(90));
    assert_eq!(controls.config_rule_noncompliant.parameters.rules.len(), 1);
    assert_eq!((rules.len(), exceptions.len()), (1, 1));
}

#[test]
fn a_newcomer_reads_lines_of_a_hundred_characters_at_most() {
    for policy in policies() {
        for name in [policy.clone(), format!("{policy}.tests")] {
            for line in read(&name).lines() {
                assert!(line.chars().count() <= 100, "{name}.yaml: {line}");
            }
        }
    }
}

#[test]
fn the_stack_that_sends_a_rule_its_events_has_the_pattern_of_the_rule() {
    let written = read("examples/rule-events")
        .replace("!Sub ", "")
        .replace("${AWS::Partition}", "aws")
        .replace("${AWS::AccountId}", "111122223333")
        .replace("!Ref AWS::AccountId", "'111122223333'");
    let stack: Value = serde_saphyr::from_str(&written).expect("a template");
    let mut sent = stack["Resources"]["PipelineOnlyCodeRule"]["Properties"]["EventPattern"].clone();
    let account = sent.as_object_mut().expect("a pattern").remove("account");
    assert_eq!(account, Some(serde_json::json!(["111122223333"])));
    let policy =
        source::parse(&read("examples/policies/regulated-enterprise"), date!(2026 - 11 - 21))
            .expect("a control policy");
    let id = RuleId::try_from("pipeline-only-code".to_owned()).expect("an id");
    let pattern = &policy.rules.named(&id).expect("the rule").pattern;
    assert_eq!(serde_json::to_value(pattern).expect("JSON"), sent);
}

#[test]
fn a_control_policy_is_checked_as_of_another_day() {
    let example = "examples/policies/small-team.yaml";
    let checked = cordon(&["check", "--today", "2027-03-01", example]);
    let said = text(&checked.stderr);
    assert_eq!(checked.status.code(), Some(0));
    assert!(said.contains("the exception ended on 2027-02-28"), "{said}");
    assert!(text(&checked.stdout).contains("  enforce  runtime.deprecated\n"));
    for wrong in ["tomorrow", "2027-3-1", "2027-02-30", ""] {
        let checked = cordon(&["check", "--today", wrong, example]);
        assert_eq!((checked.status.code(), text(&checked.stdout).as_str()), (Some(2), ""));
        let said = text(&checked.stderr);
        assert!(
            said.contains(&format!("`{wrong}`: expected a day such as `2027-03-31`")),
            "{said}"
        );
    }
}

#[test]
fn what_goes_into_the_function_is_checked_as_of_today() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compiled-of-another-day.json");
    let file = file.to_string_lossy();
    let checked = cordon(&["check", "--today", TODAY, "--compile", &*file, "policy.yaml"]);
    assert_eq!(checked.status.code(), Some(2));
    assert!(!Path::new(&*file).exists());
}

/// An indented block of README.md, from the line that begins so.
fn shown(first: &str) -> String {
    let readme = fs::read_to_string(top().join("README.md")).expect("README.md");
    let lines = readme.lines().skip_while(|line| line.trim_start() != first);
    let block: Vec<&str> = lines.map_while(|line| line.strip_prefix("    ")).collect();
    assert!(!block.is_empty(), "README.md shows no `{first}`");
    block.join("\n") + "\n"
}

#[test]
fn the_readme_shows_a_test_that_fails_before_the_edit_and_holds_after_it() {
    let events = top().join("events").to_string_lossy().into_owned();
    let case =
        shown("- name: a preview may have an open URL").replace("events/", &format!("{events}/"));
    let before = read("policy");
    let entry = "  function-url.public: { mode: enforce }\n";
    let after = before.replace(entry, &shown("function-url.public:"));
    assert_ne!(before, after);
    let tests = format!("policy: policy.yaml\ncases:\n{case}");
    let run = |policy: &str, name: &str| {
        let files = [("policy.yaml", policy.to_owned()), ("policy.tests.yaml", tests.clone())];
        Folder::new(name, &files).cordon(&["test", "policy.tests.yaml"], "")
    };
    let failed = run(&before, "readme-before");
    let printed =
        shown("FAILED  a preview may have an open URL (function-url.public, policy.tests.yaml)");
    assert_eq!(
        (failed.code, failed.out),
        (1, format!("{printed}0 of 1 tests hold\n")),
        "{}",
        failed.err
    );
    let held = run(&after, "readme-after");
    assert_eq!(held.code, 0, "{}{}", held.out, held.err);
}

#[test]
fn what_the_readme_shows_of_the_language_is_right() {
    let written = format!(
        "version: 1\norganizational-units:\n  ou-ab12-staging1: [\"555566667777\"]\n  ou-ab12-product1: \
         [\"111122223333\"]\ncontrols:\n  function-url.public: {{ mode: enforce }}\n{}{}{}",
        shown("network.outside-vpc:"),
        shown("exceptions:"),
        shown("rules:"),
    );
    let (policy, report) = source::read(written.as_bytes(), date!(2026 - 11 - 21));
    assert!(report.is_empty(), "{}", report.render("README.md"));
    let policy = policy.expect("a control policy");
    let example =
        source::parse(&read("examples/policies/regulated-enterprise"), date!(2026 - 11 - 21));
    let example = example.expect("a control policy");
    let [rule, ..] = &*policy.rules else { panic!("a rule") };
    assert_eq!(Some(&rule.pattern), example.rules.named(&rule.id).map(|one| &one.pattern));
}

#[test]
fn the_readme_lists_every_key_of_the_control_policy() {
    let readme = fs::read_to_string(top().join("README.md")).expect("README.md");
    let keys = source::schema()["properties"].as_object().expect("keys").keys().cloned();
    for key in keys {
        assert!(readme.contains(&format!("\n| `{key}` | ")), "`{key}` is in no row of its own");
    }
}
