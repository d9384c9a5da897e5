//! The AWS Security Finding Format, as far as it is looked at. Every field may be missing.
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html>

use super::{Form, HubVerdict, is_security_hub};
use crate::resource::{FunctionResource, Home};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Asff {
    product_arn: Option<String>,
    generator_id: Option<String>,
    product_fields: Option<ProductFields>,
    compliance: Option<Compliance>,
    record_state: Option<String>,
    workflow: Option<Workflow>,
    /// What `Workflow` was before.
    workflow_state: Option<String>,
    severity: Option<Severity>,
    resources: Option<Vec<Resource>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ProductFields {
    control_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Compliance {
    status: Option<String>,
    security_control_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Workflow {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Severity {
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    id: Option<String>,
}

impl Form for Asff {
    fn controls(&self) -> Vec<String> {
        let consolidated = self.compliance.as_ref().and_then(|it| it.security_control_id.clone());
        let of_standard = self.product_fields.as_ref().and_then(|it| it.control_id.clone());
        [consolidated, of_standard, self.generator_id.clone()].into_iter().flatten().collect()
    }

    fn is_own_check(&self) -> bool {
        self.product_arn.as_deref().is_some_and(is_security_hub)
    }

    /// What is left out is new and active.
    fn verdict(&self) -> HubVerdict {
        let status = self.compliance.as_ref().and_then(|it| it.status.as_deref());
        let workflow = self.workflow.as_ref().and_then(|it| it.status.as_deref());
        let workflow = workflow.or(self.workflow_state.as_deref()).unwrap_or("NEW");
        let record = self.record_state.as_deref().unwrap_or("ACTIVE");
        let is_open = record == "ACTIVE" && matches!(workflow, "NEW" | "NOTIFIED");
        let label = self.severity.as_ref().and_then(|it| it.label.as_deref());
        match (status, record, label) {
            (Some("FAILED"), _, _) if !is_open => HubVerdict::Settled,
            (Some("FAILED"), _, Some("INFORMATIONAL")) => HubVerdict::Rated,
            (Some("FAILED"), _, _) => HubVerdict::Failed,
            (Some("PASSED"), "ACTIVE", _) => HubVerdict::Passed,
            (_, _, _) => HubVerdict::Settled,
        }
    }

    fn functions(&self, _: &Home) -> Vec<FunctionResource> {
        let ids = self.resources.iter().flatten().filter_map(|resource| resource.id.as_deref());
        ids.filter_map(|id| FunctionResource::parse_arn(id).ok()).collect()
    }
}
