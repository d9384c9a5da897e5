//! The proof that nobody outside a circle gets in by a grant: a condition or a Deny stops them all.
//! Refuses to count a condition or a Deny that any request of an outsider could pass.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::Exposure;
use super::caller::{Base, Role};
use super::owner::{self, Owner};
use super::party::{Party, Way, Who};
use super::resources;
use super::setting::{Circle, Setting};
use super::span::{Group, Present};
use super::trial::TIMES;
use crate::iam::actions::{self, Names};
use crate::iam::condition::{self, Clause, Operator};
use crate::iam::document::{Principal, Statement};
use crate::iam::pattern::Arn;
use crate::iam::service;
use std::borrow::Cow;

/// One grant: a principal of an Allow, with the clauses as they are meant.
pub struct Granted<'a> {
    pub principal: &'a Principal,
    pub base: &'a Base,
    pub statement: &'a Statement,
    pub clauses: &'a [Clause],
    pub setting: &'a Setting<'a>,
}

/// What stops a group.
enum Stop<'a> {
    Deleted,
    /// Its account is inside the circle.
    Inside,
    Key {
        clause: &'a Clause,
        absent: bool,
    },
    Token,
    Deny,
}

/// More parties than this are not looked at one by one.
const MOST_PARTIES: usize = 48;

impl Granted<'_> {
    /// The closest circle outside of which nobody gets in, by what stops everybody at once.
    pub fn shut(&self) -> Option<(Exposure, Cow<'static, str>)> {
        self.closest(|circle| self.stopped(Party::outside(circle)))
    }

    /// The same, with everybody whom the document names looked at on their own.
    pub fn shut_one_by_one(&self) -> Option<(Exposure, Cow<'static, str>)> {
        self.closest(|circle| {
            let (accounts, organizations) = self.named(circle);
            if (accounts.len() + 1) * (organizations.len() + 1) > MOST_PARTIES {
                return None;
            }
            let mut last = None;
            for account in each(&accounts) {
                for organization in each(&organizations) {
                    last = Some(self.stopped(Party { circle, account, organization })?);
                }
            }
            last
        })
    }

    /// What keeps the grant from being told open or closed.
    pub fn doubt(&self) -> Cow<'static, str> {
        let way = match self.base {
            Base::Service { name } => Way::Service(Some(name)),
            Base::EveryService => Way::Service(None),
            Base::Account(_) | Base::Everybody | Base::Nobody | Base::Unclear(_) => Way::Signed,
        };
        let party = Party::outside(Circle::Trusted);
        let group = Group { way, party, arn: None, setting: self.setting };
        let differs =
            |clause: &&Clause| group.reach(clause, &group.span(clause.name(), &[])) != Some(true);
        let Some(clause) = self.clauses.iter().find(differs) else {
            return "no caller from outside is proven to get in".into();
        };
        let (operator, key) = (&clause.operator, &clause.key);
        if clause.understood().is_none() {
            return format!("what `{operator}` on `{key}` means here is not understood").into();
        }
        match clause.name() {
            "aws:sourceip" => {
                format!("`{key}` limits it to addresses, and whose they are no policy tells").into()
            }
            name if name.starts_with("aws:vpc") || name.starts_with("aws:sourcevpc") => {
                format!("`{key}` limits it to a network, and who calls from there no policy tells")
                    .into()
            }
            _ => format!("whether `{key}` keeps outsiders out cannot be told").into(),
        }
    }

    fn closest<'s>(
        &'s self,
        stopped: impl Fn(Circle) -> Option<Stop<'s>>,
    ) -> Option<(Exposure, Cow<'static, str>)> {
        let circles = [(Circle::Own, Exposure::Internal), (Circle::Trusted, Exposure::Trusted)];
        circles.into_iter().find_map(|(circle, exposure)| {
            if circle == Circle::Trusted && self.setting.trusted.is_alone() {
                return None;
            }
            stopped(circle).map(|stop| (exposure, self.in_words(&stop, circle)))
        })
    }

    /// Accounts and organizations outside the circle that the document names.
    fn named(&self, circle: Circle) -> (Vec<&str>, Vec<&str>) {
        let (mut accounts, mut organizations) = (Vec::new(), Vec::new());
        for clause in self.clauses.iter().chain(self.setting.denying()) {
            for owner in owner::named(clause, &self.setting.home.partition) {
                let whole = owner.organization().map_or(owner, Owner::Organization);
                match whole {
                    _ if self.setting.holds(circle, &whole) => {}
                    Owner::Account(id) => accounts.push(id),
                    Owner::Organization(id) => organizations.push(id),
                    Owner::Path(_) | Owner::Nobody => {}
                }
            }
        }
        for ids in [&mut accounts, &mut organizations] {
            ids.sort_unstable();
            ids.dedup();
        }
        (accounts, organizations)
    }

    /// What stops every request of the party, whichever way it comes.
    fn stopped(&self, party: Party<'_>) -> Option<Stop<'_>> {
        match self.base {
            Base::Nobody => Some(Stop::Deleted),
            Base::Account(named) => {
                let owner = Owner::Account(&named.account);
                if self.setting.holds(party.circle, &owner) {
                    return Some(Stop::Inside);
                }
                let arn = match &named.role {
                    // A user's federated sessions have ARNs of their own:
                    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
                    Role::Fixed(arn) if !arn.contains(":user/") => Some(arn.as_str()),
                    Role::Fixed(_) | Role::Free | Role::Session { .. } => None,
                };
                let party = Party { account: Who::Named(&named.account), ..party };
                self.stop(Way::Signed, party, arn)
            }
            Base::Service { name } => self.stop(Way::Service(Some(name)), party, None),
            Base::EveryService => self.stop(Way::Service(None), party, None),
            Base::Everybody | Base::Unclear(_) => {
                // The last is what most readers look for.
                self.stop(Way::Service(None), party, None)?;
                self.stop(Way::Unsigned, party, None)?;
                self.stop(Way::Signed, party, None)
            }
        }
    }

    fn stop(&self, way: Way<'_>, party: Party<'_>, arn: Option<&str>) -> Option<Stop<'_>> {
        let group = Group { way, party, arn, setting: self.setting };
        for clause in self.clauses {
            let span = group.span(clause.name(), self.clauses);
            let impossible = !span.absent && matches!(span.present, Present::Never);
            if impossible || group.reach(clause, &span) == Some(false) {
                let absent = matches!(group.span(clause.name(), &[]).present, Present::Never);
                return Some(Stop::Key { clause, absent });
            }
            if let Way::Service(Some(name)) = way
                && is_fixed_token(name, clause)
            {
                return Some(Stop::Token);
            }
        }
        self.is_denied(&group).then_some(Stop::Deny)
    }

    /// Whether each action of the grant is forbidden to the whole group.
    fn is_denied(&self, group: &Group<'_>) -> bool {
        if self.setting.denies().is_empty() {
            return false;
        }
        let reaching: Vec<&Statement> =
            self.setting.denies().iter().copied().filter(|deny| self.hits(deny, group)).collect();
        let covered = |names: &Names| reaching.iter().any(|d| actions::includes(&d.actions, names));
        match &self.statement.actions {
            Names::Only(list) => {
                let mut each = list.iter().map(|action| Names::Only(vec![action.clone()]));
                !reaching.is_empty() && each.all(|action| covered(&action))
            }
            Names::AllBut(_) => covered(&self.statement.actions),
        }
    }

    /// Whether the Deny holds for all requests of the group, actions aside.
    fn hits(&self, deny: &Statement, group: &Group<'_>) -> bool {
        let clauses = self.setting.clauses(deny);
        deny.unknown_elements.is_empty()
            && forbids_all(deny, group)
            && clauses.iter().all(|clause| {
                group.reach(clause, &group.span(clause.name(), self.clauses)) == Some(true)
            })
            && resources::covers(deny, self.setting) == Some(true)
            && resources::includes(deny, self.statement)
    }

    fn in_words(&self, stop: &Stop<'_>, circle: Circle) -> Cow<'static, str> {
        let whose = match circle {
            Circle::Own => "the function's own account",
            Circle::Trusted => "the trusted set",
        };
        match stop {
            Stop::Deleted => "the principal was deleted, so nobody enters".into(),
            Stop::Inside => match circle {
                Circle::Own => "the principal belongs to the function's own account".into(),
                Circle::Trusted => "the principal belongs to a trusted account".into(),
            },
            Stop::Key { clause, .. } if TIMES.contains(&clause.name()) => {
                format!("`{}` has ended it, so nobody enters any more", clause.key).into()
            }
            Stop::Key { clause, absent: true } if matches!(self.base, Base::Service { .. }) => {
                format!("a service has no `{}`, so nobody enters", clause.key).into()
            }
            Stop::Key { clause, .. } => {
                format!("`{}` limits it to {whose}, or to nobody", clause.key).into()
            }
            Stop::Token => "the event source token limits it to one skill".into(),
            Stop::Deny => format!("a Deny forbids it to everybody outside {whose}").into(),
        }
    }
}

