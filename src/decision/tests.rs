//! What an incident is about, and what is told with its findings.

use super::*;
use crate::{
    finding::{ControlId, Severity},
    resource::FunctionResource,
};

fn function(name: &str) -> Resource {
    let arn = format!("arn:aws:lambda:us-east-1:111122223333:function:{name}");
    FunctionArn::parse(&arn).unwrap().into()
}

fn role() -> Resource {
    RoleArn::parse("arn:aws:iam::111122223333:role/r").unwrap().into()
}

fn found(control: ControlId, resource: Resource, unanswered: &[&str]) -> Evaluation {
    let unanswered = unanswered.iter().map(|why| (*why).to_owned()).collect();
    let (id, severity) = ("f".to_owned(), Severity::High);
    let finding = Finding { id, severity, evidence: Vec::new(), unanswered };
    let compliance = Compliance::NonCompliant(finding);
    Evaluation { control: control.into(), resource, compliance }
}

fn fine(control: ControlId, resource: Resource) -> Evaluation {
    Evaluation { control: control.into(), resource, compliance: Compliance::Compliant }
}

fn decision(evaluations: Vec<Evaluation>) -> Decision {
    Decision {
        incident: "inc-0".to_owned(),
        evaluations,
        standings: BTreeMap::new(),
        plan: Vec::new(),
        wants: BTreeSet::new(),
        notes: Vec::new(),
        contains: false,
        stops: false,
        released: Vec::new(),
        limited: None,
        learned: None,
        lesson: None,
        observed: None,
        asks: None,
        sighting: None,
    }
}

const ONE: ControlId = ControlId::FunctionPrivilegeEscalation;
const OTHER: ControlId = ControlId::IamUserCreated;

#[test]
fn an_incident_is_about_a_function_with_a_finding_else_anything_with_one_else_the_first() {
    let both = decision(vec![found(OTHER, role(), &[]), found(ONE, function("f"), &[])]);
    assert_eq!(both.subject(), Some(function("f")));
    let of_role = decision(vec![fine(ONE, function("f")), found(OTHER, role(), &[])]);
    assert_eq!(of_role.subject(), Some(role()));
    let nothing = decision(vec![fine(OTHER, role()), fine(ONE, function("f"))]);
    assert_eq!(nothing.subject(), Some(role()));
    assert_eq!(decision(Vec::new()).subject(), None);
}

#[test]
fn findings_are_what_is_not_compliant() {
    let some = decision(vec![fine(OTHER, role()), found(ONE, function("f"), &[])]);
    let controls: Vec<_> = some.findings().map(|(one, _)| one.control.clone()).collect();
    assert_eq!(controls, [Requirement::from(ONE)]);
}

#[test]
fn what_a_later_decision_leaves_to_people_is_added_where_it_belongs_and_once() {
    let mut first = decision(vec![
        found(ONE, function("f"), &["one"]),
        found(ONE, function("g"), &[]),
        found(OTHER, function("f"), &[]),
    ]);
    let mut later = decision(vec![found(ONE, function("f"), &["one", "two"])]);
    later.notes = vec!["to know".to_owned()];
    later.limited = Some("a limit".to_owned());

    first.absorb(&later);

    let left: Vec<Vec<String>> =
        first.findings().map(|(_, finding)| finding.unanswered.clone()).collect();
    assert_eq!(left, [vec!["one".to_owned(), "two".to_owned()], Vec::new(), Vec::new()]);
    assert_eq!(first.notes, ["to know"]);
    assert_eq!(first.limited.as_deref(), Some("a limit"));
}

#[test]
fn what_could_not_be_planned_is_told_with_the_finding_it_belongs_to() {
    let version = FunctionResource::parse_arn("arn:aws:lambda:us-east-1:111122223333:function:f:7");
    let failed = |resource: Resource| plan::Failed {
        resource,
        controls: [ONE.into()].into(),
        reason: "why".to_owned(),
    };
    let told = |resource| {
        let all = vec![
            found(ONE, function("f"), &[]),
            found(ONE, function("g"), &[]),
            found(OTHER, function("f"), &[]),
        ];
        let all = note(all, failed(resource));
        let left = |one: &Evaluation| match &one.compliance {
            Compliance::NonCompliant(finding) => finding.unanswered.join(" "),
            Compliance::Compliant | Compliance::NotApplicable | Compliance::InsufficientData(_) => {
                String::new()
            }
        };
        all.iter().map(left).collect::<Vec<_>>()
    };
    assert_eq!(told(function("f")), ["why", "", ""]);
    let of_version = told(version.unwrap().into());
    assert!(of_version[0].ends_with(":f:7: why"), "{of_version:?}");
    assert_eq!(of_version[1..], ["", ""]);
}
