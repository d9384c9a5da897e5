//! Conditions that whoever wants to can meet, beside an open grant: they hide nothing.
//! Refuses `aws:ResourceTag` and `aws:ResourceOrgID`: what a function's are, no policy tells.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::page::{CONFUSED_DEPUTY, KEYS, LOGIC, OPERATORS, VARIABLES};
use super::{Case, check};
use crate::iam::Exposure::{External, Internal, Public, Trusted, UnscopedService};

const MFA: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html";

/// Conditions that hold for whoever wants them to, beside a grant to everybody.
const INERT: &[Case] = &[
    Case::all("users only", r#"{"StringEquals":{"aws:PrincipalType":"User"}}"#, Public, KEYS),
    Case::all(
        "root users only",
        r#"{"StringEquals":{"aws:PrincipalType":"Account"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "a user's name and ARN",
        r#"{"StringEquals":{"aws:username":"admin"},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"},"StringLike":{"aws:userid":"AIDA*"}}"#,
        Public,
        VARIABLES,
    ),
    Case::all("long-term keys only", r#"{"Null":{"aws:TokenIssueTime":"true"}}"#, Public, KEYS),
    Case::all(
        "no word of a second factor",
        r#"{"Null":{"aws:MultiFactorAuthPresent":"true"}}"#,
        Public,
        MFA,
    ),
    Case::all(
        "a second factor shown just now",
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        Public,
        MFA,
    ),
    Case::all(
        "the time, told twice",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"},"NumericGreaterThan":{"aws:EpochTime":"0"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "a window to come, told twice",
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z","aws:TokenIssueTime":"2030-01-01T00:00:00Z"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "the caller's account in the caller's ARN",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::${aws:PrincipalAccount}:*"}}"#,
        Public,
        VARIABLES,
    ),
    Case::all(
        "a tag with the caller's account",
        r#"{"StringEquals":{"aws:PrincipalTag/home":"${aws:PrincipalAccount}"}}"#,
        Public,
        VARIABLES,
    ),
    Case::all(
        "a tag with the user's name",
        r#"{"StringEquals":{"aws:PrincipalTag/owner":"${aws:username}"}}"#,
        Public,
        VARIABLES,
    ),
    Case::all(
        "not another tag's text",
        r#"{"StringNotEquals":{"aws:PrincipalTag/a":"${aws:PrincipalTag/b}"}}"#,
        Public,
        VARIABLES,
    ),
    Case::all(
        "a variable with a default",
        r#"{"StringEquals":{"aws:PrincipalTag/a":"${aws:PrincipalTag/b, 'x'}"}}"#,
        Public,
        VARIABLES,
    ),
    Case::all(
        "a key of another service",
        r#"{"StringNotEquals":{"s3:prefix":"home/"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "a key of another action of Lambda",
        r#"{"ForAllValues:StringEquals":{"lambda:Layer":"x"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "not that root of an organization",
        r#"{"BoolIfExists":{"aws:AssumedRoot":"false"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "no page that linked here",
        r#"{"StringNotLike":{"aws:referer":"https://x/*"}}"#,
        Public,
        KEYS,
    ),
    Case::all(
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
    Case::all(
        "all accounts of a partly trusted organization that are not",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-partly1234"}}"#,
        External,
        KEYS,
    ),
    Case::all(
        "the root of an organization is all of it",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-rooted1234"}}"#,
        Trusted,
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_getting-started_concepts.html",
    ),
    Case::all(
        "a source that is no ARN beside one of the own account",
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:111122223333:*"},"StringEquals":{"aws:SourceArn":"true"}}"#,
        Internal,
        KEYS,
    ),
    Case::all(
        "an account's number that is nobody's",
        r#"{"StringEquals":{"aws:PrincipalAccount":""}}"#,
        Internal,
        KEYS,
    ),
];

#[test]
fn a_condition_that_whoever_wants_can_meet_hides_nothing() {
    check(INERT);
}
