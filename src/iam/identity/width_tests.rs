//! What may be put back, and what may not, by documents and for whatever is asked.

use super::*;
use crate::iam::identity::written::{allow, deny, policy, trust_document, under};
use crate::iam::{Caller, Context, Decision, Request, evaluate, evaluate_identity};
use proptest::prelude::*;
use serde_json::{Value, json};

fn grants(back: Value, live: Value) -> Width {
    grants_width(&[&policy(&back)], &[&policy(&live)])
}

fn own() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}

fn trusts(back: Value, live: Value) -> Width {
    trust_width(&trust_document(&back), &trust_document(&live), &own())
}

const NARROWER: Width = Width::NarrowerOrEqual;
const GRANT: Width = Width::Unknown(NOT_INCLUDED);
const DENIED: Width = Width::Unknown(DENY_LOST);

#[test]
fn a_policy_that_grants_less_may_be_put_back() {
    let all = || allow(json!("*"), json!("*"));
    let bucket = json!("arn:aws:s3:::orders/*");
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    for (back, live) in [
        (allow(json!("s3:GetObject"), bucket.clone()), all()),
        (
            allow(json!(["S3:getobject", "s3:Put*"]), bucket.clone()),
            allow(json!("s3:*"), json!("*")),
        ),
        (under(all(), mfa.clone()), all()),
        (json!([]), json!([])),
        (json!([]), all()),
        (
            json!([allow(json!("s3:Get*"), json!("*")), deny(json!("*"), json!("*"))]),
            json!([allow(json!("s3:*"), json!("*")), deny(json!("s3:Put*"), json!("*"))]),
        ),
        (
            json!({"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}),
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        ),
        (
            allow(json!("s3:*"), json!("*")),
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        ),
        (
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a*"}),
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::ab"}),
        ),
        (
            allow(json!("s3:*"), json!("arn:aws:s3:::b")),
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a*"}),
        ),
        // Two statements are each within one of the others.
        (
            allow(json!(["s3:GetObject", "sqs:SendMessage"]), json!("*")),
            json!([allow(json!("sqs:*"), json!("*")), allow(json!("s3:*"), json!("*"))]),
        ),
        (
            allow(json!("s3:*"), json!("arn:aws:s3:::${aws:username}")),
            allow(json!("s3:*"), json!(["x", "arn:aws:s3:::${aws:username}"])),
        ),
    ] {
        assert_eq!(grants(back.clone(), live.clone()), NARROWER, "{back} {live}");
    }
}

#[test]
fn a_policy_that_grants_more_is_told_and_what_is_not_proven_is_unknown() {
    let orders = || json!("arn:aws:s3:::orders/*");
    let mfa = || json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    for (back, live, want) in [
        (allow(json!("*"), json!("*")), allow(json!("s3:*"), json!("*")), Width::Wider),
        (allow(json!("s3:PutObject"), orders()), json!([]), Width::Wider),
        (
            allow(json!("s3:GetObject"), orders()),
            allow(json!("s3:PutObject"), orders()),
            Width::Wider,
        ),
        (
            allow(json!("s3:PutObject"), json!("arn:aws:s3:::a")),
            allow(json!("s3:*"), json!("arn:aws:s3:::b")),
            Width::Wider,
        ),
        // Perhaps there is no resource that the other does not name.
        (allow(json!("s3:*"), json!("*")), allow(json!("s3:*"), json!("arn:aws:s3:::*")), GRANT),
        (allow(json!("s3:*"), orders()), under(allow(json!("s3:*"), orders()), mfa()), GRANT),
        (under(allow(json!("s3:PutObject"), orders()), mfa()), json!([]), GRANT),
        (
            json!([allow(json!("s3:PutObject"), orders()), deny(json!("s3:Put*"), json!("*"))]),
            json!([]),
            GRANT,
        ),
        (
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            allow(json!("s3:*"), json!("*")),
            GRANT,
        ),
        (allow(json!("s3:PutObject"), json!("arn:aws:s3:::${aws:username}")), json!([]), GRANT),
        (
            allow(json!("s3:*"), json!("arn:aws:s3:::a")),
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::${aws:username}"}),
            GRANT,
        ),
        (
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a"}),
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"}),
            GRANT,
        ),
        // What stands for the variable need not end so.
        (
            allow(json!("s3:*"), json!("arn:aws:s3:::${aws:username}")),
            allow(json!("s3:*"), json!("arn:aws:s3:::*:username}")),
            GRANT,
        ),
        // What the live policy forbids must stay forbidden, for another may grant it.
        (json!([]), deny(json!("s3:*"), json!("*")), DENIED),
        (
            json!([allow(json!("s3:*"), json!("*")), deny(json!("s3:Put*"), json!("*"))]),
            json!([allow(json!("s3:*"), json!("*")), deny(json!("s3:*"), json!("*"))]),
            DENIED,
        ),
        (under(deny(json!("s3:*"), json!("*")), mfa()), deny(json!("s3:*"), json!("*")), DENIED),
    ] {
        assert_eq!(grants(back.clone(), live.clone()), want, "{back} {live}");
    }
}

#[test]
fn an_element_that_is_not_known_is_never_put_back_unless_nothing_changes() {
    let mut odd = allow(json!("s3:*"), json!("*"));
    odd["Until"] = json!("tomorrow");
    assert_eq!(grants(odd.clone(), odd.clone()), NARROWER);
    let mut other = odd.clone();
    other["Until"] = json!("today");
    assert_eq!(grants(odd.clone(), other), GRANT);
    assert_eq!(grants(odd.clone(), allow(json!("*"), json!("*"))), GRANT);
    assert_eq!(grants(allow(json!("s3:*"), json!("*")), odd), GRANT);
    let mut forbids = deny(json!("s3:*"), json!("*"));
    forbids["Until"] = json!("tomorrow");
    assert_eq!(grants(json!([]), forbids), DENIED);
}

#[test]
fn all_policies_of_a_role_are_compared_with_all() {
    let (all, some, none) = (
        policy(&allow(json!("*"), json!("*"))),
        policy(&allow(json!("s3:GetObject"), json!("*"))),
        policy(&deny(json!("s3:*"), json!("*"))),
    );
    assert_eq!(grants_width(&[&all, &some], &[&all]), NARROWER);
    assert_eq!(grants_width(&[&some], &[&none, &all]), DENIED);
    assert_eq!(grants_width(&[&some, &none], &[&none, &all]), NARROWER);
    assert_eq!(grants_width(&[&some], &[]), Width::Wider);
    assert_eq!(grants_width(&[], &[]), NARROWER);
}

fn role(principal: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
}

/// An account that is named delegates, a role that is named needs no permission of its own.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>
#[test]
fn a_trust_policy_is_put_back_only_if_it_lets_nobody_else_in() {
    let lambda = || json!({"Service": "lambda.amazonaws.com"});
    let root = || json!({"AWS": "arn:aws:iam::111122223333:root"});
    let user = || json!({"AWS": "arn:aws:iam::111122223333:role/deployer"});
    let both = || json!({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]});
    let unknown = Width::Unknown(NOT_INCLUDED);
    for (back, live, want) in [
        (role(lambda()), role(both()), NARROWER),
        (role(both()), role(lambda()), Width::Wider),
        // Lambda counts too.
        (role(lambda()), role(json!({"Service": "ec2.amazonaws.com"})), Width::Wider),
        (role(json!({"AWS": "111122223333"})), role(root()), NARROWER),
        (role(user()), role(json!({"AWS": "*"})), NARROWER),
        (role(user()), role(root()), unknown),
        (role(root()), role(user()), Width::Wider),
        (role(lambda()), role(json!("*")), unknown),
        (role(json!({"Federated": "a.example"})), role(json!("*")), unknown),
        (role(json!({"AWS": "AROAEXAMPLEEXAMPLE123"})), json!([]), NARROWER),
        (
            under(role(json!("*")), json!({"StringEquals": {"sts:ExternalId": "x"}})),
            role(json!("*")),
            NARROWER,
        ),
        (
            role(json!("*")),
            under(role(json!("*")), json!({"StringEquals": {"sts:ExternalId": "x"}})),
            Width::Wider,
        ),
        (
            under(role(json!("*")), json!({"StringEquals": {"sts:ExternalId": "y"}})),
            under(role(json!("*")), json!({"StringEquals": {"sts:ExternalId": "x"}})),
            unknown,
        ),
    ] {
        assert_eq!(trusts(back.clone(), live.clone()), want, "{back} {live}");
    }
}

#[test]
fn who_is_left_out_of_a_trust_policy_stays_out() {
    let but = |out: Value| json!({"Effect": "Allow", "NotPrincipal": {"AWS": out}, "Action": "sts:AssumeRole"});
    let (one, two) = (json!("444455556666"), json!(["444455556666", "777788889999"]));
    assert_eq!(trusts(but(two.clone()), but(one.clone())), NARROWER);
    assert_eq!(trusts(but(one), but(two)), Width::Unknown(NOT_INCLUDED));
    let with = |denied: &str| {
        let deny = json!({"Effect": "Deny", "Principal": {"AWS": denied}, "Action": "sts:*"});
        json!([role(json!({"AWS": "111122223333"})), deny])
    };
    let (root, user) =
        (with("arn:aws:iam::111122223333:root"), with("arn:aws:iam::111122223333:role/r"));
    assert_eq!(trusts(root.clone(), user), Width::Unknown(NOT_INCLUDED));
    assert_eq!(trusts(root, with("111122223333")), NARROWER);
}

fn element(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::collection::vec(prop::sample::select(words.to_vec()), 1..3).prop_map(Value::from)
}

fn conditions() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!({}),
        json!({}),
        json!({"StringEquals": {"aws:x": "a"}}),
        json!({"StringEquals": {"aws:x": ["a", "b"]}}),
        json!({"StringLike": {"aws:x": "*"}}),
        json!({"StringNotEquals": {"aws:x": "a"}}),
        json!({"StringEqualsIfExists": {"aws:x": "a"}, "Bool": {"aws:y": "true"}}),
        json!({"Martian": {"aws:x": "a"}}),
    ])
}

