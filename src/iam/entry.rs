//! One caller, one action: does the request get in, and what does it look like.
//! Refuses to let it in unless every clause certainly holds and no Deny may reach it.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::actions::{Candidate, INVOKE, INVOKE_URL};
use super::caller::{Base, Caller, Means, Named, Role};
use super::condition::{self, Clause};
use super::context::{self, Asked, State};
use super::deny::{self, Who};
use super::exposure::Witness;
use super::search::{Search, Stranger};
use std::collections::{BTreeMap, BTreeSet};

impl Search<'_> {
    /// The request with which the caller provably gets in.
    pub(super) fn enter(&self, caller: &Caller, option: &Candidate) -> Option<Witness> {
        let action = option.action.as_str();
        if !self.can_use(caller, action) {
            return None;
        }
        let mut chosen = Chosen::new();
        let keys: BTreeSet<String> = self.clauses.iter().map(|c| c.name().to_owned()).collect();
        for key in keys {
            let clauses = self.asked(caller, &key);
            let asked = Asked { key: &key, clauses: &clauses, action };
            let state = context::states(caller, &asked, self.setting)
                .into_iter()
                .find(|state| clauses.iter().all(|c| state.satisfies(c) == Some(true)))?;
            let written = clauses.first().map_or_else(String::new, |c| c.key.clone());
            chosen.insert(key, (written, state));
        }
        let state = |key: &str| match chosen.get(key) {
            Some((_, state)) => state.clone(),
            None => self.default(caller, key, action),
        };
        let arn = match state("aws:principalarn") {
            State::Present(arn) => Some(arn),
            State::Absent | State::Unsure => None,
        };
        let who = who(caller, arn.as_deref());
        if deny::excludes(self.statement, &who) {
            return None;
        }
        if self.heed_denies && deny::may_reach(self.setting, &who, action, state) {
            return None;
        }
        Some(witness(self, caller, action, arn.clone(), &chosen))
    }

    /// The clauses on one key; address ranges that do not count as everybody are left out.
    fn asked(&self, caller: &Caller, key: &str) -> Vec<Clause> {
        let from_internet = matches!(caller.means, Means::Internet | Means::Unsigned);
        let mut clauses: Vec<Clause> =
            self.clauses.iter().filter(|c| c.name() == key).cloned().collect();
        if from_internet && key == "aws:sourceip" {
            for clause in &mut clauses {
                let positive = clause
                    .understood()
                    .is_some_and(|o| o.base == condition::Base::Ip && !o.negated);
                if positive {
                    clause.values.retain(|value| {
                        condition::Network::parse(value).is_none_or(|n| n.is_broad())
                    });
                }
            }
        }
        clauses
    }

    fn default(&self, caller: &Caller, key: &str, action: &str) -> State {
        let asked = Asked { key, clauses: &[], action };
        context::states(caller, &asked, self.setting).into_iter().next().unwrap_or(State::Unsure)
    }

    /// Whether the caller's means fit the action.
    fn can_use(&self, caller: &Caller, action: &str) -> bool {
        match &caller.means {
            Means::Internet => true,
            Means::Endpoint | Means::CloudFormation => action != INVOKE_URL,
            Means::Unsigned => action == INVOKE_URL || (action == INVOKE && self.asks_for_url()),
            Means::Service { .. } => matches!(self.base, Base::Service { .. }) || action == INVOKE,
        }
    }

    /// Whether the statement speaks of invocations through the URL.
    fn asks_for_url(&self) -> bool {
        self.clauses.iter().any(|c| c.name() == "lambda:invokedviafunctionurl")
    }

    /// A principal to show where the ARN is not certain.
    fn someone(&self, caller: &Caller) -> String {
        if let Base::Account(Named { written, role: Role::Unsure, .. }) = self.base {
            return written.clone();
        }
        let stranger = Stranger::number(0).account;
        let account = caller.account.as_deref().unwrap_or(&stranger);
        format!("arn:{}:iam::{account}:role/caller", self.setting.home.partition)
    }
}

/// What a caller holds for the keys that the conditions ask for: the key as written, its state.
type Chosen = BTreeMap<String, (String, State)>;

/// The request as people read it.
fn witness(
    search: &Search<'_>,
    caller: &Caller,
    action: &str,
    arn: Option<String>,
    chosen: &Chosen,
) -> Witness {
    let mut context = BTreeMap::new();
    for (name, state) in chosen.values() {
        if let State::Present(value) = state {
            context.insert(spelling(name), value.clone());
        }
    }
    for name in SHOWN {
        let key = name.to_ascii_lowercase();
        if let (false, State::Present(value)) =
            (chosen.contains_key(&key), search.default(caller, &key, action))
        {
            context.insert(name.to_owned(), value);
        }
    }
    let principal = match &caller.means {
        Means::Unsigned => "*".to_owned(),
        Means::Service { name, .. } => name.clone(),
        Means::Internet | Means::Endpoint | Means::CloudFormation => {
            arn.unwrap_or_else(|| search.someone(caller))
        }
    };
    let resource = search.setting.resource.to_string();
    Witness { principal, action: action.to_owned(), resource, context }
}

/// Keys that a witness shows even where no condition asks for them.
const SHOWN: [&str; 4] =
    ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:SourceAccount", "aws:SourceArn"];

/// The usual spelling of a key.
fn spelling(key: &str) -> String {
    let known = SHOWN.iter().find(|name| name.eq_ignore_ascii_case(key));
    known.map_or_else(|| key.to_owned(), |name| (*name).to_owned())
}

fn who<'a>(caller: &'a Caller, arn: Option<&'a str>) -> Who<'a> {
    match &caller.means {
        Means::Unsigned => Who::Unsigned,
        Means::Service { name, .. } => Who::Service(name),
        Means::Internet | Means::Endpoint | Means::CloudFormation => {
            Who::Account { account: caller.account.as_deref(), arn }
        }
    }
}
