//! The words that generated policies and requests are made of: keys, operators, and values that are
//! alike, some of them not in the form their operator wants.
//! Operators: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.

/// What a context key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Arn,
    Address,
    Number,
    Date,
    Truth,
    Binary,
}

/// A context key with its kind, and whether it holds a set.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub const KEYS: [(&str, Kind, bool); 15] = [
    ("aws:PrincipalTag/team", Kind::Text, false),
    ("aws:UserAgent", Kind::Text, false),
    ("aws:SourceAccount", Kind::Text, false),
    ("aws:PrincipalOrgID", Kind::Text, false),
    ("aws:TagKeys", Kind::Text, true),
    ("aws:PrincipalOrgPaths", Kind::Text, true),
    ("aws:SourceArn", Kind::Arn, false),
    ("aws:PrincipalArn", Kind::Arn, false),
    ("aws:SourceIp", Kind::Address, false),
    ("aws:MultiFactorAuthAge", Kind::Number, false),
    ("aws:CurrentTime", Kind::Date, false),
    ("aws:TokenIssueTime", Kind::Date, false),
    ("aws:SecureTransport", Kind::Truth, false),
    ("aws:Referer", Kind::Binary, false),
    ("AWS:SOURCEACCOUNT", Kind::Text, false),
];

/// Keys that every request holds.
pub const ALWAYS: [&str; 3] = ["aws:UserAgent", "aws:CurrentTime", "aws:SecureTransport"];

pub const OPERATORS: [(&str, Kind); 26] = [
    ("StringEquals", Kind::Text),
    ("StringNotEquals", Kind::Text),
    ("StringEqualsIgnoreCase", Kind::Text),
    ("StringNotEqualsIgnoreCase", Kind::Text),
    ("StringLike", Kind::Text),
    ("StringNotLike", Kind::Text),
    ("ArnEquals", Kind::Arn),
    ("ArnLike", Kind::Arn),
    ("ArnNotEquals", Kind::Arn),
    ("ArnNotLike", Kind::Arn),
    ("NumericEquals", Kind::Number),
    ("NumericNotEquals", Kind::Number),
    ("NumericLessThan", Kind::Number),
    ("NumericLessThanEquals", Kind::Number),
    ("NumericGreaterThan", Kind::Number),
    ("NumericGreaterThanEquals", Kind::Number),
    ("DateEquals", Kind::Date),
    ("DateNotEquals", Kind::Date),
    ("DateLessThan", Kind::Date),
    ("DateLessThanEquals", Kind::Date),
    ("DateGreaterThan", Kind::Date),
    ("DateGreaterThanEquals", Kind::Date),
    ("Bool", Kind::Truth),
    ("IpAddress", Kind::Address),
    ("NotIpAddress", Kind::Address),
    ("BinaryEquals", Kind::Binary),
];

pub const VARIABLES: [&str; 14] = [
    "${aws:PrincipalTag/team}",
    "${aws:principaltag/TEAM}",
    "${aws:PrincipalTag/none}",
    "${aws:PrincipalTag/none, 'blue'}",
    "${aws:PrincipalTag/team, 'blue'}",
    "${aws:SourceAccount}",
    "${aws:TagKeys}",
    "${*}",
    "${?}",
    "${$}",
    "b${aws:PrincipalTag/none, 'lu'}e",
    "*${aws:PrincipalTag/team}",
    "${aws:PrincipalTag/team",
    "${}",
];

