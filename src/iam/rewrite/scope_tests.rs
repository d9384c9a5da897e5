//! The scope of every service in the table, and when there is none.

use super::*;
use crate::iam::Trusted;
use crate::iam::generated::at;
use crate::iam::service::ROWS;
use crate::iam::{Change, Document, Edit, expose, rewrite};
use crate::resource::{AccountId, FunctionResource};
use proptest::prelude::*;
use serde_json::{Value, json};

const OWN: &str = "111122223333";
const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

fn resource() -> FunctionResource {
    FunctionResource::parse_arn(ARN).unwrap()
}

fn friends() -> Trusted {
    Trusted { accounts: [AccountId::parse("444455556666").unwrap()].into(), ..Trusted::default() }
}

fn document(service: &str, condition: Value) -> Document {
    let text = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "s", "Effect": "Allow", "Principal": {"Service": service},
        "Action": "lambda:InvokeFunction", "Resource": ARN, "Condition": condition,
    }]});
    Document::parse(&text.to_string()).unwrap()
}

fn scope(service: &str, condition: Value, trusted: &Trusted) -> ServiceScope {
    scope_service(&document(service, condition).statements()[0], service, at(&resource(), trusted))
}

fn scoping(document: &Document, limits: Vec<Limit>) -> Edit {
    let principals = document.statements()[0].principals.clone();
    Edit { index: 0, principals, change: Change::Scope(limits) }
}

fn account() -> ServiceScope {
    let (operator, key) = ("StringEquals", "AWS:SourceAccount");
    ServiceScope::Limit(vec![Limit { operator, key, value: OWN.to_owned() }])
}

fn arn(value: &str) -> ServiceScope {
    let (operator, key) = ("ArnLike", "AWS:SourceArn");
    ServiceScope::Limit(vec![Limit { operator, key, value: value.to_owned() }])
}

#[test]
fn triggers_that_always_live_in_the_functions_account_are_scoped_to_it_whoever_is_trusted() {
    for (service, want) in [
        ("events", arn("arn:aws:events:eu-west-1:111122223333:rule/*")),
        ("logs.eu-west-1", account()),
        ("logs", arn("arn:aws:logs:eu-west-1:111122223333:*")),
        (
            "elasticloadbalancing",
            arn("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/*"),
        ),
        ("vpc-lattice", arn("arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/*")),
        ("ivschat", arn("arn:aws:ivschat:eu-west-1:111122223333:room/*")),
    ] {
        let service = format!("{service}.amazonaws.com");
        for trusted in [Trusted::default(), friends()] {
            assert_eq!(scope(&service, json!({}), &trusted), want, "{service}");
        }
    }
}

#[test]
fn triggers_that_may_live_elsewhere_are_scoped_only_when_nobody_else_is_trusted() {
    for (service, want) in [
        ("s3", account()),
        ("lambda.alarms.cloudwatch", account()),
        ("iot", arn("arn:aws:iot:eu-west-1:111122223333:*")),
        ("sns", arn("arn:aws:sns:*:111122223333:*")),
        ("sns.eu-south-1", arn("arn:aws:sns:*:111122223333:*")),
        ("apigateway", arn("arn:aws:execute-api:*:111122223333:*")),
        ("cloudfront", arn("arn:aws:cloudfront::111122223333:distribution/*")),
        ("secretsmanager", account()),
        ("ses", account()),
        ("bedrock", account()),
        ("cognito-idp", arn("arn:aws:cognito-idp:*:111122223333:userpool/*")),
        ("lexv2", arn("arn:aws:lex:*:111122223333:*")),
        ("transfer", arn("arn:aws:transfer:*:111122223333:*")),
        ("connect", arn("arn:aws:connect:*:111122223333:*")),
    ] {
        let service = format!("{service}.amazonaws.com");
        assert_eq!(scope(&service, json!({}), &Trusted::default()), want, "{service}");
        assert_eq!(scope(&service, json!({}), &friends()), ServiceScope::Undetermined(ELSEWHERE));
    }
}

#[test]
fn services_that_use_roles_need_no_statement() {
    for service in ["scheduler", "pipes", "states", "firehose", "codedeploy"] {
        let service = format!("{service}.amazonaws.com");
        let got = scope(&service, json!({}), &Trusted::default());
        assert_eq!(got, ServiceScope::NoTriggerNeedsIt, "{service}");
    }
}

#[test]
fn services_without_a_certain_scope_are_only_reported() {
    for service in [
        "appsync.amazonaws.com",
        "codecommit.amazonaws.com",
        "ivs.amazonaws.com",
        "datazone.amazonaws.com",
        "alexa-appkit.amazon.com",
        "alexa-connectedhome.amazon.com",
        "edgelambda.amazonaws.com",
        "brand-new.amazonaws.com",
        "events.eu-west-1.amazonaws.com",
    ] {
        let got = scope(service, json!({}), &Trusted::default());
        assert!(matches!(got, ServiceScope::Undetermined(_)), "{service} {got:?}");
    }
}

#[test]
fn a_bucket_keeps_its_arn_and_gets_its_account() {
    let bucket = json!({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}});
    let document = document("s3.amazonaws.com", bucket);
    let statement = &document.statements()[0];
    let got = scope_service(statement, "s3.amazonaws.com", at(&resource(), &Trusted::default()));
    let ServiceScope::Limit(limits) = got else { panic!("{got:?}") };
    let edits = [scoping(&document, limits)];
    let written = rewrite(&document, &edits).unwrap().unwrap();
    let value: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(
        value["Statement"][0]["Condition"],
        json!({
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
            "StringEquals": {"AWS:SourceAccount": OWN},
        })
    );
}

