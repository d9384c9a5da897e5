//! The journal: what is about to be done with the exact way back, written before it is done; what
//! came of it, after. One DynamoDB table, partition key `incident`, sort key `record`:
//!
//! | incident | record | holds |
//! |---|---|---|
//! | `inc-…` | `incident` | function, event, controls, status, policy hash, opened |
//! | `inc-…` | `step#<nanoseconds>#<number>` | remediation, marks, undo, status, outcome |
//! | `hold#<function ARN>` | a mark | until when it is left alone, and by which incident |
//!
//! Every try of every step has a record of its own, with the state that it saw before: duplicate and
//! concurrent deliveries overwrite nothing. Intents come only from [`Approved`] remediations, and
//! only intents can be applied.

mod record;

pub use record::{IncidentStatus, StepRecord, StepStatus};

use super::{Aws, AwsError, ErrorKind, failed};
use crate::{
    decision::Approved,
    finding::ControlId,
    remediation::{Outcome, Remediation},
    resource::FunctionArn,
    state::State,
};
use record::{
    INCIDENT, Item, STEP, hold, hold_partition, item, key, number, rfc3339, step, string, text,
    unwritable,
};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
};
use time::{Duration, OffsetDateTime};

/// The version of the records' format.
const FORMAT: &str = "1";

/// How long Cordon leaves alone what was restored. After that it is answered again, so
/// that a restore is a pause and not a hidden exception. A longer hold in the table is not believed.
pub const HOLD: Duration = Duration::days(7);

/// A journal table.
#[derive(Debug)]
pub struct Journal<'a> {
    aws: &'a Aws,
    table: &'a str,
    retention: Duration,
    /// Steps of one invocation, in order.
    step: AtomicU32,
}

/// A remediation whose way back is in the journal. Only these can be applied.
#[derive(Debug)]
pub struct Intent {
    incident: String,
    record: String,
    approved: Approved,
}

impl Intent {
    /// What is to be done.
    pub fn remediation(&self) -> &Remediation {
        &self.approved.planned().remediation
    }

    /// Whether `state` shows that it was done. Only policy writes are ever in doubt.
    pub fn is_applied_in(&self, state: &State) -> bool {
        match self.remediation() {
            Remediation::ReplaceResourcePolicy(replacement) => {
                match (state.policies.get(&replacement.resource), &replacement.after) {
                    (Some(None), None) => true,
                    (Some(Some(live)), Some(after)) => {
                        live.document.as_ref().is_ok_and(|document| document.says(after))
                    }
                    (_, _) => false,
                }
            }
            Remediation::DeleteProvisionedConcurrency { .. }
            | Remediation::StopFunction { .. }
            | Remediation::HardenFunctionUrl { .. }
            | Remediation::TagFunction { .. } => false,
        }
    }
}

/// What opens an incident.
#[derive(Debug)]
pub struct Opened<'a> {
    /// Its id.
    pub incident: &'a str,
    /// The event that caused it.
    pub event: &'a str,
    /// The function.
    pub function: &'a FunctionArn,
    /// The controls with findings.
    pub controls: BTreeSet<ControlId>,
    /// The control policy's hash.
    pub policy_sha256: &'a str,
}

impl<'a> Journal<'a> {
    /// The journal in `table`, whose records expire after `retention`.
    pub fn new(aws: &'a Aws, table: &'a str, retention: Duration) -> Self {
        Self { aws, table, retention, step: AtomicU32::new(0) }
    }

    /// Opens an incident, or finds it opened by another delivery of the event and opens it again.
    pub async fn open(&self, opened: &Opened<'_>, now: OffsetDateTime) -> Result<(), AwsError> {
        let controls: Vec<&str> = opened.controls.iter().map(|control| control.as_str()).collect();
        let attributes = [
            ("format", number(FORMAT)),
            ("function", text(opened.function.to_string())),
            ("event", text(opened.event)),
            ("controls", text(controls.join(" "))),
            ("policy_sha256", text(opened.policy_sha256)),
            ("status", text(IncidentStatus::Open.as_str())),
            ("opened", text(rfc3339(now))),
            ("expires_at", number((now + self.retention).unix_timestamp())),
        ];
        let item = item(opened.incident, INCIDENT, attributes);
        match self.put_new(opened.incident, item).await {
            Err(error) if error.kind == ErrorKind::Precondition => {
                self.mark(opened.incident, IncidentStatus::Open, now).await
            }
            put => put,
        }
    }

