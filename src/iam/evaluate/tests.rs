//! Whole documents on whole requests, and what must hold for all of them.

use super::*;
use crate::iam::document::Document;
use crate::iam::evaluate::request::{Caller, Request, evaluate};
use serde_json::{Value, json};

#[path = "properties.rs"]
mod properties;

const OWN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";
const ANA: &str = "arn:aws:iam::222222222222:user/Ana";

fn document(statements: &[Value]) -> Document {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Document::parse(&text).unwrap()
}

fn principal(arn: &str) -> Caller {
    Caller::Principal { arn: arn.to_owned(), session: None }
}

fn request(caller: Caller, context: Value) -> Request {
    Request {
        caller,
        action: "lambda:InvokeFunction".to_owned(),
        resource: OWN.to_owned(),
        context: serde_json::from_value(context).unwrap(),
    }
}

fn statement(effect: &str, principal: Value, condition: Value) -> Value {
    json!({"Effect": effect, "Principal": principal, "Action": "lambda:InvokeFunction",
        "Resource": OWN, "Condition": condition})
}

fn decide_all(statements: &[Value], caller: Caller, context: Value) -> Decision {
    evaluate(&document(statements), &request(caller, context))
}

const ALLOW: Decision = Decision::Allow { statement: 0 };
const UNCLEAR: Decision = Decision::Unclear { statement: 0 };

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>
#[test]
fn several_operators_and_keys_must_all_hold() {
    let with = |operator: &str| {
        json!({
            "StringEquals": {"aws:PrincipalTag/department": ["finance", "hr", "legal"],
                "aws:PrincipalTag/role": ["audit", "security"]},
            operator: {"aws:PrincipalArn": [ANA, "arn:aws:iam::222222222222:user/Mary"]},
        })
    };
    let of = |operator: &str, user: &str, context: Value| {
        let arn = format!("arn:aws:iam::222222222222:user/{user}");
        let root = json!({"AWS": "arn:aws:iam::222222222222:root"});
        decide_all(&[statement("Allow", root, with(operator))], principal(&arn), context)
    };
    let tags = |department: &str, role: &str| json!({"aws:PrincipalTag/department": department, "aws:PrincipalTag/role": role});
    assert_eq!(of("ArnLike", "Mary", tags("legal", "audit")), ALLOW);
    assert_eq!(of("ArnLike", "Nikki", tags("hr", "audit")), Decision::Implicit);
    assert_eq!(of("ArnLike", "Mary", tags("hr", "payroll")), Decision::Implicit);
    let no_role = json!({"aws:PrincipalTag/department": "hr"});
    assert_eq!(of("ArnLike", "Mary", no_role), Decision::Implicit);
    assert_eq!(of("ArnLike", "Mary", json!({})), Decision::Implicit);
    assert_eq!(of("ArnNotLike", "Nikki", tags("legal", "audit")), ALLOW);
    assert_eq!(of("ArnNotLike", "Mary", tags("hr", "audit")), Decision::Implicit);
    assert_eq!(of("ArnNotLike", "Nikki", json!({})), Decision::Implicit);
}

