//! `function.unexpected-peer`: a function talks to nobody but the peers it declares, and where that is asked
//! for, those that are learned. VPC flow logs tell whom
//! a network interface talked to; functions with the same subnet and security groups share one, so that
//! then each of them can have done it, and it is told of the interface. A peer is told once an hour.
//! Refuses to stop anything for that, unless the control policy says so and one function alone can have done
//! it: a function that fetches what strangers name can be brought to talk to anybody.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>

use super::{Assessment, Case, Control, Extent, Judgement, Needs, Response, Seen, Trigger};
use crate::{
    baseline::{self, Baseline, Habit, Sight, Subject},
    event::{Event, Flows, Kind},
    finding::{ControlId, Evidence},
    resource::{Arn, FunctionArn, Resource},
    state::{InterfaceState, Read, Sighting},
};
use std::collections::BTreeMap;

mod behind;

use behind::{Behind, Peer, Unlearned};

pub(super) const CONTROL: Control =
    Control { id: ControlId::FunctionUnexpectedPeer, triggers: &[Trigger::FlowLogs], needs, judge };

/// What one interface did. An event about several is answered as one for each.
fn told(event: &Event) -> Option<&Flows> {
    let Kind::Flows(all) = &event.kind else { return None };
    match all.as_slice() {
        [flows] => Some(flows),
        _ => None,
    }
}

fn unread(event: &Event) -> Option<&Arn> {
    let Kind::UnreadFlows { group } = &event.kind else { return None };
    Some(group)
}

/// What records that cannot be read are counted as.
const UNREAD: &str = "unread";

fn needs(case: &Case<'_>) -> Needs {
    match (told(case.event), unread(case.event)) {
        (None, None) => Needs::NotConcerned,
        (None, Some(_)) => Needs::Nothing,
        (Some(flows), _) if flows.flows.is_empty() => Needs::Nothing,
        (Some(flows), _) => Needs::Reads(vec![Read::Interface(flows.interface.clone())]),
    }
}

fn judge(case: &Case<'_>) -> Vec<Assessment> {
    let assessment =
        |resource, judgement| vec![Assessment { control: CONTROL.id.into(), resource, judgement }];
    if let Some(group) = unread(case.event) {
        let judgement = match is_new(case, UNREAD) {
            true => Judgement::InsufficientData(OTHER_FORMAT.to_owned()),
            false => Judgement::NotApplicable,
        };
        return assessment(group.clone().into(), judgement);
    }
    let Some(flows) = told(case.event) else { return Vec::new() };
    let interface = || Resource::from(flows.interface.clone());
    if flows.flows.is_empty() {
        return assessment(interface(), Judgement::Compliant);
    }
    let live = match case.state.interfaces.get(&flows.interface) {
        None => {
            let why = "the network interface was not read".to_owned();
            return assessment(interface(), Judgement::InsufficientData(why));
        }
        Some(None) => return assessment(interface(), Judgement::NotApplicable),
        Some(Some(live)) => live,
    };
    let Some(behind) = Behind::of(case, live) else {
        return assessment(interface(), Judgement::NotApplicable);
    };
    let resource = behind.subject(flows);
    let peers = match behind.unexpected(case, flows, live) {
        Ok(peers) => peers,
        Err(Unlearned) => {
            let why = "whom it usually talks to was not read".to_owned();
            return assessment(resource, Judgement::InsufficientData(why));
        }
    };
    let judgement = match peers.is_empty() {
        true => Judgement::Compliant,
        false => Judgement::NonCompliant(seen(case, &behind, &peers)),
    };
    assessment(resource, judgement)
}

const OTHER_FORMAT: &str = "no record has the format that the control policy gives its log group; its \
                            author must write the flow log's own";

/// What is to be counted.
pub(super) fn sighting(case: &Case<'_>) -> Option<Sighting> {
    let (subject, seen) = if let Some(group) = unread(case.event) {
        (group.clone().into(), [(UNREAD.to_owned(), 1)].into())
    } else {
        let flows = told(case.event)?;
        let live = case.state.interfaces.get(&flows.interface)?.as_ref()?;
        let behind = Behind::of(case, live)?;
        let peers = behind.unexpected(case, flows, live).ok()?;
        let subject = behind.subject(flows);
        let times = peers.into_iter().map(|(name, peer)| (name, peer.times));
        (subject, times.collect::<BTreeMap<_, _>>())
    };
    let sighting = Sighting { subject, control: CONTROL.id, seen, stop: None };
    (!sighting.seen.is_empty()).then_some(sighting)
}

