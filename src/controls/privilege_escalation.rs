//! `function.privilege-escalation`: the function's credentials make no undeclared call that raises what
//! somebody may do: writes of IAM, of the organization, of who may use a key; and they assume no role that
//! they never assumed.
//! Whose credentials they are is told by AWS (`inScopeOf`), else by a role session named after a
//! function whose execution role that is; never by the user agent.
//! Refuses to stop a function for a role alone that it assumes, beside no other sign: that is many functions'
//! job, and a new feature's first call looks the same.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

mod escalating;

pub(super) use escalating::{OF_IAM, is_assumption, is_escalation, severity};

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, TagValue, Trigger,
    behaviour::{self, Past},
    containment_reads,
};
use crate::{
    baseline::{Habit, Standing},
    event::{Event, FunctionCall},
    finding::{ControlId, Evidence, Severity},
    policy::ControlPolicy,
    remediation::TAG_PREFIX,
    state::{FunctionState, Read},
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::FunctionPrivilegeEscalation, triggers: &TRIGGERS, needs, judge };

const TRIGGERS: [Trigger; 5] = {
    let [calls, alias, code, configuration] = behaviour::TRIGGERS;
    [Trigger::IamCalls(OF_IAM), calls, alias, code, configuration]
};

fn needs(case: &Case<'_>) -> Needs {
    behaviour::needs(case, || match escalation(case.event) {
        None => Needs::NotConcerned,
        Some(call) if is_declared(case.policy, call) => Needs::Nothing,
        Some(call) if is_assumption(&call.api) => Needs::Reads(behaviour::reads(call)),
        Some(call) if contains(call) => Needs::Reads(containment_reads(&call.function)),
        Some(call) => Needs::Reads(vec![Read::Function(call.function.clone())]),
    })
}

/// The escalating call that credentials of a function seem to have made.
fn escalation(event: &Event) -> Option<&FunctionCall> {
    let call = event.call.as_ref().filter(|call| call.failure.is_none())?;
    // What a service does on its behalf is heard of IAM alone.
    let is_own = call.through.is_none() || call.api.starts_with("iam:");
    (is_own && is_escalation(&call.api)).then_some(call)
}

/// Whether the control policy declares that a call is its function's job.
pub(super) fn is_declared(policy: &ControlPolicy, call: &FunctionCall) -> bool {
    let declared = &policy.controls.function_privilege_escalation.parameters.declared;
    declared
        .iter()
        .any(|entry| entry.function.matches(&call.function) && entry.calls.contains(&call.api))
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(call) = escalation(case.event) else { return Vec::new() };
    let judgement = if is_declared(case.policy, call) {
        Judgement::Compliant
    } else if is_assumption(&call.api) {
        judge_assumption(case, call)
    } else {
        judge_escalation(case, call)
    };
    behaviour::of_call(CONTROL.id, call, judgement)
}

fn judge_escalation(case: &Case<'_>, call: &FunctionCall) -> Judgement {
    match case.state.functions.get(&call.function) {
        // Whose credentials they are AWS says: who locks the owner out does not hide that.
        None if call.certain && case.state.memory.locked_out.contains(&call.function) => {
            found(case, call)
        }
        None => Judgement::InsufficientData("the function was not read".to_owned()),
        Some(None) => Judgement::NotApplicable,
        Some(Some(live)) if is_of(case, call, live) => found(case, call),
        Some(Some(_)) => Judgement::NotApplicable,
    }
}

fn is_of(case: &Case<'_>, call: &FunctionCall, live: &FunctionState) -> bool {
    call.certain || case.event.actor.role.as_deref() == Some(live.role.as_str())
}

/// Whether the call alone contains its function: each of IAM's, and of others those that are critical.
fn contains(call: &FunctionCall) -> bool {
    call.api.starts_with("iam:") || severity(&call.api) == Some(Severity::Critical)
}

fn found(case: &Case<'_>, call: &FunctionCall) -> Judgement {
    let answer = match contains(call) {
        true => Response::Contain(Extent::WHOLE),
        false => Response::Notify(format!(
            "its credentials called `{}`: declare it for it if that is its job",
            call.api
        )),
    };
    let by = if call.certain { "userIdentity.inScopeOf" } else { "userIdentity.arn" };
    Judgement::NonCompliant(vec![
        Seen {
            evidence: Evidence::new("eventName", &call.api),
            subject: case.event.id.clone(),
            responses: vec![answer],
        },
        Seen {
            evidence: Evidence::new(by, &call.function.to_string()),
            subject: case.event.id.clone(),
            responses: vec![Response::Tag(format!("{TAG_PREFIX}incident"), TagValue::Incident)],
        },
    ])
}

/// A role that the function never assumed. Which it assumes is learned with all else that is usual, and a
/// role that was told does not become so by that.
fn judge_assumption(case: &Case<'_>, call: &FunctionCall) -> Judgement {
    behaviour::judged(case, call, |past| match past.is_learning() {
        true => Judgement::NotApplicable,
        false => judge_role(case, call, past),
    })
}

fn judge_role(case: &Case<'_>, call: &FunctionCall, past: &Past<'_>) -> Judgement {
    let Some(role) = call.assumes.as_ref().map(ToString::to_string) else {
        return Judgement::InsufficientData("the event does not say which role it is".to_owned());
    };
    let habit = Habit::Role(role.clone());
    let is_new = past.baseline.is_none_or(|baseline| {
        baseline.standing(&habit, &case.event.id, past.now) == Standing::New
            && !baseline.is_deployed_lately(past.now)
    });
    if !is_new {
        return Judgement::Compliant;
    }
    let why = format!(
        "its credentials assumed `{role}`, which they never did: declare `{}` for it if that is its job",
        call.api
    );
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new("roleArn", &role),
        subject: role,
        responses: vec![Response::Notify(why)],
    }])
}
