//! Whatever is typed into calls.

use super::*;
use crate::history::Item;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const APIS: [&str; 65] = [
    "lambda:CreateFunction",
    "lambda:UpdateFunctionConfiguration",
    "lambda:UpdateFunctionCode",
    "lambda:DeleteFunction",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:PutFunctionConcurrency",
    "lambda:DeleteFunctionConcurrency",
    "lambda:PutProvisionedConcurrencyConfig",
    "lambda:DeleteProvisionedConcurrencyConfig",
    "lambda:PutFunctionScalingConfig",
    "lambda:CreateFunctionUrlConfig",
    "lambda:UpdateFunctionUrlConfig",
    "lambda:DeleteFunctionUrlConfig",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:UpdateFunctionEventInvokeConfig",
    "lambda:DeleteFunctionEventInvokeConfig",
    "lambda:PublishVersion",
    "lambda:CreateAlias",
    "lambda:UpdateAlias",
    "lambda:DeleteAlias",
    "lambda:PutFunctionCodeSigningConfig",
    "lambda:DeleteFunctionCodeSigningConfig",
    "lambda:PutFunctionRecursionConfig",
    "lambda:AddPermission",
    "lambda:RemovePermission",
    "lambda:PutResourcePolicy",
    "lambda:DeleteResourcePolicy",
    "lambda:AddLayerVersionPermission",
    "lambda:PublishLayerVersion",
    "lambda:CreateEventSourceMapping",
    "lambda:UpdateEventSourceMapping",
    "lambda:CreateCodeSigningConfig",
    "lambda:UpdateCodeSigningConfig",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:DeletePolicyVersion",
    "iam:CreateUser",
    "iam:UpdateUser",
    "iam:PutUserPolicy",
    "iam:CreateAccessKey",
    "iam:UpdateAccessKey",
    "iam:DeleteAccessKey",
    "events:PutRule",
    "events:DeleteRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "cloudtrail:CreateTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StartLogging",
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "guardduty:CreateDetector",
    "guardduty:UpdateDetector",
    "xray:PutEncryptionConfig",
    "autoscaling:RegisterScalableTarget",
    "config:StartConfigurationRecorder",
];

/// Names of what requests and answers hold.
const NAMES: [&str; 56] = [
    "functionName",
    "functionArn",
    "qualifier",
    "role",
    "name",
    "version",
    "functionVersion",
    "routingConfig",
    "additionalVersionWeights",
    "statement",
    "statementId",
    "policy",
    "resourceArn",
    "resource",
    "tags",
    "tagKeys",
    "environment",
    "variables",
    "vpcConfig",
    "subnetIds",
    "layers",
    "arn",
    "authType",
    "reservedConcurrentExecutions",
    "provisionedConcurrentExecutions",
    "destinationConfig",
    "onFailure",
    "destination",
    "uUID",
    "layerName",
    "versionNumber",
    "layerVersionArn",
    "codeSigningConfig",
    "codeSigningConfigArn",
    "roleName",
    "policyName",
    "policyArn",
    "policyDocument",
    "assumeRolePolicyDocument",
    "permissionsBoundary",
    "policyVersion",
    "versionId",
    "setAsDefault",
    "userName",
    "newUserName",
    "accessKey",
    "accessKeyId",
    "status",
    "rule",
    "targets",
    "id",
    "trailARN",
    "eventSelectors",
    "logGroupName",
    "retentionInDays",
    "detectorId",
];

