//! `access-analyzer.external`: nobody outside the trusted set has access to what IAM Access Analyzer
//! found to be open. The live policies tell whether that is so, of the function with all its versions
//! and aliases, which it does not look at, or of the layer's version.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html>

use super::{
    Assessment, Case, Control, Judgement, Needs, Trigger, analysis, analysis::Look,
    function_policy, layer_policy,
};
use crate::{
    event::{Event, Kind},
    finding::ControlId,
    iam::Exposure,
    resource::{FunctionArn, LayerVersion, Resource},
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::AccessAnalyzerExternal,
    triggers: &[Trigger::AccessAnalyzer],
    needs,
    judge,
};

/// Access by services it never reports.
const LOOK: Look = Look {
    control: ControlId::AccessAnalyzerExternal,
    forbids: |_, _, grant| matches!(grant.exposure, Exposure::Public | Exposure::External),
    respond: analysis::removal,
};

/// The function that is found to be open.
pub(super) fn function(event: &Event) -> Option<&FunctionArn> {
    open(event)?.function()
}

/// The layer's version that is found to be open.
pub(super) fn layer(event: &Event) -> Option<LayerVersion> {
    layer_of(open(event)?)
}

fn open(event: &Event) -> Option<&Resource> {
    let Kind::ExternalAccess { resource, stands: true } = &event.kind else { return None };
    Some(resource)
}

fn layer_of(resource: &Resource) -> Option<LayerVersion> {
    LayerVersion::parse(&resource.to_string()).ok()
}

fn needs(case: &Case<'_>) -> Needs {
    let Kind::ExternalAccess { resource, stands } = &case.event.kind else {
        return Needs::NotConcerned;
    };
    match (resource.function(), layer_of(resource)) {
        _ if !stands => Needs::Nothing,
        (Some(function), _) => Needs::Reads(vec![Read::EveryPolicy(function.clone())]),
        (None, Some(layer)) => Needs::Reads(vec![Read::LayerPolicy(layer)]),
        (None, None) => Needs::NotConcerned,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Kind::ExternalAccess { resource, stands } = &case.event.kind else { return Vec::new() };
    let control = ControlId::AccessAnalyzerExternal;
    let one = |judgement| {
        vec![Assessment { control: control.into(), resource: resource.clone(), judgement }]
    };
    match (resource.function(), layer_of(resource)) {
        _ if !stands => one(Judgement::NotApplicable),
        (Some(_), _) => function_policy::judge(case, &LOOK),
        (None, Some(layer)) => vec![layer_policy::judge_live(case, control, &layer)],
        (None, None) => Vec::new(),
    }
}
