//! What goes on after the answer: a containment is looked at again, and evidence is collected.
//! Both are messages to queues, because nothing may sleep in a function.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html>

use super::Responder;
use crate::{aws::AwsError, event::Kind, evidence::EvidenceRequest, resource::FunctionArn};
use serde_json::json;
use std::time::Duration;

/// When a containment is looked at again. SQS delays a message for at most fifteen minutes.
const SOON: Duration = Duration::from_secs(60);
const LATER: Duration = Duration::from_secs(900);

/// How often a containment is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondLooks {
    /// Soon and later.
    Both,
    /// Once, later.
    One,
    /// Not again.
    None,
}

impl SecondLooks {
    /// A second look leads to at most one more, and only if it had something to do: looks must not
    /// breed.
    pub(super) fn after(event: &Kind, has_turned_something: bool) -> Self {
        match (matches!(event, Kind::SecondLook { .. }), has_turned_something) {
            (false, _) => Self::Both,
            (true, true) => Self::One,
            (true, false) => Self::None,
        }
    }

    const fn delays(self) -> &'static [Duration] {
        match self {
            Self::Both => &[SOON, LATER],
            Self::One => &[LATER],
            Self::None => &[],
        }
    }
}

impl Responder {
    /// Asks for second looks, and for evidence if this is the `first` answer.
    pub(super) async fn follow_up(
        &self,
        incident: &str,
        function: &FunctionArn,
        first: bool,
        looks: SecondLooks,
    ) -> Result<(), AwsError> {
        // Every incident has a name that a request takes.
        let request = EvidenceRequest::new(incident, function.clone()).ok();
        if let (true, Some(queue), Some(request)) = (first, &self.settings.evidence, request) {
            self.aws.send(queue, &json!(request).to_string(), Duration::ZERO).await?;
        }
        if let Some(queue) = &self.settings.second_looks {
            for after in looks.delays() {
                let message = json!({
                    "incident": incident,
                    "function": function,
                    "secondLook": after.as_secs(),
                });
                self.aws.send(queue, &message.to_string(), *after).await?;
            }
        }
        Ok(())
    }
}
