//! Why each control and rule fired or did not, for one event: from the very looks and decision that
//! answer it.

use crate::{
    controls::{Concern, Look, looks},
    decision::{Decision, Standing},
    event::{Event, Kind},
    finding::{Evaluation, Requirement},
    policy::ControlPolicy,
    remediation::Planned,
};
use serde::Serialize;
use time::OffsetDateTime;

/// Why one control or rule fired or did not.
#[derive(Debug, Serialize)]
pub(super) struct Explained {
    control: Requirement,
    /// How far it may go, as far as the event tells whose function it is about.
    mode: String,
    /// What decided the mode.
    because: String,
    /// What it has to do with the event.
    why: String,
    evaluations: Vec<String>,
    /// What it would be elsewhere, and the exception that covers the function.
    standing: Vec<String>,
    remediations: Vec<String>,
}

/// Every control and rule, in the order of the catalogue.
pub(super) fn explain(
    policy: &ControlPolicy,
    event: &Event,
    decision: &Decision,
    now: OffsetDateTime,
) -> Vec<Explained> {
    let looks = looks(policy, event, now);
    let explained = |control: Requirement| {
        let look = looks.iter().find(|look| look.control == control);
        let own: Vec<&Evaluation> =
            decision.evaluations.iter().filter(|one| one.control == control).collect();
        let planned = decision.plan.iter().filter(|planned| planned.controls.contains(&control));
        let standing = own.first().and_then(|one| decision.standing(one));
        let reached = standing.map(|one| &one.reached).or(look.map(|look| &look.reached));
        let (mode, because) = match reached {
            Some(reached) => (reached.mode, reached.because.to_string()),
            None => (
                policy.farthest(&control, now.date()),
                "whatever decides where it matches".to_owned(),
            ),
        };
        Explained {
            mode: mode.to_string(),
            because,
            why: why(look, &control, event),
            evaluations: own.iter().map(|one| evaluated(one)).collect(),
            standing: standing.map(Standing::doubts).unwrap_or_default(),
            remediations: planned.map(planned_in_words).collect(),
            control,
        }
    };
    policy.requirements().map(explained).collect()
}

fn why(look: Option<&Look>, control: &Requirement, event: &Event) -> String {
    match (look.map(|look| &look.concern), control) {
        (Some(Concern::Off), _) => "off here: not evaluated".to_owned(),
        (Some(Concern::No), _) => "the event does not concern it".to_owned(),
        (Some(Concern::Yes(reads)), _) if reads.is_empty() => "the event alone decides".to_owned(),
        (Some(Concern::Yes(reads)), _) => {
            let reads: Vec<String> = reads.iter().map(ToString::to_string).collect();
            format!("it reads {}", reads.join(", "))
        }
        (None, Requirement::Control(_)) => match &event.kind {
            Kind::Ignored(reason) => format!("no control looks at the event: {reason}"),
            _ => "the event does not concern it".to_owned(),
        },
        (None, Requirement::Rule(id)) => {
            let lost = event.matched.iter().find(|matched| matched.rule == *id);
            match lost.map(|matched| &matched.function) {
                Some(Err(why)) => format!("its pattern matches, but {why}"),
                Some(Ok(_)) | None => "its pattern does not match".to_owned(),
            }
        }
    }
}

fn evaluated(evaluation: &Evaluation) -> String {
    format!("{} on {}", evaluation.compliance.as_str(), evaluation.resource)
}

fn planned_in_words(planned: &Planned) -> String {
    let withheld = planned.withheld.as_ref().map(|why| format!(", withheld: {why}"));
    format!("{}{}", planned.remediation.name(), withheld.unwrap_or_default())
}

/// What people read: a line for each, and what more there is to it below.
pub(super) fn in_words(explained: &[Explained]) -> Vec<String> {
    let mut lines = vec!["  why:".to_owned()];
    for one in explained {
        let Explained { control, mode, because, why, .. } = one;
        lines.push(format!("    {control} ({mode}, by {because}): {why}"));
        let more = one.evaluations.iter().chain(&one.standing).chain(&one.remediations);
        lines.extend(more.map(|line| format!("      {line}")));
    }
    lines
}
