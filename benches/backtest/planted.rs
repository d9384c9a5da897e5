//! What a control may look at: calls by credentials of functions, and changes of Lambda, of IAM, of EventBridge and
//! of trails; among them some that the control policy of the project forbids. What is forbidden happens to functions,
//! roles and trails of its own, so that how many findings there must be does not depend on what else happens.

use crate::{
    catalogue::{Kind, read, write},
    chance::Chance,
    place::REGIONS,
    session::Who,
};

/// What is planted together, in this order.
#[derive(Clone, Copy)]
pub struct Planted {
    /// How often, beside the others.
    pub weight: i64,
    /// The control that finds something, and in how many of the calls.
    pub finds: Option<(&'static str, u64)>,
    /// The calls.
    pub calls: &'static [Kind],
}

/// One of them, for this Region: changes of IAM are recorded in one only.
pub fn any(region: &str, chance: &mut Chance) -> &'static Planted {
    let all: i64 = PLANTED.iter().map(|it| it.weight).sum();
    loop {
        let mut left = chance.below(all);
        let drawn = PLANTED.iter().find(|it| {
            left -= it.weight;
            left < 0
        });
        let drawn = drawn.expect("less than all of it was drawn");
        if region == REGIONS[0] || drawn.calls.iter().all(|call| call.service != "iam") {
            return drawn;
        }
    }
}

/// How many records one of them is, on average.
pub fn records_at_once() -> f64 {
    let weights: i64 = PLANTED.iter().map(|it| it.weight).sum();
    let records: i64 = PLANTED.iter().map(|it| it.weight * it.calls.len() as i64).sum();
    records as f64 / weights as f64
}

/// All of them. Nineteen of twenty change nothing that matters.
pub const PLANTED: &[Planted] = &[
    harmless(90, &[FUNCTION_DECRYPTS]),
    harmless(60, &[FUNCTION_READS_PARAMETER]),
    harmless(150, &[UPDATE_CODE]),
    harmless(100, &[UPDATE_CONFIGURATION]),
    harmless(30, &[PUBLISH]),
    harmless(20, &[CREATE_FUNCTION]),
    harmless(50, &[SCOPED_PERMISSION]),
    harmless(20, &[REMOVE_PERMISSION]),
    harmless(30, &[CREATE_ROLE, ATTACH_BASIC, NARROW_POLICY]),
    harmless(20, &[PUT_RULE, PUT_TARGETS]),
    harmless(5, &[PUT_SELECTORS]),
    // A URL that anybody may call is found when it is made, and once more when its statement is.
    found(12, "function-policy.public", 1, &[CREATE_OWN_FUNCTION, PUBLIC_PERMISSION]),
    found(8, "function-url.public", 2, &[CREATE_OWN_FUNCTION, OPEN_URL, OPEN_URL_PERMISSION]),
    found(6, "identity-policy.overbroad-lambda-admin", 1, &[CREATE_OWN_ROLE, WIDE_POLICY]),
    found(6, "function.privilege-escalation", 1, &[CREATE_OWN_FUNCTION, ESCALATION]),
    found(4, "trail.stopped", 1, &[CREATE_TRAIL, START_LOGGING, STOP_LOGGING]),
];

const fn harmless(weight: i64, calls: &'static [Kind]) -> Planted {
    Planted { weight, finds: None, calls }
}

const fn found(weight: i64, control: &'static str, times: u64, calls: &'static [Kind]) -> Planted {
    Planted { weight, finds: Some((control, times)), calls }
}

const FUNCTION_DECRYPTS: Kind = Kind {
    who: Who::Function,
    request: r#"{"encryptionContext":{"PARAMETER_ARN":"arn:aws:ssm:<region>:<account>:parameter/<team>/<secret>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
    resources: r#"[{"accountId":"<account>","type":"AWS::KMS::Key","ARN":"arn:aws:kms:<region>:<account>:key/<key>"}]"#,
    ..read("kms", "Decrypt")
};

const FUNCTION_READS_PARAMETER: Kind = Kind {
    who: Who::Function,
    request: r#"{"name":"/<team>/<secret>","withDecryption":true}"#,
    resources: r#"[{"accountId":"<account>","ARN":"arn:aws:ssm:<region>:<account>:parameter/<team>/<secret>"}]"#,
    ..read("ssm", "GetParameter")
};

const UPDATE_CODE: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"functionName":"<function>","s3Bucket":"acme-artifacts","s3Key":"<function>/<number:900>.zip","publish":false,"dryRun":false,"fullyQualifiedArn":{"arnPrefix":{"partition":"aws","region":"<region>","account":"<account>"},"relativeId":{"functionName":"<function>"},"functionQualifier":{}}}"#,
    response: CONFIGURATION,
    ..write("lambda", "UpdateFunctionCode20150331v2")
};

const UPDATE_CONFIGURATION: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"functionName":"<function>","memorySize":512,"timeout":30}"#,
    response: CONFIGURATION,
    ..write("lambda", "UpdateFunctionConfiguration20150331v2")
};

