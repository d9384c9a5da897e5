//! `identity-policy.overbroad-lambda-admin`: no identity policy lets change every function, or give access
//! to a function to whomever it likes, but those of deployers. What a call shows of a policy is enough
//! where that is harmless; else, and where the record left it out, the live one counts.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-identity-based.html>

use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger, change};
use crate::{
    event::{IamTarget, Kind},
    finding::{ControlId, Evidence},
    iam::{Certainty, IdentityDocument, LambdaAdmin, LambdaPower, lambda_admin},
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::IdentityPolicyOverbroadLambdaAdmin,
    triggers: &[Trigger::IamCalls(GRANTING)],
    needs,
    judge,
};

/// What gives an identity, or a policy that identities may have, what it did not have before.
pub(super) const GRANTING: &[&str] = &[
    "AttachGroupPolicy",
    "AttachRolePolicy",
    "AttachUserPolicy",
    "CreatePolicy",
    "CreatePolicyVersion",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutUserPolicy",
    "SetDefaultPolicyVersion",
];

enum Grant<'a> {
    /// It is a deployer's, or what it shows is harmless, or it does not count yet.
    Harmless,
    /// Of which policy, the record does not tell.
    Untold,
    /// This policy counts from now on.
    Of(&'a crate::resource::IdentityPolicy),
}

fn grant<'a>(case: &Case<'a>) -> Option<(&'a str, &'a IamTarget, Grant<'a>)> {
    let Kind::IamCall { api, incident: None, target, .. } = &case.event.kind else { return None };
    let name = api.strip_prefix("iam:").filter(|name| GRANTING.contains(name))?;
    let deploys = case.policy.trusted.accepts_changes_of(&target.on.to_string());
    let shown = target.shown.as_deref().map(IdentityDocument::parse);
    let is_harmless = matches!(&shown, Some(Ok(shown)) if lambda_admin(&[shown]).is_empty());
    let is_later = name == "CreatePolicyVersion" && target.policy.is_none() && target.is_told;
    let grant = match &target.policy {
        _ if deploys || is_harmless || is_later => Grant::Harmless,
        Some(policy) => Grant::Of(policy),
        None => Grant::Untold,
    };
    Some((api, target, grant))
}

fn needs(case: &Case<'_>) -> Needs {
    match grant(case) {
        None => Needs::NotConcerned,
        Some((_, _, Grant::Harmless | Grant::Untold)) => Needs::Nothing,
        Some((_, _, Grant::Of(policy))) => Needs::Reads(vec![Read::IdentityPolicy(policy.clone())]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((api, target, grant)) = grant(case) else { return Vec::new() };
    let judgement = match grant {
        Grant::Harmless => Judgement::Compliant,
        Grant::Untold => Judgement::InsufficientData(format!(
            "the record of `{api}` leaves out which policy it wrote, as it does where a policy is larger \
             than any has to be: look at what {} changed",
            change::caller(&case.event.actor)
        )),
        Grant::Of(policy) => match case.state.identity_policies.get(policy) {
            None => Judgement::InsufficientData(format!("{policy} was not read")),
            Some(None) => Judgement::NotApplicable,
            Some(Some(Err(error))) => Judgement::InsufficientData(error.to_string()),
            Some(Some(Ok(live))) => judge_live(case, api, live),
        },
    };
    change::assessed(
        case,
        ControlId::IdentityPolicyOverbroadLambdaAdmin,
        target.on.clone().into(),
        judgement,
    )
}

fn judge_live(case: &Case<'_>, api: &str, live: &IdentityDocument) -> Judgement {
    let who = change::caller(&case.event.actor);
    let seen: Vec<Seen> = lambda_admin(&[live])
        .into_iter()
        .map(|admin| Seen {
            evidence: Evidence::new(format!("Statement[{}]", admin.statement), &words(&admin)),
            subject: case.event.id.clone(),
            responses: vec![Response::Notify(format!(
                "{who} called `{api}`: name the functions, or limit `lambda:Principal`, or list the \
                 deployer under `trusted.principals`"
            ))],
        })
        .collect();
    if seen.is_empty() { Judgement::Compliant } else { Judgement::NonCompliant(seen) }
}

fn words(admin: &LambdaAdmin) -> String {
    let power = match admin.power {
        LambdaPower::EveryFunction => "every function may be changed",
        LambdaPower::AnyPrincipal => "anybody may be given access to a function",
    };
    let sure = match admin.certainty {
        Certainty::Certain => String::new(),
        Certainty::Conditional => format!(", where {} allow it", admin.conditions.join(", ")),
        Certainty::Unclear(why) => format!(", as far as can be told: {why}"),
    };
    let denied = if admin.may_be_denied { ", and a Deny may take some of it away" } else { "" };
    format!("{power}: {}{sure}{denied}", admin.actions.join(", "))
}
