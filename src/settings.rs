//! What the deployment tells the function through its environment (`template.yaml`).

use crate::policy::Mode;
use time::Duration;

/// The deployment's choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `CORDON_MODE`: no control goes further. Dry run unless it says `enforce`.
    pub mode: Mode,
    /// `CORDON_JOURNAL_TABLE`: the journal's DynamoDB table.
    pub journal_table: String,
    /// `CORDON_JOURNAL_RETENTION_DAYS`: how long its records are kept.
    pub journal_retention: Duration,
    /// `CORDON_TOPIC_ARN`: who is told. None: nobody.
    pub topic: Option<String>,
    /// `CORDON_ROLE_ARN`: the function's own role, whose calls are its own.
    pub role: Option<String>,
}

/// A deployment that cannot work. Whoever deploys must mend it.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable without which nothing works.
    #[error("environment variable `{0}` is not set; deploy with the project's template")]
    Missing(&'static str),
    /// A variable with a value that means nothing.
    #[error("environment variable `{name}` is `{value}`, expected {expected}")]
    Wrong {
        /// Which.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        expected: &'static str,
    },
}

impl Settings {
    /// Reads the deployment's choices through `variable`.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let given = |name: &'static str| variable(name).filter(|value| !value.is_empty());
        Ok(Self {
            mode: mode(given("CORDON_MODE"))?,
            journal_table: given("CORDON_JOURNAL_TABLE")
                .ok_or(SettingsError::Missing("CORDON_JOURNAL_TABLE"))?,
            journal_retention: retention(given("CORDON_JOURNAL_RETENTION_DAYS"))?,
            topic: given("CORDON_TOPIC_ARN"),
            role: given("CORDON_ROLE_ARN"),
        })
    }
}

fn mode(value: Option<String>) -> Result<Mode, SettingsError> {
    match value.as_deref() {
        None | Some("dry-run") => Ok(Mode::DryRun),
        Some("enforce") => Ok(Mode::Enforce),
        Some(other) => Err(SettingsError::Wrong {
            name: "CORDON_MODE",
            value: other.to_owned(),
            expected: "`dry-run` or `enforce`",
        }),
    }
}

/// A year unless told otherwise.
fn retention(value: Option<String>) -> Result<Duration, SettingsError> {
    let Some(value) = value else { return Ok(Duration::days(365)) };
    match value.parse::<u16>() {
        Ok(days) if days > 0 => Ok(Duration::days(days.into())),
        Ok(_) | Err(_) => Err(SettingsError::Wrong {
            name: "CORDON_JOURNAL_RETENTION_DAYS",
            value,
            expected: "a number of days from 1 to 65535",
        }),
    }
}
