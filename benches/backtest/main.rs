//! `make bench-backtest`: how fast `cordon backtest` goes through an archive of CloudTrail, beside unpacking the same
//! files to nowhere (with libdeflate, the fastest there is here), and beside `jq` and Python selecting the same
//! records, which judges nothing. All of them use every processor. The archive is made up and follows from one seed;
//! it stays under `CACHE`, and is made again only if it would be another. What is selected, read and found is held
//! against what was planted.
//!
//! | variable | | |
//! |---|---|---|
//! | `CORDON` | | the release binary of the command line; without it the library's back-test runs in a process of this bench |
//! | `MIB` | 2048 | the archive's size, unpacked |
//! | `SHARE` | 1 | records that some control may look at, of a hundred |
//! | `SEED` | 1 | what all that is drawn follows from |
//! | `ROUNDS` | 5 | repetitions, one contender after the other in each |
//! | `SHARES` | 0.3 1 3 | shares, in smaller archives |
//! | `SHARES_MIB` | 256 | how large those are |
//! | `PART` | all | `figures`, `stages` or `shares` alone, or `make` |
//!
//! | file | what |
//! |---|---|
//! | `made`, `digest` | the archive: its files and digests |
//! | `catalogue` | what most records are, and how often |
//! | `planted` | what is looked for, and what must be found |
//! | `record`, `session`, `place` | one record, who called, where and when |
//! | `floor` | unpacking, and single stages after it |
//! | `contender`, `select.jq`, `select.py` | what is compared, and how it is run |
//! | `backtest` | the back-test, and what it must have counted |
//! | `table` | medians and ratios |
//!
//! What it cannot show: what a real account records. The weights in `catalogue` are guesses; the share decides more
//! than they do.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "it runs on what it made itself"
)]

mod backtest;
mod catalogue;
#[path = "../behaviour/chance.rs"]
#[allow(dead_code, reason = "the other bench uses the rest")]
mod chance;
mod contender;
mod digest;
mod floor;
mod made;
mod place;
mod planted;
mod record;
mod session;
#[path = "../stopwatch/mod.rs"]
#[allow(dead_code, reason = "other benches use the rest")]
mod stopwatch;
mod table;

use contender::{Contender, Tells};
use floor::Stage;
use made::{Archive, Wish};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if let [mode, stage, files @ ..] = arguments.as_slice()
        && mode == "stage"
    {
        let files: Vec<_> = files.iter().map(PathBuf::from).collect();
        let stage = Stage::named(stage).expect("a stage");
        println!("{}", floor::run(stage, &files));
        return;
    }
    if let [mode, folder] = arguments.as_slice()
        && mode == "backtest"
    {
        backtest::run(folder);
    }
    let part = env::var("PART").unwrap_or_default();
    let (share, mib) = (given("SHARE", 1.0), given("MIB", 2048.0));
    println!("{}", table::machine());
    if ["", "figures", "stages", "make"].contains(&part.as_str()) {
        let archive = archive(share, mib);
        if ["", "figures"].contains(&part.as_str()) {
            figures(&archive);
        }
        if part == "stages" {
            stages(&archive);
        }
    }
    if ["", "shares"].contains(&part.as_str()) {
        let shares = env::var("SHARES").unwrap_or_else(|_| "0.3 1 3".to_owned());
        for share in shares.split_whitespace() {
            let share = share.parse().expect("SHARES are numbers");
            against_floor(&archive(share, given("SHARES_MIB", 256.0)));
        }
    }
}

/// The back-test beside all others.
fn figures(archive: &Archive) {
    let files = archive.files();
    let mut contenders = vec![stage("unpack", &files), stage("pass over", &files)];
    contenders.push(backtest::contender(archive));
    contenders.push(jq(&files));
    contenders.push(python(&files));
    table::print(archive, &mut contenders, rounds());
}

/// The back-test beside unpacking alone.
fn against_floor(archive: &Archive) {
    let mut contenders = vec![stage("unpack", &archive.files())];
    contenders.push(backtest::contender(archive));
    table::print(archive, &mut contenders, rounds());
}

/// Unpacking, and what one more stage takes beside it.
fn stages(archive: &Archive) {
    let files = archive.files();
    let mut contenders = Stage::ALL.map(|(name, _)| stage(name, &files));
    table::print(archive, &mut contenders, rounds());
}

fn stage(name: &str, files: &[PathBuf]) -> Contender {
    let mut command = Command::new(env::current_exe().expect("it runs"));
    command.arg("stage").arg(name).args(files);
    Contender { name: name.to_owned(), pipelines: vec![vec![command]], tells: Tells::Text }
}

fn jq(files: &[PathBuf]) -> Contender {
    let pipeline = |files: &Vec<&PathBuf>| {
        let (mut gzip, mut jq) = (Command::new("gzip"), Command::new("jq"));
        gzip.arg("-dc").args(files);
        jq.arg("-c").arg("-f").arg(beside("select.jq"));
        vec![gzip, jq]
    };
    let pipelines = dealt(files).iter().map(pipeline).collect();
    Contender { name: "jq".to_owned(), pipelines, tells: Tells::Records }
}

fn python(files: &[PathBuf]) -> Contender {
    let pipeline = |files: &Vec<&PathBuf>| {
        let mut python = Command::new("python3");
        python.arg(beside("select.py")).args(files);
        vec![python]
    };
    let pipelines = dealt(files).iter().map(pipeline).collect();
    Contender { name: "python".to_owned(), pipelines, tells: Tells::Records }
}

/// The files, dealt to as many processes as there are processors, so that each has as much.
fn dealt(files: &[PathBuf]) -> Vec<Vec<&PathBuf>> {
    let mut hands = vec![(0, Vec::new()); thread::available_parallelism().map_or(1, usize::from)];
    for file in files {
        let least = hands.iter_mut().min_by_key(|hand| hand.0).expect("at least one");
        least.0 += fs::metadata(file).expect("the file is there").len();
        least.1.push(file);
    }
    hands.into_iter().map(|hand| hand.1).collect()
}

fn archive(share: f64, mib: f64) -> Archive {
    let home = env::var("HOME").expect("a home");
    let cache = env::var("CACHE").unwrap_or_else(|_| format!("{home}/.cache/lambda-cordon"));
    let wish = Wish { seed: given("SEED", 1.0) as u64, mib: mib as usize, share };
    let archive = Archive::of(&wish, &Path::new(&cache).join("backtest"));
    println!("{}", table::described(&archive));
    archive
}

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/backtest").join(name)
}

fn rounds() -> usize {
    given("ROUNDS", 5.0) as usize
}

fn given(name: &str, usual: f64) -> f64 {
    env::var(name)
        .map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
