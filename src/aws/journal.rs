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

use super::{Aws, AwsError, ErrorKind, failed, undo::same_json};
use crate::{
    decision::Approved,
    finding::ControlId,
    remediation::{Outcome, Remediation, Undo},
    resource::FunctionArn,
    state::State,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::{
    collections::{BTreeSet, HashMap},
    sync::atomic::{AtomicU32, Ordering},
};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

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
                    (Some(Some(live)), Some(after)) => live
                        .document
                        .as_ref()
                        .is_ok_and(|document| same_json(document.raw(), after)),
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

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentStatus {
    /// Being answered, or its answer was cut short.
    Open,
    /// Answered and told.
    Closed,
    /// A remediation failed.
    Partial,
    /// Put back.
    Restored,
}

impl IncidentStatus {
    /// The name in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Partial => "partial",
            Self::Restored => "restored",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Closed, Self::Partial, Self::Restored]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// One try of one step as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRecord {
    /// The sort key.
    pub record: String,
    /// The way back.
    pub undo: Undo,
    /// What the remediation concerned.
    pub marks: Vec<String>,
    /// What is known of it.
    pub status: StepStatus,
}

/// What is known of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepStatus {
    /// It was applied.
    Applied,
    /// It may have been applied, as a whole or in part: it failed, its answer was lost, or nobody
    /// lived to write it down.
    Unsure,
    /// It was put back.
    Restored,
}

impl<'a> Journal<'a> {
    /// The journal in `table`, whose records expire after `retention`.
    pub fn new(aws: &'a Aws, table: &'a str, retention: Duration) -> Self {
        Self { aws, table, retention, step: AtomicU32::new(0) }
    }

    /// Opens an incident, or finds it opened by another delivery of the event and opens it again.
    pub async fn open(&self, opened: &Opened<'_>, now: OffsetDateTime) -> Result<(), AwsError> {
        let controls: Vec<&str> = opened.controls.iter().map(|control| control.as_str()).collect();
        let mut item = key(opened.incident, INCIDENT);
        item.extend(
            [
                ("format", number(FORMAT)),
                ("function", text(opened.function.to_string())),
                ("event", text(opened.event)),
                ("controls", text(controls.join(" "))),
                ("policy_sha256", text(opened.policy_sha256)),
                ("status", text(IncidentStatus::Open.as_str())),
                ("opened", text(rfc3339(now))),
                ("expires_at", number((now + self.retention).unix_timestamp())),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
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
        let mut item = key(incident, &record);
        item.extend(
            [
                ("remediation", text(planned.remediation.name())),
                ("undo", text(undo)),
                ("marks", text(planned.marks.join(" "))),
                ("status", text("intended")),
                ("intended", text(rfc3339(now))),
                ("expires_at", number((now + self.retention).unix_timestamp())),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
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
            Outcome::Success { .. } => "applied",
            // An earlier try of the SDK may have done it, and only its answer was lost.
            Outcome::Failure { .. }
            | Outcome::DoesNotExist
            | Outcome::Superseded
            | Outcome::Withheld(_) => "unsure",
        };
        let outcome = serde_json::to_string(outcome)
            .map_err(|error| unwritable("UpdateItem", &intent.incident, &error))?;
        let values = [("outcome", outcome.as_str()), ("settled", &rfc3339(now))];
        self.set(&intent.incident, &intent.record, status, &values).await
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
        self.set(incident, &step.record, "restored", &[("restored", &rfc3339(now))]).await
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
            let mut item = key(&partition, mark);
            item.insert("until".to_owned(), number(until.unix_timestamp()));
            item.insert("restored_incident".to_owned(), text(incident));
            item.insert("expires_at".to_owned(), number(until.unix_timestamp()));
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

type Item = HashMap<String, AttributeValue>;

/// The sort keys of an incident and its steps.
const INCIDENT: &str = "incident";
const STEP: &str = "step#";

fn step(item: &Item, record: &str) -> Option<StepRecord> {
    let status = match string(item, "status")? {
        "applied" => StepStatus::Applied,
        "intended" | "unsure" => StepStatus::Unsure,
        "restored" => StepStatus::Restored,
        _ => return None,
    };
    Some(StepRecord {
        record: record.to_owned(),
        undo: serde_json::from_str(string(item, "undo")?).ok()?,
        marks: string(item, "marks")?.split(' ').map(str::to_owned).collect(),
        status,
    })
}

/// A mark, and until when it is left alone.
fn hold(item: &Item) -> Option<(String, OffsetDateTime)> {
    let until = item.get("until")?.as_n().ok()?.parse().ok()?;
    let mark = string(item, "record")?.to_owned();
    Some((mark, OffsetDateTime::from_unix_timestamp(until).ok()?))
}

fn hold_partition(function: &FunctionArn) -> String {
    format!("hold#{function}")
}

fn key(incident: &str, record: &str) -> Item {
    Item::from([("incident".to_owned(), text(incident)), ("record".to_owned(), text(record))])
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn string<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

fn unwritable(operation: &'static str, incident: &str, error: &serde_json::Error) -> AwsError {
    AwsError {
        operation,
        resource: incident.to_owned(),
        code: error.to_string(),
        kind: ErrorKind::Invalid,
    }
}
