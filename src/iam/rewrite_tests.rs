//! What an edit changes, what it leaves alone, how statements are split, and which edits are refused.

use super::*;
use serde_json::{Value, json};

fn statement(sid: &str, principal: Value) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Principal": principal,
        "Action": "lambda:InvokeFunction", "Resource": "*"})
}

fn with(mut statement: Value, element: &str, value: Value) -> Value {
    statement[element] = value;
    statement
}

fn document(statements: Value) -> Document {
    let text = json!({"Version": "2012-10-17", "Id": "default", "Statement": statements});
    Document::parse(&serde_json::to_string_pretty(&text).unwrap()).unwrap()
}

fn limit(value: &str) -> Limit {
    Limit { operator: "StringEquals", key: "AWS:SourceAccount", value: value.to_owned() }
}

fn arn(value: &str) -> Limit {
    Limit { operator: "ArnLike", key: "AWS:SourceArn", value: value.to_owned() }
}

fn aws(text: &str) -> Principal {
    Principal::Aws(text.to_owned())
}

fn service(text: &str) -> Principal {
    Principal::Service(text.to_owned())
}

fn edit(index: usize, principals: &[Principal], change: Change) -> Edit {
    Edit { index, principals: principals.to_vec(), change }
}

fn drop(index: usize, principals: &[Principal]) -> Edit {
    edit(index, principals, Change::Drop)
}

fn scope(index: usize, principals: &[Principal], limits: &[Limit]) -> Edit {
    edit(index, principals, Change::Scope(limits.to_vec()))
}

fn without(index: usize, principals: &[Principal], actions: &[&str]) -> Edit {
    let actions = actions.iter().map(|action| (*action).to_owned()).collect();
    edit(index, principals, Change::DropActions(actions))
}

fn run(document: &Document, edits: &[Edit]) -> Value {
    serde_json::from_str(&rewrite(document, edits).unwrap().unwrap()).unwrap()
}

/// What one statement becomes.
fn become_of(one: Value, edits: &[Edit]) -> Value {
    run(&document(json!([one])), edits)["Statement"].take()
}

const ALL: [Principal; 1] = [Principal::Anyone];

#[test]
fn untouched_statements_keep_their_exact_text() {
    let text = r#"{ "Statement" : [ {"Sid":"a","Effect":"Allow","Principal":"*","Action":"x:y","Resource":"*",
        "Condition":{"NumericEquals":{"k":[1.10, 12345678901234567890123]}}},
        {"Sid":"b", "Effect":"Allow","Principal":"*","Action":"\u0078:y","Resource":"*"} ], "Version":"2012-10-17" }"#;
    let document = Document::parse(text).unwrap();
    let written = rewrite(&document, &[drop(1, &ALL)]).unwrap().unwrap();
    assert_eq!(
        written,
        r#"{"Statement":[{"Sid":"a","Effect":"Allow","Principal":"*","Action":"x:y","Resource":"*","Condition":{"NumericEquals":{"k":[1.10,12345678901234567890123]}}}],"Version":"2012-10-17"}"#
    );
    let written = rewrite(&document, &[drop(0, &ALL)]).unwrap().unwrap();
    assert!(written.contains(r#""Action":"\u0078:y""#), "{written}");
}

#[test]
fn no_edit_leaves_the_document_as_it_is() {
    let two = document(json!([statement("a", json!("*")), statement("b", json!({"AWS": ["*"]}))]));
    assert_eq!(rewrite(&two, &[]).unwrap().unwrap(), json::compact(two.raw()));
}

#[test]
fn nothing_left_means_the_policy_goes() {
    let two = document(json!([statement("a", json!("*")), statement("b", json!({"AWS": "*"}))]));
    assert_eq!(rewrite(&two, &[drop(0, &ALL), drop(1, &ALL)]), Ok(None));
    let single = document(statement("a", json!("*")));
    assert_eq!(rewrite(&single, &[drop(0, &ALL)]), Ok(None));
}

#[test]
fn a_guardrail_is_kept_when_only_it_is_left() {
    let deny = with(statement("d", json!("*")), "Effect", json!("Deny"));
    let both = document(json!([deny, statement("a", json!("*"))]));
    let left = run(&both, &[drop(1, &ALL)]);
    assert_eq!(left["Statement"], json!([deny]));
}

#[test]
fn dropping_principals_leaves_the_others_and_scalars_where_one_is_left() {
    let principal = json!({"AWS": ["111122223333", "777788889999"], "Service": ["s3.amazonaws.com", "sns.amazonaws.com"]});
    let one = statement("a", principal);
    let left = become_of(one.clone(), &[drop(0, &[aws("777788889999")])]);
    assert_eq!(
        left[0]["Principal"],
        json!({"AWS": "111122223333", "Service": ["s3.amazonaws.com", "sns.amazonaws.com"]})
    );
    let left = become_of(one, &[drop(0, &[aws("777788889999"), aws("111122223333")])]);
    assert_eq!(left[0]["Principal"], json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}));
    let keys: Vec<&String> = left[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["Sid", "Effect", "Principal", "Action", "Resource"]);
}

