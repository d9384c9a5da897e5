//! The journal: what is about to be done with the exact way back, written before it is done; what
//! came of it, after. One DynamoDB table, partition key `incident`, sort key `record`:
//!
//! | incident | record | holds |
//! |---|---|---|
//! | `inc-…` | `incident` | function, event, controls, status, policy hash, opened |
//! | `inc-…` | `step#<rank>#<remediation>#<resource>[#<guard>]` | marks, undo, status, outcome |
//! | `hold#<function ARN>` | a mark | until when it is left alone, and by which incident |
//!
//! Every write is conditional, so that a duplicate or concurrent delivery finds the first one's
//! records and changes none of them. Intents come only from [`Approved`] remediations, and only
//! intents can be applied.

use super::{Aws, AwsError, ErrorKind, failed};
use crate::{
    decision::Approved,
    finding::{ControlId, fingerprint},
    remediation::{Outcome, Remediation, Undo},
    resource::FunctionArn,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeSet, HashMap};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// The version of the records' format.
const FORMAT: &str = "1";

/// A journal table.
#[derive(Debug)]
pub struct Journal<'a> {
    aws: &'a Aws,
    table: &'a str,
    retention: Duration,
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

/// One step as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRecord {
    /// The sort key.
    pub record: String,
    /// The way back.
    pub undo: Undo,
    /// What the remediation concerned.
    pub marks: Vec<String>,
    /// Whether it was, or may have been, applied.
    pub applied: bool,
    /// Whether it was put back.
    pub restored: bool,
}

/// Something restored that is left alone for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The mark.
    pub mark: String,
    /// Until when.
    pub until: OffsetDateTime,
}

impl<'a> Journal<'a> {
    /// The journal in `table`, whose records expire after `retention`.
    pub fn new(aws: &'a Aws, table: &'a str, retention: Duration) -> Self {
        Self { aws, table, retention }
    }

    /// Opens an incident, or finds it opened by another delivery of the event.
    pub async fn open(&self, opened: &Opened<'_>, now: OffsetDateTime) -> Result<(), AwsError> {
        let controls: Vec<&str> = opened.controls.iter().map(|control| control.as_str()).collect();
        let item = [
            ("format", number(FORMAT)),
            ("function", text(opened.function.to_string())),
            ("event", text(opened.event)),
            ("controls", text(controls.join(" "))),
            ("policy_sha256", text(opened.policy_sha256)),
            ("status", text(IncidentStatus::Open.as_str())),
            ("opened", text(rfc3339(now))),
            ("expires_at", number((now + self.retention).unix_timestamp())),
        ];
        self.put_once(opened.incident, "incident", item).await
    }

