//! Whom each statement lets in, with the request that would get in.
//! Refuses to call a statement open without a request checked against every condition and every
//! Deny, and to call it closed without a proof; all between is unknown.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::actions::{self, INVOKE, INVOKE_URL, Names};
use super::caller::{self, Base};
use super::condition::Clause;
use super::deny;
use super::limits::{self, Owner};
use super::model::{Document, Effect, Principal, Statement};
use super::{resources, search};
use crate::resource::{AccountId, FunctionResource, Home};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Who is trusted besides the function's own account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trusted {
    /// Accounts.
    pub accounts: BTreeSet<AccountId>,
    /// Organizations, as `o-...`.
    pub organizations: BTreeSet<String>,
}

impl Trusted {
    /// Whether nobody but the own account is trusted.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.organizations.is_empty()
    }
}

/// Whom a grant lets in, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// Anybody with an AWS account, or anybody at all.
    Public,
    /// An account or organization outside the trusted set.
    External,
    /// A service acting for anybody, or for an account outside the trusted set.
    UnscopedService,
    /// Neither openness nor closeness is proven.
    Unknown,
    /// Only the trusted set.
    Trusted,
    /// Only the function's own account, or nobody.
    Internal,
}

impl fmt::Display for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::External => "external",
            Self::UnscopedService => "unscoped-service",
            Self::Unknown => "unknown",
            Self::Trusted => "trusted",
            Self::Internal => "internal",
        })
    }
}

/// A request that gets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// The caller: an ARN, a service principal, or `*` for an unsigned request.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The ARN of the function, version or alias.
    pub resource: String,
    /// The condition keys of the request.
    pub context: BTreeMap<String, String>,
}

/// What one principal of an Allow gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// The principal.
    pub principal: Principal,
    /// Whom it lets in.
    pub exposure: Exposure,
    /// Why, in one sentence.
    pub reason: String,
    /// A request that gets in; none if nobody untrusted provably does, or if AWS is not known to
    /// read resource policies for the granted actions.
    pub witness: Option<Witness>,
}

/// Whom one statement lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementExposure {
    /// Its place in the document, from 0.
    pub index: usize,
    /// Its id.
    pub sid: Option<String>,
    /// One per principal of an Allow; none for a Deny.
    pub grants: Vec<Grant>,
    /// The granted actions, as written, that allow more than invoking; none for a Deny.
    pub beyond_invoke: Vec<String>,
    /// Whether the statement serves a function URL.
    pub via_url: bool,
}

impl StatementExposure {
    /// The worst grant's exposure; internal if there is none.
    pub fn worst(&self) -> Exposure {
        self.grants.iter().map(|grant| grant.exposure).min().unwrap_or(Exposure::Internal)
    }
}

/// What a statement is judged against.
pub(super) struct Setting<'a> {
    pub home: Home,
    pub resource: &'a FunctionResource,
    pub trusted: &'a Trusted,
    pub statements: &'a [Statement],
}

impl<'a> Setting<'a> {
    pub fn new(
        statements: &'a [Statement],
        resource: &'a FunctionResource,
        trusted: &'a Trusted,
    ) -> Self {
        Self { home: resource.function.home(), resource, trusted, statements }
    }

    /// Internal or trusted; none for everybody else.
    pub fn circle(&self, owner: &Owner) -> Option<Exposure> {
        match owner {
            Owner::Nobody => Some(Exposure::Internal),
            Owner::Account(id) if id == self.home.account.as_str() => Some(Exposure::Internal),
            Owner::Account(id) => {
                let trusted = self.trusted.accounts.iter().any(|account| account.as_str() == id);
                trusted.then_some(Exposure::Trusted)
            }
            Owner::Organization(id) => {
                self.trusted.organizations.contains(id).then_some(Exposure::Trusted)
            }
        }
    }

    /// The statement's clauses with the variables that are the function's own resolved.
    pub fn clauses(&self, statement: &Statement) -> Vec<Clause> {
        let account = self.home.account.as_str();
        statement.conditions.iter().map(|c| c.resolved(account)).collect()
    }
}

/// Whom each statement of `document`, hung on `resource`, lets in.
pub fn expose(
    document: &Document,
    resource: &FunctionResource,
    trusted: &Trusted,
) -> Vec<StatementExposure> {
    let setting = Setting::new(document.statements(), resource, trusted);
    let statements = document.statements().iter().enumerate();
    statements.map(|(index, statement)| expose_statement(index, statement, &setting)).collect()
}

fn expose_statement(
    index: usize,
    statement: &Statement,
    setting: &Setting<'_>,
) -> StatementExposure {
    let sid = statement.sid.clone();
    match statement.effect {
        Effect::Deny => StatementExposure {
            index,
            sid,
            grants: Vec::new(),
            beyond_invoke: Vec::new(),
            via_url: false,
        },
        Effect::Allow => StatementExposure {
            index,
            sid,
            grants: statement.principals.iter().map(|p| judge(p, statement, setting)).collect(),
            beyond_invoke: actions::beyond_invoke(&statement.actions),
            via_url: serves_url(statement),
        },
    }
}

/// Whom the statement lets in as `principal`.
pub(super) fn judge(principal: &Principal, statement: &Statement, setting: &Setting<'_>) -> Grant {
    let (exposure, reason, witness) = decide(principal, statement, setting);
    Grant { principal: principal.clone(), exposure, reason, witness }
}

type Verdict = (Exposure, String, Option<Witness>);

fn decide(principal: &Principal, statement: &Statement, setting: &Setting<'_>) -> Verdict {
    let unknown = |reason: String| (Exposure::Unknown, reason, None);
    if let Some(element) = statement.unknown_elements.first() {
        let element: String = element.chars().filter(|c| !c.is_control()).take(40).collect();
        return unknown(format!("the element `{element}` is not known"));
    }
    let base = caller::base(principal, statement, setting);
    let clauses = setting.clauses(statement);
    if let Some((exposure, reason)) = limits::proven_close(&base, &clauses, setting) {
        return (exposure, reason, None);
    }
    if deny::is_covered(statement, setting) {
        let reason = "a Deny without conditions forbids everything that it grants".to_owned();
        return (Exposure::Internal, reason, None);
    }
    if let Base::Unclear(why) = base {
        return unknown(why.to_owned());
    }
    if !resources::covers(statement, setting) {
        return unknown("its resource does not provably hold this function".to_owned());
    }
    match search::find(&base, statement, &clauses, setting) {
        Ok(found) => (found.exposure, found.reason, found.witness),
        Err(reason) => unknown(reason),
    }
}

/// The two statements of a public function URL.
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
fn serves_url(statement: &Statement) -> bool {
    let Names::Only(list) = &statement.actions else { return false };
    let only = |allowed: &[&str]| {
        list.iter().all(|a| allowed.iter().any(|action| a.eq_ignore_ascii_case(action)))
    };
    let asks = |operator: &str, key: &str, value: &str| {
        statement.conditions.iter().any(|clause| {
            clause.understood().is_some()
                && clause.operator == operator
                && clause.name() == key
                && clause.values == [value]
        })
    };
    // Each key is only in requests that come through the URL, whatever else the statement grants.
    (only(&[INVOKE_URL, INVOKE]) && asks("StringEquals", "lambda:functionurlauthtype", "NONE"))
        || (only(&[INVOKE]) && asks("Bool", "lambda:invokedviafunctionurl", "true"))
}

#[cfg(test)]
#[path = "exposure_tests.rs"]
mod tests;
