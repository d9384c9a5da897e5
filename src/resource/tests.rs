//! Names as callers type them.

use super::*;

fn home() -> Home {
    Home {
        partition: "aws".into(),
        account: AccountId::parse("111122223333").unwrap(),
        region: "eu-west-1".into(),
    }
}

#[test]
fn a_function_is_found_in_every_form_a_caller_may_type() {
    let want = "arn:aws:lambda:eu-west-1:111122223333:function:web";
    for (typed, qualifier, suffix) in [
        ("web", None, ""),
        ("web:live", None, ":live"),
        ("web", Some("7"), ":7"),
        ("web:7", Some("7"), ":7"),
        ("web", Some("$LATEST"), ""),
        ("111122223333:function:web", None, ""),
        ("111122223333:function:web:live", None, ":live"),
        ("function:web", None, ""),
        ("111122223333:web", None, ""),
        ("111122223333:web:live", None, ":live"),
        ("111122223333:web", Some("7"), ":7"),
        ("eu-west-1:111122223333:function:web", None, ""),
        ("web:$LATEST", None, ""),
        ("web", Some("$LATEST.PUBLISHED"), ":$LATEST.PUBLISHED"),
        (want, None, ""),
        ("arn:aws:lambda:eu-west-1:111122223333:function:web:live", None, ":live"),
    ] {
        let got = FunctionResource::parse(&home(), typed, qualifier).unwrap();
        assert_eq!(got.to_string(), format!("{want}{suffix}"), "{typed} {qualifier:?}");
    }
}

#[test]
fn siblings_of_functions_and_contradictions_are_refused() {
    for (typed, qualifier) in [
        ("arn:aws:lambda:eu-west-1:111122223333:layer:web:1", None),
        ("arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:web", None),
        ("arn:aws:lambda:eu-west-1:1111:function:web", None),
        ("arn:aws:s3:eu-west-1:111122223333:function:web", None),
        ("web:live", Some("other")),
        ("web:live:more", None),
        ("", None),
        ("we b", None),
        ("web", Some("")),
        ("*", None),
    ] {
        assert!(FunctionResource::parse(&home(), typed, qualifier).is_err(), "{typed}");
    }
}

#[test]
fn role_arns_are_read_with_their_paths_and_nothing_else_is() {
    for (text, name, linked) in [
        ("arn:aws:iam::111122223333:role/orders-role", "orders-role", false),
        ("arn:aws-cn:iam::111122223333:role/service-role/team/orders", "orders", false),
        (
            "arn:aws:iam::111122223333:role/aws-service-role/replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator",
            "AWSServiceRoleForLambdaReplicator",
            true,
        ),
    ] {
        let role = RoleArn::parse(text).expect(text);
        assert_eq!((role.name(), role.is_service_linked()), (name, linked));
        assert_eq!(role.to_string(), text);
    }
    for text in [
        "",
        "arn:aws:iam::111122223333:user/orders",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:roles/x",
        "arn:aws:iam::11112222333:role/x",
        "arn:aws:iam:us-east-1:111122223333:role/x",
        "arn:aws:sts::111122223333:assumed-role/x/y",
        "arn:aws:iam::111122223333:role/x y",
    ] {
        assert!(RoleArn::parse(text).is_err(), "{text}");
    }
}
