//! Which Deny takes a grant away, and which may touch it.

use super::*;
use serde_json::{Value, json};

fn policy(deny: Value) -> IdentityDocument {
    let mut statement = json!({"Effect": "Deny", "Resource": "*"});
    for (key, value) in deny.as_object().unwrap() {
        statement[key] = value.clone();
    }
    if deny.get("NotResource").is_some() {
        statement.as_object_mut().unwrap().remove("Resource");
    }
    let text = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    IdentityDocument::parse(&text).unwrap()
}

#[test]
fn a_deny_covers_only_what_it_takes_away_whatever_the_request_is() {
    let tables = "arn:aws:dynamodb:*:*:table/*";
    for (deny, action, resource, want) in [
        (json!({"Action": "*"}), "*", "*", true),
        (json!({"Action": "s3:*"}), "s3:Put*", "*", true),
        (json!({"Action": "S3:put*"}), "s3:PutObject", "*", true),
        (json!({"Action": "s3:*"}), "*", "*", false),
        (json!({"Action": "s3:*", "Condition": {"Bool": {"a:b": "true"}}}), "s3:*", "*", false),
        (json!({"Action": "s3:*", "Extra": 1}), "s3:*", "*", false),
        (json!({"Action": "s3:*", "Resource": "arn:aws:s3:::*"}), "s3:*", "*", false),
        (json!({"Action": "*", "Resource": "arn:aws:dynamodb:*:*:*"}), "dynamodb:*", tables, true),
        (json!({"Action": "*", "Resource": "arn:aws:*/*"}), "dynamodb:*", tables, false),
        (json!({"Action": "*", "Resource": "${aws:username}*"}), "s3:*", "*", false),
        (json!({"NotAction": "logs:*"}), "s3:*", "*", true),
        (json!({"NotAction": "logs:*"}), "*", "*", false),
        (json!({"NotAction": "s3:Get*"}), "s3:*", "*", false),
        (json!({"Action": "*", "NotResource": "arn:aws:s3:::a/*"}), "s3:*", "*", false),
        (json!({"Action": "*", "NotResource": "arn:aws:s3:::a/*"}), "*", tables, true),
    ] {
        let policy = policy(deny.clone());
        assert_eq!(Denials::of(&[&policy]).cover(action, resource), want, "{deny} {action}");
    }
}

#[test]
fn a_deny_may_touch_whatever_it_is_not_provably_apart_from() {
    for (deny, action, resource, want) in [
        (json!({"Action": "s3:*"}), "*", "*", true),
        (json!({"Action": "s3:*", "Condition": {"Bool": {"a:b": "true"}}}), "s3:*", "*", true),
        (json!({"Action": "iam:*"}), "s3:*", "*", false),
        (json!({"NotAction": "s3:*"}), "s3:Put*", "*", false),
        (json!({"NotAction": "s3:Put*"}), "s3:*", "*", true),
        (json!({"Action": "*", "Resource": "arn:aws:iam::*:*"}), "*", "arn:aws:s3:::*", false),
        (json!({"Action": "*", "NotResource": "arn:aws:s3:::*"}), "*", "arn:aws:s3:::*", false),
    ] {
        let policy = policy(deny.clone());
        assert_eq!(Denials::of(&[&policy]).may_touch(action, resource), want, "{deny} {action}");
    }
}
