//! What watches the account: read, looked at, turned and turned back. None of these services has an SDK
//! client here; their calls are signed ones.

mod detector;
mod recorder;
mod traces;
mod trail;

use super::{
    Aws, AwsError, ErrorKind, absent,
    setting::settled,
    signed::{Call, Service},
};
use crate::{
    remediation::{Outcome, Stand, Watching},
    resource::Arn,
    state::{State, WatcherRead, Watchers},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;
use tokio::time::timeout;

/// How long a trail that was stopped may wait for a look at all the others.
const PATIENCE: Duration = Duration::from_secs(4);

impl Aws {
    /// What was found, with what kept the rest from being found.
    pub(super) async fn watcher(
        &self,
        read: &WatcherRead,
    ) -> Result<(State, Option<AwsError>), AwsError> {
        let mut watchers = Watchers::default();
        let mut rest = None;
        match read {
            WatcherRead::Trail(arn) => {
                let trail = absent(self.trail(arn).await)?;
                watchers.trails.insert(arn.clone(), trail);
            }
            WatcherRead::Trails => {
                let late = AwsError::new(
                    "DescribeTrails",
                    read,
                    ErrorKind::Transient,
                    "no answer in time",
                );
                let (trails, error) =
                    timeout(PATIENCE, self.trails()).await.unwrap_or(Err(late))?;
                watchers.trails = trails;
                watchers.all_trails = error.is_none();
                rest = error;
            }
            WatcherRead::Recorder(arn) => {
                let recording = absent(self.recording(arn).await)?;
                watchers.recorders.insert(arn.clone(), recording);
            }
            WatcherRead::Detector(arn) => {
                let detector = absent(self.detector(arn).await)?;
                watchers.detectors.insert(arn.clone(), detector);
            }
            WatcherRead::Traces => watchers.traces = Some(self.trace_encryption().await?),
            // The journal knows.
            WatcherRead::Snapshot(_) => {}
        }
        Ok((State { watchers, ..State::default() }, rest))
    }

    pub(super) async fn watcher_stand(&self, watching: &Watching) -> Result<Stand, AwsError> {
        let is = |on: bool| if on { Stand::After } else { Stand::Before };
        Ok(match watching {
            Watching::StartLogging { trail } => is(self.is_logging(trail).await?),
            Watching::UpdateTrail { trail, before, after } => {
                let now = self.trail_settings(trail).await?;
                Stand::of(&now, before, after, || "other settings".to_owned())
            }
            Watching::PutEventSelectors { trail, before, after } => {
                let now = self.selectors(trail).await?;
                Stand::of(&now, before, after, || format!("event selectors: {}", now.words()))
            }
            Watching::StartRecorder { recorder } => is(self.recording(recorder).await?),
            Watching::SetDetector { detector, before, after } => {
                let now = self.detector(detector).await?;
                Stand::of(&now, before, after, || now.to_string())
            }
            Watching::EncryptTraces { before, after, .. } => {
                let now = self.trace_encryption().await?;
                Stand::of(&now, before, after, || now.to_string())
            }
        })
    }

    /// What replaces a whole setting is looked at just before: nothing guards these writes.
    pub(super) async fn watch(&self, watching: &Watching) -> Result<Outcome, AwsError> {
        let replaces = match watching {
            Watching::StartLogging { .. } | Watching::StartRecorder { .. } => false,
            Watching::UpdateTrail { .. }
            | Watching::PutEventSelectors { .. }
            | Watching::SetDetector { .. }
            | Watching::EncryptTraces { .. } => true,
        };
        if replaces {
            match self.watcher_stand(watching).await {
                Ok(Stand::Before) => {}
                Ok(Stand::After) => {
                    let note = Some("it was already so".to_owned());
                    return Ok(Outcome::Success { note });
                }
                Ok(Stand::Gone) => return Ok(Outcome::DoesNotExist),
                Ok(Stand::Partly | Stand::Other(_)) => {
                    let code = "changed since it was read";
                    let (name, kind) = ("Watch", ErrorKind::Precondition);
                    return Err(AwsError::new(name, watching.watcher(), kind, code));
                }
                Err(error) => return settled(Err(error)),
            }
        }
        settled(match watching {
            Watching::StartLogging { trail } => self.start_logging(trail).await,
            Watching::UpdateTrail { trail, before, after } => {
                self.update_trail(trail, before, after).await
            }
            Watching::PutEventSelectors { trail, after, .. } => {
                self.put_selectors(trail, after).await
            }
            Watching::StartRecorder { recorder } => self.start_recorder(recorder).await,
            Watching::SetDetector { detector, before, after } => {
                self.set_detector(detector, *before, *after).await
            }
            Watching::EncryptTraces { after, .. } => self.encrypt_traces(after).await,
        })
    }

    pub(super) async fn unwatch(&self, watching: &Watching) -> Result<(), AwsError> {
        match watching {
            Watching::StartLogging { trail } => self.stop_logging(trail).await,
            Watching::UpdateTrail { trail, before, after } => {
                self.update_trail(trail, after, before).await
            }
            Watching::PutEventSelectors { trail, before, .. } => {
                self.put_selectors(trail, before).await
            }
            Watching::StartRecorder { recorder } => self.stop_recorder(recorder).await,
            Watching::SetDetector { detector, before, after } => {
                self.set_detector(detector, *after, *before).await
            }
            Watching::EncryptTraces { before, .. } => self.encrypt_traces(before).await,
        }
    }

    async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, AwsError> {
        self.signed().await?.ask(call).await
    }

    async fn told(&self, call: &Call) -> Result<(), AwsError> {
        self.signed().await?.tell(call).await
    }
}
