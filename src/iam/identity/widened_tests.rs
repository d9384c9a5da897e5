//! Whom a change of a trust policy lets in.

use super::*;
use crate::iam::identity::width::tests::{assumptions, trusted_alike};
use crate::iam::identity::written::{trust_document, under};
use crate::iam::{Caller, Decision, evaluate};
use proptest::prelude::*;
use serde_json::{Value, json};

fn changed(before: &Value, after: &Value) -> Vec<Widened> {
    let own = AccountId::parse("111122223333").unwrap();
    widened(&trust_document(before), &trust_document(after), &own)
}

fn allow(principal: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
}

fn lambda() -> Value {
    allow(json!({"Service": "lambda.amazonaws.com"}))
}

/// One change: who, what, how certainly.
fn only(before: &Value, after: &Value) -> (Trustee, TrustChange, Certainty) {
    let found = changed(before, after);
    let [one] = found.as_slice() else { panic!("{before} {after}: {found:?}") };
    (one.trusted.clone(), one.change.clone(), one.certainty)
}

fn loosened(dropped: &[&str], changed: &[&str]) -> TrustChange {
    let list = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    TrustChange::Loosened { dropped: list(dropped), changed: list(changed) }
}

const NAMED: TrustChange = TrustChange::Named;
const UNCLEAR: Certainty = Certainty::Unclear(PARTLY);

/// A role that only Lambda could assume is opened to others, as after
/// <https://stratus-red-team.cloud/attack-techniques/AWS/aws.persistence.iam-backdoor-role/>.
#[test]
fn whoever_was_not_named_before_is_let_in() {
    let own = || json!({"AWS": "arn:aws:iam::111122223333:root"});
    let stranger = "arn:aws:iam::444455556666:role/r";
    for (principal, who) in [
        (json!("*"), Trustee::Anyone),
        (json!({"AWS": "*"}), Trustee::Anyone),
        (json!({"AWS": stranger}), Trustee::OtherAccount(stranger.to_owned())),
        (json!({"AWS": "444455556666"}), Trustee::OtherAccount("444455556666".to_owned())),
        (own(), Trustee::OwnAccount("arn:aws:iam::111122223333:root".to_owned())),
        (
            json!({"Service": "ec2.amazonaws.com"}),
            Trustee::OtherService("ec2.amazonaws.com".to_owned()),
        ),
    ] {
        let both = json!([lambda(), allow(principal.clone())]);
        assert_eq!(only(&lambda(), &both), (who.clone(), NAMED, Certainty::Certain), "{principal}");
        let mut limited = allow(principal);
        limited["Condition"] = json!({"StringEquals": {"sts:ExternalId": "x"}});
        let both = json!([lambda(), limited]);
        assert_eq!(only(&lambda(), &both), (who, NAMED, Certainty::Conditional));
    }
    // Everybody but one.
    let mut others = json!({"Effect": "Allow", "Action": "sts:AssumeRole"});
    others["NotPrincipal"] = json!({"AWS": "444455556666"});
    assert_eq!(only(&lambda(), &others), (Trustee::Anyone, NAMED, Certainty::Certain));
}

#[test]
fn more_people_of_the_same_kind_are_new_too() {
    let root = allow(json!({"AWS": "111122223333"}));
    let role = allow(json!({"AWS": "arn:aws:iam::111122223333:role/r"}));
    let user = allow(json!({"AWS": "arn:aws:iam::111122223333:user/u"}));
    let everybody = allow(json!({"AWS": "*"}));
    for (before, after) in [(&role, &root), (&role, &user), (&root, &everybody)] {
        let (_, change, certainty) = only(before, after);
        assert_eq!((change, certainty), (NAMED, Certainty::Certain), "{before} {after}");
    }
    assert_eq!(changed(&root, &role), []);
    assert_eq!(changed(&everybody, &root), []);
    assert_eq!(changed(&everybody, &allow(json!({"Service": "ec2.amazonaws.com"}))), []);
}

