//! Conditions that limit everybody, and those that only look as if they did.
//! Refuses Denies; those are in `denies`.
//! Operators: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

use super::page::{CONFIG_RULE, KEYS, MEANING_OF_PUBLIC, OPERATORS, SETS, VARIABLES};
use super::{Case, check};
use crate::iam::Exposure::{External, Internal, Public, Trusted, Unknown};

const OWNERS: &[Case] = &[
    Case::all(
        "own account",
        r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
        Internal,
        KEYS,
    ),
    Case::all(
        "key names have no case",
        r#"{"StringEquals":{"AWS:pRiNcIpAlAcCoUnT":"111122223333"}}"#,
        Internal,
        KEYS,
    ),
    Case::all(
        "other account",
        r#"{"StringEquals":{"aws:PrincipalAccount":"777788889999"}}"#,
        External,
        KEYS,
    ),
    Case::all(
        "own organization",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-friend1234"}}"#,
        Trusted,
        KEYS,
    ),
    Case::all(
        "other organization",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-foreign123"}}"#,
        External,
        KEYS,
    ),
    Case::all(
        "a unit of the own organization",
        r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-friend1234/r-ab12/ou-ab12-1/*"}}"#,
        Trusted,
        KEYS,
    ),
    Case::all(
        "a unit's id without the organization's is not unique",
        r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/ou-ab12-11111111/*"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "a key with several values and no set operator has no defined meaning",
        r#"{"StringLike":{"aws:PrincipalOrgPaths":"o-friend1234/*"}}"#,
        Unknown,
        SETS,
    ),
    Case::all(
        "roles of the own account",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#,
        Internal,
        KEYS,
    ),
    Case::all(
        "a role's name in any account",
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy"}}"#,
        Public,
        CONFIG_RULE,
    ),
    Case::all(
        "a string wildcard swallows colons: a path may hold an account's number",
        r#"{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*111122223333:role/admin"}}"#,
        Public,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    Case::all(
        "own organization's sources",
        r#"{"StringEquals":{"aws:SourceOrgID":"o-friend1234"}}"#,
        Trusted,
        KEYS,
    ),
    Case::all(
        "one network, owner unknown",
        r#"{"StringEquals":{"aws:SourceVpc":"vpc-0a1b2c3d"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "one endpoint, owner unknown",
        r#"{"StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "any network",
        r#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#,
        Public,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "any endpoint",
        r#"{"StringLike":{"aws:SourceVpce":"vpce-*"}}"#,
        Public,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "through an endpoint of the own account, whoever calls",
        r#"{"StringEquals":{"aws:VpceAccount":"111122223333"}}"#,
        Unknown,
        KEYS,
    ),
    Case::all(
        "through an endpoint of another account",
        r#"{"StringEquals":{"aws:VpceAccount":"777788889999"}}"#,
        External,
        KEYS,
    ),
    Case::all(
        "through anybody's endpoint",
        r#"{"StringLike":{"aws:VpceAccount":"*"}}"#,
        Public,
        KEYS,
    ),
];

const OPERATIONS: &[Case] = &[
    Case::all(
        "any value of the key",
        r#"{"StringLike":{"aws:PrincipalAccount":"*"}}"#,
        Public,
        CONFIG_RULE,
    ),
    Case::all(
        "one wildcard undoes the values beside it",
        r#"{"StringLike":{"aws:PrincipalOrgID":["o-friend1234","*"]}}"#,
        Public,
        OPERATORS,
    ),
    Case::all(
        "several keys must hold together",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-foreign123","aws:PrincipalAccount":"111122223333"}}"#,
        Internal,
        OPERATORS,
    ),
    Case::all(
        "an exact star is the account of nobody",
        r#"{"StringEquals":{"aws:PrincipalAccount":"*"}}"#,
        Internal,
        OPERATORS,
    ),
    Case::all(
        "a missing organization is good enough",
        r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-friend1234"}}"#,
        Public,
        OPERATORS,
    ),
    Case::all(
        "an account is never missing",
        r#"{"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}"#,
        Internal,
        KEYS,
    ),
    Case::all(
        "all of no values",
        r#"{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-friend1234/*"}}"#,
        Public,
        SETS,
    ),
    Case::all(
        "all of no values, and there must be some",
        r#"{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-friend1234/*"},
        "Null":{"aws:PrincipalOrgPaths":"false"}}"#,
        Trusted,
        SETS,
    ),
    Case::all("some organization", r#"{"Null":{"aws:PrincipalOrgID":"false"}}"#, Public, OPERATORS),
    Case::all("no organization", r#"{"Null":{"aws:PrincipalOrgID":"true"}}"#, Public, OPERATORS),
    Case::all("no account", r#"{"Null":{"aws:PrincipalAccount":"true"}}"#, Internal, KEYS),
    Case::all(
        "everybody but one account",
        r#"{"StringNotEquals":{"aws:PrincipalAccount":"777788889999"}}"#,
        Public,
        OPERATORS,
    ),
    Case::all(
        "no account whatever",
        r#"{"StringNotLike":{"aws:PrincipalAccount":"*"}}"#,
        Internal,
        OPERATORS,
    ),
    Case::all(
        "an unknown operator",
        r#"{"Martian":{"aws:PrincipalAccount":"1"}}"#,
        Unknown,
        OPERATORS,
    ),
    Case::all("an unknown key", r#"{"StringEquals":{"aws:Martian":"1"}}"#, Unknown, KEYS),
    Case::all(
        "the function's own account as a variable",
        r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}"#,
        Internal,
        VARIABLES,
    ),
    Case::all(
        "the function's organization is not in the document",
        r#"{"StringEquals":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}}"#,
        Unknown,
        VARIABLES,
    ),
    Case::all(
        "the caller's account is the caller's account",
        r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}}"#,
        Public,
        VARIABLES,
    ),
    Case::whole(
        "without a version a variable is text that is nobody's account",
        r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",
        "Resource":"$ARN","Condition":{"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}}}}"#,
        Internal,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    ),
];

const ADDRESSES: &[Case] = &[
    Case::all(
        "one office",
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        Unknown,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "all of IPv4",
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
        Public,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "all of IPv4 in halves",
        r#"{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}"#,
        Public,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "a /8 is not yet everybody",
        r#"{"IpAddress":{"aws:SourceIp":"5.0.0.0/8"}}"#,
        Unknown,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "broad IPv6",
        r#"{"IpAddress":{"aws:SourceIp":"2600::/31"}}"#,
        Public,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "one office and everybody",
        r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","::/0"]}}"#,
        Public,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "private addresses",
        r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
        Unknown,
        MEANING_OF_PUBLIC,
    ),
    Case::all(
        "not from the internet at all is still through an endpoint",
        r#"{"NotIpAddress":{"aws:SourceIp":["0.0.0.0/0","::/0"]}}"#,
        Public,
        KEYS,
    ),
    Case::all(
        "a private address in a network that the caller lays out himself",
        r#"{"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/16"}}"#,
        Public,
        KEYS,
    ),
];

#[test]
fn owners_of_accounts_and_networks_limit() {
    check(OWNERS);
}

#[test]
fn operators_and_variables_limit_as_documented() {
    check(OPERATIONS);
}

#[test]
fn addresses_limit_unless_they_are_broad() {
    check(ADDRESSES);
}
