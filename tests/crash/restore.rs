//! One cell of the way back: a fault at one call of `cordon restore`, then the operator tries again.

use super::{
    Act,
    baseline::Baseline,
    contain::missing,
    fault::{Fault, Place},
    stage::{PATIENCE, Stage, check, difference, restore_arguments, turned},
};
use crate::{
    compromised::look,
    harness::{Bootstrap, Operator},
    telling::ENFORCE,
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// How often an operator tries.
const TRIES: usize = 4;

/// Right, or why not.
pub async fn cell(place: &Place, fault: Fault, baseline: &Baseline) -> Result<(), String> {
    let stage = Stage::set().await;
    let bootstrap = stage.world.bootstrap(&ENFORCE);
    bootstrap.begin(&stage.event);
    let (ok, body) = bootstrap.posted(PATIENCE).ok_or("the containment is not answered")?;
    check(ok, || format!("not contained: {body}"))?;
    let incident = stage.incident().await?.id;
    stage.world.operator_faults(&fault.rules(place));
    let mut operator = stage.world.operator(&restore_arguments(&incident));
    let first = if fault.kills() {
        struck_before_end(&stage, &mut operator)?;
        drop(operator);
        None
    } else {
        Some(operator.wait(PATIENCE).ok_or("the faulty restore does not end")?)
    };
    let calls = stage.world.operator_calls();
    check(calls.iter().any(|call| call.injected.is_some()), || "no fault struck".to_owned())?;
    if let (Fault::Denied, Some((code, printed))) = (fault, &first) {
        let missing = missing(&baseline.turned[&Act::Restore], &turned(&calls));
        denied(place, *code, printed, &missing)?;
    }
    stage.world.operator_faults("[]");
    if first.is_none_or(|(code, _)| code != 0) {
        try_again(&stage, &incident)?;
    }
    restored(&stage).await?;
    left_alone(&stage, &bootstrap)
}

fn struck_before_end(stage: &Stage, operator: &mut Operator) -> Result<(), String> {
    let end = Instant::now() + PATIENCE;
    loop {
        if stage.world.operator_calls().iter().any(|call| call.injected.is_some()) {
            return Ok(());
        }
        check(!operator.is_done(), || "it ended before the fault struck".to_owned())?;
        check(Instant::now() < end, || "the fault never struck".to_owned())?;
        thread::sleep(Duration::from_millis(20));
    }
}

/// Everything else is put back, and the operator is told what is not.
fn denied(
    place: &Place,
    code: i32,
    printed: &str,
    missing: &[(&str, usize)],
) -> Result<(), String> {
    // There is another way to read a policy, GetPolicy; what comes of it is looked at all the same.
    if code == 0 && place.operation == "GetResourcePolicy" {
        return Ok(());
    }
    check(code != 0, || "it says that all is well".to_owned())?;
    check(printed.contains(&place.operation), || format!("it is not named: {printed}"))?;
    if !place.mutating || place.service == "dynamodb" {
        return Ok(());
    }
    let may_miss = |name: &str| {
        name == place.operation
            // No concurrency can be provisioned where none is reserved.
            || (place.operation == "PutFunctionConcurrency"
                && name == "PutProvisionedConcurrencyConfig")
    };
    let others: Vec<_> = missing.iter().filter(|(name, _)| !may_miss(name)).collect();
    check(others.is_empty(), || format!("not put back although permitted: {others:?}"))
}

fn try_again(stage: &Stage, incident: &str) -> Result<(), String> {
    let mut printed = String::new();
    for _ in 0..TRIES {
        let operator = stage.world.operator(&restore_arguments(incident));
        let (code, said) = operator.wait(PATIENCE).ok_or("restore does not end")?;
        if code == 0 {
            return Ok(());
        }
        printed = said;
    }
    Err(format!("not restored after {TRIES} tries: {printed}"))
}

async fn restored(stage: &Stage) -> Result<(), String> {
    let now = look(&stage.world).await;
    check(now == stage.before, || {
        let (now, before) = (format!("{now:#?}"), format!("{:#?}", stage.before));
        format!("not as it was: {}", difference(&now, &before))
    })?;
    let incident = stage.incident().await?;
    check(incident.status == "restored" && incident.gate == "restored", || format!("{incident:?}"))
}

/// What was restored is not contained again by the same event.
fn left_alone(stage: &Stage, bootstrap: &Bootstrap) -> Result<(), String> {
    stage.world.calls();
    bootstrap.begin(&stage.event);
    let (_, body) = bootstrap.posted(PATIENCE).ok_or("a delivery after it is not answered")?;
    let again = turned(&stage.world.calls());
    check(again.is_empty(), || format!("contained again by the same event: {again:?} {body}"))
}
