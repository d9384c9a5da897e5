//! What calls set on a function: concurrency, scaling, URLs, destinations. None where it cannot be read.

use crate::{
    history::{Call, record::read},
    setting::{Destinations, Scaling, UrlAuthType},
};
use serde::Deserialize;

/// The answer stands for what was asked.
pub(super) fn reserved(call: &Call<'_>) -> Option<u32> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        reserved_concurrent_executions: u32,
    }
    let told: Option<Told> = read(call.answered).or_else(|| read(call.asked));
    told.map(|told| told.reserved_concurrent_executions)
}

pub(super) fn provisioned(call: &Call<'_>) -> Option<u32> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        provisioned_concurrent_executions: u32,
    }
    read(call.asked).map(|asked: Asked| asked.provisioned_concurrent_executions)
}

pub(super) fn scaling(call: &Call<'_>) -> Option<Scaling> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        function_scaling_config: Config,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        min_execution_environments: Option<u32>,
        max_execution_environments: Option<u32>,
    }
    let Asked { function_scaling_config: config } = read(call.asked)?;
    let Config { min_execution_environments: min, max_execution_environments: max } = config;
    Some(Scaling { min, max })
}

pub(super) fn url(call: &Call<'_>) -> Option<UrlAuthType> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        auth_type: UrlAuthType,
    }
    let told: Option<Told> = read(call.answered).or_else(|| read(call.asked));
    told.map(|told| told.auth_type)
}

/// The answer has the configuration as it is then; the request only if it says all of it.
pub(super) fn destinations(name: &str, call: &Call<'_>) -> Option<Destinations> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Told {
        destination_config: Option<Config>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        on_success: Option<To>,
        on_failure: Option<To>,
    }
    #[derive(Deserialize)]
    struct To {
        destination: Option<String>,
    }
    let whole = || read(call.asked).filter(|_| name == "PutFunctionEventInvokeConfig");
    let told: Told = read(call.answered).or_else(whole)?;
    let to = |to: Option<To>| to.and_then(|to| to.destination).filter(|arn| !arn.is_empty());
    let [success, failure] = match told.destination_config {
        Some(Config { on_success, on_failure }) => [on_success, on_failure],
        None => [None, None],
    };
    Some(Destinations { on_success: to(success), on_failure: to(failure) })
}
