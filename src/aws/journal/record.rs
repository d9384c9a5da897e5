//! The journal's records: what stands in the items of the table, and how it is read back.

use crate::{
    aws::{AwsError, ErrorKind},
    finding::ControlId,
    incident::{IncidentStatus, StepStatus},
    remediation::Remediation,
    resource::Resource,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::{collections::HashMap, str::FromStr};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// An incident as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRecord {
    /// Its id.
    pub incident: String,
    /// What it is about.
    pub subject: Resource,
    /// Where it stands.
    pub status: IncidentStatus,
    /// When it was opened, as RFC 3339.
    pub opened: String,
    /// When it last moved, as RFC 3339.
    pub moved: String,
    /// The events that belong to it.
    pub events: Vec<String>,
    /// The controls that had findings.
    pub controls: Vec<String>,
    /// Whether it contains the function, or does a part of that.
    pub contains: bool,
    /// Whether it stops the function.
    pub stops: bool,
    /// A function's code and settings when it was opened, by name.
    pub code: Option<String>,
}

/// One step as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRecord {
    /// The sort key.
    pub record: String,
    /// What was done, and what was there before.
    pub remediation: Remediation,
    /// What the remediation concerned.
    pub marks: Vec<String>,
    /// What is known of it.
    pub status: StepStatus,
    /// When it was first intended, in nanoseconds since 1970: the order of steps.
    pub at: i128,
    /// How often it was intended.
    pub tries: u32,
    /// What came of it, as JSON.
    pub outcome: Option<String>,
}

/// What goes on with a subject, as the record that lets one incident through at a time has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The incident.
    pub incident: String,
    /// Where it stands.
    pub status: IncidentStatus,
    /// When it was opened.
    pub opened: OffsetDateTime,
    /// Whether it contains the function: then it goes on until it is restored.
    pub contains: bool,
    /// Whether it stops the function.
    pub stops: bool,
    /// The events that belong to it.
    pub events: Vec<String>,
}

pub(super) type Item = HashMap<String, AttributeValue>;

/// The sort keys of an incident, its steps, and what stands in a subject's partition.
pub(super) const INCIDENT: &str = "incident";
pub(super) const STEP: &str = "step#";
pub(super) const HELD: &str = "hold#";
pub(super) const SNAPSHOT: &str = "snapshot";
pub(super) const FINDING: &str = "finding#";

/// The attribute that says what an incident is about.
pub(super) const RESOURCE: &str = "resource";

pub(super) fn incident(item: &Item) -> Option<IncidentRecord> {
    Some(IncidentRecord {
        incident: string(item, "incident")?.to_owned(),
        subject: subject(item)?,
        status: IncidentStatus::parse(string(item, "status")?)?,
        opened: string(item, "opened")?.to_owned(),
        moved: string(item, "moved").unwrap_or_default().to_owned(),
        events: strings(item, "events"),
        controls: strings(item, "controls"),
        contains: is_true(item, "contains"),
        stops: stops(item),
        code: string(item, "code").map(str::to_owned),
    })
}

/// Of format 2 and before a function alone.
fn subject(item: &Item) -> Option<Resource> {
    let arn = string(item, RESOURCE).or_else(|| string(item, "function"))?;
    Resource::parse(arn).ok()
}

pub(super) fn step(item: &Item) -> Option<StepRecord> {
    Some(StepRecord {
        record: string(item, "record")?.to_owned(),
        remediation: serde_json::from_str(string(item, "remediation")?).ok()?,
        marks: strings(item, "marks"),
        status: step_status(item)?,
        at: numeric(item, "at")?,
        tries: numeric(item, "tries")?,
        outcome: string(item, "outcome").map(str::to_owned),
    })
}

pub(super) fn step_status(item: &Item) -> Option<StepStatus> {
    StepStatus::parse(string(item, "status")?)
}

