//! Copies the code of versions and layers into the bucket. What is there already is left as it is;
//! whether it is what Lambda names is said, not decided: both are evidence.

use super::{AwsError, Bucket, ErrorKind, EvidenceClients, download::LARGEST, store::decoded};
use crate::{
    aws::failed,
    evidence::{Stored, Unread},
    resource::FunctionArn,
};

/// Where an archive can be had, and what Lambda says of it.
struct Offer {
    link: Option<String>,
    /// AWS's error code, where it gives no link.
    refused: Option<String>,
    size: i64,
}

/// The copy of an archive.
#[derive(Debug)]
pub struct Copied {
    /// The object.
    pub stored: Stored,
    /// Set where its hash is not the one that the snapshot has.
    pub differs: Option<Unread>,
}

impl EvidenceClients {
    /// Copies the code of a version. `expected` is the hash in the snapshot.
    pub async fn copy_code(
        &self,
        bucket: Bucket<'_>,
        key: &str,
        function: &FunctionArn,
        version: &str,
        expected: Option<&str>,
    ) -> Result<Copied, AwsError> {
        let resource = format!("{function}:{version}");
        if let Some(stored) = self.stored(bucket, key).await? {
            return Ok(copied(stored, expected, &resource));
        }
        self.get_function.turn().await;
        let get = self.lambda.get_function().function_name(function.to_string()).qualifier(version);
        let answer = get.send().await.map_err(failed("GetFunction", &resource))?;
        let size = answer.configuration.map(|it| it.code_size).unwrap_or_default();
        let (link, refused) = match answer.code {
            Some(code) => (code.location, code.error.and_then(|it| it.error_code)),
            None => (None, None),
        };
        let offer = Offer { link, refused, size };
        self.copy(bucket, key, "GetFunction", &resource, offer, expected).await
    }

    /// Copies a version of a layer.
    pub async fn copy_layer(
        &self,
        bucket: Bucket<'_>,
        key: &str,
        arn: &str,
        expected: Option<&str>,
    ) -> Result<Copied, AwsError> {
        if let Some(stored) = self.stored(bucket, key).await? {
            return Ok(copied(stored, expected, arn));
        }
        self.control_plane.turn().await;
        let get = self.lambda.get_layer_version_by_arn().arn(arn);
        let answer = get.send().await.map_err(failed("GetLayerVersionByArn", arn))?;
        let size = answer.content.as_ref().map(|it| it.code_size).unwrap_or_default();
        let link = answer.content.and_then(|it| it.location);
        let offer = Offer { link, refused: None, size };
        self.copy(bucket, key, "GetLayerVersionByArn", arn, offer, expected).await
    }

    async fn copy(
        &self,
        bucket: Bucket<'_>,
        key: &str,
        operation: &'static str,
        resource: &str,
        offer: Offer,
        expected: Option<&str>,
    ) -> Result<Copied, AwsError> {
        let refuse = |code: String| AwsError {
            operation,
            resource: resource.to_owned(),
            code,
            kind: ErrorKind::Invalid,
        };
        let Some(link) = offer.link else {
            return Err(refuse(offer.refused.unwrap_or_else(|| "no link to the code".to_owned())));
        };
        if u64::try_from(offer.size).is_ok_and(|size| size > LARGEST) {
            return Err(refuse("larger than an archive can be".to_owned()));
        }
        let archive = self.download(&link, resource).await?;
        let stored = self
            .store_hashed(bucket, key, "application/zip", archive.bytes, archive.sha256)
            .await?;
        Ok(copied(stored, expected, resource))
    }
}

fn copied(stored: Stored, expected: Option<&str>, resource: &str) -> Copied {
    let is_expected = expected.is_none_or(|expected| decoded(expected) == Some(stored.sha256));
    let differs = (!is_expected).then(|| Unread {
        operation: "download".to_owned(),
        resource: resource.to_owned(),
        code: "the code is not the one in the snapshot".to_owned(),
        may_work_later: false,
    });
    Copied { stored, differs }
}
