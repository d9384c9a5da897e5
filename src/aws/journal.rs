//! The journal: what is about to be done with the exact way back, written before it is done; what
//! came of it, after. One DynamoDB table, partition key `incident`, sort key `record`:
//!
//! | incident | record | holds |
//! |---|---|---|
//! | `inc-…` | `incident` | resource (of format 2 `function`), events, controls, status, code, policy hash, opened |
//! | `inc-…` | `step#<id>` | remediation with its way back, marks, status, outcome |
//! | `function#<ARN>` | `incident` | the incident that goes on: one at a time |
//! | `function#<ARN>` | `hold#<mark>` | until when it is left alone, and by which incident |
//! | `function#<ARN>` | `finding#<control>` | until when it counts as lately |
//! | `function#<ARN>` | `seen#<control>` | what was seen on it within the hour, how often, and who tells it |
//! | `function#<ARN>` | `snapshot` | what it was when its last accepted change was made, and its salt |
//! | `function#<ARN>` | `alias#<name>` | where the alias led when its last accepted change was made |
//! | `resource#<ARN>` | the same | the same, of anything but functions |
//! | `resource#<ARN of a role>` | `snapshot` | what the role was when nothing was found on it |
//! | `resource#<ARN>` | `snapshot` | how a trail was when it was last found in order |
//! | `resource#<ARN>` | `snapshot` | what an event source mapping invoked when its last accepted change was made |
//! | `baseline#<ARN>` | `baseline` | what credentials of the function usually do |
//! | `peers#<ARN>` | `baseline` | whom the function, or a network interface, usually talks to |
//! | `ledger` | `answers` | what was answered lately, and the breakers: what limits are held against |
//! | `refused#<answer>` | `refused#` | that people were told of an answer that a limit refused |
//!
//! A step is known by what it turns from what to what: the same step of another delivery is the same
//! record. Statuses move only as [`crate::incident`] allows. Intents come only from [`Approved`]
//! remediations, and only intents can be applied.

mod baseline;
mod known_role;
mod ledger;
mod recall;
mod record;
mod route;
mod snapshot;
mod tally;
mod trail_snapshot;
mod turned;
mod write;

pub use ledger::SeenLedger;
pub use recall::Recalled;
pub use record::{Gate, IncidentRecord, StepRecord};
pub use turned::{Turned, turned};

use super::{Aws, AwsError, ErrorKind};
use crate::{
    decision::Approved,
    finding::{ControlId, Requirement},
    incident::{IncidentEvent, IncidentStatus, StepEvent, StepStatus},
    remediation::{Outcome, Planned, Remediation, Tactic},
    resource::Resource,
};
use aws_sdk_dynamodb::types::AttributeValue;
use record::{
    FINDING, HELD, INCIDENT, RESOURCE, STEP, key, number, partition, rfc3339, text, texts,
    unreadable,
};
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};
use write::Write;

/// The version of the records' format.
const FORMAT: &str = "3";

/// How long Cordon leaves alone what was restored. After that it is answered again, so
/// that a restore is a pause and not a hidden exception. A longer hold in the table is not believed.
pub const HOLD: Duration = Duration::days(7);

/// How long the record of a containment, and what is remembered, is kept, whatever the retention is.
const LASTING: Duration = Duration::days(3650);

/// How often one step can be put back and be taken again within one incident.
const MOST_AGAIN: u32 = 20;

/// How often a step is tried to be moved while other deliveries move it. Between two statuses that
/// lead elsewhere each of them moves it once or twice.
const MOST_MOVES: u32 = 20;

/// For how long findings on one subject belong together: they make one incident, and two that say
/// little each may say more together.
pub const WINDOW: Duration = Duration::hours(1);

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

    /// The journal's record of it.
    pub fn record(&self) -> &str {
        &self.record
    }
}

