//! Decision tables: `tests/decisions/<control>.yaml`, each case an event, a state and what must be
//! decided. Every control has every kind of case, or this fails.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod asked;

use asked::asked;
use cordon::{
    cases::{Case, remit, told},
    controls::{Concern, Look, Triage, looks, triage},
    decision::{Decision, decide},
    event::Event,
    finding::{ControlId, Requirement},
    policy::{ControlPolicy, source},
    resource::{AccountId, Home},
    state::{Read, State},
};
use serde::{Deserialize, de::value::StrDeserializer};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};
use time::{OffsetDateTime, macros::datetime};

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

/// A case with everything that it decides from.
struct Told {
    home: Home,
    policy: ControlPolicy,
    event: Event,
    triage: Triage,
    state: State,
}

const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

impl Told {
    fn of(control: ControlId, case: &Case) -> Self {
        let home = Home {
            partition: "aws".to_owned(),
            account: AccountId::parse("111122223333").expect("an account"),
            region: "us-east-1".to_owned(),
        };
        // It would tag what most samples are about.
        let others = if control == ControlId::ChangeWithoutMfa {
            ""
        } else {
            "change.without-mfa: { mode: \"off\" }"
        };
        let default = format!(
            "version: 1\ndefaults: {{ mode: enforce }}\ncontrols:\n  {control}: {{}}\n  {others}\n"
        );
        let policy = source::parse(case.policy.as_deref().unwrap_or(&default), NOW.date())
            .unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let event = fs::read_to_string(folder("events").join(&case.event)).expect("a sample event");
        let event = case.changed(&event).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let event = told(&policy, &event, &home);
        let event = event.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let (triage, state) = (triage(&policy, &event, NOW), case.state(&event));
        Self { home, policy, event, triage, state }
    }

    fn decide(&self, state: &State) -> Decision {
        decide(&remit(&self.policy, &self.home), &self.event, &self.triage, state, NOW)
    }

    /// Decides and does what was decided, until nothing is left: how `control` judges each resource
    /// first, and every step it takes. `known` is what of a state is known, given what was asked for.
    fn carry_through(
        &self,
        control: ControlId,
        known: impl Fn(&State, &BTreeSet<Read>) -> State,
    ) -> (Vec<String>, BTreeSet<String>) {
        let mut state = self.state.clone();
        let mut reads = self.triage.reads.clone();
        let mut decision = self.decide(&known(&state, &reads));
        let requirement = Requirement::from(control);
        let own = decision.evaluations.iter().filter(|one| one.control == requirement);
        let judged =
            own.map(|one| format!("{} {}", one.resource, one.compliance.as_str())).collect();
        let mut steps = BTreeSet::new();
        loop {
            let before = (reads.len(), steps.len());
            for planned in &decision.plan {
                if planned.controls.contains(&requirement) {
                    steps.insert(format!("{} {:?}", planned.remediation.id(), planned.withheld));
                }
                state.take(&planned.remediation);
            }
            reads.extend(decision.wants);
            reads.extend(decision.asks);
            if before == (reads.len(), steps.len()) {
                return (judged, steps);
            }
            decision = self.decide(&known(&state, &reads));
        }
    }
}

/// All cases, each with everything that it decides from.
static CASES: LazyLock<Vec<(ControlId, Case, Told)>> = LazyLock::new(|| {
    let of = |table: Table| table.cases.into_iter().map(move |case| (table.control, case));
    let cases = tables().into_iter().flat_map(|(_, table)| of(table));
    let told = |(control, case): (ControlId, Case)| {
        let told = Told::of(control, &case);
        (control, case, told)
    };
    cases.map(told).collect()
});

#[test]
fn every_control_decides_as_its_table_says() {
    let mut failures = Vec::new();
    for (control, case, told) in CASES.iter() {
        let differences = case.differences(&(*control).into(), &told.decide(&told.state));
        if !differences.is_empty() {
            failures.push(format!("{control}: {}: {differences:#?}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn no_decision_rests_on_what_was_not_asked_for() {
    let mut failures = Vec::new();
    // What an event shows itself is not read.
    for (control, case, told) in CASES.iter().filter(|(_, case, _)| case.state.is_some()) {
        let whole = told.carry_through(*control, |state, _| state.clone());
        if whole != told.carry_through(*control, asked) {
            let asked = &told.triage.reads;
            failures.push(format!("{control}: {}: asked for {asked:?}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_event_that_is_harmless_by_itself_costs_no_call_of_aws() {
    let mut failures = Vec::new();
    for (control, case, told) in CASES.iter() {
        let requirement = Requirement::from(*control);
        let looks = looks(&told.policy, &told.event, NOW);
        let look = looks.into_iter().find(|look| look.control == requirement);
        let Some(Look { concern: Concern::Yes(reads), .. }) = look else { continue };
        let decision = told.decide(&State::default());
        let own = decision.evaluations.iter().filter(|one| one.control == requirement);
        let judged: Vec<&str> = own.map(|one| one.compliance.as_str()).collect();
        let is_harmless = |judged: &&str| ["Compliant", "NotApplicable"].contains(judged);
        let harmless = !judged.is_empty() && judged.iter().all(is_harmless);
        if harmless && !reads.iter().all(Read::is_in_the_journal) {
            failures.push(format!("{control}: {}: reads {reads:?}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// More rounds than any containment takes.
const MOST_ROUNDS: usize = 10;

#[test]
fn what_was_done_is_not_done_again_when_the_event_is_delivered_again() {
    let mut failures = Vec::new();
    for (control, case, told) in CASES.iter() {
        let mut state = told.state.clone();
        let mut done: BTreeSet<String> = BTreeSet::new();
        for _ in 0..MOST_ROUNDS {
            let approved = told.decide(&state).approved();
            let steps: Vec<_> = approved.iter().map(|one| &one.planned().remediation).collect();
            if let Some(again) = steps.iter().find(|step| !done.insert(step.id())) {
                failures.push(format!("{control}: {}: {} again", case.name, again.name()));
                break;
            }
            for step in steps {
                state.take(step);
            }
        }
        if !told.decide(&state).approved().is_empty() {
            failures.push(format!("{control}: {}: no end", case.name));
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
                // What other services find or measure are no API calls.
                (
                    ControlId::ConfigRuleNoncompliant
                        | ControlId::SecurityHubFailed
                        | ControlId::AccessAnalyzerExternal
                        | ControlId::GuarddutyLambdaFinding
                        | ControlId::FunctionUnexpectedPeer
                        | ControlId::LogAttackSignature
                        | ControlId::MetricAnomaly,
                    Kind::FailedCall
                )
                // Its lines are all there is to know.
                | (ControlId::LogAttackSignature, Kind::InsufficientData)
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
