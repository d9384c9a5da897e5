//! Values that tools for Lambda ask for, and whose they are. The control policy may name more.

/// A value that a tool asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The variable.
    pub name: &'static str,
    /// Its value, the whole of it.
    pub value: &'static str,
    /// The tool.
    pub tool: &'static str,
    /// Where the tool's makers say so.
    pub source: &'static str,
}

const fn wrapper(value: &'static str, tool: &'static str, source: &'static str) -> Known {
    Known { name: "AWS_LAMBDA_EXEC_WRAPPER", value, tool, source }
}

const fn node(value: &'static str, tool: &'static str, source: &'static str) -> Known {
    Known { name: "NODE_OPTIONS", value, tool, source }
}

const ADAPTER: &str = "https://github.com/awslabs/aws-lambda-web-adapter";
const ADOT: &str = "https://aws-otel.github.io/docs/getting-started/lambda";
const OTEL: &str =
    "https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda.AdotLambdaExecWrapper.html";
const DATADOG: &str = "https://docs.datadoghq.com/serverless/aws_lambda/installation/";
const DYNATRACE: &str = "https://docs.dynatrace.com/docs/ingest-from/amazon-web-services/integrate-into-aws/aws-lambda-integration/trace-lambda-functions";
const ELASTIC_JAVA: &str = "https://www.elastic.co/docs/reference/apm/agents/java/aws-lambda";
const ELASTIC_PYTHON: &str =
    "https://www.elastic.co/docs/reference/apm/agents/python/lambda-support";
const ELASTIC_NODE: &str = "https://www.elastic.co/docs/reference/apm/agents/nodejs/lambda";
const LUMIGO: &str =
    "https://docs.lumigo.io/docs/serverless-applications#automatic-instrumentation";
const APPDYNAMICS: &str =
    "https://help.splunk.com/en/appdynamics-saas/application-performance-monitoring";
const SENTRY: &str = "https://docs.sentry.io/platforms/javascript/guides/aws-lambda/install/";

/// The values, each with its tool.
pub const KNOWN: &[Known] = &[
    wrapper("/opt/bootstrap", "Lambda Web Adapter", ADAPTER),
    wrapper("/opt/otel-instrument", "OpenTelemetry", ADOT),
    wrapper("/opt/otel-handler", "OpenTelemetry", OTEL),
    wrapper("/opt/otel-proxy-handler", "OpenTelemetry", OTEL),
    wrapper("/opt/otel-stream-handler", "OpenTelemetry", OTEL),
    wrapper("/opt/otel-sqs-handler", "OpenTelemetry", OTEL),
    wrapper("/opt/datadog_wrapper", "Datadog", DATADOG),
    wrapper("/opt/dynatrace", "Dynatrace", DYNATRACE),
    wrapper("/opt/elastic-apm-handler", "Elastic APM", ELASTIC_JAVA),
    wrapper("/opt/python/bin/elasticapm-lambda", "Elastic APM", ELASTIC_PYTHON),
    wrapper("/opt/lumigo_wrapper", "Lumigo", LUMIGO),
    wrapper("/opt/appdynamics-extension-script", "AppDynamics", APPDYNAMICS),
    node("-r elastic-apm-node/start", "Elastic APM", ELASTIC_NODE),
    node("--import @sentry/aws-serverless/awslambda-auto", "Sentry", SENTRY),
    node("-r @sentry/aws-serverless/awslambda-auto", "Sentry", SENTRY),
];

/// Whose value it is.
pub(super) fn find(name: &str, value: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name && known.value == value.trim())
}
