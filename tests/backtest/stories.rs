//! What people learn from a back-test.

use super::{
    ENFORCED, Told,
    archive::{Archive, function},
    folder,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// A function that is made, opened to everybody, and closed again; another that a partner may invoke.
fn opened() -> Archive {
    let mut archive = Archive::default();
    archive.read_objects(25);
    archive.create_function("orders", "nodejs22.x");
    archive.create_function("reports", "nodejs22.x");
    archive.add_permission("orders", "open", "*");
    archive.add_permission("reports", "partner", "arn:aws:iam::444455556666:root");
    archive.read_objects(5);
    archive.call(
        "lambda",
        "RemovePermission20150331v2",
        json!({ "functionName": "orders", "statementId": "open" }),
        Value::Null,
    );
    archive
}

#[test]
fn a_public_function_is_found_and_what_would_have_been_done_is_told() {
    let folder = folder("backtest-public", &opened(), &[("policy.yaml", ENFORCED)]);
    let run = folder.cordon(&["backtest", "archive", "--json"], "");
    assert_eq!(run.code, 1, "{}", run.err);
    let told = Told::of(&run);
    let found = told.found();
    let has = |control: &str, name: &str| found.contains(&(control.to_owned(), name.to_owned()));
    assert!(has("function-policy.public", "orders"), "{found:?}");
    assert!(has("function-policy.untrusted-account", "reports"), "{found:?}");
    let public = |one: &&Value| one["control"] == "function-policy.public";
    let public = told.findings.iter().find(public).unwrap();
    assert_eq!(public["severity"], "critical");
    assert_eq!(public["principal"], "arn:aws:iam::111122223333:role/deployer");
    assert!(public["file"].as_str().unwrap().ends_with(".json.gz"));
    let remediation = &public["remediations"][0];
    assert_eq!(remediation["name"], "replace-resource-policy", "{public}");
    assert_eq!(remediation["withheld"], Value::Null);
    let summary = &told.summary;
    assert_eq!(summary["read"]["records"], 35);
    assert_eq!(summary["read"]["passedOver"], 1, "the digest");
    assert_eq!(summary["read"]["lookedAt"], 5);
    assert_eq!(summary["remediations"]["replace-resource-policy"]["applied"], 2);
    // Removed again: judged, and in order.
    assert!(summary["controls"]["function-policy.public"]["compliant"].as_u64() >= Some(1));
    let words = folder.cordon(&["backtest", "archive"], "");
    assert_eq!(words.code, 1);
    for want in ["35 events in 4 files", "function-policy.public", "replace-resource-policy"] {
        assert!(words.out.contains(want), "{want}: {}", words.out);
    }
}

#[test]
fn a_trusted_line_is_said_to_silence_exactly_what_it_does() {
    let partner = "version: 1\ndefaults: {mode: enforce}\ntrusted: {accounts: ['444455556666']}\n";
    let policies = [("policy.yaml", ENFORCED), ("partner.yaml", partner)];
    let folder = folder("backtest-trust", &opened(), &policies);
    let before = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    let silences = before.summary["silences"].as_array().unwrap();
    let line = |one: &&Value| one["line"] == "444455556666" && one["under"] == "trusted.accounts";
    let silenced = silences.iter().find(line).expect("the partner")["findings"].as_u64().unwrap();
    let arguments =
        ["backtest", "archive", "--json", "--policy", "partner.yaml", "--compare", "policy.yaml"];
    let after = Told::of(&folder.cordon(&arguments, ""));
    let count = |told: &Told| told.summary["findings"].as_u64().unwrap();
    assert_eq!(count(&before) - count(&after), silenced);
    let difference = after.difference.unwrap();
    assert_eq!(difference["added"], json!({}));
    let removed = difference["removed"].as_object().unwrap();
    assert_eq!(removed.values().filter_map(Value::as_u64).sum::<u64>(), silenced);
}

#[test]
fn what_is_suggested_is_a_control_policy_and_silences_what_it_says() {
    let mut archive = opened();
    archive.add_permission("reports", "another", "arn:aws:iam::444455556666:role/x");
    let folder = folder("backtest-suggest", &archive, &[("policy.yaml", ENFORCED)]);
    let arguments = ["backtest", "archive", "--json", "--suggest", "suggested.yaml"];
    let before = Told::of(&folder.cordon(&arguments, ""));
    let text = std::fs::read_to_string(folder.path().join("suggested.yaml")).unwrap();
    assert!(text.contains("444455556666"), "{text}");
    let checked = folder.cordon(&["check", "suggested.yaml"], "");
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    let merged = text.replace("version: 1\n", ENFORCED);
    std::fs::write(folder.path().join("merged.yaml"), merged).unwrap();
    let after = folder.cordon(&["backtest", "archive", "--json", "--policy", "merged.yaml"], "");
    let (before, after) = (before.found(), Told::of(&after).found());
    assert!(after.len() < before.len());
    assert!(after.iter().all(|one| before.contains(one)), "nothing new: {after:?}");
}

#[test]
fn the_page_holds_what_was_found_and_needs_nothing_else() {
    let partner = "version: 1\ndefaults: {mode: enforce}\ntrusted: {accounts: ['444455556666']}\n";
    let policies = [("policy.yaml", partner), ("old.yaml", ENFORCED)];
    let folder = folder("backtest-page", &opened(), &policies);
    let run =
        folder.cordon(&["backtest", "archive", "--html", "page.html", "--compare", "old.yaml"], "");
    assert_eq!(run.code, 1, "{}", run.err);
    let page = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
    for want in ["function-policy.public", "function:orders", "policy.yaml", "old.yaml", "deployer"]
    {
        assert!(page.contains(want), "{want}");
    }
    assert!(!page.contains("http://") && !page.contains("src="), "nothing is fetched");
}

#[test]
fn exceptions_limits_and_dry_run_are_told_as_what_withholds() {
    let mut archive = Archive::default();
    for name in ["a", "b", "c"] {
        archive.create_function(name, "nodejs22.x");
        archive.add_permission(name, "open", "*");
    }
    let limited = "version: 1\ndefaults: {mode: enforce}\nlimits:\n  changes: {function: 2, actor: 2, account: 2, installation: 2}\n";
    let excepted = "version: 1\ndefaults: {mode: enforce}\nexceptions:\n  - controls: [function-policy.public]\n    functions: [a]\n    owner: team\n    reason: a known case\n    expires: DAY\n";
    let soon = OffsetDateTime::now_utc().date() + Duration::days(30);
    let excepted = &excepted.replace("DAY", &soon.to_string());
    let dry = "version: 1\n";
    let policies = [("limited.yaml", limited), ("excepted.yaml", excepted), ("dry.yaml", dry)];
    let folder = folder("backtest-withheld", &archive, &policies);
    let run = |policy: &str| {
        let run = folder.cordon(&["backtest", "archive", "--json", "--policy", policy], "");
        assert_ne!(run.code, 2, "{}", run.err);
        Told::of(&run).summary
    };
    let limited = run("limited.yaml");
    assert!(limited["limits"]["names"].as_object().is_some_and(|all| !all.is_empty()), "{limited}");
    let excepted = run("excepted.yaml");
    let names = excepted["exceptions"]["names"].as_object().unwrap();
    assert!(names.keys().any(|name| name.contains("team")), "{names:?}");
    let dry = run("dry.yaml");
    let replaced = &dry["remediations"]["replace-resource-policy"];
    assert_eq!(replaced["applied"], 0);
    assert_eq!(replaced["withheld"]["dry run"], 3);
}

#[test]
fn a_trail_that_was_there_before_is_found_stopped_and_deleted() {
    let mut archive = Archive::default();
    for call in ["StopLogging", "DeleteTrail"] {
        archive.call("cloudtrail", call, json!({ "name": "audit" }), Value::Null);
    }
    let folder = folder("backtest-trail", &archive, &[("policy.yaml", ENFORCED)]);
    let told = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    let stopped = ("trail.stopped".to_owned(), "audit".to_owned());
    assert_eq!(told.found(), [stopped.clone(), stopped]);
    let started = &told.summary["remediations"]["start-logging"];
    assert_eq!(started["applied"], 1, "{}", told.summary);
}

#[test]
fn an_escalation_is_found_by_whose_credentials_they_are_and_not_by_a_name() {
    let mut archive = Archive::default();
    let asked = json!({ "userName": "backdoor" });
    let by_function = archive.call("iam", "CreateAccessKey", asked.clone(), Value::Null);
    by_function["userIdentity"]["inScopeOf"] = json!({
        "issuerType": "AWS::Lambda::Function",
        "credentialsIssuedTo": function("old"),
    });
    // A session of people, whose name could be a function's.
    archive.call("iam", "CreateAccessKey", asked, Value::Null);
    let folder = folder("backtest-escalation", &archive, &[("policy.yaml", ENFORCED)]);
    let told = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    let escalation = "function.privilege-escalation";
    assert!(
        told.found().contains(&(escalation.to_owned(), "old".to_owned())),
        "{:?}",
        told.found()
    );
    let counts = &told.summary["controls"][escalation];
    assert_eq!(counts["insufficientData"], 0, "{counts}");
    assert_eq!(counts["notApplicable"], 1, "{counts}");
}

#[test]
fn what_was_there_before_is_unknown_and_counted() {
    let mut archive = Archive::default();
    let asked = json!({ "functionName": "old", "timeout": 5 });
    let answered = json!({ "functionName": "old" });
    archive.call("lambda", "UpdateFunctionConfiguration20150331v2", asked, answered);
    let folder = folder("backtest-unknown", &archive, &[("policy.yaml", ENFORCED)]);
    let told = Told::of(&folder.cordon(&["backtest", "archive", "--json"], ""));
    let unknown = told.summary["unknown"].as_object().unwrap();
    assert!(unknown.contains_key("function.vpc-required") || !unknown.is_empty(), "{unknown:?}");
    assert!(told.findings.iter().all(|one| one["control"] != "function.vpc-required"));
}
