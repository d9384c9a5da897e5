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

#[test]
fn any_arn_is_read_in_its_parts_and_written_as_it_was() {
    const ACCOUNT: Option<&str> = Some("111122223333");
    const REGION: Option<&str> = Some("eu-west-1");
    for (text, service, region, account, name) in [
        ("arn:aws:lambda:eu-west-1:111122223333:layer:base:3", "lambda", REGION, ACCOUNT, "base:3"),
        (
            "arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:0a1b-2c",
            "lambda",
            REGION,
            ACCOUNT,
            "0a1b-2c",
        ),
        ("arn:aws:iam::111122223333:role/team/api/orders", "iam", None, ACCOUNT, "orders"),
        ("arn:aws:iam::111122223333:user/1234", "iam", None, ACCOUNT, "user/1234"),
        ("arn:aws:iam::111122223333:root", "iam", None, ACCOUNT, "root"),
        ("arn:aws:iam::aws:policy/service-role/Basic", "iam", None, None, "Basic"),
        ("arn:aws:s3:::orders-bucket", "s3", None, None, "orders-bucket"),
        (
            "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main",
            "cloudtrail",
            Some("us-gov-west-1"),
            ACCOUNT,
            "main",
        ),
        (
            "arn:aws:events:eu-west-1:111122223333:rule/bus/nightly",
            "events",
            REGION,
            ACCOUNT,
            "nightly",
        ),
        (
            "arn:aws:guardduty:eu-west-1:111122223333:detector/12ab",
            "guardduty",
            REGION,
            ACCOUNT,
            "12ab",
        ),
        (
            "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Too many errors",
            "cloudwatch",
            REGION,
            ACCOUNT,
            "Too many errors",
        ),
        ("arn:aws:sqs:eu-west-1:111122223333:42", "sqs", REGION, ACCOUNT, "42"),
        ("arn:aws:logs:eu-west-1:111122223333:log-group:a/", "logs", REGION, ACCOUNT, "a/"),
    ] {
        let arn = Arn::parse(text).expect(text);
        assert_eq!((arn.service(), arn.region()), (service, region), "{text}");
        assert_eq!((arn.account().map(AccountId::as_str), arn.name()), (account, name), "{text}");
        assert_eq!(arn.to_string(), text);
        let json = serde_json::to_string(&arn).expect("text");
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Arn>(&json).expect(text), arn);
    }
}

#[test]
fn what_is_no_arn_is_refused() {
    let long = format!("arn:aws:s3:::{}", "x".repeat(2048));
    for text in [
        "",
        "orders",
        "arn:aws:s3",
        "arn:aws:s3::",
        "arn:aws:s3:::",
        "arn:aws::::orders",
        "arn::s3:::orders",
        "arn:other:s3:::orders",
        "ARN:aws:s3:::orders",
        "arn:aws:iam::1111 2222:role/x",
        "arn:aws:iam:eu west 1:111122223333:role/x",
        "arn:aws:iam::*:role/x",
        "arn:aws:iam::111122223333:role/x\n",
        "arn:aws:iam::111122223333:role/\u{1b}[2J",
        "arn:aws:iam::111122223333:role/a\u{202e}b",
        &long,
    ] {
        assert!(Arn::parse(text).is_err(), "{text}");
    }
}

#[test]
fn an_arn_is_made_of_a_home_a_service_and_what_that_calls_it() {
    let detector = Arn::new(&home(), "guardduty", "detector/12ab").unwrap();
    assert_eq!(detector.to_string(), "arn:aws:guardduty:eu-west-1:111122223333:detector/12ab");
    let role = Arn::global(&home(), "iam", "role/orders").unwrap();
    assert_eq!(role.to_string(), "arn:aws:iam::111122223333:role/orders");
    assert!(Arn::new(&home(), "xray", "").is_err());
}

#[test]
fn a_functions_arn_is_a_function_and_any_other_is_not() {
    for (text, function, subject, name) in [
        ("arn:aws:lambda:eu-west-1:111122223333:function:web", true, None, "web"),
        (
            "arn:aws:lambda:eu-west-1:111122223333:function:web:live",
            true,
            Some("arn:aws:lambda:eu-west-1:111122223333:function:web"),
            "web",
        ),
        ("arn:aws:lambda:eu-west-1:111122223333:layer:web:3", false, None, "web:3"),
        ("arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:web", false, None, "web"),
        ("arn:aws:lambda:eu-west-1:111122223333:function:web:live:more", false, None, "more"),
        ("arn:aws:lambda::111122223333:function:web", false, None, "web"),
        ("arn:aws:iam::111122223333:role/function/web", false, None, "web"),
    ] {
        let resource = Resource::parse(text).expect(text);
        assert_eq!(matches!(resource, Resource::Function(_)), function, "{text}");
        assert_eq!(resource.function().is_some(), function, "{text}");
        assert_eq!((resource.to_string(), resource.name()), (text.to_owned(), name));
        let about = resource.subject();
        assert_eq!(about.to_string(), subject.unwrap_or(text));
        assert!(resource.is_with(&about) && about.is_with(&resource));
        let json = serde_json::to_string(&resource).expect("text");
        assert_eq!(serde_json::from_str::<Resource>(&json).expect(text), resource);
    }
    let latest = "arn:aws:lambda:eu-west-1:111122223333:function:web:$LATEST";
    let web = FunctionArn::new(&home(), "web").unwrap();
    assert_eq!(Resource::parse(latest).unwrap(), Resource::from(web));
}

#[test]
fn a_resource_tells_account_and_region_as_far_as_its_arn_does() {
    for (text, account, region) in [
        ("arn:aws:lambda:eu-west-1:111122223333:function:web", true, true),
        ("arn:aws:iam::111122223333:role/orders", true, false),
        ("arn:aws:apigateway:eu-west-1::/restapis/a", false, true),
        ("arn:aws:s3:::orders", false, false),
    ] {
        let resource = Resource::parse(text).expect(text);
        assert_eq!(resource.account().is_some(), account, "{text}");
        assert_eq!(resource.region().is_some(), region, "{text}");
    }
}

#[test]
fn resources_are_of_one_subject_only_if_they_are_the_same_thing() {
    let read =
        |text: &str| Resource::parse(&format!("arn:aws:lambda:eu-west-1:111122223333:{text}"));
    let read = |text: &str| read(text).expect(text);
    assert!(read("function:web:live").is_with(&read("function:web:7")));
    assert!(!read("function:web").is_with(&read("function:api")));
    assert!(!read("layer:web:1").is_with(&read("layer:web:2")));
    assert!(!read("layer:web:1").is_with(&read("function:web:1")));
}
