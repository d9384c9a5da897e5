//! Whatever the policies are: a certain privilege has a witness that they allow by their letter.

use super::*;
use crate::iam::actions::Names;
use crate::iam::pattern::glob;
use proptest::prelude::*;

fn word(list: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let word = || prop::sample::select(list.to_vec());
    prop_oneof![
        word().prop_map(Value::from),
        prop::collection::vec(word(), 1..3).prop_map(Value::from)
    ]
}

fn any_statement() -> impl Strategy<Value = Value> {
    let actions = word(&[
        "*",
        "*:*",
        "s3:*",
        "S3:Put*",
        "s3:PutObject",
        "s3:GetObject",
        "iam:*",
        "iam:C*",
        "*:Delete*",
        "dynamodb:*Item",
        "sqs:SendMessage",
        "new:*",
        "s*",
        "logs:?*",
    ]);
    let resources = word(&[
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::*/*",
        "arn:aws:s3:::a/*",
        "arn:aws:iam::*:role/*",
        "arn:aws:dynamodb:*:*:table/*",
        "arn:aws:sqs:eu-west-1:*:*",
        "arn:*",
        "arn:aws:dynamodb:*",
        "arn:aws:s3:::${aws:username}",
        "arn:aws:new:*:*:thing/*",
        "arn:aws:s3",
    ]);
    (any::<[bool; 3]>(), prop::bool::weighted(0.2), actions, resources).prop_map(
        |([allow, not_action, not_resource], condition, actions, resources)| {
            let mut one = json!({"Effect": if allow { "Allow" } else { "Deny" }});
            one[if not_action { "NotAction" } else { "Action" }] = actions;
            one[if not_resource { "NotResource" } else { "Resource" }] = resources;
            if condition {
                one["Condition"] = json!({"Bool": {"a:b": "true"}});
            }
            one
        },
    )
}

/// Whether a statement speaks of the use, by its letter and its letter only.
fn speaks(statement: &Statement, used: &Use) -> bool {
    let named = |names: &Names, text: &str, case: bool| {
        let fold = |text: &str| if case { text.to_owned() } else { text.to_ascii_lowercase() };
        let hit = |list: &[String]| list.iter().any(|pattern| glob(&fold(pattern), &fold(text)));
        match names {
            Names::Only(list) => hit(list),
            Names::AllBut(list) => !hit(list),
        }
    };
    named(&statement.actions, &used.action, false)
        && statement.resources.as_ref().is_none_or(|names| named(names, &used.resource, true))
}

proptest! {
    #[test]
    fn a_certain_privilege_has_a_witness_that_the_policies_allow(
        first in prop::collection::vec(any_statement(), 0..4),
        second in prop::collection::vec(any_statement(), 0..3),
    ) {
        let (first, second) = (policy(&json!(first)), policy(&json!(second)));
        let both = [&first, &second];
        let found = privileges(&both);
        let all = [found.admin, found.nearly_all, found.full_access, found.write_all].concat();
        for one in all {
            let statement = &both[one.document].statements()[one.statement];
            let conditional = !statement.conditions.is_empty();
            prop_assert_eq!(statement.effect, Effect::Allow);
            prop_assert!(!(conditional && one.certainty == Certainty::Certain), "{one:?}");
            if one.certainty != Certainty::Certain {
                continue;
            }
            prop_assert!(speaks(statement, &one.witness), "{one:?}");
            let forbidden = both.iter().flat_map(|policy| policy.statements()).any(|deny| {
                deny.effect == Effect::Deny && deny.conditions.is_empty() && speaks(deny, &one.witness)
            });
            prop_assert!(!forbidden, "{one:?}");
        }
    }

    #[test]
    fn a_deny_never_adds_a_privilege(
        statements in prop::collection::vec(any_statement(), 1..5),
    ) {
        let without: Vec<Value> =
            statements.iter().filter(|one| one["Effect"] == "Allow").cloned().collect();
        let count = |found: Privileges| {
            [found.admin, found.nearly_all, found.full_access, found.write_all].map(|list| list.len())
        };
        let (all, without) = (count(judged(json!(statements))), count(judged(json!(without))));
        prop_assert!(all.iter().zip(without).all(|(with, without)| *with <= without));
    }
}
