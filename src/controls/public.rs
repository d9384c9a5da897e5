//! `function-policy.public`: no statement lets anyone invoke the function.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
//! Statements that serve a function URL belong to `function-url.public`.

use super::{Control, Trigger, analysis, function_policy};
use crate::{finding::ControlId, iam::Exposure};
use analysis::Look;

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionPolicyPublic,
    triggers: &[
        Trigger::LambdaCall("AddPermission"),
        Trigger::LambdaCall("PutResourcePolicy"),
        // A Deny that held a grant back may have gone.
        Trigger::LambdaCall("RemovePermission"),
        Trigger::ConfigCompliance,
        Trigger::SecurityHub,
        Trigger::AccessAnalyzer,
    ],
    needs: function_policy::needs,
    judge: |case| function_policy::judge(case, &LOOK),
};

pub(super) const LOOK: Look = Look {
    control: ControlId::FunctionPolicyPublic,
    forbids: |_, statement, grant| grant.exposure == Exposure::Public && !statement.via_url,
    respond: analysis::removal,
};
