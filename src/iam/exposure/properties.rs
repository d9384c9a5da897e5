//! What holds for every statement.

use super::*;
use crate::iam::{Decision, evaluate};
use proptest::prelude::*;

fn principals() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("*"),
        json!({"AWS": FOREIGN}),
        json!({"AWS": OWN}),
        json!({"AWS": FRIEND}),
        json!({"Service": "s3.amazonaws.com"}),
        json!({"Service": "*"}),
    ])
}

fn conditions() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(vec![
        "StringEquals",
        "StringLike",
        "StringNotEquals",
        "ArnLike",
        "StringEqualsIfExists",
        "Null",
        "ForAnyValue:StringLike",
        "ForAllValues:StringLike",
        "IpAddress",
        "Bool",
    ]);
    let key = prop::sample::select(vec![
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:PrincipalOrgID",
        "aws:SourceIp",
        "aws:SecureTransport",
        "aws:PrincipalTag/x",
    ]);
    let value = prop::sample::select(vec![
        OWN,
        FOREIGN,
        FRIEND,
        "*",
        "true",
        "false",
        "0.0.0.0/0",
        "o-friend1234",
        "o-x",
        "arn:aws:iam::*:role/*",
        "arn:aws:sns:*:111122223333:*",
        "${aws:x}",
    ]);
    prop::collection::vec((operator, key, value), 0..3).prop_map(|clauses| {
        let mut condition = json!({});
        for (operator, key, value) in clauses {
            condition[operator][key] = json!(value);
        }
        condition
    })
}

proptest! {
    #[test]
    fn a_condition_that_is_not_understood_never_makes_it_worse(
        principal in principals(), condition in conditions(), key in "[a-z]{1,8}:[A-Za-z]{1,8}",
    ) {
        let before = first(allow(principal.clone(), condition.clone())).exposure;
        let mut more = condition;
        more["NumericLessThan"][key] = json!("1");
        let after = first(allow(principal, more)).exposure;
        prop_assert!(after >= before, "{before} became {after}");
        prop_assert!(after >= Unknown);
    }

    #[test]
    fn every_witness_is_allowed(principal in principals(), condition in conditions()) {
        let statement = allow(principal, condition);
        let document = document(std::slice::from_ref(&statement));
        let grant = first(statement);
        if let Some(witness) = grant.witness {
            let decision = evaluate(&document, &witness.request());
            prop_assert_eq!(decision, Decision::Allow { statement: 0 }, "{:?}", witness);
        }
    }
}
