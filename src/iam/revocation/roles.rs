//! Roles, functions and requests for the properties: policies that allow much, boundaries, functions
//! whose names nearly match, and requests that nearly write the function's own log.

use super::LogGroup;
use crate::iam::generated;
use crate::iam::{Caller, Context, IdentityDocument, Request};
use crate::resource::FunctionArn;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// A role with its boundary, if it has one.
#[derive(Debug, Clone)]
pub struct Role {
    pub policies: Vec<IdentityDocument>,
    pub boundary: Option<IdentityDocument>,
}

/// A function, and the name of its log group unless it is the usual one.
#[derive(Debug, Clone)]
pub struct Function {
    pub arn: FunctionArn,
    pub log_group: Option<String>,
}

impl Function {
    pub fn log(&self) -> LogGroup {
        LogGroup::of(&self.arn, self.log_group.as_deref()).unwrap()
    }

    /// The beginning of the ARNs of the streams of its log group.
    fn streams(&self) -> String {
        let text = self.arn.to_string();
        let (place, name) = text.split_once(":function:").unwrap();
        let name = self.log_group.clone().unwrap_or_else(|| format!("/aws/lambda/{name}"));
        format!("{}:log-group:{name}:", place.replace(":lambda:", ":logs:"))
    }

    /// Whether the request writes its own log.
    pub fn writes_own_log(&self, request: &Request) -> bool {
        let action = request.action.to_lowercase();
        ["logs:createlogstream", "logs:putlogevents"].contains(&action.as_str())
            && request.resource.starts_with(&self.streams())
    }

    /// ARNs of others that look alike: other functions, and versions of this one, which are no
    /// values that Lambda gives to the key.
    pub fn others(&self) -> Vec<String> {
        let text = self.arn.to_string();
        let (place, name) = text.split_once(":function:").unwrap();
        let named = |name: &str| format!("{place}:function:{name}");
        let mut others = vec![
            named(&format!("{name}x")),
            named(&format!("{name}-2")),
            named(&format!("x{name}")),
            named(&name.to_uppercase()),
            named(&name[..name.len() - 1]),
            named("unlike"),
            text.replace("eu-west-1", "eu-west-2"),
            text.replace("111122223333", "111122223334"),
            text.replace("arn:aws:", "arn:aws-cn:"),
            format!("{text}:1"),
            format!("{text}:prod"),
            format!("{text}:$LATEST"),
        ];
        others.retain(|other| *other != text && !other.ends_with(':'));
        others
    }
}

pub fn functions() -> impl Strategy<Value = Function> {
    let name = "[a-z][a-zA-Z0-9_-]{0,5}";
    let log_group = prop::option::weighted(0.3, select(vec!["shared", "/x/web", "a.b-c_d#e/"]));
    (name, log_group).prop_map(|(name, log_group)| Function {
        arn: FunctionArn::parse(&format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}"))
            .unwrap(),
        log_group: log_group.map(str::to_owned),
    })
}

/// A role of generated policies, or one that may do everything.
pub fn roles() -> impl Strategy<Value = Role> {
    let policies = prop_oneof![
        1 => Just(vec![policy(&[allow_all()])]),
        3 => prop::collection::vec(policies(), 1..4),
    ];
    (policies, prop::option::weighted(0.3, boundaries()))
        .prop_map(|(policies, boundary)| Role { policies, boundary })
}

pub fn boundaries() -> impl Strategy<Value = IdentityDocument> {
    prop_oneof![1 => Just(policy(&[allow_all()])), 3 => policies()]
}

pub fn policy(statements: &[Value]) -> IdentityDocument {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    IdentityDocument::parse(&text).unwrap()
}

pub fn allow_all() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

