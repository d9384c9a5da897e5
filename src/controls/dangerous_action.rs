//! `function-policy.dangerous-action`: nothing beyond invoking is granted outside the account,
//! but to trusted accounts that deploy.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

use super::{Control, Response, analysis, function_policy, public};
use crate::{
    finding::ControlId,
    iam::{Change, Exposure, Grant, Names},
};
use analysis::{Judged, Look};

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionPolicyDangerousAction,
    triggers: public::CONTROL.triggers,
    needs: function_policy::needs,
    judge: |case| function_policy::judge(case, &LOOK),
};

pub(super) const LOOK: Look = Look {
    control: ControlId::FunctionPolicyDangerousAction,
    forbids: |policy, statement, grant| {
        let parameters = &policy.controls.function_policy_dangerous_action.parameters;
        let deploys = || {
            let account = grant.principal.account();
            let mut deployers = parameters.deployer_accounts.iter();
            deployers.any(|deployer| Some(deployer.as_str()) == account)
        };
        !statement.beyond_invoke.is_empty()
            && match grant.exposure {
                Exposure::Public | Exposure::External => true,
                Exposure::Trusted => !deploys(),
                // An unscoped service is scoped by its own control; what is unknown is not judged.
                Exposure::UnscopedService | Exposure::Unknown | Exposure::Internal => false,
            }
    },
    respond,
};

/// A stranger loses the grant; a partner goes on invoking, where that can be told apart.
fn respond(judged: &Judged<'_>, forbidden: &[&Grant]) -> Vec<Response> {
    let (partners, strangers): (Vec<&Grant>, Vec<&Grant>) =
        forbidden.iter().partition(|grant| grant.exposure == Exposure::Trusted);
    let change = match judged.statement.actions {
        Names::Only(_) => Change::DropActions(judged.exposed.beyond_invoke.clone()),
        Names::AllBut(_) => Change::Drop,
    };
    let answers = [(strangers, Change::Drop), (partners, change)];
    let answers = answers.into_iter().filter(|(grants, _)| !grants.is_empty());
    answers.map(|(grants, change)| analysis::edit(judged, &grants, change)).collect()
}
