//! Collects evidence: reads a function and everything around it, copies its code, stores both where
//! nothing can be overwritten. Only reads from Lambda and IAM. Refuses to hurry: the control plane is
//! shared with the responder, and with whoever is being responded to.

mod archive;
mod attachments;
mod download;
mod pace;
mod read;
mod record;
mod role;
mod store;
mod version;
mod whole;

pub use archive::Copied;
pub use record::Collected;
pub use store::Bucket;

use super::{Aws, AwsError, ErrorKind};
use crate::evidence::Unread;
use aws_config::retry::RetryConfig;
use aws_sdk_iam::Client as Iam;
use aws_sdk_lambda::Client as Lambda;
use aws_sdk_s3::Client as S3;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::HttpConnectorSettings;
use pace::Pace;
use std::time::Duration;

/// What evidence is collected with.
#[derive(Debug)]
pub struct EvidenceClients {
    lambda: Lambda,
    iam: Iam,
    s3: S3,
    downloads: Connector,
    /// Lambda's other control-plane calls: 15 a second for the whole account and Region, the
    /// responder's included, so that some are left to it.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests>
    control_plane: Pace,
    /// `GetFunction` has 100 a second to itself.
    get_function: Pace,
}

const CONTROL_PLANE: Duration = Duration::from_millis(100);
const GET_FUNCTION: Duration = Duration::from_millis(25);

/// Tries of one call, with longer and longer pauses. After that the next delivery asks again.
const TRIES: u32 = 3;

impl EvidenceClients {
    /// Clients in the Region of `aws`.
    pub async fn new(aws: &Aws) -> Self {
        let config = aws.config().await;
        // Not the SDK's adaptive mode: once throttled it sends one call in two seconds.
        // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
        let retry = RetryConfig::standard().with_max_attempts(TRIES);
        let config = config.to_builder().retry_config(retry).build();
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(30))
            .build();
        Self {
            lambda: Lambda::new(&config),
            iam: Iam::new(&config),
            s3: S3::new(&config),
            downloads: Connector::builder()
                .connector_settings(settings)
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
                .build(),
            control_plane: Pace::new(CONTROL_PLANE),
            get_function: Pace::new(GET_FUNCTION),
        }
    }
}

impl From<AwsError> for Unread {
    fn from(AwsError { operation, resource, code, kind }: AwsError) -> Self {
        let may_work_later = match kind {
            ErrorKind::Transient => true,
            ErrorKind::NotFound
            | ErrorKind::Precondition
            | ErrorKind::Denied
            | ErrorKind::LockedOut
            | ErrorKind::Unsupported
            | ErrorKind::Invalid => false,
        };
        Self { operation: operation.to_owned(), resource, code, may_work_later }
    }
}
