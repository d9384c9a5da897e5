//! What a Deny is worth.

use super::*;

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
            Internal,
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
            Internal,
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
            Internal,
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
            External,
        ),
        (
            json!({"Service": "s3.amazonaws.com"}),
            "lambda:InvokeFunction",
            deny(json!({"Service": "s3.amazonaws.com"}), "*", json!({})),
            Internal,
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
fn a_deny_of_one_resource_does_not_cover_an_allow_of_more() {
    let allow = json!({"Effect": "Allow", "Principal": "*",
        "Action": "lambda:InvokeFunction", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": ARN});
    assert_eq!(all(&[allow, deny])[0].worst(), Unknown);
}

#[test]
fn a_large_hostile_document_is_judged() {
    let values: Vec<String> =
        (0..300).map(|n| format!("arn:aws:iam::{n:012}:role/*a*b*c*d*e*{n}")).collect();
    let statement = allow(
        json!("*"),
        json!({"StringLike": {"aws:PrincipalArn": values},
        "StringEquals": {"aws:Martian": "x"}}),
    );
    let many: Vec<Value> = (0..80)
        .map(|n| allow(json!("*"), json!({"StringEquals": {"aws:Martian": format!("{n}")}})))
        .collect();
    assert_eq!(all(&[statement])[0].worst(), Unknown);
    assert!(all(&many).iter().all(|exposure| exposure.worst() == Unknown));
}

#[test]
fn a_deny_on_the_source_account_reaches_strangers() {
    let s3 = json!({"Service": "s3.amazonaws.com"});
    let foreign = json!({"StringNotEquals": {"AWS:SourceAccount": OWN}});
    let only_services = json!({"StringNotEquals": {"AWS:SourceAccount": OWN}, "Null": {"aws:SourceAccount": "false"}});
    for (principal, condition, want) in [
        (s3.clone(), foreign.clone(), Internal),
        (json!("*"), foreign, Internal),
        (s3, only_services.clone(), Unknown),
        (json!("*"), only_services, Public),
    ] {
        let statements = [allow(principal, json!({})), deny(json!("*"), "*", condition)];
        assert_eq!(all(&statements)[0].worst(), want, "{statements:?}");
    }
}

#[test]
fn decoys_that_a_deny_holds_back_do_not_hide_whoever_gets_in() {
    let named = |count: u64| (0..count).map(|n| format!("{:012}", 777_788_880_000 + n));
    let equals =
        |accounts: Vec<String>| json!({"StringEquals": {"aws:PrincipalAccount": accounts}});
    let statements = [
        allow(json!("*"), equals(named(60).collect())),
        deny(json!("*"), "*", equals(named(59).collect())),
    ];
    let exposed = all(&statements);
    assert_eq!(exposed[0].worst(), External);
    assert!(exposed[0].grants[0].reason.contains("777788880059"));
}

#[test]
fn denies_that_contradict_each_other_are_given_up_on_in_time() {
    let tags = |n: usize| {
        let operator = if n.is_multiple_of(2) { "StringEquals" } else { "StringNotEquals" };
        deny(json!("*"), "*", json!({operator: {"aws:PrincipalTag/a": "1"}}))
    };
    let bare =
        |_| json!({"Effect": "Allow", "Principal": "*", "NotAction": "x:y", "Resource": "*"});
    let statements: Vec<Value> = (0..80).map(bare).chain((0..57).map(tags)).collect();
    assert!(all(&statements).iter().take(80).all(|exposed| exposed.worst() == Unknown));
}
