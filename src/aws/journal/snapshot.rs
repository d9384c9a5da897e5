//! What a function was, in its partition: one record, its salt with it. Written only over the version
//! that was read, so that two deliveries cannot interleave, and never by an older change than the
//! one it was learned from.

use super::{
    Journal, LASTING,
    record::{
        self, INCIDENT, Item, SNAPSHOT, key, number, numeric, partition, string, text, unreadable,
    },
    write::Write,
};
use crate::{
    aws::{AwsError, ErrorKind},
    incident::IncidentStatus,
    resource::FunctionArn,
    salt::Salt,
    state::{Remembered, Snapshot},
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use time::OffsetDateTime;

impl Journal<'_> {
    /// What is remembered of a function. Where that is nothing, a new salt.
    pub async fn remembered(&self, function: &FunctionArn) -> Result<Remembered, AwsError> {
        let (mut snapshot, mut closed) = (None, false);
        for item in self.query(&partition(&function.clone().into())).await? {
            match string(&item, "record") {
                Some(SNAPSHOT) => {
                    let readable = remembered(&item).ok_or_else(|| {
                        unreadable("Query", function.to_string(), "unreadable journal record")
                    });
                    snapshot = Some(readable?);
                }
                Some(INCIDENT) => closed = record::gate(&item).is_none_or(|gate| is_closed(&gate)),
                _ => {}
            }
        }
        match snapshot {
            Some(remembered) => Ok(Remembered { closed, ..remembered }),
            None => Ok(Remembered {
                before: None,
                at: None,
                version: 0,
                salt: new_salt(function)?,
                environment: None,
                closed,
            }),
        }
    }

    /// Writes what was learned from the change of `event`, made at `at`.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`] where another delivery wrote since it was read: read again.
    pub async fn learn(
        &self,
        function: &FunctionArn,
        learned: &Snapshot,
        known: &Remembered,
        event: &str,
        at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let whole = serde_json::to_string(learned)
            .map_err(|error| unreadable("UpdateItem", function.to_string(), &error.to_string()))?;
        let partition = partition(&function.clone().into());
        let version = known.version.saturating_add(1);
        let mut write = Write::new(key(&partition, SNAPSHOT))
            .set("snapshot", text(whole))
            .set("version", number(version))
            .set("at", number(at.unix_timestamp()))
            .set("event", text(event))
            .set("salt", AttributeValue::B(Blob::new(known.salt.bytes().as_slice())))
            .set("expires_at", number((now + LASTING).unix_timestamp()));
        write = match known.version {
            0 => write.only_if("attribute_not_exists(incident)"),
            known => {
                write.value("known", number(known)).only_if("#version = :known AND #at <= :at")
            }
        };
        self.update(&partition, write).await
    }
}

/// Whether something goes on with the function. What only tags it is soon over.
pub(super) fn is_closed(gate: &super::Gate) -> bool {
    match gate.status {
        IncidentStatus::Open | IncidentStatus::Partial => true,
        IncidentStatus::Closed => gate.contains,
        IncidentStatus::Restored => false,
    }
}

fn remembered(item: &Item) -> Option<Remembered> {
    let salt = item.get("salt")?.as_b().ok()?;
    Some(Remembered {
        before: Some(serde_json::from_str(string(item, "snapshot")?).ok()?),
        at: Some(OffsetDateTime::from_unix_timestamp(numeric(item, "at")?).ok()?),
        version: numeric(item, "version")?,
        salt: Salt::new(<[u8; Salt::LENGTH]>::try_from(salt.as_ref()).ok()?),
        environment: None,
        closed: false,
    })
}

fn new_salt(function: &FunctionArn) -> Result<Salt, AwsError> {
    let mut bytes = [0; Salt::LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| {
        AwsError::new("getrandom", function, ErrorKind::Transient, error.to_string())
    })?;
    Ok(Salt::new(bytes))
}
