//! What was seen on a resource within the hour: one record for each control, beside what goes on with the
//! resource, written only as the version that was read, so that of two deliveries at the same time one
//! tells. Refuses to count a delivery twice.

use super::{
    Journal, WINDOW,
    record::{Item, key, number, numeric, partition, string, text, unreadable},
    write::Write,
};
use crate::{
    aws::{AwsError, ErrorKind},
    state::{Sighting, Tally},
};
use time::OffsetDateTime;

/// The sort key, before the control.
const SEEN: &str = "seen#";
const TALLY: &str = "tally";

/// How often it is tried to count while others do. Each time somebody else has counted.
const MOST_RACES: usize = 50;

impl Journal<'_> {
    /// Counts what `delivery` shows; all that was seen, it included. The first delivery costs one write,
    /// each other one a refusal that tells what stands there, and a write.
    pub async fn tally(
        &self,
        sighting: &Sighting,
        delivery: &str,
        now: OffsetDateTime,
    ) -> Result<Tally, AwsError> {
        let (partition, record) =
            (partition(&sighting.subject), format!("{SEEN}{}", sighting.control));
        let (mut known, mut version) = (Tally::default(), None);
        for _ in 0..MOST_RACES {
            let Some(tally) = known.with(sighting, delivery, now) else { return Ok(known) };
            let write = written(&partition, &record, &tally, version, now)?;
            let Err(refused) = self.update_or_see(&partition, write).await else {
                return Ok(tally);
            };
            if refused.error.kind != ErrorKind::Precondition {
                return Err(refused.error);
            }
            (known, version) = match refused.stood.as_ref() {
                Some(stood) => {
                    let (known, version) = readable(stood).ok_or_else(|| {
                        let which = format!("{partition} {record}");
                        let why = "unreadable journal record; an operator must delete it, then \
                                   counting begins anew";
                        unreadable("UpdateItem", which, why)
                    })?;
                    (known, Some(version))
                }
                None => (Tally::default(), None),
            };
        }
        Err(AwsError::new("UpdateItem", &partition, ErrorKind::Transient, "moved all the time"))
    }
}

fn readable(item: &Item) -> Option<(Tally, u64)> {
    let tally = serde_json::from_str(string(item, TALLY)?).ok()?;
    Some((tally, numeric(item, "version")?))
}

fn written(
    partition: &str,
    record: &str,
    tally: &Tally,
    version: Option<u64>,
    now: OffsetDateTime,
) -> Result<Write, AwsError> {
    let whole = serde_json::to_string(tally)
        .map_err(|error| unreadable("UpdateItem", partition.to_owned(), &error.to_string()))?;
    let expires: OffsetDateTime = now + WINDOW * 2;
    let write = Write::new(key(partition, record))
        .set(TALLY, text(whole))
        .set("version", number(version.unwrap_or_default().saturating_add(1)))
        .set("expires_at", number(expires.unix_timestamp()));
    Ok(match version {
        None => write.only_if("attribute_not_exists(incident)"),
        Some(version) => write.value("before", number(version)).only_if("#version = :before"),
    })
}
