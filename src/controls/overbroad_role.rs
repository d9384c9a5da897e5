//! `execution-role.overbroad`: the role of a function gains no administration, no full access and no
//! write on every resource of a service. What counts is what the change itself adds: all policies of the
//! role are held against all but the changed one, or against its version before.
//! Refuses to remediate what is not certain, and to undo what may have been there before: AWS tells of a
//! repeated call as of the first one, so that only what the journal knows of the role says what is new.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>

use super::execution_role::{
    self, Place, Policy, answer, assessment, change, functions, is_left_alone, unread,
    verdict::{Verdict, is_nothing, said},
};
use super::{Assessment, Case, Control, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::RoleChange,
    finding::{ControlId, Evidence},
    iam::{IdentityDocument, Usual, Width, gained, grants_width},
    remediation::RoleRestore,
    resource::{Arn, FunctionArn, RoleArn},
    state::{ExecutionRole, ManagedPolicyState, Read, policy_hash},
};
use std::collections::BTreeSet;

pub(super) const CONTROL: Control = Control {
    id: ControlId::ExecutionRoleOverbroad,
    triggers: &[Trigger::IamCalls(&[
        "AttachRolePolicy",
        "CreatePolicyVersion",
        "PutRolePolicy",
        "SetDefaultPolicyVersion",
    ])],
    needs,
    judge,
};

fn usual<'a>(case: &Case<'a>) -> Usual<'a> {
    execution_role::usual(case.policy)
}

fn is_excepted(case: &Case<'_>, role: &RoleArn) -> bool {
    is_left_alone(&case.policy.controls.execution_role_overbroad.parameters.roles, role)
}

fn needs(case: &Case<'_>) -> Needs {
    match change(case.event) {
        Some(RoleChange::Attached { role, .. } | RoleChange::Written { role, .. })
            if is_excepted(case, role) =>
        {
            Needs::NotConcerned
        }
        Some(RoleChange::Written { shown: Some(shown), .. }) if is_harmless(case, shown) => {
            Needs::NotConcerned
        }
        Some(RoleChange::Attached { role, .. } | RoleChange::Written { role, .. }) => {
            Needs::Reads(vec![Read::ExecutionRole(role.clone())])
        }
        // Only AWS makes versions of policies of its own.
        Some(RoleChange::Versioned { policy }) if policy.account().is_some() => {
            Needs::Reads(vec![Read::ManagedPolicy(policy.clone())])
        }
        Some(RoleChange::Hidden { trust: false, .. }) => Needs::Reads(vec![Read::ExecutionRoles]),
        Some(
            RoleChange::Versioned { .. }
            | RoleChange::Trusted { .. }
            | RoleChange::Hidden { trust: true, .. },
        )
        | None => Needs::NotConcerned,
    }
}

/// Whether what the event shows grants nothing at large, whatever else the role has.
fn is_harmless(case: &Case<'_>, shown: &str) -> bool {
    IdentityDocument::parse(shown)
        .is_ok_and(|document| is_nothing(&gained(&[], &[&document], usual(case))))
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    match change(case.event) {
        Some(RoleChange::Attached { role, policy }) => {
            judge_named(case, role, Place::Attached(policy.clone()))
        }
        Some(RoleChange::Written { role, name, .. }) => {
            judge_named(case, role, Place::Inline(name.clone()))
        }
        Some(RoleChange::Versioned { policy }) => judge_versions(case, policy),
        Some(RoleChange::Hidden { account, .. }) => judge_hidden(case, account),
        Some(RoleChange::Trusted { .. }) | None => Vec::new(),
    }
}

/// What one role gains by one policy. A role that no function has is nobody's business here.
fn judge_named(case: &Case<'_>, named: &RoleArn, place: Place) -> Vec<Assessment> {
    let live = match case.state.roles.get(named.name()) {
        None => return vec![assessment(CONTROL.id, named.clone(), unread("the role's policies"))],
        Some(None) => return Vec::new(),
        Some(Some(live)) => live,
    };
    let judgement = if is_excepted(case, &live.arn) {
        Judgement::NotApplicable
    } else if was_there(live, &place) {
        Judgement::Compliant
    } else {
        judge_new(case, live, &place)
    };
    vec![assessment(CONTROL.id, live.arn.clone(), judgement)]
}

fn judge_new(case: &Case<'_>, live: &ExecutionRole, place: &Place) -> Judgement {
    let policies = match policies(live) {
        Ok(policies) => policies,
        Err(why) => return Judgement::InsufficientData(why),
    };
    let is_new = |policy: &Policy| policy.place == *place;
    let verdict = gain(case, &policies, &is_new);
    judgement(case, verdict, &live.functions, &format!("{} {}", live.arn, place.words()), || {
        restore(live, &policies, place)
    })
}

