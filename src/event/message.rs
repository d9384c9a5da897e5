//! Messages from the queue of second looks: Cordon's own, which come back after a while.
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>

use super::{Actor, Event, EventError, Kind, elsewhere};
use crate::resource::{FunctionArn, Home};
use serde::Deserialize;

/// What a function gets from a queue.
#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    incident: String,
    function: FunctionArn,
    /// Seconds after the containment.
    second_look: u32,
}

/// Reads a delivery from a queue; none if it is not one. The queue's mapping hands over one message
/// at a time.
pub(super) fn parse(payload: &str, home: &Home) -> Option<Result<Event, EventError>> {
    // Every event comes through here: it is not parsed for this.
    if !payload.trim_start().trim_start_matches('{').trim_start().starts_with("\"Records\"") {
        return None;
    }
    let batch = serde_json::from_str(payload);
    Some(batch.map_err(|source| EventError::Json { part: "the batch", source }).and_then(
        |batch: Batch| match batch.records.as_slice() {
            [message] => second_look(message, home),
            _ => Err(EventError::Envelope("exactly one message")),
        },
    ))
}

fn second_look(message: &Message, home: &Home) -> Result<Event, EventError> {
    let body: Body = serde_json::from_str(&message.body)
        .map_err(|source| EventError::Json { part: "the message", source })?;
    let Body { incident, function, second_look } = body;
    let id = format!("{incident}-second-look-{second_look}");
    let other = elsewhere(&function, home);
    let kind = other.unwrap_or(Kind::SecondLook { function, incident });
    Ok(Event::new(id, Actor::default(), kind))
}
