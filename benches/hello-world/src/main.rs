//! The least a Lambda function in Rust can be. `make bench-cold-start` holds Cordon's start against
//! it: what Cordon takes longer is what Cordon adds to the runtime.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}
