//! What a function was is remembered when a change of it is accepted, in a dry run as well: it changes
//! no function, and without it nothing could be told of the next change.

use super::{HandlerError, Matter, Responder};
use crate::{
    aws::{AwsError, ErrorKind},
    decision::Decision,
    resource::FunctionArn,
    state::{Read, State},
};

/// How often it is looked again when other deliveries are faster.
pub(super) const MOST_TRIES: usize = 5;

impl Responder {
    /// The function as it is, beside what is remembered of it.
    pub(super) async fn remembered(&self, function: &FunctionArn) -> Result<State, AwsError> {
        let mut remembered = self.journal().remembered(function).await?;
        let looked = self.aws.function_hashed(function, &remembered.salt).await?;
        let live = looked.map(|(live, environment)| {
            remembered.environment = environment;
            live
        });
        let mut state = State::default();
        // Few functions have their code signed, and what is asked once is known from then on.
        if remembered.before.as_ref().is_none_or(|before| before.signing.is_none()) {
            let (signing, _) = self.aws.read(&[Read::Signing(function.clone())].into()).await;
            state.signing = signing.signing;
        }
        state.functions.insert(function.clone(), live);
        state.remembered.insert(function.clone(), remembered);
        state.read.extend([Read::Snapshot(function.clone()), Read::Function(function.clone())]);
        Ok(state)
    }

    /// Writes down what a decision learned. Where another delivery was faster, it is looked again.
    pub(super) async fn learn(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &State,
    ) -> Result<(), HandlerError> {
        let change = matter.event.change.as_ref().and_then(|change| change.at);
        let (Some(function), Some(at)) = (matter.event.function(), change) else { return Ok(()) };
        let (mut learned, mut known) =
            (decision.learned.clone(), state.remembered.get(function).cloned());
        for _ in 0..MOST_TRIES {
            let (Some(snapshot), Some(before)) = (&learned, &known) else { return Ok(()) };
            let (id, now) = (matter.event.id.as_str(), matter.moment());
            match self.journal().learn(function, snapshot, before, id, at, now).await {
                Ok(()) => return Ok(()),
                Err(error) if error.kind == ErrorKind::Precondition => {}
                Err(error) => return Err(error.into()),
            }
            let mut again = state.clone();
            again.learn(self.remembered(function).await?);
            learned = matter.decide(&again).learned;
            known = again.remembered.remove(function);
        }
        Err(written_all_the_time(function).into())
    }
}

/// Others never let this one write.
pub(super) fn written_all_the_time(about: &impl ToString) -> AwsError {
    AwsError {
        operation: "UpdateItem",
        resource: about.to_string(),
        code: "written all the time".to_owned(),
        kind: ErrorKind::Transient,
    }
}
