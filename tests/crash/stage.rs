//! What every cell needs: a world with the compromised function in it, and what its journal says.

use crate::{
    compromised::{self, EVENT, look},
    harness::{Call, FunctionSnapshot, World},
};
use aws_sdk_dynamodb::types::AttributeValue;
use cordon::remediation::Remediation;
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// The longest that anything may take: the SDK tries three times, for at most ten seconds each.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// The length of a mapping's name.
const UUID: usize = 36;

/// One world, its function before anything happened, and the event.
pub struct Stage {
    pub world: World,
    pub before: FunctionSnapshot,
    pub event: String,
}

/// What the journal says of the one incident.
#[derive(Debug, Default)]
pub struct Incident {
    pub id: String,
    pub status: String,
    /// The status of what goes on with the function.
    pub gate: String,
    /// The statuses of the steps, by the setting they turned.
    pub steps: BTreeMap<String, Vec<String>>,
}

impl Stage {
    pub async fn set() -> Self {
        let world = World::new().await;
        compromised::seed(&world).await;
        let before = look(&world).await;
        let event = world.event(EVENT);
        Self { world, before, event }
    }

    /// The one incident that there is.
    pub async fn incident(&self) -> Result<Incident, String> {
        let scan = self.world.account.dynamodb.scan().table_name("cordon-journal").send().await;
        let items = scan.map_err(|error| format!("the journal cannot be read: {error}"))?;
        let mut found: BTreeMap<String, Incident> = BTreeMap::new();
        let mut gate = String::new();
        for item in items.items.unwrap_or_default() {
            let (partition, record) = (text(&item, "incident"), text(&item, "record"));
            if !partition.starts_with("inc-") {
                if record == "incident" {
                    gate = text(&item, "status");
                }
                continue;
            }
            let incident = found.entry(partition.clone()).or_default();
            incident.id = partition;
            if record == "incident" {
                incident.status = text(&item, "status");
            } else if record.starts_with("step#") {
                let step: Remediation = serde_json::from_str(&text(&item, "remediation"))
                    .map_err(|error| format!("a step that cannot be read: {error}"))?;
                incident.steps.entry(step.setting()).or_default().push(text(&item, "status"));
            }
        }
        let mut all = found.into_values();
        match (all.next(), all.next()) {
            (Some(incident), None) => Ok(Incident { gate, ..incident }),
            (None, _) => Err("there is no incident".to_owned()),
            (Some(one), Some(other)) => Err(format!("two incidents: {} {}", one.id, other.id)),
        }
    }

    /// A snapshot without what is another in each world, line by line.
    pub fn normal(&self, snapshot: &FunctionSnapshot, incident: &str) -> String {
        let mut text = format!("{snapshot:#?}").replace(self.world.region(), "REGION");
        text = text.replace(incident, "INCIDENT");
        while let Some(at) = text.find("mapping ") {
            let end = text.len().min(at + "mapping ".len() + UUID);
            text.replace_range(at..end, "mapped");
        }
        let text = without_moments(&text);
        let mut lines: Vec<&str> = text.lines().collect();
        // Mappings stand in the order of their UUIDs.
        lines.sort_unstable();
        lines.join("\n")
    }
}

fn text(item: &HashMap<String, AttributeValue>, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

/// A moment is written `2026-11-21T19:00:00Z`, with or without a fraction.
fn without_moments(text: &str) -> String {
    let parts = text.split("aws:TokenIssueTime");
    let parts: Vec<String> = parts
        .enumerate()
        .map(|(index, part)| match (index, part.find("20"), part.find('Z')) {
            (1.., Some(start), Some(end)) if start < end => {
                format!("{}MOMENT{}", &part[..start], &part[end + 1..])
            }
            (_, _, _) => part.to_owned(),
        })
        .collect();
    parts.join("aws:TokenIssueTime")
}

/// The changes of settings that took effect, by operation: what the journal and people are told is
/// none.
pub fn turned(calls: &[Call]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let is_setting = |call: &&Call| {
        call.mutating
            && ["lambda", "iam", "application-autoscaling"].contains(&call.service.as_str())
    };
    for call in calls.iter().filter(is_setting).filter(|call| call.took_effect()) {
        *counts.entry(call.operation.clone()).or_default() += 1;
    }
    counts
}

/// How often an operation took effect.
pub fn effective(calls: &[Call], operation: &str) -> usize {
    calls.iter().filter(|call| call.operation == operation && call.took_effect()).count()
}

/// What is not fine is why a cell is wrong.
pub fn check(fine: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if fine { Ok(()) } else { Err(why()) }
}

/// Where two texts part, line by line.
pub fn difference(now: &str, wanted: &str) -> String {
    let (now, wanted): (Vec<&str>, Vec<&str>) = (now.lines().collect(), wanted.lines().collect());
    let more: Vec<&str> = now.iter().filter(|line| !wanted.contains(line)).copied().collect();
    let less: Vec<&str> = wanted.iter().filter(|line| !now.contains(line)).copied().collect();
    format!("there is {more:?} in place of {less:?}")
}

/// The arguments that put the function back.
pub fn restore_arguments(incident: &str) -> [&str; 3] {
    ["restore", incident, "--force"]
}
