//! Findings that say little each and much together: a door that was opened, and somebody nobody
//! declared who came in. A stranger alone can cause neither the first nor both, so that together
//! they contain a function whose owner asked for it (`stop`).

use super::{Assessment, Case, Extent, Judgement, Response, Seen};
use crate::{
    finding::{ControlId, Evidence},
    policy::DeclaredInvokers,
    resource::FunctionArn,
};

/// A door was opened.
const DOORS: [ControlId; 3] = [
    ControlId::FunctionPolicyPublic,
    ControlId::FunctionPolicyUntrustedAccount,
    ControlId::FunctionPolicyDangerousAction,
];

/// Somebody came in.
const ENTRIES: [ControlId; 1] = [ControlId::InvocationUnauthorized];

/// Whether a finding of `control` may say more together with another one.
pub(crate) fn is_link(control: ControlId) -> bool {
    DOORS.contains(&control) || ENTRIES.contains(&control)
}

/// Makes the findings stronger that another one, of now or of lately, stands beside.
pub(super) fn strengthen(case: &Case<'_>, assessments: &mut [Assessment]) {
    let found: Vec<(ControlId, FunctionArn)> = assessments
        .iter()
        .filter(|one| matches!(one.judgement, Judgement::NonCompliant(_)))
        .filter_map(|one| Some((one.control.control()?, one.resource.function()?.clone())))
        .collect();
    for assessment in assessments {
        let Some(control) = assessment.control.control() else { continue };
        let Some(function) = assessment.resource.function() else { continue };
        let now = found.iter().filter(|(_, on)| on == function).map(|(control, _)| *control);
        let seen: Vec<ControlId> = now.chain(case.state.memory.recent.iter().copied()).collect();
        let both = |ours: &[ControlId], theirs: &[ControlId]| {
            ours.contains(&control) && theirs.iter().any(|one| seen.contains(one))
        };
        let chained = both(&DOORS, &ENTRIES) || both(&ENTRIES, &DOORS);
        if !may_stop(case, function) {
            continue;
        }
        match &mut assessment.judgement {
            Judgement::NonCompliant(all) if chained => {
                if let Some(first) = all.first_mut() {
                    first.responses.push(Response::Contain(Extent::WHOLE));
                }
            }
            // What the chain was seen by is closed before the containment is through.
            Judgement::Compliant if case.state.memory.pursued && is_link(control) => {
                assessment.judgement = Judgement::NonCompliant(vec![Seen {
                    evidence: Evidence::new("chain", "closed, and its containment goes on"),
                    subject: case.event.id.clone(),
                    responses: vec![Response::Contain(Extent::WHOLE)],
                }]);
            }
            Judgement::NonCompliant(_)
            | Judgement::Compliant
            | Judgement::NotApplicable
            | Judgement::InsufficientData(_) => {}
        }
    }
}

fn may_stop(case: &Case<'_>, function: &FunctionArn) -> bool {
    let declared: &[DeclaredInvokers] =
        &case.policy.controls.invocation_unauthorized.parameters.functions;
    declared.iter().any(|entry| entry.stop && entry.function.matches(function))
}
