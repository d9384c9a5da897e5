//! `execution-role.trust-widened`: nobody but AWS Lambda may assume the role of a function. Whoever can
//! has what the function has, without its code.
//! Refuses to write a trust policy that is not proven to let in nobody else than the one that stands there.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>

use super::execution_role::{answer, assessment, change, functions, is_left_alone, unread};
use super::{Assessment, Case, Control, Judgement, Needs, Seen, Trigger};
use crate::{
    event::RoleChange,
    finding::{ControlId, Evidence, statement_name},
    iam::{Certainty, Document, TrustLimit, Trustee, Widened, Width, trust_width, widened},
    remediation::RoleRestore,
    resource::{Arn, RoleArn},
    state::{ExecutionRole, Read},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::ExecutionRoleTrustWidened,
    triggers: &[Trigger::IamCalls(&["UpdateAssumeRolePolicy"])],
    needs,
    judge,
};

/// What an execution role needs, and what is held against it where nothing is known from before.
const LAMBDA_ALONE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Lambda@Edge needs both:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html>
const LAMBDA_AT_EDGE: &str = "edgelambda.amazonaws.com";

fn is_excepted(case: &Case<'_>, role: &RoleArn) -> bool {
    is_left_alone(&case.policy.controls.execution_role_trust_widened.parameters.roles, role)
}

fn needs(case: &Case<'_>) -> Needs {
    match change(case.event) {
        Some(RoleChange::Trusted { role, .. }) if is_excepted(case, role) => Needs::NotConcerned,
        Some(RoleChange::Trusted { role, shown: Some(shown) })
            if is_harmless(case, role, shown) =>
        {
            Needs::NotConcerned
        }
        Some(RoleChange::Trusted { role, .. }) => {
            Needs::Reads(vec![Read::ExecutionRole(role.clone())])
        }
        Some(RoleChange::Hidden { trust: true, .. }) => Needs::Reads(vec![Read::ExecutionRoles]),
        Some(
            RoleChange::Attached { .. }
            | RoleChange::Written { .. }
            | RoleChange::Versioned { .. }
            | RoleChange::Hidden { trust: false, .. },
        )
        | None => Needs::NotConcerned,
    }
}

/// Whether what the event shows lets in nobody but Lambda and who is expected.
fn is_harmless(case: &Case<'_>, role: &RoleArn, shown: &str) -> bool {
    let Ok(alone) = Document::parse(LAMBDA_ALONE) else { return false };
    Document::parse(shown).is_ok_and(|shown| let_in(case, role, &alone, &shown).is_empty())
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    match change(case.event) {
        Some(RoleChange::Trusted { role, .. }) => judge_named(case, role),
        Some(RoleChange::Hidden { account, trust: true }) => judge_hidden(case, account),
        Some(
            RoleChange::Attached { .. }
            | RoleChange::Written { .. }
            | RoleChange::Versioned { .. }
            | RoleChange::Hidden { .. },
        )
        | None => Vec::new(),
    }
}

fn judge_named(case: &Case<'_>, named: &RoleArn) -> Vec<Assessment> {
    match case.state.roles.get(named.name()) {
        None => vec![assessment(CONTROL.id, named.clone(), unread("the role's trust policy"))],
        Some(None) => Vec::new(),
        Some(Some(live)) => vec![assessment(CONTROL.id, live.arn.clone(), judge_role(case, live))],
    }
}

