//! Alarms of CloudWatch that change their state. Of what the event says, that an alarm goes off is
//! taken over, and nothing else: what the alarm watches and how it stands is read from CloudWatch. The
//! reason of a state is whatever somebody who set it wrote.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>

use super::{Event, EventError, Kind};
use crate::resource::{AlarmArn, Home};
use serde::Deserialize;

#[derive(Deserialize)]
struct Detail {
    state: NewState,
}

#[derive(Deserialize)]
struct NewState {
    value: String,
}

/// Reads a `CloudWatch Alarm State Change`; the alarm stands in the envelope's `resources`.
pub(super) fn state_change(
    id: String,
    resources: Option<&[String]>,
    detail: &str,
    home: &Home,
) -> Result<Event, EventError> {
    let detail: Detail = serde_json::from_str(detail)
        .map_err(|source| EventError::Json { part: "detail", source })?;
    let arn = resources.and_then(<[String]>::first).ok_or(EventError::Envelope("resources"))?;
    let ignored = |why: &str| Kind::Ignored(why.to_owned());
    let kind = match AlarmArn::parse(arn) {
        Err(_) => ignored("what changed its state has not the ARN of an alarm"),
        Ok(alarm) if alarm.home().as_ref() != Some(home) => {
            ignored("the alarm is of another account or Region")
        }
        Ok(alarm) => Kind::AlarmState { alarm, raised: detail.state.value == "ALARM" },
    };
    Ok(Event::told(id, kind))
}