const PUBLISH: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"functionName":"<function>","description":"<hex:40>"}"#,
    response: CONFIGURATION,
    ..write("lambda", "PublishVersion20150331")
};

const CREATE_FUNCTION: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"functionName":"<function>","runtime":"python3.13","role":"arn:aws:iam::<account>:role/<function>-role","handler":"app.handler","code":{"s3Bucket":"acme-artifacts","s3Key":"<function>/<number:900>.zip"},"timeout":30,"memorySize":512,"publish":false}"#,
    response: CONFIGURATION,
    ..write("lambda", "CreateFunction20150331")
};

const CONFIGURATION: &str = r#"{"functionName":"<function>","functionArn":"arn:aws:lambda:<region>:<account>:function:<function>","runtime":"python3.13","role":"arn:aws:iam::<account>:role/<function>-role","handler":"app.handler","codeSize":<number:9000000>,"description":"","timeout":30,"memorySize":512,"lastModified":"2026-11-02T00:00:00.000+0000","codeSha256":"<base64:43>=","version":"$LATEST","tracingConfig":{"mode":"PassThrough"},"revisionId":"<uuid>","state":"Active","environment":{},"packageType":"Zip","architectures":["arm64"],"ephemeralStorage":{"size":512},"snapStart":{"applyOn":"None","optimizationStatus":"Off"},"runtimeVersionConfig":{"runtimeVersionArn":"arn:aws:lambda:<region>::runtime:3f8cc63e501f1545e4ac985bd0ae6b4744d8df04b5d886c9a03f75e6773cdd7f"},"loggingConfig":{"logFormat":"JSON","applicationLogLevel":"INFO","systemLogLevel":"INFO","logGroup":"/aws/lambda/<function>"}}"#;

const SCOPED_PERMISSION: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"functionName":"<function>","statementId":"uploads-<hex:8>","action":"lambda:InvokeFunction","principal":"s3.amazonaws.com","sourceArn":"arn:aws:s3:::<bucket>","sourceAccount":"<account>"}"#,
    response: r#"{"statement":"{\"Sid\":\"uploads\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"s3.amazonaws.com\"},\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"arn:aws:lambda:<region>:<account>:function:<function>\",\"Condition\":{\"StringEquals\":{\"AWS:SourceAccount\":\"<account>\"},\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:s3:::<bucket>\"}}}"}"#,
    ..write("lambda", "AddPermission20150331v2")
};

const REMOVE_PERMISSION: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"functionName":"<function>","statementId":"uploads-<hex:8>"}"#,
    ..write("lambda", "RemovePermission20150331v2")
};

const CREATE_ROLE: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"roleName":"<own>-role","assumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"}"#,
    response: r#"{"role":{"path":"/","roleName":"<own>-role","roleId":"AROA<secret>","arn":"arn:aws:iam::<account>:role/<own>-role","createDate":"Nov 2, 2026, 12:00:00 AM","assumeRolePolicyDocument":"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D"}}"#,
    ..write("iam", "CreateRole")
};

const ATTACH_BASIC: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"roleName":"<own>-role","policyArn":"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}"#,
    ..write("iam", "AttachRolePolicy")
};

const NARROW_POLICY: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"roleName":"<own>-role","policyName":"table","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"dynamodb:GetItem\",\"dynamodb:Query\"],\"Resource\":\"arn:aws:dynamodb:<region>:<account>:table/<table>\"}]}"}"#,
    ..write("iam", "PutRolePolicy")
};

const PUT_RULE: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"name":"<own>-hourly","scheduleExpression":"rate(1 hour)","state":"ENABLED"}"#,
    response: r#"{"ruleArn":"arn:aws:events:<region>:<account>:rule/<own>-hourly"}"#,
    ..write("events", "PutRule")
};

const PUT_TARGETS: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"rule":"<own>-hourly","targets":[{"id":"1","arn":"arn:aws:lambda:<region>:<account>:function:<function>"}]}"#,
    response: r#"{"failedEntryCount":0,"failedEntries":[]}"#,
    ..write("events", "PutTargets")
};

const PUT_SELECTORS: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"trailName":"arn:aws:cloudtrail:<region>:<account>:trail/<team>","eventSelectors":[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[{"type":"AWS::Lambda::Function","values":["arn:aws:lambda"]}],"excludeManagementEventSources":[]}]}"#,
    response: r#"{"trailARN":"arn:aws:cloudtrail:<region>:<account>:trail/<team>","eventSelectors":[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[{"type":"AWS::Lambda::Function","values":["arn:aws:lambda"]}],"excludeManagementEventSources":[]}]}"#,
    ..write("cloudtrail", "PutEventSelectors")
};

