//! What identity policies let do at large; each rule by a document of its own.

use super::*;
use crate::iam::document::Statement;
use crate::iam::identity::grant::NO_ACTION_LEFT;
use crate::iam::identity::privilege::{Certainty, Privilege, Use};
use crate::iam::identity::written::{allow, policy};
use serde_json::{Value, json};

#[path = "properties.rs"]
mod properties;

fn judged(statements: Value) -> Privileges {
    privileges(&[&policy(&statements)])
}

/// The privileges as `power service extent certainty`, the witness left out.
fn shown(found: &Privileges) -> Vec<String> {
    let powers = [
        ("admin", &found.admin),
        ("nearly", &found.nearly_all),
        ("full", &found.full_access),
        ("write", &found.write_all),
    ];
    let show = |power: &str, one: &Privilege| {
        let certainty = match one.certainty {
            Certainty::Certain => "",
            Certainty::Conditional => " if",
            Certainty::Unclear(_) => " ?",
        };
        let denied = if one.may_be_denied { " !" } else { "" };
        format!("{power} {} {:?}{certainty}{denied}", one.service, one.extent)
    };
    powers
        .into_iter()
        .flat_map(|(power, list)| list.iter().map(move |one| show(power, one)))
        .collect()
}

#[test]
fn actions_and_resources_together_make_the_privilege() {
    let table = "arn:aws:dynamodb:*:*:table/*";
    for (action, resource, want) in [
        (json!("*"), json!("*"), vec!["admin * Everything"]),
        (
            json!(["s3:GetObject", "*:*"]),
            json!(["arn:aws:s3:::a", "*"]),
            vec!["admin * Everything"],
        ),
        (json!("s3:*"), json!("*"), vec!["full s3 Everything"]),
        (json!("S3:*"), json!("arn:aws:s3:::*"), vec!["full s3 Service"]),
        (json!("*"), json!("arn:aws:s3:::*"), vec!["full s3 Service"]),
        (json!("s3:*"), json!("arn:aws:s3:::*/*"), vec!["write s3 Type"]),
        (json!("s3:Put*"), json!("*"), vec!["write s3 Everything"]),
        (json!("dynamodb:DeleteItem"), json!(table), vec!["write dynamodb Type"]),
        (json!("*"), json!(table), vec!["write dynamodb Type"]),
        (json!("*:Delete*"), json!("*"), vec!["write * Everything"]),
        (json!("sqs:*"), json!("arn:aws:sqs:eu-west-1:*:*"), vec!["write sqs Region"]),
        (json!(["s3:*", "sqs:*"]), json!("*"), vec!["full s3 Everything", "full sqs Everything"]),
        // Each action goes with the resources of its own service.
        (
            json!(["s3:Put*", "dynamodb:Put*"]),
            json!(["arn:aws:s3:::a/*", table]),
            vec!["write dynamodb Type"],
        ),
        (json!("ssm:SendCommand"), json!("arn:aws:ec2:*:*:instance/*"), vec!["write ssm Type ?"]),
        (json!("s3:Get*"), json!("*"), vec![]),
        (json!(["ec2:Describe*", "s3:List*"]), json!("*"), vec![]),
        (json!("s3:*"), json!("arn:aws:s3:::orders/*"), vec![]),
        (json!("*"), json!("arn:aws:s3:::orders"), vec![]),
        (json!("s3"), json!("*"), vec![]),
        (json!("*"), json!("arn:aws:*"), vec!["admin * Everything ?"]),
    ] {
        let found = judged(allow(action.clone(), resource.clone()));
        assert_eq!(shown(&found), want, "{action} {resource}");
    }
}

#[test]
fn not_action_is_nearly_everything_and_all_of_another_service() {
    let not = |actions: Value, resource: &str| {
        shown(&judged(json!({"Effect": "Allow", "NotAction": actions, "Resource": resource})))
    };
    assert_eq!(not(json!(["iam:*", "organizations:*"]), "*"), ["nearly * Everything"]);
    assert_eq!(not(json!("*"), "*"), [""; 0]);
    assert_eq!(not(json!(["iam:*", "*:*"]), "*"), [""; 0]);
    assert_eq!(not(json!("iam:*"), "arn:aws:s3:::*"), ["full s3 Service"]);
    assert_eq!(not(json!("s3:*"), "arn:aws:s3:::*"), [""; 0]);
    assert_eq!(not(json!("s3:Delete*"), "arn:aws:s3:::*"), ["write s3 Service"]);
    assert_eq!(not(json!("iam:*"), "arn:aws:s3:::*/*"), ["write s3 Type"]);
    assert_eq!(not(json!("iam:*"), "arn:aws:s3:::orders/*"), [""; 0]);
}

#[test]
fn not_resource_is_everything_but_some() {
    let not = |action: &str, resource: Value| {
        shown(&judged(json!({"Effect": "Allow", "Action": action, "NotResource": resource})))
    };
    assert_eq!(not("*", json!("arn:aws:s3:::a")), ["nearly * AllBut"]);
    assert_eq!(not("s3:*", json!("arn:aws:s3:::a")), ["write s3 AllBut"]);
    assert_eq!(not("s3:Get*", json!("arn:aws:s3:::a")), [""; 0]);
    assert_eq!(not("*", json!(["arn:aws:s3:::a", "*"])), [""; 0]);
}

