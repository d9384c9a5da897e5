//! AWS Config's verdicts and configuration items.
//! <https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html>
//! A Lambda function's `resourceId` is its bare name.

use super::{Actor, Event, EventError, Kind, elsewhere};
use crate::resource::{FunctionResource, Home};
use serde::Deserialize;

const FUNCTION: &str = "AWS::Lambda::Function";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleCompliance {
    resource_type: String,
    resource_id: String,
    aws_region: Option<String>,
    config_rule_name: String,
    new_evaluation_result: Option<EvaluationResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EvaluationResult {
    compliance_type: Option<String>,
}

/// Reads the `detail` of a `Config Rules Compliance Change`.
pub(super) fn rule_compliance(id: String, detail: &str, home: &Home) -> Result<Event, EventError> {
    let detail: RuleCompliance = serde_json::from_str(detail)
        .map_err(|source| EventError::Json { part: "detail", source })?;
    let kind = if detail.resource_type == FUNCTION {
        let region = detail.aws_region.as_deref();
        let verdict = detail.new_evaluation_result.and_then(|result| result.compliance_type);
        let resource = function(&detail.resource_id, region, home)?;
        let noncompliant = match verdict.as_deref() {
            Some("NON_COMPLIANT") => Some(true),
            Some("COMPLIANT") => Some(false),
            Some(_) | None => None,
        };
        elsewhere(&resource.function, home).unwrap_or(match noncompliant {
            Some(noncompliant) => Kind::RuleCompliance {
                function: resource.function,
                rule: detail.config_rule_name,
                noncompliant,
            },
            None => Kind::Ignored("the rule gave no verdict on the function".to_owned()),
        })
    } else {
        Kind::Ignored("the resource is not a function".to_owned())
    };
    Ok(Event::new(id, Actor::default(), kind))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemChange {
    configuration_item: Option<Item>,
    /// Stands in for the item where that is too large.
    configuration_item_summary: Option<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    resource_type: String,
    resource_id: String,
    aws_region: Option<String>,
    configuration_item_status: Option<String>,
}

/// Reads the `detail` of a `Config Configuration Item Change`.
pub(super) fn configuration_item(
    id: String,
    detail: &str,
    home: &Home,
) -> Result<Event, EventError> {
    let detail: ItemChange = serde_json::from_str(detail)
        .map_err(|source| EventError::Json { part: "detail", source })?;
    let kind = match detail.configuration_item.or(detail.configuration_item_summary) {
        Some(item) if item.resource_type == FUNCTION => {
            let status = item.configuration_item_status.as_deref().unwrap_or_default();
            if status.starts_with("ResourceDeleted") {
                Kind::Ignored("the function was deleted".to_owned())
            } else {
                let resource = function(&item.resource_id, item.aws_region.as_deref(), home)?;
                elsewhere(&resource.function, home)
                    .unwrap_or(Kind::FunctionChange { function: resource.function })
            }
        }
        Some(_) => Kind::Ignored("the resource is not a function".to_owned()),
        None => Kind::Ignored("the event carries no configuration item".to_owned()),
    };
    Ok(Event::new(id, Actor::default(), kind))
}

/// The function that AWS Config names, in the Region it names.
fn function(name: &str, region: Option<&str>, home: &Home) -> Result<FunctionResource, EventError> {
    let region = region.unwrap_or(&home.region).to_owned();
    FunctionResource::parse(&Home { region, ..home.clone() }, name, None)
        .map_err(|source| EventError::Name { call: "AWS Config".to_owned(), source })
}
