//! What credentials of functions usually do, as an environment remembers it: `src/handler/baseline.rs`, with the
//! journal in memory.

use super::responder::{Matter, Responder};
use cordon::{
    baseline::{Known, Subject},
    decision::Decision,
    event::FunctionCall,
    state::State,
};

/// As often as `src/handler/learning.rs` tries.
const MOST_TRIES: usize = 5;

impl Responder {
    /// As `Responder::baseline` of the handler.
    pub fn baseline(&mut self, matter: &Matter<'_>, of: &Subject) -> Known {
        let cache = self.environments.get_mut(matter.environment).expect("an environment");
        match cache.get(of).cloned() {
            Some(known) => Known { cached: true, ..known },
            None => {
                self.counts.missed += 1;
                self.baseline_anew(matter, of)
            }
        }
    }

    fn baseline_anew(&mut self, matter: &Matter<'_>, of: &Subject) -> Known {
        let live = self.journal.baseline(of, matter.now);
        let cache = self.environments.get_mut(matter.environment).expect("an environment");
        let Known { counted, read, .. } = cache.get(of).cloned().unwrap_or_default();
        let known = Known { counted, read, ..live };
        cache.put(of, known.clone());
        known
    }

    /// As `Responder::observe` of the handler.
    pub fn observe(&mut self, matter: &Matter<'_>, state: &mut State, decision: &mut Decision) {
        let Some(of) = state.baselines.keys().next().cloned() else { return };
        let is_read = matter.event.call.as_ref().is_some_and(FunctionCall::reads_object);
        let at = matter.event.moment(matter.now);
        for _ in 0..MOST_TRIES {
            let Some(known) = state.baselines.get(&of).cloned() else { return };
            let next = match &decision.observed {
                None if known.cached && decision.contains => None,
                None => {
                    self.remember(matter, &of, known.and_one(is_read, at));
                    return;
                }
                Some((_, next)) => Some(next).filter(|_| !known.cached),
            };
            if let Some(next) = next
                && self.journal.keep(&of, next, known.version, matter.now)
            {
                let known = known.written(next.clone(), is_read, at);
                self.remember(matter, &of, known);
                return;
            }
            let anew = self.baseline_anew(matter, &of);
            state.baselines.insert(of.clone(), anew);
            *decision = matter.decide(state);
        }
    }

    fn remember(&mut self, matter: &Matter<'_>, of: &Subject, known: Known) {
        if let Some(cache) = self.environments.get_mut(matter.environment) {
            cache.put(of, known);
        }
    }
}
