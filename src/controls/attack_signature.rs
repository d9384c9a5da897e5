//! `log.attack-signature`: no line that a function logs is a sign of an attack. The lines are delivered by
//! CloudWatch Logs; what is kept of them is which signature they show, how many do, and the requests they
//! belong to. A signature on a function is told once an hour; further lines are counted.
//! Refuses to stop a function for that alone, unless the control policy says from how many lines on: what a
//! function logs is often what a stranger sent it.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>

use super::{Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    event::{Event, Kind, LogSign},
    finding::{ControlId, Evidence},
    resource::FunctionArn,
    state::{Read, Sighting},
};

pub(super) const CONTROL: Control =
    Control { id: ControlId::LogAttackSignature, triggers: &[Trigger::FunctionLogs], needs, judge };

fn told(event: &Event) -> Option<(&FunctionArn, &[LogSign])> {
    let Kind::LogSigns { function, signs } = &event.kind else { return None };
    Some((function, signs))
}

/// How many lines contain the function, if any number does.
fn stop(case: &Case<'_>) -> Option<u32> {
    case.policy.controls.log_attack_signature.parameters.stop.map(Into::into)
}

fn needs(case: &Case<'_>) -> Needs {
    match told(case.event) {
        None => Needs::NotConcerned,
        // Lines that show something may be of a function whose tags have a say.
        Some((function, [_, ..])) if case.policy.asks_tags(&CONTROL.id.into()) => {
            Needs::Reads(vec![Read::Function(function.clone())])
        }
        Some(_) => Needs::Nothing,
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some((function, signs)) = told(case.event) else { return Vec::new() };
    let judgement = match signs {
        [] => Judgement::Compliant,
        signs => {
            let mut all: Vec<Seen> = signs.iter().map(|sign| seen(case, sign)).collect();
            tell_once(&mut all);
            Judgement::NonCompliant(all)
        }
    };
    vec![Assessment { control: CONTROL.id.into(), resource: function.clone().into(), judgement }]
}

/// What is to be counted.
pub(super) fn sighting(case: &Case<'_>) -> Option<Sighting> {
    let (function, signs) = told(case.event)?;
    let seen = signs.iter().map(|sign| (sign.signature.to_string(), sign.lines));
    let (subject, control) = (function.clone().into(), CONTROL.id);
    let sighting = Sighting { subject, control, seen: seen.collect(), stop: stop(case) };
    (!signs.is_empty()).then_some(sighting)
}

fn seen(case: &Case<'_>, sign: &LogSign) -> Seen {
    let (name, event) = (sign.signature.as_str(), case.event.id.as_str());
    // What could not be counted is told rather than left out.
    let tally = case.state.memory.tally.as_ref();
    let lines = tally.map_or(sign.lines, |tally| tally.count(name));
    let is_new = tally.is_none_or(|tally| tally.is_told_by(name, event));
    let reaches = tally.is_none_or(|tally| tally.is_reached_by(name, event))
        && stop(case).is_some_and(|stop| lines >= stop);
    let responses = match (reaches, is_new) {
        (true, _) => vec![Response::Contain(Extent::WHOLE)],
        (false, true) => vec![Response::Notify(LOOK.to_owned())],
        (false, false) => Vec::new(),
    };
    let evidence = Evidence::new("signature", &words(sign, lines));
    Seen { evidence, subject: name.to_owned(), responses }
}

/// People are told once where to look.
fn tell_once(all: &mut [Seen]) {
    let tells = |seen: &Seen| matches!(seen.responses.as_slice(), [Response::Notify(_)]);
    let first = all.iter().position(tells);
    for (_, seen) in all.iter_mut().enumerate().filter(|(nth, _)| Some(*nth) != first) {
        seen.responses.retain(|response| !matches!(response, Response::Notify(_)));
    }
}

fn words(sign: &LogSign, lines: u32) -> String {
    let requests: Vec<String> = sign.requests.iter().map(ToString::to_string).collect();
    let mut words = format!("{}, lines: {}", sign.signature, sign.lines);
    if lines > sign.lines {
        words.push_str(&format!(", within the hour: {lines}"));
    }
    if !requests.is_empty() {
        words.push_str(&format!(", requests: {}", requests.join(" ")));
    }
    words
}

const LOOK: &str = "look at these requests in the function's log: somebody attacks it, or it does what \
                    attackers have functions do";