#[test]
fn lambda_is_expected_and_a_deleted_user_is_nobody() {
    let dead = allow(json!({"AWS": "AROAEXAMPLEEXAMPLE123"}));
    let limited = under(lambda(), json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}));
    let tags = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*"});
    for (before, after) in [
        (json!([]), lambda()),
        (limited, lambda()),
        (lambda(), json!([lambda(), dead])),
        (lambda(), json!([lambda(), tags])),
        (lambda(), json!([])),
    ] {
        assert_eq!(changed(&before, &after), [], "{before} {after}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
#[test]
fn a_condition_that_is_dropped_lets_in_whom_it_kept_out() {
    let partner = || allow(json!({"AWS": "444455556666"}));
    let id = |value: Value| json!({"StringEquals": {"sts:ExternalId": value}});
    let ec2 = || allow(json!({"Service": "ec2.amazonaws.com"}));
    let oidc = || {
        json!({"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/a.example"}})
    };
    let sub = |value: &str| json!({"StringLike": {"a.example:sub": value}});
    let both =
        json!({"StringEquals": {"a.example:aud": "x"}, "StringLike": {"a.example:sub": "r"}});
    let account = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
    let otherwise = Certainty::Unclear(OTHERWISE);
    for (before, after, change, certainty) in [
        (
            under(partner(), id(json!("x"))),
            partner(),
            loosened(&["sts:ExternalId"], &[]),
            Certainty::Certain,
        ),
        (under(ec2(), account), ec2(), loosened(&["aws:SourceAccount"], &[]), Certainty::Certain),
        (
            under(oidc(), both.clone()),
            under(oidc(), json!({"StringEquals": {"a.example:aud": "x"}})),
            loosened(&["a.example:sub"], &[]),
            Certainty::Conditional,
        ),
        (
            under(oidc(), sub("repo:me/x:ref:refs/heads/main")),
            under(oidc(), sub("repo:me/*")),
            loosened(&[], &["a.example:sub"]),
            Certainty::Conditional,
        ),
        (
            under(partner(), id(json!("x"))),
            under(partner(), id(json!(["x", "y"]))),
            loosened(&[], &["sts:ExternalId"]),
            Certainty::Conditional,
        ),
        (
            under(partner(), id(json!("x"))),
            under(partner(), json!({"StringEqualsIfExists": {"sts:ExternalId": "x"}})),
            loosened(&[], &["sts:ExternalId"]),
            Certainty::Conditional,
        ),
        (
            under(partner(), json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "10"}})),
            under(partner(), json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "5"}})),
            loosened(&[], &["aws:MultiFactorAuthAge"]),
            otherwise,
        ),
        (
            under(partner(), json!({"Martian": {"a:b": "c"}})),
            partner(),
            loosened(&["a:b"], &[]),
            otherwise,
        ),
    ] {
        let (_, got, sure) = only(&before, &after);
        assert_eq!((got, sure), (change, certainty), "{before} {after}");
    }
    for (before, after) in [
        (partner(), under(partner(), id(json!("x")))),
        (under(partner(), id(json!(["x", "y"]))), under(partner(), id(json!("x")))),
        (under(oidc(), sub("repo:me/*")), under(oidc(), sub("repo:me/x"))),
        (under(oidc(), sub("repo:me/*")), under(oidc(), both_with(&sub("repo:me/x")))),
    ] {
        assert_eq!(changed(&before, &after), [], "{before} {after}");
    }
}

/// The same with one more condition.
fn both_with(condition: &Value) -> Value {
    let mut more = condition.clone();
    more["StringEquals"] = json!({"a.example:aud": "x"});
    more
}

#[test]
fn a_federated_principal_that_was_not_there_is_told_without_proof() {
    let (_, change, certainty) =
        only(&lambda(), &allow(json!({"Federated": "cognito-identity.amazonaws.com"})));
    assert_eq!((change, certainty), (NAMED, UNCLEAR));
}

#[test]
fn another_action_is_told_with_the_actions_that_are_new() {
    let partner = |actions: Value| json!({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": actions});
    let after = partner(json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]));
    let found = changed(&partner(json!("sts:AssumeRole")), &after);
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(one.actions, ["sts:TagSession", "sts:SetSourceIdentity"]);
    assert_eq!((&one.change, one.certainty), (&NAMED, Certainty::Certain));
    let not = json!({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "NotAction": "s3:*"});
    let (_, change, certainty) = only(&partner(json!("sts:AssumeRole")), &not);
    assert_eq!((change, certainty), (NAMED, Certainty::Certain));
    assert_eq!(changed(&not, &partner(json!("sts:AssumeRole"))), []);
    // Split over two statements it is the same.
    let two = json!([partner(json!("sts:TagSession")), partner(json!("sts:*Role"))]);
    assert_eq!(changed(&two, &partner(json!(["sts:AssumeRole", "sts:TagSession"]))), []);
}

