//! What an incident turned: every step of one setting as one change, from what was there before the
//! first to what the last left.

use super::StepRecord;
use crate::{incident::StepStatus, remediation::Remediation};

/// One setting of an incident.
#[derive(Debug, Clone)]
pub struct Turned {
    /// From what to what.
    pub remediation: Remediation,
    /// The steps that did it, the first one first.
    pub steps: Vec<StepRecord>,
    /// It was applied for certain.
    pub sure: bool,
}

/// The settings that `steps`, the first one first, turned and nobody put back. Where somebody else
/// changed a setting in between, and that stays, it is there more than once.
pub fn turned(steps: Vec<StepRecord>) -> Vec<Turned> {
    let mut all: Vec<Turned> = Vec::new();
    for step in steps.into_iter().filter(|step| step.status != StepStatus::Restored) {
        // Only what was seen applied is being put back.
        let sure = matches!(step.status, StepStatus::Applied | StepStatus::Restoring);
        let same = |one: &&mut Turned| one.remediation.setting() == step.remediation.setting();
        if let Some(last) = all.iter_mut().rev().find(same)
            && let Some(both) = last.remediation.then(&step.remediation)
            && (both == last.remediation || both == step.remediation || (sure && last.sure))
        {
            last.remediation = both;
            last.sure |= sure;
            last.steps.push(step);
        } else {
            all.push(Turned { remediation: step.remediation.clone(), steps: vec![step], sure });
        }
    }
    all
}
