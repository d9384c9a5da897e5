//! A call that credentials of a function made, whether it succeeded or not. Whose they are AWS says
//! (`inScopeOf`); else a role session is named after a function, which whoever may assume the role can
//! choose, so that the role still has to be looked at. Refuses what Lambda does with the role itself: its log
//! streams.
//! That credentials were issued to a function does not say that the call came from it: keys can be read out
//! of a sandbox, and go on being the function's.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use super::{Actor, cloudtrail::Record};
use crate::resource::{AccountId, Arn, FunctionArn, Home};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A call that credentials of a function made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall {
    /// Whose credentials they are.
    pub function: FunctionArn,
    /// AWS says so; else a session is named after it.
    pub certain: bool,
    /// `s3:GetObject`, ...: the service as CloudTrail names it, and the call without its date.
    pub api: String,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// The service of AWS that made it with them, on the function's behalf.
    pub through: Option<String>,
    /// It is a link that the function signed and somebody else followed: from where, and with what, is theirs.
    pub presigned: bool,
    /// Its user agent bears the mark that Lambda's runtimes set, and anybody can type.
    pub marked: bool,
    /// The role that it assumed.
    pub assumes: Option<Arn>,
    /// The object of S3 that it touched.
    pub object: Option<ObjectCall>,
}

impl FunctionCall {
    /// Whether it read an object of S3.
    pub fn reads_object(&self) -> bool {
        self.failure.is_none()
            && !self.presigned
            && self.object.as_ref().is_some_and(|object| !object.writes)
    }
}

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It was not allowed.
    Denied,
    /// Anything else: it was throttled, what it named was not there, ...
    Other,
}

/// What was done with an object of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectCall {
    /// The bucket's name.
    pub bucket: String,
    /// The account that owns the bucket, where the event tells.
    pub owner: Option<AccountId>,
    /// Something was written there; else it was read.
    pub writes: bool,
}

/// What Lambda does itself with the role of a function, to write its log.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html>
pub const OF_LAMBDA: [&str; 3] =
    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/// What the user agent of an SDK holds within Lambda: `AWS_EXECUTION_ENV`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
const MARK: &str = "AWS_Lambda_";

/// Whether a user agent bears the mark of Lambda's runtimes.
pub fn is_marked(agent: &str) -> bool {
    agent.contains(MARK)
}

/// Error codes by which services say that a call is not allowed.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
const DENIALS: [&str; 11] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Client.UnauthorizedOperation",
    "ForbiddenException",
    "NotAuthorized",
    "NotAuthorizedException",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "UnauthorizedOperation",
];

impl Failure {
    pub(super) fn of(code: &str) -> Self {
        if DENIALS.contains(&code) { Self::Denied } else { Self::Other }
    }
}

/// The call, if a function's credentials made it. `api` is what was called.
pub(super) fn of(
    record: &Record<'_>,
    actor: &Actor,
    api: Option<&str>,
    home: &Home,
) -> Option<FunctionCall> {
    let api = api.filter(|api| !OF_LAMBDA.contains(api))?;
    let (function, certain) = match &actor.issued_to {
        Some(function) => (function.clone(), true),
        None => (actor.named_after.clone()?, false),
    };
    (function.home() == *home).then(|| FunctionCall {
        function,
        certain,
        failure: record.failure(),
        through: actor.service().map(str::to_owned),
        presigned: is_presigned(record),
        marked: record.user_agent.as_deref().is_some_and(is_marked),
        assumes: assumed(record, api),
        object: object(record, api),
        api: api.to_owned(),
    })
}

/// Whether the signature stood in the address, as in links that are given away.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html>
fn is_presigned(record: &Record<'_>) -> bool {
    #[derive(Deserialize)]
    struct Data {
        #[serde(rename = "AuthenticationMethod")]
        method: Option<String>,
    }
    let data = record.additional_event_data.map(RawValue::get);
    let data = data.and_then(|raw| serde_json::from_str::<Option<Data>>(raw).ok()).flatten();
    data.and_then(|data| data.method).as_deref() == Some("QueryString")
}

/// What `sts:AssumeRole` and its like are asked for.
fn assumed(record: &Record<'_>, api: &str) -> Option<Arn> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Request {
        role_arn: Option<String>,
    }
    api.starts_with("sts:AssumeRole").then_some(())?;
    let request: Request = serde_json::from_str(record.request_parameters?.get()).ok()?;
    Arn::parse(&request.role_arn?).ok()
}

/// The calls of S3 on objects, and whether they write. `CopyObject` names where it writes to.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html>
fn writes(api: &str) -> Option<bool> {
    Some(match api {
        "s3:GetObject" | "s3:SelectObjectContent" => false,
        "s3:CompleteMultipartUpload"
        | "s3:CopyObject"
        | "s3:CreateMultipartUpload"
        | "s3:PutObject"
        | "s3:RenameObject"
        | "s3:UploadPart"
        | "s3:UploadPartCopy" => true,
        _ => return None,
    })
}

/// Whose a bucket is stands beside it in `resources`.
fn object(record: &Record<'_>, api: &str) -> Option<ObjectCall> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Request {
        bucket_name: Option<String>,
    }
    let writes = writes(api)?;
    let request = record.request_parameters.map(RawValue::get);
    let request = request.and_then(|raw| serde_json::from_str::<Request>(raw).ok());
    let bucket_of = |arn: &str| {
        let name = arn.split(":s3:::").nth(1)?;
        Some(name.split('/').next().unwrap_or(name).to_owned())
    };
    let entries = || record.resources.iter().flatten();
    let told = || entries().find_map(|entry| bucket_of(entry.arn.as_deref()?));
    let bucket = request.and_then(|request| request.bucket_name).or_else(told)?;
    // A bucket may be named by an access point: then the only one that is told is meant.
    let is_bucket = |arn: &str| bucket_of(arn).is_some() && !arn.contains('/');
    let buckets = entries().filter(|entry| entry.arn.as_deref().is_some_and(is_bucket));
    let buckets: Vec<_> = buckets.collect();
    let named = |arn: &str| bucket_of(arn).as_deref() == Some(&bucket);
    let own = buckets.iter().find(|entry| entry.arn.as_deref().is_some_and(named));
    let owner = own.or(buckets.first().filter(|_| buckets.len() == 1));
    let owner = owner.and_then(|entry| AccountId::parse(entry.account_id.as_deref()?).ok());
    Some(ObjectCall { bucket, owner, writes })
}
