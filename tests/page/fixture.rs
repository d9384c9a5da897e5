//! A back-test as it might be, with every field filled. Each text passes through `typed`, which may make of it what an
//! attacker would have typed.

use cordon::{
    backtest::{
        Difference, OfControl, OfRemediation, Reading, Silence, Summary, Tally, Told,
        ToldRemediation, Unreadable,
    },
    finding::{Evidence, Requirement, Severity},
    iam::Witness,
    policy::Mode,
};
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime, macros::datetime};

/// What becomes of a text.
pub type Typed<'a> = &'a dyn Fn(&str) -> String;

const START: OffsetDateTime = datetime!(2026-10-05 06:12:44 UTC);
/// Functions, with how often something was found on each.
const FUNCTIONS: [(&str, u64); 9] = [
    ("checkout-api", 214),
    ("thumbnail-worker", 121),
    ("nightly-export", 64),
    ("webhook-relay", 41),
    ("invoice-mailer", 22),
    ("fraud-scoring", 9),
    ("search-indexer", 6),
    ("session-cleaner", 2),
    ("a-function-whose-name-is-as-long-as-lambda-lets-names-be-64-char", 1),
];
const CALLERS: [(&str, u64); 5] = [
    ("role/ci-deploy", 198),
    ("user/temp-contractor", 143),
    ("role/Admin", 82),
    ("role/nightly-export-role", 37),
    ("user/m.weber", 20),
];

pub fn requirement(name: &str) -> Requirement {
    Requirement::try_from(name.to_owned()).expect("a control or rule")
}

fn function(name: &str) -> String {
    format!("arn:aws:lambda:eu-central-1:111122223333:function:{name}")
}

fn tally(names: impl IntoIterator<Item = (String, u64)>, others: u64) -> Tally {
    Tally { names: names.into_iter().collect(), others }
}

/// Nothing found.
pub fn nothing() -> Summary {
    let read = Reading {
        files: 412,
        packed: 96_420_117,
        unpacked: 1_204_882_310,
        records: 1_204_377,
        looked_at: 18_204,
        judged: 2_201,
        first: Some(START),
        last: Some(START + Duration::days(27)),
        ..Reading::default()
    };
    let in_order = OfControl { compliant: 1_412, ..OfControl::default() };
    let controls = BTreeMap::from([(requirement("function-policy.public"), in_order)]);
    Summary { read, controls, ..Summary::default() }
}

/// Six weeks.
pub fn summary(typed: Typed) -> Summary {
    of_days(typed, 42, 24)
}

/// So many days, with so many findings in full.
pub fn of_days(typed: Typed, count: u16, in_full: u16) -> Summary {
    let days = days(count);
    Summary {
        read: Reading {
            last: Some(START + Duration::days(i64::from(count) - 1)),
            ..reading(typed)
        },
        findings: days.values().flat_map(BTreeMap::values).sum(),
        controls: controls(&days),
        resources: tally(FUNCTIONS.map(|(name, count)| (typed(&function(name)), count)), 12),
        principals: tally(
            CALLERS
                .map(|(name, count)| (typed(&format!("arn:aws:iam::111122223333:{name}")), count)),
            0,
        ),
        days,
        remediations: remediations(typed),
        contained: tally(
            [(typed(&function("nightly-export")), 2), (typed(&function("webhook-relay")), 1)],
            0,
        ),
        limits: tally(
            [
                (typed("at most 3 functions are contained in an hour"), 4),
                (typed("a breaker is open"), 2),
            ],
            0,
        ),
        exceptions: tally([(typed("team payments, until 2026-12-31: partner integration"), 17)], 0),
        unknown: BTreeMap::from([
            (
                requirement("trail.lambda-data-events-off"),
                tally([(typed("the trail's event selectors are not in the archive"), 96)], 0),
            ),
            (
                requirement("execution-role.overbroad"),
                tally(
                    [
                        (typed("the role's other policies are not in the archive"), 41),
                        (typed("the role is unknown"), 3),
                    ],
                    7,
                ),
            ),
        ]),
        silences: vec![
            Silence {
                under: typed("trusted.accounts"),
                line: typed("444455556666"),
                findings: 121,
                controls: vec![
                    requirement("function-policy.untrusted-account"),
                    requirement("layer.untrusted"),
                ],
            },
            Silence {
                under: typed("trusted.deployers"),
                line: typed("arn:aws:iam::111122223333:role/Admin"),
                findings: 64,
                controls: vec![requirement("change.untrusted-deployer")],
            },
        ],
        worst: worst(typed, in_full),
    }
}

