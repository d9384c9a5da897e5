//! Requests as people write them: the context in JSON, and the keys that follow from the caller.

use super::*;
use serde_json::json;

fn request(caller: Caller, context: serde_json::Value) -> Request {
    Request {
        caller,
        action: "lambda:InvokeFunction".to_owned(),
        resource: "arn:aws:lambda:eu-west-1:111122223333:function:web".to_owned(),
        context: serde_json::from_value(context).unwrap(),
    }
}

fn principal(arn: &str) -> Caller {
    Caller::Principal { arn: arn.to_owned(), session: None }
}

#[test]
fn a_context_is_written_as_it_was_read() {
    let text = r#"{"aws:MultiFactorAuthAge":"12","aws:SecureTransport":"true","AWS:SourceIp":"10.0.0.1","aws:TagKeys":["a","b"],"lambda:Layer":[]}"#;
    let context: Context = serde_json::from_value(json!({
        "aws:TagKeys": ["a", "b"], "AWS:SourceIp": "10.0.0.1", "aws:SecureTransport": true,
        "aws:MultiFactorAuthAge": 12, "lambda:Layer": [],
    }))
    .unwrap();
    assert_eq!(serde_json::to_string(&context).unwrap(), text);
    assert_eq!(serde_json::from_str::<Context>(text).unwrap(), context);
    assert_eq!(context.held("aws:sourceip"), Some(Held::One("10.0.0.1")));
    assert_eq!(context.iter().count(), 5);
}

#[test]
fn a_context_that_is_not_one_is_refused() {
    for text in [
        r#"{"a":null}"#,
        r#"{"a":{}}"#,
        r#"{"a":[["b"]]}"#,
        r#"{"aws:x":"1","AWS:X":"2"}"#,
        r#"["a"]"#,
    ] {
        assert!(serde_json::from_str::<Context>(text).is_err(), "{text}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[test]
fn keys_that_follow_from_the_request_are_filled_in() {
    let user = "arn:aws:iam::444455556666:user/team/Bob";
    let role = "arn:aws:iam::444455556666:role/audit";
    let root = "arn:aws:iam::444455556666:root";
    let federated = "arn:aws:sts::444455556666:federated-user/Bob";
    let service = || Caller::Service("s3.amazonaws.com".to_owned());
    for (caller, key, want) in [
        (principal(user), "aws:principalarn", Held::One(user)),
        (principal(user), "aws:principalaccount", Held::One("444455556666")),
        (principal(user), "aws:principalisawsservice", Held::One("false")),
        (principal(user), "aws:principalservicename", Held::Absent),
        (principal(user), "aws:principaltype", Held::One("User")),
        (principal(user), "aws:username", Held::One("Bob")),
        (principal(user), "aws:userid", Held::Unsure),
        (principal(user), "aws:resourceaccount", Held::One("111122223333")),
        (principal(user), "aws:requestedregion", Held::One("eu-west-1")),
        (principal(user), "aws:securetransport", Held::Unsure),
        (principal(user), "aws:currenttime", Held::Unsure),
        (principal(user), "aws:sourceip", Held::Absent),
        (principal(user), "aws:principalorgid", Held::Absent),
        (principal(role), "aws:principaltype", Held::One("AssumedRole")),
        (principal(role), "aws:username", Held::Absent),
        (principal(root), "aws:principaltype", Held::One("Account")),
        (principal(root), "aws:userid", Held::One("444455556666")),
        (principal(federated), "aws:principaltype", Held::One("FederatedUser")),
        (principal("odd"), "aws:principalaccount", Held::Unsure),
        (service(), "aws:principalisawsservice", Held::One("true")),
        (service(), "aws:principalservicename", Held::One("s3.amazonaws.com")),
        (service(), "aws:principalservicenameslist", Held::Unsure),
        (service(), "aws:principalaccount", Held::Unsure),
        (service(), "aws:principalarn", Held::Unsure),
        (service(), "aws:principalorgid", Held::Absent),
        (service(), "aws:sourceaccount", Held::Absent),
        (Caller::Anonymous, "aws:principalaccount", Held::One("anonymous")),
        (Caller::Anonymous, "aws:principalarn", Held::Absent),
        (Caller::Anonymous, "aws:principalisawsservice", Held::Absent),
        (Caller::Anonymous, "aws:principaltype", Held::Unsure),
    ] {
        let request = request(caller, json!({}));
        assert_eq!(request.held(key), want, "{:?} {key}", request.caller);
    }
}

#[test]
fn the_context_wins_but_for_the_callers_own_arn() {
    let user = "arn:aws:iam::444455556666:user/Bob";
    let context = json!({"AWS:PrincipalArn": "x", "aws:PrincipalAccount": "y"});
    let request = request(principal(user), context);
    assert_eq!(request.held("aws:principalarn"), Held::One(user));
    assert_eq!(request.held("aws:principalaccount"), Held::One("y"));
}
