//! What holds for every document: outsiders get in only where the analysis says so, and whatever
//! it shows gets in.

use super::outsiders::{contradiction, requests};
use super::*;
use crate::iam::{Decision, Request, evaluate};
use proptest::prelude::*;
use proptest::sample::select;

const OPERATORS: [&str; 28] = [
    "StringEquals",
    "StringEquals",
    "StringEquals",
    "StringNotEquals",
    "StringNotEquals",
    "StringLike",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringNotEqualsIfExists",
    "StringEqualsIgnoreCase",
    "ArnLike",
    "ArnEquals",
    "ArnNotLike",
    "ArnLikeIfExists",
    "Null",
    "Null",
    "Bool",
    "BoolIfExists",
    "IpAddress",
    "NotIpAddress",
    "ForAnyValue:StringLike",
    "ForAnyValue:StringNotLike",
    "ForAllValues:StringLike",
    "ForAllValues:StringNotLike",
    "ForAllValues:StringEquals",
    "DateGreaterThan",
    "NumericLessThan",
];

const KEYS: [&str; 34] = [
    "aws:PrincipalAccount",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalType",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalTag/x",
    "aws:PrincipalTag/x",
    "aws:userid",
    "aws:username",
    "aws:SourceAccount",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceIp",
    "aws:VpcSourceIp",
    "aws:SourceVpc",
    "aws:VpceAccount",
    "aws:SourceVpcArn",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:ViaAWSService",
    "aws:CalledVia",
    "aws:SourceIdentity",
    "lambda:FunctionUrlAuthType",
    "lambda:InvokedViaFunctionUrl",
];

/// Values that fit the key, or nearly.
fn values(key: &str) -> Vec<&'static str> {
    let mut values = match key {
        "aws:PrincipalAccount" | "aws:SourceAccount" | "aws:VpceAccount" => {
            vec![
                OWN,
                FOREIGN,
                FRIEND,
                "anonymous",
                "1111*",
                "2*",
                "${aws:ResourceAccount}",
                "${aws:PrincipalAccount}",
            ]
        }
        "aws:PrincipalArn" => vec![
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::777788889999:role/admin",
            "arn:aws:iam::*:role/admin",
            "arn:aws:iam::*:user/*",
            "arn:aws:iam::*111122223333*",
            "arn:*:iam::444455556666:*",
            "arn:aws:iam::777788889999:root",
            "arn:aws:iam:::x",
            "arn:aws:iam::${aws:PrincipalAccount}:*",
        ],
        "aws:SourceArn" | "aws:SourceVpcArn" => vec![
            "arn:aws:sns:*:111122223333:*",
            "arn:aws:sns:*:*:topic",
            "arn:aws:s3:::mine",
            "arn:aws:s3:::*",
            "arn:aws:events:*:777788889999:rule/*",
            "arn:aws:*:*:444455556666:*",
            "arn:aws:sns:eu-west-1::t",
            "arn:aws:ec2:*:111122223333:vpc/*",
        ],
        "aws:PrincipalOrgID" | "aws:SourceOrgID" => {
            vec!["o-friend1234", "o-foreign123", "o-partly1234", "o-*"]
        }
        "aws:PrincipalOrgPaths" | "aws:SourceOrgPaths" => vec![
            "o-friend1234/*",
            "o-foreign123/*",
            "o-partly1234/r-ab12/ou-ab12-1/*",
            "o-partly1234/*",
            "o-partly1234/r-ab12/ou-ab12-2/*",
        ],
        "aws:PrincipalType" => vec!["AssumedRole", "User", "Account", "Anonymous"],
        "aws:PrincipalServiceName" => vec!["s3.amazonaws.com", "sns.amazonaws.com"],
        "aws:CalledVia" => vec!["cloudformation.amazonaws.com"],
        "aws:SourceIp" => vec!["0.0.0.0/0", "203.0.113.0/24", "0.0.0.0/1", "::/0", "5.9.10.0/24"],
        "aws:VpcSourceIp" => vec!["10.0.0.0/8", "0.0.0.0/0"],
        "aws:SourceVpc" => vec!["vpc-0a1b2c3d", "vpc-*"],
        "aws:CurrentTime" | "aws:TokenIssueTime" => {
            vec!["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]
        }
        "aws:EpochTime" | "aws:MultiFactorAuthAge" => vec!["0", "3600", "1900000000"],
        "lambda:FunctionUrlAuthType" => vec!["NONE", "AWS_IAM"],
        "aws:userid" => vec!["AROA*", "AIDA*", "*:admin", OWN],
        _ => vec!["blue", "admin", "${aws:username}", "${aws:PrincipalTag/y, 'blue'}"],
    };
    values.extend(["*", "", "true", "false"]);
    values
}

