//! Who administers Lambda at large, policy by policy.

use super::*;
use crate::iam::identity::written::{allow, deny, policy, under};
use proptest::prelude::*;
use serde_json::{Value, json};

fn judged(statements: &Value) -> Vec<LambdaAdmin> {
    lambda_admin(&[&policy(statements)])
}

/// What is found, as `power extent certainty`.
fn shown(statements: &Value) -> Vec<String> {
    let show = |one: &LambdaAdmin| {
        let certainty = match one.certainty {
            Certainty::Certain => "",
            Certainty::Conditional => " if",
            Certainty::Unclear(_) => " ?",
        };
        let power = match one.power {
            LambdaPower::EveryFunction => "every",
            LambdaPower::AnyPrincipal => "anybody",
        };
        format!("{power} {:?}{certainty}", one.extent)
    };
    judged(statements).iter().map(show).collect()
}

const WEB: &str = "arn:aws:lambda:eu-west-1:111122223333:function:web";

#[test]
fn whoever_may_change_every_function_is_told() {
    let both = |extent: &str| vec![format!("every {extent}"), format!("anybody {extent}")];
    let every = |extent: &str| vec![format!("every {extent}")];
    for (action, resource, want) in [
        (json!("*"), json!("*"), both("Everything")),
        (json!("lambda:*"), json!("*"), both("Everything")),
        (json!("LAMBDA:*"), json!("arn:aws:lambda:*"), both("Service")),
        (json!("lambda:*"), json!("arn:aws:lambda:*:*:*"), both("Service")),
        (json!("lambda:*"), json!("arn:aws:lambda:*:*:function:*"), both("Type")),
        (json!("lambda:*"), json!("arn:aws:lambda:*:111122223333:function:*"), both("Type")),
        (json!("lambda:*"), json!("arn:aws:lambda:*:*:f*"), both("Type")),
        (json!("lambda:*"), json!("arn:aws:lambda:eu-west-1:*:function:*"), both("Region")),
        (json!("lambda:*"), json!(["arn:aws:s3:::a", "*"]), both("Everything")),
        (json!("lambda:*Permission"), json!("*"), both("Everything")),
        (json!("lambda:Update*"), json!("*"), every("Everything")),
        (json!("lam*"), json!("*"), both("Everything")),
        (json!("lambda:UpdateFunctionCode"), json!("*"), every("Everything")),
        (json!("lambda:deletefunctionconcurrency"), json!("*"), every("Everything")),
        (json!(["s3:*", "lambda:PutFunctionConcurrency"]), json!("*"), every("Everything")),
        (
            json!("lambda:*"),
            json!("arn:aws:*"),
            vec!["every Everything ?".to_owned(), "anybody Everything ?".to_owned()],
        ),
        // One function, or those of one name: only whom they may be opened to.
        (json!("lambda:*"), json!(WEB), vec!["anybody Part".to_owned()]),
        (
            json!("lambda:*"),
            json!("arn:aws:lambda:*:*:function:web-*"),
            vec!["anybody Part".to_owned()],
        ),
        (
            json!("lambda:*"),
            json!("arn:aws:lambda:*:*:function:*:live"),
            vec!["anybody Part".to_owned()],
        ),
        (json!("lambda:UpdateFunctionCode"), json!(WEB), vec![]),
        // What is no function, and what changes none.
        (json!("lambda:*"), json!("arn:aws:lambda:*:*:layer:*"), vec![]),
        (json!("lambda:*"), json!("arn:aws:s3:::*"), vec![]),
        (json!("lambda:Invoke*"), json!("*"), vec![]),
        (
            json!([
                "lambda:Get*",
                "lambda:List*",
                "lambda:CreateFunction",
                "lambda:DeleteFunction"
            ]),
            json!("*"),
            vec![],
        ),
        (json!("s3:*"), json!("*"), vec![]),
        (json!("lambda:*"), json!("function"), vec![]),
    ] {
        assert_eq!(shown(&allow(action.clone(), resource.clone())), want, "{action} {resource}");
    }
}

