//! The archive: files as CloudTrail delivers them, and what was planted in them. A file follows from the seed and its
//! number alone, so that any of them can be made at any time, and all of them side by side. What is there already is
//! not made again, unless this code, the seed, the size or the share is another.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>

use crate::{
    catalogue::KINDS,
    chance::Chance,
    digest,
    place::{ACCOUNTS, ORGANIZATION, Place, REGIONS, START, written},
    planted, record,
    session::Sessions,
};
use libdeflater::{CompressionLvl, Compressor};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

const MIB: usize = 1 << 20;

/// Seconds of events in one file. CloudTrail delivers about every five minutes.
const WINDOW: i64 = 300;

/// How many of a thousand records come in a file a quarter of an hour after their time.
const LATE: f64 = 0.002;

/// How likely it is that whoever called calls the same again at once, as those do who ask page by page, and those who
/// wait for something.
const AGAIN: f64 = 0.6;

/// What an archive follows from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    /// What is drawn follows from it.
    pub seed: u64,
    /// Its size, unpacked, in MiB.
    pub mib: usize,
    /// Records that are looked for, of a hundred.
    pub share: f64,
}

/// What was made.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Made {
    /// Log files.
    pub files: usize,
    /// Bytes as they are stored, without digests.
    pub packed: u64,
    /// Bytes once unpacked, without digests.
    pub unpacked: u64,
    /// Records in all.
    pub records: u64,
    /// Records that are looked for.
    pub planted: u64,
    /// Findings that there must be, by control.
    pub findings: BTreeMap<String, u64>,
}

/// An archive on the disk.
#[derive(Serialize, Deserialize)]
pub struct Archive {
    wish: Wish,
    code: String,
    /// Where its `AWSLogs` is.
    #[serde(skip)]
    pub folder: PathBuf,
    /// What is in it.
    pub made: Made,
}

impl Archive {
    /// The one that is there, or a new one.
    pub fn of(wish: &Wish, cache: &Path) -> Self {
        let name = format!("seed-{}-mib-{}-share-{}", wish.seed, wish.mib, wish.share);
        let folder = cache.join(name);
        let told = folder.join("made.json");
        let there = fs::read_to_string(&told).ok();
        let there = there.and_then(|text| serde_json::from_str::<Self>(&text).ok());
        let code = code();
        if let Some(there) = there.filter(|it| it.wish == *wish && it.code == code) {
            return Self { folder, ..there };
        }
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("an archive of other code can be removed");
        }
        let made = write(wish, &folder);
        let archive = Self { wish: wish.clone(), code, folder, made };
        // Last, so that half an archive is none.
        fs::write(told, serde_json::to_string_pretty(&archive).expect("JSON"))
            .expect("it is written");
        archive
    }

    /// Its log files, in the order of their names.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.join("AWSLogs")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.file_name() {
                    Some(name) if name == "CloudTrail-Digest" => {}
                    _ if path.is_dir() => folders.push(path),
                    _ => found.push(path),
                }
            }
        }
        found.sort();
        assert_eq!(found.len(), self.made.files, "the archive is as it was made");
        found
    }
}

