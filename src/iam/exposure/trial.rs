//! A request while it is being made up, key by key, so that what it holds fits together.
//! Refuses to choose what a Deny or another clause of the Allow rules out.
//! Keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.

use super::addresses::Addresses;
use super::arns;
use super::caller::{Caller, Kind, Means, Role};
use super::context::{self, Asked, State};
use super::origin;
use super::setting::Setting;
use crate::iam::condition::{Clause, Held};
use crate::iam::document::{Principal, Statement};
use crate::iam::evaluate::{self, Facts, Whom};
use std::borrow::Cow;
use std::cell::Cell;
use time::OffsetDateTime;

pub const ARN: &str = "aws:principalarn";
pub const USER: &str = "aws:username";
const ADDRESS: &str = "aws:sourceip";
/// Keys that hold the time of the request; its credentials are issued at the same moment.
pub const TIMES: [&str; 3] = ["aws:currenttime", "aws:epochtime", "aws:tokenissuetime"];

/// So often what a request holds is changed to escape a Deny.
const MOST_CHANGES: usize = 32;

/// Values may hold variables of keys whose values hold variables, so deep.
const MOST_NESTED: usize = 3;

/// A request while it is being made up.
pub struct Trial<'a> {
    pub caller: Caller<'a>,
    pub action: &'a str,
    /// The Allow's clauses.
    clauses: &'a [Clause],
    pub setting: &'a Setting<'a>,
    /// When it is made.
    now: OffsetDateTime,
    /// Keys, without capitals, and what the request holds for them.
    pub chosen: Vec<(Cow<'a, str>, State<'a>)>,
    /// Whether the Denies must not depend on the address: few addresses escape them.
    any_address: bool,
}

impl<'a> Trial<'a> {
    /// A request of which nothing is chosen yet.
    pub fn new(
        caller: Caller<'a>,
        action: &'a str,
        clauses: &'a [Clause],
        setting: &'a Setting<'a>,
    ) -> Self {
        let (now, chosen) = (setting.from, Vec::new());
        Self { caller, action, clauses, setting, now, chosen, any_address: false }
    }

    /// Chooses what the request holds such that all the Allow's clauses hold.
    pub fn satisfy_all(&mut self) -> Option<()> {
        self.choose_time();
        if self.caller.service().is_none() && self.caller.means != Means::Unsigned {
            match self.caller.signer.kind {
                Kind::User => self.become_user()?,
                Kind::Role | Kind::Root | Kind::Federated => self.satisfy(ARN)?,
            }
        }
        let clauses = self.clauses;
        clauses.iter().try_for_each(|clause| self.satisfy(clause.name()))
    }

