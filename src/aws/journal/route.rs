//! Where aliases led, each in a record of its own beside what goes on with its function. Written only
//! over the version that was read, and never by an older change than the one it was learned from.

use super::{
    Journal, LASTING,
    record::{self, INCIDENT, Item, key, number, numeric, partition, string, text, unreadable},
    snapshot::is_closed,
    write::Write,
};
use crate::{
    aws::AwsError,
    resource::{FunctionResource, Qualifier, Resource},
    state::{AliasSnapshot, Known, Lesson},
};
use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

/// The sort key of an alias in its function's partition.
const ALIAS: &str = "alias#";

/// The attribute that says where it led.
const LED: &str = "led";

impl Journal<'_> {
    /// What is known of an alias.
    pub async fn known_alias(
        &self,
        alias: &FunctionResource,
    ) -> Result<Known<AliasSnapshot>, AwsError> {
        let own = record_of(alias);
        let (mut known, mut closed) = (Known::default(), false);
        for item in self.query(&partition(&Resource::from(alias.clone()))).await? {
            match string(&item, "record") {
                Some(INCIDENT) => closed = record::gate(&item).is_none_or(|gate| is_closed(&gate)),
                Some(name) if name == own => known = readable(&item, &alias.to_string())?,
                _ => {}
            }
        }
        Ok(Known { closed, ..known })
    }

    /// Writes what was learned from the change of `event`, made at `at`, over the `version` known.
    ///
    /// # Errors
    /// [`crate::aws::ErrorKind::Precondition`] where another delivery wrote since it was read: read
    /// again.
    pub async fn keep(
        &self,
        lesson: &Lesson,
        version: u64,
        event: &str,
        at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let Lesson::Alias(alias, snapshot) = lesson;
        let partition = partition(&Resource::from(alias.clone()));
        let mut write = Write::new(key(&partition, &record_of(alias)))
            .set(LED, text(whole(snapshot, &partition)?))
            .set("version", number(version.saturating_add(1)))
            .set("at", number(at.unix_timestamp()))
            .set("event", text(event))
            .set("expires_at", number((now + LASTING).unix_timestamp()));
        write = match version {
            0 => write.only_if("attribute_not_exists(incident)"),
            known => {
                write.value("known", number(known)).only_if("#version = :known AND #at <= :at")
            }
        };
        self.update(&partition, write).await
    }
}

fn record_of(alias: &FunctionResource) -> String {
    let name = alias.qualifier.as_ref().map(Qualifier::to_string).unwrap_or_default();
    format!("{ALIAS}{name}")
}

fn whole(snapshot: &impl Serialize, of: &str) -> Result<String, AwsError> {
    serde_json::to_string(snapshot)
        .map_err(|error| unreadable("UpdateItem", of.to_owned(), &error.to_string()))
}

fn readable<T: DeserializeOwned>(item: &Item, of: &str) -> Result<Known<T>, AwsError> {
    let read = || {
        Some(Known {
            before: Some(serde_json::from_str(string(item, LED)?).ok()?),
            at: Some(OffsetDateTime::from_unix_timestamp(numeric(item, "at")?).ok()?),
            version: numeric(item, "version")?,
            closed: false,
        })
    };
    read().ok_or_else(|| unreadable("Query", of.to_owned(), "unreadable journal record"))
}