fn each<'a>(named: &'a [&'a str]) -> impl Iterator<Item = Who<'a>> {
    named.iter().map(|id| Who::Named(id)).chain([Who::Other(named)])
}

/// Whether the Deny speaks of everybody in the group.
fn forbids_all(deny: &Statement, group: &Group<'_>) -> bool {
    let all = |principal: &Principal| match principal {
        Principal::Anyone => true,
        Principal::Aws(text) => {
            let Who::Named(account) = group.party.account else { return false };
            group.way == Way::Signed
                && is_whole(text, &group.setting.home.partition)
                && principal.account() == Some(account)
        }
        Principal::Service(name) => match group.way {
            Way::Service(Some(caller)) => name == caller,
            Way::Service(None) | Way::Signed | Way::Unsigned => false,
        },
        // Everybody who is not listed: whoever is must be inside, or come another way.
        Principal::NotListed => deny.not_principals.iter().all(|listed| match listed {
            Principal::Aws(_) => listed.account().is_some_and(|account| {
                group.setting.holds(group.party.circle, &Owner::Account(account))
            }),
            Principal::Service(_) => match group.way {
                Way::Signed | Way::Unsigned => true,
                Way::Service(_) => false,
            },
            Principal::Dead(_) => true,
            Principal::Anyone
            | Principal::Federated(_)
            | Principal::Other { .. }
            | Principal::NotListed => false,
        }),
        Principal::Dead(_) | Principal::Federated(_) | Principal::Other { .. } => false,
    };
    deny.principals.iter().any(all)
}

/// Whether the principal stands for an account as a whole.
fn is_whole(text: &str, partition: &str) -> bool {
    Arn::parse(text).is_none_or(|arn| {
        (arn.partition, arn.service, arn.region, arn.resource) == (partition, "iam", "", "root")
    })
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-alexa.html>
fn is_fixed_token(service: &str, clause: &Clause) -> bool {
    let fixed = |operator: Operator| {
        operator.base == condition::Base::Equals
            && operator.set == condition::Set::One
            && !operator.negated
            && !operator.if_exists
            && clause.values.iter().all(|value| !value.is_empty() && !value.contains("${"))
    };
    service::is_alexa(service)
        && clause.name() == "lambda:eventsourcetoken"
        && clause.understood().is_some_and(fixed)
}
