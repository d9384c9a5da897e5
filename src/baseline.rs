//! What the credentials of a function usually do: the calls they make, those that are denied, where they
//! call from, the roles they assume. Learned for a week and fifty calls, and from then on what is new is
//! told, or is a sign. Bounded, whatever a caller does: what was learned is not pushed out by what was not.
//! Refuses to count how often something is done: a call that is known costs no write.

mod cache;
mod habit;
mod known;
mod reads;
mod seen;
mod sighting;
mod subject;
#[cfg(test)]
mod tests;

pub use cache::Cache;
pub use habit::{Habit, HabitError};
pub use known::Known;
pub use reads::{Counted, ReadLimit, Reads, TooMany};
pub use seen::{Seen, Sight, Standing};
pub use sighting::Sighting;
pub use subject::Subject;

use seen::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// How long is learned at least.
pub const LEARNING: Duration = Duration::days(7);

/// How many calls are learned from at least.
pub const LEARNING_CALLS: u32 = 50;

/// What was not seen for so long is forgotten. Longer than a month has, for what is done once a month.
pub const MEMORY: Duration = Duration::days(45);

/// How old a sighting may be before it is written again: often enough that nothing is forgotten that goes
/// on, and seldom enough that what goes on all the time costs next to nothing.
const FRESH: Duration = Duration::days(9);

/// How long after a deployment what is new is learned: a new feature's calls come with it.
const DEPLOYMENT: Duration = Duration::days(1);

/// The most habits of one function.
const MOST: usize = 300;

/// How many fewer are too many to be told anything from.
const SPARE: usize = 20;

/// How many calls are counted before that is written, while it is learned.
pub const COUNTED_AT_ONCE: u32 = 10;

/// What the credentials of a function usually do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// When it was begun.
    #[serde(with = "time::serde::timestamp")]
    began: OffsetDateTime,
    /// How many calls were learned from, until they are enough.
    calls: u32,
    /// When somebody trusted deployed new code last.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::timestamp::option"
    )]
    deployed: Option<OffsetDateTime>,
    habits: BTreeMap<Habit, Sighting>,
    /// How many objects it reads; none where that was not counted yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reads: Option<Reads>,
}

impl Baseline {
    /// One that knows nothing yet.
    pub const fn begin(now: OffsetDateTime) -> Self {
        Self { began: now, calls: 0, deployed: None, habits: BTreeMap::new(), reads: None }
    }

    /// One that is known otherwise.
    pub fn of(
        began: OffsetDateTime,
        calls: u32,
        deployed: Option<OffsetDateTime>,
        habits: impl IntoIterator<Item = (Habit, Sighting)>,
    ) -> Self {
        Self { began, calls, deployed, habits: habits.into_iter().collect(), reads: None }
    }

    /// The same, with what it reads.
    #[must_use]
    pub fn with_reads(self, reads: Option<Reads>) -> Self {
        Self { reads, ..self }
    }

    /// Whether it is younger than what is learned takes, however many calls there were.
    pub fn is_young(&self, now: OffsetDateTime) -> bool {
        now < self.began + LEARNING || self.is_forgotten(now)
    }

    /// Whether it is learned yet, at `now`: until then nothing is unusual. What is forgotten as a whole is
    /// learned anew, from the first call on.
    pub fn is_learning(&self, now: OffsetDateTime) -> bool {
        self.calls < LEARNING_CALLS || self.is_young(now)
    }

    /// Whether new code was deployed so lately that what is new comes with it.
    pub fn is_deployed_lately(&self, now: OffsetDateTime) -> bool {
        self.deployed.is_some_and(|at| at <= now && now < at + DEPLOYMENT)
    }

    /// How many habits it holds.
    pub fn len(&self) -> usize {
        self.habits.len()
    }

    /// Its habits.
    pub fn habits(&self) -> impl Iterator<Item = &Habit> {
        self.habits.keys()
    }

    /// Whether it does so many things that a new one says nothing.
    pub fn is_full(&self) -> bool {
        self.habits.len() >= MOST - SPARE
    }

    /// Whether it knows nothing.
    pub fn is_empty(&self) -> bool {
        self.habits.is_empty()
    }

    fn sighting(&self, habit: &Habit, now: OffsetDateTime) -> Option<&Sighting> {
        self.habits.get(habit).filter(|sighting| sighting.last + MEMORY > now)
    }

    /// How `habit` stands, which `event` shows at `now`.
    pub fn standing(&self, habit: &Habit, event: &str, now: OffsetDateTime) -> Standing {
        match self.sighting(habit, now) {
            None => Standing::New,
            Some(seen) if seen.event.as_deref() == Some(event) => Standing::New,
            Some(seen) if seen.usual => Standing::Usual,
            Some(seen) => match seen.unusual {
                Some(unusual) if unusual + habit.course().new_again_after > now => Standing::Lately,
                Some(_) | None => Standing::New,
            },
        }
    }

    /// Whether `habit` was not seen, as far as is remembered, before `event`, which shows it at `now`.
    pub fn is_first(&self, habit: &Habit, event: &str, now: OffsetDateTime) -> bool {
        self.sighting(habit, now)
            .is_none_or(|seen| seen.event.as_deref() == Some(event) && seen.first >= now)
    }

    /// Whether `habit` counts as usual, whichever event shows it.
    pub fn is_usual(&self, habit: &Habit, now: OffsetDateTime) -> bool {
        self.sighting(habit, now).is_some_and(|seen| seen.usual)
    }

