//! The journal's records: what stands in the items of the table, and how it is read back.

use crate::{
    aws::{AwsError, ErrorKind},
    remediation::Undo,
    resource::FunctionArn,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

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

    pub(super) fn parse(text: &str) -> Option<Self> {
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
    /// It is about to be applied, or nobody lived to write down what came of it.
    Intended,
    /// It was applied.
    Applied,
    /// It may have been applied, as a whole or in part: it failed, or its answer was lost.
    Unsure,
    /// It was put back.
    Restored,
}

impl StepStatus {
    /// The name in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Applied => "applied",
            Self::Unsure => "unsure",
            Self::Restored => "restored",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Intended, Self::Applied, Self::Unsure, Self::Restored]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

pub(super) type Item = HashMap<String, AttributeValue>;

/// The sort keys of an incident and its steps.
pub(super) const INCIDENT: &str = "incident";
pub(super) const STEP: &str = "step#";

pub(super) fn step(item: &Item, record: &str) -> Option<StepRecord> {
    Some(StepRecord {
        record: record.to_owned(),
        undo: serde_json::from_str(string(item, "undo")?).ok()?,
        marks: string(item, "marks")?.split(' ').map(str::to_owned).collect(),
        status: StepStatus::parse(string(item, "status")?)?,
    })
}

/// A mark, and until when it is left alone.
pub(super) fn hold(item: &Item) -> Option<(String, OffsetDateTime)> {
    let until = item.get("until")?.as_n().ok()?.parse().ok()?;
    let mark = string(item, "record")?.to_owned();
    Some((mark, OffsetDateTime::from_unix_timestamp(until).ok()?))
}

pub(super) fn hold_partition(function: &FunctionArn) -> String {
    format!("hold#{function}")
}

pub(super) fn key(incident: &str, record: &str) -> Item {
    Item::from([("incident".to_owned(), text(incident)), ("record".to_owned(), text(record))])
}

/// An item with its key.
pub(super) fn item<const N: usize>(
    incident: &str,
    record: &str,
    attributes: [(&str, AttributeValue); N],
) -> Item {
    let mut item = key(incident, record);
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn string<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(super) fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

pub(super) fn unwritable(
    operation: &'static str,
    incident: &str,
    error: &serde_json::Error,
) -> AwsError {
    AwsError {
        operation,
        resource: incident.to_owned(),
        code: error.to_string(),
        kind: ErrorKind::Invalid,
    }
}
