//! How to scope what a statement grants to a service, so that its trigger stays alive.
//! Refuses to scope where a legitimate trigger may live elsewhere, or where nobody documented it.
//! The confused deputy: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>.

use crate::iam::condition::Clause;
use crate::iam::document::{Effect, Principal, Statement};
use crate::iam::exposure::owner::{self, Owner};
use crate::iam::exposure::setting::{Circle, Setting};
use crate::iam::exposure::{self, Exposure, Standpoint};
use crate::iam::service::{ELSEWHERE, Rule, UNVERIFIED, row_of, service_name};
use crate::resource::Home;
use serde::Serialize;

/// How to scope a service's statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceScope {
    /// Add these limits.
    Limit(Vec<Limit>),
    /// The service invokes with a role: removing the statement breaks nothing.
    NoTriggerNeedsIt,
    /// The statement serves only somebody else's account: remove it.
    Foreign,
    /// No scope is certain to keep the trigger alive, and why: only notify.
    Undetermined(&'static str),
}

/// One clause to add to a statement's condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Limit {
    /// The operator.
    pub operator: &'static str,
    /// The condition key, spelt as Terraform reads it.
    pub key: &'static str,
    /// The only value.
    pub value: String,
}

/// How to scope what `statement` grants to `service`, so that its trigger stays alive. Whomever else
/// the statement names, the grant is judged as if it named the service alone.
pub fn scope_service(
    statement: &Statement,
    service: &str,
    standpoint: Standpoint<'_>,
) -> ServiceScope {
    let principal = Principal::Service(service.to_owned());
    if statement.effect != Effect::Allow || !statement.principals.contains(&principal) {
        return ServiceScope::Undetermined("the statement grants nothing to this service");
    }
    let alone = Statement { principals: vec![principal.clone()], ..statement.clone() };
    let statement = &alone;
    let setting = Setting::new(std::slice::from_ref(statement), standpoint);
    let grant = exposure::judge(&principal, statement, &setting);
    if grant.exposure != Exposure::UnscopedService {
        return ServiceScope::Undetermined("the statement is not provably unscoped");
    }
    let clauses = setting.clauses(statement);
    match source(&clauses, &setting) {
        Source::Foreign => ServiceScope::Foreign,
        Source::Unclear => {
            ServiceScope::Undetermined("its conditions name sources that cannot be told apart")
        }
        Source::Open => by_rule(statement, service, &setting),
    }
}

/// What the statement's conditions say of the source already.
enum Source {
    Foreign,
    Unclear,
    /// Nothing that an added limit could contradict.
    Open,
}

fn source(clauses: &[Clause], setting: &Setting<'_>) -> Source {
    let partition = &setting.home.partition;
    let is_source = |c: &Clause| matches!(c.name(), "aws:sourceaccount" | "aws:sourcearn");
    let foreign = |owner: &Owner<'_>| {
        matches!(owner, Owner::Account(_)) && !setting.holds(Circle::Trusted, owner)
    };
    let all_foreign = |c: &Clause| {
        c.when_absent() == Some(false)
            && c.understood().is_some_and(|operator| !operator.negated)
            && owner::named(c, partition).filter(foreign).count() == c.values.len()
    };
    if clauses.iter().any(|c| is_source(c) && all_foreign(c)) {
        return if clauses.iter().all(is_source) { Source::Foreign } else { Source::Unclear };
    }
    let names_owner = clauses.iter().any(|c| owner::named(c, partition).next().is_some());
    if names_owner { Source::Unclear } else { Source::Open }
}

fn by_rule(statement: &Statement, service: &str, setting: &Setting<'_>) -> ServiceScope {
    let Some(row) = row_of(service) else { return ServiceScope::Undetermined(UNVERIFIED) };
    let regional = service_name(service).is_some_and(|(_, region)| region.is_some());
    if regional && row.name != "logs" && row.name != "sns" {
        return ServiceScope::Undetermined(UNVERIFIED);
    }
    let alone = setting.trusted.is_alone();
    let limit = match row.rule {
        Rule::Arn(arn) => arn_limit(arn, &setting.home),
        Rule::AccountIfRegional(_) if regional => account_limit(&setting.home),
        Rule::AccountIfRegional(arn) => arn_limit(arn, &setting.home),
        Rule::AccountIfAlone if alone => account_limit(&setting.home),
        Rule::ArnIfAlone(arn) if alone => arn_limit(arn, &setting.home),
        Rule::AccountIfAlone | Rule::ArnIfAlone(_) => {
            return ServiceScope::Undetermined(ELSEWHERE);
        }
        Rule::Role => return ServiceScope::NoTriggerNeedsIt,
        Rule::Notify(why) => return ServiceScope::Undetermined(why),
    };
    let taken = |c: &Clause| c.key.eq_ignore_ascii_case(limit.key);
    if statement.conditions.iter().any(taken) {
        return ServiceScope::Undetermined("its condition uses the key of the scope already");
    }
    ServiceScope::Limit(vec![limit])
}

fn account_limit(home: &Home) -> Limit {
    let value = home.account.as_str().to_owned();
    Limit { operator: "StringEquals", key: "AWS:SourceAccount", value }
}

fn arn_limit(template: &str, home: &Home) -> Limit {
    let value = template
        .replace("{p}", &home.partition)
        .replace("{r}", &home.region)
        .replace("{a}", home.account.as_str());
    Limit { operator: "ArnLike", key: "AWS:SourceArn", value }
}

#[cfg(test)]
#[path = "scope_tests.rs"]
mod tests;
