//! What the controls of changes share: which calls change something, and on what. Refuses events that tell
//! of no call, such as configuration items: they do not say who.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>

use super::{Assessment, Case, Judgement, Response, Seen, TagValue, Trigger};
use crate::{
    event::{Actor, Event, Kind},
    finding::{ControlId, Evidence},
    remediation::TAG_PREFIX,
    resource::{FunctionArn, Resource},
};

/// Every call of Lambda that changes a function, its policy or its URL.
pub(super) const OF_LAMBDA: [Trigger; 23] = [
    Trigger::LambdaCall("AddPermission"),
    Trigger::LambdaCall("CreateAlias"),
    Trigger::LambdaCall("CreateFunction2015"),
    Trigger::LambdaCall("CreateFunctionUrlConfig"),
    Trigger::LambdaCall("DeleteAlias"),
    Trigger::LambdaCall("DeleteFunctionConcurrency"),
    Trigger::LambdaCall("DeleteFunctionEventInvokeConfig"),
    Trigger::LambdaCall("DeleteFunctionUrlConfig"),
    Trigger::LambdaCall("PublishVersion"),
    Trigger::LambdaCall("PutFunctionConcurrency"),
    Trigger::LambdaCall("PutFunctionEventInvokeConfig"),
    Trigger::LambdaCall("PutFunctionScalingConfig"),
    Trigger::LambdaCall("PutProvisionedConcurrencyConfig"),
    Trigger::LambdaCall("PutResourcePolicy"),
    Trigger::LambdaCall("RemovePermission"),
    Trigger::LambdaCall("TagResource"),
    Trigger::LambdaCall("UntagResource"),
    Trigger::LambdaCall("UpdateAlias"),
    Trigger::LambdaCall("UpdateEventSourceMapping"),
    Trigger::LambdaCall("UpdateFunctionCode"),
    Trigger::LambdaCall("UpdateFunctionConfiguration"),
    Trigger::LambdaCall("UpdateFunctionEventInvokeConfig"),
    Trigger::LambdaCall("UpdateFunctionUrlConfig"),
];

/// The function that a call changed.
pub(super) fn function(event: &Event) -> Option<&FunctionArn> {
    event.api.as_ref()?;
    match &event.kind {
        Kind::PolicyChange { resource, .. } | Kind::UrlChange { resource } => {
            Some(&resource.function)
        }
        Kind::FunctionChange { function }
        | Kind::CodeChange { function }
        | Kind::GuardChange { function }
        | Kind::SettingChange { function } => Some(function),
        _ => None,
    }
}

/// What a call changed: a function, or, of the `iam` calls, what it was made on.
pub(super) fn changed(event: &Event, iam: &[&str]) -> Option<Resource> {
    if let Kind::IamCall { api, target, .. } = &event.kind {
        let is_one = api.strip_prefix("iam:").is_some_and(|name| iam.contains(&name));
        return is_one.then(|| target.on.clone().into());
    }
    function(event).cloned().map(Resource::from)
}

/// Whoever called, by the most telling name that is not of their own choice.
pub(super) fn caller(actor: &Actor) -> String {
    let account = || actor.account.as_ref().map(|account| account.as_str().to_owned());
    let principal = actor.principal().map(String::from);
    let service = actor.service().map(str::to_owned);
    match (principal, service) {
        (Some(principal), Some(service)) => format!("{principal} by {service}"),
        (None, Some(one)) | (Some(one), None) => one,
        (None, None) => account().unwrap_or_else(|| "somebody unknown".to_owned()),
    }
}

/// A change that is not as it should be, told, and marked on the function if it is one.
pub(super) fn found(case: &Case<'_>, control: ControlId, evidence: Evidence, why: String) -> Seen {
    let mut responses = vec![Response::Notify(why)];
    if function(case.event).is_some() {
        responses.push(Response::Tag(format!("{TAG_PREFIX}{control}"), TagValue::Incident));
    }
    Seen { evidence, subject: case.event.id.clone(), responses }
}

/// The judgement of a change, unless the function that it was made on is not known or gone.
pub(super) fn assessed(
    case: &Case<'_>,
    control: ControlId,
    resource: Resource,
    judgement: Judgement,
) -> Vec<Assessment> {
    let judgement = match (&judgement, resource.function()) {
        (Judgement::NonCompliant(_), Some(function)) => match case.state.functions.get(function) {
            None => Judgement::InsufficientData("the function was not read".to_owned()),
            Some(None) => Judgement::NotApplicable,
            Some(Some(_)) => judgement,
        },
        (_, _) => judgement,
    };
    vec![Assessment { control: control.into(), resource, judgement }]
}
