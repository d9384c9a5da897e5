//! Patterns of a control policy that mean none of the functions there are: a misspelt name protects
//! and excepts nothing, silently.

use super::{ControlPolicy, Pattern, Place, Problem};
use crate::{finding::ControlId, resource::FunctionArn};

/// A warning for every pattern that means none of `functions`.
pub fn unmatched(policy: &ControlPolicy, functions: &[FunctionArn]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut hold = |at: Place, pattern: &Pattern| {
        if !functions.iter().any(|function| pattern.matches(function)) {
            problems.push(Problem::warning(
                at,
                format!("this means none of the {} functions that are known", functions.len()),
                "write the name of a function, or take it out",
            ));
        }
    };
    let mut hold_all = |at: Place, patterns: &[Pattern]| {
        for (index, pattern) in patterns.iter().enumerate() {
            hold(at.clone().index(index), pattern);
        }
    };
    hold_all(Place::at(["protected"]), &policy.protected);
    hold_all(Place::at(["scope", "functions"]), &policy.scope.functions);
    let of_controls = ControlId::ALL
        .into_iter()
        .map(|control| (Place::at(["controls", control.as_str()]), policy.controls.given(control)));
    let of_rules = policy.rules.iter().enumerate();
    let of_rules = of_rules.map(|(at, rule)| (Place::at(["rules"]).index(at), rule.given()));
    for (at, given) in of_controls.chain(of_rules) {
        hold_all(at.clone().key("scope").key("functions"), &given.reach.scope.functions);
        for (index, scoped) in given.reach.scopes.iter().enumerate() {
            let place = at.clone().key("scopes").index(index).key("where").key("functions");
            hold_all(place, &scoped.scope.functions);
        }
    }
    for (index, exception) in policy.exceptions.iter().enumerate() {
        hold_all(Place::at(["exceptions"]).index(index).key("functions"), &exception.functions);
    }
    let parameters = |control: ControlId| Place::at(["controls", control.as_str(), "parameters"]);
    let declared = &policy.controls.function_privilege_escalation.parameters.declared;
    for (index, calls) in declared.iter().enumerate() {
        let at = parameters(ControlId::FunctionPrivilegeEscalation).key("declared");
        hold(at.index(index).key("function"), &calls.function);
    }
    let invokers = &policy.controls.invocation_unauthorized.parameters.functions;
    for (index, invoked) in invokers.iter().enumerate() {
        let at = parameters(ControlId::InvocationUnauthorized).key("functions");
        hold(at.index(index).key("function"), &invoked.function);
    }
    problems
}
