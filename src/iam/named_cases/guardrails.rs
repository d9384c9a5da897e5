//! Guardrails that AWS recommends for a perimeter around data, beside grants that people have.
//! Refuses the network perimeter as proof: whose a network or an address is, a document cannot tell.
//! Examples: <https://docs.aws.amazon.com/whitepapers/latest/building-a-data-perimeter-on-aws/>.

use super::{Case, Policy, check};
use crate::iam::Exposure::{External, Internal, Public, Trusted, Unknown, UnscopedService};

const PERIMETER: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html";

macro_rules! with {
    ($principal:literal, $action:literal, $condition:literal, $($deny:expr),+) => {
        Policy::Statements(concat!(
            r#"{"Effect":"Allow","Principal":"#, $principal, r#","Action":"#, $action,
            r#","Resource":"$ARN","Condition":"#, $condition, "}", $(",", $deny),+
        ))
    };
}

macro_rules! identities {
    () => {
        r#"{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"lambda:*","Resource":"*","Condition":{
        "StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-friend1234"},
        "BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}"#
    };
}

macro_rules! deputies {
    () => {
        r#"{"Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"*","Condition":{
        "StringNotEqualsIfExists":{"aws:SourceOrgID":"o-friend1234","aws:SourceAccount":"444455556666"},
        "Null":{"aws:SourceAccount":"false"},"Bool":{"aws:PrincipalIsAWSService":"true"}}}"#
    };
}

macro_rules! sources {
    () => {
        r#"{"Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"*","Condition":{
        "StringNotEqualsIfExists":{"aws:SourceOrgID":"o-friend1234"},
        "Bool":{"aws:PrincipalIsAWSService":"true"}}}"#
    };
}

macro_rules! networks {
    () => {
        r#"{"Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"*","Condition":{
        "NotIpAddressIfExists":{"aws:SourceIp":"203.0.113.0/24"},
        "StringNotEqualsIfExists":{"aws:SourceVpc":"vpc-0a1b2c3d","aws:PrincipalTag/exempt":"true"},
        "BoolIfExists":{"aws:PrincipalIsAWSService":"false","aws:ViaAWSService":"false"},
        "ArnNotLikeIfExists":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/aws-service-role/*"}}}"#
    };
}

macro_rules! transport {
    () => {
        r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#
    };
}

const fn case(name: &'static str, policy: Policy, want: crate::iam::Exposure) -> Case {
    Case { name, policy, want, source: PERIMETER }
}

const CASES: &[Case] = &[
    case(
        "everybody of the organization, and services for anybody",
        with!(r#""*""#, r#""lambda:InvokeFunction""#, "{}", identities!()),
        Public,
    ),
    case(
        "everybody of the organization, and services for it",
        with!(r#""*""#, r#""lambda:InvokeFunction""#, "{}", identities!(), sources!()),
        Trusted,
    ),
    case(
        "a service that does not tell for whom it acts passes the published Deny",
        with!(r#""*""#, r#""lambda:InvokeFunction""#, "{}", identities!(), deputies!()),
        Unknown,
    ),
    case(
        "an account of another organization",
        with!(r#"{"AWS":"777788889999"}"#, r#""lambda:InvokeFunction""#, "{}", transport!()),
        External,
    ),
    case(
        "an account that may be of the organization",
        with!(r#"{"AWS":"777788889999"}"#, r#""lambda:InvokeFunction""#, "{}", identities!()),
        Trusted,
    ),
    case(
        "a service of the own account",
        with!(
            r#"{"Service":"s3.amazonaws.com"}"#,
            r#""lambda:InvokeFunction""#,
            r#"{"StringEquals":{"AWS:SourceAccount":"111122223333"}}"#,
            identities!(),
            deputies!(),
            networks!()
        ),
        Internal,
    ),
    case(
        "a service for anybody of the organization",
        with!(
            r#"{"Service":"s3.amazonaws.com"}"#,
            r#""lambda:InvokeFunction""#,
            "{}",
            identities!(),
            sources!()
        ),
        Trusted,
    ),
    case(
        "a service that no Deny speaks of",
        with!(
            r#"{"Service":"sns.amazonaws.com"}"#,
            r#""lambda:InvokeFunction""#,
            "{}",
            identities!(),
            networks!(),
            transport!()
        ),
        UnscopedService,
    ),
    case(
        "a network perimeter from which whoever tags himself is exempt",
        with!(
            r#""*""#,
            r#""lambda:InvokeFunctionUrl""#,
            r#"{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}}"#,
            networks!()
        ),
        Public,
    ),
    case(
        "a URL for the organization alone",
        with!(
            r#""*""#,
            r#""lambda:InvokeFunctionUrl""#,
            r#"{"StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM","aws:PrincipalOrgID":"o-friend1234"}}"#,
            networks!(),
            transport!()
        ),
        Trusted,
    ),
    case(
        "a URL for everybody, but for the organization's perimeter",
        with!(
            r#""*""#,
            r#""lambda:InvokeFunctionUrl""#,
            r#"{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}"#,
            identities!(),
            sources!()
        ),
        Trusted,
    ),
];

#[test]
fn the_guardrails_of_a_perimeter_are_worth_what_they_prove() {
    check(CASES);
}
