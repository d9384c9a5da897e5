//! `runtime.deprecated`: the runtime is supported.
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>
//! Container images bring their own and report none.

use super::{Control, Trigger, judge_function, needs_function};
use crate::finding::{ControlId, Evidence};

pub(super) const CONTROL: Control = Control {
    id: ControlId::RuntimeDeprecated,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::ConfigItem,
    ],
    needs: needs_function,
    judge: |case| {
        let deprecated = &case.policy.controls.runtime_deprecated.parameters.deprecated;
        judge_function(case, ControlId::RuntimeDeprecated, |function| {
            Ok(match &function.runtime {
                Some(runtime) if deprecated.contains(runtime) => {
                    vec![Evidence::new("Runtime", runtime)]
                }
                Some(_) | None => Vec::new(),
            })
        })
    },
};
