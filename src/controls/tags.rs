//! `tags.missing`: required tags are present with an allowed value.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>

use super::{Control, Trigger, judge_function, needs_function};
use crate::finding::{ControlId, Evidence};

pub(super) const CONTROL: Control = Control {
    id: ControlId::TagsMissing,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("TagResource"),
        Trigger::LambdaCall("UntagResource"),
        Trigger::ConfigItem,
    ],
    needs: |case| {
        if case.policy.controls.tags_missing.parameters.required.is_empty() {
            super::Needs::NotConcerned
        } else {
            needs_function(case)
        }
    },
    judge: |case| {
        let required = &case.policy.controls.tags_missing.parameters.required;
        judge_function(case, ControlId::TagsMissing, |function| {
            let tags = function.tags.as_ref().ok_or("the function's tags could not be read")?;
            let mut evidence = Vec::new();
            for (key, allowed) in required {
                match tags.get(key) {
                    None => evidence.push(Evidence::new(format!("tags.{key}"), "absent")),
                    Some(value) if !allowed.is_empty() && !allowed.contains(value) => {
                        evidence.push(Evidence::new(format!("tags.{key}"), value));
                    }
                    Some(_) => {}
                }
            }
            Ok(evidence)
        })
    },
};
