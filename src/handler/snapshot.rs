//! Snapshots of trails: what a later change is compared with. Written when a trail is first seen, and
//! after each change that is no finding. Never while something goes on with the trail, so that nobody
//! can make what was narrowed look as if it had always been so.

use super::{Matter, Responder};
use crate::{
    aws::AwsError,
    decision::Decision,
    event::{Kind, WatcherCall, WatcherChange},
    policy::Mode,
    resource::Arn,
    state::State,
};

impl Responder {
    /// Keeps what is in order now. In dry run nothing is written, not even this.
    pub(super) async fn keep_snapshots(
        &self,
        matter: &Matter<'_>,
        decision: &Decision,
        state: &State,
    ) -> Result<(), AwsError> {
        let Kind::WatcherChange(WatcherChange { watcher, call: WatcherCall::Trail(_) }) =
            &matter.event.kind
        else {
            return Ok(());
        };
        let goes_on = state.memory.incident.is_some();
        let is_finding = decision.findings().next().is_some();
        if self.settings.mode != Mode::Enforce || is_finding || goes_on {
            return Ok(());
        }
        let journal = self.journal();
        for (arn, trail) in &state.watchers.trails {
            let Some(trail) = trail else { continue };
            // What happens to others is told elsewhere.
            let place = |arn: &Arn| (arn.account().cloned(), arn.region().map(str::to_owned));
            if place(arn) != place(watcher) {
                continue;
            }
            // What was not compared with the snapshot there is must not replace it.
            let is_own = arn == watcher && state.watchers.snapshots.contains_key(arn);
            if state.watchers.snapshot(arn) != Some(trail) {
                journal.keep_trail_snapshot(arn, trail, !is_own, matter.moment()).await?;
            }
        }
        Ok(())
    }
}
