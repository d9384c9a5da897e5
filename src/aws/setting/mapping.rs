//! Event source mappings: enabled or not, and where records go that could not be handled. Refuses to
//! touch what else they say.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>

use super::{Aws, AwsError, ErrorKind, Stand, settled};
use crate::{aws::failed, remediation::Outcome, state::Mapping};
use aws_sdk_lambda::types::{DestinationConfig, EventSourceMappingConfiguration, OnFailure};

impl Aws {
    pub(super) async fn mapping_stand(
        &self,
        before: &Mapping,
        queue: Option<&str>,
    ) -> Result<Stand, AwsError> {
        let output = self
            .lambda()
            .await
            .get_event_source_mapping()
            .uuid(&before.id)
            .send()
            .await
            .map_err(failed("GetEventSourceMapping", &before.id))?;
        let on_failure = on_failure(output.destination_config.as_ref());
        Ok(stand(output.state.as_deref(), on_failure, before, queue))
    }

    /// Where the destination is refused, as one to which the execution role may not send is for
    /// functions, the mapping is disabled all the same: then nothing fails any more.
    pub(super) async fn disable_mapping(
        &self,
        before: &Mapping,
        queue: Option<&str>,
    ) -> Result<Outcome, AwsError> {
        let to = queue.map(|queue| destination(Some(queue)));
        match self.update_mapping(&before.id, Some(false), to).await {
            Err(error) if error.kind == ErrorKind::Invalid && queue.is_some() => {
                self.update_mapping(&before.id, Some(false), None).await?;
                let note = format!("{error}; its destination for failures stays");
                Ok(Outcome::Success { note: Some(note) })
            }
            written => settled(written),
        }
    }

    pub(super) async fn mapping_back(
        &self,
        before: &Mapping,
        redirected: bool,
    ) -> Result<(), AwsError> {
        let to = redirected.then(|| destination(before.on_failure.as_deref()));
        self.update_mapping(&before.id, before.enabled.then_some(true), to).await
    }

    pub(super) async fn mapping_destination_stand(
        &self,
        id: &str,
        before: &str,
    ) -> Result<Stand, AwsError> {
        let output = self
            .lambda()
            .await
            .get_event_source_mapping()
            .uuid(id)
            .send()
            .await
            .map_err(failed("GetEventSourceMapping", id))?;
        if is_enabled(output.state.as_deref()).is_none() {
            return Ok(Stand::Gone);
        }
        let now = on_failure(output.destination_config.as_ref()).unwrap_or_default();
        Ok(Stand::of(&now.as_str(), &before, &"", || format!("failures go to `{now}`")))
    }

    /// Where records go that could not be handled; none: nowhere.
    pub(super) async fn send_failures(&self, id: &str, to: Option<&str>) -> Result<(), AwsError> {
        self.update_mapping(id, None, Some(destination(to))).await
    }

    /// What is none stays.
    async fn update_mapping(
        &self,
        id: &str,
        enabled: Option<bool>,
        to: Option<DestinationConfig>,
    ) -> Result<(), AwsError> {
        self.lambda()
            .await
            .update_event_source_mapping()
            .uuid(id)
            .set_enabled(enabled)
            .set_destination_config(to)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("UpdateEventSourceMapping", id))
    }
}

/// A mapping as it was read; none for one that is going.
pub(in crate::aws) fn mapping(read: EventSourceMappingConfiguration) -> Option<Mapping> {
    Some(Mapping {
        enabled: is_enabled(read.state.as_deref())?,
        on_failure: on_failure(read.destination_config.as_ref()),
        id: read.uuid?,
        source: read.event_source_arn.unwrap_or_default(),
    })
}

fn on_failure(config: Option<&DestinationConfig>) -> Option<String> {
    let to = config.and_then(|config| config.on_failure.as_ref());
    to.and_then(|to| to.destination.clone()).filter(|arn| !arn.is_empty())
}

/// Whether it is enabled or about to be; none where it is being deleted. What is not known may run.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>
fn is_enabled(state: Option<&str>) -> Option<bool> {
    match state {
        Some("Deleting") => None,
        Some("Disabled" | "Disabling") => Some(false),
        _ => Some(true),
    }
}

/// An empty one takes the destination away: a half without an ARN is refused here.
fn destination(arn: Option<&str>) -> DestinationConfig {
    let failure = |arn: &str| OnFailure::builder().destination(arn).build();
    DestinationConfig::builder().set_on_failure(arn.map(failure)).build()
}

/// Where failures go counts only where that was turned too.
fn stand(
    state: Option<&str>,
    on_failure: Option<String>,
    before: &Mapping,
    queue: Option<&str>,
) -> Stand {
    let Some(enabled) = is_enabled(state) else { return Stand::Gone };
    let to = |arn: Option<&str>| queue.and(arn).map(str::to_owned);
    let now = (enabled, to(on_failure.as_deref()));
    let (was, is_to_be) = ((before.enabled, to(before.on_failure.as_deref())), (false, to(queue)));
    if before.enabled && now == (false, was.1.clone()) {
        return Stand::After;
    }
    Stand::of(&now, &was, &is_to_be, || {
        let so = if enabled { "enabled" } else { "disabled" };
        match &now.1 {
            Some(arn) => format!("the mapping is {so}, and failures go to `{arn}`"),
            None => format!("the mapping is {so}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_stands_by_what_was_turned() {
        let before = Mapping {
            id: "id".into(),
            source: "queue".into(),
            enabled: true,
            on_failure: Some("theirs".into()),
        };
        let look = |state, to: Option<&str>, queue| {
            stand(Some(state), to.map(str::to_owned), &before, queue)
        };
        for state in ["Enabled", "Enabling", "Updating", "Creating", "Anything"] {
            assert_eq!(look(state, Some("theirs"), None), Stand::Before, "{state}");
        }
        assert_eq!(look("Disabling", Some("theirs"), None), Stand::After);
        assert_eq!(look("Disabled", Some("changed"), None), Stand::After);
        assert_eq!(look("Disabled", Some("ours"), Some("ours")), Stand::After);
        assert_eq!(look("Disabled", Some("theirs"), Some("ours")), Stand::After);
        assert!(matches!(look("Disabled", Some("other"), Some("ours")), Stand::Other(_)));
        assert!(matches!(look("Enabled", Some("ours"), Some("ours")), Stand::Other(_)));
        assert_eq!(look("Deleting", None, None), Stand::Gone);
    }
}
