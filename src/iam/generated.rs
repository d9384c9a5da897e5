//! Documents for the property tests of everything that reads or writes policies: all kinds of
//! principals in one statement, with and without lists, Sids, conditions and negated elements.

use super::{Caller, Context, Document, Request, Standpoint, Trusted};
use crate::resource::FunctionResource;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::{OffsetDateTime, macros::datetime};

/// The function that the documents hang on.
pub(crate) const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

/// When they are judged.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

/// From where a document is judged in the tests.
pub(crate) fn at<'a>(resource: &'a FunctionResource, trusted: &'a Trusted) -> Standpoint<'a> {
    Standpoint { resource, trusted, from: NOW }
}

const ACTIONS: [&str; 5] = [
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "lambda:Get*",
    "Lambda:invokefunctionurl",
    "*",
];

const PRINCIPALS: [(&str, &str); 13] = [
    ("AWS", "*"),
    ("AWS", "111122223333"),
    ("AWS", "arn:aws:iam::777788889999:root"),
    ("AWS", "AIDAEXAMPLEEXAMPLE"),
    ("Service", "s3.amazonaws.com"),
    ("Service", "sns.amazonaws.com"),
    ("Service", "events.amazonaws.com"),
    ("Service", "states.amazonaws.com"),
    ("AWS", "444455556666"),
    ("Service", "*"),
    ("Service", "brand-new.amazonaws.com"),
    ("Federated", "cognito-identity.amazonaws.com"),
    ("Martian", "x"),
];

/// A list, or the one string that it holds.
fn element(list: Vec<&str>, scalar: bool) -> Value {
    match list.as_slice() {
        [only] if scalar => json!(only),
        list => json!(list),
    }
}

fn principal() -> impl Strategy<Value = Value> {
    let chosen = prop::collection::vec(select(PRINCIPALS.to_vec()), 1..7);
    let typed = (chosen, any::<bool>()).prop_map(|(chosen, scalar)| {
        let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (kind, value) in chosen {
            types.entry(kind).or_default().push(value);
        }
        let typed = types.into_iter().map(|(kind, list)| (kind.to_owned(), element(list, scalar)));
        Value::Object(typed.collect())
    });
    prop_oneof![8 => typed, 1 => Just(json!("*"))]
}

fn statement() -> impl Strategy<Value = Value> {
    let sid = prop::option::of(select(vec!["a", "b", "aPart2", "with space", ""]));
    let actions = (subsequence(ACTIONS.to_vec(), 1..=ACTIONS.len()), any::<bool>());
    let conditions = select(vec![
        json!(null),
        json!({}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}, "Bool": {"x": true}}),
        json!({"StringEquals": {"aws:SourceAccount": "777788889999"}}),
    ]);
    let effect = prop_oneof![9 => Just("Allow"), 1 => Just("Deny")];
    let flags = (0_u8..8, 0_u8..8);
    (sid, effect, principal(), actions, conditions, flags).prop_map(
        |(sid, effect, principal, (actions, scalar), condition, (not_principal, not_action))| {
            let mut one = json!({"Effect": effect, "Resource": ARN});
            if let Some(sid) = sid {
                one["Sid"] = json!(sid);
            }
            let named = if not_principal == 0 && principal.is_object() {
                "NotPrincipal"
            } else {
                "Principal"
            };
            one[named] = principal;
            one[if not_action == 0 { "NotAction" } else { "Action" }] = element(actions, scalar);
            if !condition.is_null() {
                one["Condition"] = condition;
            }
            one
        },
    )
}

/// Policies of one to five statements, as one object or a list, spaced in two ways.
pub(crate) fn documents() -> impl Strategy<Value = Document> {
    (prop::collection::vec(statement(), 1..=5), any::<bool>(), any::<bool>()).prop_map(
        |(statements, list, pretty)| {
            let statements = match statements.as_slice() {
                [only] if !list => only.clone(),
                several => json!(several),
            };
            let value = json!({"Version": "2012-10-17", "Statement": statements});
            let text = if pretty {
                serde_json::to_string_pretty(&value)
            } else {
                serde_json::to_string(&value)
            };
            Document::parse(&text.unwrap()).unwrap()
        },
    )
}

/// Requests near to what the documents speak of.
pub(crate) fn requests() -> impl Strategy<Value = Request> {
    let principal = |arn: &str| Caller::Principal { arn: arn.to_owned(), session: None };
    let caller = select(vec![
        Caller::Anonymous,
        principal("arn:aws:iam::111122223333:role/own"),
        principal("arn:aws:iam::777788889999:root"),
        principal("arn:aws:iam::444455556666:user/partner"),
        Caller::Service("s3.amazonaws.com".to_owned()),
        Caller::Service("sns.amazonaws.com".to_owned()),
        Caller::Service("events.amazonaws.com".to_owned()),
    ]);
    let action = select(vec![
        "lambda:InvokeFunction",
        "lambda:InvokeFunctionUrl",
        "lambda:GetFunction",
        "lambda:UpdateFunctionCode",
    ]);
    let held = vec![
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ("aws:SourceOrgID", "o-a1b2c3d4e5"),
        ("aws:SourceAccount", "111122223333"),
        ("aws:SourceArn", "arn:aws:sns:eu-west-1:111122223333:topic"),
        ("aws:SourceArn", "arn:aws:s3:::bucket"),
        ("x", "true"),
    ];
    let count = held.len();
    (caller, action, subsequence(held, 0..=count)).prop_map(|(caller, action, held)| {
        let mut context = Context::default();
        held.into_iter().for_each(|(key, value)| context.insert(key, [value]));
        Request { caller, action: action.to_owned(), resource: ARN.to_owned(), context }
    })
}
