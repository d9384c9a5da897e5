//! One cell of the containment: a fault at one call, then the retries that Lambda makes, then the
//! way back.

use super::{
    Act,
    baseline::Baseline,
    fault::{Fault, Place},
    stage::{PATIENCE, Stage, check, difference, effective, restore_arguments, turned},
};
use crate::{
    compromised::look,
    harness::{Bootstrap, Call},
    telling::ENFORCE,
};
use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

/// How often an event is delivered again, until it is answered.
const DELIVERIES: usize = 4;

/// Right, or why not.
pub async fn cell(place: &Place, fault: Fault, baseline: &Baseline) -> Result<(), String> {
    let stage = Stage::set().await;
    let mut bootstrap = stage.world.bootstrap(&ENFORCE);
    stage.world.faults(&fault.rules(place));
    bootstrap.begin(&stage.event);
    let first = if fault.kills() {
        struck_before_answer(&stage, &bootstrap)?;
        bootstrap.kill();
        bootstrap = stage.world.bootstrap(&ENFORCE);
        None
    } else {
        Some(bootstrap.posted(PATIENCE).ok_or("the faulty delivery is not answered")?)
    };
    let mut calls = stage.world.calls();
    check(calls.iter().any(|call| call.injected.is_some()), || "no fault struck".to_owned())?;
    if let (Fault::Denied, Some(first)) = (fault, &first) {
        denied(&stage, place, first, &calls, baseline).await?;
    }
    stage.world.faults("[]");
    calls.extend(deliver_until_answered(&stage, &bootstrap, first)?);
    let role_is_unknown = fault == Fault::Denied && ROLE_USE.contains(&place.operation.as_str());
    contained(&stage, &calls, baseline, role_is_unknown).await?;
    restored(&stage).await
}

/// Where these are denied, nobody knows who else uses the role. Older sessions of a role that may be
/// somebody else's too are left alone, and a person is told so: that is an answer, not a failure.
const ROLE_USE: [&str; 3] = ["GetRole", "ListFunctions", "ListRegions"];

/// Waits until the call is held that the process is to be killed at.
fn struck_before_answer(stage: &Stage, bootstrap: &Bootstrap) -> Result<(), String> {
    let end = Instant::now() + PATIENCE;
    loop {
        if stage.world.calls_so_far().iter().any(|call| call.injected.is_some()) {
            return Ok(());
        }
        if let Some(answer) = bootstrap.posted(Duration::from_millis(20)) {
            return Err(format!("it was answered before the fault struck: {answer:?}"));
        }
        check(Instant::now() < end, || "the fault never struck".to_owned())?;
    }
}

/// Everything that the denied call does not stand in the way of is done, and people are told which
/// it is.
async fn denied(
    stage: &Stage,
    place: &Place,
    (ok, body): &(bool, String),
    calls: &[Call],
    baseline: &Baseline,
) -> Result<(), String> {
    if *ok {
        // There was another way; what came of it is looked at as after every other fault.
        return Ok(());
    }
    check(body.contains(&place.operation), || format!("the answer does not name it: {body}"))?;
    if !place.mutating || !baseline.turned[&Act::Contain].contains_key(&place.operation) {
        return Ok(());
    }
    let missing = missing(&baseline.turned[&Act::Contain], &turned(calls));
    let may_miss = waits_for(&place.operation);
    let others: Vec<_> = missing.iter().filter(|(name, _)| !may_miss.contains(name)).collect();
    check(others.is_empty(), || format!("not done although permitted: {others:?}"))?;
    let status = stage.incident().await?.status;
    check(status == "partial", || format!("the incident is `{status}` while it is denied"))
}

/// What cannot be done while another operation is denied, itself first.
fn waits_for(operation: &str) -> Vec<&str> {
    match operation {
        // Reserved concurrency cannot be lower than what is provisioned, and sessions are denied as
        // of a moment after the stop.
        "DeleteProvisionedConcurrencyConfig" => {
            vec![operation, "PutFunctionConcurrency", "PutRolePolicy"]
        }
        "PutFunctionConcurrency" => vec![operation, "PutRolePolicy"],
        _ => vec![operation],
    }
}

pub fn missing<'a>(
    wanted: &'a BTreeMap<String, usize>,
    done: &BTreeMap<String, usize>,
) -> Vec<(&'a str, usize)> {
    let less = |(name, count): (&'a String, &usize)| {
        let done = done.get(name).copied().unwrap_or_default();
        (done < *count).then_some((name.as_str(), done))
    };
    wanted.iter().filter_map(less).collect()
}

/// Once an event is answered, a further delivery turns nothing.
fn deliver_until_answered(
    stage: &Stage,
    bootstrap: &Bootstrap,
    first: Option<(bool, String)>,
) -> Result<Vec<Call>, String> {
    let mut all = Vec::new();
    let mut last = first;
    for _ in 0..=DELIVERIES {
        let was_answered = last.as_ref().is_some_and(|(ok, _)| *ok);
        bootstrap.begin(&stage.event);
        let next = bootstrap.posted(PATIENCE).ok_or("a delivery without fault is not answered")?;
        let calls = stage.world.calls();
        if was_answered {
            let again = turned(&calls);
            check(next.0, || format!("it fails after it was answered: {next:?}"))?;
            check(again.is_empty(), || format!("done again after it was answered: {again:?}"))?;
            return Ok(all);
        }
        all.extend(calls);
        last = Some(next);
        thread::yield_now();
    }
    Err(format!("it is not answered after {DELIVERIES} deliveries: {last:?}"))
}

async fn contained(
    stage: &Stage,
    calls: &[Call],
    baseline: &Baseline,
    role_is_unknown: bool,
) -> Result<(), String> {
    let incident = stage.incident().await?;
    let now = look(&stage.world).await;
    let now = stage.normal(&now, &incident.id);
    let wanted = match role_is_unknown {
        true => without_sessions(&baseline.contained),
        false => baseline.contained.clone(),
    };
    check(now == wanted, || format!("another end: {}", difference(&now, &wanted)))?;
    check(incident.status == "closed" && incident.gate == "closed", || format!("{incident:?}"))?;
    for (setting, statuses) in &incident.steps {
        let applied = statuses.iter().filter(|status| *status == "applied").count();
        // Sessions are denied as of a moment, so that another try of it is another step.
        let is_fine = applied == 1 && (statuses.len() == 1 || setting.ends_with("-sessions"));
        check(is_fine, || format!("`{setting}` has the steps {statuses:?}"))?;
    }
    let policies = effective(calls, "CreatePolicy");
    check(policies <= 1, || format!("{policies} policies were created"))?;
    check(effective(calls, "Publish") > 0, || "nobody was told".to_owned())?;
    let messages = effective(calls, "SendMessage");
    check(messages >= baseline.messages, || format!("only {messages} messages were sent"))
}

/// Without the policy that denies older sessions.
fn without_sessions(contained: &str) -> String {
    let lines = contained.lines().filter(|line| !line.contains("aws:TokenIssueTime"));
    lines.collect::<Vec<_>>().join("\n")
}

async fn restored(stage: &Stage) -> Result<(), String> {
    let incident = stage.incident().await?.id;
    let operator = stage.world.operator(&restore_arguments(&incident));
    let (code, printed) = operator.wait(PATIENCE).ok_or("restore does not end")?;
    check(code == 0, || format!("restore ends with {code}: {printed}"))?;
    let now = look(&stage.world).await;
    check(now == stage.before, || {
        let (now, before) = (format!("{now:#?}"), format!("{:#?}", stage.before));
        format!("not as it was: {}", difference(&now, &before))
    })
}
