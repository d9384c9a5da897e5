//! Tables of statements and whom they let in, and what must hold for every statement.

use super::*;
use crate::iam::generated::at;
use crate::resource::AccountId;
use serde_json::{Value, json};

#[path = "deny_tests.rs"]
mod denies;
#[path = "limit_tests.rs"]
mod limiting;
#[path = "outsiders.rs"]
mod outsiders;
#[path = "properties.rs"]
mod properties;

const OWN: &str = "111122223333";
const FRIEND: &str = "444455556666";
const FOREIGN: &str = "777788889999";
const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

fn resource() -> FunctionResource {
    FunctionResource::parse_arn(ARN).unwrap()
}

fn trusted() -> Trusted {
    Trusted {
        accounts: [AccountId::parse(FRIEND).unwrap()].into(),
        organizations: ["o-friend1234".to_owned()].into(),
        ..Trusted::default()
    }
}

fn document(statements: &[Value]) -> Document {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Document::parse(&text).unwrap()
}

fn all(statements: &[Value]) -> Vec<StatementExposure> {
    expose(&document(statements), at(&resource(), &trusted()))
}

fn allow(principal: Value, condition: Value) -> Value {
    json!({
        "Sid": "s", "Effect": "Allow", "Principal": principal,
        "Action": "lambda:InvokeFunction", "Resource": ARN, "Condition": condition,
    })
}

fn first(statement: Value) -> Grant {
    all(&[statement])[0].grants[0].clone()
}

fn check(principal: &Value, cases: &[(Value, Exposure)]) {
    for (condition, want) in cases {
        let grant = first(allow(principal.clone(), condition.clone()));
        assert_eq!(grant.exposure, *want, "{principal} {condition}: {}", grant.reason);
        let open = grant.exposure < Exposure::Unknown;
        assert_eq!(grant.witness.is_some(), open, "{principal} {condition}");
        assert!(!grant.reason.is_empty());
    }
}

use Exposure::{External, Internal, Public, Trusted as Friends, Unknown, UnscopedService};

#[test]
fn principals_alone_say_whom_they_let_in() {
    for (principal, want) in [
        (json!("*"), Public),
        (json!({"AWS": "*"}), Public),
        (json!({"AWS": [OWN, "*"]}), Public),
        (json!({"Service": "*"}), Public),
        (json!({"AWS": OWN}), Internal),
        (json!({"AWS": format!("arn:aws:iam::{OWN}:root")}), Internal),
        (json!({"AWS": format!("arn:aws:iam::{OWN}:role/a/b")}), Internal),
        (json!({"AWS": format!("arn:aws:sts::{OWN}:assumed-role/r/s")}), Internal),
        (json!({"AWS": FRIEND}), Friends),
        (json!({"AWS": format!("arn:aws:iam::{FRIEND}:user/u")}), Friends),
        (json!({"AWS": FOREIGN}), External),
        (json!({"AWS": format!("arn:aws:iam::{FOREIGN}:root")}), External),
        (json!({"AWS": format!("arn:aws:iam::{FOREIGN}:role/r")}), External),
        (json!({"AWS": format!("arn:aws:sts::{FOREIGN}:assumed-role/r/s")}), External),
        (json!({"AWS": "arn:aws:iam::*:root"}), Unknown),
        (json!({"AWS": format!("arn:aws:iam::{OWN}:role/*")}), Unknown),
        (json!({"AWS": format!("arn:aws-cn:iam::{OWN}:root")}), Unknown),
        (json!({"AWS": "arn:aws:iam::cloudfront:user/x"}), Unknown),
        (json!({"AWS": "1234"}), Unknown),
        (json!({"AWS": "AROAEXAMPLEEXAMPLE123"}), Internal),
        (json!({"AWS": "AIDAEXAMPLEEXAMPLE123"}), Internal),
        (json!({"Federated": "cognito-identity.amazonaws.com"}), Unknown),
        (json!({"CanonicalUser": "abc"}), Unknown),
        (json!({"Martian": "x"}), Unknown),
        (json!("arn:aws:iam::111122223333:root"), Unknown),
        (json!({"Service": "s3.amazonaws.com"}), UnscopedService),
        (json!({"Service": "logs.eu-west-1.amazonaws.com"}), UnscopedService),
        (json!({"Service": "events.amazonaws.com.cn"}), UnscopedService),
        (json!({"Service": "brand-new.amazonaws.com"}), UnscopedService),
        (json!({"Service": "s3.*"}), Unknown),
        (json!({"Service": "s3.example.com"}), Unknown),
    ] {
        let statement = allow(principal.clone(), json!({}));
        assert_eq!(all(&[statement])[0].worst(), want, "{principal}");
    }
}

#[test]
fn not_principal_with_allow_is_public_unless_it_leaves_out_everybody() {
    for (left_out, want) in [
        (json!({"AWS": FOREIGN}), Public),
        (json!({"AWS": [FOREIGN, format!("arn:aws:iam::{OWN}:root")]}), Public),
        (json!("*"), Unknown),
        (json!({"Federated": "x"}), Unknown),
    ] {
        let statement = json!({"Effect": "Allow", "NotPrincipal": left_out,
            "Action": "lambda:InvokeFunction", "Resource": "*"});
        let grant = first(statement);
        assert_eq!((grant.principal, grant.exposure), (Principal::NotListed, want));
    }
}

