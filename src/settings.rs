//! What the deployment tells the function through its environment (`template.yaml`).

use crate::{
    delivery::{PolicyUri, UriError},
    event::Own,
    policy::Mode,
    resource::RoleArn,
};
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
    pub role: Option<RoleArn>,
    /// `CORDON_STACK` and `CORDON_KEY_IDS`: what Cordon's own resources are known by. None: nobody hears
    /// when they are changed.
    pub own: Own,
    /// `CORDON_QUARANTINE_QUEUE_ARN`: where failed events of a contained function go. None: they
    /// are dropped rather than sent to somebody else.
    pub quarantine: Option<String>,
    /// `CORDON_SECOND_LOOK_QUEUE_URL`: whose messages come back later, so that a containment is
    /// looked at again. None: it is not.
    pub second_looks: Option<String>,
    /// `CORDON_EVIDENCE_QUEUE_URL`: who collects evidence. None: nobody does.
    pub evidence: Option<String>,
    /// Where the control policy is delivered. None: only with the function itself.
    pub delivery: Option<Delivery>,
}

/// The control policy comes from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `CORDON_POLICY_URI`: where it lies.
    pub uri: PolicyUri,
    /// `CORDON_POLICY_SHA256`: the only one that is taken, in lower-case hexadecimal digits. None: any.
    pub pin: Option<String>,
    /// `CORDON_POLICY_REFRESH_SECONDS`: how long it is not asked for again.
    pub every: Duration,
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
    /// Where the control policy is delivered cannot be made out.
    #[error(transparent)]
    Uri(#[from] UriError),
    /// What holds for a control policy that is delivered, and none is.
    #[error(
        "environment variable `CORDON_POLICY_SHA256` pins what `CORDON_POLICY_URI` delivers, which is \
         not set; whoever deploys must set both or neither"
    )]
    NothingToPin,
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
            role: role(given("CORDON_ROLE_ARN"))?,
            own: Own { stack: given("CORDON_STACK"), keys: list(given("CORDON_KEY_IDS")) },
            quarantine: given("CORDON_QUARANTINE_QUEUE_ARN"),
            second_looks: given("CORDON_SECOND_LOOK_QUEUE_URL"),
            evidence: given("CORDON_EVIDENCE_QUEUE_URL"),
            delivery: delivery(
                given("CORDON_POLICY_URI"),
                given("CORDON_POLICY_SHA256"),
                given("CORDON_POLICY_REFRESH_SECONDS"),
            )?,
        })
    }
}

/// The choices for the collector of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorSettings {
    /// `CORDON_EVIDENCE_BUCKET`: where evidence is stored.
    pub bucket: String,
    /// `CORDON_JOURNAL_TABLE`: the journal's DynamoDB table.
    pub journal_table: String,
    /// `CORDON_JOURNAL_RETENTION_DAYS`: how long its records are kept.
    pub journal_retention: Duration,
}

impl CollectorSettings {
    /// Reads the deployment's choices through `variable`.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let given = |name: &'static str| variable(name).filter(|value| !value.is_empty());
        let required = |name: &'static str| given(name).ok_or(SettingsError::Missing(name));
        Ok(Self {
            bucket: required("CORDON_EVIDENCE_BUCKET")?,
            journal_table: required("CORDON_JOURNAL_TABLE")?,
            journal_retention: retention(given("CORDON_JOURNAL_RETENTION_DAYS"))?,
        })
    }
}

