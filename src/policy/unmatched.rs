//! Patterns of a control policy that mean none of the functions there are: a misspelt name protects
//! and excepts nothing, silently. Of other resources there is no list, so that nothing is said of
//! patterns that may mean them.

use super::{ArnPattern, ControlPolicy, Pattern, Place, Problem, Scope};
use crate::{
    finding::ControlId,
    resource::{FunctionArn, Resource},
};

/// A warning for every pattern that means none of `functions`.
pub fn unmatched(policy: &ControlPolicy, functions: &[FunctionArn]) -> Vec<Problem> {
    let resources = functions.iter().cloned().map(Resource::from).collect();
    let mut known = Known { functions, resources, problems: Vec::new() };
    known.hold_all(&Place::at(["protected"]), &policy.protected);
    known.hold_named(&Place::at(["scope"]), &policy.scope.functions, &policy.scope.resources);
    let of_controls = ControlId::ALL
        .into_iter()
        .map(|control| (Place::at(["controls", control.as_str()]), policy.controls.given(control)));
    let of_rules = policy.rules.iter().enumerate();
    let of_rules = of_rules.map(|(at, rule)| (Place::at(["rules"]).index(at), rule.given()));
    for (at, given) in of_controls.chain(of_rules) {
        let Scope { functions, resources, .. } = given.reach.scope;
        known.hold_named(&at.clone().key("scope"), functions, resources);
        for (index, scoped) in given.reach.scopes.iter().enumerate() {
            let Scope { functions, resources, .. } = &scoped.scope;
            let at = at.clone().key("scopes").index(index).key("where");
            known.hold_named(&at, functions, resources);
        }
    }
    for (index, exception) in policy.exceptions.iter().enumerate() {
        let at = Place::at(["exceptions"]).index(index);
        known.hold_named(&at, &exception.functions, &exception.resources);
    }
    let parameters = |control: ControlId| Place::at(["controls", control.as_str(), "parameters"]);
    let declared = &policy.controls.function_privilege_escalation.parameters.declared;
    for (index, calls) in declared.iter().enumerate() {
        let at = parameters(ControlId::FunctionPrivilegeEscalation).key("declared");
        known.hold(at.index(index).key("function"), &calls.function);
    }
    let invokers = &policy.controls.invocation_unauthorized.parameters.functions;
    for (index, invoked) in invokers.iter().enumerate() {
        let at = parameters(ControlId::InvocationUnauthorized).key("functions");
        known.hold(at.index(index).key("function"), &invoked.function);
    }
    let usual = &policy.controls.invocation_unusual.parameters.functions;
    for (index, invoked) in usual.iter().enumerate() {
        let at = parameters(ControlId::InvocationUnusual).key("functions");
        known.hold(at.index(index).key("function"), &invoked.function);
    }
    let answered = &policy.controls.metric_anomaly.parameters.alarms;
    for (index, alarms) in answered.iter().enumerate() {
        let at = parameters(ControlId::MetricAnomaly).key("alarms");
        if let Some(function) = &alarms.function {
            known.hold(at.index(index).key("function"), function);
        }
    }
    let peers = &policy.controls.function_unexpected_peer.parameters.peers;
    for (index, declared) in peers.iter().enumerate() {
        let at = parameters(ControlId::FunctionUnexpectedPeer).key("peers");
        known.hold(at.index(index).key("function"), &declared.function);
    }
    known.problems
}

/// The functions that are known, and what was found.
struct Known<'a> {
    functions: &'a [FunctionArn],
    /// The same ones.
    resources: Vec<Resource>,
    problems: Vec<Problem>,
}

impl Known<'_> {
    fn hold(&mut self, at: Place, pattern: &Pattern) {
        if !self.functions.iter().any(|function| pattern.matches(function)) {
            self.add(at);
        }
    }

    fn hold_all(&mut self, at: &Place, patterns: &[Pattern]) {
        for (index, pattern) in patterns.iter().enumerate() {
            self.hold(at.clone().index(index), pattern);
        }
    }

    /// What stands under `functions` and `resources`.
    fn hold_named(&mut self, at: &Place, functions: &[Pattern], resources: &[ArnPattern]) {
        self.hold_all(&at.clone().key("functions"), functions);
        for (index, pattern) in resources.iter().enumerate() {
            let is_known = self.resources.iter().any(|resource| pattern.matches(resource));
            if pattern.is_of_functions() && !is_known {
                self.add(at.clone().key("resources").index(index));
            }
        }
    }

    fn add(&mut self, at: Place) {
        self.problems.push(Problem::warning(
            at,
            format!("this means none of the {} functions that are known", self.functions.len()),
            "write the name of a function, or take it out",
        ));
    }
}
