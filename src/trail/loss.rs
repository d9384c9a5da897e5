//! What a change of a trail loses: `UpdateTrail`, `PutEventSelectors`, `StopLogging`. Where it is not
//! certain that everything is still recorded, it is called a loss.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html>

use super::clause::{CATEGORY, Clause, Condition, READ_ONLY, RESOURCE_TYPE, Test, clauses};
use super::{Coverage, LAMBDA_FUNCTION, Trail, TrailSettings};
use std::fmt;

/// Something that was recorded, or kept safe, and no longer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Everything.
    Everything,
    /// The Regions other than its own.
    OtherRegions,
    /// The organization's other accounts.
    OtherAccounts,
    /// IAM and the like.
    GlobalServices,
    /// Management events.
    ManagementEvents,
    /// Lambda's data events.
    LambdaDataEvents,
    /// Data events of other services, network activity.
    OtherEvents,
    /// Whether a log file was changed later.
    Validation,
    /// Log files go elsewhere.
    Destination,
    /// Log files are encrypted with another key, with none, or newly with a stranger's.
    Key,
    /// Events no longer reach the log group.
    LogGroup,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everything => "nothing is recorded any more",
            Self::OtherRegions => "other Regions are not recorded any more",
            Self::OtherAccounts => "other accounts are not recorded any more",
            Self::GlobalServices => "global services are not recorded any more",
            Self::ManagementEvents => "management events are missing",
            Self::LambdaDataEvents => "data events of Lambda are missing",
            Self::OtherEvents => "other events are missing",
            Self::Validation => "log files are not validated any more",
            Self::Destination => "log files go elsewhere",
            Self::Key => "the log files' key is another",
            Self::LogGroup => "the log group is another",
        })
    }
}

/// What is lost from one state of a trail to a later one.
pub fn narrows(before: &Trail, after: &Trail) -> Vec<Loss> {
    let mut losses = lost_settings(&before.settings, &after.settings);
    if before.logging && !after.logging {
        losses.push(Loss::Everything);
    }
    losses.extend(lost_events(before, after));
    losses.sort();
    losses.dedup();
    losses
}

fn lost_settings(before: &TrailSettings, after: &TrailSettings) -> Vec<Loss> {
    let off = |was: bool, is: bool| was && !is;
    // A first destination, or a first key, loses nothing.
    let moved = |was: &Option<String>, is: &Option<String>| was.is_some() && was != is;
    let stranger = match (&before.kms_key_id, &after.kms_key_id) {
        (None, Some(key)) => key.split(':').nth(4) != after.account(),
        (None | Some(_), None) | (Some(_), Some(_)) => false,
    };
    let destination = |of: &TrailSettings| (of.s3_bucket_name.clone(), of.s3_key_prefix.clone());
    [
        (off(before.is_multi_region_trail, after.is_multi_region_trail), Loss::OtherRegions),
        (off(before.is_organization_trail, after.is_organization_trail), Loss::OtherAccounts),
        (
            off(before.include_global_service_events, after.include_global_service_events),
            Loss::GlobalServices,
        ),
        (
            off(before.log_file_validation_enabled, after.log_file_validation_enabled),
            Loss::Validation,
        ),
        (destination(before) != destination(after), Loss::Destination),
        (moved(&before.kms_key_id, &after.kms_key_id) || stranger, Loss::Key),
        (
            moved(&before.cloud_watch_logs_log_group_arn, &after.cloud_watch_logs_log_group_arn),
            Loss::LogGroup,
        ),
    ]
    .into_iter()
    .filter_map(|(lost, loss)| lost.then_some(loss))
    .collect()
}

/// The kinds of events that some selector recorded, and that the later ones are not shown to record.
fn lost_events(before: &Trail, after: &Trail) -> Vec<Loss> {
    let later = clauses(&after.selectors);
    let full = after.selectors.coverage(after.settings.partition()) == Coverage::Full;
    clauses(&before.selectors)
        .iter()
        .flat_map(parts)
        .filter(|part| !later.iter().any(|clause| implies(part, clause)))
        .map(|part| loss_of(&part))
        .filter(|loss| !(full && *loss == Loss::LambdaDataEvents))
        .collect()
}

fn loss_of(part: &Clause) -> Loss {
    let only = |field: &str, value: &str| {
        let is = Condition::is(value);
        part.of(field).any(|condition| condition.implies(&is))
    };
    if only(CATEGORY, "Management") {
        Loss::ManagementEvents
    } else if only(CATEGORY, "Data") && only(RESOURCE_TYPE, LAMBDA_FUNCTION) {
        Loss::LambdaDataEvents
    } else {
        Loss::OtherEvents
    }
}

/// A clause in parts, as several later clauses may hold one each: reads and writes, and one for each
/// value of the field that lists the most.
fn parts(clause: &Clause) -> Vec<Clause> {
    let with = |at: usize, select: &Test| {
        let mut part = clause.clone();
        if let Some((_, condition)) = part.conditions.get_mut(at) {
            condition.selects = vec![select.clone()];
        }
        part
    };
    let longest = clause.conditions.iter().enumerate().max_by_key(|(_, (_, c))| c.selects.len());
    let listed: Vec<Clause> = match longest {
        Some((at, (_, condition))) if condition.selects.len() > 1 => {
            condition.selects.iter().map(|select| with(at, select)).collect()
        }
        Some(_) | None => vec![clause.clone()],
    };
    listed.into_iter().flat_map(halves).collect()
}

fn halves(clause: Clause) -> Vec<Clause> {
    if clause.of(READ_ONLY).next().is_some() {
        return vec![clause];
    }
    ["true", "false"]
        .into_iter()
        .map(|value| {
            let half = (READ_ONLY.to_owned(), Condition::is(value));
            Clause { conditions: clause.conditions.iter().cloned().chain([half]).collect() }
        })
        .collect()
}

/// Whether whatever meets the one is shown to meet the other.
fn implies(part: &Clause, clause: &Clause) -> bool {
    clause.conditions.iter().all(|(field, condition)| {
        condition.is_empty() || part.of(field).any(|own| own.implies(condition))
    })
}