fn clause() -> impl Strategy<Value = (&'static str, &'static str, Value)> {
    (select(OPERATORS.to_vec()), select(KEYS.to_vec())).prop_flat_map(|(operator, key)| {
        let pool = match operator {
            "Null" | "Bool" | "BoolIfExists" => vec!["true", "false"],
            _ => values(key),
        };
        let one = select(pool.clone()).prop_map(|value| json!(value));
        let two = prop::collection::vec(select(pool), 1..3).prop_map(|values| json!(values));
        prop_oneof![3 => one, 1 => two].prop_map(move |value| (operator, key, value))
    })
}

fn conditions(most: usize) -> impl Strategy<Value = Value> {
    prop::collection::vec(clause(), 0..=most).prop_map(|clauses| {
        let mut condition = json!({});
        for (operator, key, value) in clauses {
            condition[operator][key] = value;
        }
        condition
    })
}

fn principal() -> impl Strategy<Value = (&'static str, Value)> {
    let user = format!("arn:aws:iam::{FOREIGN}:user/u");
    let role = format!("arn:aws:iam::{FOREIGN}:role/admin");
    let everybody = Just(("Principal", json!("*")));
    let somebody = select(vec![
        ("Principal", json!({"AWS": FOREIGN})),
        ("Principal", json!({"AWS": user})),
        ("Principal", json!({"AWS": role})),
        ("Principal", json!({"AWS": FRIEND})),
        ("Principal", json!({"AWS": format!("arn:aws-cn:iam::{FOREIGN}:root")})),
        ("Principal", json!({"Service": "s3.amazonaws.com"})),
        ("Principal", json!({"Service": "sns.amazonaws.com"})),
        ("Principal", json!({"Service": "logs.eu-west-1.amazonaws.com"})),
        ("Principal", json!({"Service": "logs.amazonaws.com"})),
        ("Principal", json!({"Service": "*"})),
        ("NotPrincipal", json!({"AWS": [OWN, format!("arn:aws:iam::{OWN}:root")]})),
        ("NotPrincipal", json!({"AWS": FOREIGN})),
        ("NotPrincipal", json!({"Service": "s3.amazonaws.com"})),
    ]);
    prop_oneof![1 => everybody, 1 => somebody]
}

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    let actions = select(vec![
        ("Action", json!("lambda:InvokeFunction")),
        ("Action", json!("lambda:InvokeFunction")),
        ("Action", json!("lambda:InvokeFunctionUrl")),
        ("Action", json!("lambda:*")),
        ("Action", json!(["lambda:Invoke*", "lambda:GetFunction"])),
        ("NotAction", json!("lambda:Get*")),
    ]);
    let most = if effect == "Allow" { 3 } else { 2 };
    (principal(), actions, conditions(most)).prop_map(move |((who, listed), (what, actions), condition)| {
        json!({"Effect": effect, who: listed, what: actions, "Resource": "*", "Condition": condition})
    })
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    let allows = prop::collection::vec(statement("Allow"), 1..=2);
    let denies = prop::collection::vec(statement("Deny"), 0..=2);
    (allows, denies).prop_map(|(allows, denies)| [allows, denies].concat())
}

fn some_trusted() -> Trusted {
    let mut trusted = trusted();
    trusted.organizations.insert("o-partly1234/r-ab12/ou-ab12-1/*".to_owned());
    trusted
}

fn worst(statements: &[Value], trusted: &Trusted) -> Vec<Exposure> {
    let exposures = expose(&document(statements), at(&resource(), trusted));
    exposures.iter().map(StatementExposure::worst).collect()
}

