//! What limits everybody and what does not, one test per line of the list.

use super::*;

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
            // Every request holds this key, so that the clause limits after all.
            (json!({"StringEqualsIfExists": {"aws:PrincipalAccount": OWN}}), Internal),
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
            (json!({"Null": {"aws:PrincipalAccount": "true"}}), Internal),
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
            (json!({"StringNotLike": {"aws:PrincipalAccount": "*"}}), Internal),
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
            (like("aws:PrincipalOrgID", "o-z9*"), Unknown),
            (like("aws:SourceVpc", "vpc-2a*"), Unknown),
            (json!({"StringEquals": {"aws:PrincipalAccount": "*"}}), Internal),
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
fn variables_that_follow_from_the_request_are_resolved() {
    let equals = |value: &str| json!({"StringEquals": {"aws:PrincipalAccount": value}});
    check(
        &json!("*"),
        &[
            (equals("${aws:PrincipalAccount}"), Public),
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
        let worst = expose(&document, at(&resource(), &trusted()))[0].worst();
        assert_eq!(worst, Internal, "a variable is a literal here, and nobody's account: {text}");
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
