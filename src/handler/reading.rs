//! What a decision asks for, read in AWS and in the journal. What cannot be read keeps nothing else from being
//! read, and is told.

use super::Responder;
use crate::{
    aws::{AwsError, ErrorKind},
    resource::{FunctionArn, FunctionResource},
    state::{Read, State, WatcherRead},
};
use std::collections::BTreeSet;
use time::OffsetDateTime;

impl Responder {
    /// Reads what a decision asks for.
    pub(super) async fn read(
        &self,
        reads: &BTreeSet<Read>,
        now: OffsetDateTime,
    ) -> (State, Vec<AwsError>) {
        let (journal, mut rest): (Vec<&Read>, Vec<&Read>) =
            reads.iter().partition(|read| read.is_in_the_journal());
        // One look tells both.
        rest.retain(|read| {
            !matches!(read, Read::Function(function)
                if reads.contains(&Read::Snapshot(function.clone())))
        });
        let (mut state, mut errors) = self.aws.read(&rest.into_iter().cloned().collect()).await;
        self.recall_roles(&mut state, &mut errors).await;
        for read in journal {
            match self.known(read, &state, now, &mut errors).await {
                Ok(known) => {
                    state.read.insert(read.clone());
                    state.learn(known);
                }
                Err(error) => {
                    state.unread.insert(read.clone());
                    errors.push(error);
                    self.look_without(read, reads, &mut state, &mut errors).await;
                }
            }
        }
        state.memory.locked_out.extend(locked_out(&errors));
        (state, errors)
    }

    /// What the journal knows, and what of AWS is looked at with it. `state` is what is read already.
    async fn known(
        &self,
        read: &Read,
        state: &State,
        now: OffsetDateTime,
        errors: &mut Vec<AwsError>,
    ) -> Result<State, AwsError> {
        let mut known = State::default();
        if let Read::Watcher(WatcherRead::Snapshot(trail)) = read {
            let snapshot = self.journal().trail_snapshot(trail).await?;
            known.watchers.snapshots.insert(trail.clone(), snapshot);
        } else if let Read::Snapshot(function) = read {
            known = self.remembered(function).await?;
        } else if let Read::SwappedRoles(function) = read {
            known.role_policies = self.swapped_roles(function, state).await?;
        } else if let Read::Baseline(of) = read {
            known.baselines.insert(of.clone(), self.baseline(of).await?);
        } else if let Some(led) = self.led(read, errors).await {
            known = led?;
        } else {
            known = self.containment(read, now, errors).await?;
        }
        Ok(known)
    }

    /// Who needs the function alone does not need what the journal remembers of it.
    async fn look_without(
        &self,
        unread: &Read,
        reads: &BTreeSet<Read>,
        state: &mut State,
        errors: &mut Vec<AwsError>,
    ) {
        let Read::Snapshot(function) = unread else { return };
        let function = Read::Function(function.clone());
        if reads.contains(&function) {
            let (live, unread) = self.aws.read(&[function].into()).await;
            state.learn(live);
            errors.extend(unread);
        }
    }
}

/// The functions whose own policies denied a look.
fn locked_out(errors: &[AwsError]) -> BTreeSet<FunctionArn> {
    let locked = errors.iter().filter(|error| error.kind == ErrorKind::LockedOut);
    let resources = locked.filter_map(|error| FunctionResource::parse_arn(&error.resource).ok());
    resources.map(|resource| resource.function).collect()
}
