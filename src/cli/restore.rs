//! `cordon restore`: puts back what was done in an incident.

use super::{CliError, Verdict, journal::JournalArgs};
use crate::{
    aws::HOLD,
    restore::{Restore as Asked, Restored, RestoredStep, Undone, restore},
};
use clap::Args;
use serde_json::json;
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The incident, as the notification names it.
    incident: String,
    /// Only this step, by its name in the incident.
    #[arg(long)]
    step: Option<String>,
    /// Say what would be put back, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Release the function although its code was not changed; with --step, also write over what
    /// somebody changed since.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    journal: JournalArgs,
}

impl Restore {
    pub(super) fn run(self, as_json: bool) -> Result<Verdict, CliError> {
        let Self { incident, step, dry_run, force, journal } = self;
        let opened = journal.open()?;
        let asked = Asked { dry_run, step, force };
        let now = OffsetDateTime::now_utc();
        let restored = opened
            .wait(restore(&opened.aws, &opened.journal(), &incident, &asked, now))?
            .ok_or_else(|| opened.no_incident(&incident))?;
        for step in &restored.steps {
            println!("{}", line(step, as_json, dry_run));
        }
        let refused = restored.unsafe_to_release.as_ref().filter(|_| !force);
        match (refused, as_json) {
            (Some(why), true) => println!("{}", json!({ "refused": why })),
            (Some(why), false) => println!("{incident}: not released: {why}"),
            (None, false) => println!("{}", summary(&incident, &restored, &asked)),
            (None, true) => {}
        }
        let fine = refused.is_none() && restored.is_back();
        Ok(if fine { Verdict::Fine } else { Verdict::Findings })
    }
}

fn summary(incident: &str, restored: &Restored, asked: &Asked) -> String {
    match (restored.steps.len(), restored.is_back(), asked.dry_run) {
        (0, false, _) => format!("{incident}: nothing to put back"),
        (0, true, _) => format!("{incident}: everything was put back already"),
        (_, true, true) => format!("{incident}: all of this can be put back"),
        (_, true, false) if asked.step.is_some() => format!("{incident}: that step is back"),
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
    let remediation = &step.remediation;
    let (name, resource) = (remediation.undo_name(), remediation.resource());
    let change = super::terminal::clean(&remediation.undo_change());
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
