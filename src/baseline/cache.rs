//! The baselines that were read lately. Bounded by what they hold together; what was not used for longest is
//! forgotten first.

use super::Known;
use crate::resource::FunctionArn;
use std::collections::HashMap;

/// The most habits that are remembered, of all functions together: some ten megabytes.
const MOST: usize = 50_000;

/// As many as a function that does little takes.
const LEAST: usize = 4;

/// The baselines that were read lately.
#[derive(Debug, Default)]
pub struct Cache {
    known: HashMap<FunctionArn, Entry>,
    /// Counts up with each use.
    clock: u64,
    habits: usize,
}

#[derive(Debug)]
struct Entry {
    used: u64,
    known: Known,
}

impl Cache {
    /// What is remembered of a function.
    pub fn get(&mut self, function: &FunctionArn) -> Option<&Known> {
        self.clock += 1;
        let entry = self.known.get_mut(function)?;
        entry.used = self.clock;
        Some(&entry.known)
    }

    /// Calls that were seen and are not written.
    pub fn counted(&self, function: &FunctionArn) -> u32 {
        self.known.get(function).map_or(0, |entry| entry.known.counted)
    }

    /// Remembers what is known of a function.
    pub fn put(&mut self, function: &FunctionArn, known: Known) {
        self.clock += 1;
        self.habits += size(&known);
        let entry = Entry { used: self.clock, known };
        if let Some(before) = self.known.insert(function.clone(), entry) {
            self.habits = self.habits.saturating_sub(size(&before.known));
        }
        if self.habits > MOST {
            self.forget();
        }
    }

    /// How many functions are remembered.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Forgets the half that was not used for longest.
    fn forget(&mut self) {
        let mut used: Vec<u64> = self.known.values().map(|entry| entry.used).collect();
        used.sort_unstable();
        let median = used.get(used.len() / 2).copied().unwrap_or_default();
        self.known.retain(|_, entry| entry.used > median);
        self.habits = self.known.values().map(|entry| size(&entry.known)).sum();
    }
}

fn size(known: &Known) -> usize {
    known.baseline.as_ref().map_or(0, super::Baseline::len) + LEAST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::{Baseline, Habit, Sighting};
    use time::macros::datetime;

    const BEGAN: time::OffsetDateTime = datetime!(2026-10-01 0:00 UTC);

    fn function(number: usize) -> FunctionArn {
        FunctionArn::parse(&format!("arn:aws:lambda:eu-west-1:111122223333:function:f{number}"))
            .unwrap()
    }

    fn known(habits: usize) -> Known {
        let habit = |n| (Habit::Call(format!("s3:Get{n}")), Sighting::usual(BEGAN, BEGAN));
        let baseline = Some(Baseline::of(BEGAN, 50, None, (0..habits).map(habit)));
        Known { baseline, ..Known::default() }
    }

    #[test]
    fn however_many_functions_there_are_it_stays_small_and_keeps_the_ones_in_use() {
        let mut cache = Cache::default();
        for number in 0..20_000 {
            cache.put(&function(number), known(number % 20));
            assert!(cache.get(&function(0)).is_some(), "{number}");
            assert!(cache.habits <= MOST);
        }
        assert!(cache.len() < 20_000 / 2);
        assert!(cache.get(&function(19_999)).is_some() && cache.get(&function(1)).is_none());
        let habits: usize = cache.known.values().map(|entry| size(&entry.known)).sum();
        assert_eq!(cache.habits, habits);
    }

    #[test]
    fn what_is_put_again_counts_once() {
        let mut cache = Cache::default();
        assert!(cache.is_empty());
        for _ in 0..20_000 {
            cache.put(&function(1), Known { counted: 7, ..known(6) });
        }
        assert_eq!((cache.len(), cache.habits, cache.counted(&function(1))), (1, 10, 7));
        assert_eq!(cache.counted(&function(2)), 0);
    }
}
