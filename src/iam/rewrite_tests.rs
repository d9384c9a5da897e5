//! What an edit changes, what it leaves alone, and which edits are refused.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn statement(sid: &str, principal: Value) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Principal": principal,
        "Action": "lambda:InvokeFunction", "Resource": "*"})
}

fn document(statements: Value) -> Document {
    let text = json!({"Version": "2012-10-17", "Id": "default", "Statement": statements});
    Document::parse(&serde_json::to_string_pretty(&text).unwrap()).unwrap()
}

fn edit(index: usize, change: Change) -> Edit {
    Edit { index, change }
}

fn limit(value: &str) -> Limit {
    Limit { operator: "StringEquals", key: "AWS:SourceAccount", value: value.to_owned() }
}

fn aws(text: &str) -> Principal {
    Principal::Aws(text.to_owned())
}

fn run(document: &Document, edits: &[Edit]) -> Value {
    serde_json::from_str(&rewrite(document, edits).unwrap().unwrap()).unwrap()
}

#[test]
fn untouched_statements_keep_their_exact_text() {
    let text = r#"{ "Statement" : [ {"Sid":"a","Effect":"Allow","Principal":"*","Action":"x:y","Resource":"*",
        "Condition":{"NumericEquals":{"k":[1.10, 12345678901234567890123]}}},
        {"Sid":"b", "Effect":"Allow","Principal":"*","Action":"\u0078:y","Resource":"*"} ], "Version":"2012-10-17" }"#;
    let document = Document::parse(text).unwrap();
    let written = rewrite(&document, &[edit(1, Change::Remove)]).unwrap().unwrap();
    assert_eq!(
        written,
        r#"{"Statement":[{"Sid":"a","Effect":"Allow","Principal":"*","Action":"x:y","Resource":"*","Condition":{"NumericEquals":{"k":[1.10,12345678901234567890123]}}}],"Version":"2012-10-17"}"#
    );
    let written = rewrite(&document, &[edit(0, Change::Remove)]).unwrap().unwrap();
    assert!(written.contains(r#""Action":"\u0078:y""#), "{written}");
}

#[test]
fn nothing_left_means_the_policy_goes() {
    let two = document(json!([statement("a", json!("*")), statement("b", json!("*"))]));
    let edits = [edit(0, Change::Remove), edit(1, Change::DropPrincipals(vec![Principal::Anyone]))];
    assert_eq!(rewrite(&two, &edits), Ok(None));
    let single = document(statement("a", json!("*")));
    assert_eq!(rewrite(&single, &edits[..1]), Ok(None));
}

#[test]
fn a_guardrail_is_kept_when_only_it_is_left() {
    let mut deny = statement("d", json!("*"));
    deny["Effect"] = json!("Deny");
    let both = document(json!([deny, statement("a", json!("*"))]));
    let left = run(&both, &[edit(1, Change::Remove)]);
    assert_eq!(left["Statement"], json!([deny]));
}

#[test]
fn dropping_principals_leaves_the_others_and_scalars_where_one_is_left() {
    let principal = json!({"AWS": ["111122223333", "777788889999"], "Service": ["s3.amazonaws.com", "sns.amazonaws.com"]});
    let one = document(json!([statement("a", principal)]));
    let drop = |list: Vec<Principal>| run(&one, &[edit(0, Change::DropPrincipals(list))]);
    let left = drop(vec![aws("777788889999")]);
    assert_eq!(
        left["Statement"][0]["Principal"],
        json!({"AWS": "111122223333", "Service": ["s3.amazonaws.com", "sns.amazonaws.com"]})
    );
    let left = drop(vec![aws("777788889999"), aws("111122223333")]);
    assert_eq!(
        left["Statement"][0]["Principal"],
        json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]})
    );
    let keys: Vec<&String> = left["Statement"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["Sid", "Effect", "Principal", "Action", "Resource"]);
}

