//! How bad other services rate what they find. Refuses what is no number on their scale.
//! <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html>

use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt};

/// How bad GuardDuty rates what it found, from 1 to 10: from 4 on medium, from 7 on high, from 9 on
/// critical. <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html>
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Score(f64);

impl Score {
    /// Where medium begins.
    pub const MEDIUM: Self = Self(4.0);
}

impl TryFrom<f64> for Score {
    type Error = &'static str;
    fn try_from(number: f64) -> Result<Self, Self::Error> {
        match (0.0..=10.0).contains(&number) {
            true => Ok(Self(number)),
            false => Err("a severity of GuardDuty is a number from 0 to 10"),
        }
    }
}

impl From<Score> for f64 {
    fn from(score: Score) -> Self {
        score.0
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}
