//! Objects of S3, as an archive has them: listed and read, never written.

use super::{Aws, AwsError, ErrorKind, error::failed};
use aws_sdk_s3::Client;

/// S3.
#[derive(Debug, Clone)]
pub struct Objects(Client);

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// Other where it was written again.
    pub tag: String,
}

impl Objects {
    /// With what `aws` is configured for.
    pub async fn new(aws: &Aws) -> Self {
        Self(Client::new(aws.config().await))
    }

    /// The objects whose keys begin with a prefix, a thousand with each call.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
    ///
    /// # Errors
    /// As S3 refuses it.
    pub async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<Object>, AwsError> {
        let about = format!("s3://{bucket}/{prefix}");
        let listing = self.0.list_objects_v2().bucket(bucket).prefix(prefix);
        let mut pages = listing.into_paginator().send();
        let mut objects = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed("ListObjectsV2", &about))?;
            objects.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| {
                let size = u64::try_from(object.size.unwrap_or_default()).ok()?;
                Some(Object { key: object.key?, size, tag: object.e_tag.unwrap_or_default() })
            }));
        }
        Ok(objects)
    }

    /// Reads an object.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
    ///
    /// # Errors
    /// As S3 refuses it, and where it breaks off.
    pub async fn get(&self, bucket: &str, key: &str) -> Result<Vec<u8>, AwsError> {
        let about = format!("s3://{bucket}/{key}");
        let answer = self.0.get_object().bucket(bucket).key(key).send().await;
        let body = answer.map_err(failed("GetObject", &about))?.body;
        let read = body.collect().await;
        let broken = |_| AwsError::new("GetObject", &about, ErrorKind::Transient, "broken off");
        Ok(read.map_err(broken)?.to_vec())
    }
}
