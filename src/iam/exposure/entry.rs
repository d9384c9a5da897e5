//! One caller, one action: does the request get in, and what does it look like.
//! Refuses to let it in unless every clause certainly holds and no Deny may reach it.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::addresses::Addresses;
use super::arns;
use super::caller::{Base, Caller, Means, Role};
use super::context::{self, Asked, State};
use super::search::Search;
use super::setting::Setting;
use super::witness::Witness;
use crate::iam::actions::{Candidate, INVOKE, INVOKE_URL};
use crate::iam::condition::{Clause, Held};
use crate::iam::document::Statement;
use crate::iam::evaluate::{self, Facts, Whom};
use std::collections::BTreeMap;

const ARN: &str = "aws:principalarn";
const ADDRESS: &str = "aws:sourceip";
const USER: &str = "aws:username";
/// Two names of one thing: a request that needs both is not made up.
const TIMES: [&str; 2] = ["aws:currenttime", "aws:epochtime"];

/// Keys that a witness shows even where no condition asks for them.
const SHOWN: [(&str, &str); 4] = [
    ("aws:principalaccount", "aws:PrincipalAccount"),
    (ARN, "aws:PrincipalArn"),
    ("aws:sourceaccount", "aws:SourceAccount"),
    ("aws:sourcearn", "aws:SourceArn"),
];

/// So often what a request holds is changed to escape a Deny.
const MOST_CHANGES: usize = 8;

impl Search<'_> {
    /// The request with which the caller provably gets in.
    pub fn enter(&self, caller: &Caller<'_>, option: &Candidate) -> Option<Witness> {
        let granted = self.granted;
        if !self.can_use(caller, &option.action) {
            return None;
        }
        let mut trial = Trial {
            caller: *caller,
            action: &option.action,
            clauses: granted.clauses,
            setting: granted.setting,
            chosen: Vec::new(),
            any_address: false,
        };
        if caller.service().is_none() && caller.means != Means::Unsigned {
            trial.satisfy(ARN)?;
        }
        for clause in granted.clauses {
            trial.satisfy(clause.name())?;
        }
        if self.heed_denies {
            trial.escape_denies()?;
        }
        (trial.meets(granted.statement) == Some(true)).then(|| self.witness(&trial))
    }

    /// Whether the caller's means fit the action.
    fn can_use(&self, caller: &Caller<'_>, action: &str) -> bool {
        match caller.means {
            Means::Internet => true,
            Means::Endpoint | Means::CloudFormation => action != INVOKE_URL,
            Means::Unsigned => action == INVOKE_URL || (action == INVOKE && self.asks_for_url()),
            Means::Service { .. } => {
                matches!(self.granted.base, Base::Service { .. }) || action == INVOKE
            }
        }
    }

    /// Whether the statement speaks of invocations through the URL.
    fn asks_for_url(&self) -> bool {
        self.granted.clauses.iter().any(|c| c.name() == "lambda:invokedviafunctionurl")
    }

    /// The request as people read it.
    fn witness(&self, trial: &Trial<'_>) -> Witness {
        let mut context = BTreeMap::new();
        let mut show = |key: &str, state: &State<'_>| {
            if let State::Present(value) = state {
                context.insert(key.to_owned(), value.clone().into_owned());
            }
        };
        for (key, state) in &trial.chosen {
            show(self.spelling(key), state);
        }
        for (key, name) in SHOWN {
            if trial.state(key).is_none() {
                show(name, &trial.plain(key));
            }
        }
        let arn = || trial.arn().unwrap_or_default().to_owned();
        let principal = match (trial.caller.means, self.granted.base) {
            (Means::Unsigned, _) => "*".to_owned(),
            (Means::Service { name, .. }, _) => name.to_owned(),
            (_, Base::Account(named)) if matches!(named.role, Role::Session { .. }) => {
                named.written.clone()
            }
            (Means::Internet | Means::Endpoint | Means::CloudFormation, _) => arn(),
        };
        let resource = trial.setting.own.clone();
        Witness { principal, action: trial.action.to_owned(), resource, context }
    }

    /// The usual spelling of a key, or the one a clause has.
    fn spelling<'k>(&'k self, key: &'k str) -> &'k str {
        if let Some((_, name)) = SHOWN.iter().find(|(lower, _)| *lower == key) {
            return name;
        }
        let denies = self.granted.setting.denies().iter().flat_map(|deny| &deny.conditions);
        let mut clauses = self.granted.clauses.iter().chain(denies);
        clauses.find(|clause| clause.name() == key).map_or(key, |clause| &clause.key)
    }
}

/// A request while it is being made up.
struct Trial<'a> {
    caller: Caller<'a>,
    action: &'a str,
    /// The Allow's clauses.
    clauses: &'a [Clause],
    setting: &'a Setting<'a>,
    /// Keys, without capitals, and what the request holds for them.
    chosen: Vec<(&'a str, State<'a>)>,
    /// Whether the Denies must not depend on the address: few addresses escape them.
    any_address: bool,
}

