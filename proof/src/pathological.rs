//! Documents as long as Lambda accepts that are made to be slow: storms of wildcards, thousands of
//! values, deep nesting, many statements, huge strings, many Denies against many Allows.
//! Limit: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.

use serde_json::{Value, json};

/// The most bytes a resource policy may have.
pub const LONGEST: usize = 20_480;

/// Each document with its name.
pub fn documents() -> Vec<(&'static str, String)> {
    let storm = "*a".repeat(4_800);
    let stars = "*".repeat(9_600);
    let long = "a".repeat(9_600);
    let arn = |resource: &str| format!("arn:aws:sns:eu-west-1:111122223333:{resource}");
    vec![
        ("wildcards in an action", one("Action", json!(format!("lambda:{storm}b")))),
        ("wildcards in a resource", one("Resource", json!(format!("{}*b", function(&storm))))),
        ("wildcards in an ARN condition", under("ArnLike", "aws:SourceArn", json!(arn(&storm)))),
        ("nothing but stars", under("StringLike", "aws:PrincipalArn", json!(stars))),
        ("a long text under a long Deny", against(&long, &format!("*{long}b"))),
        ("wildcards under a Deny of wildcards", against(&storm, &format!("{storm}b"))),
        ("stars under a Deny of stars", against(&stars, &format!("{stars}b"))),
        ("thousands of values", under("StringLike", "aws:SourceAccount", many(1_250, account))),
        (
            "thousands of ARN values",
            under("ArnLike", "aws:SourceArn", many(400, |n| arn(&format!("*{n}*")))),
        ),
        ("thousands of principals", one("Principal", json!({ "AWS": many(1_250, account) }))),
        ("thousands of actions", one("Action", many(1_000, |n| format!("lambda:{n}*")))),
        ("hundreds of keys", one("Condition", json!({ "StringEquals": keys(700) }))),
        ("hundreds of operators on a key", one("Condition", operators(400))),
        ("deep nesting", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("deep objects", format!("{}1{}", r#"{"a":"#.repeat(3_000), "}".repeat(3_000))),
        ("a huge name", one("Sid", json!("a".repeat(20_000)))),
        ("escapes", one("Sid", json!("\u{1}".repeat(3_300)))),
        ("variables", under("StringLike", "aws:PrincipalArn", json!("${aws:x}".repeat(2_500)))),
        (
            "hundreds of statements",
            list(280, |_| {
                json!({ "Effect": "Allow", "Principal": "*",
            "Action": "*", "Resource": "*" })
            }),
        ),
        ("Denies against Allows", list(130, deny_or_allow)),
        ("Denies that contradict each other", list(137, contradictory)),
        (
            "twenty statements of principals",
            list(20, |_| {
                json!({ "Effect": "Allow",
            "Principal": { "AWS": many(60, account) }, "Action": "*", "Resource": "*" })
            }),
        ),
    ]
}

fn contradictory(number: usize) -> Value {
    let operator = if number.is_multiple_of(2) { "StringEquals" } else { "StringNotEquals" };
    match number {
        0..80 => {
            json!({ "Effect": "Allow", "Principal": "*", "NotAction": "x:y", "Resource": "*" })
        }
        _ => json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": { operator: { "aws:PrincipalTag/a": "1" } } }),
    }
}

fn function(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:111122223333:function:{name}")
}

fn account(number: usize) -> String {
    format!("{:012}", 444_455_556_666 + number)
}

fn many(count: usize, make: impl Fn(usize) -> String) -> Value {
    (0..count).map(make).collect()
}

fn policy(statements: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn list(count: usize, make: impl Fn(usize) -> Value) -> String {
    policy((0..count).map(make).collect())
}

fn open() -> Value {
    json!({ "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "*" })
}

/// An open statement with one element of this value.
fn one(element: &str, value: Value) -> String {
    let mut statement = open();
    statement[element] = value;
    policy(json!([statement]))
}

fn under(operator: &str, key: &str, value: Value) -> String {
    one("Condition", json!({ operator: { key: value } }))
}

/// An Allow for one value, and a Deny that may cover it.
fn against(allowed: &str, denied: &str) -> String {
    let condition = |value: &str| json!({ "StringLike": { "aws:PrincipalTag/team": value } });
    let (mut allow, mut deny) = (open(), open());
    deny["Effect"] = json!("Deny");
    allow["Condition"] = condition(allowed);
    deny["Condition"] = condition(denied);
    policy(json!([allow, deny]))
}

fn keys(count: usize) -> Value {
    (0..count)
        .map(|n| (format!("aws:PrincipalTag/{n}"), json!("x")))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Operators of every spelling on the same key.
fn operators(count: usize) -> Value {
    let names = ["StringLike", "StringNotLike", "ArnLike", "ArnNotEquals", "StringEquals"];
    let spelling = |n: usize| {
        let name = names[n % names.len()];
        match n / names.len() {
            0 => name.to_owned(),
            1 => format!("{name}IfExists"),
            2 => format!("ForAnyValue:{name}"),
            3 => format!("ForAllValues:{name}"),
            more => format!("{name}{more}"),
        }
    };
    (0..count)
        .map(|n| (spelling(n), json!({ "aws:SourceArn": "arn:aws:sns:*" })))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn deny_or_allow(number: usize) -> Value {
    let mut statement = open();
    statement["Effect"] = json!(if number.is_multiple_of(2) { "Allow" } else { "Deny" });
    statement["Condition"] =
        json!({ "StringLike": { "aws:SourceAccount": format!("*{number}*") } });
    statement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_long_and_none_is_longer_than_a_policy_may_be() {
        for (name, text) in documents() {
            assert!(text.len() <= LONGEST, "{name}: {}", text.len());
            assert!(text.len() > LONGEST / 4, "{name}: {}", text.len());
        }
    }
}
