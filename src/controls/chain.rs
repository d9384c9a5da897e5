//! Findings that say little each and much together. A door that was opened, and somebody nobody declared
//! who came in: together they contain a function whose owner asked for it (`stop`). A change of what it
//! runs or may do by somebody who should not, and another sign on the same function: that contains it,
//! unless the other sign is an undeclared caller, whom a stranger can cause, and which takes the owner's
//! `stop` as well. What a stranger can cause never stops a function alone. Signs count together only if no
//! one call gives both.
//! What GuardDuty sees a stranger can cause too, but only of a function that fetches what others name; a
//! change or an escalation takes rights in IAM, so that it contains beside these. A door takes such rights as
//! well. But through one that is open a stranger comes in, and what GuardDuty sees afterwards may be no more
//! than that: it takes the owner's `stop`. A door that is opened on what GuardDuty has seen already is
//! nobody's who only came in.
//! What a function logs is what a stranger sent it at least as often as what it did: an attack in its log may
//! be one that failed. So it counts beside a change or an escalation, which no stranger makes, and beside
//! doors and undeclared callers, in whichever order they came, only with the owner's `stop`. Beside what
//! GuardDuty sees it counts nothing more: who can have a function fetch what they name writes to its log, too.

use super::{
    Assessment, Case, Extent, Judgement, Response, Seen, behaviour,
    privilege_escalation::is_assumption,
};
use crate::{
    event::Event,
    finding::{ControlId, Evidence, Requirement},
    policy::{DeclaredInvokers, Mode, Validity, Whom},
    resource::{FunctionArn, Resource},
};

/// A door was opened.
const DOORS: [ControlId; 3] = [
    ControlId::FunctionPolicyPublic,
    ControlId::FunctionPolicyUntrustedAccount,
    ControlId::FunctionPolicyDangerousAction,
];

/// Somebody came in.
const ENTRIES: [ControlId; 1] = [ControlId::InvocationUnauthorized];

/// What it runs was changed by somebody who does not deploy.
const CHANGE: ControlId = ControlId::ChangeUntrustedDeployer;

/// What it runs, or what that may do, was changed by somebody who should not.
const CHANGES: [ControlId; 2] = [CHANGE, ControlId::ExecutionRoleSwapped];

/// Its code need not be signed any more.
const UNSIGNED: ControlId = ControlId::CodeSigningWeakened;

/// Its credentials were used for more than its job.
const ESCALATION: ControlId = ControlId::FunctionPrivilegeEscalation;

/// It does what malware does.
const THREAT: ControlId = ControlId::GuarddutyLambdaFinding;

/// Its credentials are used as they never were: from elsewhere, or for what they are denied.
const MISUSES: [ControlId; 2] =
    [ControlId::FunctionAccessDeniedBurst, ControlId::FunctionStolenCredentials];

/// Its credentials call what they never called: that is told, makes others worse, and contains nothing.
const NOVELTY: ControlId = ControlId::FunctionFirstSeenApi;

/// Its log shows an attack, which may be one that failed.
const LOGGED: ControlId = ControlId::LogAttackSignature;

/// Whether a finding of `control` may say more together with another one.
pub fn is_link(control: ControlId) -> bool {
    DOORS.contains(&control)
        || ENTRIES.contains(&control)
        || CHANGES.contains(&control)
        || MISUSES.contains(&control)
        || [UNSIGNED, ESCALATION, THREAT, NOVELTY, LOGGED].contains(&control)
}

/// Whether something else than `ours` was found on the function lately that may say more together with it:
/// what anybody can cause who may invoke it does not count.
pub(super) fn is_beside_another(
    case: &Case<'_>,
    function: &FunctionArn,
    ours: &[ControlId],
) -> bool {
    let others = case.state.memory.recent.iter().filter(|one| !ours.contains(one));
    let by_anybody = |one: &ControlId| ENTRIES.contains(one) || *one == LOGGED;
    let mut others = others.filter(|one| is_link(**one) && !by_anybody(one));
    others.any(|one| is_enforced(case, *one, function))
}

/// Whether a finding of `control` by this event counts beside others later. A role that a function never
/// assumed does not: whoever it serves may bring that about.
pub fn is_remembered(event: &Event, control: ControlId) -> bool {
    let assumes = event.call.as_ref().is_some_and(|call| is_assumption(&call.api));
    is_link(control) && !(control == ESCALATION && assumes) && !is_weak(event, control)
}

