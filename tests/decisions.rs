//! Decision tables: `tests/decisions/<control>.yaml`, each case an event, a state and what must be
//! decided. Every control has every kind of case, or this fails.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use cordon::{
    cases::{Case, Difference},
    finding::ControlId,
    policy::source,
    resource::{AccountId, Home},
};
use serde::{Deserialize, de::value::StrDeserializer};
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

fn differences(control: ControlId, case: &Case) -> Vec<Difference> {
    let home = Home {
        partition: "aws".to_owned(),
        account: AccountId::parse("111122223333").expect("an account"),
        region: "us-east-1".to_owned(),
    };
    let now = datetime!(2026-11-21 12:00 UTC);
    // It would tag what most samples are about.
    let others = if control == ControlId::ChangeWithoutMfa {
        ""
    } else {
        "change.without-mfa: { mode: \"off\" }"
    };
    let default = format!(
        "version: 1\ndefaults: {{ mode: enforce }}\ncontrols:\n  {control}: {{}}\n  {others}\n"
    );
    let policy = source::parse(case.policy.as_deref().unwrap_or(&default), now.date())
        .unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let event = fs::read_to_string(folder("events").join(&case.event)).expect("a sample event");
    let event = case.changed(&event).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let decision = case.decide(&policy, &event, &home, now);
    let decision = decision.unwrap_or_else(|error| panic!("{}: {error}", case.name));
    case.differences(&control.into(), &decision)
}

#[test]
fn every_control_decides_as_its_table_says() {
    let mut failures = Vec::new();
    for (path, table) in tables() {
        for case in &table.cases {
            let differences = differences(table.control, case);
            if !differences.is_empty() {
                failures.push(format!("{}: {}: {differences:#?}", path.display(), case.name));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
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
            let kind = kind(case);
            seen.entry(table.control).or_default().insert(kind);
            assert_kind_is_true(table.control, case, kind);
        }
    }
    for control in ControlId::ALL {
        for kind in KINDS {
            let has = seen.get(&control).is_some_and(|kinds| kinds.contains(&kind));
            let cannot = matches!(
                (control, kind),
                // What other services find are no API calls.
                (
                    ControlId::ConfigRuleNoncompliant
                        | ControlId::SecurityHubFailed
                        | ControlId::AccessAnalyzerExternal,
                    Kind::FailedCall
                )
            );
            assert!(has || cannot, "`{control}` has no {kind:?} case");
        }
    }
}

fn kind(case: &Case) -> Kind {
    let named = case.kind.as_deref().unwrap_or_default();
    let kind: Result<Kind, serde::de::value::Error> =
        Kind::deserialize(StrDeserializer::new(named));
    kind.unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

/// A case is of the kind it says.
fn assert_kind_is_true(control: ControlId, case: &Case, kind: Kind) {
    let wanted: BTreeSet<&str> = case.want.evaluations.iter().map(String::as_str).collect();
    let true_kind = match kind {
        Kind::Compliant => wanted == BTreeSet::from(["Compliant"]),
        Kind::Noncompliant => wanted.contains("NonCompliant"),
        Kind::NotApplicable => wanted.is_empty() || wanted == BTreeSet::from(["NotApplicable"]),
        Kind::InsufficientData => wanted.contains("InsufficientData"),
        Kind::Excepted => {
            wanted.contains("NonCompliant")
                // What is only told has nothing to withhold.
                && (!case.want.plan.is_empty() || control.offer().names().count() == 0)
                && case.want.plan.iter().all(|step| step.contains("withheld: exception of"))
        }
        Kind::FailedCall => {
            wanted.is_empty()
                && case.want.plan.is_empty()
                && case.change.keys().any(|pointer| pointer.ends_with("/errorCode"))
        }
    };
    assert!(true_kind, "`{control}`: {} is not {kind:?}", case.name);
}
