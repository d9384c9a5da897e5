//! What holds for every document and every request.

use super::*;
use crate::iam::request::Context;
use proptest::prelude::*;

fn picked(words: &[Value]) -> impl Strategy<Value = Value> + use<> {
    prop::sample::select(words.to_vec())
}

fn conditions() -> impl Strategy<Value = Value> {
    let operators = [
        "StringEquals",
        "StringNotLike",
        "StringLikeIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringNotEquals",
        "Null",
        "Bool",
        "NumericLessThan",
        "ArnLike",
        "Martian",
    ];
    let operator = prop::sample::select(operators.to_vec());
    let key = prop::sample::select(vec!["aws:PrincipalAccount", "aws:x", "aws:TagKeys", "aws:y"]);
    let value = picked(&[
        json!("a"),
        json!("*"),
        json!("true"),
        json!(["a", "b"]),
        json!(1),
        json!("${aws:y}"),
        json!("222222222222"),
        json!("${aws:x, 'a'}"),
    ]);
    prop::collection::vec((operator, key, value), 0..3).prop_map(|clauses| {
        let mut condition = json!({});
        for (operator, key, value) in clauses {
            condition[operator][key] = value;
        }
        condition
    })
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    let principal = picked(&[
        json!("*"),
        json!({"AWS": "222222222222"}),
        json!({"AWS": ANA}),
        json!({"Federated": "x"}),
        json!({"Service": "s3.amazonaws.com"}),
        json!({"AWS": "AIDAEXAMPLEEXAMPLE01"}),
    ]);
    let resource = picked(&[json!("*"), json!(OWN), json!("arn:aws:*"), json!([OWN, "x"])]);
    let parts = (any::<bool>(), any::<bool>(), any::<bool>(), principal, resource, conditions());
    let one = parts.prop_map(|(allow, not, others, principal, resource, condition)| {
        let mut statement = statement(if allow { "Allow" } else { "Deny" }, principal, condition);
        statement["Resource"] = resource;
        let fields = statement.as_object_mut().unwrap();
        if not && let Some(list) = fields.remove("Principal") {
            fields.insert("NotPrincipal".to_owned(), list);
        }
        if others && let Some(list) = fields.remove("Action") {
            fields.insert("NotAction".to_owned(), list);
        }
        statement
    });
    prop::collection::vec(one, 0..5)
}

fn callers() -> impl Strategy<Value = Caller> {
    prop::sample::select(vec![
        Caller::Anonymous,
        Caller::Service("s3.amazonaws.com".to_owned()),
        principal(ANA),
        principal("arn:aws:iam::222222222222:role/r"),
        principal("arn:aws:iam::333333333333:root"),
    ])
}

fn contexts() -> impl Strategy<Value = Value> {
    let value = || picked(&[json!("a"), json!("b"), json!(["a", "b"]), json!([]), json!(true)]);
    (prop::option::of(value()), prop::option::of(value()), prop::option::of(value())).prop_map(
        |(x, y, tags)| {
            let mut context = json!({});
            for (key, value) in [("aws:x", x), ("aws:y", y), ("aws:TagKeys", tags)] {
                if let Some(value) = value {
                    context[key] = value;
                }
            }
            context
        },
    )
}

/// The decision's kind, without the place of the statement.
fn kind(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allow { .. } => "allow",
        Decision::Deny { .. } => "deny",
        Decision::Implicit => "implicit",
        Decision::Unclear { .. } => "unclear",
    }
}

proptest! {
    #[test]
    fn what_becomes_known_never_overturns_what_was_certain(
        statements in statements(), caller in callers(), context in contexts(),
        unsure in prop::sample::subsequence(vec!["aws:x", "aws:y", "aws:tagkeys", "aws:principalaccount"], 0..4),
    ) {
        let document = document(&statements);
        let request = request(caller, context);
        let whom = match &request.caller {
            Caller::Anonymous => Whom::Anonymous,
            Caller::Service(name) => Whom::Service(name),
            Caller::Principal { arn, .. } => Whom::Principal { arn, session: None },
        };
        let known = |name: &str| request.held(name);
        let hidden =
            |name: &str| if unsure.contains(&name) { Held::Unsure } else { known(name) };
        let facts = |held| Facts { whom, action: &request.action, resource: OWN, held };
        for statement in document.statements() {
            let before = applies(statement, &facts(&hidden));
            let after = applies(statement, &facts(&known));
            prop_assert!(before.is_none() || before == after, "{before:?} {after:?} {statement:?}");
        }
        let before = decide(document.statements(), &facts(&hidden));
        let after = decide(document.statements(), &facts(&known));
        prop_assert!(kind(&before) == "unclear" || kind(&before) == kind(&after));
    }

    #[test]
    fn the_order_of_statements_does_not_matter(
        statements in statements().prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
        caller in callers(), context in contexts(),
    ) {
        let (first, second) = statements;
        let one = decide_all(&first, caller.clone(), context.clone());
        let other = decide_all(&second, caller, context);
        prop_assert_eq!(kind(&one), kind(&other));
    }

    #[test]
    fn one_more_deny_never_allows_and_one_more_allow_never_denies(
        statements in statements(), more in statements(), caller in callers(), context in contexts(),
    ) {
        let with = |effect: &str| {
            let mut all = statements.clone();
            all.extend(more.iter().cloned().map(|mut one| { one["Effect"] = json!(effect); one }));
            decide_all(&all, caller.clone(), context.clone())
        };
        let before = decide_all(&statements, caller.clone(), context.clone());
        if kind(&with("Deny")) == "allow" {
            prop_assert_eq!(kind(&before), "allow");
        }
        if kind(&with("Allow")) == "deny" || kind(&before) == "deny" {
            prop_assert_eq!(kind(&before), kind(&with("Allow")));
        }
    }

    #[test]
    fn no_document_and_no_request_makes_it_panic(
        text in ".*", key in ".*", value in ".*", arn in "(arn:)?[a-z:/*${}]{0,40}", pattern in "(arn:)?[a-z:/*?${}]{0,40}",
    ) {
        if let Ok(document) = Document::parse(&text) {
            let _ = evaluate(&document, &request(Caller::Anonymous, json!({})));
        }
        let mut context = Context::default();
        context.insert(&key, [value.clone()]);
        let statement = json!({"Effect": "Deny", "NotPrincipal": {"AWS": [pattern, arn], "Service": value},
            "NotAction": key, "NotResource": [pattern, arn],
            "Condition": {"ArnLike": {key.clone(): [pattern, value]}, "StringLike": {key.clone(): pattern}}});
        let request = Request { caller: principal(&arn), action: value.clone(), resource: arn.clone(), context };
        let _ = evaluate(&document_of(&statement), &request);
    }
}

fn document_of(statement: &Value) -> Document {
    document(std::slice::from_ref(statement))
}
