//! `invocation.unusual`: a function is invoked from the networks, in the Regions and at the hours that it
//! declares. Looks at functions that declare something, and at nothing else: data events can be millions.
//! Refuses to stop anything: whoever may invoke a function can cause it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html#cloudtrail-data-events>

use super::{
    Assessment, Case, Control, Judgement, Needs, Response, Seen, TagValue, Trigger,
    change::caller,
    origin::{Origin, origin},
};
use crate::{
    event::{Actor, Kind},
    finding::{ControlId, Evidence},
    policy::{UsualInvocations, is_in},
    remediation::TAG_PREFIX,
    resource::FunctionResource,
    state::Read,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

pub(super) const CONTROL: Control =
    Control { id: ControlId::InvocationUnusual, triggers: &[Trigger::Invocations], needs, judge };

/// An invocation of a function that declares something.
struct Invoked<'a> {
    resource: &'a FunctionResource,
    at: Option<OffsetDateTime>,
    usual: &'a UsualInvocations,
}

/// One thing about an invocation that is not as declared: in words, the field, and its value.
struct Unusual {
    words: &'static str,
    field: &'static str,
    value: String,
    /// Whether another value is the same thing: each minute of a night is the same night's.
    any: bool,
}

fn invoked<'a>(case: &Case<'a>) -> Option<Invoked<'a>> {
    let Kind::Invocation { resource, .. } = &case.event.kind else { return None };
    let entries = &case.policy.controls.invocation_unusual.parameters.functions;
    let usual = entries.iter().find(|entry| entry.function.matches(&resource.function))?;
    Some(Invoked { resource, at: case.event.at, usual })
}

/// What is unusual about it, and why something cannot be told.
fn look(invoked: &Invoked<'_>, actor: &Actor) -> (Vec<Unusual>, Option<&'static str>) {
    let (mut unusual, mut untold) = (Vec::new(), None);
    for look in [network(invoked, actor), region(invoked), moment(invoked)] {
        match look {
            Ok(found) => unusual.extend(found),
            Err(why) => untold = untold.or(Some(why)),
        }
    }
    (unusual, untold)
}

/// What a service does for somebody comes from the service, whatever stands in its place.
fn network(invoked: &Invoked<'_>, actor: &Actor) -> Result<Option<Unusual>, &'static str> {
    let networks = &invoked.usual.networks;
    if networks.is_empty() || actor.service().is_some() {
        return Ok(None);
    }
    match origin(networks, actor) {
        Origin::Inside => Ok(None),
        Origin::Outside(field, value) => Ok(Some(Unusual {
            words: "from outside the networks that it declares",
            field,
            value,
            any: false,
        })),
        Origin::Unknown => Err("where the call came from is not told"),
    }
}

fn region(invoked: &Invoked<'_>) -> Result<Option<Unusual>, &'static str> {
    let (regions, value) = (&invoked.usual.regions, invoked.resource.function.home().region);
    let is_usual = regions.is_empty() || regions.contains(&value);
    let words = "in a Region that it does not declare";
    Ok((!is_usual).then_some(Unusual { words, field: "awsRegion", value, any: false }))
}

fn moment(invoked: &Invoked<'_>) -> Result<Option<Unusual>, &'static str> {
    let UsualInvocations { hours, days, .. } = invoked.usual;
    if hours.is_none() && days.is_empty() {
        return Ok(None);
    }
    let at = invoked.at.ok_or("when it was invoked is not told")?;
    let value = at.format(&Rfc3339).unwrap_or_default();
    let words = "at a time that it does not declare";
    let unusual = Unusual { words, field: "eventTime", value, any: true };
    Ok((!is_in(*hours, days, at)).then_some(unusual))
}

fn needs(case: &Case<'_>) -> Needs {
    let Some(invoked) = invoked(case) else { return Needs::NotConcerned };
    let (unusual, _) = look(&invoked, &case.event.actor);
    match (unusual.as_slice(), invoked.usual.cap) {
        ([], _) | (_, None) => Needs::Nothing,
        (_, Some(_)) => Needs::Reads(vec![Read::Function(invoked.resource.function.clone())]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let Some(invoked) = invoked(case) else { return Vec::new() };
    let (unusual, untold) = look(&invoked, &case.event.actor);
    let judgement = match (unusual.is_empty(), untold) {
        (true, None) => Judgement::Compliant,
        (true, Some(why)) => Judgement::InsufficientData(why.to_owned()),
        (false, _) => Judgement::NonCompliant(
            unusual.into_iter().map(|unusual| seen(case, &invoked, unusual)).collect(),
        ),
    };
    let (control, resource) = (CONTROL.id.into(), invoked.resource.clone().into());
    vec![Assessment { control, resource, judgement }]
}

fn seen(case: &Case<'_>, invoked: &Invoked<'_>, unusual: Unusual) -> Seen {
    let Unusual { words, field, value, any } = unusual;
    let who = caller(&case.event.actor);
    let subject = if any { format!("{who} {words}") } else { format!("{who} {words} {value}") };
    let responses = match invoked.usual.cap {
        None => vec![Response::Notify(format!("{who} invoked it {words}"))],
        Some(most) => {
            let key = format!("{TAG_PREFIX}{}", CONTROL.id);
            vec![Response::Cap(most), Response::Tag(key, TagValue::Incident)]
        }
    };
    Seen { evidence: Evidence::new(field, &value), subject, responses }
}