fn statements() -> impl Strategy<Value = Value> {
    let actions =
        element(&["*", "s3:*", "s3:Put*", "s3:PutObject", "S3:getobject", "sqs:*", "s3:?*Object"]);
    let resources = element(&[
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::a*",
        "arn:aws:s3:::a",
        "arn:aws:s3:::${aws:x}",
        "arn:aws:sqs:*:1:q",
        "arn:aws:sqs:*",
    ]);
    let one = (prop::bool::weighted(0.7), 0_u8..6, 0_u8..6, actions, resources, conditions());
    let one = one.prop_map(|(allow, not_action, not_resource, actions, resources, condition)| {
        let mut one =
            json!({"Effect": if allow { "Allow" } else { "Deny" }, "Condition": condition});
        one[if not_action == 0 { "NotAction" } else { "Action" }] = actions;
        one[if not_resource == 0 { "NotResource" } else { "Resource" }] = resources;
        one
    });
    prop::collection::vec(one, 0..4).prop_map(Value::from)
}

/// A policy and one much like it: a few statements left out, the others as they are or changed.
fn alike() -> impl Strategy<Value = (Value, Value)> {
    let mask = prop::collection::vec(0_u8..4, 4);
    (statements(), statements(), mask).prop_map(|(all, others, mask)| {
        let mut some = Vec::new();
        for (index, one) in all.as_array().unwrap().iter().enumerate() {
            match mask[index] {
                0 if one["Effect"] == "Allow" => {}
                1 => some.push(under(one.clone(), json!({"StringEquals": {"aws:x": "a"}}))),
                2 => some.extend(others.get(index).cloned()),
                _ => some.push(one.clone()),
            }
        }
        (Value::from(some), all)
    })
}

