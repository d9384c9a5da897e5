//! `change.untrusted-deployer`: only trusted deployers change what a function runs: its code, its
//! configuration, its versions and aliases. Where a function sends what failed, what it is invoked by and
//! who may invoke it are other controls' matter.
//! Refuses to judge where the control policy names no deployers.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Trigger, change,
    containment_reads,
};
use crate::{
    event::Event,
    finding::{ControlId, Evidence},
    policy::ControlPolicy,
    resource::FunctionArn,
    state::Read,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::ChangeUntrustedDeployer,
    triggers: &[
        Trigger::LambdaCall("CreateAlias"),
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("DeleteAlias"),
        Trigger::LambdaCall("PublishVersion"),
        Trigger::LambdaCall("UpdateAlias"),
        Trigger::LambdaCall("UpdateFunctionCode"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
    ],
    needs,
    judge,
};

/// What changes what a function runs.
const DEPLOYING: [&str; 7] = [
    "lambda:CreateAlias",
    "lambda:CreateFunction",
    "lambda:DeleteAlias",
    "lambda:PublishVersion",
    "lambda:UpdateAlias",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
];

/// A change of what a function runs.
struct Deployment<'a> {
    function: &'a FunctionArn,
    api: &'a str,
    by: By,
}

enum By {
    Deployer,
    Stranger,
    /// Neither a principal nor a service is told.
    Nobody,
}

fn deployment<'a>(policy: &ControlPolicy, event: &'a Event) -> Option<Deployment<'a>> {
    if policy.trusted.principals.is_empty() {
        return None;
    }
    let api = event.api.as_deref().filter(|api| DEPLOYING.contains(api))?;
    let function = change::function(event)?;
    let services = &policy.controls.change_untrusted_deployer.parameters.services;
    let service = event.actor.service();
    let principal = event.actor.principal();
    let is_trusted =
        service.is_some_and(|service| {
            services.contains(service) || policy.trusted.services.contains(service)
        }) || principal.as_ref().is_some_and(|arn| policy.trusted.accepts_changes_of(arn));
    let by = match (is_trusted, service.is_some() || principal.is_some()) {
        (true, _) => By::Deployer,
        (false, true) => By::Stranger,
        (false, false) => By::Nobody,
    };
    Some(Deployment { function, api, by })
}

fn needs(case: &Case<'_>) -> Needs {
    let contain = case.policy.controls.change_untrusted_deployer.parameters.contain;
    match deployment(case.policy, case.event) {
        None => Needs::NotConcerned,
        Some(Deployment { by: By::Deployer | By::Nobody, .. }) => Needs::Nothing,
        Some(Deployment { function, .. }) if contain => Needs::Reads(containment_reads(function)),
        Some(Deployment { function, .. }) => Needs::Reads(vec![Read::Function(function.clone())]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(Deployment { function, api, by }) = deployment(case.policy, case.event) else {
        return Vec::new();
    };
    let control = ControlId::ChangeUntrustedDeployer;
    let judgement = match by {
        By::Deployer => Judgement::Compliant,
        By::Nobody => Judgement::InsufficientData("who made the change is not told".to_owned()),
        By::Stranger => {
            let who = change::caller(&case.event.actor);
            let why = format!("{who} called `{api}` and is not one of `trusted.principals`");
            let evidence = Evidence::new("userIdentity", &who);
            let mut seen = change::found(case, control, evidence, why);
            if case.policy.controls.change_untrusted_deployer.parameters.contain {
                seen.responses.push(Response::Contain(Extent::WHOLE));
            }
            Judgement::NonCompliant(vec![seen])
        }
    };
    change::assessed(case, control, function.clone().into(), judgement)
}
