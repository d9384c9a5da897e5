//! What credentials of functions usually do, as this environment remembers it: a call that is usual costs
//! neither a read nor a write. What is about to be written is read anew, so that nothing that another
//! environment saw is lost, and nobody is told twice.

use super::{HandlerError, Matter, Responder, learning};
use crate::{
    aws::{AwsError, ErrorKind},
    baseline::Known,
    decision::Decision,
    event::Event,
    resource::FunctionArn,
    state::State,
};

impl Responder {
    /// What is known of what credentials of a function do, this call counted.
    pub(super) async fn baseline(&self, function: &FunctionArn) -> Result<Known, AwsError> {
        let cached = self.baselines.borrow_mut().get(function).cloned();
        match cached {
            Some(known) => Ok(Known { counted: known.counted + 1, cached: true, ..known }),
            None => self.baseline_anew(function).await,
        }
    }

    async fn baseline_anew(&self, function: &FunctionArn) -> Result<Known, AwsError> {
        let known = self.journal().baseline(function).await?;
        let counted = self.baselines.borrow().counted(function);
        self.baselines.borrow_mut().put(function, Known { counted, ..known.clone() });
        Ok(Known { counted: counted + 1, ..known })
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
                    let known = Known { cached: false, ..known.clone() };
                    self.baselines.borrow_mut().put(&function, known);
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
                        let known = Known { baseline, version, closed, counted, cached };
                        self.baselines.borrow_mut().put(&function, known);
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
