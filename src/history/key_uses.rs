//! Where access keys of functions were used lately. Refuses to grow: of the keys those that were used last
//! are known, and of each key the last places.

use crate::{event::Event, state::KeyUse};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// Credentials of a function do not live longer.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>
const LASTS: Duration = Duration::hours(12);
const MOST_KEYS: usize = 20_000;
/// As many as a live read looks at.
const MOST_USES: usize = 150;

/// Where access keys were used.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyUses(BTreeMap<String, Used>);

#[derive(Debug, Clone)]
struct Used {
    last: OffsetDateTime,
    /// Different uses, each with its last time, the last one last.
    uses: Vec<(KeyUse, OffsetDateTime)>,
}

impl KeyUses {
    pub(super) fn learn(&mut self, event: &Event, at: OffsetDateTime) {
        let (Some(key), Some(call)) = (&event.actor.key, &event.call) else { return };
        let (source, endpoint) = (event.actor.source.clone(), event.actor.endpoint.clone());
        let one = KeyUse { endpoint, source, marked: call.marked };
        match self.0.get_mut(key) {
            Some(used) => used.add(one, at),
            None => {
                self.make_room(at);
                self.0.insert(key.clone(), Used { last: at, uses: vec![(one, at)] });
            }
        }
    }

    /// How many keys are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Those that were used longest ago go first, many at once.
    fn make_room(&mut self, now: OffsetDateTime) {
        let mut age = LASTS;
        if self.0.len() < MOST_KEYS {
            return;
        }
        while self.0.len() > MOST_KEYS / 2 && age.is_positive() {
            self.0.retain(|_, used| now - used.last <= age);
            age /= 2;
        }
        if self.0.len() > MOST_KEYS / 2 {
            self.0.clear();
        }
    }

    /// The uses of a key, the last one first.
    pub(super) fn of(&self, key: &str, at: OffsetDateTime) -> Vec<KeyUse> {
        let lately = |used: &OffsetDateTime| *used <= at && at - *used <= LASTS;
        let uses = self.0.get(key).into_iter().flat_map(|used| used.uses.iter().rev());
        uses.filter(|(_, used)| lately(used)).map(|(one, _)| one.clone()).collect()
    }
}

impl Used {
    fn add(&mut self, one: KeyUse, at: OffsetDateTime) {
        self.last = self.last.max(at);
        self.uses.retain(|(known, _)| *known != one);
        self.uses.push((one, at));
        let surplus = self.uses.len().saturating_sub(MOST_USES);
        self.uses.drain(..surplus);
    }
}
