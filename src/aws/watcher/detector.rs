//! GuardDuty's detector. Refuses to touch any feature but the one that watches functions.
//! <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html>

use super::{Arn, Aws, AwsError, Call, Deserialize, ErrorKind, Service};
use crate::{event::LAMBDA_PROTECTION, setting::Detector};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, json};

const GUARDDUTY: Service = Service { host: "guardduty", signed_as: "guardduty" };

#[derive(Deserialize)]
struct Shown {
    status: String,
    #[serde(default)]
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    name: String,
    status: String,
}

const ON: &str = "ENABLED";

/// Ids are letters and digits; whatever else an event may hold leads nowhere else.
fn path(detector: &Arn) -> String {
    format!("/detector/{}", utf8_percent_encode(detector.name(), NON_ALPHANUMERIC))
}

/// A detector that is not there is refused as one of somebody else.
fn or_gone(error: AwsError) -> AwsError {
    match error.code.as_str() {
        "BadRequestException" => AwsError { kind: ErrorKind::NotFound, ..error },
        _ => error,
    }
}

impl Aws {
    pub(super) async fn detector(&self, detector: &Arn) -> Result<Detector, AwsError> {
        let call = Call::get(GUARDDUTY, path(detector), "GetDetector", detector);
        let shown: Shown = self.ask(&call).await.map_err(or_gone)?;
        let lambda = shown.features.iter().find(|feature| feature.name == LAMBDA_PROTECTION);
        let lambda = lambda.is_some_and(|feature| feature.status == ON);
        Ok(Detector { enabled: shown.status == ON, lambda })
    }

    /// Says only what differs: not every Region has every feature.
    pub(super) async fn set_detector(
        &self,
        detector: &Arn,
        from: Detector,
        to: Detector,
    ) -> Result<(), AwsError> {
        let mut asked = Map::new();
        if from.enabled != to.enabled {
            asked.insert("enable".to_owned(), json!(to.enabled));
        }
        if from.lambda != to.lambda {
            let status = if to.lambda { ON } else { "DISABLED" };
            let feature = json!([{ "name": LAMBDA_PROTECTION, "status": status }]);
            asked.insert("features".to_owned(), feature);
        }
        let call = Call::post(GUARDDUTY, &path(detector), "UpdateDetector", detector, &asked);
        self.told(&call).await
    }
}