    /// Where an incident stands; none if there is no such incident.
    pub async fn status(&self, incident: &str) -> Result<Option<IncidentStatus>, AwsError> {
        let output = self
            .aws
            .dynamodb()
            .await
            .get_item()
            .table_name(self.table)
            .set_key(Some(key(incident, "incident")))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("GetItem", incident))?;
        let item = output.item.unwrap_or_default();
        Ok(string(&item, "status").and_then(IncidentStatus::parse))
    }

    /// Writes the way back of `approved` before it is taken anywhere. The first delivery's way back
    /// stands: it saw the state before.
    pub async fn intend(
        &self,
        incident: &str,
        approved: Approved,
        now: OffsetDateTime,
    ) -> Result<Intent, AwsError> {
        let planned = approved.planned();
        let record = record(&planned.remediation);
        let undo = serde_json::to_string(&planned.remediation.undo())
            .map_err(|error| unwritable("PutItem", incident, &error))?;
        let item = [
            ("undo", text(undo)),
            ("marks", text(planned.marks.join(" "))),
            ("status", text("intended")),
            ("intended", text(rfc3339(now))),
            ("expires_at", number((now + self.retention).unix_timestamp())),
        ];
        self.put_once(incident, &record, item).await?;
        Ok(Intent { incident: incident.to_owned(), record, approved })
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
            Outcome::Failure { .. } => "failed",
            Outcome::DoesNotExist | Outcome::Superseded | Outcome::Withheld(_) => "not-applied",
        };
        let outcome = serde_json::to_string(outcome)
            .map_err(|error| unwritable("UpdateItem", &intent.incident, &error))?;
        let values = [("outcome", outcome.as_str()), ("settled", &rfc3339(now))];
        self.set(&intent.incident, &intent.record, status, &values).await
    }

    /// Moves an incident on. A restored one stays restored.
    pub async fn mark(
        &self,
        incident: &str,
        status: IncidentStatus,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let moved =
            self.set(incident, "incident", status.as_str(), &[("moved", &rfc3339(now))]).await;
        match moved {
            Err(error) if error.kind == ErrorKind::Precondition => Ok(()),
            moved => moved,
        }
    }

    /// The steps of an incident, last one first, and its function; none if there is no such
    /// incident.
    pub async fn steps(&self, incident: &str) -> Result<Option<Vec<StepRecord>>, AwsError> {
        let items = self.partition(incident).await?;
        if items.is_empty() {
            return Ok(None);
        }
        let mut steps: Vec<StepRecord> = items.iter().filter_map(step).collect();
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
            .filter(|hold| hold.until > now)
            .map(|hold| hold.mark)
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

    /// Puts an item unless it is there: then the one that is there stays.
    async fn put_once<const N: usize>(
        &self,
        incident: &str,
        record: &str,
        attributes: [(&str, AttributeValue); N],
    ) -> Result<(), AwsError> {
        let mut item = key(incident, record);
        item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
        let put = self
            .aws
            .dynamodb()
            .await
            .put_item()
            .table_name(self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(incident)")
            .send()
            .await
            .map_err(failed("PutItem", incident));
        match put {
            Err(error) if error.kind == ErrorKind::Precondition => Ok(()),
            put => put.map(|_| ()),
        }
    }

    /// Updates a record that exists and is not restored.
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
            .condition_expression("attribute_exists(incident) AND #status <> :restored")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(status))
            .expression_attribute_values(":restored", text("restored"));
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

fn step(item: &Item) -> Option<StepRecord> {
    let record = string(item, "record").filter(|record| record.starts_with("step#"))?;
    let status = string(item, "status")?;
    Some(StepRecord {
        record: record.to_owned(),
        undo: serde_json::from_str(string(item, "undo")?).ok()?,
        marks: string(item, "marks")?.split(' ').map(str::to_owned).collect(),
        // An intent whose outcome is not known may have been applied: its guard tells.
        applied: matches!(status, "intended" | "applied" | "failed"),
        restored: status == "restored",
    })
}

fn hold(item: &Item) -> Option<Hold> {
    let until = item.get("until")?.as_n().ok()?.parse().ok()?;
    Some(Hold {
        mark: string(item, "record")?.to_owned(),
        until: OffsetDateTime::from_unix_timestamp(until).ok()?,
    })
}

/// The sort key of a step: in the order of the plan, and the same for the same change. A policy
/// write is another change when it is guarded by another revision.
fn record(remediation: &Remediation) -> String {
    let (name, resource) = (remediation.name(), remediation.resource());
    match remediation {
        Remediation::DeleteProvisionedConcurrency { .. } => format!("step#0#{name}#{resource}"),
        Remediation::StopFunction { .. } => format!("step#1#{name}#{resource}"),
        Remediation::HardenFunctionUrl { .. } => format!("step#2#{name}#{resource}"),
        Remediation::ReplaceResourcePolicy(replacement) => {
            format!("step#3#{name}#{resource}#{}", replacement.revision.0)
        }
        Remediation::TagFunction { keys, .. } => {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            format!("step#4#{name}#{resource}#{}", fingerprint(&keys))
        }
    }
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
