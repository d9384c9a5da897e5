//! `function-policy.unscoped-service`: service principals are scoped to the resource or account
//! they act for (the confused deputy).
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
//! Scoped in place with the key that keeps the service's trigger alive, or left to a person.

use super::{Control, Response, function_policy, public};
use crate::{
    finding::ControlId,
    iam::{Change, Edit, Exposure, Grant, Principal, ServiceScope, scope_service},
};
use function_policy::{Judged, Look};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionPolicyUnscopedService,
    triggers: public::CONTROL.triggers,
    needs: function_policy::needs,
    judge: |case| function_policy::judge(case, &LOOK),
};

const LOOK: Look = Look {
    control: ControlId::FunctionPolicyUnscopedService,
    forbids: |_, _, grant| grant.exposure == Exposure::UnscopedService,
    respond,
};

fn respond(judged: &Judged<'_>, forbidden: &[&Grant]) -> Response {
    let index = judged.statement.index;
    let (Some(statement), [Grant { principal: Principal::Service(service), .. }], [_]) =
        (judged.document.statements().get(index), forbidden, judged.statement.grants.as_slice())
    else {
        let why = "the statement has several principals, and a condition would bind them all: \
                   split it, with one statement for each service";
        return Response::Notify(why.to_owned());
    };
    match scope_service(statement, service, judged.resource, judged.trusted) {
        ServiceScope::Limit(limits) => {
            Response::EditPolicy(Edit { index, change: Change::Scope(limits) })
        }
        ServiceScope::NoTriggerNeedsIt | ServiceScope::Foreign => {
            Response::EditPolicy(Edit { index, change: Change::Remove })
        }
        ServiceScope::Undetermined(why) => Response::Notify(format!("`{service}`: {why}")),
    }
}
