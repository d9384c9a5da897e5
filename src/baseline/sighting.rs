//! When one thing was done, as the journal writes it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// When one thing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// First, in memory.
    #[serde(with = "time::serde::timestamp")]
    pub(super) first: OffsetDateTime,
    /// Last, to within [`super::FRESH`].
    #[serde(with = "time::serde::timestamp")]
    pub(super) last: OffsetDateTime,
    /// It counts as usual.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) usual: bool,
    /// When it was unusual last.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::timestamp::option"
    )]
    pub(super) unusual: Option<OffsetDateTime>,
    /// The event that showed it first, or that was unusual last: delivered again it is no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<String>,
}

impl Sighting {
    /// Of what was learned, first and last seen then.
    pub const fn usual(first: OffsetDateTime, last: OffsetDateTime) -> Self {
        Self { first, last, usual: true, unusual: None, event: None }
    }

    /// Of what was new then, and is not usual.
    pub const fn unusual(at: OffsetDateTime) -> Self {
        Self { first: at, last: at, usual: false, unusual: Some(at), event: None }
    }
}
