//! GuardDuty's detector, and what it found. Refuses to touch any feature but the one that watches functions.
//! <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html>

use super::{Arn, Aws, AwsError, Call, Deserialize, ErrorKind, Service};
use crate::{
    event::{LAMBDA_PROTECTION, Threat, Told},
    setting::Detector,
};
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

#[derive(Deserialize)]
struct Findings {
    findings: Vec<Told>,
}

/// Ids are letters and digits; whatever else an event may hold leads nowhere else.
fn path(detector: &str) -> String {
    format!("/detector/{}", utf8_percent_encode(detector, NON_ALPHANUMERIC))
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
        let call = Call::get(GUARDDUTY, path(detector.name()), "GetDetector", detector);
        let shown: Shown = self.ask(&call).await.map_err(or_gone)?;
        let lambda = shown.features.iter().find(|feature| feature.name == LAMBDA_PROTECTION);
        let lambda = lambda.is_some_and(|feature| feature.status == ON);
        Ok(Detector { enabled: shown.status == ON, lambda })
    }

    /// What GuardDuty says of a function in one of its findings; none if it has no such finding, or has it on
    /// something else.
    /// <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindings.html>
    pub(in crate::aws) async fn threat(&self, finding: &Arn) -> Result<Option<Threat>, AwsError> {
        let ids = finding.resource().strip_prefix("detector/");
        let Some((detector, id)) = ids.and_then(|ids| ids.split_once("/finding/")) else {
            return Ok(None);
        };
        let (path, asked) =
            (format!("{}/findings/get", path(detector)), json!({ "findingIds": [id] }));
        let call = Call::post(GUARDDUTY, &path, "GetFindings", finding, &asked);
        let shown: Findings = self.ask(&call).await.map_err(or_gone)?;
        Ok(shown.findings.iter().find(|one| one.id == id).and_then(Told::threat))
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
        let call =
            Call::post(GUARDDUTY, &path(detector.name()), "UpdateDetector", detector, &asked);
        self.told(&call).await
    }
}
