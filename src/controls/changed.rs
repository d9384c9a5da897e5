//! A change of a function against what it was before: what the controls of a function's integrity
//! share, and what of the change is remembered. A change is accepted if a trusted principal made it,
//! or if nothing in it is a finding; nothing else is learned, so that what an intruder wrote never
//! becomes what is put back.

use super::{
    Assessment, Case, Judgement, Needs, Response, Seen, TagValue, code_injection, code_signing,
    handler_alone, layer_untrusted, logging, role_swapped, vpc_detached,
};
use crate::{
    event::{Actor, Asked, Change, ChangeCall, Part},
    finding::{ControlId, Evidence, Requirement},
    policy::ControlPolicy,
    remediation::{Remediation, TAG_PREFIX},
    resource::{FunctionArn, RoleArn},
    setting::{PutBack, Signing},
    state::{FunctionState, Read, Remembered, RolePolicies, Snapshot},
};
use std::collections::{BTreeMap, BTreeSet};

/// The controls that compare a function with what it was.
const COMPARING: [ControlId; 7] = [
    ControlId::ExecutionRoleSwapped,
    ControlId::LayerUntrusted,
    ControlId::EnvironmentCodeInjection,
    ControlId::HandlerChangedAlone,
    ControlId::VpcDetached,
    ControlId::CodeSigningWeakened,
    ControlId::LoggingRedirected,
];

/// A change, what was before, and what is now.
pub(super) struct Changed<'a> {
    pub policy: &'a ControlPolicy,
    pub function: &'a FunctionArn,
    pub change: &'a Change,
    pub live: &'a FunctionState,
    pub remembered: &'a Remembered,
    /// Whether code has to be signed, where that was read.
    pub signing: Option<&'a Signing>,
    /// What its role may do, and the one it had before: of each role that was read its policies, none of
    /// one that is gone.
    pub roles: &'a BTreeMap<RoleArn, Option<RolePolicies>>,
    /// What the call asks for.
    pub asked: &'a Asked,
    /// None where the function is seen for the first time, or has just been made.
    pub before: Option<&'a Snapshot>,
    /// A principal made it whose changes are accepted.
    pub accepted: bool,
    /// The same, or a service that deploys for whoever asks it: then it may give the function another role.
    pub deploys: bool,
}

impl Changed<'_> {
    /// Whether the request names the part: a change that does not leaves it alone.
    pub fn names(&self, part: Part) -> bool {
        self.change.names.contains(&part)
    }

    /// Whether the change made the function: then there is nothing from before.
    pub fn is_new(&self) -> bool {
        self.change.call == ChangeCall::Create
    }

    /// Whether the part is as it was before the function was seen for the first time.
    pub fn is_from_before(&self, part: Part) -> bool {
        self.before.is_none() && !self.names(part)
    }

    /// Whether nothing changed the function after this.
    fn is_last(&self) -> bool {
        // What guards a function does not move its time, and is all that such a call changes.
        let guards = matches!(
            self.change.call,
            ChangeCall::AttachSigning | ChangeCall::DetachSigning | ChangeCall::Recursion(_)
        );
        guards || self.change.modified.is_some() && self.change.modified == self.live.modified
    }

    /// The parts whose change no untrusted principal should have made.
    fn suspicious(&self) -> BTreeSet<Part> {
        let seen = [
            (Part::Role, role_swapped::is_suspicious(self)),
            (Part::Layers, layer_untrusted::added(self).next().is_some()),
            (Part::Environment, code_injection::is_suspicious(self)),
            (Part::Handler, handler_alone::is_suspicious(self)),
            (Part::Vpc, vpc_detached::is_suspicious(self)),
            (Part::Signing, code_signing::is_suspicious(self)),
            (Part::Logging, logging::is_suspicious(self)),
        ];
        seen.into_iter().filter(|(_, is_suspicious)| *is_suspicious).map(|(part, _)| part).collect()
    }

    /// What is remembered from now on. What a deployer changes while something goes on is not learned, and
    /// what it takes the place of must not come back.
    fn next(&self) -> Snapshot {
        let now = self.remembered.now(self.live, self.signing);
        let is_harmless = self.suspicious().is_empty();
        let mut next = self.before.cloned().unwrap_or_default();
        for part in Part::ALL {
            let trusted = if part == Part::Role { self.deploys } else { self.accepted };
            let by_trust = trusted && self.names(part);
            // Of a role nobody asked about it is not known whether it may do more.
            let is_open = part == Part::Role && role_swapped::is_open(self);
            if self.remembered.closed {
                if by_trust {
                    next.forget(part);
                }
            } else if (is_harmless && !is_open)
                || (by_trust && self.is_last())
                || self.is_from_before(part)
            {
                next.take(part, &now);
            }
        }
        next
    }
}

/// Whether changes of `actor` are accepted. The name of a session is the caller's own choice: only its
/// role counts.
pub fn is_accepted(policy: &ControlPolicy, actor: &Actor) -> bool {
    let principal = actor.principal();
    principal.is_some_and(|arn| policy.trusted.accepts_changes_of(&arn))
        || actor.service().is_some_and(|service| policy.trusted.services.contains(service))
}