#[test]
fn every_kind_of_principal_is_dropped_alone_and_the_others_keep_their_type() {
    let all = json!({"AWS": ["*", "AIDAEXAMPLEEXAMPLE", "111122223333"], "Service": "s3.amazonaws.com",
        "Federated": ["a", "b"], "CanonicalUser": "c", "Martian": ["d", "e"]});
    let other =
        |kind: &str, value: &str| Principal::Other { kind: kind.into(), value: value.into() };
    for (principal, pointer, want) in [
        (Principal::Anyone, "/AWS", json!(["AIDAEXAMPLEEXAMPLE", "111122223333"])),
        (Principal::Dead("AIDAEXAMPLEEXAMPLE".into()), "/AWS", json!(["*", "111122223333"])),
        (Principal::Federated("a".into()), "/Federated", json!("b")),
        (other("Martian", "e"), "/Martian", json!("d")),
        (other("CanonicalUser", "c"), "/CanonicalUser", Value::Null),
        (service("s3.amazonaws.com"), "/Service", Value::Null),
    ] {
        let left = become_of(statement("a", all.clone()), &[drop(0, &[principal])]);
        let mut expected = all.clone();
        match want {
            Value::Null => {
                expected.as_object_mut().unwrap().shift_remove(&pointer[1..]);
            }
            want => *expected.pointer_mut(pointer).unwrap() = want,
        }
        assert_eq!(left[0]["Principal"], expected, "{pointer}");
    }
}

#[test]
fn a_principal_written_twice_is_one() {
    let twice = json!({"AWS": ["111122223333", "777788889999", "111122223333"]});
    let left = become_of(statement("a", twice.clone()), &[drop(0, &[aws("111122223333")])]);
    assert_eq!(left[0]["Principal"], json!({"AWS": "777788889999"}));
    let left = become_of(statement("a", twice), &[drop(0, &[aws("777788889999")])]);
    assert_eq!(left[0]["Principal"], json!({"AWS": "111122223333"}));
    let both = json!({"AWS": "*", "Service": "s3.amazonaws.com"});
    let edits = [drop(0, &ALL), drop(0, &ALL)];
    assert_eq!(become_of(statement("a", both), &edits)[0]["Principal"]["AWS"], Value::Null);
}

#[test]
fn a_scope_is_added_to_whatever_condition_there_is() {
    let s3 = [service("s3.amazonaws.com")];
    let plain = statement("a", json!({"Service": "s3.amazonaws.com"}));
    for (condition, want) in [
        (json!({}), json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}})),
        (
            json!({"StringEquals": {}}),
            json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}}),
        ),
        (
            json!({"StringEquals": {"aws:x": "y"}, "ArnLike": {"AWS:SourceArn": "z"}}),
            json!({"StringEquals": {"aws:x": "y", "AWS:SourceAccount": "111122223333"}, "ArnLike": {"AWS:SourceArn": "z"}}),
        ),
        (
            json!({"StringLike": {"aws:SourceAccount": "*"}}),
            json!({"StringLike": {"aws:SourceAccount": "*"}, "StringEquals": {"AWS:SourceAccount": "111122223333"}}),
        ),
    ] {
        let one = with(plain.clone(), "Condition", condition);
        let got = become_of(one, &[scope(0, &s3, &[limit("111122223333")])]);
        assert_eq!(got[0]["Condition"], want);
    }
    let got = become_of(plain, &[scope(0, &s3, &[limit("111122223333")])]);
    assert_eq!(got[0]["Condition"], json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}}));
}

