//! X-Ray's encryption.
//! <https://docs.aws.amazon.com/xray/latest/api/API_PutEncryptionConfig.html>

use super::{Aws, AwsError, Call, Deserialize, Service};
use crate::setting::TraceEncryption;
use serde_json::json;

const XRAY: Service = Service { host: "xray", signed_as: "xray" };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    encryption_config: Config,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    key_id: Option<String>,
    r#type: String,
}

const RESOURCE: &str = "the encryption of traces";

impl Aws {
    pub(super) async fn trace_encryption(&self) -> Result<TraceEncryption, AwsError> {
        let call =
            Call::post(XRAY, "/EncryptionConfig", "GetEncryptionConfig", RESOURCE, &json!({}));
        let Shown { encryption_config: Config { key_id, r#type } } = self.ask(&call).await?;
        Ok(TraceEncryption { key: key_id.filter(|_| r#type == "KMS") })
    }

    pub(super) async fn encrypt_traces(&self, to: &TraceEncryption) -> Result<(), AwsError> {
        let asked = match &to.key {
            Some(key) => json!({ "Type": "KMS", "KeyId": key }),
            None => json!({ "Type": "NONE" }),
        };
        let call =
            Call::post(XRAY, "/PutEncryptionConfig", "PutEncryptionConfig", RESOURCE, &asked);
        self.told(&call).await
    }
}
