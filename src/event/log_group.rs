//! Calls on the log groups that Lambda names after its functions. Whose another group is, only a
//! function's configuration tells.
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html>

use super::{EventError, Kind, elsewhere};
use crate::resource::{FunctionArn, Home};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What was done to a log group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogGroupChange {
    /// Created.
    Created {
        /// With a KMS key.
        encrypted: bool,
    },
    /// Its KMS key was taken away.
    Decrypted,
    /// Deleted, with all that was in it.
    Deleted,
    /// Events are kept so many days.
    Retention(u32),
}

/// What a log group is named after its function with.
const PREFIX: &str = "/aws/lambda/";

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Request {
    log_group_name: Option<String>,
    resource_identifier: Option<String>,
    kms_key_id: Option<String>,
    retention_in_days: Option<u32>,
}

impl Request {
    /// By its name, or in `DisassociateKmsKey` by its ARN, which ends in the name:
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DisassociateKmsKey.html>.
    fn group(&self) -> Option<&str> {
        let by_arn = || self.resource_identifier.as_deref()?.split_once(":log-group:");
        let of_arn = || by_arn().map(|(_, name)| name.strip_suffix(":*").unwrap_or(name));
        self.log_group_name.as_deref().or_else(of_arn)
    }
}

/// What a successful call of CloudWatch Logs did to the log group of a function.
pub(super) fn changed(
    call: &str,
    request: Option<&RawValue>,
    region: Option<&str>,
    home: &Home,
) -> Result<Kind, EventError> {
    let request = request.map_or("null", RawValue::get);
    let request = serde_json::from_str::<Option<Request>>(request)
        .map_err(|source| EventError::Json { part: "requestParameters", source })?
        .unwrap_or_default();
    let change = match (call, request.retention_in_days) {
        ("CreateLogGroup", _) => {
            LogGroupChange::Created { encrypted: request.kms_key_id.is_some() }
        }
        ("DisassociateKmsKey", _) => LogGroupChange::Decrypted,
        ("DeleteLogGroup", _) => LogGroupChange::Deleted,
        ("PutRetentionPolicy", Some(days)) => LogGroupChange::Retention(days),
        (_, _) => return Ok(Kind::Ignored("no control looks at this API".to_owned())),
    };
    let region = region.unwrap_or(&home.region).to_owned();
    let there = Home { region, ..home.clone() };
    let named = request.group().and_then(|group| group.strip_prefix(PREFIX));
    Ok(match named.and_then(|name| FunctionArn::new(&there, name).ok()) {
        None => Kind::Ignored("the log group is not named after a function".to_owned()),
        Some(function) => elsewhere(&function, home).unwrap_or(Kind::LogGroup { function, change }),
    })
}
