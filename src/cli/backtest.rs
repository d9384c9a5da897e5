//! `cordon backtest`: what a control policy would have found, and done, over an archive of events. Changes nothing
//! and, unless the archive is in S3, calls nothing.

mod progress;
#[cfg(feature = "s3")]
mod remote;
mod suggestions;
mod words;

use super::{CliError, Verdict, control_policy, error, named, terminal};
use crate::{
    archive::Interest,
    backtest::{
        Backtest, Compared, Kept, Outcome, Page, PolicyFile, Sources, Store, Summary, page,
    },
    policy::{ControlPolicy, LoadedPolicy},
};
use clap::Args;
use progress::Bar;
use serde_json::json;
use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(super) struct BacktestArgs {
    /// The control policy, in YAML.
    #[arg(long, value_name = "FILE", default_value = "policy.yaml")]
    policy: PathBuf,
    /// Say what changes against this control policy.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Write what was found as a page, which needs nothing else to be looked at.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write what the events suggest to trust and to declare, as a control policy to be reviewed.
    #[arg(long, value_name = "FILE")]
    suggest: Option<PathBuf>,
    /// Keep what was read in this file, and read nothing again that is in it.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Threads; else as many as there are cores, and for S3 sixteen.
    #[arg(long, value_name = "NUMBER")]
    threads: Option<NonZeroUsize>,
    /// The Region of the bucket; else the one the environment names.
    #[arg(long)]
    region: Option<String>,
    /// Folders and files of CloudTrail, AWS Config or EventBridge, packed or not; `s3://bucket/prefix`.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,
}

/// As many objects of S3 are asked for at the same time.
const S3_THREADS: usize = 16;

/// What stands before the bucket.
const S3: &str = "s3://";

impl BacktestArgs {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let today = OffsetDateTime::now_utc().date();
        let policy = control_policy::load(&self.policy, today)?;
        let old = self.compare.as_ref().map(|path| control_policy::load(path, today));
        let old = old.transpose()?;
        let (sources, store) = self.sources()?;
        if sources.all.is_empty() {
            return Err(error("there is no file of events there"));
        }
        let kept = self.kept(&policy, old.as_ref())?;
        let bar = Bar::of(sources.size());
        let backtest = Backtest { policy: &policy, old: old.as_ref(), threads: self.threads() };
        let outcome = backtest.run(sources, store.as_ref(), kept.as_ref(), &bar);
        bar.finish();
        self.write(&outcome, &policy, old.as_ref())?;
        match as_json {
            true => say_json(&outcome)?,
            false => terminal::say(&words::of(&outcome, terminal::Paint::of_stdout()))?,
        }
        let Summary { findings, read, .. } = &outcome.summary;
        let is_fine = *findings == 0 && read.unreadable.is_empty() && read.malformed.is_empty();
        Ok(if is_fine { Verdict::Fine } else { Verdict::Findings })
    }

    fn is_remote(&self) -> bool {
        self.paths.iter().any(|path| path.starts_with(S3))
    }

    fn threads(&self) -> usize {
        let usual = if self.is_remote() {
            S3_THREADS
        } else {
            thread::available_parallelism().map_or(1, NonZeroUsize::get)
        };
        self.threads.map_or(usual, NonZeroUsize::get)
    }

    fn sources(&self) -> Result<(Sources, Box<dyn Store>), CliError> {
        let mut sources = Sources::default();
        let (remote, local): (Vec<&String>, Vec<&String>) =
            self.paths.iter().partition(|path| path.starts_with(S3));
        for path in local {
            sources.add_path(Path::new(path)).map_err(|why| error(terminal::clean(&why)))?;
        }
        let store = self.store(&remote, &mut sources)?;
        Ok((sources.in_order(), store))
    }

    #[cfg(feature = "s3")]
    fn store(&self, urls: &[&String], to: &mut Sources) -> Result<Box<dyn Store>, CliError> {
        let store = remote::Remote::new(self.region.clone())?;
        for url in urls {
            store.list(url.strip_prefix(S3).unwrap_or_default(), to)?;
        }
        Ok(Box::new(store))
    }

    #[cfg(not(feature = "s3"))]
    fn store(&self, urls: &[&String], _: &mut Sources) -> Result<Box<dyn Store>, CliError> {
        match urls {
            [] => Ok(Box::new(Nowhere)),
            _ => Err(error("this command was built without S3; install it with `make install`")),
        }
    }

    fn kept(
        &self,
        policy: &ControlPolicy,
        old: Option<&ControlPolicy>,
    ) -> Result<Option<Kept>, CliError> {
        let Some(path) = &self.resume else { return Ok(None) };
        let interest = Interest::of([Some(policy), old].into_iter().flatten());
        let kept = Kept::open(path, &interest).map_err(|problem| named(path, problem))?;
        if !kept.is_empty() {
            terminal::remark(&format!("{} files were read before", kept.len()));
        }
        Ok(Some(kept))
    }

    fn write(
        &self,
        outcome: &Outcome,
        policy: &ControlPolicy,
        old: Option<&ControlPolicy>,
    ) -> Result<(), CliError> {
        if let Some(path) = &self.suggest {
            fs::write(path, suggestions::of(outcome)).map_err(|problem| named(path, problem))?;
        }
        let Some(path) = &self.html else { return Ok(()) };
        let (hash, shown) = (sha256(policy)?, self.policy.display().to_string());
        let old_hash = old.map(sha256).transpose()?;
        let old_shown = self.compare.as_ref().map(|path| path.display().to_string());
        let compared = match (&outcome.difference, &old_shown, &old_hash) {
            (Some(difference), Some(path), Some(sha256)) => {
                Some(Compared { policy: PolicyFile { path, sha256 }, difference })
            }
            (_, _, _) => None,
        };
        let page = page(&Page {
            version: env!("CARGO_PKG_VERSION"),
            policy: PolicyFile { path: &shown, sha256: &hash },
            summary: &outcome.summary,
            compared,
        });
        fs::write(path, page).map_err(|problem| named(path, problem))
    }
}

/// As `cordon check` says it.
fn sha256(policy: &ControlPolicy) -> Result<String, CliError> {
    let compiled = LoadedPolicy::compile(policy).map_err(error)?;
    Ok(LoadedPolicy::load(&compiled).map_err(error)?.sha256)
}

/// Nothing but this machine.
#[cfg(not(feature = "s3"))]
struct Nowhere;

#[cfg(not(feature = "s3"))]
impl Store for Nowhere {
    fn object(&self, _: &str, _: &str) -> Result<Vec<u8>, String> {
        Err("this command was built without S3".to_owned())
    }
}

/// One line for each of the worst findings, then one for what was added and taken away, then the summary.
fn say_json(outcome: &Outcome) -> Result<(), CliError> {
    let say = |value: serde_json::Value| terminal::say(&terminal::harmless(&value.to_string()));
    let mut summary = outcome.summary.clone();
    for told in std::mem::take(&mut summary.worst) {
        say(json!({ "finding": told }))?;
    }
    if let Some(difference) = &outcome.difference {
        say(json!({ "difference": difference }))?;
    }
    say(json!({ "summary": summary }))
}
