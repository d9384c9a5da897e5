//! Deny statements: which provably cover a whole grant, which may reach one request.
//! Refuses to let a Deny count for less than it may be worth, or for more than is proven.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::actions;
use super::context::State;
use super::exposure::Setting;
use super::model::{Effect, Principal, Statement};
use super::pattern::Arn;
use super::resources;

/// The caller of a request, as far as a Deny looks at it.
pub(super) enum Who<'a> {
    /// An unsigned request.
    Unsigned,
    /// A principal of an account; none if its ARN is not certain.
    Account { account: Option<&'a str>, arn: Option<&'a str> },
    /// A service principal.
    Service(&'a str),
}

/// Whether some Deny forbids everything that the Allow grants, to everybody.
pub(super) fn is_covered(allow: &Statement, setting: &Setting<'_>) -> bool {
    denies(setting).any(|deny| {
        deny.unknown_elements.is_empty()
            && deny.conditions.is_empty()
            && deny.principals.contains(&Principal::Anyone)
            && resources::covers(deny, setting)
            && resources::includes(deny, allow)
            && actions::includes(&deny.actions, &allow.actions)
    })
}

/// Whether some Deny may forbid this request; `state` tells what it holds for a key.
pub(super) fn may_reach(
    setting: &Setting<'_>,
    who: &Who<'_>,
    action: &str,
    state: impl Fn(&str) -> State,
) -> bool {
    denies(setting).any(|deny| {
        let names = deny.principals.iter().any(|principal| may_name(principal, who));
        let holds = || {
            let clauses = setting.clauses(deny);
            clauses.iter().all(|c| state(c.name()).satisfies(c) != Some(false))
        };
        names
            && actions::may_grant(&deny.actions, action)
            && resources::may_cover(deny, setting)
            && (!deny.unknown_elements.is_empty() || holds())
    })
}

/// Whether a Deny stands in the document that could concern `actions` at all.
pub(super) fn any(setting: &Setting<'_>) -> bool {
    denies(setting).next().is_some()
}

fn denies<'a>(setting: &Setting<'a>) -> impl Iterator<Item = &'a Statement> {
    setting.statements.iter().filter(|statement| statement.effect == Effect::Deny)
}

fn may_name(principal: &Principal, who: &Who<'_>) -> bool {
    match principal {
        Principal::Anyone | Principal::Other { .. } | Principal::NotListed => true,
        Principal::Dead(_) => false,
        Principal::Federated(_) => matches!(who, Who::Account { .. }),
        Principal::Service(name) => match who {
            Who::Service(caller) => may_be_service(name, caller),
            Who::Unsigned | Who::Account { .. } => false,
        },
        Principal::Aws(text) => match who {
            Who::Account { account, arn } => may_be_account(text, *account, *arn),
            Who::Unsigned | Who::Service(_) => false,
        },
    }
}

/// Regional and global forms of one service may be the same caller.
fn may_be_service(denied: &str, caller: &str) -> bool {
    let first = |name: &str| super::service::service_name(name).map(|(base, _)| base.to_owned());
    match (first(denied), first(caller)) {
        (Some(denied), Some(caller)) => denied == caller,
        (None, _) | (_, None) => true,
    }
}

fn may_be_account(denied: &str, account: Option<&str>, arn: Option<&str>) -> bool {
    let Some(account) = account else { return true };
    if super::limits::is_account(denied) {
        return denied == account;
    }
    let Some(parsed) = Arn::parse(denied) else { return true };
    if !super::limits::is_account(parsed.account) {
        return true;
    }
    let one = parsed.service == "iam"
        && (parsed.resource.starts_with("role/") || parsed.resource.starts_with("user/"))
        && !super::pattern::has_wildcard(denied);
    parsed.account == account && (!one || arn.is_none_or(|arn| arn == denied))
}

/// Whether the element names a list, for readers of `NotPrincipal`.
pub(super) fn excludes(statement: &Statement, who: &Who<'_>) -> bool {
    statement.not_principals.iter().any(|principal| may_name(principal, who))
}
