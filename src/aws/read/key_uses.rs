//! Where an access key was used lately, from CloudTrail: some pages of its last management events. Refuses to
//! look for data events, which CloudTrail does not look up.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use super::{Aws, AwsError};
use crate::{
    aws::{ErrorKind, failed},
    event::{Source, is_marked},
    resource::FunctionArn,
    state::KeyUse,
};
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use serde::Deserialize;
use std::time::Duration;

const OPERATION: &str = "LookupEvents";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<String>,
    vpc_endpoint_id: Option<String>,
    user_agent: Option<String>,
}

/// Who has the key can fill a page with their own calls.
const PAGES: usize = 3;

/// Two look-ups a second are allowed in an account and Region, to everybody together.
const PACE: Duration = Duration::from_millis(500);

impl Aws {
    /// The last uses of a key of the function, the newest first. Errors name the function, not the key.
    pub(super) async fn key_uses(
        &self,
        function: &FunctionArn,
        key: &str,
    ) -> Result<Vec<KeyUse>, AwsError> {
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::AccessKeyId)
            .attribute_value(key)
            .build()
            .map_err(|_| AwsError::new(OPERATION, function, ErrorKind::Invalid, "no such key"))?;
        let (client, mut uses, mut token) = (self.cloudtrail().await, Vec::new(), None);
        for page in 0..PAGES {
            if page > 0 {
                tokio::time::sleep(PACE).await;
            }
            let look = client.lookup_events().lookup_attributes(attribute.clone());
            let answer = look.set_next_token(token).send().await;
            let output = answer.map_err(failed(OPERATION, function))?;
            let events = output.events.unwrap_or_default();
            uses.extend(events.iter().filter_map(|event| used(event.cloud_trail_event()?)));
            token = output.next_token;
            if token.is_none() {
                break;
            }
        }
        Ok(uses)
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