    /// Where an incident stands; none if there is no such incident.
    pub async fn status(&self, incident: &str) -> Result<Option<IncidentStatus>, AwsError> {
        let output = self
            .aws
            .dynamodb()
            .await
            .get_item()
            .table_name(self.table)
            .set_key(Some(key(incident, INCIDENT)))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("GetItem", incident))?;
        let item = output.item.unwrap_or_default();
        Ok(string(&item, "status").and_then(IncidentStatus::parse))
    }

    /// Writes the way back of `approved` before anything is done.
    pub async fn intend(
        &self,
        incident: &str,
        approved: Approved,
        now: OffsetDateTime,
    ) -> Result<Intent, AwsError> {
        let planned = approved.planned();
        let step = self.step.fetch_add(1, Ordering::Relaxed);
        let record = format!("{STEP}{:020}#{step:03}", now.unix_timestamp_nanos());
        let undo = serde_json::to_string(&planned.remediation.undo())
            .map_err(|error| unwritable("PutItem", incident, &error))?;
        let attributes = [
            ("remediation", text(planned.remediation.name())),
            ("undo", text(undo)),
            ("marks", text(planned.marks.join(" "))),
            ("status", text(StepStatus::Intended.as_str())),
            ("intended", text(rfc3339(now))),
            ("expires_at", number((now + self.retention).unix_timestamp())),
        ];
        let item = item(incident, &record, attributes);
        match self.put_new(incident, item).await {
            // Two deliveries in the same nanosecond: one of them goes first.
            Err(error) if error.kind == ErrorKind::Precondition => {
                Err(AwsError { kind: ErrorKind::Transient, ..error })
            }
            put => put.map(|()| Intent { incident: incident.to_owned(), record, approved }),
        }
    }

    /// Writes what came of an intent.
    pub async fn settle(
        &self,
        intent: &Intent,
        outcome: &Outcome,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let status = match outcome {
            Outcome::Success { .. } => StepStatus::Applied,
            // An earlier try of the SDK may have done it, and only its answer was lost.
            Outcome::Failure { .. }
            | Outcome::DoesNotExist
            | Outcome::Superseded
            | Outcome::Withheld(_) => StepStatus::Unsure,
        };
        let outcome = serde_json::to_string(outcome)
            .map_err(|error| unwritable("UpdateItem", &intent.incident, &error))?;
        let values = [("outcome", outcome.as_str()), ("settled", &rfc3339(now))];
        self.set(&intent.incident, &intent.record, status.as_str(), &values).await
    }

    /// Moves an incident on.
    pub async fn mark(
        &self,
        incident: &str,
        status: IncidentStatus,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        self.set(incident, INCIDENT, status.as_str(), &[("moved", &rfc3339(now))]).await
    }

    /// The steps of an incident, last one first; none if there is no such incident.
    ///
    /// # Errors
    /// Also where a step cannot be read: nobody may believe that everything was put back.
    pub async fn steps(&self, incident: &str) -> Result<Option<Vec<StepRecord>>, AwsError> {
        let items = self.partition(incident).await?;
        if items.is_empty() {
            return Ok(None);
        }
        let mut steps = Vec::new();
        for item in &items {
            let record = string(item, "record").unwrap_or_default();
            if record.starts_with(STEP) {
                steps.push(step(item, record).ok_or_else(|| AwsError {
                    operation: "Query",
                    resource: format!("{incident} {record}"),
                    code: "unreadable journal record".to_owned(),
                    kind: ErrorKind::Invalid,
                })?);
            }
        }
        steps.sort_by(|a, b| b.record.cmp(&a.record));
        Ok(Some(steps))
    }

    /// Writes that a step was put back.
    pub async fn restored(
        &self,
        incident: &str,
        step: &StepRecord,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let status = StepStatus::Restored.as_str();
        self.set(incident, &step.record, status, &[("restored", &rfc3339(now))]).await
    }

    /// Leaves what a step concerned alone until `until`.
    pub async fn hold(
        &self,
        incident: &str,
        step: &StepRecord,
        until: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let partition = hold_partition(&step.undo.resource().function);
        for mark in &step.marks {
            let attributes = [
                ("until", number(until.unix_timestamp())),
                ("restored_incident", text(incident)),
                ("expires_at", number(until.unix_timestamp())),
            ];
            let item = item(&partition, mark, attributes);
            self.aws
                .dynamodb()
                .await
                .put_item()
                .table_name(self.table)
                .set_item(Some(item))
                .send()
                .await
                .map_err(failed("PutItem", &partition))?;
        }
        Ok(())
    }

    /// What is left alone on a function. DynamoDB deletes expired items late, so each is looked at.
    pub async fn holds(
        &self,
        function: &FunctionArn,
        now: OffsetDateTime,
    ) -> Result<BTreeSet<String>, AwsError> {
        let items = self.partition(&hold_partition(function)).await?;
        Ok(items
            .iter()
            .filter_map(hold)
            .filter(|(_, until)| *until > now && *until <= now + HOLD)
            .map(|(mark, _)| mark)
            .collect())
    }

    async fn partition(&self, key: &str) -> Result<Vec<Item>, AwsError> {
        let mut pages = self
            .aws
            .dynamodb()
            .await
            .query()
            .table_name(self.table)
            .consistent_read(true)
            .key_condition_expression("incident = :key")
            .expression_attribute_values(":key", text(key))
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(failed("Query", key))?);
        }
        Ok(items)
    }

    /// Puts an item that must not be there yet.
    async fn put_new(&self, incident: &str, item: Item) -> Result<(), AwsError> {
        self.aws
            .dynamodb()
            .await
            .put_item()
            .table_name(self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(incident)")
            .send()
            .await
            .map(|_| ())
            .map_err(failed("PutItem", incident))
    }

    /// Updates a record that exists.
    async fn set(
        &self,
        incident: &str,
        record: &str,
        status: &str,
        values: &[(&str, &str)],
    ) -> Result<(), AwsError> {
        let mut update = self
            .aws
            .dynamodb()
            .await
            .update_item()
            .table_name(self.table)
            .set_key(Some(key(incident, record)))
            .condition_expression("attribute_exists(incident)")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(status));
        let mut expression = "SET #status = :status".to_owned();
        for (name, value) in values {
            expression.push_str(&format!(", #{name} = :{name}_value"));
            update = update
                .expression_attribute_names(format!("#{name}"), *name)
                .expression_attribute_values(format!(":{name}_value"), text(*value));
        }
        update
            .update_expression(expression)
            .send()
            .await
            .map(|_| ())
            .map_err(failed("UpdateItem", incident))
    }
}
