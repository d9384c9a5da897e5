//! How far a containment goes: the control policy may ask for a part of it.

use crate::{
    finding::{RemediationName, Requirement},
    policy::ControlPolicy,
};

/// How far a containment goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// The function is stopped, and what its stop would leak is closed.
    pub stops: bool,
    /// Its credentials are revoked.
    pub revokes: bool,
    /// Its mappings, URLs and grants to outsiders are closed.
    pub closes: bool,
}

impl Extent {
    /// All of it.
    pub const WHOLE: Self = Self { stops: true, revokes: true, closes: true };
    /// The stop alone.
    pub const STOP: Self = Self { stops: true, revokes: false, closes: false };
    /// The credentials alone.
    pub const REVOKE: Self = Self { stops: false, revokes: true, closes: false };

    /// Both of them.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            stops: self.stops || other.stops,
            revokes: self.revokes || other.revokes,
            closes: self.closes || other.closes,
        }
    }

    /// Whether it goes nowhere.
    pub const fn is_nothing(self) -> bool {
        !self.stops && !self.revokes && !self.closes
    }

    /// As far as the control policy lets `control` go, where it would contain the function.
    #[must_use]
    pub fn chosen(self, policy: &ControlPolicy, control: &Requirement) -> Self {
        if policy.gives(control, RemediationName::ContainFunction) {
            return self;
        }
        Self {
            stops: self.stops && policy.gives(control, RemediationName::StopFunction),
            revokes: self.revokes && policy.gives(control, RemediationName::RevokeCredentials),
            closes: false,
        }
    }

    /// What the function is tagged with.
    pub const fn status(self) -> &'static str {
        match self {
            Self { stops: true, revokes: false, closes: false } => "stopped",
            Self { stops: false, revokes: true, closes: false } => "revoked",
            Self { .. } => "contained",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_of_two_go_as_far_as_each_does() {
        assert_eq!(Extent::STOP.and(Extent::REVOKE).status(), "contained");
        assert_eq!(Extent::STOP.and(Extent::STOP), Extent::STOP);
        let nothing = Extent { stops: false, revokes: false, closes: false };
        assert_eq!(nothing.and(Extent::REVOKE), Extent::REVOKE);
        assert_eq!(nothing.and(Extent::WHOLE), Extent::WHOLE);
        assert!(nothing.is_nothing() && !Extent::STOP.is_nothing() && !Extent::REVOKE.is_nothing());
    }

    #[test]
    fn a_part_is_called_what_it_is() {
        let called = [Extent::STOP, Extent::REVOKE, Extent::WHOLE].map(Extent::status);
        assert_eq!(called, ["stopped", "revoked", "contained"]);
    }
}
