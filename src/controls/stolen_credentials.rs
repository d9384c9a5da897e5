//! `function.stolen-credentials`: credentials that were issued to a function are used from where it runs.
//! A network that the function never called from is one sign, whoever calls from it: what runs outside a
//! VPC has many. With it counts that the call does not bear the mark of Lambda's runtimes where the function's
//! calls do, that it is of an
//! API that the function never called, that the same key is used from where the function runs as well, and
//! what else was found on the function lately. Two signs are told; without the mark and beside one more the
//! credentials are revoked.
//! Refuses to take the mark for more than the lack of a sign: anybody can type it. Two addresses alone prove
//! nothing, because sandboxes of one function may share a key.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen,
    behaviour::{self, Past},
    chain,
    origin::{Origin, origin},
    privilege_escalation::is_declared,
};
use crate::{
    baseline::{Baseline, Habit, Standing},
    event::{Failure, FunctionCall},
    finding::{ControlId, Evidence},
    policy::FunctionStolenCredentials,
    state::{KeyUse, Read},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionStolenCredentials,
    triggers: &behaviour::TRIGGERS,
    needs,
    judge,
};

/// A call from a place.
struct Used<'a> {
    call: &'a FunctionCall,
    place: Habit,
    /// The place is declared.
    inside: bool,
}

fn used<'a>(case: &Case<'a>) -> Option<Used<'a>> {
    let call = behaviour::call(case.event)?;
    let place = behaviour::place(case.event, call)?;
    let inside = matches!(origin(&parameters(case).networks, &case.event.actor), Origin::Inside);
    Some(Used { call, place, inside })
}

fn parameters<'a>(case: &Case<'a>) -> &'a FunctionStolenCredentials {
    &case.policy.controls.function_stolen_credentials.parameters
}

fn needs(case: &Case<'_>) -> Needs {
    behaviour::needs(case, || match used(case) {
        None => Needs::NotConcerned,
        Some(Used { inside: true, .. }) => Needs::Nothing,
        Some(Used { call, .. }) => Needs::Reads(behaviour::reads(call)),
    })
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(used) = used(case) else { return Vec::new() };
    let judgement = match used.inside {
        true => Judgement::Compliant,
        false => behaviour::judged(case, used.call, |past| judge_place(case, &used, past)),
    };
    behaviour::of_call(CONTROL.id, used.call, judgement)
}

fn judge_place(case: &Case<'_>, used: &Used<'_>, past: &Past<'_>) -> Judgement {
    // A place needs no fifty calls: a week tells where a function runs.
    let Some(baseline) = past.baseline.filter(|baseline| !baseline.is_young(past.now)) else {
        return Judgement::NotApplicable;
    };
    if baseline.is_usual(&used.place, past.now) {
        return Judgement::Compliant;
    }
    let unmarked = lacks_mark(used.call, past);
    let others = signs(case, used, past, unmarked);
    let is_new = baseline.standing(&used.place, &case.event.id, past.now) == Standing::New;
    match (unmarked, others.is_empty()) {
        (false, true) => return Judgement::Compliant,
        // Told once a day, as long as nothing more is seen.
        (true, true) if !is_new => return Judgement::Compliant,
        (_, _) => {}
    }
    let mut words = vec![format!("from {}, where it never called from", used.place.what())];
    if unmarked {
        words.push("without the mark of Lambda's runtimes".to_owned());
    }
    words.extend(others.iter().map(|sign| (*sign).to_owned()));
    // What others may send for the function revokes nothing.
    let is_own = used.call.api != behaviour::RELAYED;
    let answer = if unmarked && !others.is_empty() && is_own {
        Response::Contain(if parameters(case).stop { Extent::WHOLE } else { Extent::REVOKE })
    } else {
        let words = words.join(", ");
        Response::Notify(format!("its credentials called `{}` {words}", used.call.api))
    };
    let (field, value) = match origin(&parameters(case).networks, &case.event.actor) {
        Origin::Outside(field, value) => (field, value),
        Origin::Inside | Origin::Unknown => ("source", used.place.what().to_owned()),
    };
    let seen = |evidence, responses| Seen { evidence, subject: used.place.to_string(), responses };
    Judgement::NonCompliant(vec![
        seen(Evidence::new(field, &value), vec![answer]),
        seen(Evidence::new("signs", &words.join("; ")), Vec::new()),
    ])
}

