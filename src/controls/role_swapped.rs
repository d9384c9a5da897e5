//! `execution-role.swapped`: a function keeps its role, or gets one that may do nothing that the one
//! before may not. No event of IAM tells of that: whoever may change the function and pass a role gives
//! its code all that the role may do.
//! Refuses to call the other role harmless where a permissions boundary may have held the one before
//! back, and to put one back that may do more.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>

mod powers;

use super::{
    Case, Control, Judgement, Needs, Response, Seen, Trigger,
    changed::{self, Changed, UNKNOWN},
};
use crate::{
    event::{ChangeCall, Part},
    finding::{ControlId, Evidence},
    setting::PutBack,
    state::Read,
};
use powers::{Power, known};

pub(super) const CONTROL: Control = Control {
    id: ControlId::ExecutionRoleSwapped,
    triggers: &[
        // The role is remembered when the function is seen for the first time.
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
    ],
    needs,
    judge: |case| changed::judge(case, ControlId::ExecutionRoleSwapped, Part::Role, judged),
};

fn needs(case: &Case<'_>) -> Needs {
    let needs = changed::needs(case, &changed::CONFIGURING);
    let Needs::Reads(mut reads) = needs else { return needs };
    let names_it = case.event.change.as_ref().is_some_and(|change| {
        change.call == ChangeCall::Configure && change.names.contains(&Part::Role)
    });
    let deploys = changed::may_lead(case.policy, &case.event.actor);
    if let (Some(function), true, false) = (case.event.function(), names_it, deploys) {
        reads.push(Read::SwappedRoles(function.clone()));
    }
    Needs::Reads(reads)
}

fn judged(changed: &Changed<'_>) -> Judgement {
    if changed.deploys {
        return Judgement::Compliant;
    }
    match stands(changed) {
        Stands::Fine => Judgement::Compliant,
        Stands::Back { asked } => back(asked),
        Stands::NotRead => {
            Judgement::InsufficientData("the policies of its roles were not read".to_owned())
        }
        Stands::Unknown(why) => Judgement::InsufficientData(why),
        Stands::MayMore { before, gained } => found(changed, before, gained),
    }
}

/// It had another role, and has the one before again: what that one was used for is not known.
fn back(asked: &str) -> Judgement {
    let why = "it had this role for a time, and has the one before again";
    Judgement::NonCompliant(vec![Seen {
        evidence: Evidence::new("Role", asked),
        subject: format!("role {asked}"),
        responses: vec![Response::Notify(why.to_owned())],
    }])
}

fn found(changed: &Changed<'_>, before: &str, gained: Vec<Evidence>) -> Judgement {
    let now = &changed.live.role;
    let evidence = Evidence::new("Role", now);
    let subject = format!("role {now}");
    let seen = changed::seen(
        changed,
        ControlId::ExecutionRoleSwapped,
        evidence,
        subject.clone(),
        put_back(changed, before),
    );
    let more = gained.into_iter().map(|evidence| Seen {
        evidence,
        subject: subject.clone(),
        responses: Vec::new(),
    });
    Judgement::NonCompliant(std::iter::once(seen).chain(more).collect())
}

/// How the role stands to the one before.
enum Stands<'c> {
    Fine,
    /// It is the one before, and another one was asked for.
    Back {
        asked: &'c str,
    },
    NotRead,
    Unknown(String),
    /// It may do what the one before may not.
    MayMore {
        before: &'c str,
        gained: Vec<Evidence>,
    },
}

fn stands<'c>(changed: &'c Changed<'_>) -> Stands<'c> {
    if changed.is_new() || changed.is_from_before(Part::Role) {
        return Stands::Fine;
    }
    let before = changed.before.and_then(|before| before.role.as_deref());
    let now = changed.live.role.as_str();
    if before == Some(now) {
        let asked = changed.asked.role.as_deref().filter(|asked| *asked != now);
        return asked.map_or(Stands::Fine, |asked| Stands::Back { asked });
    }
    let now = match known(changed, now) {
        None => return Stands::NotRead,
        Some(Err(why)) => return Stands::Unknown(why),
        Some(Ok(now)) => now,
    };
    let Some(before) = before else {
        return match now.is_little(changed.policy) {
            true => Stands::Fine,
            false => Stands::Unknown(UNKNOWN.to_owned()),
        };
    };
    match known(changed, before) {
        None => Stands::NotRead,
        Some(Err(why)) => Stands::Unknown(why),
        Some(Ok(then)) => match now.beside(&then, changed.policy) {
            Power::NoMore => Stands::Fine,
            Power::Unknown(why) => Stands::Unknown(why),
            Power::More(gained) => Stands::MayMore { before, gained },
        },
    }
}

/// Whether no untrusted principal should have given the function this role.
pub(super) fn is_suspicious(changed: &Changed<'_>) -> bool {
    match stands(changed) {
        Stands::Fine | Stands::Back { .. } | Stands::NotRead => false,
        Stands::Unknown(_) | Stands::MayMore { .. } => true,
    }
}

/// Whether it has another role than before of which nobody asked what it may do.
pub(super) fn is_open(changed: &Changed<'_>) -> bool {
    matches!(stands(changed), Stands::NotRead)
}

/// The role before, if it may do nothing that this one may not.
fn put_back(changed: &Changed<'_>, before: &str) -> Result<PutBack, String> {
    let now = changed.live.role.as_str();
    if changed.asked.role.as_deref() != Some(now) {
        return Err("it got yet another role since, by somebody else".to_owned());
    }
    let powers = |role| known(changed, role).and_then(Result::ok);
    let (Some(then), Some(live)) = (powers(before), powers(now)) else {
        return Err("what the role before may do is not known".to_owned());
    };
    if !then.is_within(&live) {
        return Err(
            "the role before may do what this one may not, or that is not proven".to_owned()
        );
    }
    Ok(PutBack::Role { stood: now.to_owned(), back: before.to_owned() })
}
