//! What was done to the watchers of an account: its trails, AWS Config's recorder, GuardDuty's
//! detector, the encryption of X-Ray. CloudTrail tells such a call in the Region it was made in, which
//! for a trail is its home Region. What these calls give stands in the record as the API has it, with
//! a small first letter.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use super::{EventError, Kind, cloudtrail::Record};
use crate::resource::{Arn, Home};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A call on one watcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatcherChange {
    /// The watcher. What has no ARN of its own gets one of the usual form.
    pub watcher: Arn,
    /// What was done.
    pub call: WatcherCall,
}

/// What was done to a watcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatcherCall {
    /// To a trail.
    Trail(TrailCall),
    /// AWS Config's recorder was stopped.
    StopRecorder,
    /// AWS Config's recorder was deleted.
    DeleteRecorder,
    /// Where AWS Config delivers was deleted.
    DeleteDeliveryChannel,
    /// GuardDuty's detector was changed; none where nothing is said of it.
    UpdateDetector {
        /// Whether it is to run.
        enable: Option<bool>,
        /// Whether it is to watch the network of functions.
        lambda: Option<bool>,
    },
    /// GuardDuty's detector was deleted.
    DeleteDetector,
    /// A filter of findings was made or changed.
    Filter {
        /// Its name.
        name: String,
        /// Whether it archives what it finds; none where nothing is said of that.
        archives: Option<bool>,
    },
    /// How X-Ray encrypts was changed: with a key, or without one.
    EncryptTraces {
        /// As the caller named it.
        key: Option<String>,
    },
}

/// What was done to a trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailCall {
    /// Made.
    Create,
    /// Starts to record.
    Start,
    /// Stops recording.
    Stop,
    /// Deleted.
    Delete,
    /// Its settings were changed.
    Update,
    /// What it records was changed.
    Selectors,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Asked {
    name: Option<String>,
    trail_name: Option<String>,
    configuration_recorder_name: Option<String>,
    delivery_channel_name: Option<String>,
    detector_id: Option<String>,
    filter_name: Option<String>,
    action: Option<String>,
    enable: Option<bool>,
    features: Option<Vec<Feature>>,
    // X-Ray's own names begin with capital letters; how its records have them is not documented.
    #[serde(alias = "Type", rename = "type")]
    kind: Option<String>,
    #[serde(alias = "KeyId")]
    key_id: Option<String>,
}

#[derive(Deserialize)]
struct Feature {
    name: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "trailARN")]
    trail_arn: Option<String>,
}

/// The feature that watches the network of functions.
/// <https://docs.aws.amazon.com/guardduty/latest/ug/lambda-protection.html>
pub const LAMBDA_PROTECTION: &str = "LAMBDA_NETWORK_LOGS";

/// Reads a call; none if it is not one on a watcher.
pub(super) fn parse(
    record: &Record<'_>,
    name: &str,
    home: &Home,
) -> Result<Option<Kind>, EventError> {
    let asked = match record.event_source.as_str() {
        "cloudtrail.amazonaws.com" | "config.amazonaws.com" => asked(record)?,
        "guardduty.amazonaws.com" | "xray.amazonaws.com" => asked(record)?,
        _ => return Ok(None),
    };
    let Some(call) = call(&record.event_source, name, &asked) else { return Ok(None) };
    // Without a Region it was made in this one.
    let region = record.aws_region.clone().unwrap_or_else(|| home.region.clone());
    let there = Home { region, ..home.clone() };
    let watcher = watcher(record, &asked, &call, &there)
        .ok_or_else(|| EventError::NoResource { call: name.to_owned() })?;
    let is_at_home =
        watcher.account() == Some(&home.account) && watcher.region() == Some(&home.region);
    Ok(Some(match is_at_home {
        true => Kind::WatcherChange(WatcherChange { watcher, call }),
        false => Kind::Ignored("the watcher lives in another account or Region".to_owned()),
    }))
}

fn asked(record: &Record<'_>) -> Result<Asked, EventError> {
    let Some(raw) = record.request_parameters else { return Ok(Asked::default()) };
    let asked: Option<Asked> = serde_json::from_str(raw.get())
        .map_err(|source| EventError::Json { part: "requestParameters", source })?;
    Ok(asked.unwrap_or_default())
}

