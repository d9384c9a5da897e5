//! The asynchronous events that a function missed while it was contained: counted, handed to it
//! again, or dropped. At least once, as Lambda hands over asynchronous events anyway. Refuses to
//! replay to a function that is still contained: they would come straight back.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>

use crate::{
    aws::{Aws, AwsError, Quarantined},
    resource::{FunctionArn, FunctionResource},
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What to do with the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// Only count them.
    Count,
    /// Hand each to the function and then delete it.
    Replay,
    /// Delete them.
    Drop,
}

/// What was found, and done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Released {
    /// Events of the function.
    pub events: usize,
    /// Records of the function that hold no event, such as those of streams: the data is still in
    /// the stream.
    pub without_event: usize,
    /// How many were handed over again.
    pub replayed: usize,
    /// How many were deleted without that.
    pub dropped: usize,
}

/// Of a record, what it takes to replay it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    request_context: RequestContext,
    #[serde(borrow)]
    request_payload: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    function_arn: String,
}

/// Goes through the queue once. What belongs to other functions is given back.
pub async fn release(
    aws: &Aws,
    queue_url: &str,
    function: &FunctionArn,
    what: Release,
) -> Result<Released, AwsError> {
    let mut released = Released::default();
    let mut others = Vec::new();
    let mut failed = None;
    loop {
        let messages = aws.receive(queue_url).await?;
        if messages.is_empty() || failed.is_some() {
            others.extend(messages);
            break;
        }
        for message in messages {
            match release_one(aws, queue_url, function, what, &message, &mut released).await {
                Ok(true) => {}
                Ok(false) => others.push(message),
                Err(error) => {
                    others.push(message);
                    failed = Some(error);
                }
            }
        }
    }
    for message in &others {
        aws.give_back(queue_url, message).await?;
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(released),
    }
}

/// Whether the message is done with.
async fn release_one(
    aws: &Aws,
    queue_url: &str,
    function: &FunctionArn,
    what: Release,
    message: &Quarantined,
    released: &mut Released,
) -> Result<bool, AwsError> {
    let Some((resource, event)) = read(&message.body) else { return Ok(false) };
    if resource.function != *function {
        return Ok(false);
    }
    match event {
        Some(_) => released.events += 1,
        None => released.without_event += 1,
    }
    match (what, event) {
        (Release::Count, _) | (Release::Replay, None) => Ok(false),
        (Release::Replay, Some(event)) => {
            aws.invoke(&resource, event).await?;
            aws.forget(queue_url, message).await?;
            released.replayed += 1;
            Ok(true)
        }
        (Release::Drop, _) => {
            aws.forget(queue_url, message).await?;
            released.dropped += 1;
            Ok(true)
        }
    }
}

/// Whose record it is, and the event it holds.
fn read(body: &str) -> Option<(FunctionResource, Option<&str>)> {
    let record: Record<'_> = serde_json::from_str(body).ok()?;
    let resource = FunctionResource::parse_arn(&record.request_context.function_arn).ok()?;
    Some((resource, record.request_payload.map(RawValue::get)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_whose_event_it_holds_byte_by_byte() {
        let body = r#"{"version":"1.0","requestContext":{"requestId":"1","functionArn":"arn:aws:lambda:eu-west-1:111122223333:function:orders:$LATEST","condition":"RetriesExhausted"},"requestPayload":{"b": 1,  "a":2}}"#;
        let (resource, event) = read(body).expect("a record");
        assert_eq!(resource.to_string(), "arn:aws:lambda:eu-west-1:111122223333:function:orders");
        assert_eq!(event, Some(r#"{"b": 1,  "a":2}"#));
    }

    #[test]
    fn records_of_streams_hold_no_event_and_strangers_nothing() {
        let body = r#"{"requestContext":{"functionArn":"arn:aws:lambda:eu-west-1:111122223333:function:orders:live"},"KinesisBatchInfo":{"shardId":"1"}}"#;
        let (resource, event) = read(body).expect("a record");
        assert!(resource.qualifier.is_some() && event.is_none());
        for body in ["", "{}", "null", r#"{"requestContext":{"functionArn":"arn:aws:sqs:x"}}"#] {
            assert!(read(body).is_none(), "{body}");
        }
    }
}
