//! Compliance findings of the Open Cybersecurity Schema Framework, as far as they are looked at. Every
//! field may be missing. <https://schema.ocsf.io/1.6.0/classes/compliance_finding>

use super::{Form, HubVerdict, is_security_hub};
use crate::resource::{AccountId, FunctionResource, Home};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Ocsf {
    metadata: Option<Metadata>,
    compliance: Option<Compliance>,
    finding_info: Option<FindingInfo>,
    status_id: Option<i64>,
    severity_id: Option<i64>,
    resources: Option<Vec<Resource>>,
}

#[derive(Deserialize)]
struct Metadata {
    product: Option<Product>,
}

#[derive(Deserialize)]
struct Product {
    uid: Option<String>,
}

#[derive(Deserialize)]
struct Compliance {
    control: Option<String>,
    status_id: Option<i64>,
}

#[derive(Deserialize)]
struct FindingInfo {
    uid: Option<String>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(rename = "type")]
    kind: Option<String>,
    uid: Option<String>,
    uid_alt: Option<String>,
    region: Option<String>,
    owner: Option<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    account: Option<Account>,
}

#[derive(Deserialize)]
struct Account {
    uid: Option<String>,
}

/// Of `compliance.status_id`.
const PASS: i64 = 1;
const FAIL: i64 = 3;
/// Of `status_id`.
const NEW: i64 = 1;
const IN_PROGRESS: i64 = 2;
/// Of `severity_id`.
const INFORMATIONAL: i64 = 1;

impl Form for Ocsf {
    /// The finding's id has the control in its path: `...:security-control/Lambda.1/finding/...`.
    fn controls(&self) -> Vec<String> {
        let named = self.compliance.as_ref().and_then(|it| it.control.clone());
        let id = self.finding_info.as_ref().and_then(|it| it.uid.as_deref());
        let in_path = id.and_then(|id| id.split_once("/finding/")).map(|(path, _)| path.to_owned());
        [named, in_path].into_iter().flatten().collect()
    }

    fn is_own_check(&self) -> bool {
        let product = self.metadata.as_ref().and_then(|it| it.product.as_ref());
        product.and_then(|it| it.uid.as_deref()).is_some_and(is_security_hub)
    }

    /// What is left out is new.
    fn verdict(&self) -> HubVerdict {
        let verdict = self.compliance.as_ref().and_then(|it| it.status_id);
        let is_open = matches!(self.status_id, None | Some(NEW | IN_PROGRESS));
        match verdict {
            Some(FAIL) if !is_open => HubVerdict::Settled,
            Some(FAIL) if self.severity_id == Some(INFORMATIONAL) => HubVerdict::Rated,
            Some(FAIL) => HubVerdict::Failed,
            Some(PASS) => HubVerdict::Passed,
            Some(_) | None => HubVerdict::Settled,
        }
    }

    fn functions(&self, home: &Home) -> Vec<FunctionResource> {
        self.resources.iter().flatten().filter_map(|resource| resource.function(home)).collect()
    }
}

impl Resource {
    /// By ARN, in either place, or by name, with Region and account beside it.
    fn function(&self, home: &Home) -> Option<FunctionResource> {
        let arns = [self.uid_alt.as_deref(), self.uid.as_deref()];
        let by_arn = |arn: &str| FunctionResource::parse_arn(arn).ok();
        if let Some(function) = arns.into_iter().flatten().find_map(by_arn) {
            return Some(function);
        }
        if self.kind.as_deref() != Some("AWS::Lambda::Function") {
            return None;
        }
        let account = self.owner.as_ref()?.account.as_ref()?.uid.as_deref()?;
        let there = Home {
            partition: home.partition.clone(),
            account: AccountId::parse(account).ok()?,
            region: self.region.clone()?,
        };
        FunctionResource::parse(&there, self.uid.as_deref()?, None).ok()
    }
}