/// Whether the first may follow the second when less is granted than before. What was unknown may
/// become clear.
fn is_no_worse(after: Exposure, before: Exposure) -> bool {
    after >= before || before == Unknown
}

thread_local! {
    static REQUESTS: Vec<Request> = requests();
}

proptest! {
    #[test]
    fn outsiders_get_in_only_where_the_analysis_says_so(statements in statements()) {
        let worst = worst(&statements, &some_trusted());
        let is_deny = |statement: &Value| statement["Effect"] == "Deny";
        let denies = || statements.iter().filter(|one| is_deny(one));
        // Each Allow alone, so that one that lets the request in does not hide another.
        for (index, allow) in statements.iter().enumerate().filter(|(_, one)| !is_deny(one)) {
            let alone: Vec<Value> = [allow].into_iter().chain(denies()).cloned().collect();
            let document = document(&alone);
            REQUESTS.with(|requests| {
                for request in requests {
                    if evaluate(&document, request) == (Decision::Allow { statement: 0 }) {
                        prop_assert!(worst[index] < Friends, "{:?} for {request:?}", worst[index]);
                    }
                }
                Ok(())
            })?;
        }
    }

    #[test]
    fn every_insider_is_allowed(statements in statements()) {
        let document = document(&statements);
        let trusted = some_trusted();
        let function = resource();
        let standpoint = at(&function, &trusted);
        for (index, exposure) in expose(&document, standpoint).iter().enumerate() {
            for grant in &exposure.grants {
                let Some(witness) = insider(&document, index, &grant.principal, standpoint) else {
                    continue;
                };
                let decision = evaluate(&document, &witness.request());
                let allowed = matches!(decision, Decision::Allow { statement } if statement <= index);
                prop_assert!(allowed, "{decision:?} for {witness:?}");
            }
        }
    }

    #[test]
    fn every_witness_is_allowed_and_fits_together(statements in statements()) {
        let document = document(&statements);
        let trusted = some_trusted();
        for (index, exposure) in expose(&document, at(&resource(), &trusted)).iter().enumerate() {
            for witness in exposure.grants.iter().filter_map(|grant| grant.witness.as_ref()) {
                let decision = evaluate(&document, &witness.request());
                let allowed = matches!(decision, Decision::Allow { statement } if statement <= index);
                prop_assert!(allowed, "{decision:?} for {witness:?}");
                prop_assert_eq!(contradiction(witness), None, "{:?}", witness);
            }
        }
    }

    #[test]
    fn a_further_deny_makes_nothing_worse(statements in statements(), deny in statement("Deny")) {
        let before = worst(&statements, &some_trusted());
        let after = worst(&[statements, vec![deny]].concat(), &some_trusted());
        for (before, after) in before.into_iter().zip(after) {
            prop_assert!(is_no_worse(after, before), "{before} became {after}");
        }
    }

    #[test]
    fn a_further_clause_makes_nothing_worse(
        mut statements in statements(), (operator, key, value) in clause(),
    ) {
        let before = worst(&statements, &some_trusted())[0];
        prop_assume!(statements[0]["Condition"][operator].get(key).is_none());
        statements[0]["Condition"][operator][key] = value;
        let after = worst(&statements, &some_trusted())[0];
        prop_assert!(is_no_worse(after, before), "{before} became {after}");
    }

    #[test]
    fn less_trust_makes_nothing_better(statements in statements()) {
        let trusting = worst(&statements, &some_trusted());
        let alone = worst(&statements, &Trusted::default());
        for (trusting, alone) in trusting.into_iter().zip(alone) {
            // Of two proofs, the one that names the trusted set may have been the quicker one.
            let better = alone > trusting && trusting != Friends;
            prop_assert!(!better, "{trusting} became {alone}");
        }
    }

    #[test]
    fn a_condition_that_is_not_understood_leaves_no_grant_open(
        statement in statement("Allow"), key in "[a-z]{1,8}:[A-Za-z]{1,8}",
    ) {
        let mut more = statement;
        more["Condition"]["NumericLessThan"][key] = json!("1");
        prop_assert!(worst(&[more], &some_trusted())[0] >= Unknown);
    }
}