/// Whether it is only told: credentials that are used from elsewhere with Lambda's mark may be the function's
/// own, in a network that is new.
fn is_weak(event: &Event, control: ControlId) -> bool {
    let marked = event.call.as_ref().is_some_and(|call| call.marked);
    control == ControlId::FunctionStolenCredentials && marked
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
        if is_weak(case.event, control) {
            continue;
        }
        // What one call shows is one sign, whichever controls say so.
        let is_of_call = |control: &ControlId| behaviour::CONTROLS.contains(control);
        let now = found.iter().filter(|(_, on)| on == function).map(|(control, _)| *control);
        let now = now.filter(|one| !(is_of_call(one) && is_of_call(&control)));
        let seen: Vec<ControlId> = now.chain(case.state.memory.recent.iter().copied()).collect();
        let both = |ours: &[ControlId], theirs: &[ControlId]| {
            ours.contains(&control) && theirs.iter().any(|one| seen.contains(one))
        };
        let by_entry = may_stop(case, function);
        let entered = by_entry && (both(&DOORS, &ENTRIES) || both(&ENTRIES, &DOORS));
        // Each counts as far as its own control may go: what is only told stops nothing.
        let beside = |ours: &[ControlId], theirs: &[ControlId]| {
            let counts =
                |one: &&ControlId| seen.contains(one) && is_enforced(case, **one, function);
            ours.contains(&control) && theirs.iter().any(|one| counts(&one))
        };
        let changed = beside(&CHANGES, &DOORS)
            || beside(&CHANGES, &[ESCALATION])
            || beside(&DOORS, &CHANGES)
            || beside(&[CHANGE], &[UNSIGNED])
            || beside(&[UNSIGNED], &[CHANGE])
            || beside(&CHANGES, &[THREAT])
            || beside(&[THREAT], &CHANGES)
            || beside(&[THREAT], &[ESCALATION])
            || beside(&[ESCALATION], &CHANGES)
            || beside(&[ESCALATION], &MISUSES)
            || beside(&MISUSES, &CHANGES)
            || beside(&CHANGES, &MISUSES)
            || beside(&MISUSES, &[ESCALATION, THREAT])
            || beside(&[THREAT], &MISUSES)
            // A door that is opened now, and not what comes in by one: see above.
            || beside(&DOORS, &[THREAT])
            || (by_entry && (beside(&CHANGES, &ENTRIES) || beside(&ENTRIES, &CHANGES)))
            || (by_entry && (beside(&[THREAT], &ENTRIES) || beside(&ENTRIES, &[THREAT])))
            || (by_entry && beside(&[THREAT], &DOORS))
            || beside(&[LOGGED], &[ESCALATION])
            || (by_entry && (beside(&CHANGES, &[LOGGED]) || beside(&[LOGGED], &CHANGES)))
            || (by_entry && (beside(&[LOGGED], &ENTRIES) || beside(&ENTRIES, &[LOGGED])))
            || (by_entry && (beside(&[LOGGED], &DOORS) || beside(&DOORS, &[LOGGED])));
        let chained = entered || changed;
        // What the chain was seen by is closed before the containment is through.
        let is_pursued = case.state.memory.pursued
            && is_link(control)
            && (by_entry || beside(&[control], &CHANGES) || beside(&DOORS, &[THREAT]));
        match &mut assessment.judgement {
            Judgement::NonCompliant(all) if chained => {
                if let Some(first) = all.first_mut() {
                    first.responses.push(Response::Contain(Extent::WHOLE));
                }
            }
            Judgement::Compliant if is_pursued => {
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

/// Whether findings of `control` on the function are answered, and neither left alone nor only told.
fn is_enforced(case: &Case<'_>, control: ControlId, function: &FunctionArn) -> bool {
    let (requirement, today) = (Requirement::Control(control), case.now.date());
    let live = case.state.functions.get(function).and_then(Option::as_ref);
    let resource = Resource::from(function.clone());
    let whom = Whom { resource: &resource, tags: live.and_then(|live| live.tags.as_ref()) };
    let excepted = case.policy.exception(&requirement, &resource, today);
    case.policy.reach(&requirement, &whom, today).mode == Mode::Enforce
        && excepted.is_none_or(|(_, validity)| validity == Validity::Expired)
}

fn may_stop(case: &Case<'_>, function: &FunctionArn) -> bool {
    let declared: &[DeclaredInvokers] =
        &case.policy.controls.invocation_unauthorized.parameters.functions;
    declared.iter().any(|entry| entry.stop && entry.function.matches(function))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_say_more_together_is_written_down_and_nothing_else() {
        let links: Vec<ControlId> =
            ControlId::ALL.into_iter().filter(|control| is_link(*control)).collect();
        let signs = [
            DOORS.as_slice(),
            &ENTRIES,
            &CHANGES,
            &MISUSES,
            &[UNSIGNED, ESCALATION, THREAT, NOVELTY, LOGGED],
        ]
        .concat();
        assert_eq!(links.len(), signs.len());
        assert!(signs.iter().all(|sign| links.contains(sign)));
    }
}
