//! Tells people, through SNS. <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use super::{Aws, AwsError, failed};

/// SNS takes subjects of up to 100 ASCII characters.
const LONGEST_SUBJECT: usize = 100;

impl Aws {
    /// Publishes a notification.
    pub async fn notify(&self, topic: &str, subject: &str, message: &str) -> Result<(), AwsError> {
        let subject: String = subject
            .chars()
            .filter(|c| c.is_ascii_graphic() || *c == ' ')
            .take(LONGEST_SUBJECT)
            .collect();
        self.sns()
            .await
            .publish()
            .topic_arn(topic)
            .subject(subject)
            .message(message)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("Publish", topic))
    }
}
