//! How many days the events of a function's log group are kept. Refuses to turn what does not stand as
//! it did when that was decided, and what a policy of the account decides: the write is not guarded, so
//! that it is looked at just before.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>

use super::{Aws, AwsError, ErrorKind, Stand};
use crate::{
    aws::{
        read::log_groups::{LOGS, TARGET},
        signed::Call,
    },
    remediation::Outcome,
    resource::FunctionArn,
};
use serde_json::json;

const OPERATION: &str = "PutRetentionPolicy";

impl Aws {
    pub(super) async fn retention_stand(
        &self,
        function: &FunctionArn,
        stood: u32,
        back: u32,
    ) -> Result<Stand, AwsError> {
        let Some(group) = self.log_group(&function.log_group()).await? else {
            return Ok(Stand::Gone);
        };
        if group.kept_by_policy {
            return Ok(Stand::Other("a policy of the account decides that".to_owned()));
        }
        Ok(Stand::of(&group.retention_days, &Some(stood), &Some(back), || {
            match group.retention_days {
                Some(days) => format!("they are kept for {days} days"),
                None => "they are kept for ever".to_owned(),
            }
        }))
    }

    pub(super) async fn put_retention_back(
        &self,
        function: &FunctionArn,
        stood: u32,
        back: u32,
    ) -> Result<Outcome, AwsError> {
        match self.retention_stand(function, stood, back).await? {
            Stand::After => Ok(Outcome::Success { note: Some("it stood so already".to_owned()) }),
            Stand::Gone => Ok(Outcome::DoesNotExist),
            Stand::Before => {
                self.set_retention(function, back).await?;
                Ok(Outcome::Success { note: None })
            }
            Stand::Partly => Err(changed(function, "somebody changed it since")),
            Stand::Other(found) => Err(changed(function, &found)),
        }
    }

    pub(super) async fn set_retention(
        &self,
        function: &FunctionArn,
        days: u32,
    ) -> Result<(), AwsError> {
        let asked = json!({ "logGroupName": function.log_group(), "retentionInDays": days });
        let call = Call::json(LOGS, TARGET, OPERATION, function, &asked);
        self.signed().await?.tell(&call).await
    }
}

fn changed(function: &FunctionArn, found: &str) -> AwsError {
    AwsError::new(OPERATION, function, ErrorKind::Precondition, found)
}