    /// The things of the kind that `is` says that were new from `since` until `until`.
    pub fn new_within(
        &self,
        since: OffsetDateTime,
        until: OffsetDateTime,
        is: impl Fn(&Habit) -> bool,
    ) -> impl Iterator<Item = &Habit> {
        let new = move |(_, seen): &(&Habit, &Sighting)| {
            seen.unusual.is_some_and(|unusual| unusual >= since && unusual <= until)
        };
        self.habits.iter().filter(new).map(|(habit, _)| habit).filter(move |habit| is(habit))
    }

    /// When `habit` was new last, if `event` showed it.
    pub fn new_at(&self, habit: &Habit, event: &str) -> Option<OffsetDateTime> {
        let seen = self.habits.get(habit)?;
        seen.unusual.filter(|_| seen.event.as_deref() == Some(event))
    }

    /// When it was begun.
    pub const fn began(&self) -> OffsetDateTime {
        self.began
    }

    /// What it becomes by one call, if that is worth to be written.
    #[must_use]
    pub fn observe(&self, seen: &Seen<'_>) -> Option<Self> {
        let Seen { sights, event, now, closed, counted, reads } = *seen;
        let begun;
        let known = if self.is_forgotten(now) {
            begun = Self::begin(now);
            &begun
        } else {
            self
        };
        let moment = Moment { event, now, closed };
        let seen: Vec<(&Habit, Sighting)> = sights
            .iter()
            .filter(|sight| !sight.habit.is_too_long())
            .filter_map(|sight| Some((&sight.habit, known.see(sight, &moment)?)))
            .collect();
        let counts = known.calls < LEARNING_CALLS && !closed;
        let learns = (known.is_learning(now) || known.is_deployed_lately(now)) && !closed;
        let none = Reads::default();
        let reads = reads.and_then(|(counted, limit)| {
            known.reads.as_ref().unwrap_or(&none).add(counted, limit, event, learns, closed)
        });
        if seen.is_empty() && reads.is_none() && !(counts && counted >= COUNTED_AT_ONCE) {
            return None;
        }
        let mut next = known.clone();
        next.habits.extend(seen.into_iter().map(|(habit, sighting)| (habit.clone(), sighting)));
        next.reads = reads.or(next.reads);
        if counts {
            next.calls = next.calls.saturating_add(counted).min(LEARNING_CALLS);
        }
        next.forget(now);
        Some(next)
    }

    /// The sighting that one thing becomes, if that is worth to be written.
    fn see(&self, sight: &Sight, moment: &Moment<'_>) -> Option<Sighting> {
        let (habit, Moment { event, now, closed }) = (&sight.habit, *moment);
        let (course, is_new) = (habit.course(), self.standing(habit, event, now) == Standing::New);
        let deployed = self.is_deployed_lately(now) && course.with_deployment;
        let open = (self.is_learning(now) || deployed) && !closed;
        let learns = open || (is_new && course.once_told);
        let may_be_usual = sight.may_be_usual && !closed;
        let Some(seen) = self.sighting(habit, now) else {
            let usual = may_be_usual && learns;
            let unusual = (!(usual && open)).then_some(now);
            return Some(Sighting {
                first: now,
                last: now,
                usual,
                unusual,
                event: Some(event.to_owned()),
            });
        };
        if seen.event.as_deref() == Some(event) {
            return None;
        }
        let is_adopted = course.after.is_some_and(|after| now >= seen.first + after);
        let usual = seen.usual || (may_be_usual && (learns || is_adopted));
        if usual == seen.usual && !is_new && seen.last + FRESH > now {
            return None;
        }
        Some(Sighting {
            first: seen.first,
            last: seen.last.max(now),
            usual,
            unusual: if is_new && !(usual && open) { Some(now) } else { seen.unusual },
            event: is_new.then(|| event.to_owned()),
        })
    }

    /// What was too many of the objects that it read, if `event` is the one at which it was.
    pub fn too_many_reads(&self, event: &str) -> Option<TooMany> {
        self.reads.as_ref()?.too_many(event)
    }

    /// What it becomes by a deployment of somebody trusted, if that is something new.
    #[must_use]
    pub fn deploy(&self, at: OffsetDateTime) -> Option<Self> {
        let is_new = self.deployed.is_none_or(|known| known < at);
        is_new.then(|| Self { deployed: Some(at), ..self.clone() })
    }

    /// Whether nothing in it counts any more: then it is begun anew.
    fn is_forgotten(&self, now: OffsetDateTime) -> bool {
        !self.habits.is_empty() && self.habits.values().all(|seen| seen.last + MEMORY <= now)
    }

    /// Keeps it small: what is too old goes, and then what was not learned and seen longest ago.
    fn forget(&mut self, now: OffsetDateTime) {
        self.habits.retain(|_, seen| seen.last + MEMORY > now);
        while self.habits.len() > MOST {
            // What was learned stays longest, then what was told and is usual since.
            let rank =
                |seen: &Sighting| (seen.usual && seen.unusual.is_none(), seen.usual, seen.last);
            let oldest = self.habits.iter().min_by_key(|(_, seen)| rank(seen));
            let Some(oldest) = oldest.map(|(habit, _)| habit.clone()) else { return };
            self.habits.remove(&oldest);
        }
    }
}