/// What opens an incident.
#[derive(Debug)]
pub struct Opened<'a> {
    /// Its id.
    pub incident: &'a str,
    /// The event that caused it.
    pub event: &'a str,
    /// What it is about.
    pub subject: &'a Resource,
    /// The controls with findings.
    pub controls: BTreeSet<Requirement>,
    /// Whether it contains the function.
    pub contains: bool,
    /// Whether it stops the function.
    pub stops: bool,
    /// Whether it did not contain it until now.
    pub contains_first: bool,
    /// Whether it has so many events that this one is not written down any more.
    pub crowded: bool,
    /// A function's code and settings, by name.
    pub code: Option<&'a str>,
    /// The control policy's hash.
    pub policy_sha256: &'a str,
}

impl<'a> Journal<'a> {
    /// The journal in `table`, whose records expire after `retention`.
    pub fn new(aws: &'a Aws, table: &'a str, retention: Duration) -> Self {
        Self { aws, table, retention }
    }

    /// Takes an incident up: opens it, or joins the deliveries that have it open. One incident a
    /// subject goes on at a time.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`] where another incident of the subject goes on, or this one was
    /// opened or restored just now: recall and decide again.
    pub async fn open(
        &self,
        opened: &Opened<'_>,
        joins: bool,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let gate = partition(opened.subject);
        let writes = if joins {
            [self.join_gate(opened, &gate, now), self.join_incident(opened, now)]
        } else {
            [self.new_gate(opened, &gate, now), self.new_incident(opened, now)]
        };
        self.transact(opened.incident, writes).await
    }

    /// Nothing goes on with the subject, or what does is over.
    fn new_gate(&self, opened: &Opened<'_>, gate: &str, now: OffsetDateTime) -> Write {
        Write::new(key(gate, INCIDENT))
            .set("goes_on", text(opened.incident))
            .set("status", text(IncidentStatus::Open.as_str()))
            .set("opened", number(now.unix_timestamp()))
            .set("contains", AttributeValue::Bool(opened.contains))
            .set("stops", AttributeValue::Bool(opened.stops))
            .set("events", texts([opened.event]))
            .set("expires_at", self.expiry(now, opened.contains))
            .value("restored", text(IncidentStatus::Restored.as_str()))
            .value("no", AttributeValue::Bool(false))
            .value("lately", number((now - WINDOW).unix_timestamp()))
            .only_if(
                "attribute_not_exists(goes_on) OR #status = :restored \
                 OR (#contains = :no AND #opened < :lately)",
            )
    }

    fn new_incident(&self, opened: &Opened<'_>, now: OffsetDateTime) -> Write {
        let mut write = Write::new(key(opened.incident, INCIDENT))
            .set("format", number(FORMAT))
            .set(RESOURCE, text(opened.subject.to_string()))
            .set("events", texts([opened.event]))
            .set("status", text(IncidentStatus::Open.as_str()))
            .set("contains", AttributeValue::Bool(opened.contains))
            .set("stops", AttributeValue::Bool(opened.stops))
            .set("policy_sha256", text(opened.policy_sha256))
            .set("opened", text(rfc3339(now)))
            .set("moved", text(rfc3339(now)))
            .set("expires_at", self.expiry(now, opened.contains))
            .only_if("attribute_not_exists(incident)");
        if !opened.controls.is_empty() {
            write =
                write.set("controls", texts(opened.controls.iter().map(Requirement::to_string)));
        }
        match opened.code {
            Some(code) => write.set("code", text(code)),
            None => write,
        }
    }

    fn join_gate(&self, opened: &Opened<'_>, gate: &str, now: OffsetDateTime) -> Write {
        let write = Write::new(key(gate, INCIDENT)).value("incident", text(opened.incident));
        let write = self.joined(write, opened, now);
        moved(write, IncidentEvent::TakenUp, "goes_on = :incident AND ")
    }

    fn join_incident(&self, opened: &Opened<'_>, now: OffsetDateTime) -> Write {
        let write = Write::new(key(opened.incident, INCIDENT)).set("moved", text(rfc3339(now)));
        let mut write = self.joined(write, opened, now);
        if let (true, Some(code)) = (opened.contains_first, opened.code) {
            write = write.set("code", text(code));
        }
        if !opened.controls.is_empty() {
            write =
                write.add("controls", texts(opened.controls.iter().map(Requirement::to_string)));
        }
        moved(write, IncidentEvent::TakenUp, "")
    }

