//! Which journal a verb looks into, and the clients it needs for that.

use super::{CliError, error};
use crate::aws::{Aws, AwsError, Journal};
use clap::Args;
use time::Duration;
use tokio::runtime::{Builder, Runtime};

#[derive(Debug, Args)]
pub(super) struct JournalArgs {
    /// The journal's DynamoDB table; else `CORDON_JOURNAL_TABLE`.
    #[arg(long)]
    table: Option<String>,
    /// The Region of the functions; else the one the environment names.
    #[arg(long)]
    region: Option<String>,
}

/// An open journal.
pub(super) struct Opened {
    pub aws: Aws,
    pub table: String,
    runtime: Runtime,
}

impl JournalArgs {
    pub(super) fn open(self) -> Result<Opened, CliError> {
        let table = self
            .table
            .or_else(|| std::env::var("CORDON_JOURNAL_TABLE").ok())
            .ok_or_else(|| error("name the journal with --table or CORDON_JOURNAL_TABLE"))?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(error)?;
        Ok(Opened { aws: Aws::new(self.region), table, runtime })
    }
}

impl Opened {
    /// The journal; what an operator writes expires with the records it belongs to.
    pub(super) fn journal(&self) -> Journal<'_> {
        Journal::new(&self.aws, &self.table, Duration::ZERO)
    }

    /// Waits for an answer of AWS.
    pub(super) fn wait<T>(
        &self,
        asked: impl Future<Output = Result<T, AwsError>>,
    ) -> Result<T, CliError> {
        self.runtime.block_on(asked).map_err(error)
    }

    pub(super) fn no_incident(&self, incident: &str) -> CliError {
        error(format!("no incident `{incident}` in `{}`", self.table))
    }
}
