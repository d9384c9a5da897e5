//! Log groups. Whether a policy of the account decides how long events are kept, no call on a group tells:
//! none does, here.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>

use super::{
    Call, History,
    record::{or_nothing, read},
};
use crate::{
    resource::{Arn, Home},
    setting::LogGroup,
};
use serde::Deserialize;

/// What is known of a log group. What is none is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownGroup {
    kms_key: Option<Option<String>>,
    retention_days: Option<Option<u32>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Named {
    log_group_name: Option<String>,
    resource_identifier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    kms_key_id: Option<String>,
    retention_in_days: Option<u32>,
}

fn arn(home: &Home, name: &str) -> Option<Arn> {
    Arn::new(home, "logs", &format!("log-group:{name}")).ok()
}

/// By its name, or by its ARN, which ends in the name.
fn named(call: &Call<'_>) -> Option<Arn> {
    let Named { log_group_name, resource_identifier } = or_nothing(call.asked);
    let of_arn = || {
        let (_, name) = resource_identifier.as_deref()?.split_once(":log-group:")?;
        Some(name.strip_suffix(":*").unwrap_or(name).to_owned())
    };
    arn(call.home, &log_group_name.or_else(of_arn)?)
}

impl History {
    pub(super) fn learn_log_group(&mut self, name: &str, call: &Call<'_>) {
        let Some(arn) = named(call) else { return };
        let asked: Option<Asked> = read(call.asked);
        let key = || asked.as_ref().map(|asked| asked.kms_key_id.clone());
        let is_first = self.moment.touch(call.at, arn.to_string());
        match name {
            "CreateLogGroup" if !is_first => {
                self.log_groups.seen(arn);
            }
            "CreateLogGroup" => {
                let group = KnownGroup { kms_key: key(), retention_days: Some(None) };
                self.log_groups.put(arn, group);
            }
            "DeleteLogGroup" => self.log_groups.remove(arn),
            "AssociateKmsKey" => self.log_groups.seen(arn).kms_key = key(),
            "DisassociateKmsKey" => self.log_groups.seen(arn).kms_key = Some(None),
            "DeleteRetentionPolicy" => self.log_groups.seen(arn).retention_days = Some(None),
            _ => {
                let days = asked.and_then(|asked| asked.retention_in_days);
                self.log_groups.seen(arn).retention_days = days.map(Some);
            }
        }
    }

    /// A log group by its name; none inside if there is none, and outside if not all of it is known.
    pub(super) fn log_group(&self, home: &Home, name: &str) -> Option<Option<LogGroup>> {
        let Some(known) = self.log_groups.get(&arn(home, name)?)? else { return Some(None) };
        Some(Some(LogGroup {
            kms_key: known.kms_key.clone()?,
            retention_days: known.retention_days?,
            kept_by_policy: false,
        }))
    }
}
