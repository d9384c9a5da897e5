//! What was seen on one resource within the hour, and how often: so that the same is told once, however many
//! deliveries show it, and counted over all of them. Refuses to grow: more names than fit are not told one
//! by one, and of the deliveries that were counted the last ones are known.

use crate::{finding::ControlId, resource::Resource};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, btree_map::Entry};
use time::{Duration, OffsetDateTime};

/// What a control saw of one resource in one delivery, to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The resource.
    pub subject: Resource,
    /// The control.
    pub control: ControlId,
    /// How often it saw what.
    pub seen: BTreeMap<String, u32>,
    /// How often makes it enough, if any number does.
    pub stop: Option<u32>,
}

/// What was seen lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tally {
    /// When the first of it was seen, in seconds since 1970.
    since: i64,
    seen: BTreeMap<String, Counted>,
    /// The deliveries that are in it.
    deliveries: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Counted {
    count: u32,
    /// The delivery that showed it first, and tells it.
    told: String,
    /// The one with which it was enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<String>,
}

/// For how long a tally counts from its beginning on.
const LASTS: Duration = Duration::hours(1);
const MOST_NAMES: usize = 100;
const MOST_DELIVERIES: usize = 100;

impl Tally {
    /// The same with what `delivery` shows, or anew where this one is over; none if it is in it already.
    #[must_use]
    pub fn with(&self, sighting: &Sighting, delivery: &str, now: OffsetDateTime) -> Option<Self> {
        let mut tally = if self.is_over(now) { Self::anew(now) } else { self.clone() };
        if tally.deliveries.iter().any(|one| one == delivery) {
            return None;
        }
        for (name, times) in &sighting.seen {
            let is_full = tally.seen.len() >= MOST_NAMES;
            let counted = match tally.seen.entry(name.clone()) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(_) if is_full => continue,
                Entry::Vacant(new) => {
                    new.insert(Counted { told: delivery.to_owned(), ..Counted::default() })
                }
            };
            counted.count = counted.count.saturating_add(*times);
            let is_enough = sighting.stop.is_some_and(|stop| counted.count >= stop);
            if is_enough && counted.reached.is_none() {
                counted.reached = Some(delivery.to_owned());
            }
        }
        if tally.deliveries.len() >= MOST_DELIVERIES {
            tally.deliveries.remove(0);
        }
        tally.deliveries.push(delivery.to_owned());
        Some(tally)
    }

    fn anew(now: OffsetDateTime) -> Self {
        Self { since: now.unix_timestamp(), ..Self::default() }
    }

    fn is_over(&self, now: OffsetDateTime) -> bool {
        let age = now.unix_timestamp().saturating_sub(self.since);
        !(0..LASTS.whole_seconds()).contains(&age)
    }

    /// How often `name` was seen.
    pub fn count(&self, name: &str) -> u32 {
        self.seen.get(name).map(|counted| counted.count).unwrap_or_default()
    }

    /// Whether it is on `delivery` to tell `name`.
    pub fn is_told_by(&self, name: &str, delivery: &str) -> bool {
        self.seen.get(name).is_some_and(|counted| counted.told == delivery)
    }

    /// Whether `delivery` was the one with which `name` was seen often enough.
    pub fn is_reached_by(&self, name: &str, delivery: &str) -> bool {
        self.seen.get(name).is_some_and(|counted| counted.reached.as_deref() == Some(delivery))
    }

    /// Whether `delivery` shows anything that is to be told.
    pub fn tells_something(&self, delivery: &str) -> bool {
        self.seen.keys().any(|name| self.is_told_by(name, delivery))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::FunctionArn;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

    fn sighting(seen: &[(&str, u32)], stop: Option<u32>) -> Sighting {
        let arn = "arn:aws:lambda:us-east-1:111122223333:function:orders";
        let seen = seen.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect();
        let subject = FunctionArn::parse(arn).unwrap().into();
        Sighting { subject, control: ControlId::LogAttackSignature, seen, stop }
    }

    #[test]
    fn the_first_delivery_tells_and_all_are_counted_once() {
        let seen = sighting(&[("a", 2)], Some(3));
        let first = Tally::default().with(&seen, "one", NOW).unwrap();
        assert!(first.is_told_by("a", "one") && !first.is_reached_by("a", "one"));
        assert_eq!(first.with(&seen, "one", NOW), None);
        let second = first.with(&seen, "two", NOW).unwrap();
        assert!(second.is_told_by("a", "one") && !second.tells_something("two"));
        assert!(second.is_reached_by("a", "two"));
        let third = second.with(&seen, "three", NOW).unwrap();
        assert_eq!((third.count("a"), third.is_reached_by("a", "three")), (6, false));
    }

    #[test]
    fn after_an_hour_it_begins_anew_and_so_it_does_if_the_clock_went_back() {
        let seen = sighting(&[("a", 1)], None);
        let tally = Tally::default().with(&seen, "one", NOW).unwrap();
        for (later, want) in [(59, 2), (60, 1), (-1, 1)] {
            let next = tally.with(&seen, "two", NOW + Duration::minutes(later)).unwrap();
            assert_eq!(next.count("a"), want, "{later}");
        }
        assert!(tally.with(&seen, "one", NOW + LASTS).unwrap().is_told_by("a", "one"));
    }

    #[test]
    fn it_grows_no_further_than_its_record_bears() {
        let mut tally = Tally::default();
        for number in 0..500 {
            let (name, delivery) = (format!("name-{number}"), format!("delivery-{number}"));
            tally = tally.with(&sighting(&[(&name, 1)], None), &delivery, NOW).unwrap();
        }
        assert_eq!((tally.seen.len(), tally.deliveries.len()), (MOST_NAMES, MOST_DELIVERIES));
        assert_eq!(tally.count("name-499"), 0);
        assert!(!tally.tells_something("delivery-499"));
    }
}