/// What a role gains by the policies that are new.
fn gain(case: &Case<'_>, policies: &[Policy], is_new: &dyn Fn(&Policy) -> bool) -> Verdict {
    let after: Vec<&IdentityDocument> = policies.iter().map(|policy| &policy.document).collect();
    let before: Vec<&IdentityDocument> =
        policies.iter().filter(|policy| !is_new(policy)).map(|policy| &policy.document).collect();
    let place = |document: usize| policies.get(document).map(|policy| policy.place.words());
    said(&gained(&before, &after, usual(case)), place)
}

fn judgement(
    case: &Case<'_>,
    verdict: Verdict,
    concerned: &BTreeSet<FunctionArn>,
    subject: &str,
    restore: impl FnOnce() -> Result<RoleRestore, &'static str>,
) -> Judgement {
    match verdict {
        Verdict::Nothing => Judgement::Compliant,
        Verdict::Unclear(why) => Judgement::InsufficientData(why),
        Verdict::Certain(evidence) => found(evidence, concerned, subject, answer(case, restore())),
    }
}

fn found(
    evidence: Vec<Evidence>,
    concerned: &BTreeSet<FunctionArn>,
    subject: &str,
    response: Response,
) -> Judgement {
    let mut response = Some(response);
    let all = std::iter::once(functions(concerned)).chain(evidence);
    Judgement::NonCompliant(
        all.map(|evidence| Seen {
            evidence,
            subject: subject.to_owned(),
            responses: response.take().into_iter().collect(),
        })
        .collect(),
    )
}

fn policies(live: &ExecutionRole) -> Result<Vec<Policy>, String> {
    execution_role::policies(&live.inline, &live.attached)
}

/// Whether the journal knows that the role had just this: then the call changed nothing.
fn was_there(live: &ExecutionRole, place: &Place) -> bool {
    let Some(known) = &live.known else { return false };
    match place {
        Place::Inline(name) => {
            let now = live.inline.get(name).map(|text| policy_hash(text));
            now.is_some() && known.inline.get(name) == now.as_ref()
        }
        Place::Attached(policy) => {
            let now = live.attached.get(policy).map(|live| &live.version);
            now.is_some() && known.attached.get(policy) == now
        }
    }
}

/// What takes the policy away again, if it is certain that there was none before, and if nothing is
/// given by that.
fn restore(
    live: &ExecutionRole,
    policies: &[Policy],
    place: &Place,
) -> Result<RoleRestore, &'static str> {
    let Some(known) = &live.known else {
        return Err("not put back: what the role had before is not known");
    };
    let role = live.arn.clone();
    let restore = match place {
        Place::Attached(policy) if known.attached.contains_key(policy) => {
            return Err("not put back: the policy was attached before, in another version");
        }
        Place::Inline(name) if known.inline.contains_key(name) => {
            return Err("not put back: IAM does not keep what the inline policy said before");
        }
        Place::Attached(policy) => RoleRestore::Detach { role, policy: policy.clone() },
        Place::Inline(name) => {
            let before = live.inline.get(name).cloned().unwrap_or_default();
            RoleRestore::DeleteInline { role, name: name.clone(), before }
        }
    };
    let all: Vec<&IdentityDocument> = policies.iter().map(|policy| &policy.document).collect();
    let without = policies.iter().filter(|policy| policy.place != *place);
    let without: Vec<&IdentityDocument> = without.map(|policy| &policy.document).collect();
    match grants_width(&without, &all) {
        Width::NarrowerOrEqual => Ok(restore),
        Width::Wider | Width::Unknown(_) => {
            Err("not put back: without the policy the role might be allowed more, by a Deny in it")
        }
    }
}

/// What roles gain by another version of a managed policy that they have.
fn judge_versions(case: &Case<'_>, policy: &Arn) -> Vec<Assessment> {
    let Some(managed) = case.state.managed.get(policy) else {
        return vec![assessment(CONTROL.id, policy.clone(), unread("who has the policy"))];
    };
    let roles = managed.roles.iter().filter_map(|name| case.state.roles.get(name)?.as_ref());
    let roles: Vec<&ExecutionRole> = roles.filter(|role| !is_excepted(case, &role.arn)).collect();
    if roles.is_empty() {
        return Vec::new();
    }
    let mut verdict = Verdict::Nothing;
    let mut concerned = BTreeSet::new();
    for live in &roles {
        let of_role = match versions_of(case, managed, policy, live) {
            Ok(verdict) => verdict,
            Err(why) => Verdict::Unclear(why),
        };
        if let Verdict::Certain(_) = &of_role {
            concerned.extend(live.functions.iter().cloned());
        }
        verdict = verdict.or(of_role.on(&live.arn));
    }
    let subject = format!("{policy} {}", managed.default);
    let judgement =
        judgement(case, verdict, &concerned, &subject, || restore_version(managed, policy, &roles));
    vec![assessment(CONTROL.id, policy.clone(), judgement)]
}

