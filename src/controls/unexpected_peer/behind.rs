//! Who can be behind a network interface, whom they declare, and whom they talk to beside that. Refuses to name
//! one where several can have done it.

use super::observed;
use crate::{
    baseline::{Habit, Standing, Subject},
    controls::{
        Case,
        flows::{allows, peer},
    },
    event::Flows,
    flow::{Direction, End, Flow, name},
    policy::DeclaredPeers,
    resource::{FunctionArn, Resource},
    state::InterfaceState,
};
use std::collections::{BTreeMap, BTreeSet};

/// It has to be read first whom it usually talks to.
pub(super) struct Unlearned;

/// The functions that can be behind an interface, and what they declare.
pub(super) struct Behind<'a> {
    pub functions: &'a BTreeSet<FunctionArn>,
    /// Of those that declare anybody, each with what it declares.
    pub declared: BTreeMap<&'a FunctionArn, Vec<&'a DeclaredPeers>>,
}

/// A peer that nobody declares.
pub(super) struct Peer {
    pub habit: Habit,
    pub times: u32,
    /// Nothing of it was let through.
    pub rejected: bool,
}

impl<'a> Behind<'a> {
    /// None where nobody behind it declares anybody: then nothing is looked at.
    pub fn of(case: &'a Case<'_>, live: &'a InterfaceState) -> Option<Self> {
        let entries = &case.policy.controls.function_unexpected_peer.parameters.peers;
        let functions = live.functions.as_ref()?;
        let mut declared: BTreeMap<&FunctionArn, Vec<&DeclaredPeers>> = BTreeMap::new();
        for function in functions {
            let own: Vec<_> =
                entries.iter().filter(|entry| entry.function.matches(function)).collect();
            if !own.is_empty() {
                declared.insert(function, own);
            }
        }
        (!declared.is_empty()).then_some(Self { functions, declared })
    }

    /// The function, if no other one can be behind it.
    pub fn alone(&self) -> Option<&'a FunctionArn> {
        let mut all = self.functions.iter();
        all.next().filter(|_| all.next().is_none())
    }

    /// What it is told of: the function, or else the interface.
    pub fn subject(&self, flows: &Flows) -> Resource {
        match self.alone() {
            Some(function) => function.clone().into(),
            None => flows.interface.clone().into(),
        }
    }

    /// Whether it is learned whom they talk to.
    pub fn learns(&self) -> bool {
        self.declared.values().flatten().any(|entry| entry.learn)
    }

    /// The peers that are neither declared nor usual.
    pub fn unexpected(
        &self,
        case: &Case<'_>,
        flows: &Flows,
        live: &InterfaceState,
    ) -> Result<BTreeMap<String, Peer>, Unlearned> {
        let mut peers = self.undeclared(flows, live);
        if !self.learns() || peers.is_empty() {
            return Ok(peers);
        }
        let known = case.state.baselines.get(&Subject::Peers(self.subject(flows)));
        let known = known.ok_or(Unlearned)?;
        let now = case.event.moment(case.now);
        let learned = known.baseline.as_ref().filter(|baseline| !baseline.is_learning(now));
        // What has lasted becomes usual with this event.
        let next = observed(case).map(|(_, next)| next);
        let is_new = |peer: &Peer| {
            let adopted = next.as_ref().is_some_and(|next| next.is_usual(&peer.habit, now));
            learned.is_some_and(|baseline| {
                baseline.standing(&peer.habit, &case.event.id, now) == Standing::New && !adopted
            })
        };
        peers.retain(|_, peer| is_new(peer));
        Ok(peers)
    }

    /// Whether the function is to be stopped for it.
    pub fn stops(&self) -> bool {
        let own = self.alone().and_then(|function| self.declared.get(function));
        own.is_some_and(|entries| entries.iter().any(|entry| entry.stop))
    }

    /// The peers that nobody who declares any declares, by name.
    pub fn undeclared(&self, flows: &Flows, live: &InterfaceState) -> BTreeMap<String, Peer> {
        let mut peers: BTreeMap<String, Peer> = BTreeMap::new();
        for (flow, times) in &flows.flows {
            let Some(end) = direction(flow, live).and_then(|direction| peer(flow, direction))
            else {
                continue;
            };
            if self.declared.values().flatten().any(|entry| allows(entry, end)) {
                continue;
            }
            let known = peers.entry(name(end, flow.protocol));
            let habit =
                || Habit::peer(end.address, end.service.as_deref(), end.port, flow.protocol);
            let known = known.or_insert_with(|| Peer { habit: habit(), times: 0, rejected: true });
            known.times = known.times.saturating_add(*times);
            known.rejected &= flow.rejected;
        }
        peers
    }
}

/// Which way a flow went, by the interface's own addresses, or else as the record says.
fn direction(flow: &Flow, live: &InterfaceState) -> Option<Direction> {
    let is_own = |end: &End| live.addresses.contains(&end.address);
    match (is_own(&flow.source), is_own(&flow.destination)) {
        (true, false) => Some(Direction::Egress),
        (false, true) => Some(Direction::Ingress),
        (_, _) => flow.direction,
    }
}
