//! From records of VPC flow logs to an event: what each interface did, without what everybody who declares
//! peers may do. What is left needs a look at the interface.

use crate::{
    event::{Flows, Kind, LogData},
    flow::{Direction, End, Flow, Record},
    policy::{ControlPolicy, DeclaredPeers, FlowLogGroup},
    resource::{Arn, Home},
};
use std::{collections::BTreeMap, iter};

/// More different flows of one interface in one delivery are not told apart any more.
const MOST_FLOWS: usize = 1000;

/// The entry that says that a log group holds flow logs.
pub(super) fn group<'p>(policy: &'p ControlPolicy, name: &str) -> Option<&'p FlowLogGroup> {
    let groups = &policy.controls.function_unexpected_peer.parameters.flow_logs;
    groups.iter().find(|group| group.log_group.matches_text(name))
}

/// What the records tell.
pub(super) fn kind(
    policy: &ControlPolicy,
    data: &LogData,
    group: &FlowLogGroup,
    home: &Home,
) -> Kind {
    let declared = &policy.controls.function_unexpected_peer.parameters.peers;
    let (mut of, mut others) = (BTreeMap::<Arn, Flows>::new(), 0_usize);
    for line in &data.lines {
        match group.format.record(&line.text, &line.extracted_fields) {
            Record::Nothing => {}
            Record::Other => others = others.saturating_add(1),
            Record::Flow(flow) => {
                let is_elsewhere =
                    flow.account.as_ref().is_some_and(|it| it != home.account.as_str());
                let resource = format!("network-interface/{}", flow.interface);
                let interface = Arn::new(home, "ec2", &resource).ok().filter(|_| !is_elsewhere);
                let Some(interface) = interface else { continue };
                let flows = of
                    .entry(interface.clone())
                    .or_insert_with(|| Flows { interface, flows: BTreeMap::new() });
                if is_declared(&flow, declared) || flows.flows.len() >= MOST_FLOWS {
                    continue;
                }
                let times = flows.flows.entry(*flow).or_default();
                *times = times.saturating_add(1);
            }
        }
    }
    if of.is_empty() && others > 0 && others == data.lines.len() {
        let resource = format!("log-group:{}", data.group);
        return match Arn::new(home, "logs", &resource) {
            Ok(group) => Kind::UnreadFlows { group },
            Err(_) => Kind::Ignored("its log group has no ARN".to_owned()),
        };
    }
    Kind::Flows(of.into_values().collect())
}

/// The peer of a flow that goes this way, if it is one that the interface talks to: Lambda's take no
/// connections, so that what comes in answers, or knocks in vain.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
pub(super) fn peer(flow: &Flow, direction: Direction) -> Option<&End> {
    match direction {
        Direction::Egress => Some(&flow.destination),
        Direction::Ingress => flow.is_answer().then_some(&flow.source),
    }
}

/// Whether whoever declares peers may have this flow, whichever way it goes.
fn is_declared(flow: &Flow, declared: &[DeclaredPeers]) -> bool {
    let may = |direction: Direction| {
        peer(flow, direction).is_none_or(|end| declared.iter().all(|entry| allows(entry, end)))
    };
    match flow.direction {
        Some(direction) => may(direction),
        None => iter::once(Direction::Egress).chain([Direction::Ingress]).all(may),
    }
}

/// Whether an entry allows a peer.
pub(super) fn allows(entry: &DeclaredPeers, end: &End) -> bool {
    entry.allows(end.address, end.service.as_deref(), end.port)
}
