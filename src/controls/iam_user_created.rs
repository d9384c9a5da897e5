//! `iam-user.created`: people are given no IAM users, passwords or access keys, but sign in through an
//! identity provider. Users that no person uses are the control policy's to name. An access key can be
//! deactivated again: the one that this very call made, while it is active.
//! Refuses what a function's own credentials do: `function.privilege-escalation` answers that.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Trigger, change, changed::is_accepted,
};
use crate::{
    event::{IamTarget, Kind},
    finding::{ControlId, Evidence, RemediationName},
    remediation::Remediation,
    setting::KeyStatus,
    state::Read,
};
use time::Duration;

pub(super) const CONTROL: Control = Control {
    id: ControlId::IamUserCreated,
    triggers: &[Trigger::IamCalls(CREATING)],
    needs,
    judge,
};

/// What gives somebody a way in as a user of IAM.
pub(super) const CREATING: &[&str] = &["CreateAccessKey", "CreateLoginProfile", "CreateUser"];

fn created<'a>(case: &Case<'a>) -> Option<(&'a str, &'a IamTarget)> {
    let Kind::IamCall { api, target, .. } = &case.event.kind else { return None };
    let is_one = CREATING.contains(&api.strip_prefix("iam:")?);
    (is_one && case.event.actor.issued_to.is_none()).then_some((api.as_str(), &**target))
}

/// Whether it is a user that no person uses. Root is none, whatever a pattern says.
fn is_service_account(case: &Case<'_>, target: &IamTarget) -> bool {
    let user = target.on.to_string();
    let accounts = &case.policy.controls.iam_user_created.parameters.service_accounts;
    !is_root(target) && accounts.iter().any(|pattern| pattern.matches_identity(&user))
}

fn is_root(target: &IamTarget) -> bool {
    target.on.resource() == "root"
}

/// The live keys are read only where a key may be deactivated.
fn needs(case: &Case<'_>) -> Needs {
    let Some((_, target)) = created(case) else { return Needs::NotConcerned };
    let key = target.key.as_ref().filter(|_| is_chosen(case) && !is_service_account(case, target));
    match key.filter(|key| refused(case, target, key).is_none()) {
        Some(_) => Needs::Reads(vec![Read::AccessKeys(target.on.clone())]),
        None => Needs::Nothing,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((api, target)) = created(case) else { return Vec::new() };
    let control = ControlId::IamUserCreated;
    let judgement = if is_service_account(case, target) {
        Judgement::Compliant
    } else if !target.is_told {
        Judgement::InsufficientData(format!("`{api}` does not say for which user"))
    } else {
        let who = change::caller(&case.event.actor);
        let key = target.key.as_ref().map(|key| format!(" (key `{key}`)")).unwrap_or_default();
        let why = format!(
            "{who} called `{api}`{key} for `{}`, which is not one of the `service-accounts`",
            target.on.name()
        );
        let evidence = Evidence::new(api, &target.on.to_string());
        let mut seen = change::found(case, control, evidence, why);
        seen.responses.extend(target.key.as_ref().and_then(|key| answer(case, target, key)));
        Judgement::NonCompliant(vec![seen])
    };
    change::assessed(case, control, target.on.clone().into(), judgement)
}

fn is_chosen(case: &Case<'_>) -> bool {
    case.policy.gives(&ControlId::IamUserCreated.into(), RemediationName::DeactivateAccessKey)
}

/// An older event is told again by somebody: the key may be in use by now.
const FRESH: Duration = Duration::hours(1);

/// Why the event alone says that a key must not be deactivated.
fn refused(case: &Case<'_>, target: &IamTarget, key: &str) -> Option<&'static str> {
    let is_fresh = case.event.at.is_some_and(|at| case.now - at <= FRESH);
    if is_root(target) {
        Some("it is root's")
    } else if case.event.actor.key.as_deref() == Some(key) {
        Some("the call was made with it")
    } else if is_accepted(case.policy, &case.event.actor) {
        Some("a trusted principal made it")
    } else if !is_fresh {
        Some("it was made more than an hour ago")
    } else {
        None
    }
}

/// The key that was made is deactivated if it is active. None if it cannot be used already.
fn answer(case: &Case<'_>, target: &IamTarget, key: &str) -> Option<Response> {
    let left = |why: &str| Some(Response::Notify(format!("the key is not deactivated: {why}")));
    if let Some(why) = refused(case, target, key) {
        return left(why);
    }
    let deactivate =
        Remediation::DeactivateAccessKey { user: target.on.clone(), key: key.to_owned() };
    let deactivate = Response::Turn(RemediationName::DeactivateAccessKey, Box::new(deactivate));
    if !is_chosen(case) {
        return Some(deactivate);
    }
    match case.state.access_keys.get(&target.on) {
        None => left("the user's keys were not read"),
        Some(None) => left("the user is not there any more"),
        Some(Some(keys)) => match keys.get(key) {
            None => left("it is not among the user's keys"),
            Some(KeyStatus::Active) => Some(deactivate),
            Some(KeyStatus::Inactive | KeyStatus::Expired) => None,
        },
    }
}
