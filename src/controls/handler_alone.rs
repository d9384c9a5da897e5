//! `handler.changed-alone`: the handler does not change while the code stays. Who may not change the
//! code can still choose another function in it, or in a layer.
//! <https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html>

use super::{
    Control, Judgement, Trigger,
    changed::{self, Changed, UNKNOWN},
};
use crate::{
    event::Part,
    finding::{ControlId, Evidence},
    setting::PutBack,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::HandlerChangedAlone,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
        // The code that the next change of the handler is held against.
        Trigger::LambdaCall("UpdateFunctionCode"),
    ],
    needs: |case| changed::needs(case, &changed::CALLS),
    judge: |case| changed::judge(case, ControlId::HandlerChangedAlone, Part::Handler, judged),
};

fn judged(changed: &Changed<'_>) -> Judgement {
    let control = ControlId::HandlerChangedAlone;
    let now = changed.live.handler.clone().unwrap_or_default();
    let evidence = Evidence::new("Handler", &now);
    match stands(changed) {
        Stands::Fine => Judgement::Compliant,
        Stands::Unknown => Judgement::InsufficientData(UNKNOWN.to_owned()),
        Stands::Alone { before } => {
            let change = PutBack::Handler { stood: now.clone(), back: before.to_owned() };
            let put_back = match before.is_empty() {
                true => Err("there was no handler before".to_owned()),
                false => Ok(change),
            };
            let subject = format!("handler {now}");
            Judgement::NonCompliant(vec![changed::seen(
                changed, control, evidence, subject, put_back,
            )])
        }
    }
}

/// How the handler stands to what it was.
enum Stands<'c> {
    Fine,
    Unknown,
    /// It changed, and the code did not.
    Alone {
        before: &'c str,
    },
}

fn stands<'c>(changed: &'c Changed<'_>) -> Stands<'c> {
    if changed.is_new() || changed.is_from_before(Part::Handler) {
        return Stands::Fine;
    }
    let Some(before) = changed.before else { return Stands::Unknown };
    let same_code = before.code.is_some() && before.code == changed.live.code_sha256;
    match &before.handler {
        _ if !same_code => Stands::Fine,
        None => Stands::Unknown,
        Some(handler) if *handler == changed.live.handler.clone().unwrap_or_default() => {
            Stands::Fine
        }
        Some(handler) => Stands::Alone { before: handler },
    }
}

/// Whether no untrusted principal should have changed the handler like this.
pub(super) fn is_suspicious(changed: &Changed<'_>) -> bool {
    !matches!(stands(changed), Stands::Fine)
}
