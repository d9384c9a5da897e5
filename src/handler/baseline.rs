//! What credentials of functions usually do, as this environment remembers it: a call that is usual costs
//! neither a read nor a write. What is about to be written is read anew, so that nothing that another
//! environment saw is lost, and nobody is told twice.

use super::{HandlerError, Matter, Responder, learning};
use crate::{
    aws::{AwsError, ErrorKind},
    baseline::{Known, Subject},
    decision::Decision,
    event::{FunctionCall, Kind},
    state::State,
};

impl Responder {
    /// What is known of it.
    pub(super) async fn baseline(&self, of: &Subject) -> Result<Known, AwsError> {
        let cached = self.baselines.borrow_mut().get(of).cloned();
        match cached {
            Some(known) => Ok(Known { cached: true, ..known }),
            None => self.baseline_anew(of).await,
        }
    }

    async fn baseline_anew(&self, of: &Subject) -> Result<Known, AwsError> {
        let live = self.journal().baseline(of).await?;
        let mut cache = self.baselines.borrow_mut();
        let Known { counted, read, .. } = cache.get(of).cloned().unwrap_or_default();
        let known = Known { counted, read, ..live };
        cache.put(of, known.clone());
        Ok(known)
    }

    /// Writes down what a decision saw, before anybody is told: who is first tells. Where another delivery
    /// was faster, it is decided again.
    pub(super) async fn observe(
        &self,
        matter: &Matter<'_>,
        state: &mut State,
        decision: &mut Decision,
    ) -> Result<(), HandlerError> {
        // One event needs one at most.
        let Some(of) = state.baselines.keys().next().cloned() else { return Ok(()) };
        let is_read = matter.event.call.as_ref().is_some_and(FunctionCall::reads_object);
        let at = matter.event.moment(matter.now);
        for _ in 0..learning::MOST_TRIES {
            let Some(known) = state.baselines.get(&of).cloned() else { return Ok(()) };
            let next = match &decision.observed {
                None if known.cached && decision.contains => None,
                None => {
                    // A deployment is no call.
                    let known = match matter.event.kind {
                        Kind::CodeChange { .. } => Known { cached: false, ..known },
                        _ => known.and_one(is_read, at),
                    };
                    self.baselines.borrow_mut().put(&of, known);
                    return Ok(());
                }
                Some((_, next)) => Some(next).filter(|_| !known.cached),
            };
            if let Some(next) = next {
                let now = matter.moment();
                match self.journal().keep_baseline(&of, next, known.version, now).await {
                    Ok(()) => {
                        let known = known.written(next.clone(), is_read, at);
                        self.baselines.borrow_mut().put(&of, known);
                        return Ok(());
                    }
                    Err(error) if error.kind == ErrorKind::Precondition => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let anew = self.baseline_anew(&of).await?;
            state.baselines.insert(of.clone(), anew);
            *decision = matter.decide(state);
        }
        Err(learning::written_all_the_time(&of.resource()).into())
    }
}
