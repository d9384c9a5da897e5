//! AWS Config's recorder. Refuses to know more of it than whether it records.
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationRecorderStatus.html>

use super::{Arn, Aws, AwsError, Call, Deserialize, ErrorKind, Service};
use serde_json::{Value, json};

const CONFIG: Service = Service { host: "config", signed_as: "config" };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statuses {
    #[serde(default)]
    configuration_recorders_status: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    recording: bool,
}

fn call(operation: &'static str, recorder: &Arn, asked: &Value) -> Call {
    Call::json(CONFIG, "StarlingDoveService", operation, recorder, asked)
}

impl Aws {
    pub(super) async fn recording(&self, recorder: &Arn) -> Result<bool, AwsError> {
        const OPERATION: &str = "DescribeConfigurationRecorderStatus";
        let asked = json!({ "ConfigurationRecorderNames": [recorder.name()] });
        let answer: Statuses = self.ask(&call(OPERATION, recorder, &asked)).await?;
        let status = answer.configuration_recorders_status.first();
        let gone = || AwsError::new(OPERATION, recorder, ErrorKind::NotFound, "no such recorder");
        status.map(|status| status.recording).ok_or_else(gone)
    }

    pub(super) async fn start_recorder(&self, recorder: &Arn) -> Result<(), AwsError> {
        let asked = json!({ "ConfigurationRecorderName": recorder.name() });
        self.told(&call("StartConfigurationRecorder", recorder, &asked)).await
    }

    pub(super) async fn stop_recorder(&self, recorder: &Arn) -> Result<(), AwsError> {
        let asked = json!({ "ConfigurationRecorderName": recorder.name() });
        self.told(&call("StopConfigurationRecorder", recorder, &asked)).await
    }
}
