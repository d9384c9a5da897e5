//! Statements of identity policies that let whoever has them administer Lambda at large: change every
//! function, or give anybody access to one.
//! Refuses to take a condition for met, and a Deny into account unless it takes a whole grant away.
//! Actions and their condition keys:
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>.

use super::denial::Denials;
use super::grant::{NO_ACTION_LEFT, UNKNOWN_ELEMENT};
use super::privilege::{Certainty, Use};
use super::reach::{Extent, Reach, reach};
use super::trust::is_fixed;
use crate::iam::actions::Names;
use crate::iam::condition::{Base, Clause, Set};
use crate::iam::document::{Effect, IdentityDocument, Statement};
use crate::iam::evaluate::targets::names_action;
use crate::iam::pattern::{Arn, covers, disjoint, example, glob, has_wildcard};
use serde::Serialize;

/// What one statement lets do to functions at large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LambdaAdmin {
    /// What it amounts to.
    pub power: LambdaPower,
    /// The actions it grants that make it so, of those that change who calls a function, what code it
    /// runs, or whether it runs.
    pub actions: Vec<&'static str>,
    /// On which functions; the furthest reaching of the statement's resources.
    pub extent: Extent,
    /// Whether it is certain.
    pub certainty: Certainty,
    /// The keys of the conditions that it hangs on.
    pub conditions: Vec<String>,
    /// Whether a Deny may take a part of it away, or all of it while its condition holds.
    pub may_be_denied: bool,
    /// The document that grants it, from 0, in the order given.
    pub document: usize,
    /// The statement of the document, from 0.
    pub statement: usize,
    /// The statement's id.
    pub sid: Option<String>,
    /// Something that it lets do.
    pub witness: Use,
}

/// What a statement lets do to functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LambdaPower {
    /// It changes every function, or every one but some, or every one in some Regions.
    EveryFunction,
    /// It gives access to a function to whomever it likes.
    AnyPrincipal,
}

/// Gives access to principals that the request names.
const ADD_PERMISSION: &str = "lambda:AddPermission";
/// Writes a whole resource policy. It has no condition key that tells whom the policy lets in. To
/// call it takes AddPermission and RemovePermission besides, which another statement may grant:
/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
const PUT_RESOURCE_POLICY: &str = "lambda:PutResourcePolicy";
/// The key that limits to whom access is given; only AddPermission and RemovePermission have it.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>
const PRINCIPAL: &str = "lambda:principal";
const WITH_PRINCIPAL: [&str; 2] = [ADD_PERMISSION, "lambda:RemovePermission"];

/// The actions that make somebody an administrator of the functions that there are, the worst first.
/// Not among them: what reads or invokes; what makes a function (CreateFunction changes none that is
/// there, and takes `iam:PassRole`); versions, layers and code signing configurations, which no
/// function uses until another action here says so; tags; DeleteFunction, which gives nobody anything;
/// and EnableReplication, by which CloudFront copies a function to its edges.
const ADMINISTRATIVE: [&str; 13] = [
    // Who may call it: the resource policy, and a URL, which can ask for no signature.
    ADD_PERMISSION,
    PUT_RESOURCE_POLICY,
    // What is removed may be a Deny.
    "lambda:RemovePermission",
    "lambda:DeleteResourcePolicy",
    // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    "lambda:CreateFunctionUrlConfig",
    "lambda:UpdateFunctionUrlConfig",
    // What runs: the code; layers, handler, environment and role; the version an alias points to.
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:UpdateAlias",
    // Whose code may run: https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
    "lambda:PutFunctionCodeSigningConfig",
    "lambda:DeleteFunctionCodeSigningConfig",
    // Whether it runs: zero stops it, a removed limit starts what was stopped.
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    "lambda:PutFunctionConcurrency",
    "lambda:DeleteFunctionConcurrency",
];

/// The beginning of any function's ARN, as a pattern.
const ANY_FUNCTION: &str = "arn:*:lambda:*:*:function:*";

const LEFT_OUT: &str = "which functions `NotResource` leaves out is not known";

