//! Who is named by whom: accounts, roles and their sessions, users, services, everybody.

use super::*;
use crate::iam::document::Document;
use serde_json::{Value, json};

const USER: Whom<'_> =
    Whom::Principal { arn: "arn:aws:iam::444455556666:user/team/Bob", session: None };
const ROOT: Whom<'_> = Whom::Principal { arn: "arn:aws:iam::444455556666:root", session: None };
const ROLE: &str = "arn:aws:iam::444455556666:role/path/audit";
const SESSION: Whom<'_> = Whom::Principal {
    arn: ROLE,
    session: Some("arn:aws:sts::444455556666:assumed-role/audit/app"),
};
const ANY_SESSION: Whom<'_> = Whom::Principal { arn: ROLE, session: None };
const FEDERATED: Whom<'_> =
    Whom::Principal { arn: "arn:aws:sts::444455556666:federated-user/Bob", session: None };
const S3: Whom<'_> = Whom::Service("s3.amazonaws.com");
const EVERY: [Whom<'_>; 7] = [USER, ROOT, SESSION, ANY_SESSION, FEDERATED, S3, Whom::Anonymous];

fn speaks(element: &str, principal: &Value, whom: &Whom<'_>) -> Option<bool> {
    let mut statement = json!({"Effect": "Deny", "Action": "*", "Resource": "*"});
    statement[element] = principal.clone();
    let document = Document::parse(&json!({"Statement": statement}).to_string()).unwrap();
    speaks_of(&document.statements()[0], whom)
}

const T: Option<bool> = Some(true);
const F: Option<bool> = Some(false);

fn check(element: &str, rows: &[(Value, [Option<bool>; 7])]) {
    for (principal, want) in rows {
        let got = EVERY.map(|whom| speaks(element, principal, &whom));
        assert_eq!(got, *want, "{principal}");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[test]
fn each_form_names_the_callers_that_are_documented() {
    let aws = |text: &str| json!({ "AWS": text });
    check(
        "Principal",
        &[
            // principal: user, root, session, any session, federated user, service, nobody
            (json!("*"), [T, T, T, T, T, T, T]),
            (aws("*"), [T, T, T, T, T, T, T]),
            // "The account ARN does not limit permissions to only the root user of the account."
            (aws("444455556666"), [T, T, T, T, T, F, F]),
            (aws("arn:aws:iam::444455556666:root"), [T, T, T, T, T, F, F]),
            (aws("111122223333"), [F, F, F, F, F, F, F]),
            (aws("arn:aws:iam::111122223333:root"), [F, F, F, F, F, F, F]),
            (aws("arn:aws-cn:iam::444455556666:root"), [None, None, None, None, None, F, F]),
            (aws("arn:aws:iam::444455556666:user/team/Bob"), [T, F, F, F, None, F, F]),
            (aws("arn:aws:iam::444455556666:user/team/bob"), [F, F, F, F, None, F, F]),
            (aws(ROLE), [F, F, T, T, F, F, F]),
            // Whether a role is found by a name in another case is not documented.
            (aws("arn:aws:iam::444455556666:role/path/Audit"), [F, F, None, None, F, F, F]),
            (aws("arn:aws:sts::444455556666:assumed-role/Audit/app"), [F, F, None, None, F, F, F]),
            (aws("arn:aws:iam::444455556666:role/audit"), [F, F, F, F, F, F, F]),
            (aws("arn:aws:sts::444455556666:assumed-role/audit/app"), [F, F, T, None, F, F, F]),
            (aws("arn:aws:sts::444455556666:assumed-role/audit/other"), [F, F, F, None, F, F, F]),
            (aws("arn:aws:sts::444455556666:assumed-role/other/app"), [F, F, F, F, F, F, F]),
            (
                aws("arn:aws:sts::444455556666:assumed-role/audit"),
                [None, None, None, None, None, F, F],
            ),
            (aws("arn:aws:sts::444455556666:federated-user/Bob"), [F, F, F, F, T, F, F]),
            // "You cannot use a wildcard to match part of a principal name or ARN."
            (aws("arn:aws:iam::444455556666:role/*"), [None, None, None, None, None, F, F]),
            (aws("arn:aws:iam::111122223333:role/*"), [F, F, F, F, F, F, F]),
            (aws("arn:aws:iam::*:root"), [None, None, None, None, None, F, F]),
            (aws("arn:aws:iam::444455556666:group/g"), [None, None, None, None, None, F, F]),
            (aws("nonsense"), [None, None, None, None, None, F, F]),
            // A deleted role.
            (aws("AROAEXAMPLEEXAMPLE01"), [F, F, F, F, F, F, F]),
            (json!({"Service": "s3.amazonaws.com"}), [F, F, F, F, F, T, F]),
            (json!({"Service": "*"}), [F, F, F, F, F, T, F]),
            (json!({"Service": "sns.amazonaws.com"}), [F, F, F, F, F, F, F]),
            (json!({"Service": "s3.eu-west-1.amazonaws.com"}), [F, F, F, F, F, None, F]),
            (json!({"Service": "s3*"}), [F, F, F, F, F, None, F]),
            (json!({"Federated": "accounts.google.com"}), [None, None, None, None, None, F, F]),
            (json!({"CanonicalUser": "79a59df900b949e5"}), [None; 7]),
            (json!("nobody"), [None; 7]),
            // "This is a logical OR."
            (
                json!({"AWS": [ROLE, "111122223333"], "Service": "s3.amazonaws.com"}),
                [F, F, T, T, F, T, F],
            ),
            (json!({"AWS": ["nonsense", ROLE]}), [None, None, T, T, None, F, F]),
        ],
    );
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
#[test]
fn not_principal_leaves_out_only_who_is_listed_with_role_and_account() {
    let root = "arn:aws:iam::444455556666:root";
    let session = "arn:aws:sts::444455556666:assumed-role/audit/app";
    let bob = "arn:aws:iam::444455556666:user/team/Bob";
    check(
        "NotPrincipal",
        &[
            // principal: user, root, session, any session, federated user, service, nobody
            (json!({"AWS": [bob, root]}), [F, F, None, None, None, T, T]),
            (json!({"AWS": [bob, "444455556666"]}), [F, F, None, None, None, T, T]),
            (json!({"AWS": bob}), [None, T, T, T, None, T, T]),
            (json!({"AWS": [session, ROLE, root]}), [None, F, F, None, None, T, T]),
            (json!({"AWS": [ROLE, root]}), [None, F, None, None, None, T, T]),
            (json!({"AWS": [session, root]}), [None, F, None, None, None, T, T]),
            (json!({"AWS": ROLE}), [T, T, None, None, T, T, T]),
            (json!({"AWS": "111122223333"}), [T, T, T, T, T, T, T]),
            (json!({"Service": "s3.amazonaws.com"}), [T, T, T, T, T, F, T]),
            (json!({"Service": "s3.eu-west-1.amazonaws.com"}), [T, T, T, T, T, None, T]),
            (json!({"AWS": "AIDAEXAMPLEEXAMPLE01"}), [T, T, T, T, T, T, T]),
            (json!({"CanonicalUser": "79a59df900b949e5"}), [None; 7]),
            (json!("*"), [None; 7]),
        ],
    );
}

#[test]
fn a_caller_whose_arn_is_not_one_is_named_only_by_everybody() {
    let odd = Whom::Principal { arn: "odd", session: None };
    assert_eq!(speaks("Principal", &json!("*"), &odd), T);
    assert_eq!(speaks("Principal", &json!({"AWS": "444455556666"}), &odd), None);
    assert_eq!(speaks("NotPrincipal", &json!({"AWS": "444455556666"}), &odd), None);
    let arn = "arn:aws:sts::444455556666:assumed-role/audit/app";
    let mistaken = Whom::Principal { arn, session: None };
    assert_eq!(speaks("Principal", &json!({ "AWS": ROLE }), &mistaken), None);
    assert_eq!(speaks("Principal", &json!({"AWS": "444455556666"}), &mistaken), T);
}
