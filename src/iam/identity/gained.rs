//! What a change lets an identity do at large that it could not do before.
//! Refuses to call gained for certain what the policies before may have given, and not gained what
//! they do not provably give.
//! Logic: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::access;
use super::denial::Denials;
use super::inclusion::{Part, Piece, is_kept};
use super::privilege::{Certainty, Privileges};
use super::reach::{Extent, Reach, reach};
use super::trustees::Delegation;
use super::usual::Usual;
use super::{Yardstick, judge, privileges};
use crate::iam::actions::Names;
use crate::iam::document::{Effect, IdentityDocument, Statement};

/// What the policies `after` let an identity do at large that the policies `before` did not, but for
/// what is usual. Both are all policies of one identity, of which the change is one; a policy that is
/// new by itself is held against none. The documents of what is told are counted in `after`.
pub fn gained(
    before: &[&IdentityDocument],
    after: &[&IdentityDocument],
    usual: Usual<'_>,
) -> Privileges {
    let before = Before::new(before, after);
    judge(after, &Yardstick { before: Some(&before), usual: Some(usual) })
}

/// What an identity had before a change.
pub struct Before<'a> {
    documents: &'a [&'a IdentityDocument],
    denials: Denials<'a>,
    /// Deny statements that do not provably stand any more.
    lost: Vec<&'a Statement>,
    /// Whether it certainly could do everything.
    admin: bool,
}

impl<'a> Before<'a> {
    fn new(documents: &'a [&'a IdentityDocument], after: &[&IdentityDocument]) -> Self {
        let stays = |policy: &&&IdentityDocument| after.iter().any(|now| now.says(policy.raw()));
        let now = || after.iter().flat_map(|policy| policy.statements());
        let changed = documents.iter().filter(|policy| !stays(policy));
        let denies = changed
            .flat_map(|policy| policy.statements())
            .filter(|statement| statement.effect == Effect::Deny);
        Self {
            documents,
            denials: Denials::of(documents),
            lost: denies.filter(|deny| !is_kept(deny, now())).collect(),
            admin: privileges(documents)
                .admin
                .iter()
                .any(|one| one.certainty == Certainty::Certain),
        }
    }

    fn allows(&self) -> impl Iterator<Item = &'a Statement> {
        let all = self.documents.iter().flat_map(|policy| policy.statements());
        all.filter(|statement| statement.effect == Effect::Allow)
    }

    /// Whether all of the piece, which stands in the policy, was provably given.
    pub fn gave(&self, piece: &Piece<'_>, policy: &IdentityDocument) -> bool {
        if self.lost.iter().any(|deny| !piece.is_apart_from(deny)) {
            return false;
        }
        self.documents.iter().any(|before| before.says(policy.raw()))
            || self.admin
            || self.allows().any(|statement| {
                piece.is_in(statement, Delegation::No) || gives_whole_service(statement, piece)
            })
    }

    /// Whether an action may have been given as far as it is given now by the statement.
    pub fn may_have_given(
        &self,
        action: &str,
        resource: &str,
        reach: &Reach<'_>,
        now: &Statement,
    ) -> bool {
        // A condition that is no longer asked limited what was given.
        let free =
            |statement: &&Statement| statement.conditions.is_empty() || !now.conditions.is_empty();
        let mut allows = self.allows().filter(free);
        let given = allows.any(|statement| {
            let named = match &statement.actions {
                Names::Only(list) => list.iter().any(|pattern| access::matches(pattern, action)),
                Names::AllBut(list) => !list.iter().any(|pattern| access::matches(pattern, action)),
            };
            named && may_reach_as_far(statement, reach)
        });
        given && !self.denials.cover(action, resource)
    }
}

/// Whether the statement gives the piece, one service on everything, on all resources of the service.
fn gives_whole_service(statement: &Statement, piece: &Piece<'_>) -> bool {
    let (Part::One(action), Part::One("*")) = (piece.actions, piece.resources) else {
        return false;
    };
    let (service, _) = access::access(action);
    let Some(Names::Only(list)) = &statement.resources else { return false };
    list.iter().any(|pattern| {
        let reach = reach(pattern, statement.variables);
        reach.extent == Extent::Service
            && reach.doubt.is_none()
            && reach.service.is_some_and(|of| of.eq_ignore_ascii_case(&service))
            && Piece { resources: Part::One(pattern), ..*piece }.is_in(statement, Delegation::No)
    })
}

/// Whether the statement's resources may reach as far as these.
fn may_reach_as_far(statement: &Statement, now: &Reach<'_>) -> bool {
    let list = match &statement.resources {
        Some(Names::Only(list)) => list,
        Some(Names::AllBut(_)) | None => return true,
    };
    list.iter().any(|pattern| {
        let before = reach(pattern, statement.variables);
        let same_service = match (before.service, now.service) {
            (Some(before), Some(now)) => before.eq_ignore_ascii_case(now),
            (_, _) => true,
        };
        same_service
            && match before.extent {
                Extent::Everything | Extent::Service | Extent::AllBut | Extent::Type => true,
                Extent::Region => now.extent == Extent::Region,
                Extent::Part => false,
            }
    })
}

#[cfg(test)]
#[path = "gained_tests.rs"]
mod tests;
