//! The operator's command line: one file a verb. Exit code 0: fine; 1: findings or a refusal;
//! 2: wrong usage or input. `--json` gives one JSON line for each item.

mod analyze;
mod backtest;
mod check;
mod control_policy;
mod controls;
mod decide;
mod explain;
mod incidents;
mod journal;
mod quarantine;
mod resource_policies;
mod restore;
mod rewrite;
mod schema;
mod terminal;
mod test;

use clap::{Parser, Subcommand};
use std::{fmt, fs, io, path::Path};

/// Guards AWS Lambda, and puts back what it changed.
#[derive(Debug, Parser)]
#[command(name = "cordon", version)]
pub struct Command {
    /// Machine output: one JSON line for each item.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say whom resource policies let in, with the request that gets in.
    Analyze(analyze::Analyze),
    /// Say what a control policy would have found, and done, over an archive of events.
    Backtest(backtest::BacktestArgs),
    /// Validate a control policy, and compile it for the function.
    Check(check::Check),
    /// List the controls.
    Controls(controls::Controls),
    /// Say what would be done about events, without any AWS call.
    Decide(decide::Decide),
    /// List incidents, or show one step by step.
    Incidents(incidents::Incidents),
    /// Count, replay or drop the events that a contained function missed.
    Quarantine(quarantine::Quarantine),
    /// Put back what was done in an incident.
    Restore(restore::Restore),
    /// Hold a control policy against tests of it.
    Test(test::Test),
    /// Say how resource policies would be scoped, and what is left to a person.
    ///
    /// With --json, the document is exact: an Alexa skill's event source token, which is a secret,
    /// stands in it.
    Rewrite(rewrite::Rewrite),
    /// Print the JSON Schema of control policies, for editors.
    Schema,
}

/// What a verb came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Exit code 0.
    Fine,
    /// Exit code 1: findings, or a refusal.
    Findings,
}

/// Why a verb could not do its work: exit code 2. Each problem as it is shown.
#[derive(Debug)]
pub struct CliError(Vec<String>);

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl CliError {
    /// A report, which names its file itself.
    fn report(text: String) -> Self {
        Self(vec![text])
    }

    /// What is wrong, one problem for each input at most, as it is shown.
    pub fn problems(&self) -> &[String] {
        &self.0
    }
}

impl Command {
    /// Runs the verb.
    pub fn run(self) -> Result<Verdict, CliError> {
        match self.verb {
            Verb::Analyze(analyze) => analyze.run(self.json),
            Verb::Backtest(backtest) => backtest.run(self.json),
            Verb::Check(check) => check.run(self.json),
            Verb::Controls(controls) => controls.run(self.json),
            Verb::Decide(decide) => decide.run(self.json),
            Verb::Incidents(incidents) => incidents.run(self.json),
            Verb::Quarantine(quarantine) => quarantine.run(self.json),
            Verb::Restore(restore) => restore.run(self.json),
            Verb::Rewrite(rewrite) => rewrite.run(self.json),
            Verb::Schema => schema::run(),
            Verb::Test(test) => test.run(self.json),
        }
    }
}

fn error(problem: impl fmt::Display) -> CliError {
    CliError(vec![format!("cordon: {problem}")])
}

/// Reads a file, or says which one cannot be read.
fn read(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|problem: io::Error| named(path, problem))
}

fn named(path: &Path, problem: impl fmt::Display) -> CliError {
    error(format!("{}: {problem}", terminal::clean(&path.display().to_string())))
}
