//! `containment.undone`: what a containment turned stays so until it is restored. Looked at when
//! somebody turns such a setting, and again a while after every containment.
//! Names: <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>.

use super::{Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, Trigger, did_it};
use crate::{
    event::Kind,
    finding::{ControlId, Evidence, Requirement},
    remediation::{Remediation, Stand},
    state::{Contained, Read},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::ContainmentUndone,
    triggers: &[
        Trigger::LambdaCall("DeleteFunctionConcurrency"),
        Trigger::LambdaCall("DeleteFunctionEventInvokeConfig"),
        Trigger::LambdaCall("PutFunctionConcurrency"),
        Trigger::LambdaCall("PutFunctionEventInvokeConfig"),
        Trigger::LambdaCall("PutFunctionScalingConfig"),
        Trigger::LambdaCall("PutProvisionedConcurrencyConfig"),
        Trigger::LambdaCall("UpdateEventSourceMapping"),
        Trigger::LambdaCall("UpdateFunctionEventInvokeConfig"),
        Trigger::RolePolicies,
        Trigger::SecondLook,
    ],
    needs,
    judge,
};

fn needs(case: &Case<'_>) -> Needs {
    match &case.event.kind {
        Kind::SettingChange { function } | Kind::SecondLook { function, .. } => {
            Needs::Reads(vec![Read::Containment(function.clone())])
        }
        Kind::IamCall { incident: Some(incident), .. } => {
            Needs::Reads(vec![Read::ContainmentOf(incident.clone())])
        }
        _ => Needs::NotConcerned,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let control = Requirement::Control(ControlId::ContainmentUndone);
    let Some(contained) = &case.state.memory.contained else {
        // Nothing is contained, or nobody could look.
        let Some(function) = case.event.function() else { return Vec::new() };
        let looked = case.state.read.contains(&Read::Containment(function.clone()));
        let judgement = match looked {
            true => Judgement::NotApplicable,
            false => Judgement::InsufficientData("the containment was not read".to_owned()),
        };
        return vec![Assessment { control, resource: function.clone().into(), judgement }];
    };
    let judgement = judge_contained(case, contained);
    vec![Assessment { control, resource: contained.function.clone().into(), judgement }]
}

fn judge_contained(case: &Case<'_>, contained: &Contained) -> Judgement {
    let released =
        did_it(case.event, &case.policy.controls.containment_undone.parameters.break_glass);
    let mut seen: Vec<Seen> = contained
        .standing
        .iter()
        .filter_map(|(remediation, stand)| Some((remediation, found(stand)?)))
        .map(|(remediation, found)| Seen {
            evidence: Evidence::new(remediation.name(), found),
            subject: remediation.id(),
            responses: match released {
                true => {
                    vec![Response::Release(remediation.clone()), Response::Notify(BROKEN.into())]
                }
                false => vec![answer(remediation, found)],
            },
        })
        .collect();
    if !released && runs_again(case, contained) {
        seen.push(Seen {
            evidence: Evidence::new("reservedConcurrency", "not 0, and nobody put it back"),
            subject: contained.incident.clone(),
            responses: vec![Response::Contain(Extent::WHOLE)],
        });
    }
    if seen.is_empty() { Judgement::Compliant } else { Judgement::NonCompliant(seen) }
}

/// Whether the function may run although nothing that the containment turned says so: it was stopped
/// already when it was contained, or is another one of the same name, or locks Cordon out.
fn runs_again(case: &Case<'_>, contained: &Contained) -> bool {
    let function = &contained.function;
    let live = case.state.functions.get(function).and_then(Option::as_ref);
    let runs =
        live.is_some_and(|live| !live.on_managed_instances && live.reserved_concurrency != Some(0));
    case.state.memory.locked_out.contains(function)
        || (runs && contained.stops && !contained.stopped_it)
}

const BROKEN: &str = "undone by a break-glass principal, so that it is left so";

/// What stands in a setting that is not as it was left.
fn found(stand: &Stand) -> Option<&str> {
    match stand {
        Stand::After | Stand::Gone => None,
        Stand::Before => Some("as it was before the containment"),
        Stand::Partly => Some("undone in part"),
        Stand::Other(found) => Some(found),
    }
}

/// It is applied again. What somebody wrote into a resource policy the controls of resource policies
/// judge for themselves: what was removed once may not be all that is in it now.
fn answer(remediation: &Remediation, found: &str) -> Response {
    match remediation {
        Remediation::ReplaceResourcePolicy(replacement) => Response::Notify(format!(
            "the resource policy of {} is {found}: its own controls judge it",
            replacement.resource
        )),
        Remediation::RestoreRole(restore) => Response::Notify(format!(
            "{} is {found}: its own control judges it",
            restore.resource()
        )),
        // A deployer may have chosen something else since.
        Remediation::RestoreConfiguration { function, .. } => Response::Notify(format!(
            "{} on {function} is {found}: its own control judges it",
            remediation.name()
        )),
        Remediation::RedirectFailures { .. }
        | Remediation::RemoveDeadLetterTarget { .. }
        | Remediation::DisableMapping { .. }
        | Remediation::DenyRole { .. }
        | Remediation::BoundRole { .. }
        | Remediation::SuspendAutoScaling { .. }
        | Remediation::DeleteProvisionedConcurrency { .. }
        | Remediation::StopFunction { .. }
        | Remediation::CapConcurrency { .. }
        | Remediation::StopInstances { .. }
        | Remediation::PauseExecution { .. }
        | Remediation::HardenFunctionUrl { .. }
        | Remediation::SwitchRule { .. }
        | Remediation::Watch(_)
        | Remediation::RemoveDestinations { .. }
        | Remediation::RemoveMappingDestination { .. }
        | Remediation::UnshareLayer { .. }
        | Remediation::DeactivateAccessKey { .. }
        | Remediation::TagFunction { .. } => Response::Apply(remediation.clone()),
    }
}
