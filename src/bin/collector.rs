//! The Lambda function that collects evidence. It reads and stores, and changes nothing.
//! Runtime API: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use cordon::{
    aws::Aws,
    collector::{Collector, CollectorError, Report},
    settings::CollectorSettings,
};
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;
use std::{env, time::SystemTime};
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .with_target(false)
        .with_current_span(false)
        .with_max_level(tracing::Level::INFO)
        .init();
    let settings = CollectorSettings::read(|name| env::var(name).ok())
        .inspect_err(|error| tracing::error!(%error, "cannot start"))?;
    let collector = Collector::new(settings, Aws::default());
    run(service_fn(|event| answer(&collector, event))).await
}

async fn answer(
    collector: &Collector,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<Vec<Report>, Diagnostic> {
    let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    let collected = collector.handle(event.payload.get(), Instant::now() + left).await;
    collected.map_err(|error| {
        tracing::error!(%error, "not collected");
        let kind = match error {
            CollectorError::Request(_) => "RequestError",
            CollectorError::Aws(_) => "AwsError",
            CollectorError::Foreign { .. } => "Foreign",
            CollectorError::Unfinished { .. } => "Unfinished",
        };
        Diagnostic { error_type: kind.to_owned(), error_message: error.to_string() }
    })
}