#[test]
fn what_one_statement_leaves_out_another_may_give_back() {
    let most = json!({"Effect": "Allow", "NotAction": ["iam:*", "account:*"], "Resource": "*"});
    let all = |rest: Value| {
        let (most, rest) = (policy(&most), policy(&rest));
        privileges(&[&most, &rest]).admin.first().map(|admin| admin.certainty)
    };
    assert_eq!(all(allow(json!(["IAM:*", "account:*"]), json!("*"))), Some(Certainty::Certain));
    let mut under = allow(json!("a*"), json!("*"));
    under["Condition"] = json!({"Bool": {"a:b": "true"}});
    assert_eq!(
        all(json!([under, allow(json!("iam:*"), json!("*"))])),
        Some(Certainty::Conditional)
    );
    assert_eq!(all(allow(json!("iam:*"), json!("*"))), None);
    assert_eq!(all(allow(json!(["iam:C*", "account:*"]), json!("*"))), None);
    assert_eq!(all(allow(json!(["iam:*", "account:*"]), json!("arn:aws:iam::*:*"))), None);
    // Two statements that leave out different things grant everything together.
    let others = json!({"Effect": "Allow", "NotAction": ["s3:*", "ec2:*"], "Resource": "*"});
    assert_eq!(all(others), Some(Certainty::Certain));
    let overlapping = json!({"Effect": "Allow", "NotAction": ["iam:Create*"], "Resource": "*"});
    assert_eq!(all(overlapping), None);
    let denied = json!({"Effect": "Deny", "Action": "account:*", "Resource": "*"});
    assert_eq!(all(json!([allow(json!(["iam:*", "account:*"]), json!("*")), denied])), None);
    let some = json!({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::a"});
    let both = judged(json!([some, allow(json!("iam:*"), json!("*"))]));
    assert_eq!(shown(&both), ["nearly * AllBut", "full iam Everything"]);
}

#[test]
fn a_conditional_grant_is_never_certain() {
    let mut one = allow(json!("*"), json!("*"));
    one["Condition"] = json!({"StringEquals": {"aws:ResourceTag/team": "a"}});
    assert_eq!(shown(&judged(one.clone())), ["admin * Everything if"]);
    // The certain grant of the same statement or another stands beside it.
    let two = json!([one, allow(json!("s3:*"), json!("*"))]);
    assert_eq!(shown(&judged(two)), ["admin * Everything if", "full s3 Everything"]);
}

#[test]
fn an_element_that_is_not_known_leaves_it_unclear() {
    let mut one = allow(json!("*"), json!("*"));
    one["Extra"] = json!(1);
    assert_eq!(shown(&judged(one)), ["admin * Everything ?"]);
    let text =
        r#"{"Version":"2099-01-01","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let unknown = IdentityDocument::parse(text).unwrap();
    assert_eq!(shown(&privileges(&[&unknown])), ["admin * Everything ?"]);
}

#[test]
fn a_deny_takes_away_what_it_covers_in_whichever_policy_it_stands() {
    let with = |deny: Value| {
        let grants = json!([allow(json!("*"), json!("*")), allow(json!("s3:*"), json!("*"))]);
        let (grants, deny) = (policy(&grants), policy(&deny));
        shown(&privileges(&[&grants, &deny]))
    };
    let deny = |action: &str, resource: &str| json!({"Effect": "Deny", "Action": action, "Resource": resource});
    assert_eq!(with(deny("*", "*")), [""; 0]);
    assert_eq!(with(deny("s3:*", "*")), ["admin * Everything !"]);
    assert_eq!(with(deny("s3:Delete*", "*")), ["admin * Everything !", "full s3 Everything !"]);
    assert_eq!(with(deny("iam:*", "*")), ["admin * Everything !", "full s3 Everything"]);
    let mut maybe = deny("*", "*");
    maybe["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}});
    assert_eq!(with(maybe), ["admin * Everything !", "full s3 Everything !"]);
}

#[test]
fn a_witness_is_an_action_that_no_deny_without_condition_forbids() {
    let witness = |statements: Value| {
        let found = judged(statements);
        let all = [found.admin, found.nearly_all, found.full_access, found.write_all].concat();
        let one = all.first().unwrap();
        (one.witness.action.clone(), one.witness.resource.clone(), one.certainty)
    };
    let deny = json!({"Effect": "Deny", "Action": ["iam:*", "sts:*"], "Resource": "*"});
    let (action, resource, _) = witness(json!([deny, allow(json!("*"), json!("*"))]));
    assert_eq!((action.as_str(), resource.as_str()), ("lambda:UpdateFunctionCode", "*"));
    let (action, resource, _) = witness(allow(json!("s3:Put*"), json!("arn:aws:s3:::*")));
    assert_eq!((action.as_str(), resource.as_str()), ("s3:PutObject", "arn:aws:s3:::x"));
    let (action, ..) = witness(allow(json!("newservice:Do*"), json!("*")));
    assert_eq!(action, "newservice:Do*");
    let hidden = json!([
        {"Effect": "Deny", "Action": "s3:PutObject", "NotResource": "arn:aws:s3:::mine/*"},
        allow(json!("s3:PutObject"), json!("*")),
    ]);
    assert_eq!(witness(hidden).2, Certainty::Unclear(NO_ACTION_LEFT));
}

#[test]
fn each_privilege_says_which_statement_of_which_document_gives_it() {
    let harmless = policy(&json!([allow(json!("s3:Get*"), json!("*"))]));
    let mut grant = allow(json!("s3:*"), json!("*"));
    grant["Sid"] = json!("storage");
    let grants = policy(&json!([allow(json!("s3:List*"), json!("*")), grant]));
    let found = privileges(&[&harmless, &grants]);
    let [only] = found.full_access.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.document, only.statement, only.sid.as_deref()), (1, 1, Some("storage")));
}

#[test]
fn no_policy_at_all_is_no_privilege() {
    assert_eq!(privileges(&[]), Privileges::default());
    assert_eq!(judged(json!([])), Privileges::default());
}
