//! One caller, one action: does the request get in, and what does it look like.
//! Refuses to let it in unless every clause certainly holds and no Deny may reach it.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::actions::{Candidate, INVOKE, INVOKE_URL};
use super::addresses::Addresses;
use super::arns;
use super::caller::{Base, Caller, Kind, Means, Role, Signer};
use super::condition::{Clause, Held};
use super::context::{self, Asked, State};
use super::evaluate::{self, Facts, Whom};
use super::model::Statement;
use super::search::Search;
use super::setting::Setting;
use super::witness::Witness;
use std::borrow::Cow;
use std::collections::BTreeMap;
use time::OffsetDateTime;

const ARN: &str = "aws:principalarn";
const ADDRESS: &str = "aws:sourceip";
const USER: &str = "aws:username";
/// Keys that hold the time of the request; keys are issued at the latest moment.
const TIMES: [&str; 3] = ["aws:currenttime", "aws:epochtime", "aws:tokenissuetime"];
/// Keys that depend on who signs, and with what.
const OF_SIGNER: [&str; 8] = [
    ARN,
    USER,
    "aws:principaltype",
    "aws:userid",
    "aws:tokenissuetime",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:sourceidentity",
];

/// Keys that a witness shows even where no condition asks for them.
const SHOWN: [(&str, &str); 4] = [
    ("aws:principalaccount", "aws:PrincipalAccount"),
    (ARN, "aws:PrincipalArn"),
    ("aws:sourceaccount", "aws:SourceAccount"),
    ("aws:sourcearn", "aws:SourceArn"),
];

/// So often what a request holds is changed to escape a Deny.
const MOST_CHANGES: usize = 64;

/// Values may hold variables of keys whose values hold variables, so deep.
const MOST_NESTED: usize = 3;

impl Search<'_> {
    /// The request with which the caller provably gets in.
    pub(super) fn enter(&self, caller: &Caller<'_>, option: &Candidate) -> Option<Witness> {
        if !self.can_use(caller, &option.action) {
            return None;
        }
        let denies = self.granted.setting.denies().iter().flat_map(|deny| &deny.conditions);
        let mut clauses = self.granted.clauses.iter().chain(denies);
        let signed = caller.service().is_none() && caller.means != Means::Unsigned;
        let matters = signed && clauses.any(|clause| OF_SIGNER.contains(&clause.name()));
        let signers = Signer::all_of(caller.role).take(if matters { usize::MAX } else { 1 });
        let callers = signers.map(|signer| Caller { signer, ..*caller });
        callers.into_iter().find_map(|caller| self.enter_as(caller, option))
    }

    fn enter_as(&self, caller: Caller<'_>, option: &Candidate) -> Option<Witness> {
        let granted = self.granted;
        let mut trial = Trial {
            caller,
            action: &option.action,
            clauses: granted.clauses,
            setting: granted.setting,
            now: granted.setting.from,
            chosen: Vec::new(),
            any_address: false,
        };
        trial.choose_time();
        if caller.service().is_none() && caller.means != Means::Unsigned {
            match caller.signer.kind {
                Kind::User => trial.become_user()?,
                Kind::Role | Kind::Root | Kind::Federated => trial.satisfy(ARN)?,
            }
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
    /// When it is made.
    now: OffsetDateTime,
    /// Keys, without capitals, and what the request holds for them.
    chosen: Vec<(Cow<'a, str>, State<'a>)>,
    /// Whether the Denies must not depend on the address: few addresses escape them.
    any_address: bool,
}

impl<'a> Trial<'a> {
    fn state(&self, key: &str) -> Option<&State<'a>> {
        self.chosen.iter().find(|(known, _)| known == key).map(|(_, state)| state)
    }

    fn arn(&self) -> Option<&str> {
        match self.state(ARN) {
            Some(State::Present(arn)) => Some(arn),
            Some(State::Absent | State::Unsure) | None => None,
        }
    }

    /// What the caller's request plainly holds for a key.
    fn plain(&self, key: &str) -> State<'a> {
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
        let denies = self.setting.denies().iter().flat_map(|deny| &deny.conditions);
        let denying: Vec<&Clause> = denies.filter(on_time).collect();
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
        without.retain(|(key, _)| key != ADDRESS);
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