fn contexts() -> impl Strategy<Value = Context> {
    (prop::sample::select(vec!["", "a", "b"]), any::<bool>()).prop_map(|(x, y)| {
        let mut context = Context::default();
        if !x.is_empty() {
            context.insert("aws:x", [x]);
        }
        if y {
            context.insert("aws:y", ["true"]);
        }
        context
    })
}

fn requests() -> impl Strategy<Value = Request> {
    let action =
        prop::sample::select(vec!["s3:PutObject", "s3:GetObject", "sqs:SendMessage", "iam:x"]);
    let resource = prop::sample::select(vec![
        "arn:aws:s3:::a",
        "arn:aws:s3:::ab/c",
        "arn:aws:s3:::b",
        "arn:aws:sqs:eu-west-1:1:q",
    ]);
    (action, resource, contexts()).prop_map(|(action, resource, context)| Request {
        caller: Caller::Principal { arn: "arn:aws:iam::1:role/r".to_owned(), session: None },
        action: action.to_owned(),
        resource: resource.to_owned(),
        context,
    })
}

fn trust_statements() -> impl Strategy<Value = Value> {
    let principal = prop::sample::select(vec![
        json!("*"),
        json!({"AWS": "111122223333"}),
        json!({"AWS": ["arn:aws:iam::111122223333:root", "444455556666"]}),
        json!({"AWS": "arn:aws:iam::111122223333:role/r"}),
        json!({"Service": "lambda.amazonaws.com"}),
        json!({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}),
        json!({"AWS": "AROAEXAMPLEEXAMPLE123"}),
    ]);
    let actions = element(&["sts:AssumeRole", "sts:TagSession", "sts:*", "*", "s3:*"]);
    let one = (prop::bool::weighted(0.7), 0_u8..8, 0_u8..8, principal, actions, conditions());
    let one = one.prop_map(|(allow, not_principal, not_action, principal, actions, condition)| {
        let mut one =
            json!({"Effect": if allow { "Allow" } else { "Deny" }, "Condition": condition});
        let not = not_principal == 0 && principal.is_object();
        one[if not { "NotPrincipal" } else { "Principal" }] = principal;
        one[if not_action == 0 { "NotAction" } else { "Action" }] = actions;
        one
    });
    prop::collection::vec(one, 0..4).prop_map(Value::from)
}