#[test]
fn a_statement_that_serves_only_somebody_else_is_foreign() {
    let foreign = json!({"StringEquals": {"AWS:SourceAccount": "777788889999"}});
    let got = scope("s3.amazonaws.com", foreign.clone(), &friends());
    assert_eq!(got, ServiceScope::Foreign);
    let topic = json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*:777788889999:t"}});
    assert_eq!(scope("sns.amazonaws.com", topic, &friends()), ServiceScope::Foreign);
    for condition in [
        json!({"StringEquals": {"AWS:SourceAccount": ["777788889999", OWN]}}),
        json!({"StringEquals": {"aws:SourceOrgID": "o-foreign123"}}),
        json!({"StringEquals": {"AWS:SourceAccount": "777788889999"}, "Null": {"aws:SourceOrgID": "false"}}),
        json!({"StringEquals": {"AWS:SourceAccount": "444455556666"}}),
        json!({"StringEquals": {"AWS:SourceAccount": OWN}}),
        json!({"Martian": {"x": "y"}}),
    ] {
        let got = scope("s3.amazonaws.com", condition.clone(), &friends());
        assert!(matches!(got, ServiceScope::Undetermined(_)), "{condition} {got:?}");
    }
}

#[test]
fn a_condition_on_the_same_key_is_never_widened() {
    let wild = json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*:*:topic"}});
    let got = scope("sns.amazonaws.com", wild, &Trusted::default());
    assert!(matches!(got, ServiceScope::Undetermined(_)), "{got:?}");
}

#[test]
fn a_service_beside_other_principals_is_scoped_as_if_it_stood_alone() {
    let text = json!({"Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction",
        "Principal": {"AWS": ["111122223333", "*"], "Service": ["s3.amazonaws.com", "sns.amazonaws.com"]},
        "Resource": "*"}});
    let document = Document::parse(&text.to_string()).unwrap();
    let scope = |service| {
        scope_service(&document.statements()[0], service, at(&resource(), &Trusted::default()))
    };
    assert_eq!(scope("s3.amazonaws.com"), account());
    assert_eq!(scope("sns.amazonaws.com"), arn("arn:aws:sns:*:111122223333:*"));
    assert!(matches!(scope("events.amazonaws.com"), ServiceScope::Undetermined(_)));
}

#[test]
fn a_deny_is_not_scoped() {
    let text = json!({"Statement": {"Effect": "Deny", "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": "*"}});
    let document = Document::parse(&text.to_string()).unwrap();
    let statement = &document.statements()[0];
    let got = scope_service(statement, "s3.amazonaws.com", at(&resource(), &Trusted::default()));
    assert!(matches!(got, ServiceScope::Undetermined(_)), "{got:?}");
}

#[test]
fn service_principals_are_recognised_with_region_and_partition_suffixes() {
    for (principal, want) in [
        ("s3.amazonaws.com", Some(("s3", None))),
        ("s3.amazonaws.com.cn", Some(("s3", None))),
        ("logs.eu-west-1.amazonaws.com", Some(("logs", Some("eu-west-1")))),
        ("logs.us-gov-west-1.amazonaws.com", Some(("logs", Some("us-gov-west-1")))),
        ("logs.cn-north-1.amazonaws.com.cn", Some(("logs", Some("cn-north-1")))),
        ("lambda.alarms.cloudwatch.amazonaws.com", Some(("lambda.alarms.cloudwatch", None))),
        ("alexa-appkit.amazon.com", Some(("alexa-appkit", None))),
        ("amazonaws.com", None),
        (".amazonaws.com", None),
        ("s3.amazonaws.com.evil.com", None),
        ("S3.amazonaws.com", None),
        ("*.amazonaws.com", None),
    ] {
        assert_eq!(service_name(principal), want, "{principal}");
    }
}

#[test]
fn scopes_follow_the_functions_partition() {
    let china = FunctionResource::parse_arn("arn:aws-cn:lambda:cn-north-1:111122223333:function:f");
    let document = Document::parse(
        &json!({"Statement": {
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com.cn"},
        "Action": "lambda:InvokeFunction", "Resource": "*"}})
        .to_string(),
    )
    .unwrap();
    let statement = &document.statements()[0];
    let got = scope_service(
        statement,
        "events.amazonaws.com.cn",
        at(&china.unwrap(), &Trusted::default()),
    );
    assert_eq!(got, arn("arn:aws-cn:events:cn-north-1:111122223333:rule/*"));
}

proptest! {
    #[test]
    fn what_was_scoped_is_never_unscoped_again(
        row in 0..ROWS.len(),
        suffix in prop::sample::select(vec![
            ".amazonaws.com", ".eu-west-1.amazonaws.com", ".amazonaws.com.cn",
        ]),
        condition in prop::sample::select(vec![
            json!({}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}),
            json!({"StringLike": {"aws:SourceAccount": "*"}}),
            json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-x"}}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:*:*:*:*"}}),
        ]),
        alone in any::<bool>(),
    ) {
        let service = format!("{}{suffix}", ROWS[row].name);
        let trusted = if alone { Trusted::default() } else { friends() };
        let document = document(&service, condition);
        let got = scope_service(&document.statements()[0], &service, at(&resource(), &trusted));
        if let ServiceScope::Limit(limits) = got {
            let before = expose(&document, at(&resource(), &trusted))[0].worst();
            prop_assert_eq!(before, Exposure::UnscopedService);
            let edits = [scoping(&document, limits)];
            let written = rewrite(&document, &edits).unwrap().unwrap();
            let after = expose(&Document::parse(&written).unwrap(), at(&resource(), &trusted));
            prop_assert_eq!(after[0].worst(), Exposure::Internal);
        }
    }
}
