//! What edits are called, and which statements can be removed without writing the whole policy.

use super::*;
use serde_json::{Value, json};

fn document() -> Document {
    let one = |sid: Value, principal: Value| {
        let mut one = json!({"Effect": "Allow", "Principal": principal,
            "Action": ["lambda:InvokeFunction", "lambda:GetFunction"], "Resource": "*"});
        if !sid.is_null() {
            one["Sid"] = sid;
        }
        one
    };
    let text = json!({"Statement": [
        one(json!("open"), json!("*")),
        one(json!("mixed"), json!({"AWS": ["777788889999", "111122223333", "777788889999"]})),
        one(Value::Null, json!("*")),
        one(json!("twice"), json!("*")),
        one(json!("twice"), json!({"AWS": "*"})),
    ]});
    Document::parse(&text.to_string()).unwrap()
}

fn drop(index: usize, principal: Principal) -> Edit {
    Edit { index, principals: vec![principal], change: Change::Drop }
}

fn stranger() -> Principal {
    Principal::Aws("777788889999".to_owned())
}

#[test]
fn only_statements_that_go_as_a_whole_and_have_a_sid_of_their_own_are_removable_by_sid() {
    let own = Principal::Aws("111122223333".to_owned());
    let actions = vec!["lambda:InvokeFunction".to_owned(), "lambda:GetFunction".to_owned()];
    let all = Edit { change: Change::DropActions(actions), ..drop(0, Principal::Anyone) };
    for (edits, want) in [
        (vec![drop(0, Principal::Anyone)], Some(vec!["open"])),
        (vec![all], Some(vec!["open"])),
        (vec![drop(1, stranger())], None),
        (
            vec![drop(1, stranger()), drop(1, own), drop(0, Principal::Anyone)],
            Some(vec!["open", "mixed"]),
        ),
        (vec![drop(0, Principal::Anyone), drop(1, stranger())], None),
        (vec![drop(2, Principal::Anyone)], None),
        (vec![drop(3, Principal::Anyone)], None),
    ] {
        let got = edited(&document(), &edits).unwrap().removable_by_sid;
        let want = want.map(|sids| sids.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(got, want, "{edits:?}");
    }
}

#[test]
fn a_principal_written_twice_is_told_once() {
    let got = edited(&document(), &[drop(1, stranger())]).unwrap();
    assert_eq!(got.words, ["statement `mixed`: `777788889999` dropped"]);
}

#[test]
fn edits_that_nobody_can_make_are_told_and_nothing_is_done() {
    let (edited, reason) = as_far_as_possible(&document(), &[drop(9, Principal::Anyone)]);
    assert!(edited.is_none());
    assert_eq!(reason.as_deref(), Some("there is no statement 9"));
}
