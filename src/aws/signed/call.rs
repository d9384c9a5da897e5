//! Calls of services that speak JSON: what is asked is written by serde, and so is what is answered
//! read. Tries three times at most, and only where that may help. For calls that may be made twice.
//! JSON 1.0: <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>.
//! JSON 1.1: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>.
//! EC2's own, whose answers are XML: <https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>.
//! REST-JSON: <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>.

use super::{Body, Request, Service, Signed};
use crate::aws::{AwsError, ErrorKind};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

/// How often one call is tried, and how long one try may take.
const TRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause before the second try; each one after it is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// An answer: a page of it has no more.
const LARGEST: usize = 1024 * 1024;

/// One call of an API.
pub(in crate::aws) struct Call {
    operation: &'static str,
    /// What it is called on, for the error.
    resource: String,
    request: Result<Request, serde_json::Error>,
}

impl Call {
    /// JSON 1.1: the operation stands in the header, after the service's `target`.
    pub fn json(
        service: Service,
        target: &str,
        operation: &'static str,
        resource: impl ToString,
        asked: &impl Serialize,
    ) -> Self {
        Self::named(JSON_1_1, service, target, operation, resource, asked)
    }

    /// The same in JSON 1.0.
    pub fn json_1_0(
        service: Service,
        target: &str,
        operation: &'static str,
        resource: impl ToString,
        asked: &impl Serialize,
    ) -> Self {
        Self::named(JSON_1_0, service, target, operation, resource, asked)
    }

    fn named(
        content_type: &str,
        service: Service,
        target: &str,
        operation: &'static str,
        resource: impl ToString,
        asked: &impl Serialize,
    ) -> Self {
        let request = serde_json::to_string(asked).map(|body| {
            Request::post(service, "/", body)
                .with("content-type", content_type)
                .with("x-amz-target", format!("{target}.{operation}"))
        });
        Self { operation, resource: resource.to_string(), request }
    }

    /// REST-JSON: what is asked stands in the path.
    pub fn get(
        service: Service,
        path: String,
        operation: &'static str,
        resource: impl ToString,
    ) -> Self {
        let request = Ok(Request::get(service, path));
        Self { operation, resource: resource.to_string(), request }
    }

    /// REST-JSON: what is asked stands in the path and in the body.
    pub fn post(
        service: Service,
        path: &str,
        operation: &'static str,
        resource: impl ToString,
        asked: &impl Serialize,
    ) -> Self {
        let request = serde_json::to_string(asked).map(|body| {
            Request::post(service, path, body).with("content-type", "application/json")
        });
        Self { operation, resource: resource.to_string(), request }
    }

