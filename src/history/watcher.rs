//! What watches the account: trails, AWS Config's recorders, GuardDuty's detectors, X-Ray's encryption.
//! CloudTrail tells such a call in the Region it was made in, which for a trail is its home Region.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html>

use super::{
    Call, History,
    record::{capitalized, or_nothing, read},
};
use crate::{
    event::LAMBDA_PROTECTION,
    resource::{Arn, Home},
    setting::{Detector, TraceEncryption},
    trail::{EventSelector, ReadWriteType, Selectors, Trail, TrailSettings},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is known of a trail. What is none is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownTrail {
    settings: Option<TrailSettings>,
    logging: Option<bool>,
    selectors: Option<Selectors>,
}

/// What is known of a detector. What is none is not known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KnownDetector {
    enabled: Option<bool>,
    lambda: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Named {
    name: Option<String>,
    trail_name: Option<String>,
    #[serde(rename = "trailARN")]
    trail_arn: Option<String>,
}

fn trail_arn(call: &Call<'_>) -> Option<Arn> {
    let (asked, answered): (Named, Named) = (or_nothing(call.asked), or_nothing(call.answered));
    let typed = asked.name.or(asked.trail_name);
    let arn =
        answered.trail_arn.or_else(|| typed.clone().filter(|typed| typed.starts_with("arn:")));
    match arn {
        Some(arn) => Arn::parse(&arn).ok(),
        None => Arn::new(call.home, "cloudtrail", &format!("trail/{}", typed?)).ok(),
    }
}

/// As the calls that make and change a trail answer.
fn settings(call: &Call<'_>) -> Option<TrailSettings> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        #[serde(rename = "trailARN")]
        trail_arn: String,
        s3_bucket_name: String,
        is_multi_region_trail: bool,
        include_global_service_events: bool,
        log_file_validation_enabled: bool,
        #[serde(default)]
        is_organization_trail: bool,
        s3_key_prefix: Option<String>,
        kms_key_id: Option<String>,
        cloud_watch_logs_log_group_arn: Option<String>,
    }
    let told: Answer = read(call.answered)?;
    Some(TrailSettings {
        trail_arn: told.trail_arn,
        home_region: call.home.region.clone(),
        is_multi_region_trail: told.is_multi_region_trail,
        is_organization_trail: told.is_organization_trail,
        include_global_service_events: told.include_global_service_events,
        log_file_validation_enabled: told.log_file_validation_enabled,
        s3_bucket_name: told.s3_bucket_name,
        s3_key_prefix: told.s3_key_prefix.filter(|prefix| !prefix.is_empty()),
        kms_key_id: told.kms_key_id,
        cloud_watch_logs_log_group_arn: told.cloud_watch_logs_log_group_arn,
    })
}

fn selectors(call: &Call<'_>) -> Option<Selectors> {
    let told: Value = read(call.answered).or_else(|| read(call.asked))?;
    let given = ["eventSelectors", "advancedEventSelectors"].map(|kind| told.get(kind).is_some());
    given.contains(&true).then_some(())?;
    serde_json::from_value(capitalized(told)).ok()
}

/// A new trail records all management events.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>
fn of_new_trail() -> Selectors {
    Selectors::Basic(vec![EventSelector {
        read_write_type: ReadWriteType::All,
        include_management_events: true,
        data_resources: Vec::new(),
        exclude_management_event_sources: Vec::new(),
    }])
}

/// What X-Ray's encryption is called here.
fn traces(home: &Home) -> Option<Arn> {
    Arn::new(home, "xray", "encryption-config").ok()
}

impl History {
    pub(super) fn learn_trail(&mut self, name: &str, call: &Call<'_>) {
        let Some(arn) = trail_arn(call) else { return };
        let is_first = self.moment.touch(call.at, arn.to_string());
        match name {
            "CreateTrail" if !is_first => {
                let known = self.trails.seen(arn);
                known.settings = known.settings.take().or_else(|| settings(call));
            }
            "CreateTrail" => {
                let (settings, selectors) = (settings(call), Some(of_new_trail()));
                self.trails.put(arn, KnownTrail { settings, logging: Some(false), selectors });
            }
            "DeleteTrail" => self.trails.remove(arn),
            "UpdateTrail" => self.trails.seen(arn).settings = settings(call),
            "PutEventSelectors" => self.trails.seen(arn).selectors = selectors(call),
            "StartLogging" => self.trails.seen(arn).logging = Some(true),
            _ => self.trails.seen(arn).logging = Some(false),
        }
    }

