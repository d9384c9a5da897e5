//! What asks for evidence: `{"incident":"inc-…","function":"arn:aws:lambda:…"}`, the body of one
//! message in the queue. Refuses incident ids that could be anything but the name of an incident:
//! they become part of object keys and of the journal's.
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html> (what an event from a queue holds)

use crate::resource::FunctionArn;
use serde::{Deserialize, Serialize};

/// A request to collect the evidence of one incident. The responder sends it after the stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct EvidenceRequest {
    incident: String,
    function: FunctionArn,
}

/// A message that is not a request. No retry can help; whoever sent it must mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not what a queue delivers.
    #[error("not an event from a queue, at line {line}, column {column}")]
    Delivery {
        /// From 1 on.
        line: usize,
        /// From 1 on.
        column: usize,
    },
    /// The message is not a request. What it says instead is not repeated.
    #[error("not a request for evidence, at line {line}, column {column}")]
    Request {
        /// From 1 on.
        line: usize,
        /// From 1 on.
        column: usize,
    },
    /// Not the id of an incident.
    #[error("the incident is not named `inc-` and letters, digits or `-`, at most 128")]
    Incident,
}

#[derive(Deserialize)]
struct Unchecked {
    incident: String,
    function: FunctionArn,
}

#[derive(Deserialize)]
struct Delivery {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    body: String,
}

const LONGEST_INCIDENT: usize = 128;

impl EvidenceRequest {
    /// A request for the evidence of `incident` on `function`.
    ///
    /// # Errors
    /// If `incident` is not the id of one.
    pub fn new(incident: &str, function: FunctionArn) -> Result<Self, RequestError> {
        Unchecked { incident: incident.to_owned(), function }.try_into()
    }

    /// The requests in an event from the queue.
    ///
    /// # Errors
    /// If one of its messages is not a request. Batches have one message.
    pub fn parse_delivery(event: &str) -> Result<Vec<Self>, RequestError> {
        let delivery: Delivery = serde_json::from_str(event).map_err(|error| {
            RequestError::Delivery { line: error.line(), column: error.column() }
        })?;
        delivery
            .records
            .iter()
            .map(|message| {
                serde_json::from_str(&message.body).map_err(|error| RequestError::Request {
                    line: error.line(),
                    column: error.column(),
                })
            })
            .collect()
    }

    /// The incident's id.
    pub fn incident(&self) -> &str {
        &self.incident
    }

    /// The function.
    pub fn function(&self) -> &FunctionArn {
        &self.function
    }
}

impl TryFrom<Unchecked> for EvidenceRequest {
    type Error = RequestError;

    fn try_from(Unchecked { incident, function }: Unchecked) -> Result<Self, RequestError> {
        let is_id = incident.strip_prefix("inc-").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        if is_id && incident.len() <= LONGEST_INCIDENT {
            Ok(Self { incident, function })
        } else {
            Err(RequestError::Incident)
        }
    }
}
