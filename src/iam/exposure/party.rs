//! Groups of outsiders: who they are, and in which way their requests reach Lambda.
//! Refuses to leave anybody out who could make a request: a proof rests on it.

use super::owner::{Form, Owner};
use super::setting::{Circle, Setting};

/// How the requests of a group reach Lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// With the credentials of somebody, from wherever.
    Signed,
    /// Without credentials, through a function URL.
    Unsigned,
    /// By a service on somebody's behalf; the principal, unless it may be any.
    Service(Option<&'a str>),
}

/// One id, or all that are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    Named(&'a str),
    /// Nobody of these, and nobody inside the circle.
    Other(&'a [&'a str]),
}

impl Who<'_> {
    fn may_be(self, id: &str) -> bool {
        match self {
            Who::Named(name) => name == id,
            Who::Other(listed) => !listed.contains(&id),
        }
    }
}

/// Everybody outside a circle who has one of these accounts and organizations.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    pub circle: Circle,
    pub account: Who<'a>,
    /// Its organization, if it has one.
    pub organization: Who<'a>,
}

impl<'a> Party<'a> {
    /// Everybody outside the circle.
    pub fn outside(circle: Circle) -> Self {
        Self { circle, account: Who::Other(&[]), organization: Who::Other(&[]) }
    }

    /// Whether a value of this owner can stand in a request of the party.
    pub fn may_be(&self, owner: &Owner<'_>, setting: &Setting<'_>) -> bool {
        !setting.holds(self.circle, owner)
            && match owner {
                Owner::Nobody => false,
                Owner::Account(id) => self.account.may_be(id),
                Owner::Organization(_) | Owner::Path(_) => {
                    owner.organization().is_none_or(|id| self.organization.may_be(id))
                }
            }
    }

    /// The only value a key of this form can have, if there is only one.
    pub fn only(&self, form: Form) -> Option<&'a str> {
        let who = match form {
            Form::Account => self.account,
            Form::Organization => self.organization,
            Form::PrincipalArn | Form::SourceArn | Form::OrganizationPath => return None,
        };
        match who {
            Who::Named(id) => Some(id),
            Who::Other(_) => None,
        }
    }
}
