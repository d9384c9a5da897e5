//! `function-policy.untrusted-account`: no statement grants access to an account or organization
//! outside the trusted set.
//! <https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html>

use super::{Control, analysis, function_policy, public};
use crate::{finding::ControlId, iam::Exposure};
use analysis::Look;

pub(super) const CONTROL: Control = Control {
    id: ControlId::FunctionPolicyUntrustedAccount,
    triggers: public::CONTROL.triggers,
    needs: function_policy::needs,
    judge: |case| function_policy::judge(case, &LOOK),
};

pub(super) const LOOK: Look = Look {
    control: ControlId::FunctionPolicyUntrustedAccount,
    forbids: |_, _, grant| grant.exposure == Exposure::External,
    respond: analysis::removal,
};
