//! Who stands in `Principal` and `NotPrincipal`.
//! Refuses conditions; those are in `limits` and `callers`.
//! Forms: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use super::page::{CONFIG_RULE, NOT_PRINCIPAL, PRINCIPAL};
use super::{Case, check};
use crate::iam::Exposure::{External, Internal, Public, Trusted, Unknown};

const CASES: &[Case] = &[
    Case::grant("a bare star is everybody", r#""*""#, "{}", Public, CONFIG_RULE),
    Case::grant(
        "a star as AWS principal is everybody",
        r#"{"AWS":"*"}"#,
        "{}",
        Public,
        CONFIG_RULE,
    ),
    Case::grant(
        "a star in a list beside the own account is everybody",
        r#"{"AWS":["111122223333","*"]}"#,
        "{}",
        Public,
        PRINCIPAL,
    ),
    Case::grant("every service is everybody", r#"{"Service":"*"}"#, "{}", Public, PRINCIPAL),
    Case::grant(
        "an empty principal is not proven dead",
        r#"{"AWS":""}"#,
        "{}",
        Unknown,
        CONFIG_RULE,
    ),
    Case::grant(
        "the own account as an ARN is internal",
        r#"{"AWS":"arn:aws:iam::111122223333:root"}"#,
        "{}",
        Internal,
        PRINCIPAL,
    ),
    Case::grant(
        "a trusted account is trusted",
        r#"{"AWS":"444455556666"}"#,
        "{}",
        Trusted,
        PRINCIPAL,
    ),
    Case::grant(
        "another account is external",
        r#"{"AWS":"777788889999"}"#,
        "{}",
        External,
        PRINCIPAL,
    ),
    Case::grant(
        "a role of another account is external",
        r#"{"AWS":"arn:aws:iam::777788889999:role/r"}"#,
        "{}",
        External,
        PRINCIPAL,
    ),
    Case::grant(
        "a deleted principal shows as its unique id and is dead",
        r#"{"AWS":"AROAEXAMPLEEXAMPLE123"}"#,
        "{}",
        Internal,
        PRINCIPAL,
    ),
    Case::grant(
        "who signs in at an identity provider is unknown",
        r#"{"Federated":"cognito-identity.amazonaws.com"}"#,
        "{}",
        Unknown,
        PRINCIPAL,
    ),
    Case::grant("an unknown type is unknown", r#"{"Martian":"x"}"#, "{}", Unknown, PRINCIPAL),
    Case::of(
        "everybody but one stranger is everybody",
        r#"{"Effect":"Allow","NotPrincipal":{"AWS":"777788889999"},
        "Action":"lambda:InvokeFunction","Resource":"$ARN"}"#,
        Public,
        NOT_PRINCIPAL,
    ),
    Case::of(
        "everybody but the own account is everybody",
        r#"{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"},
        "Action":"lambda:InvokeFunction","Resource":"$ARN"}"#,
        Public,
        NOT_PRINCIPAL,
    ),
    Case::of(
        "the worst statement is the document's",
        r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"lambda:*","Resource":"$ARN"},
        {"Effect":"Allow","Principal":{"AWS":"777788889999"},
        "Action":"lambda:InvokeFunction","Resource":"$ARN"}"#,
        External,
        PRINCIPAL,
    ),
    Case::of(
        "a statement without an id counts",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN"}"#,
        Public,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html",
    ),
];

#[test]
fn principals_let_in_whom_they_name() {
    check(CASES);
}
