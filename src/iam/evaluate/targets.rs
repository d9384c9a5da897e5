//! Whether a statement speaks of an action and of a resource.
//! Refuses to rely on a wildcard that crosses a colon where AWS does not say that it does.
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.

use crate::iam::actions::Names;
use crate::iam::condition::variables::{self, Place, Resolved};
use crate::iam::condition::{Held, either};
use crate::iam::document::Statement;
use crate::iam::pattern::{covers, glob, glob_ignoring_case, has_wildcard};

/// Whether `Action` or `NotAction` names the action; names are compared without case.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
pub fn names_action(actions: &Names, action: &str) -> bool {
    let listed = |list: &[String]| list.iter().any(|pattern| glob_ignoring_case(pattern, action));
    match actions {
        Names::Only(list) => listed(list),
        Names::AllBut(list) => !listed(list),
    }
}

/// Whether `Resource` or `NotResource` names the resource. Without either, "the resource to which
/// the action applies is the resource to which the policy is attached".
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policies-json>
pub fn names_resource<'a>(
    statement: &Statement,
    resource: &str,
    lookup: &dyn Fn(&str) -> Held<'a>,
) -> Option<bool> {
    let listed = |list: &[String]| {
        either(list.iter().map(|pattern| {
            if statement.variables && pattern.contains(variables::START) {
                holds_with_variables(pattern, resource, lookup)
            } else {
                holds(pattern, resource)
            }
        }))
    };
    match &statement.resources {
        None => Some(true),
        Some(Names::Only(list)) => listed(list),
        Some(Names::AllBut(list)) => listed(list).map(|listed| !listed),
    }
}

fn holds_with_variables<'a>(
    pattern: &str,
    resource: &str,
    lookup: &dyn Fn(&str) -> Held<'a>,
) -> Option<bool> {
    // "You can't use a variable to replace parts of the ARN before the fifth colon."
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement
    let (before, _) = pattern.split_once(variables::START)?;
    if before.split(':').count() < 6 {
        return None;
    }
    let (resolved, resource) = variables::resolve(pattern, resource, Place::Arn, lookup);
    match resolved {
        Resolved::Text(text) => holds(&text, &resource),
        // "A policy variable with no value will not match any resource."
        Resolved::Nothing => Some(false),
        Resolved::Unsure => None,
    }
}

/// Whether one pattern matches the resource: certainly if it does so segment by segment.
fn holds(pattern: &str, resource: &str) -> Option<bool> {
    if pattern == "*" || pattern == resource {
        return Some(true);
    }
    if !has_wildcard(pattern) || !glob(pattern, resource) {
        return Some(false);
    }
    // "You can't use a wildcard in the service segment", nor does one reach it from the left.
    let (mut patterns, mut texts) = (pattern.splitn(4, ':'), resource.splitn(4, ':'));
    let mut in_place = || Some(glob(patterns.next()?, texts.next()?));
    let arn = in_place()? && in_place()?;
    let service = patterns.next()? == texts.next()?;
    (arn && service && by_segments(patterns.next()?, texts.next()?, glob)).then_some(true)
}

/// Whether every resource that `inner` names, as a pattern without variables, is provably named by
/// `outer`.
pub fn includes(outer: &str, inner: &str) -> bool {
    if outer == "*" || outer == inner {
        return true;
    }
    let (mut outer, mut inner) = (outer.splitn(4, ':'), inner.splitn(4, ':'));
    let mut next = || Some((outer.next()?, inner.next()?));
    let parts = (next(), next(), next(), next());
    let (Some(arn), Some(partition), Some(service), Some((outer, inner))) = parts else {
        return false;
    };
    arn == ("arn", "arn")
        && covers(partition.0, partition.1)
        && service.0 == service.1
        && !has_wildcard(service.0)
        && by_segments(outer, inner, covers)
}

/// "You can use wildcard characters within any ARN segment. If the `*` wildcard is the last
/// character of a resource ARN segment, it can expand to match beyond the colon boundaries."
fn by_segments(pattern: &str, resource: &str, fits: fn(&str, &str) -> bool) -> bool {
    let (mut patterns, mut texts) = (pattern.split(':'), resource.split(':'));
    // What to try next: the last segment that may run on runs on over one segment more.
    let mut retry: Option<(std::str::Split<'_, char>, std::str::Split<'_, char>)> = None;
    loop {
        let runs_on = match (patterns.next(), texts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(text)) if fits(pattern, text) => pattern.ends_with('*'),
            (_, _) => {
                let Some((after, swallowed)) = &mut retry else { return false };
                if swallowed.next().is_none() {
                    return false;
                }
                (patterns, texts) = (after.clone(), swallowed.clone());
                continue;
            }
        };
        if runs_on {
            retry = Some((patterns.clone(), texts.clone()));
        }
    }
}

#[cfg(test)]
#[path = "targets_tests.rs"]
mod tests;
