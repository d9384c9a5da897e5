//! What the journal knows: of a subject, of an incident, of all incidents.

use super::{
    HOLD, Journal, WINDOW,
    record::{
        self, Gate, INCIDENT, IncidentRecord, Item, STEP, StepRecord, key, partition, string, text,
        unreadable,
    },
};
use crate::{
    aws::{AwsError, failed},
    finding::ControlId,
    incident::IncidentStatus,
    resource::Resource,
};
use std::collections::{BTreeMap, BTreeSet};
use time::{Duration, OffsetDateTime};

/// The most events that an incident lists: whoever floods it must not make its record too large.
const MOST_EVENTS: usize = 100;

/// What the journal knows of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recalled {
    /// What goes on with it, or did last.
    pub gate: Option<Gate>,
    /// Marks of what an operator restored and wants left alone.
    pub held: BTreeSet<String>,
    /// The controls that had findings lately, each with the event that showed it first, where that is told.
    pub recent: BTreeMap<ControlId, Option<String>>,
}

impl Recalled {
    /// The incident that a finding of now belongs to: the one that knows the event, a containment
    /// until it is restored, anything else for [`WINDOW`].
    pub fn goes_on(&self, now: OffsetDateTime, event: &str) -> Option<&Gate> {
        self.gate.as_ref().filter(|gate| {
            let lately = gate.opened >= now - WINDOW;
            gate.status != IncidentStatus::Restored
                && (gate.contains || lately || gate.events.iter().any(|one| one == event))
        })
    }

    /// The incident that was restored last, if nothing goes on since.
    pub fn restored(&self) -> Option<&str> {
        let restored = |gate: &&Gate| gate.status == IncidentStatus::Restored;
        self.gate.as_ref().filter(restored).map(|gate| gate.incident.as_str())
    }

    /// The controls that had findings lately by another event than this one.
    pub fn by_others(&self, event: &str) -> BTreeSet<ControlId> {
        let others = self.recent.iter().filter(|(_, by)| by.as_deref() != Some(event));
        others.map(|(control, _)| *control).collect()
    }

    /// Whether so many events belong to what goes on that no more are written down.
    pub fn is_crowded(&self) -> bool {
        self.gate.as_ref().is_some_and(|gate| gate.events.len() >= MOST_EVENTS)
    }

    /// Whether `event` belongs to what goes on.
    pub fn knows(&self, event: &str) -> bool {
        self.gate.as_ref().is_some_and(|gate| gate.events.iter().any(|one| one == event))
    }

    /// The incident in which `event` was taken up, and has not been answered yet in full.
    pub fn unfinished(&self, event: &str) -> Option<&Gate> {
        self.gate.as_ref().filter(|gate| {
            matches!(gate.status, IncidentStatus::Open | IncidentStatus::Partial)
                && gate.events.iter().any(|one| one == event)
        })
    }
}

impl Journal<'_> {
    /// What is known of a subject. DynamoDB deletes expired items late, so each is looked at.
    pub async fn recall(
        &self,
        subject: &Resource,
        now: OffsetDateTime,
    ) -> Result<Recalled, AwsError> {
        let mut recalled = Recalled::default();
        for item in self.query(&partition(subject)).await? {
            if string(&item, "record") == Some(INCIDENT) {
                recalled.gate = Some(record::gate(&item).ok_or_else(|| {
                    unreadable("Query", subject.to_string(), "unreadable journal record")
                })?);
            }
            // An operator's clock may be ahead.
            let longest = now + HOLD + Duration::hours(1);
            let holds = |until: OffsetDateTime| until > now && until <= longest;
            recalled.held.extend(
                record::hold(&item).filter(|(_, until)| holds(*until)).map(|(mark, _)| mark),
            );
            recalled.recent.extend(
                record::recent(&item)
                    .filter(|(_, until, _)| *until > now)
                    .map(|(control, _, event)| (control, event)),
            );
        }
        Ok(recalled)
    }

    /// One incident; none if there is no such incident.
    pub async fn incident(&self, incident: &str) -> Result<Option<IncidentRecord>, AwsError> {
        match self.get(incident, INCIDENT).await? {
            None => Ok(None),
            Some(item) => record::incident(&item).map(Some).ok_or_else(|| {
                unreadable("GetItem", incident.to_owned(), "unreadable journal record")
            }),
        }
    }

    /// The steps of an incident, the first one first; none if there is no such incident.
    ///
    /// # Errors
    /// Also where a step cannot be read: nobody may believe that everything was put back.
    pub async fn steps(&self, incident: &str) -> Result<Option<Vec<StepRecord>>, AwsError> {
        let items = self.query(incident).await?;
        if items.is_empty() {
            return Ok(None);
        }
        let mut steps = Vec::new();
        for item in &items {
            let record = string(item, "record").unwrap_or_default();
            if record.starts_with(STEP) {
                steps.push(record::step(item).ok_or_else(|| {
                    unreadable("Query", format!("{incident} {record}"), "unreadable journal record")
                })?);
            }
        }
        steps.sort_by(|a, b| (a.at, &a.record).cmp(&(b.at, &b.record)));
        Ok(Some(steps))
    }

    /// Every incident, the last one first. Reads the whole table.
    pub async fn incidents(&self) -> Result<Vec<IncidentRecord>, AwsError> {
        let mut pages = self
            .aws
            .dynamodb()
            .await
            .scan()
            .table_name(self.table)
            .filter_expression("#record = :incident AND begins_with(incident, :prefix)")
            .expression_attribute_names("#record", "record")
            .expression_attribute_values(":incident", text(INCIDENT))
            .expression_attribute_values(":prefix", text("inc-"))
            .into_paginator()
            .items()
            .send();
        let mut incidents = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(failed("Scan", self.table))?;
            let id = string(&item, "incident").unwrap_or_default().to_owned();
            incidents.push(
                record::incident(&item)
                    .ok_or_else(|| unreadable("Scan", id, "unreadable journal record"))?,
            );
        }
        incidents.sort_by(|a, b| (&b.opened, &b.incident).cmp(&(&a.opened, &a.incident)));
        Ok(incidents)
    }

    /// One record as it is now.
    pub(super) async fn get(
        &self,
        partition: &str,
        record: &str,
    ) -> Result<Option<Item>, AwsError> {
        let request = self.aws.dynamodb().await.get_item().table_name(self.table);
        let request = request.set_key(Some(key(partition, record))).consistent_read(true);
        let output = request.send().await.map_err(failed("GetItem", partition))?;
        Ok(output.item)
    }

    pub(super) async fn query(&self, partition: &str) -> Result<Vec<Item>, AwsError> {
        let mut pages = self
            .aws
            .dynamodb()
            .await
            .query()
            .table_name(self.table)
            .consistent_read(true)
            .key_condition_expression("incident = :key")
            .expression_attribute_values(":key", text(partition))
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(failed("Query", partition))?);
        }
        Ok(items)
    }
}
