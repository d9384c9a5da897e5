//! The pure core: what is to be done about an event, given the control policy, the live state and
//! the day. No clock, no AWS, no journal. Only this module can make an [`Approved`] remediation,
//! and only approved ones can be journaled and applied.

mod plan;
mod policy_edits;
mod rewritten;

pub use rewritten::{After, Rewritten, rewritten};

use crate::{
    controls::{self, Assessment, Case, Judgement, Response, Triage},
    event::Event,
    finding::{Compliance, ControlId, Evaluation, Finding, fingerprint},
    policy::{ControlPolicy, Mode},
    remediation::{Planned, Withheld},
    resource::{FunctionArn, FunctionResource},
    state::State,
};
use time::Date;

/// What this installation may do.
#[derive(Debug, Clone)]
pub struct Remit<'a> {
    /// The control policy.
    pub policy: &'a ControlPolicy,
    /// No control goes further than this, whatever its own mode.
    pub ceiling: Mode,
    /// Cordon's own function, which it never acts on.
    pub itself: Option<FunctionArn>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The incident this would open: the same event and function give the same one.
    pub incident: String,
    /// Every control held against every resource it concerns.
    pub evaluations: Vec<Evaluation>,
    /// What answers the findings, in the order it is to be done, withheld ones included.
    pub plan: Vec<Planned>,
}

/// A remediation that may be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved(Planned);

impl Approved {
    /// What was planned.
    pub fn planned(&self) -> &Planned {
        &self.0
    }
}

impl Decision {
    /// What may be applied, in order.
    pub fn approved(&self) -> Vec<Approved> {
        self.plan.iter().filter(|p| p.withheld.is_none()).cloned().map(Approved).collect()
    }

    /// The findings.
    pub fn findings(&self) -> impl Iterator<Item = (&Evaluation, &Finding)> {
        self.evaluations.iter().filter_map(|evaluation| match &evaluation.compliance {
            Compliance::NonCompliant(finding) => Some((evaluation, finding)),
            Compliance::Compliant | Compliance::NotApplicable | Compliance::InsufficientData(_) => {
                None
            }
        })
    }
}

/// Decides. `state` holds what [`controls::triage`] asked for; `today` is the day in UTC.
pub fn decide(
    remit: &Remit<'_>,
    event: &Event,
    triage: &Triage,
    state: &State,
    today: Date,
) -> Decision {
    let case = Case::new(remit.policy, event, state);
    let assessments = controls::judge(&case, &triage.controls);
    let incident = incident(event, &assessments);
    let mut planner = plan::Planner::new(state, &incident);
    let evaluations = assessments
        .into_iter()
        .map(|assessment| evaluate(remit, assessment, state, today, &mut planner))
        .collect::<Vec<_>>();
    let (plan, failed) = planner.finish();
    let evaluations = failed.into_iter().fold(evaluations, note);
    Decision { incident, evaluations, plan }
}

fn incident(event: &Event, assessments: &[Assessment]) -> String {
    let function = assessments.first().map(|a| a.resource.function.to_string()).unwrap_or_default();
    format!("inc-{}", fingerprint(&[&event.id, &function]))
}

fn evaluate(
    remit: &Remit<'_>,
    assessment: Assessment,
    state: &State,
    today: Date,
    planner: &mut plan::Planner<'_>,
) -> Evaluation {
    let Assessment { control, resource, judgement } = assessment;
    let compliance = match judgement {
        Judgement::Compliant => Compliance::Compliant,
        Judgement::NotApplicable => Compliance::NotApplicable,
        Judgement::InsufficientData(why) => Compliance::InsufficientData(why),
        Judgement::NonCompliant(all_seen) => {
            let mut evidence = Vec::new();
            let mut unanswered = Vec::new();
            let mut subjects = Vec::new();
            for seen in all_seen {
                let mark = mark(control, &resource, &seen.subject);
                for response in seen.responses {
                    let proposal = plan::Proposal {
                        control,
                        resource: &resource,
                        mode: remit.policy.mode(control).min(remit.ceiling),
                        withheld: withheld(
                            remit, control, &resource, &response, state, &mark, today,
                        ),
                        mark: mark.clone(),
                    };
                    unanswered.extend(planner.propose(proposal, response));
                }
                evidence.push(seen.evidence);
                subjects.push(seen.subject);
            }
            subjects.sort_unstable();
            let id = mark(control, &resource, &subjects.join("\n"));
            let severity = remit.policy.severity(control);
            Compliance::NonCompliant(Finding { id, severity, evidence, unanswered })
        }
    };
    Evaluation { control, resource, compliance }
}

/// What makes one thing seen the same when it is seen again: the unit of a hold.
fn mark(control: ControlId, resource: &FunctionResource, subject: &str) -> String {
    fingerprint(&[control.as_str(), &resource.to_string(), subject])
}

/// Why a response is not to be given, the most particular reason first.
fn withheld(
    remit: &Remit<'_>,
    control: ControlId,
    resource: &FunctionResource,
    response: &Response,
    state: &State,
    mark: &str,
    today: Date,
) -> Option<Withheld> {
    let function = &resource.function;
    if remit.itself.as_ref() == Some(function) {
        return Some(Withheld::Itself);
    }
    if let Some(exception) = remit.policy.exception(control, function, today) {
        let owner = exception.owner.clone();
        return Some(Withheld::Exception { owner, expires: exception.expires.to_string() });
    }
    if state.held.contains(mark) {
        return Some(Withheld::Held);
    }
    if matches!(response, Response::Stop) && remit.policy.protects(function) {
        return Some(Withheld::Protected);
    }
    (remit.policy.mode(control).min(remit.ceiling) != Mode::Enforce).then_some(Withheld::DryRun)
}

/// Adds what could not be planned after all to the finding it belongs to.
fn note(mut evaluations: Vec<Evaluation>, failed: plan::Failed) -> Vec<Evaluation> {
    for evaluation in &mut evaluations {
        if evaluation.resource == failed.resource
            && failed.controls.contains(&evaluation.control)
            && let Compliance::NonCompliant(finding) = &mut evaluation.compliance
        {
            finding.unanswered.push(failed.reason.clone());
        }
    }
    evaluations
}
