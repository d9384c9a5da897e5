//! The ledger of answers in the journal: one record of the installation, written only as the version
//! that was read, so that no two deliveries count at the same time. A single record, because writes
//! to it wait for each other, while transactions over several cancel each other:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>

use super::{
    Journal,
    record::{Item, key, number, numeric, string, text, unreadable},
    write::Write,
};
use crate::{
    aws::{AwsError, ErrorKind},
    ledger::{Admission, Answer, Ledger, Refusal},
    policy::Limits,
};
use time::{Duration, OffsetDateTime};

/// The record's partition and sort key.
const LEDGER: &str = "ledger";
const ANSWERS: &str = "answers";

/// How often it is tried to count while others do. Each time somebody else has counted, so that
/// this is more than all deliveries that can be at work.
const MOST_RACES: usize = 200;

/// The partition of what is known of an answer that was refused.
const REFUSED: &str = "refused#";

/// How long telling may take. Less than the minute after which Lambda tries again:
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>
const TELLING: Duration = Duration::seconds(45);

/// How long it is known that an answer was refused and told: longer than its event is retried.
const REFUSED_FOR: Duration = Duration::days(1);

/// The ledger as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenLedger {
    /// What it says.
    pub ledger: Ledger,
    /// None: there was none.
    version: Option<u64>,
}

impl Journal<'_> {
    /// What was answered lately.
    pub async fn ledger(&self) -> Result<SeenLedger, AwsError> {
        seen(self.get(LEDGER, ANSWERS).await?.as_ref())
    }

    /// Counts an answer, as of `seen` or else of what others have written since. The refusal, if it
    /// must not be given.
    ///
    /// # Errors
    /// Whenever it cannot be told that it was counted: then it must not be given either.
    pub async fn admit(
        &self,
        mut seen_ledger: SeenLedger,
        answer: &Answer,
        limits: &Limits,
        now: OffsetDateTime,
    ) -> Result<Option<Refusal>, AwsError> {
        for _ in 0..MOST_RACES {
            let (ledger, refusal) = match seen_ledger.ledger.admit(answer, limits, now) {
                Admission::Known => return Ok(None),
                Admission::Refused(refusal, None) => return Ok(Some(refusal)),
                Admission::Refused(refusal, Some(opened)) => (opened, Some(refusal)),
                Admission::Admitted(ledger) => (ledger, None),
            };
            let write = written(&ledger, seen_ledger.version, limits, now)?;
            let Err(refused) = self.update_or_see(LEDGER, write).await else {
                return Ok(refusal);
            };
            if refused.error.kind != ErrorKind::Precondition {
                return Err(refused.error);
            }
            seen_ledger = seen(refused.stood.as_ref())?;
        }
        Err(AwsError::new("UpdateItem", LEDGER, ErrorKind::Transient, "moved all the time"))
    }

    /// Whether it is on this delivery to tell that an answer was refused: nobody has, or somebody
    /// who was about to was cut short.
    pub async fn is_to_tell(&self, answer: &Answer, now: OffsetDateTime) -> Result<bool, AwsError> {
        let partition = format!("{REFUSED}{}", answer.id);
        let write = Write::new(key(&partition, REFUSED))
            .set("telling", number(now.unix_timestamp()))
            .set("expires_at", number((now + REFUSED_FOR).unix_timestamp()))
            .value("lately", number((now - TELLING).unix_timestamp()))
            .only_if(
                "attribute_not_exists(incident) \
                 OR (attribute_not_exists(told) AND #telling < :lately)",
            );
        match self.update(&partition, write).await {
            Ok(()) => Ok(true),
            Err(error) if error.kind == ErrorKind::Precondition => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// It was told that an answer was refused.
    pub async fn was_told(&self, answer: &Answer, now: OffsetDateTime) -> Result<(), AwsError> {
        let partition = format!("{REFUSED}{}", answer.id);
        let write = Write::new(key(&partition, REFUSED)).set("told", number(now.unix_timestamp()));
        self.update(&partition, write).await
    }
}

fn seen(item: Option<&Item>) -> Result<SeenLedger, AwsError> {
    let Some(item) = item else { return Ok(SeenLedger::default()) };
    let ledger = string(item, ANSWERS).and_then(|text| serde_json::from_str(text).ok());
    let version = numeric(item, "version");
    match (ledger, version) {
        (Some(ledger), Some(version)) => Ok(SeenLedger { ledger, version: Some(version) }),
        (_, _) => Err(unreadable(
            "GetItem",
            format!("{LEDGER} {ANSWERS}"),
            "unreadable journal record; an operator must delete it, then counting begins anew",
        )),
    }
}

/// The write of the next version. Nothing in it counts any more two windows after the last answer,
/// or three after a breach.
fn written(
    ledger: &Ledger,
    version: Option<u64>,
    limits: &Limits,
    now: OffsetDateTime,
) -> Result<Write, AwsError> {
    let whole = serde_json::to_string(ledger)
        .map_err(|error| unreadable("UpdateItem", LEDGER.to_owned(), &error.to_string()))?;
    let expires: OffsetDateTime = now + limits.window.duration() * 4;
    let write = Write::new(key(LEDGER, ANSWERS))
        .set(ANSWERS, text(whole))
        .set("version", number(version.unwrap_or_default().saturating_add(1)))
        .set("expires_at", number(expires.unix_timestamp()));
    Ok(match version {
        None => write.only_if("attribute_not_exists(incident)"),
        Some(version) => write.value("before", number(version)).only_if("#version = :before"),
    })
}