/// Values that mean something, and others.
fn leaf() -> impl Strategy<Value = Value> {
    const KNOWN: [&str; 19] = [
        "f",
        "f:live",
        "live",
        "1",
        "$LATEST",
        "r",
        "u",
        "v1",
        "NONE",
        "Active",
        "Allow",
        "arn:aws:lambda:eu-west-1:111122223333:function:f",
        "arn:aws:lambda:eu-west-1:111122223333:function:f:1",
        "arn:aws:lambda:eu-west-1:111122223333:layer:l:3",
        "arn:aws:iam::111122223333:role/p/r",
        "arn:aws:iam::111122223333:policy/own",
        r#"{"Sid":"a","Effect":"Allow","Resource":"arn:aws:lambda:eu-west-1:111122223333:function:f"}"#,
        r#"{"Version":"2012-10-17","Statement":[]}"#,
        "%7B%",
    ];
    prop_oneof![
        4 => proptest::sample::select(&KNOWN[..]).prop_map(Value::from),
        1 => "\\PC{0,12}".prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 40, 6, |inner| {
        let name = proptest::sample::select(&NAMES[..]).prop_map(str::to_owned);
        let object = proptest::collection::vec((name, inner.clone()), 0..6);
        prop_oneof![
            3 => object.prop_map(|all| Value::Object(all.into_iter().collect::<Map<_, _>>())),
            1 => proptest::collection::vec(inner, 0..4).prop_map(Value::from),
        ]
    })
}

fn calls() -> impl Strategy<Value = Vec<(&'static str, Value, Value)>> {
    let api = proptest::sample::select(&APIS[..]);
    proptest::collection::vec((api, value(), value()), 0..20)
}

fn tell(history: &mut History, calls: &[(&str, Value, Value)]) {
    for (api, asked, answered) in calls {
        history.tell(&[(api, &asked.to_string(), &answered.to_string())]);
    }
}

proptest! {
    #[test]
    fn nothing_that_is_typed_upsets_it_and_what_is_deleted_is_gone(
        before in calls(), after in calls(), name in "\\PC{0,8}"
    ) {
        let mut history = History::default();
        tell(&mut history, &before);
        let every: std::collections::BTreeSet<Read> = super::unknown::every_read().into_iter().collect();
        let state = history.answer(&home(), &every, NOW);
        // Every read is answered, or is said not to be.
        for read in every.iter().filter(|read| !read.is_in_the_journal()) {
            prop_assert!(state.read.contains(read) != state.unread.contains(read), "{}", read);
        }
        history.tell(&[
            DELETED,
            ("iam:DeleteRole", r#"{"roleName":"r"}"#, "null"),
            ("iam:DeleteUser", r#"{"userName":"u"}"#, "null"),
            ("events:DeleteRule", r#"{"name":"n"}"#, "null"),
            ("cloudtrail:DeleteTrail", r#"{"name":"t"}"#, "null"),
        ]);
        prop_assert_eq!(history.function(&function()), Some(None));
        prop_assert_eq!(history.policy(&resource(Some("live"))), Some(None));
        prop_assert_eq!(history.signing(&function()), Some(None));
        prop_assert_eq!(history.alias(&resource(Some("live"))), Some(None));
        prop_assert_eq!(history.role_policies(&role()), Some(None));
        prop_assert_eq!(history.rule(&arn("arn:aws:events:eu-west-1:111122223333:rule/n")), Some(None));
        prop_assert_eq!(history.trail(&arn("arn:aws:cloudtrail:eu-west-1:111122223333:trail/t")), Some(None));
        // A function that has no role any more is nobody's user.
        prop_assert!(history.role_users.values().all(|users| !users.contains(&function())));
        tell(&mut history, &after);
        let item = json!({"resourceType": "AWS::Lambda::Function", "ARN": name, "configuration": name, "tags": [name]});
        let item = item.to_string();
        history.take(&serde_json::from_str::<Item<'_>>(&item).unwrap());
    }

    #[test]
    fn items_may_hold_anything(kind in 0..5_usize, configuration in value(), status in "OK|ResourceDeleted|") {
        let kinds = ["Lambda::Function", "IAM::Role", "IAM::User", "IAM::Group", "IAM::Policy"];
        let item = json!({
            "resourceType": format!("AWS::{}", kinds[kind]),
            "ARN": "arn:aws:iam::111122223333:role/p/r",
            "configurationItemStatus": status,
            "configuration": configuration,
        });
        let item = item.to_string();
        let mut history = History::default();
        history.take(&serde_json::from_str::<Item<'_>>(&item).unwrap());
    }
}
