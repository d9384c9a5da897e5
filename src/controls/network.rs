//! `network.outside-vpc`: the function is attached to a VPC.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>

use super::{Control, Trigger, judge_function, needs_function};
use crate::finding::{ControlId, Evidence};

pub(super) const CONTROL: Control = Control {
    id: ControlId::NetworkOutsideVpc,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        Trigger::ConfigItem,
    ],
    needs: needs_function,
    judge: |case| {
        judge_function(case, ControlId::NetworkOutsideVpc, |function| {
            Ok(if function.in_vpc {
                Vec::new()
            } else {
                vec![Evidence::new("VpcConfig.SubnetIds", "empty")]
            })
        })
    },
};