    pub fn state(&self, key: &str) -> Option<&State<'a>> {
        self.chosen.iter().find(|(known, _)| known == key).map(|(_, state)| state)
    }

    pub fn arn(&self) -> Option<&str> {
        match self.state(ARN) {
            Some(State::Present(arn)) => Some(arn),
            Some(State::Absent | State::Unsure) | None => None,
        }
    }

    /// What the caller's request plainly holds for a key.
    pub fn plain(&self, key: &str) -> State<'a> {
        let asked = Asked { key, clauses: &[], action: self.action, now: self.now };
        let states = context::states(&self.caller, &asked, self.setting);
        states.into_iter().next().unwrap_or(State::Unsure)
    }

    /// Chooses a state of the key for which all the Allow's clauses on it hold.
    fn satisfy(&mut self, key: &str) -> Option<()> {
        self.satisfy_within(key, MOST_NESTED)
    }

    /// The same, after the keys whose variables the clauses hold.
    fn satisfy_within(&mut self, key: &str, nested: usize) -> Option<()> {
        if self.state(key).is_some() {
            return Some(());
        }
        let on_key: Vec<&Clause> = self.clauses.iter().filter(|c| c.name() == key).collect();
        self.satisfy_variables(key, &on_key, nested)?;
        let filled: Vec<Clause> = on_key
            .iter()
            .filter(|clause| clause.variable_keys().next().is_some())
            .map(|clause| clause.filled(&|key| self.state(key).map_or(Held::Unsure, State::held)))
            .collect();
        let asking: Vec<&Clause> = on_key.iter().copied().chain(&filled).collect();
        let asked = Asked { key, clauses: &asking, action: self.action, now: self.now };
        let states = context::states(&self.caller, &asked, self.setting);
        let state = states.into_iter().find(|state| self.all_hold(&on_key, state))?;
        self.chosen.push((Cow::Owned(key.to_owned()), state));
        Some(())
    }

    fn satisfy_variables(&mut self, key: &str, on_key: &[&Clause], nested: usize) -> Option<()> {
        let mut keys = on_key.iter().flat_map(|clause| clause.variable_keys());
        match nested.checked_sub(1) {
            None => keys.next().is_none().then_some(()),
            Some(nested) => keys
                .filter(|other| other != key)
                .try_for_each(|other| self.satisfy_within(&other, nested)),
        }
    }

    /// A time for which all the Allow's clauses on it hold; one at which no Deny does, if it can be.
    fn choose_time(&mut self) {
        let on_time = |clause: &&Clause| TIMES.contains(&clause.name());
        let asking: Vec<&Clause> = self.clauses.iter().filter(on_time).collect();
        let denying: Vec<&Clause> = self.setting.denying().filter(on_time).collect();
        if asking.is_empty() && denying.is_empty() {
            return;
        }
        let at = |clause: &Clause, time: OffsetDateTime| {
            let text = match clause.name() {
                "aws:epochtime" => context::epoch(time),
                _ => context::rfc3339(time),
            };
            self.holds(clause, &State::Present(text.into()))
        };
        let all = asking.iter().chain(&denying).copied();
        let allowed: Vec<OffsetDateTime> = context::moments(all, self.setting.from)
            .filter(|time| asking.iter().all(|clause| at(clause, *time) == Some(true)))
            .collect();
        let free =
            |time: &&OffsetDateTime| denying.iter().all(|clause| at(clause, **time) == Some(false));
        if let Some(time) = allowed.iter().find(free).or_else(|| allowed.first()) {
            self.now = *time;
        }
    }

    /// Makes the caller a user whose name and ARN the clauses let in.
    fn become_user(&mut self) -> Option<()> {
        let all = self.clauses;
        let on = |key| all.iter().filter(move |c| c.name() == key).collect::<Vec<_>>();
        let (on_arn, on_name) = (on(ARN), on(USER));
        self.satisfy_variables(ARN, &on_arn, MOST_NESTED)?;
        let asked = Asked { key: ARN, clauses: &on_arn, action: self.action, now: self.now };
        let mut arns = context::states(&self.caller, &asked, self.setting);
        if let (Role::Free, Some(account)) = (self.caller.role, self.caller.account) {
            arns.extend(context::asked_values(&on_name).filter_map(|name| match name {
                State::Present(name) => arns::of_user(account, &name, self.setting),
                State::Absent | State::Unsure => None,
            }));
        }
        let (arn, name) = arns.into_iter().find_map(|arn| {
            let State::Present(text) = &arn else { return None };
            let name = State::Present(text.rsplit('/').next()?.to_owned().into());
            (self.all_hold(&on_arn, &arn) && self.all_hold(&on_name, &name)).then_some((arn, name))
        })?;
        self.choose(ARN, arn);
        self.choose(USER, name);
        Some(())
    }

    fn all_hold(&self, clauses: &[&Clause], state: &State<'_>) -> bool {
        clauses.iter().all(|clause| self.holds(clause, state) == Some(true))
    }

    /// Whether the clause holds with this state of its key.
    fn holds(&self, clause: &Clause, state: &State<'_>) -> Option<bool> {
        let held = state.held();
        let variable = |key: &str| match self.state(key) {
            _ if key == clause.name() => held,
            Some(known) => known.held(),
            None => Held::Unsure,
        };
        clause.holds(held, &variable)
    }

    /// Whether the statement grants the request to this one of its principals.
    pub fn is_granted(&self, statement: &Statement, principal: &Principal) -> bool {
        self.asked(|facts| evaluate::applies_as(statement, principal, facts)) == Some(true)
    }

    /// Whether the statement applies to the request.
    fn meets(&self, statement: &Statement) -> Option<bool> {
        self.asked(|facts| evaluate::applies(statement, facts))
    }

    fn asked(&self, ask: impl Fn(&Facts<'_>) -> Option<bool>) -> Option<bool> {
        let whom = match self.caller.means {
            Means::Unsigned => Whom::Anonymous,
            Means::Service { name, .. } => Whom::Service(name),
            Means::Internet | Means::Endpoint | Means::CloudFormation => {
                Whom::Principal { arn: self.arn()?, session: self.caller.session }
            }
        };
        let own = self.setting.home.account.as_str();
        let held = |key: &str| match self.state(key) {
            None if key == "aws:resourceaccount" => Held::One(own),
            None => Held::Unsure,
            Some(state) => state.held(),
        };
        let facts = Facts { whom, action: self.action, resource: &self.setting.own, held: &held };
        ask(&facts)
    }

    /// Makes the request such that no Deny may reach it, if it can be made so with that many tries.
    pub fn escape_denies(&mut self, tries: &Cell<u32>) -> Option<()> {
        let denies = self.setting.denies();
        for clause in self.setting.denying() {
            let own = Some(Cow::Borrowed(clause.name()));
            for key in own.into_iter().chain(clause.variable_keys().map(Cow::Owned)) {
                if self.state(&key).is_none() {
                    let state = self.plain(&key);
                    self.chosen.push((key, state));
                }
            }
        }
        self.choose_address();
        for _ in 0..MOST_CHANGES {
            let reaching = denies.iter().position(|deny| self.is_reached(deny));
            let asked = reaching.map_or(denies.len(), |at| at + 1);
            tries.set(tries.get().checked_sub(u32::try_from(asked).ok()?)?);
            let Some(deny) = reaching.and_then(|at| denies.get(at)) else { return Some(()) };
            self.escape(deny)?;
        }
        None
    }

    fn is_reached(&self, deny: &Statement) -> bool {
        if !self.any_address {
            return self.meets(deny) != Some(false);
        }
        let mut without = self.chosen.clone();
        without.retain(|(key, _)| key != ADDRESS);
        Self { chosen: without, ..*self }.meets(deny) != Some(false)
    }

    /// An address that escapes every Deny, if so many do that anybody may have one.
    fn choose_address(&mut self) {
        let mut asking =
            self.setting.denying().filter(|clause| clause.name() == ADDRESS).peekable();
        let public = matches!(self.caller.means, Means::Internet | Means::Unsigned);
        if !public || asking.peek().is_none() {
            return;
        }
        let allowed = self.clauses.iter().filter(|clause| clause.name() == ADDRESS);
        let open = Addresses::internet().passing(allowed).escaping(asking);
        match origin::address(&open) {
            Some(state) => self.choose(ADDRESS, state),
            None => self.any_address = true,
        }
    }

    fn choose(&mut self, key: &'a str, state: State<'a>) {
        self.chosen.retain(|(known, _)| known != key);
        self.chosen.push((Cow::Borrowed(key), state));
    }

    /// Changes one key such that the Deny does not apply and the Allow still does.
    fn escape(&mut self, deny: &'a Statement) -> Option<()> {
        let user = self.caller.signer.kind == Kind::User;
        let fixed = |key: &str| key == ADDRESS || (user && (key == ARN || key == USER));
        for clause in deny.conditions.iter().filter(|clause| !fixed(clause.name())) {
            let key = clause.name();
            let on_key: Vec<&Clause> = self.clauses.iter().filter(|c| c.name() == key).collect();
            let asking: Vec<&Clause> = on_key.iter().copied().chain([clause]).collect();
            let asked = Asked { key, clauses: &asking, action: self.action, now: self.now };
            let states = context::states(&self.caller, &asked, self.setting);
            let escaping = states.into_iter().find(|state| {
                self.all_hold(&on_key, state) && self.holds(clause, state) == Some(false)
            });
            if let Some(state) = escaping {
                self.choose(key, state);
                return Some(());
            }
        }
        None
    }
}
