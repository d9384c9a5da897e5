//! What is done now, and how that stands beside what is known.

use super::{Counted, Habit, ReadLimit};
use time::OffsetDateTime;

/// One thing that is done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// What.
    pub habit: Habit,
    /// Whether it may ever be learned.
    pub may_be_usual: bool,
}

/// What one call shows.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What is done.
    pub sights: &'a [Sight],
    /// The event that shows it.
    pub event: &'a str,
    /// When.
    pub now: OffsetDateTime,
    /// Something goes on with the function, so that nothing becomes usual.
    pub closed: bool,
    /// Calls that are not written yet, this one included.
    pub counted: u32,
    /// Reads of objects that are not written yet, this one included, and how many are too many; none of a call
    /// that reads none.
    pub reads: Option<(Counted, ReadLimit)>,
}

/// When something is done.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    /// The event that shows it.
    pub event: &'a str,
    pub now: OffsetDateTime,
    /// Something goes on with the function.
    pub closed: bool,
}

/// How a thing stands that is done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was not done before, or is not usual and was not done lately either.
    New,
    /// It is not usual, and was new lately.
    Lately,
    /// It is usual.
    Usual,
}