/// What tells archives of different code apart.
fn code() -> String {
    let files = [
        include_str!("catalogue.rs"),
        include_str!("digest.rs"),
        include_str!("made.rs"),
        include_str!("place.rs"),
        include_str!("planted.rs"),
        include_str!("record.rs"),
        include_str!("session.rs"),
        include_str!("../behaviour/chance.rs"),
    ];
    let hash = Sha256::digest(files.concat());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// One log file, before it is written.
struct Planned {
    number: usize,
    place: Place,
    size: usize,
}

fn plan(wish: &Wish) -> Vec<Planned> {
    let (mut planned, mut left) = (Vec::new(), wish.mib * MIB);
    while left > 0 {
        let number = planned.len();
        let mut chance = Chance::of(&[wish.seed, 1, number as u64]);
        let size = MIB + chance.below(4 * MIB as i64) as usize;
        let (account, rest) = (number % ACCOUNTS.len(), number / ACCOUNTS.len());
        let (region, window) = (rest % REGIONS.len(), rest / REGIONS.len());
        let at = START + window as i64 * WINDOW;
        let place = Place { account: ACCOUNTS[account], region: REGIONS[region], at, own: 0 };
        planned.push(Planned { number, place, size: size.min(left.max(MIB)) });
        left = left.saturating_sub(size);
    }
    planned
}

/// A log file as a digest names it.
pub struct Delivered {
    /// Its number.
    pub number: usize,
    /// Whose it is, and when its events begin.
    pub place: Place,
    /// Its key in the bucket.
    pub key: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

fn write(wish: &Wish, folder: &Path) -> Made {
    let planned = plan(wish);
    let (next, total) = (AtomicUsize::new(0), Mutex::new((Made::default(), Vec::new())));
    let work = || {
        let mut compressor = Compressor::new(CompressionLvl::new(6).expect("a level"));
        let mut buffer = Vec::new();
        while let Some(one) = planned.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (text, made) = text(wish, one);
            buffer.resize(compressor.gzip_compress_bound(text.len()), 0);
            let packed = compressor.gzip_compress(text.as_bytes(), &mut buffer).expect("it fits");
            let bytes = &buffer[..packed];
            let delivered = deliver(wish, one, folder, bytes);
            let mut total = total.lock().expect("nobody panicked");
            total.0.add(made, bytes.len(), text.len());
            total.1.push(delivered);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let (made, mut delivered) = total.into_inner().expect("nobody panicked");
    delivered.sort_by_key(|it| it.number);
    digest::write(&delivered, folder);
    made
}

impl Made {
    fn add(&mut self, more: Self, packed: usize, unpacked: usize) {
        self.files += 1;
        self.packed += packed as u64;
        self.unpacked += unpacked as u64;
        self.records += more.records;
        self.planted += more.planted;
        for (control, findings) in more.findings {
            *self.findings.entry(control).or_default() += findings;
        }
    }
}

/// The text of a file, and what was planted in it.
fn text(wish: &Wish, planned: &Planned) -> (String, Made) {
    let mut chance = Chance::of(&[wish.seed, 2, planned.number as u64]);
    let sessions = Sessions::of(planned.place, &mut chance);
    let weights: i64 = KINDS.iter().map(|kind| kind.weight).sum();
    let mut text = String::with_capacity(planned.size + MIB / 8);
    let mut made = Made::default();
    text.push_str(r#"{"Records":["#);
    let likely = likely(wish.share / 100.0);
    while text.len() < planned.size {
        let at = planned.place.at + chance.below(WINDOW - 10);
        let place = Place { at, own: chance.next(), ..planned.place };
        if chance.is(likely) {
            plant(place, &sessions, &mut chance, &mut text, &mut made);
            continue;
        }
        let mut left = chance.below(weights);
        let kind = KINDS.iter().find(|kind| {
            left -= kind.weight;
            left < 0
        });
        let kind = kind.expect("less than all of it was drawn");
        let session = sessions.any(kind.who, place, &mut chance);
        loop {
            let late = if chance.is(LATE) { 900 } else { 0 };
            let place = Place { at: at + chance.below(5) - late, ..place };
            record::of_kind(kind, &session, place, &mut chance, &mut text);
            made.records += 1;
            if !chance.is(AGAIN) {
                break;
            }
        }
    }
    text.push_str("]}");
    (text, made)
}

/// How often something is planted, so that it is this share of the records: all come as several at once.
fn likely(share: f64) -> f64 {
    let (planted, others) = (planted::records_at_once(), 1.0 / (1.0 - AGAIN));
    share * others / share.mul_add(others - planted, planted)
}

fn plant(
    place: Place,
    sessions: &Sessions,
    chance: &mut Chance,
    text: &mut String,
    made: &mut Made,
) {
    let planted = planted::any(place.region, chance);
    for (call, after) in planted.calls.iter().zip(0..) {
        let session = sessions.any(call.who, place, chance);
        let place = Place { at: place.at + after, ..place };
        record::planted(call, &session, place, chance, text);
        made.records += 1;
        made.planted += 1;
    }
    if let Some((control, times)) = planted.finds {
        *made.findings.entry(control.to_owned()).or_default() += times;
    }
}

fn deliver(wish: &Wish, planned: &Planned, folder: &Path, bytes: &[u8]) -> Delivered {
    let Place { account, region, at, .. } = planned.place;
    let day = written(at).get(..10).unwrap_or_default().replace('-', "/");
    let moment = written(at + 2 * WINDOW).replace(['-', ':'], "");
    let moment = moment.get(..13).unwrap_or_default();
    let mut chance = Chance::of(&[wish.seed, 3, planned.number as u64]);
    let unique = crate::place::letters(&mut chance, 16, crate::place::ALPHANUMERIC);
    let name = format!("{account}_CloudTrail_{region}_{moment}Z_{unique}.json.gz");
    let key = format!("AWSLogs/{ORGANIZATION}/{account}/CloudTrail/{region}/{day}/{name}");
    let path = folder.join(&key);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
    fs::write(&path, bytes).expect("the file is written");
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Delivered { number: planned.number, place: planned.place, key, sha256 }
}