/// What of one event is looked at: what an interface did, how it stands, and who can be behind it.
fn looked_at<'a>(case: &'a Case<'_>) -> Option<(&'a Flows, &'a InterfaceState, Behind<'a>)> {
    let flows = told(case.event)?;
    let live = case.state.interfaces.get(&flows.interface)?.as_ref()?;
    Some((flows, live, Behind::of(case, live)?))
}

/// What only a look at the interface shows that is to be read: whom whoever is behind it usually talks to.
pub(super) fn asks(case: &Case<'_>) -> Option<Read> {
    let (flows, live, behind) = looked_at(case)?;
    let is_asked = behind.learns() && !behind.undeclared(flows, live).is_empty();
    is_asked.then(|| Read::Baseline(Subject::Peers(behind.subject(flows))))
}

/// What is to be remembered of whom it talks to, if that is something new.
pub(super) fn observed(case: &Case<'_>) -> Option<(Subject, Baseline)> {
    let (flows, live, behind) = looked_at(case)?;
    let subject = Subject::Peers(behind.subject(flows));
    let known = case.state.baselines.get(&subject).filter(|_| behind.learns())?;
    let peers = behind.undeclared(flows, live);
    let sight = |habit: &Habit| Sight { habit: habit.clone(), may_be_usual: true };
    let sights: Vec<Sight> = peers.values().map(|peer| sight(&peer.habit)).collect();
    let (event, now) = (case.event.id.as_str(), case.event.moment(case.now));
    let (closed, counted) = (known.closed, known.counted.saturating_add(1));
    let seen = baseline::Seen { sights: &sights, event, now, closed, counted, reads: None };
    let baseline = known.baseline.clone().unwrap_or_else(|| Baseline::begin(now));
    Some((subject, baseline.observe(&seen)?))
}

/// Whether this delivery is to tell it; what could not be counted is told.
fn is_new(case: &Case<'_>, name: &str) -> bool {
    let tally = case.state.memory.tally.as_ref();
    tally.is_none_or(|tally| tally.is_told_by(name, &case.event.id))
}

fn seen(case: &Case<'_>, behind: &Behind<'_>, peers: &BTreeMap<String, Peer>) -> Vec<Seen> {
    let mut is_answered = false;
    let mut all: Vec<Seen> = peers
        .iter()
        .map(|(name, peer)| {
            let answers = !is_answered && is_new(case, name);
            is_answered |= answers;
            let rejected = if peer.rejected { ", rejected" } else { "" };
            let value = format!("{name}{rejected}, records: {}", peer.times);
            let responses = if answers { vec![answer(behind)] } else { Vec::new() };
            Seen { evidence: Evidence::new("peer", &value), subject: name.clone(), responses }
        })
        .collect();
    if behind.alone().is_none() {
        let names: Vec<&str> = behind.functions.iter().map(FunctionArn::name).collect();
        let (evidence, subject) = (Evidence::new("functions", &names.join(", ")), String::new());
        all.push(Seen { evidence, subject, responses: Vec::new() });
    }
    all
}

fn answer(behind: &Behind<'_>) -> Response {
    let names = |all: &mut dyn Iterator<Item = &FunctionArn>| {
        let names: Vec<String> = all.take(NAMED).map(|one| format!("`{}`", one.name())).collect();
        names.join(", ")
    };
    if behind.stops() {
        return Response::Contain(Extent::WHOLE);
    }
    if behind.alone().is_some() {
        return Response::Notify(LOOK.to_owned());
    }
    let count = behind.functions.len();
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    let all = names(&mut behind.functions.iter());
    let silent = |one: &&FunctionArn| !behind.declared.contains_key(one);
    let silent = names(&mut behind.functions.iter().filter(silent));
    let silent = match silent.as_str() {
        "" => String::new(),
        silent => format!(", of which {silent} declare no peers"),
    };
    Response::Notify(format!(
        "nothing is stopped: {all}{more} share this interface, and each of them can have done it{silent}; \
         with a security group of its own a function has an interface of its own"
    ))
}

/// More functions than these are counted.
const NAMED: usize = 20;

const LOOK: &str = "look at whom the function talks to, and why: its code was changed, it fetches what \
                    strangers name, or it has a new peer that is to be declared";