#[test]
fn each_principal_of_a_statement_gets_its_own_verdict() {
    let principal = json!({"AWS": [OWN, FOREIGN], "Service": ["sns.amazonaws.com"]});
    let exposures = all(&[allow(principal, json!({}))]);
    let got: Vec<Exposure> = exposures[0].grants.iter().map(|g| g.exposure).collect();
    assert_eq!(got, [Internal, External, UnscopedService]);
    assert_eq!(exposures[0].worst(), External);
}

#[test]
fn limits_add_up_and_contradictions_are_unknown() {
    check(
        &json!("*"),
        &[
            (
                json!({"StringEquals": {"aws:PrincipalOrgID": "o-foreign123", "aws:PrincipalAccount": OWN}}),
                Internal,
            ),
            (
                json!({"StringEquals": {"aws:PrincipalOrgID": "o-foreign123", "aws:PrincipalAccount": FOREIGN}}),
                Unknown,
            ),
            (
                json!({"StringEquals": {"aws:PrincipalAccount": FOREIGN, "aws:SourceAccount": FOREIGN}}),
                Unknown,
            ),
            (
                json!({"StringEquals": {"aws:PrincipalAccount": OWN}, "Martian": {"x": "y"}}),
                Internal,
            ),
            (json!({"Martian": {"x": "y"}}), Unknown),
            (json!({"StringEquals": {"aws:Martian": "y"}}), Unknown),
            (json!({"StringEquals": {"aws:PrincipalAccount": []}}), Unknown),
            (json!({"StringEquals": {"aws:PrincipalAccount": 111122223333_u64}}), Internal),
            (
                json!({"StringEquals": {"aws:PrincipalAccount": OWN, "aws:principalaccount": FOREIGN}}),
                Unknown,
            ),
        ],
    );
    let foreign = json!({"AWS": FOREIGN});
    check(
        &foreign,
        &[
            (json!({"StringEquals": {"aws:PrincipalOrgID": "o-friend1234"}}), Friends),
            (json!({"StringEquals": {"aws:PrincipalOrgID": "o-foreign123"}}), Unknown),
            (json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), Unknown),
            (json!({"Bool": {"aws:SecureTransport": "true"}}), External),
        ],
    );
}

