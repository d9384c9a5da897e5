//! Whom trust policies let in. Forms of principals:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::*;
use serde_json::{Value, json};

fn grants(statements: Value) -> Vec<TrustGrant> {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    trust(&Document::parse(&text).unwrap(), &AccountId::parse("111122223333").unwrap())
}

fn allow(principal: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
}

#[test]
fn each_principal_is_told_by_what_it_is() {
    let own = |text: &str| Trustee::OwnAccount(text.to_owned());
    let other = |text: &str| Trustee::OtherAccount(text.to_owned());
    let service = |text: &str| Trustee::OtherService(text.to_owned());
    for (principal, want) in [
        (json!({"Service": "lambda.amazonaws.com"}), Trustee::Lambda),
        (json!({"Service": "edgelambda.amazonaws.com"}), service("edgelambda.amazonaws.com")),
        (json!({"Service": "ec2.amazonaws.com.cn"}), service("ec2.amazonaws.com.cn")),
        (json!({"Service": "lambda.eu-west-1.amazonaws.com"}), Trustee::Unclear(NO_SERVICE)),
        (json!({"Service": "Lambda.amazonaws.com"}), Trustee::Unclear(NO_SERVICE)),
        (json!({"Service": "example.com"}), Trustee::Unclear(NO_SERVICE)),
        (json!({"Service": "*"}), Trustee::Unclear(WILDCARD)),
        (json!("*"), Trustee::Anyone),
        (json!({"AWS": "*"}), Trustee::Anyone),
        (json!({"AWS": "111122223333"}), own("111122223333")),
        (json!({"AWS": "arn:aws:iam::111122223333:root"}), own("arn:aws:iam::111122223333:root")),
        (
            json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}),
            own("arn:aws:sts::111122223333:assumed-role/r/s"),
        ),
        (json!({"AWS": "444455556666"}), other("444455556666")),
        (
            json!({"AWS": "arn:aws:iam::444455556666:role/r"}),
            other("arn:aws:iam::444455556666:role/r"),
        ),
        (json!({"AWS": "arn:aws:iam::*:root"}), Trustee::Unclear(WILDCARD)),
        (json!({"AWS": "arn:aws:iam::111122223333:role/*"}), Trustee::Unclear(WILDCARD)),
        (json!({"AWS": "arn:aws:s3::111122223333:x"}), Trustee::Unclear(UNKNOWN_PRINCIPAL)),
        (
            json!({"AWS": "AROAEXAMPLEEXAMPLE123"}),
            Trustee::Dead("AROAEXAMPLEEXAMPLE123".to_owned()),
        ),
        (json!({"CanonicalUser": "abc"}), Trustee::Unclear(UNKNOWN_PRINCIPAL)),
        (
            json!({"Federated": "cognito-identity.amazonaws.com"}),
            Trustee::Federated("cognito-identity.amazonaws.com".to_owned()),
        ),
        (json!({"Federated": "*"}), Trustee::Unclear(WILDCARD)),
    ] {
        let got = grants(allow(principal.clone()));
        let [only] = got.as_slice() else { panic!("{principal}: {got:?}") };
        assert_eq!((&only.trusted, &only.limit), (&want, &TrustLimit::None), "{principal}");
    }
}

#[test]
fn every_principal_of_a_list_gets_its_own_verdict() {
    let both = json!({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"], "AWS": "*"});
    let mut got = grants(allow(both)).into_iter().map(|grant| grant.trusted).collect::<Vec<_>>();
    got.sort_by_key(|one| format!("{one:?}"));
    let ec2 = Trustee::OtherService("ec2.amazonaws.com".to_owned());
    assert_eq!(got, [Trustee::Anyone, Trustee::Lambda, ec2]);
}

#[test]
fn not_principal_with_allow_trusts_everybody() {
    let statement = json!({"Effect": "Allow", "NotPrincipal": {"AWS": "444455556666"},
        "Action": "sts:AssumeRole"});
    assert_eq!(grants(statement)[0].trusted, Trustee::Anyone);
}

#[test]
fn only_actions_that_give_out_credentials_let_somebody_in() {
    let actions = |element: &str, action: Value| {
        let mut statement = json!({"Effect": "Allow", "Principal": "*"});
        statement[element] = action;
        grants(statement).into_iter().flat_map(|grant| grant.actions).collect::<Vec<_>>()
    };
    assert_eq!(actions("Action", json!(["sts:TagSession", "sts:SetSourceIdentity"])), [""; 0]);
    assert_eq!(actions("Action", json!("STS:assumerole")), ["sts:AssumeRole"]);
    assert_eq!(actions("Action", json!("sts:AssumeRoleWith*")).len(), 2);
    assert_eq!(actions("Action", json!("*")).len(), 3);
    assert_eq!(actions("NotAction", json!("sts:AssumeRole")).len(), 2);
    assert_eq!(actions("NotAction", json!("sts:*")), [""; 0]);
}

#[test]
fn a_condition_is_told_and_never_believed() {
    let fixed = |keys: &[&str]| TrustLimit::Fixed(keys.iter().map(|k| (*k).to_owned()).collect());
    let maybe = |keys: &[&str]| TrustLimit::Maybe(keys.iter().map(|k| (*k).to_owned()).collect());
    for (condition, want) in [
        (json!({}), TrustLimit::None),
        (json!({"StringEquals": {"sts:ExternalId": "x"}}), fixed(&["sts:ExternalId"])),
        (json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), fixed(&["aws:PrincipalOrgID"])),
        (json!({"StringLike": {"a.example:sub": "repo:me/*"}}), maybe(&["a.example:sub"])),
        (json!({"StringEquals": {"a:b": ["x", "*"]}}), maybe(&["a:b"])),
        (json!({"StringEqualsIfExists": {"sts:ExternalId": "x"}}), maybe(&["sts:ExternalId"])),
        (json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), maybe(&["aws:PrincipalOrgID"])),
        (json!({"ForAllValues:StringEquals": {"a:b": "x"}}), maybe(&["a:b"])),
        (json!({"ForAnyValue:StringEquals": {"a:b": "x"}}), fixed(&["a:b"])),
        (json!({"StringEquals": {"a:b": "${aws:PrincipalAccount}"}}), maybe(&["a:b"])),
        (
            json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            maybe(&["aws:MultiFactorAuthPresent"]),
        ),
        (json!({"Bool": {"a:c": "true"}, "StringEquals": {"a:b": "x"}}), fixed(&["a:b"])),
    ] {
        let mut statement = allow(json!("*"));
        statement["Condition"] = condition.clone();
        let got = grants(statement);
        assert_eq!((&got[0].trusted, &got[0].limit), (&Trustee::Anyone, &want), "{condition}");
    }
}

