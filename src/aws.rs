//! The only place that knows the SDK: reads the live state, applies one journaled remediation,
//! keeps the journal, notifies. Clients are made on first use, because most events need none.

mod apply;
mod journal;
mod notify;
mod read;
mod undo;

pub use journal::{HOLD, IncidentStatus, Intent, Journal, Opened, StepRecord, StepStatus};
pub use undo::Undone;

use aws_config::{BehaviorVersion, Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::Client as DynamoDb;
use aws_sdk_lambda::{
    Client as Lambda,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_sdk_sns::Client as Sns;
use std::{fmt, time::Duration};
use tokio::sync::OnceCell;

/// The SDK's clients, each made when it is first needed.
#[derive(Debug, Default)]
pub struct Aws {
    region: Option<String>,
    config: OnceCell<SdkConfig>,
    lambda: OnceCell<Lambda>,
    dynamodb: OnceCell<DynamoDb>,
    sns: OnceCell<Sns>,
}

/// Longer than any call here takes; short enough for a retry within the invocation.
const ATTEMPT: Duration = Duration::from_secs(10);

impl Aws {
    /// Clients for `region`, or for the one the environment names.
    pub fn new(region: Option<String>) -> Self {
        Self { region, ..Self::default() }
    }

    async fn config(&self) -> &SdkConfig {
        self.config
            .get_or_init(|| async {
                let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
                let loader =
                    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
                match &self.region {
                    Some(region) => loader.region(Region::new(region.clone())).load().await,
                    None => loader.load().await,
                }
            })
            .await
    }

    async fn lambda(&self) -> &Lambda {
        self.lambda.get_or_init(|| async { Lambda::new(self.config().await) }).await
    }

    async fn dynamodb(&self) -> &DynamoDb {
        self.dynamodb.get_or_init(|| async { DynamoDb::new(self.config().await) }).await
    }

    async fn sns(&self) -> &Sns {
        self.sns.get_or_init(|| async { Sns::new(self.config().await) }).await
    }
}

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
    /// This partition or endpoint does not know the operation.
    Unsupported,
    /// Throttled, out of service or out of reach: the same call may work later.
    Transient,
    /// Refused for what was asked.
    Invalid,
}

impl std::error::Error for AwsError {}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, resource, code, kind } = self;
        write!(f, "`{operation}` on `{resource}` failed with `{code}`")?;
        f.write_str(match kind {
            ErrorKind::Denied => "; an operator must grant the permission or lift the deny",
            ErrorKind::Transient => "; it may work later",
            ErrorKind::Unsupported => "; this partition does not offer the operation",
            ErrorKind::NotFound | ErrorKind::Precondition | ErrorKind::Invalid => "",
        })
    }
}

/// Sorts an SDK error by what it means here.
fn failed<E: ProvideErrorMetadata>(
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
        AwsError { operation, resource: resource.to_string(), code, kind }
    }
}

fn kind(status: Option<u16>, code: Option<&str>, message: &str) -> ErrorKind {
    match (status, code) {
        // "Functions from 'x' are not reachable in this region" is not a missing function.
        (_, Some("ResourceNotFoundException")) if message.contains("not reachable") => {
            ErrorKind::Invalid
        }
        (
            _,
            Some("ResourceNotFoundException" | "ProvisionedConcurrencyConfigNotFoundException"),
        ) => ErrorKind::NotFound,
        (_, Some("PreconditionFailedException" | "ConditionalCheckFailedException"))
        | (Some(412), _) => ErrorKind::Precondition,
        (_, Some("TooManyRequestsException" | "ThrottlingException" | "Throttling"))
        | (_, Some("ProvisionedThroughputExceededException" | "RequestLimitExceeded"))
        | (None | Some(429 | 500..), _) => ErrorKind::Transient,
        // Somebody else is changing the same thing: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
        (Some(409), _) => ErrorKind::Transient,
        (_, Some("UnknownOperationException")) | (Some(404 | 405), _) => ErrorKind::Unsupported,
        (Some(401 | 403), _) => ErrorKind::Denied,
        (_, Some("AccessDeniedException" | "AccessDenied" | "AuthorizationError")) => {
            ErrorKind::Denied
        }
        (_, _) => ErrorKind::Invalid,
    }
}
