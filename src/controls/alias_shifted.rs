//! `alias.shifted`: an alias invokes no version that nobody trusted has chosen for it. Whoever may move
//! an alias decides what its callers run, without a change of the function that they would see.
//! Versions that it led to before are known, so that a way back by hand is no finding. What is put
//! back is what somebody trusted chose, version by version.
//! Refuses to judge where the control policy names no deployers: every deployment would be a finding.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger,
    changed::{UNKNOWN, found_on, may_lead},
};
use crate::{
    event::{AliasCall, AliasChange, Event, Route},
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    setting::{PutBack, Routing},
    state::{AliasSnapshot, AliasState, Lesson, Read},
};
use time::OffsetDateTime;

pub(super) const CONTROL: Control = Control {
    id: ControlId::AliasShifted,
    triggers: &[
        Trigger::LambdaCall("CreateAlias"),
        Trigger::LambdaCall("DeleteAlias"),
        Trigger::LambdaCall("UpdateAlias"),
    ],
    needs,
    judge,
};

/// A change of an alias, and whether whoever made it is trusted.
struct Shift<'a> {
    change: &'a AliasChange,
    at: Option<OffsetDateTime>,
    accepted: bool,
}

impl Shift<'_> {
    /// Whether it may have led callers elsewhere.
    fn is_judged(&self) -> bool {
        let names = self.change.names_version || self.change.names_weights;
        !self.accepted && names && self.change.call != AliasCall::Delete
    }

    fn makes(&self) -> bool {
        self.change.call == AliasCall::Create
    }
}

fn shift<'a>(policy: &ControlPolicy, event: &'a Event) -> Option<Shift<'a>> {
    if policy.trusted.principals.is_empty() {
        return None;
    }
    let route = event.route.as_ref()?;
    let Route::Alias(change) = &route.of else { return None };
    let accepted = may_lead(policy, &event.actor);
    Some(Shift { change, at: route.at, accepted })
}

fn needs(case: &Case<'_>) -> Needs {
    match shift(case.policy, case.event) {
        None => Needs::NotConcerned,
        Some(shift) if shift.is_judged() => {
            Needs::Reads(vec![Read::Alias(shift.change.alias.clone())])
        }
        // What somebody without trust deletes teaches nothing.
        Some(Shift {
            change: AliasChange { call: AliasCall::Delete, .. },
            accepted: false,
            ..
        }) => Needs::NotConcerned,
        Some(shift) => Needs::Reads(vec![Read::KnownAlias(shift.change.alias.clone())]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(shift) = shift(case.policy, case.event) else { return Vec::new() };
    let judgement = match shift.is_judged() {
        true => judge_shift(case, &shift),
        false if shift.accepted => Judgement::Compliant,
        false => Judgement::NotApplicable,
    };
    let (control, resource) = (ControlId::AliasShifted.into(), shift.change.alias.clone().into());
    vec![Assessment { control, resource, judgement }]
}

fn judge_shift(case: &Case<'_>, shift: &Shift<'_>) -> Judgement {
    let unread = || Judgement::InsufficientData("the alias was not read".to_owned());
    let Some(state) = case.state.aliases.get(&shift.change.alias) else { return unread() };
    let known = state.known.before(&case.event.id);
    let Some(before) = known.filter(|known| known.routing.is_some()) else {
        return match shift.makes() {
            true => Judgement::Compliant,
            false => Judgement::InsufficientData(UNKNOWN.to_owned()),
        };
    };
    if shift.change.routing.is_none() {
        let why = "the event does not tell what the alias invokes";
        return Judgement::InsufficientData(why.to_owned());
    }
    let unknown: Vec<&str> = unknown(shift.change, before).collect();
    if unknown.is_empty() {
        return Judgement::Compliant;
    }
    match &state.live {
        None => unread(),
        Some(None) => Judgement::NotApplicable,
        Some(Some(live)) => {
            let strange: Vec<&str> =
                live.versions().filter(|version| unknown.contains(version)).collect();
            match strange.is_empty() {
                true => Judgement::NonCompliant(vec![back(shift, &unknown)]),
                false => {
                    Judgement::NonCompliant(vec![seen(case, shift, state, before, live, &strange)])
                }
            }
        }
    }
}

/// Somebody has led it elsewhere since: what its callers ran meanwhile is not known.
fn back(shift: &Shift<'_>, unknown: &[&str]) -> Seen {
    let name = &shift.change.name;
    let versions = unknown.join(" ");
    let why = "it invoked this for a time, and has been led elsewhere since";
    Seen {
        evidence: Evidence::new(format!("alias {name}"), &versions),
        subject: format!("{name} {versions}"),
        responses: vec![Response::Notify(why.to_owned())],
    }
}

/// The versions that the caller chose, and nobody trusted before.
fn unknown<'c>(
    change: &'c AliasChange,
    before: &'c AliasSnapshot,
) -> impl Iterator<Item = &'c str> {
    change.named().filter(|version| !before.knows(version))
}

