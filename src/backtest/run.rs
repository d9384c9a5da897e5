//! Reads an archive on all cores and judges it in the order of its events: while some files are unpacked, the events
//! of those before are judged, each account on a core of its own. What is in memory at the same time does not grow
//! with the archive.

use super::{
    account::{Account, Placed},
    kept::Kept,
    source::{Place, Source, Sources, read_file},
    summary::{Difference, Reading, Summary, Unreadable},
};
use crate::{
    archive::{Contents, Delivery, Gunzip, Interest, LARGEST, read},
    policy::ControlPolicy,
    resource::AccountId,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Instant,
};
use time::{Duration, OffsetDateTime};

/// How much later than an event its file may be delivered: "CloudTrail typically delivers logs within an average of
/// about 5 minutes of an API call", which it does not guarantee.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
const LATENESS: Duration = Duration::hours(1);

/// Files that are unpacked before the next ones are begun: by number, and by bytes as they are stored.
const MOST_FILES: usize = 256;
const MOST_BYTES: u64 = 128 << 20;

/// What is back-tested.
#[derive(Debug, Clone, Copy)]
pub struct Backtest<'p> {
    /// The control policy.
    pub policy: &'p ControlPolicy,
    /// The one that it is compared with.
    pub old: Option<&'p ControlPolicy>,
    /// Threads.
    pub threads: usize,
}

/// What a back-test came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Of the control policy.
    pub summary: Summary,
    /// To the one that it was compared with.
    pub difference: Option<Difference>,
    /// The calls that the credentials of functions were seen to make, by the function's ARN.
    pub usual: BTreeMap<String, Vec<String>>,
}

/// Where sources are read from, if not from this machine.
pub trait Store: Sync {
    /// Reads an object of S3.
    ///
    /// # Errors
    /// Why it cannot be read, and who can mend that.
    fn object(&self, bucket: &str, key: &str) -> Result<Vec<u8>, String>;
}

/// Hears how far it is.
pub trait Progress: Sync {
    /// So many bytes more, as they are stored, were read.
    fn advance(&self, bytes: u64);
}

/// What a source came to.
struct Read {
    contents: Contents,
    file: Arc<str>,
    packed: u64,
    unpacked: u64,
    why: Option<String>,
}

enum Task<'t, 'p> {
    Judge(&'t mut Account<'p>, Vec<Placed>),
    Read(Source),
}

impl<'p> Backtest<'p> {
    /// Runs it.
    pub fn run(
        &self,
        sources: Sources,
        store: &dyn Store,
        kept: Option<&Kept>,
        progress: &dyn Progress,
    ) -> Outcome {
        let began = Instant::now();
        let policies: Vec<&ControlPolicy> =
            [Some(self.policy), self.old].into_iter().flatten().collect();
        let interest = Interest::of(policies.iter().copied());
        let reader = Reader { interest: &interest, store, kept, progress };
        let mut reading = Reading { passed_over: sources.passed_over, ..Reading::default() };
        let mut accounts: BTreeMap<AccountId, Account<'p>> = BTreeMap::new();
        let (mut waiting, mut ready): (Vec<Placed>, Vec<Placed>) = Default::default();
        let mut rest = VecDeque::from(sources.all);
        loop {
            let batch = batch(&mut rest);
            let is_last = batch.is_empty();
            if is_last && ready.is_empty() {
                break;
            }
            let mut by_account: BTreeMap<AccountId, Vec<Placed>> = BTreeMap::new();
            for placed in ready.drain(..) {
                let account = placed.delivery.home.account.clone();
                accounts.entry(account.clone()).or_insert_with(|| Account::new(&policies));
                by_account.entry(account).or_default().push(placed);
            }
            let judged = accounts
                .iter_mut()
                .filter_map(|(id, account)| Some(Task::Judge(account, by_account.remove(id)?)));
            let tasks = judged.chain(batch.into_iter().map(Task::Read)).collect();
            for read in reader.work(tasks, self.threads) {
                waiting.extend(reading.add(read));
            }
            waiting.sort_by(|a, b| a.order().cmp(&b.order()));
            let frontier = match rest.front() {
                _ if is_last => None,
                None => None,
                Some(next) => next.delivered.or(waiting.last().map(|one| one.delivery.at)),
            };
            let settled = frontier.map_or(waiting.len(), |next| {
                waiting.partition_point(|one| one.delivery.at <= next - LATENESS)
            });
            ready.extend(waiting.drain(..settled));
        }
        self.outcome(accounts, reading, began)
    }

