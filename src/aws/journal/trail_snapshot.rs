//! How a trail was when it was last found in order: its settings and event selectors as the API writes
//! them, and whether it was recording. Nothing of that is secret. Kept for good: what is compared with
//! nothing is never seen to lose anything.

use super::{
    Journal,
    record::{key, partition, rfc3339, string, text, unreadable},
    write::Write,
};
use crate::{
    aws::{AwsError, ErrorKind},
    resource::{Arn, Resource},
    trail::Trail,
};
use time::OffsetDateTime;

const SNAPSHOT: &str = "snapshot";

impl Journal<'_> {
    /// The snapshot of a trail, if there is one.
    pub async fn trail_snapshot(&self, trail: &Arn) -> Result<Option<Trail>, AwsError> {
        let partition = partition(&Resource::from(trail.clone()));
        let Some(item) = self.get(&partition, SNAPSHOT).await? else { return Ok(None) };
        let kept = string(&item, SNAPSHOT).and_then(|text| serde_json::from_str(text).ok());
        kept.map(Some).ok_or_else(|| {
            unreadable(
                "GetItem",
                partition,
                "unreadable journal record; an operator must delete it",
            )
        })
    }

    /// Keeps a snapshot of a trail in place of the one before, or only where there is none.
    pub async fn keep_trail_snapshot(
        &self,
        arn: &Arn,
        trail: &Trail,
        only_if_new: bool,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let partition = partition(&Resource::from(arn.clone()));
        let whole = serde_json::to_string(trail)
            .map_err(|error| unreadable("UpdateItem", partition.clone(), &error.to_string()))?;
        let mut write = Write::new(key(&partition, SNAPSHOT))
            .set(SNAPSHOT, text(whole))
            .set("moved", text(rfc3339(now)));
        if only_if_new {
            write = write.only_if("attribute_not_exists(incident)");
        }
        match self.update(&partition, write).await {
            Err(error) if only_if_new && error.kind == ErrorKind::Precondition => Ok(()),
            kept => kept,
        }
    }
}
