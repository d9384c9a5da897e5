//! `event-source.retargeted`: an event source mapping goes on invoking what it invoked. Whoever may
//! change that gets every record of a queue or stream, and the function it is taken from none. The
//! finding is about the function that lost it: the one it goes to is whoever's choice who took it,
//! and with it the scopes and exceptions that would be looked at. What is put back is what somebody
//! trusted chose, of this account and Region, if it is still there.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger,
    changed::{UNKNOWN, found_on, may_lead},
};
use crate::{
    event::{Event, MappingChange, Route},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    resource::{FunctionArn, FunctionResource, Resource},
    setting::PutBack,
    state::{Lesson, MappingSnapshot, MappingState, Read},
};
use time::OffsetDateTime;

pub(super) const CONTROL: Control = Control {
    id: ControlId::EventSourceRetargeted,
    triggers: &[
        Trigger::LambdaCall("CreateEventSourceMapping"),
        Trigger::LambdaCall("UpdateEventSourceMapping"),
    ],
    needs,
    judge,
};

/// A change of a mapping, and whether whoever made it is trusted.
struct Retarget<'a> {
    change: &'a MappingChange,
    /// The function that it invokes after it.
    function: &'a FunctionArn,
    at: Option<OffsetDateTime>,
    accepted: bool,
}

impl Retarget<'_> {
    /// Whether it may have taken the mapping from a function.
    const fn is_judged(&self) -> bool {
        self.change.names && !self.change.makes && !self.accepted
    }
}

fn retarget<'a>(policy: &ControlPolicy, event: &'a Event) -> Option<Retarget<'a>> {
    let (route, function) = (event.route.as_ref()?, event.function()?);
    let Route::Mapping(change) = &route.of else { return None };
    let accepted = may_lead(policy, &event.actor);
    Some(Retarget { change, function, at: route.at, accepted })
}

fn needs(case: &Case<'_>) -> Needs {
    let Some(retarget) = retarget(case.policy, case.event) else { return Needs::NotConcerned };
    let (mapping, function) = (retarget.change.mapping.clone(), retarget.function.clone());
    Needs::Reads(vec![match retarget.is_judged() {
        true => Read::Mapping(mapping, function),
        false => Read::KnownMapping(mapping, function),
    }])
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(retarget) = retarget(case.policy, case.event) else { return Vec::new() };
    let now = || Resource::from(retarget.function.clone());
    let (resource, judgement) = match retarget.is_judged() {
        true => judge_target(case, &retarget),
        false if retarget.change.names => (now(), Judgement::Compliant),
        false => (now(), Judgement::NotApplicable),
    };
    vec![Assessment { control: ControlId::EventSourceRetargeted.into(), resource, judgement }]
}

/// The judgement, and what it is about: what lost the mapping, as far as that is known.
fn judge_target(case: &Case<'_>, retarget: &Retarget<'_>) -> (Resource, Judgement) {
    let untold =
        |why: &str| (retarget.function.clone().into(), Judgement::InsufficientData(why.to_owned()));
    let Some(state) = case.state.mappings.get(&retarget.change.mapping) else {
        return untold("the event source mapping was not read");
    };
    let Some(before) = state.known.before(&case.event.id) else { return untold(UNKNOWN) };
    let Some(told) = &retarget.change.function else {
        return untold("the event does not tell what the mapping invokes");
    };
    let judgement = match &state.live {
        _ if before.function == *told => Judgement::Compliant,
        None => return untold("the event source mapping was not read"),
        Some(None) => Judgement::NotApplicable,
        Some(Some(live)) if live == told => {
            Judgement::NonCompliant(vec![seen(case, retarget, state, before, live)])
        }
        Some(Some(_)) => Judgement::NonCompliant(vec![back(retarget, told)]),
    };
    (before.function.clone().into(), judgement)
}

/// Somebody has led it elsewhere since: what came by it meanwhile went to another one.
fn back(retarget: &Retarget<'_>, told: &FunctionResource) -> Seen {
    let id = &retarget.change.id;
    let why = "it invoked this for a time, and has been led elsewhere since";
    Seen {
        evidence: Evidence::new(format!("event source mapping {id}"), &told.to_string()),
        subject: format!("{id} {told}"),
        responses: vec![Response::Notify(why.to_owned())],
    }
}

fn seen(
    case: &Case<'_>,
    retarget: &Retarget<'_>,
    state: &MappingState,
    before: &MappingSnapshot,
    live: &FunctionResource,
) -> Seen {
    let id = &retarget.change.id;
    let now = format!("{live}; before: {}", before.function);
    let evidence = Evidence::new(format!("event source mapping {id}"), &now);
    let put_back = put_back(case, retarget, state, before).map(|back| PutBack::Mapping {
        id: id.clone(),
        stood: live.clone(),
        back,
    });
    let subject = format!("{id} {live}");
    let control = ControlId::EventSourceRetargeted;
    found_on(&before.function.function, control, evidence, subject, put_back)
}

/// What it invoked before, if somebody trusted chose that, and it is still there.
fn put_back(
    case: &Case<'_>,
    retarget: &Retarget<'_>,
    state: &MappingState,
    before: &MappingSnapshot,
) -> Result<FunctionResource, String> {
    let back = &before.function;
    if back.function.home() != retarget.function.home() {
        return Err(format!("`{back}` is not of this account and Region"));
    }
    if !before.chosen {
        return Err(format!("nobody who is trusted had it invoke `{back}`"));
    }
    // What this very event began to contain is carried through.
    if state.known.contained && !case.state.memory.unfinished {
        return Err("the function is contained, and is not to get events again".to_owned());
    }
    match state.missing {
        Some(false) => Ok(back.clone()),
        Some(true) => Err(format!("`{back}` is gone")),
        None => Err(format!("whether `{back}` is still there could not be read")),
    }
}

/// What is to be remembered of the mapping that the event changed; none if that is nothing new, or the
/// change is older than what is remembered. While something goes on with one of its functions, what a
/// deployer chooses is compared with from then on, and neither that nor what was there before is put back.
pub(super) fn lesson(case: &Case<'_>) -> Option<Lesson> {
    let retarget = retarget(case.policy, case.event)?;
    let change = retarget.change;
    let known = &case.state.mappings.get(&change.mapping)?.known;
    let chosen = retarget.accepted && change.names;
    let is_learned = chosen || (known.before.is_none() && !known.closed);
    if !is_learned || !known.is_later(&case.event.id, retarget.at) {
        return None;
    }
    let chosen = chosen && !known.closed;
    let next = MappingSnapshot { function: change.function.clone()?, chosen };
    let is_new = known.before.as_ref() != Some(&next);
    is_new.then(|| Lesson::Mapping(change.mapping.clone(), next))
}
