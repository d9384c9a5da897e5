//! Keeps the control policy in force current where one is delivered: fetched once before the first
//! event, then after answers. Refuses to be in the way of one: what goes wrong here leaves the control
//! policy as it was, and is told.

use crate::{
    aws::{Aws, AwsError, PolicySource},
    delivery::{Answer, LARGEST, Taken, Watch, judge},
    finding::fingerprint,
    policy::LoadedPolicy,
    report::Undelivered,
    settings::Delivery,
};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use time::OffsetDateTime;

/// A fetch takes no longer, everything included.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// The delivery at work.
#[derive(Debug)]
pub struct Rollout {
    source: PolicySource,
    watch: Watch,
    pin: Option<String>,
    /// What was delivered last and is good, for another life of this environment.
    copy: PathBuf,
    every: Duration,
    asked: Instant,
}

impl Rollout {
    /// A rollout, and the control policy that it begins with: the delivered one, else the copy of it in
    /// `folder`, else the one that is `bundled` with the function.
    pub async fn begin(
        delivery: &Delivery,
        aws: &Aws,
        folder: &Path,
        bundled: LoadedPolicy,
    ) -> (Self, LoadedPolicy) {
        let pin = delivery.pin.clone();
        let mut rollout = Self {
            source: PolicySource::new(delivery.uri.clone()),
            watch: Watch::new(pin.clone(), bundled.sha256.clone()),
            pin,
            copy: folder.join(name_of_copy(&delivery.uri.to_string())),
            every: delivery.every.unsigned_abs(),
            asked: Instant::now(),
        };
        let asked = rollout.ask(aws).await;
        let (policy, from) = match &asked {
            Ok((Taken::New(policy), _)) => (policy.as_ref().clone(), "delivered"),
            Ok((Taken::Same, _)) => (bundled, "delivered"),
            Ok((Taken::Rejected(_), _)) | Err(_) => match rollout.copied() {
                Some(policy) => (policy, "copy of an earlier delivery"),
                None => (bundled, "bundled with the function"),
            },
        };
        rollout.watch.stands(&policy.sha256);
        rollout.tell(&asked);
        rollout.log(from);
        if let Ok((Taken::New(_) | Taken::Same, Answer::Content(bytes))) = &asked {
            rollout.keep(bytes);
        }
        (rollout, policy)
    }

    /// Asks again, if it is time to, and gives what is in force from the next event on.
    pub async fn refresh(&mut self, aws: &Aws) -> Option<LoadedPolicy> {
        if self.asked.elapsed() < self.every.max(self.source.not_before()) {
            return None;
        }
        let asked = self.ask(aws).await;
        self.tell(&asked);
        let Ok((Taken::New(policy), answer)) = asked else { return None };
        self.log("delivered");
        if let Answer::Content(bytes) = answer {
            self.keep(&bytes);
        }
        Some(*policy)
    }

    async fn ask(&mut self, aws: &Aws) -> Result<(Taken, Answer), AwsError> {
        let answer = self.source.fetch(aws, PATIENCE).await;
        // AppConfig refuses whoever comes a little too early, and counts from its answer.
        self.asked = Instant::now();
        let answer = answer?;
        Ok((self.watch.take(&answer), answer))
    }

    fn log(&self, from: &str) {
        let (uri, sha256) = (self.source.uri(), self.watch.in_force());
        tracing::info!(%uri, sha256, from, "control policy in force");
    }

    fn tell(&self, asked: &Result<(Taken, Answer), AwsError>) {
        let undelivered = Undelivered {
            uri: self.source.uri(),
            in_force: self.watch.in_force(),
            now: OffsetDateTime::now_utc(),
        };
        match asked {
            Ok((Taken::New(_) | Taken::Same, _)) => {}
            Ok((Taken::Rejected(why), _)) => undelivered.rejected(why),
            Err(error) => undelivered.unreachable(error),
        }
    }

    /// In one step, so that there is never half a copy.
    fn keep(&self, bytes: &[u8]) {
        let written = self.copy.with_extension("new");
        let kept = fs::write(&written, bytes).and_then(|()| fs::rename(&written, &self.copy));
        if let Err(error) = kept {
            tracing::warn!(%error, "no copy of the control policy is kept");
        }
    }

    /// The copy, held against its hash and the pin again: other code can write there too.
    fn copied(&self) -> Option<LoadedPolicy> {
        let bytes = read_at_most(&self.copy, LARGEST).ok()?;
        let judged = judge(&bytes, self.pin.as_deref());
        judged.inspect_err(|why| tracing::warn!(%why, "the copy is not used")).ok()
    }
}

fn read_at_most(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// One for each source: a copy of another one is none of this.
fn name_of_copy(uri: &str) -> String {
    format!("cordon-policy-{}.json", fingerprint(&[uri]))
}
