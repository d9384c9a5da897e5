//! What a change adds, document by document.

use super::*;
use crate::iam::identity::privilege::Privilege;
use crate::iam::identity::written::{allow, deny, policy, under};
use proptest::prelude::*;
use serde_json::{Value, json};

fn found(before: &[Value], after: &[Value], more: &[&str]) -> Privileges {
    let read = |all: &[Value]| all.iter().map(policy).collect::<Vec<_>>();
    let (before, after) = (read(before), read(after));
    let more: Vec<String> = more.iter().map(|one| (*one).to_owned()).collect();
    let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
    gained(&before, &after, Usual { more: &more })
}

/// What is gained, as `power service certainty`.
fn shown(found: &Privileges) -> Vec<String> {
    let powers = [
        ("admin", &found.admin),
        ("nearly", &found.nearly_all),
        ("full", &found.full_access),
        ("write", &found.write_all),
    ];
    let show = |power: &str, one: &Privilege| {
        let certainty = match one.certainty {
            Certainty::Certain => "",
            Certainty::Conditional => " if",
            Certainty::Unclear(_) => " ?",
        };
        format!("{power} {}{certainty}", one.service)
    };
    powers
        .into_iter()
        .flat_map(|(power, list)| list.iter().map(move |one| show(power, one)))
        .collect()
}

