//! What the controls of a function's behaviour share: the call that its credentials made, whether they are
//! the function's, what of it is a habit, and what is remembered of it. A call that is usual costs no call
//! of AWS, and no write.
//! Refuses to learn what changes who may do what, whom others take the caller for, or what is recorded: of
//! these each is a sign, however often it is done.

use super::{
    Assessment, Case, Judgement, Needs, Trigger,
    privilege_escalation::{is_assumption, is_declared, is_escalation},
};
use crate::{
    baseline::{Baseline, Habit, Known, Seen, Sight, Subject},
    event::{Change, Event, Failure, FunctionCall, Kind, Part, Source},
    finding::ControlId,
    resource::FunctionArn,
    state::Read,
};
use time::OffsetDateTime;

/// The controls that remember what credentials of a function do.
pub(super) const CONTROLS: [ControlId; 5] = [
    ControlId::FunctionPrivilegeEscalation,
    ControlId::FunctionFirstSeenApi,
    ControlId::FunctionAccessDeniedBurst,
    ControlId::FunctionStolenCredentials,
    ControlId::FunctionDataExfiltration,
];

/// What they hear: calls, and deployments.
pub(super) const TRIGGERS: [Trigger; 4] = [
    Trigger::FunctionCalls,
    Trigger::LambdaCall("UpdateAlias"),
    Trigger::LambdaCall("UpdateFunctionCode"),
    Trigger::LambdaCall("UpdateFunctionConfiguration"),
];

/// The call that the function's credentials made, and no service with them. Most sessions have names that
/// could be functions': of changes, which are heard from everybody, only AWS's word counts.
pub(super) fn call(event: &Event) -> Option<&FunctionCall> {
    let is_told = |call: &&FunctionCall| call.certain || event.kind == Kind::FunctionCall;
    event.call.as_ref().filter(is_told).filter(|call| call.through.is_none())
}

/// What has to be read to judge a call: what is usual, and whose the role is, where AWS does not say whose
/// credentials they are.
pub(super) fn reads(call: &FunctionCall) -> Vec<Read> {
    let mut reads = vec![Read::Baseline(Subject::Calls(call.function.clone()))];
    if !call.certain {
        reads.push(Read::Function(call.function.clone()));
    }
    reads
}

/// Whether the credentials are the function's: AWS says so, or the session is named after it and of its
/// role. None where that was not read.
pub(super) fn is_of_function(case: &Case<'_>, call: &FunctionCall) -> Option<bool> {
    if call.certain {
        return Some(true);
    }
    let live = case.state.functions.get(&call.function)?.as_ref();
    Some(live.is_some_and(|live| case.event.actor.role.as_deref() == Some(live.role.as_str())))
}

/// What is known of a function's calls, and when this one was made.
pub(super) struct Past<'a> {
    pub known: &'a Known,
    pub baseline: Option<&'a Baseline>,
    pub now: OffsetDateTime,
}

impl Past<'_> {
    /// Whether it is still learned what is usual.
    pub fn is_learning(&self) -> bool {
        self.baseline.is_none_or(|baseline| baseline.is_learning(self.now))
    }
}

/// What is known of the function's calls; none where that was not read.
pub(super) fn past<'a>(case: &Case<'a>, function: &FunctionArn) -> Option<Past<'a>> {
    let known = case.state.baselines.get(&Subject::Calls(function.clone()))?;
    Some(Past { known, baseline: known.baseline.as_ref(), now: case.event.moment(case.now) })
}

