//! How many objects of S3 a function reads in an hour, and how many is too many: a multiple of the most that it
//! usually reads. Counted in steps, so that most reads cost no write; what an environment has counted when it ends
//! is lost, and is less than a step.
//! Refuses to let what is usual grow fast unless that was told: who reads a little more each hour must not get
//! far.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The fewest reads that are counted together.
const STEP: u32 = 100;

/// The part of what is usual that is counted together, and by which it grows in a day at most.
const PART: u32 = 4;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// How many objects a function reads in an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// The most that is usual.
    usual: u32,
    /// The hour that is counted, in hours since 1970.
    hour: i64,
    count: u32,
    /// The event at which it was too many in this hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<String>,
    /// The day on which what is usual grew last, in days since 1970.
    grew: i64,
}

/// Reads of one hour that are not written yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    hour: i64,
    count: u32,
}

impl Counted {
    /// With one more, at `now`.
    #[must_use]
    pub fn and_one(self, now: OffsetDateTime) -> Self {
        let hour = hour_of(now);
        let count = if self.hour == hour { self.count } else { 0 };
        Self { hour, count: count.saturating_add(1) }
    }
}

/// From when on reads are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimit {
    /// So many times what is usual.
    pub times: u32,
    /// And at least so many in an hour.
    pub least: u32,
}

/// More was read than is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// In this hour.
    pub count: u32,
    /// In an hour, at most.
    pub usual: u32,
}

impl Reads {
    /// What it becomes by what was counted, if that is enough to be written. `learns`: it is learned what is
    /// usual; `closed`: something goes on with the function.
    pub(super) fn add(
        &self,
        counted: Counted,
        limit: ReadLimit,
        event: &str,
        learns: bool,
        closed: bool,
    ) -> Option<Self> {
        if counted.count < STEP.max(self.usual / PART) {
            return None;
        }
        let mut next = self.at(counted.hour, learns, closed);
        let before = next.count;
        next.count = next.count.saturating_add(counted.count);
        let most = next.most(limit);
        if !learns && next.told.is_none() && before <= most && next.count > most {
            next.told = Some(event.to_owned());
        }
        Some(next)
    }

    /// The same in another hour, in which nothing was read yet.
    fn at(&self, hour: i64, learns: bool, closed: bool) -> Self {
        if hour == self.hour {
            return self.clone();
        }
        let day = hour * HOUR / DAY;
        let may_grow = if learns || self.told.is_some() {
            self.count
        } else if day > self.grew {
            self.count.min(self.usual.saturating_add(self.usual / PART))
        } else {
            0
        };
        let usual = if closed { self.usual } else { self.usual.max(may_grow) };
        let grew = if usual > self.usual { day } else { self.grew };
        Self { usual, hour, count: 0, told: None, grew }
    }

    /// The most that is not too many.
    fn most(&self, limit: ReadLimit) -> u32 {
        self.usual.saturating_mul(limit.times).max(limit.least)
    }

    /// What was too many, if `event` is the one at which it was.
    pub(super) fn too_many(&self, event: &str) -> Option<TooMany> {
        let is_told = self.told.as_deref() == Some(event);
        is_told.then_some(TooMany { count: self.count, usual: self.usual })
    }
}

fn hour_of(now: OffsetDateTime) -> i64 {
    now.unix_timestamp() / HOUR
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, macros::datetime};

    const BEGAN: OffsetDateTime = datetime!(2026-10-01 0:00 UTC);
    const LIMIT: ReadLimit = ReadLimit { times: 5, least: 1000 };

    /// A function whose reads are counted by one environment.
    #[derive(Default)]
    struct Reader {
        reads: Reads,
        counted: Counted,
        writes: usize,
    }

    impl Reader {
        /// Reads so many in one hour; at how many it was told.
        fn read(&mut self, hour: i64, count: u32, learns: bool) -> Vec<TooMany> {
            let (mut told, now) = (Vec::new(), BEGAN + Duration::hours(hour));
            for number in 0..count {
                self.counted = self.counted.and_one(now);
                let event = format!("{hour}-{number}");
                if let Some(next) = self.reads.add(self.counted, LIMIT, &event, learns, false) {
                    told.extend(next.too_many(&event));
                    (self.reads, self.writes) = (next, self.writes + 1);
                    self.counted = Counted::default();
                }
            }
            told
        }
    }

    #[test]
    fn what_is_read_many_times_as_much_is_told_once_in_the_hour() {
        let mut reader = Reader::default();
        for hour in 0..24 {
            assert!(reader.read(hour, 2_000, true).is_empty());
        }
        assert!(reader.read(24, 9_000, false).is_empty());
        let told = reader.read(25, 30_000, false);
        assert_eq!(told.len(), 1);
        // The 9,000 before were not too many, and let it grow by a quarter.
        assert_eq!(told[0].usual, 2_500);
        assert!((12_500..13_200).contains(&told[0].count), "{told:?}");
    }

    #[test]
    fn most_reads_cost_no_write() {
        let mut reader = Reader::default();
        for hour in 0..100 {
            reader.read(hour, 10_000, hour < 48);
        }
        assert!(reader.writes < 600, "{}", reader.writes);
    }

    #[test]
    fn a_little_more_each_hour_gets_not_far() {
        let mut reader = Reader::default();
        for hour in 0..24 {
            reader.read(hour, 2_000, true);
        }
        let mut count = 2_000;
        let told = (24..48).find(|hour| {
            count = count * 3 / 2;
            !reader.read(*hour, count, false).is_empty()
        });
        assert_eq!(told, Some(28), "it reads {count}");
    }

    #[test]
    fn what_was_told_is_known_from_then_on() {
        let mut reader = Reader::default();
        for hour in 0..24 {
            reader.read(hour, 2_000, true);
        }
        assert_eq!(reader.read(30, 20_000, false).len(), 1);
        assert!(reader.read(31, 20_000, false).is_empty());
        assert!(reader.read(24 * 30, 20_000, false).is_empty());
    }

    #[test]
    fn little_is_never_too_many() {
        let mut reader = Reader::default();
        reader.read(0, 150, true);
        assert!(reader.read(1, 1_000, false).is_empty());
        assert_eq!(reader.read(2, 1_200, false).len(), 1);
    }

    #[test]
    fn while_something_goes_on_nothing_becomes_usual() {
        let told = Reads { usual: 500, hour: 1, count: 90_000, told: Some("e".into()), grew: 0 };
        assert_eq!(told.at(2, false, true).usual, 500);
        assert_eq!(told.at(2, false, false).usual, 90_000);
        assert_eq!(told.too_many("e"), Some(TooMany { count: 90_000, usual: 500 }));
        assert_eq!(told.too_many("f"), None);
    }
}
