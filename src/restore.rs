//! The way back of an incident: its steps in reverse order, each only where the resource is as it
//! was left, and what was restored is then left alone for a time.

use crate::{
    aws::{Aws, AwsError, HOLD, IncidentStatus, Journal, StepRecord, StepStatus, Undone},
    remediation::Undo,
};
use time::OffsetDateTime;

/// One step put back, or not.
#[derive(Debug)]
pub struct RestoredStep {
    /// The way back.
    pub undo: Undo,
    /// What came of it.
    pub undone: Result<Undone, AwsError>,
}

impl RestoredStep {
    /// Whether the resource is as it was before.
    pub fn is_back(&self) -> bool {
        matches!(self.undone, Ok(Undone::Restored | Undone::AlreadyThere | Undone::NeverApplied))
    }
}

/// Puts an incident back. None: there is no such incident. With `dry_run` nothing is changed.
pub async fn restore(
    aws: &Aws,
    journal: &Journal<'_>,
    incident: &str,
    now: OffsetDateTime,
    dry_run: bool,
) -> Result<Option<Vec<RestoredStep>>, AwsError> {
    let Some(steps) = journal.steps(incident).await? else { return Ok(None) };
    let mut restored = Vec::new();
    for step in steps.iter().filter(|step| step.status != StepStatus::Restored) {
        let undone = put_back(aws, journal, incident, step, now, dry_run).await;
        restored.push(RestoredStep { undo: step.undo.clone(), undone });
    }
    if !dry_run && !restored.is_empty() && restored.iter().all(RestoredStep::is_back) {
        journal.mark(incident, IncidentStatus::Restored, now).await?;
    }
    Ok(Some(restored))
}

/// Looks whether the way back is open, sets the hold, because the restore itself comes back as an
/// event, and only then takes it.
async fn put_back(
    aws: &Aws,
    journal: &Journal<'_>,
    incident: &str,
    step: &StepRecord,
    now: OffsetDateTime,
    dry_run: bool,
) -> Result<Undone, AwsError> {
    let sure = step.status == StepStatus::Applied;
    let open = aws.undo(&step.undo, sure, true).await?;
    if dry_run || !matches!(open, Undone::Restored | Undone::AlreadyThere) {
        return Ok(open);
    }
    journal.hold(incident, step, now + HOLD).await?;
    let undone = aws.undo(&step.undo, sure, false).await?;
    if matches!(undone, Undone::Restored | Undone::AlreadyThere) {
        journal.restored(incident, step, now).await?;
    }
    Ok(undone)
}
