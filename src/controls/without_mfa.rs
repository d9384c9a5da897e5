//! `change.without-mfa`: people change functions, their policies and roles with a second factor only.
//! Who is a person AWS tells of users; of roles the control policy does. Whether a second factor was given
//! AWS tells of its own sign-ins; of an identity provider's the control policy does, or it cannot be told.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use super::{Assessment, Case, Control, Judgement, Needs, Trigger, change};
use crate::{
    event::{Actor, Identity},
    finding::{ControlId, Evidence},
    policy::ChangeWithoutMfa,
    resource::Resource,
    state::Read,
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::ChangeWithoutMfa, triggers: &TRIGGERS, needs, judge };

const TRIGGERS: [Trigger; change::OF_LAMBDA.len() + 1] = {
    let mut all = [Trigger::IamCalls(OF_ROLES); change::OF_LAMBDA.len() + 1];
    let (lambda, _) = all.split_at_mut(change::OF_LAMBDA.len());
    lambda.copy_from_slice(&change::OF_LAMBDA);
    all
};

/// What changes what a role may do, or who may be it.
pub(super) const OF_ROLES: &[&str] = &[
    "AttachRolePolicy",
    "CreatePolicyVersion",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "SetDefaultPolicyVersion",
    "UpdateAssumeRolePolicy",
];

/// Whether a second factor was given.
enum Factor {
    Given,
    Missing,
    /// Only an identity provider knows.
    Untold,
}

/// None where no person called.
fn factor(parameters: &ChangeWithoutMfa, actor: &Actor) -> Option<Factor> {
    let principal = actor.principal().unwrap_or_default();
    let is_one_of = |patterns: &[crate::policy::ArnPattern]| {
        patterns.iter().any(|pattern| pattern.matches_text(&principal))
    };
    let by_provider = is_one_of(&parameters.mfa_by_provider);
    let is_person = match actor.is_person() {
        Some(is_person) => is_person,
        None => by_provider || is_one_of(&parameters.people),
    };
    let is_machine = actor.identity == Identity::IamUser
        && parameters.service_accounts.iter().any(|one| one.matches_identity(&principal));
    if !is_person || is_machine {
        return None;
    }
    Some(match (actor.identity, actor.mfa) {
        (_, Some(true)) => Factor::Given,
        (_, _) if by_provider => Factor::Given,
        (Identity::Root | Identity::IamUser, _) => Factor::Missing,
        // Of what an identity provider let in, `mfaAuthenticated` is `false`, whatever it asked for.
        (_, _) => Factor::Untold,
    })
}

fn person(case: &Case<'_>) -> Option<(Resource, Factor)> {
    let resource = change::changed(case.event, OF_ROLES)?;
    let parameters = &case.policy.controls.change_without_mfa.parameters;
    Some((resource, factor(parameters, &case.event.actor)?))
}

fn needs(case: &Case<'_>) -> Needs {
    match person(case) {
        None => Needs::NotConcerned,
        Some((resource, Factor::Missing)) => match resource.function() {
            Some(function) => Needs::Reads(vec![Read::Function(function.clone())]),
            None => Needs::Nothing,
        },
        Some((_, Factor::Given | Factor::Untold)) => Needs::Nothing,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((resource, factor)) = person(case) else { return Vec::new() };
    let control = ControlId::ChangeWithoutMfa;
    let actor = &case.event.actor;
    let api = case.event.api.as_deref().unwrap_or_default();
    let who = change::caller(actor);
    let judgement = match factor {
        Factor::Given => Judgement::Compliant,
        Factor::Untold => Judgement::InsufficientData(format!(
            "whether {who} gave a second factor only their identity provider knows: if it always asks \
             for one, list the role under `mfa-by-provider`"
        )),
        Factor::Missing => {
            let evidence = match actor.mfa {
                Some(_) => Evidence::new(
                    "userIdentity.sessionContext.attributes.mfaAuthenticated",
                    "false",
                ),
                None => {
                    Evidence::new("userIdentity.sessionContext", "none: a long-term access key")
                }
            };
            let why = format!("{who} called `{api}` without a second factor");
            Judgement::NonCompliant(vec![change::found(case, control, evidence, why)])
        }
    };
    change::assessed(case, control, resource, judgement)
}
