//! What one clause proves about the callers it lets through: their account or organization.
//! Refuses to take anything as a limit but a fixed value under a positive operator.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::caller::Base as Caller;
use super::condition::{Base, Clause, Operator, Set};
use super::exposure::{Exposure, Setting};
use super::pattern::{Arn, glob, has_wildcard, literal_through_account};
use super::service;

/// Who stands behind a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    Account(String),
    Organization(String),
    /// No request can hold a matching value.
    Nobody,
}

/// The form in which a key names an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Account,
    PrincipalArn,
    SourceArn,
    Organization,
    OrganizationPath,
}

fn form(key: &str) -> Option<Form> {
    Some(match key {
        "aws:principalaccount" | "aws:sourceaccount" => Form::Account,
        "aws:principalarn" => Form::PrincipalArn,
        "aws:sourcearn" => Form::SourceArn,
        "aws:principalorgid" | "aws:sourceorgid" => Form::Organization,
        "aws:principalorgpaths" | "aws:sourceorgpaths" => Form::OrganizationPath,
        _ => return None,
    })
}

/// Services whose ARNs, as a source of Lambda invocations, always hold an account.
const ALWAYS_WITH_ACCOUNT: [&str; 9] =
    ["sns", "sqs", "logs", "execute-api", "lambda", "dynamodb", "cognito-idp", "cloudwatch", "iot"];

/// Whether the clause is true only for requests that hold its key with a value it names.
/// `IfExists` and `ForAllValues` are true without the key, unless `Null` demands it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
pub(super) fn is_positive(clause: &Clause, all: &[Clause]) -> Option<Operator> {
    let operator = clause.understood()?;
    let lenient = operator.if_exists || operator.set == Set::All;
    let fine = match operator.base {
        Base::Equals | Base::EqualsIgnoreCase | Base::Like | Base::Arn => !operator.negated,
        Base::Bool | Base::Ip | Base::Null | Base::Number(_) | Base::Date(_) | Base::Binary => {
            false
        }
    };
    (fine && (!lenient || key_is_demanded(clause.name(), all))).then_some(operator)
}

fn key_is_demanded(key: &str, all: &[Clause]) -> bool {
    all.iter().any(|other| {
        other.name() == key
            && other.understood().is_some_and(|operator| operator.base == Base::Null)
            && other.when_absent() == Some(false)
    })
}

/// The owners of a clause's values, if every value has exactly one.
pub(super) fn owners(clause: &Clause, all: &[Clause], setting: &Setting<'_>) -> Option<Vec<Owner>> {
    let operator = is_positive(clause, all)?;
    let form = form(clause.name())?;
    clause.values.iter().map(|value| owner(form, operator.base, value, setting)).collect()
}

/// The owners that the values name one by one, values without an owner left out.
pub(super) fn named_owners(clause: &Clause, setting: &Setting<'_>) -> Vec<Owner> {
    let (Some(operator), Some(form)) = (clause.understood(), form(clause.name())) else {
        return Vec::new();
    };
    clause.values.iter().filter_map(|value| owner(form, operator.base, value, setting)).collect()
}

fn owner(form: Form, base: Base, value: &str, setting: &Setting<'_>) -> Option<Owner> {
    if value.contains("${") {
        return None;
    }
    let text = matches!(base, Base::Equals | Base::EqualsIgnoreCase | Base::Like);
    let fixed = text && (base != Base::Like || !has_wildcard(value));
    match form {
        Form::Account => (fixed && is_account(value)).then(|| Owner::Account(value.to_owned())),
        Form::Organization => {
            (fixed && is_organization(value)).then(|| Owner::Organization(value.to_owned()))
        }
        Form::OrganizationPath => {
            let (organization, _) = value.split_once('/')?;
            (text && is_organization(organization))
                .then(|| Owner::Organization(organization.to_owned()))
        }
        Form::PrincipalArn | Form::SourceArn => {
            let arn = match base {
                Base::Arn => Arn::parse(value)?,
                Base::Like => literal_through_account(value)?,
                Base::Equals => Arn::parse(value)?,
                Base::EqualsIgnoreCase
                | Base::Bool
                | Base::Ip
                | Base::Null
                | Base::Number(_)
                | Base::Date(_)
                | Base::Binary => return None,
            };
            arn_owner(form, &arn, base, setting)
        }
    }
}

