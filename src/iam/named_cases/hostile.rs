//! Documents written to be judged wrongly: grants that look closed, and dead ones that look open.
//! Refuses grants that hide behind an undocumented corner: those are `unknown` everywhere.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::page::{KEYS, LOGIC, OPERATORS, PRINCIPAL, SETS, VARIABLES};
use super::{Case, check};
use crate::iam::Exposure::{Public, Unknown, UnscopedService};

const MFA: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html";
const LINKED: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html";
const TAGS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html";

/// Grants that must not be called closed.
const LOOK_CLOSED: &[Case] = &[
    Case::of(
        "a Deny on the account that S3 acts for does not speak of S3's own",
        r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"$ARN",
        "Condition":{"StringEquals":{"aws:SourceAccount":"777788889999"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalAccount":"777788889999"}}}"#,
        Unknown,
        KEYS,
    ),
    Case::of(
        "a Deny on a user's ARN does not speak of its federated sessions",
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::777788889999:user/u"},"Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::777788889999:user/u"}}}"#,
        Unknown,
        PRINCIPAL,
    ),
    Case::of(
        "a Deny on the account of that number in another partition",
        r#"{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":{"AWS":"arn:aws-cn:iam::777788889999:root"},"Action":"*","Resource":"*"}"#,
        Unknown,
        PRINCIPAL,
    ),
    Case::of(
        "an empty tag is there for one operator and missing for another",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN",
        "Condition":{"StringLike":{"aws:PrincipalTag/x":"*"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
        "Condition":{"Null":{"aws:PrincipalTag/x":"false"}}}"#,
        Unknown,
        OPERATORS,
    ),
    Case::all(
        "all of an empty tag",
        r#"{"StringLike":{"aws:PrincipalTag/x":"*"},"ForAllValues:StringNotLike":{"aws:PrincipalTag/x":"*"}}"#,
        Unknown,
        SETS,
    ),
    Case::all(
        "an empty tag may count as none",
        r#"{"StringEquals":{"aws:PrincipalTag/x":""},"Null":{"aws:PrincipalTag/x":"true"}}"#,
        Unknown,
        OPERATORS,
    ),
    Case::of(
        "a Deny on a resource whose name holds a literal star",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":["$ARN","$ARN:${aws:PrincipalTag/x}"]},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":["$ARN","$ARN:${*}"]}"#,
        Unknown,
        VARIABLES,
    ),
    Case::all(
        "every service but one, for anybody",
        r#"{"StringNotEquals":{"aws:PrincipalServiceName":"s3.amazonaws.com"},"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "one service for one stranger",
        r#"{"StringEquals":{"aws:PrincipalServiceName":"s3.amazonaws.com","aws:SourceAccount":"777788889999"}}"#,
        UnscopedService,
        KEYS,
    ),
    Case::of(
        "an action behind a space",
        r#"{"Effect":"Allow","Principal":"*","Action":" lambda:InvokeFunction","Resource":"$ARN"}"#,
        Unknown,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
    ),
    Case::all(
        "everybody who is not that service is everybody",
        r#"{"StringNotEquals":{"aws:PrincipalServiceName":"s3.amazonaws.com"}}"#,
        Public,
        KEYS,
    ),
    Case::of(
        "services and unsigned callers left by a Deny on people",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{
        "StringNotEquals":{"aws:PrincipalOrgID":"o-friend1234"},"Bool":{"aws:PrincipalIsAWSService":"false"}}}"#,
        Public,
        KEYS,
    ),
];

/// Grants that must not be called open.
const LOOK_OPEN: &[Case] = &[
    Case::all(
        "a user is no role",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"StringEquals":{"aws:PrincipalType":"AssumedRole"}}"#,
        Unknown,
        VARIABLES,
    ),
    Case::all(
        "a user has a name",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"Null":{"aws:username":"true"}}"#,
        Unknown,
        VARIABLES,
    ),
    Case::all(
        "a user's id is no role's",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"StringLike":{"aws:userid":"AROA*:*"}}"#,
        Unknown,
        VARIABLES,
    ),
    Case::all(
        "a user sets no source identity",
        r#"{"StringEquals":{"aws:username":"admin","aws:SourceIdentity":"diego"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "a factor that was not shown has no age",
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        Unknown,
        MFA,
    ),
    Case::all(
        "keys are not used years after they were issued",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2040-01-01T00:00:00Z"},"DateLessThan":{"aws:TokenIssueTime":"2030-01-01T00:00:00Z"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "two keys tell one time",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2040-01-01T00:00:00Z"},"NumericLessThan":{"aws:EpochTime":"1900000000"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "nobody can take the place of a service's own role",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/aws-service-role/*"}}"#,
        Unknown,
        LINKED,
    ),
    Case::all(
        "no tag holds a comma",
        r#"{"StringEquals":{"aws:PrincipalTag/x":"a,b"}}"#,
        Unknown,
        TAGS,
    ),
    Case::all(
        "no session's name holds a space",
        r#"{"StringLike":{"aws:userid":"*:a b"}}"#,
        Unknown,
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    ),
    Case::all(
        "no network is laid out around a loopback address",
        r#"{"IpAddress":{"aws:VpcSourceIp":"127.0.0.1"}}"#,
        Unknown,
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    ),
    Case::all(
        "nobody sets a tag of AWS",
        r#"{"StringEquals":{"aws:PrincipalTag/aws:team":"x"}}"#,
        Unknown,
        TAGS,
    ),
    Case::all(
        "a key that may come one day",
        r#"{"StringNotEquals":{"aws:SourceCountry":"x"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "addresses that are given to nobody",
        r#"{"IpAddress":{"aws:SourceIp":["3000::/4","2001:db8::/32","3fff::/20"]}}"#,
        Unknown,
        "https://www.iana.org/assignments/ipv6-unicast-address-assignments/ipv6-unicast-address-assignments.xhtml",
    ),
    Case::of(
        "the part of an organization that is not trusted is denied",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN","Condition":
        {"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":["o-partly1234/r-ab12/ou-ab12-1/*","o-partly1234/r-ab12/ou-ab12-2/*"]}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":
        {"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-partly1234/r-ab12/ou-ab12-2/*"}}}"#,
        Unknown,
        LOGIC,
    ),
    Case::all(
        "an organization need not have an account of such a number",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-foreign123"},"StringLike":{"aws:PrincipalAccount":"24*"}}"#,
        Unknown,
        KEYS,
    ),
];

#[test]
fn a_grant_that_looks_closed_is_not_taken_for_closed() {
    check(LOOK_CLOSED);
}

#[test]
fn a_grant_that_looks_open_and_is_dead_is_not_taken_for_open() {
    check(LOOK_OPEN);
}