#[test]
fn a_scope_is_added_to_whatever_condition_there_is() {
    let plain = statement("a", json!({"Service": "s3.amazonaws.com"}));
    let mut with = plain.clone();
    with["Condition"] = json!({"StringEquals": {"aws:x": "y"}, "ArnLike": {"AWS:SourceArn": "z"}});
    let both = document(json!([plain, with]));
    let scope = || Change::Scope(vec![limit("111122223333")]);
    let written = run(&both, &[edit(0, scope()), edit(1, scope())]);
    assert_eq!(
        written["Statement"][0]["Condition"],
        json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}})
    );
    assert_eq!(
        written["Statement"][1]["Condition"],
        json!({"StringEquals": {"aws:x": "y", "AWS:SourceAccount": "111122223333"}, "ArnLike": {"AWS:SourceArn": "z"}})
    );
}

#[test]
fn a_single_statement_stays_without_a_list() {
    let single = document(statement("a", json!({"Service": "s3.amazonaws.com"})));
    let written = run(&single, &[edit(0, Change::Scope(vec![limit("111122223333")]))]);
    assert!(written["Statement"].is_object());
    assert_eq!(written["Id"], "default");
}

#[test]
fn edits_that_cannot_be_made_are_refused() {
    let mut scoped = statement("a", json!({"Service": "s3.amazonaws.com"}));
    scoped["Condition"] = json!({"StringEquals": {"aws:sourceaccount": "111122223333"}});
    let mut deny = statement("d", json!("*"));
    deny["Effect"] = json!("Deny");
    let list = document(json!([scoped, deny]));
    let scope = |value: &str| Change::Scope(vec![limit(value)]);
    for (edits, want) in [
        (vec![edit(2, Change::Remove)], RewriteError::NoStatement(2)),
        (vec![edit(0, Change::Remove), edit(0, Change::Remove)], RewriteError::NoStatement(0)),
        (vec![edit(0, Change::DropPrincipals(vec![aws("x")]))], RewriteError::NoChange(0)),
        (vec![edit(0, Change::DropPrincipals(vec![]))], RewriteError::NoChange(0)),
        (vec![edit(1, Change::DropPrincipals(vec![aws("x")]))], RewriteError::NarrowsDeny(1)),
        (vec![edit(1, Change::Remove)], RewriteError::NarrowsDeny(1)),
        (vec![edit(0, Change::Scope(vec![]))], RewriteError::NoChange(0)),
        (vec![edit(0, scope("111122223333"))], RewriteError::NoChange(0)),
        (vec![edit(0, scope("444455556666"))], RewriteError::Taken(0, "AWS:SourceAccount")),
        (vec![edit(1, scope("111122223333"))], RewriteError::NarrowsDeny(1)),
    ] {
        assert_eq!(rewrite(&list, &edits), Err(want), "{edits:?}");
    }
}

#[test]
fn a_policy_longer_than_aws_accepts_is_refused() {
    let principals: Vec<String> = (0..1700).map(|n| format!("{n:012}")).collect();
    let long = document(json!([statement("a", json!({"AWS": principals}))]));
    let change = Change::Scope(vec![limit("111122223333")]);
    assert!(matches!(rewrite(&long, &[edit(0, change)]), Err(RewriteError::TooLong(_))));
}

proptest! {
    #[test]
    fn what_is_written_parses_again_and_unedited_statements_are_byte_equal(
        sids in prop::collection::vec("[a-z\"\\\\ é]{0,8}", 1..6),
        changes in prop::collection::vec((0_usize..6, 0_u8..3), 0..3),
    ) {
        let principal = json!({"AWS": ["111122223333", "777788889999"]});
        let statements: Vec<Value> = sids.iter().map(|sid| statement(sid, principal.clone())).collect();
        let list = document(json!(statements));
        let edits: Vec<Edit> = changes
            .iter()
            .map(|(index, change)| edit(*index, match change {
                0 => Change::Remove,
                1 => Change::DropPrincipals(vec![aws("777788889999")]),
                _ => Change::Scope(vec![limit("111122223333")]),
            }))
            .collect();
        if let Ok(Some(written)) = rewrite(&list, &edits) {
            prop_assert!(Document::parse(&written).is_ok());
            for (index, one) in statements.iter().enumerate() {
                if edits.iter().all(|edit| edit.index != index) {
                    prop_assert!(written.contains(&one.to_string()));
                }
            }
        }
    }
}