fn change(before: Value, after: Value) -> Vec<String> {
    shown(&found(&[before], &[after], &[]))
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html#permissions-executionrole-features>
#[test]
fn what_execution_roles_usually_have_is_not_gained() {
    let usual = [
        json!(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
        json!(["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules"]),
        json!([
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses"
        ]),
        json!(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]),
        json!(["kinesis:GetRecords", "kinesis:ListShards", "kinesis:SubscribeToShard"]),
        json!(["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]),
        json!("LOGS:putlogevents"),
    ];
    for actions in usual {
        assert_eq!(shown(&found(&[], &[allow(actions.clone(), "*")], &[])), [""; 0], "{actions}");
    }
    for (actions, want) in [
        ("logs:*", "full logs"),
        ("logs:Put*", "write logs"),
        ("logs:DeleteLogGroup", "write logs"),
        ("sqs:SendMessage", "write sqs"),
        ("ec2:*", "full ec2"),
        ("ec2:*NetworkInterface", "write ec2"),
        ("*", "admin *"),
    ] {
        assert_eq!(shown(&found(&[], &[allow(json!(actions), "*")], &[])), [want], "{actions}");
    }
    let not = json!({"Effect": "Allow", "NotAction": "logs:PutLogEvents", "Resource": "*"});
    assert_eq!(shown(&found(&[], &[not], &[])), ["nearly *"]);
}

#[test]
fn every_usual_action_is_one_that_would_be_told() {
    use crate::iam::identity::usual::USUAL_ACTIONS;
    for action in USUAL_ACTIONS.iter().flat_map(|usual| usual.actions) {
        let one = policy(&allow(json!(action), "*"));
        assert_eq!(count(&privileges(&[&one])), [0, 0, 0, 1], "{action}");
    }
}

#[test]
fn an_operator_can_call_more_usual() {
    let writes = allow(json!(["dynamodb:PutItem", "s3:PutObject"]), "*");
    let with = |more: &[&str]| shown(&found(&[], std::slice::from_ref(&writes), more));
    assert_eq!(with(&[]), ["write dynamodb", "write s3"]);
    assert_eq!(with(&["DynamoDB:*"]), ["write s3"]);
    assert_eq!(with(&["s3:PutObject", "dynamodb:P*"]), [""; 0]);
    assert_eq!(with(&["s3:PutObjectAcl"]), ["write dynamodb", "write s3"]);
    let full = |more: &[&str]| shown(&found(&[], &[allow(json!("s3:*"), "*")], more));
    assert_eq!(full(&["s3:Put*"]), ["full s3"]);
    assert_eq!(full(&["s3:*"]), [""; 0]);
}

#[test]
fn what_was_given_before_is_not_gained() {
    let s3 = || allow(json!("s3:*"), "*");
    let mfa = || json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    for (before, after) in [
        (s3(), s3()),
        (s3(), json!([{"Sid": "again", "Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}])),
        (s3(), allow(json!("S3:Put*"), "*")),
        (s3(), allow(json!("s3:*"), "arn:aws:s3:::*")),
        (allow(json!("s3:*"), "arn:aws:s3:::*"), s3()),
        (allow(json!("*"), "*"), json!([s3(), allow(json!("iam:*"), "*")])),
        (under(s3(), mfa()), under(s3(), mfa())),
        (s3(), under(s3(), mfa())),
        (
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            json!({"Effect": "Allow", "NotAction": ["iam:*", "ec2:*"], "Resource": "*"}),
        ),
        (json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), s3()),
        (
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow(json!("iam:*"), "*")]),
            allow(json!("*"), "*"),
        ),
        (json!([s3(), deny(json!("s3:*"), "*")]), json!([deny(json!("*"), "*"), s3()])),
        (json!([s3(), deny(json!("s3:Put*"), "*")]), json!([s3(), deny(json!("s3:P*"), "*")])),
        (json!([s3(), deny(json!("iam:*"), "*")]), s3()),
    ] {
        assert_eq!(change(before.clone(), after.clone()), [""; 0], "{before} {after}");
    }
}

#[test]
fn what_was_not_given_before_is_gained() {
    let s3 = || allow(json!("s3:*"), "*");
    let mfa = || json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    for (before, after, want) in [
        (json!([]), allow(json!("*"), "*"), vec!["admin *"]),
        (s3(), allow(json!("*"), "*"), vec!["admin *"]),
        (allow(json!("s3:PutObject"), "*"), s3(), vec!["full s3"]),
        (allow(json!("s3:PutObject"), "*"), allow(json!("s3:DeleteObject"), "*"), vec!["write s3"]),
        (allow(json!("s3:*"), "arn:aws:s3:::orders/*"), s3(), vec!["full s3"]),
        (
            allow(json!("sqs:SendMessage"), "arn:aws:sqs:eu-west-1:*:*"),
            allow(json!("sqs:SendMessage"), "*"),
            vec!["write sqs"],
        ),
        (under(s3(), mfa()), s3(), vec!["full s3"]),
        (json!([]), under(s3(), mfa()), vec!["full s3 if"]),
        (json!([s3(), deny(json!("s3:*"), "*")]), s3(), vec!["full s3"]),
        (allow(json!("rare:DoThis"), "*"), allow(json!("rare:*"), "*"), vec!["full rare"]),
        (
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow(json!("iam:*"), "*")]),
            vec!["admin *", "full iam"],
        ),
        // Neither what it was given is known, nor that it was not.
        (
            allow(json!("dynamodb:*"), "arn:aws:dynamodb:*:*:table/*"),
            allow(json!("dynamodb:*"), "*"),
            vec!["full dynamodb ?"],
        ),
        (json!([s3(), deny(json!("s3:Put*"), "*")]), s3(), vec!["full s3"]),
        (json!([s3(), under(deny(json!("s3:*"), "*"), mfa())]), s3(), vec!["full s3 ?"]),
        (
            json!([
                allow(json!("s3:P*"), "*"),
                allow(json!("s3:D*"), "*"),
                allow(json!("s3:C*"), "*")
            ]),
            s3(),
            vec!["full s3 ?"],
        ),
    ] {
        assert_eq!(change(before.clone(), after.clone()), want, "{before} {after}");
    }
}

#[test]
fn the_witness_is_a_use_that_was_not_given_before() {
    let found = found(&[allow(json!(["iam:*", "sts:*"]), "*")], &[allow(json!("*"), "*")], &[]);
    let [admin] = found.admin.as_slice() else { panic!("{found:?}") };
    assert_eq!(admin.witness.action, "lambda:UpdateFunctionCode");
}

#[test]
fn all_policies_of_a_role_are_held_against_all() {
    let (s3, all) = (allow(json!("s3:*"), "*"), allow(json!("*"), "*"));
    let none = deny(json!("s3:*"), "*");
    let shown = |before: &[&Value], after: &[&Value]| {
        let owned = |list: &[&Value]| list.iter().map(|one| (*one).clone()).collect::<Vec<_>>();
        shown(&found(&owned(before), &owned(after), &[]))
    };
    assert_eq!(shown(&[&s3], &[&s3, &all]), ["admin *"]);
    assert_eq!(shown(&[&all], &[&s3]), [""; 0]);
    assert_eq!(shown(&[&s3, &none], &[&s3, &none]), [""; 0]);
    assert_eq!(shown(&[&s3, &none], &[&s3]), ["full s3"]);
    assert_eq!(shown(&[], &[&s3, &none]), [""; 0]);
    let added = found(std::slice::from_ref(&s3), &[s3.clone(), allow(json!("sqs:*"), "*")], &[]);
    assert_eq!(added.full_access.first().map(|one| one.document), Some(1));
}

#[test]
fn a_policy_with_an_element_that_is_not_known_is_unclear_unless_it_stays() {
    let mut odd = allow(json!("s3:*"), "*");
    odd["Until"] = json!("tomorrow");
    assert_eq!(change(json!([]), odd.clone()), ["full s3 ?"]);
    assert_eq!(change(allow(json!("*"), "*"), odd.clone()), [""; 0]);
    assert_eq!(change(odd.clone(), odd.clone()), [""; 0]);
    assert_eq!(change(odd, allow(json!("s3:*"), "*")), ["full s3 ?"]);
}

fn statements() -> impl Strategy<Value = Value> {
    let actions = prop::sample::select(vec![
        "*",
        "s3:*",
        "s3:Put*",
        "s3:PutObject",
        "sqs:*",
        "logs:PutLogEvents",
        "*:Delete*",
    ]);
    let resources = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::a/*",
        "arn:aws:sqs:eu-west-1:*:*",
    ]);
    let one = (
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
        actions,
        resources,
    );
    let one = one.prop_map(|(allow, not_action, condition, action, resource)| {
        let mut one = json!({"Effect": if allow { "Allow" } else { "Deny" }, "Resource": resource});
        one[if not_action { "NotAction" } else { "Action" }] = json!(action);
        if condition {
            one["Condition"] = json!({"Bool": {"a:b": "true"}});
        }
        one
    });
    prop::collection::vec(one, 0..4).prop_map(Value::from)
}

/// The privileges by power, the places left out.
fn count(found: &Privileges) -> [usize; 4] {
    [&found.admin, &found.nearly_all, &found.full_access, &found.write_all].map(Vec::len)
}

proptest! {
    #[test]
    fn what_is_gained_is_held_after_and_nothing_is_gained_by_no_change(
        before in statements(), after in statements(),
    ) {
        let (one, two) = (policy(&before), policy(&after));
        let gains = gained(&[&one], &[&two], Usual::default());
        let held = privileges(&[&two]);
        prop_assert!(count(&gains).iter().zip(count(&held)).all(|(gain, all)| *gain <= all));
        prop_assert_eq!(count(&gained(&[&one], &[&one], Usual::default())), [0; 4]);
        let all = policy(&allow(json!("*"), "*"));
        prop_assert_eq!(count(&gained(&[&all], &[&two], Usual::default())), [0; 4]);
    }

    #[test]
    fn what_is_gained_for_certain_has_a_witness_that_was_not_given_before(
        before in statements(), after in statements(),
    ) {
        use crate::iam::{Caller, Context, Decision, Request, evaluate_identity};
        let (one, two) = (policy(&before), policy(&after));
        let gains = gained(&[&one], &[&two], Usual::default());
        let all = [gains.admin, gains.nearly_all, gains.full_access, gains.write_all].concat();
        for gain in all.iter().filter(|gain| gain.certainty == Certainty::Certain) {
            let request = Request {
                caller: Caller::Principal { arn: "arn:aws:iam::1:role/r".to_owned(), session: None },
                action: gain.witness.action.clone(),
                resource: gain.witness.resource.clone(),
                context: Context::default(),
            };
            let (was, now) = (evaluate_identity(&[&one], None, &request), evaluate_identity(&[&two], None, &request));
            let allowed = matches!(was, Decision::Allow { .. });
            let conditional = one.statements().iter().any(|statement| !statement.conditions.is_empty());
            prop_assert!(!allowed || conditional, "{was:?} {gain:?}");
            let given = matches!(now, Decision::Allow { .. } | Decision::Unclear { .. });
            prop_assert!(given, "{now:?} {gain:?}");
        }
    }
}
