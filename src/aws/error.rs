//! What went wrong at AWS, sorted by what it means to the caller. Refuses to repeat what AWS said: its
//! messages can hold what a stranger wrote.
//! <https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html>

use aws_sdk_lambda::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use std::fmt;

/// AWS did not do what it was asked. The operator mends permissions and limits; a retry mends the
/// rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsError {
    /// The API operation.
    pub operation: &'static str,
    /// What it was called on.
    pub resource: String,
    /// AWS's error code, or what happened on the way.
    pub code: String,
    /// What it means to the caller.
    pub kind: ErrorKind,
}

/// What an error means to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The resource does not exist.
    NotFound,
    /// It was changed since it was read.
    Precondition,
    /// Not permitted.
    Denied,
    /// The resource's own policy denies it, whatever the caller is permitted.
    LockedOut,
    /// This partition or endpoint does not know the operation.
    Unsupported,
    /// Throttled, out of service or out of reach: the same call may work later.
    Transient,
    /// Refused for what was asked.
    Invalid,
}

impl std::error::Error for AwsError {}

impl AwsError {
    /// What this side of the call made of an answer.
    pub(super) fn new(
        operation: &'static str,
        resource: impl fmt::Display,
        kind: ErrorKind,
        code: impl Into<String>,
    ) -> Self {
        Self { operation, resource: resource.to_string(), code: code.into(), kind }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, resource, code, kind } = self;
        write!(f, "`{operation}` on `{resource}` failed with `{code}`")?;
        f.write_str(match kind {
            ErrorKind::Denied => "; an operator must grant the permission or lift the deny",
            ErrorKind::LockedOut => {
                "; its resource policy denies it: an operator must take that statement out"
            }
            ErrorKind::Transient => "; it may work later",
            ErrorKind::Unsupported => "; this partition does not offer the operation",
            ErrorKind::NotFound | ErrorKind::Precondition | ErrorKind::Invalid => "",
        })
    }
}

