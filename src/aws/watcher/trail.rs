//! CloudTrail's trails, as their API writes them. Refuses to change a trail of another Region: CloudTrail
//! does so itself.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html>

use super::{Arn, Aws, AwsError, Call, Deserialize, ErrorKind, Service};
use crate::trail::{Selectors, Trail, TrailSettings};
use futures_util::{
    FutureExt,
    future::{join, join_all, join3},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CLOUDTRAIL: Service = Service { host: "cloudtrail", signed_as: "cloudtrail" };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got {
    trail: TrailSettings,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    #[serde(default)]
    trail_list: Vec<TrailSettings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    is_logging: bool,
}

fn call(operation: &'static str, trail: &Arn, asked: &Value) -> Call {
    let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
    Call::json(CLOUDTRAIL, target, operation, trail, asked)
}

fn named(trail: &Arn) -> Value {
    json!({ "Name": trail.to_string() })
}

type Trails = BTreeMap<Arn, Option<Trail>>;

impl Aws {
    pub(super) async fn trail(&self, trail: &Arn) -> Result<Trail, AwsError> {
        let all = join3(self.trail_settings(trail), self.is_logging(trail), self.selectors(trail));
        let (settings, logging, selectors) = all.await;
        Ok(Trail { settings: settings?, logging: logging?, selectors: selectors? })
    }

    /// Those of this Region, and of others and of the organization that record this one too. What
    /// cannot be looked at is left out, and why is told.
    pub(super) async fn trails(&self) -> Result<(Trails, Option<AwsError>), AwsError> {
        const OPERATION: &str = "DescribeTrails";
        let asked = json!({ "includeShadowTrails": true });
        let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
        let call = Call::json(CLOUDTRAIL, target, OPERATION, "all trails", &asked);
        let described: Described = self.ask(&call).await?;
        let looks = described.trail_list.into_iter().map(|mut settings| async move {
            settings.s3_key_prefix = settings.s3_key_prefix.filter(|prefix| !prefix.is_empty());
            let arn = Arn::parse(&settings.trail_arn).map_err(|error| {
                AwsError::new(OPERATION, "all trails", ErrorKind::Invalid, error.to_string())
            })?;
            let (logging, selectors) = join(self.is_logging(&arn), self.selectors(&arn)).await;
            // One of the organization is another account's: it may only look as if it were gone.
            let whose = |error: AwsError| match settings.is_organization_trail {
                true => AwsError { kind: ErrorKind::Denied, ..error },
                false => error,
            };
            let (logging, selectors) = (logging.map_err(whose)?, selectors.map_err(whose)?);
            Ok::<_, AwsError>((arn, Trail { settings, logging, selectors }))
        });
        let (mut trails, mut unread) = (Trails::new(), None);
        for looked in join_all(looks.map(FutureExt::boxed_local)).await {
            match looked {
                Ok((arn, trail)) => {
                    trails.insert(arn, Some(trail));
                }
                // Deleted just now.
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => unread = Some(error),
            }
        }
        Ok((trails, unread))
    }

    pub(super) async fn trail_settings(&self, trail: &Arn) -> Result<TrailSettings, AwsError> {
        let got: Got = self.ask(&call("GetTrail", trail, &named(trail))).await?;
        let mut settings = got.trail;
        settings.s3_key_prefix = settings.s3_key_prefix.filter(|prefix| !prefix.is_empty());
        Ok(settings)
    }

    pub(super) async fn is_logging(&self, trail: &Arn) -> Result<bool, AwsError> {
        let status: Status = self.ask(&call("GetTrailStatus", trail, &named(trail))).await?;
        Ok(status.is_logging)
    }

    pub(super) async fn selectors(&self, trail: &Arn) -> Result<Selectors, AwsError> {
        let asked = json!({ "TrailName": trail.to_string() });
        self.ask(&call("GetEventSelectors", trail, &asked)).await
    }

    pub(super) async fn start_logging(&self, trail: &Arn) -> Result<(), AwsError> {
        self.told(&call("StartLogging", trail, &named(trail))).await
    }

    pub(super) async fn stop_logging(&self, trail: &Arn) -> Result<(), AwsError> {
        self.told(&call("StopLogging", trail, &named(trail))).await
    }

    /// Writes what differs; an empty prefix takes one away.
    pub(super) async fn update_trail(
        &self,
        trail: &Arn,
        from: &TrailSettings,
        to: &TrailSettings,
    ) -> Result<(), AwsError> {
        let prefix = |of: &TrailSettings| of.s3_key_prefix.clone().unwrap_or_default();
        let all: [(&str, Value, Value); 5] = [
            (
                "IsMultiRegionTrail",
                from.is_multi_region_trail.into(),
                to.is_multi_region_trail.into(),
            ),
            (
                "IncludeGlobalServiceEvents",
                from.include_global_service_events.into(),
                to.include_global_service_events.into(),
            ),
            (
                "EnableLogFileValidation",
                from.log_file_validation_enabled.into(),
                to.log_file_validation_enabled.into(),
            ),
            ("S3BucketName", from.s3_bucket_name.clone().into(), to.s3_bucket_name.clone().into()),
            ("S3KeyPrefix", prefix(from).into(), prefix(to).into()),
        ];
        let mut asked = serde_json::Map::new();
        asked.insert("Name".to_owned(), trail.to_string().into());
        for (name, was, is) in all {
            if was != is {
                asked.insert(name.to_owned(), is);
            }
        }
        self.told(&call("UpdateTrail", trail, &Value::Object(asked))).await
    }

    pub(super) async fn put_selectors(&self, trail: &Arn, to: &Selectors) -> Result<(), AwsError> {
        const OPERATION: &str = "PutEventSelectors";
        let mut asked = serde_json::to_value(to).map_err(|error| {
            AwsError::new(OPERATION, trail, ErrorKind::Invalid, error.to_string())
        })?;
        if let Value::Object(asked) = &mut asked {
            asked.insert("TrailName".to_owned(), trail.to_string().into());
        }
        self.told(&call(OPERATION, trail, &asked)).await
    }
}