/// The same, of where aliases and event source mappings lead: services that deploy for whoever asks them
/// (`services` of `change.untrusted-deployer`) are accepted too.
pub(super) fn may_lead(policy: &ControlPolicy, actor: &Actor) -> bool {
    let services = &policy.controls.change_untrusted_deployer.parameters.services;
    let deploys = actor.service().is_some_and(|service| services.contains(service));
    deploys || is_accepted(policy, actor)
}

/// What the controls of a function's integrity need.
pub(super) fn needs(case: &Case<'_>, calls: &[ChangeCall]) -> Needs {
    match (&case.event.change, case.event.function()) {
        (Some(change), Some(function)) if calls.contains(&change.call) => {
            Needs::Reads(vec![Read::Snapshot(function.clone())])
        }
        (_, _) => Needs::NotConcerned,
    }
}

/// The calls that configure a function.
pub(super) const CONFIGURING: [ChangeCall; 2] = [ChangeCall::Create, ChangeCall::Configure];

/// The calls that change what runs.
pub(super) const CALLS: [ChangeCall; 3] =
    [ChangeCall::Create, ChangeCall::Configure, ChangeCall::Code];

/// Judges what a change did to `part`, unless it is accepted or does not name that.
pub(super) fn judge(
    case: &Case<'_>,
    control: ControlId,
    part: Part,
    see: impl Fn(&Changed<'_>) -> Judgement,
) -> Vec<Assessment> {
    let Some(function) = case.event.function() else { return Vec::new() };
    let judgement = match changed(case) {
        Err(judgement) => judgement,
        Ok(changed) if !changed.names(part) => Judgement::NotApplicable,
        Ok(changed) if changed.accepted => Judgement::Compliant,
        Ok(changed) => see(&changed),
    };
    vec![Assessment { control: control.into(), resource: function.clone().into(), judgement }]
}

/// The change of the event, once everything is read.
fn changed<'a>(case: &Case<'a>) -> Result<Changed<'a>, Judgement> {
    let (Some(change), Some(function)) = (&case.event.change, case.event.function()) else {
        return Err(Judgement::NotApplicable);
    };
    let unread = |what: &str| Judgement::InsufficientData(format!("{what} was not read"));
    let live = match case.state.functions.get(function) {
        None => return Err(unread("the function")),
        Some(None) => return Err(Judgement::NotApplicable),
        Some(Some(live)) => live,
    };
    let remembered = case
        .state
        .remembered
        .get(function)
        .ok_or_else(|| unread("what the function was before"))?;
    let is_new = change.call == ChangeCall::Create;
    Ok(Changed {
        policy: case.policy,
        function,
        change,
        live,
        remembered,
        signing: case.state.signing.get(function).and_then(Option::as_ref),
        roles: &case.state.role_policies,
        asked: &case.event.asks,
        before: remembered.before.as_ref().filter(|_| !is_new),
        accepted: is_accepted(case.policy, &case.event.actor),
        deploys: may_lead(case.policy, &case.event.actor),
    })
}

/// What is to be remembered of the function that the event changed; none if that is nothing new, or
/// something goes on with the function, or the change is older than what is remembered.
pub(crate) fn learned(case: &Case<'_>, controls: &BTreeSet<Requirement>) -> Option<Snapshot> {
    let compares = COMPARING.iter().any(|control| controls.contains(&(*control).into()));
    let changed = compares.then(|| changed(case).ok()).flatten()?;
    let at = changed.change.at?;
    let Remembered { closed, at: known, before, .. } = changed.remembered;
    let is_first = before.is_none();
    if known.is_some_and(|known| at < known) || (*closed && is_first) {
        return None;
    }
    let next = changed.next();
    (before.as_ref() != Some(&next)).then_some(next)
}

/// Something seen, tagged, and put back where that is chosen; else told, and why.
pub(super) fn seen(
    changed: &Changed<'_>,
    control: ControlId,
    evidence: Evidence,
    subject: String,
    put_back: Result<PutBack, String>,
) -> Seen {
    found_on(changed.function, control, evidence, subject, put_back)
}

/// The same, where no snapshot is needed.
pub(super) fn found_on(
    function: &FunctionArn,
    control: ControlId,
    evidence: Evidence,
    subject: String,
    put_back: Result<PutBack, String>,
) -> Seen {
    let function = function.clone();
    let answer = match put_back {
        Ok(change) => Response::restore(Remediation::RestoreConfiguration { function, change }),
        Err(why) => Response::Notify(format!("not put back: {why}")),
    };
    let tag = Response::Tag(format!("{TAG_PREFIX}{control}"), TagValue::Incident);
    Seen { evidence, subject, responses: vec![answer, tag] }
}

/// Why something is not put back of which no accepted state is known.
pub(super) const UNKNOWN: &str = "what stood there before is not known";
