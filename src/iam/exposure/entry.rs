//! One caller, one action: does the request get in, and what does it look like.
//! Refuses to let it in unless every clause certainly holds and no Deny may reach it.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::caller::{Base, Caller, Means, Role, Signer};
use super::context::State;
use super::search::Search;
use super::trial::{ARN, Trial, USER};
use super::witness::Witness;
use crate::iam::actions::{Candidate, INVOKE, INVOKE_URL};
use crate::iam::condition::Clause;
use crate::iam::service;
use std::collections::BTreeMap;

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

/// Whether the clause asks for a key that depends on who signs.
pub fn asks_for_signer(clause: &Clause) -> bool {
    let of_signer = |key: &str| OF_SIGNER.contains(&key);
    of_signer(clause.name()) || clause.variable_keys().any(|key| of_signer(&key))
}

/// Keys that a witness shows even where no condition asks for them.
const SHOWN: [(&str, &str); 4] = [
    ("aws:principalaccount", "aws:PrincipalAccount"),
    (ARN, "aws:PrincipalArn"),
    ("aws:sourceaccount", "aws:SourceAccount"),
    ("aws:sourcearn", "aws:SourceArn"),
];

impl Search<'_> {
    /// The request with which the caller provably gets in.
    pub fn enter<'t>(&'t self, caller: Caller<'t>, option: &'t Candidate) -> Option<Trial<'t>> {
        if !self.can_use(&caller, &option.action) {
            return None;
        }
        let signed = caller.service().is_none() && caller.means != Means::Unsigned;
        let matters = signed && self.asks_for_signer;
        let signers = Signer::all_of(caller.role).take(if matters { usize::MAX } else { 1 });
        let mut callers = signers.map(|signer| Caller { signer, ..caller });
        callers.find_map(|caller| self.enter_as(caller, option))
    }

    fn enter_as<'t>(&'t self, caller: Caller<'t>, option: &'t Candidate) -> Option<Trial<'t>> {
        let granted = self.granted;
        let tries = self.tries.get().checked_sub(1)?;
        self.tries.set(tries);
        let mut trial = Trial::new(caller, &option.action, granted.clauses, granted.setting);
        trial.satisfy_all()?;
        if self.heed_denies {
            trial.escape_denies(&self.tries)?;
        }
        trial.is_granted(granted.statement, granted.principal).then_some(trial)
    }

    /// Whether the caller's means fit the action.
    fn can_use(&self, caller: &Caller<'_>, action: &str) -> bool {
        match caller.means {
            Means::Internet => true,
            Means::Endpoint | Means::CloudFormation => action != INVOKE_URL,
            Means::Unsigned => action == INVOKE_URL || (action == INVOKE && self.asks_for_url()),
            Means::Service { name, .. } => {
                matches!(self.granted.base, Base::Service { .. })
                    || action == INVOKE
                    || (action == INVOKE_URL && service::is_cloudfront(name))
            }
        }
    }

    /// Whether the statement speaks of invocations through the URL.
    fn asks_for_url(&self) -> bool {
        self.granted.clauses.iter().any(|c| c.name() == "lambda:invokedviafunctionurl")
    }

    /// The request as people read it.
    pub fn witness(&self, trial: &Trial<'_>) -> Witness {
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
        let mut clauses = self.granted.clauses.iter().chain(self.granted.setting.denying());
        clauses.find(|clause| clause.name() == key).map_or(key, |clause| &clause.key)
    }
}
