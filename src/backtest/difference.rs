//! What a change of the control policy adds and takes away, event by event.

use super::{
    judge::Answered,
    summary::{Difference, MOST_FINDINGS, Told, keep_worst},
};

/// Adds what one event came to under the new control policy and under the old one.
pub(super) fn compare(difference: &mut Difference, new: &Answered, old: &Answered) {
    for (key, told) in new {
        let (control, _) = key;
        let into = match old.get(key) {
            None => {
                keep(&mut difference.worst_added, told);
                &mut difference.added
            }
            Some(before) if is_answered_alike(before, told) => {
                difference.same += 1;
                continue;
            }
            Some(_) => &mut difference.answered_otherwise,
        };
        *into.entry(control.clone()).or_default() += 1;
    }
    for (key, told) in old.iter().filter(|(key, _)| !new.contains_key(key)) {
        keep(&mut difference.worst_removed, told);
        *difference.removed.entry(key.0.clone()).or_default() += 1;
    }
}

fn is_answered_alike(one: &Told, other: &Told) -> bool {
    let Told { severity, mode, remediations, unanswered, .. } = one;
    *severity == other.severity
        && *mode == other.mode
        && *remediations == other.remediations
        && *unanswered == other.unanswered
}

fn keep(worst: &mut Vec<Told>, told: &Told) {
    worst.push(told.clone());
    if worst.len() >= 2 * MOST_FINDINGS {
        keep_worst(worst);
    }
}

impl Difference {
    /// Adds that of another account.
    pub(super) fn add(&mut self, other: Self) {
        let Self { added, removed, answered_otherwise, same, worst_added, worst_removed } = other;
        for (into, from) in [
            (&mut self.added, added),
            (&mut self.removed, removed),
            (&mut self.answered_otherwise, answered_otherwise),
        ] {
            for (control, count) in from {
                *into.entry(control).or_default() += count;
            }
        }
        self.same += same;
        self.worst_added.extend(worst_added);
        self.worst_removed.extend(worst_removed);
        keep_worst(&mut self.worst_added);
        keep_worst(&mut self.worst_removed);
    }
}