/// Sorts an SDK error by what it means here.
pub(super) fn failed<E: ProvideErrorMetadata>(
    operation: &'static str,
    resource: impl fmt::Display,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> AwsError {
    move |error| {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let code = error.as_service_error().and_then(|service| service.meta().code());
        let message = error.as_service_error().and_then(|service| service.meta().message());
        let kind = kind(status, code, message.unwrap_or_default());
        let code = match (code, status) {
            (Some(code), _) => code.to_owned(),
            (None, Some(status)) => format!("HTTP {status}"),
            (None, None) => "no answer".to_owned(),
        };
        AwsError::new(operation, resource, kind, code)
    }
}

/// Sorts a refusal that no SDK client read.
pub(super) fn refused(
    operation: &'static str,
    resource: impl fmt::Display,
    status: u16,
    code: Option<&str>,
) -> AwsError {
    let kind = kind(Some(status), code, "");
    let code = code.map_or_else(|| format!("HTTP {status}"), str::to_owned);
    AwsError::new(operation, resource, kind, code)
}

/// What is not there is none.
pub(super) fn absent<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where this stands in a refusal, the resource's own policy forbids it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
const LOCKED_OUT: &str = "with an explicit deny in a resource-based policy";

fn kind(status: Option<u16>, code: Option<&str>, message: &str) -> ErrorKind {
    match (status, code.unwrap_or_default()) {
        // "Functions from 'x' are not reachable in this region" is not a missing function.
        (_, "ResourceNotFoundException") if message.contains("not reachable") => ErrorKind::Invalid,
        (_, "ResourceNotFoundException" | "ProvisionedConcurrencyConfigNotFoundException")
        // https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
        | (_, "NoSuchEntity" | "NoSuchEntityException")
        // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
        // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
        | (_, "ParameterNotFound" | "NoSuchKey" | "NoSuchBucket")
        // https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
        | (_, "ObjectNotFoundException")
        // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html
        | (_, "TrailNotFoundException")
        // https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html
        | (_, "NoSuchConfigurationRecorderException" | "NoSuchDeliveryChannelException")
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        | (_, "InvalidNetworkInterfaceID.NotFound")
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
        | (_, "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue") => {
            ErrorKind::NotFound
        }
        (_, "PreconditionFailedException" | "ConditionalCheckFailedException")
        | (Some(412), _) => ErrorKind::Precondition,
        // https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
        (_, "LimitExceeded" | "LimitExceededException" | "UnmodifiableEntity")
        | (_, "EntityAlreadyExists" | "DeleteConflict") => ErrorKind::Invalid,
        (_, "TooManyRequestsException" | "ThrottlingException" | "Throttling")
        | (_, "ProvisionedThroughputExceededException" | "RequestLimitExceeded")
        | (_, "ConcurrentUpdateException" | "ConcurrentModification")
        // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
        // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
        | (_, "ConcurrentModificationException" | "OperationAbortedException")
        // https://docs.aws.amazon.com/xray/latest/api/API_PutEncryptionConfig.html
        // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
        | (_, "ThrottledException" | "ConflictException")
        | (_, "EntityTemporarilyUnmodifiable" | "ServiceFailure" | "RequestThrottled")
        // https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
        | (_, "ResourceInUseException")
        | (None | Some(429 | 500..), _) => ErrorKind::Transient,
        // Somebody else is changing the same thing, or a change of the function is not over:
        // https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
        (Some(409), _) => ErrorKind::Transient,
        (_, "UnknownOperationException") | (Some(404 | 405), _) => ErrorKind::Unsupported,
        (_, "AccessDeniedException" | "AccessDenied" | "AuthorizationError" | "UnauthorizedOperation")
        | (Some(401 | 403), _) => {
            if message.contains(LOCKED_OUT) { ErrorKind::LockedOut } else { ErrorKind::Denied }
        }
        (_, _) => ErrorKind::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_sorted_by_what_it_means() {
        for (status, code, message, want) in [
            (404, "ResourceNotFoundException", "no such function", ErrorKind::NotFound),
            (
                404,
                "ResourceNotFoundException",
                "Functions from 'x' are not reachable",
                ErrorKind::Invalid,
            ),
            (404, "NoSuchEntity", "", ErrorKind::NotFound),
            (400, "ObjectNotFoundException", "", ErrorKind::NotFound),
            (404, "", "", ErrorKind::Unsupported),
            (412, "PreconditionFailedException", "", ErrorKind::Precondition),
            (409, "ResourceConflictException", "an update is in progress", ErrorKind::Transient),
            (409, "ConcurrentModification", "", ErrorKind::Transient),
            (409, "EntityTemporarilyUnmodifiable", "", ErrorKind::Transient),
            (500, "ServiceFailure", "", ErrorKind::Transient),
            (400, "ThrottlingException", "", ErrorKind::Transient),
            (409, "LimitExceeded", "inline policies", ErrorKind::Invalid),
            (400, "UnmodifiableEntity", "a service's role", ErrorKind::Invalid),
            (409, "EntityAlreadyExists", "", ErrorKind::Invalid),
            (403, "AccessDeniedException", "no identity-based policy allows it", ErrorKind::Denied),
            (
                403,
                "AccessDeniedException",
                "x is not authorized with an explicit deny in a resource-based policy",
                ErrorKind::LockedOut,
            ),
        ] {
            let code = Some(code).filter(|code| !code.is_empty());
            assert_eq!(kind(Some(status), code, message), want, "{status} {code:?}");
        }
        assert_eq!(kind(None, None, ""), ErrorKind::Transient);
    }

    #[test]
    fn a_lock_out_says_who_must_mend_it() {
        let error = AwsError::new("GetFunction", "f", ErrorKind::LockedOut, "AccessDenied");
        assert!(error.to_string().contains("an operator must take that statement out"));
    }
}
