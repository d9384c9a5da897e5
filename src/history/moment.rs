//! What was touched at the moment that is being learned. CloudTrail tells times to the second, so that of the
//! calls of one second it is not told which came first: something that was touched in the second in which it
//! was made may have been touched after that.

use std::collections::BTreeSet;
use time::OffsetDateTime;

/// One moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Moment {
    at: Option<OffsetDateTime>,
    touched: BTreeSet<String>,
}

impl Moment {
    /// Touches something; whether it was not touched at this moment already.
    pub(super) fn touch(&mut self, at: OffsetDateTime, what: String) -> bool {
        if self.at != Some(at) {
            (self.at, self.touched) = (Some(at), BTreeSet::new());
        }
        self.touched.insert(what)
    }
}
