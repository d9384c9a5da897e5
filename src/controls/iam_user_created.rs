//! `iam-user.created`: people are given no IAM users, passwords or access keys, but sign in through an
//! identity provider. Users that no person uses are the control policy's to name.
//! Refuses what a function's own credentials do: `function.privilege-escalation` answers that.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp>

use super::{Assessment, Case, Control, Judgement, Needs, Trigger, change};
use crate::{
    event::{IamTarget, Kind},
    finding::{ControlId, Evidence},
};

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

fn needs(case: &Case<'_>) -> Needs {
    created(case).map_or(Needs::NotConcerned, |_| Needs::Nothing)
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((api, target)) = created(case) else { return Vec::new() };
    let control = ControlId::IamUserCreated;
    let user = target.on.to_string();
    let accounts = &case.policy.controls.iam_user_created.parameters.service_accounts;
    let is_root = target.on.resource() == "root";
    let judgement = if accounts.iter().any(|pattern| !is_root && pattern.matches_identity(&user)) {
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
        Judgement::NonCompliant(vec![change::found(case, control, Evidence::new(api, &user), why)])
    };
    change::assessed(case, control, target.on.clone().into(), judgement)
}
