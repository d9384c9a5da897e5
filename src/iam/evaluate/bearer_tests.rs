//! Policies of a role and its boundary on whole requests.

use super::*;
use crate::iam::document::Document;
use crate::iam::evaluate::request::{Caller, evaluate};
use crate::iam::revocation::roles::{functions, requests, roles};
use proptest::prelude::*;
use serde_json::{Value, json};

fn policy(statements: Value) -> IdentityDocument {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    IdentityDocument::parse(&text).unwrap()
}

fn allow(action: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": "*"})
}

fn deny(action: &str) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": "*"})
}

/// A statement of which it cannot be said whether it applies.
fn unclear(mut statement: Value) -> Value {
    statement["Condition"] = json!({"Martian": {"a:b": "c"}});
    statement
}

fn reads_an_object() -> Request {
    Request {
        caller: Caller::Principal {
            arn: "arn:aws:iam::111122223333:role/worker".to_owned(),
            session: None,
        },
        action: "s3:GetObject".to_owned(),
        resource: "arn:aws:s3:::bucket/key".to_owned(),
        context: serde_json::from_value(json!({"aws:PrincipalTag/team": "blue"})).unwrap(),
    }
}

fn asked(policies: &[Value], boundary: Option<Value>) -> Decision {
    let policies: Vec<IdentityDocument> = policies.iter().cloned().map(policy).collect();
    let policies: Vec<&IdentityDocument> = policies.iter().collect();
    evaluate_identity(&policies, boundary.map(policy).as_ref(), &reads_an_object())
}

const fn allowed(statement: usize) -> Decision {
    Decision::Allow { statement }
}

const fn denied(statement: usize) -> Decision {
    Decision::Deny { statement }
}

const fn open(statement: usize) -> Decision {
    Decision::Unclear { statement }
}

#[test]
fn all_policies_of_a_role_count_and_a_deny_in_any_wins() {
    assert_eq!(asked(&[], None), Decision::Implicit);
    assert_eq!(asked(&[json!([allow("s3:*")])], None), allowed(0));
    assert_eq!(asked(&[json!([allow("logs:*")]), json!([allow("s3:*")])], None), allowed(1));
    assert_eq!(asked(&[json!([allow("*")]), json!([deny("S3:get*")])], None), denied(1));
    assert_eq!(asked(&[json!([deny("iam:*")]), json!([allow("*")])], None), allowed(1));
}

#[test]
fn a_statement_is_asked_about_its_resources_conditions_and_variables() {
    let mut one = allow("s3:GetObject");
    one["Resource"] = json!("arn:aws:s3:::bucket/*");
    assert_eq!(asked(&[one.clone()], None), allowed(0));
    one["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team}",
        "aws:PrincipalArn": "arn:aws:iam::111122223333:role/worker"}});
    assert_eq!(asked(&[one.clone()], None), allowed(0));
    one["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "red"}});
    assert_eq!(asked(&[one.clone()], None), Decision::Implicit);
    one["Resource"] = json!("arn:aws:s3:::other/*");
    assert_eq!(asked(&[one], None), Decision::Implicit);
}

#[test]
fn a_boundary_gives_nothing_and_takes_what_it_does_not_allow() {
    let all = || json!([allow("*")]);
    assert_eq!(asked(&[all()], Some(all())), allowed(0));
    assert_eq!(asked(&[], Some(all())), Decision::Implicit);
    assert_eq!(asked(&[all()], Some(json!([allow("logs:*")]))), Decision::Implicit);
    assert_eq!(asked(&[all()], Some(json!([]))), Decision::Implicit);
    assert_eq!(asked(&[all()], Some(json!([allow("*"), deny("s3:*")]))), denied(2));
    assert_eq!(asked(&[json!([allow("iam:*")])], Some(json!([deny("s3:*")]))), denied(1));
}

#[test]
fn what_is_unclear_counts_only_where_it_could_matter() {
    let all = || json!([allow("*")]);
    let some = || json!([unclear(allow("*"))]);
    assert_eq!(asked(&[some()], None), open(0));
    assert_eq!(asked(&[some(), all()], None), allowed(1));
    assert_eq!(asked(&[some(), json!([deny("*")])], None), denied(1));
    assert_eq!(asked(&[all(), json!([unclear(deny("*"))])], None), open(1));
    assert_eq!(asked(&[all(), json!([unclear(deny("iam:*"))])], None), allowed(0));
    assert_eq!(asked(&[all()], Some(some())), open(1));
    assert_eq!(asked(&[some()], Some(all())), open(0));
    assert_eq!(asked(&[some()], Some(some())), open(0));
    assert_eq!(asked(&[some()], Some(json!([allow("iam:*")]))), Decision::Implicit);
    assert_eq!(asked(&[], Some(some())), Decision::Implicit);
    assert_eq!(asked(&[all()], Some(json!([allow("*"), unclear(deny("*"))]))), open(2));
}

/// The statements of all policies as one policy of a resource that speaks of everybody.
fn for_everybody(policies: &[IdentityDocument]) -> Document {
    let mut statements = Vec::new();
    for policy in policies {
        let mut value: Value = serde_json::from_str(policy.raw()).unwrap();
        for statement in value["Statement"].as_array_mut().unwrap() {
            statement["Principal"] = json!("*");
            statements.push(statement.take());
        }
    }
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Document::parse(&text).unwrap()
}

proptest! {
    #[test]
    fn policies_of_the_caller_decide_as_those_of_a_resource_for_everybody(
        role in roles(), request in functions().prop_flat_map(|function| requests(&function)),
    ) {
        let policies: Vec<&IdentityDocument> = role.policies.iter().collect();
        let want = evaluate(&for_everybody(&role.policies), &request);
        prop_assert_eq!(evaluate_identity(&policies, None, &request), want);
    }

    #[test]
    fn a_boundary_allows_what_both_allow_and_denies_what_either_denies(
        role in roles(), request in functions().prop_flat_map(|function| requests(&function)),
    ) {
        let policies: Vec<&IdentityDocument> = role.policies.iter().collect();
        let limit: Vec<&IdentityDocument> = role.boundary.iter().collect();
        let both = evaluate_identity(&policies, role.boundary.as_ref(), &request);
        let granted = evaluate_identity(&policies, None, &request);
        let within = match limit.as_slice() {
            [] => allowed(0),
            _ => evaluate_identity(&limit, None, &request),
        };
        let is_allow = |decision: &Decision| matches!(decision, Decision::Allow { .. });
        let is_deny = |decision: &Decision| matches!(decision, Decision::Deny { .. });
        prop_assert_eq!(is_allow(&both), is_allow(&granted) && is_allow(&within));
        prop_assert_eq!(is_deny(&both), is_deny(&granted) || is_deny(&within));
    }
}
