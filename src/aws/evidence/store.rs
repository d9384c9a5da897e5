//! The evidence bucket. An object is written once: `If-None-Match: *` makes S3 refuse to replace
//! one, <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>. Every object
//! carries its SHA-256, which S3 checks when it is stored and tells afterwards, and without which a
//! bucket with Object Lock takes nothing:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-put-object>.

use super::{AwsError, ErrorKind, EvidenceClients};
use crate::{aws::failed, evidence::Stored};
use aws_sdk_s3::{
    primitives::ByteStream,
    types::{ChecksumAlgorithm, ChecksumMode},
};
use aws_smithy_types::base64;
use sha2::{Digest, Sha256};

/// The bucket, and whose it must be: under a foreign owner's bucket of this name nothing is stored.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html>
#[derive(Debug, Clone, Copy)]
pub struct Bucket<'a> {
    /// Its name.
    pub name: &'a str,
    /// The account that owns it.
    pub owner: &'a str,
}

impl EvidenceClients {
    /// Stores an object unless there is one; gives back what is there then.
    pub async fn store(
        &self,
        bucket: Bucket<'_>,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<Stored, AwsError> {
        let sha256 = Sha256::digest(&bytes).into();
        self.store_hashed(bucket, key, content_type, bytes, sha256).await
    }

    /// Stores bytes whose hash is known.
    pub(super) async fn store_hashed(
        &self,
        bucket: Bucket<'_>,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
        sha256: [u8; 32],
    ) -> Result<Stored, AwsError> {
        let size = bytes.len() as u64;
        let put = self
            .s3
            .put_object()
            .bucket(bucket.name)
            .expected_bucket_owner(bucket.owner)
            .key(key)
            .if_none_match("*")
            .content_type(content_type)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .checksum_sha256(base64::encode(sha256))
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(failed("PutObject", key));
        match put {
            Ok(output) => {
                Ok(Stored { key: key.to_owned(), sha256, size, version_id: output.version_id })
            }
            // By an earlier or a concurrent delivery, or by a try of this call whose answer was lost.
            Err(error) if error.kind == ErrorKind::Precondition => {
                self.stored(bucket, key).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// What lies under `key`, if anything does. Without `s3:ListBucket` nothing would be a 403:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>.
    ///
    /// # Errors
    /// Also if it has no SHA-256: then it is not one of ours.
    pub async fn stored(&self, bucket: Bucket<'_>, key: &str) -> Result<Option<Stored>, AwsError> {
        let head = self
            .s3
            .head_object()
            .bucket(bucket.name)
            .expected_bucket_owner(bucket.owner)
            .key(key)
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        let head = match head {
            Ok(head) => head,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => {
                return Ok(None);
            }
            Err(error) => return Err(failed("HeadObject", key)(error)),
        };
        let sha256 = head.checksum_sha256.as_deref().and_then(decoded);
        let size = head.content_length.and_then(|length| u64::try_from(length).ok());
        match (sha256, size) {
            (Some(sha256), Some(size)) => {
                Ok(Some(Stored { key: key.to_owned(), sha256, size, version_id: head.version_id }))
            }
            (_, _) => Err(AwsError {
                operation: "HeadObject",
                resource: key.to_owned(),
                code: "an object without a SHA-256".to_owned(),
                kind: ErrorKind::Invalid,
            }),
        }
    }

    /// The bytes under `key`, in the version that was stored first.
    pub async fn fetch(&self, bucket: Bucket<'_>, stored: &Stored) -> Result<Vec<u8>, AwsError> {
        let object = self
            .s3
            .get_object()
            .bucket(bucket.name)
            .expected_bucket_owner(bucket.owner)
            .key(&stored.key)
            .set_version_id(stored.version_id.clone())
            .send()
            .await
            .map_err(failed("GetObject", &stored.key))?;
        let bytes = object.body.collect().await.map_err(|_| AwsError {
            operation: "GetObject",
            resource: stored.key.clone(),
            code: "cut off".to_owned(),
            kind: ErrorKind::Transient,
        })?;
        Ok(bytes.to_vec())
    }
}

/// A SHA-256 as S3 and Lambda write it.
pub(super) fn decoded(sha256: &str) -> Option<[u8; 32]> {
    base64::decode(sha256).ok()?.try_into().ok()
}
