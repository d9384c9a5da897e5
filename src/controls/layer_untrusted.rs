//! `layer.untrusted`: no layer is added whose account is neither the function's own nor trusted nor a
//! known publisher. A layer is code, and runs with everything the function may do.
//! <https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html>

use super::{
    Control, Judgement, Trigger,
    changed::{self, Changed, UNKNOWN},
};
use crate::{
    event::Part,
    finding::{ControlId, Evidence},
    resource::{AccountId, Arn},
    setting::PutBack,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::LayerUntrusted,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
    ],
    needs: |case| changed::needs(case, &[changed::CALLS[0], changed::CALLS[1]]),
    judge: |case| changed::judge(case, ControlId::LayerUntrusted, Part::Layers, judged),
};

fn judged(changed: &Changed<'_>) -> Judgement {
    let control = ControlId::LayerUntrusted;
    let seen: Vec<_> = added(changed)
        .map(|layer| {
            let evidence = Evidence::new("Layers", layer);
            changed::seen(changed, control, evidence, format!("layer {layer}"), put_back(changed))
        })
        .collect();
    if seen.is_empty() { Judgement::Compliant } else { Judgement::NonCompliant(seen) }
}

/// The layers of strangers that were not there before. Where it is not known what was, all of them.
pub(super) fn added<'c>(changed: &'c Changed<'_>) -> impl Iterator<Item = &'c str> {
    let before = changed.before.and_then(|before| before.layers.as_ref());
    let now = changed.live.layers.iter().filter(|_| !changed.is_from_before(Part::Layers));
    now.map(String::as_str).filter(move |layer| {
        !before.is_some_and(|before| before.iter().any(|one| one == layer))
            && !is_expected(changed, layer)
    })
}

fn is_expected(changed: &Changed<'_>, layer: &str) -> bool {
    let publishers = &changed.policy.controls.layer_untrusted.parameters.publishers;
    let trusted = &changed.policy.trusted.accounts;
    account(layer).is_some_and(|account| {
        account == *changed.function.account()
            || publishers.contains(&account)
            || trusted.contains(&account)
    })
}

/// Whose layer it is.
fn account(layer: &str) -> Option<AccountId> {
    Arn::parse(layer).ok()?.account().cloned()
}

/// The layers before, if all of them are the account's own: a record that somebody forged must not
/// bring in a stranger's code.
fn put_back(changed: &Changed<'_>) -> Result<PutBack, String> {
    let before = changed.before.and_then(|before| before.layers.as_ref()).ok_or(UNKNOWN)?;
    let own = |layer: &String| account(layer).as_ref() == Some(changed.function.account());
    if !before.iter().all(own) {
        return Err("among the layers before were some of other accounts".to_owned());
    }
    Ok(PutBack::Layers { stood: changed.live.layers.clone(), back: before.clone() })
}
