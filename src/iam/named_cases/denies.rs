//! What a Deny takes from an Allow.
//! Refuses Denies on an account as principal: whom of it they reach is not documented.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::page::{KEYS, LAMBDA, LOGIC, OPERATORS, SETS};
use super::{Case, Policy, check};
use crate::iam::Exposure::{self, External, Internal, Public, Trusted, Unknown, UnscopedService};

/// Everybody may invoke, but for a Deny of everything to everybody under a condition.
const fn but(
    name: &'static str,
    denied: &'static str,
    want: Exposure,
    source: &'static str,
) -> Case {
    Case { name, policy: Policy::But(r#""*""#, denied), want, source }
}

/// The same, of what S3 may do.
const fn s3_but(
    name: &'static str,
    denied: &'static str,
    want: Exposure,
    source: &'static str,
) -> Case {
    Case { name, policy: Policy::But(r#"{"Service":"s3.amazonaws.com"}"#, denied), want, source }
}

const CASES: &[Case] = &[
    but("a Deny without conditions leaves nothing", "{}", Internal, LOGIC),
    but(
        "everybody but principals of the own account",
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
        Internal,
        KEYS,
    ),
    but(
        "everybody but the organization, services and strangers without one included",
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-friend1234"}}"#,
        Trusted,
        KEYS,
    ),
    but(
        "a negated operator takes a missing key, with and without IfExists",
        r#"{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-friend1234"}}"#,
        Trusted,
        OPERATORS,
    ),
    but(
        "all of no paths lie outside the organization",
        r#"{"ForAllValues:StringNotLike":{"aws:PrincipalOrgPaths":"o-friend1234/*"}}"#,
        Trusted,
        LAMBDA,
    ),
    but(
        "none of no paths lies outside, so that strangers without an organization stay",
        r#"{"ForAnyValue:StringNotLike":{"aws:PrincipalOrgPaths":"o-friend1234/*"}}"#,
        Public,
        SETS,
    ),
    but(
        "only members of other organizations",
        r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-friend1234"},"Null":{"aws:PrincipalOrgID":"false"}}"#,
        Public,
        OPERATORS,
    ),
    but("only unencrypted calls", r#"{"Bool":{"aws:SecureTransport":"false"}}"#, Public, KEYS),
    but("only one office", r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, Public, KEYS),
    but(
        "everybody outside one office, endpoints included",
        r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        Unknown,
        KEYS,
    ),
    but(
        "everybody outside half of all addresses",
        r#"{"NotIpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#,
        Public,
        KEYS,
    ),
    but(
        "one stranger",
        r#"{"StringEquals":{"aws:PrincipalAccount":"777788889999"}}"#,
        Public,
        LOGIC,
    ),
    but("an unknown condition", r#"{"Martian":{"x":"y"}}"#, Unknown, LOGIC),
    but(
        "everybody who is no service leaves every service, for anybody",
        r#"{"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#,
        Public,
        KEYS,
    ),
    Case::of(
        "an anonymous caller is neither a service nor none",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"Bool":{"aws:PrincipalIsAWSService":"false"}}}"#,
        Public,
        KEYS,
    ),
    s3_but(
        "buckets of everybody else",
        r#"{"StringNotEquals":{"AWS:SourceAccount":"111122223333"}}"#,
        Internal,
        KEYS,
    ),
    s3_but(
        "one bucket of everybody's",
        r#"{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::mine"}}"#,
        UnscopedService,
        LAMBDA,
    ),
    Case::of(
        "the same service allowed and denied",
        r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":{"Service":"s3.amazonaws.com"},"Action":"*","Resource":"*"}"#,
        Internal,
        LOGIC,
    ),
    Case::of(
        "another service denied",
        r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":{"Service":"sns.amazonaws.com"},"Action":"*","Resource":"*"}"#,
        UnscopedService,
        LOGIC,
    ),
    Case::of(
        "a role allowed by name and denied by its ARN",
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::777788889999:role/r"},"Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::777788889999:role/r"}}}"#,
        Internal,
        KEYS,
    ),
    Case::of(
        "an account allowed and one of its roles denied",
        r#"{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::777788889999:role/r"}}}"#,
        External,
        KEYS,
    ),
    Case::of(
        "an account allowed and denied by its number",
        r#"{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalAccount":"777788889999"}}}"#,
        Internal,
        KEYS,
    ),
    Case::of(
        "more allowed than denied",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:*","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"lambda:Invoke*","Resource":"*"}"#,
        Public,
        LOGIC,
    ),
    Case::of(
        "all actions denied but reading, of which none was allowed",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","NotAction":"lambda:Get*","Resource":"*"}"#,
        Internal,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    ),
    Case::of(
        "two Denies that together leave nothing",
        r#"{"Effect":"Allow","Principal":"*","Action":["lambda:InvokeFunction","lambda:GetFunction"],"Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"lambda:InvokeFunction","Resource":"*"},
        {"Effect":"Deny","Principal":"*","Action":"lambda:GetFunction","Resource":"*"}"#,
        Internal,
        LOGIC,
    ),
    Case::of(
        "a Deny alone grants nothing",
        r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#,
        Internal,
        LOGIC,
    ),
];

const GUIDE: &[Case] = &[
    Case::of(
        "all buckets of the account but one",
        r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"$ARN",
        "Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}},
        {"Effect":"Deny","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction",
        "Resource":["$ARN","$ARN:*"],"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::mine"}}}"#,
        Internal,
        LAMBDA,
    ),
    Case::of(
        "two roles of a trusted account from one address",
        r#"{"Effect":"Allow","Action":"lambda:CreateAlias","Resource":"$ARN","Principal":{"AWS":
        ["arn:aws:iam::444455556666:role/a","arn:aws:iam::444455556666:role/b"]},
        "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0"}}}"#,
        Trusted,
        LAMBDA,
    ),
    Case::of(
        "one unit of the organization, said twice",
        r#"{"Effect":"Deny","Action":"lambda:InvokeFunction","Principal":"*","Resource":"$ARN","Condition":
        {"ForAllValues:StringNotLike":{"aws:PrincipalOrgPaths":["o-friend1234/r-ab12/ou-ab12-1/*"]}}},
        {"Effect":"Allow","Action":"lambda:InvokeFunction","Principal":"*","Resource":"$ARN","Condition":
        {"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-friend1234/r-ab12/ou-ab12-1/*"]}}}"#,
        Trusted,
        LAMBDA,
    ),
];

#[test]
fn denies_take_what_they_provably_cover() {
    check(CASES);
}

#[test]
fn the_examples_of_the_developer_guide_are_understood() {
    check(GUIDE);
}
