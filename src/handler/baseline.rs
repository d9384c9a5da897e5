//! What credentials of functions usually do, as this environment remembers it: a call that is usual costs
//! neither a read nor a write. What is about to be written is read anew, so that nothing that another
//! environment saw is lost, and nobody is told twice.

use super::{HandlerError, Matter, Responder, learning};
use crate::{
    aws::{AwsError, ErrorKind},
    decision::Decision,
    event::Event,
    resource::FunctionArn,
    state::{KnownBaseline, State},
};
use std::{cell::RefCell, collections::HashMap};

/// The most habits that are remembered, of all functions together: some megabytes.
const MOST_HABITS: usize = 50_000;

/// The baselines that were read lately.
#[derive(Debug, Default)]
pub(super) struct Baselines(RefCell<Cache>);

#[derive(Debug, Default)]
struct Cache {
    known: HashMap<FunctionArn, (u64, KnownBaseline)>,
    /// Counts up with each use.
    clock: u64,
    habits: usize,
}

impl Baselines {
    /// What is remembered of a function.
    fn of(&self, function: &FunctionArn) -> Option<KnownBaseline> {
        let mut cache = self.0.borrow_mut();
        cache.clock += 1;
        let clock = cache.clock;
        let (used, known) = cache.known.get_mut(function)?;
        *used = clock;
        Some(known.clone())
    }

    /// Calls that were seen and are not written.
    fn counted(&self, function: &FunctionArn) -> u32 {
        self.0.borrow().known.get(function).map_or(0, |(_, known)| known.counted)
    }

    fn remember(&self, function: &FunctionArn, known: KnownBaseline) {
        let mut cache = self.0.borrow_mut();
        cache.clock += 1;
        cache.habits += size(&known);
        let entry = (cache.clock, known);
        if let Some((_, before)) = cache.known.insert(function.clone(), entry) {
            cache.habits = cache.habits.saturating_sub(size(&before));
        }
        if cache.habits > MOST_HABITS {
            cache.forget();
        }
    }
}

impl Cache {
    /// Forgets the half that was not used for longest.
    fn forget(&mut self) {
        let mut used: Vec<u64> = self.known.values().map(|(used, _)| *used).collect();
        used.sort_unstable();
        let median = used.get(used.len() / 2).copied().unwrap_or_default();
        self.known.retain(|_, (used, _)| *used > median);
        self.habits = self.known.values().map(|(_, known)| size(known)).sum();
    }
}

/// As much as a function that does little takes.
const LEAST: usize = 4;

fn size(known: &KnownBaseline) -> usize {
    known.baseline.as_ref().map_or(0, |baseline| baseline.len()) + LEAST
}

impl Responder {
    /// What is known of what credentials of a function do, this call counted.
    pub(super) async fn baseline(&self, function: &FunctionArn) -> Result<KnownBaseline, AwsError> {
        match self.baselines.of(function) {
            Some(known) => Ok(KnownBaseline { counted: known.counted + 1, cached: true, ..known }),
            None => self.baseline_anew(function).await,
        }
    }

    async fn baseline_anew(&self, function: &FunctionArn) -> Result<KnownBaseline, AwsError> {
        let known = self.journal().baseline(function).await?;
        let counted = self.baselines.counted(function);
        self.baselines.remember(function, KnownBaseline { counted, ..known.clone() });
        Ok(KnownBaseline { counted: counted + 1, ..known })
    }

    /// Writes down what a decision saw, before anybody is told: who is first tells. Where another delivery
    /// was faster, it is decided again.
    pub(super) async fn observe(
        &self,
        matter: &Matter<'_>,
        state: &mut State,
        decision: &mut Decision,
    ) -> Result<(), HandlerError> {
        let Some(function) = watched(matter.event, state).cloned() else { return Ok(()) };
        for _ in 0..learning::MOST_TRIES {
            let Some(known) = state.baselines.get(&function) else { return Ok(()) };
            let (cached, version, closed) = (known.cached, known.version, known.closed);
            let next = match &decision.observed {
                None if !(cached && decision.contains) => {
                    let known = KnownBaseline { cached: false, ..known.clone() };
                    self.baselines.remember(&function, known);
                    return Ok(());
                }
                None => None,
                Some((_, next)) => Some(next).filter(|_| !cached),
            };
            if let Some(next) = next {
                let now = matter.moment();
                match self.journal().keep_baseline(&function, next, version, now).await {
                    Ok(()) => {
                        let (baseline, version) = (Some(next.clone()), version.saturating_add(1));
                        let (counted, cached) = (0, false);
                        let known = KnownBaseline { baseline, version, closed, counted, cached };
                        self.baselines.remember(&function, known);
                        return Ok(());
                    }
                    Err(error) if error.kind == ErrorKind::Precondition => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let anew = self.baseline_anew(&function).await?;
            state.baselines.insert(function.clone(), anew);
            *decision = matter.decide(state);
        }
        Err(learning::written_all_the_time(&function).into())
    }
}

/// The function whose baseline was read for the event.
fn watched<'a>(event: &'a Event, state: &State) -> Option<&'a FunctionArn> {
    let by_call = event.call.as_ref().map(|call| &call.function);
    by_call.or(event.function()).filter(|function| state.baselines.contains_key(*function))
}