    /// What a join adds to the gate and to the incident alike.
    fn joined(&self, mut write: Write, opened: &Opened<'_>, now: OffsetDateTime) -> Write {
        if !opened.crowded {
            write = write.add("events", texts([opened.event]));
        }
        if opened.contains {
            write = write
                .set("contains", AttributeValue::Bool(true))
                .set("expires_at", self.expiry(now, true));
        }
        if opened.stops {
            write = write.set("stops", AttributeValue::Bool(true));
        }
        write
    }

    /// Moves an incident on, together with what goes on with its subject. One that is put back need
    /// not be what goes on any more.
    pub async fn mark(
        &self,
        incident: &str,
        subject: &Resource,
        event: IncidentEvent,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let gate = Write::new(key(&partition(subject), INCIDENT)).value("incident", text(incident));
        let record = || Write::new(key(incident, INCIDENT)).set("moved", text(rfc3339(now)));
        let record = || moved(record(), event, "");
        let together = [moved(gate, event, "goes_on = :incident AND "), record()];
        match self.transact(incident, together).await {
            Err(error)
                if error.kind == ErrorKind::Precondition && event == IncidentEvent::PutBack =>
            {
                self.update(incident, record()).await
            }
            marked => marked,
        }
    }

    /// The record of a step.
    pub fn record_of(remediation: &Remediation) -> String {
        format!("{STEP}{}", remediation.id())
    }

    /// Writes the way back of `approved` before anything is done. A step that was put back before, and
    /// is not held any more, is another step now.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`] where an operator has just begun to put the step back: it is not
    /// to be applied.
    pub async fn intend(
        &self,
        incident: &str,
        approved: Approved,
        now: OffsetDateTime,
    ) -> Result<Intent, AwsError> {
        let planned = approved.planned();
        let first = Self::record_of(&planned.remediation);
        let mut record = first.clone();
        for again in 2..=MOST_AGAIN {
            match self.write_intent(incident, &record, planned, now).await {
                Err(error) if error.kind == ErrorKind::Precondition => {
                    let subject = planned.remediation.resource();
                    let held = self.recall(&subject, now).await?.held;
                    if planned.marks.iter().any(|mark| held.contains(mark)) {
                        return Err(error);
                    }
                    record = format!("{first}#{again}");
                }
                written => {
                    written?;
                    return Ok(Intent { incident: incident.to_owned(), record, approved });
                }
            }
        }
        Err(unreadable("UpdateItem", incident.to_owned(), "put back too often"))
    }

    async fn write_intent(
        &self,
        incident: &str,
        record: &str,
        planned: &Planned,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let remediation = &planned.remediation;
        let whole = serde_json::to_string(remediation)
            .map_err(|error| unreadable("UpdateItem", incident.to_owned(), &error.to_string()))?;
        let lasts = matches!(remediation.tactic(), Tactic::Isolate | Tactic::Evict);
        let mut write = Write::new(key(incident, record))
            .set("remediation", text(whole))
            .set("name", text(remediation.name()))
            .set("status", text(StepStatus::Intended.as_str()))
            .set("intended", text(rfc3339(now)))
            .set("expires_at", self.expiry(now, lasts))
            .set_once("at", number(now.unix_timestamp_nanos()))
            .add("tries", number(1))
            .only_if(&format!(
                "attribute_not_exists(incident) OR {}",
                one_of(StepStatus::moves(StepEvent::Intended).map(|(from, _)| from.as_str()))
            ));
        if !planned.marks.is_empty() {
            write = write.add("marks", texts(&planned.marks));
        }
        self.update(incident, write).await
    }