    fn outcome(
        &self,
        accounts: BTreeMap<AccountId, Account<'p>>,
        mut reading: Reading,
        began: Instant,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let mut difference = Difference::default();
        for account in accounts.into_values() {
            reading.add_account(&account.reading);
            difference.add(account.difference);
            if let Some(judge) = account.judges.into_iter().next() {
                let now = reading.last.unwrap_or(OffsetDateTime::UNIX_EPOCH);
                outcome.usual.extend(judge.usual(now));
                outcome.summary.add(judge.summary);
            }
        }
        reading.seconds = began.elapsed().as_secs_f64();
        reading.unreadable.sort();
        outcome.summary.read = reading;
        outcome.difference = self.old.is_some().then_some(difference);
        outcome
    }
}

/// The next files.
fn batch(rest: &mut VecDeque<Source>) -> Vec<Source> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < MOST_FILES && bytes < MOST_BYTES {
        let Some(next) = rest.pop_front() else { break };
        bytes += next.size;
        batch.push(next);
    }
    batch
}

struct Reader<'r> {
    interest: &'r Interest,
    store: &'r dyn Store,
    kept: Option<&'r Kept>,
    progress: &'r dyn Progress,
}

impl Reader<'_> {
    /// Does all of it on so many threads; what was read, in any order.
    fn work(&self, tasks: VecDeque<Task<'_, '_>>, threads: usize) -> Vec<Read> {
        let threads = threads.clamp(1, tasks.len().max(1));
        let tasks = Mutex::new(tasks);
        let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let work = || {
            let (mut gunzip, mut done) = (Gunzip::default(), Vec::new());
            while let Some(task) = next() {
                match task {
                    Task::Judge(account, events) => account.take(events),
                    Task::Read(source) => done.push(self.read(&source, &mut gunzip)),
                }
            }
            done
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let joined = workers.into_iter().map(|worker| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            joined.flatten().collect()
        })
    }

    fn read(&self, source: &Source, gunzip: &mut Gunzip) -> Read {
        let read = match self.kept.and_then(|kept| kept.get(source)) {
            Some((contents, unpacked)) => {
                let (file, packed) = (source.path.as_str().into(), source.size);
                Read { why: contents.broken.clone(), contents, file, packed, unpacked }
            }
            None => self.read_anew(source, gunzip),
        };
        self.progress.advance(source.size);
        read
    }

    fn read_anew(&self, source: &Source, gunzip: &mut Gunzip) -> Read {
        let file: Arc<str> = source.path.as_str().into();
        let stored = match &source.place {
            _ if source.size > LARGEST as u64 => {
                Err(format!("it is larger than {} MiB; split it", LARGEST >> 20))
            }
            Place::Object { bucket, key } => self.store.object(bucket, key),
            place => read_file(place).map_err(|error| error.to_string()),
        };
        let stored = match stored {
            Ok(stored) => stored,
            Err(why) => {
                let (contents, packed, unpacked) = Default::default();
                return Read { contents, file, packed, unpacked, why: Some(why) };
            }
        };
        let (unpacked, damage) = gunzip.unpack(&stored);
        let mut contents = read(&unpacked, self.interest);
        let damage = damage.map(|damage| damage.to_string());
        contents.broken = damage.or(contents.broken);
        if let Some(kept) = self.kept {
            kept.put(source, &contents, unpacked.len() as u64);
        }
        let (packed, unpacked) = (stored.len() as u64, unpacked.len() as u64);
        Read { why: contents.broken.clone(), contents, file, packed, unpacked }
    }
}

impl Reading {
    /// Adds a source; the events in it that matter.
    fn add(&mut self, read: Read) -> impl Iterator<Item = Placed> + use<> {
        let Read { contents, file, packed, unpacked, why } = read;
        match why {
            None => self.files += 1,
            Some(why) => self.unreadable.push(Unreadable { path: file.to_string(), why }),
        }
        self.packed += packed;
        self.unpacked += unpacked;
        self.records += contents.records;
        for (reason, count) in contents.malformed {
            *self.malformed.entry(reason.into_owned()).or_default() += count;
        }
        for Delivery { at, .. } in &contents.deliveries {
            self.first = Some(self.first.map_or(*at, |first| first.min(*at)));
            self.last = Some(self.last.map_or(*at, |last| last.max(*at)));
        }
        let placed = move |delivery| Placed { delivery, file: Arc::clone(&file) };
        contents.deliveries.into_iter().map(placed)
    }

    fn add_account(&mut self, other: &Self) {
        self.looked_at += other.looked_at;
        self.judged += other.judged;
        self.repeated += other.repeated;
        self.late += other.late;
        for (reason, count) in &other.malformed {
            *self.malformed.entry(reason.clone()).or_default() += count;
        }
    }
}
