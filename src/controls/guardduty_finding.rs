//! `guardduty.lambda-finding`: GuardDuty sees no function talk to whom only malware talks to. What arrives
//! is not taken at its word, because a rule can send anything to its target: GuardDuty is asked again, and
//! its word of now counts. It is one finding however often it is sent; once it is archived there, what is
//! seen again has another id, and is another finding.
//! Refuses to stop a function for that alone, but for the types that the control policy names: a function
//! that fetches what strangers name can be brought to talk to anybody.
//! <https://docs.aws.amazon.com/guardduty/latest/ug/lambda-protection.html>

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, TagValue, Trigger,
    containment_reads,
};
use crate::{
    event::{Event, Kind, Threat, ThreatStanding},
    finding::{ControlId, Evidence},
    policy::{ControlPolicy, GuarddutyLambdaFinding, Pattern},
    remediation::TAG_PREFIX,
    resource::Arn,
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::GuarddutyLambdaFinding,
    triggers: &[Trigger::GuardDuty],
    needs,
    judge,
};

fn told(event: &Event) -> Option<(&Arn, &Threat)> {
    let Kind::Threat { finding, threat } = &event.kind else { return None };
    Some((finding, threat))
}

const fn parameters(policy: &ControlPolicy) -> &GuarddutyLambdaFinding {
    &policy.controls.guardduty_lambda_finding.parameters
}

fn is_one_of(threat: &Threat, types: &[Pattern]) -> bool {
    types.iter().any(|pattern| pattern.matches_text(&threat.kind))
}

/// The judgement that its type or its severity gives alone.
fn harmless(policy: &ControlPolicy, threat: &Threat) -> Option<Judgement> {
    let GuarddutyLambdaFinding { least_severity, ignored, .. } = parameters(policy);
    match is_one_of(threat, ignored) {
        true => Some(Judgement::NotApplicable),
        false => (threat.severity < *least_severity).then_some(Judgement::Compliant),
    }
}

fn needs(case: &Case<'_>) -> Needs {
    let Some((finding, threat)) = told(case.event) else { return Needs::NotConcerned };
    if harmless(case.policy, threat).is_some() {
        return Needs::Nothing;
    }
    let function = threat.function.clone();
    let mut reads = vec![Read::Threat(finding.clone()), Read::Function(function)];
    if is_one_of(threat, &parameters(case.policy).stop) {
        reads.extend(containment_reads(&threat.function));
    }
    Needs::Reads(reads)
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((finding, threat)) = told(case.event) else { return Vec::new() };
    let judgement = harmless(case.policy, threat)
        .or_else(|| unconfirmed(case, finding, threat))
        .unwrap_or_else(|| confirmed(case, finding));
    let (control, resource) = (CONTROL.id.into(), threat.function.clone().into());
    vec![Assessment { control, resource, judgement }]
}

/// Why it cannot be told, if GuardDuty does not say the same now.
fn unconfirmed(case: &Case<'_>, finding: &Arn, threat: &Threat) -> Option<Judgement> {
    let why = match case.state.threats.get(finding) {
        None => "what GuardDuty says of it now was not read",
        Some(None) => "GuardDuty knows of no such finding on a function",
        Some(Some(live)) if live.function != threat.function => {
            "GuardDuty found this on another function"
        }
        Some(Some(live)) => match live.standing {
            ThreatStanding::Active => return None,
            ThreatStanding::Archived => "it is archived in GuardDuty by now",
            ThreatStanding::Sample => "it is a sample: GuardDuty found nothing",
        },
    };
    Some(Judgement::InsufficientData(why.to_owned()))
}

fn confirmed(case: &Case<'_>, finding: &Arn) -> Judgement {
    let live = case.state.threats.get(finding).and_then(Option::as_ref);
    let Some(live) = live else { return Judgement::NotApplicable };
    if let Some(harmless) = harmless(case.policy, live) {
        return harmless;
    }
    match case.state.functions.get(&live.function) {
        // GuardDuty says that it is there: who locks the owner out does not hide that.
        None if case.state.memory.locked_out.contains(&live.function) => found(case, live),
        None => Judgement::InsufficientData("the function was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(_)) => found(case, live),
    }
}

fn found(case: &Case<'_>, live: &Threat) -> Judgement {
    let seen = |field: &str, value: &str, responses| Seen {
        evidence: Evidence::new(field, value),
        subject: case.event.id.clone(),
        responses,
    };
    Judgement::NonCompliant(vec![
        seen("type", &live.kind, responses(parameters(case.policy), live)),
        seen("severity", &live.severity.to_string(), Vec::new()),
        seen("finding", &case.event.id, Vec::new()),
    ])
}

fn responses(parameters: &GuarddutyLambdaFinding, live: &Threat) -> Vec<Response> {
    let mut all = Vec::new();
    if is_one_of(live, &parameters.stop) {
        all.push(Response::Contain(Extent::WHOLE));
    }
    if let Some(most) = parameters.cap {
        all.push(Response::Cap(most));
        all.push(Response::Tag(tag(&live.kind), TagValue::Incident));
    }
    if all.is_empty() {
        all.push(Response::Notify(LOOK.to_owned()));
    }
    all
}

const LOOK: &str = "look at whom the function talks to, and why: its code was changed, or it fetches \
                    what strangers name";

/// A tag for each type, so that another one is told, too. The keys of tags take few signs:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>.
fn tag(kind: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || ".:/-_".contains(c) { c } else { '-' };
    let kind: String = kind.chars().map(fits).take(LONGEST_KIND).collect();
    format!("{TAG_PREFIX}guardduty:{kind}")
}

/// A key has 128 characters at most.
const LONGEST_KIND: usize = 100;