#[test]
fn principals_with_the_same_fate_stay_together_without_a_split() {
    let both = [service("ses.amazonaws.com"), service("bedrock.amazonaws.com")];
    let one = statement("a", json!({"Service": ["ses.amazonaws.com", "bedrock.amazonaws.com"]}));
    let edits = [
        scope(0, &both[1..], &[limit("111122223333")]),
        scope(0, &both[..1], &[limit("111122223333")]),
    ];
    let want = with(
        one.clone(),
        "Condition",
        json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}}),
    );
    assert_eq!(become_of(one, &edits), json!([want]));
}

#[test]
fn a_statement_is_split_where_principals_part_ways_and_what_stays_keeps_the_sid() {
    let (s3, sns) = (service("s3.amazonaws.com"), service("sns.amazonaws.com"));
    let principal = json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"], "AWS": ["111122223333", "777788889999"]});
    let one = with(
        statement("mixed", principal),
        "Condition",
        json!({"Bool": {"aws:SecureTransport": true}}),
    );
    let last = statement("last", json!({"AWS": "111122223333"}));
    let edits = [
        scope(0, &[s3], &[limit("111122223333")]),
        scope(0, &[sns], &[arn("arn:aws:sns:*:111122223333:*")]),
        drop(0, &[aws("777788889999")]),
    ];
    let part = |sid: &str, principal: Value, condition: Value| {
        with(with(statement(sid, principal), "Condition", condition), "Sid", json!(sid))
    };
    let secure = json!({"aws:SecureTransport": true});
    assert_eq!(
        run(&document(json!([one, last])), &edits)["Statement"],
        json!([
            part("mixed", json!({"AWS": "111122223333"}), json!({"Bool": secure})),
            part(
                "mixedPart2",
                json!({"Service": "s3.amazonaws.com"}),
                json!({"Bool": secure, "StringEquals": {"AWS:SourceAccount": "111122223333"}})
            ),
            part(
                "mixedPart3",
                json!({"Service": "sns.amazonaws.com"}),
                json!({"Bool": secure, "ArnLike": {"AWS:SourceArn": "arn:aws:sns:*:111122223333:*"}})
            ),
            last
        ])
    );
}

#[test]
fn when_nothing_stays_as_it_was_the_first_part_keeps_the_sid() {
    let (s3, sns) = (service("s3.amazonaws.com"), service("sns.amazonaws.com"));
    let one = statement("a", json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}));
    let got = become_of(
        one,
        &[scope(0, &[sns], &[arn("arn:aws:sns:*:1:*")]), scope(0, &[s3], &[limit("1")])],
    );
    let names: Vec<_> = [0, 1].map(|n| (&got[n]["Sid"], &got[n]["Principal"]["Service"])).into();
    assert_eq!(
        names,
        [
            (&json!("a"), &json!("s3.amazonaws.com")),
            (&json!("aPart2"), &json!("sns.amazonaws.com"))
        ]
    );
}

#[test]
fn actions_are_dropped_for_those_who_lose_them_only() {
    let actions = json!(["lambda:InvokeFunction", "lambda:UpdateFunctionCode"]);
    let alone = with(statement("a", json!({"AWS": "444455556666"})), "Action", actions.clone());
    let partner = [aws("444455556666")];
    let edits = [without(0, &partner, &["lambda:UpdateFunctionCode"])];
    let got = become_of(alone.clone(), &edits);
    assert_eq!(got, json!([with(alone, "Action", json!("lambda:InvokeFunction"))]));

    let shared = with(
        statement("a", json!({"AWS": ["444455556666", "111122223333"]})),
        "Action",
        actions.clone(),
    );
    let got = become_of(shared, &edits);
    assert_eq!(
        (&got[0]["Principal"]["AWS"], &got[0]["Action"]),
        (&json!("111122223333"), &actions)
    );
    assert_eq!(
        (&got[1]["Principal"]["AWS"], &got[1]["Action"]),
        (&json!("444455556666"), &json!("lambda:InvokeFunction"))
    );
}

