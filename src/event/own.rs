//! What is Cordon's own: everything its stack made carries the stack's name, keys by their ids. A call
//! that names such a thing touches it, whatever else the event is about.
//! Names: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html>.

use crate::resource::{Arn, FunctionResource, Home, Resource};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What Cordon's own resources are known by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// The stack's name: what it made is called `<stack>-...`.
    pub stack: Option<String>,
    /// The ids of its keys, which have no names.
    pub keys: Vec<String>,
}

/// A successful call that changes something of Cordon's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// What.
    pub resource: Resource,
    /// `sqs:DeleteQueue`, ...
    pub call: String,
}

/// What calls begin with that change something; the rule in `template.yaml` lets no others through.
pub const CHANGING: [&str; 14] = [
    "Add",
    "Attach",
    "Create",
    "Delete",
    "Detach",
    "Disable",
    "Disassociate",
    "Purge",
    "Put",
    "Remove",
    "Schedule",
    "Set",
    "Unsubscribe",
    "Update",
];

/// The field that names a resource in the calls of a service.
struct Named {
    /// As in `eventSource`, before `.amazonaws.com`.
    service: &'static str,
    field: &'static str,
    arn: fn(&str, &Home) -> Option<Resource>,
}

const NAMED: [Named; 15] = [
    Named {
        service: "dynamodb",
        field: "tableName",
        arn: |name, home| of(home, "dynamodb", "table/", name),
    },
    Named { service: "events", field: "name", arn: |name, home| of(home, "events", "rule/", name) },
    Named { service: "events", field: "rule", arn: |name, home| of(home, "events", "rule/", name) },
    Named { service: "iam", field: "roleName", arn: role },
    Named { service: "kms", field: "keyId", arn: |name, home| of(home, "kms", "key/", name) },
    Named { service: "lambda", field: "functionName", arn: function },
    Named { service: "lambda", field: "resource", arn: function },
    Named {
        service: "logs",
        field: "logGroupName",
        arn: |name, home| of(home, "logs", "log-group:", name),
    },
    Named {
        service: "monitoring",
        field: "alarmName",
        arn: |name, home| of(home, "cloudwatch", "alarm:", name),
    },
    Named {
        service: "monitoring",
        field: "alarmNames",
        arn: |name, home| of(home, "cloudwatch", "alarm:", name),
    },
    Named { service: "s3", field: "bucketName", arn: bucket },
    Named {
        service: "scheduler",
        field: "name",
        arn: |name, home| of(home, "scheduler", "schedule/default/", name),
    },
    Named { service: "sns", field: "subscriptionArn", arn: subscription },
    Named { service: "sns", field: "topicArn", arn: |arn, _| Resource::parse(arn).ok() },
    Named { service: "sqs", field: "queueUrl", arn: queue },
];

#[derive(Deserialize)]
struct Envelope {
    account: Option<String>,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_source: Option<String>,
    event_name: Option<String>,
    error_code: Option<Value>,
    request_parameters: Option<Map<String, Value>>,
}

/// Its functions, as the template calls them behind the stack's name.
const FUNCTIONS: [&str; 2] = ["responder", "collector"];

impl Own {
    /// Whether one of its functions writes to a log group. Others of such a name are somebody else's.
    pub fn writes_to(&self, group: &str) -> bool {
        let Some(stack) = &self.stack else { return false };
        FUNCTIONS.iter().any(|name| group == format!("/aws/lambda/{stack}-{name}"))
    }

    /// What of Cordon's own a delivery changed. Most name nothing of it, and are not parsed for this.
    pub fn touched(&self, payload: &str, home: &Home) -> Option<Touch> {
        let stack = self.stack.as_ref().map(|stack| format!("{stack}-"));
        // Buckets are called so in lower case.
        let lower = stack.as_ref().map(|stack| stack.to_lowercase());
        let signs = stack.iter().chain(&lower).chain(&self.keys);
        signs.clone().any(|sign| payload.contains(sign.as_str())).then_some(())?;
        let Envelope { account, detail } = serde_json::from_str(payload).ok()?;
        let is_home = account.as_deref() == Some(home.account.as_str());
        (is_home && detail.error_code.is_none_or(|code| code.is_null())).then_some(())?;
        let (source, call) = (detail.event_source?, detail.event_name?);
        let service = source.strip_suffix(".amazonaws.com")?;
        CHANGING.iter().any(|verb| call.starts_with(verb)).then_some(())?;
        let parameters = detail.request_parameters?;
        let named = NAMED.iter().filter(|named| named.service == service);
        let mut resources = named.flat_map(|named| {
            let given = parameters.get(named.field);
            texts(given).into_iter().filter_map(|text| (named.arn)(text, home))
        });
        let resource = resources.find(|resource| self.is_own(resource))?;
        Some(Touch { resource, call: format!("{service}:{}", super::without_date(&call)) })
    }

    fn is_own(&self, resource: &Resource) -> bool {
        let name = match resource {
            Resource::Function(function) => function.function.name().to_owned(),
            Resource::Other(arn) => arn.name().to_owned(),
        };
        let stack = self.stack.as_deref().unwrap_or_default();
        let begins = |stack: &str| {
            !stack.is_empty() && name.strip_prefix(stack).is_some_and(|rest| rest.starts_with('-'))
        };
        begins(stack) || begins(&stack.to_lowercase()) || self.keys.contains(&name)
    }
}

fn texts(given: Option<&Value>) -> Vec<&str> {
    match given {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            Vec::new()
        }
    }
}

/// A name, or the ARN that may stand in its place.
fn of(home: &Home, service: &str, kind: &str, name: &str) -> Option<Resource> {
    if name.starts_with("arn:") {
        return Resource::parse(name).ok();
    }
    Arn::new(home, service, &format!("{kind}{name}")).ok().map(Resource::Other)
}

