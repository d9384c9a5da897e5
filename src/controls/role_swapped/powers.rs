//! What a role may do beside another one: all of its policies, and its permissions boundary.
//! Refuses to count a grant that a boundary may take away, and to take for granted that a boundary of
//! the role before took nothing.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>

use super::super::{
    changed::Changed,
    execution_role::{
        Policy, policies, usual,
        verdict::{Verdict, is_nothing, said},
    },
};
use crate::{
    finding::Evidence,
    iam::{IdentityDocument, Width, gained, grants_width},
    policy::ControlPolicy,
    resource::RoleArn,
};

/// What a role may do.
pub(super) struct Powers {
    policies: Vec<Policy>,
    boundary: Option<IdentityDocument>,
}

/// What a role may do that another one may not.
pub(super) enum Power {
    /// Nothing.
    NoMore,
    /// It cannot be told, and why.
    Unknown(String),
    /// Something: what of it is known.
    More(Vec<Evidence>),
}

/// What a role may do, if that was read.
pub(super) fn known(changed: &Changed<'_>, role: &str) -> Option<Result<Powers, String>> {
    let Ok(arn) = RoleArn::parse(role) else {
        return Some(Err(format!("`{role}` is not the name of a role")));
    };
    let Some(live) = changed.roles.get(&arn)? else {
        return Some(Err(format!("the role `{}` is gone", arn.name())));
    };
    let boundary = match &live.boundary {
        None => Ok(None),
        Some(boundary) => IdentityDocument::parse(&boundary.document)
            .map(Some)
            .map_err(|error| format!("the boundary {} cannot be read: {error}", boundary.arn)),
    };
    let policies = policies(&live.inline, &live.attached);
    Some(boundary.and_then(|boundary| Ok(Powers { policies: policies?, boundary })))
}

impl Powers {
    fn documents(&self) -> Vec<&IdentityDocument> {
        self.policies.iter().map(|policy| &policy.document).collect()
    }

    /// Whether it may do nothing at large.
    pub fn is_little(&self, policy: &ControlPolicy) -> bool {
        is_nothing(&gained(&[], &self.documents(), usual(policy)))
    }

    /// What this role may do that `before` may not.
    pub fn beside(&self, before: &Self, policy: &ControlPolicy) -> Power {
        if self.is_within(before) {
            return Power::NoMore;
        }
        if !self.is_free() {
            return Power::Unknown("its permissions boundary may take what it gains".to_owned());
        }
        let place = |document: usize| self.policies.get(document).map(|one| one.place.words());
        let at_large = gained(&before.documents(), &self.documents(), usual(policy));
        if let Verdict::Certain(evidence) = said(&at_large, place) {
            return Power::More(evidence);
        }
        let wider = self.wider_than(before);
        match (wider.is_empty(), self.is_granted(before)) {
            (false, _) => Power::More(wider),
            (true, true) => Power::Unknown(
                "a permissions boundary may have held the role before back".to_owned(),
            ),
            (true, false) => Power::Unknown(
                "whether it may do more than the role before is not proven".to_owned(),
            ),
        }
    }

    /// The policies that certainly grant something that `before` does not.
    fn wider_than(&self, before: &Self) -> Vec<Evidence> {
        let others = before.documents();
        let is_wider =
            |policy: &&Policy| grants_width(&[&policy.document], &others) == Width::Wider;
        let said = |policy: &Policy| {
            Evidence::new(policy.place.words(), "grants what the role before does not")
        };
        self.policies.iter().filter(is_wider).map(said).collect()
    }

    /// Whether its boundary takes nothing from it.
    fn is_free(&self) -> bool {
        self.boundary.as_ref().is_none_or(|boundary| self.fits(&[boundary]))
    }

    /// Whether it provably may do nothing that `other` may not.
    pub fn is_within(&self, other: &Self) -> bool {
        let same = |boundary: &IdentityDocument| {
            self.boundary.as_ref().is_some_and(|own| own.says(boundary.raw()))
        };
        let is_bound = |boundary| same(boundary) || self.fits(&[boundary]);
        self.is_granted(other) && other.boundary.as_ref().is_none_or(is_bound)
    }

    /// Whether the policies of `other` provably grant all that its own do.
    fn is_granted(&self, other: &Self) -> bool {
        self.fits(&other.documents())
    }

    fn fits(&self, others: &[&IdentityDocument]) -> bool {
        grants_width(&self.documents(), others) == Width::NarrowerOrEqual
    }
}
