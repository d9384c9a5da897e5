//! `security-hub.failed`: Security Hub's checks of Lambda pass. Its findings come in two forms, and one
//! finding comes again and again: it is the control and the function that make it the same.
//! `Lambda.1`, public access, is not taken at its word: the controls of resource policies look at every
//! live policy of the function too.
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html>

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, TagValue, Trigger};
use crate::{
    event::{Event, HubFinding, HubVerdict, Kind},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    remediation::TAG_PREFIX,
    resource::FunctionArn,
    state::Read,
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::SecurityHubFailed, triggers: &[Trigger::SecurityHub], needs, judge };

/// "Lambda function policies should prohibit public access".
const PUBLIC_ACCESS: &str = "Lambda.1";

/// The functions whose policies a failed check asks to look at. Looking harms nobody, so that somebody
/// who rated the finding as no issue does not keep Cordon from it.
pub(super) fn public_access(event: &Event) -> impl Iterator<Item = &FunctionArn> {
    findings(event)
        .iter()
        .filter(|one| one.control == PUBLIC_ACCESS)
        .filter(|one| matches!(one.verdict, HubVerdict::Failed | HubVerdict::Rated))
        .map(|one| &one.function)
}

fn findings(event: &Event) -> &[HubFinding] {
    let Kind::HubFindings(findings) = &event.kind else { return &[] };
    findings
}

/// Those that are not ignored.
fn looked_at<'a>(policy: &ControlPolicy, event: &'a Event) -> Vec<&'a HubFinding> {
    let ignored = &policy.controls.security_hub_failed.parameters.ignored;
    findings(event).iter().filter(|one| !ignored.contains(&one.control)).collect()
}

fn needs(case: &Case<'_>) -> Needs {
    let findings = looked_at(case.policy, case.event);
    if findings.is_empty() {
        return Needs::NotConcerned;
    }
    let failed = findings.iter().filter(|one| one.verdict == HubVerdict::Failed);
    let reads: Vec<Read> = failed.map(|one| Read::Function(one.function.clone())).collect();
    if reads.is_empty() { Needs::Nothing } else { Needs::Reads(reads) }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let findings = looked_at(case.policy, case.event);
    let assess = |finding: &HubFinding| Assessment {
        control: ControlId::SecurityHubFailed.into(),
        resource: finding.function.clone().into(),
        judgement: judge_one(case, finding),
    };
    findings.into_iter().map(assess).collect()
}

fn judge_one(case: &Case<'_>, finding: &HubFinding) -> Judgement {
    match (finding.verdict, case.state.functions.get(&finding.function)) {
        (HubVerdict::Passed, _) => Judgement::Compliant,
        (HubVerdict::Settled | HubVerdict::Rated, _) => Judgement::NotApplicable,
        (HubVerdict::Failed, None) => {
            Judgement::InsufficientData("the function was not read".to_owned())
        }
        (HubVerdict::Failed, Some(None)) => Judgement::NotApplicable,
        (HubVerdict::Failed, Some(Some(_))) => {
            let key = format!("{TAG_PREFIX}security-hub:{}", finding.control);
            Judgement::NonCompliant(vec![Seen {
                evidence: Evidence::new("SecurityControlId", &finding.control),
                subject: finding.control.clone(),
                responses: vec![Response::Tag(key, TagValue::Incident)],
            }])
        }
    }
}