    /// EC2's query protocol: what is asked stands in the body as a form.
    pub fn query(
        service: Service,
        version: &str,
        operation: &'static str,
        resource: impl ToString,
        asked: &[(&str, &str)],
    ) -> Self {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut body = format!("Action={operation}&Version={version}");
        for (name, value) in asked {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let request = Request::post(service, "/", body)
            .with("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        Self { operation, resource: resource.to_string(), request: Ok(request) }
    }

    fn error(&self, kind: ErrorKind, code: &str) -> AwsError {
        AwsError::new(self.operation, &self.resource, kind, code)
    }
}

impl Signed {
    /// Makes the call and reads its answer.
    ///
    /// # Errors
    /// As AWS refuses it; [`ErrorKind::Transient`] if every try was throttled, failed or came to
    /// nothing; [`ErrorKind::Invalid`] for an answer of another form.
    pub async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, AwsError> {
        let bytes = self.answer(call).await?;
        serde_json::from_slice(&bytes)
            .map_err(|_| call.error(ErrorKind::Invalid, "an answer of another form"))
    }

    /// Makes the call; its answer as text, for what is no JSON.
    ///
    /// # Errors
    /// As [`Signed::ask`].
    pub async fn ask_for_text(&self, call: &Call) -> Result<String, AwsError> {
        let bytes = self.answer(call).await?;
        String::from_utf8(bytes)
            .map_err(|_| call.error(ErrorKind::Invalid, "an answer of another form"))
    }

    /// Makes the call; its answer says nothing.
    ///
    /// # Errors
    /// As [`Signed::ask`].
    pub async fn tell(&self, call: &Call) -> Result<(), AwsError> {
        self.answer(call).await.map(|_| ())
    }

    async fn answer(&self, call: &Call) -> Result<Vec<u8>, AwsError> {
        let request = call
            .request
            .as_ref()
            .map_err(|_| call.error(ErrorKind::Invalid, "cannot be written as JSON"))?;
        let mut tries = 1;
        loop {
            let sent = self.send(call.operation, &call.resource, request, LARGEST);
            let answer = timeout(PATIENCE, sent)
                .await
                .unwrap_or_else(|_| Err(call.error(ErrorKind::Transient, "no answer in time")));
            match answer.map(|reply| reply.body) {
                Ok(Body::Whole(bytes)) => return Ok(bytes),
                Ok(Body::TooLarge) => {
                    return Err(call.error(ErrorKind::Invalid, "an answer that is too long"));
                }
                Err(error) if error.kind == ErrorKind::Transient && tries < TRIES => {
                    sleep(PAUSE * 2u32.pow(tries - 1)).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_config::SdkConfig;
    use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
    use serde_json::{Value, json};
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread::{self, JoinHandle},
    };

    const CONFIG: Service = Service { host: "config", signed_as: "config" };

    /// A server that gives each of these answers once, and then what it was asked.
    fn server(answers: &[(u16, &str)]) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let answers: Vec<(u16, String)> =
            answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let served = thread::spawn(move || {
            let mut asked = Vec::new();
            for (status, body) in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut bytes = [0; 4096];
                let length = stream.read(&mut bytes).unwrap();
                asked.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
                let length = body.len();
                let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n");
                stream
                    .write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes())
                    .unwrap();
            }
            asked
        });
        (endpoint, served)
    }

    async fn asked(answers: &[(u16, &str)]) -> (Result<Value, AwsError>, Vec<String>) {
        let (endpoint, served) = server(answers);
        let credentials = Credentials::new("key", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .region(aws_config::Region::new("eu-west-1"))
            .endpoint_url(endpoint)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let signed = Signed::new(&config).await.unwrap();
        let call = Call::json(CONFIG, "Dove", "StartRecorder", "default", &json!({"Name": "a"}));
        (signed.ask(&call).await, served.join().unwrap())
    }

    #[tokio::test]
    async fn what_is_asked_is_signed_for_its_service_and_its_answer_is_read() {
        let (answer, asked) = asked(&[(200, r#"{"a": 1}"#)]).await;
        assert_eq!(answer.unwrap(), json!({"a": 1}));
        let said = asked[0].to_ascii_lowercase();
        for part in
            ["x-amz-target: dove.startrecorder", "/eu-west-1/config/aws4_request", "post / "]
        {
            assert!(said.contains(part), "{part} {said}");
        }
    }

    #[test]
    fn a_service_is_spoken_to_in_its_own_version_of_json() {
        for (call, version) in [
            (Call::json(CONFIG, "Dove", "StartRecorder", "default", &json!({})), "json-1.1"),
            (Call::json_1_0(CONFIG, "Dove", "StartRecorder", "default", &json!({})), "json-1.0"),
        ] {
            let headers = call.request.unwrap().headers;
            let (_, said) = headers.iter().find(|(name, _)| *name == "content-type").unwrap();
            assert!(said.ends_with(version), "{said}");
        }
    }

    #[tokio::test]
    async fn what_may_work_later_is_tried_three_times() {
        let throttled = r#"{"__type": "ThrottlingException"}"#;
        let (answer, asked) = asked(&[(400, throttled), (503, ""), (200, "{}")]).await;
        assert_eq!((answer.unwrap(), asked.len()), (json!({}), 3));
    }

    #[tokio::test]
    async fn after_three_tries_it_is_left_to_the_retry() {
        let (answer, asked) = asked(&[(500, ""), (500, ""), (500, "")]).await;
        let error = answer.unwrap_err();
        assert_eq!((error.kind, error.operation), (ErrorKind::Transient, "StartRecorder"));
        assert_eq!((error.code.as_str(), asked.len()), ("HTTP 500", 3));
    }

    #[tokio::test]
    async fn what_is_refused_is_not_asked_again() {
        for (code, kind) in [
            ("NoSuchConfigurationRecorderException", ErrorKind::NotFound),
            ("AccessDeniedException", ErrorKind::Denied),
            ("ValidationException", ErrorKind::Invalid),
        ] {
            let body = format!(r#"{{"__type": "{code}"}}"#);
            let (answer, asked) = asked(&[(400, &body)]).await;
            let error = answer.unwrap_err();
            assert_eq!((error.kind, error.resource.as_str(), asked.len()), (kind, "default", 1));
        }
    }

    #[tokio::test]
    async fn an_answer_of_another_form_is_told() {
        let (answer, _) = asked(&[(200, "<html>")]).await;
        assert_eq!(answer.unwrap_err().kind, ErrorKind::Invalid);
    }
}