#[test]
fn an_element_that_is_not_known_leaves_it_open() {
    let mut statement = allow(json!({"Service": "lambda.amazonaws.com"}));
    statement["Extra"] = json!(1);
    assert_eq!(grants(statement)[0].trusted, Trustee::Unclear(UNKNOWN_ELEMENT));
}

#[test]
fn only_a_deny_that_holds_for_certain_takes_trust_away() {
    let deny = |change: Value| {
        let mut deny = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:*"});
        for (key, value) in change.as_object().unwrap() {
            deny[key] = value.clone();
        }
        grants(json!([allow(json!({"AWS": "444455556666"})), deny])).is_empty()
    };
    assert!(deny(json!({})));
    assert!(deny(json!({"Principal": {"AWS": "444455556666"}})));
    assert!(deny(json!({"Resource": "*"})));
    assert!(!deny(json!({"Principal": {"AWS": "777788889999"}})));
    assert!(!deny(json!({"Action": "sts:TagSession"})));
    assert!(!deny(json!({"Condition": {"Bool": {"a:b": "true"}}})));
    assert!(!deny(json!({"Extra": 1})));
    assert!(!deny(json!({"Resource": "arn:aws:iam::111122223333:role/other"})));
}

fn only_lambda(statements: &[Value]) -> Option<bool> {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    only_lambda_assumes(&text, &AccountId::parse("111122223333").unwrap())
}

fn deny(principal: Value) -> Value {
    json!({"Effect": "Deny", "Principal": principal, "Action": "sts:AssumeRole"})
}

#[test]
fn a_role_is_lambdas_alone_if_all_others_it_trusts_are_provably_nobody() {
    let lambda = || allow(json!({"Service": "lambda.amazonaws.com"}));
    let root = || json!({"AWS": "arn:aws:iam::111122223333:root"});
    let dead = allow(json!({"AWS": "AROAEXAMPLEEXAMPLE123"}));
    let tags = json!({"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"});
    let mut limited = lambda();
    limited["Condition"] = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
    assert_eq!(only_lambda(&[lambda()]), Some(true));
    assert_eq!(only_lambda(&[limited]), Some(true));
    assert_eq!(only_lambda(&[lambda(), dead, tags]), Some(true));
    assert_eq!(only_lambda(&[lambda(), allow(root()), deny(root())]), Some(true));
    assert_eq!(only_lambda(&[]), Some(true));
}

#[test]
fn whoever_else_is_let_in_makes_a_role_more_than_lambdas() {
    for principal in [
        json!("*"),
        json!({"AWS": "arn:aws:iam::111122223333:root"}),
        json!({"AWS": "arn:aws:iam::444455556666:role/r"}),
        json!({"Federated": "cognito-identity.amazonaws.com"}),
        json!({"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]}),
        json!({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}),
    ] {
        let lambda = allow(json!({"Service": "lambda.amazonaws.com"}));
        assert_eq!(only_lambda(&[lambda, allow(principal.clone())]), Some(false), "{principal}");
    }
    let mut others = allow(json!({"Service": "lambda.amazonaws.com"}));
    let fields = others.as_object_mut().unwrap();
    let lambda = fields.remove("Principal").unwrap();
    fields.insert("NotPrincipal".to_owned(), lambda);
    assert_eq!(only_lambda(&[others]), Some(false));
}

#[test]
fn whether_a_role_is_lambdas_alone_is_not_said_where_it_depends() {
    let lambda = || allow(json!({"Service": "lambda.amazonaws.com"}));
    let mut limited = allow(json!({"AWS": "111122223333"}));
    limited["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    assert_eq!(only_lambda(&[lambda(), limited]), None);
    let everybody_else = json!({"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"},
        "Action": "sts:*"});
    let other = allow(json!({"AWS": "444455556666"}));
    assert_eq!(only_lambda(&[lambda(), other, everybody_else]), None);
    assert_eq!(only_lambda(&[lambda(), allow(json!({"Service": "*"}))]), None);
    assert_eq!(only_lambda(&[lambda(), allow(json!({"CanonicalUser": "abc"}))]), None);
    let mut odd = lambda();
    odd["Until"] = json!("tomorrow");
    assert_eq!(only_lambda(&[odd]), None);
    let own = AccountId::parse("111122223333").unwrap();
    assert_eq!(only_lambda_assumes("{}", &own), None);
    assert_eq!(only_lambda_assumes("", &own), None);
}