#[test]
fn services_are_scoped_by_the_source_and_by_nothing_else() {
    let s3 = json!({"Service": "s3.amazonaws.com"});
    check(
        &s3,
        &[
            (json!({"StringEquals": {"AWS:SourceAccount": OWN}}), Internal),
            (json!({"StringEquals": {"AWS:SourceAccount": FRIEND}}), Friends),
            (json!({"StringEquals": {"AWS:SourceAccount": FOREIGN}}), UnscopedService),
            (json!({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}}), UnscopedService),
            (json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:::bucket"}}), Internal),
            (
                json!({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}, "StringEquals": {"AWS:SourceAccount": OWN}}),
                Internal,
            ),
            (json!({"StringLike": {"AWS:SourceAccount": "*"}}), UnscopedService),
            (json!({"StringEquals": {"aws:SourceOrgID": "o-friend1234"}}), Friends),
            (json!({"StringEquals": {"aws:SourceOrgID": "o-foreign123"}}), UnscopedService),
            (json!({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-friend1234/*"}}), Friends),
            (json!({"StringEquals": {"aws:PrincipalOrgID": "o-foreign123"}}), Internal),
            (
                json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-foreign123"}}),
                UnscopedService,
            ),
            (json!({"StringEquals": {"aws:PrincipalArn": "x"}}), Unknown),
            (json!({"StringEquals": {"lambda:EventSourceToken": "x"}}), Unknown),
            (json!({"StringEqualsIfExists": {"AWS:SourceAccount": OWN}}), Unknown),
            (json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), Unknown),
        ],
    );
    check(
        &json!({"Service": "sns.amazonaws.com"}),
        &[
            (json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:sns:*:{OWN}:*")}}), Internal),
            (json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*:*:topic"}}), UnscopedService),
            (json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*::topic"}}), Internal),
            (
                json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:sns:eu-west-1:{FOREIGN}:t")}}),
                UnscopedService,
            ),
            (json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sqs:*:*:queue"}}), Unknown),
        ],
    );
    check(
        &json!({"Service": "events.amazonaws.com"}),
        &[
            (
                json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:events:*:{OWN}:rule/*")}}),
                Internal,
            ),
            (json!({"ArnLike": {"AWS:SourceArn": "arn:aws:events:*:*:rule/r"}}), UnscopedService),
            (json!({"StringLike": {"AWS:SourceAccount": "*"}}), Unknown),
        ],
    );
    for alexa in
        ["alexa-appkit.amazon.com", "alexa-appkit.amazonaws.com", "alexa-connectedhome.amazon.com"]
    {
        check(
            &json!({"Service": alexa}),
            &[
                (json!({}), UnscopedService),
                (
                    json!({"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.x"}}),
                    Internal,
                ),
                (json!({"StringLike": {"lambda:EventSourceToken": "*"}}), Unknown),
            ],
        );
    }
}

#[test]
fn the_reason_says_whose_account_a_service_is_scoped_to() {
    let condition = json!({"StringEquals": {"AWS:SourceAccount": FOREIGN}});
    let grant = first(allow(json!({"Service": "s3.amazonaws.com"}), condition));
    assert!(grant.reason.contains("somebody else's account 777788889999"), "{}", grant.reason);
}

#[test]
fn a_resource_that_does_not_hold_the_function_leaves_it_unknown() {
    for (element, resource, want) in [
        ("Resource", json!(ARN), Public),
        ("Resource", json!("*"), Public),
        ("Resource", json!(["arn:aws:s3:::b", "arn:aws:lambda:*:*:function:w*"]), Public),
        ("Resource", json!(format!("{ARN}:live")), Unknown),
        ("Resource", json!("arn:aws:lambda:*"), Public),
        ("NotResource", json!("arn:aws:s3:::b"), Public),
    ] {
        let statement = json!({"Effect": "Allow", "Principal": "*",
            "Action": "lambda:InvokeFunction", element: resource});
        assert_eq!(first(statement).exposure, want, "{element} {resource}");
    }
    let without = json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"});
    assert_eq!(first(without).exposure, Public);
}

#[test]
fn an_alias_is_held_by_its_own_arn() {
    let text = json!({"Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "lambda:InvokeFunction", "Resource": format!("{ARN}:live")}})
    .to_string();
    let alias = FunctionResource::parse_arn(&format!("{ARN}:live")).unwrap();
    let exposures = expose(&Document::parse(&text).unwrap(), at(&alias, &Trusted::default()));
    assert_eq!(exposures[0].worst(), Public);
    assert_eq!(exposures[0].grants[0].witness.as_ref().unwrap().resource, alias.to_string());
}

#[test]
fn elements_that_are_not_known_leave_everything_unknown() {
    let mut statement = allow(json!({"AWS": OWN}), json!({}));
    statement["Martian"] = json!(1);
    assert_eq!(first(statement).exposure, Unknown);
    let text = json!({"Martian": 1, "Statement": allow(json!("*"), json!({}))}).to_string();
    let document = Document::parse(&text).unwrap();
    assert_eq!(expose(&document, at(&resource(), &trusted()))[0].worst(), Unknown);
}

#[test]
fn actions_decide_what_is_granted_and_which_witness_stands() {
    let with = |element: &str, action: Value| {
        let statement =
            json!({"Effect": "Allow", "Principal": "*", element: action, "Resource": ARN});
        all(&[statement])[0].clone()
    };
    let code = with("Action", json!(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]));
    assert_eq!(
        (code.worst(), code.beyond_invoke),
        (Public, vec!["lambda:UpdateFunctionCode".to_owned()])
    );
    let add = with("Action", json!("lambda:AddPermission"));
    assert_eq!((add.worst(), add.grants[0].witness.is_none()), (Public, true));
    let others = with("NotAction", json!("lambda:InvokeFunction"));
    assert_eq!((others.worst(), others.beyond_invoke), (Public, vec!["NotAction".to_owned()]));
    assert_eq!(with("NotAction", json!("lambda:*")).worst(), Internal);
    assert_eq!(with("Action", json!("s3:GetObject")).worst(), Internal);
}

#[test]
fn the_witness_of_an_open_statement_can_be_read() {
    let grant = first(allow(json!({"Service": "sns.amazonaws.com"}), json!({})));
    let got = serde_json::to_value(&grant).unwrap();
    assert_eq!(got["exposure"], "unscoped-service");
    assert_eq!(got["witness"]["principal"], "sns.amazonaws.com");
    assert_eq!(got["witness"]["action"], "lambda:InvokeFunction");
    assert_eq!(got["witness"]["resource"], ARN);
    assert_eq!(
        got["witness"]["context"]["aws:SourceArn"],
        "arn:aws:sns:eu-west-1:246802468024:topic"
    );
}

#[test]
fn exposures_are_ordered_worst_first_and_print_as_words() {
    let order = [Public, External, UnscopedService, Unknown, Friends, Internal];
    assert!(order.is_sorted());
    let words: Vec<String> = order.iter().map(ToString::to_string).collect();
    assert_eq!(words.join("|"), "public|external|unscoped-service|unknown|trusted|internal");
    for exposure in order {
        assert_eq!(serde_json::to_value(exposure).unwrap(), exposure.to_string());
    }
}

#[test]
fn accounts_that_the_document_or_the_trusted_set_names_are_no_strangers() {
    let named = json!({"StringNotEquals": {"aws:PrincipalAccount": "246802468024"}});
    let grant = first(allow(json!("*"), named));
    assert_eq!(grant.exposure, Public);
    assert!(!grant.witness.unwrap().principal.contains("246802468024"));
}