/// Trust policies, one much like the other.
pub fn trusted_alike() -> impl Strategy<Value = (Value, Value)> {
    let mask = prop::collection::vec(0_u8..4, 4);
    (trust_statements(), trust_statements(), mask).prop_map(|(all, others, mask)| {
        let mut some = Vec::new();
        for (index, one) in all.as_array().unwrap().iter().enumerate() {
            match mask[index] {
                0 => {}
                1 => some.push(under(one.clone(), json!({"StringEquals": {"aws:x": "a"}}))),
                2 => some.extend(others.get(index).cloned()),
                _ => some.push(one.clone()),
            }
        }
        (Value::from(some), all)
    })
}

/// Requests to assume the role.
pub fn assumptions() -> impl Strategy<Value = Request> {
    let principal = |arn: &str| Caller::Principal { arn: arn.to_owned(), session: None };
    let caller = prop::sample::select(vec![
        Caller::Anonymous,
        Caller::Service("lambda.amazonaws.com".to_owned()),
        Caller::Service("ec2.amazonaws.com".to_owned()),
        principal("arn:aws:iam::111122223333:root"),
        principal("arn:aws:iam::111122223333:role/r"),
        principal("arn:aws:iam::444455556666:user/u"),
    ]);
    let action = prop::sample::select(vec!["sts:AssumeRole", "sts:TagSession", "sts:SetContext"]);
    (caller, action, contexts()).prop_map(|(caller, action, context)| Request {
        caller,
        action: action.to_owned(),
        resource: "arn:aws:iam::111122223333:role/own".to_owned(),
        context,
    })
}

fn is_allow(decision: &Decision) -> bool {
    matches!(decision, Decision::Allow { .. })
}

proptest! {
    #[test]
    fn what_may_be_put_back_grants_nothing_that_the_live_policy_does_not(
        (back, live) in alike(), requests in prop::collection::vec(requests(), 8),
    ) {
        let (back, live) = (policy(&back), policy(&live));
        if grants_width(&[&back], &[&live]) == Width::NarrowerOrEqual {
            for request in requests {
                let put_back = evaluate_identity(&[&back], None, &request);
                if is_allow(&put_back) {
                    let now = evaluate_identity(&[&live], None, &request);
                    prop_assert!(is_allow(&now), "{now:?} {request:?}");
                }
            }
        }
    }

    #[test]
    fn what_may_be_put_back_forbids_no_less(
        (back, live) in alike(), requests in prop::collection::vec(requests(), 8),
    ) {
        let (back, live) = (policy(&back), policy(&live));
        if grants_width(&[&back], &[&live]) == Width::NarrowerOrEqual {
            for request in requests {
                let denied = |policy| matches!(evaluate_identity(&[policy], None, &request), Decision::Deny { .. });
                prop_assert!(!denied(&live) || denied(&back), "{request:?}");
            }
        }
    }

    #[test]
    fn a_trust_policy_that_may_be_put_back_lets_nobody_else_in(
        (back, live) in trusted_alike(), requests in prop::collection::vec(assumptions(), 8),
    ) {
        let (back, live) = (trust_document(&back), trust_document(&live));
        if trust_width(&back, &live, &own()) == Width::NarrowerOrEqual {
            for request in requests {
                if is_allow(&evaluate(&back, &request)) {
                    let now = evaluate(&live, &request);
                    prop_assert!(is_allow(&now), "{now:?} {request:?}");
                }
            }
        }
    }

    #[test]
    fn a_policy_is_as_wide_as_itself(statements in statements(), trust in trust_statements()) {
        prop_assert_eq!(grants(statements.clone(), statements), NARROWER);
        prop_assert_eq!(trusts(trust.clone(), trust), NARROWER);
    }
}
