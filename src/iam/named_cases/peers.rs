//! Where other tools answer wrongly: what they miss, and what they would take away.
//! Refuses what they leave to taste; each case names the tool, whose code or page was read.

use super::{Case, check};
use crate::iam::Exposure::{Internal, Public, Trusted, UnscopedService};

const CUSTODIAN: &str =
    "https://github.com/cloud-custodian/cloud-custodian/blob/main/c7n/filters/iamaccess.py";
const ASR: &str = "https://github.com/aws-solutions/automated-security-response-on-aws";
const PROWLER: &str = "https://github.com/prowler-cloud/prowler";
const CONFIG: &str = super::page::CONFIG_RULE;
const ANALYZER: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html";

const EVERYBODY: &str = r#""*""#;
const S3: &str = r#"{"Service":"s3.amazonaws.com"}"#;

const MISSED: &[Case] = &[
    Case::grant(
        "any source address is accepted",
        EVERYBODY,
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
        Public,
        CUSTODIAN,
    ),
    Case::grant("services are not looked at", S3, "{}", UnscopedService, CUSTODIAN),
    Case::grant("confused deputies are not reported", S3, "{}", UnscopedService, ANALYZER),
    Case::grant(
        "any network is accepted",
        EVERYBODY,
        r#"{"StringLike":{"aws:SourceVpc":"*"}}"#,
        Public,
        CUSTODIAN,
    ),
    Case::grant("a star in a list is not seen", r#"{"AWS":["*"]}"#, "{}", Public, ASR),
    Case::grant(
        "any source account is accepted",
        S3,
        r#"{"StringEquals":{"AWS:SourceAccount":"777788889999"}}"#,
        UnscopedService,
        ASR,
    ),
    Case::grant(
        "only buckets are looked at, topics are not",
        r#"{"Service":"sns.amazonaws.com"}"#,
        "{}",
        UnscopedService,
        ASR,
    ),
    Case::grant(
        "any value of a listed key is accepted",
        EVERYBODY,
        r#"{"StringLike":{"aws:PrincipalAccount":"*"}}"#,
        Public,
        PROWLER,
    ),
    Case::grant(
        "any ARN of a listed key is accepted",
        EVERYBODY,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#,
        Public,
        PROWLER,
    ),
    Case::grant(
        "the function's own account is taken for the caller's",
        EVERYBODY,
        r#"{"StringEquals":{"aws:ResourceAccount":"111122223333"}}"#,
        Public,
        PROWLER,
    ),
    Case::grant(
        "a wildcard in a source's account is accepted",
        r#"{"Service":"sns.amazonaws.com"}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#,
        UnscopedService,
        PROWLER,
    ),
];

const TAKEN: &[Case] = &[
    Case::of(
        "a guardrail for everybody is removed",
        r#"{"Sid":"a","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},
        "Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Sid":"guardrail","Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"$ARN",
        "Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}}"#,
        Internal,
        ASR,
    ),
    Case::grant(
        "a grant to the own organization is removed",
        EVERYBODY,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-friend1234"}}"#,
        Trusted,
        ASR,
    ),
    Case::grant(
        "a bucket's grant with its key in lower case is removed",
        S3,
        r#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#,
        Internal,
        ASR,
    ),
    Case::grant(
        "a bucket's grant scoped by organization is removed",
        S3,
        r#"{"StringEquals":{"aws:SourceOrgID":"o-friend1234"}}"#,
        Trusted,
        ASR,
    ),
    Case::grant(
        "a variable is flagged though it is the function's own account",
        EVERYBODY,
        r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}"#,
        Internal,
        CONFIG,
    ),
    Case::grant(
        "only the first key of an operator is read",
        EVERYBODY,
        r#"{"StringEquals":{"aws:PrincipalTag/team":"blue","aws:PrincipalOrgID":"o-friend1234"}}"#,
        Trusted,
        CUSTODIAN,
    ),
];

#[test]
fn what_other_tools_miss_is_found() {
    check(MISSED);
}

#[test]
fn what_other_tools_would_take_away_is_left() {
    check(TAKEN);
}
