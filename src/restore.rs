//! The way back of an incident: each setting only where it is as it was left, in an order that lets
//! nothing run before it can work, and what was restored is then left alone for a time. A function
//! whose code is still the one that was contained is released only by force.

use crate::{
    aws::{Aws, AwsError, ErrorKind, HOLD, IncidentRecord, Journal, StepRecord, Turned, turned},
    incident::{IncidentEvent, IncidentStatus, StepEvent},
    remediation::{Remediation, Stand, Tactic},
    state::Read,
};
use time::OffsetDateTime;

/// What an operator asks for.
#[derive(Debug, Clone, Default)]
pub struct Restore {
    /// Change nothing, only say what would be.
    pub dry_run: bool,
    /// Only the steps of this name, or whose way back has it.
    pub step: Option<String>,
    /// Release the function whatever its code is; with `step`, also over what somebody changed.
    pub force: bool,
}

/// What came of a restore.
#[derive(Debug)]
pub struct Restored {
    /// Why the function may not be released yet, if so. Without force nothing was done then.
    pub unsafe_to_release: Option<String>,
    /// Each setting.
    pub steps: Vec<RestoredStep>,
    /// Everything was put back before.
    pub nothing_left: bool,
}

/// One setting put back, or not.
#[derive(Debug)]
pub struct RestoredStep {
    /// What was done.
    pub remediation: Remediation,
    /// What came of its way back.
    pub undone: Result<Undone, AwsError>,
}

/// What came of a way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// It is as it was.
    Restored,
    /// It was already as it was.
    AlreadyThere,
    /// It was not known whether the step had been applied, and it was not.
    NeverApplied,
    /// Somebody changed it since; nothing was done. In words, what was found.
    ChangedSince(String),
    /// The resource is gone.
    DoesNotExist,
}

impl RestoredStep {
    /// Whether the setting is as it was before.
    pub fn is_back(&self) -> bool {
        matches!(self.undone, Ok(Undone::Restored | Undone::AlreadyThere | Undone::NeverApplied))
    }
}

impl Restored {
    /// Whether nothing is left that could be put back.
    pub fn is_over(&self) -> bool {
        let is_over =
            |step: &RestoredStep| step.is_back() || matches!(step.undone, Ok(Undone::DoesNotExist));
        self.nothing_left || (!self.steps.is_empty() && self.steps.iter().all(is_over))
    }

    /// Whether everything asked for is as it was before.
    pub fn is_back(&self) -> bool {
        let all = self.steps.iter().all(RestoredStep::is_back);
        self.nothing_left || (!self.steps.is_empty() && all)
    }
}

/// Puts an incident back. None: there is no such incident.
pub async fn restore(
    aws: &Aws,
    journal: &Journal<'_>,
    incident: &str,
    asked: &Restore,
    now: OffsetDateTime,
) -> Result<Option<Restored>, AwsError> {
    let Some(record) = journal.incident(incident).await? else { return Ok(None) };
    let steps = journal.steps(incident).await?.unwrap_or_default();
    let something_was_done = !steps.is_empty();
    let all = to_put_back(steps);
    let everything = Restore { step: None, ..asked.clone() };
    let whole = all.iter().filter(|one| is_asked_for(&everything, one)).count();
    // An earlier restore may have been cut short just before it said so.
    let nothing_left = something_was_done && whole == 0;
    let some: Vec<Turned> = all.into_iter().filter(|one| is_asked_for(asked, one)).collect();
    let unsafe_to_release = unsafe_to_release(aws, &record, &some).await?;
    let mut restored = Restored { unsafe_to_release, steps: Vec::new(), nothing_left };
    if restored.unsafe_to_release.is_some() && !asked.force && !asked.dry_run {
        return Ok(Some(restored));
    }
    let all_asked_for = asked.step.is_none() || some.len() == whole;
    for one in some {
        let undone = put_back(aws, journal, incident, &one, asked, now).await;
        restored.steps.push(RestoredStep { remediation: one.remediation, undone });
    }
    let is_marked = record.status == IncidentStatus::Restored;
    if !asked.dry_run && all_asked_for && restored.is_over() && !is_marked {
        journal.mark(incident, &record.subject, IncidentEvent::PutBack, now).await?;
    }
    Ok(Some(restored))
}

