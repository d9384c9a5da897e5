//! Keys whose values a stranger chooses, or that are the same for everybody.
//! Refuses `aws:referer`: whether Lambda hears of it is not documented.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::page::{KEYS, VARIABLES};
use super::{Case, check};
use crate::iam::Exposure::{self, Internal, Public};

const fn all(name: &'static str, condition: &'static str, want: Exposure) -> Case {
    Case::grant(name, r#""*""#, condition, want, KEYS)
}

const CHOSEN: &[Case] = &[
    all("a tag", r#"{"StringEquals":{"aws:PrincipalTag/team":"blue"}}"#, Public),
    all("a user's name", r#"{"StringEquals":{"aws:username":"admin"}}"#, Public),
    all("a kind of principal", r#"{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}"#, Public),
    all("a source identity", r#"{"StringEquals":{"aws:SourceIdentity":"diego"}}"#, Public),
    all("a client", r#"{"StringLike":{"aws:UserAgent":"Amazon CloudFront*"}}"#, Public),
    all("a second factor of his own", r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#, Public),
    all(
        "a token issued from now on",
        r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}"#,
        Public,
    ),
    all(
        "any time after a date",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#,
        Public,
    ),
    all(
        "a service that calls for him",
        r#"{"ForAnyValue:StringEquals":{"aws:CalledVia":"cloudformation.amazonaws.com"}}"#,
        Public,
    ),
    all(
        "a token that is a secret, not an identity",
        r#"{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.skill.x"}}"#,
        Public,
    ),
    Case::grant(
        "a session's name",
        r#""*""#,
        r#"{"StringLike":{"aws:userid":"*:deploy"}}"#,
        Public,
        VARIABLES,
    ),
];

const SAME: &[Case] = &[
    all("an encrypted connection", r#"{"Bool":{"aws:SecureTransport":"true"}}"#, Public),
    all("a direct call", r#"{"Bool":{"aws:ViaAWSService":"false"}}"#, Public),
    all("no service", r#"{"Bool":{"aws:PrincipalIsAWSService":"false"}}"#, Public),
    all("the function's Region", r#"{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#, Public),
    all(
        "the function's account",
        r#"{"StringEquals":{"aws:ResourceAccount":"111122223333"}}"#,
        Public,
    ),
    all(
        "a function of another account",
        r#"{"StringEquals":{"aws:ResourceAccount":"777788889999"}}"#,
        Internal,
    ),
];

#[test]
fn what_the_caller_chooses_does_not_limit() {
    check(CHOSEN);
}

#[test]
fn what_every_request_holds_does_not_limit() {
    check(SAME);
}