/// What the policies of one identity let it do to functions at large: by each statement, changing
/// every function, and giving anybody access to a function.
pub fn lambda_admin(documents: &[&IdentityDocument]) -> Vec<LambdaAdmin> {
    let denials = Denials::of(documents);
    let mut found = Vec::new();
    for (document, policy) in documents.iter().enumerate() {
        for (index, statement) in policy.statements().iter().enumerate() {
            if statement.effect == Effect::Allow {
                let place = Place { document, index, statement, documents, denials: &denials };
                found.extend(place.every_function());
                found.extend(place.any_principal());
            }
        }
    }
    found
}

struct Place<'a> {
    document: usize,
    index: usize,
    statement: &'a Statement,
    documents: &'a [&'a IdentityDocument],
    denials: &'a Denials<'a>,
}

/// A resource pattern by the functions it holds.
struct Functions<'a> {
    /// None for what `NotResource` leaves.
    pattern: Option<&'a str>,
    extent: Extent,
    doubt: Option<&'static str>,
}

impl<'a> Place<'a> {
    fn every_function(&self) -> Option<LambdaAdmin> {
        let places: Vec<Functions<'_>> =
            self.functions().into_iter().filter(|one| one.extent != Extent::Part).collect();
        let granted = |action: &str| self.grants(action);
        self.tell(LambdaPower::EveryFunction, &places, &ADMINISTRATIVE, granted)
    }

    fn any_principal(&self) -> Option<LambdaAdmin> {
        if self.statement.conditions.iter().any(limits_principals) {
            return None;
        }
        let granted = |action: &str| self.grants(action) && !self.is_limited_by_deny(action);
        let actions = [ADD_PERMISSION, PUT_RESOURCE_POLICY];
        self.tell(LambdaPower::AnyPrincipal, &self.functions(), &actions, granted)
    }

    /// Whether the statement grants the action. Where it asks for the key that only some actions
    /// have, requests for the others do not hold it.
    fn grants(&self, action: &str) -> bool {
        let asks =
            |clause: &Clause| clause.name() == PRINCIPAL && clause.when_absent() == Some(false);
        names_action(&self.statement.actions, action)
            && (WITH_PRINCIPAL.contains(&action) || !self.statement.conditions.iter().any(asks))
    }

    /// The statement's resources that hold functions.
    fn functions(&self) -> Vec<Functions<'a>> {
        let variables = self.statement.variables;
        match &self.statement.resources {
            Some(Names::Only(list)) => {
                list.iter().filter_map(|pattern| functions(pattern, variables)).collect()
            }
            Some(Names::AllBut(list)) => {
                let out: Vec<Functions<'_>> =
                    list.iter().filter_map(|pattern| functions(pattern, variables)).collect();
                let none_left = |one: &Functions<'_>| {
                    one.doubt.is_none() && one.pattern.is_some_and(|out| covers(out, ANY_FUNCTION))
                };
                if out.iter().any(none_left) {
                    return Vec::new();
                }
                // All functions of one account may be all that there are.
                let most = out.iter().any(|one| one.extent != Extent::Part || one.doubt.is_some());
                let doubt = most.then_some(LEFT_OUT);
                vec![Functions { pattern: None, extent: Extent::AllBut, doubt }]
            }
            None => Vec::new(),
        }
    }

    fn tell(
        &self,
        power: LambdaPower,
        places: &[Functions<'_>],
        actions: &[&'static str],
        granted: impl Fn(&str) -> bool,
    ) -> Option<LambdaAdmin> {
        let left = |action: &str, place: &Functions<'_>| {
            !self.denials.cover(action, place.pattern.unwrap_or("*"))
        };
        let granted: Vec<&'static str> = actions
            .iter()
            .filter(|action| granted(action) && places.iter().any(|place| left(action, place)))
            .copied()
            .collect();
        let first = granted.first()?;
        let useful = |place: &&Functions<'_>| granted.iter().any(|action| left(action, place));
        let best = places.iter().filter(useful).min_by_key(|one| (one.doubt.is_some(), one.extent));
        let best = best?;
        let resource = best.pattern.map_or_else(|| "*".to_owned(), resource);
        let free =
            |action: &&&'static str| left(action, best) && !self.denials.forbid(action, &resource);
        let witness = granted.iter().find(free);
        let unknown = (!self.statement.unknown_elements.is_empty()).then_some(UNKNOWN_ELEMENT);
        let unwitnessed = witness.is_none().then_some(NO_ACTION_LEFT);
        let certainty = match unknown.or(best.doubt).or(unwitnessed) {
            Some(why) => Certainty::Unclear(why),
            None if !self.statement.conditions.is_empty() => Certainty::Conditional,
            None => Certainty::Certain,
        };
        let place = best.pattern.unwrap_or("*");
        Some(LambdaAdmin {
            power,
            extent: best.extent,
            certainty,
            conditions: self.statement.conditions.iter().map(|one| one.key.clone()).collect(),
            may_be_denied: granted.iter().any(|action| self.denials.may_touch(action, place)),
            document: self.document,
            statement: self.index,
            sid: self.statement.sid.clone(),
            witness: Use { action: (*witness.unwrap_or(first)).to_owned(), resource },
            actions: granted,
        })
    }

    /// Whether a Deny forbids the action on everything unless it is for named principals: a negated
    /// operator holds for a request without the key too.
    fn is_limited_by_deny(&self, action: &str) -> bool {
        let all = self.documents.iter().flat_map(|policy| policy.statements());
        let everything = |names: &Names| match names {
            Names::Only(list) => list.iter().any(|pattern| pattern == "*"),
            Names::AllBut(_) => false,
        };
        all.filter(|deny| deny.effect == Effect::Deny && deny.unknown_elements.is_empty()).any(
            |deny| {
                names_action(&deny.actions, action)
                    && deny.resources.as_ref().is_some_and(everything)
                    && matches!(deny.conditions.as_slice(), [only] if forbids_others(only))
            },
        )
    }
}