#[test]
fn edits_of_one_principal_add_up_and_dropping_wins() {
    let actions = json!(["lambda:InvokeFunction", "lambda:GetFunction", "lambda:GetPolicy"]);
    let principal = json!({"AWS": ["444455556666", "111122223333"]});
    let one = with(statement("a", principal), "Action", actions);
    let partner = [aws("444455556666")];
    let some = [
        without(0, &partner, &["lambda:GetPolicy"]),
        scope(0, &partner, &[limit("1")]),
        without(0, &partner, &["lambda:GetFunction", "lambda:GetPolicy"]),
        scope(0, &partner, &[arn("z")]),
    ];
    let got = become_of(one.clone(), &some);
    assert_eq!(got[1]["Action"], json!("lambda:InvokeFunction"));
    let condition =
        json!({"StringEquals": {"AWS:SourceAccount": "1"}, "ArnLike": {"AWS:SourceArn": "z"}});
    assert_eq!(got[1]["Condition"], condition);

    let gone = with(one.clone(), "Principal", json!({"AWS": "111122223333"}));
    for last in [
        drop(0, &partner),
        without(0, &partner, &["lambda:InvokeFunction"]),
        // What would not fit is not asked of a grant that goes.
        edit(0, &partner, Change::Drop),
    ] {
        for turn in 0..5 {
            let mut edits = some.to_vec();
            edits.insert(turn, last.clone());
            assert_eq!(become_of(one.clone(), &edits), json!([gone]), "{last:?} {turn}");
        }
    }
}

#[test]
fn not_action_and_the_resources_go_with_every_part() {
    let one = json!({"Sid": "a", "Effect": "Allow", "Principal": {"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]},
        "NotAction": ["lambda:Get*", "lambda:List*"], "NotResource": ["x", "y"], "Martian": {"z": 1.50}});
    let got = become_of(one.clone(), &[scope(0, &[service("sns.amazonaws.com")], &[arn("z")])]);
    for part in [0, 1] {
        for element in ["Effect", "NotAction", "NotResource", "Martian"] {
            assert_eq!(got[part][element], one[element]);
        }
    }
}

#[test]
fn sids_of_parts_are_legal_new_and_told_from_each_other() {
    let long = "x".repeat(100);
    let cut = format!("{}Part2", "x".repeat(95));
    for (sid, others, want) in [
        ("a", vec![], Some("aPart2")),
        ("a-b_C9", vec![], Some("a-b_C9Part2")),
        ("a", vec!["aPart2", "aPart3"], Some("aPart4")),
        ("with space", vec![], Some("with-spacePart2")),
        ("é", vec!["-Part2"], Some("-Part3")),
        (long.as_str(), vec![], Some(cut.as_str())),
        ("", vec![], None),
    ] {
        let mixed = json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]});
        let mut statements = vec![statement(sid, mixed)];
        statements.extend(others.iter().map(|other| statement(other, json!("*"))));
        let got = run(
            &document(json!(statements)),
            &[scope(0, &[service("sns.amazonaws.com")], &[arn("z")])],
        );
        assert_eq!(got["Statement"][0]["Sid"], json!(sid));
        assert_eq!(got["Statement"][1].get("Sid"), want.map(|sid| json!(sid)).as_ref(), "{sid}");
    }
}

#[test]
fn two_statements_with_the_same_start_get_different_sids() {
    let mixed = json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]});
    let (one, two) = ("y".repeat(97), "y".repeat(98));
    let both = document(json!([statement(&one, mixed.clone()), statement(&two, mixed)]));
    let sns = [service("sns.amazonaws.com")];
    let got = run(&both, &[scope(0, &sns, &[arn("z")]), scope(1, &sns, &[arn("z")])]);
    let sids: Vec<&str> =
        (0..4).map(|index| got["Statement"][index]["Sid"].as_str().unwrap()).collect();
    assert_ne!(sids[1], sids[3]);
    assert!(sids.iter().all(|sid| sid.len() <= 100), "{sids:?}");
}

#[test]
fn parts_of_a_statement_without_a_sid_have_none() {
    let mut one = statement("a", json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]}));
    one.as_object_mut().unwrap().shift_remove("Sid");
    let got = become_of(one, &[scope(0, &[service("s3.amazonaws.com")], &[limit("1")])]);
    assert_eq!(got.as_array().map(Vec::len), Some(2));
    assert!((0..2).all(|index| got[index].get("Sid").is_none()), "{got}");
}