pub fn difference(typed: Typed) -> Difference {
    let counts = |name: &str, count| BTreeMap::from([(requirement(name), count)]);
    let mut added = worst(typed, 2);
    for told in &mut added {
        told.event.push_str("-added");
    }
    Difference {
        added: counts("function-url.public", 14),
        removed: counts("function-policy.untrusted-account", 121),
        answered_otherwise: counts("function.stolen-credentials", 2),
        same: 343,
        worst_added: added,
        worst_removed: worst(typed, 1),
    }
}

fn reading(typed: Typed) -> Reading {
    Reading {
        files: 1_204,
        passed_over: 42,
        unreadable: vec![Unreadable {
            path: typed(
                "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/10/19/111122223333_CloudTrail_a1.json.gz",
            ),
            why: typed("ends before the archive does"),
        }],
        packed: 1_310_220_440,
        unpacked: 18_402_991_223,
        records: 12_884_301,
        looked_at: 204_118,
        judged: 31_772,
        repeated: 12,
        late: 3,
        malformed: BTreeMap::from([(typed("the event has no time"), 2)]),
        first: Some(START),
        last: None,
        seconds: 61.5,
    }
}

/// Few at weekends, and one bad week.
fn days(count: u16) -> BTreeMap<Date, BTreeMap<Severity, u64>> {
    (0..count)
        .filter(|day| day % 7 < 5 || day % 4 == 0)
        .map(|day| {
            let n = u64::from(day);
            let incident = day % 90 >= 23 && day % 90 <= 26;
            let counts = BTreeMap::from([
                (Severity::Critical, if incident { 3 + n % 3 } else { u64::from(day % 13 == 4) }),
                (Severity::High, if incident { 11 + n % 5 } else { 2 + n * 7 % 4 }),
                (Severity::Medium, 3 + n * 5 % 6),
                (Severity::Low, 1 + n * 3 % 5),
            ]);
            (START.date() + Duration::days(i64::from(day)), counts)
        })
        .collect()
}

/// As many findings as the days have, of each severity.
fn controls(days: &BTreeMap<Date, BTreeMap<Severity, u64>>) -> BTreeMap<Requirement, OfControl> {
    let all = |severity| days.values().filter_map(|counts| counts.get(&severity)).sum::<u64>();
    let of = |low, medium, high, critical, compliant, insufficient_data| OfControl {
        low,
        medium,
        high,
        critical,
        compliant,
        not_applicable: 40,
        insufficient_data,
    };
    [
        ("function-policy.public", of(0, 0, 0, all(Severity::Critical) - 8, 1_412, 0)),
        ("function.stolen-credentials", of(0, 0, 0, 8, 10_221, 0)),
        ("function-policy.untrusted-account", of(0, 0, all(Severity::High) - 49, 0, 1_301, 0)),
        ("change.untrusted-deployer", of(0, 0, 49, 0, 2_240, 0)),
        ("change.without-mfa", of(0, all(Severity::Medium) - 31, 0, 0, 88, 2)),
        ("rule.open-debug-port", of(0, 31, 0, 0, 9, 0)),
        ("function.first-seen-api", of(all(Severity::Low), 0, 0, 0, 15_004, 0)),
        ("execution-role.overbroad", of(0, 0, 0, 0, 74, 51)),
        ("trail.lambda-data-events-off", of(0, 0, 0, 0, 0, 96)),
    ]
    .into_iter()
    .map(|(name, of)| (requirement(name), of))
    .collect()
}

fn remediations(typed: Typed) -> BTreeMap<String, OfRemediation> {
    let of = |applied, withheld: &[(&str, u64)]| OfRemediation {
        applied,
        withheld: withheld.iter().map(|(why, count)| (typed(why), *count)).collect(),
    };
    BTreeMap::from([
        (
            typed("replace-resource-policy"),
            of(112, &[("the control is in dry run", 9), ("an exception applies", 17)]),
        ),
        (typed("tag-function"), of(164, &[])),
        (
            typed("contain-function"),
            of(
                3,
                &[
                    ("at most 3 functions are contained in an hour", 4),
                    ("the function is critical", 2),
                ],
            ),
        ),
        (typed("restore-setting"), of(0, &[("the setting before is not known", 7)])),
    ])
}