/// Whether the clause lets only named principals be given access. `*` is one of the names that
/// `AddPermission` takes, and is everybody.
fn limits_principals(clause: &Clause) -> bool {
    clause.name() == PRINCIPAL && is_fixed(clause)
}

/// Whether the clause of a Deny holds for all principals but the named.
fn forbids_others(clause: &Clause) -> bool {
    let negated = clause.understood().is_some_and(|operator| {
        let text = match operator.base {
            Base::Equals | Base::EqualsIgnoreCase | Base::Like | Base::Arn => true,
            Base::Bool | Base::Ip | Base::Null | Base::Number(_) | Base::Date(_) | Base::Binary => {
                false
            }
        };
        text && operator.negated && operator.set == Set::One
    });
    let fixed = |value: &String| !has_wildcard(value) && !value.contains("${");
    clause.name() == PRINCIPAL && negated && clause.values.iter().all(fixed)
}

/// The functions that the resource pattern holds; none if it holds none.
fn functions(pattern: &str, variables: bool) -> Option<Functions<'_>> {
    let Reach { service, extent, doubt } = reach(pattern, variables);
    let found = |extent| Some(Functions { pattern: Some(pattern), extent, doubt });
    match service {
        // All resources, or an ARN of a service that is not told.
        None if extent != Extent::Part || !disjoint(pattern, "arn:") => found(extent),
        None => None,
        Some(service) if !service.eq_ignore_ascii_case("lambda") => None,
        Some(_) => {
            let Some(arn) = Arn::parse(pattern) else { return found(extent) };
            let kind = arn.resource.split(':').next().unwrap_or_default();
            let may_be = glob(kind, "function") || kind.contains("${");
            if may_be { found(extent) } else { None }
        }
    }
}

/// A resource that the pattern holds: any, or a function.
fn resource(pattern: &str) -> String {
    match Arn::parse(pattern) {
        Some(arn) if has_wildcard(arn.resource.split(':').next().unwrap_or_default()) => {
            let beginning = pattern.len() - arn.resource.len();
            example(&format!("{}function:x", pattern.get(..beginning).unwrap_or_default()))
        }
        Some(_) => example(pattern),
        None if pattern.starts_with("arn:") => example(pattern),
        None => "*".to_owned(),
    }
}

#[cfg(test)]
#[path = "lambda_admin_tests.rs"]
mod tests;
