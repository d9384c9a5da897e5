//! One log group. Refuses to read what is in it.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>

use super::{Aws, AwsError};
use crate::{
    aws::signed::{Call, Service},
    setting::LogGroup,
};
use serde::Deserialize;
use serde_json::json;

pub(in crate::aws) const LOGS: Service = Service { host: "logs", signed_as: "logs" };
pub(in crate::aws) const TARGET: &str = "Logs_20140328";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    log_groups: Vec<Described>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    log_group_name: String,
    kms_key_id: Option<String>,
    retention_in_days: Option<u32>,
    /// The policy of the account that says how many days.
    retention_policy_name: Option<String>,
}

impl Aws {
    /// The log group of this name; none if there is none. It is the first of those whose names begin
    /// so, because they are sorted by name.
    pub(in crate::aws) async fn log_group(&self, name: &str) -> Result<Option<LogGroup>, AwsError> {
        let asked = json!({ "logGroupNamePrefix": name, "limit": 1 });
        let call = Call::json(LOGS, TARGET, "DescribeLogGroups", name, &asked);
        let answer: Answer = self.signed().await?.ask(&call).await?;
        let found = answer.log_groups.into_iter().find(|group| group.log_group_name == name);
        Ok(found.map(|group| LogGroup {
            kms_key: group.kms_key_id,
            retention_days: group.retention_in_days,
            kept_by_policy: group.retention_policy_name.is_some(),
        }))
    }
}