/// What kept Cordon out is left out unless it is asked for by name.
fn is_asked_for(asked: &Restore, one: &Turned) -> bool {
    let locks_out = matches!(&one.remediation, Remediation::ReplaceResourcePolicy(policy)
        if policy.unlocks);
    (asked.step.is_some() || !locks_out) && is_named(asked, one)
}

fn is_named(asked: &Restore, one: &Turned) -> bool {
    asked
        .step
        .as_deref()
        .is_none_or(|name| [one.remediation.name(), one.remediation.undo_name()].contains(&name))
}

/// What is left to put back, in the order in which it is.
fn to_put_back(steps: Vec<StepRecord>) -> Vec<Turned> {
    let mut all = turned(steps);
    all.reverse();
    all.sort_by_key(|one| one.remediation.undo_order());
    all
}

/// Whoever contained the function did so because of its code or its credentials: as long as the code
/// is the same, nobody has mended it.
async fn unsafe_to_release(
    aws: &Aws,
    record: &IncidentRecord,
    some: &[Turned],
) -> Result<Option<String>, AwsError> {
    let releases =
        |one: &Turned| matches!(one.remediation.tactic(), Tactic::Isolate | Tactic::Evict);
    // Nothing but functions is contained.
    let Some(function) = record.subject.function().filter(|_| record.contains) else {
        return Ok(None);
    };
    if !some.iter().any(releases) {
        return Ok(None);
    }
    let read = Read::Function(function.clone());
    let (mut state, errors) = aws.read(&[read].into()).await;
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let live = state.functions.remove(function).flatten();
    Ok(match (live.map(|live| live.code), &record.code) {
        // A function that is gone runs nothing.
        (None, _) => None,
        (Some(Some(now)), Some(then)) if now != *then => None,
        (Some(Some(_)), Some(_)) => Some(
            "its code and settings are the same as when it was contained: deploy what is known to \
             be good first, or say --force"
                .to_owned(),
        ),
        (Some(_), _) => Some(
            "it is not known what code it had when it was contained: look at it, then say --force"
                .to_owned(),
        ),
    })
}

/// Looks whether the way back is open, sets the hold, because the restore itself comes back as an
/// event, and only then takes it.
async fn put_back(
    aws: &Aws,
    journal: &Journal<'_>,
    incident: &str,
    one: &Turned,
    asked: &Restore,
    now: OffsetDateTime,
) -> Result<Undone, AwsError> {
    let over = asked.force && asked.step.is_some();
    let stand = aws.stand(&one.remediation).await?;
    let undone = match stand {
        Stand::Before => Undone::AlreadyThere,
        Stand::After => Undone::Restored,
        Stand::Partly if !one.sure || over => Undone::Restored,
        Stand::Gone => Undone::DoesNotExist,
        Stand::Partly | Stand::Other(_) if over => Undone::Restored,
        Stand::Partly => Undone::ChangedSince("some of it was changed".to_owned()),
        Stand::Other(_) if !one.sure => Undone::NeverApplied,
        Stand::Other(found) => Undone::ChangedSince(found),
    };
    if asked.dry_run || matches!(undone, Undone::DoesNotExist | Undone::ChangedSince(_)) {
        return Ok(undone);
    }
    for step in &one.steps {
        journal.hold(incident, step, now + HOLD).await?;
    }
    if undone == Undone::Restored {
        for step in &one.steps {
            let event = StepEvent::PuttingBack;
            journal.move_step(incident, &step.record, event, None, now).await?;
        }
        if let Err(error) = aws.take_back(&one.remediation, over).await {
            for step in &one.steps {
                journal.move_step(incident, &step.record, StepEvent::Kept, None, now).await?;
            }
            let faster = || Undone::ChangedSince("somebody was faster".to_owned());
            let is_faster = error.kind == ErrorKind::Precondition;
            return if is_faster { Ok(faster()) } else { Err(error) };
        }
    }
    for step in &one.steps {
        journal.move_step(incident, &step.record, StepEvent::PutBack, None, now).await?;
    }
    Ok(undone)
}
