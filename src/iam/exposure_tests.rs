//! Tables of statements and whom they let in, and what must hold for every statement.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

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
    }
}

fn document(statements: &[Value]) -> Document {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Document::parse(&text).unwrap()
}

fn all(statements: &[Value]) -> Vec<StatementExposure> {
    expose(&document(statements), &resource(), &trusted())
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
fn a_fixed_value_of_every_limiting_key_limits_everybody() {
    check(
        &json!("*"),
        &[
            (json!({"StringEquals": {"aws:PrincipalOrgID": "o-friend1234"}}), Friends),
            (json!({"StringEquals": {"aws:PrincipalOrgID": "o-foreign123"}}), External),
            (
                json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-friend1234/*"}}),
                Friends,
            ),
            (
                json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-foreign123/r-a/*"}}),
                External,
            ),
            (json!({"StringEquals": {"aws:PrincipalAccount": OWN}}), Internal),
            (json!({"StringEquals": {"AWS:principalaccount": [OWN, FRIEND]}}), Friends),
            (json!({"StringEquals": {"aws:PrincipalAccount": [OWN, FOREIGN]}}), External),
            (
                json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{OWN}:role/*")}}),
                Internal,
            ),
            (
                json!({"ArnEquals": {"aws:PrincipalArn": format!("arn:*:iam::{FRIEND}:role/x")}}),
                Friends,
            ),
            (
                json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{FOREIGN}:role/x*")}}),
                External,
            ),
            (
                json!({"StringLike": {"aws:PrincipalArn": format!("arn:aws:iam::{OWN}:role/*")}}),
                Internal,
            ),
            (
                json!({"StringEquals": {"aws:PrincipalArn": format!("arn:aws:iam::{FOREIGN}:role/x")}}),
                External,
            ),
            (json!({"StringEquals": {"AWS:SourceAccount": OWN}}), Internal),
            (json!({"StringEquals": {"AWS:SourceAccount": FRIEND}}), Friends),
            (json!({"StringEquals": {"AWS:SourceAccount": FOREIGN}}), External),
            (json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:sns:*:{OWN}:*")}}), Internal),
            (
                json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:sns:*:{FOREIGN}:topic")}}),
                External,
            ),
            (json!({"StringEquals": {"aws:SourceOrgID": "o-friend1234"}}), Friends),
            (json!({"StringEquals": {"aws:SourceOrgID": "o-foreign123"}}), External),
            (json!({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-friend1234/*"}}), Friends),
            (
                json!({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": ["o-friend1234/*", "o-foreign123/*"]}}),
                External,
            ),
            (json!({"StringEquals": {"aws:SourceVpc": "vpc-1234"}}), Unknown),
            (json!({"StringEquals": {"aws:SourceVpce": "vpce-1234"}}), Unknown),
        ],
    );
}

#[test]
fn a_source_address_limits_only_partly_and_not_at_all_when_broad() {
    let at = |operator: &str, value: Value| json!({operator: {"aws:SourceIp": value}});
    check(
        &json!("*"),
        &[
            (at("IpAddress", json!("203.0.113.0/24")), Unknown),
            (at("IpAddress", json!("5.0.0.0/8")), Unknown),
            (at("IpAddress", json!("5.9.10.11")), Unknown),
            (at("IpAddress", json!(["203.0.113.0/24", "0.0.0.0/0"])), Public),
            (at("IpAddress", json!("64.0.0.0/7")), Public),
            (at("IpAddress", json!("0.0.0.0/1")), Public),
            (at("IpAddress", json!("240.0.0.0/4")), Unknown),
            (at("IpAddress", json!("::/0")), Public),
            (at("IpAddress", json!("2600::/31")), Public),
            (at("IpAddress", json!("2600::/32")), Unknown),
            (at("IpAddress", json!("nonsense")), Unknown),
            (at("NotIpAddress", json!("10.0.0.0/8")), Public),
            (at("IpAddressIfExists", json!("203.0.113.0/24")), Public),
            (at("StringEquals", json!("203.0.113.1")), Unknown),
        ],
    );
}

#[test]
fn if_exists_does_not_limit_because_a_missing_key_is_true() {
    check(
        &json!("*"),
        &[
            (json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-friend1234"}}), Public),
            (json!({"StringEqualsIfExists": {"AWS:SourceAccount": OWN}}), Public),
            (json!({"ArnLikeIfExists": {"AWS:SourceArn": format!("arn:aws:s3:::{OWN}")}}), Public),
            (json!({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}), Public),
            (json!({"StringEqualsIfExists": {"aws:SourceOrgID": "o-friend1234"}}), Public),
            // Every request holds this key, so that the clause may limit after all.
            (json!({"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}}), Unknown),
        ],
    );
}

#[test]
fn for_all_values_does_not_limit_unless_null_demands_the_key() {
    let all_values = json!({"aws:PrincipalOrgID": "o-friend1234"});
    check(
        &json!("*"),
        &[
            (json!({"ForAllValues:StringEquals": all_values}), Public),
            (
                json!({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-friend1234/*"}}),
                Public,
            ),
            (
                json!({"ForAllValues:StringEquals": all_values, "Null": {"aws:principalorgid": "false"}}),
                Friends,
            ),
            (
                json!({"ForAllValues:StringEquals": all_values, "Null": {"aws:PrincipalOrgID": "true"}}),
                Public,
            ),
            (
                json!({"StringEqualsIfExists": {"aws:SourceAccount": OWN}, "Null": {"aws:SourceAccount": false}}),
                Internal,
            ),
        ],
    );
}

#[test]
fn null_alone_does_not_limit() {
    check(
        &json!("*"),
        &[
            (json!({"Null": {"aws:PrincipalOrgID": "false"}}), Public),
            (json!({"Null": {"aws:PrincipalOrgID": "true"}}), Public),
            (json!({"Null": {"aws:SourceAccount": "false"}}), Public),
            (json!({"Null": {"aws:PrincipalAccount": "true"}}), Unknown),
        ],
    );
}

#[test]
fn negated_operators_do_not_limit() {
    check(
        &json!("*"),
        &[
            (json!({"StringNotEquals": {"aws:PrincipalAccount": FOREIGN}}), Public),
            (json!({"StringNotLike": {"aws:PrincipalOrgID": "o-friend*"}}), Public),
            (
                json!({"ArnNotLike": {"aws:PrincipalArn": format!("arn:aws:iam::{FOREIGN}:role/*")}}),
                Public,
            ),
            (json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), Public),
            (json!({"StringNotLike": {"aws:PrincipalAccount": "*"}}), Unknown),
        ],
    );
}

#[test]
fn string_like_star_does_not_limit() {
    let like = |key: &str, value: &str| json!({"StringLike": {key: value}});
    check(
        &json!("*"),
        &[
            (like("aws:PrincipalAccount", "*"), Public),
            (like("aws:PrincipalArn", "*"), Public),
            (like("aws:PrincipalOrgID", "*"), Public),
            (like("aws:PrincipalOrgID", "o-*"), Public),
            (like("aws:SourceAccount", "*"), Public),
            (like("aws:SourceArn", "*"), Public),
            (like("aws:SourceVpc", "vpc-*"), Public),
            (like("aws:PrincipalAccount", "1111*"), Unknown),
            (like("aws:PrincipalAccount", "24*"), Unknown),
            (like("aws:PrincipalOrgID", "o-fri*"), Unknown),
            (json!({"StringEquals": {"aws:PrincipalAccount": "*"}}), Unknown),
            (json!({"StringLike": {"aws:PrincipalAccount": [OWN, "*"]}}), Public),
            (json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*"}}), Public),
        ],
    );
}

#[test]
fn an_arn_with_a_wildcard_account_does_not_limit() {
    let like = |key: &str, value: &str| json!({"ArnLike": {key: value}});
    check(
        &json!("*"),
        &[
            (like("aws:SourceArn", "arn:aws:sns:*:*:topic"), Public),
            (like("aws:SourceArn", "arn:aws:events:*:*:rule/mine"), Public),
            (like("aws:SourceArn", "arn:aws:s3:::mine-*"), Public),
            (like("aws:SourceArn", "arn:aws:*:*:*:*"), Public),
            (like("aws:PrincipalArn", "arn:aws:iam::*:role/deploy"), Public),
            (like("aws:PrincipalArn", "arn:aws:iam::*:user/team/*"), Public),
            (like("aws:PrincipalArn", "arn:aws:iam::1111*:role/deploy"), Unknown),
            (like("aws:SourceArn", "arn:aws:s3:::mine"), Unknown),
            (json!({"StringEquals": {"aws:SourceArn": "arn:aws:s3:::mine"}}), Unknown),
            (like("aws:SourceArn", &format!("arn:aws-cn:sns:*:{OWN}:*")), Unknown),
            (
                json!({"ArnLike": {"aws:SourceArn": [format!("arn:aws:sns:*:{OWN}:*"), "arn:aws:sns:*:*:*".to_owned()]}}),
                Public,
            ),
        ],
    );
}

#[test]
fn an_empty_account_matches_only_an_empty_account_so_nobody_enters() {
    check(
        &json!("*"),
        &[
            (json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*::topic"}}), Internal),
            (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam:::role/x"}}), Internal),
            (json!({"ArnLike": {"aws:SourceArn": "arn:aws:events:*::event-source/x"}}), Unknown),
        ],
    );
}

#[test]
fn variables_are_unknown_except_the_functions_own_account() {
    let equals = |value: &str| json!({"StringEquals": {"aws:PrincipalAccount": value}});
    check(
        &json!("*"),
        &[
            (equals("${aws:PrincipalAccount}"), Unknown),
            (equals("${aws:ResourceOrgID}"), Unknown),
            (equals("${aws:ResourceAccount}"), Internal),
            (equals("${AWS:resourceaccount}"), Internal),
            (
                json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:role/*"}}),
                Internal,
            ),
        ],
    );
    let statement = allow(json!("*"), equals("${aws:ResourceAccount}"));
    for text in [
        json!({"Statement": statement}).to_string(),
        json!({"Version": "2008-10-17", "Statement": statement}).to_string(),
    ] {
        let document = Document::parse(&text).unwrap();
        let worst = expose(&document, &resource(), &trusted())[0].worst();
        assert_eq!(worst, Unknown, "a variable is a literal here: {text}");
    }
}

#[test]
fn what_the_caller_chooses_does_not_limit() {
    check(
        &json!("*"),
        &[
            (json!({"StringEquals": {"aws:PrincipalTag/team": "blue"}}), Public),
            (json!({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}), Public),
            (
                json!({"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}),
                Public,
            ),
            (
                json!({"StringEquals": {"aws:CalledViaFirst": "cloudformation.amazonaws.com"}}),
                Public,
            ),
            (
                json!({"ForAnyValue:StringEquals": {"aws:CalledVia": "martian.amazonaws.com"}}),
                Unknown,
            ),
            (json!({"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.x"}}), Public),
            (json!({"Bool": {"aws:SecureTransport": "true"}}), Public),
            (json!({"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}), Public),
        ],
    );
}

#[test]
fn a_string_wildcard_that_can_swallow_colons_does_not_limit() {
    let like = |value: String| json!({"StringLike": {"aws:PrincipalArn": value}});
    check(
        &json!("*"),
        &[
            (like(format!("*:{OWN}:role/admin")), Public),
            (like(format!("arn:aws:iam::*{OWN}:role/admin")), Public),
            (like(format!("arn:aws:iam::*{OWN}*")), Public),
            (
                json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::*{OWN}:role/admin")}}),
                Unknown,
            ),
            (json!({"StringLike": {"aws:SourceArn": format!("arn:aws:sns:*:{OWN}:*")}}), Unknown),
        ],
    );
}

#[test]
fn function_url_conditions_do_not_limit() {
    let via = |auth: &str| {
        json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl",
            "Resource": ARN, "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": auth}}})
    };
    let none = all(&[via("NONE")]);
    assert_eq!((none[0].worst(), none[0].via_url), (Public, true));
    assert_eq!(none[0].grants[0].witness.as_ref().unwrap().principal, "*");
    let signed = all(&[via("AWS_IAM")]);
    assert_eq!((signed[0].worst(), signed[0].via_url), (Public, false));
    assert_eq!(all(&[via("OTHER")])[0].worst(), Unknown);
    let invoked = json!({"Bool": {"lambda:InvokedViaFunctionUrl": "true"}});
    assert!(all(&[allow(json!("*"), invoked)])[0].via_url);
    assert!(!all(&[allow(json!("*"), json!({}))])[0].via_url);
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
            (json!({"StringEquals": {"aws:PrincipalAccount": 111122223333_u64}}), Unknown),
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
            (json!({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:::bucket"}}), Unknown),
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
        ("Resource", json!("arn:aws:lambda:*"), Unknown),
        ("NotResource", json!("arn:aws:s3:::b"), Unknown),
    ] {
        let statement = json!({"Effect": "Allow", "Principal": "*",
            "Action": "lambda:InvokeFunction", element: resource});
        assert_eq!(first(statement).exposure, want, "{element} {resource}");
    }
    let without = json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"});
    assert_eq!(first(without).exposure, Unknown);
}

#[test]
fn an_alias_is_held_by_its_own_arn() {
    let text = json!({"Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "lambda:InvokeFunction", "Resource": format!("{ARN}:live")}})
    .to_string();
    let alias = FunctionResource::parse_arn(&format!("{ARN}:live")).unwrap();
    let exposures = expose(&Document::parse(&text).unwrap(), &alias, &Trusted::default());
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
    assert_eq!(expose(&document, &resource(), &trusted())[0].worst(), Unknown);
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
    assert_eq!(with("NotAction", json!("lambda:*")).worst(), Unknown);
    assert_eq!(with("Action", json!("s3:GetObject")).worst(), Unknown);
}

fn deny(principal: Value, action: &str, condition: Value) -> Value {
    json!({"Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition})
}

#[test]
fn a_deny_counts_for_neither_less_nor_more_than_it_is_worth() {
    let star = || json!("*");
    let tls = json!({"Bool": {"aws:SecureTransport": "false"}});
    for (principal, action, denial, want) in [
        (
            star(),
            "lambda:InvokeFunction",
            json!({"Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": ARN}),
            Internal,
        ),
        (
            star(),
            "lambda:InvokeFunction",
            json!({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "LAMBDA:invokefunction", "Resource": "*"}),
            Internal,
        ),
        (
            star(),
            "lambda:*",
            json!({"Effect": "Deny", "Principal": "*", "Action": "lambda:Invoke*", "Resource": "*"}),
            Public,
        ),
        (
            star(),
            "lambda:Invoke*",
            json!({"Effect": "Deny", "Principal": "*", "Action": "lambda:GetFunction", "Resource": "*"}),
            Public,
        ),
        (
            star(),
            "lambda:InvokeFunction",
            json!({"Effect": "Deny", "Principal": "*", "NotAction": "lambda:Get*", "Resource": "*"}),
            Unknown,
        ),
        (
            star(),
            "lambda:InvokeFunction",
            json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": format!("{ARN}:live")}),
            Public,
        ),
        (
            star(),
            "lambda:InvokeFunction",
            json!({"Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": "x"}),
            Unknown,
        ),
        (star(), "lambda:InvokeFunction", deny(star(), "*", tls.clone()), Public),
        (
            star(),
            "lambda:InvokeFunction",
            deny(star(), "*", json!({"StringNotEquals": {"aws:PrincipalAccount": OWN}})),
            Unknown,
        ),
        (
            star(),
            "lambda:InvokeFunction",
            deny(star(), "*", json!({"Martian": {"x": "y"}})),
            Unknown,
        ),
        (star(), "lambda:InvokeFunction", deny(json!({"AWS": FOREIGN}), "*", json!({})), Public),
        (
            star(),
            "lambda:InvokeFunction",
            deny(json!({"Service": "sns.amazonaws.com"}), "*", json!({})),
            Public,
        ),
        (
            json!({"AWS": FOREIGN}),
            "lambda:InvokeFunction",
            deny(json!({"AWS": FOREIGN}), "*", json!({})),
            Unknown,
        ),
        (
            json!({"AWS": FOREIGN}),
            "lambda:InvokeFunction",
            deny(json!({"AWS": FRIEND}), "*", json!({})),
            External,
        ),
        (
            json!({"AWS": FOREIGN}),
            "lambda:InvokeFunction",
            deny(json!({"AWS": format!("arn:aws:iam::{FOREIGN}:role/r")}), "*", json!({})),
            External,
        ),
        (
            json!({"AWS": FOREIGN}),
            "lambda:InvokeFunction",
            deny(
                json!({"AWS": format!("arn:aws:sts::{FOREIGN}:assumed-role/r/s")}),
                "*",
                json!({}),
            ),
            Unknown,
        ),
        (
            json!({"Service": "s3.amazonaws.com"}),
            "lambda:InvokeFunction",
            deny(json!({"Service": "s3.amazonaws.com"}), "*", json!({})),
            Unknown,
        ),
        (
            json!({"Service": "logs.eu-west-1.amazonaws.com"}),
            "lambda:InvokeFunction",
            deny(json!({"Service": "logs.amazonaws.com"}), "*", json!({})),
            Unknown,
        ),
        (
            json!({"Service": "s3.amazonaws.com"}),
            "lambda:InvokeFunction",
            deny(json!({"Service": "sns.amazonaws.com"}), "*", json!({})),
            UnscopedService,
        ),
        (
            json!({"Service": "s3.amazonaws.com"}),
            "lambda:InvokeFunction",
            deny(json!({"AWS": FOREIGN}), "*", json!({})),
            UnscopedService,
        ),
        (json!({"AWS": OWN}), "lambda:InvokeFunction", deny(star(), "*", tls), Internal),
    ] {
        let statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": ARN});
        let exposures = all(&[statement, denial.clone()]);
        assert_eq!(
            exposures[0].worst(),
            want,
            "{principal} {action} / {denial}: {:?}",
            exposures[0]
        );
        assert_eq!((exposures[1].worst(), exposures[1].grants.len()), (Internal, 0));
    }
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

fn principals() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("*"),
        json!({"AWS": FOREIGN}),
        json!({"AWS": OWN}),
        json!({"AWS": FRIEND}),
        json!({"Service": "s3.amazonaws.com"}),
        json!({"Service": "*"}),
    ])
}

fn conditions() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(vec![
        "StringEquals",
        "StringLike",
        "StringNotEquals",
        "ArnLike",
        "StringEqualsIfExists",
        "Null",
        "ForAnyValue:StringLike",
        "ForAllValues:StringLike",
        "IpAddress",
        "Bool",
    ]);
    let key = prop::sample::select(vec![
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:PrincipalOrgID",
        "aws:SourceIp",
        "aws:SecureTransport",
        "aws:PrincipalTag/x",
    ]);
    let value = prop::sample::select(vec![
        OWN,
        FOREIGN,
        FRIEND,
        "*",
        "true",
        "false",
        "0.0.0.0/0",
        "o-friend1234",
        "o-x",
        "arn:aws:iam::*:role/*",
        "arn:aws:sns:*:111122223333:*",
        "${aws:x}",
    ]);
    prop::collection::vec((operator, key, value), 0..3).prop_map(|clauses| {
        let mut condition = json!({});
        for (operator, key, value) in clauses {
            condition[operator][key] = json!(value);
        }
        condition
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_condition_that_is_not_understood_never_makes_it_worse(
        principal in principals(), condition in conditions(), key in "[a-z]{1,8}:[A-Za-z]{1,8}",
    ) {
        let before = first(allow(principal.clone(), condition.clone())).exposure;
        let mut more = condition;
        more["NumericLessThan"][key] = json!("1");
        let after = first(allow(principal, more)).exposure;
        prop_assert!(after >= before, "{before} became {after}");
        prop_assert!(after >= Unknown);
    }

    #[test]
    fn every_witness_satisfies_the_conditions_it_was_built_for(
        principal in principals(), condition in conditions(),
    ) {
        let statement = allow(principal, condition);
        let document = document(&[statement.clone()]);
        let grant = first(statement);
        if let Some(witness) = grant.witness {
            for clause in &document.statements()[0].conditions {
                let value = witness.context.iter().find(|(k, _)| k.eq_ignore_ascii_case(&clause.key));
                let state = value.map_or(condition::State::Absent, |(_, v)| condition::State::Present(v.clone()));
                prop_assert_eq!(clause.holds(&state), Some(true), "{:?} {:?}", clause, witness);
            }
        }
        prop_assert_eq!(grant.exposure < Unknown, grant.reason.contains("anybody") || grant.reason.contains("outside the trusted") || grant.reason.contains("somebody else"));
    }
}
