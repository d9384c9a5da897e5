//! `environment.unencrypted`: environment variables are encrypted with a customer managed key.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html>
//! Only whether there are variables is looked at, never what they hold.

use super::{Control, Trigger, judge_function, needs_function};
use crate::finding::{ControlId, Evidence};

pub(super) const CONTROL: Control = Control {
    id: ControlId::EnvironmentUnencrypted,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::ConfigItem,
    ],
    needs: needs_function,
    judge: |case| {
        judge_function(case, ControlId::EnvironmentUnencrypted, |function| {
            if function.hides_environment && function.kms_key.is_none() {
                return Err("whether it has environment variables could not be read".to_owned());
            }
            Ok(if function.has_environment && function.kms_key.is_none() {
                vec![Evidence::new("KMSKeyArn", "absent, with variables present")]
            } else {
                Vec::new()
            })
        })
    },
};
