//! The Lambda function: settings and control policy at start, one event an invocation.
//! Runtime API: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use cordon::{
    aws::Aws,
    handler::{Handled, HandlerError, Responder},
    policy::LoadedPolicy,
    resource::FunctionResource,
    settings::Settings,
};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;
use std::{env, fs, path::PathBuf};
use time::OffsetDateTime;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .with_target(false)
        .with_current_span(false)
        .with_max_level(level())
        .init();
    let responder = responder().inspect_err(|error| tracing::error!(%error, "cannot start"))?;
    run(service_fn(|event| answer(&responder, event))).await
}

/// `AWS_LAMBDA_LOG_LEVEL` carries the function's application log level.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
fn level() -> tracing::Level {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    level.unwrap_or(tracing::Level::INFO)
}

/// The control policy lies beside the binary, as `policy.json`.
fn responder() -> Result<Responder, Error> {
    let settings = Settings::read(|name| env::var(name).ok())?;
    let folder = env::var("LAMBDA_TASK_ROOT").unwrap_or_else(|_| ".".to_owned());
    let path = PathBuf::from(folder).join("policy.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("control policy `{}`: {error}", path.display()))?;
    Ok(Responder::new(LoadedPolicy::load(&text)?, settings, Aws::default()))
}

async fn answer(
    responder: &Responder,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<Handled, Diagnostic> {
    let itself = FunctionResource::parse_arn(&event.context.invoked_function_arn)
        .map_err(|error| diagnostic("SettingsError", &error))?
        .function;
    let now = OffsetDateTime::now_utc();
    responder.handle(event.payload.get(), &itself, now).await.map_err(|error| {
        tracing::error!(%error, "not handled");
        diagnostic(
            match error {
                HandlerError::Event(_) => "EventError",
                HandlerError::Aws(_) => "AwsError",
                HandlerError::Partial { .. } => "Partial",
            },
            &error,
        )
    })
}

fn diagnostic(kind: &str, error: &dyn std::error::Error) -> Diagnostic {
    Diagnostic { error_type: kind.to_owned(), error_message: error.to_string() }
}
