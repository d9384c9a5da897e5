//! Where an access key was used lately, from CloudTrail: one page of its last management events. Refuses to
//! look for data events, which CloudTrail does not look up.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use super::{Aws, AwsError};
use crate::{
    aws::{ErrorKind, failed},
    event::{Source, is_marked},
    state::KeyUse,
};
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use serde::Deserialize;

const OPERATION: &str = "LookupEvents";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<String>,
    vpc_endpoint_id: Option<String>,
    user_agent: Option<String>,
}

impl Aws {
    /// The last uses of a key, the newest first.
    pub(super) async fn key_uses(&self, key: &str) -> Result<Vec<KeyUse>, AwsError> {
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::AccessKeyId)
            .attribute_value(key)
            .build()
            .map_err(|error| {
                AwsError::new(OPERATION, key, ErrorKind::Invalid, error.to_string())
            })?;
        let client = self.cloudtrail().await;
        let answer = client.lookup_events().lookup_attributes(attribute).send().await;
        let events = answer.map_err(failed(OPERATION, key))?.events.unwrap_or_default();
        Ok(events.iter().filter_map(|event| used(event.cloud_trail_event()?)).collect())
    }
}

fn used(record: &str) -> Option<KeyUse> {
    let Record { source_ip_address, vpc_endpoint_id, user_agent } =
        serde_json::from_str(record).ok()?;
    Some(KeyUse {
        endpoint: vpc_endpoint_id,
        source: Source::parse(&source_ip_address.unwrap_or_default()),
        marked: user_agent.is_some_and(|agent| is_marked(&agent)),
    })
}
