//! One signed HTTP call, for which no SDK client is linked: the SDK's own signer, connector, credentials
//! and partitions. Refuses to read a body past its limit, and to follow a redirect. `call` asks
//! services that speak JSON.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

mod call;

pub(super) use call::Call;

use super::{AwsError, ErrorKind, error::refused};
use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_lambda::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorSettings},
        identity::Identity,
        orchestrator::{HttpRequest, HttpResponse},
    },
    http::Headers,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use std::{
    error::Error,
    fmt,
    time::{Duration, SystemTime},
};

/// What calls are signed and sent with.
#[derive(Debug)]
pub(super) struct Signed {
    connector: Connector,
    credentials: SharedCredentialsProvider,
    region: String,
    /// `https://SERVICE.` comes before it.
    domain: String,
    /// `AWS_ENDPOINT_URL`, in place of all of it.
    endpoint: Option<String>,
}

/// A service's name in its host, and in a signature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    pub host: &'static str,
    pub signed_as: &'static str,
}

/// What is sent.
pub(super) struct Request {
    service: Service,
    bucket: Option<String>,
    method: &'static str,
    /// With its query, encoded.
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What comes back, if it is no error.
pub(super) struct Reply {
    pub status: u16,
    headers: Headers,
    pub body: Body,
}

/// The body of an answer.
pub(super) enum Body {
    Whole(Vec<u8>),
    TooLarge,
}

type Failure = Box<dyn Error + Send + Sync>;

impl Request {
    pub fn get(service: Service, path: String) -> Self {
        let body = String::new();
        Self { service, bucket: None, method: "GET", path, headers: Vec::new(), body }
    }

    pub fn post(service: Service, path: &str, body: String) -> Self {
        let path = path.to_owned();
        Self { service, bucket: None, method: "POST", path, headers: Vec::new(), body }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn in_bucket(mut self, bucket: &str) -> Self {
        self.bucket = Some(bucket.to_owned());
        self
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(str::to_owned)
    }
}

impl Signed {
    /// In the Region and with the credentials of `config`.
    pub async fn new(config: &SdkConfig) -> Result<Self, AwsError> {
        let missing =
            |what: &str| AwsError::new("sign", what, ErrorKind::Invalid, "not in the environment");
        let region = config.region().ok_or_else(|| missing("Region"))?.to_string();
        let credentials = config.credentials_provider().ok_or_else(|| missing("credentials"))?;
        let domain = domain(&region).await.ok_or_else(|| missing("partition"))?;
        let settings =
            HttpConnectorSettings::builder().connect_timeout(Duration::from_secs(1)).build();
        Ok(Self {
            connector: Connector::builder()
                .connector_settings(settings)
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
                .build(),
            credentials,
            region,
            domain,
            endpoint: config.endpoint_url().map(|url| url.trim_end_matches('/').to_owned()),
        })
    }

    /// Sends a request once and reads at most `largest` bytes of the answer; `resource` is for the error.
    ///
    /// # Errors
    /// For every status but 2xx and 304, and if nothing came.
    pub async fn send(
        &self,
        operation: &'static str,
        resource: impl fmt::Display,
        request: &Request,
        largest: usize,
    ) -> Result<Reply, AwsError> {
        let transient =
            |code: &str| AwsError::new(operation, &resource, ErrorKind::Transient, code);
        let signed = self.sign(request).await.map_err(|_| transient("not signed"))?;
        let response: HttpResponse =
            self.connector.call(signed).await.map_err(|_| transient("no answer"))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = received(response.into_body(), largest).await;
        let body = body.map_err(|_| transient("cut off"))?;
        if !(200..300).contains(&status) && status != 304 {
            return Err(refused(operation, resource, status, code(&headers, &body).as_deref()));
        }
        Ok(Reply { status, headers, body })
    }

