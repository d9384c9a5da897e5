//! `cordon restore`: puts back what was done in an incident.

use super::{CliError, Verdict, error};
use crate::{
    aws::{Aws, HOLD, Journal, Undone},
    restore::{RestoredStep, restore},
};
use clap::Args;
use serde_json::json;
use time::{Duration, OffsetDateTime};

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The incident, as the notification names it.
    incident: String,
    /// The journal's DynamoDB table; else `CORDON_JOURNAL_TABLE`.
    #[arg(long)]
    table: Option<String>,
    /// The Region of the function; else the one the environment names.
    #[arg(long)]
    region: Option<String>,
    /// Say what would be put back, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Restore {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let table = self
            .table
            .or_else(|| std::env::var("CORDON_JOURNAL_TABLE").ok())
            .ok_or_else(|| error("name the journal with --table or CORDON_JOURNAL_TABLE"))?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(error)?;
        let aws = Aws::new(self.region);
        let journal = Journal::new(&aws, &table, Duration::ZERO);
        let now = OffsetDateTime::now_utc();
        let steps = runtime
            .block_on(restore(&aws, &journal, &self.incident, now, self.dry_run))
            .map_err(error)?
            .ok_or_else(|| error(format!("no incident `{}` in `{table}`", self.incident)))?;
        for step in &steps {
            println!("{}", line(step, as_json, self.dry_run));
        }
        let fine = !steps.is_empty() && steps.iter().all(RestoredStep::is_back);
        if !as_json {
            println!("{}", summary(&self.incident, steps.len(), fine, self.dry_run));
        }
        Ok(if fine { Verdict::Fine } else { Verdict::Findings })
    }
}

fn summary(incident: &str, steps: usize, fine: bool, dry_run: bool) -> String {
    match (steps, fine, dry_run) {
        (0, _, _) => format!("{incident}: nothing to put back"),
        (_, true, true) => format!("{incident}: everything can be put back"),
        (_, true, false) => format!(
            "{incident}: everything is back; Cordon leaves it alone for {} days",
            HOLD.whole_days()
        ),
        (_, false, _) => format!("{incident}: not everything could be put back, see above"),
    }
}

fn line(step: &RestoredStep, as_json: bool, dry_run: bool) -> String {
    let outcome = match &step.undone {
        Ok(Undone::Restored) if dry_run => "would be restored".to_owned(),
        Ok(Undone::Restored) => "restored".to_owned(),
        Ok(Undone::AlreadyThere) => "already as it was".to_owned(),
        Ok(Undone::NeverApplied) => "was never applied".to_owned(),
        Ok(Undone::ChangedSince(found)) => format!("changed since, left alone: {found}"),
        Ok(Undone::DoesNotExist) => "the resource is gone".to_owned(),
        Err(problem) => format!("failed: {problem}"),
    };
    let (name, resource) = (step.undo.name(), step.undo.resource());
    let change = step.undo.change();
    if as_json {
        json!({
            "undo": name,
            "resource": resource,
            "change": change,
            "back": step.is_back(),
            "outcome": outcome,
        })
        .to_string()
    } else {
        format!("{name} on {resource} ({change}): {outcome}")
    }
}
