//! What may be put back of a trail, and what trails record together in one Region. Refuses to put back
//! what would record less than is recorded now.

use super::{Coverage, Loss, Narrowing, Selectors, Trail, TrailSettings, narrows};

impl Trail {
    /// The settings with what was lost since `earlier`: Regions, global services, validation, and
    /// where the log files go. None where nothing of that was lost. An organization's accounts, the
    /// key and the log group take rights that Cordon has not.
    pub fn settings_back(&self, earlier: &Self) -> Option<TrailSettings> {
        let (now, then) = (&self.settings, &earlier.settings);
        let settings = TrailSettings {
            is_multi_region_trail: now.is_multi_region_trail || then.is_multi_region_trail,
            include_global_service_events: now.include_global_service_events
                || then.include_global_service_events,
            log_file_validation_enabled: now.log_file_validation_enabled
                || then.log_file_validation_enabled,
            s3_bucket_name: then.s3_bucket_name.clone(),
            s3_key_prefix: then.s3_key_prefix.clone(),
            ..now.clone()
        };
        (settings != *now).then_some(settings)
    }

    /// The selectors as they were in `earlier`, where they record everything that these do.
    pub fn selectors_back(&self, earlier: &Self) -> Option<Selectors> {
        let back = Self { selectors: earlier.selectors.clone(), ..self.clone() };
        let differs = self.selectors != earlier.selectors;
        (differs && narrows(self, &back).is_empty()).then_some(back.selectors)
    }

    /// This trail, recording.
    #[must_use]
    pub fn as_logging(&self) -> Self {
        Self { logging: true, ..self.clone() }
    }
}

impl Loss {
    /// Whether the selectors of a trail lost it.
    pub const fn is_of_selectors(self) -> bool {
        match self {
            Self::ManagementEvents | Self::LambdaDataEvents | Self::OtherEvents => true,
            Self::Everything
            | Self::OtherRegions
            | Self::OtherAccounts
            | Self::GlobalServices
            | Self::Validation
            | Self::Destination
            | Self::Key
            | Self::LogGroup => false,
        }
    }

    /// Whether [`Trail::settings_back`] puts it back.
    pub const fn comes_back_with_settings(self) -> bool {
        match self {
            Self::OtherRegions | Self::GlobalServices | Self::Validation | Self::Destination => {
                true
            }
            Self::Everything
            | Self::OtherAccounts
            | Self::ManagementEvents
            | Self::LambdaDataEvents
            | Self::OtherEvents
            | Self::Key
            | Self::LogGroup => false,
        }
    }
}

/// Whether the trails together record every data event of Lambda in `region`. A trail of this Region
/// alone is as good as one of every Region here. Basic selectors of several trails add up.
pub fn record_all_of_lambda<'t>(trails: impl IntoIterator<Item = &'t Trail>, region: &str) -> bool {
    let here = |trail: &&Trail| {
        let settings = &trail.settings;
        trail.logging && (settings.is_multi_region_trail || settings.home_region == region)
    };
    let trails: Vec<&Trail> = trails.into_iter().filter(here).collect();
    let only_region = |narrowing: &Narrowing| matches!(narrowing, Narrowing::OneRegion(_));
    let alone = trails.iter().any(|trail| match trail.coverage() {
        Coverage::Full => true,
        Coverage::Partial(narrowings) => narrowings.iter().all(only_region),
        Coverage::None => false,
    });
    let mut basic = Vec::new();
    for trail in &trails {
        if let Selectors::Basic(selectors) = &trail.selectors {
            basic.extend(selectors.iter().cloned());
        }
    }
    let partition = trails.first().map_or("aws", |trail| trail.settings.partition());
    alone || (!basic.is_empty() && Selectors::Basic(basic).coverage(partition) == Coverage::Full)
}

impl Selectors {
    /// What they are, in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Basic(selectors) => {
                let management = selectors.iter().any(|one| one.include_management_events);
                let resources = selectors.iter().flat_map(|one| &one.data_resources);
                let values: usize = resources.map(|resource| resource.values.len()).sum();
                let management =
                    if management || selectors.is_empty() { "with" } else { "without" };
                format!("basic, {management} management events, {values} data resources")
            }
            Self::Advanced(selectors) => format!("{} advanced", selectors.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const REGION: &str = "eu-west-1";

    fn trail(selectors: serde_json::Value) -> Trail {
        Trail {
            settings: TrailSettings {
                trail_arn: format!("arn:aws:cloudtrail:{REGION}:111122223333:trail/t"),
                home_region: REGION.to_owned(),
                is_multi_region_trail: true,
                log_file_validation_enabled: true,
                s3_bucket_name: "logs".to_owned(),
                ..TrailSettings::default()
            },
            logging: true,
            selectors: serde_json::from_value(selectors).unwrap(),
        }
    }

    fn functions(kind: &str) -> serde_json::Value {
        json!({ "EventSelectors": [{ "ReadWriteType": kind, "IncludeManagementEvents": true,
            "DataResources": [{ "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] }] }] })
    }

    #[test]
    fn settings_come_back_and_nothing_that_is_on_goes_off() {
        let earlier = trail(functions("All"));
        let mut now = earlier.clone();
        assert_eq!(now.settings_back(&earlier), None);
        now.settings.is_multi_region_trail = false;
        now.settings.s3_bucket_name = "elsewhere".to_owned();
        now.settings.include_global_service_events = true;
        let back = now.settings_back(&earlier).unwrap();
        assert!(back.is_multi_region_trail && back.include_global_service_events);
        assert_eq!(back.s3_bucket_name, "logs");
    }

    #[test]
    fn selectors_come_back_only_where_they_record_no_less() {
        let (all, writes) = (trail(functions("All")), trail(functions("WriteOnly")));
        assert_eq!(writes.selectors_back(&all), Some(all.selectors.clone()));
        assert_eq!(all.selectors_back(&writes), None);
        assert_eq!(all.selectors_back(&all), None);
    }

    #[test]
    fn trails_record_all_of_lambda_alone_or_together() {
        let (all, reads) = (trail(functions("All")), trail(functions("ReadOnly")));
        let writes = trail(functions("WriteOnly"));
        assert!(record_all_of_lambda([&all], REGION));
        assert!(!record_all_of_lambda([&reads], REGION));
        assert!(record_all_of_lambda([&reads, &writes], REGION));
        let mut stopped = all.clone();
        stopped.logging = false;
        assert!(!record_all_of_lambda([&stopped], REGION));
        assert!(record_all_of_lambda([&stopped.as_logging()], REGION));
        let mut alone = all;
        alone.settings.is_multi_region_trail = false;
        assert!(record_all_of_lambda([&alone], REGION));
        assert!(!record_all_of_lambda([&alone], "us-east-1"));
    }
}
