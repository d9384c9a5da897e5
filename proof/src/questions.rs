//! Generated requests in the evaluator's own terms.

use crate::generate::Case;
use crate::iam::{Caller, Request};
use serde_json::Value;

/// The request of a case; an error if the generator made what is not one.
pub fn request(case: &Case) -> Result<Request, String> {
    let wrong = || format!("this is not a request: {}", case.request);
    let text = |name: &str| case.request[name].as_str().map(str::to_owned).ok_or_else(wrong);
    Ok(Request {
        caller: caller(&case.request["caller"]).ok_or_else(wrong)?,
        action: text("action")?,
        resource: text("resource")?,
        context: serde_json::from_value(case.request["context"].clone()).map_err(|_| wrong())?,
    })
}

fn caller(value: &Value) -> Option<Caller> {
    if value == "anonymous" {
        return Some(Caller::Anonymous);
    }
    if let Some(name) = value["service"].as_str() {
        return Some(Caller::Service(name.to_owned()));
    }
    let principal = &value["principal"];
    let arn = principal["arn"].as_str()?.to_owned();
    Some(Caller::Principal { arn, session: principal["session"].as_str().map(str::to_owned) })
}
