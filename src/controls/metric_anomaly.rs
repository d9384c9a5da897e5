//! `metric.anomaly`: no alarm of CloudWatch that the control policy names goes off for a function:
//! too many errors or invocations, too long, throttled, or outside what anomaly detection expects. The
//! alarms are their owner's, and those that are not named are not looked at.
//! Whoever may call `cloudwatch:SetAlarmState` puts any alarm into ALARM. So the alarm is looked at again
//! before anything is answered; it stops a function only where the owner says so; and it is no link of a
//! chain. An alarm of several functions does not tell for which of them it went off: a cap on all of
//! them would take the innocent ones down, so that nothing is capped and it is told.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html>

use super::{
    Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, TagValue, Trigger,
};
use crate::{
    event::{Event, Kind},
    finding::{ControlId, Evidence},
    policy::{AnsweredAlarms, ControlPolicy},
    remediation::TAG_PREFIX,
    resource::{AlarmArn, FunctionArn, Resource},
    state::{AlarmState, Read},
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::MetricAnomaly, triggers: &[Trigger::Alarms], needs, judge };

/// An alarm that the control policy names, and whether it went off.
struct Change<'a> {
    alarm: &'a AlarmArn,
    raised: bool,
}

fn change<'a>(policy: &ControlPolicy, event: &'a Event) -> Option<Change<'a>> {
    let Kind::AlarmState { alarm, raised } = &event.kind else { return None };
    let is_named = entries(policy, alarm).next().is_some();
    is_named.then_some(Change { alarm, raised: *raised })
}

fn entries<'a>(
    policy: &'a ControlPolicy,
    alarm: &AlarmArn,
) -> impl Iterator<Item = &'a AnsweredAlarms> {
    let all = policy.controls.metric_anomaly.parameters.alarms.iter();
    all.filter(|entry| entry.alarm.matches_text(alarm.name()))
}

fn needs(case: &Case<'_>) -> Needs {
    match change(case.policy, case.event) {
        None => Needs::NotConcerned,
        Some(Change { raised: false, .. }) => Needs::Nothing,
        Some(Change { alarm, raised: true }) => Needs::Reads(vec![Read::Alarm(alarm.clone())]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(Change { alarm, raised }) = change(case.policy, case.event) else {
        return Vec::new();
    };
    let untold = |why: &str| Judgement::InsufficientData(why.to_owned());
    let (resource, judgement) = match case.state.alarms.get(alarm) {
        _ if !raised => (alarm.clone().into(), Judgement::Compliant),
        None => (alarm.clone().into(), untold("the alarm was not read")),
        Some(None) => (alarm.clone().into(), untold("the alarm is gone")),
        Some(Some(live)) => judge_live(case, alarm, live),
    };
    vec![Assessment { control: CONTROL.id.into(), resource, judgement }]
}

/// The judgement of an alarm that went off, and what it is about: its function, if that is one.
fn judge_live(case: &Case<'_>, alarm: &AlarmArn, live: &AlarmState) -> (Resource, Judgement) {
    // What it began is carried through, also when the alarm is over because of it.
    let is_over = !live.raised && !case.state.memory.unfinished;
    let Some(watched) = live.function() else {
        let judgement = match is_over {
            true => Judgement::Compliant,
            false => Judgement::NonCompliant(vec![of_none(alarm, live)]),
        };
        return (alarm.clone().into(), judgement);
    };
    let is_meant = |entry: &&AnsweredAlarms| {
        entry.function.as_ref().is_none_or(|pattern| pattern.matches(&watched.function))
    };
    let entry = entries(case.policy, alarm).find(is_meant);
    let judgement = match (entry, case.state.functions.get(&watched.function)) {
        (None, _) | (_, Some(None)) => Judgement::NotApplicable,
        _ if is_over => Judgement::Compliant,
        (_, None) => Judgement::InsufficientData("the function was not read".to_owned()),
        (Some(entry), Some(Some(_))) => Judgement::NonCompliant(vec![seen(alarm, entry)]),
    };
    (watched.into(), judgement)
}

/// It went off for a function.
fn seen(alarm: &AlarmArn, entry: &AnsweredAlarms) -> Seen {
    let key = format!("{TAG_PREFIX}{}", CONTROL.id);
    let responses = match (entry.stop, entry.cap) {
        (true, _) => vec![Response::Contain(Extent::WHOLE)],
        (false, Some(most)) => {
            vec![Response::Cap(most), Response::Tag(key, TagValue::Incident)]
        }
        (false, None) => vec![Response::Notify(format!("the alarm `{}` went off", alarm.name()))],
    };
    Seen { evidence: evidence(alarm), subject: alarm.name().to_owned(), responses }
}

/// It went off for no function in particular.
fn of_none(alarm: &AlarmArn, live: &AlarmState) -> Seen {
    let functions = live.functions.iter().map(|one| FunctionArn::name(&one.function));
    let mut functions: Vec<String> = functions.map(|name| format!("`{name}`")).collect();
    functions.dedup();
    let why = match functions.as_slice() {
        [] => "it tells no function of this account and Region".to_owned(),
        all => format!("it watches {}, and does not tell which of them it is", all.join(", ")),
    };
    let why = format!("the alarm `{}` went off, and nothing is capped: {why}", alarm.name());
    let subject = alarm.name().to_owned();
    Seen { evidence: evidence(alarm), subject, responses: vec![Response::Notify(why)] }
}

fn evidence(alarm: &AlarmArn) -> Evidence {
    Evidence::new("alarmName", alarm.name())
}