const CREATE_OWN_FUNCTION: Kind = Kind {
    who: Who::Person,
    request: r#"{"functionName":"<own>","runtime":"python3.13","role":"arn:aws:iam::<account>:role/<own>-role","handler":"app.handler","code":{},"timeout":3,"memorySize":128,"publish":false}"#,
    response: r#"{"functionName":"<own>","functionArn":"arn:aws:lambda:<region>:<account>:function:<own>","runtime":"python3.13","role":"arn:aws:iam::<account>:role/<own>-role","handler":"app.handler","codeSize":312,"description":"","timeout":3,"memorySize":128,"lastModified":"<at>","codeSha256":"<base64:43>=","version":"$LATEST","tracingConfig":{"mode":"PassThrough"},"revisionId":"<uuid>","state":"Pending","stateReason":"The function is being created.","stateReasonCode":"Creating","environment":{},"packageType":"Zip","architectures":["x86_64"],"ephemeralStorage":{"size":512},"snapStart":{"applyOn":"None","optimizationStatus":"Off"},"loggingConfig":{"logFormat":"Text","logGroup":"/aws/lambda/<own>"}}"#,
    ..write("lambda", "CreateFunction20150331")
};

const PUBLIC_PERMISSION: Kind = Kind {
    who: Who::Person,
    request: r#"{"functionName":"<own>","statementId":"all","action":"lambda:InvokeFunction","principal":"*"}"#,
    response: r#"{"statement":"{\"Sid\":\"all\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"arn:aws:lambda:<region>:<account>:function:<own>\"}"}"#,
    ..write("lambda", "AddPermission20150331v2")
};

const OPEN_URL: Kind = Kind {
    who: Who::Person,
    request: r#"{"functionName":"<own>","authType":"NONE","invokeMode":"BUFFERED"}"#,
    response: r#"{"functionUrl":"https://q7xw2mzkd5v4jrhtgy3b6snacu0lfepo.lambda-url.<region>.on.aws/","functionArn":"arn:aws:lambda:<region>:<account>:function:<own>","authType":"NONE","creationTime":"<at>","invokeMode":"BUFFERED"}"#,
    ..write("lambda", "CreateFunctionUrlConfig")
};

const OPEN_URL_PERMISSION: Kind = Kind {
    who: Who::Person,
    request: r#"{"functionName":"<own>","statementId":"FunctionURLAllowPublicAccess","action":"lambda:InvokeFunctionUrl","principal":"*","functionUrlAuthType":"NONE"}"#,
    response: r#"{"statement":"{\"Sid\":\"FunctionURLAllowPublicAccess\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"lambda:InvokeFunctionUrl\",\"Resource\":\"arn:aws:lambda:<region>:<account>:function:<own>\",\"Condition\":{\"StringEquals\":{\"lambda:FunctionUrlAuthType\":\"NONE\"}}}"}"#,
    ..write("lambda", "AddPermission20150331v2")
};

const CREATE_OWN_ROLE: Kind = Kind {
    who: Who::Person,
    request: r#"{"roleName":"<own>","assumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"}"#,
    response: r#"{"role":{"path":"/","roleName":"<own>","roleId":"AROA<secret>","arn":"arn:aws:iam::<account>:role/<own>","createDate":"Nov 2, 2026, 12:00:00 AM"}}"#,
    ..write("iam", "CreateRole")
};

const WIDE_POLICY: Kind = Kind {
    who: Who::Person,
    request: r#"{"roleName":"<own>","policyName":"all","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"lambda:*\",\"Resource\":\"*\"}]}"}"#,
    ..write("iam", "PutRolePolicy")
};

const ESCALATION: Kind = Kind {
    who: Who::OwnFunction,
    request: r#"{"userName":"backup-<own>"}"#,
    response: r#"{"user":{"path":"/","userName":"backup-<own>","userId":"AIDA<secret>","arn":"arn:aws:iam::<account>:user/backup-<own>","createDate":"Nov 2, 2026, 12:00:00 AM"}}"#,
    ..write("iam", "CreateUser")
};

const CREATE_TRAIL: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"name":"<own>","s3BucketName":"<bucket>","includeGlobalServiceEvents":true,"isMultiRegionTrail":true,"enableLogFileValidation":true,"isOrganizationTrail":false}"#,
    response: r#"{"name":"<own>","s3BucketName":"<bucket>","includeGlobalServiceEvents":true,"isMultiRegionTrail":true,"trailARN":"arn:aws:cloudtrail:<region>:<account>:trail/<own>","logFileValidationEnabled":true,"isOrganizationTrail":false}"#,
    ..write("cloudtrail", "CreateTrail")
};

const START_LOGGING: Kind = Kind {
    who: Who::Pipeline,
    request: r#"{"name":"arn:aws:cloudtrail:<region>:<account>:trail/<own>"}"#,
    ..write("cloudtrail", "StartLogging")
};

const STOP_LOGGING: Kind = Kind {
    who: Who::Person,
    request: r#"{"name":"arn:aws:cloudtrail:<region>:<account>:trail/<own>"}"#,
    ..write("cloudtrail", "StopLogging")
};