/// Findings, the worst first; of five kinds in turn.
fn worst(typed: Typed, count: u16) -> Vec<Told> {
    let mut all: Vec<Told> = (0..count).map(|index| told(typed, index)).collect();
    all.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.at.cmp(&b.at)));
    all
}

fn told(typed: Typed, index: u16) -> Told {
    let name = FUNCTIONS[usize::from(index) % FUNCTIONS.len()].0;
    let (control, severity, api, evidence, remediation) = kind(typed, index, name);
    let mode = if index % 5 == 3 { Mode::DryRun } else { Mode::Enforce };
    Told {
        event: typed(&format!("7f3c9a54-1d2e-4b8a-9c60-{index:012x}")),
        at: START + Duration::hours(37 * i64::from(index) % 980),
        file: typed(
            "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/10/28/111122223333_CloudTrail_b7.json.gz",
        ),
        api: Some(typed(api)),
        principal: (index % 7 != 6).then(|| {
            typed(&format!(
                "arn:aws:iam::111122223333:{}",
                CALLERS[usize::from(index) % CALLERS.len()].0
            ))
        }),
        source: Some(typed("198.51.100.23")),
        title: control
            .control()
            .map_or_else(|| typed("no debug port is open"), |control| control.title().to_owned()),
        control,
        severity,
        mode,
        resource: typed(&function(name)),
        evidence,
        remediations: vec![ToldRemediation {
            name: typed(remediation),
            resource: typed(&function(name)),
            changes: vec![
                typed("removes statement `AllowPublic`"),
                typed("keeps 2 statements as they are"),
            ],
            withheld: (mode == Mode::DryRun).then(|| typed("the control is in dry run")),
        }],
        unanswered: if index % 5 == 1 {
            vec![typed("rotate what the function could read: 2 secrets")]
        } else {
            vec![]
        },
    }
}

type OfKind = (Requirement, Severity, &'static str, Vec<Evidence>, &'static str);

fn kind(typed: Typed, index: u16, function_name: &str) -> OfKind {
    let evidence = |field: &str, value: &str| Evidence {
        field: typed(field),
        value: typed(value),
        witness: None,
    };
    let request = Witness {
        principal: typed("*"),
        action: typed("lambda:InvokeFunction"),
        resource: typed(&function(function_name)),
        context: BTreeMap::from([(typed("aws:PrincipalAccount"), typed("999988887777"))]),
    };
    let opened = Evidence {
        witness: Some(request),
        ..evidence("Statement[1] `AllowPublic`", "Principal: *")
    };
    match index % 5 {
        0 => (
            requirement("function-policy.public"),
            Severity::Critical,
            "lambda:AddPermission",
            vec![opened],
            "replace-resource-policy",
        ),
        1 => (
            requirement("function.stolen-credentials"),
            Severity::Critical,
            "s3:ListBuckets",
            vec![
                evidence("sourceIPAddress", "198.51.100.23, which is not where the function runs"),
                evidence("userAgent", "Boto3/1.40.2 md/Botocore#1.40.2 ua/2.1 os/linux"),
            ],
            "contain-function",
        ),
        2 => (
            requirement("change.untrusted-deployer"),
            Severity::High,
            "lambda:UpdateFunctionCode",
            vec![evidence("userIdentity.arn", "arn:aws:iam::111122223333:user/temp-contractor")],
            "tag-function",
        ),
        3 => (
            requirement("rule.open-debug-port"),
            Severity::Medium,
            "ec2:AuthorizeSecurityGroupIngress",
            vec![evidence("requestParameters.ipPermissions", "tcp 5678 from 0.0.0.0/0")],
            "tag-function",
        ),
        _ => (
            requirement("function.first-seen-api"),
            Severity::Low,
            "kms:ListAliases",
            vec![evidence("eventName", "ListAliases, never called in 30 days")],
            "tag-function",
        ),
    }
}
