//! Whom a role's trust policy lets assume the role.
//! Refuses to call a condition sufficient: it says which keys may limit, and whether to fixed values.
//! Elements: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use crate::iam::actions::Names;
use crate::iam::condition::{Base, Clause, Set};
use crate::iam::document::{Document, Effect, Principal, Statement};
use crate::iam::evaluate::targets::names_action;
use crate::iam::pattern::{Arn, has_wildcard};
use crate::resource::AccountId;
use serde::Serialize;

/// What one statement of a trust policy gives to one of its principals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrustGrant {
    /// The statement, from 0.
    pub statement: usize,
    /// The statement's id.
    pub sid: Option<String>,
    /// Whom it trusts.
    pub trusted: Trustee,
    /// The actions by which the role can be assumed.
    pub actions: Vec<&'static str>,
    /// What the condition may do to it.
    pub limit: TrustLimit,
}

/// Who may assume a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trustee {
    /// AWS Lambda.
    Lambda,
    /// Another AWS service, by its principal.
    OtherService(String),
    /// The role's own account, or somebody in it.
    OwnAccount(String),
    /// Another account, or somebody in it.
    OtherAccount(String),
    /// Everybody.
    Anyone,
    /// Whom an identity provider vouches for.
    Federated(String),
    /// Nobody: a user or role that is deleted, by its unique id.
    Dead(String),
    /// It cannot be said, and why.
    Unclear(&'static str),
}

/// What the condition of a statement may do. Whether it holds is never said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustLimit {
    /// There is no condition.
    None,
    /// There is one, and nothing in it is fixed: these are its keys.
    Maybe(Vec<String>),
    /// These keys must have a fixed value. A value may still be known to many (`sts:ExternalId`) or
    /// held by many (`aws:PrincipalOrgID`).
    Fixed(Vec<String>),
}

/// The actions that give out credentials of a role.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html>
const ASSUME: [&str; 3] =
    ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

const LAMBDA: &str = "lambda.amazonaws.com";

pub(super) const UNKNOWN_ELEMENT: &str = "the statement has an element that is not known";
const UNKNOWN_PRINCIPAL: &str = "the principal is of a type that is not known";
const WILDCARD: &str = "a wildcard stands in a part of the principal";
const NO_SERVICE: &str = "the service principal is not one that AWS documents";

/// Whom the trust policy lets assume the role, which lives in the account `own`. Statements that only
/// tag sessions or name their source let nobody in and are left out.
pub fn trust(document: &Document, own: &AccountId) -> Vec<TrustGrant> {
    let statements = document.statements();
    let mut grants = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        if statement.effect != Effect::Allow {
            continue;
        }
        for principal in &statement.principals {
            let granted = |action: &&&str| names_action(&statement.actions, action);
            let free =
                |action: &&&str| !statements.iter().any(|deny| denies(deny, principal, action));
            let actions: Vec<&str> = ASSUME.iter().filter(granted).filter(free).copied().collect();
            if actions.is_empty() {
                continue;
            }
            let known = statement.unknown_elements.is_empty();
            grants.push(TrustGrant {
                statement: index,
                sid: statement.sid.clone(),
                trusted: if known {
                    trustee(principal, own)
                } else {
                    Trustee::Unclear(UNKNOWN_ELEMENT)
                },
                actions,
                limit: limit(&statement.conditions),
            });
        }
    }
    grants
}

/// Whether the trust policy of a role in the account `own` lets nobody but AWS Lambda assume it;
/// `None` if that cannot be said: a condition or a Deny may keep the others out, or a principal is
/// not understood. Which functions have the role is not said, nor whether any has.
pub fn only_lambda_assumes(trust_policy: &str, own: &AccountId) -> Option<bool> {
    let document = Document::parse(trust_policy).ok()?;
    let statements = document.statements();
    let denies = statements.iter().any(|statement| statement.effect == Effect::Deny);
    let mut unclear = statements.iter().any(|statement| !statement.unknown_elements.is_empty());
    for grant in trust(&document, own) {
        match grant.trusted {
            Trustee::Lambda | Trustee::Dead(_) => {}
            Trustee::Unclear(_) => unclear = true,
            Trustee::OtherService(_)
            | Trustee::OwnAccount(_)
            | Trustee::OtherAccount(_)
            | Trustee::Anyone
            | Trustee::Federated(_) => match grant.limit {
                TrustLimit::None if !denies => return Some(false),
                TrustLimit::None | TrustLimit::Maybe(_) | TrustLimit::Fixed(_) => unclear = true,
            },
        }
    }
    if unclear { None } else { Some(true) }
}

