//! Reads a delivered control policy from Parameter Store, AppConfig or S3, each in one or two calls that
//! are signed here: three SDK crates for four calls would make the function a tenth larger. Refuses to
//! read past the largest control policy, and to take longer than it is given.
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>
//! <https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_appconfigdata_GetLatestConfiguration.html>
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>

use super::{
    Aws, AwsError, ErrorKind,
    signed::{Body, Request, Service, Signed},
};
use crate::delivery::{Answer, Identifiers, LARGEST, PolicyUri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

/// Where a control policy is delivered, and what it said when it was asked last.
#[derive(Debug)]
pub struct PolicySource {
    uri: PolicyUri,
    http: Option<Signed>,
    /// Of an object.
    etag: Option<String>,
    /// Of a session with AppConfig; good for one call.
    token: Option<String>,
    not_before: Duration,
}

const PARAMETERS: Service = Service { host: "ssm", signed_as: "ssm" };
/// <https://docs.aws.amazon.com/general/latest/gr/appconfig.html>
const CONFIGURATIONS: Service = Service { host: "appconfigdata", signed_as: "appconfig" };
const OBJECTS: Service = Service { host: "s3", signed_as: "s3" };

/// An answer in JSON: a parameter has 8 KB at most, a token 8 KB.
const LARGEST_ANSWER: usize = 64 * 1024;

/// All that a signature leaves as it is.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl PolicySource {
    /// A source that is first asked later.
    pub const fn new(uri: PolicyUri) -> Self {
        Self { uri, http: None, etag: None, token: None, not_before: Duration::ZERO }
    }

    /// Where it lies.
    pub const fn uri(&self) -> &PolicyUri {
        &self.uri
    }

    /// How long it does not want to be asked again.
    pub const fn not_before(&self) -> Duration {
        self.not_before
    }

    /// Asks once, and once more if that may help, within `patience`.
    ///
    /// # Errors
    /// If nothing was read. Then the next call begins anew.
    pub async fn fetch(&mut self, aws: &Aws, patience: Duration) -> Result<Answer, AwsError> {
        let asked = timeout(patience, async {
            match self.ask(aws).await {
                Err(error) if error.kind == ErrorKind::Transient => self.ask(aws).await,
                answer => answer,
            }
        });
        let answer = asked.await.unwrap_or_else(|_| {
            Err(AwsError::new(
                self.uri.operation(),
                &self.uri,
                ErrorKind::Transient,
                "no answer in time",
            ))
        });
        if answer.is_err() {
            self.token = None;
        }
        answer
    }

    async fn ask(&mut self, aws: &Aws) -> Result<Answer, AwsError> {
        let http = match self.http.take() {
            Some(http) => http,
            None => Signed::new(aws.config().await).await?,
        };
        let answer = match self.uri.clone() {
            PolicyUri::Parameter(name) => self.parameter(&http, &name).await,
            PolicyUri::Configuration(ids) => self.configuration(&http, &ids).await,
            PolicyUri::Object { bucket, key } => self.object(&http, &bucket, &key).await,
        };
        self.http = Some(http);
        answer
    }

    async fn parameter(&self, http: &Signed, name: &str) -> Result<Answer, AwsError> {
        let body = json!({ "Name": name }).to_string();
        let request = Request::post(PARAMETERS, "/", body)
            .with("content-type", "application/x-amz-json-1.1")
            .with("x-amz-target", "AmazonSSM.GetParameter");
        let reply = http.send("GetParameter", &self.uri, &request, LARGEST_ANSWER).await?;
        let answer: ParameterAnswer = self.read("GetParameter", reply.body)?;
        Ok(match answer.parameter.kind.as_deref() {
            Some("SecureString") => Answer::Encrypted,
            Some(_) | None => Answer::Content(answer.parameter.value.into_bytes()),
        })
    }

    /// A token is good for one call and must be the one that the call before gave; whoever asks
    /// earlier than told is refused. An answer is empty where nothing changed since the one before.
    /// <https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-retrieving-the-configuration.html>
    async fn configuration(
        &mut self,
        http: &Signed,
        ids: &Identifiers,
    ) -> Result<Answer, AwsError> {
        let (token, first) = match self.token.take() {
            Some(token) => (token, false),
            None => (self.session(http, ids).await?, true),
        };
        let token = utf8_percent_encode(&token, QUERY);
        let request =
            Request::get(CONFIGURATIONS, format!("/configuration?configuration_token={token}"));
        let reply = http.send("GetLatestConfiguration", &self.uri, &request, LARGEST).await?;
        self.token = reply.header("next-poll-configuration-token");
        let seconds = reply.header("next-poll-interval-in-seconds");
        let seconds = seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
        self.not_before = Duration::from_secs(seconds);
        Ok(match reply.body {
            Body::Whole(bytes) if bytes.is_empty() && !first => Answer::Unchanged,
            body => body.into(),
        })
    }

    async fn session(&self, http: &Signed, ids: &Identifiers) -> Result<String, AwsError> {
        let body = json!({
            "ApplicationIdentifier": ids.application,
            "EnvironmentIdentifier": ids.environment,
            "ConfigurationProfileIdentifier": ids.profile,
        });
        let request = Request::post(CONFIGURATIONS, "/configurationsessions", body.to_string())
            .with("content-type", "application/json");
        let operation = "StartConfigurationSession";
        let reply = http.send(operation, &self.uri, &request, LARGEST_ANSWER).await?;
        let answer: SessionAnswer = self.read(operation, reply.body)?;
        Ok(answer.token)
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html>
    async fn object(&mut self, http: &Signed, bucket: &str, key: &str) -> Result<Answer, AwsError> {
        let mut request = Request::get(OBJECTS, format!("/{key}")).in_bucket(bucket);
        if let Some(etag) = &self.etag {
            request = request.with("if-none-match", etag);
        }
        let reply = http.send("GetObject", &self.uri, &request, LARGEST).await?;
        if reply.status == 304 {
            return Ok(Answer::Unchanged);
        }
        self.etag = reply.header("etag");
        Ok(reply.body.into())
    }

    fn read<T: for<'de> Deserialize<'de>>(
        &self,
        operation: &'static str,
        body: Body,
    ) -> Result<T, AwsError> {
        let read = match &body {
            Body::Whole(bytes) => serde_json::from_slice(bytes).ok(),
            Body::TooLarge => None,
        };
        read.ok_or_else(|| {
            AwsError::new(operation, &self.uri, ErrorKind::Invalid, "an answer of another form")
        })
    }
}

impl From<Body> for Answer {
    fn from(body: Body) -> Self {
        match body {
            Body::Whole(bytes) => Self::Content(bytes),
            Body::TooLarge => Self::TooLarge,
        }
    }
}

#[derive(Deserialize)]
struct ParameterAnswer {
    #[serde(rename = "Parameter")]
    parameter: Parameter,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "Value")]
    value: String,
}

#[derive(Deserialize)]
struct SessionAnswer {
    #[serde(rename = "InitialConfigurationToken")]
    token: String,
}
