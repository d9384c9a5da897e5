//! Messages to Cordon's own queues, now or a little later. Refuses nothing: a delay that SQS does not
//! take is shortened to one that it does.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use super::{Aws, AwsError, failed};
use std::time::Duration;

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html>
const LONGEST_DELAY: u64 = 900;

impl Aws {
    /// Sends `body`, to be seen after `delay`, of which fifteen minutes count at most.
    pub async fn send(&self, queue_url: &str, body: &str, delay: Duration) -> Result<(), AwsError> {
        let seconds = delay.as_secs().min(LONGEST_DELAY);
        self.sqs()
            .await
            .send_message()
            .queue_url(queue_url)
            .message_body(body)
            .set_delay_seconds(i32::try_from(seconds).ok())
            .send()
            .await
            .map(|_| ())
            .map_err(failed("SendMessage", queue_url))
    }
}
