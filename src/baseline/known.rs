//! A baseline as an environment knows it: as it was read, and what was counted since and is not written.

use super::{Baseline, Counted};
use time::OffsetDateTime;

/// A baseline as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// None where nothing is known yet.
    pub baseline: Option<Baseline>,
    /// How often it was written.
    pub version: u64,
    /// Something goes on with the function, so that nothing is to be learned.
    pub closed: bool,
    /// Calls before this one that are not written yet.
    pub counted: u32,
    /// Reads of objects before this one that are not written yet.
    pub read: Counted,
    /// It was read for an earlier event: others may have written since.
    pub cached: bool,
}

impl Known {
    /// After a call that was not worth to be written, or a read of an object.
    #[must_use]
    pub fn and_one(self, is_read: bool, now: OffsetDateTime) -> Self {
        let read = if is_read { self.read.and_one(now) } else { self.read };
        Self { counted: self.counted.saturating_add(1), read, cached: false, ..self }
    }

    /// After a call for which `next` was written.
    #[must_use]
    pub fn written(&self, next: Baseline, is_read: bool, now: OffsetDateTime) -> Self {
        let before = self.baseline.as_ref().and_then(|baseline| baseline.reads.as_ref());
        let read = match (before == next.reads.as_ref(), is_read) {
            (false, _) => Counted::default(),
            (true, true) => self.read.and_one(now),
            (true, false) => self.read,
        };
        let (baseline, version) = (Some(next), self.version.saturating_add(1));
        Self { baseline, version, closed: self.closed, counted: 0, read, cached: false }
    }
}
