//! Decision tables: `tests/decisions/<control>.yaml`, each case an event, a state and what must be
//! decided. Every control has every kind of case, or this fails.

use cordon::{
    controls,
    decision::{Decision, Remit, decide},
    event::Event,
    finding::{Compliance, ControlId},
    policy::source,
    resource::{AccountId, Home, RoleArn},
    state::{DescribedState, State},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use time::macros::datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    control: ControlId,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A sentence.
    name: String,
    kind: Kind,
    /// The control policy; else everything is on `enforce`, with default parameters.
    policy: Option<String>,
    /// A file in `events/`.
    event: String,
    /// JSON pointers into the event, and what to put there; null takes the field away.
    #[serde(default)]
    change: BTreeMap<String, Value>,
    #[serde(default)]
    state: DescribedState,
    want: Want,
}

#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Compliant,
    Noncompliant,
    NotApplicable,
    InsufficientData,
    Excepted,
    FailedCall,
}

const KINDS: [Kind; 6] = [
    Kind::Compliant,
    Kind::Noncompliant,
    Kind::NotApplicable,
    Kind::InsufficientData,
    Kind::Excepted,
    Kind::FailedCall,
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Want {
    /// The control's evaluations: one for each resource; none where the event does not concern it.
    #[serde(default)]
    evaluations: Vec<String>,
    /// The remediations planned for this control, in order; `withheld: ...` where one is.
    #[serde(default)]
    plan: Vec<String>,
    /// The policy after the remediation, where it is rewritten; null where it is deleted.
    #[serde(default, deserialize_with = "present")]
    policy_after: Option<Value>,
    /// A word that must stand in the finding's evidence or in what is left to a person.
    #[serde(default)]
    says: Option<String>,
}

fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn tables() -> Vec<(PathBuf, Table)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder("tests/decisions"))
        .expect("the folder is there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable file");
            let table = serde_saphyr::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path, table)
        })
        .collect()
}

fn event(case: &Case) -> String {
    let text = fs::read_to_string(folder("events").join(&case.event)).expect("a sample event");
    let mut event: Value = serde_json::from_str(&text).expect("samples are JSON");
    for (pointer, value) in &case.change {
        let (parent, field) = pointer.rsplit_once('/').expect("a JSON pointer");
        let parent = event.pointer_mut(parent).unwrap_or_else(|| panic!("no `{parent}`"));
        match parent {
            Value::Object(fields) if value.is_null() => {
                fields.remove(field);
            }
            Value::Object(fields) => {
                fields.insert(field.to_owned(), value.clone());
            }
            other => panic!("`{pointer}` is not in an object but in {other}"),
        }
    }
    event.to_string()
}

fn decided(control: ControlId, case: &Case) -> Decision {
    let home = Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    };
    let now = datetime!(2026-11-21 12:00 UTC);
    let default =
        format!("version: 1\ndefaults: {{ mode: enforce }}\ncontrols: {{ {control}: {{}} }}\n");
    let policy = source::parse(case.policy.as_deref().unwrap_or(&default), now.date())
        .unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let event =
        Event::parse(&event(case), &home).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let triage = controls::triage(&policy, &event, now);
    let role = RoleArn::parse("arn:aws:iam::111122223333:role/cordon-role").expect("a role");
    let quarantine = "arn:aws:sqs:us-east-1:111122223333:cordon-quarantine".to_owned();
    let remit = Remit { role: Some(role), quarantine: Some(quarantine), ..Remit::of(&policy) };
    decide(&remit, &event, &triage, &State::from(case.state.clone()), now)
}