fn role(name: &str, home: &Home) -> Option<Resource> {
    Arn::global(home, "iam", &format!("role/{name}")).ok().map(Resource::Other)
}

fn bucket(name: &str, home: &Home) -> Option<Resource> {
    Resource::parse(&format!("arn:{}:s3:::{name}", home.partition)).ok()
}

fn function(typed: &str, home: &Home) -> Option<Resource> {
    FunctionResource::parse(home, typed, None).ok().map(Resource::Function)
}

fn queue(url: &str, home: &Home) -> Option<Resource> {
    of(home, "sqs", "", url.rsplit('/').next()?)
}

/// A subscription is its topic's, with an id behind it.
fn subscription(arn: &str, _: &Home) -> Option<Resource> {
    Resource::parse(arn.rsplit_once(':')?.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::AccountId;
    use serde_json::json;

    fn home() -> Home {
        let account = AccountId::parse("111122223333").unwrap();
        Home { partition: "aws".to_owned(), account, region: "eu-west-1".to_owned() }
    }

    fn own() -> Own {
        let keys = vec!["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0".to_owned()];
        Own { stack: Some("Guard".to_owned()), keys }
    }

    fn touched(source: &str, call: &str, parameters: Value) -> Option<String> {
        let event = json!({
            "account": "111122223333",
            "detail": {
                "eventSource": format!("{source}.amazonaws.com"),
                "eventName": call,
                "requestParameters": parameters,
            },
        });
        let touch = own().touched(&event.to_string(), &home())?;
        Some(format!("{} {}", touch.call, touch.resource))
    }

    #[test]
    fn a_call_touches_what_bears_the_stacks_name_in_whatever_form_it_is_named() {
        let queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/Guard-FailureQueue-1";
        let topic = "arn:aws:sns:eu-west-1:111122223333:Guard-Topic-1";
        let key = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
        for (source, call, parameters, want) in [
            (
                "events",
                "DisableRule",
                json!({ "name": "Guard-Rule-1" }),
                "events:DisableRule arn:aws:events:eu-west-1:111122223333:rule/Guard-Rule-1",
            ),
            (
                "events",
                "RemoveTargets",
                json!({ "rule": "Guard-Rule-1" }),
                "events:RemoveTargets arn:aws:events:eu-west-1:111122223333:rule/Guard-Rule-1",
            ),
            (
                "sqs",
                "PurgeQueue",
                json!({ "queueUrl": queue }),
                "sqs:PurgeQueue arn:aws:sqs:eu-west-1:111122223333:Guard-FailureQueue-1",
            ),
            (
                "sns",
                "Unsubscribe",
                json!({ "subscriptionArn": format!("{topic}:1-2") }),
                "sns:Unsubscribe arn:aws:sns:eu-west-1:111122223333:Guard-Topic-1",
            ),
            (
                "monitoring",
                "DeleteAlarms",
                json!({ "alarmNames": ["other", "Guard-A-1"] }),
                "monitoring:DeleteAlarms arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Guard-A-1",
            ),
            (
                "s3",
                "DeleteBucketPolicy",
                json!({ "bucketName": "guard-evidencebucket-1" }),
                "s3:DeleteBucketPolicy arn:aws:s3:::guard-evidencebucket-1",
            ),
            (
                "kms",
                "ScheduleKeyDeletion",
                json!({ "keyId": format!("arn:aws:kms:eu-west-1:111122223333:key/{key}") }),
                "kms:ScheduleKeyDeletion arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
            ),
            (
                "iam",
                "PutRolePolicy",
                json!({ "roleName": "Guard-CordonRole-1" }),
                "iam:PutRolePolicy arn:aws:iam::111122223333:role/Guard-CordonRole-1",
            ),
            (
                "lambda",
                "PutFunctionConcurrency20171031",
                json!({ "functionName": "111122223333:function:Guard-responder:1" }),
                "lambda:PutFunctionConcurrency arn:aws:lambda:eu-west-1:111122223333:function:Guard-responder:1",
            ),
            (
                "dynamodb",
                "DeleteTable",
                json!({ "tableName": "Guard-Journal-1" }),
                "dynamodb:DeleteTable arn:aws:dynamodb:eu-west-1:111122223333:table/Guard-Journal-1",
            ),
        ] {
            assert_eq!(touched(source, call, parameters).as_deref(), Some(want), "{call}");
        }
    }

    #[test]
    fn what_only_mentions_the_name_or_reads_or_failed_touches_nothing() {
        for (source, call, parameters) in [
            ("sqs", "PurgeQueue", json!({ "queueUrl": "https://a/111122223333/Guardian-1" })),
            ("sqs", "PurgeQueue", json!({ "queueUrl": "https://a/1/other", "note": "Guard-1" })),
            ("sqs", "GetQueueAttributes", json!({ "queueUrl": "https://a/1/Guard-1" })),
            ("ec2", "DeleteTags", json!({ "name": "Guard-1" })),
        ] {
            assert_eq!(touched(source, call, parameters), None, "{call}");
        }
        let failed = json!({
            "account": "111122223333",
            "detail": {
                "eventSource": "sqs.amazonaws.com", "eventName": "PurgeQueue", "errorCode": "AccessDenied",
                "requestParameters": { "queueUrl": "https://a/1/Guard-1" },
            },
        });
        assert_eq!(own().touched(&failed.to_string(), &home()), None);
        let elsewhere = failed.to_string().replace("111122223333", "444455556666");
        assert_eq!(own().touched(&elsewhere, &home()), None);
        assert_eq!(Own::default().touched(&failed.to_string(), &home()), None);
    }
}