/// What stands between commas.
fn list(value: Option<String>) -> Vec<String> {
    value.iter().flat_map(|value| value.split(',')).map(str::to_owned).collect()
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

fn role(value: Option<String>) -> Result<Option<RoleArn>, SettingsError> {
    let parsed = value.as_deref().map(RoleArn::parse).transpose();
    parsed.map_err(|_| SettingsError::Wrong {
        name: "CORDON_ROLE_ARN",
        value: value.unwrap_or_default(),
        expected: "the ARN of an IAM role",
    })
}

fn delivery(
    uri: Option<String>,
    pin: Option<String>,
    every: Option<String>,
) -> Result<Option<Delivery>, SettingsError> {
    let pin = pin.map(hash).transpose()?;
    match (uri, pin) {
        (Some(uri), pin) => {
            Ok(Some(Delivery { uri: PolicyUri::parse(&uri)?, pin, every: every_so_often(every)? }))
        }
        (None, Some(_)) => Err(SettingsError::NothingToPin),
        (None, None) => Ok(None),
    }
}

fn hash(value: String) -> Result<String, SettingsError> {
    if value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(value.to_ascii_lowercase());
    }
    let expected = "the 64 hexadecimal digits that `cordon check` prints";
    Err(SettingsError::Wrong { name: "CORDON_POLICY_SHA256", value, expected })
}

/// A minute unless told otherwise.
fn every_so_often(value: Option<String>) -> Result<Duration, SettingsError> {
    let Some(value) = value else { return Ok(Duration::MINUTE) };
    match value.parse::<u32>() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::seconds(seconds.into())),
        Ok(_) | Err(_) => Err(SettingsError::Wrong {
            name: "CORDON_POLICY_REFRESH_SECONDS",
            value,
            expected: "a number of seconds from 1 to 86400",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn collector(given: &[(&str, &str)]) -> Result<CollectorSettings, SettingsError> {
        let value = |name: &str| given.iter().find(|(key, _)| *key == name).map(|(_, v)| *v);
        CollectorSettings::read(|name| value(name).map(str::to_owned))
    }

    #[test]
    fn a_collector_needs_a_bucket_and_a_journal() {
        let both = [("CORDON_EVIDENCE_BUCKET", "evidence"), ("CORDON_JOURNAL_TABLE", "journal")];

        assert_eq!(collector(&both).map(|settings| settings.bucket).ok(), Some("evidence".into()));
        for missing in [&both[..1], &both[1..], &[("CORDON_EVIDENCE_BUCKET", ""), both[1]]] {
            assert!(matches!(collector(missing), Err(SettingsError::Missing(_))));
        }
    }

    #[test]
    fn a_retention_that_is_no_number_of_days_is_refused() {
        let given = |days| {
            [
                ("CORDON_EVIDENCE_BUCKET", "evidence"),
                ("CORDON_JOURNAL_TABLE", "journal"),
                ("CORDON_JOURNAL_RETENTION_DAYS", days),
            ]
        };

        assert_eq!(
            collector(&given("30")).map(|s| s.journal_retention).ok(),
            Some(Duration::days(30))
        );
        for wrong in ["0", "-1", "year"] {
            assert!(matches!(collector(&given(wrong)), Err(SettingsError::Wrong { .. })));
        }
    }

    fn delivered(uri: &str, pin: &str, every: &str) -> Result<Option<Delivery>, SettingsError> {
        let given = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        delivery(given(uri), given(pin), given(every))
    }

    #[test]
    fn a_control_policy_is_delivered_only_if_it_is_said_where() {
        assert_eq!(delivered("", "", "").ok(), Some(None));
        assert_eq!(delivered("", "", "60").ok(), Some(None));
        let pin = "AB".repeat(32);
        let both = delivered("ssm:/policy", &pin, "300").ok().flatten();
        let expected = Delivery {
            uri: PolicyUri::Parameter("/policy".to_owned()),
            pin: Some("ab".repeat(32)),
            every: Duration::minutes(5),
        };
        assert_eq!(both, Some(expected));
    }

    #[test]
    fn a_delivery_that_cannot_be_meant_is_refused() {
        let pin = "ab".repeat(32);
        assert!(matches!(delivered("", &pin, ""), Err(SettingsError::NothingToPin)));
        assert!(matches!(delivered("policy.json", "", ""), Err(SettingsError::Uri(_))));
        for (pin, every) in [("ab", ""), (&*"xy".repeat(32), ""), ("", "0"), ("", "often")] {
            let refused = delivered("ssm:/policy", pin, every);
            assert!(matches!(refused, Err(SettingsError::Wrong { .. })), "{refused:?}");
        }
    }
}
