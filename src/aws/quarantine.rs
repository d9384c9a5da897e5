//! The queue that keeps the asynchronous events of contained functions: each message is the record
//! of an invocation that did not happen, the event in it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>

use super::{Aws, AwsError, failed};
use crate::resource::{FunctionResource, Qualifier};
use aws_sdk_lambda::{primitives::Blob, types::InvocationType};

/// A message that is kept from others for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// What deletes it, or gives it back.
    pub receipt: String,
    /// What it says.
    pub body: String,
}

/// How long others do not see what was received.
const HIDDEN_SECONDS: i32 = 300;

/// The most that SQS hands out at a time.
const MOST: i32 = 10;

impl Aws {
    /// Takes some messages out of sight; none where there are no more.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
    pub async fn receive(&self, queue_url: &str) -> Result<Vec<Quarantined>, AwsError> {
        let output = self
            .sqs()
            .await
            .receive_message()
            .queue_url(queue_url)
            .max_number_of_messages(MOST)
            .visibility_timeout(HIDDEN_SECONDS)
            .wait_time_seconds(1)
            .send()
            .await
            .map_err(failed("ReceiveMessage", queue_url))?;
        let messages = output.messages.unwrap_or_default().into_iter();
        Ok(messages
            .filter_map(|message| {
                Some(Quarantined { receipt: message.receipt_handle?, body: message.body? })
            })
            .collect())
    }

    /// Deletes a message for good.
    pub async fn forget(&self, queue_url: &str, message: &Quarantined) -> Result<(), AwsError> {
        self.sqs()
            .await
            .delete_message()
            .queue_url(queue_url)
            .receipt_handle(&message.receipt)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("DeleteMessage", queue_url))
    }

    /// Lets others see a message again at once.
    pub async fn give_back(&self, queue_url: &str, message: &Quarantined) -> Result<(), AwsError> {
        self.sqs()
            .await
            .change_message_visibility()
            .queue_url(queue_url)
            .receipt_handle(&message.receipt)
            .visibility_timeout(0)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("ChangeMessageVisibility", queue_url))
    }

    /// Hands an event to a function as it was handed to it before, asynchronously.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
    pub async fn invoke(&self, resource: &FunctionResource, event: &str) -> Result<(), AwsError> {
        self.lambda()
            .await
            .invoke()
            .function_name(resource.function.to_string())
            .set_qualifier(resource.qualifier.as_ref().map(Qualifier::to_string))
            .invocation_type(InvocationType::Event)
            .payload(Blob::new(event))
            .send()
            .await
            .map(|_| ())
            .map_err(failed("Invoke", resource))
    }
}