pub(super) fn gate(item: &Item) -> Option<Gate> {
    Some(Gate {
        incident: string(item, "goes_on")?.to_owned(),
        status: IncidentStatus::parse(string(item, "status")?)?,
        opened: OffsetDateTime::from_unix_timestamp(numeric(item, "opened")?).ok()?,
        contains: is_true(item, "contains"),
        stops: stops(item),
        events: strings(item, "events"),
    })
}

/// A containment that does not say so, of before parts of one could be chosen, stops the function.
fn stops(item: &Item) -> bool {
    is_true(item, "stops") || (!item.contains_key("stops") && is_true(item, "contains"))
}

/// A mark, and until when it is left alone.
pub(super) fn hold(item: &Item) -> Option<(String, OffsetDateTime)> {
    let mark = string(item, "record")?.strip_prefix(HELD)?.to_owned();
    Some((mark, until(item)?))
}

/// A control with a finding, and until when that counts as lately.
pub(super) fn recent(item: &Item) -> Option<(ControlId, OffsetDateTime, Option<String>)> {
    let name = string(item, "record")?.strip_prefix(FINDING)?;
    let control = ControlId::ALL.into_iter().find(|control| control.as_str() == name)?;
    Some((control, until(item)?, string(item, "event").map(str::to_owned)))
}

fn until(item: &Item) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(numeric(item, "until")?).ok()
}

/// The partition of what is known of a function, or of whatever else an incident is about.
pub(super) fn partition(about: &Resource) -> String {
    match about {
        Resource::Function(resource) => format!("function#{}", resource.function),
        Resource::Other(arn) => format!("resource#{arn}"),
    }
}

pub(super) fn key(incident: &str, record: &str) -> Item {
    Item::from([("incident".to_owned(), text(incident)), ("record".to_owned(), text(record))])
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn texts<S: Into<String>>(values: impl IntoIterator<Item = S>) -> AttributeValue {
    AttributeValue::Ss(values.into_iter().map(Into::into).collect())
}

pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn string<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

fn strings(item: &Item, name: &str) -> Vec<String> {
    let mut all = item.get(name).and_then(|value| value.as_ss().ok()).cloned().unwrap_or_default();
    all.sort_unstable();
    all
}

fn is_true(item: &Item, name: &str) -> bool {
    item.get(name).is_some_and(|value| value.as_bool() == Ok(&true))
}

pub(super) fn numeric<N: FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

pub(super) fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

/// A record that cannot be written or read.
pub(super) fn unreadable(operation: &'static str, resource: String, why: &str) -> AwsError {
    AwsError { operation, resource, code: why.to_owned(), kind: ErrorKind::Invalid }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
    const ROLE: &str = "arn:aws:iam::111122223333:role/deploy/orders";

    fn record(attributes: &[(&str, &str)]) -> Option<IncidentRecord> {
        let mut item = key("inc-0011223344556677", INCIDENT);
        for (name, value) in attributes.iter().chain(&[("status", "open"), ("opened", "2026")]) {
            item.insert((*name).to_owned(), text(*value));
        }
        incident(&item)
    }

    #[test]
    fn an_incident_is_about_what_its_record_says_and_an_older_ones_about_a_function() {
        for (attributes, arn) in [
            ([("resource", FUNCTION)].as_slice(), FUNCTION),
            (&[("resource", ROLE)], ROLE),
            (&[("function", FUNCTION)], FUNCTION),
        ] {
            let record = record(attributes).expect("readable");
            assert_eq!(record.subject, Resource::parse(arn).expect("an ARN"));
        }
        assert_eq!(record(&[]), None);
        assert_eq!(record(&[("resource", "orders")]), None);
    }

    #[test]
    fn functions_keep_their_partition_whatever_the_qualifier_and_others_have_their_own() {
        let of = |arn: &str| partition(&Resource::parse(arn).expect("an ARN"));
        assert_eq!(of(FUNCTION), format!("function#{FUNCTION}"));
        assert_eq!(of(&format!("{FUNCTION}:live")), format!("function#{FUNCTION}"));
        assert_eq!(of(ROLE), format!("resource#{ROLE}"));
    }
}