pub const TEXTS: [&str; 16] = [
    "blue",
    "Blue",
    "blu",
    "bluer",
    "b*",
    "*",
    "?lue",
    "b?u*",
    "",
    "a.c",
    "abc",
    "b*e",
    "111122223333",
    "444455556666",
    "o-abc1234567",
    "o-abc1234567/r-ab12/ou-ab12-11111111/",
];
pub const ARNS: [&str; 16] = [
    "arn:aws:sns:eu-west-1:111122223333:topic",
    "arn:aws:sns:eu-west-1:111122223333:topic:sub",
    "arn:aws:sns:us-east-1:444455556666:topic",
    "arn:aws:s3:::bucket",
    "arn:aws:iam::444455556666:role/visitor",
    "arn:aws:iam::111122223333:role/path/worker",
    "arn:aws:sns:*:111122223333:*",
    "arn:aws:sns:*:topic",
    "arn:aws:sns:*",
    "arn:*:*:*:*:*",
    "arn:aws:s?s:eu-west-1:1111*:to?ic",
    "arn:aws:iam::*:role/*",
    "arn:aws:sns:eu-west-1:111122223333:TOPIC",
    "*",
    "blue",
    "arn:aws:sns:eu-west-1:${aws:SourceAccount}:topic",
];
pub const ADDRESSES: [&str; 14] = [
    "203.0.113.7",
    "203.0.113.0/24",
    "203.0.113.7/32",
    "203.0.113.7/24",
    "203.0.0.0/16",
    "0.0.0.0/0",
    "198.51.100.1",
    "2001:db8::7",
    "2001:DB8:0:0::7",
    "2001:db8::/32",
    "::/0",
    "203.0.113.256",
    "203.0.113.0/33",
    "blue",
];
pub const NUMBERS: [&str; 12] =
    ["0", "10", "10.0", "9", "9.99", "3600", "-5", "1e1", "010", "+10", "10x", "blue"];
pub const DATES: [&str; 12] = [
    "2026-11-21T15:00:00Z",
    "2026-11-21T15:00:01Z",
    "2026-11-21T16:00:00+01:00",
    "2026-11-21T15:00Z",
    "2026-11-21",
    "2026-11-22",
    "2026-11-21T15:00:00.5Z",
    "1795273200",
    "1795273201",
    "2026",
    "2026-11-21 15:00:00",
    "blue",
];
pub const TRUTHS: [&str; 6] = ["true", "false", "True", "FALSE", "1", "blue"];
pub const BINARIES: [&str; 5] = ["Ymx1ZQ==", "Ymx1ZQ", "cmVk", "blue", ""];

pub const PRINCIPALS: [&str; 13] = [
    "*",
    "111122223333",
    "444455556666",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::444455556666:role/visitor",
    "arn:aws:iam::444455556666:role/Visitor",
    "arn:aws:sts::444455556666:assumed-role/visitor/monday",
    "arn:aws:iam::111122223333:role/path/worker",
    "arn:aws:iam::444455556666:user/ann",
    "arn:aws:sts::444455556666:federated-user/ann",
    "AROAABCDEFGHIJKLMNOPQ",
    "arn:aws:iam::444455556666:role/*",
];
pub const SERVICES: [&str; 4] =
    ["sns.amazonaws.com", "s3.amazonaws.com", "logs.us-east-1.amazonaws.com", "logs.amazonaws.com"];
pub const ACTIONS: [&str; 12] = [
    "lambda:InvokeFunction",
    "lambda:*",
    "*",
    "lambda:Invoke*",
    "LAMBDA:invokefunction",
    "lambda:Invoke?unction",
    "lambda:InvokeFunctionUrl",
    "lambda:GetFunction",
    "lambda:InvokeFunction?",
    "s3:*",
    "lambda:i*k?f*n",
    "lambda:*Function?rl",
];
pub const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:orders";
pub const RESOURCES: [&str; 14] = [
    FUNCTION,
    "*",
    "arn:aws:lambda:us-east-1:111122223333:function:orders:prod",
    "arn:aws:lambda:us-east-1:111122223333:function:orders:*",
    "arn:aws:lambda:us-east-1:111122223333:function:orders*",
    "arn:aws:lambda:us-east-1:111122223333:function:Orders",
    "arn:aws:lambda:us-east-1:${aws:ResourceAccount}:function:orders",
    "arn:aws:lambda:*:*:function:*",
    "arn:aws:lambda:us-east-1:111122223333:*",
    "arn:aws:lambda:*:orders",
    "arn:aws:lambda:*",
    "arn:aws:lambda:us-east-1",
    "arn:*",
    "arn:aws:lambda:eu-west-1:111122223333:function:orders",
];
