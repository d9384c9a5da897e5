//! Where aliases and event source mappings led: an alias in a record beside what goes on with its
//! function, a mapping in a partition of its own, because its function changes. Written only over the
//! version that was read, and never by an older change than the one it was learned from.

use super::{
    Journal, LASTING,
    record::{
        self, INCIDENT, Item, SNAPSHOT, key, number, numeric, partition, string, text, unreadable,
    },
    snapshot::is_closed,
    write::Write,
};
use crate::{
    aws::AwsError,
    incident::IncidentStatus,
    resource::{Arn, FunctionArn, FunctionResource, Qualifier, Resource},
    state::{AliasSnapshot, Known, Lesson, MappingSnapshot},
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
        let (mut known, mut going) = (Known::default(), Going::default());
        for item in self.query(&partition(&Resource::from(alias.clone()))).await? {
            match string(&item, "record") {
                Some(INCIDENT) => going = Going::by(&item),
                Some(name) if name == own => known = readable(&item, &alias.to_string())?,
                _ => {}
            }
        }
        let Going { something: closed, containment: contained } = going;
        Ok(Known { closed, contained, ..known })
    }

    /// What is known of an event source mapping that leads to `function` now.
    pub async fn known_mapping(
        &self,
        mapping: &Arn,
        function: &FunctionArn,
    ) -> Result<Known<MappingSnapshot>, AwsError> {
        let item = self.get(&partition(&Resource::from(mapping.clone())), SNAPSHOT).await?;
        let known: Known<MappingSnapshot> = match item {
            Some(item) => readable(&item, &mapping.to_string())?,
            None => Known::default(),
        };
        let now = self.going(function).await?;
        let before = match known.before.as_ref().map(|before| &before.function.function) {
            Some(before) if before != function => self.going(before).await?,
            Some(_) | None => now,
        };
        let closed = now.something || before.something;
        Ok(Known { closed, contained: before.containment, ..known })
    }

    async fn going(&self, function: &FunctionArn) -> Result<Going, AwsError> {
        let gate = self.get(&partition(&function.clone().into()), INCIDENT).await?;
        Ok(gate.map(|item| Going::by(&item)).unwrap_or_default())
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
        let (partition, record, led) = match lesson {
            Lesson::Alias(alias, led) => {
                let partition = partition(&Resource::from(alias.clone()));
                (partition, record_of(alias), whole(led, &lesson.to_string())?)
            }
            Lesson::Mapping(mapping, led) => {
                let partition = partition(&Resource::from(mapping.clone()));
                (partition, SNAPSHOT.to_owned(), whole(led, &lesson.to_string())?)
            }
        };
        let mut write = Write::new(key(&partition, &record))
            .set(LED, text(led))
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

/// What goes on with a function.
#[derive(Debug, Clone, Copy, Default)]
struct Going {
    /// Something that nothing is learned from.
    something: bool,
    /// It is contained.
    containment: bool,
}

impl Going {
    /// As the function's record says. One that cannot be read may say anything.
    fn by(item: &Item) -> Self {
        let Some(gate) = record::gate(item) else {
            return Self { something: true, containment: true };
        };
        let containment = gate.contains && gate.status != IncidentStatus::Restored;
        Self { something: is_closed(&gate), containment }
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
            event: string(item, "event").map(str::to_owned),
            version: numeric(item, "version")?,
            ..Known::default()
        })
    };
    read().ok_or_else(|| unreadable("Query", of.to_owned(), "unreadable journal record"))
}
