//! Whether `Principal` or `NotPrincipal` names the caller of a request.
//! Refuses to say so for forms that AWS does not document, where they could mean the caller.
//! Forms: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use crate::iam::condition::either;
use crate::iam::document::{Principal, Statement};
use crate::iam::pattern::{Arn, has_wildcard};
use crate::iam::service::service_name;
use crate::resource::is_account_id;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom<'a> {
    /// Nobody known: the request is not signed.
    Anonymous,
    /// A service principal.
    Service(&'a str),
    /// A user, a role, a root user or a federated user by its `aws:PrincipalArn`, and the ARN of
    /// its session if it is a role's and known.
    Principal { arn: &'a str, session: Option<&'a str> },
}

/// Whether the statement speaks of the caller.
pub fn speaks_of(statement: &Statement, whom: &Whom<'_>) -> Option<bool> {
    either(statement.principals.iter().map(|principal| speaks_of_as(statement, principal, whom)))
}

/// Whether this one of the statement's principals is the caller.
pub fn speaks_of_as(statement: &Statement, principal: &Principal, whom: &Whom<'_>) -> Option<bool> {
    match principal {
        Principal::NotListed => left_out(&statement.not_principals, whom).map(|out| !out),
        Principal::Anyone
        | Principal::Aws(_)
        | Principal::Service(_)
        | Principal::Dead(_)
        | Principal::Federated(_)
        | Principal::Other { .. } => names(principal, whom),
    }
}

/// Whether one listed principal is the caller.
fn names(principal: &Principal, whom: &Whom<'_>) -> Option<bool> {
    match (principal, whom) {
        (Principal::Anyone, _) => Some(true),
        // "The policy no longer applies, even if you recreate the role."
        (Principal::Dead(_), _) => Some(false),
        (Principal::Service(name), Whom::Service(caller)) => names_service(name, caller),
        (Principal::Aws(text), Whom::Principal { arn, session }) => {
            names_principal(text, arn, *session)
        }
        (Principal::Service(_), Whom::Anonymous | Whom::Principal { .. })
        | (Principal::Aws(_) | Principal::Federated(_), Whom::Anonymous | Whom::Service(_)) => {
            Some(false)
        }
        // Sessions of federated principals call as a role: which are meant cannot be seen.
        (Principal::Federated(_), Whom::Principal { .. }) => None,
        (Principal::Other { .. } | Principal::NotListed, _) => None,
    }
}

/// "Some services might create Regional service principals": whether one form names the other is
/// not documented.
fn names_service(listed: &str, caller: &str) -> Option<bool> {
    if listed == "*" || listed == caller {
        return Some(true);
    }
    match (service_name(listed), service_name(caller)) {
        (Some((listed, _)), Some((caller, _))) if listed != caller => Some(false),
        (_, _) => None,
    }
}

/// Whether a value of `AWS` names a user, a role, a root user or a federated user.
fn names_principal(listed: &str, arn: &str, session: Option<&str>) -> Option<bool> {
    let caller = Arn::parse(arn)?;
    if is_account_id(listed) {
        return Some(listed == caller.account);
    }
    if listed == arn || session == Some(listed) {
        return Some(true);
    }
    // User names have a case here. Of roles that is not said, and two cannot differ by case alone:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    let but_for_case = |text: &str| listed.eq_ignore_ascii_case(text);
    if caller.resource.starts_with("role/")
        && (but_for_case(arn) || session.is_some_and(but_for_case))
    {
        return None;
    }
    let named = Arn::parse(listed)?;
    if is_account_id(named.account) && named.account != caller.account {
        return Some(false);
    }
    // "You cannot use a wildcard to match part of a principal name or ARN."
    let plain = !has_wildcard(listed)
        && is_account_id(named.account)
        && named.partition == caller.partition
        && named.region.is_empty();
    if !plain {
        return None;
    }
    let (kind, name) = named.resource.split_once('/').unwrap_or((named.resource, ""));
    let federated = caller.service == "sts";
    // The ARN of a role's session is no `aws:PrincipalArn`.
    if federated && !caller.resource.starts_with("federated-user/") {
        return None;
    }
    match (named.service, kind) {
        // "The account ARN and the shortened account ID behave the same way."
        ("iam", "root") if name.is_empty() => Some(true),
        ("iam", "role") if !name.is_empty() => Some(false),
        // A federated user's session belongs to a user that its ARN does not tell.
        ("iam", "user") if !name.is_empty() => (!federated).then_some(false),
        ("sts", "federated-user") if !name.is_empty() => Some(false),
        ("sts", "assumed-role") => is_other_session(name, &caller, session).then_some(false),
        (_, _) => None,
    }
}

/// Whether `role/session` is certainly not the caller, whose session, if it is known, is another.
fn is_other_session(listed: &str, caller: &Arn<'_>, session: Option<&str>) -> bool {
    let Some((role, name)) = listed.split_once('/') else { return false };
    let own = caller.resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    let complete = !role.is_empty() && !name.is_empty() && !name.contains('/');
    let same_role = own.is_some_and(|own| own.eq_ignore_ascii_case(role));
    complete && (!same_role || session.is_some())
}

/// Whether `NotPrincipal` leaves the caller out. A user must be listed with its account, a session
/// with its role and its account: "otherwise, the policy might deny access to the entire account".
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
fn left_out(listed: &[Principal], whom: &Whom<'_>) -> Option<bool> {
    let any = either(listed.iter().map(|principal| names(principal, whom)));
    match whom {
        // That nobody is left when everybody is listed is not documented.
        _ if listed.contains(&Principal::Anyone) => None,
        Whom::Anonymous | Whom::Service(_) => any,
        Whom::Principal { arn, session } => match any {
            Some(false) => Some(false),
            Some(true) if is_wholly_listed(listed, arn, *session) => Some(true),
            Some(true) | None => None,
        },
    }
}

fn is_wholly_listed(listed: &[Principal], arn: &str, session: Option<&str>) -> bool {
    let Some(caller) = Arn::parse(arn) else { return false };
    let is_listed = |wanted: &str| {
        listed.iter().any(|one| matches!(one, Principal::Aws(text) if text == wanted))
    };
    let root = format!("arn:{}:iam::{}:root", caller.partition, caller.account);
    let account = is_listed(&root) || is_listed(caller.account);
    let kind = caller.resource.split_once('/').map_or(caller.resource, |(kind, _)| kind);
    match (caller.service, kind) {
        ("iam", "root") => account,
        ("iam", "user") => account && is_listed(arn),
        ("iam", "role") => account && is_listed(arn) && session.is_some_and(is_listed),
        (_, _) => false,
    }
}

#[cfg(test)]
#[path = "principals_tests.rs"]
mod tests;
