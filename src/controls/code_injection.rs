//! `environment.code-injection`: no variable newly changes what code runs, or where its traffic goes,
//! unless its value is known to be harmless or allowed. Events show no environment, so it is read.
//! Values are compared by their hashes, and are told to nobody.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html>

use super::{
    Control, Judgement, Trigger,
    changed::{self, Changed, UNKNOWN},
};
use crate::{
    event::Part,
    finding::{ControlId, Evidence, shown},
    injection,
    setting::PutBack,
};

pub(super) const CONTROL: Control = Control {
    id: ControlId::EnvironmentCodeInjection,
    triggers: &[
        Trigger::LambdaCall("CreateFunction2015"),
        Trigger::LambdaCall("UpdateFunctionConfiguration"),
    ],
    needs: |case| changed::needs(case, &changed::CONFIGURING),
    judge: |case| {
        changed::judge(case, ControlId::EnvironmentCodeInjection, Part::Environment, judged)
    },
};

fn judged(changed: &Changed<'_>) -> Judgement {
    if changed.live.variables.is_none() || changed.remembered.environment.is_none() {
        let why =
            "the environment cannot be read: Cordon may not use its key, or an archive hides it";
        return Judgement::InsufficientData(why.to_owned());
    }
    let seen: Vec<_> = injecting(changed)
        .map(|name| {
            let why = injection::variable(name).map_or("", |variable| variable.why);
            let put_back = match was_there(changed, name) {
                None => Err(UNKNOWN.to_owned()),
                Some(true) => Err("of its value before, only a hash is known".to_owned()),
                Some(false) => Ok(PutBack::Variable { name: name.to_owned() }),
            };
            let evidence =
                Evidence::new(format!("Environment.Variables.{}", shown(name, 100)), why);
            let control = ControlId::EnvironmentCodeInjection;
            changed::seen(changed, control, evidence, format!("variable {name}"), put_back)
        })
        .collect();
    if seen.is_empty() { Judgement::Compliant } else { Judgement::NonCompliant(seen) }
}

/// Whether no untrusted principal should have changed the environment like this. What cannot be read
/// may hold anything.
pub(super) fn is_suspicious(changed: &Changed<'_>) -> bool {
    let is_read = changed.live.variables.is_some() && changed.remembered.environment.is_some();
    !changed.is_from_before(Part::Environment) && (!is_read || injecting(changed).next().is_some())
}

/// The variables that are new, or have another value than before, and may inject.
fn injecting<'c>(changed: &'c Changed<'_>) -> impl Iterator<Item = &'c str> {
    let variables = changed.live.variables.iter().flatten();
    let injecting = variables.filter(|(_, value)| value.injects).map(|(name, _)| name.as_str());
    injecting.filter(|name| !is_allowed(changed, name) && !is_as_before(changed, name))
}

fn is_allowed(changed: &Changed<'_>, name: &str) -> bool {
    let allowed = &changed.policy.controls.environment_code_injection.parameters.allowed;
    let now = changed.remembered.environment.as_ref().and_then(|now| now.get(name));
    let salt = &changed.remembered.salt;
    allowed.get(name).is_some_and(|values| {
        values.is_empty() || values.iter().any(|value| Some(&salt.hash(value)) == now)
    })
}

fn is_as_before(changed: &Changed<'_>, name: &str) -> bool {
    let before = changed.before.and_then(|before| before.environment.as_ref()?.get(name));
    let now = changed.remembered.environment.as_ref().and_then(|now| now.get(name));
    before.is_some() && before == now
}

/// Whether there was a variable of this name; none where that is not known. A new function had none,
/// and nothing to go back to.
fn was_there(changed: &Changed<'_>, name: &str) -> Option<bool> {
    Some(changed.before?.environment.as_ref()?.contains_key(name))
}