/// Whether the statement provably forbids the principal the action.
pub(super) fn denies(deny: &Statement, principal: &Principal, action: &str) -> bool {
    let everybody = || deny.principals.contains(&Principal::Anyone);
    let named = || *principal != Principal::NotListed && deny.principals.contains(principal);
    deny.effect == Effect::Deny
        && deny.conditions.is_empty()
        && deny.unknown_elements.is_empty()
        && speaks_of_the_role(deny)
        && names_action(&deny.actions, action)
        && (everybody() || named())
}

/// A trust policy is for its role alone and names no resource.
pub(super) fn speaks_of_the_role(deny: &Statement) -> bool {
    match &deny.resources {
        None => true,
        Some(Names::Only(list)) => list.iter().any(|pattern| pattern == "*"),
        Some(Names::AllBut(_)) => false,
    }
}

pub(super) fn trustee(principal: &Principal, own: &AccountId) -> Trustee {
    match principal {
        Principal::Anyone | Principal::NotListed => Trustee::Anyone,
        Principal::Aws(text) => aws(text, own),
        Principal::Service(name) => service(name),
        Principal::Dead(id) => Trustee::Dead(id.clone()),
        Principal::Federated(provider) if has_wildcard(provider) => Trustee::Unclear(WILDCARD),
        Principal::Federated(provider) => Trustee::Federated(provider.clone()),
        Principal::Other { .. } => Trustee::Unclear(UNKNOWN_PRINCIPAL),
    }
}

fn service(name: &str) -> Trustee {
    if name == LAMBDA {
        return Trustee::Lambda;
    }
    if has_wildcard(name) {
        return Trustee::Unclear(WILDCARD);
    }
    let known = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal", ".api.aws"];
    // Another spelling of Lambda may be Lambda, or be nobody.
    let lambda = name.split('.').next().is_some_and(|first| first.eq_ignore_ascii_case("lambda"));
    if !lambda && known.iter().any(|suffix| name.ends_with(suffix)) {
        Trustee::OtherService(name.to_owned())
    } else {
        Trustee::Unclear(NO_SERVICE)
    }
}

fn aws(text: &str, own: &AccountId) -> Trustee {
    let account = AccountId::parse(text).ok().or_else(|| {
        let arn = Arn::parse(text).filter(|arn| matches!(arn.service, "iam" | "sts"))?;
        AccountId::parse(arn.account).ok()
    });
    match account {
        _ if has_wildcard(text) => Trustee::Unclear(WILDCARD),
        Some(account) if account == *own => Trustee::OwnAccount(text.to_owned()),
        Some(_) => Trustee::OtherAccount(text.to_owned()),
        None => Trustee::Unclear(UNKNOWN_PRINCIPAL),
    }
}

pub(super) fn limit(conditions: &[Clause]) -> TrustLimit {
    let keys = |fixed_only: bool| -> Vec<String> {
        let clauses = conditions.iter().filter(|clause| !fixed_only || is_fixed(clause));
        clauses.map(|clause| clause.key.clone()).collect()
    };
    if conditions.is_empty() {
        return TrustLimit::None;
    }
    let fixed = keys(true);
    if fixed.is_empty() { TrustLimit::Maybe(keys(false)) } else { TrustLimit::Fixed(fixed) }
}

/// Whether the clause demands one of a list of values that hold no wildcard and no variable. With
/// `IfExists` and `ForAllValues` a request without the key passes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
pub(super) fn is_fixed(clause: &Clause) -> bool {
    let demands = clause.understood().is_some_and(|operator| {
        let text = match operator.base {
            Base::Equals | Base::EqualsIgnoreCase | Base::Like | Base::Arn => true,
            Base::Bool | Base::Ip | Base::Null | Base::Number(_) | Base::Date(_) | Base::Binary => {
                false
            }
        };
        text && !operator.negated && !operator.if_exists && operator.set != Set::All
    });
    demands && clause.values.iter().all(|value| !has_wildcard(value) && !value.contains("${"))
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