/// What one role gains: beside the version that is known to have been in force, or else beside each that
/// may have been.
fn versions_of(
    case: &Case<'_>,
    managed: &ManagedPolicyState,
    policy: &Arn,
    live: &ExecutionRole,
) -> Result<Verdict, String> {
    let place = Place::Attached(policy.clone());
    if was_there(live, &place) {
        return Ok(Verdict::Nothing);
    }
    let policies = policies(live)?;
    let known = live.known.as_ref().and_then(|known| known.attached.get(policy));
    let known = known.filter(|version| managed.versions.contains_key(*version));
    let others = managed.versions.keys().filter(|version| **version != managed.default);
    let before: Vec<&String> = match known {
        Some(version) => vec![version],
        None => others.collect(),
    };
    let after: Vec<&IdentityDocument> = policies.iter().map(|policy| &policy.document).collect();
    let rest: Vec<&IdentityDocument> =
        policies.iter().filter(|one| one.place != place).map(|one| &one.document).collect();
    let words = |document: usize| policies.get(document).map(|policy| policy.place.words());
    if before.is_empty() {
        return Ok(said(&gained(&rest, &after, usual(case)), words));
    }
    let mut verdicts = Vec::new();
    for version in before {
        let text = managed.versions.get(version).map(String::as_str).unwrap_or_default();
        let document = IdentityDocument::parse(text)
            .map_err(|error| format!("version {version} of {policy} cannot be read: {error}"))?;
        let mut before = rest.clone();
        before.push(&document);
        verdicts.push(said(&gained(&before, &after, usual(case)), words));
    }
    let all_certain = verdicts.iter().all(|verdict| matches!(verdict, Verdict::Certain(_)));
    let none = verdicts.iter().all(|verdict| matches!(verdict, Verdict::Nothing));
    Ok(match verdicts.into_iter().next() {
        Some(first) if all_certain || none => first,
        Some(_) | None => {
            Verdict::Unclear(format!("which version of {policy} was in force before is not known"))
        }
    })
}

/// What puts the version before in force again, if it is known, and grants nothing else.
fn restore_version(
    managed: &ManagedPolicyState,
    policy: &Arn,
    roles: &[&ExecutionRole],
) -> Result<RoleRestore, &'static str> {
    let known: BTreeSet<&String> = roles
        .iter()
        .filter_map(|role| role.known.as_ref()?.attached.get(policy))
        .filter(|version| **version != managed.default)
        .collect();
    let mut known = known.into_iter();
    let (Some(back), None) = (known.next(), known.next()) else {
        return Err("not put back: which version was in force before is not known");
    };
    let document = |version: &String| {
        managed.versions.get(version).and_then(|text| IdentityDocument::parse(text).ok())
    };
    let (Some(then), Some(now)) = (document(back), document(&managed.default)) else {
        return Err("not put back: the version that was in force before is gone");
    };
    match grants_width(&[&then], &[&now]) {
        Width::NarrowerOrEqual => Ok(RoleRestore::Version {
            policy: policy.clone(),
            before: managed.default.clone(),
            back: back.clone(),
        }),
        Width::Wider | Width::Unknown(_) => {
            Err("not put back: the version before may grant something that this one does not")
        }
    }
}

/// Which role was changed the event hides: all of them are looked at.
fn judge_hidden(case: &Case<'_>, account: &Arn) -> Vec<Assessment> {
    if !case.state.read.contains(&Read::ExecutionRoles) {
        let what = "the event does not tell which role was changed, and the roles of all functions";
        return vec![assessment(CONTROL.id, account.clone(), unread(what))];
    }
    let roles = case.state.roles.values().flatten().filter(|role| !is_excepted(case, &role.arn));
    let found: Vec<Assessment> = roles
        .filter_map(|live| match judge_any(case, live) {
            Judgement::Compliant | Judgement::NotApplicable => None,
            judgement @ (Judgement::NonCompliant(_) | Judgement::InsufficientData(_)) => {
                Some(assessment(CONTROL.id, live.arn.clone(), judgement))
            }
        })
        .collect();
    if found.is_empty() {
        return vec![assessment(CONTROL.id, account.clone(), Judgement::Compliant)];
    }
    found
}

/// What one role gained by whatever is new in it; of a role that is not known, by anything that its owner
/// can write.
fn judge_any(case: &Case<'_>, live: &ExecutionRole) -> Judgement {
    let policies = match policies(live) {
        Ok(policies) => policies,
        Err(why) => return Judgement::InsufficientData(why),
    };
    let is_new = |policy: &Policy| {
        let is_of_aws = matches!(&policy.place, Place::Attached(arn) if arn.account().is_none());
        let can_be = live.known.is_some() || !is_of_aws;
        can_be && !was_there(live, &policy.place)
    };
    let why = match live.known {
        Some(_) => "not put back: the event does not tell what was changed",
        None => {
            "not put back: the event does not tell what was changed, and what the role had before is \
             not known"
        }
    };
    let verdict = gain(case, &policies, &is_new);
    judgement(case, verdict, &live.functions, &format!("{} hidden", live.arn), || Err(why))
}
