//! What credentials of a function usually do, in a partition of its own: whoever asks what goes on with a
//! function does not pay for reading it. Written only over the version that was read, and gone once nobody
//! has seen anything for longer than is remembered.

use super::{
    Journal,
    record::{INCIDENT, gate, key, number, numeric, partition, string, text, unreadable},
    snapshot::is_closed,
    write::Write,
};
use crate::{
    aws::AwsError,
    baseline::{Baseline, Known, MEMORY},
    resource::FunctionArn,
};
use time::{Duration, OffsetDateTime};

/// The sort key.
const BASELINE: &str = "baseline";

/// The attribute that holds it.
const HABITS: &str = "habits";

/// How much longer than it counts it is kept.
const SPARE: Duration = Duration::days(15);

impl Journal<'_> {
    /// What is known of what credentials of the function do: two reads, side by side.
    pub async fn baseline(&self, function: &FunctionArn) -> Result<Known, AwsError> {
        let (own, subject) = (own(function), partition(&function.clone().into()));
        let (known, going) =
            futures_util::join!(self.get(&own, BASELINE), self.get(&subject, INCIDENT));
        let closed = going?.is_some_and(|item| gate(&item).is_none_or(|gate| is_closed(&gate)));
        let Some(item) = known? else {
            return Ok(Known { closed, ..Known::default() });
        };
        let read = || {
            let baseline = serde_json::from_str(string(&item, HABITS)?).ok()?;
            Some((baseline, numeric(&item, "version")?))
        };
        let unreadable = || unreadable("GetItem", own.clone(), "unreadable journal record");
        let (baseline, version) = read().ok_or_else(unreadable)?;
        Ok(Known { baseline: Some(baseline), version, closed, ..Known::default() })
    }

    /// Writes what it has become over the `version` that was read.
    ///
    /// # Errors
    /// [`crate::aws::ErrorKind::Precondition`] where another delivery wrote since: read again.
    pub async fn keep_baseline(
        &self,
        function: &FunctionArn,
        baseline: &Baseline,
        version: u64,
        now: OffsetDateTime,
    ) -> Result<(), AwsError> {
        let own = own(function);
        let whole = serde_json::to_string(baseline)
            .map_err(|error| unreadable("UpdateItem", own.clone(), &error.to_string()))?;
        let write = Write::new(key(&own, BASELINE))
            .set(HABITS, text(whole))
            .set("version", number(version.saturating_add(1)))
            .set("expires_at", number((now + MEMORY + SPARE).unix_timestamp()));
        let write = match version {
            0 => write.only_if("attribute_not_exists(incident)"),
            known => write.value("known", number(known)).only_if("#version = :known"),
        };
        self.update(&own, write).await
    }
}

fn own(function: &FunctionArn) -> String {
    format!("baseline#{function}")
}