fn arn_owner(form: Form, arn: &Arn<'_>, base: Base, setting: &Setting<'_>) -> Option<Owner> {
    let partition = &setting.home.partition;
    let here = match base {
        Base::Arn | Base::Like => glob(arn.partition, partition),
        Base::Equals
        | Base::EqualsIgnoreCase
        | Base::Bool
        | Base::Ip
        | Base::Null
        | Base::Number(_)
        | Base::Date(_)
        | Base::Binary => arn.partition == partition,
    };
    if !here {
        return None;
    }
    if is_account(arn.account) {
        return Some(Owner::Account(arn.account.to_owned()));
    }
    // An empty account matches only an ARN without one, which these never are.
    let rule = arn.service == "events" && arn.resource.starts_with("rule/");
    let never = match form {
        Form::PrincipalArn => arn.service == "iam",
        Form::SourceArn => rule || ALWAYS_WITH_ACCOUNT.contains(&arn.service),
        Form::Account | Form::Organization | Form::OrganizationPath => false,
    };
    (arn.account.is_empty() && never).then_some(Owner::Nobody)
}

/// The closest circle that all callers behind the clause provably belong to.
pub(super) fn bound(clause: &Clause, all: &[Clause], setting: &Setting<'_>) -> Option<Exposure> {
    let owners = owners(clause, all, setting)?;
    owners.iter().map(|owner| setting.circle(owner)).min()?
}

/// The circle that the principal and the conditions prove together.
pub(super) fn proven_close(
    base: &Caller,
    clauses: &[Clause],
    setting: &Setting<'_>,
) -> Option<(Exposure, String)> {
    let mut best: Option<(Exposure, String)> = None;
    let mut take = |exposure: Exposure, reason: String| {
        if best.as_ref().is_none_or(|(known, _)| *known < exposure) {
            best = Some((exposure, reason));
        }
    };
    match base {
        Caller::Nobody => {
            take(Exposure::Internal, "the principal was deleted, so nobody enters".to_owned());
        }
        Caller::Account(named) => {
            if let Some(circle) = setting.circle(&Owner::Account(named.account.clone())) {
                let own = circle == Exposure::Internal;
                let whose = if own { "the function's own account" } else { "a trusted account" };
                take(circle, format!("the principal belongs to {whose}"));
            }
        }
        Caller::Service { name, .. } => {
            for clause in clauses {
                if let Some(reason) = closed_to_service(name, clause, clauses) {
                    take(Exposure::Internal, reason);
                }
            }
        }
        Caller::Everybody | Caller::EveryService | Caller::Unclear(_) => {}
    }
    for clause in clauses {
        if let Some(circle) = bound(clause, clauses, setting) {
            let key = &clause.key;
            let own = circle == Exposure::Internal;
            let whose = if own { "the function's own account" } else { "the trusted set" };
            take(circle, format!("`{key}` limits it to {whose}, or to nobody"));
        }
    }
    best
}

/// Conditions that close a service's grant in ways of their own.
fn closed_to_service(name: &str, clause: &Clause, all: &[Clause]) -> Option<String> {
    let operator = is_positive(clause, all)?;
    let key = clause.name();
    // Requests of service principals do not hold the organization of a principal.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    if key == "aws:principalorgid" || key == "aws:principalorgpaths" {
        return Some(format!("a service has no `{}`, so nobody enters", clause.key));
    }
    let alexa =
        matches!(service::service_name(name), Some(("alexa-appkit" | "alexa-connectedhome", None)));
    let fixed = operator.base == Base::Equals
        && clause.values.iter().all(|value| !value.is_empty() && !value.contains("${"));
    // https://docs.aws.amazon.com/lambda/latest/dg/services-alexa.html
    (alexa && key == "lambda:eventsourcetoken" && fixed)
        .then(|| "the event source token limits it to one skill".to_owned())
}

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_organization(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|id| {
        !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}