    /// Writes what came of an intent.
    pub async fn settle(
        &self,
        intent: &Intent,
        outcome: &Outcome,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let event = match outcome {
            Outcome::Success { .. } => StepEvent::Applied,
            // An earlier try of the SDK may have done it, and only its answer was lost.
            Outcome::Failure { .. }
            | Outcome::DoesNotExist
            | Outcome::Superseded
            | Outcome::Withheld(_) => StepEvent::Failed,
        };
        let outcome = serde_json::to_string(outcome).map_err(|error| {
            unreadable("UpdateItem", intent.incident.clone(), &error.to_string())
        })?;
        self.move_step(&intent.incident, &intent.record, event, Some(&outcome), now).await
    }

    /// Moves a step on, from wherever other deliveries have moved it meanwhile.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`] where `event` must not follow what stands there.
    pub async fn move_step(
        &self,
        incident: &str,
        record: &str,
        event: StepEvent,
        outcome: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let mut to = StepStatus::moves(event).map(|(_, to)| to).next();
        for _ in 0..MOST_MOVES {
            let Some(target) = to else { break };
            // One write cannot say "as before, unless": each status that leads elsewhere has its own.
            let from = StepStatus::moves(event).filter(|(_, to)| *to == target);
            let mut write = Write::new(key(incident, record))
                .set("status", text(target.as_str()))
                .set("moved", text(rfc3339(now)))
                .only_if(&one_of(from.map(|(from, _)| from.as_str())));
            if let Some(outcome) = outcome {
                write = write.set("outcome", text(outcome));
            }
            let Err(refusal) = self.update_or_see(incident, write).await else { return Ok(()) };
            to = refusal
                .stood
                .as_ref()
                .and_then(record::step_status)
                .and_then(|stood| StepStatus::next(Some(stood), event).ok());
            if to.is_none() {
                return Err(refusal.error);
            }
        }
        Err(AwsError::new("UpdateItem", incident, ErrorKind::Transient, "moved all the time"))
    }

    /// Leaves what a step concerned alone until `until`.
    pub async fn hold(
        &self,
        incident: &str,
        step: &StepRecord,
        until: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let partition = partition(&step.remediation.resource());
        for mark in &step.marks {
            let write = Write::new(key(&partition, &format!("{HELD}{mark}")))
                .set("until", number(until.unix_timestamp()))
                .set("restored_incident", text(incident))
                .set("expires_at", number(until.unix_timestamp()));
            self.update(&partition, write).await?;
        }
        Ok(())
    }

    /// Remembers that controls had findings on a subject by `event`. While one is remembered, its first event
    /// stays: what one event shows is no sign beside itself.
    pub async fn remember(
        &self,
        subject: &Resource,
        controls: &BTreeSet<ControlId>,
        event: &str,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let partition = partition(subject);
        let until = number((now + WINDOW).unix_timestamp());
        for control in controls {
            let write = || {
                Write::new(key(&partition, &format!("{FINDING}{control}")))
                    .set("until", until.clone())
                    .set("expires_at", until.clone())
            };
            let first = write()
                .set("event", text(event))
                .value("now", number(now.unix_timestamp()))
                .only_if("attribute_not_exists(incident) OR #until < :now");
            match self.update(&partition, first).await {
                Err(error) if error.kind == ErrorKind::Precondition => {
                    self.update(&partition, write()).await?;
                }
                written => written?,
            }
        }
        Ok(())
    }

    /// When a record goes. What contains a function stays as long as it may have to be put back.
    fn expiry(&self, now: OffsetDateTime, lasts: bool) -> AttributeValue {
        let retention = if lasts { LASTING } else { self.retention };
        number((now + retention).unix_timestamp())
    }
}

/// Sets the status that `event` leads to, if it may follow and `and` holds. Every event of an
/// incident leads to one status, wherever it comes from.
fn moved(write: Write, event: IncidentEvent, and: &str) -> Write {
    let from: Vec<&str> = IncidentStatus::moves(event).map(|(from, _)| from.as_str()).collect();
    match IncidentStatus::moves(event).next() {
        Some((_, to)) => write
            .set("status", text(to.as_str()))
            .only_if(&format!("{and}{}", one_of(from.into_iter()))),
        None => write,
    }
}

/// A condition: the status is one of these. The names need no escape.
fn one_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!(":is_{name}")).collect();
    format!("#status IN ({})", names.join(", "))
}