#[test]
fn not_action_and_not_resource_leave_the_rest() {
    let not = |actions: Value, resource: Value| {
        shown(&json!({"Effect": "Allow", "NotAction": actions, "Resource": resource}))
    };
    assert_eq!(not(json!("iam:*"), json!("*")), ["every Everything", "anybody Everything"]);
    assert_eq!(not(json!("lambda:*"), json!("*")), [""; 0]);
    let but_permissions = json!(["lambda:AddPermission", "lambda:*Policy"]);
    assert_eq!(not(but_permissions, json!("*")), ["every Everything"]);
    let but = |resource: Value| {
        shown(&json!({"Effect": "Allow", "Action": "lambda:*", "NotResource": resource}))
    };
    assert_eq!(but(json!(WEB)), ["every AllBut", "anybody AllBut"]);
    assert_eq!(but(json!("arn:aws:s3:::*")), ["every AllBut", "anybody AllBut"]);
    assert_eq!(
        but(json!("arn:aws:lambda:*:111122223333:function:*")),
        ["every AllBut ?", "anybody AllBut ?"]
    );
    assert_eq!(but(json!("arn:*:lambda:*:*:function:*")), [""; 0]);
    assert_eq!(but(json!("*")), [""; 0]);
}

/// The recommended form, and what only looks like it:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>
#[test]
fn only_named_principals_limit_whom_access_is_given() {
    let add = |condition: Value| {
        shown(&under(allow(json!("lambda:AddPermission"), json!(WEB)), condition))
    };
    for condition in [
        json!({"StringEquals": {"lambda:Principal": "s3.amazonaws.com"}}),
        json!({"StringEquals": {"LAMBDA:principal": ["s3.amazonaws.com", "111122223333"]}}),
        json!({"StringLike": {"lambda:Principal": "s3.amazonaws.com"}}),
        json!({"ArnEquals": {"lambda:Principal": "arn:aws:iam::111122223333:role/r"}}),
        json!({"StringEquals": {"lambda:Principal": "s3.amazonaws.com"}, "Bool": {"a:b": "true"}}),
    ] {
        assert_eq!(add(condition.clone()), [""; 0], "{condition}");
    }
    for condition in [
        json!({"StringEquals": {"lambda:Principal": "*"}}),
        json!({"StringEquals": {"lambda:Principal": ["s3.amazonaws.com", "*"]}}),
        json!({"StringLike": {"lambda:Principal": "*.amazonaws.com"}}),
        json!({"StringEqualsIfExists": {"lambda:Principal": "s3.amazonaws.com"}}),
        json!({"StringNotEquals": {"lambda:Principal": "*"}}),
        json!({"ForAllValues:StringEquals": {"lambda:Principal": "s3.amazonaws.com"}}),
        json!({"StringEquals": {"lambda:Principal": "${aws:PrincipalAccount}"}}),
        json!({"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}),
        json!({"Null": {"lambda:Principal": "false"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
    ] {
        assert_eq!(add(condition.clone()), ["anybody Part if"], "{condition}");
    }
    assert_eq!(add(json!({})), ["anybody Part"]);
}

/// Requests to write a whole policy do not hold `lambda:Principal`:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>
#[test]
fn a_whole_policy_can_be_written_for_anybody_unless_the_key_is_asked_for() {
    let put =
        |condition: Value| under(allow(json!("lambda:PutResourcePolicy"), json!(WEB)), condition);
    assert_eq!(shown(&put(json!({}))), ["anybody Part"]);
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    assert_eq!(shown(&put(mfa)), ["anybody Part if"]);
    assert_eq!(shown(&put(json!({"StringLike": {"lambda:Principal": "*"}}))), [""; 0]);
    let if_exists = json!({"StringEqualsIfExists": {"lambda:Principal": "s3.amazonaws.com"}});
    assert_eq!(shown(&put(if_exists)), ["anybody Part if"]);
    let named = json!({"StringEquals": {"lambda:Principal": "s3.amazonaws.com"}});
    let all = under(allow(json!("lambda:*"), json!("*")), named);
    let [every] = &judged(&all)[..] else { panic!("{:?}", judged(&all)) };
    assert_eq!(
        (every.power, every.certainty),
        (LambdaPower::EveryFunction, Certainty::Conditional)
    );
    assert_eq!(every.actions, ["lambda:AddPermission", "lambda:RemovePermission"]);
    assert_eq!(every.conditions, ["lambda:Principal"]);
}

#[test]
fn what_is_told_names_the_actions_and_the_statement() {
    let mut grant = allow(
        json!(["lambda:UpdateFunctionCode", "lambda:AddPermission", "lambda:Get*"]),
        json!("*"),
    );
    grant["Sid"] = json!("deploy");
    let harmless = allow(json!("lambda:GetFunction"), json!("*"));
    let (first, second) = (policy(&harmless), policy(&json!([harmless, grant])));
    let found = lambda_admin(&[&first, &second]);
    let [every, anybody] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(every.actions, ["lambda:AddPermission", "lambda:UpdateFunctionCode"]);
    assert_eq!(anybody.actions, ["lambda:AddPermission"]);
    for one in [every, anybody] {
        assert_eq!((one.document, one.statement, one.sid.as_deref()), (1, 1, Some("deploy")));
        assert_eq!(
            one.witness,
            Use { action: ADD_PERMISSION.to_owned(), resource: "*".to_owned() }
        );
        assert!(!one.may_be_denied && one.conditions.is_empty());
    }
    let resource = |pattern: &str| {
        judged(&allow(json!("lambda:*"), json!(pattern)))[0].witness.resource.clone()
    };
    assert_eq!(resource("arn:aws:lambda:*:*:*"), "arn:aws:lambda:x:x:function:x");
    assert_eq!(resource(WEB), WEB);
}

#[test]
fn a_deny_takes_away_what_it_provably_covers() {
    let with = |deny: Value| shown(&json!([allow(json!("lambda:*"), json!("*")), deny]));
    let permissions = json!(["lambda:AddPermission", "lambda:PutResourcePolicy"]);
    assert_eq!(with(deny(json!("lambda:*"), json!("*"))), [""; 0]);
    assert_eq!(with(deny(permissions.clone(), json!("*"))), ["every Everything"]);
    assert_eq!(
        with(deny(json!("lambda:AddPermission"), json!("*"))),
        ["every Everything", "anybody Everything"]
    );
    assert_eq!(
        with(deny(json!("lambda:*"), json!(WEB))),
        ["every Everything", "anybody Everything"]
    );
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}});
    assert_eq!(
        with(under(deny(json!("lambda:*"), json!("*")), mfa)),
        ["every Everything", "anybody Everything"]
    );
    let found =
        judged(&json!([allow(json!("lambda:*"), json!("*")), deny(permissions, json!("*"))]));
    assert!(!found[0].actions.contains(&ADD_PERMISSION) && !found[0].may_be_denied);
    let found =
        judged(&json!([allow(json!("lambda:*"), json!("*")), deny(json!("lambda:*"), json!(WEB))]));
    assert!(found[0].may_be_denied);
    // Nothing that is known is left.
    let all_but = json!({"Effect": "Deny", "Action": "lambda:*", "NotResource": WEB});
    assert_eq!(with(all_but), ["every Everything ?", "anybody Everything ?"]);
}

#[test]
fn a_deny_of_all_but_named_principals_limits_too() {
    let with = |condition: Value, resource: Value| {
        let guard =
            under(deny(json!(["lambda:AddPermission", "lambda:Put*"]), resource), condition);
        shown(&json!([
            allow(json!(["lambda:AddPermission", "lambda:PutResourcePolicy"]), json!(WEB)),
            guard
        ]))
    };
    let others = |operator: &str, value: &str| json!({operator: {"lambda:Principal": value}});
    let service = "s3.amazonaws.com";
    assert_eq!(with(others("StringNotEquals", service), json!("*")), [""; 0]);
    assert_eq!(with(others("StringNotEqualsIfExists", service), json!("*")), [""; 0]);
    assert_eq!(with(others("StringNotLike", service), json!("*")), [""; 0]);
    for (operator, value) in [
        ("StringNotLike", "*"),
        ("StringEquals", service),
        ("ForAllValues:StringNotEquals", service),
        ("ForAnyValue:StringNotEquals", service),
        ("StringNotEquals", "${aws:username}"),
    ] {
        assert_eq!(with(others(operator, value), json!("*")), ["anybody Part"], "{operator}");
    }
    assert_eq!(
        with(others("StringNotEquals", service), json!("arn:aws:lambda:*:*:function:x")),
        ["anybody Part"]
    );
    let two = json!({"StringNotEquals": {"lambda:Principal": service}, "Bool": {"a:b": "true"}});
    assert_eq!(with(two, json!("*")), ["anybody Part"]);
    let mut odd = under(deny(json!("lambda:*"), json!("*")), others("StringNotEquals", service));
    odd["Until"] = json!("tomorrow");
    assert_eq!(
        shown(&json!([allow(json!("lambda:AddPermission"), json!(WEB)), odd])),
        ["anybody Part"]
    );
}

#[test]
fn an_element_that_is_not_known_leaves_it_unclear() {
    let mut odd = allow(json!("lambda:*"), json!("*"));
    odd["Until"] = json!("tomorrow");
    assert_eq!(shown(&odd), ["every Everything ?", "anybody Everything ?"]);
}

fn statements() -> impl Strategy<Value = Value> {
    let actions = prop::sample::select(vec![
        "*",
        "lambda:*",
        "lambda:Add*",
        "lambda:PutResourcePolicy",
        "lambda:Update*",
        "s3:*",
        "l*:*",
    ]);
    let resources = prop::sample::select(vec![
        "*",
        "arn:aws:lambda:*:*:function:*",
        "arn:aws:lambda:*:*:*",
        WEB,
        "arn:aws:lambda:eu-west-1:*:function:*",
        "arn:aws:s3:::*",
    ]);
    let condition = prop::sample::select(vec![
        json!({}),
        json!({}),
        json!({"StringEquals": {"lambda:Principal": "s3.amazonaws.com"}}),
        json!({"StringNotEquals": {"lambda:Principal": "s3.amazonaws.com"}}),
    ]);
    let one = (prop::bool::weighted(0.7), 0_u8..6, actions, resources, condition);
    let one = one.prop_map(|(allow, not, action, resource, condition)| {
        let mut one = json!({"Effect": if allow { "Allow" } else { "Deny" }, "Resource": resource, "Condition": condition});
        one[if not == 0 { "NotAction" } else { "Action" }] = json!(action);
        one
    });
    prop::collection::vec(one, 0..4).prop_map(Value::from)
}

proptest! {
    /// A function of any name, in the Region that all resources hold.
    #[test]
    fn what_is_not_told_gives_no_stranger_access(statements in statements(), stranger in any::<bool>()) {
        use crate::iam::{Caller, Context, Decision, Request, evaluate_identity};
        let policy = policy(&statements);
        let found = lambda_admin(&[&policy]);
        let told = |power: LambdaPower| found.iter().any(|one| one.power == power);
        let ask = |action: &str, name: &str| {
            let mut context = Context::default();
            if action == ADD_PERMISSION {
                context.insert("lambda:Principal", [if stranger { "*" } else { "sns.amazonaws.com" }]);
            }
            let request = Request {
                caller: Caller::Principal { arn: "arn:aws:iam::111122223333:role/r".to_owned(), session: None },
                action: action.to_owned(),
                resource: format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}"),
                context,
            };
            matches!(evaluate_identity(&[&policy], None, &request), Decision::Allow { .. })
        };
        for action in [ADD_PERMISSION, PUT_RESOURCE_POLICY] {
            prop_assert!(told(LambdaPower::AnyPrincipal) || !ask(action, "web"), "{action}");
        }
        for action in ADMINISTRATIVE {
            prop_assert!(told(LambdaPower::EveryFunction) || !ask(action, "any-other"), "{action}");
        }
        // And what is told for certain is so.
        for one in found.iter().filter(|one| one.certainty == Certainty::Certain) {
            let denied = policy.statements().iter().any(|deny| deny.effect == Effect::Deny);
            let name = if one.extent == Extent::Part { "web" } else { "any-other" };
            prop_assert!(denied || ask(&one.witness.action, name), "{one:?}");
        }
    }
}