#[test]
fn a_deny_that_is_dropped_lets_in_whom_it_kept_out() {
    let partner = || allow(json!({"AWS": "444455556666"}));
    let deny = |principal: Value, condition: Value| json!({"Effect": "Deny", "Principal": principal, "Action": "sts:*", "Condition": condition});
    let all = || deny(json!("*"), json!({}));
    let mfa = || json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}});
    let before = json!([partner(), all()]);
    let want = (TrustChange::DenyDropped(1), Certainty::Certain);
    let (_, change, certainty) = only(&before, &partner());
    assert_eq!((change, certainty), want);
    let (_, change, certainty) = only(&json!([partner(), deny(json!("*"), mfa())]), &partner());
    assert_eq!((change, certainty), (TrustChange::DenyDropped(1), Certainty::Unclear(DENY)));
    // It forbids less than before.
    let (_, change, certainty) = only(&before, &json!([partner(), deny(json!("*"), mfa())]));
    assert_eq!((change, certainty), (TrustChange::DenyDropped(1), Certainty::Unclear(DENY)));
    for (before, after) in [
        (before.clone(), json!([all(), partner()])),
        (before.clone(), json!([])),
        (json!([partner(), deny(json!("*"), mfa())]), before.clone()),
        (json!([partner(), deny(json!({"AWS": "777788889999"}), json!({}))]), partner()),
        (json!([lambda(), deny(json!({"AWS": "777788889999"}), json!({}))]), lambda()),
        // Nobody is let in by what is denied at once.
        (json!([]), before),
    ] {
        assert_eq!(changed(&before, &after), [], "{before} {after}");
    }
    // A Deny with an element that is not known may have forbidden anything.
    let mut odd = deny(json!({"AWS": "777788889999"}), json!({}));
    odd["Until"] = json!("tomorrow");
    let (_, change, certainty) = only(&json!([partner(), odd]), &partner());
    assert_eq!((change, certainty), (TrustChange::DenyDropped(1), Certainty::Unclear(DENY)));
}

#[test]
fn an_element_that_is_not_known_leaves_it_unclear() {
    let mut odd = allow(json!({"AWS": "444455556666"}));
    odd["Until"] = json!("tomorrow");
    let (who, change, certainty) = only(&lambda(), &odd);
    let unknown = trust::UNKNOWN_ELEMENT;
    assert_eq!(who, Trustee::Unclear(unknown));
    assert_eq!((change, certainty), (NAMED, Certainty::Unclear(unknown)));
    let partner = allow(json!({"AWS": "444455556666"}));
    assert_eq!(only(&odd, &partner).2, UNCLEAR);
    assert_eq!(changed(&odd, &odd), []);
}

#[test]
fn each_change_says_which_statement_makes_it() {
    let mut partner = allow(json!({"AWS": "444455556666"}));
    partner["Sid"] = json!("partner");
    let found = changed(&lambda(), &json!([lambda(), partner]));
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.statement, one.sid.as_deref()), (1, Some("partner")));
    assert_eq!(one.limit, TrustLimit::None);
}

proptest! {
    #[test]
    fn if_nobody_is_told_everybody_but_lambda_was_let_in_before(
        (after, before) in trusted_alike(), requests in prop::collection::vec(assumptions(), 8),
    ) {
        if changed(&before, &after).is_empty() {
            for request in requests {
                let lambda = request.caller == Caller::Service("lambda.amazonaws.com".to_owned());
                let decide = |statements: &Value| evaluate(&trust_document(statements), &request);
                let is_allow = |decision: &Decision| matches!(decision, Decision::Allow { .. });
                if !lambda && is_allow(&decide(&after)) {
                    let was = decide(&before);
                    prop_assert!(is_allow(&was), "{was:?} {request:?}");
                }
            }
        }
    }
}