fn call(source: &str, name: &str, asked: &Asked) -> Option<WatcherCall> {
    let archives = || asked.action.as_ref().map(|action| action == "ARCHIVE");
    Some(match (source, name) {
        ("cloudtrail.amazonaws.com", "CreateTrail") => WatcherCall::Trail(TrailCall::Create),
        ("cloudtrail.amazonaws.com", "StartLogging") => WatcherCall::Trail(TrailCall::Start),
        ("cloudtrail.amazonaws.com", "StopLogging") => WatcherCall::Trail(TrailCall::Stop),
        ("cloudtrail.amazonaws.com", "DeleteTrail") => WatcherCall::Trail(TrailCall::Delete),
        ("cloudtrail.amazonaws.com", "UpdateTrail") => WatcherCall::Trail(TrailCall::Update),
        ("cloudtrail.amazonaws.com", "PutEventSelectors") => {
            WatcherCall::Trail(TrailCall::Selectors)
        }
        ("config.amazonaws.com", "StopConfigurationRecorder") => WatcherCall::StopRecorder,
        ("config.amazonaws.com", "DeleteConfigurationRecorder") => WatcherCall::DeleteRecorder,
        ("config.amazonaws.com", "DeleteDeliveryChannel") => WatcherCall::DeleteDeliveryChannel,
        ("guardduty.amazonaws.com", "UpdateDetector") => {
            WatcherCall::UpdateDetector { enable: asked.enable, lambda: lambda(asked) }
        }
        ("guardduty.amazonaws.com", "DeleteDetector") => WatcherCall::DeleteDetector,
        // A new one that says nothing does nothing:
        // https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateFilter.html
        ("guardduty.amazonaws.com", "CreateFilter") => WatcherCall::Filter {
            name: asked.name.clone().unwrap_or_default(),
            archives: Some(archives() == Some(true)),
        },
        ("guardduty.amazonaws.com", "UpdateFilter") => WatcherCall::Filter {
            name: asked.filter_name.clone().unwrap_or_default(),
            archives: archives(),
        },
        ("xray.amazonaws.com", "PutEncryptionConfig") => WatcherCall::EncryptTraces {
            key: asked.key_id.clone().filter(|_| asked.kind.as_deref() != Some("NONE")),
        },
        (_, _) => return None,
    })
}

fn lambda(asked: &Asked) -> Option<bool> {
    let features = asked.features.as_ref()?;
    let own = features.iter().find(|one| one.name.as_deref() == Some(LAMBDA_PROTECTION))?;
    Some(own.status.as_deref() != Some("DISABLED"))
}

/// The watcher's ARN. A recorder's own ends in an id that its calls do not tell, so that it is named
/// without one; a delivery channel and X-Ray's encryption have none, and get one of the usual form.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsconfig.html>
fn watcher(record: &Record<'_>, asked: &Asked, call: &WatcherCall, home: &Home) -> Option<Arn> {
    let named = |service: &str, kind: &str, name: &Option<String>| {
        let name = name.as_deref().filter(|name| !name.is_empty())?;
        Arn::new(home, service, &format!("{kind}/{name}")).ok()
    };
    match call {
        WatcherCall::Trail(_) => {
            let answer = record.response_elements.map(RawValue::get).unwrap_or("null");
            let answer: Option<Answer> = serde_json::from_str(answer).ok().flatten();
            let typed = asked.name.clone().or_else(|| asked.trail_name.clone());
            let arn = answer.and_then(|answer| answer.trail_arn).or_else(|| typed.clone());
            let is_arn = |text: &String| text.starts_with("arn:");
            match arn.filter(is_arn) {
                Some(arn) => Arn::parse(&arn).ok(),
                None => named("cloudtrail", "trail", &typed),
            }
        }
        WatcherCall::StopRecorder | WatcherCall::DeleteRecorder => {
            named("config", "configuration-recorder", &asked.configuration_recorder_name)
        }
        WatcherCall::DeleteDeliveryChannel => {
            named("config", "delivery-channel", &asked.delivery_channel_name)
        }
        WatcherCall::UpdateDetector { .. }
        | WatcherCall::DeleteDetector
        | WatcherCall::Filter { .. } => named("guardduty", "detector", &asked.detector_id),
        WatcherCall::EncryptTraces { .. } => Arn::new(home, "xray", "encryption-config").ok(),
    }
}