fn seen(
    case: &Case<'_>,
    shift: &Shift<'_>,
    state: &AliasState,
    before: &AliasSnapshot,
    live: &Routing,
    strange: &[&str],
) -> Seen {
    let AliasChange { alias, name, .. } = shift.change;
    let was = before.routing.as_ref().map(Routing::to_string).unwrap_or_default();
    let evidence = Evidence::new(format!("alias {name}"), &format!("{live}; before: {was}"));
    let put_back = put_back(case, state, before).map(|back| PutBack::Alias {
        name: name.clone(),
        stood: live.clone(),
        back,
    });
    let subject = format!("{name} {}", strange.join(" "));
    found_on(&alias.function, ControlId::AliasShifted, evidence, subject, put_back)
}

/// What it led to before, if somebody trusted chose all of that, and it still is what it was.
fn put_back(
    case: &Case<'_>,
    state: &AliasState,
    before: &AliasSnapshot,
) -> Result<Routing, String> {
    let back = before.routing.as_ref().ok_or(UNKNOWN)?;
    // What this very event began to contain is carried through.
    if state.known.contained && !case.state.memory.unfinished {
        return Err("the function is contained, and whoever mends it may need it so".to_owned());
    }
    let missing = state.missing.as_ref().ok_or("whether that is still there could not be read")?;
    for version in back.versions() {
        if version == LATEST {
            return Err(format!("what `{LATEST}` runs may not be what it ran then"));
        }
        if !before.is_chosen(version) {
            return Err(format!("nobody who is trusted has chosen version {version}"));
        }
        if missing.contains(version) {
            return Err(format!("version {version} is gone"));
        }
    }
    if before.unsettled {
        return Err("nobody who is trusted led it there".to_owned());
    }
    Ok(back.clone())
}

/// The code that is not published. <https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html>
const LATEST: &str = "$LATEST";

/// What is to be remembered of the alias that the event changed; none if that is nothing new, or the change
/// is older than what is remembered. While something goes on with the function, what a deployer chooses is
/// compared with from then on, and neither that nor what was there before is put back.
pub(super) fn lesson(case: &Case<'_>) -> Option<Lesson> {
    let shift = shift(case.policy, case.event)?;
    let known = &case.state.aliases.get(&shift.change.alias)?.known;
    if !known.is_later(&case.event.id, shift.at) || (known.closed && !shift.accepted) {
        return None;
    }
    let mut next = next(&shift, known.before.as_ref())?;
    next.unsettled |= known.closed;
    let is_new = known.before.as_ref() != Some(&next);
    is_new.then(|| Lesson::Alias(shift.change.alias.clone(), next))
}

fn next(shift: &Shift<'_>, known: Option<&AliasSnapshot>) -> Option<AliasSnapshot> {
    let change = shift.change;
    let mut next = known.cloned().unwrap_or_default();
    if change.call == AliasCall::Delete {
        next.routing = None;
        return (shift.accepted && known.is_some()).then_some(next);
    }
    let told = change.routing.as_ref()?;
    if shift.accepted {
        let was = next.routing.take();
        let learns = known.is_none() || answers_for(change, told, was.as_ref());
        next.routing = if learns { Some(told.clone()) } else { was };
        next.unsettled &= !learns;
        for version in change.named() {
            next.choose(version);
        }
        return Some(next);
    }
    let is_known = || told.versions().all(|version| next.knows(version));
    let learns = match &next.routing {
        None => shift.makes() || known.is_none(),
        Some(_) => shift.is_judged() && is_known(),
    };
    if learns && next.routing.as_ref() != Some(told) {
        next.routing = Some(told.clone());
        next.unsettled = true;
    }
    Some(next)
}

/// Whether somebody trusted who made this change answers for all that the alias invokes now: for what
/// they name, and for the rest only as it was known.
fn answers_for(change: &AliasChange, told: &Routing, was: Option<&Routing>) -> bool {
    let version = change.names_version || was.is_some_and(|was| was.version == told.version);
    let weights = change.names_weights
        || told.weights.is_empty()
        || was.is_some_and(|was| was.weights == told.weights);
    version && weights
}
