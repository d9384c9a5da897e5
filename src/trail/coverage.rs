//! Whether all of Lambda's data events are recorded. Says full only where that is certain: what adds
//! up in a way that is not seen here is called partial.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>

use super::clause::{
    CATEGORY, Clause, Condition, READ_ONLY, RESOURCE_ARN, RESOURCE_TYPE, SOURCE, Test, clauses,
};
use super::{LAMBDA_FUNCTION, Selectors, Trail};
use std::fmt;

/// How much of Lambda's data events is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// Every read and write of every function.
    Full,
    /// Some of them, and what holds back the others.
    Partial(Vec<Narrowing>),
    /// None.
    None,
}

/// What holds data events back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Narrowing {
    /// Writes are not recorded for all functions.
    Writes,
    /// Reads are not recorded for all functions.
    Reads,
    /// Only so many functions are, each by its name.
    NamedFunctions(usize),
    /// A field decides, such as `userIdentity.arn`.
    Field(String),
    /// Only this Region is.
    OneRegion(String),
}

impl fmt::Display for Narrowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Writes => write!(f, "writes are not recorded for all functions"),
            Self::Reads => write!(f, "reads are not recorded for all functions"),
            Self::NamedFunctions(1) => write!(f, "only one function, by its name"),
            Self::NamedFunctions(count) => write!(f, "only {count} functions, by their names"),
            Self::Field(field) => write!(f, "`{field}` decides"),
            Self::OneRegion(region) => write!(f, "only in `{region}`"),
        }
    }
}

impl Trail {
    /// How much of Lambda's data events this trail records, of its account and partition.
    pub fn coverage(&self) -> Coverage {
        if !self.logging {
            return Coverage::None;
        }
        let coverage = self.selectors.coverage(self.settings.partition());
        if self.settings.is_multi_region_trail {
            return coverage;
        }
        let region = Narrowing::OneRegion(self.settings.home_region.clone());
        match coverage {
            Coverage::Full => Coverage::Partial(vec![region]),
            Coverage::Partial(mut narrowings) => {
                narrowings.push(region);
                Coverage::Partial(narrowings)
            }
            Coverage::None => Coverage::None,
        }
    }
}

impl Selectors {
    /// How much of Lambda's data events these selectors record, in a partition such as `aws`.
    pub fn coverage(&self, partition: &str) -> Coverage {
        let clauses = lambda_clauses(self, partition);
        if clauses.is_empty() {
            return Coverage::None;
        }
        let missing = missing(&clauses);
        if missing.is_empty() {
            return Coverage::Full;
        }
        let mut narrowings: Vec<Narrowing> = missing
            .into_iter()
            .map(|half| if half { Narrowing::Reads } else { Narrowing::Writes })
            .collect();
        let names: usize = clauses.iter().filter_map(names).sum();
        if names > 0 {
            narrowings.push(Narrowing::NamedFunctions(names));
        }
        let fields = clauses.iter().filter(|clause| names_only(clause).is_none());
        narrowings.extend(
            fields.flat_map(|clause| &clause.rest).map(|(f, _)| Narrowing::Field(f.clone())),
        );
        narrowings.sort();
        narrowings.dedup();
        Coverage::Partial(narrowings)
    }

    /// The halves, reads (`true`) and writes (`false`), that are not recorded for all functions.
    pub(super) fn missing_halves(&self, partition: &str) -> Vec<bool> {
        missing(&lambda_clauses(self, partition))
    }
}

/// A clause that records Lambda's data events.
struct LambdaClause {
    /// Reads (`true`), writes (`false`).
    halves: Vec<bool>,
    /// What it asks for besides.
    rest: Vec<(String, Condition)>,
}

/// How many functions the clause names, where it records no others.
fn names(clause: &LambdaClause) -> Option<usize> {
    names_only(clause).map(|condition| condition.selects.len())
}

fn names_only(clause: &LambdaClause) -> Option<&Condition> {
    let [(field, condition)] = clause.rest.as_slice() else { return None };
    let by_name = |test: &Test| match test {
        Test::Is(_) => true,
        Test::StartsWith(_) | Test::EndsWith(_) => false,
    };
    let names = !condition.selects.is_empty() && condition.selects.iter().all(by_name);
    (field == RESOURCE_ARN && names).then_some(condition)
}

fn missing(clauses: &[LambdaClause]) -> Vec<bool> {
    [true, false].into_iter().filter(|half| !is_full(clauses, *half)).collect()
}

/// Whether the clauses together record every event of a half: one of them asks for nothing more, or
/// one leaves out only what others, which look at the same field alone, let in.
fn is_full(clauses: &[LambdaClause], half: bool) -> bool {
    let clauses: Vec<_> = clauses.iter().filter(|clause| clause.halves.contains(&half)).collect();
    clauses.iter().any(|clause| match clause.rest.as_slice() {
        [] => true,
        [(field, condition)] if condition.selects.is_empty() => {
            let lets_in = |test: &Test| {
                clauses.iter().any(|other| match other.rest.as_slice() {
                    [(name, condition)] => name == field && condition.holds_for_all(test),
                    _ => false,
                })
            };
            condition.deselects.iter().all(lets_in)
        }
        _ => false,
    })
}

/// The clauses that some of Lambda's data events meet, without what each of these events meets.
fn lambda_clauses(selectors: &Selectors, partition: &str) -> Vec<LambdaClause> {
    let all = Test::StartsWith(format!("arn:{partition}:lambda:"));
    clauses(selectors).iter().filter_map(|clause| lambda_clause(clause, &all)).collect()
}

fn lambda_clause(clause: &Clause, all: &Test) -> Option<LambdaClause> {
    let fits = clause.allows(CATEGORY, "Data")
        && clause.allows(RESOURCE_TYPE, LAMBDA_FUNCTION)
        && clause.allows(SOURCE, "lambda.amazonaws.com");
    let halves: Vec<bool> = [("true", true), ("false", false)]
        .into_iter()
        .filter(|(value, _)| clause.allows(READ_ONLY, value))
        .map(|(_, half)| half)
        .collect();
    (fits && !halves.is_empty()).then_some(())?;
    let mut rest = Vec::new();
    for (field, condition) in &clause.conditions {
        let condition = match field.as_str() {
            CATEGORY | RESOURCE_TYPE | SOURCE | READ_ONLY => continue,
            RESOURCE_ARN => among(condition, all)?,
            _ => condition.clone(),
        };
        if !condition.is_empty() {
            rest.push((field.clone(), condition));
        }
    }
    Some(LambdaClause { halves, rest })
}

/// The condition on values that the test matches: nothing where they all meet it, `None` where none
/// of them can.
fn among(condition: &Condition, all: &Test) -> Option<Condition> {
    let possible = |tests: &[Test]| -> Vec<Test> {
        tests.iter().filter(|test| !test.apart(all)).cloned().collect()
    };
    let (selects, deselects) = (possible(&condition.selects), possible(&condition.deselects));
    let never = selects.is_empty() && !condition.selects.is_empty()
        || deselects.iter().any(|test| all.within(test));
    let every = selects.iter().any(|test| all.within(test));
    (!never).then(|| Condition { selects: if every { Vec::new() } else { selects }, deselects })
}
