//! Whether a statement of a trust policy names everybody whom a principal of another stands for.
//! Refuses to follow a role into its sessions, and to read a federated principal into everybody.
//! Forms: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use crate::iam::document::{Principal, Statement};
use crate::iam::pattern::{Arn, has_wildcard};
use crate::resource::is_account_id;

/// Whether an account stands for its users and roles. A policy that names the account delegates: who
/// is in it still needs a permission of its own, whom the policy names needs none. So naming a role
/// lets in somebody whom naming the account may not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delegation {
    /// An account is all who are in it, and everybody is services too.
    Counts,
    /// Only what needs no permission besides.
    No,
}

/// Whether the statement provably names everybody whom the principal of `inner` names.
pub fn include(
    outer: &Statement,
    principal: Option<&Principal>,
    inner: &Statement,
    delegation: Delegation,
) -> bool {
    let Some(principal) = principal else { return outer.principals.is_empty() };
    matches!(principal, Principal::Dead(_))
        || outer.principals.iter().any(|all| match (all, principal) {
            (Principal::NotListed, Principal::NotListed) => {
                outer.not_principals.iter().all(|out| inner.not_principals.contains(out))
            }
            (Principal::NotListed, _) => false,
            (Principal::Anyone, Principal::Anyone | Principal::NotListed | Principal::Aws(_)) => {
                true
            }
            (Principal::Anyone, Principal::Service(_)) => delegation == Delegation::Counts,
            (Principal::Aws(all), Principal::Aws(one)) => aws_includes(all, one, delegation),
            (all, one) => all == one,
        })
}

fn aws_includes(all: &str, one: &str, delegation: Delegation) -> bool {
    if all == one {
        return true;
    }
    let (Some(account), Some(of)) = (whole_account(all), account(one)) else { return false };
    let same_partition = Arn::parse(all)
        .zip(Arn::parse(one))
        .is_none_or(|(all, one)| all.partition == one.partition);
    account == of
        && same_partition
        && (delegation == Delegation::Counts || whole_account(one).is_some())
}

/// The account that the text stands for as a whole.
/// "The account ARN and the shortened account ID behave the same way."
fn whole_account(text: &str) -> Option<&str> {
    if is_account_id(text) {
        return Some(text);
    }
    let arn = Arn::parse(text).filter(|arn| arn.service == "iam" && arn.resource == "root")?;
    (arn.region.is_empty() && is_account_id(arn.account)).then_some(arn.account)
}

/// The account that the text stands for, or for somebody in it.
fn account(text: &str) -> Option<&str> {
    if is_account_id(text) {
        return Some(text);
    }
    let arn = Arn::parse(text).filter(|_| !has_wildcard(text))?;
    let known = matches!(arn.service, "iam" | "sts") && arn.region.is_empty();
    (known && is_account_id(arn.account)).then_some(arn.account)
}

/// Whether the statement provably names nobody whom the principal stands for.
pub fn are_apart(other: &Statement, principal: Option<&Principal>) -> bool {
    let Some(principal) = principal else { return false };
    other.principals.iter().all(|one| match (one, principal) {
        (Principal::Dead(_), _) | (_, Principal::Dead(_)) => true,
        (Principal::Aws(one), Principal::Aws(other)) => {
            account(one).zip(account(other)).is_some_and(|(one, other)| one != other)
        }
        (Principal::Aws(_), Principal::Service(_)) | (Principal::Service(_), Principal::Aws(_)) => {
            true
        }
        (
            Principal::Anyone
            | Principal::Aws(_)
            | Principal::Service(_)
            | Principal::Federated(_)
            | Principal::Other { .. }
            | Principal::NotListed,
            _,
        ) => false,
    })
}
