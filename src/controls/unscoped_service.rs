//! `function-policy.unscoped-service`: service principals are scoped to the resource or account
//! they act for (the confused deputy).
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
//! Scoped with the key that keeps the service's trigger alive, split from the statement's other
//! principals if need be, or left to a person.

use super::{Control, Response, analysis, function_policy, public};
use crate::{
    finding::{ControlId, shown},
    iam::{Change, Exposure, Grant, Principal, ServiceScope, scope_service},
};
use analysis::{Judged, Look};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionPolicyUnscopedService,
    triggers: public::CONTROL.triggers,
    needs: function_policy::needs,
    judge: |case| function_policy::judge(case, &LOOK),
};

pub(super) const LOOK: Look = Look {
    control: ControlId::FunctionPolicyUnscopedService,
    forbids: |_, _, grant| grant.exposure == Exposure::UnscopedService,
    respond,
};

fn respond(judged: &Judged<'_>, forbidden: &[&Grant]) -> Vec<Response> {
    forbidden.iter().map(|grant| respond_to(judged, grant)).collect()
}

fn respond_to(judged: &Judged<'_>, grant: &Grant) -> Response {
    let name = analysis::name(judged.exposed);
    let Principal::Service(service) = &grant.principal else {
        return Response::Notify(format!(
            "{name}: it lets services in without naming one: name the service"
        ));
    };
    match scope_service(judged.statement, service, judged.resource, judged.trusted) {
        ServiceScope::Limit(limits) => analysis::edit(judged, &[grant], Change::Scope(limits)),
        ServiceScope::NoTriggerNeedsIt | ServiceScope::Foreign => {
            analysis::edit(judged, &[grant], Change::Drop)
        }
        ServiceScope::Undetermined(why) => {
            Response::Notify(format!("{name}: `{}`: {why}", shown(service, 100)))
        }
    }
}
