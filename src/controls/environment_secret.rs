//! `environment.secret`: no environment variable looks like a secret. Whoever may read the function's
//! configuration reads its environment. What it looks like is told, never the value.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html>

use super::{Control, Trigger, judge_function, needs_function};
use crate::finding::{ControlId, Evidence, shown};

pub(super) const CONTROL: Control = Control {
    id: ControlId::EnvironmentSecret,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::ConfigItem,
    ],
    needs: needs_function,
    judge: |case| {
        let ignored = &case.policy.controls.environment_secret.parameters.ignored;
        judge_function(case, ControlId::EnvironmentSecret, |function| {
            let variables = function.variables.as_ref().ok_or(
                "the environment cannot be read: Cordon may not use its key, or an archive hides it",
            )?;
            let suspects = variables.iter().filter(|(name, _)| !ignored.contains(*name));
            Ok(suspects
                .filter_map(|(name, value)| {
                    let field = format!("Environment.Variables.{}", shown(name, 100));
                    Some(Evidence::new(field, value.suspicion.as_deref()?))
                })
                .collect())
        })
    },
};
