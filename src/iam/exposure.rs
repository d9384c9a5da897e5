//! Whom each statement lets in, with the request that would get in.
//! Refuses to call a statement open without a request checked against every condition and every
//! Deny, and to call it closed without a proof; all between is unknown.
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

mod addresses;
mod arns;
mod caller;
mod context;
mod entry;
mod origin;
pub(super) mod owner;
mod party;
mod principal_keys;
mod resources;
mod search;
pub(super) mod setting;
mod shut;
mod span;
mod stranger;
mod trial;
pub(super) mod witness;

use super::actions::{self, INVOKE, INVOKE_URL, Names};
use super::document::{Document, Effect, Principal, Statement};
use super::trusted::Trusted;
use crate::resource::FunctionResource;
use caller::Base;
use serde::Serialize;
use setting::Setting;
use shut::Granted;
use std::borrow::Cow;
use std::fmt;
use time::OffsetDateTime;
use witness::Witness;

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

/// What one principal of an Allow gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// The principal.
    pub principal: Principal,
    /// Whom it lets in.
    pub exposure: Exposure,
    /// Why, in one sentence.
    pub reason: Cow<'static, str>,
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

/// From where a document is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standpoint<'a> {
    /// The function, version or alias that the document hangs on.
    pub resource: &'a FunctionResource,
    /// Who is trusted.
    pub trusted: &'a Trusted,
    /// Requests are made at this time or later: what has expired lets nobody in.
    pub from: OffsetDateTime,
}

/// Whom each statement of `document` lets in.
pub fn expose(document: &Document, standpoint: Standpoint<'_>) -> Vec<StatementExposure> {
    let setting = Setting::new(document.statements(), standpoint);
    let statements = document.statements().iter().enumerate();
    statements.map(|(index, statement)| expose_statement(index, statement, &setting)).collect()
}

/// A request from inside that `principal` of a statement lets in: from the own account, or else
/// from the trusted set. None if there is none, or none that is certain.
pub fn insider(
    document: &Document,
    index: usize,
    principal: &Principal,
    standpoint: Standpoint<'_>,
) -> Option<Witness> {
    let setting = Setting::new(document.statements(), standpoint);
    let statement = document.statements().get(index)?;
    let base = caller::base(principal, statement, &setting);
    let clauses = setting.clauses(statement);
    let allows = statement.effect == Effect::Allow && statement.unknown_elements.is_empty();
    let granted =
        Granted { principal, base: &base, statement, clauses: &clauses, setting: &setting };
    if allows { search::insider(&granted) } else { None }
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

type Verdict = (Exposure, Cow<'static, str>, Option<Witness>);

/// A proof that outsiders are kept out, a request that gets in, or neither.
fn decide(principal: &Principal, statement: &Statement, setting: &Setting<'_>) -> Verdict {
    let unknown = |reason: Cow<'static, str>| (Exposure::Unknown, reason, None);
    if let Some(element) = statement.unknown_elements.first() {
        let element: String = element.chars().filter(|c| !c.is_control()).take(40).collect();
        return unknown(format!("the element `{element}` is not known").into());
    }
    if actions::none_of_lambda(&statement.actions) {
        return (Exposure::Internal, "it grants no action of Lambda".into(), None);
    }
    let base = caller::base(principal, statement, setting);
    let clauses = setting.clauses(statement);
    let granted = Granted { principal, base: &base, statement, clauses: &clauses, setting };
    if let Some((exposure, reason)) = granted.shut() {
        return (exposure, reason, None);
    }
    if let Principal::Service(name) = principal
        && setting.trusted.services.contains(name)
    {
        return (Exposure::Trusted, "the service is trusted, whoever it acts for".into(), None);
    }
    let found = match (&base, resources::covers(statement, setting)) {
        (Base::Unclear(why), _) => Err(Cow::Borrowed(*why)),
        // AWS accepts no policy that names another function.
        (_, Some(false)) => Err("its resource is not this function".into()),
        (_, None) => Err("its resource does not provably hold this function".into()),
        (_, Some(true)) => search::find(&granted),
    };
    match found {
        Ok(found) => (found.exposure, found.reason.into(), found.witness),
        Err(doubt) => match granted.shut_one_by_one() {
            Some((exposure, reason)) => (exposure, reason, None),
            None => unknown(doubt),
        },
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
#[path = "exposure/tests.rs"]
mod tests;