/// The judgement of a call, by what the function's credentials usually do.
pub(super) fn judged(
    case: &Case<'_>,
    call: &FunctionCall,
    judge: impl FnOnce(&Past<'_>) -> Judgement,
) -> Judgement {
    let unread = |what: &str| Judgement::InsufficientData(format!("{what} was not read"));
    match (is_of_function(case, call), past(case, &call.function)) {
        (None, _) => unread("the function"),
        (Some(false), _) => Judgement::NotApplicable,
        (Some(true), None) => unread("what its credentials usually do"),
        (Some(true), Some(past)) => judge(&past),
    }
}

/// One judgement of one call.
pub(super) fn of_call(
    control: ControlId,
    call: &FunctionCall,
    judgement: Judgement,
) -> Vec<Assessment> {
    let resource = call.function.clone().into();
    vec![Assessment { control: control.into(), resource, judgement }]
}

/// Calls that are never usual: they change who may do what, whom others take the caller for, or what is
/// recorded.
pub(super) fn is_never_usual(api: &str) -> bool {
    let Some((service, name)) = api.split_once(':') else { return false };
    match service {
        "cloudtrail" | "guardduty" | "iam" | "organizations" | "securityhub" => true,
        "config" => !name.starts_with("Get") && !name.starts_with("Describe"),
        "logs" => ["Delete", "PutRetention", "PutSubscription"].iter().any(|w| name.starts_with(w)),
        "kms" => ["CreateGrant", "PutKeyPolicy", "ScheduleKeyDeletion"].contains(&name),
        "sts" => name.starts_with("AssumeRole") || name.ends_with("Token"),
        _ => false,
    }
}

/// What others may execute for a function that signed it, and tells no more than whose credentials they are: so
/// it logs in with services that are no part of AWS.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub(super) const RELAYED: &str = "sts:GetCallerIdentity";

/// Where the call came from, as a habit; none where somebody else may have sent what the function signed.
pub(super) fn place(event: &Event, call: &FunctionCall) -> Option<Habit> {
    if call.presigned {
        return None;
    }
    place_of(event.actor.endpoint.as_deref(), &event.actor.source)
}

/// The same, by what CloudTrail tells: a service of AWS comes from nowhere.
pub(super) fn place_of(endpoint: Option<&str>, source: &Source) -> Option<Habit> {
    match (endpoint, source) {
        (_, Source::Service(_)) => None,
        (Some(endpoint), _) => Some(Habit::Endpoint(endpoint.to_owned())),
        (None, Source::Address(address)) => Some(Habit::network(*address)),
        (None, Source::Unknown) => None,
    }
}

/// What the call itself is, as a habit.
pub(super) fn habit(call: &FunctionCall) -> Habit {
    match call.failure {
        Some(Failure::Denied) => Habit::Denied(call.api.clone()),
        Some(Failure::Other) | None => Habit::Call(call.api.clone()),
    }
}

/// Whether calls bear the mark of Lambda's runtimes, as a habit: runtimes of one's own never set it, and some
/// libraries do not.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
pub(super) const fn mark(marked: bool) -> Habit {
    if marked { Habit::Marked } else { Habit::Unmarked }
}

/// What a call shows of what is usual. Where it comes from counts once it bears Lambda's mark, or while it
/// is learned.
fn sights(event: &Event, call: &FunctionCall, past: &Past<'_>) -> Vec<Sight> {
    let is_learning = past.is_learning();
    let is_young = past.baseline.is_none_or(|baseline| baseline.is_young(past.now));
    let is_usual = |place: &Habit| past.baseline.is_some_and(|all| all.is_usual(place, past.now));
    let place = place(event, call).filter(|_| call.api != RELAYED);
    let is_at_home = place.as_ref().is_some_and(is_usual);
    let denied = call.failure == Some(Failure::Denied);
    let itself = Sight { habit: habit(call), may_be_usual: denied || !is_never_usual(&call.api) };
    let place = place.map(|habit| Sight { habit, may_be_usual: call.marked || is_young });
    let role = call.assumes.as_ref().filter(|_| call.failure.is_none());
    let role = role.map(|role| Sight { habit: Habit::Role(role.to_string()), may_be_usual: true });
    // From where it usually calls, whatever calls is the function.
    let mark = mark(call.marked);
    let is_told = (is_learning || is_at_home) && !call.presigned;
    let mark = is_told.then_some(Sight { habit: mark, may_be_usual: true });
    [Some(itself), place, role, mark].into_iter().flatten().collect()
}

/// What is to be remembered of the event, if that is something new: what the call shows, or that somebody
/// trusted deployed new code.
pub(super) fn observed(case: &Case<'_>) -> Option<(Subject, Baseline)> {
    if let Some(function) = deployed(case) {
        let past = past(case, function)?;
        let next = past.baseline?.deploy(past.now).filter(|_| !past.known.closed);
        return Some((Subject::Calls(function.clone()), next?));
    }
    // Who raises what somebody may do teaches nothing, not even where that was done from.
    let is_innocent = |call: &&FunctionCall| {
        let is_escalation = is_escalation(&call.api) && !is_assumption(&call.api);
        !is_escalation || is_declared(case.policy, call)
    };
    let call = call(case.event).filter(is_innocent).filter(|call| !call.presigned)?;
    if is_of_function(case, call) != Some(true) {
        return None;
    }
    let past = past(case, &call.function)?;
    let sights = sights(case.event, call, &past);
    let known = past.baseline.cloned().unwrap_or_else(|| Baseline::begin(past.now));
    let counted = past.known.counted.saturating_add(1);
    let limit = case.policy.controls.function_data_exfiltration.parameters.limit();
    let reads = call.reads_object().then(|| (past.known.read.and_one(past.now), limit));
    let (event, now, closed) = (case.event.id.as_str(), past.now, past.known.closed);
    let seen = Seen { sights: &sights, event, now, closed, counted, reads };
    Some((Subject::Calls(call.function.clone()), known.observe(&seen)?))
}

/// The function that somebody trusted deployed: its code, what its code rests on, or which version is invoked.
pub(super) fn deployed<'a>(case: &Case<'a>) -> Option<&'a FunctionArn> {
    let (function, is_one) = match &case.event.kind {
        Kind::CodeChange { function } => (function, true),
        Kind::FunctionChange { function } => {
            let parts = [Part::Environment, Part::Layers];
            let names = |change: &Change| parts.iter().any(|part| change.names.contains(part));
            (function, case.event.change.as_ref().is_some_and(names))
        }
        _ => return None,
    };
    let is_trusted = super::is_accepted(case.policy, &case.event.actor);
    (is_one && is_trusted).then_some(function)
}

/// What a control of calls needs: of a deployment, the baseline that it opens.
pub(super) fn needs(case: &Case<'_>, of_call: impl FnOnce() -> Needs) -> Needs {
    match deployed(case) {
        Some(function) => Needs::Reads(vec![Read::Baseline(Subject::Calls(function.clone()))]),
        None => of_call(),
    }
}
