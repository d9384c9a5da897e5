//! Documents written to be judged wrongly: grants that look closed, and dead ones that look open.
//! Refuses grants that hide behind an undocumented corner: those are `unknown` everywhere.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::page::{CONFUSED_DEPUTY, KEYS, LOGIC, OPERATORS, PRINCIPAL, SETS, VARIABLES};
use super::{Case, check};
use crate::iam::Exposure::{self, External, Internal, Public, Trusted, Unknown, UnscopedService};

const MFA: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html";
const LINKED: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html";
const TAGS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html";

const fn all(
    name: &'static str,
    condition: &'static str,
    want: Exposure,
    source: &'static str,
) -> Case {
    Case::grant(name, r#""*""#, condition, want, source)
}

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
    all(
        "all of an empty tag",
        r#"{"StringLike":{"aws:PrincipalTag/x":"*"},"ForAllValues:StringNotLike":{"aws:PrincipalTag/x":"*"}}"#,
        Unknown,
        SETS,
    ),
    all(
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
    all(
        "every service but one, for anybody",
        r#"{"StringNotEquals":{"aws:PrincipalServiceName":"s3.amazonaws.com"},"Bool":{"aws:PrincipalIsAWSService":"true"}}"#,
        Public,
        KEYS,
    ),
    all(
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
    all(
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
    all(
        "a user is no role",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"StringEquals":{"aws:PrincipalType":"AssumedRole"}}"#,
        Unknown,
        VARIABLES,
    ),
    all(
        "a user has a name",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"Null":{"aws:username":"true"}}"#,
        Unknown,
        VARIABLES,
    ),
    all(
        "a user's id is no role's",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"StringLike":{"aws:userid":"AROA*:*"}}"#,
        Unknown,
        VARIABLES,
    ),
    all(
        "a user sets no source identity",
        r#"{"StringEquals":{"aws:username":"admin","aws:SourceIdentity":"diego"}}"#,
        Unknown,
        KEYS,
    ),
    all(
        "a factor that was not shown has no age",
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        Unknown,
        MFA,
    ),
    all(
        "keys are not used years after they were issued",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2040-01-01T00:00:00Z"},"DateLessThan":{"aws:TokenIssueTime":"2030-01-01T00:00:00Z"}}"#,
        Unknown,
        KEYS,
    ),
    all(
        "two keys tell one time",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2040-01-01T00:00:00Z"},"NumericLessThan":{"aws:EpochTime":"1900000000"}}"#,
        Unknown,
        KEYS,
    ),
    all(
        "nobody can take the place of a service's own role",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/aws-service-role/*"}}"#,
        Unknown,
        LINKED,
    ),
    all("no tag holds a comma", r#"{"StringEquals":{"aws:PrincipalTag/x":"a,b"}}"#, Unknown, TAGS),
    all(
        "no session's name holds a space",
        r#"{"StringLike":{"aws:userid":"*:a b"}}"#,
        Unknown,
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    ),
    all(
        "no network is laid out around a loopback address",
        r#"{"IpAddress":{"aws:VpcSourceIp":"127.0.0.1"}}"#,
        Unknown,
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    ),
    all(
        "nobody sets a tag of AWS",
        r#"{"StringEquals":{"aws:PrincipalTag/aws:team":"x"}}"#,
        Unknown,
        TAGS,
    ),
    all(
        "a key that may come one day",
        r#"{"StringNotEquals":{"aws:SourceCountry":"x"}}"#,
        Unknown,
        KEYS,
    ),
    all(
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
    all(
        "an organization need not have an account of such a number",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-foreign123"},"StringLike":{"aws:PrincipalAccount":"24*"}}"#,
        Unknown,
        KEYS,
    ),
];

/// Conditions that hold for whoever wants them to, beside a grant to everybody.
const INERT: &[Case] = &[
    all("users only", r#"{"StringEquals":{"aws:PrincipalType":"User"}}"#, Public, KEYS),
    all("root users only", r#"{"StringEquals":{"aws:PrincipalType":"Account"}}"#, Public, KEYS),
    all(
        "a user's name and ARN",
        r#"{"StringEquals":{"aws:username":"admin"},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"StringLike":{"aws:userid":"AIDA*"}}"#,
        Public,
        VARIABLES,
    ),
    all("long-term keys only", r#"{"Null":{"aws:TokenIssueTime":"true"}}"#, Public, KEYS),
    all(
        "no word of a second factor",
        r#"{"Null":{"aws:MultiFactorAuthPresent":"true"}}"#,
        Public,
        MFA,
    ),
    all(
        "a second factor shown just now",
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        Public,
        MFA,
    ),
    all(
        "the time, told twice",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"},"NumericGreaterThan":{"aws:EpochTime":"0"}}"#,
        Public,
        KEYS,
    ),
    all(
        "a window to come, told twice",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z","aws:TokenIssueTime":"2030-01-01T00:00:00Z"}}"#,
        Public,
        KEYS,
    ),
    all(
        "the caller's account in the caller's ARN",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::${aws:PrincipalAccount}:*"}}"#,
        Public,
        VARIABLES,
    ),
    all(
        "a tag with the caller's account",
        r#"{"StringEquals":{"aws:PrincipalTag/home":"${aws:PrincipalAccount}"}}"#,
        Public,
        VARIABLES,
    ),
    all(
        "a tag with the user's name",
        r#"{"StringEquals":{"aws:PrincipalTag/owner":"${aws:username}"}}"#,
        Public,
        VARIABLES,
    ),
    all(
        "not another tag's text",
        r#"{"StringNotEquals":{"aws:PrincipalTag/a":"${aws:PrincipalTag/b}"}}"#,
        Public,
        VARIABLES,
    ),
    all(
        "a variable with a default",
        r#"{"StringEquals":{"aws:PrincipalTag/a":"${aws:PrincipalTag/b, 'x'}"}}"#,
        Public,
        VARIABLES,
    ),
    all("a key of another service", r#"{"StringNotEquals":{"s3:prefix":"home/"}}"#, Public, KEYS),
    all(
        "a key of another action of Lambda",
        r#"{"ForAllValues:StringEquals":{"lambda:Layer":"x"}}"#,
        Public,
        KEYS,
    ),
    all(
        "not that root of an organization",
        r#"{"BoolIfExists":{"aws:AssumedRoot":"false"}}"#,
        Public,
        KEYS,
    ),
    all(
        "no page that linked here",
        r#"{"StringNotLike":{"aws:referer":"https://x/*"}}"#,
        Public,
        KEYS,
    ),
    all(
        "Null, said twice",
        r#"{"Null":{"aws:PrincipalArn":["false","false"]}}"#,
        Public,
        OPERATORS,
    ),
    Case::of(
        "more Denies on tags than anybody has fingers",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/a":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/b":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/c":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/d":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/e":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/f":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/g":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/h":"1"}}},
        {"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/i":"1"}}}"#,
        Public,
        KEYS,
    ),
    Case::of(
        "the plainest actions denied and the others left",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:*","Resource":"$ARN"},
        {"Effect":"Deny","Principal":"*","Resource":"*","Action":["lambda:Invoke*","lambda:UpdateFunctionCode",
        "lambda:DeleteFunction","lambda:Get*"]}"#,
        Public,
        LOGIC,
    ),
    Case::of(
        "what an unsigned caller never has",
        r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"$ARN","Condition":{
        "StringEquals":{"lambda:FunctionUrlAuthType":"NONE"},"StringNotEquals":{"aws:FederatedProvider":"x"},
        "Null":{"aws:TokenIssueTime":"true","aws:MultiFactorAuthAge":"true","aws:CalledVia":"true"}}}"#,
        Public,
        KEYS,
    ),
    Case::grant(
        "what a service never has",
        r#"{"Service":"sns.amazonaws.com"}"#,
        r#"{"StringNotEquals":{"aws:SourceIdentity":"x","aws:FederatedProvider":"x","lambda:EventSourceToken":"x"}}"#,
        UnscopedService,
        CONFUSED_DEPUTY,
    ),
    Case::grant(
        "a role's kind",
        r#"{"AWS":"arn:aws:iam::777788889999:role/r"}"#,
        r#"{"StringEquals":{"aws:PrincipalType":"AssumedRole"}}"#,
        External,
        KEYS,
    ),
    Case::grant(
        "a user's second factor",
        r#"{"AWS":"arn:aws:iam::777788889999:user/u"}"#,
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"aws:username":"u"}}"#,
        External,
        MFA,
    ),
    all(
        "all accounts of a partly trusted organization that are not",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-partly1234"}}"#,
        External,
        KEYS,
    ),
    all(
        "the root of an organization is all of it",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-rooted1234"}}"#,
        Trusted,
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_getting-started_concepts.html",
    ),
    all(
        "an account's number that is nobody's",
        r#"{"StringEquals":{"aws:PrincipalAccount":""}}"#,
        Internal,
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

#[test]
fn a_condition_that_whoever_wants_can_meet_hides_nothing() {
    check(INERT);
}
