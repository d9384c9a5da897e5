//! What the policies of an identity let it do at large: administer, use a whole service, write on
//! every resource of one. Judges all policies of one identity together.
//! Refuses to prove less: boundaries, session policies and organization policies are not seen, a
//! condition is never taken to hold, and a Deny counts only where it takes a whole grant away.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

mod access;
mod denial;
pub(super) mod gained;
mod grant;
mod inclusion;
pub(super) mod lambda_admin;
pub(super) mod privilege;
pub(super) mod reach;
pub(super) mod trust;
mod trustees;
pub(super) mod usual;
pub(super) mod widened;
pub(super) mod width;
#[cfg(test)]
mod written;

use super::document::{Effect, IdentityDocument};
use denial::Denials;
use gained::Before;
use grant::{Found, Place, Power};
use privilege::Privileges;
use usual::Usual;

/// What the policies of one identity let it do at large.
pub fn privileges(documents: &[&IdentityDocument]) -> Privileges {
    judge(documents, &Yardstick { before: None, usual: None })
}

/// What is not told.
struct Yardstick<'a> {
    /// What was given before.
    before: Option<&'a Before<'a>>,
    /// What is usual.
    usual: Option<Usual<'a>>,
}

fn judge(documents: &[&IdentityDocument], yardstick: &Yardstick<'_>) -> Privileges {
    let denials = Denials::of(documents);
    let mut found = Found::new();
    for (document, policy) in documents.iter().enumerate() {
        for (index, statement) in policy.statements().iter().enumerate() {
            if statement.effect == Effect::Allow {
                let place = Place { document, index, policy, statement, yardstick };
                place.judge(documents, &denials, &mut found);
            }
        }
    }
    let mut privileges = Privileges::default();
    for ((power, ..), privilege) in found {
        match power {
            Power::Admin => privileges.admin.push(privilege),
            Power::NearlyAll => privileges.nearly_all.push(privilege),
            Power::FullAccess => privileges.full_access.push(privilege),
            Power::WriteAll => privileges.write_all.push(privilege),
        }
    }
    privileges
}

#[cfg(test)]
#[path = "identity/tests.rs"]
mod tests;
