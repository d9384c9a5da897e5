//! From lines that CloudWatch Logs delivers to an event: what they show by the control policy, and whose
//! they are. Here the lines end: no event holds one. Whose a log group is, its name tells, or else the
//! control policy; of a log group that several functions share, the log stream's name.
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>

use super::flows;
use crate::{
    event::{Event, EventError, Kind, LogData, LogDelivery, LogSign, Own},
    policy::{ControlPolicy, LogAttackSignature},
    resource::{FunctionArn, Home},
    signature::{Requests, SignatureId},
};
use std::collections::{BTreeMap, BTreeSet};

/// What the log group of a function is called, unless it writes to another.
const PREFIX: &str = "/aws/lambda/";

/// More requests are counted, not named.
const MOST_REQUESTS: usize = 5;

/// Reads a delivery of CloudWatch Logs; none if the payload is none.
pub(super) fn event(
    policy: &ControlPolicy,
    payload: &str,
    home: &Home,
    own: &Own,
) -> Option<Result<Event, EventError>> {
    Some(LogData::parse(payload, home)?.map(|delivery| match delivery {
        LogDelivery::Nothing(event) => *event,
        LogDelivery::Lines(data) => {
            let kind = kind(policy, &data, home, own);
            data.event(kind)
        }
    }))
}

fn kind(policy: &ControlPolicy, data: &LogData, home: &Home, own: &Own) -> Kind {
    if own.writes_to(&data.group) {
        return Kind::OwnLog;
    }
    if let Some(group) = flows::group(policy, &data.group) {
        return flows::kind(policy, data, group, home);
    }
    let parameters = &policy.controls.log_attack_signature.parameters;
    match function(parameters, data, home) {
        None => Kind::Ignored("it is not known which function writes to this log group".to_owned()),
        Some(function) => Kind::LogSigns { function, signs: signs(parameters, data) },
    }
}

/// The function that wrote the lines.
fn function(parameters: &LogAttackSignature, data: &LogData, home: &Home) -> Option<FunctionArn> {
    let declared = &parameters.log_groups;
    let declared = declared.iter().find(|one| one.log_group.matches_text(&data.group));
    let name = match declared {
        Some(group) => group.function.as_deref().or_else(|| in_stream(&data.stream)),
        None => data.group.strip_prefix(PREFIX),
    };
    FunctionArn::new(home, name?).ok()
}

/// The function in `YYYY/MM/DD/<function>[<version>][<environment>]`.
fn in_stream(stream: &str) -> Option<&str> {
    let named = stream.splitn(4, '/').nth(3)?;
    named.split_once('[').map(|(name, _)| name).filter(|name| !name.is_empty())
}

/// What the lines show, each signature once.
fn signs(parameters: &LogAttackSignature, data: &LogData) -> Vec<LogSign> {
    let signatures = parameters.ready();
    let mut requests = Requests::default();
    let mut known = BTreeSet::new();
    let mut signs: BTreeMap<SignatureId, LogSign> = BTreeMap::new();
    for line in &data.lines {
        requests.tell(&line.text);
        // A line that is delivered twice is one.
        if !known.insert(line.id.as_str()) {
            continue;
        }
        for signature in signatures.shown_by(&line.text) {
            let sign = signs.entry(signature.clone()).or_insert_with(|| LogSign {
                signature: signature.clone(),
                lines: 0,
                requests: BTreeSet::new(),
            });
            sign.lines = sign.lines.saturating_add(1);
            if sign.requests.len() < MOST_REQUESTS {
                sign.requests.extend(requests.of(&line.text));
            }
        }
    }
    signs.into_values().collect()
}