#[test]
fn a_single_statement_stays_without_a_list_unless_it_is_split() {
    let s3 = [service("s3.amazonaws.com")];
    let single = document(statement("a", json!({"Service": "s3.amazonaws.com"})));
    let written = run(&single, &[scope(0, &s3, &[limit("111122223333")])]);
    assert!(written["Statement"].is_object());
    assert_eq!(written["Id"], "default");
    let mixed = json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]});
    let written = run(&document(statement("a", mixed)), &[scope(0, &s3, &[limit("1")])]);
    assert_eq!(written["Statement"].as_array().map(Vec::len), Some(2));
}

#[test]
fn everybody_but_a_list_is_one_grant() {
    let mut one = statement("a", json!("*"));
    one.as_object_mut().unwrap().shift_remove("Principal");
    let one = with(one, "NotPrincipal", json!({"AWS": ["111122223333", "777788889999"]}));
    let everybody = [Principal::NotListed];
    assert_eq!(rewrite(&document(json!([one])), &[drop(0, &everybody)]), Ok(None));
    let got = become_of(one.clone(), &[scope(0, &everybody, &[limit("1")])]);
    let want = with(one, "Condition", json!({"StringEquals": {"AWS:SourceAccount": "1"}}));
    assert_eq!(got, json!([want]));
}

#[test]
fn edits_that_cannot_be_made_are_refused() {
    let s3 = [service("s3.amazonaws.com")];
    let scoped = with(
        statement("a", json!({"Service": "s3.amazonaws.com"})),
        "Condition",
        json!({"StringEquals": {"aws:sourceaccount": "111122223333"}}),
    );
    let deny = with(statement("d", json!("*")), "Effect", json!("Deny"));
    let mut but = statement("n", json!("*"));
    but.as_object_mut().unwrap().shift_remove("Action");
    let but = with(but, "NotAction", json!("lambda:Get*"));
    let list = document(json!([scoped, deny, but]));
    let get = || "lambda:GetFunction".to_owned();
    for (edits, want) in [
        (vec![drop(3, &s3)], RewriteError::NoStatement(3)),
        (vec![drop(0, &[aws("x")])], RewriteError::NoPrincipal(0, "x".into())),
        (vec![drop(0, &[])], RewriteError::NoChange(0)),
        (vec![drop(1, &ALL)], RewriteError::NarrowsDeny(1)),
        (vec![scope(1, &ALL, &[limit("1")])], RewriteError::NarrowsDeny(1)),
        (vec![without(1, &ALL, &["lambda:InvokeFunction"])], RewriteError::NarrowsDeny(1)),
        (vec![scope(0, &s3, &[])], RewriteError::NoChange(0)),
        (vec![without(0, &s3, &[])], RewriteError::NoChange(0)),
        (vec![without(0, &s3, &["lambda:GetFunction"])], RewriteError::NoAction(0, get())),
        (vec![without(2, &ALL, &["lambda:Get*"])], RewriteError::NoAction(2, "lambda:Get*".into())),
        (vec![scope(0, &s3, &[limit("111122223333")])], RewriteError::NoChange(0)),
        (
            vec![scope(0, &s3, &[limit("444455556666")])],
            RewriteError::Taken(0, "AWS:SourceAccount"),
        ),
        (
            vec![scope(2, &ALL, &[arn("x")]), scope(2, &ALL, &[arn("y")])],
            RewriteError::Taken(2, "AWS:SourceArn"),
        ),
    ] {
        assert_eq!(rewrite(&list, &edits), Err(want), "{edits:?}");
    }
}

#[test]
fn a_policy_longer_than_aws_accepts_is_refused() {
    let principals: Vec<String> = (0..1300).map(|n| format!("{n:012}")).collect();
    let long = document(json!([statement("a", json!({"AWS": principals}))]));
    let everybody = long.statements()[0].principals.clone();
    let scoped = |principals: &[Principal], value: &str| {
        rewrite(&long, &[scope(0, principals, &[limit(value)])])
    };
    assert!(scoped(&everybody, "1").is_ok());
    assert!(matches!(scoped(&everybody, &"9".repeat(2000)), Err(RewriteError::TooLong(_))));
}
