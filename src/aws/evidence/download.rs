//! Fetches an archive from the link that Lambda gives, which holds for ten minutes.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html>. The link is a secret: it is
//! in no error, log or document.

use super::{AwsError, ErrorKind, EvidenceClients};
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::time::timeout;

/// Lambda takes no code that is larger when unzipped, so that an archive, which is held in memory,
/// is hardly larger either.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution>
pub(super) const LARGEST: u64 = 260 * 1024 * 1024;

/// One archive takes no longer, at 3 MB a second.
const PATIENCE: Duration = Duration::from_secs(90);

/// An archive and what it hashes to.
pub(super) struct Archive {
    pub bytes: Vec<u8>,
    pub sha256: [u8; 32],
}

impl EvidenceClients {
    /// Fetches what `link` leads to; `resource` is for the error.
    pub(super) async fn download(&self, link: &str, resource: &str) -> Result<Archive, AwsError> {
        let failure = |code: String, kind| AwsError {
            operation: "download",
            resource: resource.to_owned(),
            code,
            kind,
        };
        let request = HttpRequest::get(link)
            .map_err(|_| failure("not a link".to_owned(), ErrorKind::Invalid))?;
        let fetched = timeout(PATIENCE, async {
            let response = self
                .downloads
                .call(request)
                .await
                .map_err(|_| failure("no answer".to_owned(), ErrorKind::Transient))?;
            let status = response.status().as_u16();
            if status != 200 {
                // A link that has expired is a 403; the next try asks for another.
                return Err(failure(format!("HTTP {status}"), ErrorKind::Transient));
            }
            let length = response.headers().get("content-length").and_then(|n| n.parse().ok());
            receive(ByteStream::new(response.into_body()), length)
                .await
                .map_err(|(code, kind)| failure(code.to_owned(), kind))
        });
        fetched.await.map_err(|_| failure("timed out".to_owned(), ErrorKind::Transient))?
    }
}

/// Reads to the end, and hashes on the way.
async fn receive(
    mut body: ByteStream,
    length: Option<u64>,
) -> Result<Archive, (&'static str, ErrorKind)> {
    let too_large = ("larger than an archive can be", ErrorKind::Invalid);
    let expected = length.unwrap_or_default();
    if expected > LARGEST {
        return Err(too_large);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(expected).map_err(|_| too_large)?);
    let mut hash = Sha256::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| ("cut off", ErrorKind::Transient))?;
        if (bytes.len() + chunk.len()) as u64 > LARGEST {
            return Err(too_large);
        }
        hash.update(&chunk);
        bytes.extend_from_slice(&chunk);
    }
    if length.is_some_and(|length| length != bytes.len() as u64) {
        return Err(("cut off", ErrorKind::Transient));
    }
    Ok(Archive { bytes, sha256: hash.finalize().into() })
}
