//! One HTTP client for all services. Left to itself the SDK makes one for each, and reads the system's
//! root certificates twice for it: to see that it can, and to connect. Refuses nothing that the SDK's
//! own would take: a proxy comes from the environment.
//! <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/http.html>

use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};

/// Connects first when a service is first called, and only then looks at certificates.
#[derive(Debug)]
pub(super) struct OneHttpClient(SharedHttpClient);

impl OneHttpClient {
    pub fn new() -> Self {
        Self(Builder::new().build_with_connector_fn(connector))
    }
}

// What is not written here is the point of it: the SDK's own client makes a connector while each service's
// client is made, and throws it away.
impl HttpClient for OneHttpClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }
}

/// As the SDK has it.
fn connector(
    settings: Option<&HttpConnectorSettings>,
    components: Option<&RuntimeComponents>,
) -> Connector {
    let mut builder = Connector::builder()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc));
    builder.set_proxy_config(Some(ProxyConfig::from_env()));
    builder.set_connector_settings(settings.cloned());
    builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
    builder.build()
}