/// Policies of statements made here, or of what the policies of functions are made of.
fn policies() -> impl Strategy<Value = IdentityDocument> {
    prop_oneof![
        4 => prop::collection::vec(statement(), 1..4).prop_map(|statements| policy(&statements)),
        1 => generated::documents().prop_map(|document| {
            let mut value: Value = serde_json::from_str(document.raw()).unwrap();
            let statements = match value["Statement"].take() {
                Value::Array(list) => list,
                one => vec![one],
            };
            let unbound = |mut one: Value| {
                one.as_object_mut().unwrap().retain(|key, _| !key.ends_with("rincipal"));
                one
            };
            policy(&statements.into_iter().map(unbound).collect::<Vec<_>>())
        }),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let actions = prop::collection::vec(
        select(vec![
            "*",
            "logs:*",
            "logs:PutLogEvents",
            "logs:Create*",
            "LOGS:createlogstream",
            "s3:*",
            "iam:CreateAccessKey",
            "sts:AssumeRole",
            "lambda:*",
        ]),
        1..3,
    );
    let resources = prop::collection::vec(
        select(vec![
            "*",
            "arn:aws:logs:*:*:*",
            "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/*",
            "arn:aws:logs:eu-west-1:111122223333:log-group:shared:*",
            "arn:aws:s3:::bucket/*",
            "arn:aws:s3:::${aws:PrincipalTag/team}/*",
            "arn:aws:iam::111122223333:*",
        ]),
        1..3,
    );
    let condition = select(vec![
        json!({"ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:*"}}),
        json!({"StringNotEquals": {"lambda:SourceFunctionArn": "x"}}),
        json!({"Null": {"lambda:SourceFunctionArn": "true"}}),
        json!({"DateGreaterThan": {"aws:TokenIssueTime": "2026-11-21T12:00:00Z"}}),
        json!({"StringLike": {"aws:userid": "AROA*:*"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "blue"}}),
        json!({"Martian": {"aws:PrincipalTag/team": "blue"}}),
    ]);
    let flags = (prop::bool::weighted(0.8), any::<(bool, bool)>(), prop::bool::weighted(0.05));
    (flags, actions, resources, prop::option::weighted(0.4, condition)).prop_map(
        |((allow, (not_action, not_resource), odd), actions, resources, condition)| {
            let mut one = json!({"Effect": if allow { "Allow" } else { "Deny" }});
            one[if not_action { "NotAction" } else { "Action" }] = json!(actions);
            one[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
            if let Some(condition) = condition {
                one["Condition"] = condition;
            }
            if odd {
                one["Obligation"] = json!("log");
            }
            one
        },
    )
}

/// What the role of the function may be used for; the context says nothing yet of where from.
pub fn requests(function: &Function) -> impl Strategy<Value = Request> + use<> {
    let action = prop_oneof![
        3 => select(vec!["logs:PutLogEvents", "logs:CreateLogStream", "LOGS:putlogevents"])
            .prop_map(str::to_owned),
        2 => select(vec!["logs:CreateLogGroup", "logs:DeleteLogStream", "logs:PutLogEventsBatch",
            "s3:GetObject", "iam:CreateAccessKey", "sts:AssumeRole", "lambda:InvokeFunction"])
            .prop_map(str::to_owned),
        1 => "[a-z]{2,4}:[A-Z][A-Za-z]{1,8}",
    ];
    let (streams, own) = (function.streams(), function.arn.to_string());
    let group = streams.trim_end_matches(':').to_owned();
    let resource = prop_oneof![
        4 => select(vec!["log-stream:2026/11/21/[$LATEST]abc", "*", "log-stream:"])
            .prop_map(move |rest| format!("{streams}{rest}")),
        3 => select(vec![
            format!("{group}2:log-stream:a"),
            format!("{group}/a:log-stream:a"),
            group.clone(),
            format!("{}:log-stream:a", &group[..group.len() - 1]),
            format!("{}:log-stream:a", group.replace("eu-west-1", "eu-west-2")),
            format!("{}:log-stream:a", group.replace("111122223333", "111122223334")),
            "arn:aws:s3:::bucket/key".to_owned(),
            "arn:aws:s3:::blue/key".to_owned(),
            "arn:aws:iam::111122223333:user/ann".to_owned(),
            own,
            "*".to_owned(),
        ]),
    ];
    let team = prop::option::of(select(vec!["blue", "red"]));
    (action, resource, team).prop_map(|(action, resource, team)| {
        let mut context = Context::default();
        if let Some(team) = team {
            context.insert("aws:PrincipalTag/team", [team]);
        }
        let caller = Caller::Principal {
            arn: "arn:aws:iam::111122223333:role/path/worker".to_owned(),
            session: Some("arn:aws:sts::111122223333:assumed-role/worker/web".to_owned()),
        };
        Request { caller, action, resource, context }
    })
}

/// The request with one key more.
pub fn holding(request: &Request, key: &str, value: &str) -> Request {
    let mut request = request.clone();
    request.context.insert(key, [value]);
    request
}
