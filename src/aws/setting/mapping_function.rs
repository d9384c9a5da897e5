//! What an event source mapping invokes, put back. The API guards such a write by nothing, so that the
//! mapping is looked at just before it. Refuses to turn what does not stand as it did when that was
//! decided, and leaves alone what else the mapping says.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{aws::failed, finding::shown, remediation::Outcome, resource::FunctionResource};
use std::time::Duration;
use tokio::time::sleep;

const OPERATION: &str = "UpdateEventSourceMapping";

/// A write is refused while another one is under way, which takes Lambda seconds:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(500);
const UNDER_WAY: [&str; 2] = ["ResourceInUseException", "ResourceConflictException"];

impl Aws {
    pub(super) async fn mapping_function_stand(
        &self,
        id: &str,
        stood: &FunctionResource,
        back: &FunctionResource,
    ) -> Result<Stand, AwsError> {
        let Some(now) = self.mapped(id).await? else { return Ok(Stand::Gone) };
        Ok(Stand::of(&now, stood, back, || {
            format!("the mapping invokes `{}`", shown(&now.to_string(), 200))
        }))
    }

    /// Has it invoke `to`, where it invokes `from`.
    pub(super) async fn lead_mapping(
        &self,
        id: &str,
        from: &FunctionResource,
        to: &FunctionResource,
    ) -> Result<Outcome, AwsError> {
        let mut tries = 1;
        loop {
            let Some(now) = self.mapped(id).await? else { return Ok(Outcome::DoesNotExist) };
            if now == *to {
                return Ok(Outcome::Success { note: Some("it stood so already".to_owned()) });
            }
            if now != *from {
                let why = "somebody changed it since";
                return Err(AwsError::new(OPERATION, id, ErrorKind::Precondition, why));
            }
            let update = self.lambda().await.update_event_source_mapping();
            let update = update.uuid(id).function_name(to.to_string());
            match update.send().await.map_err(failed(OPERATION, id)) {
                Ok(_) => return Ok(Outcome::Success { note: None }),
                Err(error) if tries < TRIES && UNDER_WAY.contains(&error.code.as_str()) => {
                    sleep(PAUSE * tries).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
