//! What the journal keeps of the evidence of an incident:
//!
//! | incident | record | holds |
//! |---|---|---|
//! | `inc-…` | `evidence#salt` | the salt of its hashes, which lie elsewhere |
//! | `inc-…` | `evidence` | bucket, key and last link of the manifest |
//!
//! Both are written once. Refuses to go on with a salt it cannot read: the hashes of one incident
//! could not be compared any more.

use super::{AwsError, ErrorKind};
use crate::{
    aws::{Aws, failed},
    evidence::{Manifest, Salt},
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};

type Item = HashMap<String, AttributeValue>;

const SALT: &str = "evidence#salt";
const EVIDENCE: &str = "evidence";

/// Where the evidence of an incident is.
#[derive(Debug, Clone, Copy)]
pub struct Collected<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// The key of the manifest.
    pub key: &'a str,
    /// The manifest.
    pub manifest: &'a Manifest,
}

impl Aws {
    /// The salt of an incident: made by the first that asks.
    pub async fn evidence_salt(
        &self,
        table: &str,
        incident: &str,
        retention: Duration,
        now: OffsetDateTime,
    ) -> Result<Salt, AwsError> {
        let mut bytes = [0; Salt::LENGTH];
        getrandom::fill(&mut bytes).map_err(|error| AwsError {
            operation: "getrandom",
            resource: incident.to_owned(),
            code: error.to_string(),
            kind: ErrorKind::Transient,
        })?;
        let mut item = record(incident, SALT, retention, now);
        item.insert("salt".to_owned(), AttributeValue::B(Blob::new(bytes)));
        if self.put_once(table, incident, item).await? {
            return Ok(Salt::new(bytes));
        }
        let item = self.evidence_record(table, incident, SALT).await?;
        let salt = item.get("salt").and_then(|value| value.as_b().ok());
        let salt = salt.and_then(|salt| <[u8; Salt::LENGTH]>::try_from(salt.as_ref()).ok());
        salt.map(Salt::new).ok_or_else(|| AwsError {
            operation: "GetItem",
            resource: format!("{incident} {SALT}"),
            code: "unreadable journal record".to_owned(),
            kind: ErrorKind::Invalid,
        })
    }

    /// Writes where the evidence is, and its last link.
    ///
    /// # Errors
    /// Also if the journal has another link: then one of the two was changed, and a person must find
    /// out which.
    pub async fn record_evidence(
        &self,
        table: &str,
        collected: Collected<'_>,
        retention: Duration,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let Collected { bucket, key, manifest } = collected;
        let mut item = record(&manifest.incident, EVIDENCE, retention, now);
        for (name, value) in [
            ("status", "collected"),
            ("bucket", bucket),
            ("key", key),
            ("chain", &manifest.chain),
            ("taken", &manifest.collected_at),
        ] {
            item.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
        }
        if self.put_once(table, &manifest.incident, item).await? {
            return Ok(());
        }
        let item = self.evidence_record(table, &manifest.incident, EVIDENCE).await?;
        let chain = item.get("chain").and_then(|value| value.as_s().ok());
        if chain == Some(&manifest.chain) {
            return Ok(());
        }
        Err(AwsError {
            operation: "PutItem",
            resource: format!("{} {EVIDENCE}", manifest.incident),
            code: "the journal and the manifest disagree".to_owned(),
            kind: ErrorKind::Invalid,
        })
    }

    /// Puts an item; false if there is one already.
    async fn put_once(&self, table: &str, incident: &str, item: Item) -> Result<bool, AwsError> {
        let put = self
            .dynamodb()
            .await
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(incident)")
            .send()
            .await
            .map_err(failed("PutItem", incident));
        match put {
            Ok(_) => Ok(true),
            Err(error) if error.kind == ErrorKind::Precondition => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn evidence_record(
        &self,
        table: &str,
        incident: &str,
        record: &str,
    ) -> Result<Item, AwsError> {
        let output = self
            .dynamodb()
            .await
            .get_item()
            .table_name(table)
            .key("incident", AttributeValue::S(incident.to_owned()))
            .key("record", AttributeValue::S(record.to_owned()))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("GetItem", incident))?;
        Ok(output.item.unwrap_or_default())
    }
}

fn record(incident: &str, record: &str, retention: Duration, now: OffsetDateTime) -> Item {
    let expires = (now + retention).unix_timestamp().to_string();
    HashMap::from([
        ("incident".to_owned(), AttributeValue::S(incident.to_owned())),
        ("record".to_owned(), AttributeValue::S(record.to_owned())),
        ("format".to_owned(), AttributeValue::N("1".to_owned())),
        ("expires_at".to_owned(), AttributeValue::N(expires)),
    ])
}