/// Whether it lacks the mark of Lambda's runtimes where calls of the function bear it.
fn lacks_mark(call: &FunctionCall, past: &Past<'_>) -> bool {
    let usual =
        |marked| past.baseline.is_some_and(|all| all.is_usual(&behaviour::mark(marked), past.now));
    !call.marked && usual(true) && !usual(false)
}

/// What counts beside the place and the missing mark, in words.
fn signs(case: &Case<'_>, used: &Used<'_>, past: &Past<'_>, unmarked: bool) -> Vec<&'static str> {
    let is_new_call = is_new_call(case, used.call, past);
    let key = case.event.actor.key.as_ref().filter(|_| unmarked);
    let is_used_inside = key
        .and_then(|key| case.state.keys.get(key))
        .is_some_and(|uses| uses.iter().any(|one| is_inside(case, one, past)));
    // What one call shows is one sign, and not another because it was told as well.
    let mut own = vec![CONTROL.id];
    own.extend(is_new_call.then_some(ControlId::FunctionFirstSeenApi));
    own.extend(used.call.assumes.as_ref().map(|_| ControlId::FunctionPrivilegeEscalation));
    let is_beside = chain::is_beside_another(case, &used.call.function, &own);
    [
        (is_new_call, "an API that it never called"),
        (is_used_inside, "while the same key is used from where it usually calls from"),
        (is_beside, "beside another finding on the function within the hour"),
    ]
    .into_iter()
    .filter_map(|(is, words)| is.then_some(words))
    .collect()
}

/// Whether it is an API that the function never called. What is never usual was new once as well: a role that
/// it assumes each day says nothing about this one. What is declared for it is its job.
fn is_new_call(case: &Case<'_>, call: &FunctionCall, past: &Past<'_>) -> bool {
    let (habit, event, now) = (behaviour::habit(call), case.event.id.as_str(), past.now);
    let is_new = |baseline: &Baseline| {
        baseline.standing(&habit, event, now) == Standing::New
            && (!behaviour::is_never_usual(&call.api) || baseline.is_first(&habit, event, now))
            && !baseline.is_deployed_lately(now)
    };
    let is_told = call.failure != Some(Failure::Denied) && !is_declared(case.policy, call);
    let is_full = past.baseline.is_some_and(Baseline::is_full);
    is_told && !is_full && !past.is_learning() && past.baseline.is_some_and(is_new)
}

/// Whether a key was used from where the function runs, by what bears the mark.
fn is_inside(case: &Case<'_>, one: &KeyUse, past: &Past<'_>) -> bool {
    let place = behaviour::place_of(one.endpoint.as_deref(), &one.source);
    let is_usual = |place: &Habit| past.baseline.is_some_and(|all| all.is_usual(place, past.now));
    let declared = parameters(case).networks.iter().any(|network| one.is_in(network));
    one.marked && (declared || place.as_ref().is_some_and(is_usual))
}

/// What a first look shows that is to be read: where else the key is used, once for each new place.
pub(super) fn asks(case: &Case<'_>) -> Option<Read> {
    let used = used(case).filter(|used| !used.inside)?;
    let past = behaviour::past(case, &used.call.function)?;
    if !lacks_mark(used.call, &past) {
        return None;
    }
    let is_new = past.baseline?.standing(&used.place, &case.event.id, past.now) == Standing::New;
    let key = case.event.actor.key.clone().filter(|_| is_new)?;
    Some(Read::KeyUses(used.call.function.clone(), key))
}
