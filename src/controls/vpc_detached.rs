//! `vpc.detached`: a function is not taken out of its VPC, where what holds its traffic back is.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>

use super::{
    Control, Judgement, Trigger,
    changed::{self, Changed, UNKNOWN},
};
use crate::{
    event::Part,
    finding::{ControlId, Evidence},
    setting::{PutBack, VpcAttachment},
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::VpcDetached,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
    ],
    needs: |case| changed::needs(case, &[changed::CALLS[0], changed::CALLS[1]]),
    judge: |case| changed::judge(case, ControlId::VpcDetached, Part::Vpc, judged),
};

fn judged(changed: &Changed<'_>) -> Judgement {
    match stands(changed) {
        Stands::Fine => Judgement::Compliant,
        Stands::Unknown => Judgement::InsufficientData(UNKNOWN.to_owned()),
        Stands::Detached { before } => {
            let evidence = Evidence::new("VpcConfig.SubnetIds", "empty");
            let put_back = Ok(PutBack::Vpc { back: before.clone() });
            let control = ControlId::VpcDetached;
            let subject = "detached".to_owned();
            Judgement::NonCompliant(vec![changed::seen(
                changed, control, evidence, subject, put_back,
            )])
        }
    }
}

/// How the attachment stands to what it was.
enum Stands<'c> {
    Fine,
    Unknown,
    Detached { before: &'c VpcAttachment },
}

fn stands<'c>(changed: &'c Changed<'_>) -> Stands<'c> {
    let is_attached = !changed.live.vpc.subnets.is_empty();
    if is_attached || changed.is_new() || changed.is_from_before(Part::Vpc) {
        return Stands::Fine;
    }
    match changed.before.map(|before| &before.vpc) {
        None | Some(None) => Stands::Unknown,
        Some(Some(before)) if before.subnets.is_empty() => Stands::Fine,
        Some(Some(before)) => Stands::Detached { before },
    }
}

/// Whether no untrusted principal should have changed the attachment like this.
pub(super) fn is_suspicious(changed: &Changed<'_>) -> bool {
    !matches!(stands(changed), Stands::Fine)
}