    pub(super) fn learn_recorder(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Asked {
            configuration_recorder_name: String,
        }
        let Some(asked) = read::<Asked>(call.asked) else { return };
        let named = format!("configuration-recorder/{}", asked.configuration_recorder_name);
        let Ok(arn) = Arn::new(call.home, "config", &named) else { return };
        match name {
            "DeleteConfigurationRecorder" => self.recorders.remove(arn),
            _ => self.recorders.put(arn, name == "StartConfigurationRecorder"),
        }
    }

    pub(super) fn learn_detector(&mut self, name: &str, call: &Call<'_>) {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Told {
            detector_id: Option<String>,
            enable: Option<bool>,
            features: Option<Vec<Feature>>,
        }
        #[derive(Deserialize)]
        struct Feature {
            name: String,
            status: String,
        }
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Named {
            detector_id: Option<String>,
        }
        let (asked, answered): (Named, Named) = (or_nothing(call.asked), or_nothing(call.answered));
        let Some(id) = asked.detector_id.or(answered.detector_id) else { return };
        let Ok(arn) = Arn::new(call.home, "guardduty", &format!("detector/{id}")) else { return };
        let Some(told) = read::<Told>(call.asked).filter(|_| name != "DeleteDetector") else {
            return match name {
                "DeleteDetector" => self.detectors.remove(arn),
                _ => self.detectors.forget(arn),
            };
        };
        let features = told.features.unwrap_or_default();
        let lambda = features.iter().find(|feature| feature.name == LAMBDA_PROTECTION);
        let lambda = lambda.map(|feature| feature.status == "ENABLED");
        let known = self.detectors.seen(arn);
        if name == "CreateDetector" {
            *known = KnownDetector { enabled: told.enable, lambda };
        } else {
            known.enabled = told.enable.or(known.enabled);
            known.lambda = lambda.or(known.lambda);
        }
    }

    pub(super) fn learn_traces(&mut self, call: &Call<'_>) {
        // Its own names begin with capital letters; how its records have them is not documented.
        #[derive(Deserialize)]
        struct Answer {
            #[serde(rename = "EncryptionConfig", alias = "encryptionConfig")]
            config: Config,
        }
        #[derive(Deserialize)]
        struct Config {
            #[serde(rename = "Type", alias = "type")]
            kind: String,
            #[serde(rename = "KeyId", alias = "keyId")]
            key: Option<String>,
        }
        let Some(arn) = traces(call.home) else { return };
        let answered = read(call.answered).map(|Answer { config }| config);
        let told = answered.or_else(|| read(call.asked));
        let now = told.and_then(|Config { kind, key }| match (kind.as_str(), key) {
            ("NONE", _) => Some(TraceEncryption { key: None }),
            ("KMS", Some(key)) => Some(TraceEncryption { key: Some(key) }),
            (_, _) => None,
        });
        self.traces.change(arn, now);
    }

    /// A trail; none inside if there is no such trail, and outside if not all of it is known.
    pub fn trail(&self, trail: &Arn) -> Option<Option<Trail>> {
        let Some(known) = self.trails.get(trail)? else { return Some(None) };
        Some(Some(Trail {
            settings: known.settings.clone()?,
            logging: known.logging?,
            selectors: known.selectors.clone()?,
        }))
    }

    /// The trails that are known to record the account and Region. There may be others.
    pub(super) fn trails_of(&self, home: &Home) -> BTreeMap<Arn, Option<Trail>> {
        let all = self.trails.some().filter(|(arn, _)| arn.account() == Some(&home.account));
        let all = all.filter_map(|(arn, _)| Some((arn.clone(), self.trail(arn)??)));
        let here = |trail: &Trail| {
            trail.settings.home_region == home.region || trail.settings.is_multi_region_trail
        };
        all.filter(|(_, trail)| here(trail)).map(|(arn, trail)| (arn, Some(trail))).collect()
    }

    /// Whether a recorder of AWS Config records.
    pub(super) fn recorder(&self, recorder: &Arn) -> Option<Option<bool>> {
        Some(self.recorders.get(recorder)?.copied())
    }

    /// A detector of GuardDuty.
    pub(super) fn detector(&self, detector: &Arn) -> Option<Option<Detector>> {
        let Some(known) = self.detectors.get(detector)? else { return Some(None) };
        Some(Some(Detector { enabled: known.enabled?, lambda: known.lambda? }))
    }

    /// X-Ray's encryption.
    pub(super) fn trace_encryption(&self, home: &Home) -> Option<TraceEncryption> {
        self.traces.get(&traces(home)?)?.cloned()
    }
}
