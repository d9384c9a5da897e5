//! Rules of the control policy's own: an event that matches the pattern is the finding, and what the
//! rule says answers it, once the function is seen to be there.

use super::{
    Assessment, Case, Extent, Judgement, Response, Seen, TagValue, containment_reads,
    function_policy::judge_document,
};
use crate::{
    finding::{Evidence, Requirement, RuleMatch},
    policy::{Rule, RuleRemediations},
    resource::{FunctionArn, FunctionResource},
    state::Read,
};
use std::collections::BTreeMap;

/// What has to be read before the rule is answered.
pub(super) fn reads(remediations: &RuleRemediations, function: &FunctionArn) -> Vec<Read> {
    let mut reads = vec![Read::Function(function.clone())];
    if !extent(remediations).is_nothing() {
        reads.extend(containment_reads(function));
    }
    if remediations.disable_event_source_mappings {
        reads.push(Read::Mappings(function.clone()));
        reads.push(Read::EveryMapping(function.clone()));
    }
    if remediations.replace_resource_policy {
        reads.push(Read::EveryPolicy(function.clone()));
    }
    if remediations.harden_function_url {
        reads.push(Read::EveryUrl(function.clone()));
    }
    reads
}

/// Judges an event that matches a rule: the resource it names, and what hangs on the function.
pub(super) fn judge(case: &Case<'_>, matched: &RuleMatch) -> Vec<Assessment> {
    let (Some(rule), Ok(resource)) = (case.policy.rules.named(&matched.rule), &matched.function)
    else {
        return Vec::new();
    };
    let assessment = |(resource, judgement): (FunctionResource, Judgement)| {
        let control = Requirement::Rule(rule.id.clone());
        Assessment { control, resource: resource.into(), judgement }
    };
    let judged = match case.state.functions.get(&resource.function) {
        None => {
            let why = "the function was not read".to_owned();
            vec![(resource.clone(), Judgement::InsufficientData(why))]
        }
        Some(None) => vec![(resource.clone(), Judgement::NotApplicable)],
        Some(Some(_)) => {
            let seen = seen(case, rule, resource, matched).into_iter();
            seen.map(|(on, seen)| (on, Judgement::NonCompliant(seen))).collect()
        }
    };
    judged.into_iter().map(assessment).collect()
}

/// A call that failed has changed nothing: it is told.
const FAILED: &str = "the call failed, so that there is nothing to remediate";

/// What was seen, by what it was seen on.
fn seen(
    case: &Case<'_>,
    rule: &Rule,
    resource: &FunctionResource,
    event: &RuleMatch,
) -> BTreeMap<FunctionResource, Vec<Seen>> {
    let subject = event.subject.as_ref().unwrap_or(&case.event.id);
    let matched = |responses| Seen {
        evidence: Evidence::new(String::from(rule.function.clone()), &resource.to_string()),
        subject: subject.clone(),
        responses,
    };
    if event.failed {
        return [(resource.clone(), vec![matched(vec![Response::Notify(FAILED.to_owned())])])]
            .into();
    }
    answered(case, &rule.remediations, resource, &matched)
}

/// What `remediations` answer of what was seen, which `matched` tells, by what it is answered on.
pub(super) fn answered(
    case: &Case<'_>,
    remediations: &RuleRemediations,
    resource: &FunctionResource,
    matched: &dyn Fn(Vec<Response>) -> Seen,
) -> BTreeMap<FunctionResource, Vec<Seen>> {
    let function = &resource.function;
    let mut all = BTreeMap::from([(resource.clone(), vec![matched(on_function(remediations))])]);
    if remediations.harden_function_url {
        for url in case.state.urls.keys().filter(|one| one.function == *function) {
            all.entry(url.clone()).or_default().push(matched(vec![Response::HardenUrl]));
        }
    }
    if remediations.replace_resource_policy {
        let live = case.state.policies.iter().filter(|(one, _)| one.function == *function);
        for (on, live) in live.filter_map(|(on, live)| Some((on, live.as_ref()?))) {
            let seen = match &live.document {
                Ok(document) => judge_document(case.policy, on, document, case.now),
                Err(error) => vec![matched(vec![Response::Notify(error.to_string())])],
            };
            if !seen.is_empty() {
                all.entry(on.clone()).or_default().extend(seen);
            }
        }
    }
    all
}

fn on_function(remediations: &RuleRemediations) -> Vec<Response> {
    let tags = remediations.tag_function.iter();
    let tags = tags.map(|(key, value)| Response::Tag(key.clone(), TagValue::Of(value.clone())));
    let extent = extent(remediations);
    let contain = Some(extent).filter(|extent| !extent.is_nothing()).map(Response::Contain);
    let cap = remediations.cap_concurrency.map(Response::Cap);
    let disable = remediations.disable_event_source_mappings.then_some(Response::DisableMappings);
    contain.into_iter().chain(cap).chain(disable).chain(tags).collect()
}

/// How far the rule contains the function.
fn extent(remediations: &RuleRemediations) -> Extent {
    let RuleRemediations { contain_function, stop_function, revoke_credentials, .. } = remediations;
    let asked = [
        (*contain_function, Extent::WHOLE),
        (*stop_function, Extent::STOP),
        (*revoke_credentials, Extent::REVOKE),
    ];
    let asked = asked.into_iter().filter(|(is_asked, _)| *is_asked);
    asked.fold(Extent::default(), |all, (_, extent)| all.and(extent))
}
