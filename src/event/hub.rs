//! Findings of Security Hub, in both forms that it sends: ASFF and OCSF. Only its own checks of Lambda
//! are looked at: what others import under their own product says nothing here.
//! ASFF: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>;
//! OCSF: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-ocsf.html>,
//! <https://schema.ocsf.io/1.6.0/classes/compliance_finding>;
//! the events: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html>.

mod asff;
mod ocsf;

use super::{Event, EventError, Kind};
use crate::resource::{FunctionArn, FunctionResource, Home};
use serde::{Deserialize, de::DeserializeOwned};

/// What Security Hub says of one function by one of its controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFinding {
    /// The control as it is called across standards, such as `Lambda.1`.
    pub control: String,
    /// The function.
    pub function: FunctionArn,
    /// What is said.
    pub verdict: HubVerdict,
}

/// What Security Hub says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HubVerdict {
    /// The check failed, and nobody has settled it.
    Failed,
    /// The same, but somebody rates it as no issue (`INFORMATIONAL`).
    Rated,
    /// The check passed.
    Passed,
    /// Archived, suppressed or resolved, or no verdict at all.
    Settled,
}

/// A finding in either form, as far as it is looked at.
trait Form: DeserializeOwned {
    /// The names it has for the control, the best first.
    fn controls(&self) -> Vec<String>;
    /// Whether Security Hub itself checked.
    fn is_own_check(&self) -> bool;
    /// What it says.
    fn verdict(&self) -> HubVerdict;
    /// The functions it is about, as it writes them.
    fn functions(&self, home: &Home) -> Vec<FunctionResource>;
}

#[derive(Deserialize)]
struct Detail<F> {
    findings: Vec<F>,
}

/// Reads the `detail` of `Security Hub Findings - Imported`.
pub(super) fn asff(id: String, detail: &str, home: &Home) -> Result<Event, EventError> {
    read::<asff::Asff>(id, detail, home)
}

/// Reads the `detail` of `Findings Imported V2`.
pub(super) fn ocsf(id: String, detail: &str, home: &Home) -> Result<Event, EventError> {
    read::<ocsf::Ocsf>(id, detail, home)
}

fn read<F: Form>(id: String, detail: &str, home: &Home) -> Result<Event, EventError> {
    let detail: Detail<F> = serde_json::from_str(detail)
        .map_err(|source| EventError::Json { part: "detail", source })?;
    let mut findings: Vec<HubFinding> = Vec::new();
    for finding in &detail.findings {
        for one in of(finding, home) {
            let same = |known: &&mut HubFinding| {
                known.control == one.control && known.function == one.function
            };
            // Of several verdicts in one event the worst counts.
            match findings.iter_mut().find(same) {
                Some(known) => known.verdict = known.verdict.min(one.verdict),
                None => findings.push(one),
            }
        }
    }
    let kind = match findings.is_empty() {
        true => Kind::Ignored(
            "it is no finding of Security Hub's own on a function of this account and Region"
                .to_owned(),
        ),
        false => Kind::HubFindings(findings),
    };
    Ok(Event::told(id, kind))
}

fn of<F: Form>(finding: &F, home: &Home) -> Vec<HubFinding> {
    let controls = finding.controls();
    let control = controls.iter().find_map(|name| control(name));
    let Some(control) = control.filter(|_| finding.is_own_check()) else { return Vec::new() };
    let functions = finding.functions(home).into_iter().map(|resource| resource.function);
    functions
        .filter(|function| function.home() == *home)
        .map(|function| {
            let (control, verdict) = (control.clone(), finding.verdict());
            HubFinding { control, function, verdict }
        })
        .collect()
}

/// The control of Lambda that a name stands for: `Lambda.1` itself, or at the end of a path, with or
/// without the standard that it once belonged to. The PCI standard counted for itself:
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-changes-consolidation.html>.
fn control(name: &str) -> Option<String> {
    let last = name.rsplit('/').next().unwrap_or(name);
    if last == "PCI.Lambda.2" {
        return Some("Lambda.3".to_owned());
    }
    let own = last.strip_prefix("PCI.").unwrap_or(last);
    let number = own.strip_prefix("Lambda.")?;
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| own.to_owned())
}

/// Whether a product's ARN is that of Security Hub. Others import under the default product of their
/// account, or under a partner's:
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>.
fn is_security_hub(product: &str) -> bool {
    let Some((head, product)) = product.split_once("::") else { return false };
    head.starts_with("arn:aws")
        && head.contains(":securityhub:")
        && (product == "product/aws/securityhub" || product == "productv2/aws/securityhub")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_has_one_name_however_a_finding_calls_it() {
        for (name, want) in [
            ("Lambda.1", Some("Lambda.1")),
            ("security-control/Lambda.3", Some("Lambda.3")),
            ("aws-foundational-security-best-practices/v/1.0.0/Lambda.2", Some("Lambda.2")),
            ("pci-dss/v/3.2.1/PCI.Lambda.1", Some("Lambda.1")),
            ("PCI.Lambda.2", Some("Lambda.3")),
            ("S3.1", None),
            ("Lambda.x", None),
            ("Lambda.", None),
            ("Lambda.12345", None),
            ("lambda-finding", None),
            ("", None),
        ] {
            assert_eq!(control(name).as_deref(), want, "{name}");
        }
    }

    #[test]
    fn only_security_hub_itself_is_security_hub() {
        for (product, want) in [
            ("arn:aws:securityhub:us-east-1::product/aws/securityhub", true),
            ("arn:aws-cn:securityhub:cn-north-1::product/aws/securityhub", true),
            ("arn:aws:securityhub:us-east-1::productv2/aws/securityhub", true),
            ("arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default", false),
            ("arn:aws:securityhub:us-east-1::product/aws/guardduty", false),
            ("aws/securityhub", false),
        ] {
            assert_eq!(is_security_hub(product), want, "{product}");
        }
    }
}