#[test]
fn every_control_decides_as_its_table_says() {
    let mut failures = Vec::new();
    for (path, table) in tables() {
        for case in &table.cases {
            let decision = decided(table.control, case);
            let got = differences(table.control, case, &decision);
            if !got.is_empty() {
                failures.push(format!(
                    "{}: {}:\n  {}",
                    path.display(),
                    case.name,
                    got.join("\n  ")
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn differences(control: ControlId, case: &Case, decision: &Decision) -> Vec<String> {
    let mut differences = Vec::new();
    let own = decision.evaluations.iter().filter(|evaluation| evaluation.control == control);
    let evaluations: Vec<&str> = own.clone().map(|e| e.compliance.as_str()).collect();
    if evaluations != case.want.evaluations {
        differences.push(format!("evaluations: {evaluations:?}, not {:?}", case.want.evaluations));
    }
    let planned = decision.plan.iter().filter(|planned| planned.controls.contains(&control));
    let plan: Vec<String> = planned
        .clone()
        .map(|planned| match &planned.withheld {
            None => planned.remediation.name().to_owned(),
            Some(why) => format!("{}, withheld: {why}", planned.remediation.name()),
        })
        .collect();
    if plan != case.want.plan {
        differences.push(format!("plan: {plan:?}, not {:?}", case.want.plan));
    }
    let said = own.map(|evaluation| said(&evaluation.compliance)).collect::<Vec<_>>().join("; ");
    if let Some(word) = case.want.says.as_ref().filter(|word| !said.contains(word.as_str())) {
        differences.push(format!("`{word}` is not said: {said}"));
    }
    if let Some(want) = &case.want.policy_after {
        let after: Vec<Value> = planned
            .filter_map(|planned| match &planned.remediation {
                cordon::remediation::Remediation::ReplaceResourcePolicy(replacement) => {
                    let text = replacement.after.as_deref().unwrap_or("null");
                    Some(serde_json::from_str(text).expect("the policy is JSON"))
                }
                _ => None,
            })
            .collect();
        if after != [want.clone()] {
            differences.push(format!("policy after: {after:?}, not {want}"));
        }
    }
    differences
}

/// What people are told of a compliance.
fn said(compliance: &Compliance) -> String {
    match compliance {
        Compliance::NonCompliant(finding) => {
            let seen =
                finding.evidence.iter().map(|seen| format!("{}: {}", seen.field, seen.value));
            seen.chain(finding.unanswered.iter().cloned()).collect::<Vec<_>>().join("; ")
        }
        Compliance::InsufficientData(reason) => reason.clone(),
        Compliance::Compliant | Compliance::NotApplicable => String::new(),
    }
}

#[test]
fn every_control_has_every_kind_of_case() {
    let mut seen: BTreeMap<ControlId, BTreeSet<Kind>> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (path, table) in tables() {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        assert_eq!(stem, Some(table.control.as_str()), "a table is named after its control");
        for case in &table.cases {
            assert!(
                names.insert(format!("{} {}", table.control, case.name)),
                "{} twice",
                case.name
            );
            seen.entry(table.control).or_default().insert(case.kind);
            assert_kind_is_true(table.control, case);
        }
    }
    for control in ControlId::ALL {
        for kind in KINDS {
            let has = seen.get(&control).is_some_and(|kinds| kinds.contains(&kind));
            let cannot = matches!(
                (control, kind),
                // Config's verdicts and configuration items are no API calls.
                (ControlId::ConfigRuleNoncompliant, Kind::FailedCall)
            );
            assert!(has || cannot, "`{control}` has no {kind:?} case");
        }
    }
}

/// A case is of the kind it says.
fn assert_kind_is_true(control: ControlId, case: &Case) {
    let wanted: BTreeSet<&str> = case.want.evaluations.iter().map(String::as_str).collect();
    let true_kind = match case.kind {
        Kind::Compliant => wanted == BTreeSet::from(["Compliant"]),
        Kind::Noncompliant => wanted.contains("NonCompliant"),
        Kind::NotApplicable => wanted.is_empty() || wanted == BTreeSet::from(["NotApplicable"]),
        Kind::InsufficientData => wanted.contains("InsufficientData"),
        Kind::Excepted => {
            wanted.contains("NonCompliant")
                && !case.want.plan.is_empty()
                && case.want.plan.iter().all(|step| step.contains("withheld: exception of"))
        }
        Kind::FailedCall => {
            wanted.is_empty()
                && case.want.plan.is_empty()
                && case.change.keys().any(|pointer| pointer.ends_with("/errorCode"))
        }
    };
    assert!(true_kind, "`{control}`: {} is not {:?}", case.name, case.kind);
}