    async fn sign(&self, request: &Request) -> Result<HttpRequest, Failure> {
        let url = self.url(request);
        let identity: Identity = self.credentials.provide_credentials().await?.into();
        let mut settings = SigningSettings::default();
        // As S3 wants it; for paths like ours it is the same everywhere.
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(request.service.signed_as)
            .time(SystemTime::now())
            .settings(settings)
            .build()?
            .into();
        let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let body = SignableBody::Bytes(request.body.as_bytes());
        let signable = SignableRequest::new(request.method, &url, headers, body)?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut http = HttpRequest::new(SdkBody::from(request.body.as_str()));
        http.set_method(request.method)?;
        http.set_uri(url)?;
        for (name, value) in &request.headers {
            http.headers_mut().insert(*name, value.clone());
        }
        for (name, value) in instructions.headers() {
            http.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        Ok(http)
    }

    /// A bucket is part of the host, but in the path of an endpoint of one's own.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
    fn url(&self, Request { service, bucket, path, .. }: &Request) -> String {
        match (&self.endpoint, bucket) {
            (Some(endpoint), Some(bucket)) => format!("{endpoint}/{bucket}{path}"),
            (Some(endpoint), None) => format!("{endpoint}{path}"),
            (None, Some(bucket)) => {
                format!("https://{bucket}.{}.{}{path}", service.host, self.domain)
            }
            (None, None) => format!("https://{}.{}{path}", service.host, self.domain),
        }
    }
}

/// What follows the service in the names of a Region's endpoints, as the SDK knows it of Lambda's.
/// <https://docs.aws.amazon.com/general/latest/gr/rande.html>
async fn domain(region: &str) -> Option<String> {
    let params = Params::builder().region(region.to_owned()).build().ok()?;
    let endpoint = DefaultResolver::new().resolve_endpoint(&params).await.ok()?;
    Some(endpoint.url().strip_prefix("https://lambda.")?.to_owned())
}

async fn received(body: SdkBody, largest: usize) -> Result<Body, Failure> {
    let mut stream = ByteStream::new(body);
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.try_next().await? {
        if bytes.len() + chunk.len() > largest {
            return Ok(Body::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body::Whole(bytes))
}

/// The error's code: in a header or in `__type` for services that speak JSON, in `<Code>` for S3. What
/// is no bare word is none: messages can hold what a stranger wrote.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
fn code(headers: &Headers, body: &Body) -> Option<String> {
    let text = match body {
        Body::Whole(bytes) => str::from_utf8(bytes).unwrap_or_default(),
        Body::TooLarge => "",
    };
    let between = |start: &str, end: &str| {
        let rest = text.split_once(start)?.1;
        Some(rest.split_once(end)?.0)
    };
    let named = headers.get("x-amzn-errortype");
    let named = named.or_else(|| between("<Code>", "</Code>"));
    let named = named.or_else(|| between("\"__type\"", ",").or_else(|| between("\"__type\"", "}")));
    // `aws.protocoltests#FooError:http://...` and the like.
    let bare = named?.trim_matches([' ', ':', '"']);
    let bare = bare.split(':').next()?.rsplit('#').next()?;
    let is_code = !bare.is_empty() && bare.len() <= 60;
    // `InvalidNetworkInterfaceID.NotFound`
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'.';
    (is_code && bare.bytes().all(fits)).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn host(region: &str, service: Service, bucket: Option<&str>) -> String {
        let config = SdkConfig::builder()
            .region(aws_config::Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(
                aws_credential_types::Credentials::new("key", "secret", None, None, "test"),
            ))
            .build();
        let signed = Signed::new(&config).await.expect("a Region");
        let mut request = Request::get(service, "/path".to_owned());
        request.bucket = bucket.map(str::to_owned);
        signed.url(&request)
    }

    #[tokio::test]
    async fn an_endpoint_is_that_of_the_region_and_its_partition() {
        let ssm = Service { host: "ssm", signed_as: "ssm" };
        let s3 = Service { host: "s3", signed_as: "s3" };
        for (region, service, bucket, url) in [
            ("eu-west-1", ssm, None, "https://ssm.eu-west-1.amazonaws.com/path"),
            ("cn-north-1", ssm, None, "https://ssm.cn-north-1.amazonaws.com.cn/path"),
            ("us-gov-west-1", ssm, None, "https://ssm.us-gov-west-1.amazonaws.com/path"),
            ("eusc-de-east-1", ssm, None, "https://ssm.eusc-de-east-1.amazonaws.eu/path"),
            ("us-east-1", s3, Some("b-1"), "https://b-1.s3.us-east-1.amazonaws.com/path"),
        ] {
            assert_eq!(host(region, service, bucket).await, url);
        }
    }

    #[test]
    fn an_errors_code_is_read_and_its_message_is_not() {
        let of = |header: Option<&'static str>, body: &str| {
            let mut headers = Headers::new();
            if let Some(value) = header {
                headers.insert("x-amzn-errortype", value);
            }
            code(&headers, &Body::Whole(body.into()))
        };
        for (header, body, want) in [
            (Some("BadRequestException"), "", Some("BadRequestException")),
            (Some("Foo:http://amazon.com/"), "", Some("Foo")),
            (None, r#"{"__type":"ParameterNotFound"}"#, Some("ParameterNotFound")),
            (None, r#"{"__type": "com.amazon#Denied","message":"m"}"#, Some("Denied")),
            (None, "<Error><Code>NoSuchKey</Code><Message>m</Message>", Some("NoSuchKey")),
            (None, "<Error><Code>InvalidId.NotFound</Code>", Some("InvalidId.NotFound")),
            (None, "<Error><Code>a stranger's words</Code>", None),
            (None, "", None),
        ] {
            assert_eq!(of(header, body).as_deref(), want, "{header:?} {body}");
        }
    }
}