/// "An explicit deny in any of these policies overrides the allow."
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
#[test]
fn a_deny_wins_wherever_it_stands_and_an_unclear_one_leaves_it_open() {
    let allow = statement("Allow", json!("*"), json!({}));
    let deny = statement("Deny", json!({"AWS": "222222222222"}), json!({}));
    let maybe = statement("Deny", json!("*"), json!({"Martian": {"aws:x": "y"}}));
    let perhaps = statement("Allow", json!("*"), json!({"Martian": {"aws:x": "y"}}));
    let of = |list: &[&Value]| {
        let list: Vec<Value> = list.iter().map(|one| (*one).clone()).collect();
        decide_all(&list, principal(ANA), json!({}))
    };
    assert_eq!(of(&[&allow]), ALLOW);
    assert_eq!(of(&[&allow, &deny]), Decision::Deny { statement: 1 });
    assert_eq!(of(&[&deny, &allow]), Decision::Deny { statement: 0 });
    assert_eq!(of(&[&allow, &maybe]), Decision::Unclear { statement: 1 });
    assert_eq!(of(&[&maybe, &deny, &allow]), Decision::Deny { statement: 1 });
    assert_eq!(of(&[&perhaps, &allow]), Decision::Allow { statement: 1 });
    assert_eq!(of(&[&perhaps]), UNCLEAR);
    assert_eq!(of(&[]), Decision::Implicit);
    let other = principal("arn:aws:iam::333333333333:user/Ana");
    assert_eq!(decide_all(&[allow, deny], other, json!({})), ALLOW);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
#[test]
fn a_service_gets_in_only_for_the_source_it_is_scoped_to() {
    let topic = "arn:aws:sns:us-west-2:123456789012:TOPIC-ID";
    let scoped = statement(
        "Allow",
        json!({"Service": "sns.amazonaws.com"}),
        json!({"ArnEquals": {"AWS:SourceArn": topic}}),
    );
    let of =
        |caller: Caller, context: Value| decide_all(std::slice::from_ref(&scoped), caller, context);
    let sns = || Caller::Service("sns.amazonaws.com".to_owned());
    assert_eq!(of(sns(), json!({"aws:SourceArn": topic})), ALLOW);
    let other = "arn:aws:sns:us-west-2:777788889999:TOPIC-ID";
    assert_eq!(of(sns(), json!({"aws:SourceArn": other})), Decision::Implicit);
    assert_eq!(of(sns(), json!({})), Decision::Implicit);
    assert_eq!(of(principal(ANA), json!({"aws:SourceArn": topic})), Decision::Implicit);
    assert_eq!(of(Caller::Anonymous, json!({"aws:SourceArn": topic})), Decision::Implicit);
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
#[test]
fn a_public_function_url_lets_unsigned_requests_in() {
    let via_url =
        statement("Allow", json!("*"), json!({"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}));
    let of =
        |context: Value| decide_all(std::slice::from_ref(&via_url), Caller::Anonymous, context);
    assert_eq!(of(json!({"lambda:InvokedViaFunctionUrl": true})), ALLOW);
    assert_eq!(of(json!({"lambda:InvokedViaFunctionUrl": false})), Decision::Implicit);
    assert_eq!(of(json!({})), Decision::Implicit);
}

#[test]
fn the_usual_guards_of_a_deny_let_services_and_the_own_account_pass() {
    let allow = statement("Allow", json!("*"), json!({}));
    let deny = statement(
        "Deny",
        json!("*"),
        json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-own"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
    );
    let of = |caller: Caller, context: Value| {
        decide_all(&[allow.clone(), deny.clone()], caller, context)
    };
    let denied = Decision::Deny { statement: 1 };
    assert_eq!(of(Caller::Service("sns.amazonaws.com".to_owned()), json!({})), ALLOW);
    assert_eq!(of(principal(ANA), json!({"aws:PrincipalOrgID": "o-own"})), ALLOW);
    assert_eq!(of(principal(ANA), json!({"aws:PrincipalOrgID": "o-other"})), denied);
    assert_eq!(of(principal(ANA), json!({})), denied);
    assert_eq!(of(Caller::Anonymous, json!({})), denied);
}

#[test]
fn a_request_is_secure_or_not_only_if_its_context_says_so() {
    let allow = statement("Allow", json!("*"), json!({}));
    let deny = statement("Deny", json!("*"), json!({"Bool": {"aws:SecureTransport": "false"}}));
    let of = |context: Value| decide_all(&[allow.clone(), deny.clone()], principal(ANA), context);
    assert_eq!(of(json!({"aws:SecureTransport": true})), ALLOW);
    assert_eq!(of(json!({"aws:SecureTransport": "false"})), Decision::Deny { statement: 1 });
    assert_eq!(of(json!({})), Decision::Unclear { statement: 1 });
}

#[test]
fn the_functions_account_is_the_variable_for_the_resources_own() {
    let own = statement(
        "Allow",
        json!("*"),
        json!({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}),
    );
    let of = |version: &str, arn: &str| {
        let text = json!({"Version": version, "Statement": own}).to_string();
        evaluate(&Document::parse(&text).unwrap(), &request(principal(arn), json!({})))
    };
    assert_eq!(of("2012-10-17", "arn:aws:iam::111122223333:role/a"), ALLOW);
    assert_eq!(of("2012-10-17", ANA), Decision::Implicit);
    assert_eq!(of("2008-10-17", "arn:aws:iam::111122223333:role/a"), Decision::Implicit);
    assert_eq!(of("2030-01-01", ANA), UNCLEAR);
}

#[test]
fn an_element_that_is_not_known_leaves_the_statement_open() {
    let mut odd = statement("Allow", json!("*"), json!({}));
    odd["Obligation"] = json!("log");
    assert_eq!(decide_all(&[odd.clone()], principal(ANA), json!({})), UNCLEAR);
    odd["Action"] = json!("s3:GetObject");
    assert_eq!(decide_all(&[odd], principal(ANA), json!({})), UNCLEAR);
}

#[test]
fn the_first_reason_to_say_no_is_enough_even_beside_something_unclear() {
    let mut unclear =
        statement("Allow", json!({"Federated": "x"}), json!({"Martian": {"a:b": "c"}}));
    assert_eq!(decide_all(&[unclear.clone()], principal(ANA), json!({})), UNCLEAR);
    let mut resource = statement("Allow", json!("*"), json!({}));
    resource["Resource"] = json!("arn:aws:*");
    assert_eq!(decide_all(&[resource], principal(ANA), json!({})), UNCLEAR);
    unclear["Condition"]["StringEquals"] = json!({"aws:PrincipalTag/a": "b"});
    assert_eq!(decide_all(&[unclear.clone()], principal(ANA), json!({})), Decision::Implicit);
    unclear["Resource"] = json!("arn:aws:s3:::b");
    assert_eq!(
        decide_all(&[unclear], principal(ANA), json!({"aws:PrincipalTag/a": "b"})),
        Decision::Implicit
    );
}