impl<'a> Trial<'a> {
    fn state(&self, key: &str) -> Option<&State<'a>> {
        self.chosen.iter().find(|(known, _)| *known == key).map(|(_, state)| state)
    }

    fn arn(&self) -> Option<&str> {
        match self.state(ARN) {
            Some(State::Present(arn)) => Some(arn),
            Some(State::Absent | State::Unsure) | None => None,
        }
    }

    /// What the caller's request plainly holds for a key.
    fn plain(&self, key: &str) -> State<'a> {
        let asked = Asked { key, clauses: &[], action: self.action };
        let states = context::states(&self.caller, &asked, self.setting);
        states.into_iter().next().unwrap_or(State::Unsure)
    }

    /// Chooses a state of the key for which all the Allow's clauses on it hold.
    fn satisfy(&mut self, key: &'a str) -> Option<()> {
        if self.state(key).is_some() {
            return Some(());
        }
        if TIMES.contains(&key) && TIMES.iter().any(|time| self.state(time).is_some()) {
            return None;
        }
        let on_key: Vec<&Clause> = self.clauses.iter().filter(|c| c.name() == key).collect();
        let asked = Asked { key, clauses: &on_key, action: self.action };
        let states = context::states(&self.caller, &asked, self.setting);
        let state = states.into_iter().find(|state| self.all_hold(&on_key, state));
        if key == USER && state.is_none() {
            return self.become_user(&on_key);
        }
        self.chosen.push((key, state?));
        Some(())
    }

    /// Makes the caller a user of a name that the clauses ask for.
    fn become_user(&mut self, asking: &[&Clause]) -> Option<()> {
        let on_arn: Vec<&Clause> = self.clauses.iter().filter(|c| c.name() == ARN).collect();
        let bound = |clause: &Clause| ["aws:principaltype", "aws:userid"].contains(&clause.name());
        let free = *self.caller.role == Role::Free && !self.clauses.iter().any(bound);
        let account = self.caller.account.filter(|_| free)?;
        let (arn, name) = context::asked_values(asking).find_map(|name| {
            let State::Present(text) = &name else { return None };
            let arn = arns::of_user(account, text, self.setting)?;
            let fits = self.all_hold(asking, &name) && self.all_hold(&on_arn, &arn);
            fits.then_some((arn, name))
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

    /// Whether the statement applies to the request.
    fn meets(&self, statement: &Statement) -> Option<bool> {
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
        evaluate::applies(statement, &facts)
    }

    /// Makes the request such that no Deny may reach it, if it can be made so.
    fn escape_denies(&mut self) -> Option<()> {
        let denies = self.setting.denies();
        for clause in denies.iter().flat_map(|deny| &deny.conditions) {
            if self.state(clause.name()).is_none() {
                let state = self.plain(clause.name());
                self.chosen.push((clause.name(), state));
            }
        }
        self.choose_address();
        for _ in 0..MOST_CHANGES {
            let reaching = denies.iter().find(|deny| self.is_reached(deny));
            let Some(deny) = reaching else { return Some(()) };
            self.escape(deny)?;
        }
        None
    }

    fn is_reached(&self, deny: &Statement) -> bool {
        if !self.any_address {
            return self.meets(deny) != Some(false);
        }
        let mut without = self.chosen.clone();
        without.retain(|(key, _)| *key != ADDRESS);
        Self { chosen: without, ..*self }.meets(deny) != Some(false)
    }

    /// An address that escapes every Deny, if so many do that anybody may have one.
    fn choose_address(&mut self) {
        let denies = self.setting.denies().iter().flat_map(|deny| &deny.conditions);
        let mut asking = denies.filter(|clause| clause.name() == ADDRESS).peekable();
        let public = matches!(self.caller.means, Means::Internet | Means::Unsigned);
        if !public || asking.peek().is_none() {
            return;
        }
        let allowed = self.clauses.iter().filter(|clause| clause.name() == ADDRESS);
        let open = Addresses::internet().passing(allowed).escaping(asking);
        match context::address(&open) {
            Some(state) => self.choose(ADDRESS, state),
            None => self.any_address = true,
        }
    }

    fn choose(&mut self, key: &'a str, state: State<'a>) {
        self.chosen.retain(|(known, _)| *known != key);
        self.chosen.push((key, state));
    }

    /// Changes one key such that the Deny does not apply and the Allow still does.
    fn escape(&mut self, deny: &'a Statement) -> Option<()> {
        for clause in deny.conditions.iter().filter(|clause| clause.name() != ADDRESS) {
            let key = clause.name();
            let on_key: Vec<&Clause> = self.clauses.iter().filter(|c| c.name() == key).collect();
            let asking: Vec<&Clause> = on_key.iter().copied().chain([clause]).collect();
            let asked = Asked { key, clauses: &asking, action: self.action };
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