/// Which role was changed the event hides: all of them are looked at.
fn judge_hidden(case: &Case<'_>, account: &Arn) -> Vec<Assessment> {
    if !case.state.read.contains(&Read::ExecutionRoles) {
        let what = "the event does not tell which role was changed, and the roles of all functions";
        return vec![assessment(CONTROL.id, account.clone(), unread(what))];
    }
    let roles = case.state.roles.values().flatten();
    let found: Vec<Assessment> = roles
        .filter_map(|live| match judge_role(case, live) {
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

fn judge_role(case: &Case<'_>, live: &ExecutionRole) -> Judgement {
    if is_excepted(case, &live.arn) {
        return Judgement::NotApplicable;
    }
    let now = match Document::parse(&live.trust) {
        Ok(now) => now,
        Err(error) => {
            return Judgement::InsufficientData(format!(
                "the trust policy cannot be read: {error}"
            ));
        }
    };
    let known = live.known.as_ref().and_then(|known| Document::parse(&known.trust).ok());
    let before = match known.clone().map_or_else(|| Document::parse(LAMBDA_ALONE), Ok) {
        Ok(before) => before,
        Err(error) => return Judgement::InsufficientData(error.to_string()),
    };
    let all = let_in(case, &live.arn, &before, &now);
    let certain: Vec<&Widened> = all.iter().filter(|one| is_certain(one)).collect();
    if certain.is_empty() {
        return match all.first() {
            None => Judgement::Compliant,
            Some(one) => Judgement::InsufficientData(format!(
                "{} may be let in: {}",
                who(&one.trusted),
                limit(one)
            )),
        };
    }
    let mut response = Some(answer(case, restore(live, known.as_ref(), &now)));
    let evidence = certain.into_iter().map(|one| {
        let field = statement_name(one.sid.as_deref(), one.statement);
        Evidence::new(field, &format!("lets in {}", who(&one.trusted)))
    });
    Judgement::NonCompliant(
        std::iter::once(functions(&live.functions))
            .chain(evidence)
            .map(|evidence| Seen {
                evidence,
                subject: format!("{} trust", live.arn),
                responses: response.take().into_iter().collect(),
            })
            .collect(),
    )
}

/// Who is let in beyond `before`, those left out who are expected.
fn let_in(case: &Case<'_>, role: &RoleArn, before: &Document, now: &Document) -> Vec<Widened> {
    let expected = &case.policy.controls.execution_role_trust_widened.parameters.trusted;
    let is_expected = |text: &str| {
        text == LAMBDA_AT_EDGE || expected.iter().any(|pattern| pattern.matches_text(text))
    };
    let mut all = widened(before, now, role.account());
    all.retain(|one| match &one.trusted {
        Trustee::OtherService(text)
        | Trustee::OwnAccount(text)
        | Trustee::OtherAccount(text)
        | Trustee::Federated(text) => !is_expected(text),
        Trustee::Lambda | Trustee::Dead(_) => false,
        Trustee::Anyone | Trustee::Unclear(_) => true,
    });
    all
}

fn is_certain(one: &Widened) -> bool {
    one.certainty == Certainty::Certain && !matches!(one.trusted, Trustee::Unclear(_))
}

/// What writes the trust policy that was there, if it is known and proven to let in nobody else.
fn restore<'w>(
    live: &ExecutionRole,
    known: Option<&Document>,
    now: &Document,
) -> Result<RoleRestore, &'w str> {
    let Some(back) = known else {
        return Err("not put back: the trust policy that was there before is not known");
    };
    match trust_width(back, now, live.arn.account()) {
        Width::NarrowerOrEqual => Ok(RoleRestore::Trust {
            role: live.arn.clone(),
            before: live.trust.clone(),
            back: back.raw().to_owned(),
        }),
        Width::Wider | Width::Unknown(_) => {
            Err("not put back: the trust policy before may let in somebody who is not let in now")
        }
    }
}

fn who(trusted: &Trustee) -> String {
    match trusted {
        Trustee::Lambda => "AWS Lambda".to_owned(),
        Trustee::OtherService(name) => format!("the service `{name}`"),
        Trustee::OwnAccount(name) => format!("`{name}` of this account"),
        Trustee::OtherAccount(name) => format!("`{name}` of another account"),
        Trustee::Anyone => "anyone".to_owned(),
        Trustee::Federated(name) => format!("whom `{name}` vouches for"),
        Trustee::Dead(id) => format!("`{id}`, which is deleted"),
        Trustee::Unclear(why) => format!("somebody ({why})"),
    }
}

/// Why it is not certain that they are.
fn limit(one: &Widened) -> String {
    match (one.certainty, &one.limit) {
        (Certainty::Unclear(why), _) => why.to_owned(),
        (_, TrustLimit::Maybe(keys) | TrustLimit::Fixed(keys)) => {
            format!("a condition on {} may limit it", keys.join(", "))
        }
        (Certainty::Certain | Certainty::Conditional, TrustLimit::None) => {
            "whom this means cannot be said".to_owned()
        }
    }
}
