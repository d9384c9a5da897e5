//! `function-policy.dangerous-action`: nothing beyond invoking is granted outside the account,
//! but to trusted accounts that deploy.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>

use super::{Control, function_policy, public};
use crate::{finding::ControlId, iam::Exposure};
use function_policy::Look;

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionPolicyDangerousAction,
    triggers: public::CONTROL.triggers,
    needs: function_policy::needs,
    judge: |case| function_policy::judge(case, &LOOK),
};

const LOOK: Look = Look {
    control: ControlId::FunctionPolicyDangerousAction,
    forbids: |policy, statement, grant| {
        let parameters = &policy.controls.function_policy_dangerous_action.parameters;
        let deploys = || {
            function_policy::account(&grant.principal)
                .is_some_and(|account| parameters.deployer_accounts.contains(&account))
        };
        !statement.beyond_invoke.is_empty()
            && match grant.exposure {
                Exposure::Public | Exposure::External => true,
                Exposure::Trusted => !deploys(),
                // An unscoped service is scoped by its own control; what is unknown is not judged.
                Exposure::UnscopedService | Exposure::Unknown | Exposure::Internal => false,
            }
    },
    respond: function_policy::removal,
};
